package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/id"
	"tongban/platform/once"
)

// OrgsOf lists the companies that a person may act for at the moment.
func (s *Service) OrgsOf(ctx context.Context, person string) ([]Org, error) {
	if person == "" {
		return nil, nil
	}
	return orgsOfPerson(ctx, s.db, s.region, person, s.clock.Now())
}

// LiveMandates lists the mandates that a person holds at the moment, for every
// company. The caller is the person, or has a reason that it records.
func (s *Service) LiveMandates(ctx context.Context, person string) ([]Mandate, error) {
	if person == "" {
		return nil, nil
	}
	return liveMandates(ctx, s.db, s.region, person, "", s.clock.Now())
}

// Represented lists the companies whose legal representative the caller is.
func (s *Service) Represented(ctx context.Context) ([]Org, error) {
	list, err := s.LiveMandates(ctx, auth.From(ctx).Person)
	var out []Org
	for _, m := range list {
		if m.Kind == MandateLegal {
			out = append(out, Org{Code: m.Org, Name: m.OrgName})
		}
	}
	return out, err
}

// MyMandates lists what the caller may do for whom, the newest first; mandates
// that are over are among them.
func (s *Service) MyMandates(ctx context.Context) ([]Mandate, error) {
	p := auth.From(ctx)
	if p.Person == "" {
		return nil, nil
	}
	return mandatesOf(ctx, s.db, s.region, p.Person)
}

// MandatesFor lists the mandates that a company gave, to its legal representative.
func (s *Service) MandatesFor(ctx context.Context, org string) ([]Mandate, error) {
	if err := s.mayGrant(ctx, s.db, org); err != nil {
		return nil, err
	}
	return mandatesFor(ctx, s.db, s.region, org)
}

// mayGrant lets only the legal representative of the company give mandates: an
// agent does not pass his on.
//
// Law: 民法典 art. 169: an agent needs the principal's consent to appoint another.
func (s *Service) mayGrant(ctx context.Context, r db.Reader, org string) error {
	if err := authz.Door(ctx, MayGrantMandates); err != nil {
		return err
	}
	ok, err := represents(ctx, r, s.region, auth.From(ctx).Person, org, s.clock.Now())
	if err != nil {
		return err
	}
	if !ok {
		return ErrNotLegal.With("org", org)
	}
	return nil
}

// GrantMandate gives somebody a mandate for a company. Whether the number is
// on record, and under this name, is not told: the mandate takes effect when it
// is, and waits until then.
func (s *Service) GrantMandate(ctx context.Context, g Grant) (Mandate, error) {
	if err := s.mayGrant(ctx, s.db, g.Org); err != nil {
		return Mandate{}, err
	}
	var found Problems
	now := s.clock.Now()
	g.check(now, &found)
	if me, err := s.Me(ctx); err != nil {
		return Mandate{}, err
	} else if me.Number == g.Number {
		found.add("number", "identity.mandate.self")
	}
	if err := found.err(); err != nil {
		return Mandate{}, err
	}
	defer s.seen.forget()
	m := Mandate{Org: g.Org, Name: g.Name, Masked: number.Mask(g.Number), Kind: MandateAgent, Scope: g.Scope, From: now, Until: g.Until, Giver: auth.From(ctx).Name}
	hash := s.lookup("number", g.Number)
	var out Mandate
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.mayGrant(ctx, tx, g.Org); err != nil {
			return err
		}
		given, err := once.Do(ctx, tx, s.region, "mandate/"+g.Org, func() (string, error) {
			p, err := personByHash(ctx, tx, s.region, hash)
			if err != nil && !errors.Is(err, ErrNoPerson) {
				return "", err
			}
			m.Person = ""
			if err == nil && p.Name == g.Name {
				m.Person = p.ID
			}
			err = s.putMandateTx(ctx, tx, &m, hash)
			return m.ID, err
		})
		if out = m; err == nil && given != m.ID { // the command ran before; its sender did not hear of it
			out, err = mandateByID(ctx, tx, s.region, given)
		}
		return err
	})
	return out, err
}

func (s *Service) putMandateTx(ctx context.Context, tx *db.Tx, m *Mandate, hash string) error {
	m.ID = id.New("man")
	if err := insertMandate(ctx, tx, s.region, *m, hash); err != nil {
		return err
	}
	details := map[string]any{"mandate": m.ID, "person": m.Person, "agent": m.Masked, "kind": m.Kind, "acts": m.Scope.Acts, "items": m.Scope.Items, "offices": m.Scope.Offices}
	if !m.Until.IsZero() {
		details["until"] = m.Until.Format(time.RFC3339)
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.mandate.given", Object: m.Org, At: s.clock.Now(), Details: details})
	return nil
}

// MandateTx records that a person may act for an organisation and returns the
// mandate's id. The caller has checked the register entry or the written mandate.
func (s *Service) MandateTx(ctx context.Context, tx *db.Tx, m Mandate) (string, error) {
	if m.Kind != MandateLegal && m.Kind != MandateAgent {
		return "", fmt.Errorf("mandate of unknown kind %q", m.Kind)
	}
	if _, err := orgByCode(ctx, tx, s.region, m.Org); err != nil {
		return "", err
	}
	p, err := personByID(ctx, tx, s.region, m.Person)
	if err != nil {
		return "", err
	}
	if m.From.IsZero() {
		m.From = s.clock.Now()
	}
	if len(m.Scope.Acts) == 0 {
		m.Scope.Acts = MandateActs
	}
	m.Name, m.Masked = p.Name, number.Mask(p.Number)
	err = s.putMandateTx(ctx, tx, &m, s.lookup("number", p.Number))
	return m.ID, err
}

// EndMandate takes a mandate back at once: its company's legal representative
// does, or the agent himself, or whoever keeps the register. Sessions that act
// under it act for the person again with the next request.
func (s *Service) EndMandate(ctx context.Context, mandate string) error {
	p := auth.From(ctx)
	if authz.Door(ctx, MayManageOrgs) != nil {
		if err := authz.Door(ctx, MayGrantMandates); err != nil {
			return err
		}
	}
	defer s.seen.forget()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, s.region, "mandate/"+mandate, func() (string, error) { return mandate, s.endMandate(ctx, tx, p, mandate) })
		return err
	})
}

func (s *Service) endMandate(ctx context.Context, tx *db.Tx, p auth.Principal, mandate string) error {
	m, err := mandateByID(ctx, tx, s.region, mandate)
	if err != nil {
		return err
	}
	mine := m.Person != "" && m.Person == p.Person
	if authz.Door(ctx, MayManageOrgs) != nil {
		if m.Kind == MandateLegal {
			return ErrNoMandate // the register decides who represents a company
		}
		if err := s.mayGrant(ctx, tx, m.Org); err != nil && !mine {
			return ErrNoMandate // whether it exists is not for everybody
		}
	}
	if err := endMandate(ctx, tx, s.region, mandate, p.Name, s.clock.Now()); err != nil {
		if errors.Is(err, db.ErrStale) {
			return ErrMandateOver
		}
		return err
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.mandate.ended", Object: m.Org, At: s.clock.Now(),
		Details: map[string]any{"mandate": mandate, "person": m.Person, "agent": m.Masked, "by_agent": mine}})
	return nil
}
