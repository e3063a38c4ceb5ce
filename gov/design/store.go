package design

import (
	"context"
	"encoding/json"
	"time"

	"tongban/gov/catalogue/packages"
	"tongban/gov/design/plan"
	"tongban/platform/db"
	"tongban/platform/fault"
)

const draftColumns = `region, item, base, tree, file, version, edited_by, edited_name, edited_at, tables, parts, history`

func scanDraft(row db.Row) (d Draft, err error) {
	var tree, file, tables, kept, history string
	var at db.Time
	if err = row.Scan(&d.Region, &d.Item, &d.Base, &tree, &file, &d.Version, &d.EditedBy, &d.EditedByName, &at, &tables, &kept, &history); err != nil {
		return d, err
	}
	d.File, d.EditedAt = []byte(file), at.Time
	if tables != "" {
		d.Tables = []byte(tables)
	}
	if history != "" {
		if err = json.Unmarshal([]byte(history), &d.History); err != nil {
			return d, err
		}
	}
	if kept != "" {
		d.Parts = &packages.Package{}
		if err = json.Unmarshal([]byte(kept), d.Parts); err != nil {
			return d, err
		}
	}
	if tree != "" {
		d.Tree = &plan.Plan{}
		err = json.Unmarshal([]byte(tree), d.Tree)
	}
	return d, err
}

// loadDraft returns the draft of an item; ok is false when there is none.
func loadDraft(ctx context.Context, r db.Reader, region, item string) (d Draft, ok bool, err error) {
	d, err = db.One(ctx, r, scanDraft, `SELECT `+draftColumns+` FROM design_flow WHERE region = $1 AND item = $2`, region, item)
	if fault.IsKind(err, fault.KindNotFound) {
		return d, false, nil
	}
	return d, err == nil, err
}

// listDrafts returns the drafts of a region, the newest first.
func listDrafts(ctx context.Context, r db.Reader, region string, limit int) ([]Draft, error) {
	return db.All(ctx, r, scanDraft, `SELECT `+draftColumns+` FROM design_flow WHERE region = $1 ORDER BY edited_at DESC LIMIT $2`, region, limit)
}

// saveDraft writes a draft over the state with that version, 0 for none.
func saveDraft(ctx context.Context, tx *db.Tx, d Draft, over int, now time.Time) error {
	tree := ""
	if d.Tree != nil {
		tree = string(d.Tree.JSON())
	}
	kept := ""
	if d.Parts != nil {
		b, err := json.Marshal(d.Parts)
		if err != nil {
			return err
		}
		kept = string(b)
	}
	history, err := json.Marshal(d.History)
	if err != nil {
		return err
	}
	if over == 0 {
		_, err := tx.Exec(ctx, `INSERT INTO design_flow (`+draftColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			d.Region, d.Item, d.Base, tree, string(d.File), 1, d.EditedBy, d.EditedByName, db.At(now), string(d.Tables), kept, string(history))
		return err
	}
	return db.Changed(tx.Exec(ctx, `UPDATE design_flow SET base = $3, tree = $4, file = $5, version = $6, edited_by = $7, edited_name = $8, edited_at = $9, tables = $11, parts = $12, history = $13
		WHERE region = $1 AND item = $2 AND version = $10`,
		d.Region, d.Item, d.Base, tree, string(d.File), over+1, d.EditedBy, d.EditedByName, db.At(now), over, string(d.Tables), kept, string(history)))
}

func deleteDraft(ctx context.Context, tx *db.Tx, d Draft) error {
	return db.Changed(tx.Exec(ctx, `DELETE FROM design_flow WHERE region = $1 AND item = $2 AND version = $3`, d.Region, d.Item, d.Version))
}
