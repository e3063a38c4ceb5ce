package holding

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/guess"
	"tongban/platform/id"
	"tongban/platform/once"
)

// The refusals of showings.
var (
	ErrNoShowing   = fault.NotFound("certificates.holding.no_showing")
	ErrShowingOver = fault.Conflict("certificates.holding.showing_over") // its holder ended it, or fifteen minutes are over
	ErrNoCode      = fault.NotFound("certificates.holding.no_code")      // nobody shows anything under this code
	ErrOldCode     = fault.Conflict("certificates.holding.old_code")     // the code was good, and its minute is over
	ErrManyCodes   = fault.TooMany("certificates.holding.many_codes")
)

const (
	// CodeLife is how long one code is good.
	CodeLife = time.Minute
	// showingLife is how long a certificate stays on the screen at most.
	showingLife = 15 * time.Minute
	// handleDigits and codeDigits: who reads the code aloud or types it has twelve
	// digits; the first half finds the showing, the second half is of the minute.
	handleDigits, codeDigits = 6, 6
	// maxDrawn is how often a free handle is drawn.
	maxDrawn = 20
)

// Showing is a certificate on its holder's screen (亮证).
type Showing struct {
	Region, ID, Paper string
	Person            string
	Account, Name     string
	Relation          Relation
	Permit            string
	Purpose           string
	Started, Ends     time.Time
	Ended             time.Time

	handle, secret string
}

// Code is what the screen shows now.
type Code struct {
	Showing
	Held    Held
	Digits  string // twelve
	Expires time.Time
	Address string // for the QR code
}

// Show writes a code in groups of four.
func (c Code) Show() string { return ShowDigits(c.Digits) }

// ShowDigits writes twelve digits in groups of four.
func ShowDigits(d string) string {
	if len(d) != handleDigits+codeDigits {
		return d
	}
	return d[:4] + " " + d[4:8] + " " + d[8:]
}

// CleanDigits finds a showing code in what was typed or scanned; "" when there
// is none.
func CleanDigits(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ' || r == '-' || r == '　':
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	if len(s) != handleDigits+codeDigits || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// step is the number of the minute since the beginning.
func (x Showing) step(now time.Time) int { return int(now.Sub(x.Started) / CodeLife) }

// live tells whether somebody can check the showing now.
func (x Showing) live(now time.Time) bool { return x.Ended.IsZero() && now.Before(x.Ends) }

// code is the second half of the digits in a minute.
func (x Showing) code(step int) string {
	m := hmac.New(sha256.New, []byte(x.secret))
	fmt.Fprintf(m, "%s %d", x.ID, step)
	return fmt.Sprintf("%0*d", codeDigits, binary.BigEndian.Uint64(m.Sum(nil))%1_000_000)
}

// Start puts a certificate on the screen.
func (s *Service) Start(ctx context.Context, region, paper, purpose string) (Showing, error) {
	h, err := s.use(ctx, region, paper)
	if err != nil {
		return Showing{}, err
	}
	if err := h.inForce(); err != nil {
		return Showing{}, err
	}
	purpose = strings.TrimSpace(purpose)
	if n := len([]rune(purpose)); n > MaxPurpose {
		var p Problems
		p.add("purpose", "long", "n", n, "max", MaxPurpose)
		return Showing{}, p
	}
	by, now := auth.From(ctx), s.Clock.Now()
	x := Showing{Region: region, ID: id.New("sho"), Paper: paper, Person: by.Person, Account: by.ID, Name: by.Name, Relation: h.Relation, Purpose: purpose,
		Started: now, Ends: now.Add(showingLife), secret: id.Secret(20)}
	kept := ""
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		kept, err = once.Do(ctx, tx, region, "certificates.show "+paper, func() (string, error) {
			if x.handle, err = freeHandle(ctx, tx, now); err != nil {
				return "", err
			}
			if x.Permit, err = s.spend(ctx, tx, h, mayShow); err != nil {
				return "", err
			}
			insertShowing(tx, x)
			insertUse(tx, Use{Region: region, Paper: paper, Title: h.Title, Kind: Shown, At: now, Account: by.ID, Name: by.Name, Relation: h.Relation, Permit: x.Permit, Purpose: purpose, Object: x.ID, Outcome: string(h.Status)})
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.paper.shown", Object: paper, At: now, Details: map[string]any{"number": h.Number, "purpose": purpose, "relation": h.Relation, "permit": x.Permit}})
			return x.ID, nil
		})
		return err
	})
	if err != nil {
		return Showing{}, err
	}
	return showingByID(ctx, s.DB, region, kept)
}

// freeHandle draws a number under which nobody shows anything at the moment.
func freeHandle(ctx context.Context, tx *db.Tx, now time.Time) (string, error) {
	for range maxDrawn {
		n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000)) // never fails (crypto/rand)
		handle := fmt.Sprintf("%0*d", handleDigits, n)
		taken, err := showingsBy(ctx, tx, handle, now.Add(-showingLife))
		if err != nil {
			return "", err
		}
		if len(taken) == 0 {
			return handle, nil
		}
	}
	return "", fault.Unavailable("certificates.holding.no_handle")
}

// Code is what the screen of a showing shows now, for whoever began it. Asking
// for it changes nothing, so that a page may renew itself.
func (s *Service) Code(ctx context.Context, region, showing string) (Code, error) {
	x, err := showingByID(ctx, s.DB, region, showing)
	if err != nil || x.Person == "" || x.Person != auth.From(ctx).Person {
		return Code{}, ErrNoShowing.Because(err)
	}
	now := s.Clock.Now()
	if !x.live(now) {
		return Code{}, ErrShowingOver
	}
	h, err := s.use(ctx, region, x.Paper)
	if err != nil {
		return Code{}, err // a permit or a mandate has ended meanwhile
	}
	step := x.step(now)
	c := Code{Showing: x, Held: h, Digits: x.handle + x.code(step), Expires: x.Started.Add(time.Duration(step+1) * CodeLife)}
	if c.Expires.After(x.Ends) {
		c.Expires = x.Ends
	}
	c.Address = s.BaseURL + "/shown/" + c.Digits
	return c, nil
}

// Stop takes a certificate off the screen.
func (s *Service) Stop(ctx context.Context, region, showing string) (Showing, error) {
	x, err := showingByID(ctx, s.DB, region, showing)
	if err != nil || x.Person == "" || x.Person != auth.From(ctx).Person {
		return Showing{}, ErrNoShowing.Because(err)
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, "certificates.show.end "+showing, func() (string, error) {
			if !x.live(s.Clock.Now()) {
				return showing, nil // it has ended already
			}
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.paper.shown_no_more", Object: x.Paper, At: s.Clock.Now()})
			return showing, endShowing(ctx, tx, x, s.Clock.Now())
		})
		tx.Unaudited("the showing had ended already")
		return err
	})
	return x, err
}

// Looked is what somebody sees who scans or types a showing code.
type Looked struct {
	certificates.Report
	Showing  Showing
	Relation Relation
	By       string // masked name of who shows it for somebody else
	Expires  time.Time
}

// Look checks a showing code: what the certificate is worth now, with masked
// names. The look stands in the holder's list of uses. from is the network
// address or account that asks.
func (s *Service) Look(ctx context.Context, digits, from string) (Looked, error) {
	now := s.Clock.Now()
	key := guess.Key{Name: from, Limit: guess.Limit{Burst: 20, Every: 6 * time.Second}}
	if !s.guesses.Open(now, key) {
		return Looked{}, ErrManyCodes
	}
	x, err := s.shownUnder(ctx, CleanDigits(digits), now)
	if err != nil {
		s.guesses.Miss(now, 1, key)
		return Looked{}, err
	}
	if x.Permit != "" {
		p, err := permitByID(ctx, s.DB, x.Region, x.Permit)
		if err != nil {
			return Looked{}, err
		}
		if !p.Stands(now) {
			return Looked{}, ErrShowingOver
		}
	}
	f, err := s.Papers.Paper(system(ctx), x.Region, x.Paper)
	if err != nil {
		return Looked{}, err
	}
	report, err := s.Papers.Check(system(ctx), f.Code, "holding")
	if err != nil {
		return Looked{}, err
	}
	out := Looked{Report: report, Showing: x, Relation: x.Relation, Expires: x.Started.Add(time.Duration(x.step(now)+1) * CodeLife)}
	if x.Relation != Own {
		out.By = certificates.MaskName(x.Name)
	}
	if err := s.noteLook(ctx, x, f, report); err != nil {
		return Looked{}, err
	}
	if auth.From(ctx).Kind == auth.KindOfficer {
		out.Disputed, err = openObjection(ctx, s.DB, x.Region, x.Paper)
	}
	return out, err
}

// shownUnder finds who shows something under a code. A code whose minute is over
// is told apart from one that never was.
func (s *Service) shownUnder(ctx context.Context, digits string, now time.Time) (Showing, error) {
	if digits == "" {
		return Showing{}, ErrNoCode
	}
	list, err := showingsBy(ctx, s.DB, digits[:handleDigits], now.Add(-showingLife))
	if err != nil {
		return Showing{}, err
	}
	for _, x := range list {
		at := x.step(now)
		for step := 0; step <= min(at, int(showingLife/CodeLife)); step++ {
			if !hmac.Equal([]byte(x.code(step)), []byte(digits[handleDigits:])) {
				continue
			}
			switch {
			case !x.live(now):
				return Showing{}, ErrShowingOver
			case step != at:
				return Showing{}, ErrOldCode
			}
			return x, nil
		}
	}
	return Showing{}, ErrNoCode
}

// noteLook keeps who looked, once a minute and person.
func (s *Service) noteLook(ctx context.Context, x Showing, f certificates.Found, r certificates.Report) error {
	by, now := auth.From(ctx), s.Clock.Now()
	u := Use{Region: x.Region, Paper: x.Paper, Title: f.Title, Kind: Checked, At: now, Account: by.ID, Relation: x.Relation, Permit: x.Permit, Purpose: x.Purpose, Object: x.ID, Outcome: string(r.Status)}
	if r.Reason != "" {
		u.Outcome = r.Reason
	}
	if by.Kind == auth.KindOfficer {
		u.Name, u.Office = by.Name, officeOf(by)
		u.OfficeName = s.nameOf(ctx, u.Office)
	}
	since := x.Started.Add(time.Duration(x.step(now)) * CodeLife)
	if again, err := usedSince(ctx, s.DB, x.Region, x.ID, by.ID, Checked, since); err != nil || again {
		return err
	}
	if !by.SignedIn() {
		ctx = system(ctx)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("the list of uses is the record of a check")
		insertUse(tx, u)
		return nil
	})
}
