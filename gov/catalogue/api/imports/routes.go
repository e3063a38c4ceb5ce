// Package imports is the JSON interface of imports and exports of items: a file
// is handed in, mapped, tried and taken in by a run in the background.
package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/outlet"
	"tongban/platform/web"
)

// Deps is what the interface needs.
type Deps struct {
	Intake *intake.Service
	Outlet *outlet.Service
}

// maxBody is how large a file may be that comes through the interface, which
// holds it in memory; larger ones come through the page or the command.
const maxBody = 64 << 20

// Register adds the operations.
func Register(a *web.API, d Deps) {
	op := func(id, method, path, summary string, o web.Operation) web.Operation {
		o.ID, o.Method, o.Path, o.Summary, o.Tag, o.May = id, method, path, summary, "catalogue", catalogue.MayImportItems
		return o
	}
	const run = "/api/v1/imports/{region}/{id}"
	web.Register(a, op("list-imports", http.MethodGet, "/api/v1/imports/{region}", "Imports of items into a region and those below it, the newest first", web.Operation{}), d.list)
	web.Register(a, op("begin-import", http.MethodPost, "/api/v1/imports/{region}", "Hand a file of items in; its mapping is proposed, nothing is imported yet", web.Operation{MaxBody: maxBody}), d.begin)
	web.Register(a, op("get-import", http.MethodGet, run, "One import with its mapping, progress and report", web.Operation{}), d.get)
	web.Register(a, op("map-import", http.MethodPut, run+"/mapping", "Say which column and which code of the file means what", web.Operation{}), d.setMapping)
	web.Register(a, op("start-import", http.MethodPost, run+"/start", "Begin in the background: a dry run, or for real", web.Operation{}), d.start)
	web.Register(a, op("list-import-problems", http.MethodGet, run+"/problems", "Rows with errors and warnings", web.Operation{}), d.problems)
	data := op("get-item-linked-data", http.MethodGet, "/api/v1/items/{region}/{code}/linked-data", "The guide as JSON-LD: GovernmentService of schema.org, PublicService of CPSV-AP", web.Operation{})
	data.May = catalogue.MayReadCatalogue
	web.Register(a, data, d.linkedData)
}

type itemImport struct {
	Region   string         `json:"region"`
	ID       string         `json:"id"`
	State    string         `json:"state" enum:"mapping,queued,running,done,failed"`
	Dry      bool           `json:"dry_run" doc:"The present or last try writes nothing"`
	File     string         `json:"file"`
	Size     int64          `json:"size"`
	Mapping  any            `json:"mapping" doc:"As the mapping file has it"`
	By       string         `json:"by"`
	At       time.Time      `json:"at"`
	Progress importProgress `json:"progress"`
	Report   importReport   `json:"report"`
	Failure  *content.Text  `json:"failure,omitempty" doc:"Why it failed"`
}

// importMapping is a mapping under a name of its own among all operations.
type importMapping mapping.Mapping

type importReport struct {
	Rows      int                       `json:"rows"`
	Items     int                       `json:"items"`
	New       int                       `json:"new"`
	Changed   int                       `json:"changed"`
	Suspended int                       `json:"suspended"`
	Same      int                       `json:"same"`
	Bases     intake.BaseReport         `json:"base_items,omitzero" doc:"What became of the rows of up_task_directory"`
	Kept      int                       `json:"kept" doc:"Items that a package keeps"`
	Repeated  int                       `json:"repeated" doc:"Rows that were applied before"`
	Rejected  int                       `json:"rejected"`
	Warnings  int                       `json:"warnings"`
	OpenCases int                       `json:"open_cases" doc:"Cases under way of items that go out of service"`
	Batches   []importBatch             `json:"batches,omitempty"`
	Examples  []importOutcome           `json:"examples,omitempty" doc:"The first items of each kind"`
	Undecided map[string]map[string]int `json:"undecided,omitempty" doc:"By code list: values that the mapping does not decide on, with how often they were met"`
}

type importBatch intake.Batch

type importOutcome intake.Outcome

func reported(r intake.Report) importReport {
	out := importReport{Rows: r.Rows, Items: r.Items, New: r.New, Changed: r.Changed, Suspended: r.Suspended, Same: r.Same, Kept: r.Kept, Bases: r.Bases, Repeated: r.Repeated, Rejected: r.Rejected,
		Warnings: r.Warnings, OpenCases: r.OpenCases, Undecided: r.Undecided}
	for _, b := range r.Batches {
		out.Batches = append(out.Batches, importBatch(b))
	}
	for _, o := range r.Examples {
		out.Examples = append(out.Examples, importOutcome(o))
	}
	return out
}

type importProgress struct {
	Rows    int `json:"rows"`
	Items   int `json:"items"`
	Percent int `json:"percent"`
	Rate    int `json:"rows_per_second"`
	Left    int `json:"seconds_left"`
}

func shown(r intake.Run) itemImport {
	share, _ := r.Progress.Share()
	if r.State == intake.Done {
		share = 1
	}
	out := itemImport{Region: r.Region, ID: r.ID, State: string(r.State), Dry: r.Dry, File: r.FileName, Size: r.File.Size, Mapping: json.RawMessage(r.Mapping.Write()), By: r.By, At: r.At, Report: reported(r.Report),
		Progress: importProgress{Rows: r.Progress.Rows, Items: r.Progress.Done, Percent: int(100 * share), Rate: r.Progress.Rate(), Left: int(r.Progress.Left().Seconds())}}
	if !r.Failure.Empty() {
		out.Failure = &r.Failure
	}
	return out
}

type importsInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
}

type importsOutput struct {
	Body struct {
		Imports []itemImport `json:"imports"`
	}
}

func (d Deps) list(ctx context.Context, in *importsInput) (*importsOutput, error) {
	list, err := d.Intake.Runs(ctx, in.Region, 100)
	if err != nil {
		return nil, err
	}
	out := &importsOutput{}
	out.Body.Imports = []itemImport{}
	for _, r := range list {
		out.Body.Imports = append(out.Body.Imports, shown(r))
	}
	return out, nil
}

type beginImportInput struct {
	Region  string `path:"region" pattern:"^[0-9]{6,12}$"`
	Name    string `query:"name" required:"true" maxLength:"120" doc:"Name of the file; tables of the national exchange are known by it"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type importOutput struct{ Body itemImport }

func (d Deps) begin(ctx context.Context, in *beginImportInput) (*importOutput, error) {
	r, err := d.Intake.Begin(ctx, in.Region, in.Name, bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, err
	}
	return &importOutput{shown(r)}, nil
}

// ImportKey names an import in a path.
type ImportKey struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	ID     string `path:"id" maxLength:"60"`
}

func (d Deps) get(ctx context.Context, in *ImportKey) (*importOutput, error) {
	r, err := d.Intake.Run(ctx, in.Region, in.ID)
	if err != nil {
		return nil, err
	}
	return &importOutput{shown(r)}, nil
}

type mapImportInput struct {
	ImportKey
	Body importMapping
}

func (d Deps) setMapping(ctx context.Context, in *mapImportInput) (*importOutput, error) {
	if err := d.Intake.SetMapping(ctx, in.Region, in.ID, mapping.Mapping(in.Body)); err != nil {
		return nil, err
	}
	return d.get(ctx, &in.ImportKey)
}

type startImportInput struct {
	ImportKey
	Body struct {
		DryRun bool `json:"dry_run" doc:"Look and report, change nothing"`
	}
}

func (d Deps) start(ctx context.Context, in *startImportInput) (*importOutput, error) {
	if err := d.Intake.Start(ctx, in.Region, in.ID, in.Body.DryRun); err != nil {
		return nil, err
	}
	return d.get(ctx, &in.ImportKey)
}

type importProblemsInput struct {
	ImportKey
	After int `query:"after" minimum:"0" doc:"How many were read before"`
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type importProblem struct {
	Table   string       `json:"table"`
	Line    int          `json:"line"`
	Field   string       `json:"field,omitempty"`
	Warning bool         `json:"warning"`
	Text    content.Text `json:"text"`
	Row     string       `json:"row" doc:"As it came"`
}

type importProblemsOutput struct {
	Body struct {
		Problems []importProblem `json:"problems"`
	}
}

func (d Deps) problems(ctx context.Context, in *importProblemsInput) (*importProblemsOutput, error) {
	list, err := d.Intake.Problems(ctx, in.Region, in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &importProblemsOutput{}
	out.Body.Problems = []importProblem{}
	for _, p := range list {
		out.Body.Problems = append(out.Body.Problems, importProblem{p.Table, p.Line, p.Field, p.Warning, content.Text{Zh: p.Zh, En: p.En}, p.Raw})
	}
	return out, nil
}

type linkedDataInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Code   string `path:"code" maxLength:"40"`
}

type linkedDataOutput struct {
	Type string `header:"Content-Type"`
	Body []byte
}

func (d Deps) linkedData(ctx context.Context, in *linkedDataInput) (*linkedDataOutput, error) {
	raw, err := d.Outlet.LinkedData(ctx, in.Region, in.Code)
	if err != nil {
		return nil, err
	}
	return &linkedDataOutput{outlet.LinkedDataType, raw}, nil
}
