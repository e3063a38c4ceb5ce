package flows

import (
	"context"
	"errors"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/terms"
	"tongban/platform/bpmn"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// Flow is the running flow of a case as it is kept.
type Flow struct {
	version  int
	Instance *bpmn.Instance
	Timers   map[string]time.Time // timer → when it was set
}

// Insert keeps a flow that has just begun.
func Insert(tx *db.Tx, c *cases.Case, f *Flow) {
	f.version = 1
	tx.Later(`INSERT INTO casework_flow (region, case_id, version, instance, timers) VALUES ($1, $2, $3, $4, $5)`,
		c.Region, string(c.ID), f.version, db.AsJSON(f.Instance), db.AsJSON(f.Timers))
}

// Update keeps a flow that has moved; the commit is stale when somebody else
// moved it since it was loaded.
func Update(tx *db.Tx, c *cases.Case, f *Flow) {
	tx.Guarded(`UPDATE casework_flow SET version = version + 1, instance = $4, timers = $5 WHERE region = $1 AND case_id = $2 AND version = $3`,
		c.Region, string(c.ID), f.version, db.AsJSON(f.Instance), db.AsJSON(f.Timers))
	f.version++
}

// flowRow scans the columns of a flow that may be missing (before acceptance).
type flowRow struct {
	version  *int
	instance db.JSON[bpmn.Instance]
	timers   db.JSON[map[string]time.Time]
}

func (r *flowRow) done() *Flow {
	if r.version == nil {
		return nil
	}
	f := &Flow{version: *r.version, Instance: &r.instance.V, Timers: r.timers.V}
	if f.Timers == nil {
		f.Timers = map[string]time.Time{}
	}
	return f
}

// Work is a case with its flow and, when one was asked for, a task.
type Work struct {
	Case cases.Case
	Task desk.Task
	Flow *Flow       // nil before acceptance
	Open []desk.Task // other steps that are known to be open; there may be more
}

// Load loads a case with its flow.
func Load(ctx context.Context, r db.Reader, region string, id terms.CaseID) (Work, error) {
	w, err := db.One(ctx, r, func(row db.Row) (w Work, err error) {
		var c cases.Row
		var f flowRow
		if err = row.Scan(append(c.Dest(), &f.version, &f.instance, &f.timers)...); err != nil {
			return w, err
		}
		w.Case, w.Flow = c.Done(), f.done()
		return w, nil
	}, `SELECT `+cases.Columns+`, f.version, f.instance, f.timers FROM casework_case c
		LEFT JOIN casework_flow f ON f.region = c.region AND f.case_id = c.id WHERE c.region = $1 AND c.id = $2`, region, string(id))
	return w, missing(err, cases.ErrNoCase)
}

// LoadTask loads a task with its case and flow in one round trip.
func LoadTask(ctx context.Context, r db.Reader, region string, id desk.TaskID) (Work, error) {
	w, err := db.One(ctx, r, func(row db.Row) (w Work, err error) {
		var c cases.Row
		var f flowRow
		var t desk.Row
		if err = row.Scan(append(append(c.Dest(), &f.version, &f.instance, &f.timers), t.Dest()...)...); err != nil {
			return w, err
		}
		w.Case, w.Flow, w.Task = c.Done(), f.done(), t.Done()
		return w, nil
	}, `SELECT `+cases.Columns+`, f.version, f.instance, f.timers, `+desk.Columns+` FROM casework_task t
		JOIN casework_case c ON c.region = t.region AND c.id = t.case_id
		LEFT JOIN casework_flow f ON f.region = c.region AND f.case_id = c.id WHERE t.region = $1 AND t.id = $2`, region, string(id))
	return w, missing(err, desk.ErrNoTask)
}

// missing turns a row that is not there into the fault of its noun.
func missing(err error, noun *fault.Fault) error {
	if errors.Is(err, db.ErrNoRow) {
		return noun
	}
	return err
}

// Timed tells whether timers of the flow of a case are set.
func Timed(ctx context.Context, r db.Reader, region string, id terms.CaseID) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int], `SELECT count(*) FROM casework_flow WHERE region = $1 AND case_id = $2 AND timers <> '{}'`, region, string(id))
	return n > 0, err
}
