package ui

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"tongban/platform/i18n"
)

func bundle(t testing.TB) *i18n.Bundle {
	t.Helper()
	b := i18n.NewBundle()
	if err := b.Add(Strings); err != nil {
		t.Fatal(err)
	}
	return b
}

// page asks for one page through the preferences middleware.
func page(t testing.TB, r *http.Request, p Page, body templ.Component) string {
	t.Helper()
	w := httptest.NewRecorder()
	WithPreferences(bundle(t), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := WithShell(r.Context(), Shell{Site: "示例市政务服务网", Nav: map[Face][]Entry{Portal: {{Key: "do", Text: "我要办", Href: "/", Icon: "do"}}}})
		if err := Render(w, r.WithContext(ctx), http.StatusOK, p, body); err != nil {
			t.Error(err)
		}
	})).ServeHTTP(w, r)
	return w.Body.String()
}

func words_(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, s); return err })
}

func TestRender_frame(t *testing.T) {
	r := httptest.NewRequest("GET", "/items?lang=en&q=a", nil)
	html := page(t, r, Page{Title: "Find", Active: "do", Problems: []Problem{{Field: "q", Text: "Enter a word"}}}, words_("<p>body</p>"))
	for _, want := range []string{`<html lang="en"`, "<title>Error: Find – 示例市政务服务网</title>", `<h1>Find</h1>`, `href="#f-q"`, `aria-current="page"`, `name="back" value="/items?q=a"`, "There is 1 thing to change"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	for _, not := range []string{"style=", "onclick", "⟦", "<script>"} {
		if strings.Contains(html, not) {
			t.Errorf("%q in the page", not)
		}
	}
}

func TestWithPreferences_cookies(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	for n, v := range map[string]string{"ui_theme": "dark", "ui_mode": "elder", "ui_density": "tiny", "ui_lang": "en"} {
		r.AddCookie(&http.Cookie{Name: n, Value: v})
	}
	html := page(t, r, Page{Title: "T"}, words_(""))
	for _, want := range []string{`data-theme="dark"`, `data-mode="elder"`, `lang="en"`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(html, "data-density=") {
		t.Error("a density that is not offered was kept")
	}
}

func TestPreferences_setsAndReturns(t *testing.T) {
	for back, want := range map[string]string{"/items?q=%E5%B1%85&lang=en": "/items?q=%E5%B1%85", "https://evil.example/": "/", "//evil.example": "/", "/\\evil": "/", "": "/"} {
		form := url.Values{"theme": {"hc"}, "back": {back}}
		r := httptest.NewRequest("POST", "/preferences", bytes.NewBufferString(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		if err := Preferences(w, r); err != nil {
			t.Fatal(err)
		}
		if got := w.Header().Get("Location"); got != want || w.Code != http.StatusSeeOther {
			t.Errorf("back %q leads to %q (%d), want %q", back, got, w.Code, want)
		}
		if c := w.Header().Get("Set-Cookie"); !strings.Contains(c, "ui_theme=hc") || !strings.Contains(c, "HttpOnly") {
			t.Errorf("cookie %q", c)
		}
	}
	r := httptest.NewRequest("POST", "/preferences", strings.NewReader("theme=pink"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := Preferences(httptest.NewRecorder(), r); err == nil {
		t.Error("a theme that does not exist was accepted")
	}
}
