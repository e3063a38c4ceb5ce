package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/platform/authz"
	"tongban/platform/web"
)

const (
	wholes = "/api/v1/bundles"
	whole  = wholes + "/{region}/{id}"
)

func (d Deps) registerBundles(a *web.API) {
	web.Register(a, created(op("submit-bundle", http.MethodPost, draft+"/bundle", "Hand in a draft of a one thing: the cases of all parts that start at once, in one commit", authz.SignedIn)), d.submitBundle)
	web.Register(a, op("preview-bundle", http.MethodGet, draft+"/bundle", "Who will get what of a draft of a one thing", authz.SignedIn), d.previewBundle)
	web.Register(a, op("list-bundles", http.MethodGet, wholes, "The caller's one things, newest first", casework.MayApply), d.listBundles)
	web.Register(a, op("get-bundle", http.MethodGet, whole, "A one thing with its parts and where their cases stand", authz.SignedIn), d.getBundle)
	web.Register(a, op("withdraw-bundle", http.MethodPost, whole+"/withdrawal", "Take back everything that is not decided yet", authz.SignedIn), d.withdrawBundle)
	web.Register(a, op("withdraw-bundle-part", http.MethodPost, whole+"/parts/{part}/withdrawal", "Take one part back; the others follow the rule of the package", authz.SignedIn), d.withdrawPart)
	web.Register(a, op("list-bundle-supplements", http.MethodGet, whole+"/supplements", "What all offices ask for, the same thing once", authz.SignedIn), d.bundleAsked)
	web.Register(a, op("answer-bundle-supplement", http.MethodPut, whole+"/supplements", "Answer one thing for every office that asked", authz.SignedIn), d.answerBundle)
	web.Register(a, op("send-bundle-supplements", http.MethodPost, whole+"/supplements/sending", "Send the answers to every office that asked", authz.SignedIn), d.sendBundle)
	web.Register(a, op("get-case-bundle", http.MethodGet, kase+"/bundle", "The one thing that a case belongs to: state and dates of its sister cases", authz.SignedIn), d.caseBundle)
	web.Register(a, op("watch-bundles", http.MethodGet, "/api/v1/watch/bundles", "The one things that are under way, newest first", casework.MaySupervise), d.watchBundles)
}

// BundlePartBody is one part of a one thing.
type BundlePartBody struct {
	Part     string    `json:"part"`
	Region   string    `json:"region"`
	Item     string    `json:"item"`
	ItemName string    `json:"item_name"`
	Office   string    `json:"office"`
	State    string    `json:"state" enum:"waiting,started,held,unneeded,stopped,dropped"`
	Because  string    `json:"because,omitempty" doc:"The part that failed, what is missing, or the reason of a withdrawal"`
	Draft    string    `json:"draft,omitempty"`
	Case     *CaseBody `json:"case,omitempty"`
}

// BundleBody is a one thing as programs see it.
type BundleBody struct {
	Region      string           `json:"region"`
	ID          string           `json:"id"`
	Number      string           `json:"number" doc:"Eight digits and a check digit"`
	Item        string           `json:"item"`
	ItemName    string           `json:"item_name"`
	Applicant   string           `json:"applicant"`
	State       string           `json:"state" enum:"open,closed,withdrawn"`
	SubmittedAt time.Time        `json:"submitted_at"`
	ClosedAt    time.Time        `json:"closed_at,omitzero"`
	Due         time.Time        `json:"due,omitzero" doc:"Until when the whole is promised; absent while it stands"`
	How         string           `json:"derivation,omitempty" doc:"How due was found, day by day; of a case of a part its own clock says so"`
	Parts       []BundlePartBody `json:"parts"`
}

type bundleOutput struct{ Body BundleBody }

func (d Deps) showBundle(in tongue, b bundles.Bundle) BundleBody {
	out := BundleBody{Region: b.Region, ID: string(b.ID), Number: b.Number, Item: b.Item, ItemName: b.ItemName, Applicant: b.ApplicantName, State: string(b.State),
		SubmittedAt: b.SubmittedAt, ClosedAt: b.ClosedAt, Parts: []BundlePartBody{}}
	if due := b.Due(d.Casework.Calendar); b.State == bundles.Open && due.Running {
		out.Due, out.How = due.Due, due.Derivation.Text(string(in))
	}
	for _, p := range b.Parts {
		x := BundlePartBody{Part: p.ID, Region: p.ItemRegion, Item: p.Item, ItemName: p.ItemName, Office: p.Org, State: string(p.State), Because: p.Because, Draft: string(p.Draft)}
		if p.Case != nil {
			c := showCase(*p.Case)
			x.Case = &c
		}
		out.Parts = append(out.Parts, x)
	}
	return out
}

func (d Deps) answerWhole(ctx context.Context) func(bundles.Bundle, error) (*bundleOutput, error) {
	return func(b bundles.Bundle, err error) (*bundleOutput, error) {
		if err != nil {
			return nil, err
		}
		return &bundleOutput{d.showBundle(speaks(ctx), b)}, nil
	}
}

func (a Key) whole() bundles.ID { return bundles.ID(a.ID) }

func (d Deps) submitBundle(ctx context.Context, in *submitInput) (*bundleOutput, error) {
	return d.answerWhole(ctx)(d.Bundles.Submit(ctx, in.Region, in.draft(), in.Body.Version))
}

// BundlePreviewBody is what one office will get.
type BundlePreviewBody struct {
	Part      string   `json:"part"`
	ItemName  string   `json:"item_name"`
	Office    string   `json:"office_name"`
	After     []string `json:"after" doc:"Parts that have to be done before"`
	Failed    string   `json:"failed" enum:"stop_all,go_on,stop_dependents"`
	Questions []string `json:"questions" doc:"Questions whose answers are passed on to it"`
	Fields    []string `json:"fields"`
	Materials []string `json:"materials"`
	Results   []string `json:"results" doc:"Parts whose certificates are passed on to it"`
}

type previewOutput struct {
	Body struct {
		Parts []BundlePreviewBody `json:"parts"`
	}
}

func (d Deps) previewBundle(ctx context.Context, in *Key) (*previewOutput, error) {
	x, err := d.Casework.Draft(ctx, in.Region, in.draft())
	if err != nil {
		return nil, err
	}
	list, err := d.Bundles.Preview(ctx, x)
	if err != nil {
		return nil, err
	}
	out := &previewOutput{}
	out.Body.Parts = []BundlePreviewBody{}
	for _, p := range list {
		out.Body.Parts = append(out.Body.Parts, BundlePreviewBody{Part: p.ID, ItemName: p.ItemName, Office: p.OrgName, After: some(p.Waits), Failed: string(p.Failed), Questions: some(p.Questions), Fields: some(p.Fields), Materials: some(p.Materials), Results: some(p.Results)})
	}
	return out, nil
}

// some keeps an empty list from being written as null.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

type bundlesOutput struct {
	Body struct {
		Bundles []BundleBody `json:"bundles"`
		Next    string       `json:"next"`
	}
}

func (d Deps) page(in tongue, list []bundles.Bundle, limit int, err error) (*bundlesOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &bundlesOutput{}
	out.Body.Bundles = []BundleBody{}
	if len(list) > limit {
		list = list[:limit]
		out.Body.Next = string(list[limit-1].ID)
	}
	for _, b := range list {
		out.Body.Bundles = append(out.Body.Bundles, d.showBundle(in, b))
	}
	return out, nil
}

func (d Deps) listBundles(ctx context.Context, in *Paging) (*bundlesOutput, error) {
	list, err := d.Bundles.Mine(ctx, bundles.ID(in.After), in.Limit+1)
	return d.page(speaks(ctx), list, in.Limit, err)
}

func (d Deps) watchBundles(ctx context.Context, in *Paging) (*bundlesOutput, error) {
	list, err := d.Bundles.Watch(ctx, bundles.ID(in.After), in.Limit+1)
	return d.page(speaks(ctx), list, in.Limit, err)
}

func (d Deps) getBundle(ctx context.Context, in *Key) (*bundleOutput, error) {
	f, err := d.Bundles.Open(ctx, in.Region, in.whole())
	return d.answerWhole(ctx)(f.Bundle, err)
}

type withdrawBundleInput struct {
	Key
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

func (d Deps) withdrawBundle(ctx context.Context, in *withdrawBundleInput) (*bundleOutput, error) {
	return d.answerWhole(ctx)(d.Bundles.Withdraw(ctx, in.Region, in.whole(), in.Body.Reason))
}

type withdrawPartInput struct {
	Key
	Part string `path:"part" maxLength:"40"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

func (d Deps) withdrawPart(ctx context.Context, in *withdrawPartInput) (*bundleOutput, error) {
	return d.answerWhole(ctx)(d.Bundles.DropPart(ctx, in.Region, in.whole(), in.Part, in.Body.Reason))
}

// BundleAskBody is what one office asks for.
type BundleAskBody struct {
	Part   string `json:"part"`
	Case   string `json:"case"`
	Office string `json:"office_name"`
	Reason string `json:"reason"`
	How    string `json:"how"`
}

// BundleRequestBody is one thing to mend, for all offices that ask for it.
type BundleRequestBody struct {
	Target string                `json:"target"`
	Name   string                `json:"name"`
	Text   string                `json:"text,omitempty"`
	Files  []casework.Attachment `json:"files,omitempty"`
	Paper  string                `json:"paper,omitempty"`
	Asks   []BundleAskBody       `json:"asks"`
}

type bundleAskedOutput struct {
	Body struct {
		Requests []BundleRequestBody `json:"requests"`
	}
}

func (d Deps) bundleAsked(ctx context.Context, in *Key) (*bundleAskedOutput, error) {
	list, err := d.Bundles.Asked(ctx, in.Region, in.whole())
	if err != nil {
		return nil, err
	}
	out := &bundleAskedOutput{}
	out.Body.Requests = []BundleRequestBody{}
	for _, q := range list {
		x := BundleRequestBody{Target: q.Target, Name: q.Name, Text: q.Text, Files: q.Files, Paper: q.Paper, Asks: []BundleAskBody{}}
		for _, a := range q.Asks {
			x.Asks = append(x.Asks, BundleAskBody{Part: a.Part, Case: string(a.Case.ID), Office: a.OrgName, Reason: a.Reason, How: a.How})
		}
		out.Body.Requests = append(out.Body.Requests, x)
	}
	return out, nil
}

type answerBundleInput struct {
	Key
	Body struct {
		Target string                `json:"target" maxLength:"120"`
		Text   string                `json:"text,omitempty" maxLength:"2000"`
		Files  []casework.Attachment `json:"files,omitempty" maxItems:"20"`
		Paper  string                `json:"paper,omitempty" maxLength:"40" doc:"Code of the applicant's certificate that stands in for the material; sending it is consent to its use for this matter"`
	}
}

func (d Deps) answerBundle(ctx context.Context, in *answerBundleInput) (*bundleAskedOutput, error) {
	if err := d.Bundles.Answer(ctx, in.Region, in.whole(), in.Body.Target, casework.Answer{Text: in.Body.Text, Files: in.Body.Files, Paper: in.Body.Paper}); err != nil {
		return nil, err
	}
	return d.bundleAsked(ctx, &in.Key)
}

func (d Deps) sendBundle(ctx context.Context, in *Key) (*bundleOutput, error) {
	return d.answerWhole(ctx)(d.Bundles.SendAnswers(ctx, in.Region, in.whole()))
}

// SisterBody is what the officers of one case see of another one.
type SisterBody struct {
	Part     string    `json:"part"`
	ItemName string    `json:"item_name"`
	Office   string    `json:"office_name"`
	State    string    `json:"state" doc:"Of its case; of the part while it has none"`
	Outcome  string    `json:"outcome,omitempty"`
	Since    time.Time `json:"since"`
	Due      time.Time `json:"due,omitzero"`
	ClosedAt time.Time `json:"closed_at,omitzero"`
	Self     bool      `json:"self"`
}

type togetherOutput struct {
	Body struct {
		Number   string       `json:"number,omitempty" doc:"Absent when the case stands alone"`
		ItemName string       `json:"item_name,omitempty"`
		Sisters  []SisterBody `json:"sisters"`
	}
}

func (d Deps) caseBundle(ctx context.Context, in *Key) (*togetherOutput, error) {
	t, err := d.Bundles.OfCase(ctx, in.Region, in.kase())
	if err != nil {
		return nil, err
	}
	out := &togetherOutput{}
	out.Body.Sisters = []SisterBody{}
	if t == nil {
		return out, nil
	}
	out.Body.Number, out.Body.ItemName = t.Number, t.ItemName
	for _, s := range t.Sisters {
		x := SisterBody{Part: s.Part, ItemName: s.ItemName, Office: s.OrgName, State: string(s.State), Outcome: string(s.Outcome), Since: s.Since, Due: s.Due, ClosedAt: s.ClosedAt, Self: s.Self}
		if s.Case != "" {
			x.State = string(s.Case)
		}
		out.Body.Sisters = append(out.Body.Sisters, x)
	}
	return out, nil
}
