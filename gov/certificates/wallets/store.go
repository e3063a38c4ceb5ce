package wallets

import (
	"context"
	"errors"
	"time"

	"tongban/platform/db"
)

// offer is a row: what waits for a wallet.
type offer struct {
	region, id, paper, holder string
	code, pin, token          string // hashes
	tries                     int
	state                     string // open, redeemed, spent
	expires                   time.Time
}

const offerColumns = `region, id, paper, holder, code_hash, pin_hash, token_hash, tries, state, expires_at`

func scanOffer(row db.Row) (o offer, err error) {
	var at db.Time
	err = row.Scan(&o.region, &o.id, &o.paper, &o.holder, &o.code, &o.pin, &o.token, &o.tries, &o.state, &at)
	o.expires = at.Time
	return o, err
}

func insertOffer(tx *db.Tx, o offer) {
	tx.Later(`INSERT INTO certificates_offer (`+offerColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		o.region, o.id, o.paper, o.holder, o.code, o.pin, o.token, o.tries, o.state, db.At(o.expires))
}

func offerByID(ctx context.Context, r db.Reader, region, id string) (offer, error) {
	return db.One(ctx, r, scanOffer, `SELECT `+offerColumns+` FROM certificates_offer WHERE region = $1 AND id = $2`, region, id)
}

func offerByCode(ctx context.Context, r db.Reader, region, hash string) (offer, error) {
	return db.One(ctx, r, scanOffer, `SELECT `+offerColumns+` FROM certificates_offer WHERE region = $1 AND code_hash = $2`, region, hash)
}

func offerByToken(ctx context.Context, r db.Reader, region, hash string) (offer, error) {
	return db.One(ctx, r, scanOffer, `SELECT `+offerColumns+` FROM certificates_offer WHERE region = $1 AND token_hash = $2 AND token_hash <> ''`, region, hash)
}

// move takes an offer on, if it still is where it was seen.
func move(ctx context.Context, tx *db.Tx, o offer, from string) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_offer SET state = $3, token_hash = $4, tries = $5, expires_at = $6 WHERE region = $1 AND id = $2 AND state = $7`,
		o.region, o.id, o.state, o.token, o.tries, db.At(o.expires), from))
}

// useNonce notes the nonce with which an offer was fetched, which no other was.
func useNonce(ctx context.Context, tx *db.Tx, o offer, hash string) error {
	n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM certificates_offer WHERE region = $1 AND nonce_hash = $2`, o.region, hash)
	if err != nil {
		return err
	}
	if n > 0 {
		return ErrNonce
	}
	err = db.Changed(tx.Exec(ctx, `UPDATE certificates_offer SET nonce_hash = $3 WHERE region = $1 AND id = $2`, o.region, o.id, hash))
	if errors.Is(err, db.ErrDuplicate) { // at the same time
		return ErrNonce.Because(err)
	}
	return err
}

func forgetOffers(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM certificates_offer WHERE expires_at < $1 AND region <> ''`, db.At(before))
	return err
}

func forgetRequests(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM certificates_request WHERE expires_at < $1 AND region <> ''`, db.At(before))
	return err
}

// place says whether a place of a list is taken.
func taken(ctx context.Context, r db.Reader, region string, list, idx int64) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int64], `SELECT count(*) FROM certificates_credential WHERE region = $1 AND list = $2 AND idx = $3`, region, list, idx)
	return n > 0, err
}

// filled is the newest list of a region and how many places of it are taken.
func filled(ctx context.Context, r db.Reader, region string) (list, n int64, err error) {
	list, err = db.One(ctx, r, db.Value[int64], `SELECT coalesce(max(list), 1) FROM certificates_credential WHERE region = $1`, region)
	if err != nil {
		return 0, 0, err
	}
	n, err = db.One(ctx, r, db.Value[int64], `SELECT count(*) FROM certificates_credential WHERE region = $1 AND list = $2`, region, list)
	return list, n, err
}

func insertCredential(ctx context.Context, tx *db.Tx, region string, list, idx int64, paper, thumbprint string, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO certificates_credential (region, list, idx, paper, thumbprint, issued_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		region, list, idx, paper, thumbprint, db.At(at))
	return err
}

// standing is one place of a list whose certificate is not in force.
type standing struct {
	idx    int64
	status string
}

// notInForce lists the places of a status list whose certificates do not count now.
func notInForce(ctx context.Context, r db.Reader, region string, list int64, now time.Time) ([]standing, error) {
	return db.All(ctx, r, func(row db.Row) (s standing, err error) { return s, row.Scan(&s.idx, &s.status) },
		`SELECT c.idx, p.status FROM certificates_credential c JOIN certificates_paper p ON p.region = c.region AND p.id = c.paper
		WHERE c.region = $1 AND c.list = $2 AND (p.status <> 'valid' OR p.valid_until < $3) LIMIT 200000`, region, list, db.At(now))
}

const requestColumns = `region, id, asker, purpose, wanted, nonce, state_hash, expires_at, answered_at, answer`

func scanRequest(row db.Row) (q Request, err error) {
	var wanted db.JSON[Wanted]
	var answer db.JSON[*Shown]
	var expires, answered db.Time
	err = row.Scan(&q.Region, &q.ID, &q.asker, &q.Purpose, &wanted, &q.nonce, &q.state, &expires, &answered, &answer)
	q.Wanted, q.Expires, q.AnsweredAt, q.Shown = wanted.V, expires.Time, answered.Time, answer.V
	return q, err
}

func insertRequest(tx *db.Tx, q Request) {
	tx.Later(`INSERT INTO certificates_request (region, id, asker, purpose, wanted, nonce, state_hash, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		q.Region, q.ID, q.asker, q.Purpose, db.AsJSON(q.Wanted), q.nonce, q.state, db.At(q.Expires))
}

func requestByID(ctx context.Context, r db.Reader, region, id string) (Request, error) {
	return db.One(ctx, r, scanRequest, `SELECT `+requestColumns+` FROM certificates_request WHERE region = $1 AND id = $2`, region, id)
}

// answer keeps what a wallet showed, once.
func answer(ctx context.Context, tx *db.Tx, q Request, s Shown, at time.Time) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_request SET answered_at = $3, answer = $4 WHERE region = $1 AND id = $2 AND answered_at IS NULL`,
		q.Region, q.ID, db.At(at), db.AsJSON(s)))
}

// paperAt is the certificate behind one place of a list.
func paperAt(ctx context.Context, r db.Reader, region string, list, idx int64) (string, error) {
	return db.One(ctx, r, db.Value[string], `SELECT paper FROM certificates_credential WHERE region = $1 AND list = $2 AND idx = $3`, region, list, idx)
}
