package items_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue/decisions"
	"tongban/items"
	"tongban/platform/bpmn"
	"tongban/platform/bpmn/draw"
	"tongban/platform/calendar"
)

var shipped = sync.OnceValues(func() (*calendar.Calendar, error) {
	f, err := data.Files.Open(data.Calendar)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return calendar.Load(f)
})

func workdays(t *testing.T) *calendar.Calendar {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var conditions = regexp.MustCompile(`(?s)<bpmn:conditionExpression[^>]*>(.*?)</bpmn:conditionExpression>`)

// courses lists the ways that the flow can tell apart: one for each combination of the answers that its conditions look at.
func (p pack) courses(t *testing.T) []map[string]any {
	all := ""
	for _, m := range conditions.FindAllSubmatch(p.flow, -1) {
		all += string(m[1]) + "\n"
	}
	var asked []string
	for _, q := range p.situations.Questions {
		if regexp.MustCompile(`\b` + q.ID + `\b`).MatchString(all) {
			asked = append(asked, q.ID)
		}
	}
	var list []map[string]any
	seen := map[string]bool{}
	for _, path := range p.paths(t) {
		vars, key := p.answers(path), ""
		for _, q := range asked {
			key += vars[q].(string) + "/"
		}
		if !seen[key] {
			seen[key] = true
			list = append(list, vars)
		}
	}
	if len(asked) == 0 && len(p.item.Partners) > 0 {
		t.Error("the flow looks at no answer")
	}
	return list
}

func engine(t *testing.T) *bpmn.Engine {
	n := 0
	return &bpmn.Engine{NewID: func() string { n++; return fmt.Sprintf("id%d", n) }, Due: workdays(t).AddISO}
}

func process(t *testing.T, b []byte) *bpmn.Process {
	t.Helper()
	m, err := bpmn.Parse(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m.Process("")
}

// start begins an instance and lets the package's decision tables answer the business rule tasks that come first.
func start(t *testing.T, e *bpmn.Engine, p *bpmn.Process, vars map[string]any, now time.Time) (*bpmn.Instance, []bpmn.Change, map[string]any) {
	t.Helper()
	in, changes, err := e.Start(p, vars, now)
	if err != nil {
		t.Fatal(err)
	}
	ruled := map[string]any{}
	for i := 0; i < len(changes); i++ {
		c := changes[i]
		if c.Kind != bpmn.ServiceCalled || p.Element(c.Element).Kind != draw.Business {
			continue
		}
		id := c.Attrs["implementation"]
		m, err := decisions.Read(read(t, strings.ReplaceAll(p.ID, "_", "-")+"/decisions.dmn"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Decide(id, vars, now)
		if err != nil || r.Value == nil {
			t.Fatalf("%s: %v %v", id, r.Value, err)
		}
		ruled[id] = r.Value
		more, err := e.Complete(p, in, c.ID, map[string]any{id: r.Value}, now)
		if err != nil {
			t.Fatal(err)
		}
		changes = append(slices.Delete(changes, i, i+1), more...)
		i--
	}
	return in, changes, ruled
}

// trip is one instance driven to its end by a person who answers every task.
type trip struct {
	ran      map[string]time.Time // task → when it was opened
	services []string
	ruled    map[string]any // by decision tables
}

// drive completes the open tasks in turn; outcome decides each of them.
func drive(t *testing.T, p *bpmn.Process, vars map[string]any, outcome func(task string, nth int) string) trip {
	t.Helper()
	e, now := engine(t), time.Date(2026, 2, 10, 14, 30, 0, 0, calendar.Zone)
	in, changes, ruled := start(t, e, p, vars, now)
	var err error
	tr, count, outcomes := trip{ran: map[string]time.Time{}, ruled: ruled}, map[string]int{}, map[string]any{}
	var services []bpmn.Change
	note := func(cs []bpmn.Change) {
		for _, c := range cs {
			switch c.Kind {
			case bpmn.TaskOpened:
				tr.ran[c.Element] = c.At
			case bpmn.ServiceCalled:
				services = append(services, c)
				tr.services = append(tr.services, c.Attrs["implementation"])
			case bpmn.Stuck:
				t.Fatalf("stuck at %s", c.Element)
			}
		}
	}
	note(changes)
	for step := 0; !in.Ended(); step++ {
		if step > 60 {
			t.Fatal("no end in sight")
		}
		if len(services) > 0 {
			s := services[0]
			services = services[1:]
			if changes, err = e.Complete(p, in, s.ID, nil, now); err != nil {
				t.Fatal(err)
			}
			note(changes)
			continue
		}
		open := in.Open()
		if len(open) == 0 {
			t.Fatal("nothing is open and nothing ended")
		}
		task := open[0]
		out := outcome(task.Element, count[task.Element])
		count[task.Element]++
		outcomes[task.Element] = out
		changes, err = e.Complete(p, in, task.ID, map[string]any{task.Element + "_outcome": out, "outcome": out, "outcomes": maps.Clone(outcomes)}, now)
		if err != nil {
			t.Fatal(err)
		}
		note(changes)
	}
	return tr
}

func approve(string, int) string { return "approve" }

// Every situation runs to an issued paper when all agree, and to a refusal when the decider refuses; exactly one service ends it.
func TestFlow_runsToIssueAndToRefuse(t *testing.T) {
	handled(t, func(t *testing.T, p pack) {
		proc := process(t, p.flow)
		seen := map[string]bool{}
		for _, vars := range p.courses(t) {
			yes := drive(t, proc, vars, approve)
			if !slices.Equal(yes.services, []string{"issue"}) {
				t.Fatalf("%v: services %v", vars, yes.services)
			}
			if _, consulted := yes.ran["consult"]; consulted != (yes.ruled["precheck"] == "not_met") {
				t.Errorf("%v: nobody disagreed but the lead was asked", vars)
			}
			no := drive(t, proc, vars, func(task string, _ int) string {
				if task == "decide" {
					return "refuse"
				}
				return "approve"
			})
			if !slices.Equal(no.services, []string{"refuse"}) {
				t.Fatalf("%v: services %v", vars, no.services)
			}
			for k := range yes.ran {
				seen[k] = true
			}
		}
		for _, u := range proc.UserTasks() {
			if !seen[u.ID] && u.ID != "consult" {
				t.Errorf("task %s never runs", u.ID)
			}
		}
	})
}

// One office that does not agree brings the lead in; the decider still decides, may send it back, and decides again.
func TestFlow_differingOpinionsAndReturn(t *testing.T) {
	joint(t, func(t *testing.T, p pack) {
		proc := process(t, p.flow)
		for _, vars := range p.courses(t) {
			for task := range drive(t, proc, vars, approve).ran {
				if !strings.HasPrefix(task, "check_") && task != "register" {
					continue
				}
				tr := drive(t, proc, vars, func(at string, nth int) string {
					if at == task {
						return "refuse"
					}
					if at == "decide" && nth == 0 {
						return "return"
					}
					return "approve"
				})
				if _, ok := tr.ran["consult"]; !ok || !slices.Equal(tr.services, []string{"issue"}) {
					t.Fatalf("%s refused: ran %v, services %v", task, tr.ran, tr.services)
				}
			}
		}
	})
}

func TestFlow_officesRunInParallel(t *testing.T) {
	joint(t, func(t *testing.T, p pack) {
		proc, most := process(t, p.flow), 0
		orgs := map[string]string{}
		for _, u := range proc.UserTasks() {
			orgs[u.ID] = u.Attrs["org"]
		}
		for _, vars := range p.courses(t) {
			in, _, _ := start(t, engine(t), proc, vars, time.Date(2026, 2, 10, 14, 30, 0, 0, calendar.Zone))
			at := map[string]bool{}
			for _, o := range in.Open() {
				at[orgs[o.Element]] = true
			}
			most = max(most, len(at))
		}
		if most < 3 {
			t.Errorf("at most %d offices work at the same time", most)
		}
	})
}

// What item.json publishes about the steps is what the flow does, and no way through it takes longer than the promise.
func TestFlow_stepsAgreeWithTheItem(t *testing.T) {
	known := offices(t)
	handled(t, func(t *testing.T, p pack) {
		steps := map[string]int{}
		lead := map[string]bool{p.item.Org: true}
		partners := map[string]bool{}
		for _, x := range p.item.Partners {
			partners[x.Org] = true
		}
		for _, s := range p.item.Steps {
			steps[s.Element] = s.Limit.Amount
		}
		tasks := process(t, p.flow).UserTasks()
		if len(tasks) != len(p.item.Steps) {
			t.Errorf("%d tasks, %d steps", len(tasks), len(p.item.Steps))
		}
		for _, u := range tasks {
			i := slices.IndexFunc(p.item.Steps, func(s struct {
				Element string
				Name    text
				Org     string
				Limit   limit
				Fills   []string
			}) bool {
				return s.Element == u.ID
			})
			if i < 0 {
				t.Errorf("task %s is no step", u.ID)
				continue
			}
			s := p.item.Steps[i]
			if s.Org != u.Attrs["org"] || fmt.Sprintf("P%dWD", s.Limit.Amount) != u.Attrs["limit"] || s.Name.Zh != u.Name || s.Limit.Unit != "workday" || !known[s.Org] {
				t.Errorf("task %s %v, step %+v", u.ID, u.Attrs, s)
			}
			if !lead[s.Org] && !partners[s.Org] || (u.Attrs["opinion"] == "true") != partners[s.Org] || !slices.Contains([]string{"examiner", "decider", "window"}, u.Attrs["post"]) {
				t.Errorf("task %s: office %s, post %s, opinion %q", u.ID, s.Org, u.Attrs["post"], u.Attrs["opinion"])
			}
		}
		longest := 0
		for task, n := range steps {
			if strings.HasPrefix(task, "check_") {
				if task == "check_food" {
					n += steps["register"] // these two follow one another
				}
				longest = max(longest, n)
			}
		}
		if total := longest + steps["consult"] + steps["decide"]; total > p.item.Limits.Promise.Amount || p.item.Limits.Promise.Unit != "workday" {
			t.Errorf("the steps take %d working days, the promise is %+v", total, p.item.Limits.Promise)
		}
	})
}

func TestFlow_remindersComeBeforeTheStepIsOverAndInterruptNothing(t *testing.T) {
	c := workdays(t)
	handled(t, func(t *testing.T, p pack) {
		proc := process(t, p.flow)
		limits := map[string]string{}
		for _, u := range proc.UserTasks() {
			limits[u.ID] = u.Attrs["limit"]
		}
		e, now := engine(t), time.Date(2026, 2, 10, 14, 30, 0, 0, calendar.Zone)
		in, _, _ := start(t, e, proc, p.answers(p.paths(t)[0]), now)
		before := len(in.Open())
		fired := 0
		for _, tm := range in.Timers() {
			end, err := c.AddISO(limits[tm.Host], now)
			if err != nil || !tm.Due.Before(end) {
				t.Errorf("%s reminds at %s, the step ends at %s (%v)", tm.Host, tm.Due, end, err)
			}
			if _, err := e.Fire(proc, in, tm.ID, tm.Due); err != nil {
				t.Fatal(err)
			}
			fired++
		}
		if fired == 0 || len(in.Open()) != before || in.Ended() {
			t.Errorf("%d timers fired, %d of %d tasks open", fired, len(in.Open()), before)
		}
	})
}

func TestGeneral_withAndWithoutPartners(t *testing.T) {
	proc := process(t, read(t, items.General))
	partner := func(n string) map[string]any { return map[string]any{"org": "org" + n, "name": "部门" + n} }
	for _, tc := range []struct {
		name     string
		partners any
		opened   int
	}{
		{"none", []any{}, 0}, {"not set", nil, 0}, {"one", []any{partner("1")}, 1}, {"three", []any{partner("1"), partner("2"), partner("3")}, 3},
	} {
		vars := map[string]any{"department": "11440000006939756B", "case": "1", "partners": tc.partners}
		in, changes, err := engine(t).Start(proc, vars, time.Date(2026, 2, 10, 14, 30, 0, 0, calendar.Zone))
		if err != nil {
			t.Fatal(err)
		}
		joint := 0
		for _, c := range changes {
			if c.Kind != bpmn.TaskOpened {
				continue
			}
			if c.Element == "joint_review" {
				joint++
				if want := fmt.Sprintf("org%d", joint); c.Attrs["org"] != want || c.Name != fmt.Sprintf("部门%d提出意见", joint) {
					t.Errorf("%s: opinion %d is asked of %q as %q", tc.name, joint, c.Attrs["org"], c.Name)
				}
			} else if c.Attrs["org"] != "11440000006939756B" {
				t.Errorf("%s: %s is asked of %q", tc.name, c.Element, c.Attrs["org"])
			}
		}
		if joint != tc.opened || (tc.opened == 0 && in.Open()[0].Element != "examine") {
			t.Errorf("%s: %d opinions asked", tc.name, joint)
		}
		for outcome, want := range map[string]string{"approve": "issue", "refuse": "refuse"} {
			tr := drive(t, proc, vars, func(task string, nth int) string {
				if task == "decide" {
					if nth == 0 {
						return "return"
					}
					return outcome
				}
				return "refuse" // a recommendation, not a decision
			})
			if !slices.Equal(tr.services, []string{want}) {
				t.Errorf("%s: %s gives %v", tc.name, outcome, tr.services)
			}
		}
	}
}

// README.md names every file and every package that ships.
func TestReadme_namesEveryPackage(t *testing.T) {
	b := string(read(t, "README.md"))
	for _, n := range append(slices.Clone(items.Packages), items.Departments, items.General, "item.json", "situations.json", "materials.json", "form.json", "flow.bpmn", "result.json", "bundle.json") {
		if !strings.Contains(b, "`"+n) {
			t.Errorf("README.md does not name %s", n)
		}
	}
	dirs, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if d.IsDir() && !slices.Contains(items.Packages, d.Name()) {
			t.Errorf("folder %s is not shipped", d.Name())
		}
	}
}
