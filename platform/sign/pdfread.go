package sign

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"tongban/platform/pdf/syntax"
)

// Bounds on what a stranger's file may make us walk through.
const (
	maxNodes = 20000
	maxLevel = 40
)

// findPage finds page number index (from 0) in the page tree.
func findPage(f *syntax.File, root syntax.Value, index int) (ref, page syntax.Value, err error) {
	w := &walk{f: f, left: maxNodes}
	ref, page, err = w.page(root, &index, 0)
	if err == nil && page.Kind != syntax.Dict {
		err = fmt.Errorf("%w: no such page", syntax.ErrSyntax)
	}
	return ref, page, err
}

// walk counts visits, so that trees with loops come to an end.
type walk struct {
	f    *syntax.File
	left int
}

func (w *walk) dict(ref syntax.Value, level int) (syntax.Value, error) {
	w.left--
	if w.left < 0 || level > maxLevel {
		return syntax.Value{}, fmt.Errorf("%w: tree too large", syntax.ErrSyntax)
	}
	return w.f.Dict(ref)
}

func (w *walk) page(ref syntax.Value, index *int, level int) (syntax.Value, syntax.Value, error) {
	d, err := w.dict(ref, level)
	if err != nil {
		return ref, syntax.Value{}, err
	}
	kids, err := w.f.Resolve(d.Get("Kids"))
	if err != nil {
		return ref, syntax.Value{}, err
	}
	if kids.Kind != syntax.Array {
		if *index == 0 && ref.Kind == syntax.Ref {
			return ref, d, nil
		}
		*index--
		return ref, syntax.Value{}, nil
	}
	for _, k := range kids.Items {
		if r, p, err := w.page(k, index, level+1); err != nil || p.Kind == syntax.Dict {
			return r, p, err
		}
	}
	return ref, syntax.Value{}, nil
}

// foundSignature is a signature dictionary with the numbers of its byte range.
type foundSignature struct {
	dict   syntax.Value
	ranges [4]int
}

func (s foundSignature) end() int { return s.ranges[2] + s.ranges[3] }

// findSignatures lists the signed signature fields of a file.
func findSignatures(f *syntax.File) ([]foundSignature, error) {
	catalog, err := f.Dict(f.Trailer.Get("Root"))
	if err != nil {
		return nil, err
	}
	form, err := f.Resolve(catalog.Get("AcroForm"))
	if err != nil || form.Kind != syntax.Dict {
		return nil, err
	}
	w := &walk{f: f, left: maxNodes}
	var out []foundSignature
	return out, w.fields(form.Get("Fields"), "", 0, &out)
}

func (w *walk) fields(list syntax.Value, kind string, level int, out *[]foundSignature) error {
	list, err := w.f.Resolve(list)
	if err != nil {
		return err
	}
	for _, ref := range list.Items {
		d, err := w.dict(ref, level)
		if err != nil {
			return err
		}
		mine := kind
		if ft := d.Get("FT"); ft.Kind == syntax.Name {
			mine = ft.Text
		}
		if v := d.Get("V"); mine == "Sig" && v.Kind != syntax.Null {
			value, err := w.f.Dict(v)
			if err != nil {
				return err
			}
			found, err := readRanges(w.f, value)
			if err != nil {
				return err
			}
			*out = append(*out, found)
		}
		if err := w.fields(d.Get("Kids"), mine, level+1, out); err != nil {
			return err
		}
	}
	return nil
}

func readRanges(f *syntax.File, d syntax.Value) (foundSignature, error) {
	s := foundSignature{dict: d}
	list, err := f.Resolve(d.Get("ByteRange"))
	if err != nil {
		return s, err
	}
	if len(list.Items) != 4 {
		return s, fmt.Errorf("%w: byte range", syntax.ErrSyntax)
	}
	for i, v := range list.Items {
		if v.Kind != syntax.Int || v.Int < 0 || v.Int > math.MaxInt32 {
			return s, fmt.Errorf("%w: byte range", syntax.ErrSyntax)
		}
		s.ranges[i] = int(v.Int)
	}
	return s, nil
}

// readText decodes a text string: UTF-16BE or UTF-8 with a byte order mark,
// else one byte per character.
func readText(v syntax.Value) string {
	s := v.Text
	switch {
	case strings.HasPrefix(s, "\xFE\xFF"):
		u := make([]uint16, 0, len(s)/2)
		for i := 2; i+1 < len(s); i += 2 {
			u = append(u, uint16(s[i])<<8|uint16(s[i+1]))
		}
		return string(utf16.Decode(u))
	case strings.HasPrefix(s, "\xEF\xBB\xBF") && utf8.ValidString(s):
		return s[3:]
	}
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

// readDate reads "D:YYYYMMDDHHmmSS" with a zone.
func readDate(v syntax.Value) (time.Time, bool) {
	s := strings.ReplaceAll(strings.TrimPrefix(v.Text, "D:"), "'", "")
	for _, layout := range []string{"20060102150405-0700", "20060102150405Z", "20060102150405Z0000"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
