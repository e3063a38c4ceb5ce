package edit

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Graft gives the drawn file with the bytes of the old one wherever both say the
// same: an editor writes a whole file anew to move one shape. When one of the two
// cannot be read, or they use prefixes differently, the drawn one stays as it is.
func Graft(old, drawn []byte) []byte {
	was, err := Read(old)
	if err != nil {
		return drawn
	}
	now, err := Read(drawn)
	if err != nil || !maps.Equal(was.root.spaces, now.root.spaces) {
		return drawn
	}
	g := grafting{was: map[*Element]string{}, now: map[*Element]string{}}
	if g.same(was.root, now.root) { // the head of the file and what stands behind it, too
		return old
	}
	var b bytes.Buffer
	b.Write(was.raw[:was.root.start])
	g.write(&b, was.root, now.root)
	b.Write(was.raw[was.root.end:])
	return b.Bytes()
}

type grafting struct{ was, now map[*Element]string }

func (g *grafting) same(was, now *Element) bool {
	return says(was, g.was) == says(now, g.now)
}

// write writes an element of the drawn file: with the old start tag when its
// attributes say the same, with old bytes for the children that have not changed,
// and with what stood between them where they still follow each other.
func (g *grafting) write(b *bytes.Buffer, was, now *Element) {
	if was.open == was.end || now.open == now.end || was.Text() != now.Text() || len(now.Kids) == 0 || len(was.Kids) == 0 {
		b.Write(now.raw[now.start:now.end])
		return
	}
	if heads(was) == heads(now) {
		b.Write(was.raw[was.start:was.open])
	} else {
		b.Write(now.raw[now.start:now.open])
	}
	used := map[*Element]bool{}
	at, before := now.open, -1 // before: the old child that stands before; -1: the start tag
	for _, k := range now.Kids {
		o := g.partner(was, k, used)
		i := slices.Index(was.Kids, o)
		if o != nil && i == before+1 {
			b.Write(was.gap(i))
		} else {
			b.Write(now.raw[at:k.start])
		}
		switch {
		case o == nil:
			b.Write(now.raw[k.start:k.end])
			i = -2
		case g.same(o, k):
			b.Write(o.raw[o.start:o.end])
		default:
			g.write(b, o, k)
		}
		if o != nil {
			used[o] = true
		}
		at, before = k.end, i
	}
	if before == len(was.Kids)-1 {
		b.Write(was.gap(len(was.Kids)))
	} else {
		b.Write(now.raw[at:now.close])
	}
	b.Write(now.raw[now.close:now.end])
}

// gap is what stands before a child, or behind the last one.
func (e *Element) gap(i int) []byte {
	from, to := e.open, e.close
	if i > 0 {
		from = e.Kids[i-1].end
	}
	if i < len(e.Kids) {
		to = e.Kids[i].start
	}
	return e.raw[from:to]
}

// partner is the child of the old element that a new one was: by its id, else by
// what it says.
func (g *grafting) partner(was, k *Element, used map[*Element]bool) *Element {
	id := k.Attr("id")
	for _, o := range was.Kids {
		if used[o] || o.Local != k.Local || o.Space != k.Space || !maps.Equal(o.spaces, k.spaces) {
			continue
		}
		if id != "" && o.Attr("id") == id || id == "" && o.Attr("id") == "" && g.same(o, k) {
			return o
		}
	}
	if id != "" {
		return nil
	}
	for _, o := range was.Kids { // one of a kind, such as extensionElements
		if !used[o] && o.Local == k.Local && o.Space == k.Space && o.Attr("id") == "" && maps.Equal(o.spaces, k.spaces) &&
			len(alike(was, k)) == 1 && len(alike(k.Up, k)) == 1 {
			return o
		}
	}
	return nil
}

func alike(in, k *Element) []*Element {
	var out []*Element
	for _, o := range in.Kids {
		if o.Local == k.Local && o.Space == k.Space {
			out = append(out, o)
		}
	}
	return out
}

// says is what an element says, however it is written: order of attributes,
// white space around texts, comments and ways to write a number are nothing.
func says(e *Element, known map[*Element]string) string {
	if s, ok := known[e]; ok {
		return s
	}
	var b strings.Builder
	b.WriteString("(" + heads(e))
	fmt.Fprintf(&b, " %q", e.Text())
	for _, k := range e.Kids {
		b.WriteString(says(k, known))
	}
	b.WriteString(")")
	known[e] = b.String()
	return known[e]
}

// heads is what the start tag of an element says.
func heads(e *Element) string {
	var lines []string
	for _, a := range e.Attrs {
		if a.Space == "xmlns" || a.Prefix == "" && a.Local == "xmlns" {
			continue
		}
		v := a.Value
		if n, err := strconv.ParseFloat(v, 64); err == nil {
			v = strconv.FormatFloat(n, 'g', -1, 64)
		}
		if a.Space == instance && a.Local == "type" {
			prefix, local, ok := strings.Cut(v, ":")
			if !ok {
				prefix, local = "", v
			}
			v = e.spaces[prefix] + " " + local
		}
		lines = append(lines, fmt.Sprintf("%s %s=%q", a.Space, a.Local, v))
	}
	slices.Sort(lines)
	return e.Space + " " + e.Local + " " + strings.Join(lines, " ")
}
