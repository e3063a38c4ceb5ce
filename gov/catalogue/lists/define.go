package lists

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/standard"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// The refusals of definitions.
var (
	ErrNoDefinition = fault.NotFound("lists.no_definition")
	ErrElsewhere    = fault.Forbidden("lists.elsewhere") // another region keeps the list
	ErrWaiting      = fault.Conflict("lists.waiting")    // a proposal for the list waits
	ErrDecided      = fault.Conflict("lists.decided")    // the proposal waits no more
	ErrOwnProposal  = fault.Forbidden("lists.own")       // two persons
	ErrNotYours     = fault.Forbidden("lists.not_yours") // only who proposed takes back
	ErrNoChange     = fault.Invalid("lists.no_change")   // says what counts already
	ErrNoReason     = fault.Invalid("lists.no_reason")   // a rejection says why
)

// All are the lists that are published, in order: those that ship, as they
// count now, and those that regions defined.
func (s *Service) All(ctx context.Context) ([]List, error) {
	defined, err := approved(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(all)
	for _, d := range defined {
		if i := slices.IndexFunc(out, func(l List) bool { return l.ID == d.ID }); i >= 0 {
			out[i] = d.List
			continue
		}
		out = append(out, d.List)
	}
	return slices.DeleteFunc(out, func(l List) bool { return l.Retired }), nil
}

// Of finds a list that is published.
func (s *Service) Of(ctx context.Context, id string) (List, error) {
	list, err := s.All(ctx)
	if err != nil {
		return List{}, err
	}
	i := slices.IndexFunc(list, func(l List) bool { return l.ID == id })
	if i < 0 {
		return List{}, ErrNoList.With("list", id)
	}
	return list[i], nil
}

// Definitions are the versions of all lists that were ever proposed, the newest
// first; waiting gives those only that wait for a decision.
func (s *Service) Definitions(ctx context.Context, waiting bool) ([]Definition, error) {
	if authz.Door(ctx, catalogue.MayDefineLists) != nil {
		if err := authz.Door(ctx, catalogue.MayApproveChanges); err != nil {
			return nil, err
		}
	}
	return definitions(ctx, s.DB, waiting)
}

// Propose asks for a list to be made, changed or retired. It counts once
// another person approves it.
func (s *Service) Propose(ctx context.Context, d Definition) (Definition, error) {
	for _, t := range []*string{&d.Zh, &d.En, &d.LeadZh, &d.LeadEn, &d.Reason, &d.ID} {
		*t = strings.TrimSpace(*t)
	}
	if err := authz.Require(ctx, catalogue.MayDefineLists, authz.Object{Region: d.Region}); err != nil {
		return Definition{}, err
	}
	if err := s.Catalogue.Region(ctx, "region", d.Region); err != nil {
		return Definition{}, err
	}
	fields, err := s.Catalogue.Fields(ctx, d.Region)
	if err != nil {
		return Definition{}, err
	}
	if bad := d.check(fields); len(bad) > 0 {
		return Definition{}, bad
	}
	d.At, d.State = s.Clock.Now(), Proposed
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := once.Do(ctx, tx, d.Region, "catalogue.list.proposed", func() (string, error) {
			if err := s.numberTx(ctx, tx, &d); err != nil {
				return "", err
			}
			d.By, d.ByID = tx.Actor().Name, tx.Actor().ID
			audit.Record(ctx, tx, audit.Entry{Region: d.Region, Action: "catalogue.list.proposed", Object: d.ID, Details: d.details()})
			return strconv.Itoa(d.Number), insertDefinition(ctx, tx, d)
		})
		if err == nil {
			number, _ := strconv.Atoi(n)
			d, err = loadDefinition(ctx, tx, d.ID, number)
		}
		return err
	})
	return d, err
}

// numberTx finds the next number of a list and checks who keeps it.
func (s *Service) numberTx(ctx context.Context, tx *db.Tx, d *Definition) error {
	versions, err := versionsOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	var now *List
	if l, ok := Of(d.ID); ok {
		if l.Region = s.Region; d.Region != s.Region { // what ships belongs to the whole node
			return ErrElsewhere.With("region", s.Region)
		}
		now = &l
	}
	for _, v := range versions { // the newest first
		switch {
		case v.State == Proposed:
			return ErrWaiting.With("by", v.By)
		case v.Region != d.Region:
			return ErrElsewhere.With("region", v.Region)
		}
	}
	if i := slices.IndexFunc(versions, func(v Definition) bool { return v.State == Approved }); i >= 0 {
		now = &versions[i].List
	}
	if now != nil && now.Same(d.List) {
		return ErrNoChange
	}
	d.Number = 1
	if len(versions) > 0 {
		d.Number = versions[0].Number + 1
	}
	return nil
}

func (d *Definition) details() map[string]any {
	return map[string]any{"number": d.Number, "name": d.Zh, "columns": d.Columns, "types": d.Types, "retired": d.Retired, "reason": d.Reason}
}

// Approve makes a proposal count. Who proposed it cannot.
func (s *Service) Approve(ctx context.Context, id string, number int, note string) (Definition, error) {
	return s.decide(ctx, id, number, note, Approved, "catalogue.list.approved")
}

// Reject refuses a proposal, with the reason.
func (s *Service) Reject(ctx context.Context, id string, number int, note string) (Definition, error) {
	if strings.TrimSpace(note) == "" {
		return Definition{}, ErrNoReason
	}
	return s.decide(ctx, id, number, note, Rejected, "catalogue.list.rejected")
}

// Withdraw takes one's own proposal back.
func (s *Service) Withdraw(ctx context.Context, id string, number int) (Definition, error) {
	return s.decide(ctx, id, number, "", Withdrawn, "catalogue.list.withdrawn")
}

func (s *Service) decide(ctx context.Context, id string, number int, note string, to State, act string) (d Definition, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if d, err = loadDefinition(ctx, tx, id, number); err != nil {
			return err
		}
		may := catalogue.MayApproveChanges
		if to == Withdrawn {
			may = catalogue.MayDefineLists
		}
		if err := authz.Require(ctx, may, authz.Object{Region: d.Region}); err != nil {
			return err
		}
		_, err := once.Do(ctx, tx, d.Region, act, func() (string, error) {
			switch {
			case d.State != Proposed:
				return "", ErrDecided
			case to == Withdrawn && d.ByID != tx.Actor().ID:
				return "", ErrNotYours
			case to != Withdrawn && d.ByID == tx.Actor().ID:
				return "", ErrOwnProposal
			}
			d.State, d.DecidedBy, d.DecidedAt, d.Note = to, tx.Actor().Name, s.Clock.Now(), strings.TrimSpace(note)
			audit.Record(ctx, tx, audit.Entry{Region: d.Region, Action: act, Object: d.ID, Details: map[string]any{"number": d.Number, "note": d.Note}})
			if err := saveDecision(ctx, tx, d); errors.Is(err, db.ErrStale) {
				return "", ErrDecided
			} else if err != nil {
				return "", err
			}
			return strconv.Itoa(number), nil
		})
		return err
	})
	return d, err
}

// Fields are the elements that a list of a region may show.
func (s *Service) Fields(ctx context.Context, region string) ([]standard.Field, error) {
	return s.Catalogue.Fields(ctx, region)
}
