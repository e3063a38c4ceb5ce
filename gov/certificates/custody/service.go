package custody

import (
	"context"
	"strings"
	"sync"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/sign/ring"
)

// Deps is what the service needs.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Region string // on whose record orders stand
	Ring   *ring.Ring
	// Office is the name of an office by its unified code.
	Office func(ctx context.Context, code string) (string, error)
	// Noted puts on record what was said about keys, and publishes it.
	Noted func(ctx context.Context) error
	// Signer says where the private keys are; nil: with the server.
	Signer func(ctx context.Context) Signer
}

// Service shows keys and has them replaced.
type Service struct {
	Deps
	mu sync.Mutex // one order is carried out at a time
}

// New returns a service.
func New(d Deps) *Service { return &Service{Deps: d} }

// Proposal is what somebody asks for.
type Proposal struct {
	Act    Act
	Role   string
	Office string
	Reason string
}

// maxReason bounds reasons, in characters.
const maxReason = 300

// order checks a proposal.
func (s *Service) order(ctx context.Context, in Proposal) (Order, error) {
	by := auth.From(ctx)
	o := Order{Region: s.Region, ID: id.New(orderPrefix), Act: in.Act, Role: in.Role, Office: strings.ToUpper(strings.TrimSpace(in.Office)), Reason: strings.TrimSpace(in.Reason), State: Proposed,
		ProposedBy: by.ID, ProposedName: by.Name, ProposedAt: s.Clock.Now()}
	if o.Reason == "" || len([]rune(o.Reason)) > maxReason {
		return o, ErrReason
	}
	l := s.Ring.Known()
	switch o.Act {
	case Replace:
		return o, s.replaces(l, &o)
	case Endow:
		o.Role = ""
		if o.Office == "" {
			return o, ErrOffice
		}
		if _, has := l.InForce(ring.Data, o.Office); has {
			return o, ErrOwn
		}
		name, err := s.Office(ctx, o.Office)
		if fault.IsKind(err, fault.KindNotFound) {
			err = ErrOffice
		}
		o.OfficeName = name
		return o, err
	}
	return o, ErrWhich
}

// replaces checks that there is a key to replace.
func (s *Service) replaces(l *ring.List, o *Order) error {
	if k, ok := l.InForce(o.Role, o.Office); ok {
		o.OfficeName = k.Name
		return nil
	}
	all, err := s.Ring.Authorities()
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Role == o.Role && a.State == ring.InForce && o.Office == "" {
			return nil
		}
	}
	return ErrWhich
}

// Propose enters an order; it counts when somebody else approves it.
func (s *Service) Propose(ctx context.Context, in Proposal) (o Order, err error) {
	if err := authz.Require(ctx, MayPropose, authz.Object{Region: s.Region}); err != nil {
		return o, err
	}
	if o, err = s.order(ctx, in); err != nil {
		return o, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		made, err := once.Do(ctx, tx, s.Region, "certificates.key_order.propose "+string(o.Act)+o.Role+o.Office, func() (string, error) {
			list, err := newest(ctx, tx, s.Region)
			if err != nil {
				return "", err
			}
			for _, x := range list {
				if (x.State == Proposed || x.State == Approved) && x.Act == o.Act && x.Role == o.Role && x.Office == o.Office {
					return "", ErrOpen.With("name", x.ProposedName)
				}
			}
			if err := insertOrder(ctx, tx, o); err != nil {
				return "", err
			}
			audit.Record(ctx, tx, audit.Entry{Region: o.Region, Action: "certificates.key_order.proposed", Object: o.ID, At: o.ProposedAt,
				Details: map[string]any{"act": o.Act, "role": o.Role, "office": o.Office, "reason": o.Reason}})
			return o.ID, nil
		})
		if err == nil && made != o.ID {
			o, err = orderByID(ctx, tx, s.Region, made)
		}
		return err
	})
	return o, err
}

// Order is one order.
func (s *Service) Order(ctx context.Context, order string) (Order, error) {
	if err := authz.Require(ctx, MaySee, authz.Object{Region: s.Region}); err != nil {
		return Order{}, err
	}
	return s.find(ctx, s.DB, order)
}

func (s *Service) find(ctx context.Context, r db.Reader, order string) (Order, error) {
	o, err := orderByID(ctx, r, s.Region, order)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoOrder
	}
	return o, err
}

// Decide approves an order of somebody else, which is then carried out, or
// sends it back. An order that was approved and could not be carried out is
// answered with its Problem, and not refused.
func (s *Service) Decide(ctx context.Context, order string, approve bool, answer string) (o Order, err error) {
	if err := authz.Require(ctx, MayApprove, authz.Object{Region: s.Region}); err != nil {
		return o, err
	}
	if answer = strings.TrimSpace(answer); !approve && answer == "" || len([]rune(answer)) > maxReason {
		return o, ErrReason
	}
	by, now := auth.From(ctx), s.Clock.Now()
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, s.Region, "certificates.key_order.decide "+order, func() (string, error) {
			if o, err = s.find(ctx, tx, order); err != nil {
				return "", err
			}
			switch {
			case o.State != Proposed:
				return "", ErrDecided
			case by.ID == o.ProposedBy:
				return "", ErrSamePerson
			}
			o.State, o.DecidedBy, o.DecidedName, o.DecidedAt, o.Answer = Rejected, by.ID, by.Name, now, answer
			if approve {
				o.State = Approved
			}
			if err := moveOrder(ctx, tx, o, Proposed); err != nil {
				return "", ErrDecided.Because(err)
			}
			if approve {
				audit.Record(ctx, tx, audit.Entry{Region: o.Region, Action: "certificates.key_order.approved", Object: o.ID, At: now,
					Details: map[string]any{"act": o.Act, "role": o.Role, "office": o.Office, "answer": answer}})
				return o.ID, nil
			}
			audit.Record(ctx, tx, audit.Entry{Region: o.Region, Action: "certificates.key_order.rejected", Object: o.ID, At: now,
				Details: map[string]any{"act": o.Act, "role": o.Role, "office": o.Office, "answer": answer}})
			return o.ID, nil
		})
		return err
	})
	if err == nil && o.ID == "" { // the same command once more
		o, err = s.find(ctx, s.DB, order)
	}
	if err != nil || o.State != Approved {
		return o, err
	}
	return s.carry(ctx, order)
}

// Carry has an approved order carried out, when that failed before.
func (s *Service) Carry(ctx context.Context, order string) (Order, error) {
	object := authz.Object{Region: s.Region}
	if err := authz.Require(ctx, MayPropose, object); err != nil {
		if err := authz.Require(ctx, MayApprove, object); err != nil {
			return Order{}, err
		}
	}
	return s.carry(ctx, order)
}

func (s *Service) carry(ctx context.Context, order string) (Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.find(ctx, s.DB, order)
	if err != nil {
		return o, err
	}
	if o.State != Approved {
		return o, ErrNotNow
	}
	problem, said := "", ""
	if said, err = s.obey(ctx, o); err != nil {
		problem = fault.Of(err).Code
	} else if err = s.Noted(ctx); err != nil {
		return o, err // it is done, and the next try only writes it down
	} else {
		o.Statement = said
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if o.Problem = problem; problem == "" {
			o.State, o.DoneAt = Done, s.Clock.Now()
		}
		if err := moveOrder(ctx, tx, o, Approved); err != nil {
			return ErrNotNow.Because(err)
		}
		if problem == "" {
			audit.Record(ctx, tx, audit.Entry{Region: o.Region, Action: "certificates.key_order.done", Object: o.ID, At: o.DoneAt,
				Details: map[string]any{"act": o.Act, "role": o.Role, "office": o.Office, "statement": o.Statement}})
			return nil
		}
		audit.Record(ctx, tx, audit.Entry{Region: o.Region, Action: "certificates.key_order.failed", Object: o.ID, At: s.Clock.Now(),
			Details: map[string]any{"act": o.Act, "role": o.Role, "office": o.Office, "why": problem}})
		return nil
	})
	return o, err
}

// obey has the keys say what an order wants, once: a statement that names the
// order was made before a crash.
func (s *Service) obey(ctx context.Context, o Order) (string, error) {
	if err := s.Ring.Reload(); err != nil {
		return "", err
	}
	for _, signed := range s.Ring.Known().Statements {
		if x, err := signed.Read(); err == nil && strings.HasSuffix(x.Reason, o.mark()) {
			return signed.Hash(), nil
		}
	}
	if o.Act == Endow {
		signed, err := s.Ring.Join(o.Office, o.OfficeName, o.Reason+o.mark())
		return signed.Hash(), err
	}
	heads, err := audit.Heads(ctx, s.DB)
	if err != nil {
		return "", err
	}
	in := ring.Order{Role: o.Role, Party: o.Office, Reason: o.Reason + o.mark()}
	for _, h := range heads {
		in.Record = append(in.Record, h.Note)
	}
	signed, err := s.Ring.Rotate(in)
	return signed.Hash(), err
}
