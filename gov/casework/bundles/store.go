package bundles

import (
	"context"
	"errors"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/history"
	"tongban/gov/casework/terms"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/id"
)

const columns = `b.region, b.id, b.number, b.item, b.item_version, b.item_name, b.org, b.org_name, b.channel, b.draft, b.owner, b.person,
	b.applicant_name, b.last4, b.place, b.taken_by, b.state, b.reason, b.promise, b.version, b.submitted_at, b.closed_at`

func scan(row db.Row) (b Bundle, err error) {
	var promise db.JSON[calendar.Limit]
	var submitted, closed db.Time
	err = row.Scan(&b.Region, &b.ID, &b.Number, &b.Item, &b.ItemVersion, &b.ItemName, &b.Org, &b.OrgName, &b.Channel, &b.Draft, &b.Owner, &b.Person,
		&b.ApplicantName, &b.Last4, &b.Place, &b.TakenBy, &b.State, &b.Reason, &promise, &b.Version, &submitted, &closed)
	b.Promise, b.SubmittedAt, b.ClosedAt = promise.V, submitted.Time, closed.Time
	return b, err
}

// insert adds a one thing with its parts; the commit is stale when its number is
// taken, also by a case.
func insert(tx *db.Tx, b Bundle) {
	tx.Guarded(`INSERT INTO casework_bundle (region, id, number, item, item_version, item_name, org, org_name, channel, draft, owner, person,
		applicant_name, last4, place, taken_by, state, promise, version, submitted_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20
		WHERE NOT EXISTS (SELECT 1 FROM casework_case WHERE region = $1 AND number = $3) ON CONFLICT DO NOTHING`,
		b.Region, string(b.ID), b.Number, b.Item, b.ItemVersion, b.ItemName, b.Org, b.OrgName, string(b.Channel), string(b.Draft), b.Owner, b.Person,
		b.ApplicantName, b.Last4, b.Place, b.TakenBy, string(b.State), db.AsJSON(b.Promise), b.Version, db.At(b.SubmittedAt))
	for _, p := range b.Parts {
		tx.Later(`INSERT INTO casework_bundle_part (region, bundle, part, place, item_region, item, item_version, item_name, org, org_name, draft, state, because, since)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			b.Region, string(b.ID), p.ID, p.Place, p.ItemRegion, p.Item, p.ItemVersion, p.ItemName, p.Org, p.OrgName, string(p.Draft), string(p.State), p.Because, db.At(p.Since))
	}
}

// update writes where a one thing stands; the commit is stale when another act
// came first, so that two facts never start a part twice.
func update(tx *db.Tx, b *Bundle) {
	tx.Guarded(`UPDATE casework_bundle SET state = $4, reason = $5, closed_at = $6, version = version + 1 WHERE region = $1 AND id = $2 AND version = $3`,
		b.Region, string(b.ID), b.Version, string(b.State), b.Reason, db.At(b.ClosedAt))
	b.Version++
}

// setPart writes where a part stands; the commit is stale when it stands
// elsewhere by now.
func setPart(tx *db.Tx, b *Bundle, p Part, from PartState, at time.Time) {
	tx.Guarded(`UPDATE casework_bundle_part SET item_version = $4, item_name = $5, draft = $6, state = $7, because = $8, since = $9, org = $11, org_name = $12
		WHERE region = $1 AND bundle = $2 AND part = $3 AND state = $10`,
		b.Region, string(b.ID), p.ID, p.ItemVersion, p.ItemName, string(p.Draft), string(p.State), p.Because, db.At(at), string(from), p.Org, p.OrgName)
}

// load reads a one thing with its parts and their cases.
func load(ctx context.Context, r db.Reader, region string, id ID) (Bundle, error) {
	b, err := db.One(ctx, r, scan, `SELECT `+columns+` FROM casework_bundle b WHERE b.region = $1 AND b.id = $2`, region, string(id))
	if err != nil {
		return b, none(err)
	}
	b.Parts, err = parts(ctx, r, region, id)
	return b, err
}

func scanPart(row db.Row) (p Part, err error) {
	var since db.Time
	err = row.Scan(&p.ID, &p.Place, &p.ItemRegion, &p.Item, &p.ItemVersion, &p.ItemName, &p.Org, &p.OrgName, &p.Draft, &p.State, &p.Because, &since)
	p.Since = since.Time
	return p, err
}

func parts(ctx context.Context, r db.Reader, region string, id ID) ([]Part, error) {
	list, err := db.All(ctx, r, scanPart, `SELECT part, place, item_region, item, item_version, item_name, org, org_name, draft, state, because, since
		FROM casework_bundle_part WHERE region = $1 AND bundle = $2 ORDER BY place`, region, string(id))
	if err != nil {
		return nil, err
	}
	made, err := db.All(ctx, r, cases.Scan, `SELECT `+cases.Columns+` FROM casework_bundle_part p
		JOIN casework_case c ON c.region = p.item_region AND c.draft = p.draft WHERE p.region = $1 AND p.bundle = $2 AND p.draft <> ''`, region, string(id))
	for i := range list {
		for j := range made {
			if made[j].Draft == list[i].Draft && list[i].Draft != "" {
				list[i].Case = &made[j]
			}
		}
	}
	return list, err
}

// of finds the one thing that a case is a part of; ErrNone when it is of none.
func of(ctx context.Context, r db.Reader, region string, c terms.CaseID) (Bundle, string, error) {
	type place struct {
		region, part string
		id           ID
	}
	at, err := db.One(ctx, r, func(row db.Row) (p place, err error) { err = row.Scan(&p.region, &p.id, &p.part); return p, err },
		`SELECT p.region, p.bundle, p.part FROM casework_case c JOIN casework_bundle_part p ON p.item_region = c.region AND p.draft = c.draft
		WHERE c.region = $1 AND c.id = $2 AND p.draft <> '' LIMIT 1`, region, string(c))
	if err != nil {
		return Bundle{}, "", none(err)
	}
	b, err := load(ctx, r, at.region, at.id)
	return b, at.part, err
}

// ofDraft finds the one thing that a draft became.
func ofDraft(ctx context.Context, r db.Reader, region string, d drafts.DraftID) (Bundle, error) {
	found, err := db.One(ctx, r, db.Value[ID], `SELECT id FROM casework_bundle WHERE region = $1 AND draft = $2`, region, string(d))
	if err != nil {
		return Bundle{}, none(err)
	}
	return load(ctx, r, region, found)
}

func byNumber(ctx context.Context, r db.Reader, regions []string, number string) (Bundle, error) {
	args := append([]any{number}, db.Args(regions)...)
	b, err := db.One(ctx, r, scan, `SELECT `+columns+` FROM casework_bundle b WHERE b.number = $1 AND b.region IN (`+db.In(2, len(regions))+`) LIMIT 1`, args...)
	if err != nil {
		return b, none(err)
	}
	b.Parts, err = parts(ctx, r, b.Region, b.ID)
	return b, err
}

// by lists one things, newest first, before an id: those of an owner, or those
// that a clerk took in, or those that are open.
func by(ctx context.Context, r db.Reader, regions []string, side, value string, before ID, limit int) ([]Bundle, error) {
	if err := id.After(prefix, string(before)); err != nil {
		return nil, err
	}
	args := append([]any{limit}, db.Args(regions)...)
	where := map[string]string{"owner": ` AND b.owner = `, "taken": ` AND b.taken_by = `, "open": ` AND b.state = `}[side]
	args = append(args, value)
	where += db.In(len(args), 1)
	if before != "" {
		args = append(args, string(before))
		where += ` AND b.id < ` + db.In(len(args), 1)
	}
	list, err := db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_bundle b WHERE b.region IN (`+db.In(2, len(regions))+`)`+where+` ORDER BY b.id DESC LIMIT $1`, args...)
	for i := range list {
		if err == nil {
			list[i].Parts, err = parts(ctx, r, list[i].Region, list[i].ID)
		}
	}
	return list, err
}

// timeline lists what happened to a one thing and to all of its cases, in order.
func timeline(ctx context.Context, r db.Reader, b Bundle) ([]Entry, error) {
	var out []Entry
	own, err := history.OfCase(ctx, r, b.Region, b.asCase())
	if err != nil {
		return nil, err
	}
	for _, e := range own {
		out = append(out, Entry{Entry: e})
	}
	for _, p := range b.Parts {
		if p.Case == nil {
			continue
		}
		list, err := history.OfCase(ctx, r, p.Case.Region, p.Case.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			out = append(out, Entry{Part: p.ID, PartName: p.ItemName, Entry: e})
		}
	}
	return inOrder(out), nil
}

func none(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return ErrNone
	}
	return err
}
