package identity

import (
	"context"
	"time"

	"tongban/platform/db"
	"tongban/platform/fault"
)

const accountColumns = `region, id, login, name, person, password, created_at, closed_at`

func scanAccount(row db.Row) (a Account, err error) {
	var created, closed db.Time
	err = row.Scan(&a.Region, &a.ID, &a.Login, &a.Name, &a.Person, &a.password, &created, &closed)
	a.Created, a.Closed = created.Time, closed.Time
	return a, err
}

// oneAccount turns "no row" into the fault of the noun.
func oneAccount(ctx context.Context, r db.Reader, query string, args ...any) (Account, error) {
	a, err := db.One(ctx, r, scanAccount, query, args...)
	if fault.IsKind(err, fault.KindNotFound) {
		return a, ErrNoAccount
	}
	return a, err
}

func accountByID(ctx context.Context, r db.Reader, region, id string) (Account, error) {
	return oneAccount(ctx, r, `SELECT `+accountColumns+` FROM identity_account WHERE region = $1 AND id = $2`, region, id)
}

func accountByLogin(ctx context.Context, r db.Reader, region, login string) (Account, error) {
	return oneAccount(ctx, r, `SELECT `+accountColumns+` FROM identity_account WHERE region = $1 AND login = $2 AND closed_at IS NULL`, region, login)
}

func accountByPerson(ctx context.Context, r db.Reader, region, person string) (Account, error) {
	return oneAccount(ctx, r, `SELECT `+accountColumns+` FROM identity_account WHERE region = $1 AND person = $2 AND person <> '' AND closed_at IS NULL`, region, person)
}

func anyAccount(ctx context.Context, r db.Reader, region string) (bool, error) {
	_, err := oneAccount(ctx, r, `SELECT `+accountColumns+` FROM identity_account WHERE region = $1 LIMIT 1`, region)
	if fault.IsKind(err, fault.KindNotFound) {
		return false, nil
	}
	return err == nil, err
}

func insertAccount(ctx context.Context, tx *db.Tx, a Account) (err error) {
	defer fault.Wrap(&err, "store account %s", a.ID)
	_, err = tx.Exec(ctx, `INSERT INTO identity_account (region, id, login, name, person, password, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.Region, a.ID, a.Login, a.Name, a.Person, a.password, db.At(a.Created))
	return err
}

func setPassword(ctx context.Context, tx *db.Tx, region, account, hash string) error {
	return db.Changed(tx.Exec(ctx, `UPDATE identity_account SET password = $3 WHERE region = $1 AND id = $2 AND closed_at IS NULL`, region, account, hash))
}

func closeAccount(ctx context.Context, tx *db.Tx, region, account string, now time.Time) error {
	return db.Changed(tx.Exec(ctx, `UPDATE identity_account SET closed_at = $3 WHERE region = $1 AND id = $2 AND closed_at IS NULL`, region, account, db.At(now)))
}

// officerAccounts finds accounts with an account name by part of name or login, in the order of their names.
func officerAccounts(ctx context.Context, r db.Reader, region, part, after string, limit int) ([]Account, error) {
	return db.All(ctx, r, scanAccount, `SELECT `+accountColumns+` FROM identity_account WHERE region = $1 AND login <> '' AND closed_at IS NULL
		AND login > $3 AND ($2 = '' OR lower(login) LIKE $2 OR lower(name) LIKE $2) ORDER BY login LIMIT $4`, region, part, after, limit)
}

const postColumns = `p.id, p.account, p.area, p.org, COALESCE(o.name, ''), p.role, p.subtree, p.title, p.valid_from, p.valid_until`

const postFrom = ` FROM identity_post p LEFT JOIN identity_org o ON o.region = p.region AND o.code = p.org `

func scanPost(row db.Row) (p Post, err error) {
	var from, until db.Time
	err = row.Scan(&p.ID, &p.Account, &p.Region, &p.Org, &p.OrgName, &p.Role, &p.Subtree, &p.Title, &from, &until)
	p.From, p.Until, p.Every = from.Time, until.Time, p.Org == ""
	return p, err
}

// postsOf returns the account's posts that are not over at now, those to come included.
func postsOf(ctx context.Context, r db.Reader, region, account string, now time.Time) (list []Post, err error) {
	defer fault.Wrap(&err, "list posts of %s", account)
	return db.All(ctx, r, scanPost, `SELECT `+postColumns+postFrom+`WHERE p.region = $1 AND p.account = $2
		AND (p.valid_until IS NULL OR p.valid_until > $3) ORDER BY p.id`, region, account, db.At(now))
}

func postByID(ctx context.Context, r db.Reader, region, id string) (Post, error) {
	p, err := db.One(ctx, r, scanPost, `SELECT `+postColumns+postFrom+`WHERE p.region = $1 AND p.id = $2`, region, id)
	if fault.IsKind(err, fault.KindNotFound) {
		return p, ErrNoPost
	}
	return p, err
}

func insertPost(ctx context.Context, tx *db.Tx, region string, p Post) (err error) {
	defer fault.Wrap(&err, "store post %s", p.ID)
	_, err = tx.Exec(ctx, `INSERT INTO identity_post (region, id, account, area, org, role, subtree, title, valid_from, valid_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, region, p.ID, p.Account, p.Region, p.Org, p.Role, p.Subtree, p.Title, db.At(p.From), db.At(p.Until))
	return err
}

func endPost(ctx context.Context, tx *db.Tx, region, id string, until time.Time) error {
	return db.Changed(tx.Exec(ctx, `UPDATE identity_post SET valid_until = $3 WHERE region = $1 AND id = $2 AND (valid_until IS NULL OR valid_until > $3)`,
		region, id, db.At(until)))
}

type officerPost struct {
	login, name string
	post        Post
}

// holders returns who holds a post of the role now, for the department or for all departments of a region.
// "" for org or role does not restrict.
func holders(ctx context.Context, r db.Reader, region, org, role string, now time.Time) ([]officerPost, error) {
	return db.All(ctx, r, func(row db.Row) (h officerPost, err error) {
		var from, until db.Time
		p := &h.post
		err = row.Scan(&p.ID, &p.Account, &p.Region, &p.Org, &p.OrgName, &p.Role, &p.Subtree, &p.Title, &from, &until, &h.login, &h.name)
		p.From, p.Until, p.Every = from.Time, until.Time, p.Org == ""
		return h, err
	}, `SELECT `+postColumns+`, a.login, a.name`+postFrom+`JOIN identity_account a ON a.region = p.region AND a.id = p.account AND a.closed_at IS NULL
		WHERE p.region = $1 AND ($2 = '' OR p.org IN ($2, '')) AND ($3 = '' OR p.role = $3)
		AND p.valid_from <= $4 AND (p.valid_until IS NULL OR p.valid_until > $4) ORDER BY a.name, p.account, p.id LIMIT 5000`,
		region, org, role, db.At(now))
}
