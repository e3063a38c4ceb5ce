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
	words    words // of names of several words
	declared map[string]bool
	outer    []*Names
}

// words are names by their words: each leads to those that may follow it.
type words map[string]*word

type word struct {
	name string // that ends here, "" when none does
	next words
}

func emptyNames(outer ...*Names) *Names {
	return &Names{words: words{}, declared: map[string]bool{}, outer: outer}
}

// builtinNames are the names of several words that the language itself has.
var builtinNames = func() *Names {
	n := emptyNames()
	for _, s := range append(builtin.Names(), "time offset", "start included", "end included") {
		n.Add(s)
	}
	clear(n.declared) // a model's own name is told apart by this
	return n
}()

// NewNames gives the names of the language and those of others, to which more
// can be added.
func NewNames(others ...*Names) *Names {
	n := emptyNames()
	for _, o := range others {
		if o != nil {
			n.outer = append(n.outer, o)
		}
	}
	if len(n.outer) == 0 {
		n.outer = []*Names{builtinNames}
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
		n.words.insert(texts, name)
	}
	return true
}

// Has tells whether a name was added, here or in the names this was made of.
func (n *Names) Has(name string) bool {
	return n.declared[name] || slices.ContainsFunc(n.outer, func(o *Names) bool { return o.Has(name) })
}

func (w words) insert(texts []string, name string) {
	for i, t := range texts {
		at := w[t]
		if at == nil {
			at = &word{next: words{}}
			w[t] = at
		}
		if i == len(texts)-1 {
			at.name = name
		}
		w = at.next
	}
}

// match finds the longest name that begins with the first token.
func (n *Names) match(toks []token) (name string, length int) {
	w := n.words
	for i, t := range toks {
		at := w[t.text]
		if at == nil || t.kind == tokString || t.kind == tokAt {
			break
		}
		if at.name != "" {
			name, length = at.name, i+1
		}
		w = at.next
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
