package edit

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Model is the namespace of BPMN 2.0.
const Model = "http://www.omg.org/spec/BPMN/20100524/MODEL"

const instance = "http://www.w3.org/2001/XMLSchema-instance"

// Limits for files that strangers upload.
const (
	maxDepth    = 200
	maxElements = 200_000
)

// Attr is an attribute; Space is its namespace, "" for none.
type Attr struct {
	Space, Prefix, Local, Value string
}

// Element is one element and where it stands in the file.
type Element struct {
	Space, Prefix, Local string
	Attrs                []Attr
	Kids                 []*Element
	Up                   *Element
	Line                 int

	spaces      map[string]string // what prefixes mean inside
	start, open int               // start tag: from, to
	close, end  int               // end tag: from, to; open when the start tag closes itself
	raw         []byte            // the file
}

// File is a BPMN file that is being changed.
type File struct {
	raw  []byte
	root *Element
	ids  map[string]*Element
}

// Read reads a file in UTF-8.
func Read(raw []byte) (*File, error) {
	f := &File{raw: raw, ids: map[string]*Element{}}
	d := xml.NewDecoder(bytes.NewReader(raw))
	var at *Element
	depth, count := 0, 0
	for from := 0; ; {
		line, _ := d.InputPos()
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("edit: %w", err)
		}
		to := int(d.InputOffset())
		switch t := tok.(type) {
		case xml.StartElement:
			if count, depth = count+1, depth+1; count > maxElements || depth > maxDepth || at == nil && f.root != nil {
				return nil, fmt.Errorf("edit: more than %d elements, nested more than %d deep, or more than one file", maxElements, maxDepth)
			}
			e := element(t, at, line)
			e.raw, e.start, e.open, e.close, e.end = raw, from, to, to, to
			if at == nil {
				f.root = e
			} else {
				at.Kids = append(at.Kids, e)
			}
			if id := e.Attr("id"); id != "" && f.ids[id] == nil {
				f.ids[id] = e
			}
			at = e
		case xml.EndElement:
			if at == nil || at.Local != t.Name.Local || at.Prefix != t.Name.Space {
				return nil, fmt.Errorf("edit: the end tag %s stands where no such element is open", t.Name.Local)
			}
			if at.end = to; to > from { // an element that closes itself has an end tag of no bytes
				at.close = from
			}
			at, depth = at.Up, depth-1
		}
		from = to
	}
	if at != nil || f.root == nil {
		return nil, fmt.Errorf("edit: the file is not complete")
	}
	return f, nil
}

func element(t xml.StartElement, up *Element, line int) *Element {
	e := &Element{Prefix: t.Name.Space, Local: t.Name.Local, Up: up, Line: line}
	if up != nil {
		e.spaces = up.spaces
	}
	own := false
	for _, a := range t.Attr {
		prefix, declares := a.Name.Local, a.Name.Space == "xmlns"
		if a.Name.Space == "" && a.Name.Local == "xmlns" {
			prefix, declares = "", true
		}
		if !declares {
			continue
		}
		if !own {
			own = true
			e.spaces = map[string]string{}
			if up != nil {
				for k, v := range up.spaces {
					e.spaces[k] = v
				}
			}
		}
		e.spaces[prefix] = a.Value
	}
	e.Space = e.spaces[e.Prefix]
	for _, a := range t.Attr {
		x := Attr{Prefix: a.Name.Space, Local: a.Name.Local, Value: a.Value}
		switch x.Prefix {
		case "":
		case "xmlns", "xml":
			x.Space = x.Prefix
		default:
			x.Space = e.spaces[x.Prefix]
		}
		e.Attrs = append(e.Attrs, x)
	}
	return e
}

// Bytes is the file.
func (f *File) Bytes() []byte { return f.raw }

// Root is the outermost element.
func (f *File) Root() *Element { return f.root }

// Element finds an element of BPMN by its id; nil when there is none.
func (f *File) Element(id string) *Element { return f.ids[id] }

// Is tells whether it is that element of BPMN.
func (e *Element) Is(local string) bool { return e != nil && e.Space == Model && e.Local == local }

// Attr is the value of an attribute of BPMN itself.
func (e *Element) Attr(local string) string {
	for _, a := range e.Attrs {
		if a.Space == "" && a.Prefix == "" && a.Local == local {
			return a.Value
		}
	}
	return ""
}

// Foreign is the value of an attribute of any extension, and its namespace.
func (e *Element) Foreign(local string) (value, space string) {
	for _, a := range e.Attrs {
		if foreign(a) && a.Local == local {
			return a.Value, a.Space
		}
	}
	return "", ""
}

func foreign(a Attr) bool {
	return a.Space != "" && a.Space != Model && a.Space != instance && a.Space != "xmlns" && a.Space != "xml"
}

// Child is the first child of BPMN of that name; nil when there is none.
func (e *Element) Child(local string) *Element {
	for _, k := range e.Kids {
		if k.Is(local) {
			return k
		}
	}
	return nil
}

// All are the children of BPMN of that name.
func (e *Element) All(local string) []*Element {
	var out []*Element
	for _, k := range e.Kids {
		if k.Is(local) {
			out = append(out, k)
		}
	}
	return out
}

// Extensions are the extension elements of that name, of whatever tool.
func (e *Element) Extensions(local string) []*Element {
	var out []*Element
	if x := e.Child("extensionElements"); x != nil {
		for _, k := range x.Kids {
			if k.Local == local {
				out = append(out, k)
			}
		}
	}
	return out
}

// Text is the text directly inside, trimmed; "" for nil.
func (e *Element) Text() string {
	if e == nil {
		return ""
	}
	d := xml.NewDecoder(bytes.NewReader(e.raw[e.start:e.end]))
	var b strings.Builder
	for depth := 0; ; {
		tok, err := d.RawToken()
		if err != nil {
			return strings.TrimSpace(b.String())
		}
		switch t := tok.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 1 {
				b.Write(t)
			}
		}
	}
}

// Each visits an element and everything below it, from the front.
func (e *Element) Each(yield func(*Element)) {
	yield(e)
	for _, k := range e.Kids {
		k.Each(yield)
	}
}
