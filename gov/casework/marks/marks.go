package marks

import (
	"cmp"
	"context"
	"errors"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/offers"
	"tongban/gov/certificates/grades"
	"tongban/platform/files"
	"tongban/platform/pdf"
	"tongban/platform/pdf/foreign"
)

// Grade is how far a file can be relied on that was handed in for a material in
// this way.
func Grade(way drafts.Mode, a drafts.Attachment) grades.Grade {
	return grades.Upload(a.Checked, way == drafts.Pledged)
}

// Note is what stands across the pages of a file of a grade. office is the name of
// the office whose clerk saw the original; "" when it is not known.
//
// Law: 国办函〔2016〕108号.
func Note(g grades.Grade, office string, a drafts.Attachment) string {
	return g.Watermark(cmp.Or(office, "窗口") + "于" + offers.Date(a.At))
}

// Why pages could not be marked.
const (
	Locked  = "locked"  // encrypted: nothing can be added without the password
	Damaged = "damaged" // it contradicts itself, uses what is not read, or is of another kind
	TooMuch = "large"   // beyond the bounds
)

// Able tells whether files of a kind have pages that can be marked.
func Able(kind string) bool {
	switch files.Kind(kind) {
	case files.PDF, files.JPEG, files.PNG:
		return true
	}
	return false
}

// maxFile bounds what is marked, in bytes; uploads are smaller.
const maxFile = 64 << 20

// seats bounds how many files are marked at a time: each takes several times its
// own size of memory.
var seats = make(chan struct{}, 2)

// Store keeps files by their digest. *files.Store is one.
type Store interface {
	Read(hash string, most int64) ([]byte, error)
}

// Make gives a file with a note across its pages, always a PDF; the one that is
// kept stays as it is. why says why that cannot be done, in a word; then there is
// no file.
func Make(ctx context.Context, store Store, a drafts.Attachment, note string) (marked []byte, why string, err error) {
	if !Able(a.Kind) {
		return nil, Damaged, nil
	}
	select {
	case seats <- struct{}{}:
		defer func() { <-seats }()
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
	b, err := store.Read(a.Hash, maxFile)
	if errors.Is(err, files.ErrTooBig) {
		return nil, TooMuch, nil
	}
	if err != nil {
		return nil, "", err
	}
	if files.Kind(a.Kind) == files.PDF {
		marked, err = pdf.Mark(b, note)
	} else {
		marked, err = pdf.MarkScan(b, pdf.Meta{Title: a.Name, Created: a.At}, note)
	}
	switch {
	case errors.Is(err, foreign.ErrLocked):
		return nil, Locked, nil
	case errors.Is(err, foreign.ErrTooMuch):
		return nil, TooMuch, nil
	case errors.Is(err, foreign.ErrBroken), errors.Is(err, pdf.ErrPicture):
		return nil, Damaged, nil
	}
	return marked, "", err
}
