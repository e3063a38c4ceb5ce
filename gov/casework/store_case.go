package casework

import (
	"context"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/history"
	"tongban/platform/bpmn"
	"tongban/platform/db"
)

// flowState is the running flow of a case as it is kept.
type flowState struct {
	version  int
	instance *bpmn.Instance
	timers   map[string]time.Time // timer → when it was set
}

func insertFlow(tx *db.Tx, c *Case, f *flowState) {
	f.version = 1
	tx.Later(`INSERT INTO casework_flow (region, case_id, version, instance, timers) VALUES ($1, $2, $3, $4, $5)`,
		c.Region, string(c.ID), f.version, db.AsJSON(f.instance), db.AsJSON(f.timers))
}

func updateFlow(tx *db.Tx, c *Case, f *flowState) {
	tx.Guarded(`UPDATE casework_flow SET version = version + 1, instance = $4, timers = $5 WHERE region = $1 AND case_id = $2 AND version = $3`,
		c.Region, string(c.ID), f.version, db.AsJSON(f.instance), db.AsJSON(f.timers))
	f.version++
}

// flowRow scans the columns of a flow that may be missing (before acceptance).
type flowRow struct {
	version  *int
	instance db.JSON[bpmn.Instance]
	timers   db.JSON[map[string]time.Time]
}

func (r *flowRow) done() *flowState {
	if r.version == nil {
		return nil
	}
	f := &flowState{version: *r.version, instance: &r.instance.V, timers: r.timers.V}
	if f.timers == nil {
		f.timers = map[string]time.Time{}
	}
	return f
}

// work is a case with its flow and, when one was asked for, a task.
type work struct {
	c    Case
	task Task
	flow *flowState // nil before acceptance
}

func loadWork(ctx context.Context, r db.Reader, region string, id CaseID) (work, error) {
	w, err := db.One(ctx, r, func(row db.Row) (w work, err error) {
		var c cases.Row
		var f flowRow
		if err = row.Scan(append(c.Dest(), &f.version, &f.instance, &f.timers)...); err != nil {
			return w, err
		}
		w.c, w.flow = c.Done(), f.done()
		return w, nil
	}, `SELECT `+cases.Columns+`, f.version, f.instance, f.timers FROM casework_case c
		LEFT JOIN casework_flow f ON f.region = c.region AND f.case_id = c.id WHERE c.region = $1 AND c.id = $2`, region, string(id))
	return w, notFound(err, ErrNoCase)
}

// loadTaskWork loads a task with its case and flow in one round trip.
func loadTaskWork(ctx context.Context, r db.Reader, region string, id TaskID) (work, error) {
	w, err := db.One(ctx, r, func(row db.Row) (w work, err error) {
		var c cases.Row
		var f flowRow
		var t desk.Row
		if err = row.Scan(append(append(c.Dest(), &f.version, &f.instance, &f.timers), t.Dest()...)...); err != nil {
			return w, err
		}
		w.c, w.flow, w.task = c.Done(), f.done(), t.Done()
		return w, nil
	}, `SELECT `+cases.Columns+`, f.version, f.instance, f.timers, `+desk.Columns+` FROM casework_task t
		JOIN casework_case c ON c.region = t.region AND c.id = t.case_id
		LEFT JOIN casework_flow f ON f.region = c.region AND f.case_id = c.id WHERE t.region = $1 AND t.id = $2`, region, string(id))
	return w, notFound(err, ErrNoTask)
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
