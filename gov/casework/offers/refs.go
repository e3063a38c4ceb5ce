package offers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"

	"tongban/gov/catalogue/content"
	"tongban/platform/calendar"
)

// Date writes a day the way official papers do.
func Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(calendar.Zone)
	return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
}

// Refs looks up what a result template refers to; items/README.md lists the
// references.
type Refs struct {
	Item    *Ready
	Answers map[string]string
	Filled  map[string]string // by officers; they come before what was applied with
	Given   map[string]string // case.number, case.item, issue.date …, as they are printed
	Holder  string            // number of the holder
}

// Value gives "a|b", the first of them that is not empty, and "a+b", one
// after the other.
func (r *Refs) Value(ref string) string {
	for _, one := range strings.Split(ref, "|") {
		var v string
		for _, part := range strings.Split(one, "+") {
			v += r.one(strings.TrimSpace(part))
		}
		if v != "" {
			return v
		}
	}
	return ""
}

func (r *Refs) one(ref string) string {
	switch ref {
	case "holder.sex":
		return sexOf(r.Holder)
	case "holder.birth":
		return birthOf(r.Holder)
	}
	if v, ok := r.Given[ref]; ok {
		return v
	}
	if v := r.Filled[ref]; v != "" {
		return v
	}
	return r.Item.Words(ref, r.Answers[ref])
}

// Portrait tells whether the certificate shows a picture that is handed in as
// this material, as photo.MATERIAL.
func (o *Ready) Portrait(material string) bool {
	return slices.ContainsFunc(o.Result.Certificate.Fields, func(f content.CertificateField) bool {
		return slices.Contains(strings.FieldsFunc(f.From, func(r rune) bool { return r == '|' || r == '+' || r == ' ' }), "photo."+material)
	})
}

// sexOf reads the seventeenth digit of an identity number (GB 11643).
func sexOf(number string) string {
	return map[string]string{"male": "男", "female": "女"}[SexCode(number)]
}

// SexCode is male or female, from an identity number; "" when it is none.
func SexCode(number string) string {
	switch {
	case len(number) != 18:
		return ""
	case (number[16]-'0')%2 == 1:
		return "male"
	}
	return "female"
}

// birthOf reads the date of birth from an identity number (GB 11643).
func birthOf(number string) string {
	t, err := time.ParseInLocation(time.DateOnly, BirthISO(number), calendar.Zone)
	if err != nil {
		return ""
	}
	return Date(t)
}

// BirthISO is the date of birth in an identity number; "" when it is none.
func BirthISO(number string) string {
	if len(number) != 18 {
		return ""
	}
	return number[6:10] + "-" + number[10:12] + "-" + number[12:14]
}

var reference = regexp.MustCompile(`\{([^{}]+)\}`)

// Fill replaces {ref} in a text.
func (r *Refs) Fill(text string) string {
	return reference.ReplaceAllStringFunc(text, func(s string) string { return r.Value(s[1 : len(s)-1]) })
}

// Shown evaluates show_when of a field; one that cannot be decided is shown.
func (r *Refs) Shown(condition string) bool {
	if condition == "" {
		return true
	}
	env := map[string]any{}
	for _, id := range r.Item.AnswerIDs() {
		env[id] = r.Answers[id]
	}
	v, err := expr.Eval(condition, env)
	return err != nil || v != false
}

// ValidUntil is the last moment of a validity: the day before the same date.
func ValidUntil(from time.Time, unit string, amount int) time.Time {
	t := from.In(calendar.Zone)
	switch unit {
	case "year":
		t = t.AddDate(amount, 0, 0)
	case "month":
		t = t.AddDate(0, amount, 0)
	default:
		return time.Time{}
	}
	return (calendar.DateOf(t) - 1).End().UTC()
}
