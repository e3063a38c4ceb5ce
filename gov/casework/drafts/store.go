package drafts

import (
	"context"
	"time"

	"tongban/platform/db"
)

const draftColumns = `region, id, item, item_version, item_name, org, org_name, applicant, channel, started_by, started_name,
	identified, situation, form, materials, state, version, case_id, created_at, updated_at, updated_by`

func scanDraft(row db.Row) (d Draft, err error) {
	var (
		applicant       db.JSON[Applicant]
		identified      db.JSON[[]Identification]
		situation, form db.JSON[map[string]string]
		materials       db.JSON[map[string]Choice]
		created, update db.Time
	)
	err = row.Scan(&d.Region, &d.ID, &d.Item, &d.ItemVersion, &d.ItemName, &d.Org, &d.OrgName, &applicant, &d.Channel, &d.StartedBy, &d.StartedName,
		&identified, &situation, &form, &materials, &d.State, &d.Version, &d.Case, &created, &update, &d.UpdatedBy)
	d.Applicant, d.Identified, d.Situation, d.Form, d.Materials = applicant.V, identified.V, situation.V, form.V, materials.V
	d.CreatedAt, d.UpdatedAt = created.Time, update.Time
	return d, err
}

func insertDraft(tx *db.Tx, d Draft) {
	tx.Later(`INSERT INTO casework_draft (region, id, item, item_version, item_name, org, org_name, owner, person, applicant, channel,
		started_by, started_name, identified, situation, form, materials, state, version, created_at, updated_at, updated_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		d.Region, string(d.ID), d.Item, d.ItemVersion, d.ItemName, d.Org, d.OrgName, d.Applicant.Owner(), d.Applicant.Person, db.AsJSON(d.Applicant), string(d.Channel),
		d.StartedBy, d.StartedName, db.AsJSON(list(d.Identified)), db.AsJSON(d.Situation), db.AsJSON(d.Form), db.AsJSON(d.Materials),
		string(d.State), d.Version, db.At(d.CreatedAt), db.At(d.UpdatedAt), d.UpdatedBy)
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
	tx.Guarded(`UPDATE casework_draft SET item_version = $4, applicant = $5, identified = $6, situation = $7, form = $8, materials = $9,
		state = $10, version = version + 1, case_id = $11, updated_at = $12, updated_by = $13, channel = $14
		WHERE region = $1 AND id = $2 AND version = $3`,
		d.Region, string(d.ID), d.Version, d.ItemVersion, db.AsJSON(d.Applicant), db.AsJSON(list(d.Identified)), db.AsJSON(d.Situation), db.AsJSON(d.Form), db.AsJSON(d.Materials),
		string(d.State), string(d.Case), db.At(at), name, string(d.Channel))
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
