package sheets

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"tongban/platform/dmn/feel"
	"tongban/platform/dmn/table"
)

// The types of columns that can be chosen.
var Types = []string{"string", "number", "boolean", "date"}

// narrow are the signs of Chinese keyboards that the language knows otherwise.
var narrow = strings.NewReplacer("＜", "<", "＞", ">", "＝", "=", "≤", "<=", "≥", ">=", "，", ",", "、", ",", "（", "(", "）", ")", "［", "[", "］", "]", "．", ".", "－", "-", "　", " ", "“", `"`, "”", `"`, "＂", `"`)

var (
	isoDate  = regexp.MustCompile(`\b([0-9]{4}-[0-9]{2}-[0-9]{2})\b`)
	compared = regexp.MustCompile(`^(<=|>=|<|>|=|!=)?\s*(.*)$`)
)

// truths are the words for yes and no.
var truths = map[string]string{"是": "true", "对": "true", "有": "true", "yes": "true", "否": "false", "不是": "false", "没有": "false", "无": "false", "no": "false"}

// Tidy writes what somebody typed into a cell of a column in the language of
// the tables. known are the names that the cell may look at.
func Tidy(text string, p table.Part, c table.Column, known []string) string {
	text = strings.TrimSpace(text)
	if p == table.Note {
		return text
	}
	if p == table.In && (text == "" || text == "—" || text == "－" || text == "任意" || text == "不限") {
		return "-"
	}
	if text == "" || text == "-" || c.Type != "" && fits(text, p, c, known) {
		return text
	}
	plain := outside(text, narrow.Replace)
	switch c.Type {
	case "boolean":
		if word := truths[strings.ToLower(plain)]; word != "" {
			return word
		}
	case "date":
		plain = outside(plain, func(s string) string { return isoDate.ReplaceAllString(s, `date("$1")`) })
	case "string":
		if quoted := quote(plain, p, known); quoted != "" {
			return quoted
		}
	}
	return plain
}

// TidyValues does the same for a list of allowed values.
func TidyValues(text string, c table.Column) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	for i, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			l = Tidy(l, table.In, table.Column{Type: c.Type}, nil)
		}
		lines[i] = l
	}
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return l == "" || l == "-" }), ", ")
}

// fits tells whether a cell is fine as it stands.
func fits(text string, p table.Part, c table.Column, known []string) bool {
	return len(cell(text, p, c, known)) == 0
}

// outside applies f to what stands outside of quotation marks.
func outside(text string, f func(string) string) string {
	parts := strings.Split(text, `"`)
	for i := 0; i < len(parts); i += 2 {
		parts[i] = f(parts[i])
	}
	return strings.Join(parts, `"`)
}

// quote puts words in quotation marks; "" when the text is more than words.
func quote(text string, p table.Part, known []string) string {
	if p == table.Out {
		if word(text, known) {
			return strconv.Quote(text)
		}
		return ""
	}
	inner, negated := strings.CutPrefix(text, "not(")
	if negated {
		if inner, negated = strings.CutSuffix(inner, ")"); !negated {
			return ""
		}
	} else if rest, ok := strings.CutPrefix(text, "不是"); ok {
		inner, negated = rest, true
	}
	var out []string
	for _, part := range strings.Split(inner, ",") {
		m := compared.FindStringSubmatch(strings.TrimSpace(part))
		switch {
		case m[1] != "" && m[1] != "=" && m[1] != "!=":
			return ""
		case word(m[2], known):
			m[2] = strconv.Quote(m[2])
		case !strings.HasPrefix(m[2], `"`):
			return ""
		}
		if m[1] == "!=" && len(out) == 0 && !negated && !strings.Contains(inner, ",") {
			return "not(" + m[2] + ")"
		}
		out = append(out, m[2])
	}
	list := strings.Join(out, ", ")
	if negated {
		return "not(" + list + ")"
	}
	return list
}

// word tells whether a text can only be meant as a value: it is a bare word and
// no name, function or number of the language.
func word(text string, known []string) bool {
	if text == "" || slices.Contains(known, text) || slices.Contains([]string{"null", "true", "false", "?"}, text) {
		return false
	}
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_- ·", r) {
			return false
		}
	}
	return true
}

// names is a set of names for the reader of the language.
func names(known []string) *feel.Names {
	n := feel.NewNames()
	for _, k := range known {
		n.Add(k)
	}
	return n
}
