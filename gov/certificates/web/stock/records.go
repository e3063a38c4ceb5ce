package stock

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/stock"
	"tongban/platform/i18n"
	"tongban/ui"
)

// look fetches some records of a run that was taken in, for whoever releases it.
func (h pages) look(r *http.Request, v *runView) (err error) {
	if v.Run.Report.Taken == 0 || v.Run.State == stock.Withdrawn {
		return nil
	}
	ctx := r.Context()
	v.From, _ = strconv.Atoi(strings.TrimSpace(r.URL.Query().Get("from")))
	v.From = max(v.From, 0)
	if v.Records, err = h.Look(ctx, v.Run, v.From); err != nil {
		return err
	}
	t, err := h.d.Types.InForce(ctx, v.Run.Type)
	v.Kinds = map[string]string{}
	for _, f := range t.Fields {
		v.Kinds[f.Key] = f.Kind
	}
	return err
}

func (v runView) from() string {
	if v.From == 0 {
		return ""
	}
	return strconv.Itoa(v.From)
}

func (v runView) recordRows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, r := range v.Records {
		var content []string
		for _, f := range r.Fields {
			if v.Kinds[f.Key] != kinds.Photo && f.Value != r.HolderName && f.Value != r.HolderNumber {
				content = append(content, i18n.Pick(ctx, f.Label+"："+f.Value, f.LabelEn+": "+f.Value))
			}
		}
		scan := ui.Cell{Text: words(ctx, "empty_value")}
		if r.Annex.Hash != "" {
			scan = ui.Cell{Link: ui.Link{Text: words(ctx, "scan_of", "n", r.Line), Href: runPath(v.Run) + "/scans/" + strconv.Itoa(r.Line)}}
		}
		state := words(ctx, "held")
		switch {
		case r.Doubt != stock.NoDoubt:
			state = words(ctx, "doubt."+string(r.Doubt))
		case r.Paper != "":
			state = words(ctx, "issued_one")
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: words(ctx, "line", "n", r.Line) + i18n.Pick(ctx, "，", ", ") + state}, {Text: r.Number, Lang: "zh-Hans"},
			{Text: r.HolderName + " " + certificates.MaskNumber(r.HolderNumber), Lang: "zh-Hans"}, {Text: term(ctx, r.Draft)}, {Text: strings.Join(content, i18n.Pick(ctx, "；", "; ")), Lang: "zh-Hans"}, scan}})
	}
	return out
}

// term is when a certificate was issued and until when it is good.
func term(ctx context.Context, d stock.Draft) string {
	out := ""
	if !d.Granted.IsZero() {
		out = i18n.Date(ctx, d.Granted)
	}
	if !d.Until.IsZero() {
		out += " – " + i18n.Date(ctx, d.Until)
	}
	return out
}

// otherOne is what a record is in conflict with.
type otherOne struct{ stock.Standing }

// name says where the other one is.
func (o otherOne) name(ctx context.Context) string {
	if o.FileName == "" {
		return words(ctx, "other_paper")
	}
	return words(ctx, "other_line", "file", o.FileName, "n", o.Line)
}

// compared are the values of a record beside those of the other one. Numbers of
// holders are masked; whether they are the same is said.
func (v doubtsView) compared(ctx context.Context, r stock.Record, o otherOne) []ui.Row {
	var out []ui.Row
	row := func(what, one, other, shown, otherShown string) {
		same := ui.Status{Text: words(ctx, "same_value"), Tone: ui.Plain}
		if one != other {
			same = ui.Status{Text: words(ctx, "other_value"), Tone: ui.Warn}
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: what}, {Text: shown, Lang: "zh-Hans"}, {Text: otherShown, Lang: "zh-Hans"}, {Part: ui.Tag(same)}}})
	}
	plain := func(what, one, other string) { row(what, one, other, one, other) }
	plain(words(ctx, "holder"), r.HolderName, o.HolderName)
	row(words(ctx, "holder_number"), r.HolderNumber, o.HolderNumber, certificates.MaskNumber(r.HolderNumber), certificates.MaskNumber(o.HolderNumber))
	plain(words(ctx, "term"), term(ctx, r.Draft), term(ctx, o.Draft))
	values := map[string]string{}
	for _, f := range o.Fields {
		values[f.Key] = f.Value
	}
	for _, f := range append(r.Fields[:len(r.Fields):len(r.Fields)], missing(r.Fields, o.Fields)...) {
		one, other := f.Value, values[f.Key]
		if one == r.HolderNumber && other == o.HolderNumber || one == r.HolderName && other == o.HolderName {
			continue // said above
		}
		row(i18n.Pick(ctx, f.Label, f.LabelEn), one, other, or(ctx, one), or(ctx, other))
	}
	return out
}

// missing are fields that only the other one has, without a value.
func missing(one, other []certificates.Field) (out []certificates.Field) {
	has := map[string]bool{}
	for _, f := range one {
		has[f.Key] = true
	}
	for _, f := range other {
		if !has[f.Key] {
			f.Value = ""
			out = append(out, f)
		}
	}
	return out
}

// or says that there is no value; a photograph is its digest, in short.
func or(ctx context.Context, s string) string {
	switch {
	case s == "":
		return words(ctx, "empty_value")
	case len(s) == 64 && !strings.Contains(s, " "):
		return s[:12]
	}
	return s
}
