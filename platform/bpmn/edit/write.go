package edit

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

// splice replaces bytes and reads the file anew.
func (f *File) splice(from, to int, with string) error {
	next, err := Read(slices.Concat(f.raw[:from], []byte(with), f.raw[to:]))
	if err != nil {
		return err
	}
	*f = *next
	return nil
}

// again finds an element after a change by the way that led to it.
func (f *File) again(way []int) *Element {
	e := f.root
	for _, i := range way {
		e = e.Kids[i]
	}
	return e
}

func way(e *Element) []int {
	var out []int
	for ; e.Up != nil; e = e.Up {
		out = append(out, slices.Index(e.Up.Kids, e))
	}
	slices.Reverse(out)
	return out
}

// Set gives an attribute a value, or takes it away when the value is empty. space
// is "" for attributes of BPMN itself. An extension's attribute of that name that is
// there already, of whatever tool, is the one that changes.
func (f *File) Set(e *Element, space, local, value string) error {
	at := slices.IndexFunc(e.Attrs, func(a Attr) bool {
		return a.Local == local && (space == "" && a.Space == "" && a.Prefix == "" || space == instance && a.Space == instance || space != "" && space != instance && foreign(a))
	})
	switch {
	case at < 0 && value == "", at >= 0 && e.Attrs[at].Value == value && value != "":
		return nil
	case at >= 0:
		from, valueFrom, to := e.find(e.Attrs[at])
		if value == "" {
			return f.splice(from, to, "")
		}
		return f.splice(valueFrom, to, `"`+escape(value)+`"`)
	}
	name := local
	if space != "" {
		w := way(e)
		prefix, err := f.declare(e, space)
		if err != nil {
			return err
		}
		e, name = f.again(w), prefix+":"+local
	}
	tag := bytes.TrimRight(f.raw[e.start:e.open-1], "/ \t\r\n")
	return f.splice(e.start+len(tag), e.start+len(tag), " "+name+`="`+escape(value)+`"`)
}

// find is where an attribute stands: from the white space before it, its value
// with the quotation marks, to its end.
func (e *Element) find(a Attr) (from, value, to int) {
	name := a.Local
	if a.Prefix != "" {
		name = a.Prefix + ":" + name
	}
	tag := e.raw[e.start:e.open]
	for i := 1; i < len(tag); {
		for i < len(tag) && !blank(tag[i]) { // to the end of what stands here
			i++
		}
		from = i
		for i < len(tag) && blank(tag[i]) {
			i++
		}
		begin := i
		for i < len(tag) && tag[i] != '=' && !blank(tag[i]) && tag[i] != '>' {
			i++
		}
		found := string(tag[begin:i]) == name
		for i < len(tag) && tag[i] != '"' && tag[i] != '\'' && tag[i] != '>' {
			i++
		}
		if i >= len(tag) || tag[i] == '>' {
			break
		}
		value = i
		i += 1 + bytes.IndexByte(tag[i+1:], tag[i]) + 1
		if found {
			return e.start + from, e.start + value, e.start + i
		}
	}
	return e.open - 1, e.open - 1, e.open - 1 // what was read is there
}

func blank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// declare gives the prefix of a namespace at an element; one that is not declared
// there is declared at the outermost element.
func (f *File) declare(e *Element, space string) (string, error) {
	var known []string
	for prefix, s := range e.spaces {
		if s == space && prefix != "" {
			known = append(known, prefix)
		}
	}
	if len(known) > 0 {
		return slices.Min(known), nil
	}
	prefix := "tongban"
	if space == instance {
		prefix = "xsi"
	}
	for n := 2; e.spaces[prefix] != "" || f.root.spaces[prefix] != ""; n++ {
		prefix = fmt.Sprintf("x%d", n)
	}
	r := f.root
	tag := bytes.TrimRight(f.raw[r.start:r.open-1], "/ \t\r\n")
	return prefix, f.splice(r.start+len(tag), r.start+len(tag), " xmlns:"+prefix+`="`+escape(space)+`"`)
}

// Place says where a new child goes.
type Place int

// The places: before everything, before what the element holds (its steps, its
// script), behind everything.
const (
	First Place = iota
	Middle
	Last
)

// ahead are the children that the standard puts first, in its order.
var ahead = []string{"documentation", "extensionElements", "category", "incoming", "outgoing", "dataState", "ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation",
	"potentialOwner", "humanPerformer", "performer", "resourceRole"}

// Say makes a text that of the child of that name, which is added when it is
// missing and goes when the text is empty. formal adds xsi:type to a new one.
func (f *File) Say(e *Element, local, text string, formal bool, at Place) error {
	k := e.Child(local)
	switch {
	case k == nil && text == "", k != nil && text != "" && k.Text() == text:
		return nil
	case text == "":
		return f.Remove(k)
	case k != nil:
		if k.open == k.end { // it closes itself
			return f.splice(k.start, k.end, "<"+k.name()+">"+escape(text)+"</"+k.name()+">")
		}
		return f.splice(k.open, k.close, escape(text))
	}
	attrs := ""
	if formal {
		w := way(e)
		prefix, err := f.declare(e, instance)
		if err != nil {
			return err
		}
		e = f.again(w)
		attrs = " " + prefix + `:type="` + e.named("tFormalExpression") + `"`
	}
	name := e.named(local)
	return f.Insert(e, at, "<"+name+attrs+">"+escape(text)+"</"+name+">")
}

// named is a name of BPMN as the file writes it inside an element.
func (e *Element) named(local string) string {
	if e.spaces[""] == Model {
		return local
	}
	var known []string
	for prefix, s := range e.spaces {
		if s == Model && prefix != "" {
			known = append(known, prefix)
		}
	}
	if len(known) == 0 {
		return local
	}
	return slices.Min(known) + ":" + local
}

func (e *Element) name() string {
	if e.Prefix == "" {
		return e.Local
	}
	return e.Prefix + ":" + e.Local
}

// Insert puts a piece of XML on a line of its own inside an element.
func (f *File) Insert(e *Element, at Place, piece string) error {
	behind := -1
	for i, k := range e.Kids {
		if at == Last || at == Middle && k.Space == Model && slices.Contains(ahead, k.Local) || at == First && k.Is("documentation") && !strings.Contains(piece, "documentation") {
			behind = i
		}
	}
	depth := 0
	for up := e; up.Up != nil; up = up.Up {
		depth++
	}
	pad := "\n" + strings.Repeat("  ", depth+1)
	switch {
	case e.open == e.end:
		tag := bytes.TrimRight(f.raw[e.start:e.open-1], "/ \t\r\n")
		return f.splice(e.start, e.end, string(tag)+">"+pad+piece+"\n"+strings.Repeat("  ", depth)+"</"+e.name()+">")
	case behind >= 0:
		return f.splice(e.Kids[behind].end, e.Kids[behind].end, pad+piece)
	case len(e.Kids) == 0:
		return f.splice(e.open, e.open, pad+piece+"\n"+strings.Repeat("  ", depth))
	}
	return f.splice(e.open, e.open, pad+piece)
}

// Before puts a piece of XML on a line of its own in front of an element.
func (f *File) Before(e *Element, piece string) error {
	from := e.start
	for from > 0 && blank(f.raw[from-1]) {
		from--
	}
	return f.splice(e.start, e.start, piece+string(f.raw[from:e.start]))
}

// Remove takes an element out, with the white space before it.
func (f *File) Remove(e *Element) error {
	from := e.start
	for from > 0 && blank(f.raw[from-1]) {
		from--
	}
	return f.splice(from, e.end, "")
}

// Named is a name of BPMN as the file writes it at its outermost element.
func (f *File) Named(local string) string { return f.root.named(local) }

// Declared gives the prefix of a namespace, and declares it when it is new.
func (f *File) Declared(space string) (string, error) { return f.declare(f.root, space) }

// Escape writes a text or a value so that XML can hold it.
func Escape(s string) string { return escape(s) }

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) //nolint:errcheck // a strings.Builder does not fail
	return strings.NewReplacer("&#34;", "&quot;", "&#39;", "'").Replace(b.String())
}
