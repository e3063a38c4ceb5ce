package api

import (
	"context"
	"time"

	"tongban/gov/catalogue"
)

type itemInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Code   string `path:"code" maxLength:"40"`
}

type itemOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		catalogue.Item
		Effective  time.Time             `json:"effective"`
		Materials  []catalogue.Material  `json:"materials"`
		Situations *catalogue.Situations `json:"situations,omitempty"`
		Steps      []catalogue.Step      `json:"steps,omitempty"`
		Result     catalogue.Result      `json:"result"`
		Form       any                   `json:"form" doc:"The form definition; its format is described with the service packages"`
	}
}

func (d Deps) item(ctx context.Context, in *itemInput) (*itemOutput, error) {
	o, err := d.Catalogue.Offer(ctx, in.Region, in.Code)
	if err != nil {
		return nil, err
	}
	out := &itemOutput{ETag: `"` + in.Region + "-" + in.Code + "-" + o.Effective.Format("20060102150405") + `"`}
	out.Body.Item, out.Body.Effective = o.Item, o.Effective
	out.Body.Materials, out.Body.Situations, out.Body.Steps, out.Body.Result = o.Materials, o.Situations, o.Steps, o.Result
	out.Body.Form = o.Form
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
	Parent string `query:"parent" pattern:"^([0-9]{6,9})?$"`
}

type divisionsOutput struct {
	Body struct {
		Divisions []catalogue.Division `json:"divisions"`
	}
}

func (d Deps) listDivisions(ctx context.Context, in *divisionsInput) (*divisionsOutput, error) {
	if in.Parent != "" {
		if _, err := d.Catalogue.Division(ctx, in.Parent); err != nil {
			return nil, err
		}
	}
	list, err := d.Catalogue.Divisions(ctx, in.Parent)
	if err != nil {
		return nil, err
	}
	out := &divisionsOutput{}
	out.Body.Divisions = append([]catalogue.Division{}, list...)
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
