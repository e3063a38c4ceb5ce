package desk

import (
	"context"
	"strconv"
	"strings"
	"time"

	"tongban/gov/casework/terms"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

// Columns are the columns of a task, aliased t, in the order of Row.Dest; for
// joins that load a task with its case.
const Columns = `t.region, t.id, t.case_id, t.element, t.name, t.org, t.org_name, t.on_behalf, t.role, t.assignee, t.assignee_name, t.state,
	t.opened_at, t.claimed_at, t.closed_at, t.due_at, t.due_unit, t.paused, t.step_limit, t.result, t.opinion, t.officer, t.officer_name, t.fields, t.delegation,
	t.version, t.case_number, t.item, t.item_name, t.applicant_name, t.signer, t.held, t.seen_at, t.seen_name, t.urged_at, t.for_account, t.for_name`

// Row collects the columns of a task that need turning.
type Row struct {
	t                            Task
	opened, claimed, closed, due db.Time
	seen, urged                  db.Time
	limit                        db.JSON[calendar.Limit]
	fields                       db.JSON[map[string]string]
	delegation                   db.JSON[*Delegation]
}

// Dest is what to scan Columns into.
func (r *Row) Dest() []any {
	t := &r.t
	return []any{&t.Region, &t.ID, &t.Case, &t.Element, &t.Name, &t.Org, &t.OrgName, &t.OnBehalf, &t.Role, &t.Assignee, &t.AssigneeName, &t.State,
		&r.opened, &r.claimed, &r.closed, &r.due, &t.DueUnit, &t.Paused, &r.limit, &t.Result, &t.Opinion, &t.Officer, &t.OfficerName, &r.fields, &r.delegation,
		&t.Version, &t.CaseNumber, &t.Item, &t.ItemName, &t.ApplicantName, &t.Signer, &t.Held, &r.seen, &t.SeenName, &r.urged, &t.For, &t.ForName}
}

// Done is the task that was scanned.
func (r *Row) Done() Task {
	t := r.t
	t.SeenAt, t.UrgedAt = r.seen.Time, r.urged.Time
	t.OpenedAt, t.ClaimedAt, t.ClosedAt, t.Due = r.opened.Time, r.claimed.Time, r.closed.Time, r.due.Time
	if !t.Due.Before(terms.NoDue) {
		t.Due = time.Time{}
	}
	t.Limit, t.Fields, t.Delegation = r.limit.V, r.fields.V, r.delegation.V
	return t
}

func scanTask(row db.Row) (Task, error) {
	var r Row
	err := row.Scan(r.Dest()...)
	return r.Done(), err
}

// Sortable is a due date as the column keeps it.
func Sortable(t time.Time) db.Time {
	if t.IsZero() {
		return db.At(terms.NoDue)
	}
	return db.At(t)
}

// Insert adds all tasks in one statement.
func Insert(tx *db.Tx, tasks []Task) {
	if len(tasks) == 0 {
		return
	}
	const columns = 24
	var b strings.Builder
	b.WriteString(`INSERT INTO casework_task (region, id, case_id, element, name, org, org_name, on_behalf, role, assignee, assignee_name, state,
		opened_at, due_at, due_unit, paused, step_limit, fields, case_number, item, item_name, applicant_name, signer, held, version) VALUES `)
	args := make([]any, 0, columns*len(tasks))
	for i, t := range tasks {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + db.In(i*columns+1, columns) + ", 1)")
		args = append(args, t.Region, string(t.ID), string(t.Case), t.Element, t.Name, t.Org, t.OrgName, t.OnBehalf, t.Role, t.Assignee, t.AssigneeName, string(t.State),
			db.At(t.OpenedAt), Sortable(t.Due), string(t.DueUnit), t.Paused, db.AsJSON(t.Limit), db.AsJSON(map[string]string{}), t.CaseNumber, t.Item, t.ItemName, t.ApplicantName, t.Signer, t.Held)
	}
	tx.Later(b.String(), args...)
}

// Load reads one task; the caller checks who may see it.
func Load(ctx context.Context, r db.Reader, region string, id TaskID) (Task, error) {
	t, err := db.One(ctx, r, scanTask, `SELECT `+Columns+` FROM casework_task t WHERE t.region = $1 AND t.id = $2`, region, string(id))
	return t, missing(err)
}

// Of lists every task of a case, oldest first.
func Of(ctx context.Context, r db.Reader, region string, id terms.CaseID) ([]Task, error) {
	return db.All(ctx, r, scanTask, `SELECT `+Columns+` FROM casework_task t WHERE t.region = $1 AND t.case_id = $2 ORDER BY t.id LIMIT 1000`, region, string(id))
}

// Open lists the open tasks of a case, oldest first.
func Open(ctx context.Context, r db.Reader, region string, id terms.CaseID) ([]Task, error) {
	return db.All(ctx, r, scanTask, `SELECT `+Columns+` FROM casework_task t WHERE t.region = $1 AND t.case_id = $2 AND t.state = 'open' ORDER BY t.id LIMIT 1000`, region, string(id))
}

// Finish closes an open task; the commit is stale when somebody changed it since
// it was loaded.
func Finish(tx *db.Tx, t *Task) {
	tx.Guarded(`UPDATE casework_task SET state = $4, closed_at = $5, result = $6, opinion = $7, officer = $8, officer_name = $9, fields = $10,
		assignee = $11, assignee_name = $12, claimed_at = $13, for_account = $14, for_name = $15, version = version + 1 WHERE region = $1 AND id = $2 AND version = $3 AND state = 'open'`,
		t.Region, string(t.ID), t.Version, string(t.State), db.At(t.ClosedAt), string(t.Result), t.Opinion, t.Officer, t.OfficerName, db.AsJSON(t.Fields),
		t.Assignee, t.AssigneeName, db.At(t.ClaimedAt), t.For, t.ForName)
	t.Version++
}

// Reassign moves an open task to somebody else, or nobody in particular, guarded
// as Finish is.
func Reassign(tx *db.Tx, t *Task) {
	tx.Guarded(`UPDATE casework_task SET org = $4, org_name = $5, assignee = $6, assignee_name = $7, claimed_at = $8, delegation = $9, version = version + 1
		WHERE region = $1 AND id = $2 AND version = $3 AND state = 'open'`,
		t.Region, string(t.ID), t.Version, t.Org, t.OrgName, t.Assignee, t.AssigneeName, db.At(t.ClaimedAt), delegationArg(t.Delegation))
	t.Version++
}

func delegationArg(d *Delegation) any {
	if d == nil {
		return nil
	}
	return db.AsJSON(d)
}

// Close ends open tasks without a result.
func Close(tx *db.Tx, region string, ids []TaskID, state TaskState, at time.Time) {
	for _, id := range ids {
		tx.Later(`UPDATE casework_task SET state = $3, closed_at = $4, version = version + 1 WHERE region = $1 AND id = $2 AND state = 'open'`,
			region, string(id), string(state), db.At(at))
	}
}

// SetDue writes the due dates of open tasks after the clock was stopped,
// started or lengthened.
func SetDue(tx *db.Tx, tasks []Task) {
	for _, t := range tasks {
		tx.Later(`UPDATE casework_task SET due_at = $3, due_unit = $4, paused = $5, version = version + 1 WHERE region = $1 AND id = $2 AND state = 'open'`,
			t.Region, string(t.ID), Sortable(t.Due), string(t.DueUnit), t.Paused)
	}
}

// Hold writes whether open steps wait for a signer before them.
func Hold(tx *db.Tx, region string, ids []TaskID, held bool) {
	for _, id := range ids {
		tx.Later(`UPDATE casework_task SET held = $3, version = version + 1 WHERE region = $1 AND id = $2 AND state = 'open'`, region, string(id), held)
	}
}

// See keeps when the holder of an open step first saw it.
func See(tx *db.Tx, t *Task) {
	tx.Later(`UPDATE casework_task SET seen_at = $3, seen_name = $4 WHERE region = $1 AND id = $2 AND seen_at IS NULL`, t.Region, string(t.ID), db.At(t.SeenAt), t.SeenName)
}

// Urge keeps when an open step was last urged, guarded by when it was before.
func Urge(tx *db.Tx, t *Task) {
	tx.Guarded(`UPDATE casework_task SET urged_at = $4, version = version + 1 WHERE region = $1 AND id = $2 AND version = $3 AND state = 'open'`,
		t.Region, string(t.ID), t.Version, db.At(t.UrgedAt))
	t.Version++
}

// arm is one index range of an inbox: all its conditions are equalities that
// an index leads with, so that the rows come sorted by due date. "?" stands
// for the next argument.
type arm struct {
	where string
	args  []any
}

// cursor is the place after which a page goes on.
type cursor struct {
	due time.Time
	id  string
}

// span bounds a list: after from (exclusive), until to (inclusive) and, when it
// is set, up to the place edge (inclusive).
type span struct {
	from, to time.Time
	edge     cursor
}

// listTasks merges the ranges of all arms, each cut to the page before the merge.
func listTasks(ctx context.Context, r db.Reader, arms []arm, after cursor, due span, limit int) ([]Task, error) {
	if len(arms) == 0 {
		return nil, nil
	}
	query, args := listQuery(arms, after, due, limit)
	return db.All(ctx, r, scanTask, query, args...)
}

func listQuery(arms []arm, after cursor, due span, limit int) (query string, args []any) {
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	// Because: with a parameter as limit PostgreSQL plans every call anew, which
	// takes longer than running it; a page has one of few sizes.
	most := strconv.Itoa(limit)
	within := bounds(after, due, arg)
	parts := make([]string, len(arms))
	for i, a := range arms {
		parts[i] = `SELECT ` + Columns + ` FROM casework_task t WHERE t.state = 'open' AND ` + a.spell(arg) + within + ` ORDER BY t.due_at, t.id LIMIT ` + most
	}
	if len(parts) == 1 {
		return parts[0], args
	}
	for i := range parts {
		parts[i] = `SELECT * FROM (` + parts[i] + `) AS a` + strconv.Itoa(i)
	}
	return `SELECT * FROM (` + strings.Join(parts, ` UNION ALL `) + `) AS m ORDER BY due_at, id LIMIT ` + most, args
}

// watchColumns are what the watch may count by: key and name.
var watchColumns = map[WatchBy][2]string{
	ByOffice: {"t.org", "t.org_name"}, ByItem: {"t.item", "t.item_name"}, ByHolder: {"t.assignee", "t.assignee_name"}, ByRegion: {"t.region", "t.region"},
}

func scanWatch(row db.Row) (w WatchRow, err error) {
	var oldest db.Time
	err = row.Scan(&w.Key, &w.Name, &w.Red, &w.Yellow, &oldest)
	w.Oldest = oldest.Time
	return w, err
}

// countNear counts the open steps whose due date is past, or near, in one
// index range per region; more than that it does not look at.
func countNear(ctx context.Context, r db.Reader, regions []string, by WatchBy, org, item string, now time.Time, near []warned, limit int) ([]WatchRow, error) {
	col := watchColumns[by]
	args := append([]any{db.At(latest(near)), limit}, db.Args(regions)...)
	where := ""
	if org != "" {
		args = append(args, org)
		where += ` AND t.org = ` + db.In(len(args), 1)
	}
	if item != "" {
		args = append(args, item)
		where += ` AND t.item = ` + db.In(len(args), 1)
	}
	arg := func(v any) string {
		args = append(args, v)
		return db.In(len(args), 1)
	}
	text, more := due(near, now)
	where += ` AND ` + arm{text, more}.spell(arg)
	text, more = red(near)
	is, not := arm{text, more}.spell(arg), arm{text, more}.spell(arg)
	return db.All(ctx, r, scanWatch, `SELECT `+col[0]+`, max(`+col[1]+`), count(*) FILTER (WHERE `+is+`), count(*) FILTER (WHERE NOT (`+not+`)), min(t.due_at)
		FROM casework_task t WHERE t.state = 'open' AND t.due_at <= $1 AND t.region IN (`+db.In(3, len(regions))+`)`+where+`
		GROUP BY `+col[0]+` ORDER BY 3 DESC, 4 DESC, 1 LIMIT $2`, args...)
}

// SetAcceptance writes the due date of the step before the flow.
func SetAcceptance(tx *db.Tx, region string, id terms.CaseID, due time.Time, paused bool) {
	tx.Later(`UPDATE casework_task SET due_at = $4, paused = $5, version = version + 1 WHERE region = $1 AND case_id = $2 AND element = $3 AND state = 'open'`,
		region, string(id), AcceptElement, Sortable(due), paused)
}

// CancelAll closes every open step of a case that ended without a decision.
func CancelAll(tx *db.Tx, region string, id terms.CaseID, at time.Time) {
	tx.Later(`UPDATE casework_task SET state = 'cancelled', closed_at = $3, version = version + 1 WHERE region = $1 AND case_id = $2 AND state = 'open'`,
		region, string(id), db.At(at))
}

// Rename writes the step of the flow that open tasks stand on, with its name and
// limit, after their case has moved to another version of it.
func Rename(tx *db.Tx, tasks []Task) {
	for _, t := range tasks {
		tx.Later(`UPDATE casework_task SET element = $3, name = $4, step_limit = $5, due_at = $6, due_unit = $7, version = version + 1 WHERE region = $1 AND id = $2 AND state = 'open'`,
			t.Region, string(t.ID), t.Element, t.Name, db.AsJSON(t.Limit), Sortable(t.Due), string(t.DueUnit))
	}
}
