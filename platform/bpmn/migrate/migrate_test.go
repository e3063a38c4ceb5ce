package migrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/platform/bpmn"
)

var now = time.Date(2026, 12, 1, 9, 0, 0, 0, time.FixedZone("", 8*3600))

// model writes a process: tasks and other lines as XML, flows as "a>b".
func model(t *testing.T, elements string, flows ...string) *bpmn.Process {
	t.Helper()
	var b strings.Builder
	for _, f := range flows {
		from, to, _ := strings.Cut(f, ">")
		fmt.Fprintf(&b, `<sequenceFlow id="%s-%s" sourceRef="%s" targetRef="%s"/>`, from, to, from, to)
	}
	src := `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/><endEvent id="e"/>` + elements + b.String() + `</process></definitions>`
	m, err := bpmn.Parse(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	return m.Process("")
}

func tasks(ids ...string) string {
	s := ""
	for _, id := range ids {
		s += `<userTask id="` + id + `"/>`
	}
	return s
}

func timer(id, host, length string) string {
	return `<boundaryEvent id="` + id + `" attachedToRef="` + host + `" cancelActivity="false"><timerEventDefinition><timeDuration>` + length + `</timeDuration></timerEventDefinition></boundaryEvent>`
}

const forks = `<parallelGateway id="f"/><parallelGateway id="j"/>`

// begin starts an instance and completes the named tasks.
func begin(t *testing.T, p *bpmn.Process, done ...string) *bpmn.Instance {
	t.Helper()
	in, _, err := new(bpmn.Engine).Start(p, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, el := range done {
		complete(t, p, in, el)
	}
	return in
}

func complete(t *testing.T, p *bpmn.Process, in *bpmn.Instance, el string) {
	t.Helper()
	for _, k := range in.Open() {
		if k.Element == el {
			if _, err := new(bpmn.Engine).Complete(p, in, k.ID, nil, now); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("%s is not open", el)
}

// finish completes everything and gives the way.
func finish(t *testing.T, p *bpmn.Process, in *bpmn.Instance) string {
	t.Helper()
	var way []string
	for i := 0; !in.Ended(); i++ {
		open := in.Open()
		if i > 20 || len(open) == 0 {
			t.Fatalf("does not end: stuck at %v", in.Stuck())
		}
		way = append(way, open[0].Element)
		complete(t, p, in, open[0].Element)
	}
	return strings.Join(way, " ")
}

func TestApply_table(t *testing.T) {
	straight := model(t, tasks("a", "b", "c"), "s>a", "a>b", "b>c", "c>e")
	branches := model(t, tasks("a", "b", "c", "d")+forks, "s>a", "a>f", "f>b", "f>c", "b>j", "c>j", "j>d", "d>e")
	several := model(t, `<userTask id="a"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>`+tasks("b"), "s>a", "a>b", "b>e")
	inside := `<subProcess id="u"><startEvent id="us"/><userTask id="x"/><endEvent id="ue"/><sequenceFlow id="u1" sourceRef="us" targetRef="x"/><sequenceFlow id="u2" sourceRef="x" targetRef="ue"/></subProcess>`
	for _, c := range []struct {
		name     string
		old, new *bpmn.Process
		done     []string
		m        Mapping
		refused  string // part of the reason
		way      string // after the migration
	}{
		{"a step is added before and behind", straight, model(t, tasks("a", "a2", "b", "b2", "c"), "s>a", "a>a2", "a2>b", "b>b2", "b2>c", "c>e"), []string{"a"}, nil, "", "b b2 c"},
		{"the step is renamed", straight, model(t, tasks("a", "review", "c"), "s>a", "a>review", "review>c", "c>e"), []string{"a"}, Mapping{"b": "review"}, "", "review c"},
		{"the step is gone", straight, model(t, tasks("a", "c"), "s>a", "a>c", "c>e"), []string{"a"}, nil, `no element "b"`, ""},
		{"a step behind is gone", straight, model(t, tasks("a", "b"), "s>a", "a>b", "b>e"), []string{"a"}, nil, "", "b"},
		{"the kind is another", straight, model(t, tasks("a", "c")+`<manualTask id="b"/>`, "s>a", "a>b", "b>c", "c>e"), []string{"a"}, nil, "is a manualTask", ""},
		{"into a branch that was not passed", straight, branches, []string{"a"}, nil, "which was not passed", ""},
		{"branches stay branches", branches, model(t, tasks("a", "b", "b2", "c", "d")+forks, "s>a", "a>f", "f>b", "f>c", "b>b2", "b2>j", "c>j", "j>d", "d>e"), []string{"a"}, nil, "", "b b2 c d"},
		{"one waits at the join", branches, model(t, tasks("a", "b", "c", "d")+forks, "s>a", "a>f", "f>b", "f>c", "b>j", "c>j", "j>d", "d>e"), []string{"a", "b"}, nil, "", "c d"},
		{"the flow it waits on is gone", branches, model(t, tasks("a", "b", "x", "c", "d")+forks, "s>a", "a>f", "f>b", "f>c", "b>x", "x>j", "c>j", "j>d", "d>e"), []string{"a", "b"}, nil, "does not lead to", ""},
		{"… and is mapped", branches, model(t, tasks("a", "b", "x", "c", "d")+forks, "s>a", "a>f", "f>b", "f>c", "b>x", "x>j", "c>j", "j>d", "d>e"), []string{"a", "b"}, Mapping{"b-j": "x-j"}, "", "c d"},
		{"branches become a sequence", branches, straight, []string{"a"}, nil, "lacks here", ""},
		{"two branches in one", branches, model(t, tasks("a", "b", "c", "x", "d")+forks, "s>a", "a>f", "f>b", "f>x", "b>c", "c>j", "x>j", "j>d", "d>e"), []string{"a"}, nil, "same branch", ""},
		{"several signers stay", several, model(t, `<userTask id="a"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>`+tasks("b"), "s>a", "a>b", "b>e"), nil, nil, "", "a a b"},
		{"several signers become one", several, straight, nil, nil, "another number of times", ""},
		{"into a sub-process", straight, model(t, inside, "s>u", "u>e"), nil, Mapping{"a": "x"}, "same sub-process", ""},
		{"a sub-process is renamed", model(t, inside, "s>u", "u>e"), model(t, strings.ReplaceAll(inside, `"u"`, `"v"`)+tasks("z"), "s>v", "v>z", "z>e"), nil, Mapping{"u": "v"}, "", "x z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := begin(t, c.old, c.done...)
			before, _ := json.Marshal(in)
			plan := Preview(c.old, c.new, in, c.m)
			_, err := Apply(new(bpmn.Engine), c.old, c.new, in, c.m, now)
			if c.refused != "" {
				after, _ := json.Marshal(in)
				if !errors.Is(err, bpmn.ErrMigrate) || !strings.Contains(err.Error(), c.refused) || plan.Possible() || string(before) != string(after) {
					t.Fatalf("got %v, want …%s…", err, c.refused)
				}
				return
			}
			if err != nil || !plan.Possible() {
				t.Fatal(err, plan)
			}
			raw, _ := json.Marshal(in)
			in = new(bpmn.Instance)
			if err := json.Unmarshal(raw, in); err != nil {
				t.Fatal(err)
			}
			if way := finish(t, c.new, in); way != c.way {
				t.Errorf("goes on %q, want %q", way, c.way)
			}
		})
	}
}

// TestPreview_timers says of each timer what becomes of it, and Apply does that.
func TestPreview_timers(t *testing.T) {
	old := model(t, tasks("a", "b")+timer("keep", "a", "P1D")+timer("drop", "a", "P2D"), "s>a", "a>b", "b>e")
	next := model(t, tasks("a", "b")+timer("again", "a", "P9D")+timer("fresh", "a", "P4D"), "s>a", "a>b", "b>e")
	in := begin(t, old)
	due := in.Timers()[0].Due
	m := Mapping{"keep": "again"}
	var said []string
	for _, s := range Preview(old, next, in, m).Steps {
		said = append(said, fmt.Sprintf("%s %s>%s %s", s.What, s.Element, s.To, s.Outcome))
	}
	if got := strings.Join(said, ", "); got != "task a>a kept, timer keep>again moved, timer drop> cancelled, timer >fresh added" {
		t.Fatal(got)
	}
	later := now.Add(time.Hour)
	ch, err := Apply(new(bpmn.Engine), old, next, in, m, later)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, c := range ch {
		kinds = append(kinds, string(c.Kind)+" "+c.Element)
	}
	if got := strings.Join(kinds, ", "); got != "moved a, timer_cancelled drop, timer_set fresh" {
		t.Fatal(got)
	}
	timers := in.Timers()
	if len(timers) != 2 || timers[0].Element != "again" || !timers[0].Due.Equal(due) || !timers[1].Due.Equal(later.AddDate(0, 0, 4)) {
		t.Fatalf("%+v", timers)
	}
}

// TestApply_whileSuspended keeps the instance standing still, new timers too.
func TestApply_whileSuspended(t *testing.T) {
	old := model(t, tasks("a"), "s>a", "a>e")
	next := model(t, tasks("a")+timer("fresh", "a", "P4D"), "s>a", "a>e")
	in := begin(t, old)
	e := new(bpmn.Engine)
	if _, err := e.Suspend(old, in, now); err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(e, old, next, in, nil, now); err != nil {
		t.Fatal(err)
	}
	if !in.Suspended() || len(in.Timers()) != 1 || in.Timers()[0].Rest != 96*time.Hour {
		t.Fatalf("%+v", in.Timers())
	}
	if _, err := e.Continue(next, in, now.AddDate(0, 1, 0)); err != nil || !in.Timers()[0].Due.Equal(now.AddDate(0, 1, 4)) {
		t.Fatal(err, in.Timers())
	}
}

// TestApply_past forgets steps that are no more, and keeps the others for going
// back.
func TestApply_past(t *testing.T) {
	old := model(t, tasks("a", "b", "c"), "s>a", "a>b", "b>c", "c>e")
	next := model(t, tasks("first", "c"), "s>first", "first>c", "c>e")
	in := begin(t, old, "a", "b")
	if _, err := Apply(new(bpmn.Engine), old, next, in, Mapping{"a": "first"}, now); err != nil {
		t.Fatal(err)
	}
	e := new(bpmn.Engine)
	targets := e.ReturnTargets(next, in, in.Open()[0].ID)
	if len(targets) != 1 || targets[0].ID != "first" {
		t.Fatalf("%+v", targets)
	}
	if _, err := e.Return(next, in, in.Open()[0].ID, "first", now); err != nil || in.Open()[0].Element != "first" {
		t.Fatal(err)
	}
}
