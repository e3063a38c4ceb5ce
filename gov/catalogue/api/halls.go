package api

import (
	"context"
	"net/http"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/halls"
	"tongban/platform/web"
)

// RegisterHalls adds the operation about where one goes in person.
func RegisterHalls(a *web.API, s *halls.Service) {
	web.Register(a, web.Operation{ID: "list-halls", Method: http.MethodGet, Path: "/api/v1/halls", Summary: "Halls and windows where items of a division are handled in person, those for most items first", Tag: "catalogue", May: catalogue.MayReadCatalogue},
		func(ctx context.Context, in *hallsInput) (*hallsOutput, error) { return listHalls(ctx, s, in) })
}

type hallsInput struct {
	Region string `query:"region" required:"true" pattern:"^[0-9]{6,12}$" doc:"The division itself, without those below it"`
}

type serviceHall struct {
	Name        *content.Text `json:"name,omitempty" doc:"Absent when guides give the address alone"`
	Address     content.Text  `json:"address"`
	Hours       *content.Text `json:"hours,omitempty"`
	Phone       string        `json:"phone,omitempty"`
	Items       int           `json:"items" doc:"How many are handled there"`
	Departments []department  `json:"departments"`
}

type hallsOutput struct {
	Body struct {
		Halls []serviceHall `json:"halls"`
	}
}

func listHalls(ctx context.Context, s *halls.Service, in *hallsInput) (*hallsOutput, error) {
	list, err := s.In(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	out := &hallsOutput{}
	out.Body.Halls = make([]serviceHall, len(list))
	for i, h := range list {
		x := serviceHall{Address: h.Address, Phone: h.Phone, Items: h.Items, Departments: []department{}}
		if !h.Name.Empty() {
			x.Name = &h.Name
		}
		if !h.Hours.Empty() {
			x.Hours = &h.Hours
		}
		for _, o := range h.Offices {
			x.Departments = append(x.Departments, department{Code: o.Code, Name: o.Name, NameEn: o.NameEn})
		}
		out.Body.Halls[i] = x
	}
	return out, nil
}
