package drafts

import (
	"context"
	"errors"
	"time"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/guess"
)

// Reading is one reading of a case or a draft by staff.
type Reading struct {
	ID, Reader, Name, Org, Purpose string
	At                             time.Time
}

// Purposes of readings that the counter makes; they stay on record and the
// applicant sees them.
const (
	forCode     = "窗口接续办理：凭草稿码查找草稿"
	forIdentity = "窗口接续办理：核对证件后打开草稿"
)

// perClerk is how often a clerk may be wrong with codes: a slip is common, a
// search through codes is not.
var perClerk = guess.Limit{Burst: 10, Every: time.Minute}

// FindByCode finds an open draft by the code that its applicant shows at the
// counter. It gives what is needed to recognise the matter, and no more:
// Identify opens the draft once the document was seen. The look is on record
// with its purpose, and the applicant sees it.
//
// Law: 个人信息保护法 art. 6: for a clear purpose, and no more than it needs.
func (s *Service) FindByCode(ctx context.Context, code string) (Draft, error) {
	if err := authz.Door(ctx, MayIntake); err != nil {
		return Draft{}, err
	}
	p, now := auth.From(ctx), s.Clock.Now()
	key := guess.Key{Name: "clerk " + p.ID, Limit: perClerk}
	if !s.guesses.Open(now, key) {
		return Draft{}, ErrManyCodes
	}
	if code = CleanCode(code); code == "" {
		return Draft{}, ErrNoCode
	}
	d, err := draftByCode(ctx, s.DB, s.Regions, code)
	if err == nil && MayTakeIn(ctx, d.Region) != nil {
		err = ErrNoDraft // another counter's business looks like none
	}
	if errors.Is(err, ErrNoDraft) {
		s.guesses.Miss(now, 1, key)
		return Draft{}, ErrNoCode
	}
	if err != nil {
		return Draft{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		insertReading(tx, d, now, forCode)
		audit.Record(ctx, tx, audit.Entry{Region: d.Region, Action: "casework.draft.found", Object: string(d.ID), Details: map[string]any{"purpose": forCode}, At: now})
		return nil
	})
	return d.outside(), err
}

// outside is what somebody may see of a draft who has not identified its applicant.
func (d Draft) outside() Draft {
	d.Situation, d.Form, d.Materials, d.Delivery = nil, nil, nil, Delivery{}
	d.Applicant.Number, d.Applicant.Phone = "", ""
	return d
}

// ReadersOfDraft tells the applicant who of the offices looked at a draft, when
// and why, the newest first.
func (s *Service) ReadersOfDraft(ctx context.Context, region string, id DraftID) ([]Reading, error) {
	if _, err := s.Draft(ctx, region, id); err != nil {
		return nil, err
	}
	return readingsOf(ctx, s.DB, region, id)
}
