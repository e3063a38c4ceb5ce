package design

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/gov/design/plan"
	"tongban/platform/fault"
)

//go:embed starter.json
var starterFile []byte

// starter is what an item that is new begins with: the applicant filled in from
// the register, the pledge, the remedies that everybody has.
var starter = sync.OnceValue(func() *packages.Package {
	p := &packages.Package{}
	if err := json.Unmarshal(starterFile, p); err != nil {
		panic(fmt.Sprintf("design: starter.json: %v", err)) // embedded; a test reads it
	}
	return p
})

// blank is the package of an item that is new. Its office is that of its code.
func blank(n NewItem) *packages.Package {
	p := starter().Clone()
	p.Item.Region, p.Item.Code, p.Item.Name = n.Region, n.Code, content.Text{Zh: n.Name, En: n.NameEn}
	p.Item.ID, p.Item.Org, p.Item.Level = "item-"+strings.ToLower(n.Code), n.Code[:18], n.Code[18:19]
	p.Result.Certificate.Issuer = p.Item.Org
	if made, err := codes.Parse(n.Code); err == nil { // its kind stands in the code (GB/T 39554-2020)
		kinds, _ := codes.Of(codes.TypeList)
		if k, ok := kinds.Entry(made.Type); ok {
			p.Item.Type.Code, p.Item.Type.Name = k.Code, content.Text{Zh: k.Zh, En: k.En}
		}
	}
	flow := plan.New(n.Name)
	p.Flow = string(flow.Write("flow", func(code string) string { return code }))
	return p
}

// NewItem is what an item that is new needs to begin with. Code is that of the item,
// or of its base item (12 characters): then Org, the unified code of the office, and
// the level of the region make the rest.
type NewItem struct{ Region, Code, Org, Name, NameEn string }

// The refusals of what is new.
var (
	ErrNewItem = fault.Invalid("design.new_item") // its detail "fields" says where
	ErrTaken   = fault.Conflict("design.taken")   // an item has that code already
)

// wrong lists what an item cannot be begun with, by the keys of its fields.
func (n NewItem) wrong() (fields []string) {
	add := func(bad bool, key string) {
		if bad {
			fields = append(fields, key)
		}
	}
	full := len(n.Code) == 31 || len(n.Code) == 33
	add(len(n.Region) != 6, "region")
	add(!full && len(n.Code) != codes.BasicLength || strings.ContainsAny(n.Code, "/?# "), "code")
	add(len(n.Code) == codes.BasicLength && n.Org == "", "org")
	add(full && n.Org != "" && !strings.HasPrefix(n.Code, n.Org), "org_other")
	add(n.Name == "", "name")
	add(n.NameEn == "", "name_en")
	return fields
}

// coded is n with the code of the item, made of its office and its base item where
// that is what was given, and checked.
//
// Law: GB/T 39554-2020: 18 of the office, 1 of the level, 12 of the base item.
func (n NewItem) coded() (NewItem, error) {
	if fields := n.wrong(); len(fields) > 0 {
		return n, ErrNewItem.With("fields", fields)
	}
	if len(n.Code) != codes.BasicLength {
		return n, nil
	}
	level := "4" // of the code list exercise_level: county
	switch {
	case n.Region == "000000":
		level = "1"
	case strings.HasSuffix(n.Region, "0000"):
		level = "2"
	case strings.HasSuffix(n.Region, "00"):
		level = "3"
	}
	made, err := codes.Make(n.Org, level, n.Code)
	if err != nil {
		field := "code_standard"
		if _, err := codes.Make(n.Org, level, "442099900000"); err != nil {
			field = "org_standard"
		}
		return n, ErrNewItem.With("fields", []string{field}).Because(err)
	}
	n.Code = made
	return n, nil
}

// Start begins the draft of an item that is not in the catalogue yet.
func (s *Service) Start(ctx context.Context, n NewItem) (Draft, error) {
	return s.start(ctx, n, blank)
}

// StartJoint begins the draft of a one thing that is not in the catalogue yet. It
// has no part: the designer adds them.
func (s *Service) StartJoint(ctx context.Context, n NewItem) (Draft, error) {
	return s.start(ctx, n, blankJoint)
}

func (s *Service) start(ctx context.Context, n NewItem, blank func(NewItem) *packages.Package) (Draft, error) {
	n, err := n.coded()
	if err != nil {
		return Draft{}, err
	}
	c, _, err := s.Items.Newest(ctx, s.DB, n.Region, n.Code)
	if err == nil {
		return Draft{}, ErrTaken.With("name", content.Text{Zh: c.Item.FullName(), En: c.Item.NameEn}).With("code", n.Code)
	}
	if !fault.IsKind(err, fault.KindNotFound) {
		return Draft{}, err
	}
	d, err := s.begin(ctx, blank(n), 0, "design.part.started")
	if errors.Is(err, ErrExists) {
		return d, fault.Of(err).With("code", n.Code)
	}
	return d, err
}

// blankJoint is the package of a one thing that is new.
func blankJoint(n NewItem) *packages.Package {
	p := blank(n)
	p.Flow, p.Result = "", content.Result{}
	p.Bundle = &content.Bundle{Format: 1, Parts: []content.Part{}}
	p.Item.LifeEvent = p.Item.Name
	return p
}

// beginning is what the draft of an item that was never published began with,
// as far as nobody writes it: everything but the names.
func beginning(d Draft) *packages.Package {
	if len(d.Item) != 31 && len(d.Item) != 33 {
		return &packages.Package{} // from elsewhere, by codes of its own
	}
	n := NewItem{Region: d.Region, Code: d.Item}
	if d.Joins() {
		return blankJoint(n)
	}
	return blank(n)
}
