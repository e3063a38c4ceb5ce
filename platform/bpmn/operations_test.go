package bpmn

import (
	"errors"
	"fmt"

	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"tongban/platform/fault"
)

// A place is where an operation is used: a model, what was done before, and the
// task that the operation is about.
type place struct {
	name, what string
	src        string
	before     []string
	focus      string
	behind     string // a step after the place
	other      string // a task of another branch, when there is one
}

const childXML = "start s\nuser b1\nuser b2\nend e\ns -> b1\nb1 -> b2\nb2 -> e"

var places = []place{
	{name: "sequence", what: "`a → b1 → b2 → c`, at b2", src: graph("start s\nuser a\nuser b1\nuser b2\nuser c\nend e\ns -> a\na -> b1\nb1 -> b2\nb2 -> c\nc -> e"),
		before: []string{"a", "b1"}, focus: "b2", behind: "c"},
	{name: "branch", what: "`a → (b1 → b2 ∥ x) → c`, at b2, x open", src: graph("start s\nuser a\ngate+ f\nuser b1\nuser b2\nuser x\ngate+ j\nuser c\nend e\ns -> a\na -> f\nf -> b1\nf -> x\nb1 -> b2\nb2 -> j\nx -> j\nj -> c\nc -> e"),
		before: []string{"a", "b1"}, focus: "b2", behind: "c", other: "x"},
	{name: "signers together", what: "`a → b1 → b2 by three at once → c`, at one b2", src: multi("false"), before: []string{"a", "b1"}, focus: "b2", behind: "c"},
	{name: "signers in turn", what: "`a → b1 → b2 by three in turn → c`, at the second b2", src: multi("true"), before: []string{"a", "b1", "b2"}, focus: "b2", behind: "c"},
	{name: "sub-process", what: "`a → [b1 → b2] → c`, at b2", src: graph("start s\nuser a\n" + subXML("", "") + "\nuser c\nend e\ns -> a\na -> sub\nsub -> c\nc -> e"),
		before: []string{"a", "b1"}, focus: "b2", behind: "c"},
	{name: "sub-process by several", what: "`a → [b1 → b2] twice at once → c`, at the first b2, the other at b1", src: graph("start s\nuser a\n" + subXML(`<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>`, "") + "\nuser c\nend e\ns -> a\na -> sub\nsub -> c\nc -> e"),
		before: []string{"a", "b1"}, focus: "b2", behind: "c"},
	{name: "called process", what: "`a → call of b1 → b2 → c`, at b2", src: file(process("p", "start s\nuser a\n<callActivity id=\"sub\" calledElement=\"child\"/>\nuser c\nend e\ns -> a\na -> sub\nsub -> c\nc -> e"), process("child", childXML)),
		before: []string{"a", "b1"}, focus: "b2", behind: "c"},
	{name: "timers running", what: "`a → b1 → b2 → c`, at b2 with a deadline and a reminder on it, and one timer over everything", src: timed(), before: []string{"a", "b1"}, focus: "b2", behind: "c"},
}

func multi(seq string) string {
	return graph("start s\nuser a\nuser b1\n<userTask id=\"b2\"><multiInstanceLoopCharacteristics isSequential=\"" + seq + "\"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>\nuser c\nend e\ns -> a\na -> b1\nb1 -> b2\nb2 -> c\nc -> e")
}

func subXML(loop, more string) string {
	return `<subProcess id="sub">` + loop + `<startEvent id="i1"/><userTask id="b1"/><userTask id="b2"/><endEvent id="i2"/><sequenceFlow id="g1" sourceRef="i1" targetRef="b1"/><sequenceFlow id="g2" sourceRef="b1" targetRef="b2"/><sequenceFlow id="g3" sourceRef="b2" targetRef="i2"/>` + more + `</subProcess>`
}

func timed() string {
	return graph("start s\nuser a\nuser b1\nuser b2\nafter P5D late on b2\nafter R/P1D nag on b2 keep\nuser c\nuser l\nend e\nend e2\nend e3\n" +
		`<subProcess id="all" triggeredByEvent="true"><startEvent id="as" isInterrupting="false"><timerEventDefinition><timeDuration>P30D</timeDuration></timerEventDefinition></startEvent><userTask id="w"/><endEvent id="ae"/><sequenceFlow id="h1" sourceRef="as" targetRef="w"/><sequenceFlow id="h2" sourceRef="w" targetRef="ae"/></subProcess>` +
		"\ns -> a\na -> b1\nb1 -> b2\nb2 -> c\nc -> e\nlate -> l\nl -> e2\nnag -> e3")
}

// at brings an instance to the place.
func (pl place) at(t *testing.T) *play {
	t.Helper()
	y := start(t, pl.src, nil)
	for _, el := range pl.before {
		y.do(el, nil)
	}
	return y
}

// look says what is open: held tasks in brackets, timers as a number.
func (y *play) look() string {
	var list []string
	for _, k := range y.in.Open() {
		s := k.Element
		if k.Element == "s" {
			s = "the start"
		}
		if k.Held {
			s = "(" + s + " held)"
		}
		list = append(list, s)
	}
	sort.Strings(list)
	s := "open: " + strings.Join(list, ", ")
	switch {
	case y.in.State != Running:
		s = string(y.in.State)
	case y.in.Suspended():
		s = "stands still"
	}
	if n := len(y.in.Timers()); n > 0 {
		s += fmt.Sprintf("; %d timers", n)
	}
	return s
}

// try runs an operation and tells its outcome.
func (y *play) try(ch []Change, err error) string {
	y.t.Helper()
	if err != nil {
		var f *fault.Fault
		if !errors.As(err, &f) {
			y.t.Fatalf("%v is no fault", err)
		}
		return "refused (" + strings.TrimPrefix(f.Code, "bpmn.") + ")"
	}
	y.keep(ch, nil)
	return y.look()
}

// lastDone is the id of the task of an element that was completed last.
func (y *play) lastDone(el string) string {
	for _, c := range slices.Backward(y.log) {
		if c.Kind == TaskDone && c.Element == el {
			return c.ID
		}
	}
	y.t.Fatalf("%s was never done", el)
	return ""
}

// sender is the step whose completion led to the focus.
func (pl place) sender() string { return pl.before[len(pl.before)-1] }

// operations are run at every place; each says what came of it.
var operations = []struct {
	name string
	do   func(y *play, pl place) string
}{
	{"complete", func(y *play, pl place) string { return y.try(y.e.Complete(y.p, y.in, y.taskOf(pl.focus), nil, t0)) }},
	{"add a signer before", func(y *play, pl place) string { return y.add(pl, Before, "") }},
	{"… and that one is done", func(y *play, pl place) string {
		y.add(pl, Before, "")
		return y.try(y.e.Complete(y.p, y.in, y.newest(pl.focus), nil, t0))
	}},
	{"add a signer beside", func(y *play, pl place) string { return y.add(pl, Beside, "") }},
	{"… and the first is done", func(y *play, pl place) string {
		y.add(pl, Beside, "")
		return y.try(y.e.Complete(y.p, y.in, y.taskOf(pl.focus), nil, t0))
	}},
	{"… any is enough, one is done", func(y *play, pl place) string {
		y.add(pl, Beside, "any")
		return y.try(y.e.Complete(y.p, y.in, y.newest(pl.focus), nil, t0))
	}},
	{"… half are enough, one is done", func(y *play, pl place) string {
		y.add(pl, Beside, "50%")
		return y.try(y.e.Complete(y.p, y.in, y.newest(pl.focus), nil, t0))
	}},
	{"add a signer after", func(y *play, pl place) string { return y.add(pl, After, "") }},
	{"… and the task is done", func(y *play, pl place) string {
		y.add(pl, After, "")
		return y.try(y.e.Complete(y.p, y.in, y.taskOf(pl.focus), nil, t0))
	}},
	{"take the signer away", func(y *play, pl place) string { return y.try(y.e.TakeAway(y.p, y.in, y.taskOf(pl.focus), t0)) }},
	{"take away one added before", func(y *play, pl place) string {
		y.add(pl, Before, "")
		return y.try(y.e.TakeAway(y.p, y.in, y.newest(pl.focus), t0))
	}},
	{"take away one added beside", func(y *play, pl place) string {
		y.add(pl, Beside, "")
		return y.try(y.e.TakeAway(y.p, y.in, y.newest(pl.focus), t0))
	}},
	{"take away who had one added beside", func(y *play, pl place) string {
		y.add(pl, Beside, "")
		return y.try(y.e.TakeAway(y.p, y.in, y.taskOf(pl.focus), t0))
	}},
	{"return to the previous step", func(y *play, pl place) string { return y.try(y.e.Return(y.p, y.in, y.taskOf(pl.focus), "b1", t0)) }},
	{"… and resubmit straight back", func(y *play, pl place) string {
		y.keep(y.e.Return(y.p, y.in, y.taskOf(pl.focus), "b1", t0))
		return y.try(y.e.Resubmit(y.p, y.in, y.newest("b1"), nil, t0))
	}},
	{"return to an earlier step", func(y *play, pl place) string { return y.try(y.e.Return(y.p, y.in, y.taskOf(pl.focus), "a", t0)) }},
	{"… and resubmit straight back", func(y *play, pl place) string {
		y.keep(y.e.Return(y.p, y.in, y.taskOf(pl.focus), "a", t0))
		return y.try(y.e.Resubmit(y.p, y.in, y.taskOf("a"), nil, t0))
	}},
	{"… and complete normally", func(y *play, pl place) string {
		y.keep(y.e.Return(y.p, y.in, y.taskOf(pl.focus), "a", t0))
		return y.try(y.e.Complete(y.p, y.in, y.taskOf("a"), nil, t0))
	}},
	{"return to the start", func(y *play, pl place) string { return y.try(y.e.ReturnToStart(y.p, y.in, y.taskOf(pl.focus), t0)) }},
	{"… and resubmit straight back", func(y *play, pl place) string {
		y.keep(y.e.ReturnToStart(y.p, y.in, y.taskOf(pl.focus), t0))
		return y.try(y.e.Resubmit(y.p, y.in, y.taskOf("s"), nil, t0))
	}},
	{"from behind, return into it", func(y *play, pl place) string {
		for y.open() != pl.behind {
			y.do(y.in.Open()[0].Element, nil)
		}
		if pl.what[0] == '`' && strings.Contains(pl.what, "sub") || strings.Contains(pl.what, "[") || strings.Contains(pl.what, "call") {
			return y.try(y.e.Return(y.p, y.in, y.taskOf(pl.behind), "sub", t0))
		}
		return y.try(y.e.Return(y.p, y.in, y.taskOf(pl.behind), pl.focus, t0))
	}},
	{"the sender takes back", func(y *play, pl place) string { return y.try(y.e.TakeBack(y.p, y.in, y.lastDone(pl.sender()), t0)) }},
	{"… after it was opened", func(y *play, pl place) string {
		y.keep(y.e.Opened(y.p, y.in, y.newest(pl.focus), t0))
		return y.try(y.e.TakeBack(y.p, y.in, y.lastDone(pl.sender()), t0))
	}},
	{"complete, then take that back", func(y *play, pl place) string {
		id := y.taskOf(pl.focus)
		y.do(pl.focus, nil)
		return y.try(y.e.TakeBack(y.p, y.in, id, t0))
	}},
	{"jump to behind", func(y *play, pl place) string { return y.try(y.e.Jump(y.p, y.in, y.taskOf(pl.focus), pl.behind, t0)) }},
	{"jump back to the first step", func(y *play, pl place) string { return y.try(y.e.Jump(y.p, y.in, y.taskOf(pl.focus), "a", t0)) }},
	{"jump inside the place", func(y *play, pl place) string { return y.try(y.e.Jump(y.p, y.in, y.taskOf(pl.focus), "b1", t0)) }},
	{"jump into another branch", func(y *play, pl place) string {
		if pl.other == "" {
			return "–"
		}
		return y.try(y.e.Jump(y.p, y.in, y.taskOf(pl.focus), pl.other, t0))
	}},
	{"withdraw", func(y *play, pl place) string { return y.try(y.e.Cancel(y.p, y.in, t0)) }},
	{"reject", func(y *play, pl place) string { return y.try(y.e.Reject(y.p, y.in, y.taskOf(pl.focus), nil, t0)) }},
	{"void", func(y *play, pl place) string { return y.try(y.e.Stop(y.p, y.in, ReasonVoid, t0)) }},
	{"suspend", func(y *play, pl place) string { return y.try(y.e.Suspend(y.p, y.in, t0)) }},
	{"… and complete while suspended", func(y *play, pl place) string {
		y.keep(y.e.Suspend(y.p, y.in, t0))
		return y.try(y.e.Complete(y.p, y.in, y.taskOf(pl.focus), nil, t0))
	}},
	{"… and a timer comes due while suspended", func(y *play, pl place) string {
		y.keep(y.e.Suspend(y.p, y.in, t0))
		d := y.in.Timers()
		if len(d) == 0 {
			return "–"
		}
		return y.try(y.e.Fire(y.p, y.in, d[0].ID, t0.AddDate(1, 0, 0)))
	}},
	{"… void while suspended", func(y *play, pl place) string {
		y.keep(y.e.Suspend(y.p, y.in, t0))
		return y.try(y.e.Stop(y.p, y.in, ReasonVoid, t0))
	}},
	{"… and continue ten days later", func(y *play, pl place) string {
		before := y.in.Timers()
		y.keep(y.e.Suspend(y.p, y.in, t0))
		s := y.try(y.e.Continue(y.p, y.in, t0.AddDate(0, 0, 10)))
		for i, d := range y.in.Timers() {
			if want := before[i].Due.AddDate(0, 0, 10); !d.Due.Equal(want) {
				y.t.Errorf("timer %s is due %v, want %v", d.Element, d.Due, want)
			}
		}
		if len(before) > 0 {
			s += ", each ten days later"
		}
		return s
	}},
}

func (y *play) add(pl place, where Place, rule string) string {
	y.t.Helper()
	return y.try(y.e.AddSigner(y.p, y.in, y.taskOf(pl.focus), Signer{Place: where, Rule: rule, Vars: map[string]any{"person": "示例·会签人"}}, t0))
}

// newest is the task of an element that was opened last and is not held.
func (y *play) newest(el string) string {
	y.t.Helper()
	for _, c := range slices.Backward(y.log) {
		if c.Kind == TaskOpened && c.Element == el {
			return c.ID
		}
	}
	y.t.Fatalf("%s was never opened", el)
	return ""
}

// TestOperations_everywhere runs every operation at every place, compares what
// came of it with the published matrix, checks that the list of changes explains
// what is open, and then plays to the end: nothing may be left over or stuck.
func TestOperations_everywhere(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Operations and places\n\nGenerated by `go test ./platform/bpmn -run Operations -update`. Every operation is run at every place, its outcome is compared with\n" +
		"this table, and the instance is then played to its end. “refused” names the code of the fault; “open” lists what there is to do\n" +
		"afterwards, one entry for each task.\n\n")
	for _, pl := range places {
		fmt.Fprintf(&b, "- **%s**: %s\n", pl.name, pl.what)
	}
	b.WriteString("\n| operation |")
	for _, pl := range places {
		b.WriteString(" " + pl.name + " |")
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(places)) + "\n")
	for _, op := range operations {
		fmt.Fprintf(&b, "| %s |", op.name)
		for _, pl := range places {
			y := pl.at(t)
			out := op.do(y, pl)
			y.explained(pl.name + ", " + op.name)
			y.playOn(pl.name + ", " + op.name)
			fmt.Fprintf(&b, " %s |", strings.TrimPrefix(out, "open: "))
		}
		b.WriteString("\n")
	}
	published(t, "../../docs/specs/flow-operations.md", b.String())
}

// explained replays the changes: what they opened and did not close must be what
// is open.
func (y *play) explained(what string) {
	y.t.Helper()
	tasks, timers, waits := map[string]string{}, map[string]bool{}, map[string]bool{}
	for _, c := range y.log {
		switch c.Kind {
		case TaskOpened, ServiceCalled:
			if tasks[c.ID] != "" {
				y.t.Errorf("%s: task %s opened twice", what, c.ID)
			}
			tasks[c.ID] = c.Element
		case TaskDone, TaskCancelled:
			if tasks[c.ID] == "" {
				y.t.Errorf("%s: task %s closed and not open", what, c.ID)
			}
			delete(tasks, c.ID)
		case TimerSet:
			timers[c.ID] = true
		case TimerCancelled, TimerFired:
			delete(timers, c.ID)
		case MessageWaited, SignalWaited, ConditionWaited:
			waits[c.ID] = true
		case WaitCancelled:
			delete(waits, c.ID)
		}
	}
	open := y.in.Open()
	for _, k := range open {
		if tasks[k.ID] != k.Element {
			y.t.Errorf("%s: task %s on %s is open, the changes say %q", what, k.ID, k.Element, tasks[k.ID])
		}
	}
	set := y.in.Timers()
	if y.in.Suspended() {
		set = nil
	}
	if len(tasks) != len(open) || len(timers) != len(set) || len(waits) < len(y.in.Waits()) {
		y.t.Errorf("%s: the changes leave %v %v %v, open are %v %v %v", what, tasks, timers, waits, open, set, y.in.Waits())
	}
}

// playOn completes whatever is open until the end.
func (y *play) playOn(what string) {
	y.t.Helper()
	if y.in.Suspended() && !y.in.Ended() {
		y.keep(y.e.Continue(y.p, y.in, t0.Add(time.Hour)))
	}
	for i := 0; !y.in.Ended(); i++ {
		open := slices.DeleteFunc(y.in.Open(), func(k TaskState) bool { return k.Held })
		if i > 60 || len(open) == 0 {
			y.t.Fatalf("%s: does not end; stuck at %v: %s", what, y.in.Stuck(), mustJSON(y.t, y.in))
		}
		y.keep(y.e.Complete(y.p, y.in, open[0].ID, nil, t0))
	}
	y.explained(what + ", to the end")
	if n := len(y.in.Tokens) + len(y.in.Frames) + len(y.in.Timers()); n != 0 {
		y.t.Errorf("%s: %d left over: %s", what, n, mustJSON(y.t, y.in))
	}
	if n := count(y.log, TaskDone, "c"); y.in.State == Completed && n < 1 {
		y.t.Errorf("%s: c was done %d times", what, n)
	}
}
