package browser_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"tongban/test/browser/harness"
	"tongban/test/node"
)

// partOfPackage are the pages on which designers write both languages, and see
// the Chinese page beside the English one.
var partOfPackage = regexp.MustCompile(`/(elements|materials|situations|form|clock|fees|windows|basis|result|preview|ready|tables|expert|parts|sharing)\b`)

// Every page that a role can reach, in English: what is Chinese there says so
// (WCAG 3.1.2), and none of it is a text of ours that has English. What stays
// Chinese is data: people's names, opinions, imported guides.
func TestEnglish_everyPage(t *testing.T) {
	w := furnish(t, serve(t))
	ours := translated(t)
	for _, who := range people {
		t.Run("as "+who, func(t *testing.T) {
			look := w.look(harness.Look{English: true}, who)
			for _, path := range w.reachable(t, who) {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.AddCookie(&http.Cookie{Name: "ui_lang", Value: "en"})
				for k, v := range look.Cookies {
					r.AddCookie(&http.Cookie{Name: k, Value: v})
				}
				rec := httptest.NewRecorder()
				w.Site.ServeHTTP(rec, r)
				if kind := rec.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
					continue
				}
				doc, err := html.Parse(rec.Body)
				if err != nil {
					t.Fatal(err)
				}
				for _, text := range unmarked(doc, false) {
					t.Errorf("%s: %q is Chinese and does not say so", path, text)
				}
				if path == "/synonyms" || strings.HasPrefix(path, "/design/") && partOfPackage.MatchString(path) || path == "/catalogue/drafts" || strings.HasPrefix(path, "/stock/") || strings.HasPrefix(path, "/certificate-types/") && strings.Contains(path, "/template") || strings.HasPrefix(path, "/directory/") || strings.HasSuffix(path, "/edit") {
					continue // their words are data, as somebody wrote them
				}
				for _, text := range marked(doc, false) {
					if en, ok := ours[trimmed(text)]; ok {
						t.Errorf("%s: %q has English: %q", path, text, en)
					} else if os.Getenv("TONGBAN_CHINESE") != "" {
						t.Logf("%s: %s", path, text)
					}
				}
			}
		})
	}
}

// A supervisor sees the clock that runs: acceptance before acceptance, with its
// unit and the way to its derivation.
func TestOversight_clockThatRuns(t *testing.T) {
	w := furnish(t, serve(t))
	cookie := &http.Cookie{Name: node.Cookie, Value: w.SignIn("示例监察员")}
	for path, want := range map[string][]string{
		w.pages("示例监察员")[1]: {"受理时限", "<b>5</b> 个工作日", "/clock\""},
		w.pages("示例监察员")[2]: {"承诺时限", "法定时限", "/clock\""},
		w.pages("示例监察员")[3]: {"<h2>", "计第 1 日", "行政许可法"},
	} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(cookie)
		rec := httptest.NewRecorder()
		w.Site.ServeHTTP(rec, r)
		for _, x := range want {
			if !strings.Contains(rec.Body.String(), x) {
				t.Errorf("%s: status %d, no %q", path, rec.Code, x)
			}
		}
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// trimmed is a text without the marks around it.
func trimmed(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
}

// within calls visit for every text of a page with whether it is marked as
// Chinese. Titles, values and labels cannot mark a part of themselves: those
// that are English in the main need no mark.
func within(n *html.Node, chinese bool, visit func(text string, chinese bool)) {
	if n.Type == html.ElementNode {
		for _, a := range n.Attr {
			if a.Key == "lang" {
				chinese = strings.HasPrefix(a.Val, "zh")
			}
		}
		for _, a := range n.Attr {
			if slices.Contains([]string{"aria-label", "title", "placeholder", "alt"}, a.Key) && mainlyHan(a.Val) {
				visit(a.Val, chinese)
			}
		}
		if n.Data == "script" || n.Data == "style" || n.Data == "dd" && termOf(n) == "Name in Chinese" {
			return
		}
	}
	before, after := beside(n.Parent)
	if n.Type == html.TextNode && strings.ContainsFunc(n.Data, isHan) && !(chinese && strings.HasSuffix(before, "(") && strings.HasPrefix(after, ")")) {
		whole := n.Parent != nil && slices.Contains([]string{"title", "option", "textarea"}, n.Parent.Data)
		if !whole || mainlyHan(n.Data) {
			visit(n.Data, chinese)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		within(c, chinese, visit)
	}
}

// termOf is the term that a description belongs to.
func termOf(dd *html.Node) string {
	for p := dd.PrevSibling; p != nil; p = p.PrevSibling {
		if p.Type == html.ElementNode && p.FirstChild != nil {
			return strings.TrimSpace(p.FirstChild.Data)
		}
	}
	return ""
}

func mainlyHan(s string) bool {
	n := 0
	for _, r := range s {
		if isHan(r) {
			n++
		} else if unicode.IsLetter(r) {
			n--
		}
	}
	return n > 0
}

func unmarked(n *html.Node, chinese bool) (out []string) {
	within(n, chinese, func(s string, zh bool) {
		if !zh {
			out = append(out, s)
		}
	})
	return out
}

// marked are the Chinese texts that say so, but for terms that stand in
// brackets behind their English, the first time they are used.
func marked(n *html.Node, chinese bool) (out []string) {
	within(n, chinese, func(s string, zh bool) {
		if zh {
			out = append(out, s)
		}
	})
	return out
}

// beside is the text before and after an element.
func beside(n *html.Node) (before, after string) {
	if n != nil && n.PrevSibling != nil {
		before = n.PrevSibling.Data
	}
	if n != nil && n.NextSibling != nil {
		after = n.NextSibling.Data
	}
	return before, after
}

// translated are all Chinese texts that ship with an English one: words of
// pages, packages, offices, rules.
func translated(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	root := filepath.Join("..", "..")
	for _, top := range []string{"ui", "app", "gov", "items", "platform"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".json" || strings.Contains(path, "testdata") {
				return err
			}
			var v any
			raw, err := os.ReadFile(path)
			if err == nil {
				err = json.Unmarshal(raw, &v)
			}
			if err != nil {
				return err
			}
			if filepath.Base(path) == "zh-Hans.json" {
				for _, s := range v.(map[string]any) {
					out[trimmed(s.(string))] = "in strings/en.json"
				}
				return nil
			}
			pairs(v, out)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	maps.DeleteFunc(out, func(zh, _ string) bool { return !strings.ContainsFunc(zh, isHan) })
	return out
}

// pairs finds {"zh": …, "en": …} and "name": …, "name_en": … in data.
func pairs(v any, out map[string]string) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			pairs(x, out)
		}
	case map[string]any:
		for k, x := range v {
			zh, ok := x.(string)
			en, _ := v[k+"_en"].(string)
			if k == "zh" {
				en, _ = v["en"].(string)
			}
			if ok && en != "" {
				out[trimmed(zh)] = en
			}
			pairs(x, out)
		}
	}
}

// Pictures of flows call everything that ships by its English name.
func TestEnglish_flowPictures(t *testing.T) {
	w := serve(t)
	c := w.Accepted(node.Resident)
	look := w.look(harness.Look{}, node.Resident)
	for _, path := range []string{"/items/" + node.District + "/" + node.Restaurant + "/flow.svg", "/cases/" + c.Region + "/" + string(c.ID) + "/flow.svg"} {
		for lang, chinese := range map[string]bool{"zh-Hans": true, "en": false} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.AddCookie(&http.Cookie{Name: "ui_lang", Value: lang})
			for k, v := range look.Cookies {
				r.AddCookie(&http.Cookie{Name: k, Value: v})
			}
			rec := httptest.NewRecorder()
			w.Site.ServeHTTP(rec, r)
			if svg := rec.Body.String(); rec.Code != http.StatusOK || strings.ContainsFunc(svg, isHan) != chinese || strings.Contains(svg, "Inspect fire safety") == chinese {
				t.Errorf("%s in %s: %d, Chinese in it: %q", path, lang, rec.Code, strings.FieldsFunc(svg, func(r rune) bool { return !isHan(r) }))
			}
		}
	}
}
