package search

import (
	"slices"
	"strings"
)

// Scope says where in a document the words must stand.
type Scope int

// The scopes.
const (
	Anywhere Scope = iota
	InName         // in the name or its pinyin, or in a code
)

const (
	maxText     = 80 // characters of a query that are looked at
	maxSegments = 8
)

// Query is what somebody typed, cut into words.
type Query struct {
	folded string
	parts  []segment
}

// Parse cuts a text into words. It accepts anything; a text without words
// gives a query that is Empty.
func Parse(text string) Query {
	r := []rune(strings.TrimSpace(text))
	folded := Fold(string(r[:min(len(r), maxText)]))
	parts := segments(folded)
	return Query{folded: folded, parts: parts[:min(len(parts), maxSegments)]}
}

// Empty tells whether the query has no word.
func (q Query) Empty() bool { return len(q.parts) == 0 }

// Folded is the text as Fold writes it.
func (q Query) Folded() string { return q.folded }

// Words returns the folded words in order.
func (q Query) Words() []string {
	out := make([]string, len(q.parts))
	for i, p := range q.parts {
		out[i] = string(p.text)
	}
	return out
}

// Exact asks for every word as it stands, in any order.
func (q Query) Exact() Expr {
	var and []Expr
	for _, p := range q.parts {
		and = append(and, p.exact())
	}
	return all(and)
}

// Loose asks for every pair of neighbouring characters of every word, so that
// a word may be interrupted, or for the word cut in twos, so that its halves
// may be turned round: 申报提价 also finds 提价申报.
func (q Query) Loose() Expr {
	var and []Expr
	for _, p := range q.parts {
		and = append(and, p.loose())
	}
	return all(and)
}

func (s segment) loose() Expr {
	if !s.han || len(s.text) < 3 {
		return s.exact()
	}
	var pairs, halves []Expr
	for i, b := range s.bigrams() {
		e := phrase{tokens: []string{b}}
		pairs = append(pairs, e)
		if i%2 == 0 {
			halves = append(halves, e)
		}
	}
	if len(s.text)%2 != 0 {
		return all(pairs)
	}
	return anyOf{all(pairs), all(halves)}
}

// Sounds asks for words that sound alike: characters picked wrongly from a list
// of homophones, or pinyin in which zh and z, -ng and -n are mixed up. It is nil
// when a word has no sound or is too short to be told from others.
func (q Query) Sounds() Expr {
	var and []Expr
	for _, p := range q.parts {
		text := string(p.text)
		if p.han {
			text = strings.Join(syllables(p.text[:min(len(p.text), maxSpelled)]), "")
		}
		if !ascii(text) || len(text) < minSound || p.han && len(p.text) < 2 {
			return nil
		}
		and = append(and, phrase{tokens: []string{roughMark + rough(text)}, prefix: true})
	}
	return all(and)
}

// minSound is how many letters of pinyin tell a word from others.
const minSound = 5

// Any asks for at least one pair of neighbouring characters, leaving out the
// pairs in ignore; for the nearest answers when nothing fits.
func (q Query) Any(ignore func(bigram string) bool) Expr {
	var or []Expr
	for _, b := range q.Pairs(ignore) {
		or = append(or, phrase{tokens: []string{b}, prefix: len([]rune(b)) == 1})
	}
	for _, p := range q.parts {
		if !p.han && len(p.text) > 1 {
			or = append(or, p.exact())
		}
	}
	return some(or)
}

// Pairs are the pairs of neighbouring characters of the Chinese words that
// ignore does not name; a word of one character is its own pair.
func (q Query) Pairs(ignore func(bigram string) bool) []string {
	var out []string
	for _, p := range q.parts {
		if !p.han {
			continue
		}
		for _, b := range p.bigrams() {
			if !ignore(b) && !slices.Contains(out, b) {
				out = append(out, b)
			}
		}
	}
	return out
}

// exact is a phrase of bigrams, a prefix for one character; a Latin word is a
// prefix of a word or code, of initials or of spelled pinyin.
func (s segment) exact() Expr {
	text := string(s.text)
	if s.han {
		if len(s.text) == 1 {
			return phrase{tokens: []string{text}, prefix: true}
		}
		return phrase{tokens: s.bigrams()}
	}
	or := anyOf{phrase{tokens: []string{text}, prefix: len(s.text) > 1}}
	if ascii(text) && len(text) > 1 {
		or = append(or,
			phrase{tokens: []string{initialMark + text[:min(len(text), maxInitials)]}, prefix: true},
			phrase{tokens: []string{spelledMark + text}, prefix: true})
	}
	return or
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}
