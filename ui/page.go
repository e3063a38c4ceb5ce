package ui

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"tongban/platform/i18n"
	"tongban/platform/web"
)

// Face is the frame around a page: who it is made for.
type Face string

// The faces.
const (
	Portal      Face = "portal"      // residents and companies; phone first
	Counter     Face = "counter"     // the hall window; keyboard first
	Workbench   Face = "workbench"   // officers who decide; dense
	Supervision Face = "supervision" // those who watch the work; dense
	Design      Face = "design"      // those who draw services; dense
	Bare        Face = "bare"        // sign-in and other single sheets, without navigation
	BareWide    Face = "barewide"    // a single sheet that holds a paper, such as a certificate check
)

// dense faces are for people who sit at them all day.
func (f Face) dense() bool { return f == Counter || f == Workbench || f == Supervision || f == Design }

// Link is some text that leads somewhere.
type Link struct {
	Text    string
	Href    string
	Icon    string // name of an icon, may be empty
	Current bool   // this is where the reader is
	Note    string // words behind the text, for tabs a count
}

// Problem is one thing to change in a form: which control, and the words.
type Problem struct {
	Field string // name of the control; its element's id is FieldID(Field)
	Text  string
}

// Page describes everything around a body.
type Page struct {
	Title       string    // the h1 and the start of the window's title
	Lead        string    // one or two sentences below the h1
	Eyebrow     string    // a few words above the h1: case number, office
	NoHeading   bool      // the body brings its own h1 (with the words of Title)
	Face        Face      // Portal when empty
	Active      string    // key of the current navigation entry
	Crumbs      []Link    // from the start page to the parent, without this page
	Back        Link      // shown instead of crumbs on question pages; Text may be empty
	Problems    []Problem // of the form that was refused
	Description string    // for search engines, one sentence
	Actions     templ.Component
	Refresh     time.Duration // the page renews itself; the reader can pause it
	Style       string        // one more style sheet, by its plain name: for pages of a kind of their own
	Keys        []Key         // the counter's function keys, shown at the bottom
}

// Key is a function key of the counter with the button it presses.
type Key struct {
	Name string // "F2"
	Text string
	Href string // leads there, or
	Form string // id of the form that it submits
}

// Render answers with a whole page. The words are those of the reader's
// language, the looks those of the reader's wishes.
func Render(w http.ResponseWriter, r *http.Request, status int, p Page, body templ.Component) error {
	if p.Face == "" {
		p.Face = Portal
	}
	ctx := context.WithValue(r.Context(), backKey{}, backPath(r))
	var buf bytes.Buffer
	if err := layout(p, body).Render(ctx, &buf); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(i18n.Of(ctx)))
	h.Add("Vary", "Cookie")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", cacheRule(ctx))
	}
	if h.Get("Content-Security-Policy") == "" {
		h.Set("Content-Security-Policy", ContentSecurityPolicy)
	}
	w.WriteHeader(status)
	_, err := w.Write(marked(ctx, buf.Bytes()))
	return ignoreGone(err)
}

// cacheRule keeps pages of signed-in readers out of every store, because hall
// computers are shared; other pages may be kept by the reader's own browser,
// which asks again and keeps what was typed when going back.
func cacheRule(ctx context.Context) string {
	if ShellOf(ctx).Reader != nil {
		return "no-store"
	}
	return "private, no-cache"
}

// ContentSecurityPolicy is the policy that every page keeps: own files only,
// no script and no style inline. Pictures may stand in the page itself: a drawn
// certificate carries its photograph.
const ContentSecurityPolicy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// ignoreGone forgets that the reader closed the connection: nobody is left to
// be told, and the page was made without fault.
func ignoreGone(error) error { return nil }

// ProblemsOf returns the problems of a refused form in the reader's language;
// it understands everything that web.FieldProblems does.
func ProblemsOf(ctx context.Context, fields web.FieldProblems) []Problem {
	var out []Problem
	if fields == nil {
		return nil
	}
	fields.Each(func(field, code string, pairs []any) {
		out = append(out, Problem{Field: field, Text: i18n.T(ctx, code, pairs...)})
	})
	return out
}

// ErrorFor returns the words of the problem with a field, "" when it is fine.
func ErrorFor(problems []Problem, field string) string {
	for _, p := range problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// FieldID is the id of the element that a field's label and problems point to.
func FieldID(name string) string {
	return "f-" + strings.NewReplacer(".", "-", "[", "-", "]", "", " ", "-").Replace(name)
}

func (p Page) title(ctx context.Context) string {
	t := p.Title
	if site := ShellOf(ctx).Site; site != "" && site != t {
		t += " – " + site
	}
	if len(p.Problems) > 0 {
		t = i18n.T(ctx, "ui.error_prefix") + t
	}
	return t
}
