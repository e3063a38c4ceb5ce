package design

import (
	"context"
	"encoding/json"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/gov/design/plan"
	"tongban/platform/db"
	"tongban/platform/fault"
)

const draftColumns = `region, item, base, tree, file, version, edited_by, edited_name, edited_at, tables, parts, history, stage, release`

func scanDraft(row db.Row) (d Draft, err error) {
	var tree, file, tables, kept, history, release string
	var at db.Time
	if err = row.Scan(&d.Region, &d.Item, &d.Base, &tree, &file, &d.Version, &d.EditedBy, &d.EditedByName, &at, &tables, &kept, &history, &d.Stage, &release); err != nil {
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
	if release != "" {
		if err = json.Unmarshal([]byte(release), &d.Release); err != nil {
			return d, err
		}
	}
	if kept != "" {
		if d.Parts, err = readParts([]byte(kept)); err != nil {
			return d, err
		}
	}
	if tree != "" {
		d.Tree = &plan.Plan{}
		err = json.Unmarshal([]byte(tree), d.Tree)
	}
	return d, err
}

// readParts reads what a draft keeps. Drafts of a one thing that were kept before
// its parts could be edited have bundle.json beside the rest, as text.
func readParts(kept []byte) (*packages.Package, error) {
	var old struct {
		Others map[string]string `json:"others"`
	}
	p := &packages.Package{}
	if err := json.Unmarshal(kept, p); err != nil {
		return nil, err
	}
	if p.Bundle != nil {
		return p, nil
	}
	if err := json.Unmarshal(kept, &old); err != nil {
		return nil, err
	}
	if text, ok := old.Others[packages.BundleFile]; ok {
		p.Bundle = &content.Bundle{}
		if json.Unmarshal([]byte(text), p.Bundle) != nil { // what is missing the checks say
			p.Bundle = &content.Bundle{Format: 1}
		}
	}
	return p, nil
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

// listStages returns the drafts of a region that wait for somebody, the oldest first.
func listStages(ctx context.Context, r db.Reader, region string, limit int) ([]Draft, error) {
	return db.All(ctx, r, scanDraft, `SELECT `+draftColumns+` FROM design_flow WHERE stage IN ('review', 'approval') AND region = $1 ORDER BY edited_at LIMIT $2`, region, limit)
}

// setStage keeps how far a draft has come, unless it was changed or moved on
// meanwhile.
func setStage(ctx context.Context, tx *db.Tx, d Draft, was Stage) error {
	b, err := json.Marshal(d.Release)
	if err != nil {
		return err
	}
	return db.Changed(tx.Exec(ctx, `UPDATE design_flow SET stage = $5, release = $6 WHERE region = $1 AND item = $2 AND version = $3 AND stage = $4`,
		d.Region, d.Item, d.Version, string(was), string(d.Stage), string(b)))
}

// saveDraft writes a draft over the state with that version, 0 for none. A draft
// that was handed in is taken back by it.
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
		_, err := tx.Exec(ctx, `INSERT INTO design_flow (`+draftColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '')`,
			d.Region, d.Item, d.Base, tree, string(d.File), 1, d.EditedBy, d.EditedByName, db.At(now), string(d.Tables), kept, string(history))
		return err
	}
	return db.Changed(tx.Exec(ctx, `UPDATE design_flow SET base = $3, tree = $4, file = $5, version = $6, edited_by = $7, edited_name = $8, edited_at = $9, tables = $11, parts = $12, history = $13, stage = ''
		WHERE region = $1 AND item = $2 AND version = $10`,
		d.Region, d.Item, d.Base, tree, string(d.File), over+1, d.EditedBy, d.EditedByName, db.At(now), over, string(d.Tables), kept, string(history)))
}

func deleteDraft(ctx context.Context, tx *db.Tx, d Draft) error {
	return db.Changed(tx.Exec(ctx, `DELETE FROM design_flow WHERE region = $1 AND item = $2 AND version = $3`, d.Region, d.Item, d.Version))
}
