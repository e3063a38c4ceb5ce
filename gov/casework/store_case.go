package casework

import (
	"context"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/platform/auth"
	"tongban/platform/bpmn"
	"tongban/platform/db"
	"tongban/platform/id"
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
	p := tx.Actor()
	if e.details == nil {
		e.details = map[string]any{}
	}
	if p.Kind == auth.KindSystem {
		p.Name = "" // the law or the flow did it, nobody in particular
	}
	tx.Later(`INSERT INTO casework_history (region, case_id, id, at, since, kind, actor, name, role, org, org_name, step, task, text, details)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		c.Region, string(c.ID), id.New("his"), db.At(at), db.At(e.since), e.kind, p.ID, p.Name, e.role, e.org, e.orgName, e.step, string(e.task), e.text, db.AsJSON(e.details))
}

const historyColumns = `id, at, since, kind, actor, name, role, org, org_name, step, task, text, details`

func scanEntry(row db.Row) (e Entry, err error) {
	var at, since db.Time
	var details db.JSON[map[string]any]
	err = row.Scan(&e.ID, &at, &since, &e.Kind, &e.Actor, &e.Name, &e.Role, &e.Org, &e.OrgName, &e.Step, &e.Task, &e.Text, &details)
	e.At, e.Since, e.Details = at.Time, since.Time, details.V
	return e, err
}

func loadHistory(ctx context.Context, r db.Reader, region string, id CaseID) ([]Entry, error) {
	return db.All(ctx, r, scanEntry, `SELECT `+historyColumns+` FROM casework_history WHERE region = $1 AND case_id = $2 ORDER BY id LIMIT 2000`, region, string(id))
}

func insertReading(tx *db.Tx, c *Case, at time.Time, org, purpose string) {
	p := tx.Actor()
	tx.Later(`INSERT INTO casework_reading (region, case_id, id, at, reader, name, org, purpose) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.Region, string(c.ID), id.New("rdg"), db.At(at), p.ID, p.Name, org, purpose)
}

// loadReadings lists who read a case, and the draft that it was, newest first, before an id.
func loadReadings(ctx context.Context, r db.Reader, c Case, before string, limit int) ([]Reading, error) {
	if err := placeIn("rdg", before); err != nil {
		return nil, err
	}
	args := []any{c.Region, string(c.ID), limit, string(c.Draft)}
	older := ""
	if before != "" {
		args = append(args, before)
		older = ` AND id < $5`
	}
	return db.All(ctx, r, drafts.ScanReading, `SELECT id, at, reader, name, org, purpose FROM casework_reading
		WHERE region = $1 AND case_id IN ($2, $4)`+older+` ORDER BY id DESC LIMIT $3`, args...)
}

// finishAcceptance closes the step before the flow with what the officer said.
func finishAcceptance(tx *db.Tx, c *Case, at time.Time, r Result, opinion string) {
	p := tx.Actor()
	tx.Later(`UPDATE casework_task SET state = 'done', closed_at = $4, result = $5, opinion = $6, officer = $7, officer_name = $8, version = version + 1
		WHERE region = $1 AND case_id = $2 AND element = $3 AND state = 'open'`,
		c.Region, string(c.ID), AcceptElement, db.At(at), string(r), opinion, p.ID, p.Name)
}

// setAcceptance writes the due date of the step before the flow.
func setAcceptance(tx *db.Tx, c *Case) {
	tx.Later(`UPDATE casework_task SET due_at = $4, paused = $5, version = version + 1 WHERE region = $1 AND case_id = $2 AND element = $3 AND state = 'open'`,
		c.Region, string(c.ID), AcceptElement, desk.Sortable(c.AcceptDue), c.State == Supplemented)
}

// cancelTasks closes every open step of a case that was withdrawn.
func cancelTasks(tx *db.Tx, c *Case, at time.Time) {
	tx.Later(`UPDATE casework_task SET state = 'cancelled', closed_at = $3, version = version + 1 WHERE region = $1 AND case_id = $2 AND state = 'open'`,
		c.Region, string(c.ID), db.At(at))
}
