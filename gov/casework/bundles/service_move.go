package bundles

import (
	"context"
	"errors"
	"slices"

	"tongban/gov/casework"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/facts"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/once"
)

// React registers what one things hear: the end of a case moves the parts that
// wait for it.
func (s *Service) React(bus *events.Bus) {
	events.ReactTidy(bus, "casework.bundle_decided", func(ctx context.Context, tx *db.Tx, f facts.CaseDecided) error { return s.onCase(ctx, tx, f.CaseRef) })
	events.ReactTidy(bus, "casework.bundle_withdrawn", func(ctx context.Context, tx *db.Tx, f facts.CaseWithdrawn) error { return s.onCase(ctx, tx, f.CaseRef) })
	events.ReactTidy(bus, "casework.bundle_voided", func(ctx context.Context, tx *db.Tx, f facts.CaseVoided) error { return s.onCase(ctx, tx, f.CaseRef) })
	events.ReactTidy(bus, "casework.bundle_not_accepted", func(ctx context.Context, tx *db.Tx, f facts.AcceptanceRefused) error {
		return s.onCase(ctx, tx, f.CaseRef)
	})
}

// onCase moves the one thing that a case is a part of. The row of the one thing
// is written under the version that was read: of two facts that come at the same
// time one commits, and the other runs again and sees what the first has done.
func (s *Service) onCase(ctx context.Context, tx *db.Tx, f facts.CaseRef) error {
	b, _, err := of(ctx, tx, f.Region, terms.CaseID(f.Case))
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil || b.State != Open {
		return err
	}
	return s.advance(ctx, tx, &b)
}

// advance does what follows from where the parts stand.
func (s *Service) advance(ctx context.Context, tx *db.Tx, b *Bundle) error {
	w, err := s.whole(ctx, tx, b)
	if err != nil {
		return err
	}
	standing := map[string]Standing{}
	for _, p := range b.Parts {
		standing[p.ID] = p.Standing()
	}
	moved := false
	for _, m := range Moves(w.offer.Bundle, standing) {
		i := slices.IndexFunc(b.Parts, func(p Part) bool { return p.ID == m.Part })
		moved = true
		switch m.Do {
		case StartPart:
			err = s.start(ctx, tx, w, b, i)
		case StopPart:
			err = s.stop(ctx, tx, b, i, Stopped, m.Because)
		case EndPart:
			err = s.endPart(ctx, tx, b, i, m.Because)
		case CloseAll:
			b.State, b.ClosedAt = Closed, s.Clock.Now()
			s.tell(ctx, tx, b, "bundle.closed", "", "", map[string]any{"parts": partsNow(*b)}, facts.BundleClosed{BundleRef: s.ref(b)})
		}
		if err != nil {
			return err
		}
	}
	if moved {
		update(tx, b)
	} else {
		tx.Unaudited("the parts that are left do not wait for this one")
	}
	return nil
}

// whole reads what was handed in. The shelf is filled first: a reaction cannot
// begin again.
func (s *Service) whole(ctx context.Context, tx *db.Tx, b *Bundle) (whole, error) {
	d, err := drafts.Load(ctx, tx, b.Region, b.Draft)
	if err != nil {
		return whole{}, err
	}
	o, err := s.Cases.Applications.Shelf.Fetch(ctx, b.Region, b.Item, b.ItemVersion)
	if err != nil {
		return whole{}, err
	}
	return newWhole(o, d), nil
}

// start hands in a part that waited, with the certificates of those before it,
// under the rules that are in force now.
func (s *Service) start(ctx context.Context, tx *db.Tx, w whole, b *Bundle, i int) error {
	p := &b.Parts[i]
	def, _ := w.offer.Bundle.Part(p.ID)
	item, err := s.current(ctx, def, b.Region)
	if err != nil {
		return err
	}
	if item == nil {
		return s.stop(ctx, tx, b, i, Stopped, Gone)
	}
	got, err := s.results(ctx, tx, def, b)
	if err != nil {
		return err
	}
	from := p.State
	c, err := s.handIn(ctx, tx, w, p, item, got)
	if err != nil {
		return err
	}
	setPart(tx, b, *p, from, s.Clock.Now())
	s.tell(ctx, tx, b, "bundle.part_"+string(p.State), "", p.ItemName, map[string]any{"part": p.ID, "item": p.Item, "because": p.Because},
		facts.BundleMoved{BundleRef: s.ref(b), Part: p.ID, To: string(p.State), Case: string(c.ID), Because: p.Because})
	return nil
}

// results are the certificates of the parts that one waits for.
func (s *Service) results(ctx context.Context, tx *db.Tx, def catalogue.Part, b *Bundle) (results, error) {
	got := results{}
	for _, id := range def.After {
		p, ok := b.Part(id)
		if !ok || p.Standing() != Done || p.Case.Certificate == "" {
			continue
		}
		f, err := s.Papers.PaperTx(ctx, tx, p.Case.Region, p.Case.Certificate)
		if err != nil {
			return nil, err
		}
		if f.Status == certificates.Valid {
			got[id] = f.Paper
		}
	}
	return got, nil
}

// stop ends a part that has no case.
func (s *Service) stop(ctx context.Context, tx *db.Tx, b *Bundle, i int, to PartState, because string) error {
	p := &b.Parts[i]
	from := p.State
	if from == Held {
		if err := s.discard(ctx, tx, *p); err != nil {
			return err
		}
	}
	p.State, p.Because, p.Since = to, because, s.Clock.Now()
	setPart(tx, b, *p, from, s.Clock.Now())
	s.tell(ctx, tx, b, "bundle.part_"+string(to), "", p.ItemName, map[string]any{"part": p.ID, "because": because},
		facts.BundleMoved{BundleRef: s.ref(b), Part: p.ID, To: string(to), Because: because})
	return nil
}

// discard gives up the application of a part that was held.
func (s *Service) discard(ctx context.Context, tx *db.Tx, p Part) error {
	d, err := drafts.Load(ctx, tx, p.ItemRegion, p.Draft)
	if err != nil || d.State != drafts.DraftOpen {
		return err
	}
	d.State = drafts.DraftDiscarded
	by := tx.Actor()
	drafts.Update(tx, &d, by.ID, by.Name, s.Clock.Now(), nil)
	return nil
}

// endPart takes back what is under way of a part, because another one failed.
// The applicant agreed to this order when applying.
func (s *Service) endPart(ctx context.Context, tx *db.Tx, b *Bundle, i int, because string) error {
	p := &b.Parts[i]
	if p.Case == nil {
		return s.stop(ctx, tx, b, i, Stopped, because)
	}
	failed, _ := b.Part(because)
	why := "同一件事中的“" + failed.ItemName + "”没有办成，按申请时的约定一并撤回。"
	return s.withdrawCase(ctx, tx, p.Case, why)
}

// withdrawCase takes a case back; one that has ended meanwhile stays as it is.
func (s *Service) withdrawCase(ctx context.Context, tx *db.Tx, c *casework.Case, why string) error {
	if !c.State.Open() {
		return nil
	}
	if _, err := s.Cases.Applications.Shelf.Fetch(ctx, c.Region, c.Item, c.ItemVersion); err != nil {
		return err
	}
	return s.Cases.EndTx(ctx, tx, c.Region, c.ID, why)
}

// change lets somebody who may do something to an open one thing, once a command.
func (s *Service) change(ctx context.Context, act, region string, id ID, f func(tx *db.Tx, b *Bundle) error) (Bundle, error) {
	err := offers.Write(ctx, s.DB, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, "bundle/"+act+"/"+string(id), func() (string, error) {
			b, err := load(ctx, tx, region, id)
			if err != nil {
				return "", err
			}
			if err := mayAnswer(ctx, &b); err != nil {
				return "", err
			}
			return string(id), f(tx, &b)
		})
		return err
	})
	if err != nil {
		return Bundle{}, err
	}
	return load(ctx, s.DB, region, id)
}

// Withdraw takes everything back that is not decided yet.
func (s *Service) Withdraw(ctx context.Context, region string, id ID, why string) (Bundle, error) {
	why, err := cases.Said(why, drafts.MaxReason)
	if err != nil {
		return Bundle{}, err
	}
	return s.change(ctx, "withdraw", region, id, func(tx *db.Tx, b *Bundle) error {
		if b.State != Open {
			return ErrEnded.With("state", string(b.State))
		}
		for i := range b.Parts {
			p := &b.Parts[i]
			switch p.Standing() {
			case Ahead:
				err = s.stop(ctx, tx, b, i, Dropped, why)
			case Running:
				if p.Case == nil {
					err = s.stop(ctx, tx, b, i, Dropped, why)
				} else {
					err = s.withdrawCase(ctx, tx, p.Case, why)
				}
			}
			if err != nil {
				return err
			}
		}
		b.State, b.Reason, b.ClosedAt = Withdrawn, why, s.Clock.Now()
		s.tell(ctx, tx, b, "bundle.withdrawn", "applicant", why, nil, facts.BundleClosed{BundleRef: s.ref(b), Withdrawn: true})
		update(tx, b)
		return nil
	})
}

// DropPart takes one part back: its case, or, when it has not started, the part
// itself. What happens to the others is the rule of the package.
func (s *Service) DropPart(ctx context.Context, region string, id ID, part, why string) (Bundle, error) {
	why, err := cases.Said(why, drafts.MaxReason)
	if err != nil {
		return Bundle{}, err
	}
	return s.change(ctx, "drop/"+part, region, id, func(tx *db.Tx, b *Bundle) error {
		if b.State != Open {
			return ErrEnded.With("state", string(b.State))
		}
		i := slices.IndexFunc(b.Parts, func(p Part) bool { return p.ID == part })
		if i < 0 {
			return ErrNoPart.With("part", part)
		}
		p := &b.Parts[i]
		switch p.Standing() {
		case Ahead, Running:
		default:
			return ErrNotTaken.With("part", part).With("state", string(p.State))
		}
		if p.Case != nil { // the reaction to its withdrawal moves the others
			s.tell(ctx, tx, b, "bundle.part_withdrawn", "applicant", why, map[string]any{"part": part}, nil)
			update(tx, b)
			return s.withdrawCase(ctx, tx, p.Case, why)
		}
		if err := s.stop(ctx, tx, b, i, Dropped, why); err != nil {
			return err
		}
		return s.advance(ctx, tx, b)
	})
}
