package forms

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tongban/platform/i18n"
)

// NamedCheck checks a value of a type that this package does not know. It
// returns the value in its normal form and the key of the words when it cannot
// be used ("" when it can).
type NamedCheck func(value string, now time.Time) (normal, code string)

// Context is what a check needs besides the form.
type Context struct {
	Answers map[string]string // to the situational questions; conditions see them
	Known   map[string]string // values for prefilled fields, by source
	Now     time.Time
	Checks  map[Type]NamedCheck
	Lists   Lists // reference data that answers are chosen from
}

// Problem says what is wrong at one field.
type Problem struct {
	Field string
	Code  string // key of the words, or i18n.Own
	Pairs []any
}

// Problems are everything that is wrong with a form, in its order.
type Problems []Problem

// Error implements error, for logs.
func (p Problems) Error() string {
	names := make([]string, len(p))
	for i, x := range p {
		names[i] = x.Field
	}
	return "forms: " + strings.Join(names, ", ")
}

// Each implements web.FieldProblems.
func (p Problems) Each(f func(field, code string, pairs []any)) {
	for _, x := range p {
		f(x.Field, x.Code, x.Pairs)
	}
}

// maxNamed is how many characters a value of a named type or of a list may
// have: 50, the bound for names of persons.
const maxNamed = 50

// longest is how many characters a text may have when its field sets no limit.
var longest = map[Type]int{Text: 100, Textarea: 1000}

// Check brings raw values to their normal form and finds what is wrong. The
// answers it returns hold every shown field, usable or not.
func (d *Definition) Check(raw map[string]string, c Context) (map[string]string, Problems) {
	seen := d.env(c.Answers)
	answers := map[string]string{}
	var problems Problems
	for _, g := range d.Groups {
		for _, f := range g.Fields {
			if !seen.holds(f.show, true) {
				continue
			}
			value, problem := d.field(f, raw[f.ID], seen, c)
			if value != "" {
				answers[f.ID], seen[f.ID] = value, value
			}
			if problem != nil {
				problems = append(problems, *problem)
			}
		}
	}
	for _, x := range d.Checks {
		if seen.holds(x.when, false) {
			problems = append(problems, own(x.Field, x.Text))
		}
	}
	return answers, problems
}

// Locked returns the known value of a field that only its source may change.
func (f Field) Locked(known map[string]string) (string, bool) {
	if f.Prefill == nil || f.Prefill.Policy != "locked" {
		return "", false
	}
	v := known[f.Prefill.Source]
	return v, v != ""
}

// Prefilled returns values for the fields that are known, for a new form.
func (d *Definition) Prefilled(known map[string]string) map[string]string {
	out := map[string]string{}
	for _, f := range d.Fields() {
		if f.Prefill != nil && known[f.Prefill.Source] != "" {
			out[f.ID] = known[f.Prefill.Source]
		}
	}
	return out
}

func (d *Definition) field(f Field, raw string, seen env, c Context) (string, *Problem) {
	if v, locked := f.Locked(c.Known); locked {
		return v, nil
	}
	value := tidy(raw, f.Type == Textarea || f.Type == Choices || f.Type == "address")
	if value == "" {
		if f.Required || f.need != nil && seen.holds(f.need, false) {
			return "", f.problem("required", "forms.required")
		}
		return "", nil
	}
	if r, bad := control(value); bad {
		return value, &Problem{f.ID, "forms.control", []any{"code", fmt.Sprintf("U+%04X", r)}}
	}
	if list := c.Lists[f.Type]; list != nil {
		return f.find(list, value)
	}
	if check, ok := c.Checks[f.Type]; ok {
		normal, code := check(value, c.Now)
		if code != "" {
			return value, &Problem{f.ID, code, []any{"n", utf8.RuneCountInString(value), "max", maxNamed}}
		}
		return normal, f.length(normal)
	}
	switch f.Type {
	case Number, Money:
		return f.number(value)
	case Date:
		return f.date(value, c.Now)
	case Choice, YesNo:
		return f.choice(value)
	case Choices:
		return f.choices(value)
	}
	return value, f.text(value)
}

func (f Field) problem(rule, code string, pairs ...any) *Problem {
	if w, ok := f.Errors[rule]; ok {
		p := own(f.ID, w)
		return &p
	}
	return &Problem{f.ID, code, append([]any{"zh", f.Label.Zh, "en", f.Label.En}, pairs...)}
}

func own(field string, w Words) Problem {
	return Problem{field, i18n.Own, []any{"zh", w.Zh, "en", w.En}}
}

// tidy brings text to one form: NFC, line ends \n, no white space around it.
func tidy(s string, lines bool) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if !lines {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' })
}

// control finds a character that no answer may hold: control and private-use
// characters, surrogates, the replacement character.
func control(s string) (rune, bool) {
	for _, r := range s {
		if r == '\n' || r == '\t' {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Co, r) || r == utf8.RuneError || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return r, true
		}
	}
	return 0, false
}

func (f Field) text(value string) *Problem {
	if p := f.length(value); p != nil {
		return p
	}
	if f.pattern != nil && !f.pattern.MatchString(value) {
		return f.problem("pattern", "forms.pattern")
	}
	return nil
}

// limitOf is how many characters a text may have.
func limitOf(f Field) int {
	if m, err := strconv.Atoi(f.Max); err == nil {
		return m
	}
	if n, ok := longest[f.Type]; ok {
		return n
	}
	return 200
}

// length counts characters; the words say the limit and how many there are.
func (f Field) length(value string) *Problem {
	n := utf8.RuneCountInString(value)
	if limit := limitOf(f); n > limit {
		return &Problem{f.ID, "forms.long", []any{"zh", f.Label.Zh, "en", f.Label.En, "max", limit, "n", n}}
	}
	if m, err := strconv.Atoi(f.Min); err == nil && n < m {
		return f.problem("min", "forms.short", "min", m, "n", n)
	}
	return nil
}

func (f Field) number(value string) (string, *Problem) {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == ',' || r == '，' || r == ' ' || r == '¥' || r == '￥':
			return -1
		}
		return narrow(r)
	}, value)
	decimals := f.Decimals
	if f.Type == Money {
		decimals = 2
	}
	if !decimalShape(plain, decimals) {
		return value, f.problem("type", "forms.number")
	}
	n, _ := strconv.ParseFloat(plain, 64)
	if m, err := strconv.ParseFloat(f.Min, 64); err == nil && n < m {
		return value, f.problem("min", "forms.min", "min", f.Min)
	}
	if m, err := strconv.ParseFloat(f.Max, 64); err == nil && n > m {
		return value, f.problem("max", "forms.max", "max", f.Max)
	}
	if f.Type == Money {
		return strconv.FormatFloat(n, 'f', 2, 64), nil
	}
	return plain, nil
}

// decimalShape accepts digits with at most the given places after the point
// and at most 12 before it, so that no value loses digits.
func decimalShape(s string, decimals int) bool {
	s = strings.TrimPrefix(s, "-")
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || len(whole) > 12 || point && (fraction == "" || len(fraction) > decimals) {
		return false
	}
	return strings.Trim(whole+fraction, "0123456789") == ""
}

func (f Field) choice(value string) (string, *Problem) {
	if f.Type == YesNo && value != "yes" && value != "no" || f.Type == Choice && !f.offers(value) {
		return value, f.problem("type", "forms.choice")
	}
	if f.Equals != "" && value != f.Equals {
		return value, f.problem("equals", "forms.equals")
	}
	return value, nil
}

func (f Field) choices(value string) (string, *Problem) {
	var list []string
	for v := range strings.SplitSeq(value, "\n") {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	for _, v := range list {
		if !f.offers(v) {
			return value, f.problem("type", "forms.choice")
		}
	}
	if m, err := strconv.Atoi(f.Min); err == nil && len(list) < m {
		return value, f.problem("min", "forms.choices_min", "min", m)
	}
	if m, err := strconv.Atoi(f.Max); err == nil && len(list) > m {
		return value, f.problem("max", "forms.choices_max", "max", m)
	}
	return strings.Join(list, "\n"), nil
}

func (f Field) offers(value string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value })
}

func (f Field) displayOptions(value, lang string, pick func(Words) string) string {
	var words []string
	for v := range strings.SplitSeq(value, "\n") {
		for _, o := range f.Options {
			if o.Value == v {
				words = append(words, pick(o.Text))
			}
		}
	}
	if lang == "en" {
		return strings.Join(words, ", ")
	}
	return strings.Join(words, "、")
}
