// Package stock is the JSON interface of certificates from before: a table is
// handed in, mapped, tried and taken in by a run in the background, and what is
// released is signed.
package stock

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/stock"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/web"
)

// Deps is what the interface needs.
type Deps struct{ Stock *stock.Service }

// maxBody is how large a file may be that comes through the interface, which
// holds it in memory; larger ones come through the page or the command.
const maxBody = 64 << 20

// Register adds the operations.
func Register(a *web.API, d Deps) {
	op := func(id, method, path string, may authz.Permission, summary string, o web.Operation) web.Operation {
		o.ID, o.Method, o.Path, o.Summary, o.Tag, o.May = id, method, path, summary, "certificates", may
		return o
	}
	const run = "/api/v1/stock-runs/{region}/{id}"
	web.Register(a, op("list-stock-runs", http.MethodGet, "/api/v1/stock-runs", stock.MaySee, "Intake runs of certificates from before that the caller's office may see, the newest first", web.Operation{}), d.list)
	web.Register(a, op("begin-stock-run", http.MethodPost, "/api/v1/stock-runs/{region}", stock.MayTakeIn, "Hand a table of certificates from before in (CSV, XLSX, JSON lines); its mapping is proposed, nothing is taken in yet", web.Operation{MaxBody: maxBody}), d.begin)
	web.Register(a, op("get-stock-run", http.MethodGet, run, stock.MaySee, "One run with its mapping, progress and report", web.Operation{}), d.get)
	web.Register(a, op("put-stock-scans", http.MethodPut, run+"/scans", stock.MayTakeIn, "Hand in a ZIP of scans (PDF, JPEG, PNG), named by a column of the table", web.Operation{MaxBody: maxBody}), d.scans)
	web.Register(a, op("map-stock-run", http.MethodPut, run+"/mapping", stock.MayTakeIn, "Say which column holds what, or what all rows share", web.Operation{}), d.setMapping)
	web.Register(a, op("act-on-stock-run", http.MethodPost, run+"/acts", stock.MaySee, "Try a run, take it in, pause or resume it, take it back, release it as a second officer, or have records signed", web.Operation{}), d.act)
	web.Register(a, op("list-stock-findings", http.MethodGet, run+"/findings", stock.MaySee, "What is wrong with rows of a run, by rule", web.Operation{}), d.findings)
	web.Register(a, op("list-stock-doubts", http.MethodGet, run+"/doubts", stock.MaySee, "Records that a clerk has to look at before they can be signed", web.Operation{}), d.doubts)
	web.Register(a, op("settle-stock-doubt", http.MethodPost, run+"/doubts/{line}", stock.MayTakeIn, "Decide about a record in doubt, with the reason", web.Operation{}), d.settle)
}

// stockRun is a run as the interface shows it.
type stockRun struct {
	Region     string          `json:"region"`
	ID         string          `json:"id"`
	State      string          `json:"state" enum:"mapping,queued,running,paused,tried,held,released,issued,failed,withdrawn"`
	Job        string          `json:"job" enum:"try,take,sign,undo" doc:"What it does, or did last"`
	Type       string          `json:"type"`
	Issuer     string          `json:"issuer"`
	IssuerName string          `json:"issuer_name"`
	Grade      string          `json:"grade" enum:"A,B,C" doc:"Of trust: A the authority's own data, B compared with the originals, C handed in"`
	File       string          `json:"file"`
	Digest     string          `json:"digest" doc:"SHA-256 of the file"`
	Size       int64           `json:"size"`
	Mapping    stockMapping    `json:"mapping"`
	By         string          `json:"by"`
	At         time.Time       `json:"at"`
	Releaser   string          `json:"released_by,omitempty"`
	Released   time.Time       `json:"released_at,omitzero"`
	Rows       int             `json:"rows_done"`
	Percent    int             `json:"percent"`
	Rate       int             `json:"rows_per_second"`
	Report     stockReport     `json:"report"`
	Failure    *catalogue.Text `json:"failure,omitempty" doc:"Why it failed"`
	Doubted    bool            `json:"issuer_not_said,omitempty" doc:"The type does not say that this office issues it; only of a single run"`
}

type stockMapping struct {
	Name    string            `json:"name,omitempty" maxLength:"200"`
	Table   string            `json:"table,omitempty" doc:"Sheet of a workbook; the first when left out"`
	Columns map[string]string `json:"columns" doc:"Column by target: number, holder_name, holder_number, identifier, granted, valid_from, valid_until, state, annex, field.KEY"`
	Fixed   map[string]string `json:"fixed,omitempty" doc:"Value that all rows share, by target"`
}

type stockReport stock.Report

func shown(r stock.Run) stockRun {
	percent, _ := r.Progress.Share()
	if !r.Busy() && r.State != stock.Paused && r.Report.Rows > 0 {
		percent = 1
	}
	out := stockRun{Region: r.Region, ID: r.ID, State: string(r.State), Job: string(r.Job), Type: r.Type, Issuer: r.Issuer, IssuerName: r.IssuerName, Grade: r.Grade, File: r.FileName, Digest: r.File.Hash, Size: r.File.Size,
		Mapping: stockMapping(r.Map), By: r.ByName, At: r.At, Releaser: r.Releaser, Released: r.Released, Rows: r.Progress.Rows, Percent: int(100 * percent), Rate: r.Progress.Rate(), Report: stockReport(r.Report)}
	if r.Failure.Zh != "" {
		out.Failure = &r.Failure
	}
	return out
}

type stockRunsInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type stockRunsOutput struct {
	Body struct {
		Runs []stockRun `json:"runs"`
	}
}

type stockRunOutput struct{ Body stockRun }

func (d Deps) list(ctx context.Context, in *stockRunsInput) (*stockRunsOutput, error) {
	list, err := d.Stock.Runs(ctx, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &stockRunsOutput{}
	out.Body.Runs = []stockRun{}
	for _, r := range list {
		out.Body.Runs = append(out.Body.Runs, shown(r))
	}
	return out, nil
}

type beginStockInput struct {
	Region     string `path:"region" pattern:"^[0-9]{6}$"`
	Name       string `query:"name" required:"true" maxLength:"120" doc:"Name of the file"`
	Type       string `query:"type" required:"true" maxLength:"40" doc:"Code of the certificate type"`
	Issuer     string `query:"issuer" maxLength:"40" doc:"Unified code of the issuing authority; the one that defines the type when left out"`
	IssuerName string `query:"issuer_name" maxLength:"200"`
	Grade      string `query:"grade" enum:"A,B,C" default:"A"`
	RawBody    []byte `contentType:"application/octet-stream"`
}

func (d Deps) begin(ctx context.Context, in *beginStockInput) (*stockRunOutput, error) {
	r, err := d.Stock.Begin(ctx, stock.Intake{Region: in.Region, Type: in.Type, Issuer: in.Issuer, IssuerName: in.IssuerName, Grade: in.Grade, FileName: in.Name, File: bytes.NewReader(in.RawBody)})
	return answer(r, err)
}

func answer(r stock.Run, err error) (*stockRunOutput, error) {
	if err != nil {
		return nil, err
	}
	return &stockRunOutput{shown(r)}, nil
}

type stockRunInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	ID     string `path:"id" maxLength:"60"`
}

func (d Deps) get(ctx context.Context, in *stockRunInput) (*stockRunOutput, error) {
	run, err := d.Stock.Run(ctx, in.Region, in.ID)
	out, err := answer(run, err)
	if err == nil {
		out.Body.Doubted, _, err = d.Stock.Doubted(ctx, run)
	}
	return out, err
}

type stockScansInput struct {
	Region  string `path:"region" pattern:"^[0-9]{6}$"`
	ID      string `path:"id" maxLength:"60"`
	Name    string `query:"name" required:"true" maxLength:"120" doc:"Name of the archive"`
	RawBody []byte `contentType:"application/zip"`
}

func (d Deps) scans(ctx context.Context, in *stockScansInput) (*stockRunOutput, error) {
	return answer(d.Stock.SetScans(ctx, in.Region, in.ID, in.Name, bytes.NewReader(in.RawBody)))
}

type mapStockInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	ID     string `path:"id" maxLength:"60"`
	Body   stockMapping
}

func (d Deps) setMapping(ctx context.Context, in *mapStockInput) (*stockRunOutput, error) {
	return answer(d.Stock.SetMapping(ctx, in.Region, in.ID, stock.Map(in.Body)))
}

type actStockInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	ID     string `path:"id" maxLength:"60"`
	Body   struct {
		Act string `json:"act" enum:"try,take,pause,resume,withdraw,release,issue"`
		N   int    `json:"n,omitempty" minimum:"0" doc:"Of issue: how many; 0 is all that can be signed"`
	}
}

// errAct refuses an act that there is none of.
var errAct = fault.Invalid("certificates.stock.form")

func (d Deps) act(ctx context.Context, in *actStockInput) (*stockRunOutput, error) {
	s := d.Stock
	switch in.Body.Act {
	case "try", "take":
		return answer(s.Start(ctx, in.Region, in.ID, in.Body.Act == "try"))
	case "pause":
		return answer(s.Pause(ctx, in.Region, in.ID))
	case "resume":
		return answer(s.Resume(ctx, in.Region, in.ID))
	case "withdraw":
		return answer(s.Withdraw(ctx, in.Region, in.ID))
	case "release":
		return answer(s.Release(ctx, in.Region, in.ID))
	case "issue":
		return answer(s.Issue(ctx, in.Region, in.ID, in.Body.N))
	}
	return nil, errAct
}

type stockFindingsInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	ID     string `path:"id" maxLength:"60"`
	Rule   string `query:"rule" maxLength:"40"`
	After  int    `query:"after" minimum:"0" doc:"next of the answer before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type stockFinding struct {
	Line    int            `json:"line"`
	Rule    string         `json:"rule"`
	Column  string         `json:"column,omitempty"`
	Warning bool           `json:"warning" doc:"The row was taken nevertheless"`
	Text    catalogue.Text `json:"text"`
	Row     string         `json:"row"`
}

type stockFindingsOutput struct {
	Body struct {
		Findings []stockFinding `json:"findings"`
		Next     int            `json:"next,omitempty"`
	}
}

func (d Deps) findings(ctx context.Context, in *stockFindingsInput) (*stockFindingsOutput, error) {
	list, last, err := d.Stock.Findings(ctx, in.Region, in.ID, in.Rule, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &stockFindingsOutput{}
	out.Body.Findings = []stockFinding{}
	for _, f := range list {
		out.Body.Findings = append(out.Body.Findings, stockFinding{Line: f.Line, Rule: f.Rule, Column: f.Field, Warning: f.Warning, Text: f.Text, Row: f.Raw})
	}
	if len(list) == in.Limit {
		out.Body.Next = last
	}
	return out, nil
}

type stockDoubtsInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	ID     string `path:"id" maxLength:"60"`
	After  int    `query:"after" minimum:"0" doc:"Line of the last one"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type stockDoubt struct {
	Line         int      `json:"line"`
	Doubt        string   `json:"doubt" enum:"holder,conflict,refused"`
	Number       string   `json:"number"`
	HolderName   string   `json:"holder_name"`
	HolderNumber string   `json:"holder_number" doc:"Masked"`
	Known        string   `json:"known_name,omitempty" doc:"Name by which the number is known here"`
	Note         string   `json:"note,omitempty" doc:"The other record of a conflict, or why it could not be signed"`
	Settlements  []string `json:"settlements"`
}

type stockDoubtsOutput struct {
	Body struct {
		Doubts []stockDoubt `json:"doubts"`
		Total  int          `json:"total"`
	}
}

func (d Deps) doubts(ctx context.Context, in *stockDoubtsInput) (*stockDoubtsOutput, error) {
	list, total, err := d.Stock.Doubts(ctx, in.Region, in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &stockDoubtsOutput{}
	out.Body.Doubts, out.Body.Total = []stockDoubt{}, total
	for _, r := range list {
		x := stockDoubt{Line: r.Line, Doubt: string(r.Doubt), Number: r.Number, HolderName: r.HolderName, HolderNumber: certificates.MaskNumber(r.HolderNumber), Known: r.Known, Note: r.Note, Settlements: []string{}}
		for _, s := range r.Settlements() {
			x.Settlements = append(x.Settlements, string(s))
		}
		out.Body.Doubts = append(out.Body.Doubts, x)
	}
	return out, nil
}

type settleStockInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	ID     string `path:"id" maxLength:"60"`
	Line   int    `path:"line" minimum:"1"`
	Body   struct {
		How  string `json:"how" enum:"same,other,replace,drop,again"`
		Note string `json:"note" maxLength:"300" doc:"The reason"`
	}
}

type settleStockOutput struct {
	Body struct {
		Line  int    `json:"line"`
		State string `json:"state" enum:"held,conflict,issued,discarded"`
	}
}

func (d Deps) settle(ctx context.Context, in *settleStockInput) (*settleStockOutput, error) {
	if _, err := d.Stock.Settle(ctx, in.Region, in.ID, in.Line, stock.Settlement(in.Body.How), in.Body.Note); err != nil {
		return nil, err
	}
	r, err := d.Stock.Record(ctx, in.Region, in.ID, in.Line)
	if err != nil {
		return nil, err
	}
	out := &settleStockOutput{}
	out.Body.Line, out.Body.State = r.Line, string(r.State)
	return out, nil
}
