package foreign_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tongban/platform/pdf/foreign"
	"tongban/platform/pdf/foreign/foreigntest"
)

func pages(t *testing.T, b []byte) []foreign.Page {
	t.Helper()
	f, err := foreign.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	list, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPages_sizesAndTurns(t *testing.T) {
	for name, b := range map[string][]byte{"table": foreigntest.Table(foreigntest.Pages()), "streams": foreigntest.Streams(foreigntest.Pages())} {
		got := ""
		for _, p := range pages(t, b) {
			got += fmt.Sprint(p.Box, p.Turn, " ")
		}
		want := "[0 0 300.5 400] 0 [0 0 300.5 400] 90 [0 0 300.5 400] 180 [0 0 300.5 400] 270 [20 40 300 350] 0 [0 0 600 800] 0 "
		if got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// What is added reads back, also when it is added twice, and is added in the style
// of the file.
func TestUpdate_reads(t *testing.T) {
	for name, b := range map[string][]byte{"table": foreigntest.Table(foreigntest.Pages()), "streams": foreigntest.Streams(foreigntest.Pages())} {
		for round := range 2 {
			f, err := foreign.Open(b)
			if err != nil {
				t.Fatal(name, round, err)
			}
			u := f.Update()
			n := u.Add([]byte("<</Type /Annot /Subtype /Watermark /Rect [0 0 1 1]>>"))
			for _, p := range pages(t, b) {
				if err := u.Annotate(p, n); err != nil {
					t.Fatal(name, round, err)
				}
			}
			next := u.Bytes()
			if !bytes.HasPrefix(next, b) || len(pages(t, next)) != 6 {
				t.Fatalf("%s, round %d: the file does not stand whole at the beginning", name, round)
			}
			added := string(next[len(b):])
			if table := strings.Contains(added, "\nxref\n"); table != (name == "table") {
				t.Errorf("%s is continued in the other style", name)
			}
			if want := fmt.Sprintf("/Annots [5 0 R %d 0 R]", n); round == 0 && strings.Count(added, want) != 2 {
				t.Errorf("%s: the annotations that were there are lost:\n%s", name, added)
			}
			b = next
		}
	}
}

func TestOpen_refuses(t *testing.T) {
	good := foreigntest.Table(foreigntest.Pages())
	swap := func(old, with string) []byte {
		if !bytes.Contains(good, []byte(old)) || len(old) != len(with) {
			t.Fatalf("%q is not there", old)
		}
		return bytes.Replace(good, []byte(old), []byte(with), 1)
	}
	many := foreigntest.Pages()
	kids := strings.Builder{}
	for range 2001 {
		many = append(many, "<</Type /Page /Parent 2 0 R>>")
		fmt.Fprintf(&kids, "%d 0 R ", len(many))
	}
	many[1] = "<</Type /Pages /MediaBox [0 0 9 9] /Kids [" + kids.String() + "]>>"
	deep := "<</Type /Catalog /Pages 2 0 R>>"
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":            {nil, foreign.ErrBroken},
		"no PDF":             {[]byte("PK\x03\x04"), foreign.ErrBroken},
		"cut off":            {good[:len(good)/2], foreign.ErrBroken},
		"locked":             {foreigntest.Table(foreigntest.Pages(), "/Encrypt <</Filter /Standard>>"), foreign.ErrLocked},
		"in a circle":        {foreigntest.Table(foreigntest.Pages(), fmt.Sprintf("/Prev %d", bytes.LastIndex(good, []byte("xref\n0")))), foreign.ErrTooMuch},
		"another object":     {swap("2 0 obj", "3 0 obj"), foreign.ErrBroken},
		"no pages":           {swap("/Pages 2 0 R", "/Pages 3 0 R"), foreign.ErrBroken},
		"too many pages":     {foreigntest.Table(many), foreign.ErrTooMuch},
		"a tree of itself":   {foreigntest.Table([]string{deep, "<</Kids [2 0 R]>>"}), foreign.ErrBroken},
		"a page of no size":  {foreigntest.Table([]string{deep, "<</Type /Page /MediaBox [0 0 0 5]>>"}), foreign.ErrBroken},
		"a page without one": {foreigntest.Table([]string{deep, "<</Type /Page>>"}), foreign.ErrBroken},
		"a huge object":      {foreigntest.Table([]string{deep, "<</Type /Page /MediaBox [0 0 9 9] /X (" + strings.Repeat("x", 600<<10) + ")>>"}), foreign.ErrBroken},
	} {
		f, err := foreign.Open(c.file)
		if err == nil {
			_, err = f.Pages()
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What unpacks to more than is read is refused before it fills the memory.
func TestOpen_bomb(t *testing.T) {
	b := foreigntest.Streams([]string{"<</Type /Catalog /Pages 2 0 R>>", "<</Type /Page /MediaBox [0 0 9 9] /X (" + strings.Repeat("x", 40<<20) + ")>>"})
	f, err := foreign.Open(b)
	if err == nil {
		_, err = f.Pages()
	}
	if len(b) > 1<<20 || !errors.Is(err, foreign.ErrTooMuch) {
		t.Errorf("%d bytes: %v", len(b), err)
	}
}

func FuzzPages(f *testing.F) {
	f.Add(foreigntest.Table(foreigntest.Pages()))
	f.Add(foreigntest.Streams(foreigntest.Pages()))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := foreign.Open(b)
		if err != nil {
			return
		}
		list, err := file.Pages()
		if err != nil {
			return
		}
		u := file.Update()
		n := u.Add([]byte("null"))
		for _, p := range list {
			if u.Annotate(p, n) != nil {
				return
			}
		}
		next := u.Bytes()
		again, err := foreign.Open(next)
		if err != nil {
			t.Fatalf("what was added does not open: %v", err)
		}
		if after, err := again.Pages(); err != nil || len(after) != len(list) || !bytes.HasPrefix(next, b) {
			t.Fatalf("%d pages, then %d: %v", len(list), len(after), err)
		}
	})
}
