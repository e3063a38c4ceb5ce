package design

import (
	"bytes"
	"context"
	"errors"
	"io"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/decisions"
	"tongban/gov/design/plan"
	"tongban/platform/dmn"
)

// SaveTables replaces the decision tables of a draft by a DMN file, or takes
// them away when it is empty. A file that does not work is kept all the same;
// Check says why it cannot be published.
func (s *Service) SaveTables(ctx context.Context, region, item string, version int, r io.Reader) (Draft, error) {
	file, err := io.ReadAll(io.LimitReader(r, decisions.MaxBytes+1))
	if err != nil {
		return Draft{}, ErrTables.Because(err)
	}
	file = bytes.TrimSpace(file)
	if len(file) > decisions.MaxBytes {
		return Draft{}, ErrTooLarge.With("max", decisions.MaxBytes>>10)
	}
	if len(file) > 0 && !bytes.Contains(file, []byte("omg.org/spec/DMN/")) {
		return Draft{}, ErrTables
	}
	return s.keep(ctx, region, item, version, "design.flow.tables", func(d *Draft, _ Surroundings) error {
		d.Tables = file
		return nil
	})
}

// Decisions reads the decision tables of a draft; nil when it has none that
// can be read.
func (d *Draft) Decisions() *decisions.Model {
	if len(d.Tables) == 0 {
		return nil
	}
	m, err := decisions.Read(d.Tables)
	if err != nil {
		return nil
	}
	return m
}

// checkTables lists what is wrong with the decision tables: what cannot be
// read, what they look at that cases do not have, gaps and contradictions.
func (d *Draft) checkTables(a Surroundings) []Problem {
	if len(d.Tables) == 0 {
		return nil
	}
	bad := func(code string, line int, element, reason string, pairs ...any) Problem {
		return Problem{Problem: plan.Problem{Branch: -1, Code: "tables." + code, Pairs: pairs}, Line: line, Element: element, Reason: reason}
	}
	m, err := decisions.Read(d.Tables)
	var parse *dmn.ParseError
	switch {
	case errors.As(err, &parse):
		return []Problem{bad("read", parse.Line, parse.Element, parse.Reason)}
	case err != nil:
		return []Problem{bad("read", 1, "", err.Error())}
	}
	var out []Problem
	for _, p := range m.Check(d.known(a)) {
		pairs := []any{"when", p.When}
		if len(p.Rules) > 0 {
			pairs = append(pairs, "rules", p.Rules)
		}
		out = append(out, bad(string(p.Kind), p.Line, p.Element, p.Reason, pairs...))
	}
	for _, id := range catalogue.TakenIDs(m, a.Offer.Situations, content.FieldIDs(a.Offer.Form)) {
		out = append(out, bad("id", 0, id, ""))
	}
	return out
}

// known is what the tables may look at: answers, values of the case and what
// the steps of the draft give.
func (d *Draft) known(a Surroundings) []string {
	c := &catalogue.Content{Situations: a.Offer.Situations}
	if p, err := d.process(); err == nil {
		for _, t := range p.UserTasks() {
			c.Steps = append(c.Steps, catalogue.Step{Element: t.ID})
		}
	}
	return catalogue.KnownTo(c, content.FieldIDs(a.Offer.Form))
}
