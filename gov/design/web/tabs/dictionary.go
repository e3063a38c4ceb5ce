package tabs

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"tongban/gov/catalogue/packages"
	"tongban/platform/forms"
)

//go:embed dictionary.json
var dictionaryFile []byte

// datum is one entry of the data dictionary (数据元): something that a base
// register keeps.
type datum struct {
	ID       string      `json:"id"`
	Register string      `json:"register"` // population, legal
	Name     forms.Words `json:"name"`
	Words    []string    `json:"words"`  // Chinese labels that mean it
	Source   string      `json:"source"` // that forms can take it from; "" when none does yet
}

var data = sync.OnceValue(func() []datum {
	var out []datum
	if err := json.Unmarshal(dictionaryFile, &out); err != nil {
		panic("tabs: dictionary.json: " + err.Error()) // embedded; a test reads it
	}
	return out
})

// notice is a field that asks for what a register has already.
type notice struct {
	Path  string
	Field string
	datum
}

// dictionary finds the fields of a form that ask for what a register has and are
// not filled in from it.
//
// Law: 国务院关于在线政务服务的若干规定 art. 7: what can be had by sharing data is not
// asked for.
func dictionary(p *packages.Package) []notice {
	var out []notice
	for _, g := range p.Form.Groups {
		for _, f := range g.Fields {
			if d, ok := known(f); ok {
				out = append(out, notice{"form/groups/" + g.ID + "/fields/" + f.ID, f.Label.Zh, d})
			}
		}
	}
	return out
}

// known is what a register has of the applicant, asked for by a field that is not
// filled in from it.
func known(f forms.Field) (datum, bool) {
	if f.Prefill != nil && f.Prefill.Source != "" {
		return datum{}, false
	}
	label := strings.NewReplacer("申请人", "", "本人", "", "您的", "", "（", "", "）", "", " ", "", "企业", "", "单位", "").Replace(f.Label.Zh)
	for _, d := range data() {
		if slices.Contains(d.Words, label) || slices.Contains(d.Words, f.Label.Zh) {
			return d, true
		}
	}
	return datum{}, false
}
