package oversight

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"

	"tongban/gov/casework"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/events"
)

// Deps is what the service needs.
type Deps struct {
	DB       *db.DB
	Casework *casework.Service
	Bus      *events.Bus
	Verifier note.Verifier // of the checkpoints
	Region   string        // top region of the node
	Regions  []string      // all that it keeps
}

// Service watches cases and reads the record.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// Total is how many steps are red and yellow.
type Total struct{ Red, Yellow int }

// Overview counts red and yellow cards by office, item, holder or region.
func (s *Service) Overview(ctx context.Context, by casework.WatchBy) ([]casework.WatchRow, Total, error) {
	rows, err := s.Casework.Watch(ctx, casework.WatchQuery{Below: true, By: by})
	var t Total
	for _, r := range rows {
		t.Red, t.Yellow = t.Red+r.Red, t.Yellow+r.Yellow
	}
	return rows, t, err
}

// Cards lists the steps behind the counts, the one longest over first.
func (s *Service) Cards(ctx context.Context, q casework.WatchQuery) (casework.Inbox, error) {
	q.Below = true
	return s.Casework.WatchList(ctx, q)
}

// File opens a case for supervision; the reading is on record.
func (s *Service) File(ctx context.Context, region string, id casework.CaseID, purpose string) (casework.File, []casework.Entry, error) {
	if err := authz.Require(ctx, casework.MaySupervise, authz.Object{Region: region}); err != nil {
		return casework.File{}, nil, err
	}
	f, err := s.Casework.Open(ctx, region, id, purpose)
	if err != nil {
		return f, nil, err
	}
	line, err := s.Casework.Timeline(ctx, region, id)
	return f, line, err
}

// Record returns one page of the record, newest first. That it was read is
// itself on record.
func (s *Service) Record(ctx context.Context, f audit.Filter) ([]audit.Act, string, error) {
	if f.Region == "" {
		f.Region = s.Region
	}
	if err := authz.Require(ctx, MayReadRecord, authz.Object{Region: f.Region}); err != nil {
		return nil, "", err
	}
	acts, next, err := audit.Page(ctx, s.DB, f)
	if err != nil {
		return nil, "", err
	}
	return acts, next, s.note(ctx, f.Region, "oversight.record.read", map[string]any{"actor": f.Actor, "object": f.Object, "action": f.Action, "acts": len(acts)})
}

// Recorded lists the regions that have a record and that the caller may read.
func (s *Service) Recorded(ctx context.Context) ([]string, error) {
	all, err := audit.Regions(ctx, s.DB)
	var mine []string
	for _, r := range all {
		if authz.Require(ctx, MayReadRecord, authz.Object{Region: r}) == nil {
			mine = append(mine, r)
		}
	}
	return mine, err
}

// Verify recomputes the whole record and compares it with what was signed.
func (s *Service) Verify(ctx context.Context) (*audit.Report, error) {
	if err := authz.Require(ctx, MayReadRecord, authz.Object{Region: s.Region}); err != nil {
		return nil, err
	}
	report, err := audit.Verify(ctx, s.DB, s.Verifier)
	if err != nil {
		return nil, err
	}
	return report, s.note(ctx, s.Region, "oversight.record.verified", map[string]any{"ok": report.OK(), "sealed": report.Sealed})
}

func (s *Service) note(ctx context.Context, region, action string, details map[string]any) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: action, Object: auth.From(ctx).ID, Details: details})
		return nil
	})
}

// Machine is what the background work left undone.
type Machine struct {
	Waiting, Parked int64
	Since           time.Time     // of the oldest fact that waits
	Held            []events.Held // at most a hundred of each region, oldest first
	Unsealed        int64
	UnsealedSince   time.Time
}

// Machine shows the facts that could not be delivered, and how far sealing is
// behind.
func (s *Service) Machine(ctx context.Context) (Machine, error) {
	if err := authz.Door(ctx, MaySeeMachine); err != nil {
		return Machine{}, err
	}
	var m Machine
	var err error
	if m.Waiting, m.Parked, m.Since, err = events.Backlog(ctx, s.DB); err != nil {
		return m, err
	}
	if m.Unsealed, m.UnsealedSince, err = audit.Waiting(ctx, s.DB); err != nil {
		return m, err
	}
	for _, region := range s.Regions {
		held, err := events.Parked(ctx, s.DB, region, "", 100)
		if err != nil {
			return m, err
		}
		m.Held = append(m.Held, held...)
	}
	return m, nil
}

// Retry has a parked fact tried again.
func (s *Service) Retry(ctx context.Context, region, fact string) error {
	if err := authz.Door(ctx, MaySeeMachine); err != nil {
		return err
	}
	return gone(s.Bus.Retry(ctx, region, fact))
}

// MaxReason bounds the reason for dropping a fact, in characters.
const MaxReason = 500

// Discard drops a parked fact, with the reason; the record keeps both. What
// would have followed from it does not happen, and what waits behind it goes on.
func (s *Service) Discard(ctx context.Context, region, fact, reason string) error {
	if err := authz.Door(ctx, MayDiscard); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" || utf8.RuneCountInString(reason) > MaxReason {
		return ErrNeedReason.With("max", MaxReason)
	}
	return gone(s.Bus.Discard(ctx, region, fact, reason))
}

// gone says that a fact is no longer there.
func gone(err error) error {
	if errors.Is(err, db.ErrNoRow) || errors.Is(err, db.ErrStale) {
		return ErrNoFact
	}
	return err
}

// LateHandouts lists the papers of decisions that are over their limit for
// delivery or near it and still wait, by counter and by post: at most 100 of
// each, the one longest over first.
//
// Law: 行政许可法 art. 44.
func (s *Service) LateHandouts(ctx context.Context) ([]casework.LitHandout, error) {
	var out []casework.LitHandout
	for _, way := range []casework.Way{casework.AtCounter, casework.ByPost} {
		page, err := s.Casework.Handouts.Late(ctx, casework.MaySupervise, way, "", 100)
		if err != nil {
			return nil, err
		}
		out = append(out, page.List...)
	}
	slices.SortStableFunc(out, func(a, b casework.LitHandout) int { return a.Due.Compare(b.Due) })
	return out, nil
}
