package casework

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/expr-lang/expr"

	"tongban/gov/certificates"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

// refs looks up what a result template refers to; items/README.md lists the
// references.
type refs struct {
	c       *Case
	o       *stocked
	answers map[string]string
	filled  map[string]string // by officers; they come before what was applied with
	number  string
	issued  time.Time
	until   time.Time
	holder  string // number of the holder
}

// value gives "a|b", the first of them that is not empty.
func (r *refs) value(ref string) string {
	for _, one := range strings.Split(ref, "|") {
		if v := r.one(strings.TrimSpace(one)); v != "" {
			return v
		}
	}
	return ""
}

func (r *refs) one(ref string) string {
	switch ref {
	case "case.number":
		return ShowNumber(r.c.Number)
	case "case.item":
		return r.c.ItemName
	case "issue.date":
		return date(r.issued)
	case "issue.office":
		return r.c.OrgName
	case "valid.until":
		return date(r.until)
	case "certificate.number":
		return r.number
	case "holder.sex":
		return sexOf(r.holder)
	case "holder.birth":
		return birthOf(r.holder)
	}
	if v := r.filled[ref]; v != "" {
		return v
	}
	return r.o.words(ref, r.answers[ref])
}

// sexOf reads the seventeenth digit of an identity number (GB 11643).
func sexOf(number string) string {
	return map[string]string{"male": "男", "female": "女"}[sexCode(number)]
}

func sexCode(number string) string {
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
	t, err := time.ParseInLocation(time.DateOnly, birthISO(number), calendar.Zone)
	if err != nil {
		return ""
	}
	return date(t)
}

func birthISO(number string) string {
	if len(number) != 18 {
		return ""
	}
	return number[6:10] + "-" + number[10:12] + "-" + number[12:14]
}

var reference = regexp.MustCompile(`\{([^{}]+)\}`)

// fill replaces {ref} in a text.
func (r *refs) fill(text string) string {
	return reference.ReplaceAllStringFunc(text, func(s string) string { return r.value(s[1 : len(s)-1]) })
}

// shown evaluates show_when of a field; one that cannot be decided is shown.
func (r *refs) shown(condition string) bool {
	if condition == "" {
		return true
	}
	env := map[string]any{}
	for _, id := range r.o.answerIDs() {
		env[id] = r.answers[id]
	}
	v, err := expr.Eval(condition, env)
	return err != nil || v != false
}

// validUntil is the last moment of a validity: the day before the same date.
func validUntil(from time.Time, unit string, amount int) time.Time {
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

// certificate issues what the item promises.
//
// Law: 行政许可法 art. 38 ¶1, 39: a grant is made in writing; the certificate bears the organ's seal.
func (s *Service) certificate(ctx context.Context, tx *db.Tx, c *Case, o *stocked, d Draft, filledIn map[string]string) (certificates.Paper, error) {
	t, now := o.Result.Certificate, s.Clock.Now()
	p := c.paper(certificates.Certificate, d.Applicant, firstOf(t.Name.Zh, c.ItemName))
	p.Type, p.TypeName, p.ValidFrom = t.Type, p.Title, now
	p.ValidUntil = validUntil(now, t.Validity.Unit, t.Validity.Amount)
	r := &refs{c: c, o: o, answers: o.answers(d), filled: filledIn, issued: now, until: p.ValidUntil}
	if v := r.value(t.Holder.Name); v != "" {
		p.HolderName = v
	}
	if v := r.value(t.Holder.Number); v != "" {
		p.HolderNumber = v
	}
	r.holder = p.HolderNumber
	// Because: a serial counted per type and year would make all decisions of an
	// office wait for one row; the case number is as unique.
	p.Number = strings.NewReplacer("{year}", fmt.Sprint(now.In(calendar.Zone).Year()), "{serial}", c.Number).Replace(t.Number)
	r.number = p.Number
	for _, f := range t.Fields {
		if r.shown(f.ShowWhen) {
			p.Fields = append(p.Fields, field(f.Key, f.Label.Zh, f.Label.En, r.value(f.From)))
		}
	}
	p.Fields = filled(p.Fields...)
	for _, text := range t.Text {
		p.Text = append(p.Text, r.fill(text))
	}
	if len(p.Text) == 0 {
		p.Text = []string{fmt.Sprintf("%s申请的“%s”，经审查符合法定条件，准予办理。", d.Applicant.Title(), c.ItemName)}
	}
	return s.Papers.IssueTx(ctx, tx, p)
}
