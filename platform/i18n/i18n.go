// Package i18n finds the words of a page in the reader's language.
//
// # Purpose
//
// Words lie beside their page in strings/zh-Hans.json and strings/en.json,
// keyed "capability.page.thing". The app adds every folder to one Bundle; a
// request carries bundle and language in its context; templates call T.
//
// # How to use
//
//	bundle.Add(webFS)                                // embed.FS holding strings/*.json
//	ctx = i18n.With(ctx, bundle, i18n.English)
//	i18n.T(ctx, "casework.inbox.left", "days", 3)    // "{days} working days left"
//
// # Guarantees
//
// Both languages have the same keys with the same {names}; a test compares
// them. A missing key shows the key, loudly, and never an empty place.
package i18n

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Lang is a language of the pages, as a BCP 47 tag.
type Lang string

// The languages that the pages exist in.
const (
	Chinese Lang = "zh-Hans"
	English Lang = "en"
)

// Langs lists the languages, the default first.
var Langs = []Lang{Chinese, English}

// Parse returns the language that a tag such as "en-GB" or "zh-CN" asks for,
// Chinese when it asks for none of ours.
func Parse(tag string) Lang {
	if strings.HasPrefix(strings.ToLower(tag), "en") {
		return English
	}
	return Chinese
}

// Zone is China Standard Time, fixed, so that no time zone data is needed.
var Zone = time.FixedZone("CST", 8*60*60)

// Bundle holds all words of all languages.
type Bundle struct{ words map[Lang]map[string]string }

// NewBundle returns an empty bundle.
func NewBundle() *Bundle {
	return &Bundle{words: map[Lang]map[string]string{Chinese: {}, English: {}}}
}

// Add reads strings/<lang>.json of fsys. A key that exists already with
// another text is an error: a key has one home.
func (b *Bundle) Add(fsys fs.FS) error {
	for _, lang := range Langs {
		raw, err := fs.ReadFile(fsys, "strings/"+string(lang)+".json")
		if err != nil {
			return fmt.Errorf("words: %w", err)
		}
		var words map[string]string
		if err := json.Unmarshal(raw, &words); err != nil {
			return fmt.Errorf("words %s: %w", lang, err)
		}
		for k, v := range words {
			if old, ok := b.words[lang][k]; ok && old != v {
				return fmt.Errorf("words %s: %q is defined twice", lang, k)
			}
			b.words[lang][k] = v
		}
	}
	return nil
}

// Words returns the texts of one language; for tests that compare languages.
func (b *Bundle) Words(lang Lang) map[string]string { return b.words[lang] }

// Has tells whether the key has a text in lang.
func (b *Bundle) Has(lang Lang, key string) bool { _, ok := b.words[lang][key]; return ok }

type key struct{}

type reader struct {
	bundle *Bundle
	lang   Lang
}

// With returns a context whose reader reads lang.
func With(ctx context.Context, b *Bundle, lang Lang) context.Context {
	return context.WithValue(ctx, key{}, reader{b, lang})
}

// In returns the same context for a reader of another language.
func In(ctx context.Context, lang Lang) context.Context {
	r, _ := ctx.Value(key{}).(reader)
	return With(ctx, r.bundle, lang)
}

// Of returns the reader's language.
func Of(ctx context.Context) Lang {
	if r, ok := ctx.Value(key{}).(reader); ok {
		return r.lang
	}
	return Chinese
}

// Own is the key of a text that comes along instead of lying in a bundle: the
// pairs are "zh", text, "en", text. Data that designers write (forms, items)
// brings its words in both languages.
const Own = "i18n.own"

// T returns the text for key in the reader's language; pairs are name, value
// and fill {name}. With a pair "n", 1 the key "key.one" is preferred when it
// exists (English needs it).
func T(ctx context.Context, key_ string, pairs ...any) string {
	if key_ == Own && len(pairs) == 4 {
		return Pick(ctx, fmt.Sprint(pairs[1]), fmt.Sprint(pairs[3]))
	}
	r, _ := ctx.Value(key{}).(reader)
	if r.bundle == nil {
		return key_
	}
	words := r.bundle.words[r.lang]
	text, ok := words[key_]
	if !ok {
		return "⟦" + key_ + "⟧"
	}
	if len(pairs) > 1 && fmt.Sprint(pairs[1]) == "1" {
		if one, ok := words[key_+".one"]; ok {
			text = one
		}
	}
	return fill(text, pairs)
}

func fill(text string, pairs []any) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return text
}

// Named is what a thing is called inside an attribute, such as the name of a
// button, which cannot say that a part of it is in another language: there a
// Chinese name gives way to its id for readers of English.
func Named(ctx context.Context, name, id string) string {
	if Of(ctx) != Chinese && strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return id
	}
	return name
}

// Pick returns zh or en, whichever the reader reads; en falls back to zh when
// a text exists in Chinese only.
func Pick(ctx context.Context, zh, en string) string {
	if Of(ctx) == English && en != "" {
		return en
	}
	return zh
}

// List writes names one after the other: 甲、乙 or A, B. Names that are questions
// stand in quotation marks, so that no question mark meets a comma.
func List(ctx context.Context, names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		if out[i] = n; strings.HasSuffix(n, "？") || strings.HasSuffix(n, "?") {
			out[i] = "“" + n + "”"
		}
	}
	return strings.Join(out, Pick(ctx, "、", ", "))
}

// Date writes a date: 2026年12月1日, or 1 December 2026.
func Date(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(Zone)
	if Of(ctx) == English {
		return t.Format("2 January 2006")
	}
	return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
}

// DateTime writes a date with the time of day, 24 hours.
func DateTime(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return Date(ctx, t) + " " + t.In(Zone).Format("15:04")
}

// Money writes an amount given in cents: ¥1,280.00.
func Money(cents int64) string {
	yuan := strconv.FormatInt(cents/100, 10)
	var b strings.Builder
	for i, r := range yuan {
		if i > 0 && (len(yuan)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return fmt.Sprintf("¥%s.%02d", b.String(), cents%100)
}
