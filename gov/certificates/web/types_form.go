package web

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"tongban/platform/i18n"
	"tongban/ui"
)

// row opens the names of the controls of one field of a type.
func (v editView) row(i int) string { return "f" + strconv.Itoa(i) + "." }

// rowTitle names a row by what it holds.
func (v editView) rowTitle(ctx context.Context, i int) string {
	if label := v.Form.Get(v.row(i) + "label"); label != "" {
		return label
	}
	return i18n.T(ctx, "certificates.types.row", "n", i+1)
}

// field is a control with its words, what was typed, and its problem.
func (v editView) field(ctx context.Context, name string, p ui.FieldProps) templ.Component {
	word := name
	if _, rest, ok := strings.Cut(name, "."); ok {
		word = "row_" + rest
	}
	p.Name, p.Label, p.Value, p.Error = name, i18n.T(ctx, "certificates.types.ask."+word), v.Form.Get(name), ui.ErrorFor(v.Problems, name)
	if p.Type == ui.Choices {
		p.Values, p.Value, p.HideLab = v.Form[name], "", true
	}
	return ui.Field(p)
}
