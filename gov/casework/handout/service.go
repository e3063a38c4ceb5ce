package handout

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/people"
	"tongban/gov/casework/terms"
	"tongban/gov/certificates"
	"tongban/gov/facts"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/id"
	"tongban/platform/once"
)

// Deps is what the service needs.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Calendar *calendar.Calendar
	Rules    terms.Rules
	People   people.People
	Papers   Papers
	Regions  []string
}

// Papers knows the papers of a case; whoever asks has been let into the case.
type Papers interface {
	OfCase(ctx context.Context, region, caseID string) ([]certificates.Found, error)
}

// Service hands out.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// may lets the counters of this region and of every region above hand out, as
// they take in.
func may(ctx context.Context, region string) error {
	err := authz.Require(ctx, MayHandOut, authz.Object{Region: region})
	if err == nil {
		return nil
	}
	for _, g := range auth.From(ctx).Grants {
		if g.Has(MayHandOut.Name) && !g.Own && authz.InScope(auth.Grant{Region: region, Subtree: true}, g.Region) {
			return nil
		}
	}
	return err
}

// ref is the part that every fact about a case carries.
func (s *Service) ref(h Handout) facts.CaseRef {
	return facts.CaseRef{Region: h.Region, Case: string(h.Case), Number: h.CaseNumber, Item: h.Item, ItemName: h.ItemName, Org: h.Org, Owner: h.Owner, At: s.Clock.Now()}
}

// record writes what happened into timeline and record and announces it.
func (s *Service) record(ctx context.Context, tx *db.Tx, h Handout, act, text string, details map[string]any, f events.Fact) {
	details["case"], details["handout"], details["number"], details["way"] = h.CaseNumber, h.ID, h.Number, string(h.Way)
	tellCase(tx, h, s.Clock.Now(), act, drafts.OfficeOf(tx.Actor(), h.Org), text, details)
	audit.Record(ctx, tx, audit.Entry{Region: h.Region, Action: "casework." + act, Object: string(h.Case), Details: details, At: s.Clock.Now()})
	events.Emit(ctx, tx, h.Region, string(h.Case), f)
}

// PrepareTx makes the paper of a decision ready to hand out, in the commit of
// the decision. counted tells that the law sets a limit for it.
func (s *Service) PrepareTx(ctx context.Context, tx *db.Tx, h Handout, counted bool) error {
	h.ID, h.Number, h.State, h.ReadyAt = id.New("hnd"), 1, Ready, s.Clock.Now()
	if counted {
		rules, err := s.Rules.In(ctx, tx, h.Region, h.ReadyAt)
		if err != nil {
			return err
		}
		d := s.Calendar.Due(h.ReadyAt, rules.Delivery, nil).Derivation
		h.Counted, h.Due = &d, d.Due.UTC()
	}
	insert(tx, h)
	s.record(ctx, tx, h, "result.prepared", "", map[string]any{"due": h.Due}, facts.ResultPrepared{CaseRef: s.ref(h), Handout: h.ID, Way: string(h.Way), Due: h.Due})
	return nil
}

// recountLook is how many papers one transaction counts anew.
const recountLook = 100

// RecountTx brings papers that wait, after one, to the days that the calendar gives
// them now; more says that some are left.
//
// Law: 行政许可法 art. 44, 82: ten working days; which days those are is known for
// certain only when the notice of the holidays is out.
func (s *Service) RecountTx(ctx context.Context, tx *db.Tx, region, after string) (last string, more bool, err error) {
	list, err := ready(ctx, tx, region, after, recountLook)
	for _, h := range list {
		last = h.ID
		if h.Counted == nil {
			continue
		}
		d := s.Calendar.Due(h.Counted.Start, h.Counted.Limit, h.Counted.Pauses).Derivation
		if d.Due.UTC().Equal(h.Due) {
			continue
		}
		before := h.Due
		h.Counted, h.Due = &d, d.Due.UTC()
		move(tx, &h)
		span := before.In(calendar.Zone).Format(time.DateOnly) + " → " + h.Due.In(calendar.Zone).Format(time.DateOnly)
		s.record(ctx, tx, h, "result.recounted", span, map[string]any{"due_before": before, "due": h.Due, "calendar": d.Version},
			facts.ResultPrepared{CaseRef: s.ref(h), Handout: h.ID, Way: string(h.Way), Due: h.Due, Times: h.Number})
	}
	return last, len(list) == recountLook, err
}

func (s *Service) lit(h Handout) Lit {
	l := Lit{Handout: h, Light: terms.Still}
	if h.State == Ready && !h.Due.IsZero() {
		now := s.Clock.Now()
		l.Light, l.Left = s.Rules.At(h.Region, now).LightAt(s.Calendar, h.ReadyAt, h.Due, now), s.Calendar.Between(calendar.WorkingDays, now, h.Due)
	}
	return l
}

func (s *Service) allLit(list []Handout, err error) ([]Lit, error) {
	out := make([]Lit, len(list))
	for i, h := range list {
		out[i] = s.lit(h)
	}
	return out, err
}

// regions are those of this node in which the caller may do f.
func (s *Service) regions(f func(region string) bool) []string {
	return slices.DeleteFunc(slices.Clone(s.Regions), func(r string) bool { return !f(r) })
}

// Page is one page of hand-outs; Next continues it ("" is the end).
type Page struct {
	List []Lit
	Next string
}

// Waiting lists what waits at the caller's counters to be collected, or to be
// posted, least time left first.
func (s *Service) Waiting(ctx context.Context, way drafts.Way, after string, limit int) (Page, error) {
	if err := authz.Door(ctx, MayHandOut); err != nil {
		return Page{}, err
	}
	return s.page(ctx, s.regions(func(r string) bool { return may(ctx, r) == nil }), way, terms.NoDue, after, limit)
}

// Most is up to where Count counts.
const Most = 200

// Count is how much waits at the caller's counters to be collected, or to be
// posted. More than Most says that there is more, and not how much.
func (s *Service) Count(ctx context.Context, way drafts.Way) (int, error) {
	if err := authz.Door(ctx, MayHandOut); err != nil {
		return 0, err
	}
	regions := s.regions(func(r string) bool { return may(ctx, r) == nil })
	if len(regions) == 0 {
		return 0, nil
	}
	return countWaiting(ctx, s.DB, regions, way, Most)
}

// Late lists what is over its limit or near it, for the supervision.
func (s *Service) Late(ctx context.Context, supervise authz.Permission, way drafts.Way, after string, limit int) (Page, error) {
	if err := authz.Door(ctx, supervise); err != nil {
		return Page{}, err
	}
	regions := s.regions(func(r string) bool { return authz.Require(ctx, supervise, authz.Object{Region: r}) == nil })
	now := s.Clock.Now()
	var near time.Time // what is near in one region may not be in another; lit says which
	for _, r := range regions {
		if n := s.Rules.At(r, now).NearAt(s.Calendar, now); n.Until.After(near) {
			near = n.Until
		}
	}
	return s.page(ctx, regions, way, near, after, limit)
}

func (s *Service) page(ctx context.Context, regions []string, way drafts.Way, near time.Time, after string, limit int) (Page, error) {
	if len(regions) == 0 {
		return Page{}, nil
	}
	from, last, err := place(after)
	if err != nil {
		return Page{}, err
	}
	if limit <= 0 || limit > 100 {
		limit = 50
	}
	list, err := s.allLit(waiting(ctx, s.DB, regions, way, near, from, last, limit+1))
	p := Page{List: list}
	if len(list) > limit {
		p.List = list[:limit]
		h := list[limit-1].Handout
		due := h.Due
		if due.IsZero() {
			due = terms.NoDue
		}
		p.Next = strconv.FormatInt(due.UnixMicro(), 36) + "." + h.ID
	}
	return p, err
}

// place reads the place that a page ended with.
func place(s string) (time.Time, string, error) {
	if s == "" {
		return time.Unix(0, 0).UTC(), "", nil // before every limit
	}
	due, last, ok := strings.Cut(s, ".")
	us, err := strconv.ParseInt(due, 36, 64)
	if !ok || err != nil || !id.Valid("hnd", last) {
		return time.Time{}, "", id.ErrCursor
	}
	return time.UnixMicro(us).UTC(), last, nil
}

// For lists what waits for somebody who stands at the counter: his own, and
// that of companies for which his mandate lets him collect.
func (s *Service) For(ctx context.Context, person string) ([]Lit, error) {
	if err := authz.Door(ctx, MayHandOut); err != nil {
		return nil, err
	}
	list, err := waitingFor(ctx, s.DB, s.Regions, "person", person)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(h Handout) bool { return h.Owner != h.Person })
	companies, err := s.People.Companies(ctx, person)
	if err != nil {
		return nil, err
	}
	for _, c := range companies {
		more, err := waitingFor(ctx, s.DB, s.Regions, "owner", c.Code)
		if err != nil {
			return nil, err
		}
		for _, h := range more {
			if c.Allows(identity.ActCollect, h.Region, h.Item, h.Org) {
				list = append(list, h)
			}
		}
	}
	return s.allLit(slices.DeleteFunc(list, func(h Handout) bool { return may(ctx, h.Region) != nil }), nil)
}

// OfCase lists the hand-outs of a case, oldest first, to its owner and to those
// who hand out or supervise. Whoever may read the case has been asked before.
func (s *Service) OfCase(ctx context.Context, region string, c terms.CaseID) ([]Lit, error) {
	return s.allLit(ofCase(ctx, s.DB, region, c))
}

// Handout returns one, to those who hand out.
func (s *Service) Handout(ctx context.Context, region, handout string) (Lit, error) {
	h, err := load(ctx, s.DB, region, handout)
	if err == nil && may(ctx, region) != nil {
		err = ErrNoHandout
	}
	return s.lit(h), err
}

// HandOver records that somebody collected the paper, with time and clerk. It
// happens once; version is the one that the clerk saw, 0 is any.
//
// Law: 行政许可法 art. 44; 民法典 art. 165: an agent shows a written authorisation.
func (s *Service) HandOver(ctx context.Context, region, handout string, version int, c Collector) (Handout, error) {
	now := s.Clock.Now()
	if p := c.check(now); len(p) > 0 {
		return Handout{}, p
	}
	h, err := s.Handout(ctx, region, handout)
	if err != nil {
		return Handout{}, err
	}
	if err := s.entitled(ctx, h.Handout, &c); err != nil {
		return Handout{}, err
	}
	return s.finish(ctx, region, handout, version, func(tx *db.Tx, h *Handout) {
		h.State, h.Way, h.Collector = Handed, drafts.AtCounter, &c
		s.record(ctx, tx, *h, "result.handed_out", h.Reason, map[string]any{"agent": c.Agent, "letter": c.Letter, "mandate": c.Mandate},
			facts.ResultCollected{CaseRef: s.ref(*h), Handout: h.ID, Agent: c.Agent, Times: h.Number})
	})
}

// entitled refuses whoever may not collect, and notes why the others may.
func (s *Service) entitled(ctx context.Context, h Handout, c *Collector) error {
	k, err := loadDecided(ctx, s.DB, h.Region, h.Case)
	if err != nil {
		return err
	}
	d, err := drafts.Load(ctx, s.DB, h.Region, k.draft)
	if err != nil {
		return err
	}
	self := drafts.SameNumber(c.Number, d.Applicant.Number)
	if self && c.Name != d.Applicant.Name {
		return drafts.Problems{{Field: "name", Code: "casework.problem.collector_name"}}
	}
	if d.Applicant.Company != "" {
		c.Letter = false
		return s.sent(ctx, h, c)
	}
	if c.Agent = !self; self {
		c.Letter = false
		return nil
	}
	if !c.Letter {
		return drafts.Problems{{Field: "letter", Code: "casework.problem.letter"}}
	}
	return nil
}

// forCollect is the purpose under which who collects for a company is looked up.
const forCollect = "窗口出件：核对领取人的授权"

// sent lets those collect for a company whose mandate reaches that far.
func (s *Service) sent(ctx context.Context, h Handout, c *Collector) error {
	p, err := s.People.ByNumber(ctx, c.Number, forCollect)
	if err != nil {
		return err
	}
	refused := drafts.Problems{{Field: "number", Code: "casework.problem.collector_mandate", Pairs: []any{"company", h.ApplicantName}}}
	if p.ID == "" || p.Name != c.Name {
		return refused
	}
	all, err := s.People.Companies(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, k := range all {
		for _, m := range k.Mandates {
			if k.Code == h.Owner && m.Allows(identity.ActCollect, identity.ItemKey(h.Region, h.Item), h.Org) {
				c.Agent, c.Mandate = m.Kind == identity.MandateAgent, m.ID
				return nil
			}
		}
	}
	return refused
}

// Post records that the paper was sent by post.
func (s *Service) Post(ctx context.Context, region, handout string, version int, carrier, tracking string) (Handout, error) {
	carrier, tracking = strings.TrimSpace(carrier), strings.ToUpper(strings.TrimSpace(tracking))
	if p := checkPost(carrier, tracking); len(p) > 0 {
		return Handout{}, p
	}
	h, err := s.Handout(ctx, region, handout)
	if err != nil {
		return Handout{}, err
	}
	if h.Address.Address == "" {
		return Handout{}, ErrNotPosted
	}
	return s.finish(ctx, region, handout, version, func(tx *db.Tx, h *Handout) {
		h.State, h.Way, h.Carrier, h.Tracking = Posted, drafts.ByPost, carrier, tracking
		s.record(ctx, tx, *h, "result.posted", carrier+" "+tracking, map[string]any{"carrier": carrier, "tracking": tracking},
			facts.ResultPosted{CaseRef: s.ref(*h), Handout: h.ID, Carrier: carrier, Tracking: tracking, Times: h.Number})
	})
}

// finish loads what waits, lets f note how it left, and writes it, once.
func (s *Service) finish(ctx context.Context, region, handout string, version int, f func(tx *db.Tx, h *Handout)) (Handout, error) {
	var out Handout
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		kept, err := once.Do(ctx, tx, region, "handout/"+handout, func() (string, error) {
			h, err := load(ctx, tx, region, handout)
			if err != nil {
				return "", err
			}
			if err := may(ctx, region); err != nil {
				return "", err
			}
			if h.State != Ready {
				return "", ErrDone.With("who", h.DoneName).With("when", h.DoneAt)
			}
			if version != 0 && version != h.Version {
				return "", drafts.ErrStale.With("version", h.Version)
			}
			p := tx.Actor()
			h.DoneAt, h.DoneBy, h.DoneName, h.DoneOrg = s.Clock.Now(), p.ID, p.Name, drafts.OfficeOf(p, h.Org)
			f(tx, &h)
			out = h
			return h.ID, finish(ctx, tx, &out)
		})
		if err == nil && out.ID == "" { // the command ran before; its sender did not hear of it
			out, err = load(ctx, tx, region, kept)
		}
		return err
	})
	return out, err
}

// Again makes the paper of a decided case ready once more: because the
// applicant wants on paper what he could download, or because it was lost. A
// paper that was handed out before needs a reason, which stays on record.
func (s *Service) Again(ctx context.Context, region string, c terms.CaseID, reason string) (Handout, error) {
	reason = strings.TrimSpace(reason)
	if utf8.RuneCountInString(reason) > drafts.MaxNote {
		return Handout{}, drafts.NeedText("reason", reason, drafts.MaxNote)
	}
	if err := may(ctx, region); err != nil {
		return Handout{}, err
	}
	papers, err := s.Papers.OfCase(ctx, region, string(c))
	if err != nil {
		return Handout{}, err
	}
	var out Handout
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		kept, err := once.Do(ctx, tx, region, "handout-again/"+string(c), func() (string, error) {
			out, err = s.again(ctx, tx, region, c, reason, papers)
			return out.ID, err
		})
		if err == nil && out.ID == "" { // the command ran before; its sender did not hear of it
			out, err = load(ctx, tx, region, kept)
		}
		return err
	})
	return out, err
}

func (s *Service) again(ctx context.Context, tx *db.Tx, region string, c terms.CaseID, reason string, papers []certificates.Found) (Handout, error) {
	k, err := loadDecided(ctx, tx, region, c)
	if err != nil {
		return Handout{}, err
	}
	if k.state != "decided" {
		return Handout{}, ErrUndecided
	}
	before, err := ofCase(ctx, tx, region, c)
	if err != nil {
		return Handout{}, err
	}
	h := k.Handout
	if n := len(before); n > 0 {
		last := before[n-1]
		switch {
		case last.State == Ready:
			return Handout{}, ErrWaiting
		case reason == "":
			return Handout{}, drafts.Problems{{Field: "reason", Code: "casework.problem.again"}}
		}
		h.Number, h.Address = last.Number, last.Address
	}
	for _, p := range papers {
		if p.Kind == certificates.Certificate || p.Kind == certificates.Refusal {
			h.Paper, h.Title = p.ID, p.Title
		}
	}
	h.ID, h.Way, h.Reason, h.State, h.ReadyAt, h.Version = id.New("hnd"), drafts.AtCounter, reason, Ready, s.Clock.Now(), 1
	h.Number++
	insert(tx, h)
	s.record(ctx, tx, h, "result.reissued", reason, map[string]any{"reason": reason}, facts.ResultPrepared{CaseRef: s.ref(h), Handout: h.ID, Way: string(h.Way), Times: h.Number})
	return h, nil
}
