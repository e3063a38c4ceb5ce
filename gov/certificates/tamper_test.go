package certificates

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/platform/sign"
)

// TestFound_tamperedRow changes every signed column in turn; none of the
// results is ever shown as a paper.
func TestFound_tamperedRow(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for name, c := range map[string]struct {
			query string
			code  bool // the code itself was changed
		}{
			"data":           {query: `UPDATE certificates_paper SET data = replace(data, '虚构餐饮', '某某餐饮') WHERE id = $1`},
			"one byte":       {query: `UPDATE certificates_paper SET data = replace(data, '"48"', '"49"') WHERE id = $1`},
			"white space":    {query: `UPDATE certificates_paper SET data = data || ' ' WHERE id = $1`},
			"signature":      {query: `UPDATE certificates_paper SET signature = CASE substr(signature, 1, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(signature, 2) WHERE id = $1`},
			"no signature":   {query: `UPDATE certificates_paper SET signature = '' WHERE id = $1`},
			"key":            {query: `UPDATE certificates_paper SET key_id = '0000000000000000' WHERE id = $1`},
			"kind":           {query: `UPDATE certificates_paper SET kind = 'receipt' WHERE id = $1`},
			"case":           {query: `UPDATE certificates_paper SET case_id = 'cas_2' WHERE id = $1`},
			"unknown status": {query: `UPDATE certificates_paper SET status = 'good' WHERE id = $1`},
			"code":           {query: `UPDATE certificates_paper SET code = 'AAAAAAAAAAAA' WHERE id = $1`, code: true},
		} {
			p := w.issue(licence())
			w.exec(c.query, p.ID)
			code := p.Code
			if c.code {
				code = "AAAAAAAAAAAA"
			}
			if _, err := w.s.Check(context.Background(), code, "x"); !errors.Is(err, ErrTampered) {
				t.Errorf("%s: by code: %v", name, err)
			}
			if _, err := w.s.Read(resident(holder, ""), district, p.ID); !errors.Is(err, ErrTampered) {
				t.Errorf("%s: for the holder: %v", name, err)
			}
			if _, err := w.s.File(resident(holder, ""), district, p.ID); !errors.Is(err, ErrTampered) {
				t.Errorf("%s: the file: %v", name, err)
			}
			if _, err := w.s.Act(officer("acc_d", office, MayManage.Name), district, p.ID, Order{Act: Withdraw, Reason: "a", Basis: "b"}); !errors.Is(err, ErrTampered) {
				t.Errorf("%s: revoked: %v", name, err)
			}
			list, err := w.s.Mine(resident(holder, ""), 1)
			if err != nil || len(list) != 1 || list[0].Status != Damaged || list[0].Title != "" || list[0].Fields != nil {
				t.Errorf("%s: in the list: %+v, %v", name, list, err)
			}
			w.clock.Advance(time.Second)
		}
	})
}

// TestVerifyFile_tamperedFile changes a signed file in many places.
func TestVerifyFile_tamperedFile(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	good := w.file(p)
	for at := 0; at < len(good); at += 97 {
		b := bytes.Clone(good)
		b[at] ^= 0x01
		if r := VerifyFile(b, w.trust, w.clock.Now()); r.OK || r.Genuine || r.Reason == "" {
			t.Fatalf("byte %d changed unseen: %+v", at, r)
		}
	}
	for n := 1; n < len(good); n += 1013 {
		if r := VerifyFile(good[:n], w.trust, w.clock.Now()); r.OK || r.Genuine {
			t.Fatalf("the first %d bytes are a paper: %+v", n, r)
		}
	}
	cut := VerifyFile(good[:len(good)-40], w.trust, w.clock.Now())
	if cut.Reason != sign.ErrTruncated.Code {
		t.Errorf("cut off: %s", cut.Reason)
	}
	more := VerifyFile(append(bytes.Clone(good), good[len(good)-200:]...), w.trust, w.clock.Now())
	if more.Genuine {
		t.Errorf("with more at its end: %+v", more)
	}
	if r := VerifyFile([]byte("hello"), w.trust, w.clock.Now()); r.Reason != sign.ErrNotPDF.Code {
		t.Errorf("no PDF: %s", r.Reason)
	}
	if r := VerifyFile(nil, w.trust, w.clock.Now()); r.OK || r.Reason == "" {
		t.Errorf("nothing: %+v", r)
	}
	unsigned, err := drawn(p, base, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := VerifyFile(unsigned.file, w.trust, w.clock.Now()); r.Reason != sign.ErrNotSigned.Code || r.Paper != nil {
		t.Errorf("not signed: %+v", r)
	}
}

// TestVerifyFile_foreign: genuine signatures, by somebody else.
func TestVerifyFile_foreign(t *testing.T) {
	home, away := newWorld(t, dbtestSQLite(t)), newWorld(t, dbtestSQLite(t))
	p := away.issue(licence())
	file := away.file(p)
	if r := VerifyFile(file, away.trust, start); !r.OK {
		t.Fatalf("at home: %+v", r)
	}
	r, err := home.s.CheckFile(context.Background(), file, "a")
	if err != nil || r.OK || r.Genuine || r.Reason != sign.ErrUnknownIssuer.Code || r.DataSignatureOK || r.Paper != nil {
		t.Errorf("abroad: %+v, %v", r, err)
	}
	both := home.trust.With(away.trust)
	if r := VerifyFile(file, both, start); !r.OK {
		t.Errorf("with both lists: %+v", r)
	}
	// Their data under our seal, and ours under theirs.
	mixed := home.trust
	mixed.Keys = away.trust.Keys
	if r := VerifyFile(file, mixed, start); r.OK || r.Reason != sign.ErrUnknownIssuer.Code || !r.DataSignatureOK {
		t.Errorf("foreign seal: %+v", r)
	}
	mixed = away.trust
	mixed.Keys = home.trust.Keys
	if r := VerifyFile(file, mixed, start); r.OK || r.Genuine || r.Reason != ErrUnknownKey.Code || !r.FileSignatureOK {
		t.Errorf("foreign data: %+v", r)
	}
}

// sealed signs a file with the node's own key, as an insider could.
func (w *world) sealed(pages Paper, e envelope) []byte {
	w.t.Helper()
	d, err := drawn(pages, base, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := enclose(d.file, e, start)
	if err != nil {
		w.t.Fatal(err)
	}
	if b, err = w.signer.SignPDF(b, sign.PDFSignature{At: start.Add(time.Hour)}); err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) enveloped(p Paper) envelope {
	w.t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		w.t.Fatal(err)
	}
	sig, err := w.s.Signer.Sign(message(string(data)))
	if err != nil {
		w.t.Fatal(err)
	}
	return envelope{Key: w.signer.KeyID(), Signature: sig, Data: string(data)}
}

func TestVerifyFile_insider(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	e := w.enveloped(p)
	if r, err := w.s.CheckFile(context.Background(), w.sealed(p, e), "a"); err != nil || !r.OK {
		t.Fatalf("the paper itself: %+v, %v", r, err)
	}
	other := p
	other.Fields = append([]Field(nil), p.Fields...)
	other.Fields[4].Value = "480"
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"other pages":          {w.sealed(other, e), ErrPagesDiffer.Code},
		"data changed":         {w.sealed(p, envelope{Key: e.Key, Signature: e.Signature, Data: strings.Replace(e.Data, `"48"`, `"49"`, 1)}), ErrDataSignature.Code},
		"signed, not recorded": {w.sealed(licenceCoded("AAAAAAAAAAAA"), w.enveloped(licenceCoded("AAAAAAAAAAAA"))), ErrNotRecorded.Code},
		"recorded otherwise":   {w.sealed(other, w.enveloped(other)), ErrRecordDiffers.Code},
	} {
		r, err := w.s.CheckFile(context.Background(), c.file, name)
		if err != nil || r.OK || r.Genuine || r.Reason != c.want {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	d, err := drawn(p, base, nil)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := w.signer.SignPDF(d.file, sign.PDFSignature{At: start})
	if err != nil {
		t.Fatal(err)
	}
	if r := VerifyFile(bare, w.trust, start); r.OK || r.Reason != ErrNoData.Code || !r.FileSignatureOK {
		t.Errorf("another file under the node's seal: %+v", r)
	}
	w.exec(`UPDATE certificates_paper SET data = data || ' ' WHERE id = $1`, p.ID)
	if r, err := w.s.CheckFile(context.Background(), w.sealed(p, e), "z"); err != nil || r.OK || r.Genuine || r.Reason != ErrRecordDiffers.Code {
		t.Errorf("the record was tampered with: %+v, %v", r, err)
	}
}

func licenceCoded(code string) Paper {
	p := licence()
	p.ID, p.Code, p.IssuedAt = "pap_1", code, start
	return p
}

// TestCompare_findsEveryDifference draws one paper and compares with another
// that differs in one promise.
func TestCompare_findsEveryDifference(t *testing.T) {
	for _, p := range everyKind() {
		p.Code, p.IssuedAt = "ABCDEFGHJKMN", start
		if p.Number == "" {
			p.Number = p.number(0)
		}
		d, err := drawn(p, base, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := compare(d.file, p, look{}); err != nil {
			t.Errorf("%s: %v", p.Kind, err)
		}
		changes := map[string]func(*Paper){
			"title": func(p *Paper) { p.Title += "书" }, "number": func(p *Paper) { p.Number += "1" }, "code": func(p *Paper) { p.Code = "ABCDEFGHJKMP" },
			"holder": func(p *Paper) { p.HolderName = "𠮷𪚥𠀀" }, "issuer": func(p *Paper) { p.IssuerName += "局" }, "date": func(p *Paper) { p.IssuedAt = start.AddDate(0, 0, 1) },
		}
		for i := range p.Fields {
			changes[p.Fields[i].Key+" longer"] = func(p *Paper) { p.Fields[i].Value += "0" }
			changes[p.Fields[i].Key+" shorter"] = func(p *Paper) { p.Fields[i].Value = string([]rune(p.Fields[i].Value)[1:]) }
		}
		for i := range p.Text {
			changes["text "+string(rune('1'+i))] = func(p *Paper) { p.Text[i] = "不" + p.Text[i] }
		}
		for name, change := range changes {
			q := p
			q.Fields, q.Text = append([]Field(nil), p.Fields...), append([]string(nil), p.Text...)
			if change(&q); compare(d.file, q, look{}) == nil && !said(p, q) {
				t.Errorf("%s: a different %s is not noticed", p.Kind, name)
			}
		}
	}
}

// said: the changed field is a part of a longer sentence of the decision, where
// a shorter text is found too.
func said(p, q Paper) bool {
	for i := range p.Fields {
		if p.Fields[i].Value != q.Fields[i].Value {
			return q.sheet("", look{}).Repeats(q.Fields[i].Key) || p.Kind == Certificate && p.sheet("", look{}).Repeats(p.Fields[i].Key)
		}
	}
	return false
}

func TestCertificate_moreThanOnePage(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	long := licence()
	for i := range 40 {
		long.Fields = append(long.Fields, field("extra", "登记事项", strings.Repeat("样张内容", i)+"末"))
	}
	huge := licence()
	huge.Text = []string{strings.Repeat("样张内容，", 800)}
	huge.Fields[2].Value = strings.Repeat("虚构街道", 600)
	for _, p := range []Paper{long, huge} {
		p = w.issue(p)
		if r := VerifyFile(w.file(p), w.trust, w.clock.Now()); !r.OK || !r.PagesMatch {
			t.Errorf("%+v", r)
		}
	}
}

func TestNotices_long(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	for _, p := range everyKind() {
		for i := range 60 {
			switch p.Kind {
			case Supplement:
				p.Fields = append(p.Fields, field("item"+string(rune('1'+i%9)), "第9项 材料", strings.Repeat("需要补正的内容，", 30)))
			case Receipt:
				p.Fields[4].Value += "；" + strings.Repeat("材料名称", i)
			default:
				p.Fields = append(p.Fields, field("extra", "登记事项", strings.Repeat("内容", i)+"末"))
			}
		}
		p = w.issue(p)
		if r := VerifyFile(w.file(p), w.trust, w.clock.Now()); !r.OK || !r.PagesMatch {
			t.Errorf("%s: %+v", p.Kind, r)
		}
	}
}

// TestVerifyFile_vouched: whoever has only the key for PDF cannot say that pages
// and data belong together, whatever stands where that is said.
func TestVerifyFile_vouched(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	good := w.file(p)
	report, err := sign.VerifyPDF(good, w.signer.Roots())
	if err != nil || len(report.Vouch) == 0 {
		t.Fatalf("nobody vouches for a rendering: %v", err)
	}
	other := p
	other.Fields = append([]Field(nil), p.Fields...)
	other.Fields[4].Value = "480"
	d, err := drawn(other, base, nil)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := enclose(d.file, w.enveloped(p), start)
	if err != nil {
		t.Fatal(err)
	}
	stranger := newWorld(t, dbtestSQLite(t))
	for name, c := range map[string]struct {
		vouch func([]byte) ([]byte, error)
		want  string
	}{
		"of another file": {func([]byte) ([]byte, error) { return report.Vouch, nil }, sign.ErrTampered.Code},
		"made up":         {func([]byte) ([]byte, error) { return []byte(w.signer.KeyID() + ":yes"), nil }, sign.ErrTampered.Code},
		"without a key":   {func([]byte) ([]byte, error) { return []byte("yes"), nil }, ErrUnknownKey.Code},
		"a stranger's":    {issuing{Signer: NodeKeys{Signer: stranger.signer}}.vouch, ErrUnknownKey.Code},
		"a paper's own": {func(digest []byte) ([]byte, error) {
			sig, err := w.s.Signer.Sign(message(string(digest)))
			return append([]byte(w.signer.KeyID()+":"), sig...), err
		}, sign.ErrTampered.Code},
		"none": {nil, ErrPagesDiffer.Code},
	} {
		b, err := w.signer.SignPDF(pages, sign.PDFSignature{At: start.Add(time.Hour), Vouch: c.vouch})
		if err != nil {
			t.Fatal(err)
		}
		if r := VerifyFile(b, w.trust, start.Add(2*time.Hour)); r.OK || r.Genuine || r.Reason != c.want {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestVerifyFile_everyByteOfTheSignature: the hole that the signature leaves for
// itself is covered by nothing but its one accepted spelling.
func TestVerifyFile_everyByteOfTheSignature(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	good := w.file(w.issue(licence()))
	from := bytes.LastIndex(good, []byte("/Contents <")) + len("/Contents ")
	to := from + bytes.IndexByte(good[from:], '>') + 1
	v := NewVerifier(w.trust)
	for at := from; at < to; at++ {
		for _, flip := range []byte{0x01, 0x20} {
			b := bytes.Clone(good)
			if b[at] ^= flip; v.File(b, w.clock.Now()).Genuine {
				t.Fatalf("byte %d of the signature, %q, may also be %q", at-from, good[at], b[at])
			}
		}
	}
}
