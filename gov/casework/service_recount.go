package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/facts"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/schedule"
)

// JobRecount is the kind of the jobs that count the dates of open cases anew
// after the days off have changed.
const JobRecount = "casework.recount"

const (
	recountKey  = "calendar"
	recountLook = 100 // open cases that one transaction looks at; it changes the first that moves
	// recountAgain is when the cases are looked at once more: by then whoever was
	// counting by the old days while they changed has finished.
	recountAgain = 10 * time.Minute
)

// recount is where the counting stands.
type recount struct {
	Version string `json:"version"`         // of the calendar
	After   CaseID `json:"after,omitempty"` // cases up to this one are done
	Last    bool   `json:"last,omitempty"`  // no second look follows
}

// Recounted is a case whose dates the new days move.
type Recounted struct {
	Case
	Before, Now time.Time // the date that binds the office
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
	schedule.Set(tx, schedule.Job{Region: region, Kind: JobRecount, Key: recountKey, At: at, Payload: string(payload)})
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

// onRecount counts the next case anew and plans the one after it in the same
// commit, so that a crash repeats nothing and skips nothing.
func (s *Service) onRecount(ctx context.Context, tx *db.Tx, j schedule.Job) error {
	var at recount
	if err := json.Unmarshal([]byte(j.Payload), &at); err != nil {
		return fmt.Errorf("job %s: %w", j.Kind, err)
	}
	if at.Version != s.Calendar.Version() && s.NewDays != nil {
		if err := s.NewDays(); err != nil {
			return fmt.Errorf("read the days off: %w", err)
		}
	}
	by := s.Calendar.Version() // a newer import has replaced this job, or will
	last, more, err := s.recountSome(ctx, tx, j.Region, at.After)
	if err != nil {
		return err
	}
	switch {
	case more:
		s.planRecount(tx, j.Region, s.Clock.Now(), recount{Version: by, After: last, Last: at.Last})
	default:
		saveCountedBy(tx, j.Region, by, s.Clock.Now())
		if !at.Last {
			s.planRecount(tx, j.Region, s.Clock.Now().Add(recountAgain), recount{Version: by, Last: true})
		}
	}
	return nil
}

func (s *Service) recountSome(ctx context.Context, tx *db.Tx, region string, after CaseID) (last CaseID, more bool, err error) {
	list, err := openCases(ctx, tx, region, after, recountLook)
	if err != nil {
		return "", false, err
	}
	for _, c := range list {
		moved, err := s.recountOne(ctx, tx, c)
		if err != nil {
			return "", false, fmt.Errorf("count %s anew: %w", c.ID, err)
		}
		if last = c.ID; moved {
			return last, true, nil
		}
	}
	return last, len(list) == recountLook, nil
}

// recountOne brings a case to the dates that the calendar gives it now. When
// they are the same, nothing is written.
//
// Law: 行政许可法 art. 82: limits count working days, without statutory holidays;
// which days those are is known for certain only when the notice is out.
func (s *Service) recountOne(ctx context.Context, tx *db.Tx, old Case) (bool, error) {
	c := old
	c.Recompute(s.Calendar)
	tasks, err := desk.Open(ctx, tx, c.Region, c.ID)
	if err != nil {
		return false, err
	}
	if !c.MovedFrom(old) && !s.tasksMove(c, tasks) {
		return false, nil
	}
	w, err := loadWork(ctx, tx, c.Region, c.ID)
	if err != nil {
		return false, err
	}
	if err := s.reclock(ctx, tx, &w); err != nil {
		return false, err
	}
	if w.c.State == Submitted {
		schedule.Set(tx, schedule.Job{Region: c.Region, Kind: JobAcceptance, Key: string(c.ID), At: w.c.AcceptDue.Add(deemAfter)})
	}
	details := map[string]any{"calendar": s.Calendar.Version()}
	for name, due := range map[string][2]time.Time{"accept_due": {old.AcceptDue, w.c.AcceptDue}, "promise_due": {old.PromiseDue, w.c.PromiseDue}, "legal_due": {old.LegalDue, w.c.LegalDue}} {
		if !due[0].Equal(due[1]) {
			details[name+"_before"], details[name] = due[0], due[1]
		}
	}
	s.tell(ctx, tx, &w.c, event{kind: "case.recounted", text: between(old.Due(), w.c.Due()), details: details},
		facts.CaseRecounted{CaseRef: s.ref(&w.c), Calendar: s.Calendar.Version(), AcceptDue: w.c.AcceptDue, PromiseDue: w.c.PromiseDue, LegalDue: w.c.LegalDue})
	cases.Update(tx, &w.c, w.c.State)
	return true, nil
}

// between writes how the date that binds moved, in figures that need no
// language; "" when only a step's own date did.
func between(before, now time.Time) string {
	if before.Equal(now) || before.IsZero() || now.IsZero() {
		return ""
	}
	return before.In(calendar.Zone).Format(time.DateOnly) + " → " + now.In(calendar.Zone).Format(time.DateOnly)
}

func (s *Service) tasksMove(c Case, tasks []Task) bool {
	for _, t := range tasks {
		if end := c.Step(s.Calendar, t); !end.At.Equal(t.Due) {
			return true
		}
	}
	return false
}

// Recounts lists the open cases whose dates other days would move. It changes
// nothing. It is for commands of the operator.
func (s *Service) Recounts(ctx context.Context, days *calendar.Calendar, each func(Recounted)) error {
	if auth.From(ctx).Kind != auth.KindSystem {
		return authz.ErrForbidden
	}
	for _, r := range s.Regions {
		for after := CaseID(""); ; {
			list, err := openCases(ctx, s.DB, r, after, recountLook)
			if err != nil {
				return err
			}
			for _, c := range list {
				old := c
				if c.Recompute(days); c.MovedFrom(old) {
					each(Recounted{Case: old, Before: old.Due(), Now: c.Due()})
				}
				after = c.ID
			}
			if len(list) < recountLook {
				break
			}
		}
	}
	return nil
}
