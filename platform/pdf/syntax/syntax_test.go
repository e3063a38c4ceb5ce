package syntax

import (
	"errors"
	"strings"
	"testing"
)

const small = "%PDF-1.7\n" +
	"1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n" +
	"2 0 obj\n<</Type /Pages /Count 1 /Kids [3 0 R]>>\nendobj\n" +
	"3 0 obj\n<</Length 5>>\nstream\nhello\nendstream\nendobj\n" +
	"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000056 00000 n \n0000000111 00000 n \n" +
	"trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n162\n%%EOF\n"

func TestParse_values(t *testing.T) {
	for in, want := range map[string]string{
		"<</A 1 /B [true false null -2.5 +3]>>": "<</A 1 /B [true false null -2.5 3]>>",
		" % remark\n 12 0 R":                    "12 0 R",
		"[1 0 2 0 R 3]":                         "[1 0 2 0 R 3]",
		`(a\(b\)\n\101\\(nested)\z)`:            "<" + "612862290a415c286e6573746564297a" + ">",
		"(one\\\ntwo)":                          "<6f6e6574776f>",
		"<48 65 6C6>":                           "<48656c60>",
		"/A#20B":                                "/A#20B",
		"<</K/V/L(x)/M<</N[]>>>>":               "<</K /V /L <78> /M <</N []>>>>",
	} {
		v, err := Parse([]byte(in), 0)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		got := string(Append(nil, v))
		if strings.ReplaceAll(got, "#20", " ") != strings.ReplaceAll(want, "#20", " ") {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
		again, err := Parse([]byte(got), 0)
		if err != nil || string(Append(nil, again)) != got {
			t.Errorf("%s does not read back: %v", got, err)
		}
	}
}

func TestParse_refuses(t *testing.T) {
	for _, in := range []string{
		"", "<<", "<</A>>", "<</A 1 /A 2>>", "<<1 2>>", "[", "[1", "(", "(a\\", "<zz>", "<12", "foo", "/A#g1", "1e5", "--1", "0x12", "nan",
		strings.Repeat("[", 100), strings.Repeat("<</A ", 100), "1" + strings.Repeat("0", 400),
	} {
		if v, err := Parse([]byte(in), 0); !errors.Is(err, ErrSyntax) {
			t.Errorf("%.20q: %+v, %v", in, v, err)
		}
	}
}

func TestOpen_objects(t *testing.T) {
	f, err := Open([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := f.Dict(f.Trailer.Get("Root"))
	if err != nil || catalog.Get("Type").Text != "Catalog" || small[catalog.From:catalog.To] != "<</Type /Catalog /Pages 2 0 R>>" {
		t.Errorf("%+v, %v", catalog, err)
	}
	s, err := f.Object(3)
	if err != nil || s.Kind != Stream || string(s.Raw) != "hello" {
		t.Errorf("%+v, %v", s, err)
	}
	if v, err := f.Object(77); err != nil || v.Kind != Null {
		t.Errorf("an object that is not there: %+v, %v", v, err)
	}
	if f.Size != 4 {
		t.Errorf("size %d", f.Size)
	}
}

func TestOpen_newestRevisionWins(t *testing.T) {
	at := len(small)
	later := small + "2 0 obj\n<</Type /Pages /Count 0 /Kids []>>\nendobj\n"
	x := len(later)
	later += "xref\n2 1\n" + pad(at) + " 00000 n \ntrailer\n<</Size 4 /Root 1 0 R /Prev 162>>\nstartxref\n" + number(x) + "\n%%EOF\n"
	f, err := Open([]byte(later))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := f.Object(2)
	if count := pages.Get("Count"); err != nil || count.Int != 0 {
		t.Errorf("%+v, %v", pages, err)
	}
	if c, err := f.Object(1); err != nil || c.Kind != Dict {
		t.Errorf("what did not change is lost: %v", err)
	}
}

func number(n int) string { return string(Append(nil, NewInt(n))) }

func pad(n int) string {
	s := number(n)
	return strings.Repeat("0", 10-len(s)) + s
}

func TestOpen_refuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"empty":              {"", ErrSyntax},
		"no header":          {strings.Replace(small, "%PDF", "PDF%", 1), ErrSyntax},
		"no startxref":       {strings.Replace(small, "startxref", "startxxxx", 1), ErrSyntax},
		"offset beyond":      {strings.Replace(small, "\n162\n", "\n99999\n", 1), ErrSyntax},
		"offset at a stream": {strings.Replace(small, "\n162\n", "\n9\n", 1), ErrUnsupported},
		"encrypted":          {strings.Replace(small, "/Size 4", "/Size 4 /Encrypt 5 0 R", 1), ErrUnsupported},
		"hybrid":             {strings.Replace(small, "/Size 4", "/Size 4 /XRefStm 5", 1), ErrUnsupported},
		"loop":               {strings.Replace(small, "/Size 4", "/Size 4 /Prev 162", 1), ErrSyntax},
		"table too long":     {strings.Replace(small, "0 4\n", "0 4000\n", 1), ErrSyntax},
		"size impossible":    {strings.Replace(small, "/Size 4", "/Size -1", 1), ErrSyntax},
		"trailer gone":       {strings.Replace(small, "trailer", "trailor", 1), ErrSyntax},
	} {
		if _, err := Open([]byte(c.in)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for name, in := range map[string]string{
		"entry not a number": strings.Replace(small, "0000000009", "00000000x9", 1),
		"entry beyond":       strings.Replace(small, "0000000009", "0000099999", 1),
		"other object":       strings.Replace(small, "1 0 obj", "7 0 obj", 1),
	} {
		f, err := Open([]byte(in))
		if err == nil {
			_, err = f.Object(1)
		}
		if !errors.Is(err, ErrSyntax) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(strings.Replace(small, "/Length 5", "/Length 2 0 R", 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Open(b)
		if err != nil {
			if !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrUnsupported) {
				t.Errorf("error of another kind: %v", err)
			}
			return
		}
		for n := range int64(min(file.Size, 50)) {
			v, err := file.Object(n)
			if err == nil && (v.From < 0 || v.To < v.From || v.To > len(b)) {
				t.Errorf("object %d stands at %d..%d", n, v.From, v.To)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("<</A [1 2 0 R (x) <41>] /B#20 -1.5>>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := Parse(b, 0)
		if err != nil {
			return
		}
		out := Append(nil, v)
		again, err := Parse(out, 0)
		if err != nil || string(Append(nil, again)) != string(out) {
			t.Errorf("%q became %q, which does not read back: %v", b, out, err)
		}
	})
}
