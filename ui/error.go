package ui

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
)

// errorView is what the page for something that went wrong shows.
type errorView struct {
	Kind    string // of the fault
	Text    string // what happened
	Who     string // which permission is needed
	Request string // number to name on the phone
	Next    Link   // the act that helps
	Kept    []SummaryRow
	Retry   string     // posts the kept entries here again
	Entries url.Values // what was posted
}

// mostKept is how many bytes of entries an error page gives back.
const mostKept = 64 << 10

// ErrorPage shows what went wrong, why, and what helps. What was entered in a
// form is shown again and can be sent again, so that no failure costs work.
// It is the Fail function of web.Pages.
func ErrorPage(w http.ResponseWriter, r *http.Request, f *fault.Fault, request string) {
	ctx := r.Context()
	kind := string(f.Kind)
	v := errorView{Kind: kind, Text: faultText(ctx, f), Request: request}
	if f.Kind == fault.KindForbidden {
		if p, ok := f.Details["permission"].(string); ok {
			if v.Who = known(ctx, "permission."+p, p); strings.Contains(v.Text, v.Who) {
				v.Who = "" // the words of the fault have said it
			}
		}
	}
	if f.Kind == fault.KindUnauthenticated {
		if s := ShellOf(ctx).SignIn; s != "" {
			v.Next = Link{Text: i18n.T(ctx, "ui.signin"), Href: s + "?next=" + url.QueryEscape(backPath(r))}
		}
	}
	if r.Method == http.MethodPost {
		v.keep(ctx, r, f.Kind)
	}
	if f.Kind == fault.KindTooMany {
		w.Header().Set("Retry-After", "60")
	}
	face := ShellOf(ctx).Face
	page := Page{Title: i18n.T(ctx, "ui.error."+kind+".title"), Face: face}
	if err := Render(w, r, web.Status(f.Kind), page, errorBody(v)); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError)+" "+request, http.StatusInternalServerError)
	}
}

// faultText are the fault's own words, or the general ones of its kind.
func faultText(ctx context.Context, f *fault.Fault) string {
	general := i18n.T(ctx, "ui.error."+string(f.Kind)+".text")
	if f.Kind == fault.KindInternal {
		return general // the cause is for the operator
	}
	text := web.Words(ctx, f)
	if missing(text) {
		return general
	}
	return text
}

// missing tells whether i18n found no words.
func missing(text string) bool {
	return strings.HasPrefix(text, "⟦") || strings.HasPrefix(text, "fault.")
}

func known(ctx context.Context, key, fallback string) string {
	if t := i18n.T(ctx, key); !missing(t) && t != key {
		return t
	}
	return fallback
}

// keep gives back what was posted, unless it is secret or too much.
func (v *errorView) keep(ctx context.Context, r *http.Request, kind fault.Kind) {
	size := 0
	for name, values := range r.PostForm {
		if secret(name) {
			return
		}
		for _, s := range values {
			size += len(name) + len(s)
		}
	}
	if size == 0 || size > mostKept {
		return
	}
	v.Entries = r.PostForm
	for _, name := range sortedValues(r.PostForm) {
		if text := strings.Join(r.PostForm[name], "、"); len([]rune(text)) >= 8 {
			v.Kept = append(v.Kept, SummaryRow{Key: i18n.T(ctx, "ui.error.entry", "n", len(v.Kept)+1), Value: text})
		}
	}
	if r.MultipartForm != nil && len(r.MultipartForm.File) > 0 {
		return // files cannot be given back, so sending again would lose them
	}
	if kind == fault.KindInternal || kind == fault.KindUnavailable || kind == fault.KindTooMany {
		v.Retry = r.URL.RequestURI()
	}
}

// secret names entries that never come back in a page.
func secret(name string) bool {
	n := strings.ToLower(name)
	for _, word := range []string{"password", "secret", "code", "token"} {
		if strings.Contains(n, word) {
			return true
		}
	}
	return false
}
