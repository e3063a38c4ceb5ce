package identity

import (
	"context"
	"time"

	"tongban/platform/db"
	"tongban/platform/fault"
)

// The last column is the name of the company that is acted for, "" once its
// mandate for the account's person is over.
const bearerColumns = `b.id, b.account, a.name, a.person, b.acting_for, b.created_at, b.expires_at, a.closed_at,
	CASE WHEN b.acting_for <> '' AND EXISTS (SELECT 1 FROM identity_mandate m WHERE m.region = b.region AND m.person = a.person AND m.org = b.acting_for
		AND m.valid_from <= $3 AND (m.valid_until IS NULL OR m.valid_until > $3)) THEN COALESCE(o.name, '') ELSE '' END`

const bearerJoins = ` JOIN identity_account a ON a.region = b.region AND a.id = b.account
	LEFT JOIN identity_org o ON o.region = b.region AND o.code = b.acting_for WHERE b.region = $1 AND b.hash = $2`

func (b *bearer) fields(created, expires, closed *db.Time) []any {
	return []any{&b.id, &b.account, &b.name, &b.person, &b.actingFor, created, expires, closed, &b.forName}
}

func sessionBearer(ctx context.Context, r db.Reader, region, hash string, now time.Time) (b bearer, err error) {
	return db.One(ctx, r, func(row db.Row) (b bearer, err error) {
		var created, expires, closed, seen db.Time
		err = row.Scan(append(b.fields(&created, &expires, &closed), &seen)...)
		b.created, b.expires, b.closed, b.seen = created.Time, expires.Time, !closed.IsZero(), seen.Time
		return b, err
	}, `SELECT `+bearerColumns+`, b.seen_at FROM identity_session b`+bearerJoins, region, hash, db.At(now))
}

func tokenBearer(ctx context.Context, r db.Reader, region, hash string, now time.Time) (b bearer, err error) {
	return db.One(ctx, r, func(row db.Row) (b bearer, err error) {
		var created, expires, closed db.Time
		err = row.Scan(b.fields(&created, &expires, &closed)...)
		b.created, b.expires, b.closed = created.Time, expires.Time, !closed.IsZero()
		return b, err
	}, `SELECT `+bearerColumns+` FROM identity_token b`+bearerJoins+` AND b.revoked_at IS NULL`, region, hash, db.At(now))
}

func insertSession(ctx context.Context, tx *db.Tx, region, hash string, v Session) (err error) {
	defer fault.Wrap(&err, "store session %s", v.ID)
	_, err = tx.Exec(ctx, `INSERT INTO identity_session (region, hash, id, account, device, acting_for, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)`, region, hash, v.ID, v.Account, v.Device, v.ActingFor, db.At(v.Created), db.At(v.Expires))
	return err
}

func touchSession(ctx context.Context, tx *db.Tx, region, hash string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE identity_session SET seen_at = $3 WHERE region = $1 AND hash = $2 AND seen_at < $3`, region, hash, db.At(now))
	return err
}

func scanSession(row db.Row) (v Session, err error) {
	var created, seen, expires db.Time
	err = row.Scan(&v.ID, &v.Account, &v.Device, &v.ActingFor, &created, &seen, &expires)
	v.Created, v.Seen, v.Expires = created.Time, seen.Time, expires.Time
	return v, err
}

func sessionsOf(ctx context.Context, r db.Reader, region, account string, now time.Time) (list []Session, err error) {
	defer fault.Wrap(&err, "list sessions of %s", account)
	return db.All(ctx, r, scanSession, `SELECT id, account, device, acting_for, created_at, seen_at, expires_at FROM identity_session
		WHERE region = $1 AND account = $2 AND expires_at > $3 ORDER BY created_at DESC LIMIT 100`, region, account, db.At(now))
}

// deleteSession ends one session of the account; "" ends all but the kept one.
func deleteSession(ctx context.Context, tx *db.Tx, region, account, session, keep string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM identity_session WHERE region = $1 AND account = $2 AND id <> $4 AND (id = $3 OR $3 = '')`, region, account, session, keep)
}

func setActingFor(ctx context.Context, tx *db.Tx, region, account, session, org string) error {
	return db.Changed(tx.Exec(ctx, `UPDATE identity_session SET acting_for = $4 WHERE region = $1 AND account = $2 AND id = $3`, region, account, session, org))
}

// sweepSessions removes what can never be used again.
func sweepSessions(ctx context.Context, tx *db.Tx, region string, now, attemptsBefore time.Time) error {
	if _, err := tx.Exec(ctx, `DELETE FROM identity_session WHERE region = $1 AND expires_at <= $2`, region, db.At(now)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM identity_attempt WHERE region = $1 AND since <= $2`, region, db.At(attemptsBefore))
	return err
}

func insertToken(ctx context.Context, tx *db.Tx, region, hash string, v Token) (err error) {
	defer fault.Wrap(&err, "store token %s", v.ID)
	_, err = tx.Exec(ctx, `INSERT INTO identity_token (region, hash, id, account, name, acting_for, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, region, hash, v.ID, v.Account, v.Name, v.ActingFor, db.At(v.Created), db.At(v.Expires))
	return err
}

func tokensOf(ctx context.Context, r db.Reader, region, account string, now time.Time) (list []Token, err error) {
	defer fault.Wrap(&err, "list tokens of %s", account)
	return db.All(ctx, r, func(row db.Row) (v Token, err error) {
		var created, expires db.Time
		err = row.Scan(&v.ID, &v.Account, &v.Name, &v.ActingFor, &created, &expires)
		v.Created, v.Expires = created.Time, expires.Time
		return v, err
	}, `SELECT id, account, name, acting_for, created_at, expires_at FROM identity_token
		WHERE region = $1 AND account = $2 AND revoked_at IS NULL AND expires_at > $3 ORDER BY created_at DESC LIMIT 100`, region, account, db.At(now))
}

// revokeTokens revokes one token of the account; "" revokes all.
func revokeTokens(ctx context.Context, tx *db.Tx, region, account, token string, now time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE identity_token SET revoked_at = $4 WHERE region = $1 AND account = $2 AND (id = $3 OR $3 = '') AND revoked_at IS NULL`,
		region, account, token, db.At(now))
}

// link is one one-time sign-in link.
type link struct {
	account       string
	expires, used time.Time
}

func insertLink(ctx context.Context, tx *db.Tx, region, hash, account string, now, expires time.Time) (err error) {
	defer fault.Wrap(&err, "store link for %s", account)
	_, err = tx.Exec(ctx, `INSERT INTO identity_link (region, hash, account, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		region, hash, account, db.At(now), db.At(expires))
	return err
}

func linkByHash(ctx context.Context, r db.Reader, region, hash string) (link, error) {
	return db.One(ctx, r, func(row db.Row) (l link, err error) {
		var expires, used db.Time
		err = row.Scan(&l.account, &expires, &used)
		l.expires, l.used = expires.Time, used.Time
		return l, err
	}, `SELECT account, expires_at, used_at FROM identity_link WHERE region = $1 AND hash = $2`, region, hash)
}

// useLink marks the link as used; of two callers at the same time only one succeeds.
func useLink(ctx context.Context, tx *db.Tx, region, hash string, now time.Time) error {
	return db.Changed(tx.Exec(ctx, `UPDATE identity_link SET used_at = $3 WHERE region = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3`,
		region, hash, db.At(now)))
}

// attempts returns the failures that are counted for the subject since the given time.
func attempts(ctx context.Context, r db.Reader, region, subject string, since time.Time) (n int64, first time.Time, err error) {
	type row struct {
		n     int64
		first db.Time
	}
	v, err := db.One(ctx, r, func(s db.Row) (v row, err error) { err = s.Scan(&v.n, &v.first); return v, err },
		`SELECT failures, since FROM identity_attempt WHERE region = $1 AND subject = $2 AND since > $3`, region, subject, db.At(since))
	if fault.IsKind(err, fault.KindNotFound) {
		return 0, time.Time{}, nil
	}
	return v.n, v.first.Time, err
}

// countAttempt adds delta failures; a count that is older than since starts anew.
func countAttempt(ctx context.Context, tx *db.Tx, region, subject string, delta int64, now, since time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO identity_attempt (region, subject, failures, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (region, subject) DO UPDATE SET
			failures = CASE WHEN identity_attempt.since > $5 THEN identity_attempt.failures + $3 ELSE $3 END,
			since = CASE WHEN identity_attempt.since > $5 THEN identity_attempt.since ELSE $4 END`,
		region, subject, delta, db.At(now), db.At(since))
	return err
}

func clearAttempts(ctx context.Context, tx *db.Tx, region, subject string) error {
	_, err := tx.Exec(ctx, `DELETE FROM identity_attempt WHERE region = $1 AND subject = $2`, region, subject)
	return err
}
