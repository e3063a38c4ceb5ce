package desk

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/casework/terms"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/id"
)

// hall opens a desk with tasks in every light for an examiner of two offices.
func hall(t *testing.T, d *db.DB, tasks []Task) (*Service, context.Context) {
	t.Helper()
	f, err := data.Files.Open(data.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cal, err := calendar.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	for len(tasks) > 0 {
		n := min(50, len(tasks))
		err := d.Write(dbtest.As(t, "test"), func(tx *db.Tx) error {
			tx.Unaudited("rows for a list")
			Insert(tx, tasks[:n])
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		tasks = tasks[n:]
	}
	s := New(Deps{DB: d, Clock: clock.NewFake(noon), Calendar: cal, Rules: terms.NationalRules(), Regions: regions})
	p := auth.Principal{ID: "acc_1", Kind: auth.KindOfficer, Grants: []auth.Grant{
		{Role: RoleExaminer, Permissions: []string{MayExamine.Name}, Region: "449901", Org: "orgA"},
		{Role: RoleExaminer, Permissions: []string{MayExamine.Name}, Region: "449901", Org: "orgB"}}}
	return s, auth.With(t.Context(), p)
}

// noon is a Wednesday.
var noon = time.Date(2026, 9, 9, 4, 0, 0, 0, time.UTC)

// step is an open task of two weeks that ends after some time.
func step(org, item, name, number string, left time.Duration) Task {
	t := Task{Region: "449901", ID: TaskID(id.New("task")), Case: terms.CaseID(id.New("case")), Element: "e", Name: "审查", Org: org, OrgName: "示例局", Role: RoleExaminer,
		State: TaskOpen, OpenedAt: noon.AddDate(0, 0, -14), Due: noon.Add(left), DueUnit: calendar.WorkingDays, CaseNumber: number, Item: item, ItemName: name, ApplicantName: "示例"}
	if left == 0 {
		t.Due = time.Time{}
	}
	return t
}

const day = 24 * time.Hour

func mixed() []Task {
	fresh := step("orgA", "item1", "食品经营许可", "100000026", 10*time.Hour) // a short limit that has only begun is not near
	fresh.OpenedAt = noon.Add(-time.Hour)
	return []Task{
		step("orgA", "item1", "食品经营许可", "100000012", -3*day), step("orgB", "item2", "户外广告设施设置审批", "100000020", -time.Minute),
		step("orgA", "item1", "食品经营许可", "200000015", 10*time.Hour), step("orgB", "item2", "户外广告设施设置审批", "200000023", 12*day),
		step("orgB", "item3", "100%_合规", "300000018", 20*day), step("orgA", "item1", "食品经营许可", "300000026", 0),
		fresh, step("orgC", "item1", "食品经营许可", "100000038", -3*day),
	}
}

func numbers(in Inbox) string {
	var out []string
	for _, l := range in.Tasks {
		out = append(out, l.CaseNumber)
	}
	return strings.Join(out, " ")
}

// Every filter is answered by the service: what fits, all of it, in order, and
// nothing of other offices.
func TestInbox_filters(t *testing.T) {
	dbtest.Run(t, []db.Migrations{migrations()}, func(t *testing.T, d *db.DB) {
		s, ctx := hall(t, d, mixed())
		for name, c := range map[string]struct {
			f    Filter
			want string
		}{
			"none":               {Filter{}, "100000012 100000020 200000015 100000026 200000023 300000018 300000026"},
			"red":                {Filter{Light: terms.Red}, "100000012 100000020"},
			"yellow":             {Filter{Light: terms.Yellow}, "200000015"},
			"green":              {Filter{Light: terms.Green}, "100000026 200000023 300000018"},
			"still":              {Filter{Light: terms.Still}, "300000026"},
			"an item by code":    {Filter{Item: "item2"}, "100000020 200000023"},
			"an item by words":   {Filter{Item: "食品"}, "100000012 200000015 100000026 300000026"},
			"signs of patterns":  {Filter{Item: "%_"}, "300000018"},
			"an item and red":    {Filter{Item: "食品", Light: terms.Red}, "100000012"},
			"most of a number":   {Filter{Number: "20000002"}, "200000023"},
			"its beginning":      {Filter{Number: "1"}, "100000012 100000020 100000026"},
			"of another office":  {Filter{Number: "10000003"}, ""},
			"that nobody has":    {Filter{Number: "999999999"}, ""},
			"a role":             {Filter{Role: RoleClerk}, ""},
			"the role that does": {Filter{Role: RoleExaminer, Light: terms.Red}, "100000012 100000020"},
		} {
			in, err := s.Inbox(ctx, InboxQuery{Shape: DepartmentTasks, Filter: c.f})
			if err != nil || in.Next != "" {
				t.Fatalf("%s: %v %q", name, err, in.Next)
			}
			got := strings.ReplaceAll(numbers(in), "100000026 200000015", "200000015 100000026") // due at the same moment
			if got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
			for _, l := range in.Tasks {
				if c.f.Light != "" && l.Light != c.f.Light {
					t.Errorf("%s: %s is %s", name, l.CaseNumber, l.Light)
				}
			}
		}
		for name, f := range map[string]Filter{"light": {Light: "blue"}, "number": {Number: "12a"}, "long number": {Number: "1234567890"}} {
			if _, err := s.Inbox(ctx, InboxQuery{Shape: DepartmentTasks, Filter: f}); !errors.Is(err, ErrQuery) {
				t.Errorf("a strange %s: %v", name, err)
			}
		}
	})
}

// Filtered pages hang together: every task that fits comes exactly once.
func TestInbox_filteredPages(t *testing.T) {
	dbtest.Run(t, []db.Migrations{migrations()}, func(t *testing.T, d *db.DB) {
		var tasks []Task
		for i := range 300 {
			org, item := "orgA", "often"
			if i%2 == 0 {
				org = "orgB"
			}
			if i%7 == 0 {
				item = "rare"
			}
			tasks = append(tasks, step(org, item, item, "123456782", time.Duration(i+1)*time.Hour))
		}
		s, ctx := hall(t, d, tasks)
		seen := map[TaskID]bool{}
		pages := 0
		for after := ""; ; pages++ {
			in, err := s.Inbox(ctx, InboxQuery{Shape: DepartmentTasks, After: after, Limit: 10, Filter: Filter{Item: "rare"}})
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range in.Tasks {
				if seen[l.ID] || l.Item != "rare" {
					t.Fatalf("%s twice, or of item %s", l.ID, l.Item)
				}
				seen[l.ID] = true
			}
			if after = in.Next; after == "" {
				break
			}
		}
		if len(seen) != 43 || pages != 4 {
			t.Errorf("%d of 43 on %d pages", len(seen), pages+1)
		}
		// The walk is bounded: behind the edge the list goes on, and says so.
		arms, err := s.arms(ctx, auth.From(ctx), InboxQuery{Shape: DepartmentTasks})
		if err != nil {
			t.Fatal(err)
		}
		edge, err := edgeOf(ctx, d, arms, cursor{}, span{}, 100)
		if err != nil || !edge.due.Equal(noon.Add(100*time.Hour)) {
			t.Errorf("the hundredth is due %v: %v", edge.due, err)
		}
		if edge, err = edgeOf(ctx, d, arms, cursor{}, span{}, 301); err != nil || edge.id != "" {
			t.Errorf("the 301st of 300: %v %v", edge, err)
		}
	})
}

// Counts are exact up to Most, and say when there is more.
func TestTally(t *testing.T) {
	dbtest.Run(t, []db.Migrations{migrations()}, func(t *testing.T, d *db.DB) {
		s, ctx := hall(t, d, mixed())
		got, err := s.Tally(ctx, InboxQuery{Shape: DepartmentTasks})
		if want := (Tally{Open: 7, Red: 2, Yellow: 1, Still: 1}); err != nil || got != want {
			t.Errorf("%+v, want %+v: %v", got, want, err)
		}
		if got, err = s.Tally(ctx, InboxQuery{Shape: OwnTasks}); err != nil || got != (Tally{}) {
			t.Errorf("own: %+v %v", got, err)
		}
		var many []Task
		for range Most + 50 {
			many = append(many, step("orgA", "i", "i", "123456782", -day))
		}
		hall(t, d, many)
		if got, err = s.Tally(ctx, InboxQuery{Shape: PostTasks}); err != nil || got.Open != Most+1 || got.Red != Most+1 || got.Yellow != 1 {
			t.Errorf("%+v: %v", got, err)
		}
	})
}

// What a page asks about a full hall is carried by indexes.
func TestFilter_isCarriedByAnIndex(t *testing.T) {
	dbtest.Run(t, []db.Migrations{migrations()}, func(t *testing.T, d *db.DB) {
		crowd(t, d, 6000)
		s, _ := hall(t, d, nil)
		base := s.officeArms(arm{"t.assignee = '' AND t.role = ?", []any{RoleExaminer}}, []string{"org01"})
		for _, f := range []Filter{{Light: terms.Red}, {Light: terms.Green}, {Item: "示例"}, {Item: "item01", Light: terms.Yellow}} {
			narrowed, due, err := s.narrow(base, f, noon)
			if err != nil {
				t.Fatal(err)
			}
			query, args := listQuery(narrowed, cursor{}, due, 21)
			if plan := explain(t, d, query, args); !strings.Contains(plan, "casework_task_post") || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Sort Key: t.due_at, t.id") {
				t.Errorf("%+v:\n%s", f, plan)
			}
		}
	})
}
