package app

import (
	"context"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/identity"
	identityweb "tongban/gov/identity/web"
	"tongban/platform/i18n"
)

// things names the items of mandates: identity does not know the catalogue.
type things struct {
	catalogue *catalogue.Service
	region    string
}

// thingsFound is how many items one search offers.
const thingsFound = 10

// Find implements identityweb.Things.
func (t things) Find(ctx context.Context, text string) ([]identityweb.Thing, error) {
	found, err := t.catalogue.Search(ctx, catalogue.Query{Text: text, Limit: thingsFound})
	if err != nil {
		return nil, err
	}
	list := found.Items
	if len(list) == 0 {
		list = found.Nearest
	}
	var out []identityweb.Thing
	for _, h := range list {
		out = append(out, identityweb.Thing{Key: identity.ItemKey(h.Region, h.Code), Name: i18n.Pick(ctx, h.Name, h.NameEn), Note: h.OrgName})
	}
	return out, nil
}

// Name implements identityweb.Things.
func (t things) Name(ctx context.Context, key string) string {
	region, code, _ := strings.Cut(key, "/")
	i, err := t.catalogue.Item(ctx, region, code)
	if err != nil {
		return ""
	}
	return i18n.Pick(ctx, i.Name, i.NameEn)
}
