package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/standard"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/web"
)

func (d Standard) registerChanges(a *web.API) {
	const all, one = "/api/v1/catalogue-changes", "/api/v1/catalogue-changes/{region}/{number}"
	op := func(id, method, path, summary string, may authz.Permission) web.Operation {
		return web.Operation{ID: id, Method: method, Path: path, Summary: summary, Tag: "catalogue", May: may}
	}
	draft := catalogue.MayDraftChanges
	web.Register(a, op("list-catalogue-changes", http.MethodGet, all, "Changes of the catalogue of a region, the newest first", authz.SignedIn), d.changes)
	web.Register(a, op("get-catalogue-change", http.MethodGet, one, "A change with its draft, whom it touches and what happened to it", authz.SignedIn), d.change)
	web.Register(a, op("begin-catalogue-change", http.MethodPost, all, "Begin the draft of a change; codes are given out here", draft), d.beginChange)
	web.Register(a, op("edit-catalogue-change", http.MethodPut, one, "Replace the draft of a change that was seen at a version", draft), d.editChange)
	web.Register(a, op("submit-catalogue-change", http.MethodPost, one+"/submission", "Send a draft to the legal review", draft), d.submitChange)
	web.Register(a, op("review-catalogue-change", http.MethodPost, one+"/review", "Pass the legal review; who drafted it cannot", catalogue.MayReviewChanges), d.reviewChange)
	web.Register(a, op("approve-catalogue-change", http.MethodPost, one+"/approval", "Approve a change; it takes effect on its day", catalogue.MayApproveChanges), d.approveChange)
	web.Register(a, op("return-catalogue-change", http.MethodPost, one+"/return", "Give a change back to who drafts, with the reason", catalogue.MayReviewChanges), d.returnChange)
	web.Register(a, op("withdraw-catalogue-change", http.MethodPost, one+"/withdrawal", "End a draft", draft), d.withdrawChange)
}

type catalogueChangeTarget struct {
	Code string `json:"code" maxLength:"40"`
	Seen int    `json:"seen,omitempty" doc:"Version that the draft was made over; the newest when absent"`
}

type catalogueChangeItem struct {
	Code   string              `json:"code,omitempty" maxLength:"40" doc:"Given out when absent; the implementation code for a new handling item"`
	Base   string              `json:"base,omitempty" maxLength:"12"`
	Tier   string              `json:"tier,omitempty"`
	Values map[string][]string `json:"values,omitempty" doc:"By key of the element, see list-item-elements"`
}

type catalogueChangeAct struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Name string    `json:"name"`
	Act  string    `json:"act"`
	Keys []string  `json:"keys,omitempty"`
	Note string    `json:"note,omitempty"`
}

// CatalogueChangeDraft is what somebody wants a change to make.
type CatalogueChangeDraft struct {
	Reason string                `json:"reason,omitempty" maxLength:"1000"`
	From   string                `json:"from,omitempty" format:"date" doc:"First day; at once after the approval when absent"`
	Bases  []standard.Base       `json:"bases,omitempty"`
	Items  []catalogueChangeItem `json:"items,omitempty"`
}

// catalogueChange is a change as the interface shows it.
type catalogueChange struct {
	CatalogueChangeDraft
	Region  string                  `json:"region"`
	Number  int                     `json:"number"`
	Version int                     `json:"version"`
	Kind    string                  `json:"kind" enum:"new,change,split,merge,suspend,resume,cancel"`
	Level   string                  `json:"level" enum:"base,implementation"`
	State   string                  `json:"state" enum:"drafting,review,approval,approved,effective,withdrawn"`
	Targets []catalogueChangeTarget `json:"targets,omitempty"`
	History []catalogueChangeAct    `json:"history"`
	Touched int                     `json:"items_touched" doc:"Items that refer to what is changed"`
	Cases   int                     `json:"cases_open" doc:"They go on under their own version"`
}

func (d Standard) shown(ctx context.Context, c changes.Change) (catalogueChange, error) {
	out := catalogueChange{Region: c.Region, Number: c.Number, Version: c.Version, Kind: string(c.Kind), Level: string(c.Level), State: string(c.State)}
	out.Reason, out.Bases = c.Reason, c.Bases
	if c.From != 0 {
		out.From = c.From.String()
	}
	for _, t := range c.Targets {
		out.Targets = append(out.Targets, catalogueChangeTarget(t))
	}
	for _, i := range c.Items {
		out.Items = append(out.Items, catalogueChangeItem(i))
	}
	for _, e := range c.History {
		out.History = append(out.History, catalogueChangeAct(e))
	}
	r, err := d.Changes.Reach(ctx, c)
	out.Touched, out.Cases = r.Items, r.Cases
	return out, err
}

type catalogueChangesInput struct {
	Region string `query:"region" pattern:"^[0-9]{6}$" required:"true"`
	Open   bool   `query:"open" doc:"Only those about which something can still be done"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type catalogueChangesOutput struct {
	Body struct {
		Changes []catalogueChange `json:"changes"`
	}
}

func (d Standard) changes(ctx context.Context, in *catalogueChangesInput) (*catalogueChangesOutput, error) {
	if err := d.Catalogue.Region(ctx, "region", in.Region); err != nil {
		return nil, err
	}
	list, err := d.Changes.Changes(ctx, in.Region, in.Open, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &catalogueChangesOutput{}
	out.Body.Changes = []catalogueChange{}
	for _, c := range list {
		s, err := d.shown(ctx, c)
		if err != nil {
			return nil, err
		}
		out.Body.Changes = append(out.Body.Changes, s)
	}
	return out, nil
}

type catalogueChangeInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	Number int    `path:"number" minimum:"1"`
}

type catalogueChangeOutput struct{ Body catalogueChange }

func (d Standard) one(ctx context.Context, c changes.Change, err error) (*catalogueChangeOutput, error) {
	if err != nil {
		return nil, err
	}
	s, err := d.shown(ctx, c)
	return &catalogueChangeOutput{s}, err
}

func (d Standard) change(ctx context.Context, in *catalogueChangeInput) (*catalogueChangeOutput, error) {
	c, err := d.Changes.Change(ctx, in.Region, in.Number)
	return d.one(ctx, c, err)
}

type beginChangeInput struct {
	Body struct {
		CatalogueChangeDraft
		Region  string                  `json:"region" pattern:"^[0-9]{6}$" doc:"The directory for base items, the item's region for items"`
		Kind    string                  `json:"kind" enum:"new,change,split,merge,suspend,resume,cancel"`
		Level   string                  `json:"level" enum:"base,implementation"`
		Targets []catalogueChangeTarget `json:"targets,omitempty"`
	}
}

// put writes what is wanted into a change.
func (b CatalogueChangeDraft) put(c *changes.Change) {
	c.Reason, c.Bases, c.Items = b.Reason, b.Bases, nil
	c.From, _ = calendar.ParseDate(b.From) // the schema takes days only; none: at once
	for _, i := range b.Items {
		c.Items = append(c.Items, changes.ItemDraft(i))
	}
}

func (d Standard) beginChange(ctx context.Context, in *beginChangeInput) (*catalogueChangeOutput, error) {
	c := changes.Change{Region: in.Body.Region, Kind: changes.Kind(in.Body.Kind), Level: standard.Level(in.Body.Level)}
	in.Body.put(&c)
	for _, t := range in.Body.Targets {
		c.Targets = append(c.Targets, changes.Target(t))
	}
	c, err := d.Changes.Begin(ctx, c)
	return d.one(ctx, c, err)
}

type editChangeInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	Number int    `path:"number" minimum:"1"`
	Body   struct {
		CatalogueChangeDraft
		Version int `json:"version" minimum:"1" doc:"Of the draft, as it was seen"`
	}
}

func (d Standard) editChange(ctx context.Context, in *editChangeInput) (*catalogueChangeOutput, error) {
	c, err := d.Changes.Edit(ctx, in.Region, in.Number, in.Body.Version, func(c *changes.Change) error { in.Body.put(c); return nil })
	return d.one(ctx, c, err)
}

type actChangeInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	Number int    `path:"number" minimum:"1"`
	Body   struct {
		Version int    `json:"version" minimum:"1" doc:"Of the change, as it was seen"`
		Note    string `json:"note,omitempty" maxLength:"1000"`
	}
}

func (d Standard) submitChange(ctx context.Context, in *actChangeInput) (*catalogueChangeOutput, error) {
	c, err := d.Changes.Submit(ctx, in.Region, in.Number, in.Body.Version)
	return d.one(ctx, c, err)
}

func (d Standard) reviewChange(ctx context.Context, in *actChangeInput) (*catalogueChangeOutput, error) {
	c, err := d.Changes.Review(ctx, in.Region, in.Number, in.Body.Version, in.Body.Note)
	return d.one(ctx, c, err)
}

func (d Standard) approveChange(ctx context.Context, in *actChangeInput) (*catalogueChangeOutput, error) {
	c, err := d.Changes.Approve(ctx, in.Region, in.Number, in.Body.Version, in.Body.Note)
	return d.one(ctx, c, err)
}

func (d Standard) returnChange(ctx context.Context, in *actChangeInput) (*catalogueChangeOutput, error) {
	c, err := d.Changes.Return(ctx, in.Region, in.Number, in.Body.Version, in.Body.Note)
	return d.one(ctx, c, err)
}

func (d Standard) withdrawChange(ctx context.Context, in *actChangeInput) (*catalogueChangeOutput, error) {
	c, err := d.Changes.Withdraw(ctx, in.Region, in.Number, in.Body.Version)
	return d.one(ctx, c, err)
}
