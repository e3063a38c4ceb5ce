package marks

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"testing"
	"time"

	"tongban/gov/casework/drafts"
	"tongban/gov/certificates/grades"
	"tongban/platform/files"
	"tongban/platform/pdf"
	"tongban/platform/pdf/foreign/foreigntest"
)

func TestNote_saysTheGrade(t *testing.T) {
	at := time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC) // the next day in China
	for _, c := range []struct {
		way    drafts.Mode
		seen   bool
		office string
		want   string
	}{
		{drafts.ByFile, false, "示例局", "可信等级C：此件由当事人提供，使用前请核对原件"},
		{drafts.Pledged, false, "示例局", "可信等级D：此件由当事人制作并承诺真实"},
		{drafts.ByFile, true, "示例局", "可信等级B：此件经示例局于2026年12月1日与原件核对无误，仅供办理政务服务事项时使用"},
		{drafts.ByFile, true, "", "可信等级B：此件经窗口于2026年12月1日与原件核对无误，仅供办理政务服务事项时使用"},
	} {
		a := drafts.Attachment{At: at, Checked: c.seen}
		if got := Note(Grade(c.way, a), c.office, a); got != c.want {
			t.Errorf("%s, %v: %s", c.way, c.seen, got)
		}
	}
}

// kept is a store of one file.
type kept struct {
	content []byte
	err     error
}

func (k kept) Read(string, int64) ([]byte, error) { return k.content, k.err }

func TestMake(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	good := foreigntest.Streams(foreigntest.Pages())
	note := grades.C.Watermark("")
	for name, c := range map[string]struct {
		kind  files.Kind
		store kept
		why   string
		first []byte // what the marked file begins with
	}{
		"PDF":     {files.PDF, kept{content: good}, "", good},
		"picture": {files.PNG, kept{content: picture.Bytes()}, "", []byte("%PDF-1.7")},
		"locked":  {files.PDF, kept{content: foreigntest.Table(foreigntest.Pages(), "/Encrypt <<>>")}, Locked, nil},
		"damaged": {files.PDF, kept{content: good[:len(good)-30]}, Damaged, nil},
		"no JPEG": {files.JPEG, kept{content: good}, Damaged, nil},
		"OFD":     {files.OFD, kept{content: good}, Damaged, nil},
		"large":   {files.PDF, kept{err: files.ErrTooBig.With("size", "1")}, TooMuch, nil},
	} {
		b, why, err := Make(t.Context(), c.store, drafts.Attachment{Kind: string(c.kind), Name: name, At: time.Unix(1, 0)}, note)
		if err != nil || why != c.why || (b == nil) != (why != "") || !bytes.HasPrefix(b, c.first) || len(b) > 0 && len(b) == len(c.first) {
			t.Errorf("%s: %d bytes, %q, %v", name, len(b), why, err)
		}
	}
	if _, _, err := Make(t.Context(), kept{err: files.ErrAltered}, drafts.Attachment{Kind: "pdf"}, note); !errors.Is(err, files.ErrAltered) {
		t.Errorf("a file that was altered: %v", err)
	}
	var missing *pdf.MissingError
	if _, _, err := Make(t.Context(), kept{content: good}, drafts.Attachment{Kind: "pdf"}, "\u0E01"); !errors.As(err, &missing) {
		t.Errorf("a note that no font draws: %v", err)
	}
}

// Whoever has gone does not wait for a seat.
func TestMake_waitsInTurn(t *testing.T) {
	for range cap(seats) {
		seats <- struct{}{}
	}
	defer func() {
		for range cap(seats) {
			<-seats
		}
	}()
	ctx, gone := context.WithCancel(t.Context())
	gone()
	if _, _, err := Make(ctx, kept{}, drafts.Attachment{Kind: "pdf"}, "x"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
