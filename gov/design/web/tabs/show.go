package tabs

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"tongban/platform/i18n"
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

// faces are the ways to look at the draft beside a tab: what the tab is about
// first, in the reader's language.
func (v view) faces(ctx context.Context) []ui.Link {
	lang, other := "zh", "en"
	if i18n.Of(ctx) == i18n.English {
		lang, other = "en", "zh"
	}
	first, second := "guide", "form"
	if v.tab.ID == "form" || v.tab.ID == "situations" || v.tab.ID == sharingTab.ID {
		first, second = second, first
	}
	at := func(face, lang string) ui.Link {
		return ui.Link{Text: words(ctx, "face."+face+"."+lang), Href: v.path() + "/preview/" + face + "?lang=" + lang}
	}
	return []ui.Link{at(first, lang), at(second, lang), at(first, other)}
}
