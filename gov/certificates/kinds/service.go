package kinds

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/lookalike"
	"tongban/platform/once"
)

// The permissions of the catalogue of types.
var (
	MayDefine  = authz.Define("certificates.types.define", "propose certificate types of one's region")
	MayApprove = authz.Define("certificates.types.approve", "approve or send back certificate types that somebody else proposed")
)

// The refusals.
var (
	ErrNoType     = fault.NotFound("certificates.types.no_type")
	ErrSamePerson = fault.Forbidden("certificates.types.same_person") // who proposed cannot approve
	ErrDecided    = fault.Conflict("certificates.types.decided")      // somebody else decided it
	ErrOpen       = fault.Conflict("certificates.types.open")         // a proposal for this type waits already
	ErrUnchanged  = fault.Invalid("certificates.types.unchanged")     // it says what the version in force says
	ErrElsewhere  = fault.Conflict("certificates.types.elsewhere")    // another region keeps this code
	ErrNote       = fault.Invalid("certificates.types.note")          // why it is proposed, or sent back
)

// Deps is what the service needs.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
}

// Service keeps the catalogue.
type Service struct {
	Deps
	mu    sync.Mutex
	kept  map[string]Type // newest approved version by code
	since time.Time
}

// New returns a service.
func New(d Deps) *Service { return &Service{Deps: d} }

// fresh is how long a server may go by what it has read: another one on the
// same database may have approved a version meanwhile.
const fresh = 5 * time.Second

// all gives the types in force, from memory.
func (s *Service) all(ctx context.Context, r db.Reader) (map[string]Type, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.Clock.Now(); s.kept == nil || now.Sub(s.since) > fresh || now.Before(s.since) {
		list, err := allApproved(ctx, r)
		if err != nil {
			return nil, err
		}
		s.kept, s.since = map[string]Type{}, now
		for _, t := range list {
			s.kept[t.Code] = t
		}
	}
	return s.kept, nil
}

func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = nil
}

func (s *Service) inForce(ctx context.Context, r db.Reader, code string) (Type, bool, error) {
	all, err := s.all(ctx, r)
	t, ok := all[code]
	return t, ok, err
}

// InForce is the version of a type that counts now.
func (s *Service) InForce(ctx context.Context, code string) (Type, error) {
	t, ok, err := s.inForce(ctx, s.DB, strings.ToUpper(code))
	if err == nil && !ok {
		err = ErrNoType
	}
	return t, err
}

// List gives the types in force whose name, key, code or authority has all
// the words, by authority and name.
func (s *Service) List(ctx context.Context, find string) ([]Type, error) {
	all, err := s.all(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	var out []Type
	for _, t := range all {
		text := strings.ToLower(t.Name.Zh + " " + t.Name.En + " " + t.Key + " " + t.Code + " " + t.By.Zh + " " + t.By.En)
		if !slices.ContainsFunc(strings.Fields(strings.ToLower(find)), func(w string) bool { return !strings.Contains(text, w) }) {
			out = append(out, t)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		return a.Authority+a.Name.Zh+a.Code < b.Authority+b.Name.Zh+b.Code
	})
	return out, nil
}

// Versions gives all versions of a type, the newest first.
func (s *Service) Versions(ctx context.Context, region, code string) ([]Type, error) {
	return versionsOf(ctx, s.DB, region, code)
}

// Waiting lists the proposals of a region.
func (s *Service) Waiting(ctx context.Context, region string) ([]Type, error) {
	return ofState(ctx, s.DB, region, Proposed)
}

// Propose records a new version, or a new type. Problems are returned for one
// that cannot be taken.
func (s *Service) Propose(ctx context.Context, region string, t Type, note string) (Type, error) {
	if err := authz.Require(ctx, MayDefine, authz.Object{Region: region}); err != nil {
		return Type{}, err
	}
	note = strings.TrimSpace(note)
	silent := note == "" || len([]rune(note)) > 500
	problems := t.Check()
	if alike, err := s.alike(ctx, t); err != nil {
		return Type{}, err
	} else if problems = append(problems, alike...); len(problems) > 0 {
		if silent { // said together with the rest
			problems = append(problems, Problem{"note", "note"})
		}
		return Type{}, problems
	}
	if silent {
		return Type{}, ErrNote
	}
	by := auth.From(ctx)
	t.Region, t.State, t.Note, t.ProposedBy, t.ProposedName, t.ProposedAt = region, Proposed, note, by.ID, by.Name, s.Clock.Now()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, "certificates.type.propose "+t.Code, func() (string, error) {
			if err := s.follows(ctx, tx, &t); err != nil {
				return "", err
			}
			if err := insert(ctx, tx, t); err != nil {
				return "", err
			}
			record(ctx, tx, "certificates.type.proposed", t, note)
			return fmt.Sprint(t.Version), nil
		})
		return err
	})
	return t, err
}

// alike refuses a type whose authority has the looks of another one, or which has
// those of another type: a reader would take it for that.
func (s *Service) alike(ctx context.Context, t Type) (out Problems, err error) {
	all, err := s.all(ctx, s.DB)
	for _, o := range all {
		if o.Authority != t.Authority && lookalike.Alike(t.By.Zh, o.By.Zh) && !slices.Contains(out, Problem{"by", "alike"}) {
			out = append(out, Problem{"by", "alike"})
		}
		if o.Code != t.Code && lookalike.Alike(t.Name.Zh, o.Name.Zh) && !slices.Contains(out, Problem{"name", "alike"}) {
			out = append(out, Problem{"name", "alike"})
		}
	}
	return out, err
}

// follows finds the number of the version, and refuses a proposal beside
// another one, or one that says nothing new.
func (s *Service) follows(ctx context.Context, tx *db.Tx, t *Type) error {
	if kept, ok, err := s.inForce(ctx, tx, t.Code); err != nil || ok && kept.Region != t.Region {
		if err == nil {
			err = ErrElsewhere.With("region", kept.Region)
		}
		return err
	}
	before, err := versionsOf(ctx, tx, t.Region, t.Code)
	if err != nil {
		return err
	}
	t.Version = 1
	for i, v := range before {
		if i == 0 {
			t.Version = v.Version + 1
		}
		switch {
		case v.State == Proposed:
			return ErrOpen.With("name", v.ProposedName)
		case v.State == Approved && v.Same(*t):
			return ErrUnchanged
		case v.State == Approved:
			return nil
		}
	}
	return nil
}

func record(ctx context.Context, tx *db.Tx, action string, t Type, note string) {
	audit.Record(ctx, tx, audit.Entry{Region: t.Region, Action: action, Object: t.Code,
		Details: map[string]any{"name": t.Name.Zh, "version": t.Version, "note": note}})
}

// Decide approves a proposal, or sends it back with an answer.
func (s *Service) Decide(ctx context.Context, region, code string, version int, approve bool, answer string) (Type, error) {
	if err := authz.Require(ctx, MayApprove, authz.Object{Region: region}); err != nil {
		return Type{}, err
	}
	if answer = strings.TrimSpace(answer); !approve && answer == "" || len([]rune(answer)) > 500 {
		return Type{}, ErrNote
	}
	var t Type
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, fmt.Sprintf("certificates.type.decide %s %d", code, version), func() (_ string, err error) {
			if t, err = load(ctx, tx, region, code, version); fault.IsKind(err, fault.KindNotFound) {
				return "", ErrNoType
			} else if err != nil {
				return "", err
			}
			by := auth.From(ctx)
			if by.ID == t.ProposedBy {
				return "", ErrSamePerson
			}
			t.State, t.DecidedBy, t.DecidedName, t.DecidedAt, t.Answer = Approved, by.ID, by.Name, s.Clock.Now(), answer
			action := "certificates.type.approved"
			if !approve {
				t.State, action = Rejected, "certificates.type.rejected"
			}
			if err := decide(ctx, tx, t); err != nil {
				return "", ErrDecided.Because(err)
			}
			record(ctx, tx, action, t, answer)
			return code, nil
		})
		return err
	})
	s.forget()
	return t, err
}

//go:embed shipped.json
var shipped []byte

// Shipped are the types that come with the practice town.
func Shipped() ([]Type, error) {
	var list []Type
	err := json.Unmarshal(shipped, &list)
	return list, err
}

// Seed brings the shipped types in, in the name of the region that keeps them. A
// type that only this program has written follows what it ships, as a version
// more; what people have proposed or decided stays.
func (s *Service) Seed(ctx context.Context, region string) error {
	list, err := Shipped()
	if err != nil {
		return err
	}
	ctx = auth.System(ctx, "seed")
	defer s.forget()
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("all are there already")
		for _, t := range list {
			before, err := versionsOf(ctx, tx, region, t.Code)
			if err != nil {
				return err
			}
			t.Version = 1
			for _, b := range before {
				t.Version = max(t.Version, b.Version+1)
			}
			people := slices.ContainsFunc(before, func(b Type) bool { return b.ProposedBy != shipper })
			if people || len(before) > 0 && string(before[0].definition()) == string(t.definition()) {
				continue
			}
			t.Region, t.State, t.Note = region, Approved, "随系统提供"
			t.ProposedBy, t.DecidedBy, t.ProposedAt, t.DecidedAt = shipper, shipper, s.Clock.Now(), s.Clock.Now()
			if err := insert(ctx, tx, t); err != nil {
				return err
			}
			record(ctx, tx, "certificates.type.approved", t, t.Note)
		}
		return nil
	})
}

// shipper stands where a person's account stands in versions that came with the program.
const shipper = "system"
