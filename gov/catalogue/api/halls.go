package api

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/halls"
	"tongban/platform/web"
)

// hallOps are the operations about where one goes in person.
type hallOps struct{ halls *halls.Service }

// RegisterHalls adds the operation about where one goes in person.
func RegisterHalls(a *web.API, s *halls.Service) {
	h := hallOps{s}
	web.Register(a, web.Operation{ID: "list-halls", Method: http.MethodGet, Path: "/api/v1/halls", Summary: "Halls and windows where items of a division are handled in person, those for most items first", Tag: "catalogue", May: catalogue.MayReadCatalogue},
		h.list)
	web.Register(a, web.Operation{ID: "list-nearest-halls", Method: http.MethodPost, Path: "/api/v1/halls/nearest", Summary: "The halls nearest to a position, of those whose own position is on record; the position is not kept", Tag: "catalogue", May: catalogue.MayReadCatalogue, Repeat: "nothing is kept"},
		h.nearest)
	web.Register(a, web.Operation{ID: "place-halls", Method: http.MethodPut, Path: "/api/v1/halls/{region}/places", Summary: "Put on record where halls of a division lie, all or none", Tag: "catalogue", May: catalogue.MayImportItems, Repeat: "the same positions again change nothing"},
		h.place)
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
	Place       *HallPlace    `json:"place,omitempty" doc:"Absent when nobody has put it on record"`
}

type hallsOutput struct {
	Body struct {
		Halls []serviceHall `json:"halls"`
	}
}

func (h hallOps) list(ctx context.Context, in *hallsInput) (*hallsOutput, error) {
	list, err := h.halls.In(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	places, err := h.halls.Places(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	out := &hallsOutput{}
	out.Body.Halls = make([]serviceHall, len(list))
	for i, x := range list {
		out.Body.Halls[i] = showHall(x)
		if p, ok := x.Where(places); ok {
			out.Body.Halls[i].Place = &HallPlace{p.Given.Latitude, p.Given.Longitude, string(p.Given.System), p.Source, p.At}
		}
	}
	return out, nil
}

func showHall(h halls.Hall) serviceHall {
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
	return x
}

// HallPlace is where a hall lies, in the system in which it was given.
type HallPlace struct {
	Latitude  float64   `json:"latitude"`
	Longitude float64   `json:"longitude"`
	System    string    `json:"system" enum:"wgs84,gcj02"`
	Source    string    `json:"source" doc:"Where the position comes from"`
	At        time.Time `json:"at" doc:"When it was put on record"`
}

// HallPosition is a position with the system in which it is told.
type HallPosition struct {
	Latitude  float64 `json:"latitude" minimum:"-90" maximum:"90"`
	Longitude float64 `json:"longitude" minimum:"-180" maximum:"180"`
	System    string  `json:"system" enum:"wgs84,gcj02" doc:"WGS-84 as browsers and satellites tell it, or GCJ-02 as maps published in China do"`
}

func (p HallPosition) at() halls.Position {
	return halls.Position{Latitude: p.Latitude, Longitude: p.Longitude, System: halls.System(p.System)}
}

type nearestInput struct {
	Body struct {
		HallPosition
		Limit int `json:"limit,omitempty" minimum:"0" maximum:"50" doc:"0 is ten"`
	}
}

type nearestOutput struct {
	Body struct {
		Halls []NearHallBody `json:"halls"`
	}
}

// NearHallBody is a hall with how far it is.
type NearHallBody struct {
	Region string      `json:"region"`
	Metres float64     `json:"metres" doc:"Along the ground, in a straight line"`
	Hall   serviceHall `json:"hall"`
}

func (h hallOps) nearest(ctx context.Context, in *nearestInput) (*nearestOutput, error) {
	list, err := h.halls.Nearest(ctx, in.Body.at(), cmp.Or(in.Body.Limit, 10))
	if err != nil {
		return nil, err
	}
	out := &nearestOutput{}
	out.Body.Halls = []NearHallBody{}
	for _, n := range list {
		out.Body.Halls = append(out.Body.Halls, NearHallBody{n.Region, math.Round(n.Metres), showHall(n.Hall)})
	}
	return out, nil
}

// HallPlaced says where the hall with an address lies.
type HallPlaced struct {
	Address string `json:"address" maxLength:"300" doc:"As the guides say it"`
	HallPosition
	Source string `json:"source" maxLength:"200"`
}

type placesInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Body   struct {
		Places []HallPlaced `json:"places" minItems:"1" maxItems:"1000"`
	}
}

type placesOutput struct {
	Body struct {
		Placed int `json:"placed"`
	}
}

func (h hallOps) place(ctx context.Context, in *placesInput) (*placesOutput, error) {
	var list []halls.Placing
	for _, p := range in.Body.Places {
		list = append(list, halls.Placing{Address: p.Address, At: p.at(), Source: p.Source})
	}
	placed, err := h.halls.PutAll(ctx, in.Region, list)
	if err != nil {
		return nil, err
	}
	out := &placesOutput{}
	out.Body.Placed = len(placed)
	return out, nil
}
