package ofd

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// element is an XML element with what is in it.
type element struct {
	name     string
	attrs    map[string]string
	text     string
	children []*element
}

// Bounds of markup.
const (
	maxDepth    = 64
	maxElements = 500_000
)

// parse reads markup: no document type, no instructions but the declaration,
// so no entities but the five of XML.
func parse(b []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("not in UTF-8") }
	root := &element{}
	stack, count := []*element{root}, 0
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, ErrNotOFD.Because(err)
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.Directive:
			return nil, ErrHostile.With("part", "document type")
		case xml.ProcInst:
			if t.Target != "xml" {
				return nil, ErrHostile.With("part", "instruction")
			}
		case xml.StartElement:
			e := &element{name: t.Name.Local, attrs: map[string]string{}}
			for _, a := range t.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			if count++; count > maxElements || len(stack) > maxDepth {
				return nil, ErrHostile.With("part", "depth")
			}
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			if len(stack) < 2 || top.name != t.Name.Local {
				return nil, ErrNotOFD.Because(errors.New("elements do not nest"))
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(t)
		}
	}
	if len(stack) != 1 || len(root.children) != 1 {
		return nil, ErrNotOFD.Because(errors.New("not one element"))
	}
	return root.children[0], nil
}

// child is the first child of a name; an empty one when there is none.
func (e *element) child(names ...string) *element {
	for _, name := range names {
		next := &element{}
		for _, c := range e.children {
			if c.name == name {
				next = c
				break
			}
		}
		e = next
	}
	return e
}

// all are the elements of a name at any depth, in order.
func (e *element) all(name string) []*element {
	var out []*element
	for _, c := range e.children {
		if c.name == name {
			out = append(out, c)
		}
		out = append(out, c.all(name)...)
	}
	return out
}

func (e *element) value() string { return strings.TrimSpace(e.text) }

// escape writes text for markup.
func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}
