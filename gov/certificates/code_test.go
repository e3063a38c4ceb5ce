package certificates

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates/codes"
	"tongban/gov/certificates/grades"
	"tongban/gov/certificates/layout"
	"tongban/platform/db"
	"tongban/platform/files"
	"tongban/platform/pdf/content"
)

// looks are templates by version; the last is in force.
type looks []layout.Template

func (l looks) InForce(_ context.Context, _ db.Reader, _ string) (layout.Template, int, error) {
	return l[len(l)-1], len(l), nil
}

func (l looks) Version(_ context.Context, _ db.Reader, _ string, version int) (layout.Template, error) {
	if version < 1 || version > len(l) {
		return layout.Template{}, ErrTemplate
	}
	return l[version-1], nil
}

// withPhoto keeps a photograph and gives a certificate that shows it.
func (w *world) withPhoto() (Paper, []byte) {
	w.t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 35, 49)), nil); err != nil {
		w.t.Fatal(err)
	}
	ref, err := w.s.Files.Put(context.Background(), bytes.NewReader(b.Bytes()), 1<<20, []files.Kind{files.JPEG})
	if err != nil {
		w.t.Fatal(err)
	}
	p := licence()
	p.Fields = append(p.Fields, field("photo", "照片", ref.Hash))
	return p, b.Bytes()
}

// scan is what the code of a certificate says, as a telephone reads it.
func (w *world) scan(p Paper, choice int) string {
	w.t.Helper()
	f, err := w.s.Paper(system(), p.Region, p.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	list, err := w.s.Codes(f)
	if err != nil {
		w.t.Fatal(err)
	}
	return base + "/verify/" + p.Code + "#" + list[choice]
}

// A certificate keeps the template that it was issued with, in every form; one
// that was changed since is not drawn with it.
func TestTemplate_keptWithThePaper(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		first := layout.WithPhoto(licence().Type, "photo")
		w.s.Templates = looks{first}
		given, photo := w.withPhoto()
		p := w.issue(given)
		if p.Template != first.Mark(1) {
			t.Fatalf("signed with template %q", p.Template)
		}
		file := w.file(p)
		if !bytes.Contains(file, photo) || !VerifyFile(file, w.trust, start).OK {
			t.Error("the photograph is not in the file, or the file is not good")
		}
		if used, err := w.s.UsesFile(context.Background(), given.Fields[len(given.Fields)-1].Value); err != nil || !used {
			t.Errorf("the photograph may be swept: %v", err)
		}
		seal, err := w.s.OFD(resident(holder, ""), p.Region, p.ID)
		if err != nil || !VerifyFile(seal.Data, w.trust, start).OK || !bytes.Contains(seal.Data, photo) {
			t.Errorf("OFD: %v", err)
		}
		second := layout.Lying(licence().Type)
		w.s.Templates = looks{first, second}
		if q := w.issue(given); q.Template != second.Mark(2) {
			t.Errorf("the next one has %q", q.Template)
		}
		f, _ := w.s.Paper(system(), p.Region, p.ID)
		again, err := w.s.render(context.Background(), f)
		if err != nil || !bytes.Equal(again, file) {
			t.Errorf("after the template changed, the file is another one: %v", err)
		}
		changed := layout.WithPhoto(licence().Type, "photo")
		changed.Parts[2].Size = 33
		w.s.Templates = looks{changed, second}
		if _, err := w.s.render(context.Background(), f); !errors.Is(err, ErrTemplate) {
			t.Errorf("drawn with a changed template: %v", err)
		}
		w.s.Templates = nil
		if _, err := w.s.render(context.Background(), f); !errors.Is(err, ErrTemplate) {
			t.Errorf("drawn without its template: %v", err)
		}
	})
}

// What could not be drawn is not promised.
func TestIssue_photoThatIsNotThere(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	w.s.Templates = looks{layout.WithPhoto(licence().Type, "photo")}
	p := licence()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 35, 49))); err != nil {
		t.Fatal(err)
	}
	other, err := w.s.Files.Put(context.Background(), &picture, 1<<20, []files.Kind{files.PNG})
	if err != nil {
		t.Fatal(err)
	}
	for name, hash := range map[string]string{"not kept": strings.Repeat("ab", 32), "no hash": "x", "a PNG": other.Hash} {
		p.Fields = append(licence().Fields, field("photo", "照片", hash))
		err := w.d.Write(system(), func(tx *db.Tx) error { _, err := w.s.IssueTx(system(), tx, p); return err })
		if !errors.Is(err, ErrPhoto) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The code proves the certificate without a network, and the record says what
// became of it.
func TestCode_offlineAndOnline(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(licence())
		for choice, fields := range []int{len(p.Fields), 0} {
			text := w.scan(p, choice)
			r := VerifyFile([]byte(text), w.trust, start)
			if !r.OK || !r.Genuine || r.Form != FormCode || r.Online || r.Paper.Code != p.Code || r.Paper.HolderName != p.Masked().HolderName || len(r.Says) != fields || r.LeftOut != len(p.Fields)-fields {
				t.Errorf("%+v", r)
			}
			online, err := w.s.CheckFile(context.Background(), []byte(text), "test")
			if err != nil || !online.OK || !online.Online {
				t.Errorf("%+v %v", online, err)
			}
			if late := VerifyFile([]byte(text), w.trust, p.ValidUntil.Add(time.Hour)); late.OK || late.Reason != code(ErrExpired) {
				t.Errorf("expired: %+v", late)
			}
			if r := VerifyFile([]byte(text), Trust{}, start); r.OK || r.Reason != code(ErrUnknownKey) {
				t.Errorf("unknown key: %+v", r)
			}
			b := []byte(text)
			b[len(b)-30]++
			if r := VerifyFile(b, w.trust, start); r.OK || r.Genuine {
				t.Errorf("altered: %+v", r)
			}
		}
		if r := VerifyFile([]byte(w.scan(p, 2)), w.trust, start); r.OK || r.Reason != code(ErrCodeOnly) {
			t.Errorf("a digest alone: %+v", r)
		}
		// Signed claims of other data under the same code: the record decides.
		f, _ := w.s.Paper(system(), p.Region, p.ID)
		c := f.claimed()
		c.Holder, c.Data = "示例·冒名", codes.DataDigest([]byte("other"))
		forged, err := c.Sign(w.signer.KeyID(), w.s.Signer.Sign)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := w.s.CheckFile(context.Background(), []byte(forged), "test"); err != nil || r.OK || r.Reason != code(ErrRecordDiffers) {
			t.Errorf("%+v %v", r, err)
		}
		if _, err := w.s.Act(officer("boss", office, MayManage.Name, MayRead.Name), p.Region, p.ID, Order{Act: Revoke, Reason: "违法经营", Basis: "《中华人民共和国食品安全法》第一百二十三条"}); err != nil {
			t.Fatal(err)
		}
		if r, err := w.s.CheckFile(context.Background(), []byte(w.scan(p, 0)), "test"); err != nil || r.OK || r.Status != Revoked {
			t.Errorf("revoked: %+v %v", r, err)
		}
	})
}

// A certificate that is not the authority's own says its trust grade in every
// form and in every answer.
func TestGrade_said(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for grade, want := range map[string]grades.Grade{"": grades.A, "B": grades.B, "C": grades.C} {
			given := licence()
			given.Grade = grade
			p := w.issue(given)
			file := w.file(p)
			elements, err := content.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			text := ""
			for _, e := range elements {
				text += e.Text
			}
			if mark := want.Watermark(p.IssuerName); strings.Contains(text, "可信等级") != (mark != "") || !strings.Contains(strings.ReplaceAll(text, "\n", ""), mark) {
				t.Errorf("%s: the pages say %q", want, text)
			}
			seal, err := w.s.OFD(resident(holder, ""), p.Region, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			for what, b := range map[string][]byte{"PDF": file, "OFD": seal.Data, "code": []byte(w.scan(p, 0))} {
				if r := VerifyFile(b, w.trust, start); !r.OK || r.Paper.Grade != want {
					t.Errorf("%s as %s: %+v", want, what, r.Paper)
				}
			}
			if r, err := w.s.Check(context.Background(), p.Code, "test"); err != nil || r.Paper.Grade != want {
				t.Errorf("%s by its code: %+v %v", want, r.Paper, err)
			}
		}
		if r, err := w.s.Check(context.Background(), w.issue(everyKind()[0]).Code, "test"); err != nil || r.Paper.Grade != "" {
			t.Errorf("a receipt has grade %q, %v", r.Paper.Grade, err)
		}
	})
}

// The code on the page is the one that was checked, and the page says what it
// is good for.
func TestCode_onThePage(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	elements, err := content.Read(w.file(p))
	if err != nil {
		t.Fatal(err)
	}
	text, link := "", ""
	for _, e := range elements {
		text += e.Text
		if strings.Contains(e.Alt, "/verify/") {
			link = e.Alt
		}
	}
	if link != base+"/verify/"+p.Code+"#" || !strings.Contains(text, layout.SaysAll) {
		t.Errorf("link %q, text %s", link, text)
	}
}
