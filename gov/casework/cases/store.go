package cases

import (
	"context"
	"errors"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
)

// Columns are the columns of a case, aliased c, in the order of Row.Dest.
const Columns = `c.region, c.id, c.number, c.item, c.item_version, c.item_name, c.org, c.org_name, c.express, c.channel, c.draft, c.owner, c.person,
	c.applicant_name, c.Last4, c.place, c.taken_by, c.state, c.version, c.paused, c.submitted_at, c.received_at, c.accepted_at, c.closed_at,
	c.accept_due, c.legal_due, c.promise_due, c.outcome, c.reason, c.deemed, c.supplements, c.certificate, c.terms`

// Row collects the columns of a case that need turning.
type Row struct {
	c                                                                      Case
	submitted, received, accepted, closed, acceptDue, legalDue, promiseDue db.Time
	terms                                                                  db.JSON[terms.Terms]
}

// Dest is what to Scan Columns into.
func (r *Row) Dest() []any {
	c := &r.c
	return []any{&c.Region, &c.ID, &c.Number, &c.Item, &c.ItemVersion, &c.ItemName, &c.Org, &c.OrgName, &c.Express, &c.Channel, &c.Draft, &c.Owner, &c.Person,
		&c.ApplicantName, &c.Last4, &c.Place, &c.TakenBy, &c.State, &c.Version, &c.Paused, &r.submitted, &r.received, &r.accepted, &r.closed,
		&r.acceptDue, &r.legalDue, &r.promiseDue, &c.Outcome, &c.Reason, &c.Deemed, &c.Supplements, &c.Certificate, &r.terms}
}

// Done is the case that was scanned.
func (r *Row) Done() Case {
	c := r.c
	c.SubmittedAt, c.ReceivedAt, c.AcceptedAt, c.ClosedAt = r.submitted.Time, r.received.Time, r.accepted.Time, r.closed.Time
	c.AcceptDue, c.LegalDue, c.PromiseDue, c.Terms = r.acceptDue.Time, r.legalDue.Time, r.promiseDue.Time, r.terms.V
	return c
}

// Scan reads a case from Columns.
func Scan(row db.Row) (Case, error) {
	var r Row
	err := row.Scan(r.Dest()...)
	return r.Done(), err
}

// Insert adds a case; the commit is stale when its number is taken.
func Insert(tx *db.Tx, c Case) {
	tx.Guarded(`INSERT INTO casework_case (region, id, number, item, item_version, item_name, org, org_name, express, channel, draft, owner, person,
		applicant_name, last4, place, taken_by, state, version, paused, submitted_at, received_at, accept_due, deemed, supplements, terms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
		ON CONFLICT DO NOTHING`,
		c.Region, string(c.ID), c.Number, c.Item, c.ItemVersion, c.ItemName, c.Org, c.OrgName, c.Express, string(c.Channel), string(c.Draft), c.Owner, c.Person,
		c.ApplicantName, c.Last4, c.Place, c.TakenBy, string(c.State), c.Version, c.Paused, db.At(c.SubmittedAt), db.At(c.ReceivedAt), db.At(c.AcceptDue), c.Deemed, c.Supplements, db.AsJSON(c.Terms))
}

// Update writes a case; the commit is stale when somebody changed it since it
// was loaded: the guard is state and version together.
func Update(tx *db.Tx, c *Case, from State) {
	tx.Guarded(`UPDATE casework_case SET state = $5, version = version + 1, paused = $6, received_at = $7, accepted_at = $8, closed_at = $9,
		accept_due = $10, legal_due = $11, promise_due = $12, outcome = $13, reason = $14, deemed = $15, supplements = $16, certificate = $17, terms = $18
		WHERE region = $1 AND id = $2 AND state = $3 AND version = $4`,
		c.Region, string(c.ID), string(from), c.Version, string(c.State), c.Paused, db.At(c.ReceivedAt), db.At(c.AcceptedAt), db.At(c.ClosedAt),
		db.At(c.AcceptDue), db.At(c.LegalDue), db.At(c.PromiseDue), string(c.Outcome), c.Reason, c.Deemed, c.Supplements, c.Certificate, db.AsJSON(c.Terms))
	c.Version++
}

// Load reads one case; the caller checks who may see it.
func Load(ctx context.Context, r db.Reader, region string, id terms.CaseID) (Case, error) {
	c, err := db.One(ctx, r, Scan, `SELECT `+Columns+` FROM casework_case c WHERE c.region = $1 AND c.id = $2`, region, string(id))
	return c, notFound(err, ErrNoCase)
}

// OfDraft reads the case that a draft became.
func OfDraft(ctx context.Context, r db.Reader, region string, draft drafts.DraftID) (Case, error) {
	c, err := db.One(ctx, r, Scan, `SELECT `+Columns+` FROM casework_case c WHERE c.region = $1 AND c.draft = $2`, region, string(draft))
	return c, notFound(err, ErrNoCase)
}

// ByNumber reads the case with a number.
func ByNumber(ctx context.Context, r db.Reader, regions []string, number string) (Case, error) {
	args := append([]any{number}, db.Args(regions)...)
	c, err := db.One(ctx, r, Scan, `SELECT `+Columns+` FROM casework_case c WHERE c.number = $1 AND c.region IN (`+db.In(2, len(regions))+`) LIMIT 1`, args...)
	return c, notFound(err, ErrNoCase)
}

// By lists cases by one of their indexed sides, newest first, before an id.
func By(ctx context.Context, r db.Reader, regions []string, side, value, before string, limit int) ([]Case, error) {
	if err := id.After("case", before); err != nil {
		return nil, err
	}
	column := map[string]string{"owner": "owner", "person": "person", "taken": "taken_by"}[side]
	args := append([]any{value, limit}, db.Args(regions)...)
	older := ""
	if before != "" {
		args = append(args, before)
		older = ` AND c.id < ` + db.In(len(args), 1)
	}
	if side == "taken" {
		older += ` AND c.taken_by <> ''`
	}
	return db.All(ctx, r, Scan, `SELECT `+Columns+` FROM casework_case c
		WHERE c.`+column+` = $1 AND c.region IN (`+db.In(3, len(regions))+`)`+older+` ORDER BY c.id DESC LIMIT $2`, args...)
}

// notFound turns a missing row into the fault of a case.
func notFound(err error, noun *fault.Fault) error {
	if errors.Is(err, db.ErrNoRow) {
		return noun
	}
	return err
}

// SetVersion writes which version of its item a case follows; Update guards the
// commit.
func SetVersion(tx *db.Tx, c *Case) {
	tx.Later(`UPDATE casework_case SET item_version = $3 WHERE region = $1 AND id = $2`, c.Region, string(c.ID), c.ItemVersion)
}
