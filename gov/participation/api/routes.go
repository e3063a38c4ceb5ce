package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/participation"
	"tongban/platform/web"
)

// Deps is what the interface needs.
type Deps struct {
	Participation *participation.Service
	// Region refuses a code that is no division, by the name of its parameter.
	Region func(ctx context.Context, parameter, code string) error
}

// Register adds the operations.
func Register(a *web.API, d Deps) {
	web.Register(a, web.Operation{ID: "list-bad-ratings", Method: http.MethodGet, Path: "/api/v1/ratings/bad", Summary: "Ratings that ask for rectification, the newest first, with the counts by grade", Tag: "ratings", May: participation.MayReadRatings}, d.bad)
	web.Register(a, web.Operation{ID: "follow-up-rating", Method: http.MethodPost, Path: "/api/v1/ratings/{region}/{case}/follow-up", Summary: "Put on record what was done about a bad rating; the applicant reads it", Tag: "ratings", Status: http.StatusNoContent,
		May: participation.MayFollow, Repeat: "what is said again takes the place of what was said"}, d.followUp)
}

type badInput struct {
	Region     string `query:"region" pattern:"^([0-9]{6,12})?$" doc:"And what lies in it; absent: every region that you watch"`
	Department string `query:"department" maxLength:"18" doc:"Unified code of the office"`
	All        bool   `query:"all" doc:"Those that were followed up too"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type badRating struct {
	Region     string     `json:"region"`
	Case       string     `json:"case"`
	Number     string     `json:"number"`
	Item       string     `json:"item"`
	ItemName   string     `json:"item_name"`
	Department string     `json:"department"`
	Grade      int        `json:"grade" enum:"4,5" doc:"GB/T 39046 A.8: 4 dissatisfied, 5 very dissatisfied"`
	Indicators []string   `json:"indicators" doc:"What should be better"`
	Text       string     `json:"text,omitempty"`
	RatedAt    time.Time  `json:"rated_at"`
	Waits      bool       `json:"waits" doc:"Nothing was done yet, or the rating was changed since"`
	FollowUp   string     `json:"follow_up,omitempty" doc:"What was done"`
	FollowedAt *time.Time `json:"followed_at,omitempty"`
}

type badOutput struct {
	Body struct {
		Ratings []badRating `json:"ratings"`
		Invited int         `json:"invited" doc:"How many were invited to rate"`
		Counts  []int       `json:"counts" doc:"Ratings of the five grades, the best first"`
	}
}

func (d Deps) bad(ctx context.Context, in *badInput) (*badOutput, error) {
	if in.Region != "" {
		if err := d.Region(ctx, "region", in.Region); err != nil {
			return nil, err
		}
	}
	list, err := d.Participation.Bad(ctx, participation.BadQuery{Region: in.Region, Org: in.Department, All: in.All, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	sum, err := d.Participation.Overall(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	out := &badOutput{}
	out.Body.Ratings, out.Body.Invited, out.Body.Counts = make([]badRating, len(list)), sum.Invited, sum.Counts[1:]
	for i, r := range list {
		x := badRating{Region: r.Region, Case: r.Case, Number: r.CaseNumber, Item: r.Item, ItemName: r.ItemName, Department: r.Org, Grade: int(r.Grade),
			Indicators: r.Indicators, Text: r.Text, RatedAt: r.RatedAt, Waits: r.Waits(), FollowUp: r.FollowUp.Text}
		if !r.FollowUp.At.IsZero() {
			x.FollowedAt = &r.FollowUp.At
		}
		out.Body.Ratings[i] = x
	}
	return out, nil
}

type followUpInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Case   string `path:"case" maxLength:"60"`
	Body   struct {
		Text string    `json:"text" minLength:"5" maxLength:"500" doc:"What was done: put right, to be put right by a day, or explained"`
		Seen time.Time `json:"seen" doc:"rated_at of the rating that was looked at"`
	}
}

func (d Deps) followUp(ctx context.Context, in *followUpInput) (*struct{}, error) {
	return nil, d.Participation.FollowUp(ctx, in.Region, in.Case, in.Body.Text, in.Body.Seen)
}
