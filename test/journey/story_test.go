package journey

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tongban/platform/calendar"
	"tongban/test/node"
)

// line is one line of a story.
type line struct {
	number int
	verb   string
	words  []string // unquoted words and quoted texts, in order
	text   string
}

// arg matches a quoted text or a word.
var arg = regexp.MustCompile(`"([^"]*)"|(\S+)`)

// parse reads a story. The first line is its title.
func parse(text string) ([]line, error) {
	var out []line
	for i, s := range strings.Split(text, "\n") {
		s = strings.TrimSpace(s)
		if s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		if strings.Count(s, `"`)%2 != 0 {
			return nil, fmt.Errorf("line %d: a quotation mark is missing: %s", i+1, s)
		}
		l := line{number: i + 1, text: s}
		for _, m := range arg.FindAllStringSubmatch(s, -1) {
			l.words = append(l.words, m[1]+m[2])
		}
		l.verb, l.words = l.words[0], l.words[1:]
		if _, ok := verbs[l.verb]; !ok {
			return nil, fmt.Errorf("line %d: no story knows the word %q", i+1, l.verb)
		}
		out = append(out, l)
	}
	if len(out) == 0 || out[0].verb != "story" {
		return nil, fmt.Errorf("a story begins with its title: story \"…\"")
	}
	return out, nil
}

// teller plays one story.
type teller struct {
	n     *node.Node
	v     *visitor
	known map[string]string // {NAME}
	files map[string][]byte
}

// tell plays a story and says at which line it went otherwise.
func tell(t *testing.T, n *node.Node, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	story, err := parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	w := &teller{n: n, v: &visitor{site: n.Site, cookies: map[string]string{}}, known: numbers(), files: map[string][]byte{}}
	for _, l := range story {
		for i, s := range l.words {
			l.words[i] = w.fill(s)
		}
		if err := verbs[l.verb](t.Context(), w, l.words); err != nil {
			t.Fatalf("%s:%d: %s\n%v\n\n%s sees %s", path, l.number, l.text, err, w.v.name, w.v.page.describe())
		}
		if l.verb == "press" || l.verb == "clock" {
			n.Settle()
		}
	}
}

// numbers are the invented identity numbers of the town's residents, by name.
func numbers() map[string]string {
	out := map[string]string{}
	for i, name := range []string{"王示例", "𠮷虚构", "䶮示例", "古丽·示例", "陈虚构"} {
		out[name] = node.IDNumber(i + 1)
	}
	return out
}

// fill puts what was remembered into {NAME}.
func (w *teller) fill(s string) string {
	for name, value := range w.known {
		s = strings.ReplaceAll(s, "{"+name+"}", value)
	}
	return s
}

// verb does one line.
type verb func(ctx context.Context, w *teller, a []string) error

var verbs map[string]verb

func init() {
	verbs = map[string]verb{
		"story":    func(context.Context, *teller, []string) error { return nil },
		"clock":    setClock,
		"as":       actAs,
		"open":     one(func(w *teller, s string) error { return w.v.open(s) }),
		"search":   one(func(w *teller, s string) error { return w.v.search(s) }),
		"follow":   near("", func(w *teller, s, _, of string) error { return w.v.follow(s, of) }),
		"press":    near("", func(w *teller, s, _, of string) error { return w.v.press(s, of) }),
		"answer":   near("with", func(w *teller, s, value, of string) error { return w.v.page.answer(s, value, of) }),
		"upload":   near("for", upload),
		"remember": near("as", remember),
		"download": near("as", download),
		"expect":   expect,
	}
}

func one(f func(*teller, string) error) verb {
	return func(_ context.Context, w *teller, a []string) error {
		if len(a) != 1 {
			return fmt.Errorf("one text is wanted, not %d", len(a))
		}
		return f(w, a[0])
	}
}

// near is a verb with one text, or with two and a small word between them; "of"
// and words that stand near by tell which one is meant among several.
func near(small string, f func(w *teller, a, b, of string) error) verb {
	return func(_ context.Context, w *teller, a []string) error {
		of := ""
		if n := len(a); n >= 3 && a[n-2] == "of" {
			a, of = a[:n-2], a[n-1]
		}
		switch {
		case small == "" && len(a) == 1:
			return f(w, a[0], "", of)
		case small != "" && len(a) == 3 && a[1] == small:
			return f(w, a[0], a[2], of)
		}
		return fmt.Errorf("wanted: \"…\" %s \"…\"", small)
	}
}

func setClock(_ context.Context, w *teller, a []string) error {
	to, err := time.ParseInLocation("2006-01-02 15:04", strings.Join(a, " "), calendar.Zone)
	if err != nil {
		return err
	}
	if to.Before(w.n.Time.Now()) {
		return fmt.Errorf("the clock stands at %s already", w.n.Time.Now().In(calendar.Zone))
	}
	w.n.Time.Set(to)
	return nil
}

// actAs signs somebody in afresh: time has gone by since the last time.
func actAs(_ context.Context, w *teller, a []string) error {
	w.v.name, w.v.cookies, w.v.page = a[0], map[string]string{}, nil
	if a[0] == "anyone" {
		return w.v.open("/")
	}
	if err := w.v.open(w.n.Link(a[0])); err != nil {
		return err
	}
	if err := w.v.press("以「"+a[0]+"」登录", ""); err != nil {
		return err
	}
	if len(a) == 3 && a[1] == "for" {
		if err := w.v.open("/account"); err != nil {
			return err
		}
		if err := w.v.page.answer("以谁的名义办事", a[2], ""); err != nil {
			return err
		}
		return w.v.press("切换", "")
	}
	return nil
}

// upload picks a sample file, or one that was kept, for a file field.
func upload(w *teller, name, label, of string) error {
	if kept, ok := w.files[name]; ok {
		return w.v.page.attach(label, of, file{name + ".pdf", kept})
	}
	body, err := node.File(name)
	if err != nil {
		return err
	}
	return w.v.page.attach(label, of, file{name, body})
}

// remember keeps what stands behind a label.
func remember(w *teller, label, name, _ string) error {
	if label == "address" {
		w.known[name] = w.v.page.at.Path
		return nil
	}
	for n := range w.v.page.doc.Descendants() {
		if tight(words(n)) != tight(label) {
			continue
		}
		for d := n.NextSibling; d != nil; d = d.NextSibling {
			if value := words(d); value != "" {
				w.known[name] = value
				return nil
			}
		}
	}
	return fmt.Errorf("the page does not say %q", label)
}

func download(w *teller, link, name, of string) error {
	back := w.v.page
	if err := w.v.follow(link, of); err != nil {
		return err
	}
	if w.v.page.status != 200 || w.v.page.doc != nil {
		return fmt.Errorf("%q is no file but status %d, %s", link, w.v.page.status, w.v.page.kind)
	}
	w.files[name], w.v.page = w.v.page.raw, back
	return nil
}

func expect(ctx context.Context, w *teller, a []string) error {
	switch {
	case len(a) == 1:
		if !w.v.page.says(a[0]) {
			return fmt.Errorf("the page does not say so")
		}
	case a[0] == "no" && len(a) == 2:
		if w.v.page.says(a[1]) {
			return fmt.Errorf("the page says so")
		}
	case a[0] == "status" && len(a) == 2:
		if strconv.Itoa(w.v.page.status) != a[1] {
			return fmt.Errorf("the status is %d", w.v.page.status)
		}
	case a[0] == "title" && len(a) == 2:
		if h := words(w.v.page.all("h1")[0]); !strings.Contains(tight(h), tight(a[1])) {
			return fmt.Errorf("the heading is %q", h)
		}
	case a[0] == "file":
		return w.expectFile(a[1], a[2:])
	case a[0] == "record":
		return w.recordVerifies(ctx)
	default:
		return fmt.Errorf("nothing of that kind can be expected")
	}
	return nil
}
