package fields

import (
	"regexp"
	"strings"

	"tongban/gov/catalogue/content"
)

// BasisText is a setting basis as a cell has it, a clause a line; what names its
// law itself is not given it twice.
func BasisText(list []content.Clause) string {
	var out []string
	for _, c := range list {
		line := strings.ReplaceAll(c.Text, "\n", " ")
		if c.Law != "" && !strings.Contains(line, "《"+c.Law+"》") {
			line = c.Citation() + "：" + line
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

var (
	lawName = regexp.MustCompile(`《([^》]+)》`)
	article = regexp.MustCompile(`第[〇零一二三四五六七八九十百千0-9]+条(之[一二三四五六七八九十]+)?`)
)

// Basis reads such a cell.
func Basis(text string) []content.Clause {
	var out []content.Clause
	for i, line := range SplitLines(text) {
		c := content.Clause{ID: "d" + string(rune('a'+i%26)), Text: line}
		if m := lawName.FindStringSubmatch(line); m != nil {
			c.Law = m[1]
		}
		c.Article = article.FindString(line)
		out = append(out, c)
	}
	return out
}
