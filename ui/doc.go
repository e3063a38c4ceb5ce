// Package ui is the design system: page frames, form controls, tables, time
// lines, icons, and a storybook that shows every part in every state.
//
// # Purpose
//
// A capability writes what a page says; this package decides how it looks,
// in light, dark and high contrast, in large print, dense or on paper, in both
// languages, with and without scripts, by keyboard and by screen reader.
//
// # How to use
//
//	return ui.Render(w, r, http.StatusOK, ui.Page{Title: "…", Face: ui.Portal, Active: "do"}, showCase(c))
//
// Components are templ functions that take one struct: @ui.Field(ui.FieldProps{…}).
// The storybook (Storybook) is the catalogue: look there first.
// The frame's contents (site name, entries, account) come from WithShell,
// which the app calls once per request; the reader's wishes come from
// WithPreferences.
//
// # Guarantees
//
// No inline script and no inline style anywhere, so a strict content security
// policy holds. Every page has one h1, a title that starts with it, and the
// word "error" in front after a refused form. Colour never says anything alone.
package ui
