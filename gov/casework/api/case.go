package api

import (
	"context"
	"time"

	"tongban/gov/casework"
	"tongban/platform/calendar"
	"tongban/platform/i18n"
)

// CaseBody is a case as programs see it. It is exported because only then its
// fields belong to what embeds it.
type CaseBody struct {
	Region      string    `json:"region"`
	ID          string    `json:"id"`
	Number      string    `json:"number" doc:"Eight digits and a check digit"`
	Item        string    `json:"item"`
	ItemName    string    `json:"item_name"`
	Office      string    `json:"office"`
	OfficeName  string    `json:"office_name"`
	Channel     string    `json:"channel" enum:"online,counter"`
	Applicant   string    `json:"applicant"`
	State       string    `json:"state" enum:"submitted,supplementing,accepted,in_progress,decided,refused_acceptance,withdrawn,voided"`
	Outcome     string    `json:"outcome,omitempty" enum:"granted,refused,"`
	Paused      bool      `json:"paused"`
	Version     int       `json:"version"`
	SubmittedAt time.Time `json:"submitted_at"`
	AcceptedAt  time.Time `json:"accepted_at,omitzero"`
	ClosedAt    time.Time `json:"closed_at,omitzero"`
	AcceptDue   time.Time `json:"accept_due,omitzero"`
	PromiseDue  time.Time `json:"promise_due,omitzero"`
	LegalDue    time.Time `json:"legal_due,omitzero"`
	Certificate string    `json:"certificate,omitempty" doc:"Id of the paper that the decision issued"`
}

type caseOutput struct{ Body CaseBody }

func showCase(c casework.Case) CaseBody {
	return CaseBody{Region: c.Region, ID: string(c.ID), Number: c.Number, Item: c.Item, ItemName: c.ItemName, Office: c.Org, OfficeName: c.OrgName,
		Channel: string(c.Channel), Applicant: c.ApplicantName, State: string(c.State), Outcome: string(c.Outcome), Paused: c.Paused, Version: c.Version,
		SubmittedAt: c.SubmittedAt, AcceptedAt: c.AcceptedAt, ClosedAt: c.ClosedAt, AcceptDue: c.AcceptDue, PromiseDue: c.PromiseDue, LegalDue: c.LegalDue, Certificate: c.Certificate}
}

func answerCase(c casework.Case, err error) (*caseOutput, error) {
	if err != nil {
		return nil, err
	}
	return &caseOutput{showCase(c)}, nil
}

// Paging asks for one page of a list.
type Paging struct {
	After string `query:"after" maxLength:"200" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type casesOutput struct {
	Body struct {
		Cases []CaseBody `json:"cases"`
		Next  string     `json:"next"`
	}
}

func (d Deps) listCases(ctx context.Context, in *Paging) (*casesOutput, error) {
	page, err := d.Casework.MyCases(ctx, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &casesOutput{}
	out.Body.Cases, out.Body.Next = []CaseBody{}, page.Next
	for _, c := range page.Cases {
		out.Body.Cases = append(out.Body.Cases, showCase(c))
	}
	return out, nil
}

type caseInput struct {
	Key
	Purpose string `query:"purpose" maxLength:"200" doc:"Why a member of staff reads the case; not needed for one's own"`
}

type fileOutput struct {
	Body struct {
		CaseBody
		Situation map[string]string          `json:"situation"`
		Form      map[string]string          `json:"form"`
		Names     map[string]string          `json:"names,omitempty" doc:"Names of the answers that are codes, such as 广东省广州市天河区 for 440106"`
		Materials map[string]casework.Choice `json:"materials"`
		Tasks     []taskBody                 `json:"tasks"`
	}
}

func (d Deps) getCase(ctx context.Context, in *caseInput) (*fileOutput, error) {
	f, err := d.Casework.Open(ctx, in.Region, in.kase(), in.Purpose)
	if err != nil {
		return nil, err
	}
	out := &fileOutput{}
	out.Body.CaseBody = showCase(f.Case)
	out.Body.Situation, out.Body.Form, out.Body.Materials = kept(f.Application.Situation), kept(f.Application.Form), kept(f.Application.Materials)
	if out.Body.Names, err = d.Casework.NamesOf(ctx, f.Application); err != nil {
		return nil, err
	}
	out.Body.Tasks = []taskBody{}
	for _, t := range f.Tasks {
		out.Body.Tasks = append(out.Body.Tasks, showTask(t))
	}
	return out, nil
}

type entryBody struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Name   string    `json:"name,omitempty"`
	Office string    `json:"office,omitempty"`
	Step   string    `json:"step,omitempty"`
	Text   string    `json:"text,omitempty"`
	Days   int       `json:"days" doc:"Working days that what ended here took"`
}

type timelineOutput struct {
	Body struct {
		Entries []entryBody `json:"entries"`
	}
}

func (d Deps) getTimeline(ctx context.Context, in *Key) (*timelineOutput, error) {
	list, err := d.Casework.Timeline(ctx, in.Region, in.kase())
	if err != nil {
		return nil, err
	}
	out := &timelineOutput{}
	out.Body.Entries = []entryBody{}
	for _, e := range list {
		out.Body.Entries = append(out.Body.Entries, entryBody{e.At, e.Kind, e.Name, e.OrgName, e.Step, e.Text, e.Days})
	}
	return out, nil
}

type limitBody struct {
	Amount     int         `json:"amount"`
	Unit       string      `json:"unit" enum:"working_days,calendar_days,hours" doc:"What amount, used, left and over count"`
	Used       int         `json:"used"`
	Left       int         `json:"left"`
	Over       int         `json:"over"`
	Extension  *extendBody `json:"extension,omitempty" doc:"What was added in another unit; it runs when the limit has run out"`
	Due        time.Time   `json:"due,omitzero" doc:"The last moment, extension included"`
	Light      string      `json:"light" enum:"green,early,yellow,red,still"`
	Derivation string      `json:"derivation" doc:"How the date was found, day by day"`
}

type extendBody struct {
	Amount int    `json:"amount"`
	Unit   string `json:"unit" enum:"working_days,calendar_days,hours"`
	Used   int    `json:"used"`
	Left   int    `json:"left"`
	Over   int    `json:"over"`
}

func showLimit(l *casework.Limited, lang string) *limitBody {
	if l == nil {
		return nil
	}
	b := &limitBody{Amount: l.Derivation.Limit.Amount, Unit: string(l.Derivation.Limit.Unit), Used: l.Elapsed, Left: l.Left, Over: l.Over,
		Due: l.Due, Light: string(l.Light), Derivation: l.Derivation.Text(lang)}
	if a := l.Added; a != nil {
		b.Extension = &extendBody{a.Derivation.Limit.Amount, string(a.Derivation.Limit.Unit), a.Elapsed, a.Left, a.Over}
		b.Derivation += "\n" + a.Derivation.Text(lang)
	}
	return b
}

type clockOutput struct {
	Body struct {
		Running    bool       `json:"running"`
		Why        string     `json:"why,omitempty"`
		Acceptance *limitBody `json:"acceptance,omitempty"`
		Promise    *limitBody `json:"promise,omitempty"`
		Statute    *limitBody `json:"statute,omitempty"`

		Steps   []StepClockBody  `json:"steps" doc:"Open steps: each office's share"`
		Answer  *CountedDayBody  `json:"answer,omitempty" doc:"By when the applicant answers a request for supplements"`
		Results []CountedDayBody `json:"results" doc:"By when papers that wait are handed out"`
	}
}

// CountedDayBody is a day with how it was found.
type CountedDayBody struct {
	Due        time.Time `json:"due,omitzero"`
	Derivation string    `json:"derivation" doc:"How the date was found, day by day"`
}

// StepClockBody is when an open step is due, with how that was found.
type StepClockBody struct {
	Task       string    `json:"task"`
	Element    string    `json:"element" doc:"Id of the step in the flow"`
	Name       string    `json:"name"`
	Office     string    `json:"office"`
	OfficeName string    `json:"office_name"`
	Due        time.Time `json:"due,omitzero" doc:"Its own limit, never later than that of the case"`
	Own        bool      `json:"own" doc:"It has a limit of its own, and derivation is of that one"`
	Derivation string    `json:"derivation" doc:"How the date was found, day by day"`
}

// tongue is the language in which a caller reads derivations.
type tongue string

func speaks(ctx context.Context) tongue { return tongue(i18n.Of(ctx)) }

func showDay(d *calendar.Derivation, lang string) *CountedDayBody {
	if d == nil {
		return nil
	}
	return &CountedDayBody{d.Due, d.Text(lang)}
}

func (d Deps) getClock(ctx context.Context, in *Key) (*clockOutput, error) {
	c, err := d.Casework.ClockOf(ctx, in.Region, in.kase())
	if err != nil {
		return nil, err
	}
	out := &clockOutput{}
	lang := string(i18n.Of(ctx))
	out.Body.Running, out.Body.Why = c.Running, i18n.Pick(ctx, c.Stop.Reason, c.Stop.ReasonEN)
	out.Body.Acceptance, out.Body.Promise, out.Body.Statute = showLimit(c.Accept, lang), showLimit(c.Promise, lang), showLimit(c.Legal, lang)
	out.Body.Steps, out.Body.Results, out.Body.Answer = []StepClockBody{}, []CountedDayBody{}, showDay(c.Answer, lang)
	for _, s := range c.Steps {
		out.Body.Steps = append(out.Body.Steps, StepClockBody{string(s.Task.ID), s.Task.Element, s.Task.Name, s.Task.Org, s.Task.OrgName, s.Task.Due, s.Own, s.Derivation.Text(lang)})
	}
	for _, d := range c.Results {
		out.Body.Results = append(out.Body.Results, *showDay(&d, lang))
	}
	return out, nil
}

type progressInput struct {
	Number string `query:"number" required:"true" maxLength:"20"`
	Last4  string `query:"last4" required:"true" minLength:"4" maxLength:"4" doc:"The last four characters of the applicant's identity number"`
}

type progressOutput struct {
	Body struct {
		Number      string    `json:"number"`
		ItemName    string    `json:"item_name"`
		OfficeName  string    `json:"office_name"`
		State       string    `json:"state"`
		Outcome     string    `json:"outcome,omitempty"`
		Paused      bool      `json:"paused"`
		SubmittedAt time.Time `json:"submitted_at"`
		AcceptedAt  time.Time `json:"accepted_at,omitzero"`
		ClosedAt    time.Time `json:"closed_at,omitzero"`
		Due         time.Time `json:"due,omitzero"`
		Derivations []string  `json:"derivations" doc:"How the dates of the case were found, day by day"`
	}
}

func (d Deps) progress(ctx context.Context, in *progressInput) (*progressOutput, error) {
	p, err := d.Casework.CaseByNumber(ctx, in.Number, in.Last4, d.Address(ctx))
	if err != nil {
		return nil, err
	}
	out := &progressOutput{}
	b := &out.Body
	b.Number, b.ItemName, b.OfficeName, b.State, b.Outcome, b.Paused = p.Number, p.ItemName, p.OrgName, string(p.State), string(p.Outcome), p.Paused
	b.SubmittedAt, b.AcceptedAt, b.ClosedAt, b.Due = p.SubmittedAt, p.AcceptedAt, p.ClosedAt, p.Due
	b.Derivations = []string{}
	for _, d := range p.Clock.Derivations() {
		b.Derivations = append(b.Derivations, d.Text(string(i18n.Of(ctx))))
	}
	return out, nil
}
