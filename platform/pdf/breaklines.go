package pdf

import (
	"strings"
	"unicode"
)

// Characters that must not begin a line and such that must not end one, after
// the habits of Chinese typesetting (避头尾).
const (
	notAtStart = "。，、；：？！．·…—～％‰℃°）〕］｝》〉」』】〗’”,.;:?!)]}%>/-"
	notAtEnd   = "（〔［｛《〈「『【〖‘“([{<￥¥$№§#"
)

// stick says that no line may end between a and b.
func stick(a, b rune) bool {
	if a == ' ' || a == '\t' {
		return false
	}
	if strings.ContainsRune(notAtStart, b) || strings.ContainsRune(notAtEnd, a) || isVariation(b) || b == ' ' {
		return true
	}
	return wordy(a) && wordy(b)
}

// wordy says that r belongs to a word or number that is not divided: letters
// of alphabets, digits and the signs between them.
func wordy(r rune) bool {
	if r == '_' || r == '@' || r == '+' || r == '=' || r == '&' || r == '\'' || r == '"' || r == '/' || r == '-' || r == '.' || r == ',' {
		return true
	}
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !ideographic(r)
}

func ideographic(r rune) bool {
	return unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r) ||
		unicode.Is(unicode.Yi, r) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}

// breakLines divides a text into lines no wider than width. first is how much
// the first line is indented. Line ends in the text are kept.
func breakLines(t *glyphTable, s string, size, width, first float64) []string {
	var lines []string
	for i, part := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if i > 0 {
			first = 0
		}
		lines = append(lines, breakParagraph(t, part, size, width, first)...)
	}
	return lines
}

func breakParagraph(t *glyphTable, s string, size, width, first float64) []string {
	runes := []rune(s)
	widths := runeWidths(t, runes, size)
	var lines []string
	room := width - first
	start, lastBreak := 0, -1
	used := 0.0
	for i := 0; i < len(runes); i++ {
		if i > start && !stick(runes[i-1], runes[i]) {
			lastBreak = i
		}
		used += widths[i]
		if used <= room+0.01 || i == start || runes[i] == ' ' {
			continue
		}
		cut := lastBreak
		if cut <= start {
			cut = i // one word fills the line: divide it where the room ends
		}
		lines = append(lines, strings.TrimRight(string(runes[start:cut]), " \t"))
		start, lastBreak, room = cut, -1, width
		used = 0
		i = start - 1
	}
	return append(lines, strings.TrimRight(string(runes[start:]), " \t"))
}

func runeWidths(t *glyphTable, runes []rune, size float64) []float64 {
	out := make([]float64, len(runes))
	for i, r := range runes {
		if r == '\t' {
			r = ' '
		}
		if !invisible(r) {
			out[i] = t.place(glyphKey{char: r}).width * size
		}
	}
	return out
}
