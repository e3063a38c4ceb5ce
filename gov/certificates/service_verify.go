package certificates

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"tongban/platform/fault"
)

// ErrTooManyGuesses slows down whoever tries codes.
var ErrTooManyGuesses = fault.TooMany("certificates.too_many_guesses")

// Check says what became of the paper with a code, to anybody. from is the
// network address or the account that asks: too many codes that do not exist
// are answered with ErrTooManyGuesses.
func (s *Service) Check(ctx context.Context, code, from string) (Report, error) {
	if !s.guesses.Open(s.Clock.Now(), sender(from)) {
		return Report{}, ErrTooManyGuesses
	}
	r, err := s.recorded(ctx, code)
	if errors.Is(err, ErrNoPaper) {
		s.guesses.Miss(s.Clock.Now(), 1, sender(from))
	}
	if err != nil {
		return Report{}, err
	}
	f, err := s.standingOf(r)
	if err != nil {
		return Report{}, err
	}
	return f.report(s.Clock.Now()), nil
}

// standingOf is found without the lists of the paper, and without checking the
// same bytes twice.
func (s *Service) standingOf(r record) (Found, error) {
	p, ok := s.seen.look(r)
	if !ok {
		var err error
		if p, err = s.proved(r, record.cover); err != nil {
			return Found{}, err
		}
		s.seen.keep(r, p)
	}
	return s.agrees(r, p)
}

// report says what the record proves.
func (f Found) report(now time.Time) Report {
	r := Report{OK: f.Status == Valid, Genuine: true, DataSignatureOK: true, Online: true, KeyID: f.KeyID, CheckedAt: now, Paper: f.Summary()}
	r.standing(f)
	return r
}

// differs is the report on a file that the record contradicts: two genuine
// signatures over different data cannot both be right.
func (r Report) differs() Report {
	r.Online, r.Genuine, r.Status, r.Reason = true, false, "", ""
	r.refuse(ErrRecordDiffers)
	return r
}

// standing fills in what the record says.
func (r *Report) standing(f Found) {
	r.Online, r.Status = true, f.Status
	if why := without[f.Status]; why != nil {
		r.Because, r.Basis, r.Since = f.Reason, f.Basis, f.Since.Time
		r.Reason = "" // what the record says weighs more than an expiry
		r.refuse(why)
	}
}

// fileCost is how many guesses a file counts for that is not genuine: looking
// into it costs more than looking up a code.
const fileCost = 3

// CheckFile checks a file that somebody brought, and asks the record what
// became of the paper.
func (s *Service) CheckFile(ctx context.Context, file []byte, from string) (Report, error) {
	now := s.Clock.Now()
	if !s.guesses.Open(now, sender(from)) {
		return Report{}, ErrTooManyGuesses
	}
	c := s.verifier.file(file, now)
	r := c.Report
	if c.paper == nil || !r.Genuine {
		s.guesses.Miss(now, fileCost, sender(from))
		return r, nil
	}
	f, err := s.ByCode(ctx, c.paper.Code)
	switch {
	case errors.Is(err, ErrNoPaper):
		r.Online = true
		r.refuse(ErrNotRecorded)
		return r, nil
	case errors.Is(err, ErrTampered):
		return r.differs(), nil
	case err != nil:
		return r, err
	}
	if c.inside.Data != f.record.data || base64.StdEncoding.EncodeToString(c.inside.Signature) != f.record.signature {
		return r.differs(), nil
	}
	r.standing(f)
	return r, nil
}
