package holding

import (
	"context"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
	"tongban/platform/once"
)

// The refusals of permits.
var (
	ErrNoPermit   = fault.NotFound("certificates.holding.no_permit")
	ErrPermitOver = fault.Conflict("certificates.holding.permit_over") // answered, ended or used up already
	ErrNotFor     = fault.Forbidden("certificates.holding.not_for")    // the permit lets one show, not give, or the other way round
	ErrNoPassing  = fault.Forbidden("certificates.holding.no_passing") // a permit is not passed on
)

// PermitState is where a permit stands.
type PermitState string

// The states of a permit.
const (
	Offered  PermitState = "offered"
	Accepted PermitState = "accepted"
	Declined PermitState = "declined"
	Ended    PermitState = "ended" // taken back by the holder, or given up
	UsedUp   PermitState = "used_up"
)

// Bounds of a permit.
const (
	MaxTimes      = 1000
	maxPermitDays = 366
)

// what a permit lets do.
const (
	mayShow = "show"
	mayGive = "give"
)

// Permit says that somebody else may show or give one certificate (授权他人用证).
//
// Law: 民法典 art. 165: it names who, what, how far and until when; art. 169: it is
// not passed on; art. 173: either side ends it.
type Permit struct {
	Region, ID, Paper  string
	Title              string // of the certificate
	Holder, HolderName string
	Giver, GiverName   string // person who gave it
	Name, Masked       string // of whom it is given to
	Grantee            string // person; "" until accepted
	Show, Give         bool
	Purpose            string
	Times, Used        int // Times 0: as often as needed
	Until              time.Time
	State              PermitState
	OfferedAt          time.Time
	AnsweredAt         time.Time
	EndedAt            time.Time
	EndedName          string

	Standing certificates.Status // of the certificate now, in lists

	hash string
}

// Live tells whether the permit can be used.
func (p Permit) Live(now time.Time) bool {
	return p.State == Accepted && now.Before(p.Until) && (p.Times == 0 || p.Used < p.Times)
}

// Stands tells whether what was begun under the permit may go on: it was not
// taken back and its time is not over. Its last use may have been begun.
func (p Permit) Stands(now time.Time) bool {
	return (p.State == Accepted || p.State == UsedUp) && now.Before(p.Until)
}

// Open tells whether the permit can still be answered or ended.
func (p Permit) Open(now time.Time) bool {
	return (p.State == Offered || p.State == Accepted) && now.Before(p.Until)
}

// Offer is what a holder lets somebody else do.
type Offer struct {
	Name, Number string
	Show, Give   bool
	Purpose      string
	Times        int
	Until        time.Time
}

func (o *Offer) clean(me string, now time.Time) error {
	var p Problems
	o.Name, o.Purpose = strings.TrimSpace(o.Name), strings.TrimSpace(o.Purpose)
	p.text("name", o.Name, "name", 50)
	n, err := number.ParseResident(o.Number, now)
	switch {
	case err != nil:
		p.add("number", "number")
	case string(n) == me:
		p.add("number", "self")
	}
	o.Number = string(n)
	if !o.Show && !o.Give {
		p.add("may", "may")
	}
	p.text("purpose", o.Purpose, "purpose", MaxPurpose)
	if o.Times < 0 || o.Times > MaxTimes {
		p.add("times", "times", "max", MaxTimes)
	}
	switch {
	case !o.Until.After(now):
		p.add("until", "until")
	case o.Until.After(now.AddDate(0, 0, maxPermitDays)):
		p.add("until", "until_long", "max", maxPermitDays)
	}
	return p.err()
}

// Permit lets somebody else use a certificate. Whether the number is on record is
// not told: whoever has this name and number finds the offer in his own list.
func (s *Service) Permit(ctx context.Context, region, paper string, o Offer) (Permit, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return Permit{}, err
	}
	h, err := s.held(ctx, s.DB, c, region, paper)
	if err != nil {
		return Permit{}, err
	}
	if h.Relation == Permitted {
		return Permit{}, ErrNoPassing
	}
	if err := h.inForce(); err != nil {
		return Permit{}, err
	}
	now := s.Clock.Now()
	if err := o.clean(c.me.Number, now); err != nil {
		return Permit{}, err
	}
	p := Permit{Region: region, ID: id.New("prm"), Paper: paper, Title: h.Title, Holder: h.owner(), HolderName: h.HolderName, Giver: c.Person, GiverName: c.me.Name,
		Name: o.Name, Masked: number.Mask(o.Number), hash: s.personHash(o.Name, o.Number), Show: o.Show, Give: o.Give, Purpose: o.Purpose, Times: o.Times, Until: o.Until, State: Offered, OfferedAt: now}
	kept := ""
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		kept, err = once.Do(ctx, tx, region, "certificates.permit "+paper, func() (string, error) {
			insertPermit(tx, p)
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.permit.offered", Object: p.ID, At: now,
				Details: map[string]any{"paper": paper, "number": h.Number, "to": p.Masked, "show": p.Show, "give": p.Give, "times": p.Times, "until": p.Until, "purpose": p.Purpose}})
			return p.ID, nil
		})
		return err
	})
	if err != nil {
		return Permit{}, err
	}
	return permitByID(ctx, s.DB, region, kept)
}

// Permits lists what the caller, or those for whom he stands, let others use, and
// what others let him use, the newest first.
func (s *Service) Permits(ctx context.Context) (given, received []Permit, err error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, nil, err
	}
	list, err := permitsBy(ctx, s.DB, s.Regions, c.owners())
	if err != nil {
		return nil, nil, err
	}
	for _, p := range list {
		if s.circle(ctx, c, p) == nil {
			given = append(given, p)
		}
	}
	now := s.standings(ctx)
	for _, list := range [][]Permit{given, c.permits} {
		for i, p := range list {
			list[i].Standing = now(p.Region, p.Paper)
		}
	}
	return given, c.permits, nil
}

// circle lets in whoever may use the certificate in his own right.
func (s *Service) circle(ctx context.Context, c caller, p Permit) error {
	if p.Giver == c.Person {
		return nil
	}
	h, err := s.held(ctx, s.DB, c, p.Region, p.Paper)
	if err == nil && h.Relation == Permitted {
		return ErrNoPermit
	}
	return err
}

// PermitsOf lists the permits for one certificate, for the holder's circle.
func (s *Service) PermitsOf(ctx context.Context, region, paper string) ([]Permit, error) {
	h, err := s.Held(ctx, region, paper)
	if err != nil || h.Relation == Permitted {
		return nil, err
	}
	list, err := permitsOfPaper(ctx, s.DB, region, paper)
	for i := range list {
		list[i].Standing = h.Status
	}
	return list, err
}

// AnswerPermit accepts or declines an offer that was made to the caller.
func (s *Service) AnswerPermit(ctx context.Context, region, permit string, accept bool) (Permit, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return Permit{}, err
	}
	if !slices.ContainsFunc(c.permits, func(p Permit) bool { return p.ID == permit && p.Region == region }) {
		return Permit{}, ErrNoPermit
	}
	answer := func(to PermitState) func(*Permit, time.Time) error {
		return func(p *Permit, now time.Time) error {
			if p.State != Offered || !now.Before(p.Until) {
				return ErrPermitOver
			}
			p.State, p.Grantee, p.AnsweredAt = to, c.Person, now
			return nil
		}
	}
	if accept {
		return s.turn(ctx, region, permit, "certificates.permit.accepted", answer(Accepted))
	}
	return s.turn(ctx, region, permit, "certificates.permit.declined", answer(Declined))
}

// EndPermit takes a permit back, or gives it up.
func (s *Service) EndPermit(ctx context.Context, region, permit string) (Permit, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return Permit{}, err
	}
	p, err := permitByID(ctx, s.DB, region, permit)
	if err != nil {
		return Permit{}, err
	}
	if !slices.ContainsFunc(c.permits, func(x Permit) bool { return x.ID == permit && x.Region == region }) && s.circle(ctx, c, p) != nil {
		return Permit{}, ErrNoPermit
	}
	return s.turn(ctx, region, permit, "certificates.permit.ended", func(p *Permit, now time.Time) error {
		if !p.Open(now) {
			return ErrPermitOver
		}
		p.State, p.EndedAt, p.EndedName = Ended, now, c.me.Name
		return nil
	})
}

// turn takes a permit on.
func (s *Service) turn(ctx context.Context, region, permit, act string, f func(*Permit, time.Time) error) (Permit, error) {
	now := s.Clock.Now()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, act+" "+permit, func() (string, error) {
			p, err := permitByID(ctx, tx, region, permit)
			if err != nil {
				return "", err
			}
			from := p
			if err := f(&p, now); err != nil {
				return "", err
			}
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: act, Object: permit, At: now, Details: map[string]any{"paper": p.Paper, "to": p.Masked, "by": auth.From(ctx).Name}})
			return permit, setPermit(ctx, tx, from, p)
		})
		return err
	})
	if err != nil {
		return Permit{}, err
	}
	return permitByID(ctx, s.DB, region, permit)
}

// spend takes one use of the permit by which a certificate is used; for a holder
// there is nothing to spend.
func (s *Service) spend(ctx context.Context, tx *db.Tx, h Held, what string) (string, error) {
	if h.Relation != Permitted || h.Permit == nil {
		return "", nil
	}
	p, err := permitByID(ctx, tx, h.Region, h.Permit.ID)
	if err != nil {
		return "", err
	}
	switch {
	case !p.Live(s.Clock.Now()):
		return "", ErrPermitOver
	case what == mayShow && !p.Show, what == mayGive && !p.Give:
		return "", ErrNotFor.With("what", what)
	}
	from := p
	if p.Used++; p.Times > 0 && p.Used >= p.Times {
		p.State = UsedUp
	}
	return p.ID, setPermit(ctx, tx, from, p)
}
