package handout

import (
	"context"
	"errors"
	"time"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/id"
)

const columns = `region, id, case_id, number, case_number, item, item_name, org, org_name, owner, person, applicant_name, paper, title, way, address, reason,
	state, ready_at, due_at, done_at, done_by, done_name, done_org, collector, carrier, tracking, version, counted`

func scan(row db.Row) (h Handout, err error) {
	var address db.JSON[drafts.Delivery]
	var collector db.JSON[*Collector]
	var ready, due, done db.Time
	var counted db.JSON[*calendar.Derivation]
	err = row.Scan(&h.Region, &h.ID, &h.Case, &h.Number, &h.CaseNumber, &h.Item, &h.ItemName, &h.Org, &h.OrgName, &h.Owner, &h.Person, &h.ApplicantName, &h.Paper, &h.Title, &h.Way, &address,
		&h.Reason, &h.State, &ready, &due, &done, &h.DoneBy, &h.DoneName, &h.DoneOrg, &collector, &h.Carrier, &h.Tracking, &h.Version, &counted)
	h.Address, h.Collector, h.ReadyAt, h.Due, h.DoneAt = address.V, collector.V, ready.Time, due.Time, done.Time
	h.Counted = counted.V
	if !h.Due.Before(terms.NoDue) {
		h.Due = time.Time{}
	}
	return h, err
}

func insert(tx *db.Tx, h Handout) {
	due := h.Due
	if due.IsZero() {
		due = terms.NoDue
	}
	tx.Later(`INSERT INTO casework_handout (region, id, case_id, number, case_number, item, item_name, org, org_name, owner, person, applicant_name, paper, title, way, address, reason,
		state, ready_at, due_at, counted, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1)`,
		h.Region, h.ID, string(h.Case), h.Number, h.CaseNumber, h.Item, h.ItemName, h.Org, h.OrgName, h.Owner, h.Person, h.ApplicantName, h.Paper, h.Title, string(h.Way), db.AsJSON(h.Address), h.Reason,
		string(h.State), db.At(h.ReadyAt), db.At(due), db.AsJSON(h.Counted))
}

// finish writes that a paper left, unless it has left already or was changed since.
func finish(ctx context.Context, tx *db.Tx, h *Handout) error {
	err := db.Changed(tx.Exec(ctx, `UPDATE casework_handout SET state = $4, way = $5, done_at = $6, done_by = $7, done_name = $8, done_org = $9, collector = $10, carrier = $11, tracking = $12,
		version = version + 1 WHERE region = $1 AND id = $2 AND version = $3 AND state = 'ready'`,
		h.Region, h.ID, h.Version, string(h.State), string(h.Way), db.At(h.DoneAt), h.DoneBy, h.DoneName, h.DoneOrg, db.AsJSON(h.Collector), h.Carrier, h.Tracking))
	if err == nil {
		h.Version++
	}
	return err
}

// ready lists what waits in a region with a limit, after one.
func ready(ctx context.Context, r db.Reader, region, after string, limit int) ([]Handout, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_handout WHERE region = $1 AND id > $2 AND state = 'ready' ORDER BY id LIMIT $3`, region, after, limit)
}

// move writes another limit.
func move(tx *db.Tx, h *Handout) {
	tx.Guarded(`UPDATE casework_handout SET due_at = $4, counted = $5, version = version + 1 WHERE region = $1 AND id = $2 AND version = $3 AND state = 'ready'`,
		h.Region, h.ID, h.Version, db.At(h.Due), db.AsJSON(h.Counted))
	h.Version++
}

func load(ctx context.Context, r db.Reader, region, handout string) (Handout, error) {
	h, err := db.One(ctx, r, scan, `SELECT `+columns+` FROM casework_handout WHERE region = $1 AND id = $2`, region, handout)
	if errors.Is(err, db.ErrNoRow) {
		return h, ErrNoHandout
	}
	return h, err
}

// OfCase lists the hand-outs of a case, oldest first; the caller has been let
// into the case.
func OfCase(ctx context.Context, r db.Reader, region string, c terms.CaseID) ([]Handout, error) {
	return ofCase(ctx, r, region, c)
}

// ofCase lists the hand-outs of a case, oldest first.
func ofCase(ctx context.Context, r db.Reader, region string, c terms.CaseID) ([]Handout, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_handout WHERE region = $1 AND case_id = $2 ORDER BY number LIMIT 100`, region, string(c))
}

// waiting lists what waits to be collected or posted, least time left first,
// after a place; near is the latest limit that is looked at.
func waiting(ctx context.Context, r db.Reader, regions []string, way drafts.Way, near, after time.Time, last string, limit int) ([]Handout, error) {
	args := append([]any{string(way), db.At(near), db.At(after), last, limit}, db.Args(regions)...)
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_handout WHERE state = 'ready' AND way = $1 AND region IN (`+db.In(6, len(regions))+`)
		AND due_at <= $2 AND (due_at > $3 OR due_at = $3 AND id > $4) ORDER BY due_at, id LIMIT $5`, args...)
}

// countWaiting counts what waits to be collected or posted, to one more than most.
func countWaiting(ctx context.Context, r db.Reader, regions []string, way drafts.Way, most int) (int, error) {
	args := append([]any{string(way), most + 1}, db.Args(regions)...)
	return db.One(ctx, r, func(row db.Row) (n int, err error) { return n, row.Scan(&n) },
		`SELECT count(*) FROM (SELECT 1 FROM casework_handout WHERE state = 'ready' AND way = $1 AND region IN (`+db.In(3, len(regions))+`) LIMIT $2) AS waiting`, args...)
}

// waitingFor lists what waits for a person or a company.
func waitingFor(ctx context.Context, r db.Reader, regions []string, side, value string) ([]Handout, error) {
	column := map[string]string{"person": "person", "owner": "owner"}[side]
	args := append([]any{value}, db.Args(regions)...)
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_handout WHERE state = 'ready' AND `+column+` = $1 AND region IN (`+db.In(2, len(regions))+`) ORDER BY id LIMIT 100`, args...)
}

// decided is what a hand-out needs of the case that it belongs to.
type decided struct {
	Handout
	state string
	draft drafts.DraftID
}

func loadDecided(ctx context.Context, r db.Reader, region string, c terms.CaseID) (decided, error) {
	d, err := db.One(ctx, r, func(row db.Row) (d decided, err error) {
		err = row.Scan(&d.Region, &d.Case, &d.CaseNumber, &d.Item, &d.ItemName, &d.Org, &d.OrgName, &d.Owner, &d.Person, &d.ApplicantName, &d.Paper, &d.state, &d.draft)
		return d, err
	}, `SELECT region, id, number, item, item_name, org, org_name, owner, person, applicant_name, certificate, state, draft FROM casework_case WHERE region = $1 AND id = $2`, region, string(c))
	if errors.Is(err, db.ErrNoRow) {
		return d, ErrNoHandout
	}
	return d, err
}

// tellCase writes a line into the timeline of the case.
func tellCase(tx *db.Tx, h Handout, at time.Time, kind, org, text string, details map[string]any) {
	p := tx.Actor()
	tx.Later(`INSERT INTO casework_history (region, case_id, id, at, since, kind, actor, name, role, org, org_name, step, task, text, details)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', $12, $13)`,
		h.Region, string(h.Case), id.New("his"), db.At(at), db.At(h.ReadyAt), kind, p.ID, p.Name, "clerk", org, "", text, db.AsJSON(details))
}
