package limits

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tongban/gov/facts"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/once"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "limits", FS: sub}
}

// The refusals of this capability.
var (
	ErrNoRule     = fault.NotFound("limits.no_rule")
	ErrNoKey      = fault.Invalid("limits.no_key")
	ErrDecided    = fault.Conflict("limits.decided")      // somebody else decided it
	ErrSamePerson = fault.Forbidden("limits.same_person") // the proposer cannot approve
	ErrTooLate    = fault.Conflict("limits.too_late")     // its first day is past
	ErrNotYours   = fault.Forbidden("limits.not_yours")   // only the proposer withdraws
)

// Deps is what the service needs.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
}

// Service is the door to the rules.
type Service struct {
	Deps
	mu    sync.Mutex
	kept  map[string][]Rule // region + key → approved rules
	since time.Time
}

// New returns a service.
func New(d Deps) *Service { return &Service{Deps: d} }

// fresh is how long a server may still count by the rules that it has read:
// another server on the same database may have approved one meanwhile.
const fresh = 5 * time.Second

// approved gives the approved rules of a region and key, from memory.
func (s *Service) approved(ctx context.Context, r db.Reader, region, key string) ([]Rule, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.Clock.Now(); s.kept == nil || now.Sub(s.since) > fresh || now.Before(s.since) {
		list, err := allApproved(ctx, r)
		if err != nil {
			return nil, err
		}
		s.kept, s.since = map[string][]Rule{}, now
		for _, x := range list {
			s.kept[x.Region+"/"+x.Key] = append(s.kept[x.Region+"/"+x.Key], x)
		}
	}
	return s.kept[region+"/"+key], nil
}

// For is the rule that counts in a region for clocks that begin at a moment:
// the region's own, else that of the nearest region above, else the national law's.
func (s *Service) For(ctx context.Context, region, key string, at time.Time) (Rule, error) {
	return s.read(ctx, s.DB, region, key, at)
}

// Limit is For as the calendar counts it, read through r: inside a transaction
// that is the transaction itself, so that it waits for no second connection.
func (s *Service) Limit(ctx context.Context, r db.Reader, region, key string, at time.Time) (calendar.Limit, error) {
	rule, err := s.read(ctx, r, region, key, at)
	return rule.Limit(), err
}

func (s *Service) read(ctx context.Context, r db.Reader, region, key string, at time.Time) (Rule, error) {
	if _, ok := national[key]; !ok {
		return Rule{}, ErrNoKey.With("key", key)
	}
	day := calendar.DateOf(at)
	for _, place := range parents(region) {
		if place == NationalRegion {
			break
		}
		list, err := s.approved(ctx, r, place, key)
		if err != nil {
			return Rule{}, err
		}
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].covers(day) {
				return list[i], nil
			}
		}
	}
	return national[key], nil
}

// Warnings say when the limits of a region turn from one light to the next.
type Warnings struct {
	Early  calendar.Limit // how much is left at an early warning (预警)
	Yellow calendar.Limit // how much is left at a yellow one (黄牌)
	Short  calendar.Limit // the same for a limit of one day, in office hours
	Red    calendar.Limit // by how much it is over at a red card (红牌)
}

// Warnings are the warnings of a region at a moment (预警的提前量), from what is
// remembered; where that cannot be read, as it was read last. They never wait
// longer than a page would.
func (s *Service) Warnings(region string, at time.Time) Warnings {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	one := func(key string) calendar.Limit {
		rule, err := s.For(ctx, region, key, at)
		if err != nil {
			rule = national[key]
		}
		return rule.Limit()
	}
	return Warnings{one(keyEarly), one(keyWarning), one(keyShortWarning), one(keyRed)}
}

// InForce lists what counts in a region today, one rule for every key.
func (s *Service) InForce(ctx context.Context, region string) ([]Rule, error) {
	var out []Rule
	for _, key := range order {
		r, err := s.For(ctx, region, key, s.Clock.Now())
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Rules lists the rules of one region, proposals included, the newest first.
func (s *Service) Rules(ctx context.Context, region string, limit int) ([]Rule, error) {
	return rulesOf(ctx, s.DB, region, min(max(limit, 1), 500))
}

// Proposal is a rule that somebody wants for his region.
type Proposal struct {
	Region, Key          string
	Amount               int
	Unit                 calendar.Unit
	Basis                Basis
	Citation, CitationEn string
	From                 calendar.Date
	Reason               string
}

// Propose records a proposal. It returns Problems for one that cannot be taken.
func (s *Service) Propose(ctx context.Context, in Proposal) (Rule, error) {
	if err := authz.Require(ctx, MayProposeLimits, authz.Object{Region: in.Region}); err != nil {
		return Rule{}, err
	}
	above, ok := national[in.Key]
	if !ok {
		return Rule{}, ErrNoKey.With("key", in.Key)
	}
	r := above // what starts and stops the clock is the law's
	r.Region, r.Amount, r.Unit, r.Basis, r.From, r.State = in.Region, in.Amount, in.Unit, in.Basis, in.From, Proposed
	r.Citation, r.CitationEn, r.Reason = strings.TrimSpace(in.Citation), strings.TrimSpace(in.CitationEn), strings.TrimSpace(in.Reason)
	if r.CitationEn == "" {
		r.CitationEn = r.Citation
	}
	problems := r.check()
	bad := func(name, key string, with ...any) {
		problems = append(problems, Problem{name, "limits.problem." + key, with})
	}
	if r.From < calendar.DateOf(s.Clock.Now()) {
		bad("from", "from")
	}
	if n := utf8.RuneCountInString(r.Reason); n == 0 || n > maxReason {
		bad("reason", "reason", "max", maxReason)
	}
	if most := above.most(); most > 0 && (r.Unit != above.Unit || r.Amount > most) {
		what := map[string]string{"before_due": "warning.", "after_due": "red."}[above.Starts]
		if what == "" {
			what = "answer."
		}
		bad("amount", what+string(above.Unit), "max", most)
	}
	if len(problems) == 0 && above.most() == 0 && r.longer(above) && r.Basis != Law && r.Basis != Regulation {
		bad("basis", "longer", "amount", above.Amount, "citation", above.Citation)
	}
	if len(problems) > 0 {
		return Rule{}, problems
	}
	return s.propose(ctx, r)
}

// propose writes a checked proposal; the same command again gives what it made.
func (s *Service) propose(ctx context.Context, r Rule) (out Rule, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		number, err := once.Do(ctx, tx, r.Region, "limits/"+r.Key, func() (string, error) {
			last, err := lastNumber(ctx, tx, r.Region, r.Key)
			if err != nil {
				return "", err
			}
			p := tx.Actor()
			r.Number, r.ProposedBy, r.ProposedName, r.ProposedAt = last+1, p.ID, p.Name, s.Clock.Now()
			audit.Record(ctx, tx, audit.Entry{Region: r.Region, Action: "limits.rule.proposed", Object: object(r),
				Details: map[string]any{"number": r.Number, "amount": r.Amount, "unit": string(r.Unit), "basis": string(r.Basis), "citation": r.Citation, "from": r.From.String()}})
			if err := insertRule(ctx, tx, r); err != nil {
				return "", err
			}
			return strconv.Itoa(r.Number), nil
		})
		if err != nil {
			return err
		}
		if out = r; number != strconv.Itoa(r.Number) { // the command ran before; its sender did not hear of it
			n, err := strconv.Atoi(number)
			if err != nil {
				return err
			}
			out, err = loadRule(ctx, tx, r.Region, r.Key, n)
			return err
		}
		return nil
	})
	return out, err
}

func object(r Rule) string { return r.Region + "/" + r.Key }

// Approve puts a proposal in force from its first day. Who proposed it cannot.
func (s *Service) Approve(ctx context.Context, region, key string, number int, note string) (Rule, error) {
	return s.decide(ctx, region, key, number, "limits.rule.approved", Approved, note, func(tx *db.Tx, r *Rule) error {
		if err := authz.Require(ctx, MayApproveLimits, authz.Object{Region: region}); err != nil {
			return err
		}
		if tx.Actor().ID == r.ProposedBy {
			return ErrSamePerson
		}
		if r.From < calendar.DateOf(s.Clock.Now()) {
			return ErrTooLate.With("from", r.From.String())
		}
		if err := endRules(ctx, tx, region, key, r.From); err != nil {
			return err
		}
		next, err := nextFrom(ctx, tx, region, key, r.From)
		if err != nil {
			return err
		}
		if next > 0 { // one that begins later is approved already: it follows
			r.Until = next - 1
		}
		events.Emit(ctx, tx, region, object(*r), facts.LimitRuleApproved{Region: region, Key: key, Number: number, Amount: r.Amount, Unit: string(r.Unit), From: r.From.String(), Citation: r.Citation})
		return nil
	})
}

// Reject refuses a proposal, with the reason.
func (s *Service) Reject(ctx context.Context, region, key string, number int, note string) (Rule, error) {
	if n := utf8.RuneCountInString(strings.TrimSpace(note)); n == 0 || n > maxReason {
		return Rule{}, Problems{{"note", "limits.problem.reason", []any{"max", maxReason}}}
	}
	return s.decide(ctx, region, key, number, "limits.rule.rejected", Rejected, note, func(*db.Tx, *Rule) error {
		return authz.Require(ctx, MayApproveLimits, authz.Object{Region: region})
	})
}

// Withdraw takes one's own proposal back.
func (s *Service) Withdraw(ctx context.Context, region, key string, number int) (Rule, error) {
	return s.decide(ctx, region, key, number, "limits.rule.withdrawn", Withdrawn, "", func(tx *db.Tx, r *Rule) error {
		if err := authz.Require(ctx, MayProposeLimits, authz.Object{Region: region}); err != nil {
			return err
		}
		if tx.Actor().ID != r.ProposedBy {
			return ErrNotYours
		}
		return nil
	})
}

func (s *Service) decide(ctx context.Context, region, key string, number int, act string, to State, note string, may func(*db.Tx, *Rule) error) (out Rule, err error) {
	note = strings.TrimSpace(note)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		out = Rule{}
		_, err := once.Do(ctx, tx, region, fmt.Sprintf("limits/%s/%d", key, number), func() (string, error) {
			r, err := loadRule(ctx, tx, region, key, number)
			if fault.IsKind(err, fault.KindNotFound) {
				return "", ErrNoRule
			}
			if err != nil {
				return "", err
			}
			if err := may(tx, &r); err != nil {
				return "", err
			}
			if r.State != Proposed {
				return "", ErrDecided.With("name", r.DecidedName).With("state", string(r.State))
			}
			p, now := tx.Actor(), s.Clock.Now()
			r.State, r.DecidedBy, r.DecidedName, r.DecidedAt, r.Note = to, p.ID, p.Name, now, note
			if err := decideRule(ctx, tx, r); err != nil {
				return "", err
			}
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: act, Object: object(r), Details: map[string]any{"number": r.Number, "amount": r.Amount, "unit": string(r.Unit), "from": r.From.String()}})
			out = r
			return string(to), nil
		})
		if err == nil && out.Number == 0 { // the command ran before; its sender did not hear of it
			out, err = loadRule(ctx, tx, region, key, number)
		}
		return err
	})
	if err == nil {
		s.mu.Lock()
		s.kept = nil // read anew
		s.mu.Unlock()
	}
	return out, err
}
