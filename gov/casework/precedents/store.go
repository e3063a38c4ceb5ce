package precedents

import (
	"context"

	"tongban/gov/casework/terms"
	"tongban/platform/db"
)

// refused is the outcome of a case that was decided against the applicant.
const refused = "refused"

// row is what is read of a case.
type row struct {
	id      terms.CaseID
	number  string
	version int
	refused bool
	answers map[string]string
}

// recent reads the answers of the newest cases of an item.
func recent(ctx context.Context, r db.Reader, region, item string, n int) ([]row, error) {
	return db.All(ctx, r, func(s db.Row) (x row, err error) {
		var situation, form db.JSON[map[string]string]
		var outcome string
		err = s.Scan(&x.id, &x.number, &x.version, &outcome, &situation, &form)
		x.refused = outcome == refused
		x.answers = map[string]string{}
		for _, m := range []map[string]string{situation.V, form.V} {
			for k, v := range m {
				x.answers[k] = v
			}
		}
		return x, err
	}, `SELECT c.id, c.number, c.item_version, c.outcome, d.situation, d.form FROM casework_case c JOIN casework_draft d ON d.region = c.region AND d.id = c.draft
		WHERE c.region = $1 AND c.item = $2 ORDER BY c.submitted_at DESC, c.id LIMIT $3`, region, item, n)
}
