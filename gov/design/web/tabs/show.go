package tabs

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"tongban/ui"
)

func yes(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

// rowName says in the form which sheet it is: several may stand at one path.
func rowName(e editing) string {
	if e.Row {
		return e.Path
	}
	return "sheet:" + e.ID
}

// inLang is one of the two inputs of a text in both languages.
func inLang(b box, lang, label string) ui.FieldProps {
	f := ui.FieldProps{Name: b.name + "." + lang, Label: label, Type: ui.Text, Value: b.zh, Plain: true}
	if b.value.Control == longs {
		f.Type = ui.TextArea
		f.Attrs = templ.Attributes{"rows": "2"}
	}
	if lang == "en" {
		f.Value = b.en
	}
	if f.Attrs == nil {
		f.Attrs = templ.Attributes{}
	}
	f.Attrs["aria-label"] = b.label + " " + label
	f.Attrs["lang"] = map[string]string{"zh": "zh-Hans", "en": "en"}[lang]
	return f
}

// scoreTag is a score as a tag: good, or not published as it is.
func scoreTag(ctx context.Context, score int, blocked bool) ui.Status {
	s := ui.Status{Text: words(ctx, "score", "score", strconv.Itoa(score)), Tone: ui.OK}
	if blocked {
		s.Tone = ui.Bad
	}
	return s
}
