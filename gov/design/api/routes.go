package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"tongban/gov/design"
	"tongban/gov/design/plan"
	"tongban/platform/fault"
	"tongban/platform/web"
)

// Deps is what the interface needs.
type Deps struct{ Design *design.Service }

// Register adds the operations.
func Register(a *web.API, d Deps) {
	const draft = "/api/v1/designs/{region}/{item}"
	op := func(id, method, path, summary string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: path, Summary: summary, Tag: "design", May: design.MayDesign}
	}
	web.Register(a, op("get-design", http.MethodGet, draft, "The draft of an item's flow with what must be repaired; version 0 when nothing is drafted yet"), d.get)
	put := op("put-design", http.MethodPut, draft, "Replace the draft by a tree of steps or a BPMN file")
	put.Repeat = "it names the version that it replaces, which is gone then"
	web.Register(a, put, d.put)
	tables := op("put-design-tables", http.MethodPut, draft+"/tables", "Replace the decision tables of the draft by a DMN file; an empty one takes them away")
	tables.Repeat = "it names the version that it replaces, which is gone then"
	web.Register(a, tables, d.putTables)
	discard := op("discard-design", http.MethodDelete, draft, "Throw the draft away")
	discard.Repeat = "it names the version that it throws away, which is gone then"
	web.Register(a, discard, d.discard)
	web.Register(a, op("get-design-shares", http.MethodGet, draft+"/shares", "How the limit of the item is divided among the steps of the draft: what is given, and shares by the rule"), d.shares)
	web.Register(a, op("compare-design", http.MethodGet, draft+"/changes", "What differs from the version in force"), d.changes)
	try := op("try-design", http.MethodPost, draft+"/trial", "Run the draft on a sample case; nothing is kept")
	try.Repeat = "nothing is kept"
	web.Register(a, try, d.try)
	registerRelease(a, d)
	registerParts(a, d)
	registerTables(a, d)
}

// Where names a draft. It has a capital because the interface sees promoted fields of
// exported types alone.
type Where struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Item   string `path:"item" maxLength:"40"`
}

type designProblem struct {
	Step    string         `json:"step,omitempty"`
	Branch  *int           `json:"branch,omitempty" doc:"Number of the branch, from 0"`
	Code    string         `json:"code"`
	Values  map[string]any `json:"values,omitempty"`
	Line    int            `json:"line,omitempty" doc:"Of the file"`
	Element string         `json:"element,omitempty"`
	Reason  string         `json:"reason,omitempty"`
}

type designDraft struct {
	Region   string          `json:"region"`
	Item     string          `json:"item"`
	Base     int             `json:"base" doc:"Version of the item that the draft began with"`
	Version  int             `json:"version" doc:"State of the draft; 0: nothing is drafted yet"`
	Tree     json.RawMessage `json:"tree,omitempty" doc:"The tree of steps; absent when the file was drawn elsewhere"`
	BPMN     string          `json:"bpmn" doc:"The file that runs"`
	DMN      string          `json:"dmn,omitempty" doc:"The decision tables beside it"`
	EditedBy string          `json:"edited_by,omitempty"`
	EditedAt *time.Time      `json:"edited_at,omitempty"`
	Problems []designProblem `json:"problems"`
	Stage    string          `json:"stage,omitempty" enum:"review,approval," doc:"Handed in: waits for the legal review, or for the approval"`
	Entries  []ReleaseEntry  `json:"entries,omitempty" doc:"Who handed it in, reviewed it or sent it back"`
}

type draftOutput struct{ Body designDraft }

func (d Deps) output(dr design.Draft, a design.Surroundings) *draftOutput {
	out := &draftOutput{designDraft{Region: dr.Region, Item: dr.Item, Base: dr.Base, Version: dr.Version, BPMN: string(dr.File), DMN: string(dr.Tables), EditedBy: dr.EditedByName, Problems: []designProblem{}, Stage: string(dr.Stage), Entries: entries(dr)}}
	if dr.Tree != nil {
		out.Body.Tree = dr.Tree.JSON()
	}
	if !dr.EditedAt.IsZero() {
		out.Body.EditedAt = &dr.EditedAt
	}
	for _, p := range d.Design.Check(dr, a) {
		x := designProblem{Step: p.Step, Code: p.Code, Line: p.Line, Element: p.Element, Reason: p.Reason}
		if p.Branch >= 0 {
			x.Branch = &p.Branch
		}
		for i := 0; i+1 < len(p.Pairs); i += 2 {
			if x.Values == nil {
				x.Values = map[string]any{}
			}
			x.Values[p.Pairs[i].(string)] = p.Pairs[i+1]
		}
		out.Body.Problems = append(out.Body.Problems, x)
	}
	return out
}

func (d Deps) get(ctx context.Context, in *Where) (*draftOutput, error) {
	dr, a, err := d.Design.Open(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	return d.output(dr, a), nil
}

type putInput struct {
	Where
	Body struct {
		Version int             `json:"version" minimum:"0" doc:"State of the draft that this replaces"`
		Tree    json.RawMessage `json:"tree,omitempty" doc:"Tree of steps, as a draft shows it"`
		BPMN    string          `json:"bpmn,omitempty" maxLength:"1048576" doc:"BPMN 2.0, instead of a tree"`
	}
}

func (d Deps) put(ctx context.Context, in *putInput) (*draftOutput, error) {
	b := in.Body
	if len(b.Tree) == 0 {
		if _, err := d.Design.SaveFile(ctx, in.Region, in.Item, b.Version, bytes.NewReader([]byte(b.BPMN))); err != nil {
			return nil, err
		}
		return d.get(ctx, &in.Where)
	}
	var p plan.Plan
	dec := json.NewDecoder(bytes.NewReader(b.Tree))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return nil, design.ErrTree.With("problem", err.Error())
	}
	if _, err := d.Design.SaveTree(ctx, in.Region, in.Item, b.Version, p); err != nil {
		return nil, err
	}
	return d.get(ctx, &in.Where)
}

type putTablesInput struct {
	Where
	Body struct {
		Version int    `json:"version" minimum:"0" doc:"State of the draft that this replaces"`
		DMN     string `json:"dmn" maxLength:"262144" doc:"DMN; empty: no tables"`
	}
}

func (d Deps) putTables(ctx context.Context, in *putTablesInput) (*draftOutput, error) {
	if _, err := d.Design.SaveTables(ctx, in.Region, in.Item, in.Body.Version, bytes.NewReader([]byte(in.Body.DMN))); err != nil {
		return nil, err
	}
	return d.get(ctx, &in.Where)
}

type versionInput struct {
	Where
	Version int `query:"version" minimum:"1" required:"true" doc:"State of the draft that was seen"`
}

func (d Deps) discard(ctx context.Context, in *versionInput) (*struct{}, error) {
	return nil, d.Design.Discard(ctx, in.Region, in.Item, in.Version)
}

type designChange struct {
	Step string `json:"step"`
	Name string `json:"name,omitempty"`
	En   string `json:"name_en,omitempty"`
	What string `json:"what" doc:"added, removed, or what changed"`
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
}

type changesOutput struct {
	Body struct {
		Changes []designChange `json:"changes"`
	}
}

func (d Deps) changes(ctx context.Context, in *Where) (*changesOutput, error) {
	dr, a, err := d.Design.Open(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	list, err := d.Design.Compare(dr, a)
	if err != nil {
		return nil, err
	}
	out := &changesOutput{}
	out.Body.Changes = []designChange{}
	for _, c := range list {
		out.Body.Changes = append(out.Body.Changes, designChange(c))
	}
	return out, nil
}

type designMove struct {
	ID     string `json:"id" doc:"As the trial before it gave it"`
	Result string `json:"result" enum:"approve,refuse,return,fire," doc:"fire lets a timer come due; empty is the applicant's answer"`
}

type tryInput struct {
	Where
	Body struct {
		Answers map[string]string `json:"answers,omitempty"`
		Moves   []designMove      `json:"moves,omitempty" maxItems:"500"`
	}
}

type designTask struct {
	ID      string     `json:"id"`
	Element string     `json:"element"`
	Name    string     `json:"name"`
	Office  string     `json:"office,omitempty"`
	Post    string     `json:"post,omitempty"`
	Due     *time.Time `json:"due,omitempty"`
}

type designStep struct {
	Name   string    `json:"name"`
	Office string    `json:"office,omitempty"`
	Result string    `json:"result"`
	At     time.Time `json:"at"`
}

type designRuling struct {
	Decision string `json:"decision"`
	Value    any    `json:"value" doc:"null: no rule applies"`
	Rules    []int  `json:"rules,omitempty" doc:"That matched, from 1"`
	Why      string `json:"why"`
	WhyEn    string `json:"why_en"`
}

type tryOutput struct {
	Body struct {
		Rulings  []designRuling `json:"rulings,omitempty" doc:"What decision tables gave"`
		Open     []designTask   `json:"open"`
		Passed   []designStep   `json:"passed"`
		Copied   []string       `json:"copied"`
		Decision string         `json:"decision,omitempty" doc:"issue or refuse, once decided"`
		Began    time.Time      `json:"began"`
		Now      time.Time      `json:"now" doc:"When every step uses its whole limit"`
		Promise  *time.Time     `json:"promise,omitempty"`
	}
}

func (d Deps) try(ctx context.Context, in *tryInput) (*tryOutput, error) {
	dr, a, err := d.Design.Open(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	var moves []design.Move
	for _, m := range in.Body.Moves {
		moves = append(moves, design.Move{ID: m.ID, Result: m.Result})
	}
	t, err := d.Design.Try(ctx, dr, a, in.Body.Answers, moves)
	if err != nil {
		return nil, err
	}
	out := &tryOutput{}
	b := &out.Body
	b.Open, b.Passed, b.Copied, b.Decision, b.Began, b.Now = []designTask{}, []designStep{}, append([]string{}, t.Copied...), t.Decision, t.Began, t.Now
	if !t.Promise.IsZero() {
		b.Promise = &t.Promise
	}
	for _, r := range t.Rulings {
		b.Rulings = append(b.Rulings, designRuling{r.Decision, r.Value, r.Rules, r.Zh, r.En})
	}
	for _, o := range t.Open {
		x := designTask{ID: o.ID, Element: o.Element, Name: o.Name, Office: o.Office, Post: o.Post}
		if !o.Due.IsZero() {
			x.Due = &o.Due
		}
		b.Open = append(b.Open, x)
	}
	for _, p := range t.Passed {
		b.Passed = append(b.Passed, designStep(p))
	}
	return out, nil
}

// errDay refuses a first day that is no date.
var errDay = fault.Invalid("design.day")

// StepShareBody is what one step may use of the limit of the case.
type StepShareBody struct {
	Element string `json:"element" doc:"Id of the step in the flow"`
	Name    string `json:"name"`
	Amount  int    `json:"amount" doc:"0: the limit of the case alone"`
	Unit    string `json:"unit" enum:"working_days,calendar_days,hours,"`
	How     string `json:"how" enum:"given,equal,cut" doc:"Written in the flow, an equal part of what is left, or written and cut because all together are too long"`
}

type splitOutput struct {
	Body struct {
		Whole   int             `json:"whole" doc:"The promised limit, else that of the law; 0 is none"`
		Unit    string          `json:"unit" enum:"working_days,calendar_days,hours,"`
		Longest int             `json:"longest" doc:"What is written, along the longest way; a day for a step without a limit"`
		Fits    bool            `json:"fits"`
		Shares  []StepShareBody `json:"shares"`
	}
}

func (d Deps) shares(ctx context.Context, in *Where) (*splitOutput, error) {
	dr, a, err := d.Design.Open(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	s, err := design.Split(dr, a)
	if err != nil {
		return nil, err
	}
	out := &splitOutput{}
	b := &out.Body
	b.Whole, b.Unit, b.Longest, b.Fits, b.Shares = s.Whole.Amount, string(s.Whole.Unit), s.Longest, s.Fits, []StepShareBody{}
	for _, x := range s.Shares {
		b.Shares = append(b.Shares, StepShareBody{x.Element, x.Name, x.Limit.Amount, string(x.Limit.Unit), string(x.How)})
	}
	return out, nil
}
