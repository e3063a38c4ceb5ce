package casework

import (
	"context"
	"time"

	"tongban/gov/casework/flows"
	"tongban/gov/casework/history"
	"tongban/platform/db"
)

// work is a case with its flow and, when one was asked for, a task.
type work struct {
	c     Case
	task  Task
	flow  *flows.Flow // nil before acceptance
	open  []Task      // other steps that are known to be open
	whole bool        // nothing was written but case, flow, the step and those in open
}

func loadWork(ctx context.Context, r db.Reader, region string, id CaseID) (work, error) {
	w, err := flows.Load(ctx, r, region, id)
	return work{c: w.Case, task: w.Task, flow: w.Flow}, err
}

// loadTaskWork loads a task with its case and flow in one round trip.
func loadTaskWork(ctx context.Context, r db.Reader, region string, id TaskID) (work, error) {
	w, err := flows.LoadTask(ctx, r, region, id)
	return work{c: w.Case, task: w.Task, flow: w.Flow}, err
}

// recall gives a task with its case and flow as this process wrote them last.
func (s *Service) recall(region string, id TaskID) (work, bool) {
	w, ok := s.recent.Take(region, id)
	return work{c: w.Case, task: w.Task, flow: w.Flow, open: w.Open}, ok
}

// remember keeps what an act has written for the next one.
func (s *Service) remember(w work) {
	if w.whole {
		s.recent.Keep(flows.Work{Case: w.c, Flow: w.flow, Open: w.open})
	}
}

func insertHistory(tx *db.Tx, c *Case, at time.Time, e event) {
	history.Insert(tx, c.Region, c.ID, history.Entry{At: at, Since: e.since, Kind: e.kind, Role: e.role, Org: e.org, OrgName: e.orgName, Step: e.step, Task: e.task, Text: e.text, Details: e.details})
}

// finishAcceptance closes the step before the flow with what the officer said.
func finishAcceptance(tx *db.Tx, c *Case, at time.Time, r Result, opinion string) {
	p := tx.Actor()
	tx.Later(`UPDATE casework_task SET state = 'done', closed_at = $4, result = $5, opinion = $6, officer = $7, officer_name = $8, version = version + 1
		WHERE region = $1 AND case_id = $2 AND element = $3 AND state = 'open'`,
		c.Region, string(c.ID), AcceptElement, db.At(at), string(r), opinion, p.ID, p.Name)
}
