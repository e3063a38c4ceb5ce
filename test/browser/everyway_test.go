package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tongban/test/browser/harness"
)

// told keeps what a test would have been failed with.
type told struct {
	testing.TB
	said []string
}

func (x *told) Errorf(format string, args ...any) {
	x.said = append(x.said, fmt.Sprintf(format, args...))
}

// What only large print, another theme or a narrower window breaks is found,
// though not every look is asked by every rule.
func TestEveryWay_findsWhatOneLookBreaks(t *testing.T) {
	const page = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Page</title><style>button{width:44px;height:44px} :root[data-theme]{background:#fff;color:#000} %s</style>
		<main><h1>Page</h1><p>Text</p><button>%s</button><button>B</button></main>`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, page, q.Get("css"), q.Get("name"))
	}))
	t.Cleanup(server.Close)
	x := &told{TB: t}
	tab := harness.Open(x, harness.Look{Width: 390})
	for _, c := range []struct{ css, name, want string }{
		{"", "A", ""},
		{"", "", "button-name"},
		{"[data-mode=elder] button{width:9px;height:9px;padding:0;border:0;margin:0;font-size:6px}", "A", "390-light-elder: /: target-size"},
		{"@media(min-width:40rem){[data-mode=elder] main{width:2000px}}", "A", "1366-light-elder: / is"},
		{":root[data-theme=dark]{background:#222;color:#555}", "A", "390-dark: /: color-contrast"},
		{":root[data-theme=hc]{background:#fff;color:#777}", "A", "1366-hc: /: color-contrast-enhanced"},
		{"@media(max-width:330px){main{width:400px}}", "A", "320-light: / is"},
	} {
		x.said = nil
		tab.Go(server.URL + "/?css=" + url.QueryEscape(c.css) + "&name=" + c.name)
		tab.EveryWay(true)
		if all := strings.Join(x.said, "\n"); !strings.Contains(all, c.want) || c.want == "" && all != "" {
			t.Errorf("%q: %q is not said but: %s", c.css, c.want, all)
		}
	}
}
