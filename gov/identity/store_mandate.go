package identity

import (
	"context"
	"strings"
	"time"

	"tongban/platform/db"
	"tongban/platform/fault"
)

const mandateValid = ` AND m.valid_from <= $3 AND (m.valid_until IS NULL OR m.valid_until > $3)`

const mandateColumns = `m.id, m.org, COALESCE(o.name, m.org), m.person, COALESCE(NULLIF(m.agent_name, ''), p.name, ''), m.agent_mask, m.kind, m.acts, m.scope, m.offices,
	m.valid_from, m.valid_until, m.given_by, m.ended_at, m.ended_by`

const mandateFrom = ` FROM identity_mandate m LEFT JOIN identity_org o ON o.region = m.region AND o.code = m.org
	LEFT JOIN identity_person p ON p.region = m.region AND p.id = m.person `

func scanMandate(row db.Row) (m Mandate, err error) {
	var acts, items, offices string
	var from, until, ended db.Time
	err = row.Scan(&m.ID, &m.Org, &m.OrgName, &m.Person, &m.Name, &m.Masked, &m.Kind, &acts, &items, &offices, &from, &until, &m.Giver, &ended, &m.EndedBy)
	m.Scope = Scope{Acts: strings.Fields(acts), Items: strings.Fields(items), Offices: strings.Fields(offices)}
	m.From, m.Until, m.Ended = from.Time, until.Time, ended.Time
	return m, err
}

func hasMandate(ctx context.Context, r db.Reader, region, person, org string, now time.Time) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int64], `SELECT COUNT(*) FROM identity_mandate m WHERE m.region = $1 AND m.person = $2 AND m.person <> '' AND m.org = $4`+mandateValid,
		region, person, db.At(now), org)
	return n > 0, err
}

// represents tells whether the person is a legal representative of the company.
func represents(ctx context.Context, r db.Reader, region, person, org string, now time.Time) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int64], `SELECT COUNT(*) FROM identity_mandate m WHERE m.region = $1 AND m.person = $2 AND m.person <> '' AND m.org = $4
		AND m.kind = 'legal_representative'`+mandateValid, region, person, db.At(now), org)
	return n > 0, err
}

func orgsOfPerson(ctx context.Context, r db.Reader, region, person string, now time.Time) ([]Org, error) {
	return db.All(ctx, r, scanOrg, `SELECT DISTINCT o.area, o.code, o.name, o.name_en, o.kind, o.parent FROM identity_mandate m
		JOIN identity_org o ON o.region = m.region AND o.code = m.org WHERE m.region = $1 AND m.person = $2`+mandateValid+` ORDER BY o.code LIMIT 200`,
		region, person, db.At(now))
}

// liveMandates lists the mandates of a person that are in force; "" for org is
// every company.
func liveMandates(ctx context.Context, r db.Reader, region, person, org string, now time.Time) ([]Mandate, error) {
	return db.All(ctx, r, scanMandate, `SELECT `+mandateColumns+mandateFrom+`WHERE m.region = $1 AND m.person = $2 AND ($4 = '' OR m.org = $4)`+mandateValid+` ORDER BY m.org, m.id LIMIT 500`,
		region, person, db.At(now), org)
}

// mandatesOf lists the mandates of a person, also those that are over, the newest first.
func mandatesOf(ctx context.Context, r db.Reader, region, person string) ([]Mandate, error) {
	return db.All(ctx, r, scanMandate, `SELECT `+mandateColumns+mandateFrom+`WHERE m.region = $1 AND m.person = $2 ORDER BY m.id DESC LIMIT 200`, region, person)
}

// mandatesFor lists the mandates that a company gave, also those that are over, the newest first.
func mandatesFor(ctx context.Context, r db.Reader, region, org string) ([]Mandate, error) {
	return db.All(ctx, r, scanMandate, `SELECT `+mandateColumns+mandateFrom+`WHERE m.region = $1 AND m.org = $2 ORDER BY m.id DESC LIMIT 500`, region, org)
}

func mandateByID(ctx context.Context, r db.Reader, region, id string) (Mandate, error) {
	m, err := db.One(ctx, r, scanMandate, `SELECT `+mandateColumns+mandateFrom+`WHERE m.region = $1 AND m.id = $2`, region, id)
	if fault.IsKind(err, fault.KindNotFound) {
		return m, ErrNoMandate
	}
	return m, err
}

func insertMandate(ctx context.Context, tx *db.Tx, region string, m Mandate, hash string) (err error) {
	defer fault.Wrap(&err, "store mandate %s", m.ID)
	_, err = tx.Exec(ctx, `INSERT INTO identity_mandate (region, id, org, person, kind, scope, valid_from, valid_until, acts, offices, agent_name, agent_mask, number_hash, given_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		region, m.ID, m.Org, m.Person, m.Kind, strings.Join(m.Scope.Items, " "), db.At(m.From), db.At(m.Until), strings.Join(m.Scope.Acts, " "), strings.Join(m.Scope.Offices, " "),
		m.Name, m.Masked, hash, m.Giver)
	return err
}

// endMandate takes a mandate back that is not over.
func endMandate(ctx context.Context, tx *db.Tx, region, id, by string, now time.Time) error {
	return db.Changed(tx.Exec(ctx, `UPDATE identity_mandate SET valid_until = $3, ended_at = $3, ended_by = $4 WHERE region = $1 AND id = $2 AND (valid_until IS NULL OR valid_until > $3)`,
		region, id, db.At(now), by))
}

// claimMandates ties the mandates that wait for somebody of this number and
// name to his record.
func claimMandates(ctx context.Context, tx *db.Tx, region, person, name, hash string) error {
	_, err := tx.Exec(ctx, `UPDATE identity_mandate SET person = $2 WHERE region = $1 AND person = '' AND number_hash = $3 AND agent_name = $4`, region, person, hash, name)
	return err
}
