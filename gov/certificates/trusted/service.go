package trusted

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/guess"
	"tongban/platform/once"
	"tongban/platform/sign"
)

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Log     *slog.Logger
	Region  string                    // who keeps the list
	Name    func() string             // what this installation calls itself
	Site    string                    // how others reach it
	Trust   func() certificates.Trust // the public half of its keys
	Key     sign.KeyHolder            // Ed25519, signs its node file and its list
	Issuers Issuers                   // nil: names are compared with those of nodes only
	Holders Holders                   // nil: nothing is taken in
	HTTP    *http.Client              // nil: one with short limits
}

// Issuers knows the offices whose names others may try to pass for.
type Issuers interface {
	// Known gives the names of offices by their unified codes.
	Known(ctx context.Context) (map[string]string, error)
}

// Holders knows who the caller is.
type Holders interface {
	// Holder is the person or organisation that the caller acts for: id, and the
	// name and number that certificates carry.
	Holder(ctx context.Context) (id, name, number string, err error)
}

// Service keeps the trust list and asks other nodes.
type Service struct {
	Deps
	guesses guess.Counter
	mu      sync.Mutex
	kept    *registry
}

// New returns a service.
func New(d Deps) *Service {
	if d.HTTP == nil {
		d.HTTP = newClient()
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d}
}

// Own is the node file of this installation. Its fingerprint changes with its
// name, its site and its keys, and not with time.
func (s *Service) Own() (File, error) {
	return MakeFile(About{Name: s.Name(), Region: s.Region, Site: strings.TrimRight(s.Site, "/"), Trust: s.Trust()}, s.Key, s.Clock.Now())
}

// Proposal is what somebody enters.
type Proposal struct {
	File        []byte // node file
	Fingerprint string // as the other office reads it
	Kinds       []string
	Grade       string
	Follow      bool
	From, Until time.Time
	Note        string
}

const maxReason = 500

func reason(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" || len([]rune(s)) > maxReason {
		return "", ErrReason
	}
	return s, nil
}

// node is the proposal as a version.
func (s *Service) node(ctx context.Context, in Proposal) (Node, error) {
	f, err := ReadFile(in.File)
	if err != nil {
		return Node{}, err
	}
	note, err := reason(in.Note)
	if err != nil {
		return Node{}, err
	}
	if CleanFingerprint(in.Fingerprint) != f.Fingerprint {
		return Node{}, ErrFingerprint
	}
	by := auth.From(ctx)
	n := Node{Region: s.Region, ID: nodeID(f.Site), State: Proposed, File: f, Kinds: slices.Compact(slices.Sorted(slices.Values(in.Kinds))), Grade: in.Grade, Follow: in.Follow, From: in.From, Until: in.Until,
		Note: note, ProposedBy: by.ID, ProposedName: by.Name, ProposedAt: s.Clock.Now()}
	bad := slices.ContainsFunc(n.Kinds, func(k string) bool { return k == "" || len(k) > 64 })
	if !slices.Contains([]string{"A", "B", "C", "D"}, n.Grade) || len(n.Kinds) > 500 || bad || !n.Until.IsZero() && !n.Until.After(n.From) {
		return Node{}, ErrTerms
	}
	if own, err := siteOf(s.Site); err == nil && nodeID(own) == n.ID || slices.Contains(n.keys(), sign.KeyID(s.Key.Public())) {
		return Node{}, ErrSelf
	}
	return n, nil
}

// Propose enters a node, or another version of one; it counts when somebody
// else has compared the fingerprint as well.
func (s *Service) Propose(ctx context.Context, in Proposal) (Node, error) {
	if err := authz.Require(ctx, MayPropose, authz.Object{Region: s.Region}); err != nil {
		return Node{}, err
	}
	n, err := s.node(ctx, in)
	if err != nil {
		return Node{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, s.Region, "certificates.node.propose "+n.ID, func() (string, error) {
			if err := s.fits(ctx, tx, &n); err != nil {
				return "", err
			}
			if err := insertNode(ctx, tx, n); err != nil {
				return "", err
			}
			s.record(ctx, tx, "certificates.node.proposed", n, n.Note)
			return fmt.Sprint(n.Version), nil
		})
		return err
	})
	s.forget()
	return n, err
}

// fits numbers a version and compares it with what is there.
func (s *Service) fits(ctx context.Context, tx *db.Tx, n *Node) error {
	before, err := versionsOf(ctx, tx, s.Region, n.ID)
	if err != nil {
		return err
	}
	n.Version = 1
	for i, v := range before {
		if i == 0 {
			n.Version = v.Version + 1
		}
		switch {
		case v.State == Proposed:
			return ErrOpen.With("name", v.ProposedName)
		case v.State == Active && v.Fingerprint == n.Fingerprint && slices.Equal(v.Kinds, n.Kinds) && v.Grade == n.Grade && v.Follow == n.Follow && v.From.Equal(n.From) && v.Until.Equal(n.Until):
			return ErrUnchanged
		}
	}
	return s.distinct(ctx, tx, *n)
}

// distinct refuses a node that has the key of another one, or its looks. Those
// that were removed count too: nobody comes back under another name.
func (s *Service) distinct(ctx context.Context, r db.Reader, n Node) error {
	all, err := allNodes(ctx, r, s.Region)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.ID != n.ID && slices.ContainsFunc(o.keys(), func(k string) bool { return slices.Contains(n.keys(), k) }) {
			return ErrKeyTaken.With("name", o.Name)
		}
	}
	own, err := s.Own()
	if err != nil {
		return err
	}
	same, _ := Likenesses(n.File, append(all, Node{ID: nodeID(own.Site), File: own}))
	return same
}

func (s *Service) record(ctx context.Context, tx *db.Tx, action string, n Node, note string) {
	audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: action, Object: n.ID, At: s.Clock.Now(),
		Details: map[string]any{"name": n.Name, "site": n.Site, "version": n.Version, "fingerprint": n.Fingerprint, "note": note}})
}

// Decision is what the second person says.
type Decision struct {
	ID          string
	Version     int
	Approve     bool
	Fingerprint string // as the other office reads it to this person; for an approval
	Answer      string // why it is sent back
}

// Decide approves a proposal, whose fingerprint this person has compared as
// well, or sends it back.
func (s *Service) Decide(ctx context.Context, d Decision) (Node, error) {
	if err := authz.Require(ctx, MayApprove, authz.Object{Region: s.Region}); err != nil {
		return Node{}, err
	}
	if d.Answer = strings.TrimSpace(d.Answer); !d.Approve && d.Answer == "" || len([]rune(d.Answer)) > maxReason {
		return Node{}, ErrReason
	}
	var n Node
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, s.Region, fmt.Sprintf("certificates.node.decide %s %d", d.ID, d.Version), func() (string, error) {
			before, err := versionsOf(ctx, tx, s.Region, d.ID)
			if err != nil {
				return "", err
			}
			i := slices.IndexFunc(before, func(v Node) bool { return v.Version == d.Version })
			if i < 0 {
				return "", ErrNoNode
			}
			n = before[i]
			if err := s.may(ctx, n, d); err != nil {
				return "", err
			}
			if err := s.decided(ctx, tx, &n, before, d); err != nil {
				return "", err
			}
			return n.ID, nil
		})
		return err
	})
	s.forget()
	return n, err
}

// may refuses the second person where he is the first one, or did not compare.
func (s *Service) may(ctx context.Context, n Node, d Decision) error {
	switch {
	case n.State != Proposed:
		return ErrDecided
	case auth.From(ctx).ID == n.ProposedBy:
		return ErrSamePerson
	case d.Approve && CleanFingerprint(d.Fingerprint) != n.Fingerprint:
		return ErrFingerprint
	}
	return nil
}

func (s *Service) decided(ctx context.Context, tx *db.Tx, n *Node, before []Node, d Decision) error {
	by, now := auth.From(ctx), s.Clock.Now()
	n.State, n.DecidedBy, n.DecidedName, n.DecidedAt, n.Answer = Rejected, by.ID, by.Name, now, d.Answer
	action := "certificates.node.rejected"
	if d.Approve {
		if err := s.distinct(ctx, tx, *n); err != nil {
			return err
		}
		change, err := lastChange(ctx, tx, s.Region)
		if err != nil {
			return err
		}
		for _, v := range before {
			if v.Version < n.Version && (v.State == Active || v.State == Suspended || v.State == Removed) {
				was := v.State
				v.State = Replaced
				if err := moveNode(ctx, tx, v, was); err != nil {
					return ErrDecided.Because(err)
				}
			}
		}
		n.State, n.Change, n.ChangedBy, n.ChangedName, n.ChangedAt = Active, change+1, by.ID, by.Name, now
		action = "certificates.node.approved"
	}
	if err := moveNode(ctx, tx, *n, Proposed); err != nil {
		return ErrDecided.Because(err)
	}
	s.record(ctx, tx, action, *n, d.Answer)
	return nil
}

// Suspend stops trusting a node for the time being, at once.
func (s *Service) Suspend(ctx context.Context, id, why string) (Node, error) {
	return s.turn(ctx, id, why, Suspended, "certificates.node.suspended", Active)
}

// Remove ends trusting a node, at once and for good: to come back it is
// proposed again.
func (s *Service) Remove(ctx context.Context, id, why string) (Node, error) {
	return s.turn(ctx, id, why, Removed, "certificates.node.removed", Active, Suspended)
}

// Restore gives back what was suspended; somebody else does it.
func (s *Service) Restore(ctx context.Context, id, why string) (Node, error) {
	return s.turn(ctx, id, why, Active, "certificates.node.restored", Suspended)
}

func (s *Service) turn(ctx context.Context, id, why string, to State, action string, from ...State) (Node, error) {
	at := authz.Object{Region: s.Region}
	if err := authz.Require(ctx, MayApprove, at); err != nil && (to == Active || authz.Require(ctx, MayPropose, at) != nil) {
		return Node{}, err
	}
	why, err := reason(why)
	if err != nil {
		return Node{}, err
	}
	var n Node
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, s.Region, action+" "+id, func() (string, error) {
			all, err := versionsOf(ctx, tx, s.Region, id)
			if err != nil {
				return "", err
			}
			i := slices.IndexFunc(all, func(v Node) bool { return v.State == Active || v.State == Suspended || v.State == Removed })
			if i < 0 {
				return "", ErrNoNode
			}
			n = all[i]
			by, was := auth.From(ctx), n.State
			if !slices.Contains(from, was) {
				return "", ErrDecided
			}
			if to == Active && n.ChangedBy == by.ID {
				return "", ErrSamePerson
			}
			change, err := lastChange(ctx, tx, s.Region)
			if err != nil {
				return "", err
			}
			n.State, n.Reason, n.ChangedBy, n.ChangedName, n.ChangedAt, n.Change = to, why, by.ID, by.Name, s.Clock.Now(), change+1
			if err := moveNode(ctx, tx, n, was); err != nil {
				return "", ErrDecided.Because(err)
			}
			audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: action, Object: n.ID, At: n.ChangedAt,
				Details: map[string]any{"name": n.Name, "site": n.Site, "version": n.Version, "note": why}})
			return n.ID, nil
		})
		return err
	})
	s.forget()
	return n, err
}
