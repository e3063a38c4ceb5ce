package definition

import "tongban/platform/bpmn/draw"

// next lists where a token may go from an element, by boundary events too.
func (el *Element) next() []*Element {
	var list []*Element
	for _, f := range el.Out {
		list = append(list, f.To)
	}
	for _, b := range el.Boundaries {
		for _, f := range b.Out {
			list = append(list, f.To)
		}
	}
	return list
}

// Ahead collects what can be reached from the elements without passing stop;
// stop itself is not among them.
func Ahead(from []*Element, stop *Element) map[*Element]bool {
	found := map[*Element]bool{}
	var visit func(el *Element)
	visit = func(el *Element) {
		if el == stop || found[el] {
			return
		}
		found[el] = true
		for _, b := range el.Boundaries {
			found[b] = true
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

// Meet is where everything that leaves a fork comes together again: the first
// element on every way from it to an end. It is nil when there is none.
func Meet(fork *Element) *Element {
	var best *Element
	size := 0
	for x := range Ahead(targets(fork), nil) {
		if x == fork || x.Kind == draw.Boundary {
			continue
		}
		region := Ahead(targets(fork), x)
		if region[fork] || ends(region) { // a way leads back or out before x
			continue
		}
		if best == nil || len(region) < size || len(region) == size && x.Index < best.Index {
			best, size = x, len(region)
		}
	}
	return best
}

func targets(el *Element) []*Element {
	list := make([]*Element, len(el.Out))
	for i, f := range el.Out {
		list[i] = f.To
	}
	return list
}

// ends reports whether a token could end inside the region.
func ends(region map[*Element]bool) bool {
	for el := range region {
		if len(el.Out) == 0 {
			return true
		}
	}
	return false
}

// Branches lists the flows of a fork from which an element can be reached before
// the branches meet.
func Branches(fork, meet, el *Element) []int {
	var list []int
	for i, f := range fork.Out {
		if Ahead([]*Element{f.To}, meet)[el] {
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
