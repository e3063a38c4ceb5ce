package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/design"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/web"
)

// registerRelease adds the way of a draft to publication: three people.
func registerRelease(a *web.API, d Deps) {
	const draft = "/api/v1/designs/{region}/{item}"
	op := func(id, method, path, summary string, may authz.Permission) web.Operation {
		return web.Operation{ID: id, Method: method, Path: path, Summary: summary, Tag: "design", May: may}
	}
	web.Register(a, op("list-releases", http.MethodGet, "/api/v1/regions/{region}/releases", "Drafts of a region that wait for a legal review or an approval, the oldest first", catalogue.MayReviewChanges), d.releases)
	web.Register(a, op("hand-in-design", http.MethodPost, draft+"/release", "Hand the draft in: another person reviews its legality, a third approves it", design.MayDesign), d.handIn)
	web.Register(a, op("review-design", http.MethodPost, draft+"/release/review", "Say that a draft is lawful, as somebody who had no hand in it", catalogue.MayReviewChanges), d.review)
	web.Register(a, op("return-design", http.MethodPost, draft+"/release/return", "Send a draft back to who drew it, with the reason", authz.SignedIn), d.giveBack)
	web.Register(a, op("publish-design", http.MethodPost, draft+"/publication", "Approve a draft that was reviewed, as a third person: it becomes the item's next version, its flow, and its whole package when parts of it were changed", catalogue.MayPublishItems), d.publish)
}

// ReleaseEntry is one thing that somebody did on a draft's way to publication.
type ReleaseEntry struct {
	At   time.Time `json:"at"`
	Name string    `json:"name"`
	Act  string    `json:"act" enum:"handed_in,reviewed,returned"`
	Note string    `json:"note,omitempty"`
}

func entries(d design.Draft) (out []ReleaseEntry) {
	for _, e := range d.Release.Entries {
		out = append(out, ReleaseEntry{e.At, e.Name, e.Act, e.Note})
	}
	return out
}

// WaitingDraft is a draft that waits for somebody.
type WaitingDraft struct {
	Region  string         `json:"region"`
	Item    string         `json:"item"`
	Version int            `json:"version" doc:"State of the draft"`
	Stage   string         `json:"stage" enum:"review,approval"`
	Entries []ReleaseEntry `json:"entries"`
}

type waitingDraftsInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"200"`
}

type waitingDraftsOutput struct {
	Body struct {
		Drafts []WaitingDraft `json:"drafts"`
	}
}

func (d Deps) releases(ctx context.Context, in *waitingDraftsInput) (*waitingDraftsOutput, error) {
	list, err := d.Design.Releases(ctx, in.Region, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &waitingDraftsOutput{}
	out.Body.Drafts = []WaitingDraft{}
	for _, x := range list {
		out.Body.Drafts = append(out.Body.Drafts, WaitingDraft{x.Region, x.Item, x.Version, string(x.Stage), entries(x.Draft)})
	}
	return out, nil
}

type releaseInput struct {
	Where
	Body struct {
		Version int    `json:"version" minimum:"1" doc:"State of the draft that was seen"`
		From    string `json:"from,omitempty" format:"date" doc:"First day; empty: from the approval"`
		Note    string `json:"note,omitempty" maxLength:"1000" doc:"What changes and why, for who reviews it"`
	}
}

func (d Deps) handIn(ctx context.Context, in *releaseInput) (*draftOutput, error) {
	var from time.Time
	if in.Body.From != "" {
		day, err := calendar.ParseDate(in.Body.From)
		if err != nil {
			return nil, errDay.Because(err)
		}
		from = day.Start()
	}
	if _, err := d.Design.HandIn(ctx, in.Region, in.Item, in.Body.Version, from, in.Body.Note); err != nil {
		return nil, err
	}
	return d.get(ctx, &in.Where)
}

type releaseAnswerInput struct {
	Where
	Body struct {
		Version int    `json:"version" minimum:"1" doc:"State of the draft that was seen"`
		Note    string `json:"note,omitempty" maxLength:"1000" doc:"Needed to send it back"`
	}
}

func (d Deps) review(ctx context.Context, in *releaseAnswerInput) (*draftOutput, error) {
	if _, err := d.Design.Review(ctx, in.Region, in.Item, in.Body.Version, in.Body.Note); err != nil {
		return nil, err
	}
	return d.get(ctx, &in.Where)
}

func (d Deps) giveBack(ctx context.Context, in *releaseAnswerInput) (*draftOutput, error) {
	if _, err := d.Design.Return(ctx, in.Region, in.Item, in.Body.Version, in.Body.Note); err != nil {
		return nil, err
	}
	return d.get(ctx, &in.Where)
}

type publishInput struct {
	Where
	Body struct {
		Version int `json:"version" minimum:"1" doc:"State of the draft that was seen"`
	}
}

type publishOutput struct {
	Body struct {
		Version int `json:"version" doc:"Of the item"`
	}
}

func (d Deps) publish(ctx context.Context, in *publishInput) (*publishOutput, error) {
	p, err := d.Design.Approve(ctx, in.Region, in.Item, in.Body.Version)
	if err != nil {
		return nil, err
	}
	out := &publishOutput{}
	out.Body.Version = p.Version
	return out, nil
}
