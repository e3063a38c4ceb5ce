package table

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits for files that strangers upload.
const (
	maxDepth    = 200
	maxElements = 200_000
)

// node is a piece of the file: an element, or what stands between elements.
type node struct {
	raw    string // start tag, or the whole piece, as written
	end    string // end tag as written; empty: the start tag closes itself
	prefix string // of the name as written
	local  string // empty: not an element
	space  string // namespace
	attrs  []xml.Attr
	text   string // what character data says
	kids   []*node
	up     *node
}

// readTree cuts a file into pieces that put together are the file again.
func readTree(raw []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	root := &node{}
	at, spaces := root, []map[string]string{{}}
	for count, from := 0, int64(0); ; {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		piece := string(raw[from:d.InputOffset()])
		from = d.InputOffset()
		switch t := tok.(type) {
		case xml.StartElement:
			if count++; count > maxElements || len(spaces) > maxDepth {
				return nil, fmt.Errorf("more than %d elements, or nested more than %d deep", maxElements, maxDepth)
			}
			known := scope(spaces[len(spaces)-1], t.Attr)
			n := &node{raw: piece, prefix: t.Name.Space, local: t.Name.Local, space: known[t.Name.Space], attrs: t.Copy().Attr, up: at}
			at.kids, at, spaces = append(at.kids, n), n, append(spaces, known)
		case xml.EndElement:
			if at == root || at.local != t.Name.Local || at.prefix != t.Name.Space {
				return nil, fmt.Errorf("the end tag %s stands where no such element is open", t.Name.Local)
			}
			at.end, at, spaces = piece, at.up, spaces[:len(spaces)-1]
		case xml.CharData:
			at.kids = append(at.kids, &node{raw: piece, text: string(t), up: at})
		default:
			at.kids = append(at.kids, &node{raw: piece, up: at})
		}
	}
	if at != root {
		return nil, fmt.Errorf("the element %s is not closed", at.local)
	}
	return root, nil
}

// scope is what prefixes mean inside an element with those attributes.
func scope(outer map[string]string, attrs []xml.Attr) map[string]string {
	known, own := outer, false
	for _, a := range attrs {
		prefix := ""
		switch {
		case a.Name.Space == "xmlns":
			prefix = a.Name.Local
		case a.Name.Space != "" || a.Name.Local != "xmlns":
			continue
		}
		if !own {
			own, known = true, map[string]string{}
			for k, v := range outer {
				known[k] = v
			}
		}
		known[prefix] = a.Value
	}
	return known
}

func (n *node) write(b *bytes.Buffer) {
	b.WriteString(n.raw)
	for _, k := range n.kids {
		k.write(b)
	}
	b.WriteString(n.end)
}

// modelling tells whether a namespace is one of the DMN model, of any version.
func modelling(space string) bool {
	return strings.Contains(space, "omg.org/spec/DMN/") && !strings.Contains(space, "/DMNDI/") && !strings.HasSuffix(space, "/DC/") && !strings.HasSuffix(space, "/DI/")
}

func (n *node) is(local string) bool { return n.local == local && modelling(n.space) }

func (n *node) child(local string) *node {
	for _, k := range n.kids {
		if k.is(local) {
			return k
		}
	}
	return nil
}

func (n *node) all(local string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.is(local) {
			out = append(out, k)
		}
	}
	return out
}

// each visits every element below n, from the front.
func (n *node) each(yield func(*node)) {
	for _, k := range n.kids {
		if k.local != "" {
			yield(k)
			k.each(yield)
		}
	}
}

func (n *node) attr(local string) string {
	for _, a := range n.attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// set gives an attribute a value, or takes it away when it is empty.
func (n *node) set(local, value string) {
	if n.attr(local) == value {
		return
	}
	var out []xml.Attr
	found := false
	for _, a := range n.attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			found, a.Value = true, value
			if value == "" {
				continue
			}
		}
		out = append(out, a)
	}
	if !found {
		out = append(out, xml.Attr{Name: xml.Name{Local: local}, Value: value})
	}
	n.attrs = out
	n.tag()
}

// tag writes the start tag anew.
func (n *node) tag() {
	var b strings.Builder
	b.WriteString("<" + n.name())
	for _, a := range n.attrs {
		key := a.Name.Local
		if a.Name.Space != "" {
			key = a.Name.Space + ":" + key
		}
		b.WriteString(" " + key + `="` + escape(a.Value) + `"`)
	}
	if n.end == "" {
		b.WriteString("/")
	}
	b.WriteString(">")
	n.raw = b.String()
}

func (n *node) name() string {
	if n.prefix == "" {
		return n.local
	}
	return n.prefix + ":" + n.local
}

// words is the trimmed text of the child text, or of the node when it has none.
func (n *node) words() string {
	if n == nil {
		return ""
	}
	at := n.child("text")
	if at == nil {
		return ""
	}
	var b strings.Builder
	for _, k := range at.kids {
		b.WriteString(k.text)
	}
	return strings.TrimSpace(b.String())
}

// say makes text the words of a node.
func (n *node) say(text string) {
	if n.words() == text {
		return
	}
	at := n.child("text")
	if at == nil {
		at = n.add("text")
	}
	at.kids = []*node{{raw: escape(text), text: text, up: at}}
	at.open()
}

// open lets an element that closes itself have something inside.
func (n *node) open() {
	if n.end == "" {
		n.end = "</" + n.name() + ">"
		n.tag()
	}
}

// make is a new element of the model, written as its neighbours are.
func (n *node) make(local string, attrs ...string) *node {
	out := &node{prefix: n.prefix, local: local, space: n.space}
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] != "" {
			out.attrs = append(out.attrs, xml.Attr{Name: xml.Name{Local: attrs[i]}, Value: attrs[i+1]})
		}
	}
	out.tag()
	return out
}

// add puts a new element behind everything in n.
func (n *node) add(local string, attrs ...string) *node {
	k := n.make(local, attrs...)
	n.insert(len(n.kids), k)
	return k
}

// insert puts an element at a place among the pieces of n.
func (n *node) insert(at int, k *node) {
	k.up = n
	n.kids = append(n.kids[:at:at], append([]*node{k}, n.kids[at:]...)...)
	n.open()
}

// remove takes an element out, with the white space before it.
func (n *node) remove() {
	if n.up == nil {
		return
	}
	var out []*node
	for i, k := range n.up.kids {
		if k == n {
			if l := len(out); l > 0 && i > 0 && blank(out[l-1]) {
				out = out[:l-1]
			}
			continue
		}
		out = append(out, k)
	}
	n.up.kids = out
}

// blank tells whether a piece is white space.
func blank(n *node) bool {
	return n.local == "" && n.text != "" && strings.TrimSpace(n.text) == ""
}

func space(text string) *node { return &node{raw: text, text: text} }

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) //nolint:errcheck // a strings.Builder does not fail
	return strings.NewReplacer("&#34;", "&quot;", "&#39;", "'").Replace(b.String())
}
