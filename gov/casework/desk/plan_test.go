package desk

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework/terms"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

var regions = []string{"440000", "449900", "449901"}

// crowd puts n open tasks of many offices and officers on the desk.
func crowd(t *testing.T, d *db.DB, n int) {
	t.Helper()
	start := time.Date(2026, 9, 7, 2, 0, 0, 0, time.UTC)
	for at := 0; at < n; at += 500 {
		err := d.Write(dbtest.As(t, "test"), func(tx *db.Tx) error {
			tx.Unaudited("rows for a plan")
			tasks := make([]Task, 0, 500)
			for i := at; i < min(at+500, n); i++ {
				task := Task{Region: regions[i%3], ID: TaskID(fmt.Sprintf("task_%08d", i)), Case: terms.CaseID(fmt.Sprintf("case_%08d", i)), Element: "e", Name: "审查",
					Org: fmt.Sprintf("org%02d", i%50), OrgName: "示例局", Role: RoleExaminer, State: TaskOpen, OpenedAt: start, Due: start.Add(time.Duration(i*7919%n) * time.Minute),
					CaseNumber: "123456782", Item: fmt.Sprintf("item%02d", i%20), ItemName: "示例事项", ApplicantName: "示例"}
				if i%4 == 0 {
					task.Assignee = fmt.Sprintf("acc_%03d", i%200)
				}
				tasks = append(tasks, task)
			}
			for len(tasks) > 0 {
				k := min(50, len(tasks))
				Insert(tx, tasks[:k])
				tasks = tasks[k:]
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// migrations are the tables of the capability, which package casework owns.
func migrations() db.Migrations {
	return db.Migrations{Name: "casework", FS: os.DirFS("../migrations")}
}

// TestList_everyShapeIsCarriedByAnIndex looks at what the engines do: the first
// page must come out of an index in order, without sorting all that matches.
func TestList_everyShapeIsCarriedByAnIndex(t *testing.T) {
	s := New(Deps{Regions: regions})
	shapes := map[string]struct {
		arms  []arm
		index string
	}{
		"own":        {[]arm{s.inRegions(arm{"t.assignee <> '' AND t.assignee = ?", []any{"acc_004"}})}, "casework_task_own"},
		"post":       {s.officeArms(arm{"t.assignee = '' AND t.role = ?", []any{RoleExaminer}}, []string{"org01"}), "casework_task_post"},
		"department": {s.officeArms(arm{}, []string{"org01"}), "casework_task_org"},
		"hall":       {[]arm{{"t.assignee = '' AND t.role = ? AND t.region = ?", []any{RoleExaminer, "449901"}}}, "casework_task_hall"},
		"every post": {s.officeArms(arm{"t.assignee = '' AND t.role = ?", []any{RoleExaminer}}, strings.Fields("org01 org02 org03 org04 org05 org06 org07 org08 org09"))[2:3], "casework_task_hall"},
		"region":     {regionArms([]string{"449901"}, ""), "casework_task_region"},
	}
	dbtest.Run(t, []db.Migrations{migrations()}, func(t *testing.T, d *db.DB) {
		crowd(t, d, 6000)
		for name, shape := range shapes {
			query, args := listQuery(shape.arms, cursor{}, span{}, 21)
			plan := explain(t, d, query, args)
			if !strings.Contains(plan, shape.index) || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Sort Key: t.due_at, t.id") {
				t.Errorf("%s:\n%s", name, plan)
			}
		}
	})
}

func explain(t *testing.T, d *db.DB, query string, args []any) string {
	t.Helper()
	verb := "EXPLAIN "
	if d.Engine() == db.SQLite {
		verb = "EXPLAIN QUERY PLAN "
	} else if err := analyse(d); err != nil {
		t.Fatal(err)
	}
	rows, err := d.Query(context.Background(), verb+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		if d.Engine() == db.SQLite {
			var a, b, c int
			var detail string
			if err := rows.Scan(&a, &b, &c, &detail); err != nil {
				t.Fatal(err)
			}
			out = append(out, detail)
			continue
		}
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// analyse lets PostgreSQL know what is in the table, as autovacuum does.
func analyse(d *db.DB) error {
	ctx := context.Background()
	rows, err := d.Query(ctx, `ANALYZE casework_task`)
	if err != nil {
		return err
	}
	for rows.Next() {
	}
	rows.Close()
	return rows.Err()
}
