package feel

import (
	"slices"
	"strings"

	"tongban/platform/dmn/feel/builtin"
	"tongban/platform/dmn/feel/value"
)

// Names are the names that an expression may use. Only names of several words,
// or with signs such as - in them, must be known before an expression can be
// read; the longest known name wins.
type Names struct {
	words    map[string][]known // by first word, longest first
	declared map[string]bool
	outer    []*Names
}

type known struct {
	toks []string
	name string
}

// builtinNames are the names of several words that the language itself has.
var builtinNames = func() *Names {
	n := &Names{words: map[string][]known{}, declared: map[string]bool{}}
	for _, s := range append(builtin.Names(), "time offset", "start included", "end included") {
		n.Add(s)
	}
	clear(n.declared) // a model's own name is told apart by this
	return n
}()

// NewNames gives the names of the language and those of others, to which more
// can be added.
func NewNames(others ...*Names) *Names {
	n := &Names{words: map[string][]known{}, declared: map[string]bool{}}
	for _, o := range append(others, builtinNames) {
		if o != nil {
			n.outer = append(n.outer, o)
		}
	}
	return n
}

// Add makes a name known. It gives false when no expression could ever hold it.
func (n *Names) Add(name string) bool {
	name = Normal(name)
	n.declared[name] = true
	toks, err := lex(name)
	if err != nil || toks[0].kind != tokName {
		return false
	}
	var texts []string
	for _, t := range toks[:len(toks)-1] {
		if t.kind == tokString || t.kind == tokAt {
			return false
		}
		texts = append(texts, t.text)
	}
	if len(texts) > 1 {
		n.insert(texts[0], known{texts, name})
	}
	return true
}

// Has tells whether a name was added, here or in the names this was made of.
func (n *Names) Has(name string) bool {
	return n.declared[name] || slices.ContainsFunc(n.outer, func(o *Names) bool { return o.Has(name) })
}

func (n *Names) insert(word string, k known) {
	list := n.words[word]
	if slices.ContainsFunc(list, func(o known) bool { return o.name == k.name }) {
		return
	}
	at := slices.IndexFunc(list, func(o known) bool { return len(o.toks) < len(k.toks) })
	if at < 0 {
		at = len(list)
	}
	n.words[word] = slices.Insert(slices.Clone(list), at, k)
}

// match finds the longest name that begins with the first token.
func (n *Names) match(toks []token) (name string, length int) {
next:
	for _, k := range n.words[toks[0].text] {
		if len(k.toks) > len(toks) {
			continue
		}
		for i, w := range k.toks {
			if toks[i].text != w || toks[i].kind == tokString || toks[i].kind == tokAt {
				continue next
			}
		}
		name, length = k.name, len(k.toks)
		break
	}
	for _, o := range n.outer {
		if m, l := o.match(toks); l > length {
			name, length = m, l
		}
	}
	return name, length
}

// Normal gives a name the form in which it is compared: no white space around
// it, one space inside.
func Normal(name string) string { return strings.Join(strings.FieldsFunc(name, value.IsSpace), " ") }
