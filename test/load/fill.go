package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"tongban/app"
	"tongban/data"
	"tongban/gov/casework"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/id"
	"tongban/test/sim/town"
)

// filler makes rows as years of work leave them behind: a few items make most
// of the cases, most cases are over, some open steps are past their limit.
type filler struct {
	rand  *rand.Rand
	zipf  *rand.Zipf
	now   time.Time
	items []thing
	staff map[string][]string // accounts by office; the first is the one that is measured
	cases [][]any
	tasks [][]any
	open  int
}

// thing is one of the hundred items.
type thing struct {
	code, name, region, org, orgName string
	partner, partnerName             string
}

const itemTypes = 100

// importDepartments adds the offices of the shipped guides.
func importDepartments(ctx context.Context, t *town.Town) error {
	f, err := data.Files.Open(data.Departments)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = t.Identity.ImportDepartments(auth.System(ctx, "town"), app.DefaultRegion, f, func(int, error) {})
	return err
}

func newFiller(ctx context.Context, t *town.Town) (*filler, error) {
	r := rand.New(rand.NewPCG(2026, 9))
	f := &filler{rand: r, zipf: rand.NewZipf(r, 1.2, 4, itemTypes-1), now: clock.System.Now(), staff: map[string][]string{}}
	var offices []thing
	for _, region := range []string{town.District, app.DefaultRegion} {
		list, err := t.Identity.Departments(ctx, region)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			offices = append(offices, thing{region: region, org: o.Code, orgName: o.Name})
			for range 5 {
				f.staff[o.Code] = append(f.staff[o.Code], id.New("acc"))
			}
		}
	}
	for i := range itemTypes {
		it, other := offices[i%len(offices)], offices[r.IntN(len(offices))]
		it.code, it.name, it.partner, it.partnerName = fmt.Sprintf("1144%027d", i), fmt.Sprintf("示例事项第%d号许可", i+1), other.org, other.orgName
		f.items = append(f.items, it)
	}
	return f, nil
}

// one adds a case with its steps.
func (f *filler) one(i int) {
	it := f.items[f.zipf.Uint64()]
	state, age := "decided", time.Duration(30+f.rand.IntN(330))*24*time.Hour
	switch p := f.rand.IntN(100); {
	case p < 18:
		state, age = "in_progress", time.Duration(f.rand.IntN(25*24))*time.Hour
	case p < 23:
		state, age = "submitted", time.Duration(f.rand.IntN(6*24))*time.Hour
	case p < 25:
		state, age = "supplementing", time.Duration(f.rand.IntN(10*24))*time.Hour
	case p < 28:
		state = "refused_acceptance"
	case p < 32:
		state = "withdrawn"
	}
	at := f.now.Add(-age)
	c := id.New("case")
	number := fmt.Sprintf("%09d", 100_000_000+i)
	due := at.Add(time.Duration(3+f.rand.IntN(27)) * 24 * time.Hour)
	if state == "in_progress" || state == "submitted" { // one in sixteen is over its limit
		due = f.now.Add(time.Duration(f.rand.IntN(25*24)-36) * time.Hour)
	}
	person := id.New("per")
	f.cases = append(f.cases, []any{it.region, c, number, it.code, 1, it.name, it.org, it.orgName, false, "online", id.New("drf"), person, person, "示例申请人", "1234", "", "",
		state, 3, false, db.At(at), db.At(at), db.At(at.Add(24 * time.Hour)), db.At(due), db.At(due), false, 0, `{"accept":{},"legal":{},"promise":{},"longest_extension":{}}`})
	done, open := 0, 0
	switch state {
	case "decided":
		done = 3 + f.rand.IntN(2)
	case "in_progress":
		done, open = f.rand.IntN(3), 1+f.rand.IntN(3)
	case "submitted":
		open = 1
	case "refused_acceptance", "withdrawn":
		done = 1
	}
	for k := range done + open {
		f.step(it, c, number, k, k < done, state == "submitted", at, due)
	}
}

func (f *filler) step(it thing, c, number string, k int, done, acceptance bool, at, due time.Time) {
	org, orgName, role, name, element := it.org, it.orgName, casework.RoleExaminer, "审查", fmt.Sprintf("check_%d", k)
	switch {
	case acceptance:
		role, name, element = casework.RoleClerk, "受理", casework.AcceptElement
	case k%3 == 1:
		org, orgName = it.partner, it.partnerName
	case k%4 == 3:
		role, name = casework.RoleDecider, "决定"
	}
	staff := f.staff[org]
	assignee, state, closed := "", "open", db.Time{}
	switch {
	case done:
		assignee, state, closed = staff[f.rand.IntN(len(staff))], "done", db.At(at.Add(time.Duration(k+1)*20*time.Hour))
	case f.rand.IntN(100) < 35:
		assignee = staff[f.rand.IntN(len(staff))]
	}
	if !done {
		f.open++
	}
	dueAt := due.Add(-time.Duration(f.rand.IntN(6*3600)) * time.Second)
	f.tasks = append(f.tasks, []any{it.region, id.New("task"), c, element, name, org, orgName, "", role, assignee, "示例审查员", state, db.At(at.Add(time.Hour)), closed,
		db.At(dueAt), false, `{}`, `{}`, 2, number, it.code, it.name, "示例申请人"})
}

const (
	caseInsert = `INSERT INTO casework_case (region, id, number, item, item_version, item_name, org, org_name, express, channel, draft, owner, person, applicant_name, last4, place, taken_by,
		state, version, paused, submitted_at, received_at, accepted_at, legal_due, promise_due, deemed, supplements, terms) VALUES `
	taskInsert = `INSERT INTO casework_task (region, id, case_id, element, name, org, org_name, on_behalf, role, assignee, assignee_name, state, opened_at, closed_at,
		due_at, paused, step_limit, fields, version, case_number, item, item_name, applicant_name) VALUES `
	rowsEach  = 50  // in one statement
	casesEach = 500 // in one commit
)

// fill writes n cases.
func (f *filler) fill(ctx context.Context, url string, n int) error {
	var units [][]db.Statement
	for i := 0; i < n; i += casesEach {
		for k := range min(casesEach, n-i) {
			f.one(i + k)
		}
		units = append(units, append(inserts(caseInsert, f.cases), inserts(taskInsert, f.tasks)...))
		f.cases, f.tasks = nil, nil
	}
	_, err := db.Bare(ctx, url, 2, len(units), func(i int) []db.Statement { return units[i-1] })
	return err
}

// inserts writes rows in statements of many rows each.
func inserts(head string, rows [][]any) (out []db.Statement) {
	for len(rows) > 0 {
		n := min(rowsEach, len(rows))
		if n < rowsEach {
			n = 1 // one more statement to prepare and not one for each length
		}
		var b strings.Builder
		b.WriteString(head)
		args := make([]any, 0, n*len(rows[0]))
		for i, row := range rows[:n] {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString("(" + db.In(len(args)+1, len(row)) + ")")
			args = append(args, row...)
		}
		out = append(out, db.Statement{Query: b.String(), Args: args})
		rows = rows[n:]
	}
	return out
}
