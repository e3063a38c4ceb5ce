package holding

import (
	"context"
	"time"

	"tongban/platform/db"
)

const objectionColumns = `region, id, paper, title, number, holder, holder_name, person, person_name, entries, reason, files, office, office_name, state, opened_at, due_at, citation, days, answered_at, officer, officer_name, answer, basis, successor, notice`

func scanObjection(row db.Row) (o Objection, err error) {
	var entries db.JSON[[]Entry]
	var proofs db.JSON[[]Proof]
	var opened, due, answered db.Time
	err = row.Scan(&o.Region, &o.ID, &o.Paper, &o.Title, &o.Number, &o.Holder, &o.HolderName, &o.Person, &o.PersonName, &entries, &o.Reason, &proofs, &o.Office, &o.OfficeName, &o.State,
		&opened, &due, &o.Citation, &o.Days, &answered, &o.Officer, &o.OfficerName, &o.Answer, &o.Basis, &o.Successor, &o.Notice)
	o.Entries, o.Proofs, o.OpenedAt, o.Due, o.AnsweredAt = entries.V, proofs.V, opened.Time, due.Time, answered.Time
	return o, err
}

func insertObjection(tx *db.Tx, o Objection) {
	tx.Later(`INSERT INTO certificates_objection (`+objectionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
		o.Region, o.ID, o.Paper, o.Title, o.Number, o.Holder, o.HolderName, o.Person, o.PersonName, db.AsJSON(o.Entries), o.Reason, db.AsJSON(o.Proofs), o.Office, o.OfficeName, string(o.State),
		db.At(o.OpenedAt), db.At(o.Due), o.Citation, o.Days, db.At(o.AnsweredAt), o.Officer, o.OfficerName, o.Answer, o.Basis, o.Successor, o.Notice)
}

func objectionByID(ctx context.Context, r db.Reader, region, id string) (Objection, error) {
	o, err := db.One(ctx, r, scanObjection, `SELECT `+objectionColumns+` FROM certificates_objection WHERE region = $1 AND id = $2`, region, id)
	return o, notFound(err, ErrNoObjection)
}

func objectionsBy(ctx context.Context, r db.Reader, regions []string, person string) ([]Objection, error) {
	args := append([]any{person}, db.Args(regions)...)
	return db.All(ctx, r, scanObjection, `SELECT `+objectionColumns+` FROM certificates_objection WHERE person = $1 AND region IN (`+db.In(2, len(regions))+`) ORDER BY opened_at DESC LIMIT 100`, args...)
}

func objectionsOpen(ctx context.Context, r db.Reader, regions []string, limit int) ([]Objection, error) {
	args := append([]any{limit}, db.Args(regions)...)
	return db.All(ctx, r, scanObjection, `SELECT `+objectionColumns+` FROM certificates_objection WHERE state = 'open' AND region IN (`+db.In(2, len(regions))+`) ORDER BY due_at LIMIT $1`, args...)
}

// openObjection tells whether an objection against a certificate waits for an answer.
func openObjection(ctx context.Context, r db.Reader, region, paper string) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int64], `SELECT count(*) FROM certificates_objection WHERE region = $1 AND paper = $2 AND state = 'open'`, region, paper)
	return n > 0, err
}

func setObjection(ctx context.Context, tx *db.Tx, o Objection) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_objection SET state = $3, answered_at = $4, officer = $5, officer_name = $6, answer = $7, basis = $8, successor = $9, notice = $10
		WHERE region = $1 AND id = $2 AND state = 'open'`, o.Region, o.ID, string(o.State), db.At(o.AnsweredAt), o.Officer, o.OfficerName, o.Answer, o.Basis, o.Successor, o.Notice))
}

func followObjection(ctx context.Context, tx *db.Tx, region, paper, successor string) error {
	_, err := tx.Exec(ctx, `UPDATE certificates_objection SET paper = $3 WHERE region = $1 AND paper = $2 AND state = 'open'`, region, paper, successor)
	return err
}

const wardColumns = `region, id, guardian, guardian_name, child, child_name, child_masked, child_hash, proof, proof_number, recorded_at, officer, officer_name, until, ended_at, ended_name, reason`

func scanWard(row db.Row) (w Ward, err error) {
	var recorded, until, ended db.Time
	err = row.Scan(&w.Region, &w.ID, &w.Guardian, &w.GuardianName, &w.Child, &w.ChildName, &w.ChildMasked, &w.hash, &w.Proof, &w.ProofNumber, &recorded, &w.Officer, &w.OfficerName, &until, &ended, &w.EndedName, &w.Reason)
	w.RecordedAt, w.Until, w.EndedAt = recorded.Time, until.Time, ended.Time
	return w, err
}

func insertWard(tx *db.Tx, w Ward) {
	tx.Later(`INSERT INTO certificates_guardian (`+wardColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		w.Region, w.ID, w.Guardian, w.GuardianName, w.Child, w.ChildName, w.ChildMasked, w.hash, w.Proof, w.ProofNumber, db.At(w.RecordedAt), w.Officer, w.OfficerName, db.At(w.Until), db.At(w.EndedAt), w.EndedName, w.Reason)
}

func wardByID(ctx context.Context, r db.Reader, region, id string) (Ward, error) {
	w, err := db.One(ctx, r, scanWard, `SELECT `+wardColumns+` FROM certificates_guardian WHERE region = $1 AND id = $2`, region, id)
	return w, notFound(err, ErrNoWard)
}

func wardsOf(ctx context.Context, r db.Reader, region, guardian string) ([]Ward, error) {
	return db.All(ctx, r, scanWard, `SELECT `+wardColumns+` FROM certificates_guardian WHERE region = $1 AND guardian = $2 ORDER BY recorded_at DESC LIMIT 50`, region, guardian)
}

func wardsOfChild(ctx context.Context, r db.Reader, region, hash string) ([]Ward, error) {
	return db.All(ctx, r, scanWard, `SELECT `+wardColumns+` FROM certificates_guardian WHERE region = $1 AND child_hash = $2 ORDER BY recorded_at DESC LIMIT 50`, region, hash)
}

func endWard(ctx context.Context, tx *db.Tx, w Ward, name, reason string, at time.Time) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_guardian SET ended_at = $3, ended_name = $4, reason = $5 WHERE region = $1 AND id = $2 AND ended_at IS NULL`, w.Region, w.ID, db.At(at), name, reason))
}
