package drafts

import (
	"context"
	"time"

	"tongban/platform/db"
	"tongban/platform/id"
)

const draftColumns = `region, id, item, item_version, item_name, org, org_name, applicant, channel, started_by, started_name,
	identified, situation, form, materials, state, version, case_id, created_at, updated_at, updated_by, code, delivery`

func scanDraft(row db.Row) (d Draft, err error) {
	var (
		applicant       db.JSON[Applicant]
		identified      db.JSON[[]Identification]
		situation, form db.JSON[map[string]string]
		materials       db.JSON[map[string]Choice]
		delivery        db.JSON[Delivery]
		created, update db.Time
	)
	err = row.Scan(&d.Region, &d.ID, &d.Item, &d.ItemVersion, &d.ItemName, &d.Org, &d.OrgName, &applicant, &d.Channel, &d.StartedBy, &d.StartedName,
		&identified, &situation, &form, &materials, &d.State, &d.Version, &d.Case, &created, &update, &d.UpdatedBy, &d.Code, &delivery)
	d.Applicant, d.Identified, d.Situation, d.Form, d.Materials = applicant.V, identified.V, situation.V, form.V, materials.V
	d.CreatedAt, d.UpdatedAt, d.Delivery = created.Time, update.Time, delivery.V
	return d, err
}

// Insert adds a draft that is made inside somebody else's transaction.
func Insert(tx *db.Tx, d Draft) {
	if d.Code == "" {
		d.Code = newCode()
	}
	insertDraft(tx, d)
}

func insertDraft(tx *db.Tx, d Draft) {
	tx.Later(`INSERT INTO casework_draft (region, id, item, item_version, item_name, org, org_name, owner, person, applicant, channel,
		started_by, started_name, identified, situation, form, materials, state, version, created_at, updated_at, updated_by, code, delivery)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		d.Region, string(d.ID), d.Item, d.ItemVersion, d.ItemName, d.Org, d.OrgName, d.Applicant.Owner(), d.Applicant.Person, db.AsJSON(d.Applicant), string(d.Channel),
		d.StartedBy, d.StartedName, db.AsJSON(list(d.Identified)), db.AsJSON(d.Situation), db.AsJSON(d.Form), db.AsJSON(d.Materials),
		string(d.State), d.Version, db.At(d.CreatedAt), db.At(d.UpdatedAt), d.UpdatedBy, d.Code, db.AsJSON(d.Delivery))
}

// Load reads a draft; the caller checks who may see it.
func Load(ctx context.Context, r db.Reader, region string, id DraftID) (Draft, error) {
	d, err := db.One(ctx, r, scanDraft, `SELECT `+draftColumns+` FROM casework_draft WHERE region = $1 AND id = $2`, region, string(id))
	return d, notFound(err, ErrNoDraft)
}

// Update writes the next version of a draft, and what changed; the commit is
// stale when somebody changed it since it was loaded.
func Update(tx *db.Tx, d *Draft, by, name string, at time.Time, fields []FieldChange) {
	d.UpdatedAt, d.UpdatedBy = at, name
	if d.Code == "" && d.State == DraftOpen { // begun before drafts had codes
		d.Code = newCode()
	}
	tx.Guarded(`UPDATE casework_draft SET item_version = $4, applicant = $5, identified = $6, situation = $7, form = $8, materials = $9,
		state = $10, version = version + 1, case_id = $11, updated_at = $12, updated_by = $13, channel = $14, delivery = $15, code = $16
		WHERE region = $1 AND id = $2 AND version = $3`,
		d.Region, string(d.ID), d.Version, d.ItemVersion, db.AsJSON(d.Applicant), db.AsJSON(list(d.Identified)), db.AsJSON(d.Situation), db.AsJSON(d.Form), db.AsJSON(d.Materials),
		string(d.State), string(d.Case), db.At(at), name, string(d.Channel), db.AsJSON(d.Delivery), d.Code)
	d.Version++
	if len(fields) > 0 {
		tx.Later(`INSERT INTO casework_change (region, draft, version, at, actor, name, fields) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			d.Region, string(d.ID), d.Version, db.At(at), by, name, db.AsJSON(fields))
	}
}

func scanChange(row db.Row) (c Change, err error) {
	var at db.Time
	var fields db.JSON[[]FieldChange]
	err = row.Scan(&c.Version, &at, &c.By, &c.Name, &fields)
	c.At, c.Fields = at.Time, fields.V
	return c, err
}

// changesSince lists what was changed after a version, oldest first.
func changesSince(ctx context.Context, r db.Reader, region string, id DraftID, version int) ([]Change, error) {
	return db.All(ctx, r, scanChange, `SELECT version, at, actor, name, fields FROM casework_change
		WHERE region = $1 AND draft = $2 AND version > $3 ORDER BY version LIMIT 1000`, region, string(id), version)
}

// openDrafts lists open drafts by one of their three indexed sides, newest first.
func openDrafts(ctx context.Context, r db.Reader, regions []string, side, value string, limit int) ([]Draft, error) {
	column := map[string]string{"owner": "owner", "person": "person", "starter": "started_by"}[side]
	args := append([]any{value, limit}, db.Args(regions)...)
	return db.All(ctx, r, scanDraft, `SELECT `+draftColumns+` FROM casework_draft
		WHERE `+column+` = $1 AND state = 'open' AND region IN (`+db.In(3, len(regions))+`) ORDER BY id DESC LIMIT $2`, args...)
}

// list keeps an empty list from being written as null.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// draftByCode finds an open draft of these regions by its code.
func draftByCode(ctx context.Context, r db.Reader, regions []string, code string) (Draft, error) {
	args := append([]any{code}, db.Args(regions)...)
	d, err := db.One(ctx, r, scanDraft, `SELECT `+draftColumns+` FROM casework_draft
		WHERE code = $1 AND code <> '' AND state = 'open' AND region IN (`+db.In(2, len(regions))+`) LIMIT 1`, args...)
	return d, notFound(err, ErrNoDraft)
}

// insertReading notes who of the offices looked at a draft; the list of readers
// of the case that it becomes begins with these.
func insertReading(tx *db.Tx, d Draft, at time.Time, purpose string) {
	p := tx.Actor()
	tx.Later(`INSERT INTO casework_reading (region, case_id, id, at, reader, name, org, purpose) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		d.Region, string(d.ID), id.New("rdg"), db.At(at), p.ID, p.Name, OfficeOf(p), purpose)
}

// ScanReading reads a row of casework_reading: id, at, reader, name, org, purpose.
func ScanReading(row db.Row) (r Reading, err error) {
	var at db.Time
	err = row.Scan(&r.ID, &at, &r.Reader, &r.Name, &r.Org, &r.Purpose)
	r.At = at.Time
	return r, err
}

func readingsOf(ctx context.Context, r db.Reader, region string, draft DraftID) ([]Reading, error) {
	return db.All(ctx, r, ScanReading, `SELECT id, at, reader, name, org, purpose FROM casework_reading
		WHERE region = $1 AND case_id = $2 ORDER BY id DESC LIMIT 100`, region, string(draft))
}
