package api

import (
	"context"
	"time"

	"tongban/gov/casework"
	"tongban/platform/calendar"
)

type reasonInput struct {
	Key
	Body struct {
		Reason  string `json:"reason" maxLength:"2000"`
		Version int    `json:"version,omitempty" minimum:"0" doc:"The version that the caller saw; 0 is any"`
	}
}

func (d Deps) withdraw(ctx context.Context, in *reasonInput) (*caseOutput, error) {
	return answerCase(d.Casework.Withdraw(ctx, in.Region, in.kase(), in.Body.Reason))
}

// RefusalBody is what a decision against the applicant has to say. It is exported
// because only then its fields belong to what embeds it.
type RefusalBody struct {
	Grounds   []string `json:"grounds,omitempty" maxItems:"50" doc:"What is not met: law.KEY, reason.ID, condition.ID or material.ID of the item"`
	Clause    string   `json:"clause,omitempty" maxLength:"300" doc:"Law and article, needed where a ground names none"`
	Facts     string   `json:"facts,omitempty" maxLength:"2000" doc:"What was found"`
	HowToPass string   `json:"how_to_pass,omitempty" maxLength:"2000" doc:"What the applicant can do, needed where a ground does not say it"`
}

func (b RefusalBody) said() casework.Refusal {
	return casework.Refusal{Grounds: b.Grounds, Clause: b.Clause, Facts: b.Facts, Pass: b.HowToPass}
}

type refuseInput struct {
	Key
	Body struct {
		RefusalBody
		Version int `json:"version,omitempty" minimum:"0" doc:"The version that the caller saw; 0 is any"`
	}
}

func (d Deps) refuseAcceptance(ctx context.Context, in *refuseInput) (*caseOutput, error) {
	return answerCase(d.Casework.RefuseAcceptance(ctx, in.Region, in.kase(), in.Body.Version, in.Body.said()))
}

type versionInput struct {
	Key
	Body struct {
		Version int `json:"version,omitempty" minimum:"0" doc:"The version that the caller saw; 0 is any"`
	}
}

func (d Deps) accept(ctx context.Context, in *versionInput) (*caseOutput, error) {
	return answerCase(d.Casework.Accept(ctx, in.Region, in.kase(), in.Body.Version))
}

type askInput struct {
	Key
	Body struct {
		Version   int    `json:"version,omitempty" minimum:"0"`
		Exception string `json:"exception,omitempty" maxLength:"500" doc:"Why a second request, approved by the head of the organ"`
		Until     string `json:"until,omitempty" format:"date" doc:"Last day for the answer, within what the region allows; empty is the usual one"`
		Items     []struct {
			Target string `json:"target" maxLength:"80" doc:"material.KEY or form.KEY"`
			Name   string `json:"name" maxLength:"200"`
			Reason string `json:"reason" maxLength:"1000"`
			How    string `json:"how" maxLength:"1000"`
		} `json:"items" minItems:"1" maxItems:"100"`
	}
}

type supplementOutput struct {
	Body struct {
		ID    string                    `json:"id"`
		Case  string                    `json:"case"`
		Until time.Time                 `json:"until,omitzero" doc:"Last moment for the answer"`
		How   *CountedDayBody           `json:"counted,omitempty" doc:"How that was found"`
		Items []casework.SupplementItem `json:"items"`
	}
}

// untilDay reads the last day for an answer; 0 when none was given.
func untilDay(text string) (calendar.Date, error) {
	if text == "" {
		return 0, nil
	}
	day, err := calendar.ParseDate(text)
	if err != nil {
		return 0, casework.Problems{{Field: "until", Code: "casework.problem.day"}}
	}
	return day, nil
}

func (in tongue) answerSupplement(s casework.Supplement, err error) (*supplementOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &supplementOutput{}
	out.Body.ID, out.Body.Case, out.Body.Items, out.Body.Until = string(s.ID), string(s.Case), s.Items, s.Until
	out.Body.How = showDay(s.Counted, string(in))
	return out, nil
}

func (d Deps) askSupplement(ctx context.Context, in *askInput) (*supplementOutput, error) {
	var items []casework.SupplementItem
	for _, i := range in.Body.Items {
		items = append(items, casework.SupplementItem{Target: i.Target, Name: i.Name, Reason: i.Reason, How: i.How})
	}
	until, err := untilDay(in.Body.Until)
	if err != nil {
		return nil, err
	}
	return speaks(ctx).answerSupplement(d.Casework.AskUntil(ctx, in.Region, in.kase(), in.Body.Version, items, in.Body.Exception, until))
}

type answerInput struct {
	Key
	Index int `path:"index" minimum:"0" maximum:"99" doc:"Counts from 0"`
	Body  struct {
		Text  string                `json:"text,omitempty" maxLength:"2000"`
		Files []casework.Attachment `json:"files,omitempty" maxItems:"20"`
		Paper string                `json:"paper,omitempty" maxLength:"40" doc:"Code of the applicant's certificate that stands in for the material; sending it is consent to its use for this matter"`
	}
}

func (d Deps) answerItem(ctx context.Context, in *answerInput) (*supplementOutput, error) {
	return speaks(ctx).answerSupplement(d.Casework.AnswerItem(ctx, in.Region, in.kase(), in.Index, casework.Answer{Text: in.Body.Text, Files: in.Body.Files, Paper: in.Body.Paper}))
}

func (d Deps) sendSupplement(ctx context.Context, in *Key) (*caseOutput, error) {
	return answerCase(d.Casework.SendSupplement(ctx, in.Region, in.kase()))
}

type pauseInput struct {
	Key
	Body struct {
		Kind     string `json:"kind" maxLength:"40" doc:"hearing, inspection, testing, … as the rules list them"`
		Reason   string `json:"reason" maxLength:"1000"`
		Expected int    `json:"expected_days,omitempty" minimum:"0" maximum:"1000" doc:"Working days that it is expected to take"`
		Basis    string `json:"basis,omitempty" maxLength:"200" doc:"Law and article, for the kind suspension"`
		Version  int    `json:"version,omitempty" minimum:"0"`
	}
}

func (d Deps) pause(ctx context.Context, in *pauseInput) (*caseOutput, error) {
	b := in.Body
	return answerCase(d.Casework.Pause(ctx, in.Region, in.kase(), casework.Stop{Kind: b.Kind, Reason: b.Reason, Expected: b.Expected, Basis: b.Basis, Version: b.Version}))
}

type resumeInput struct {
	Key
	Body struct {
		Result  string `json:"result" maxLength:"1000"`
		Version int    `json:"version,omitempty" minimum:"0"`
	}
}

func (d Deps) resume(ctx context.Context, in *resumeInput) (*caseOutput, error) {
	return answerCase(d.Casework.Resume(ctx, in.Region, in.kase(), in.Body.Result, in.Body.Version))
}

type extendInput struct {
	Key
	Body struct {
		Days    int    `json:"days,omitempty" minimum:"0" maximum:"100" doc:"0 takes all that the law allows"`
		Reason  string `json:"reason" maxLength:"1000"`
		Version int    `json:"version,omitempty" minimum:"0"`
	}
}

func (d Deps) extend(ctx context.Context, in *extendInput) (*caseOutput, error) {
	return answerCase(d.Casework.Extend(ctx, in.Region, in.kase(), in.Body.Days, in.Body.Reason, in.Body.Version))
}
