package api

import (
	"context"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/platform/calendar"
	"tongban/platform/forms"
)

type itemInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Code   string `path:"code" maxLength:"40"`
}

type itemAtInput struct {
	Region  string `path:"region" pattern:"^[0-9]{6,12}$"`
	Code    string `path:"code" maxLength:"40"`
	On      string `query:"on" format:"date" doc:"What the guide said on this day"`
	Version int    `query:"version" minimum:"1" doc:"One version by its number, such as the item_version of a case"`
}

type itemValue struct {
	Key    string   `json:"key"`
	Zh     string   `json:"zh"`
	En     string   `json:"en"`
	Values []string `json:"values"`
}

type itemOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		catalogue.Item
		IdentityLevel int `json:"identity_level" doc:"How sure the office has to be of who applies: 2 the form of name and number, 3 agreed with a register, 4 compared with the living person, 5 seen at a counter"`

		Effective  time.Time             `json:"effective"`
		Materials  []catalogue.Material  `json:"materials"`
		Situations *catalogue.Situations `json:"situations,omitempty"`
		Steps      []catalogue.Step      `json:"steps,omitempty"`
		Result     catalogue.Result      `json:"result"`
		Elements   []itemValue           `json:"elements" doc:"Every public element with what the item says, those that regions added included"`
		Form       any                   `json:"form" doc:"The form definition; its format is described with the service packages"`
	}
}

// offer is the version that is asked for.
func (d Deps) offer(ctx context.Context, in *itemAtInput) (*catalogue.Offer, error) {
	switch {
	case in.On != "":
		day, err := calendar.ParseDate(in.On)
		if err != nil {
			return nil, err // the schema takes days only
		}
		return d.Catalogue.OfferAt(ctx, in.Region, in.Code, day.End().Add(-time.Second))
	case in.Version > 0:
		return d.Catalogue.OfferVersion(ctx, in.Region, in.Code, in.Version)
	}
	return d.Catalogue.Offer(ctx, in.Region, in.Code)
}

func (d Deps) item(ctx context.Context, in *itemAtInput) (*itemOutput, error) {
	o, err := d.offer(ctx, in)
	if err != nil {
		return nil, err
	}
	said, err := d.Catalogue.Values(ctx, &o.Item)
	if err != nil {
		return nil, err
	}
	out := &itemOutput{ETag: `"` + in.Region + "-" + in.Code + "-" + o.Effective.Format("20060102150405") + `"`}
	out.Body.Item, out.Body.Effective, out.Body.IdentityLevel = o.Item, o.Effective, o.IdentityLevel()
	out.Body.Materials, out.Body.Situations, out.Body.Steps, out.Body.Result = o.Materials, o.Situations, o.Steps, o.Result
	out.Body.Form, out.Body.Elements = o.Form, []itemValue{}
	for _, v := range said {
		out.Body.Elements = append(out.Body.Elements, itemValue{v.Key, v.Zh, v.En, v.Values})
	}
	return out, nil
}

type versionsOutput struct {
	Body struct {
		Versions []itemVersion `json:"versions"`
	}
}

type itemVersion struct {
	Version   int       `json:"version"`
	Effective time.Time `json:"effective"`
	Hash      string    `json:"hash" doc:"Of the whole content"`
}

func (d Deps) versions(ctx context.Context, in *itemInput) (*versionsOutput, error) {
	list, err := d.Catalogue.Versions(ctx, in.Region, in.Code)
	if err != nil {
		return nil, err
	}
	out := &versionsOutput{}
	for _, v := range list {
		out.Body.Versions = append(out.Body.Versions, itemVersion{v.Number, v.Effective, v.Hash})
	}
	return out, nil
}

type divisionsInput struct {
	Parent string `query:"parent" pattern:"^([0-9]{6,9})?$" doc:"Divisions right below this one; without it and without q the provinces"`
	Q      string `query:"q" maxLength:"50" doc:"A name or a part of one, with or without names of what it lies in; pinyin initials; or the beginning of a code"`
	Within string `query:"within" pattern:"^([0-9]{6,9})?$" doc:"With q: only this division and what lies in it"`
	Least  int    `query:"least" minimum:"1" maximum:"4" default:"1" doc:"With q: the most general level, 1 province, 2 prefecture, 3 county, 4 township"`
	Most   int    `query:"most" minimum:"1" maximum:"4" default:"4" doc:"With q: the most exact level"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20" doc:"With q: how many at most"`
}

type division struct {
	catalogue.Division
	FullName string `json:"full_name" doc:"From the province on; what people read and may type"`
}

type divisionsOutput struct {
	Body struct {
		Divisions []division `json:"divisions"`
		Total     int        `json:"total" doc:"How many there are; more than are listed when q is wide"`
	}
}

// listDivisions finds divisions by words, the best fit first, or lists those
// right below another.
func (d Deps) listDivisions(ctx context.Context, in *divisionsInput) (*divisionsOutput, error) {
	for name, code := range map[string]string{"parent": in.Parent, "within": in.Within} {
		if err := d.Catalogue.Region(ctx, name, code); err != nil {
			return nil, err
		}
	}
	out := &divisionsOutput{}
	out.Body.Divisions = []division{}
	add := func(list []catalogue.Division) {
		for _, x := range list {
			out.Body.Divisions = append(out.Body.Divisions, division{x, d.Catalogue.RegionName(ctx, x.Code)})
		}
	}
	if strings.TrimSpace(in.Q) == "" {
		list, err := d.Catalogue.Divisions(ctx, in.Parent)
		add(list)
		out.Body.Total = len(list)
		return out, err
	}
	all, err := d.Catalogue.Places(ctx)
	if err != nil {
		return nil, err
	}
	found, n := all.Search(in.Q, forms.Bounds{Least: in.Least, Most: in.Most, Within: in.Within}, in.Limit)
	for _, e := range found {
		p := all.Place(e.Code)
		add([]catalogue.Division{{Code: p.Code, Name: p.Name, Level: p.Level, Parent: p.Parent}})
	}
	out.Body.Total = n
	return out, nil
}

type departmentsInput struct {
	Region string `query:"region" pattern:"^([0-9]{6,12})?$"`
}

type departmentsOutput struct {
	Body struct {
		Departments []department `json:"departments"`
	}
}

func (d Deps) listDepartments(ctx context.Context, in *departmentsInput) (*departmentsOutput, error) {
	list, err := d.Catalogue.Departments(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	out := &departmentsOutput{}
	out.Body.Departments = []department{}
	for _, o := range list {
		out.Body.Departments = append(out.Body.Departments, department{o.Code, o.Name, o.NameEn, o.Items, o.Suspected})
	}
	return out, nil
}
