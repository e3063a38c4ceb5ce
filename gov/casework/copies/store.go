package copies

import (
	"context"
	"errors"

	"tongban/gov/casework/terms"
	"tongban/platform/db"
	"tongban/platform/id"
)

const columns = `region, id, case_id, case_number, item_name, applicant_name, org, org_name, account, account_name, sent_by, sent_name, note, groups, materials, sent_at, read_at, read_name`

func scan(row db.Row) (c Copy, err error) {
	var sent, read db.Time
	err = row.Scan(&c.Region, &c.ID, &c.Case, &c.CaseNumber, &c.ItemName, &c.ApplicantName, &c.Org, &c.OrgName, &c.Account, &c.AccountName, &c.By, &c.ByName, &c.Note, &c.Groups, &c.Materials, &sent, &read, &c.ReadName)
	c.SentAt, c.ReadAt = sent.Time, read.Time
	return c, err
}

func insert(tx *db.Tx, c Copy) {
	tx.Later(`INSERT INTO casework_copy (region, id, case_id, case_number, item_name, applicant_name, org, org_name, account, account_name, sent_by, sent_name, note, groups, materials, sent_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		c.Region, c.ID, string(c.Case), c.CaseNumber, c.ItemName, c.ApplicantName, c.Org, c.OrgName, c.Account, c.AccountName, c.By, c.ByName, c.Note, c.Groups, c.Materials, db.At(c.SentAt))
}

func load(ctx context.Context, r db.Reader, region, key string) (Copy, error) {
	c, err := db.One(ctx, r, scan, `SELECT `+columns+` FROM casework_copy WHERE region = $1 AND id = $2`, region, key)
	if errors.Is(err, db.ErrNoRow) {
		err = ErrNoCopy
	}
	return c, err
}

func markRead(tx *db.Tx, c *Copy) {
	tx.Guarded(`UPDATE casework_copy SET read_at = $3, read_by = $4, read_name = $5 WHERE region = $1 AND id = $2 AND read_at IS NULL`,
		c.Region, c.ID, db.At(c.ReadAt), tx.Actor().ID, c.ReadName)
}

// OfCase lists the copies of a case, oldest first; the caller asks who may see them.
func OfCase(ctx context.Context, r db.Reader, region string, c terms.CaseID) ([]Copy, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_copy WHERE region = $1 AND case_id = $2 ORDER BY id LIMIT 200`, region, string(c))
}

func inbox(ctx context.Context, r db.Reader, regions, offices []string, account string, unread bool, before string, limit int) ([]Copy, error) {
	if err := id.After("cpy", before); err != nil {
		return nil, err
	}
	args := append([]any{account, limit}, db.Args(regions)...)
	where := `region IN (` + db.In(3, len(regions)) + `) AND (account = $1`
	if len(offices) > 0 {
		where += ` OR account = '' AND org IN (` + db.In(len(args)+1, len(offices)) + `)`
		args = append(args, db.Args(offices)...)
	}
	where += `)`
	if before != "" {
		args = append(args, before)
		where += ` AND id < ` + db.In(len(args), 1)
	}
	if unread {
		where += ` AND read_at IS NULL`
	}
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_copy WHERE `+where+` ORDER BY id DESC LIMIT $2`, args...)
}
