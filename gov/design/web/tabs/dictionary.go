package tabs

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"tongban/gov/catalogue/packages"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/ui"
)

//go:embed dictionary.json
var dictionaryFile []byte

// datum is one entry of the data dictionary (数据元): something that a base
// register keeps.
type datum struct {
	ID       string      `json:"id"`
	Register string      `json:"register"` // population, legal
	Name     forms.Words `json:"name"`
	Words    []string    `json:"words"`   // Chinese labels that mean it
	Source   string      `json:"source"`  // that forms can take it from; "" when none does yet
	Options  []any       `json:"options"` // of one of a few values: as a form has them
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

// fieldTypes are the types of fields that take what a register keeps.
var fieldTypes = map[string]string{"name": "name", "idnumber": "idnumber", "birth": "date", "phone": "phone", "representative": "name", "uscc": "uscc", "founded": "date", "household": "address", "seat": "address", "scope": "textarea"}

// dataChoices are the entries of the dictionary to add a field for, each with what
// a register does about it.
func dataChoices(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, d := range data() {
		key := "datum_ask"
		if d.Source != "" {
			key = "datum_fill"
		}
		out = append(out, ui.Option{Value: d.ID, Text: words(ctx, key, "name", i18n.Pick(ctx, d.Name.Zh, d.Name.En), "register", words(ctx, "datum_"+d.Register))})
	}
	return out
}

// fieldOf is a new field for an entry of the dictionary, filled in from its
// register where that can be; nil for none.
func fieldOf(id string) map[string]any {
	for _, d := range data() {
		if d.ID != id {
			continue
		}
		row := map[string]any{"label": map[string]any{"zh": d.Name.Zh, "en": d.Name.En}, "type": cmp.Or(fieldTypes[id], "text")}
		if len(d.Options) > 0 { // the register says a value, people read its words
			row["type"], row["options"] = "choice", d.Options
		}
		if d.Source != "" {
			row["prefill"] = map[string]any{"source": d.Source, "policy": "locked"}
		}
		return row
	}
	return nil
}
