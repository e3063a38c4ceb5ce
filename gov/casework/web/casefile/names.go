package casefile

import (
	"fmt"
	"slices"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/platform/lookalike"
)

// MixedName is a name in which letters look like others that they are not.
type MixedName struct {
	Name    string
	Letters string // which, with their codes
}

// MixedNames looks at the names of an application, and at what its certificate would
// say of its holder. They are shown to whoever accepts, examines and decides, and
// refuse nothing: somebody's name may be written so.
func MixedNames(o *catalogue.Offer, a casework.Applicant, answers map[string]string) (out []MixedName) {
	names := []string{a.Name, a.CompanyName}
	refs := []string{o.Result.Certificate.Holder.Name}
	for _, f := range o.Result.Certificate.Fields {
		if strings.HasSuffix(f.Key, "name") {
			refs = append(refs, f.From)
		}
	}
	for _, ref := range refs {
		for _, field := range strings.FieldsFunc(ref, func(r rune) bool { return r == '|' || r == '+' }) {
			names = append(names, answers[strings.TrimSpace(field)])
		}
	}
	for _, name := range names {
		odd := lookalike.Strangers(name)
		if len(odd) == 0 || slices.ContainsFunc(out, func(m MixedName) bool { return m.Name == name }) {
			continue
		}
		var letters []string
		for _, r := range odd {
			letters = append(letters, fmt.Sprintf("%c U+%04X", r, r))
		}
		out = append(out, MixedName{Name: name, Letters: strings.Join(letters, ", ")})
	}
	return out
}

// MixedNames are those of a case, as far as the reader sees what it applied with.
func (v View) MixedNames() []MixedName {
	return MixedNames(v.Offer, v.File.Application.Applicant, v.answers())
}
