package sim

import (
	"context"
	"testing"

	"tongban/app"
	"tongban/gov/casework"
	"tongban/platform/db"
)

// look reads the world out of a node's database and file store.
func look(t *testing.T, a *app.App) world {
	t.Helper()
	ctx := context.Background()
	w := world{drafts: map[string]draftRow{}, tasks: map[string]taskRow{}, files: map[string]bool{}}
	for _, d := range rows(t, ctx, a.DB, func(r db.Row) (d draftRow, err error) {
		var form db.JSON[map[string]string]
		var materials db.JSON[map[string]casework.Choice]
		err = r.Scan(&d.id, &d.state, &d.kase, &form, &materials)
		d.form, d.files = form.V, map[string][]string{}
		for m, c := range materials.V {
			for _, f := range c.Files {
				d.files[m] = append(d.files[m], f.Hash)
			}
		}
		return d, err
	}, `SELECT id, state, case_id, form, materials FROM casework_draft`) {
		w.drafts[d.id] = d
		for _, hashes := range d.files {
			for _, h := range hashes {
				if !w.files[h] {
					w.files[h] = a.Files.Verify(h) == nil
				}
			}
		}
	}
	w.cases = rows(t, ctx, a.DB, func(r db.Row) (c caseRow, err error) {
		return c, r.Scan(&c.id, &c.number, &c.draft, &c.state, &c.outcome, &c.certificate)
	}, `SELECT id, number, draft, state, outcome, certificate FROM casework_case ORDER BY id`)
	for _, x := range rows(t, ctx, a.DB, func(r db.Row) (x taskRow, err error) {
		return x, r.Scan(&x.id, &x.kase, &x.state, &x.result, &x.assignee, &x.element)
	}, `SELECT id, case_id, state, result, assignee, element FROM casework_task`) {
		w.tasks[x.id] = x
	}
	w.history = rows(t, ctx, a.DB, func(r db.Row) (h historyRow, err error) { return h, r.Scan(&h.kase, &h.kind, &h.task) },
		`SELECT case_id, kind, task FROM casework_history ORDER BY case_id, id`)
	w.papers = rows(t, ctx, a.DB, func(r db.Row) (p paperRow, err error) { return p, r.Scan(&p.id, &p.kase, &p.kind) },
		`SELECT id, case_id, kind FROM certificates_paper ORDER BY id`)
	w.ratings = rows(t, ctx, a.DB, db.Value[string], `SELECT case_id FROM participation_rating`)
	w.jobs = rows(t, ctx, a.DB, func(r db.Row) (j jobRow, err error) { return j, r.Scan(&j.kind, &j.key) }, `SELECT kind, key FROM schedule_job WHERE kind <> $1`, casework.JobRecount) // one a region, of no case
	w.outbox = rows(t, ctx, a.DB, db.Value[int], `SELECT count(*) FROM events_outbox`)[0]
	return w
}

func rows[T any](t *testing.T, ctx context.Context, r db.Reader, scan func(db.Row) (T, error), query string, args ...any) []T {
	t.Helper()
	list, err := db.All(ctx, r, scan, query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
