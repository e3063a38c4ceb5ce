package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"tongban/gov/catalogue/packages"
	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/gov/design/ready"
	"tongban/platform/web"
)

// registerParts adds the operations on whole packages.
func registerParts(a *web.API, d Deps) {
	const draft = "/api/v1/designs/{region}/{item}"
	op := func(id, method, path, summary, repeat string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: path, Summary: summary, Tag: "design", May: design.MayDesign, Repeat: repeat}
	}
	const named = "it names the version that it was made over; the same values again change nothing"
	web.Register(a, op("get-design-package", http.MethodGet, draft+"/package", "The draft of an item's whole package, with what must be repaired and the score of its guide", ""), d.getPackage)
	web.Register(a, op("edit-design-package", http.MethodPatch, draft+"/package", "Give values to parts of the package by their paths. What somebody else changed since `version` stays; a value that both changed is refused", named), d.editPackage)
	web.Register(a, op("edit-design-row", http.MethodPost, draft+"/package/rows", "Add, move or remove a row of a list of the package", "it names the version that it was made over, and what it moves is elsewhere then"), d.editRow)
	web.Register(a, op("compare-design-package", http.MethodGet, draft+"/package/differences", "What differs from the newest version, value by value", ""), d.differences)
	web.Register(a, op("check-design-package", http.MethodGet, draft+"/package/checks", "Clicks, share filled in, reading, missing basis, accessibility", ""), d.checks)
	web.Register(a, op("replay-design-package", http.MethodPost, draft+"/package/replay", "Treat recent cases by the draft and by the version in force; reading them is put on record with the purpose", "every reading stands on record by itself"), d.replay)
	web.Register(a, op("export-design-package", http.MethodGet, draft+"/package/files", "The package as readable files", ""), d.files)
	web.Register(a, op("import-design-package", http.MethodPost, "/api/v1/design-packages", "Make a package from elsewhere the draft of its item", "over a draft it names the version, and without one it is refused once there is a draft"), d.takeIn)
}

type packageFault struct {
	Part string `json:"part" doc:"Tab that it belongs to"`
	Path string `json:"path,omitempty"`
	Text string `json:"text"`
}

type packageFinding struct {
	Rule  string   `json:"rule"`
	Where []string `json:"where,omitempty"`
	Lost  float64  `json:"lost"`
	Block bool     `json:"block,omitempty"`
}

type packageEntry struct {
	Version int       `json:"version"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Part    string    `json:"part"`
	Act     string    `json:"act"`
	Paths   []string  `json:"paths,omitempty"`
}

type packageDraft struct {
	Version  int              `json:"version" doc:"State of the draft; 0: nothing is drafted yet"`
	Base     int              `json:"base" doc:"Version of the item that the draft began with; 0: the item is new"`
	Package  json.RawMessage  `json:"package" doc:"item, materials, situations, form and result as in the files of a package; bundle when it joins several items"`
	Faults   []packageFault   `json:"faults" doc:"What keeps it from being published"`
	Score    *int             `json:"score,omitempty" doc:"Of the guide, 0 to 100"`
	Passes   bool             `json:"passes" doc:"The guide is good enough, or somebody let it pass"`
	Findings []packageFinding `json:"findings"`
	History  []packageEntry   `json:"history"`
}

type packageOutput struct{ Body packageDraft }

func (d Deps) getPackage(ctx context.Context, in *Where) (*packageOutput, error) {
	dr, a, err := d.Design.Whole(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	p := dr.Package(a)
	p.RawForm = ""
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	out := &packageOutput{packageDraft{Version: dr.Version, Base: dr.Base, Package: raw, Faults: []packageFault{}, Findings: []packageFinding{}, History: []packageEntry{}}}
	for _, f := range d.Design.Faults(ctx, dr, a) {
		out.Body.Faults = append(out.Body.Faults, packageFault(f))
	}
	report, refused := d.Design.Score(ctx, dr, a)
	if report == nil && refused != nil {
		return nil, refused
	}
	if out.Body.Passes = refused == nil; report != nil {
		out.Body.Score = &report.Score
		for _, f := range report.Findings {
			out.Body.Findings = append(out.Body.Findings, packageFinding{f.Rule, f.Where, f.Lost, f.Block})
		}
	}
	for _, e := range dr.History {
		x := packageEntry{Version: e.Version, Name: e.Name, At: e.At, Part: e.Part, Act: e.Act}
		for _, c := range e.Changes {
			x.Paths = append(x.Paths, c.Path)
		}
		out.Body.History = append(out.Body.History, x)
	}
	return out, nil
}

type packageEdit struct {
	Path  string          `json:"path" minLength:"1" maxLength:"400" doc:"Such as materials/household_book/why/zh"`
	Value json.RawMessage `json:"value"`
}

type editPackageInput struct {
	Where
	Body struct {
		Version int           `json:"version" minimum:"0" doc:"State of the draft that was seen"`
		Edits   []packageEdit `json:"edits" minItems:"1" maxItems:"500"`
		Force   bool          `json:"force,omitempty" doc:"These values win over what somebody else changed meanwhile"`
	}
}

func (d Deps) editPackage(ctx context.Context, in *editPackageInput) (*packageOutput, error) {
	var edits []parts.Edit
	part := ""
	for _, e := range in.Body.Edits {
		edits = append(edits, parts.Edit{Path: e.Path, Value: parts.Value(e.Value)})
		part = design.PartOfPath(e.Path)
	}
	if _, _, err := d.Design.Set(ctx, in.Region, in.Item, in.Body.Version, part, edits, in.Body.Force); err != nil {
		return nil, err
	}
	return d.getPackage(ctx, &in.Where)
}

type editRowInput struct {
	Where
	Body struct {
		Version int             `json:"version" minimum:"0" doc:"State of the draft that was seen"`
		Act     string          `json:"act" enum:"add,up,down,remove,join" doc:"join: add an item to a one thing"`
		Path    string          `json:"path,omitempty" maxLength:"400" doc:"Of the list (add) or of the row; join: none"`
		Item    string          `json:"item,omitempty" maxLength:"60" doc:"join: division and code of the item, as in 449901/1144…"`
		Row     json.RawMessage `json:"row,omitempty" doc:"add: the row"`
		At      *int            `json:"at,omitempty" doc:"add: before which row; the end when absent"`
	}
}

type editRowOutput struct {
	Body struct {
		Version int    `json:"version"`
		Path    string `json:"path" doc:"Of the row"`
	}
}

func (d Deps) editRow(ctx context.Context, in *editRowInput) (*editRowOutput, error) {
	b := in.Body
	act := design.RowAct{Act: b.Act, Path: b.Path, ID: b.Item, At: 1 << 20}
	if row, ok := parts.Value(b.Row).(map[string]any); ok {
		act.Row = row
	}
	if b.At != nil {
		act.At = *b.At
	}
	dr, path, err := d.Design.Row(ctx, in.Region, in.Item, b.Version, design.PartOfPath(b.Path), act)
	if err != nil {
		return nil, err
	}
	out := &editRowOutput{}
	out.Body.Version, out.Body.Path = dr.Version, path
	return out, nil
}

type packageDifference struct {
	Path    string `json:"path"`
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
	OldEn   string `json:"old_en,omitempty" doc:"Title of a row in English"`
	NewEn   string `json:"new_en,omitempty" doc:"Title of a row in English"`
	Added   bool   `json:"added,omitempty"`
	Removed bool   `json:"removed,omitempty"`
	Moved   bool   `json:"moved,omitempty"`
}

type differencesOutput struct {
	Body struct {
		Differences []packageDifference `json:"differences"`
	}
}

func (d Deps) differences(ctx context.Context, in *Where) (*differencesOutput, error) {
	dr, a, err := d.Design.Whole(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	list, err := d.Design.Differences(ctx, dr, a)
	if err != nil {
		return nil, err
	}
	out := &differencesOutput{}
	out.Body.Differences = []packageDifference{}
	for _, x := range list {
		out.Body.Differences = append(out.Body.Differences, packageDifference(x))
	}
	return out, nil
}

type readyFinding struct {
	Path string `json:"path"`
	Kind string `json:"kind"`
	Text string `json:"text,omitempty"`
}

type checksOutput struct {
	Body struct {
		Ways          int            `json:"ways" doc:"Through the questions"`
		FewestClicks  int            `json:"fewest_clicks"`
		MostClicks    int            `json:"most_clicks"`
		Fields        int            `json:"fields" doc:"Shown on the way with the most"`
		Filled        int            `json:"filled" doc:"Percent that a register fills in, on average"`
		SentenceZh    int            `json:"sentence_zh" doc:"Characters of a sentence, on average"`
		SentenceEn    int            `json:"sentence_en" doc:"Words of a sentence, on average"`
		Hard          []readyFinding `json:"hard"`
		MissingBasis  []string       `json:"missing_basis"`
		Accessibility []readyFinding `json:"accessibility"`
	}
}

func (d Deps) checks(ctx context.Context, in *Where) (*checksOutput, error) {
	dr, a, err := d.Design.Whole(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	r := ready.Look(dr.Next(a), dr.Offer(a))
	out := &checksOutput{}
	b := &out.Body
	b.Ways, b.FewestClicks, b.MostClicks, b.Fields, b.Filled, b.SentenceZh, b.SentenceEn = r.Ways, r.Fewest, r.Most, r.Fields, r.Filled, r.Sentence, r.SentenceE
	b.Hard, b.MissingBasis, b.Accessibility = []readyFinding{}, append([]string{}, r.Basis...), []readyFinding{}
	for _, f := range r.Hard {
		b.Hard = append(b.Hard, readyFinding(f))
	}
	for _, f := range r.Access {
		b.Accessibility = append(b.Accessibility, readyFinding(f))
	}
	return out, nil
}

type replayInput struct {
	Where
	Body struct {
		Cases   int    `json:"cases" minimum:"1" maximum:"1000"`
		Purpose string `json:"purpose" minLength:"4" maxLength:"200"`
	}
}

type replayTreated struct {
	Materials []string `json:"materials"`
	Limit     string   `json:"limit"`
	Fee       string   `json:"fee" doc:"Cents, or what a decision table gives"`
	Steps     []string `json:"steps"`
	Offices   []string `json:"offices"`
	Refused   []string `json:"refused" doc:"Fields that would have to be filled in or chosen again"`
}

type replayDiffering struct {
	Number string        `json:"number"`
	What   []string      `json:"what"`
	Old    replayTreated `json:"old"`
	New    replayTreated `json:"new"`
}

type replayOutput struct {
	Body struct {
		Cases     int               `json:"cases"`
		Same      int               `json:"same"`
		Differing []replayDiffering `json:"differing"`
	}
}

func (d Deps) replay(ctx context.Context, in *replayInput) (*replayOutput, error) {
	dr, a, err := d.Design.Whole(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	r, err := d.Design.Replay(ctx, dr, a, in.Body.Cases, in.Body.Purpose)
	if err != nil {
		return nil, err
	}
	treated := func(t design.Treated) replayTreated {
		list := func(s []string) []string { return append([]string{}, s...) }
		return replayTreated{list(t.Materials), t.Limit, t.Fee, list(t.Steps), list(t.Offices), list(t.Refused)}
	}
	out := &replayOutput{}
	out.Body.Cases, out.Body.Same, out.Body.Differing = r.Cases, r.Same, []replayDiffering{}
	for _, x := range r.Differing {
		out.Body.Differing = append(out.Body.Differing, replayDiffering{x.Number, x.What, treated(x.Old), treated(x.New)})
	}
	return out, nil
}

type filesOutput struct {
	Body struct {
		Folder string            `json:"folder"`
		Files  map[string]string `json:"files" doc:"Text of every file, by name; departments.json belongs beside the folder"`
	}
}

func (d Deps) files(ctx context.Context, in *Where) (*filesOutput, error) {
	dr, a, err := d.Design.Whole(ctx, in.Region, in.Item)
	if err != nil {
		return nil, err
	}
	p := dr.Next(a)
	out := &filesOutput{}
	out.Body.Folder, out.Body.Files = packages.Dir(p.Item.ID), map[string]string{}
	for name, b := range p.Files(nil) {
		out.Body.Files[name] = string(b)
	}
	return out, nil
}

type importPackageInput struct {
	Body struct {
		Files   map[string]string `json:"files" doc:"Text of every file, by name"`
		Version int               `json:"version,omitempty" minimum:"0" doc:"State of the draft that it goes over"`
	}
}

type importPackageOutput struct {
	Body struct {
		Region  string `json:"region"`
		Item    string `json:"item"`
		Version int    `json:"version" doc:"Of the draft"`
	}
}

func (d Deps) takeIn(ctx context.Context, in *importPackageInput) (*importPackageOutput, error) {
	raw := map[string][]byte{}
	for name, text := range in.Body.Files {
		raw[name] = []byte(text)
	}
	files, err := packages.Checked(raw)
	if err != nil {
		return nil, err
	}
	p, err := packages.Read(files)
	if err != nil {
		return nil, err
	}
	dr, err := d.Design.Import(ctx, p, in.Body.Version)
	if err != nil {
		return nil, err
	}
	out := &importPackageOutput{}
	out.Body.Region, out.Body.Item, out.Body.Version = dr.Region, dr.Item, dr.Version
	return out, nil
}
