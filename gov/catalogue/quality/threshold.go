package quality

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// The permissions about the gate.
var (
	// MaySetGate allows another gate to be proposed for a region.
	MaySetGate = authz.Define("catalogue.set_gate", "may propose the least score with which guides of a region are published")
	// MayApproveGate allows it to be approved by another person.
	MayApproveGate = authz.Define("catalogue.approve_gate", "may approve the least score that somebody else proposed")
)

// The refusals about the gate.
var (
	ErrGateRange   = fault.Invalid("catalogue.gate_range")
	ErrGateSame    = fault.Invalid("catalogue.gate_same")
	ErrGateWaiting = fault.Conflict("catalogue.gate_waiting")
	ErrGateDecided = fault.Conflict("catalogue.gate_decided")
	ErrGateOwn     = fault.Forbidden("catalogue.gate_own")
	ErrNoGate      = fault.NotFound("catalogue.no_gate")
)

// Threshold is the least score of a region (门槛) on its way: one person proposes
// it, another decides. The newest approved one counts, for the regions below too
// unless they have their own.
type Threshold struct {
	Region    string
	Number    int
	Gate      int
	State     string // Asked, Granted or Refused
	Reason    string
	By, ByID  string
	At        time.Time
	DecidedBy string
	DecidedAt time.Time
	Note      string
}

// gates are the least scores that count, by region.
type gates struct {
	shipped int
	own     map[string]int
	hash    string // changes with every approval
}

func (s *Service) gates(ctx context.Context, r db.Reader) (gates, error) {
	list, err := approvedGates(ctx, r)
	g := gates{shipped: s.Rules.Gate, own: map[string]int{}}
	var names []string
	for _, t := range list {
		g.own[t.Region] = t.Gate
		names = append(names, t.Region+":"+strconv.Itoa(t.Number))
	}
	g.hash = strings.Join(names, ",")
	return g, err
}

// in is the gate of the nearest region at or above this one.
func (g gates) in(region string) int {
	for _, r := range upwards(region) {
		if gate, ok := g.own[r]; ok {
			return gate
		}
	}
	return g.shipped
}

// upwards are a region and those above it, the nearest first.
func upwards(region string) []string {
	out := []string{region}
	for _, n := range []int{9, 6, 4, 2} {
		if len(region) > n {
			out = append(out, (region[:n] + "000000")[:max(6, n)])
		}
	}
	return append(out, everywhere)
}

// GateOf is the least score with which a guide of a region is published.
func (s *Service) GateOf(ctx context.Context, region string) (int, error) {
	g, err := s.gates(ctx, s.DB)
	return g.in(region), err
}

// Thresholds are the gates of a region and of those below, as they were proposed,
// the newest first.
func (s *Service) Thresholds(ctx context.Context, region string) ([]Threshold, error) {
	if err := authz.Require(ctx, MaySeeScores, authz.Object{Region: region}); err != nil {
		return nil, err
	}
	return listGates(ctx, s.DB, authz.Prefix(region)+"%")
}

// ProposeGate asks for another gate for a region. It counts once another person
// approves it.
func (s *Service) ProposeGate(ctx context.Context, region string, gate int, reason string) (t Threshold, err error) {
	reason = strings.TrimSpace(reason)
	if err := authz.Require(ctx, MaySetGate, authz.Object{Region: region}); err != nil {
		return t, err
	}
	if gate < 0 || gate > 100 {
		return t, ErrGateRange
	}
	if n := utf8.RuneCountInString(reason); n == 0 || n > maxReason {
		return t, ErrReason
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, "catalogue.gate.proposed", func() (string, error) {
			now, err := s.gates(ctx, tx)
			if err != nil {
				return "", err
			}
			last, err := lastGate(ctx, tx, region)
			switch {
			case err != nil:
				return "", err
			case last.State == Asked:
				return "", ErrGateWaiting.With("by", last.By)
			case now.in(region) == gate:
				return "", ErrGateSame.With("gate", gate)
			}
			t = Threshold{Region: region, Number: last.Number + 1, Gate: gate, State: Asked, Reason: reason, By: tx.Actor().Name, ByID: tx.Actor().ID, At: s.Clock.Now()}
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "catalogue.gate.proposed", Object: region, Details: map[string]any{"number": t.Number, "gate": gate, "was": now.in(region), "reason": reason}})
			return strconv.Itoa(t.Number), insertGate(ctx, tx, t)
		})
		if err == nil {
			t, err = lastGate(ctx, tx, region)
		}
		return err
	})
	return t, err
}

// DecideGate approves or refuses what somebody else proposed. Scores follow within
// a minute.
func (s *Service) DecideGate(ctx context.Context, region string, number int, approve bool, note string) (t Threshold, err error) {
	if err := authz.Require(ctx, MayApproveGate, authz.Object{Region: region}); err != nil {
		return t, err
	}
	note = strings.TrimSpace(note)
	if utf8.RuneCountInString(note) > maxReason || note == "" && !approve {
		return t, ErrReason
	}
	if approve {
		return s.decideGate(ctx, region, number, note, Granted, "catalogue.gate.approved")
	}
	return s.decideGate(ctx, region, number, note, Refused, "catalogue.gate.refused")
}

func (s *Service) decideGate(ctx context.Context, region string, number int, note, state, act string) (t Threshold, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if t, err = loadGate(ctx, tx, region, number); err != nil {
			return err
		}
		_, err := once.Do(ctx, tx, region, act, func() (string, error) {
			switch {
			case t.State != Asked:
				return "", ErrGateDecided
			case t.ByID == tx.Actor().ID:
				return "", ErrGateOwn
			}
			t.State, t.DecidedBy, t.DecidedAt, t.Note = state, tx.Actor().Name, s.Clock.Now(), note
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: act, Object: region, Details: map[string]any{"number": number, "gate": t.Gate, "note": note}})
			if err := saveGate(ctx, tx, t); errors.Is(err, db.ErrStale) {
				return "", ErrGateDecided
			} else if err != nil {
				return "", err
			}
			return strconv.Itoa(number), nil
		})
		return err
	})
	return t, err
}
