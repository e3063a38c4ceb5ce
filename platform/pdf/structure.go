package pdf

import (
	"fmt"
	"strings"
)

// node is an element of the logical structure: what a screen reader announces.
type node struct {
	tag    string
	kids   []kid
	parent *node
	alt    string // what a picture shows
	spoken string // what is copied and read aloud in place of scattered letters
	scope  string // of a table head: Row or Column
	number int    // object number, given by the writer
}

// kid is either a node or a piece of page content.
type kid struct {
	node *node
	page int
	mark int
}

// add puts a new element below n.
func (n *node) add(tag string) *node {
	c := &node{tag: tag, parent: n}
	n.kids = append(n.kids, kid{node: c})
	return c
}

// mark says that what is drawn next on the current page belongs to n, or, with
// nil, that it is decoration that no one needs to hear.
func (d *Doc) mark(n *node) *page {
	p := d.page()
	if p.open && p.on == n {
		return p
	}
	p.closeMark()
	p.open, p.on = true, n
	if n == nil {
		p.ops = append(p.ops, "/Artifact BMC\n"...)
		return p
	}
	id := len(p.marks)
	p.marks = append(p.marks, n)
	n.kids = append(n.kids, kid{page: len(d.pages) - 1, mark: id})
	p.ops = fmt.Appendf(p.ops, "/%s <</MCID %d>> BDC\n", n.tag, id)
	if n.spoken != "" {
		p.ops = fmt.Appendf(p.ops, "/Span <</ActualText %s>> BDC\n", textString(n.spoken))
	}
	return p
}

func (p *page) closeMark() {
	if p.open {
		p.ops = append(p.ops, "EMC\n"...)
		if p.on != nil && p.on.spoken != "" {
			p.ops = append(p.ops, "EMC\n"...)
		}
	}
	p.open, p.on = false, nil
}

// writeStructure writes the tree of elements and the way back from page
// content to its element, and returns the root's object number.
func (w *writer) writeStructure(d *Doc, pages []int) int {
	root := w.reserve()
	var number func(n *node)
	number = func(n *node) {
		n.number = w.reserve()
		for _, k := range n.kids {
			if k.node != nil {
				number(k.node)
			}
		}
	}
	number(d.root)
	w.writeNode(d.root, root, pages)
	var nums strings.Builder
	for i, p := range d.pages {
		fmt.Fprintf(&nums, "%d [", i)
		for j, n := range p.marks {
			if j > 0 {
				nums.WriteByte(' ')
			}
			fmt.Fprintf(&nums, "%d 0 R", n.number)
		}
		nums.WriteString("]\n")
	}
	tree := w.add(fmt.Sprintf("<</Nums [%s]>>", nums.String()))
	w.set(root, fmt.Sprintf("<</Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d>>",
		d.root.number, tree, len(d.pages)))
	return root
}

func (w *writer) writeNode(n *node, parent int, pages []int) {
	var b strings.Builder
	fmt.Fprintf(&b, "<</Type /StructElem /S /%s /P %d 0 R", n.tag, parent)
	if n.alt != "" {
		b.WriteString(" /Alt " + textString(n.alt))
	}
	if n.scope != "" {
		fmt.Fprintf(&b, " /A <</O /Table /Scope /%s>>", n.scope)
	}
	b.WriteString(" /K [")
	for i, k := range n.kids {
		if i > 0 {
			b.WriteByte(' ')
		}
		if k.node != nil {
			fmt.Fprintf(&b, "%d 0 R", k.node.number)
		} else {
			fmt.Fprintf(&b, "<</Type /MCR /Pg %d 0 R /MCID %d>>", pages[k.page], k.mark)
		}
	}
	b.WriteString("]>>")
	w.set(n.number, b.String())
	for _, k := range n.kids {
		if k.node != nil {
			w.writeNode(k.node, n.number, pages)
		}
	}
}
