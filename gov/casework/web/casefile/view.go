package casefile

import (
	"context"
	"embed"
	"maps"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/supplements"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of what this package shows.
//
//go:embed strings
var Strings embed.FS

// Services are what a case is read from.
type Services struct {
	Casework     *casework.Service
	Certificates *certificates.Service
	Bundles      *bundles.Service // nil: there are no one things
}

// View is a case as staff see it.
type View struct {
	File     casework.File
	Offer    *catalogue.Offer
	Lists    forms.Lists // names of what the form took from them
	Entries  []casework.Entry
	Answer   supplements.Span // when the applicant may be asked to answer by
	Papers   []certificates.Found
	Copies   []holding.Received // certificates that stand in for materials
	Base     string             // path of the case in this face, such as /work/cases/449901/case_…
	FileBase string             // path under which its files are handed out
	Unmask   string             // where a reason to see numbers in full is sent
	Full     bool               // numbers are shown in full: somebody said why
	Now      time.Time
	Together *bundles.Together // the one thing that it is a part of; nil: it stands alone
	Sent     sentMessage       // a message that was handed in and refused

	picture func(certificates.Field) []byte // the photograph of a field
}

// Load opens a case for a purpose; the reading is on record where the
// applicant sees it.
func Load(ctx context.Context, s Services, region string, id casework.CaseID, purpose string) (View, error) {
	f, err := s.Casework.Open(ctx, region, id, purpose)
	if err != nil {
		return View{}, err
	}
	v := View{File: f, Now: s.Casework.Clock.Now(), picture: s.Certificates.Picture}
	if v.Offer, err = s.Casework.Offer(ctx, f.Region, f.Item, f.ItemVersion); err != nil {
		return View{}, err
	}
	if v.Lists, err = s.Casework.ListsFor(ctx, f.Region, f.Item, f.ItemVersion); err != nil {
		return View{}, err
	}
	if v.Entries, err = s.Casework.Timeline(ctx, region, id); err != nil {
		return View{}, err
	}
	if s.Bundles != nil {
		if v.Together, err = s.Bundles.OfCase(ctx, region, id); err != nil {
			return View{}, err
		}
	}
	if v.Answer, err = s.Casework.AnswerSpan(ctx, s.Casework.DB, &f.Case); err != nil {
		return View{}, err
	}
	if v.Copies, err = s.Casework.CopiesOf(ctx, region, string(id)); err != nil {
		return View{}, err
	}
	v.Papers, err = s.Certificates.OfCase(ctx, region, string(id))
	return v, err
}

// Task finds a step of the case.
func (v View) Task(id casework.TaskID) (casework.Task, bool) {
	for _, t := range v.File.Tasks {
		if t.ID == id {
			return t, true
		}
	}
	return casework.Task{}, false
}

// May tells whether an act is worth offering to the caller: it holds the
// permission for this region, or in one of these very offices. The service
// decides again when the act is done.
func May(ctx context.Context, perm authz.Permission, region string, orgs ...string) bool {
	if authz.Require(ctx, perm, authz.Object{Region: region, Orgs: orgs}) == nil {
		return true
	}
	for _, g := range auth.From(ctx).Grants {
		for _, o := range orgs {
			if o != "" && g.Org == o && !g.Own && g.Has(perm.Name) {
				return true
			}
		}
	}
	return false
}

// MayAccept tells whether acceptance is worth offering.
func (v View) MayAccept(ctx context.Context) bool {
	return v.File.State == casework.Submitted && May(ctx, casework.MayAccept, v.File.Region, v.File.Org, v.File.Place)
}

// answers are the answers to questions and form together.
func (v View) answers() map[string]string {
	all := v.Offer.Situations.Prune(v.File.Application.Situation)
	maps.Copy(all, v.File.Application.Form)
	return all
}

// number shows an identity number, a unified code or a phone as this reader may see it.
func (v View) number(s string) string {
	if v.Full {
		return s
	}
	return number.Mask(s)
}

// phone keeps the first three and the last four digits.
func (v View) phone(s string) string {
	if v.Full || len(s) != 11 {
		return s
	}
	return number.Phone(s).Masked()
}

// secret are the types of fields whose values are masked.
func secret(t forms.Type) bool { return t == "idnumber" || t == "phone" }

// Group is some answers under one title.
type Group struct {
	Title string
	Rows  []ui.SummaryRow
}

// Groups are everything that was applied with, in words.
func (v View) Groups(ctx context.Context) []Group {
	out := []Group{{Title: i18n.T(ctx, "casefile.applicant"), Rows: v.applicant(ctx)}}
	if way, _ := v.Offer.Situations.Walk(v.File.Application.Situation); len(way) > 0 {
		g := Group{Title: i18n.T(ctx, "casefile.situation")}
		for _, a := range way {
			g.Rows = append(g.Rows, ui.SummaryRow{Key: a.Question.Text.In(ctx), Value: a.Option.Text.In(ctx)})
		}
		out = append(out, g)
	}
	all := v.answers()
	for _, fg := range v.File.Form {
		g := Group{Title: i18n.Pick(ctx, fg.Title.Zh, fg.Title.En)}
		for _, f := range fg.Fields {
			if !v.known(f, all[f.ID]) {
				g.Rows = append(g.Rows, ui.SummaryRow{Key: i18n.Pick(ctx, f.Label.Zh, f.Label.En), Value: v.value(ctx, f, all[f.ID])})
			}
		}
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// known tells whether a field of the form only says once more what stands
// above it about the applicant. A field that the applicant may change means
// somebody else just as well, such as the operator of a shop.
func (v View) known(f forms.Field, value string) bool {
	a := v.File.Application.Applicant
	if f.Prefill == nil || value == "" {
		return false
	}
	said := map[string]string{"person.name": a.Name, "person.idnumber": a.Number, "org.name": a.CompanyName, "org.uscc": a.Company}
	if f.Prefill.Policy != "locked" {
		said = map[string]string{}
		if v.ofApplicant(f) {
			said["person.phone"] = a.Phone
		}
	}
	return said[f.Prefill.Source] == value
}

// ofApplicant tells whether a field stands in a group about the applicant.
func (v View) ofApplicant(f forms.Field) bool {
	for _, g := range v.File.Form {
		here, about := false, false
		for _, x := range g.Fields {
			here = here || x.ID == f.ID
			about = about || x.Prefill != nil && x.Prefill.Policy == "locked" && x.Prefill.Source == "person.name"
		}
		if here {
			return about
		}
	}
	return false
}

func (v View) value(ctx context.Context, f forms.Field, s string) string {
	switch {
	case s == "":
		return i18n.T(ctx, "casefile.empty")
	case f.Type == "phone":
		return v.phone(s)
	case secret(f.Type):
		return v.number(s)
	case f.Type == forms.Date:
		if t, ok := forms.DateBound(s, v.Now); ok {
			return i18n.Date(ctx, t)
		}
	}
	return v.Lists.Display(f, s, string(i18n.Of(ctx)))
}

func (v View) applicant(ctx context.Context) []ui.SummaryRow {
	a := v.File.Application.Applicant
	rows := []ui.SummaryRow{
		{Key: i18n.T(ctx, "casefile.name"), Value: a.Name},
		{Key: i18n.T(ctx, "casefile.id_number"), Value: v.number(a.Number)},
	}
	if a.Phone != "" {
		rows = append(rows, ui.SummaryRow{Key: i18n.T(ctx, "casefile.phone"), Value: v.phone(a.Phone)})
	}
	if a.Company != "" {
		rows = append(rows, ui.SummaryRow{Key: i18n.T(ctx, "casefile.company"), Value: a.CompanyName}, ui.SummaryRow{Key: i18n.T(ctx, "casefile.company_code"), Value: a.Company})
	}
	for _, i := range v.File.Application.Identified {
		rows = append(rows, ui.SummaryRow{Key: i18n.T(ctx, "casefile.identified"), Value: i18n.T(ctx, "casefile.identified_by", "name", i.Name, "at", i18n.DateTime(ctx, i.At))})
	}
	return rows
}

// Problems turns what a service refused into what to show at the fields; nil
// when the fault is about something else. at names the field for faults that
// name none.
func Problems(ctx context.Context, err error, at map[string]string) []ui.Problem {
	if err == nil {
		return nil
	}
	if p := fieldProblems(ctx, err); p != nil {
		return p
	}
	f := faultOf(err)
	if field, ok := at[f.Code]; ok {
		return []ui.Problem{{Field: field, Text: web.Words(ctx, f)}}
	}
	return nil
}
