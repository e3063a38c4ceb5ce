package ui

import (
	"bytes"
	"context"
	"strings"
	"unicode"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"tongban/platform/i18n"
)

// marked says in which language the Chinese parts of an English page are:
// names, opinions, what is data. A Chinese page stays as it is.
//
// Because: WCAG 2.2, 3.1.2. A voice that reads English cannot read 张三 unless
// it is told that the language changes; done to the finished page, no part of
// it can be forgotten.
func marked(ctx context.Context, page []byte) []byte {
	if i18n.Of(ctx) == i18n.Chinese || !bytes.ContainsFunc(page, han) {
		return page
	}
	m := marker{z: html.NewTokenizer(bytes.NewReader(page))}
	if m.names, _ = ctx.Value(namesKey{}).(Names); m.names == nil {
		m.names = func(string) (string, bool) { return "", false }
	}
	m.out.Grow(len(page) + len(page)/16)
	for m.next() {
	}
	return m.out.Bytes()
}

// Names gives the English name of something that pages name as it is on
// record, in Chinese; false when it has none.
type Names func(zh string) (en string, ok bool)

type namesKey struct{}

// WithNames lets pages for English readers call things by their English names.
func WithNames(ctx context.Context, n Names) context.Context {
	return context.WithValue(ctx, namesKey{}, n)
}

// NamesFor is how a picture calls things for this reader: by their English
// names, where they have one. nil leaves everything as it is on record.
func NamesFor(ctx context.Context) func(string) string {
	n, ok := ctx.Value(namesKey{}).(Names)
	if !ok || i18n.Of(ctx) == i18n.Chinese {
		return nil
	}
	m := marker{names: n}
	return m.english
}

// marker copies a page token by token. The start tag before the current token
// is held back, so that a text that fills an element marks the element.
type marker struct {
	z     *html.Tokenizer
	names Names
	out   bytes.Buffer
	open  []element // within which the current token lies
	held  []byte    // start tag that is not written yet
}

type element struct {
	name     string
	chinese  bool // its language, or that of something around it, is given as Chinese
	pictured bool // within a picture, where nothing can be wrapped
	sends    bool // an option that sends something else than what it says
}

// spoken are the attributes that are read out.
var spoken = map[string]bool{"aria-label": true, "title": true, "placeholder": true, "alt": true, "value": true, "content": true}

// labels are those whose names are written in English.
var labels = map[string]bool{"aria-label": true, "title": true, "alt": true}

// void elements have no end tag.
var void = map[string]bool{"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true, "meta": true, "source": true, "track": true, "wbr": true}

// whole are the elements whose text cannot hold another element.
var whole = map[string]bool{"title": true, "option": true, "textarea": true, "text": true, "tspan": true, "desc": true}

func (m *marker) next() bool {
	kind := m.z.Next()
	raw := bytes.Clone(m.z.Raw())
	switch kind {
	case html.ErrorToken:
		m.flush(false)
		return false
	case html.StartTagToken, html.SelfClosingTagToken:
		m.flush(false)
		m.start(kind, raw)
	case html.EndTagToken:
		m.flush(false)
		name, _ := m.z.TagName()
		for i := len(m.open) - 1; i >= 0; i-- {
			if m.open[i].name == string(name) {
				m.open = m.open[:i]
				break
			}
		}
		m.out.Write(raw)
	case html.TextToken:
		m.text(string(raw))
	default:
		m.flush(false)
		m.out.Write(raw)
	}
	return true
}

// start opens an element; a void one that speaks Chinese is marked at once.
func (m *marker) start(kind html.TokenType, raw []byte) {
	name, more := m.z.TagName()
	e := element{name: string(name)}
	if n := len(m.open); n > 0 {
		e.chinese, e.pictured = m.open[n-1].chinese, m.open[n-1].pictured
	}
	e.pictured = e.pictured || e.name == "svg"
	says, given := false, false
	for more {
		var key, value []byte
		key, value, more = m.z.TagAttr()
		if string(key) == "lang" {
			e.chinese, given = strings.HasPrefix(string(value), "zh"), true
		}
		if !e.chinese && labels[string(key)] && bytes.ContainsFunc(value, han) {
			old, now := templ.EscapeString(string(value)), templ.EscapeString(m.english(string(value)))
			raw = bytes.Replace(raw, []byte(string(key)+`="`+old+`"`), []byte(string(key)+`="`+now+`"`), 1)
			value = []byte(now)
		}
		says = says || spoken[string(key)] && mostlyHan(string(value))
		e.sends = e.sends || string(key) == "value"
	}
	m.held = raw
	if void[e.name] || kind == html.SelfClosingTagToken {
		m.flush(says && !given && !e.chinese)
		return
	}
	if given {
		m.flush(false)
	}
	m.open = append(m.open, e)
}

// flush writes the start tag that was held back, with a language when it is
// to be marked.
func (m *marker) flush(mark bool) {
	if mark {
		end := len(m.held) - 1
		if end > 0 && m.held[end-1] == '/' {
			end--
		}
		m.out.Write(m.held[:end])
		m.out.WriteString(` lang="` + string(i18n.Chinese) + `"`)
		m.held = m.held[end:]
	}
	m.out.Write(m.held)
	m.held = nil
}

func (m *marker) text(s string) {
	var e element
	if n := len(m.open); n > 0 {
		e = m.open[n-1]
	}
	if e.chinese || e.name == "script" || e.name == "style" || !strings.ContainsFunc(s, han) {
		m.flush(false)
		m.out.WriteString(s)
		return
	}
	if whole[e.name] || e.pictured {
		if e.name != "textarea" && (e.name != "option" || e.sends) {
			s = templ.EscapeString(m.english(html.UnescapeString(s)))
		}
		m.flush(m.held != nil && mostlyHan(s))
		m.out.WriteString(s)
		return
	}
	m.flush(false)
	for _, p := range passages(templ.EscapeString(m.english(html.UnescapeString(s)))) {
		if p.chinese {
			m.out.WriteString(`<span lang="` + string(i18n.Chinese) + `">` + p.text + `</span>`)
		} else {
			m.out.WriteString(p.text)
		}
	}
}

// english puts English names in the place of those on record: of a passage as
// a whole, else of what stands between its dots and commas.
func (m *marker) english(s string) string {
	var b strings.Builder
	for _, p := range passages(s) {
		text := p.text
		if en, ok := m.names(text); p.chinese && ok {
			text = en
		} else if p.chinese {
			text = m.pieces(text)
		}
		b.WriteString(text)
	}
	return b.String()
}

// pieces translates what stands between separators. When everything is
// English, so are the separators.
func (m *marker) pieces(s string) string {
	for _, sep := range [][2]string{{" · ", " · "}, {"、", ", "}, {"，", ", "}, {"：", ": "}, {" ", " "}} {
		if !strings.Contains(s, sep[0]) {
			continue
		}
		list, all := strings.Split(s, sep[0]), true
		for i, x := range list {
			en, ok := m.names(x)
			if ok {
				list[i] = en
			} else if list[i] = m.pieces(x); strings.ContainsFunc(list[i], han) {
				all = false
			}
		}
		if all {
			return strings.Join(list, sep[1])
		}
		return strings.Join(list, sep[0])
	}
	if inner, ok := strings.CutSuffix(s, "。"); ok {
		if en, ok := m.names(inner); ok {
			return en + "."
		}
	}
	return s
}

// han tells Chinese characters and Chinese punctuation.
func han(r rune) bool {
	return r > 0x2e7f && (unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff65)
}

// mostlyHan tells whether a text that cannot be cut is Chinese rather than English.
func mostlyHan(s string) bool {
	n := 0
	for _, r := range s {
		switch {
		case han(r):
			n++
		case unicode.IsLetter(r):
			n--
		}
	}
	return n > 0
}

type passage struct {
	text    string
	chinese bool
}

// passages cuts a text where the language changes. Figures, dots and spaces
// between Chinese characters belong to them; letters do not.
func passages(s string) []passage {
	var out []passage
	add := func(text string, chinese bool) {
		if text != "" {
			out = append(out, passage{text, chinese})
		}
	}
	begin, from, until := 0, -1, -1 // of what is not written yet; of the Chinese run and its end so far
	for i, r := range s {
		switch {
		case han(r):
			if from < 0 {
				from = i
			}
			until = i + len(string(r))
		case from >= 0 && (unicode.IsLetter(r) || r == '&' || r == '('):
			add(s[begin:from], false)
			add(s[from:until], true)
			begin, from = until, -1
		}
	}
	if from >= 0 {
		add(s[begin:from], false)
		add(s[from:until], true)
		begin = until
	}
	add(s[begin:], false)
	return out
}
