package pdf

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestBreakLines(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		ems   float64
		first float64
		want  []string
	}{
		"full lines":             {"一二三四五六七八", 4, 0, []string{"一二三四", "五六七八"}},
		"comma not at start":     {"一二三四，五六", 4, 0, []string{"一二三", "四，五六"}},
		"two marks not at start": {"一二三四”。五", 4, 0, []string{"一二三", "四”。五"}},
		"bracket not at end":     {"一二三（四五）", 4, 0, []string{"一二三", "（四五）"}},
		"dash not divided":       {"一二三——四", 4, 0, []string{"一二", "三——四"}},
		"dot in a name":          {"阿卜杜·外力", 3, 0, []string{"阿卜", "杜·外", "力"}},
		"word whole":             {"网址abcdefgh在此", 5, 0, []string{"网址", "abcdefgh", "在此"}},
		"number whole":           {"共123456元整", 5, 0, []string{"共123456", "元整"}},
		"word too long":          {"abcdefghijklmnop", 2, 0, []string{"abc", "def", "ghij", "kl", "mn", "op"}},
		"spaces at the end":      {"ab cd ef gh", 3, 0, []string{"ab cd", "ef gh"}},
		"line ends":              {"一\n\n二\r\n三", 9, 0, []string{"一", "", "二", "三"}},
		"indent":                 {"一二三四五六", 4, 2, []string{"一二", "三四五六"}},
		"nothing":                {"", 4, 0, []string{""}},
		"rare":                   {"𠮷𪚥𬀩。𫖯", 3, 0, []string{"𠮷𪚥", "𬀩。𫖯"}},
	} {
		g := newGlyphTable()
		got := breakLines(g, c.text, 10, c.ems*10, c.first*10)
		if name == "word too long" { // where exactly depends on the letters' widths
			if len(got) < 3 || strings.Join(got, "") != c.text {
				t.Errorf("%s: %q", name, got)
			}
			continue
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Whatever the text and the width: nothing is lost, no line is too wide unless
// a single character is, and the rules hold wherever a choice existed.
func TestBreakLines_anyText(t *testing.T) {
	g := newGlyphTable()
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{
			"一", "二", "𠮷", "，", "。", "（", "）", "“", "”", "—", "·", "a", "bc", "12", " ", "-", "%", "\n",
		})).Draw(t, "text"), "")
		width := rapid.Float64Range(8, 200).Draw(t, "width")
		lines := breakLines(g, text, 10, width, 0)
		strip := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		if strip(strings.Join(lines, "")) != strip(text) {
			t.Fatalf("%q became %q", text, lines)
		}
		for _, l := range lines {
			if g.width(l, 10) > width+0.1 && utf8.RuneCountInString(l) > 1 {
				t.Fatalf("line %q is wider than %.1f", l, width)
			}
		}
	})
}
