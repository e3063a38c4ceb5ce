package quality

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/catalogue/content"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// everywhere is the region of what belongs to no region.
const everywhere = "000000"

// The permissions about quality.
var (
	// MaySeeScores allows the list of items by score.
	MaySeeScores = authz.Define("catalogue.scores", "may see how good the guides of items are, and what is wrong with them")
	// MayWaive allows content below the gate to pass; never that of one's own asking.
	MayWaive = authz.Define("catalogue.waive", "may let a package be published although its guide is below the gate; never at one's own request")
)

// The refusals about quality.
var (
	ErrGate       = fault.Invalid("catalogue.below_gate")
	ErrNoScore    = fault.NotFound("catalogue.no_score")
	ErrNoWaiver   = fault.NotFound("catalogue.no_waiver")
	ErrDecided    = fault.Conflict("catalogue.waiver_decided")
	ErrSamePerson = fault.Forbidden("catalogue.waiver_same_person")
	ErrReason     = fault.Invalid("catalogue.waiver_reason")
	ErrCursor     = fault.Invalid("catalogue.score_cursor").With("parameter", "after")
)

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Log     *slog.Logger
	Rules   *Rules                   // nil: the shipped ones
	General func(clause string) bool // clauses that every imported item has
	Clauses Clauses                  // what is wrong with a citation; nil: nobody knows
}

// Service scores items and keeps the scores.
type Service struct{ Deps }

// New returns a service over a migrated database.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Clock == nil {
		d.Clock = clock.System
	}
	if d.Rules == nil {
		d.Rules = Shipped()
	}
	return &Service{d}
}

// Score looks at content as it is now, published or not.
func (s *Service) Score(ctx context.Context, c *content.Content) (Report, error) {
	return s.Rules.Score(ctx, c, s.General, s.Clauses)
}

// Of is the kept score of an item.
func (s *Service) Of(ctx context.Context, region, code string) (Scored, error) {
	x, err := loadScore(ctx, s.DB, region, code)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoScore
	}
	return x, err
}

// Query says which items are wanted, the worst first.
type Query struct {
	Region string // with those below it
	Org    string
	After  string // "score/region/code" of the last one that was shown
	Limit  int
}

var cursor = regexp.MustCompile(`^([0-9]{1,3})/([0-9]{6,12})/([0-9A-Z]{1,40})$`)

// List lists items by score, the worst first.
func (s *Service) List(ctx context.Context, q Query) (list []Scored, next string, err error) {
	if err := authz.Require(ctx, MaySeeScores, authz.Object{Region: q.Region}); err != nil {
		return nil, "", err
	}
	after := Scored{Score: -1}
	if q.After != "" {
		m := cursor.FindStringSubmatch(q.After)
		if m == nil {
			return nil, "", ErrCursor
		}
		after.Score, _ = strconv.Atoi(m[1]) // at most three digits
		after.Region, after.Code = m[2], m[3]
	}
	limit := min(max(q.Limit, 1), 1000)
	q.Limit = limit + 1
	list, err = worst(ctx, s.DB, q, authz.Prefix(q.Region), after)
	if err == nil && len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = fmt.Sprintf("%d/%s/%s", last.Score, last.Region, last.Code)
	}
	return list, next, err
}

// Departments gives the averages of offices, the worst first.
func (s *Service) Departments(ctx context.Context, region string) ([]Average, error) {
	if err := authz.Require(ctx, MaySeeScores, authz.Object{Region: region}); err != nil {
		return nil, err
	}
	return averages(ctx, s.DB, authz.Prefix(region))
}

// batch is how many items are scored in one transaction.
const batch = 200

// Follow scores what was published since the last time, and everything when the
// rules have changed. It says how many items it scored.
func (s *Service) Follow(ctx context.Context) (done int, err error) {
	ctx = auth.System(ctx, "catalogue")
	at, err := loadFollowed(ctx, s.DB)
	if err != nil {
		return 0, err
	}
	gates, err := s.gates(ctx, s.DB)
	if err != nil {
		return 0, err
	}
	if by := s.Rules.hash + gates.hash; at.rules != by { // rules or gates have changed
		at = followed{rules: by}
	}
	for {
		list, err := Since(ctx, s.DB, at.serial, batch)
		if err != nil || len(list) == 0 {
			return done, err
		}
		var scored []Scored
		for _, p := range list {
			r, err := s.Score(ctx, &p.Content)
			if err != nil {
				return done, fmt.Errorf("score %s: %w", p.Content.Item.Code, err)
			}
			it := p.Content.Item
			scored = append(scored, Scored{it.Region, it.Code, it.Version, it.FullName(), it.Org, it.OrgName, it.Package != "", r.Score, r.Blocked(gates.in(it.Region)), r.Findings})
			at.serial = p.Serial
		}
		err = s.DB.Write(ctx, func(tx *db.Tx) error {
			tx.Unaudited("scores are read off what is published")
			if err := saveScores(ctx, tx, scored); err != nil {
				return err
			}
			return saveFollowed(ctx, tx, at)
		})
		if err != nil {
			return done, err
		}
		done += len(list)
	}
}

// every is how often Run looks for new items.
const every = time.Minute

// Run scores items until ctx ends.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := s.Follow(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("scores", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// The states of a waiver.
const (
	Asked   = "asked"
	Granted = "granted"
	Refused = "refused"
)

// Waiver is the wish that one content passes the gate, and what became of it.
type Waiver struct {
	Region, Code, Hash     string
	State                  string
	Name, Org              string
	Score                  int
	Findings               []Finding
	Reason                 string
	AskedBy, AskedName     string
	AskedAt                time.Time
	DecidedBy, DecidedName string
	DecidedAt              time.Time
	Note                   string
}

// HashOf names one content; a waiver counts for this content and no other.
func HashOf(c *content.Content) string {
	copied := *c
	hash, _ := copied.Seal()
	return hash
}

// Gate refuses content that scores too low or has a blocking finding, unless a
// second person has let it pass. What it found is in the report.
func (s *Service) Gate(ctx context.Context, c *content.Content) (Report, error) {
	r, err := s.Score(ctx, c)
	if err != nil {
		return r, err
	}
	gate, err := s.GateOf(ctx, c.Item.Region)
	if err != nil || !r.Blocked(gate) {
		return r, err
	}
	w, err := loadWaiver(ctx, s.DB, c.Item.Region, c.Item.Code, HashOf(c))
	switch {
	case err == nil && w.State == Granted:
		return r, nil
	case err != nil && !fault.IsKind(err, fault.KindNotFound):
		return r, err
	}
	var names, english []string
	for _, f := range r.Findings {
		if rule, ok := s.Rules.Of(f.Rule); ok && (f.Block || r.Score < gate) {
			where := strings.Join(append([]string{""}, f.Where...), " · ")
			names, english = append(names, rule.Name.Zh+where), append(english, rule.Name.En+where)
		}
	}
	return r, ErrGate.With("score", r.Score).With("gate", gate).With("problems", content.Text{Zh: strings.Join(names, "；"), En: strings.Join(english, "; ")})
}

// maxReason bounds reasons, in characters.
const maxReason = 1000

// Ask asks that a content passes the gate. It counts once another person agrees.
func (s *Service) Ask(ctx context.Context, c *content.Content, reason string) (w Waiver, err error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n == 0 || n > maxReason {
		return w, ErrReason.With("max", maxReason)
	}
	r, err := s.Score(ctx, c)
	if err != nil {
		return w, err
	}
	hash := HashOf(c)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, c.Item.Region, "catalogue.waiver/"+c.Item.Code+"/"+hash, func() (string, error) {
			old, err := loadWaiver(ctx, tx, c.Item.Region, c.Item.Code, hash)
			if err == nil && old.State == Granted {
				w = old
				tx.Unaudited("it passes already")
				return "", nil
			}
			if err != nil && !fault.IsKind(err, fault.KindNotFound) {
				return "", err
			}
			p := tx.Actor()
			w = Waiver{Region: c.Item.Region, Code: c.Item.Code, Hash: hash, State: Asked, Name: c.Item.FullName(), Org: c.Item.Org, Score: r.Score, Findings: r.Findings, Reason: reason,
				AskedBy: p.ID, AskedName: p.Name, AskedAt: s.Clock.Now()}
			audit.Record(ctx, tx, audit.Entry{Region: w.Region, Action: "catalogue.waiver.asked", Object: w.Code, Details: map[string]any{"hash": hash, "score": r.Score, "reason": reason}})
			return "", saveWaiver(ctx, tx, w)
		})
		return err
	})
	return w, err
}

// Waivers lists what was asked for in a region, the newest first.
func (s *Service) Waivers(ctx context.Context, region string) ([]Waiver, error) {
	if err := authz.Require(ctx, MaySeeScores, authz.Object{Region: region}); err != nil {
		return nil, err
	}
	return listWaivers(ctx, s.DB, authz.Prefix(region), 200)
}

// Decide grants or refuses a waiver. Who asked for it cannot.
func (s *Service) Decide(ctx context.Context, region, code, hash string, grant bool, note string) error {
	note = strings.TrimSpace(note)
	if n := utf8.RuneCountInString(note); n == 0 || n > maxReason {
		return ErrReason.With("max", maxReason)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, "catalogue.waiver.decide/"+code+"/"+hash, func() (string, error) {
			w, err := loadWaiver(ctx, tx, region, code, hash)
			if fault.IsKind(err, fault.KindNotFound) {
				return "", ErrNoWaiver
			}
			if err != nil {
				return "", err
			}
			if err := authz.Require(ctx, MayWaive, authz.Object{Region: region, Orgs: []string{w.Org}}); err != nil {
				return "", err
			}
			p := tx.Actor()
			switch {
			case p.ID == w.AskedBy:
				return "", ErrSamePerson
			case w.State != Asked:
				return "", ErrDecided.With("name", w.DecidedName)
			}
			w.State, w.DecidedBy, w.DecidedName, w.DecidedAt, w.Note = Refused, p.ID, p.Name, s.Clock.Now(), note
			if grant {
				w.State = Granted
			}
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "catalogue.waiver.decided", Object: code, Details: map[string]any{"hash": hash, "state": w.State, "note": note, "score": w.Score}})
			return w.State, saveWaiver(ctx, tx, w)
		})
		return err
	})
}
