package recount

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/terms"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/schedule"
)

// Job is the kind of the jobs that count the dates of open cases anew
// after the days off have changed.
const Job = "casework.recount"

const (
	recountKey  = "calendar"
	recountLook = 100 // open cases that one transaction looks at; it changes the first that moves
	// Again is when the cases are looked at once more: by then whoever was
	// counting by the old days while they changed has finished.
	Again = 10 * time.Minute
)

// Deps is what counting needs. Move brings one case to the dates that the
// calendar gives it now and tells whether any of them moved.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Calendar *calendar.Calendar
	Regions  []string
	NewDays  func() error
	Move     func(ctx context.Context, tx *db.Tx, c cases.Case) (bool, error)
	// Papers brings some papers that wait to be handed out, after one, to the days
	// that the calendar gives them now; more says that some are left.
	Papers func(ctx context.Context, tx *db.Tx, region, after string) (last string, more bool, err error)
	Shelf  *offers.Shelf
	Engine *bpmn.Engine // its flows' timers are counted by other days
}

// Service counts the dates of open cases anew.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// recount is where the counting stands.
type recount struct {
	Version string       `json:"version"`          // of the calendar
	After   terms.CaseID `json:"after,omitempty"`  // cases up to this one are done
	Papers  string       `json:"papers,omitempty"` // hand-outs up to this one are done; they follow the cases
	Last    bool         `json:"last,omitempty"`   // no second look follows
}

// Recounted is a case whose dates the new days move.
type Recounted struct {
	cases.Case
	Before, Now time.Time // the date that binds the office
	Steps       int       // open steps whose own date moves
	Timers      int       // timers of its flow that move
	Answer      bool      // the last day for the applicant's answer moves
}

// PlanRecountTx has the dates of all open cases counted anew by a version of
// the calendar, in the background and one case at a time.
func (s *Service) PlanRecountTx(tx *db.Tx, version string) {
	for _, r := range s.Regions {
		s.planRecount(tx, r, s.Clock.Now(), recount{Version: version})
	}
}

func (s *Service) planRecount(tx *db.Tx, region string, at time.Time, where recount) {
	payload, _ := json.Marshal(where) // plain text
	schedule.Set(tx, schedule.Job{Region: region, Kind: Job, Key: recountKey, At: at, Payload: string(payload)})
}

// CatchUp plans the counting when it was last done by other days than those of
// the calendar: a new release may bring some.
func (s *Service) CatchUp(ctx context.Context) error {
	version := s.Calendar.Version()
	behind, err := regionsNotCountedBy(ctx, s.DB, s.Regions, version)
	if err != nil || len(behind) == 0 {
		return err
	}
	return s.DB.Write(auth.System(ctx, "casework"), func(tx *db.Tx) error {
		tx.Unaudited("plans work; what it changes is recorded case by case")
		for _, r := range behind {
			s.planRecount(tx, r, s.Clock.Now(), recount{Version: version, Last: true}) // nobody counted by other days meanwhile
		}
		return nil
	})
}

// OnRecount counts the next case anew and plans the one after it in the same
// commit, so that a crash repeats nothing and skips nothing.
func (s *Service) OnRecount(ctx context.Context, tx *db.Tx, j schedule.Job) error {
	var at recount
	if err := json.Unmarshal([]byte(j.Payload), &at); err != nil {
		return fmt.Errorf("job %s: %w", j.Kind, err)
	}
	if at.Version != s.Calendar.Version() {
		if err := s.NewDays(); err != nil {
			return fmt.Errorf("read the days off: %w", err)
		}
	}
	by := s.Calendar.Version() // a newer import has replaced this job, or will
	last, more, err := s.recountSome(ctx, tx, j.Region, at.After)
	if err != nil {
		return err
	}
	if more {
		s.planRecount(tx, j.Region, s.Clock.Now(), recount{Version: by, After: last, Last: at.Last})
		return nil
	}
	paper, more, err := s.Papers(ctx, tx, j.Region, at.Papers)
	switch {
	case err != nil:
		return err
	case more:
		s.planRecount(tx, j.Region, s.Clock.Now(), recount{Version: by, After: max(last, at.After), Papers: paper, Last: at.Last})
	default:
		saveCountedBy(tx, j.Region, by, s.Clock.Now())
		if !at.Last {
			s.planRecount(tx, j.Region, s.Clock.Now().Add(Again), recount{Version: by, Last: true})
		}
	}
	return nil
}

func (s *Service) recountSome(ctx context.Context, tx *db.Tx, region string, after terms.CaseID) (last terms.CaseID, more bool, err error) {
	list, err := openCases(ctx, tx, region, after, recountLook)
	if err != nil {
		return "", false, err
	}
	for _, c := range list {
		moved, err := s.Move(ctx, tx, c)
		if err != nil {
			return "", false, fmt.Errorf("count %s anew: %w", c.ID, err)
		}
		if last = c.ID; moved {
			return last, true, nil
		}
	}
	return last, len(list) == recountLook, nil
}

// Recounts lists the open cases of which other days would move something: a date,
// that of an open step, or a timer of the flow. It changes nothing. It is for
// commands of the operator.
func (s *Service) Recounts(ctx context.Context, days *calendar.Calendar, each func(Recounted)) error {
	if auth.From(ctx).Kind != auth.KindSystem {
		return authz.ErrForbidden
	}
	for _, r := range s.Regions {
		for after := terms.CaseID(""); ; {
			list, err := openCases(ctx, s.DB, r, after, recountLook)
			if err != nil {
				return err
			}
			for _, c := range list {
				after = c.ID
				out, moves, err := s.would(ctx, s.DB, c, days)
				if err != nil {
					return err
				}
				if moves {
					each(out)
				}
			}
			if len(list) < recountLook {
				break
			}
		}
	}
	return nil
}
