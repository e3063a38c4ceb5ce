package casework

import (
	"context"
	"time"

	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/platform/auth"
	"tongban/platform/bpmn"
	"tongban/platform/db"
	"tongban/platform/id"
)

const caseColumns = `c.region, c.id, c.number, c.item, c.item_version, c.item_name, c.org, c.org_name, c.express, c.channel, c.draft, c.owner, c.person,
	c.applicant_name, c.Last4, c.place, c.taken_by, c.state, c.version, c.paused, c.submitted_at, c.received_at, c.accepted_at, c.closed_at,
	c.accept_due, c.legal_due, c.promise_due, c.outcome, c.reason, c.deemed, c.supplements, c.certificate, c.terms`

// caseRow collects the columns of a case that need turning.
type caseRow struct {
	c                                                                      Case
	submitted, received, accepted, closed, acceptDue, legalDue, promiseDue db.Time
	terms                                                                  db.JSON[Terms]
}

func (r *caseRow) dest() []any {
	c := &r.c
	return []any{&c.Region, &c.ID, &c.Number, &c.Item, &c.ItemVersion, &c.ItemName, &c.Org, &c.OrgName, &c.Express, &c.Channel, &c.Draft, &c.Owner, &c.Person,
		&c.ApplicantName, &c.Last4, &c.Place, &c.TakenBy, &c.State, &c.Version, &c.Paused, &r.submitted, &r.received, &r.accepted, &r.closed,
		&r.acceptDue, &r.legalDue, &r.promiseDue, &c.Outcome, &c.Reason, &c.Deemed, &c.Supplements, &c.Certificate, &r.terms}
}

func (r *caseRow) done() Case {
	c := r.c
	c.SubmittedAt, c.ReceivedAt, c.AcceptedAt, c.ClosedAt = r.submitted.Time, r.received.Time, r.accepted.Time, r.closed.Time
	c.AcceptDue, c.LegalDue, c.PromiseDue, c.Terms = r.acceptDue.Time, r.legalDue.Time, r.promiseDue.Time, r.terms.V
	return c
}

func scanCase(row db.Row) (Case, error) {
	var r caseRow
	err := row.Scan(r.dest()...)
	return r.done(), err
}

// insertCase adds a case; the commit is stale when its number is taken.
func insertCase(tx *db.Tx, c Case) {
	tx.Guarded(`INSERT INTO casework_case (region, id, number, item, item_version, item_name, org, org_name, express, channel, draft, owner, person,
		applicant_name, last4, place, taken_by, state, version, paused, submitted_at, received_at, accept_due, deemed, supplements, terms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
		ON CONFLICT DO NOTHING`,
		c.Region, string(c.ID), c.Number, c.Item, c.ItemVersion, c.ItemName, c.Org, c.OrgName, c.Express, string(c.Channel), string(c.Draft), c.Owner, c.Person,
		c.ApplicantName, c.Last4, c.Place, c.TakenBy, string(c.State), c.Version, c.Paused, db.At(c.SubmittedAt), db.At(c.ReceivedAt), db.At(c.AcceptDue), c.Deemed, c.Supplements, db.AsJSON(c.Terms))
}

// updateCase writes a case; the commit is stale when somebody changed it since it
// was loaded: the guard is state and version together.
func updateCase(tx *db.Tx, c *Case, from State) {
	tx.Guarded(`UPDATE casework_case SET state = $5, version = version + 1, paused = $6, received_at = $7, accepted_at = $8, closed_at = $9,
		accept_due = $10, legal_due = $11, promise_due = $12, outcome = $13, reason = $14, deemed = $15, supplements = $16, certificate = $17, terms = $18
		WHERE region = $1 AND id = $2 AND state = $3 AND version = $4`,
		c.Region, string(c.ID), string(from), c.Version, string(c.State), c.Paused, db.At(c.ReceivedAt), db.At(c.AcceptedAt), db.At(c.ClosedAt),
		db.At(c.AcceptDue), db.At(c.LegalDue), db.At(c.PromiseDue), string(c.Outcome), c.Reason, c.Deemed, c.Supplements, c.Certificate, db.AsJSON(c.Terms))
	c.Version++
}

func loadCase(ctx context.Context, r db.Reader, region string, id CaseID) (Case, error) {
	c, err := db.One(ctx, r, scanCase, `SELECT `+caseColumns+` FROM casework_case c WHERE c.region = $1 AND c.id = $2`, region, string(id))
	return c, notFound(err, ErrNoCase)
}

func loadCaseOfDraft(ctx context.Context, r db.Reader, region string, draft DraftID) (Case, error) {
	c, err := db.One(ctx, r, scanCase, `SELECT `+caseColumns+` FROM casework_case c WHERE c.region = $1 AND c.draft = $2`, region, string(draft))
	return c, notFound(err, ErrNoCase)
}

func loadCaseByNumber(ctx context.Context, r db.Reader, regions []string, number string) (Case, error) {
	args := append([]any{number}, db.Args(regions)...)
	c, err := db.One(ctx, r, scanCase, `SELECT `+caseColumns+` FROM casework_case c WHERE c.number = $1 AND c.region IN (`+db.In(2, len(regions))+`) LIMIT 1`, args...)
	return c, notFound(err, ErrNoCase)
}

// casesBy lists cases by one of their indexed sides, newest first, before an id.
func casesBy(ctx context.Context, r db.Reader, regions []string, side, value, before string, limit int) ([]Case, error) {
	if err := id.After("case", before); err != nil {
		return nil, err
	}
	column := map[string]string{"owner": "owner", "person": "person", "org": "org", "taken": "taken_by"}[side]
	args := append([]any{value, limit}, db.Args(regions)...)
	older := ""
	if before != "" {
		args = append(args, before)
		older = ` AND c.id < ` + db.In(len(args), 1)
	}
	if side == "taken" {
		older += ` AND c.taken_by <> ''`
	}
	return db.All(ctx, r, scanCase, `SELECT `+caseColumns+` FROM casework_case c
		WHERE c.`+column+` = $1 AND c.region IN (`+db.In(3, len(regions))+`)`+older+` ORDER BY c.id DESC LIMIT $2`, args...)
}

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
		var c caseRow
		var f flowRow
		if err = row.Scan(append(c.dest(), &f.version, &f.instance, &f.timers)...); err != nil {
			return w, err
		}
		w.c, w.flow = c.done(), f.done()
		return w, nil
	}, `SELECT `+caseColumns+`, f.version, f.instance, f.timers FROM casework_case c
		LEFT JOIN casework_flow f ON f.region = c.region AND f.case_id = c.id WHERE c.region = $1 AND c.id = $2`, region, string(id))
	return w, notFound(err, ErrNoCase)
}

// loadTaskWork loads a task with its case and flow in one round trip.
func loadTaskWork(ctx context.Context, r db.Reader, region string, id TaskID) (work, error) {
	w, err := db.One(ctx, r, func(row db.Row) (w work, err error) {
		var c caseRow
		var f flowRow
		var t desk.Row
		if err = row.Scan(append(append(c.dest(), &f.version, &f.instance, &f.timers), t.Dest()...)...); err != nil {
			return w, err
		}
		w.c, w.flow, w.task = c.done(), f.done(), t.Done()
		return w, nil
	}, `SELECT `+caseColumns+`, f.version, f.instance, f.timers, `+desk.Columns+` FROM casework_task t
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

const supplementColumns = `region, id, case_id, number, requested_at, requested_by, by_name, approved_by, reason, items, answered_at, answered_by, version, tasks`

func scanSupplement(row db.Row) (p Supplement, err error) {
	var at, answered db.Time
	var items db.JSON[[]SupplementItem]
	var tasks db.JSON[[]string]
	err = row.Scan(&p.Region, &p.ID, &p.Case, &p.Number, &at, &p.By, &p.ByName, &p.ApprovedBy, &p.Reason, &items, &answered, &p.AnsweredBy, &p.Version, &tasks)
	p.RequestedAt, p.AnsweredAt, p.Items, p.Tasks = at.Time, answered.Time, items.V, tasks.V
	return p, err
}

func insertSupplement(tx *db.Tx, p Supplement) {
	tx.Later(`INSERT INTO casework_supplement (region, id, case_id, number, requested_at, requested_by, by_name, approved_by, reason, items, tasks, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)`,
		p.Region, string(p.ID), string(p.Case), p.Number, db.At(p.RequestedAt), p.By, p.ByName, p.ApprovedBy, p.Reason, db.AsJSON(p.Items), db.AsJSON(append([]string{}, p.Tasks...)))
}

func updateSupplement(tx *db.Tx, p *Supplement) {
	tx.Guarded(`UPDATE casework_supplement SET items = $4, answered_at = $5, answered_by = $6, version = version + 1
		WHERE region = $1 AND id = $2 AND version = $3 AND answered_at IS NULL`,
		p.Region, string(p.ID), p.Version, db.AsJSON(p.Items), db.At(p.AnsweredAt), p.AnsweredBy)
	p.Version++
}

func loadSupplements(ctx context.Context, r db.Reader, region string, id CaseID) ([]Supplement, error) {
	return db.All(ctx, r, scanSupplement, `SELECT `+supplementColumns+` FROM casework_supplement WHERE region = $1 AND case_id = $2 ORDER BY number LIMIT 100`, region, string(id))
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
