package app

import (
	"context"
	"strings"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/quality"
	catalogueweb "tongban/gov/catalogue/web"
	"tongban/gov/laws"
	lawsweb "tongban/gov/laws/web"
	"tongban/platform/db"
)

// citing tells laws what items cite: it does not know the catalogue.
type citing struct{ db *db.DB }

// ItemsSince implements laws.Items.
func (c citing) ItemsSince(ctx context.Context, serial int64, limit int) ([]laws.Citing, error) {
	list, err := quality.Since(ctx, c.db, serial, limit)
	var out []laws.Citing
	for _, p := range list {
		it := p.Content.Item
		x := laws.Citing{Serial: p.Serial, Region: it.Region, Code: it.Code, Version: it.Version, Name: it.FullName(), Org: it.Org, OrgName: it.OrgName, AsOf: it.AsOf}
		x.Texts = citedTexts(p.Content)
		out = append(out, x)
	}
	return out, err
}

// citedTexts are the texts of an item in which it names clauses. What every
// imported item has in common is left out.
func citedTexts(c content.Content) []laws.CitingText {
	var out []laws.CitingText
	add := func(place, text string) {
		if text != "" {
			out = append(out, laws.CitingText{Place: place, Text: text})
		}
	}
	for _, b := range c.Item.Basis {
		if !catalogue.IsGeneral(b.ID) {
			out = append(out, laws.CitingText{Place: "basis", Text: b.Citation(), Quoted: b.Text, As: b.Version})
		}
	}
	add("condition", c.Item.Conditions)
	for _, l := range []content.Limit{c.Item.Legal, c.Item.Promise, c.Item.Extension, c.Item.Correction} {
		add("limit", l.Citation.Zh)
	}
	add("fee", c.Item.Fee.Citation.Zh)
	for _, f := range c.Item.Fees {
		add("fee", f.Basis)
	}
	for _, p := range c.Item.Pauses {
		add("pause", p.Citation.Zh)
	}
	if c.Item.Package != "" {
		add("result", c.Result.Certificate.Validity.Citation.Zh)
	}
	return out
}

// openLaws puts the laws together with what ships and with the catalogue.
func (a *App) openLaws() {
	shipped := func() ([]byte, error) { return data.Files.ReadFile(data.Laws) }
	a.Laws = laws.New(laws.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Shipped: shipped, Items: citing{a.DB}})
	a.Quality = quality.New(quality.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, General: catalogue.IsGeneral, Clauses: a.clauses})
}

// clauses tells quality what is wrong with a legal basis.
func (a *App) clauses(ctx context.Context, region string, c content.Clause) (string, error) {
	list, err := a.Laws.Check(ctx, region, laws.CitingText{Text: c.Citation(), Quoted: c.Text, As: c.Version})
	for _, r := range list {
		if r.Finding != "" {
			return r.Finding, err
		}
	}
	return "", err
}

// gate asks whether a guide is good enough to be published. One that is in force
// already and does not get worse may stay below the gate.
//
// Because: a change that mends a poor guide a little must not be refused for what
// it leaves; the poorer one would stay in force.
func (a *App) gate(ctx context.Context, was, c *content.Content) error {
	now, err := a.Quality.Gate(ctx, c)
	if err == nil || was == nil || !isGate(err) {
		return err
	}
	before, other := a.Quality.Score(ctx, was)
	if other != nil {
		return other
	}
	if now.Score < before.Score || now.Blocking() > before.Blocking() {
		return err
	}
	return nil
}

// cited reads the clauses of a text for the guide: its pages do not know the laws.
func (a *App) cited(ctx context.Context, region, text, quoted string) ([]catalogueweb.Cited, error) {
	list, err := a.Laws.Read(ctx, region, text)
	var out []catalogueweb.Cited
	for _, r := range list {
		c := catalogueweb.Cited{Written: r.Citation.String(), Version: r.Law.Date}
		if r.Finding != laws.NoLaw {
			c.Href = lawsweb.Path(r.Law.Law, "", r.Article, r.Suffix)
		}
		if r.Clause != nil {
			c.Lines = strings.Split(r.Part, "\n")
			c.Same = quoted != "" && laws.Quotes(r.Clause.String(), quoted)
		}
		out = append(out, c)
	}
	return out, err
}
