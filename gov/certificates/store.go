package certificates

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"tongban/platform/db"
	"tongban/platform/fault"
)

// record is a paper as it is kept: the signed bytes as they were signed.
type record struct {
	region, id, code, caseID string
	kind                     Kind
	data, signature, keyID   string
	status                   Status
	since                    time.Time
	reason, basis            string
	fileHash                 string
	fileSize                 int64
}

const columns = `p.region, p.id, p.code, p.case_id, p.kind, p.data, p.signature, p.key_id, p.status, p.status_at, p.reason, p.basis, p.file_hash, p.file_size`

func scanRecord(row db.Row) (r record, err error) {
	var since db.Time
	err = row.Scan(&r.region, &r.id, &r.code, &r.caseID, &r.kind, &r.data, &r.signature, &r.keyID, &r.status, &since, &r.reason, &r.basis, &r.fileHash, &r.fileSize)
	r.since = since.Time
	return r, err
}

// tampered is what a record is refused with whose bytes do not agree.
func (r record) tampered() *fault.Fault { return ErrTampered.With("paper", r.id) }

// insertPaper queues the rows of a new paper: nobody reads them back inside
// the transaction.
func insertPaper(tx *db.Tx, p Paper, data, signature []byte, keyID string) {
	tx.Later(`INSERT INTO certificates_paper (region, id, kind, code, case_id, issued_at, data, signature, key_id, status, number, identifier, valid_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		p.Region, p.ID, string(p.Kind), p.Code, p.Case, db.At(p.IssuedAt), string(data), base64.StdEncoding.EncodeToString(signature), keyID, string(Valid),
		p.Number, p.Identifier, db.At(p.ValidUntil))
	for _, owner := range p.Owners {
		insertHolder(tx, p, owner)
	}
}

func insertHolder(tx *db.Tx, p Paper, holder string) {
	tx.Later(`INSERT INTO certificates_holder (region, holder, issued_at, paper, kind) VALUES ($1, $2, $3, $4, $5)`,
		p.Region, holder, db.At(p.IssuedAt), p.ID, string(p.Kind))
}

// insertPhotos notes which files are photographs of a certificate.
func insertPhotos(tx *db.Tx, p Paper, hashes []string) {
	for _, h := range hashes {
		tx.Later(`INSERT INTO certificates_photo (region, paper, hash) VALUES ($1, $2, $3)`, p.Region, p.ID, h)
	}
}

func loadPaper(ctx context.Context, r db.Reader, region, id string) (record, error) {
	return db.One(ctx, r, scanRecord, `SELECT `+columns+` FROM certificates_paper p WHERE p.region = $1 AND p.id = $2`, region, id)
}

// loadByCode looks in every region: the code is what a stranger has.
func loadByCode(ctx context.Context, r db.Reader, code string) (record, error) {
	return db.One(ctx, r, scanRecord, `SELECT `+columns+` FROM certificates_paper p WHERE p.code = $1 AND p.region <> '' LIMIT 1`, code)
}

// loadInForce is loadByCode for a check of what is in force: half of the columns.
func loadInForce(ctx context.Context, r db.Reader, code string) (record, error) {
	return db.One(ctx, r, func(row db.Row) (r record, err error) {
		r.code, r.status = code, Valid
		err = row.Scan(&r.region, &r.id, &r.caseID, &r.kind, &r.data, &r.signature, &r.keyID)
		return r, err
	}, `SELECT p.region, p.id, p.case_id, p.kind, p.data, p.signature, p.key_id FROM certificates_paper p WHERE p.code = $1 AND p.region <> '' AND p.status = 'valid' LIMIT 1`, code)
}

// loadByIdentifier looks in every region: identifiers are unique in the country.
func loadByIdentifier(ctx context.Context, r db.Reader, identifier string) (record, error) {
	return db.One(ctx, r, scanRecord, `SELECT `+columns+` FROM certificates_paper p WHERE p.identifier = $1 AND p.region <> '' LIMIT 1`, identifier)
}

// loadByNumber looks in every region; offices number by themselves, so that
// several may have the same.
func loadByNumber(ctx context.Context, r db.Reader, number string) ([]record, error) {
	return db.All(ctx, r, scanRecord, `SELECT `+columns+` FROM certificates_paper p WHERE p.number = $1 AND p.region <> '' ORDER BY p.issued_at DESC LIMIT 20`, number)
}

func loadOfCase(ctx context.Context, r db.Reader, region, caseID string) ([]record, error) {
	return db.All(ctx, r, scanRecord, `SELECT `+columns+` FROM certificates_paper p
		WHERE p.region = $1 AND p.case_id = $2 ORDER BY p.issued_at LIMIT 100`, region, caseID)
}

func loadOfHolder(ctx context.Context, r db.Reader, regions []string, holder string, limit int) ([]record, error) {
	args := append([]any{holder, limit}, db.Args(regions)...)
	return db.All(ctx, r, scanRecord, `SELECT `+columns+` FROM certificates_holder h
		JOIN certificates_paper p ON p.region = h.region AND p.id = h.paper
		WHERE h.holder = $1 AND h.region IN (`+db.In(3, len(regions))+`) ORDER BY h.issued_at DESC LIMIT $2`, args...)
}

// countOfKind counts the papers of a kind that a case has.
func countOfKind(ctx context.Context, r db.Reader, region, caseID string, kind Kind) (int, error) {
	n, err := db.One(ctx, r, func(row db.Row) (n int64, err error) { return n, row.Scan(&n) },
		`SELECT count(*) FROM certificates_paper WHERE region = $1 AND case_id = $2 AND kind = $3`, region, caseID, string(kind))
	return int(n), err
}

// fileInUse tells whether any paper's rendering, or a photograph, has this hash.
func fileInUse(ctx context.Context, r db.Reader, hash string) (bool, error) {
	n, err := db.One(ctx, r, func(row db.Row) (n int64, err error) { return n, row.Scan(&n) },
		`SELECT count(*) FROM (SELECT 1 FROM certificates_paper WHERE file_hash = $1 AND region <> '' LIMIT 1) found`, hash)
	if err == nil && n == 0 {
		n, err = db.One(ctx, r, func(row db.Row) (n int64, err error) { return n, row.Scan(&n) },
			`SELECT count(*) FROM (SELECT 1 FROM certificates_photo WHERE hash = $1 AND region <> '' LIMIT 1) found`, hash)
	}
	return n > 0, err
}

func setFile(ctx context.Context, tx *db.Tx, region, id, hash string, size int64) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_paper SET file_hash = $3, file_size = $4 WHERE region = $1 AND id = $2`, region, id, hash, size))
}

func (r record) paper() (Paper, error) {
	var p Paper
	if err := json.Unmarshal([]byte(r.data), &p); err != nil {
		return p, fmt.Errorf("paper %s: %w", r.id, err)
	}
	return p, nil
}
