package api

import (
	"context"
	"time"

	"tongban/gov/casework"
)

type taskBody struct {
	Region     string    `json:"region"`
	ID         string    `json:"id"`
	Case       string    `json:"case"`
	CaseNumber string    `json:"case_number"`
	ItemName   string    `json:"item_name"`
	Applicant  string    `json:"applicant"`
	Element    string    `json:"element" doc:"Id of the step in the flow"`
	Name       string    `json:"name"`
	Office     string    `json:"office"`
	OfficeName string    `json:"office_name"`
	Role       string    `json:"role"`
	Assignee   string    `json:"assignee,omitempty"`
	For        string    `json:"for,omitempty" doc:"Account of who was away, where a deputy finished it"`
	OpenedBy   string    `json:"opened_by,omitempty" doc:"Who first looked at it; from then on it cannot be taken back"`
	State      string    `json:"state" enum:"open,done,cancelled,returned"`
	Result     string    `json:"result,omitempty"`
	OpenedAt   time.Time `json:"opened_at"`
	ClosedAt   time.Time `json:"closed_at,omitzero"`
	Due        time.Time `json:"due,omitzero"`
	Light      string    `json:"light,omitempty" enum:"green,early,yellow,red,still,"`
	Left       int       `json:"left,omitempty" doc:"How much is left, in left_unit; negative when over"`
	LeftUnit   string    `json:"left_unit,omitempty" enum:"working_days,calendar_days,hours," doc:"What the limit that ends at due counts"`
	Version    int       `json:"version"`
}

type taskOutput struct{ Body taskBody }

func showTask(t casework.Task) taskBody {
	return taskBody{Region: t.Region, ID: string(t.ID), Case: string(t.Case), CaseNumber: t.CaseNumber, ItemName: t.ItemName, Applicant: t.ApplicantName,
		Element: t.Element, Name: t.Name, Office: t.Org, OfficeName: t.OrgName, Role: t.Role, Assignee: t.Assignee, For: t.For, OpenedBy: t.SeenName, State: string(t.State), Result: string(t.Result),
		OpenedAt: t.OpenedAt, ClosedAt: t.ClosedAt, Due: t.Due, Version: t.Version}
}

func answerTask(t casework.Task, err error) (*taskOutput, error) {
	if err != nil {
		return nil, err
	}
	return &taskOutput{showTask(t)}, nil
}

type inboxInput struct {
	Shape  string `query:"shape" enum:"own,post,department,region" default:"post"`
	Region string `query:"region" pattern:"^([0-9]{6,12})?$"`
	Office string `query:"office" maxLength:"18"`
	Item   string `query:"item" maxLength:"100" doc:"Only steps of this item: its code, or a part of its name"`
	Light  string `query:"light" enum:"red,yellow,green,still," doc:"Only steps whose limit stands so"`
	Number string `query:"number" pattern:"^[0-9]{0,9}$" doc:"Only steps of the case with this number, or with a number that begins so"`
	Paging
}

type inboxOutput struct {
	Body struct {
		Tasks   []taskBody `json:"tasks"`
		Next    string     `json:"next"`
		Further bool       `json:"further" doc:"A filter by item or number looked at the 5,000 nearest steps only; next goes on behind them"`
	}
}

func (d Deps) listTasks(ctx context.Context, in *inboxInput) (*inboxOutput, error) {
	if err := d.Region(ctx, "region", in.Region); err != nil {
		return nil, err
	}
	page, err := d.Casework.Inbox(ctx, casework.InboxQuery{Shape: casework.Shape(in.Shape), Region: in.Region, Org: in.Office, After: in.After, Limit: in.Limit,
		Filter: casework.Filter{Item: in.Item, Light: casework.Light(in.Light), Number: in.Number}})
	if err != nil {
		return nil, err
	}
	out := &inboxOutput{}
	out.Body.Further = page.Further
	out.Body.Tasks, out.Body.Next = []taskBody{}, page.Next
	for _, t := range page.Tasks {
		b := showTask(t.Task)
		b.Light, b.Left, b.LeftUnit = string(t.Light), t.Left, string(t.Unit)
		out.Body.Tasks = append(out.Body.Tasks, b)
	}
	return out, nil
}

type offeredOutput struct {
	Body struct {
		Operations []string     `json:"operations" doc:"Of return, transfer, delegate, add, supplement"`
		ReturnTo   []targetBody `json:"return_to" doc:"Earlier steps to which the step may be sent back"`
		Returned   bool         `json:"returned" doc:"The result return is known to the flow, which leads back by itself"`
	}
}

type targetBody struct {
	Element string `json:"element"`
	Name    string `json:"name"`
}

func (d Deps) offered(ctx context.Context, in *Key) (*offeredOutput, error) {
	got, err := d.Casework.Offers(ctx, in.Region, in.task())
	if err != nil {
		return nil, err
	}
	out := &offeredOutput{}
	out.Body.Operations, out.Body.ReturnTo, out.Body.Returned = append([]string{}, got.Operations...), []targetBody{}, got.Returned
	for _, s := range got.Returns {
		out.Body.ReturnTo = append(out.Body.ReturnTo, targetBody{s.Element, s.Name})
	}
	return out, nil
}

func (d Deps) claim(ctx context.Context, in *Key) (*taskOutput, error) {
	return answerTask(d.Casework.Claim(ctx, in.Region, in.task()))
}

func (d Deps) release(ctx context.Context, in *Key) (*taskOutput, error) {
	return answerTask(d.Casework.Release(ctx, in.Region, in.task()))
}

type completeInput struct {
	Key
	Body struct {
		Straight bool              `json:"straight,omitempty" doc:"The step was sent back: go straight to who sent it"`
		Result   string            `json:"result" enum:"approve,refuse,return"`
		Opinion  string            `json:"opinion,omitempty" maxLength:"2000"`
		Refusal  RefusalBody       `json:"refusal,omitempty" doc:"Needed with the result refuse: what is not met, by which clause, what was found, how to pass"`
		Fields   map[string]string `json:"fields,omitempty" doc:"What the step fills in, by field of the form; approval needs what the package lists for the step (fills)"`
		Version  int               `json:"version,omitempty" minimum:"0"`
	}
}

func (d Deps) complete(ctx context.Context, in *completeInput) (*taskOutput, error) {
	b := in.Body
	return answerTask(d.Casework.Complete(ctx, in.Region, in.task(), casework.Opinion{Result: casework.Result(b.Result), Text: b.Opinion, Refusal: b.Refusal.said(), Fields: b.Fields, Version: b.Version, Straight: b.Straight}))
}

type returnInput struct {
	Key
	Body struct {
		To      string `json:"to" maxLength:"80" doc:"Id of the earlier step"`
		Reason  string `json:"reason" maxLength:"1000"`
		Version int    `json:"version,omitempty" minimum:"0"`
	}
}

func (d Deps) returnTo(ctx context.Context, in *returnInput) (*taskOutput, error) {
	return answerTask(d.Casework.ReturnTo(ctx, in.Region, in.task(), in.Body.To, in.Body.Reason, in.Body.Version))
}

type wantedItem struct {
	Target string `json:"target,omitempty" maxLength:"80" doc:"material.KEY or form.KEY; empty stands for what the texts say"`
	Name   string `json:"name,omitempty" maxLength:"200"`
	Reason string `json:"reason" maxLength:"1000"`
	How    string `json:"how" maxLength:"1000"`
}

type askApplicantInput struct {
	Key
	Body struct {
		Items   []wantedItem `json:"items" minItems:"1" maxItems:"100"`
		Basis   string       `json:"basis,omitempty" maxLength:"500" doc:"Law or regulation and clause by which waiting does not count; empty: the limit runs on, unless the item names one"`
		Until   string       `json:"until,omitempty" format:"date" doc:"Last day for the answer, within what the region allows; empty is the usual one"`
		Version int          `json:"version,omitempty" minimum:"0"`
	}
}

func (d Deps) askApplicant(ctx context.Context, in *askApplicantInput) (*taskOutput, error) {
	var items []casework.SupplementItem
	for _, i := range in.Body.Items {
		items = append(items, casework.SupplementItem{Target: i.Target, Name: i.Name, Reason: i.Reason, How: i.How})
	}
	until, err := untilDay(in.Body.Until)
	if err != nil {
		return nil, err
	}
	return answerTask(d.Casework.AskApplicant(ctx, in.Region, in.task(), casework.Asking{Items: items, Basis: in.Body.Basis, Until: until, Version: in.Body.Version}))
}

func (d Deps) endWaiting(ctx context.Context, in *reasonInput) (*caseOutput, error) {
	return answerCase(d.Casework.EndWaiting(ctx, in.Region, in.kase(), in.Body.Reason, in.Body.Version))
}

type handInput struct {
	Key
	Body struct {
		Office  string `json:"office" maxLength:"18"`
		Officer string `json:"officer,omitempty" maxLength:"40" doc:"Account; empty gives it to the office"`
		Reason  string `json:"reason" maxLength:"1000"`
	}
}

func (d Deps) transfer(ctx context.Context, in *handInput) (*taskOutput, error) {
	t, err := d.Casework.Transfer(ctx, in.Region, in.task(), in.Body.Office, in.Body.Officer, in.Body.Reason)
	return answerTask(t, receiverFields(err, in.Body.Officer))
}

func (d Deps) delegate(ctx context.Context, in *handInput) (*taskOutput, error) {
	t, err := d.Casework.Delegate(ctx, in.Region, in.task(), in.Body.Office, in.Body.Officer, in.Body.Reason)
	return answerTask(t, receiverFields(err, in.Body.Officer))
}

type recallInput struct {
	Key
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"2000"`
	}
}

func (d Deps) recall(ctx context.Context, in *recallInput) (*taskOutput, error) {
	return answerTask(d.Casework.Recall(ctx, in.Region, in.task(), in.Body.Reason))
}

type opinionInput struct {
	Key
	Body struct {
		Opinion string `json:"opinion" maxLength:"2000"`
	}
}

func (d Deps) giveOpinion(ctx context.Context, in *opinionInput) (*taskOutput, error) {
	return answerTask(d.Casework.GiveOpinion(ctx, in.Region, in.task(), in.Body.Opinion))
}

type watchInput struct {
	Region string `query:"region" pattern:"^([0-9]{6,12})?$"`
	Below  bool   `query:"below" default:"true"`
	By     string `query:"by" enum:"office,item,holder,region" default:"office"`
	Office string `query:"office" maxLength:"18"`
}

type watchRow struct {
	Key    string    `json:"key"`
	Name   string    `json:"name"`
	Red    int       `json:"red"`
	Yellow int       `json:"yellow"`
	Oldest time.Time `json:"oldest,omitzero"`
}

type watchOutput struct {
	Body struct {
		Rows []watchRow `json:"rows"`
	}
}

func (d Deps) watch(ctx context.Context, in *watchInput) (*watchOutput, error) {
	if err := d.Region(ctx, "region", in.Region); err != nil {
		return nil, err
	}
	rows, err := d.Casework.Watch(ctx, casework.WatchQuery{Region: in.Region, Below: in.Below, By: casework.WatchBy(in.By), Org: in.Office})
	if err != nil {
		return nil, err
	}
	out := &watchOutput{}
	out.Body.Rows = []watchRow{}
	for _, r := range rows {
		out.Body.Rows = append(out.Body.Rows, watchRow(r))
	}
	return out, nil
}
