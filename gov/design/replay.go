package design

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/gov/design/parts"
	"tongban/platform/fault"
	"tongban/platform/forms"
)

// Offer is the draft as an offer, whatever is wrong with it.
func (d *Draft) Offer(a Surroundings) *catalogue.Offer {
	x := *d
	x.Parts = d.Package(a)
	return x.offer(a.Published.Version)
}

// Differences lists what is not as in the newest version, value by value; before
// the first one, what is not as every new item begins.
func (s *Service) Differences(ctx context.Context, d Draft, a Surroundings) ([]parts.Difference, error) {
	old := beginning(d)
	c, _, err := s.Items.Newest(ctx, s.DB, d.Region, d.Item)
	switch {
	case err == nil:
		old = packages.Of(c)
	case !fault.IsKind(err, fault.KindNotFound):
		return nil, err
	}
	now := d.Next(a)
	out := slices.DeleteFunc(parts.Compare(old, now), func(x parts.Difference) bool {
		return x.Path == "item/version" || x.Path == "item/format" // they follow by themselves
	})
	if old.Flow != now.Flow {
		out = append(out, parts.Difference{Path: "flow", Old: lineCount(old.Flow), New: lineCount(now.Flow)})
	}
	if old.Decisions != now.Decisions {
		out = append(out, parts.Difference{Path: "tables", Old: lineCount(old.Decisions), New: lineCount(now.Decisions)})
	}
	return out, nil
}

func lineCount(s string) string {
	if s == "" {
		return ""
	}
	return strconv.Itoa(1 + strings.Count(s, "\n"))
}

// Treated is how one version treats one case.
type Treated struct {
	Materials []string // ids
	Limit     string   // "20 workday"
	Fee       string   // cents, or what a decision table gives
	Steps     []string // elements that run when everybody approves, in order
	Offices   []string
	Refused   []string // fields that would be refused, with the rule
}

// Differing is one past case that the draft would treat otherwise.
type Differing struct {
	Number   string
	Refused  bool     // it was refused: both are run to a refusal
	What     []string // materials, limit, fee, steps, offices, accept
	Old, New Treated
}

// Replay is what the draft would have done with recent cases.
type Replay struct {
	Cases     int
	Refused   int // of them
	Same      int
	Differing []Differing
	Count     map[string]int // by What
}

// MaxReplay is how many cases are looked at, at most. Because: cases whose answers
// steer the flow alike are run once, so that a thousand take less than a second or
// two, and nobody has to come back for the result.
const MaxReplay = 1000

// maxDiffering bounds the cases that are told one by one; all are counted.
const maxDiffering = 200

// ErrPurpose refuses to read cases without saying what for.
var ErrPurpose = fault.Invalid("design.purpose")

// Replay treats the last n cases of the item by the version in force and by the
// draft. Only answers are read, and that they were read for this purpose is on
// record; nothing about who applied is returned.
//
// Law: 个人信息保护法 art. 6, 34: no more than the purpose needs.
func (s *Service) Replay(ctx context.Context, d Draft, a Surroundings, n int, purpose string) (*Replay, error) {
	purpose = strings.TrimSpace(purpose)
	if l := utf8.RuneCountInString(purpose); l < 4 || l > 200 {
		return nil, ErrPurpose
	}
	out := &Replay{Count: map[string]int{}}
	if s.Cases == nil || a.Published == nil || a.Published.Version == 0 {
		return out, nil
	}
	list, err := s.Cases.Recent(ctx, d.Region, a.Published.Org, d.Item, min(max(n, 1), MaxReplay), chosenAnswers(a, a.Published.Form, d.Offer(a).Form), purpose)
	if err != nil {
		return nil, err
	}
	was := fresh(a.Published)
	before, err := s.surroundings(ctx, a.Published)
	if err != nil {
		return nil, err
	}
	before.Published = a.Published
	after := a
	after.Offer = d.Offer(a)
	runs := map[string]Treated{}
	for _, c := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x := Differing{Number: c.Number, Refused: c.Refused, Old: s.treat(ctx, was, before, c, runs), New: s.treat(ctx, d, after, c, runs)}
		x.What = differ(x.Old, x.New)
		out.Cases++
		if c.Refused {
			out.Refused++
		}
		if len(x.What) == 0 {
			out.Same++
			continue
		}
		for _, w := range x.What {
			out.Count[w]++
		}
		if len(out.Differing) < maxDiffering {
			out.Differing = append(out.Differing, x)
		}
	}
	return out, nil
}

// chosenAnswers are the answers that were chosen or counted, not written: what
// decides how a case is treated.
func chosenAnswers(a Surroundings, list ...*forms.Definition) []string {
	out := a.Published.Situations.IDs()
	for _, q := range a.Subjects {
		if q.Type == "choice" {
			out = append(out, q.ID)
		}
	}
	for _, def := range list {
		if def == nil {
			continue
		}
		for _, f := range def.Fields() {
			switch f.Type {
			case forms.Choice, forms.Choices, forms.YesNo, forms.Number, forms.Money, forms.Date, "division":
				out = append(out, f.ID)
			}
		}
	}
	return out
}

// treat says how a draft treats a case: what was granted is run with everybody
// approving, what was refused with who decides refusing.
func (s *Service) treat(ctx context.Context, d Draft, a Surroundings, c PastCase, runs map[string]Treated) Treated {
	answers := c.Answers
	o := a.Offer.In(answers) // limit and fee may differ by situation
	var t Treated
	for _, m := range o.MaterialsFor(answers) {
		t.Materials = append(t.Materials, m.ID)
	}
	l := o.Lasting()
	t.Limit = strconv.Itoa(l.Amount) + " " + string(l.Unit)
	t.Fee = strconv.FormatInt(o.Fee.Cents, 10)
	if o.Decisions.Has("fee") {
		if r, err := o.Decisions.Decide("fee", given(o.Situations, answers), s.Clock.Now()); err == nil && r.Value != nil {
			t.Fee = fmt.Sprint(r.Value)
		}
	}
	t.Refused = refused(o.Form, answers)
	key := strconv.FormatBool(c.Refused) + steering(d, a, answers)
	ran, ok := runs[key]
	if !ok {
		ran.Steps, ran.Offices = s.run(ctx, d, a, answers, c.Refused)
		runs[key] = ran
	}
	t.Steps, t.Offices = ran.Steps, ran.Offices
	return t
}

// steering names the run that a draft gives to answers: cases whose answers to
// what its flow and tables look at are equal run alike.
func steering(d Draft, a Surroundings, answers map[string]string) string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(len(d.File)) + "/" + strconv.Itoa(d.Version))
	for _, x := range a.Subjects {
		if bytes.Contains(d.File, []byte(x.ID)) || bytes.Contains(d.Tables, []byte(x.ID)) {
			b.WriteString("\x1f" + x.ID + "=" + answers[x.ID])
		}
	}
	return b.String()
}

// given are answers as decision tables take them.
func given(sit *content.Situations, answers map[string]string) map[string]any {
	out := map[string]any{}
	for k, v := range sit.Prune(answers) {
		out[k] = v
	}
	return out
}

// refused lists fields that are required and have no answer, and answers that
// are no option any more. What an answer was is not told.
func refused(form *forms.Definition, answers map[string]string) []string {
	var out []string
	if form == nil {
		return nil
	}
	for _, g := range form.Shown(answers) {
		for _, f := range g.Fields {
			v := answers[f.ID]
			switch {
			case v == "" && f.Required && (f.Prefill == nil || f.Prefill.Source == ""):
				out = append(out, f.ID+" required")
			case v != "" && (f.Type == forms.Choice || f.Type == forms.Choices):
				for _, one := range strings.Split(v, "\n") {
					if !slices.ContainsFunc(f.Options, func(o forms.Option) bool { return o.Value == one }) {
						out = append(out, f.ID+" option")
					}
				}
			}
		}
	}
	return out
}

// run lets everybody approve, or who decides refuse, and tells which steps came,
// and whose they were.
func (s *Service) run(ctx context.Context, d Draft, a Surroundings, answers map[string]string, refused bool) (steps, offices []string) {
	_, passed, _ := s.through(ctx, d, a, answers, refused)
	for _, x := range passed {
		steps, offices = append(steps, x.Element), append(offices, x.Office)
	}
	slices.Sort(offices)
	return steps, slices.Compact(offices)
}

func differ(a, b Treated) []string {
	var out []string
	add := func(what string, same bool) {
		if !same {
			out = append(out, what)
		}
	}
	add("materials", slices.Equal(a.Materials, b.Materials))
	add("limit", a.Limit == b.Limit)
	add("fee", a.Fee == b.Fee)
	add("steps", slices.Equal(a.Steps, b.Steps))
	add("offices", slices.Equal(a.Offices, b.Offices))
	add("accept", slices.Equal(a.Refused, b.Refused))
	return out
}
