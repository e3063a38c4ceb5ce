package holding

import (
	"context"
	"time"

	"tongban/platform/db"
	"tongban/platform/id"
)

const copyColumns = `region, id, paper, title, number, holder, holder_name, office, office_name, purpose, matter, case_region, case_id, material, code, given_by, given_name, giver, relation, permit, given_at, until, ended_at, ended_name`

func scanCopy(row db.Row) (c Copy, err error) {
	var given, until, ended db.Time
	err = row.Scan(&c.Region, &c.ID, &c.Paper, &c.Title, &c.Number, &c.Holder, &c.HolderName, &c.Office, &c.OfficeName, &c.Purpose, &c.Matter, &c.CaseRegion, &c.Case, &c.Material, &c.Code,
		&c.GivenBy, &c.GivenName, &c.Giver, &c.Relation, &c.Permit, &given, &until, &ended, &c.EndedName)
	c.GivenAt, c.Until, c.EndedAt = given.Time, until.Time, ended.Time
	return c, err
}

func insertCopy(tx *db.Tx, c Copy) {
	tx.Later(`INSERT INTO certificates_copy (`+copyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		c.Region, c.ID, c.Paper, c.Title, c.Number, c.Holder, c.HolderName, c.Office, c.OfficeName, c.Purpose, c.Matter, c.CaseRegion, c.Case, c.Material, c.Code,
		c.GivenBy, c.GivenName, c.Giver, string(c.Relation), c.Permit, db.At(c.GivenAt), db.At(c.Until), db.At(c.EndedAt), c.EndedName)
}

func copyByID(ctx context.Context, r db.Reader, region, id string) (Copy, error) {
	c, err := db.One(ctx, r, scanCopy, `SELECT `+copyColumns+` FROM certificates_copy WHERE region = $1 AND id = $2`, region, id)
	return c, notFound(err, ErrNoCopy)
}

// copiesOf are the copies of some holders, and those that a person gave.
func copiesOf(ctx context.Context, r db.Reader, regions, holders []string, giver string, limit int) ([]Copy, error) {
	args := append([]any{giver, limit}, db.Args(regions)...)
	args = append(args, db.Args(holders)...)
	return db.All(ctx, r, scanCopy, `SELECT `+copyColumns+` FROM certificates_copy WHERE region IN (`+db.In(3, len(regions))+`) AND (giver = $1 OR holder IN (`+db.In(3+len(regions), len(holders))+`))
		ORDER BY given_at DESC LIMIT $2`, args...)
}

func copiesOfPaper(ctx context.Context, r db.Reader, region, paper string, limit int) ([]Copy, error) {
	return db.All(ctx, r, scanCopy, `SELECT `+copyColumns+` FROM certificates_copy WHERE region = $1 AND paper = $2 ORDER BY given_at DESC LIMIT $3`, region, paper, limit)
}

// copiesOfCase are the copies handed in with a case; certificates may be kept in
// other regions than the case.
func copiesOfCase(ctx context.Context, r db.Reader, regions []string, region, caseID string) ([]Copy, error) {
	args := append([]any{region, caseID}, db.Args(regions)...)
	return db.All(ctx, r, scanCopy, `SELECT `+copyColumns+` FROM certificates_copy WHERE case_region = $1 AND case_id = $2 AND case_id <> '' AND region IN (`+db.In(3, len(regions))+`)
		ORDER BY given_at LIMIT 100`, args...)
}

func endCopy(ctx context.Context, tx *db.Tx, c Copy, name string, at time.Time) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_copy SET ended_at = $3, ended_name = $4 WHERE region = $1 AND id = $2 AND ended_at IS NULL`, c.Region, c.ID, db.At(at), name))
}

const useColumns = `region, id, paper, title, kind, at, account, name, relation, permit, office, office_name, purpose, matter, object, outcome`

func scanUse(row db.Row) (u Use, err error) {
	var at db.Time
	err = row.Scan(&u.Region, &u.ID, &u.Paper, &u.Title, &u.Kind, &at, &u.Account, &u.Name, &u.Relation, &u.Permit, &u.Office, &u.OfficeName, &u.Purpose, &u.Matter, &u.Object, &u.Outcome)
	u.At = at.Time
	return u, err
}

func insertUse(tx *db.Tx, u Use) {
	tx.Later(`INSERT INTO certificates_use (`+useColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		u.Region, id.New("use"), u.Paper, u.Title, string(u.Kind), db.At(u.At), u.Account, u.Name, string(u.Relation), u.Permit, u.Office, u.OfficeName, u.Purpose, u.Matter, u.Object, u.Outcome)
}

func usesOfPaper(ctx context.Context, r db.Reader, region, paper string, limit int) ([]Use, error) {
	return db.All(ctx, r, scanUse, `SELECT `+useColumns+` FROM certificates_use WHERE region = $1 AND paper = $2 ORDER BY at DESC, id DESC LIMIT $3`, region, paper, limit)
}

func usesIn(ctx context.Context, r db.Reader, region string, f UseFilter, limit int) ([]Use, error) {
	return db.All(ctx, r, scanUse, `SELECT `+useColumns+` FROM certificates_use WHERE region = $1 AND at >= $2 AND at < $3 AND (kind = $4 OR $4 = '')
		ORDER BY at DESC, id DESC LIMIT $5`, region, db.At(f.From), db.At(f.To), string(f.Kind), limit)
}

// usedSince tells whether an account used a copy or showing in this way since a time.
func usedSince(ctx context.Context, r db.Reader, region, object, account string, kind UseKind, since time.Time) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int64], `SELECT count(*) FROM (SELECT 1 FROM certificates_use WHERE region = $1 AND object = $2 AND account = $3 AND kind = $4 AND at >= $5 AND object <> '' LIMIT 1) found`,
		region, object, account, string(kind), db.At(since))
	return n > 0, err
}

const showingColumns = `region, id, handle, secret, paper, person, account, name, relation, permit, purpose, started_at, ends_at, ended_at`

func scanShowing(row db.Row) (x Showing, err error) {
	var started, ends, ended db.Time
	err = row.Scan(&x.Region, &x.ID, &x.handle, &x.secret, &x.Paper, &x.Person, &x.Account, &x.Name, &x.Relation, &x.Permit, &x.Purpose, &started, &ends, &ended)
	x.Started, x.Ends, x.Ended = started.Time, ends.Time, ended.Time
	return x, err
}

func insertShowing(tx *db.Tx, x Showing) {
	tx.Later(`INSERT INTO certificates_showing (`+showingColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		x.Region, x.ID, x.handle, x.secret, x.Paper, x.Person, x.Account, x.Name, string(x.Relation), x.Permit, x.Purpose, db.At(x.Started), db.At(x.Ends), db.At(x.Ended))
}

func showingByID(ctx context.Context, r db.Reader, region, id string) (Showing, error) {
	x, err := db.One(ctx, r, scanShowing, `SELECT `+showingColumns+` FROM certificates_showing WHERE region = $1 AND id = $2`, region, id)
	return x, notFound(err, ErrNoShowing)
}

// showingsBy are the showings under a handle that ended after a time, in every
// region: the code is all that a stranger has.
func showingsBy(ctx context.Context, r db.Reader, handle string, after time.Time) ([]Showing, error) {
	return db.All(ctx, r, scanShowing, `SELECT `+showingColumns+` FROM certificates_showing WHERE handle = $1 AND region <> '' AND ends_at > $2 ORDER BY started_at DESC LIMIT 10`, handle, db.At(after))
}

func endShowing(ctx context.Context, tx *db.Tx, x Showing, at time.Time) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_showing SET ended_at = $3 WHERE region = $1 AND id = $2 AND ended_at IS NULL`, x.Region, x.ID, db.At(at)))
}

func forgetShowings(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM certificates_showing WHERE ends_at < $1 AND region <> ''`, db.At(before))
	return err
}

const permitColumns = `region, id, paper, title, holder, holder_name, giver, giver_name, grantee_name, grantee_masked, grantee_hash, grantee, may_show, may_give, purpose, times, used, until, state, offered_at, answered_at, ended_at, ended_name`

func scanPermit(row db.Row) (p Permit, err error) {
	var until, offered, answered, ended db.Time
	err = row.Scan(&p.Region, &p.ID, &p.Paper, &p.Title, &p.Holder, &p.HolderName, &p.Giver, &p.GiverName, &p.Name, &p.Masked, &p.hash, &p.Grantee, &p.Show, &p.Give, &p.Purpose, &p.Times, &p.Used,
		&until, &p.State, &offered, &answered, &ended, &p.EndedName)
	p.Until, p.OfferedAt, p.AnsweredAt, p.EndedAt = until.Time, offered.Time, answered.Time, ended.Time
	return p, err
}

func insertPermit(tx *db.Tx, p Permit) {
	tx.Later(`INSERT INTO certificates_permit (`+permitColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
		p.Region, p.ID, p.Paper, p.Title, p.Holder, p.HolderName, p.Giver, p.GiverName, p.Name, p.Masked, p.hash, p.Grantee, p.Show, p.Give, p.Purpose, p.Times, p.Used,
		db.At(p.Until), string(p.State), db.At(p.OfferedAt), db.At(p.AnsweredAt), db.At(p.EndedAt), p.EndedName)
}

func permitByID(ctx context.Context, r db.Reader, region, id string) (Permit, error) {
	p, err := db.One(ctx, r, scanPermit, `SELECT `+permitColumns+` FROM certificates_permit WHERE region = $1 AND id = $2`, region, id)
	return p, notFound(err, ErrNoPermit)
}

func permitsTo(ctx context.Context, r db.Reader, regions []string, hash string) ([]Permit, error) {
	args := append([]any{hash}, db.Args(regions)...)
	return db.All(ctx, r, scanPermit, `SELECT `+permitColumns+` FROM certificates_permit WHERE grantee_hash = $1 AND region IN (`+db.In(2, len(regions))+`) ORDER BY offered_at DESC LIMIT 200`, args...)
}

func permitsBy(ctx context.Context, r db.Reader, regions, holders []string) ([]Permit, error) {
	args := append(db.Args(regions), db.Args(holders)...)
	return db.All(ctx, r, scanPermit, `SELECT `+permitColumns+` FROM certificates_permit WHERE region IN (`+db.In(1, len(regions))+`) AND holder IN (`+db.In(1+len(regions), len(holders))+`)
		ORDER BY offered_at DESC LIMIT 200`, args...)
}

func permitsOfPaper(ctx context.Context, r db.Reader, region, paper string) ([]Permit, error) {
	return db.All(ctx, r, scanPermit, `SELECT `+permitColumns+` FROM certificates_permit WHERE region = $1 AND paper = $2 ORDER BY offered_at DESC LIMIT 200`, region, paper)
}

// setPermit takes a permit on, if it still is as it was seen.
func setPermit(ctx context.Context, tx *db.Tx, from, p Permit) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_permit SET grantee = $3, used = $4, state = $5, answered_at = $6, ended_at = $7, ended_name = $8
		WHERE region = $1 AND id = $2 AND state = $9 AND used = $10`, p.Region, p.ID, p.Grantee, p.Used, string(p.State), db.At(p.AnsweredAt), db.At(p.EndedAt), p.EndedName, string(from.State), from.Used))
}
