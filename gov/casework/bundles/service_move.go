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
	if err != nil {
		return err
	}
	switch b.State {
	case Open:
		return s.advance(ctx, tx, &b)
	case Withdrawn: // one case after the other
		return s.endFirst(ctx, tx, b.Reason, b.openCases())
	}
	return nil
}

// AdvanceTx moves a one thing on, inside somebody else's transaction; where
// nothing has changed, nothing happens.
func (s *Service) AdvanceTx(ctx context.Context, tx *db.Tx, region string, id ID) error {
	b, err := load(ctx, tx, region, id)
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
	return s.follow(ctx, tx, w, b)
}

// follow makes the moves. Everything is read before anything is written: what
// is queued is not seen.
func (s *Service) follow(ctx context.Context, tx *db.Tx, w whole, b *Bundle) error {
	standing := map[string]Standing{}
	for _, p := range b.Parts {
		standing[p.ID] = p.Standing()
	}
	moves := Moves(w.offer.Bundle, standing)
	if len(moves) == 0 {
		tx.Unaudited("the parts that are left do not wait for this one")
		return nil
	}
	got, err := s.before(ctx, tx, w, b, moves)
	if err != nil {
		return err
	}
	if err := s.endFirst(ctx, tx, got.why, got.end); err != nil {
		return err
	}
	for _, m := range moves {
		i := slices.IndexFunc(b.Parts, func(p Part) bool { return p.ID == m.Part })
		switch m.Do {
		case StartPart:
			err = s.start(ctx, tx, w, b, i, got.results[m.Part])
		case StopPart:
			s.stop(ctx, tx, b, i, Stopped, m.Because, got.held)
		case EndPart:
			if b.Parts[i].Case == nil {
				s.stop(ctx, tx, b, i, Stopped, m.Because, got.held)
			}
		case CloseAll:
			b.State, b.ClosedAt = Closed, s.Clock.Now()
			s.tell(ctx, tx, b, "bundle.closed", "", "", map[string]any{"parts": partsNow(*b)}, facts.BundleClosed{BundleRef: s.ref(b)})
		}
		if err != nil {
			return err
		}
	}
	update(tx, b)
	return nil
}

// reading is what moves need to know.
type reading struct {
	results map[string]results      // of the parts that start
	held    map[string]drafts.Draft // applications that wait for the applicant
	end     []casework.Case         // cases that are taken back
	why     string
}

// before reads what moves need.
func (s *Service) before(ctx context.Context, tx *db.Tx, w whole, b *Bundle, moves []Move) (got reading, err error) {
	got.results = map[string]results{}
	for _, m := range moves {
		p, _ := b.Part(m.Part)
		def, _ := w.offer.Bundle.Part(m.Part)
		switch {
		case m.Do == StartPart:
			if got.results[m.Part], err = s.results(ctx, tx, def, b); err != nil {
				return got, err
			}
		case m.Do == EndPart && p.Case != nil:
			failed, _ := b.Part(m.Because)
			got.end, got.why = append(got.end, *p.Case), "同一件事中的“"+failed.ItemName+"”没有办成，按申请时的约定一并撤回。"
		}
	}
	got.held, err = s.held(ctx, tx, b)
	return got, err
}

// held are the applications of parts that wait for the applicant.
func (s *Service) held(ctx context.Context, tx *db.Tx, b *Bundle) (map[string]drafts.Draft, error) {
	out := map[string]drafts.Draft{}
	for _, p := range b.Parts {
		if p.State != Held || p.Case != nil {
			continue
		}
		d, err := drafts.Load(ctx, tx, p.ItemRegion, p.Draft)
		if err != nil {
			return nil, err
		}
		out[p.ID] = d
	}
	return out, nil
}

// endFirst takes the first case back that is open; the reaction to that takes
// back the next one. Because: each makes a paper whose number is counted, and
// two papers of one commit would not see each other.
func (s *Service) endFirst(ctx context.Context, tx *db.Tx, why string, list []casework.Case) error {
	i := slices.IndexFunc(list, func(c casework.Case) bool { return c.State.Open() })
	if i < 0 {
		return nil
	}
	c := list[i]
	if _, err := s.Cases.Applications.Shelf.Fetch(ctx, c.Region, c.Item, c.ItemVersion); err != nil {
		return err
	}
	return s.Cases.EndTx(ctx, tx, why, c)
}

// openCases are the cases that are not decided yet.
func (b *Bundle) openCases() []casework.Case {
	var out []casework.Case
	for _, p := range b.Parts {
		if p.Case != nil && p.Case.State.Open() {
			out = append(out, *p.Case)
		}
	}
	return out
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
func (s *Service) start(ctx context.Context, tx *db.Tx, w whole, b *Bundle, i int, got results) error {
	p := &b.Parts[i]
	def, _ := w.offer.Bundle.Part(p.ID)
	item, err := s.current(ctx, def, b.Region)
	if err != nil {
		return err
	}
	if item == nil {
		s.stop(ctx, tx, b, i, Stopped, Gone, nil)
		return nil
	}
	from := p.State
	c, err := s.handIn(ctx, tx, w, p, item, got)
	if err != nil {
		return err
	}
	setPart(tx, b, *p, from, s.Clock.Now())
	moved := facts.BundleMoved{BundleRef: s.ref(b), Part: p.ID, To: string(p.State), Case: string(c.ID), Because: p.Because}
	if p.State == Held {
		s.tell(ctx, tx, b, "bundle.part_held", "", p.ItemName, map[string]any{"part": p.ID, "item": p.Item, "because": p.Because}, moved)
		return nil
	}
	s.tell(ctx, tx, b, "bundle.part_started", "", p.ItemName, map[string]any{"part": p.ID, "item": p.Item}, moved)
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

// stop ends a part that has no case; the application of one that was held is
// given up.
func (s *Service) stop(ctx context.Context, tx *db.Tx, b *Bundle, i int, to PartState, because string, held map[string]drafts.Draft) {
	p := &b.Parts[i]
	from := p.State
	if d, ok := held[p.ID]; ok && d.State == drafts.DraftOpen {
		d.State = drafts.DraftDiscarded
		by := tx.Actor()
		drafts.Update(tx, &d, by.ID, by.Name, s.Clock.Now(), nil)
	}
	p.State, p.Because, p.Since = to, because, s.Clock.Now()
	setPart(tx, b, *p, from, s.Clock.Now())
	moved := facts.BundleMoved{BundleRef: s.ref(b), Part: p.ID, To: string(to), Because: because}
	if to == Dropped {
		s.tell(ctx, tx, b, "bundle.part_dropped", "applicant", p.ItemName, map[string]any{"part": p.ID, "because": because}, moved)
		return
	}
	s.tell(ctx, tx, b, "bundle.part_stopped", "", p.ItemName, map[string]any{"part": p.ID, "because": because}, moved)
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
	b, err := s.change(ctx, "withdraw", region, id, func(tx *db.Tx, b *Bundle) error {
		if b.State != Open {
			return ErrEnded.With("state", string(b.State))
		}
		held, err := s.held(ctx, tx, b)
		if err != nil {
			return err
		}
		if err := s.endFirst(ctx, tx, why, b.openCases()); err != nil {
			return err
		}
		for i := range b.Parts {
			if at := b.Parts[i].Standing(); at == Ahead || at == Running && b.Parts[i].Case == nil {
				s.stop(ctx, tx, b, i, Dropped, why, held)
			}
		}
		b.State, b.Reason, b.ClosedAt = Withdrawn, why, s.Clock.Now()
		s.tell(ctx, tx, b, "bundle.withdrawn", "applicant", why, nil, facts.BundleClosed{BundleRef: s.ref(b), Withdrawn: true})
		update(tx, b)
		return nil
	})
	if err != nil {
		return b, err
	}
	each := once.With(ctx, "")        // the key of the command is kept by the first commit
	for _, c := range b.openCases() { // the reactions would; who looks now sees it done
		if _, err := s.Cases.Withdraw(each, c.Region, c.ID, why); err != nil && !errors.Is(err, casework.ErrWrongState) {
			return b, err
		}
	}
	return s.Bundle(ctx, region, id)
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
			if err := s.endFirst(ctx, tx, why, []casework.Case{*p.Case}); err != nil {
				return err
			}
			s.tell(ctx, tx, b, "bundle.part_withdrawn", "applicant", why, map[string]any{"part": part}, nil)
			update(tx, b)
			return nil
		}
		w, err := s.whole(ctx, tx, b)
		if err != nil {
			return err
		}
		held, err := s.held(ctx, tx, b)
		if err != nil {
			return err
		}
		s.stop(ctx, tx, b, i, Dropped, why, held)
		return s.follow(ctx, tx, w, b)
	})
}
