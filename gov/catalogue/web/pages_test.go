package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"tongban/data"
	"tongban/gov/catalogue"
	catalogueweb "tongban/gov/catalogue/web"
	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
	"tongban/ui/static"
)

func words(t testing.TB) *i18n.Bundle {
	t.Helper()
	b := i18n.NewBundle()
	for _, f := range []struct{ add error }{{b.Add(catalogueweb.Strings)}, {b.Add(ui.Strings)}} {
		if f.add != nil {
			t.Fatal(f.add)
		}
	}
	return b
}

// site serves the pages over everything that ships.
func site(t testing.TB, d *db.DB, deps catalogueweb.Deps) http.Handler {
	t.Helper()
	s := catalogue.New(catalogue.Deps{DB: d, Data: data.Files, Items: os.DirFS("../../../items"),
		CheckOrg: func(code string) bool { _, err := number.ParseUSCC(code); return err == nil }})
	if err := s.Seed(dbtest.As(t, "test")); err != nil {
		t.Fatal(err)
	}
	deps.Catalogue = s
	pages := web.NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
		http.Error(w, web.Words(r.Context(), f), web.Status(f.Kind))
	})
	pages.Add(catalogueweb.Routes(deps)...)
	mux := http.NewServeMux()
	mux.Handle("/static/", static.Handler())
	mux.Handle("/", pages)
	return ui.WithPreferences(words(t), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shell := ui.Shell{Site: "示例市政务服务网", Nav: map[ui.Face][]ui.Entry{ui.Portal: {{Key: "do", Text: "我要办", Href: "/", Icon: "do"}}}}
		mux.ServeHTTP(w, r.WithContext(ui.WithShell(r.Context(), shell)))
	}))
}

var tables = []db.Migrations{audit.Migrations(), catalogue.Migrations()}

var _ = httptest.NewServer
