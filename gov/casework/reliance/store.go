package reliance

import (
	"context"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/platform/db"
)

func scanUsed(row db.Row) (u used, err error) {
	var materials db.JSON[map[string]drafts.Choice]
	err = row.Scan(&u.region, &u.id, &u.number, &u.item, &u.applicant, &u.org, &u.orgName, &u.state, &u.outcome, &materials)
	u.materials = materials.V
	return u, err
}

// casesOf are cases in which one of the holders applied, for himself or for somebody
// else, the newest first; after the last of them come those before it.
func casesOf(ctx context.Context, r db.Reader, regions, owners []string, last string) ([]used, error) {
	args := append([]any{last}, append(db.Args(regions), db.Args(owners)...)...)
	in, who := db.In(2, len(regions)), db.In(2+len(regions), len(owners))
	return db.All(ctx, r, scanUsed, `SELECT c.region, c.id, c.number, c.item_name, c.applicant_name, c.org, c.org_name, c.state, c.outcome, d.materials
		FROM casework_case c JOIN casework_draft d ON d.region = c.region AND d.id = c.draft
		WHERE c.region IN (`+in+`) AND (c.owner IN (`+who+`) OR c.person IN (`+who+`)) AND ($1 = '' OR c.id < $1) ORDER BY c.id DESC LIMIT 500`, args...)
}

// openOffices are those that have a step of the case to do.
func openOffices(ctx context.Context, r db.Reader, region string, c terms.CaseID) ([]office, error) {
	return db.All(ctx, r, func(row db.Row) (o office, err error) { return o, row.Scan(&o.code, &o.name) },
		`SELECT DISTINCT org, org_name FROM casework_task WHERE region = $1 AND case_id = $2 AND state = 'open' AND org <> '' LIMIT 50`, region, string(c))
}
