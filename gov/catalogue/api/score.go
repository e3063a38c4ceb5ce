package api

import (
	"context"
	"net/http"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/quality"
	"tongban/platform/web"
)

// Scores is what the operations about quality need.
type Scores struct {
	Quality *quality.Service
	Region  string // of the node
	// Known refuses the code of a division that does not exist, by its parameter.
	Known func(ctx context.Context, parameter, code string) error
}

// region is the one that is asked for, or that of the node.
func (d Scores) region(ctx context.Context, code string) (string, error) {
	if code == "" {
		return d.Region, nil
	}
	return code, d.Known(ctx, "region", code)
}

// RegisterScores adds the operations about the quality of guides.
func RegisterScores(a *web.API, d Scores) {
	op := func(id, method, path, summary string, may web.Operation) web.Operation {
		may.ID, may.Method, may.Path, may.Summary, may.Tag = id, method, path, summary, "quality"
		return may
	}
	see := web.Operation{May: quality.MaySeeScores}
	web.Register(a, op("list-scores", http.MethodGet, "/api/v1/scores", "Items by the score of their guides, the worst first", see), d.list)
	web.Register(a, op("list-score-departments", http.MethodGet, "/api/v1/scores/departments", "The mean score of every office, the worst first", see), d.departments)
	web.Register(a, op("list-score-rules", http.MethodGet, "/api/v1/scores/rules", "The rules by which guides are scored", see), d.rules)
	web.Register(a, op("list-gates", http.MethodGet, "/api/v1/scores/gates", "The least scores of regions as they were proposed, the newest first", see), d.gates)
	web.Register(a, op("propose-gate", http.MethodPost, "/api/v1/scores/gates", "Propose the least score with which guides of a region are published; it counts once another person approves it", web.Operation{May: quality.MaySetGate}), d.proposeGate)
	web.Register(a, op("decide-gate", http.MethodPut, "/api/v1/scores/gates/{region}/{number}", "Approve or refuse a least score that somebody else proposed", web.Operation{May: quality.MayApproveGate}), d.decideGate)
	web.Register(a, op("list-waivers", http.MethodGet, "/api/v1/scores/waivers", "Contents that were asked to pass the gate", see), d.waivers)
	web.Register(a, op("decide-waiver", http.MethodPut, "/api/v1/scores/waivers/{region}/{code}/{hash}", "Let a content pass the gate, or not; never at one's own request", web.Operation{May: quality.MayWaive}), d.decide)
}

type scoreFinding struct {
	Rule  string   `json:"rule"`
	Where []string `json:"where,omitempty"`
	Lost  float64  `json:"lost" doc:"Points of the hundred"`
	Block bool     `json:"block,omitempty" doc:"A package with it is not published"`
}

func scoreFindings(list []quality.Finding) []scoreFinding {
	out := []scoreFinding{}
	for _, f := range list {
		out = append(out, scoreFinding(f))
	}
	return out
}

type itemScore struct {
	Region     string         `json:"region"`
	Code       string         `json:"code"`
	Version    int            `json:"version"`
	Name       string         `json:"name"`
	Department string         `json:"department"`
	Score      int            `json:"score"`
	Blocked    bool           `json:"blocked" doc:"It could not be published as a package today"`
	Findings   []scoreFinding `json:"findings"`
}

type scoresInput struct {
	Region     string `query:"region" pattern:"^([0-9]{6})?$" doc:"With those below it; empty is the region of the node"`
	Department string `query:"department" maxLength:"18"`
	After      string `query:"after" maxLength:"100" doc:"next of the page before"`
	Limit      int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type scoresOutput struct {
	Body struct {
		Items []itemScore `json:"items"`
		Next  string      `json:"next,omitempty"`
		Gate  int         `json:"gate" doc:"The least score with which a package is published"`
	}
}

func (d Scores) list(ctx context.Context, in *scoresInput) (*scoresOutput, error) {
	region, err := d.region(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	list, next, err := d.Quality.List(ctx, quality.Query{Region: region, Org: in.Department, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &scoresOutput{}
	out.Body.Items, out.Body.Next = []itemScore{}, next
	if out.Body.Gate, err = d.Quality.GateOf(ctx, region); err != nil {
		return nil, err
	}
	for _, s := range list {
		out.Body.Items = append(out.Body.Items, itemScore{s.Region, s.Code, s.Version, s.Name, s.Org, s.Score, s.Blocked, scoreFindings(s.Findings)})
	}
	return out, nil
}

type scoreRegionInput struct {
	Region string `query:"region" pattern:"^([0-9]{6})?$" doc:"With those below it; empty is the region of the node"`
}

type departmentScore struct {
	Department string  `json:"department"`
	Name       string  `json:"name"`
	Items      int     `json:"items"`
	Mean       float64 `json:"mean"`
	Blocked    int     `json:"blocked"`
}

type departmentScoresOutput struct {
	Body struct {
		Departments []departmentScore `json:"departments"`
	}
}

func (d Scores) departments(ctx context.Context, in *scoreRegionInput) (*departmentScoresOutput, error) {
	region, err := d.region(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	list, err := d.Quality.Departments(ctx, region)
	out := &departmentScoresOutput{}
	out.Body.Departments = []departmentScore{}
	for _, a := range list {
		out.Body.Departments = append(out.Body.Departments, departmentScore{a.Org, a.OrgName, a.Items, a.Mean, a.Blocked})
	}
	return out, err
}

type scoreRule struct {
	ID      string       `json:"id"`
	Element string       `json:"element" doc:"Key of the element that it watches"`
	Weight  int          `json:"weight"`
	When    string       `json:"when" doc:"Expression; true: wrong"`
	Each    string       `json:"each,omitempty" doc:"It looks at every material, basis, condition, phone or text"`
	Block   bool         `json:"block,omitempty"`
	Name    content.Text `json:"name"`
	Fix     content.Text `json:"fix"`
	Audit   []string     `json:"audit" doc:"What audits call the element"`
}

type scoreRulesOutput struct {
	Body struct {
		Gate  int         `json:"gate"`
		Rules []scoreRule `json:"rules"`
	}
}

func (d Scores) rules(ctx context.Context, _ *struct{}) (*scoreRulesOutput, error) {
	out := &scoreRulesOutput{}
	gate, err := d.Quality.GateOf(ctx, d.Region)
	if err != nil {
		return nil, err
	}
	out.Body.Gate = gate
	for _, r := range d.Quality.Rules.List {
		out.Body.Rules = append(out.Body.Rules, scoreRule{r.ID, r.Element, r.Weight, r.When, r.Each, r.Block, r.Name, r.Fix, r.Audit})
	}
	return out, nil
}

type scoreWaiver struct {
	Region   string         `json:"region"`
	Code     string         `json:"code"`
	Hash     string         `json:"hash" doc:"Of the content; changed content is asked for again"`
	State    string         `json:"state" enum:"asked,granted,refused"`
	Name     string         `json:"name"`
	Score    int            `json:"score"`
	Findings []scoreFinding `json:"findings"`
	Reason   string         `json:"reason"`
	AskedBy  string         `json:"asked_by"`
	Decided  string         `json:"decided_by,omitempty"`
	Note     string         `json:"note,omitempty"`
}

type waiversOutput struct {
	Body struct {
		Waivers []scoreWaiver `json:"waivers"`
	}
}

func (d Scores) waivers(ctx context.Context, in *scoreRegionInput) (*waiversOutput, error) {
	region, err := d.region(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	list, err := d.Quality.Waivers(ctx, region)
	out := &waiversOutput{}
	out.Body.Waivers = []scoreWaiver{}
	for _, w := range list {
		out.Body.Waivers = append(out.Body.Waivers, scoreWaiver{w.Region, w.Code, w.Hash, w.State, w.Name, w.Score, scoreFindings(w.Findings), w.Reason, w.AskedName, w.DecidedName, w.Note})
	}
	return out, err
}

type decideWaiverInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Code   string `path:"code" maxLength:"40"`
	Hash   string `path:"hash" pattern:"^[0-9a-f]{32}$"`
	Body   struct {
		Grant bool   `json:"grant"`
		Note  string `json:"note" minLength:"1" maxLength:"1000"`
	}
}

type decideWaiverOutput struct {
	Body struct {
		Granted bool `json:"granted"`
	}
}

func (d Scores) decide(ctx context.Context, in *decideWaiverInput) (*decideWaiverOutput, error) {
	out := &decideWaiverOutput{}
	out.Body.Granted = in.Body.Grant
	return out, d.Quality.Decide(ctx, in.Region, in.Code, in.Hash, in.Body.Grant, in.Body.Note)
}
