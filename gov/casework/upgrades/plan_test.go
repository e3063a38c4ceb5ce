package upgrades

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// Running cases of a version are found by their index, on both engines, however
// many cases the region has.
func TestRunning_plan(t *testing.T) {
	dbtest.Run(t, []db.Migrations{casework.Migrations()}, func(t *testing.T, d *db.DB) {
		err := d.Write(dbtest.As(t, "test"), func(tx *db.Tx) error {
			tx.Unaudited("rows for a plan")
			at := time.Date(2026, 9, 7, 2, 0, 0, 0, time.UTC)
			for i := range 3000 {
				cases.Insert(tx, cases.Case{Region: "449901", ID: terms.CaseID(fmt.Sprintf("case_%08d", i)), Number: fmt.Sprintf("%09d", i), Item: fmt.Sprintf("item%02d", i%20), ItemVersion: 1 + i%3,
					State: cases.InProgress, Draft: drafts.DraftID(fmt.Sprintf("draft_%08d", i)), SubmittedAt: at, ReceivedAt: at})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		list, err := running(t.Context(), d, Order{Region: "449901", Item: "item04", From: 2}, 21)
		if err != nil || len(list) != 21 || list[0].ID != "case_00000004" {
			t.Fatalf("%v %v", list, err)
		}
		if d.Engine() != db.SQLite {
			each(t, d, `ANALYZE casework_case`)
		}
		for _, q := range []string{`SELECT id, number FROM casework_case WHERE region = '449901' AND item = 'item04' AND item_version = 2 AND closed_at IS NULL AND id > '' ORDER BY id LIMIT 21`,
			`SELECT item_version, count(*) FROM casework_case WHERE region = '449901' AND item = 'item04' AND closed_at IS NULL GROUP BY item_version ORDER BY item_version DESC LIMIT 500`} {
			verb := "EXPLAIN "
			if d.Engine() == db.SQLite {
				verb = "EXPLAIN QUERY PLAN "
			}
			if plan := strings.Join(each(t, d, verb+q), "\n"); !strings.Contains(plan, "casework_case_version") || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Seq Scan") {
				t.Errorf("%s:\n%s", q, plan)
			}
		}
	})
}

// each gives the last column of every row as text.
func each(t *testing.T, d *db.DB, query string) (out []string) {
	t.Helper()
	rows, err := d.Query(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var detail string
		into := []any{&detail}
		if strings.HasPrefix(query, "EXPLAIN QUERY") {
			var a, b, c int
			into = []any{&a, &b, &c, &detail}
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out = append(out, detail)
	}
	return out
}
