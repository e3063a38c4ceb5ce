package definition

import (
	"slices"

	"tongban/platform/bpmn/draw"
)

// next lists where a token may go from an element, by events that interrupt it
// too. What other events begin is done beside and is no way of this token.
func (el *Element) next() []*Element {
	var list []*Element
	for _, f := range el.Out {
		list = append(list, f.To)
	}
	for _, b := range el.Boundaries {
		if b.Interrupting {
			for _, f := range b.Out {
				list = append(list, f.To)
			}
		}
	}
	return list
}

// Ahead collects what a token can reach from the elements without passing one of
// the stops; stops themselves are not among them.
func Ahead(from []*Element, stops ...*Element) map[*Element]bool {
	found := map[*Element]bool{}
	var visit func(el *Element)
	visit = func(el *Element) {
		if found[el] || slices.Contains(stops, el) {
			return
		}
		found[el] = true
		for _, b := range el.Boundaries {
			if b.Interrupting {
				found[b] = true
			}
		}
		for _, n := range el.next() {
			visit(n)
		}
	}
	for _, el := range from {
		visit(el)
	}
	return found
}

// Meet is the first element at which all flows that leave a fork come together
// again; nil when there is none. crossed says that they come together in several
// places, so that the branches cannot be told apart.
func Meet(fork *Element) (meet *Element, crossed bool) {
	common := map[*Element]int{}
	for _, f := range fork.Out {
		for el := range Ahead([]*Element{f.To}, fork) {
			common[el]++
		}
	}
	first := map[*Element]bool{} // common elements that come before all others on some way
	seen := map[*Element]bool{}
	var visit func(el *Element)
	visit = func(el *Element) {
		if seen[el] || el == fork {
			return
		}
		seen[el] = true
		if common[el] == len(fork.Out) {
			first[el] = true
			return
		}
		for _, n := range el.next() {
			visit(n)
		}
	}
	for _, el := range targets(fork) {
		visit(el)
	}
	if len(first) != 1 {
		return nil, len(first) > 1
	}
	for el := range first {
		meet = el
	}
	return meet, false
}

// Main reports whether a token of the scope itself may come to an element, and
// not only what a non-interrupting event has begun.
func (p *Process) Main(el *Element) bool {
	var starts []*Element
	for _, o := range p.Elements {
		if o.Parent == el.Parent && o.Kind == draw.Start {
			starts = append(starts, o)
		}
	}
	return Ahead(starts)[el]
}

func targets(el *Element) []*Element {
	list := make([]*Element, len(el.Out))
	for i, f := range el.Out {
		list[i] = f.To
	}
	return list
}

// Branches lists the flows of a fork from which an element can be reached before
// the branches meet and without passing the fork again.
func Branches(fork, meet, el *Element) []int {
	var list []int
	for i, f := range fork.Out {
		if Ahead([]*Element{f.To}, meet, fork)[el] {
			list = append(list, i)
		}
	}
	return list
}

// Upstream collects the elements from which a token could come to a join by one
// of the flows without passing the join itself.
func Upstream(join *Element, flows []*Flow) map[*Element]bool {
	found := map[*Element]bool{}
	var visit func(el *Element)
	visit = func(el *Element) {
		if el == join || found[el] {
			return
		}
		found[el] = true
		if el.Host != nil {
			visit(el.Host)
		}
		for _, f := range el.In {
			visit(f.From)
		}
	}
	for _, f := range flows {
		visit(f.From)
	}
	return found
}
