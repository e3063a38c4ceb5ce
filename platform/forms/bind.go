package forms

import (
	"strings"
	"unicode/utf8"
)

// longestEntry is how many bytes of one entry are kept; nobody types more.
const longestEntry = 64 << 10

// Bind takes what a browser sent for the fields of the form and nothing else:
// names that the form does not have are ignored. get returns the values of one
// control (url.Values of a request: func(f string) []string { return v[prefix+f] }).
// Values are kept as they were typed, so that a refused form shows them again;
// Check brings them to their normal form.
func (d *Definition) Bind(get func(field string) []string) map[string]string {
	out := map[string]string{}
	for _, f := range d.Fields() {
		values := get(f.ID)
		if len(values) == 0 {
			continue
		}
		v := values[len(values)-1]
		if f.Type == Choices {
			v = strings.Join(values, "\n")
		}
		if v = cut(strings.ToValidUTF8(v, "\uFFFD")); v != "" {
			out[f.ID] = v
		}
	}
	return out
}

// cut keeps the beginning of an entry that is longer than anybody types.
func cut(s string) string {
	if len(s) <= longestEntry {
		return s
	}
	n := longestEntry
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Steers tells whether a condition of another field looks at this one, so that
// the page has to be shown again after its answer.
func (d *Definition) Steers(id string) bool { return d.steering[id] }

// Limit is how many characters a text field takes.
func (f Field) Limit() int { return limitOf(f) }
