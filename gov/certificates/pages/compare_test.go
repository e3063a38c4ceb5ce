package pages_test

import (
	"slices"
	"strings"
	"testing"

	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/layout"
	"tongban/gov/certificates/pages"
	"tongban/gov/certificates/templates"
	"tongban/platform/pdf"
	"tongban/platform/pdf/content"
)

// designed is what a designer may make of the template of a type: the holder in a
// place of its own, every second field in a place with a label, dates by themselves.
func designed(typ kinds.Type) layout.Template {
	t := templates.Shipped(typ)
	t.Parts = append(slices.Clone(t.Parts),
		layout.Part{Sort: layout.Text, X: 14, Y: 14, Wide: 80, High: 8, Size: 9, Text: "{holder}"},
		layout.Part{Sort: layout.Text, X: 14, Y: 23, Wide: 60, High: 6, Size: 8, Text: "持证人号码：{holder_number}"},
		layout.Part{Sort: layout.Date, X: 100, Y: 14, Wide: 40, High: 6, Size: 8, Field: "until"})
	for i, f := range typ.Fields {
		if f.Kind != kinds.Photo && i%2 == 0 {
			t.Parts = append(t.Parts, layout.Part{Sort: layout.Field, X: 14 + 4*float64(i), Y: 60 + 2*float64(i), Wide: 60, High: 6, Size: 8, Field: f.Key, Label: 20})
		}
	}
	return t
}

func compared(t *testing.T, d layout.Drawn, p pages.Paper) error {
	t.Helper()
	file, err := d.Doc.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	elements, err := content.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder // broken and joined otherwise, as in OFD
	for _, e := range elements {
		runes := []rune(e.Text)
		for len(runes) > 7 {
			lines.WriteString(string(runes[:7]) + "\n")
			runes = runes[7:]
		}
		lines.WriteString(string(runes) + "\n")
	}
	err = pages.Compare(file, p, p.Photos)
	if what := p.Lacks(lines.String(), p.Photos); what != "" && err == nil {
		t.Errorf("by lines %q is missing, by elements nothing", what)
	}
	return err
}

// Every shipped type, by its template and by one that somebody designed, with
// long and rare values, where another field says the name of the holder as well.
// Whatever part of the page is left out is missed, the holder's name too.
func TestCompare_everyTemplate(t *testing.T) {
	types, err := kinds.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range types {
		for what, tpl := range map[string]layout.Template{"shipped": templates.Shipped(typ), "designed": designed(typ)} {
			for _, long := range []bool{false, true} {
				c := tpl.Sample(typ.Name.Zh, templates.Specs(typ), long)
				c.Fields = append(c.Fields, layout.Datum{Key: "witness", Label: "见证人", Value: c.Holder}, layout.Datum{Key: "agent", Label: "经办人", Value: c.Holder})
				c.Watermark = "样张"
				p := pages.Paper{Kind: pages.Certificate, Template: tpl, Content: c}
				if err := compared(t, tpl.Draw(c), p); err != nil {
					t.Errorf("%s %s, long %t: refused: %v", typ.Key, what, long, err)
				}
				unknown := p
				unknown.Template = layout.Template{}
				if err := compared(t, tpl.Draw(c), unknown); err != nil {
					t.Errorf("%s %s, long %t, without the template: refused: %v", typ.Key, what, long, err)
				}
				for i, part := range tpl.Parts {
					if long && what == "designed" || part.Sort != layout.Text && part.Sort != layout.Seal {
						continue // a field or date without its place stands among the rows
					}
					less := tpl
					less.Parts = slices.Delete(slices.Clone(tpl.Parts), i, i+1)
					if compared(t, less.Draw(c), p) == nil {
						t.Errorf("%s %s: nobody misses part %d, %s %q", typ.Key, what, i+1, part.Sort, part.Text)
					}
				}
				fewer := c
				fewer.Fields = c.Fields[:len(c.Fields)-1]
				if compared(t, tpl.Draw(fewer), p) == nil || what == "shipped" && compared(t, tpl.Draw(fewer), unknown) == nil {
					t.Errorf("%s %s: nobody misses a field that says the holder's name once more", typ.Key, what)
				}
			}
		}
	}
}

// Whose a certificate is stands there also where his name is a part of an address.
func TestCompare_holderOfHisOwn(t *testing.T) {
	tpl := layout.Standard("x")
	c := tpl.Sample("示例证", nil, false)
	c.Holder, c.Fields = "示例", []layout.Datum{{Key: "address", Label: "地址", Value: "示例市示例路1号"}, {Key: "other", Label: "联系人", Value: "示例·甲"}}
	p := pages.Paper{Kind: pages.Certificate, Template: tpl, Content: c}
	if err := compared(t, tpl.Draw(c), p); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(p.Promises(nil), func(w pages.Promise) bool { return w.Label == "持证主体" && w.Text == "示例" }) {
		t.Error("the holder has no place of his own")
	}
	swapped := c
	swapped.Fields = slices.Clone(c.Fields)
	swapped.Fields[0].Label, swapped.Fields[1].Label = c.Fields[1].Label, c.Fields[0].Label
	file, err := tpl.Draw(swapped).Doc.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if pages.Compare(file, p, map[string]pdf.Picture{}) == nil {
		t.Error("values under other labels are what was promised")
	}
}
