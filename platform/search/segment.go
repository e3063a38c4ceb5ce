package search

// A segment is a run of Chinese characters or one word of letters and digits.
type segment struct {
	text []rune
	han  bool
}

// segments cuts a folded text at everything that is neither.
func segments(folded string) []segment {
	var out []segment
	var cur segment
	flush := func() {
		if len(cur.text) > 0 {
			out = append(out, cur)
		}
		cur = segment{}
	}
	for _, r := range folded {
		han, word := isHan(r), isWord(r)
		if !han && !word {
			flush()
			continue
		}
		if len(cur.text) > 0 && cur.han != han {
			flush()
		}
		cur.han = han
		cur.text = append(cur.text, r)
	}
	flush()
	return out
}

// tokens are what is kept of the segment: bigrams and the last character of a
// Chinese run, or the word itself.
func (s segment) tokens() []string {
	if !s.han {
		return []string{string(s.text)}
	}
	out := make([]string, 0, len(s.text))
	for i := range s.text {
		out = append(out, string(s.text[i:min(i+2, len(s.text))]))
	}
	return out
}

// bigrams are the tokens without the single character at the end.
func (s segment) bigrams() []string {
	t := s.tokens()
	if s.han && len(t) > 1 {
		t = t[:len(t)-1]
	}
	return t
}

// tokenize returns the tokens of a text in order.
func tokenize(text string) []string {
	var out []string
	for _, s := range segments(Fold(text)) {
		out = append(out, s.tokens()...)
	}
	return out
}
