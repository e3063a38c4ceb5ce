package bpmn

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// file puts processes and what they refer to into a complete file.
func file(parts ...string) string {
	return strings.Replace(wrap(""), "<process id=\"p\" isExecutable=\"true\">\n\n</process>", strings.Join(parts, "\n"), 1)
}

// process writes a process from the notation of graph, with XML lines as they are.
func process(id, text string) string {
	s := graph(text)
	s = s[strings.Index(s, "<process"):strings.Index(s, "</definitions>")]
	return strings.Replace(s, `id="p"`, `id="`+id+`"`, 1)
}

func (y *play) message(name, key string, vars map[string]any) []Change {
	y.t.Helper()
	return y.keep(y.e.Message(y.p, y.in, name, key, vars, t0))
}

func (y *play) signal(name string) []Change {
	y.t.Helper()
	return y.keep(y.e.Signal(y.p, y.in, name, nil, t0))
}

func (y *play) throwError(el, code string) []Change {
	y.t.Helper()
	return y.keep(y.e.ThrowError(y.p, y.in, y.taskOf(el), code, nil, t0))
}

// done expects the end.
func (y *play) done(s State) {
	y.t.Helper()
	if y.in.State != s || len(y.in.Tokens)+len(y.in.Frames)+len(y.in.Waits())+len(y.in.Timers()) != 0 {
		y.t.Fatalf("state %s, want %s: %s", y.in.State, s, mustJSON(y.t, y.in))
	}
}

const refs = `<message id="m1" name="papers"/><message id="m2" name="cancel"/><signal id="s1" name="alarm"/><error id="x1" errorCode="E1"/><error id="x2" errorCode="E2"/><escalation id="c1" escalationCode="late"/>`

func TestMessage_correlation(t *testing.T) {
	y := start(t, file(refs, process("p", `start s
<intermediateCatchEvent id="c"><messageEventDefinition messageRef="m1" tongban:correlationKey="${order}"/></intermediateCatchEvent>
user a
end e
s -> c
c -> a
a -> e`)), map[string]any{"order": 7})
	if got := brief(y.log); got != "passed:s message_waited:c" || y.log[1].Attrs["name"] != "papers" || y.log[1].Attrs["key"] != "7" {
		t.Fatal(got, y.log[1].Attrs)
	}
	for _, bad := range [][2]string{{"papers", "8"}, {"other", "7"}, {"papers", ""}} {
		if _, err := y.e.Message(y.p, y.in, bad[0], bad[1], nil, t0); !errors.Is(err, ErrNoWait) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if got := brief(y.message("papers", "7", map[string]any{"copies": 2})); got != "caught:c task_opened:a" || y.in.Vars["copies"] != 2 {
		t.Fatal(got, y.in.Vars)
	}
	y.do("a", nil)
	y.done(Completed)
}

func TestReceive_andSend(t *testing.T) {
	y := start(t, file(refs, process("p", `start s
<sendTask id="ask" messageRef="m1"/>
<receiveTask id="wait" messageRef="m2"/>
<boundaryEvent id="b" attachedToRef="wait"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
end e
user late
end e2
s -> ask
ask -> wait
wait -> e
b -> late
late -> e2`)), map[string]any{"n": 1})
	if got := brief(y.log); got != "passed:s message_sent:ask passed:ask message_waited:wait timer_set:b" || y.log[1].Attrs["name"] != "papers" || y.log[1].Vars["n"] != 1 {
		t.Fatal(got)
	}
	c := y.in.Clone()
	if got := brief(y.message("cancel", "", nil)); got != "caught:wait passed:wait timer_cancelled:b passed:e ended:e" {
		t.Fatal(got)
	}
	y.in = c
	if got := brief(y.fire("b")); got != "timer_fired:b wait_cancelled:wait task_opened:late" {
		t.Fatal(got)
	}
}

func TestEventGateway_firstWins(t *testing.T) {
	src := file(refs, process("p", `start s
<eventBasedGateway id="g"/>
<intermediateCatchEvent id="c1"><messageEventDefinition messageRef="m1"/></intermediateCatchEvent>
<intermediateCatchEvent id="c2"><signalEventDefinition signalRef="s1"/></intermediateCatchEvent>
after PT1H c3
<receiveTask id="c4" messageRef="m2"/>
end e
s -> g
g -> c1
g -> c2
g -> c3
g -> c4
c1 -> e
c2 -> e
c3 -> e
c4 -> e`))
	for name, act := range map[string]func(*play) []Change{
		"c1": func(y *play) []Change { return y.message("papers", "", nil) },
		"c2": func(y *play) []Change { return y.signal("alarm") },
		"c3": func(y *play) []Change { return y.fire("c3") },
		"c4": func(y *play) []Change { return y.message("cancel", "", nil) },
	} {
		y := start(t, src, nil)
		ch := act(y)
		if count(ch, GatewayTaken, "g") != 1 || count(ch, WaitCancelled, name)+count(ch, TimerCancelled, name) != 0 {
			t.Errorf("%s: %s", name, brief(ch))
		}
		y.done(Completed)
		if st := y.in.Progress(y.p); st[name] != StateDone || st["g"] != StateDone {
			t.Errorf("%s: %v", name, st)
		}
	}
}

func TestSignal_insideTheInstance(t *testing.T) {
	y := start(t, file(refs, process("p", `start s
gate+ f
user a
<boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><signalEventDefinition signalRef="s1"/></boundaryEvent>
user n
end en
user x
<intermediateThrowEvent id="th"><signalEventDefinition signalRef="s1"/></intermediateThrowEvent>
<subProcess id="es" triggeredByEvent="true"><startEvent id="ss"><signalEventDefinition signalRef="s1"/></startEvent><userTask id="panic"/><endEvent id="se"/><sequenceFlow id="q1" sourceRef="ss" targetRef="panic"/><sequenceFlow id="q2" sourceRef="panic" targetRef="se"/></subProcess>
end e1
end e2
s -> f
f -> a
f -> x
x -> th
th -> e1
a -> e2
b -> n
n -> en`)), nil)
	if got := brief(y.do("x", nil)); got != "task_done:x passed:th signal_thrown:th caught:ss wait_cancelled:b task_cancelled:a(interrupted) task_opened:panic" &&
		!strings.Contains(got, "task_opened:panic") {
		t.Fatal(got)
	}
	y.expect("panic")
	y.do("panic", nil)
	y.done(Completed)
	y = start(t, strings.Replace(y.src, `startEvent id="ss"`, `startEvent id="ss" isInterrupting="false"`, 1), nil)
	y.signal("alarm")
	y.signal("alarm")
	y.expect("a n n panic panic x")
	for len(y.in.Open()) > 0 {
		y.do(y.in.Open()[0].Element, nil)
	}
	y.done(Completed)
	if _, err := y.e.Signal(y.p, y.in, "alarm", nil, t0); !errors.Is(err, ErrEnded) {
		t.Fatal(err)
	}
}

const errorsXML = `start s
<subProcess id="sub"><startEvent id="i1"/><serviceTask id="svc" implementation="x"/><boundaryEvent id="own" attachedToRef="svc"><errorEventDefinition errorRef="x2" tongban:errorCodeVariable="code"/></boundaryEvent><userTask id="mend"/><endEvent id="i2"/><endEvent id="bad"><errorEventDefinition errorRef="x1"/></endEvent>
<sequenceFlow id="g1" sourceRef="i1" targetRef="svc"/><sequenceFlow id="g2" sourceRef="svc" targetRef="i2"/><sequenceFlow id="g3" sourceRef="own" targetRef="mend"/><sequenceFlow id="g4" sourceRef="mend" targetRef="bad"/></subProcess>
<boundaryEvent id="outer" attachedToRef="sub"><errorEventDefinition errorRef="x1"/></boundaryEvent>
<boundaryEvent id="any" attachedToRef="sub"><errorEventDefinition/></boundaryEvent>
user sorry
user else
end e
end e1
end e2
s -> sub
sub -> e
outer -> sorry
sorry -> e1
any -> else
else -> e2`

func TestError_nearestCatches(t *testing.T) {
	y := start(t, file(refs, process("p", errorsXML)), nil)
	if got := brief(y.throwError("svc", "E2")); got != "task_done:svc error_thrown:svc caught:own task_opened:mend" || y.in.Vars["code"] != "E2" {
		t.Fatal(got, y.in.Vars)
	}
	if got := brief(y.do("mend", nil)); got != "task_done:mend passed:bad error_thrown:bad caught:outer task_opened:sorry" {
		t.Fatal(got)
	}
	y.do("sorry", nil)
	y.done(Completed)
	y = start(t, y.src, nil)
	if got := brief(y.throwError("svc", "E9")); got != "task_done:svc error_thrown:svc caught:any task_opened:else" {
		t.Fatal(got)
	}
	y = start(t, strings.Replace(y.src, `<errorEventDefinition/>`, `<errorEventDefinition errorRef="x2"/>`, 1), nil)
	if got := brief(y.throwError("svc", "E9")); got != "task_done:svc error_thrown:svc ended:svc(error)" {
		t.Fatal(got)
	}
	y.done(Failed)
}

func TestEscalation_goesOnBeside(t *testing.T) {
	y := start(t, file(refs, process("p", `start s
<subProcess id="sub"><startEvent id="i1"/><userTask id="a"/><intermediateThrowEvent id="up"><escalationEventDefinition escalationRef="c1"/></intermediateThrowEvent><userTask id="b"/><endEvent id="i2"><escalationEventDefinition escalationRef="c1"/></endEvent>
<sequenceFlow id="g1" sourceRef="i1" targetRef="a"/><sequenceFlow id="g2" sourceRef="a" targetRef="up"/><sequenceFlow id="g3" sourceRef="up" targetRef="b"/><sequenceFlow id="g4" sourceRef="b" targetRef="i2"/></subProcess>
<boundaryEvent id="boss" attachedToRef="sub" cancelActivity="false"><escalationEventDefinition escalationRef="c1"/></boundaryEvent>
user look
end e
end e2
s -> sub
sub -> e
boss -> look
look -> e2`)), nil)
	y.do("a", nil)
	y.expect("b look")
	y.do("b", nil)
	y.expect("look look")
	y.do("look", nil)
	y.do("look", nil)
	y.done(Completed)
	y = start(t, strings.Replace(y.src, `cancelActivity="false"`, "", 1), nil)
	y.do("a", nil)
	y.expect("look")
}

func TestCondition_becomesTrue(t *testing.T) {
	y := start(t, wrap(`<startEvent id="s"/><userTask id="a"/><userTask id="c"/><parallelGateway id="f"/>
<boundaryEvent id="b" attachedToRef="a"><conditionalEventDefinition><condition>${level &gt; 3}</condition></conditionalEventDefinition></boundaryEvent>
<userTask id="n"/><endEvent id="e"/><endEvent id="e2"/><endEvent id="e3"/>`+"\n"+
		`<sequenceFlow id="f1" sourceRef="s" targetRef="f"/><sequenceFlow id="f2" sourceRef="f" targetRef="a"/><sequenceFlow id="f3" sourceRef="f" targetRef="c"/>
<sequenceFlow id="f4" sourceRef="a" targetRef="e"/><sequenceFlow id="f5" sourceRef="b" targetRef="n"/><sequenceFlow id="f6" sourceRef="n" targetRef="e2"/><sequenceFlow id="f7" sourceRef="c" targetRef="e3"/>`), map[string]any{"level": 1})
	y.expect("a c")
	y.do("c", map[string]any{"level": 5})
	y.expect("n")
}

func TestLink_jumps(t *testing.T) {
	y := start(t, wrap(`<startEvent id="s"/><intermediateThrowEvent id="to"><linkEventDefinition name="L"/></intermediateThrowEvent><intermediateCatchEvent id="from"><linkEventDefinition name="L"/></intermediateCatchEvent><userTask id="a"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="to"/><sequenceFlow id="f2" sourceRef="from" targetRef="a"/><sequenceFlow id="f3" sourceRef="a" targetRef="e"/>`), nil)
	y.expect("a")
	y.do("a", nil)
	y.done(Completed)
}

func TestCall_ownVariablesAndVersion(t *testing.T) {
	child := process("child", "start s\nuser look\nuser sign\nend e\ns -> look\nlook -> sign\nsign -> e")
	y := start(t, file(process("p", `start s
<callActivity id="call" calledElement="child"><extensionElements><flowable:in source="x" target="y"/><flowable:out sourceExpression="${y + 1}" target="z"/></extensionElements></callActivity>
user a
end e
s -> call
call -> a
a -> e`), child), map[string]any{"x": 1, "secret": 2})
	if got := brief(y.log); got != "passed:s called:call passed:s task_opened:look" || y.log[3].Process != "child" {
		t.Fatal(got)
	}
	if d := y.in.Open()[0]; d.Process != "child" || len(y.in.Called()) != 1 {
		t.Fatalf("%+v", d)
	}
	v, err := y.e.Complete(y.p, y.in, y.taskOf("look"), map[string]any{"y": 4, "own": true}, t0)
	y.keep(v, err)
	if _, has := y.in.Vars["own"]; has || y.in.Vars["z"] != nil {
		t.Fatalf("variables of the called process leaked: %v", y.in.Vars)
	}
	if got := brief(y.back("sign", "look")); got != "task_cancelled:sign(returned) task_opened:look" {
		t.Fatal(got)
	}
	y.do("look", nil)
	y.do("sign", nil)
	if y.in.Vars["z"] != 5 {
		t.Fatalf("%v", y.in.Vars)
	}
	y.expect("a")
	if got := brief(y.back("a", "call")); !strings.HasSuffix(got, "called:call passed:s task_opened:look") {
		t.Fatal(got)
	}
}

func TestCall_pinsTheVersion(t *testing.T) {
	v1 := parse(t, file(process("child", "start s\nuser one\nuser two\nend e\ns -> one\none -> two\ntwo -> e")))
	v2 := parse(t, file(process("child", "start s\nuser other\nend e\ns -> other\nother -> e")))
	newest := "1"
	e := &Engine{Called: func(id, version string, _ *Process) (*Process, string, error) {
		if id != "child" {
			return nil, "", errors.New("gone")
		}
		if version == "" {
			version = newest
		}
		if version == "1" {
			return v1, "1", nil
		}
		return v2, "2", nil
	}}
	p := parse(t, graph(`start s
<callActivity id="c1" calledElement="child"/>
end e
s -> c1
c1 -> e`))
	in, _, err := e.Start(p, nil, t0)
	if err != nil {
		t.Fatal(err)
	}
	newest = "2"
	y := &play{t: t, e: e, p: p, in: in}
	y.do("one", nil)
	y.expect("two")
	y.do("two", nil)
	y.done(Completed)
	in, _, err = e.Start(p, nil, t0)
	if err != nil || in.Open()[0].Element != "other" || in.Called()[0].Version != "2" {
		t.Fatal(err, in.Open())
	}
}

func TestLoops_onAnything(t *testing.T) {
	sub := `start s
<subProcess id="sub"><multiInstanceLoopCharacteristics isSequential="SEQ" flowable:collection="${who}" flowable:elementVariable="one" flowable:outputCollection="said" flowable:outputElement="${one}"/><startEvent id="i1"/><userTask id="a" name="ask ${one}"/><endEvent id="i2"/><sequenceFlow id="g1" sourceRef="i1" targetRef="a"/><sequenceFlow id="g2" sourceRef="a" targetRef="i2"/></subProcess>
<boundaryEvent id="late" attachedToRef="sub"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
user end1
end e
end e2
s -> sub
sub -> end1
end1 -> e
late -> e2`
	vars := map[string]any{"who": []any{"A", "B", "C"}}
	y := start(t, graph(strings.Replace(sub, "SEQ", "false", 1)), vars)
	y.expect("a a a")
	if n := count(y.log, TimerSet, "late"); n != 1 {
		t.Fatalf("%d boundary timers", n)
	}
	c := y.in.Clone()
	for range 3 {
		y.do("a", nil)
	}
	if got := brief(y.log); !strings.Contains(got, "timer_cancelled:late") || len(y.in.Vars["said"].([]any)) != 3 {
		t.Fatal(got, y.in.Vars)
	}
	y.expect("end1")
	y.in = c
	y.fire("late")
	y.done(Completed)
	y = start(t, graph(strings.Replace(sub, "SEQ", "true", 1)), vars)
	for _, who := range []string{"ask A", "ask B", "ask C"} {
		y.expect("a")
		if last := y.log[len(y.log)-1]; last.Name != who && y.log[len(y.log)-2].Name != who {
			t.Fatal(last.Name, who)
		}
		y.do("a", nil)
	}
	y.expect("end1")
}

func TestLoop_standard(t *testing.T) {
	y := start(t, graph(`start s
<userTask id="a"><standardLoopCharacteristics loopMaximum="3"><loopCondition>${again}</loopCondition></standardLoopCharacteristics></userTask>
<scriptTask id="n" tongban:resultVariable="n"><standardLoopCharacteristics testBefore="true"><loopCondition>${n &lt; 5}</loopCondition></standardLoopCharacteristics><script>${n + 1}</script></scriptTask>
end e
s -> a
a -> n
n -> e`), map[string]any{"again": true, "n": 0})
	y.do("a", nil)
	y.expect("a")
	y.do("a", nil)
	y.do("a", nil)
	y.done(Completed)
	if y.in.Vars["n"] != 5 {
		t.Fatal(y.in.Vars)
	}
}

func TestRules_forSeveral(t *testing.T) {
	for rule, c := range map[string]struct {
		votes []bool
		after int // completions until the activity is done
	}{
		"all": {[]bool{false, false, false, true, true}, 5}, "any": {[]bool{false, true}, 2}, "60%": {[]bool{true, true, true}, 3},
		"2/3": {[]bool{true, false, true, true, true}, 5}, "2": {[]bool{false, true, true}, 3}, "80%": {[]bool{false, false}, 2}, // can no longer be met
	} {
		y := start(t, graph(`start s
<userTask id="a"><multiInstanceLoopCharacteristics tongban:completion="`+rule+`" tongban:counts="${vote}"><loopCardinality>5</loopCardinality></multiInstanceLoopCharacteristics></userTask>
user z
end e
s -> a
a -> z
z -> e`), nil)
		for i, v := range c.votes {
			if len(y.in.Open()) != 5-i {
				t.Fatalf("%s: %d open before vote %d", rule, len(y.in.Open()), i+1)
			}
			y.do("a", map[string]any{"vote": v})
		}
		if len(c.votes) != c.after || y.open() != "z" {
			t.Errorf("%s: open %s after %d", rule, y.open(), len(c.votes))
		}
	}
}

func TestTerminate_reaches(t *testing.T) {
	src := `start s
<subProcess id="sub"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics><startEvent id="i1"/><userTask id="a"/><endEvent id="i2"><terminateEventDefinition %/></endEvent><sequenceFlow id="g1" sourceRef="i1" targetRef="a"/><sequenceFlow id="g2" sourceRef="a" targetRef="i2"/></subProcess>
user z
end e
s -> sub
sub -> z
z -> e`
	for attr, open := range map[string]string{"": "a", `flowable:terminateMultiInstance="true"`: "z", `flowable:terminateAll="true"`: ""} {
		y := start(t, graph(strings.Replace(src, "%", attr, 1)), nil)
		y.do("a", nil)
		if y.open() != open {
			t.Errorf("%q: open %q, want %q", attr, y.open(), open)
		}
	}
}

func TestStart_ways(t *testing.T) {
	p := parse(t, file(refs, process("p", `<startEvent id="m"><messageEventDefinition messageRef="m1"/></startEvent>
<startEvent id="t"><timerEventDefinition><timeCycle>R/2026-12-01T08:00:00/P1D</timeCycle></timerEventDefinition></startEvent>
<startEvent id="g"><signalEventDefinition signalRef="s1"/></startEvent>
user a
end e
m -> a
t -> a
g -> a
a -> e`)))
	e := &Engine{}
	if _, _, err := e.Start(p, nil, t0); !errors.Is(err, ErrStart) {
		t.Error(err)
	}
	var ways []string
	for _, d := range p.StartEvents() {
		ways = append(ways, d.ID+" "+string(d.Kind)+" "+d.Text)
		if in, _, err := e.StartAt(p, d.ID, map[string]any{"x": 1}, t0); err != nil || in.Open()[0].Element != "a" {
			t.Error(d.ID, err)
		}
	}
	if got := strings.Join(ways, ", "); got != "m message papers, t timer R/2026-12-01T08:00:00/P1D, g signal alarm" {
		t.Error(got)
	}
}

func TestPools_eachRunsAlone(t *testing.T) {
	src := file(`<message id="m1" name="papers"/><collaboration id="c"><participant id="A" name="citizen" processRef="pa"/><participant id="B" name="office" processRef="pb"/><messageFlow id="mf" sourceRef="send" targetRef="sb"/></collaboration>`,
		process("pa", "start s\n<intermediateThrowEvent id=\"send\"><messageEventDefinition messageRef=\"m1\"/></intermediateThrowEvent>\nend e\ns -> send\nsend -> e"),
		process("pb", "<startEvent id=\"sb\"><messageEventDefinition messageRef=\"m1\"/></startEvent>\nuser u\nend eb\nsb -> u\nu -> eb"))
	src = strings.Replace(src, `id="f3" sourceRef="sb"`, `id="f9" sourceRef="sb"`, 1)
	m, err := Parse(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	e := &Engine{}
	_, ch, err := e.Start(m.Process("pa"), nil, t0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range ch {
		if c.Kind != MessageSent {
			continue
		}
		to, el := m.Route(c.Element)
		in, _, err := e.StartAt(to, el, c.Vars, t0)
		if err != nil || in.Open()[0].Element != "u" {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("no message was sent")
}

func TestTimer_forms(t *testing.T) {
	for text, want := range map[string]time.Time{
		"timeDuration>P1D":                       t0.AddDate(0, 0, 1),
		"timeDuration>2026-12-05T09:00:00/PT10S": time.Date(2026, 12, 5, 9, 0, 10, 0, t0.Location()),
		"timeDate>2026-12-24T18:00:00+08:00":     time.Date(2026, 12, 24, 18, 0, 0, 0, t0.Location()),
		"timeCycle>R3/2026-12-03T08:00:00/P1D":   time.Date(2026, 12, 3, 8, 0, 0, 0, t0.Location()),
		"timeDuration>${'PT' + string(n) + 'H'}": t0.Add(5 * time.Hour),
		"timeDuration>P${n}D":                    t0.AddDate(0, 0, 5),
	} {
		form, body, _ := strings.Cut(text, ">")
		y := start(t, graph("start s\nuser a\n<boundaryEvent id=\"b\" attachedToRef=\"a\" cancelActivity=\"false\"><timerEventDefinition><"+form+">"+body+"</"+form+"></timerEventDefinition></boundaryEvent>\nend e\nend e2\ns -> a\na -> e\nb -> e2"), map[string]any{"n": 5})
		if d := y.in.Timers()[0]; !d.Due.Equal(want) {
			t.Errorf("%s: %v, want %v", text, d.Due, want)
		}
	}
}

// TestZeebe_fileRuns reads what Zeebe's modeler writes: task definitions,
// assignments, FEEL conditions, loops over FEEL lists, called processes that see
// everything, messages with correlation.
func TestZeebe_fileRuns(t *testing.T) {
	src := `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
<bpmn:message id="m" name="paid"><bpmn:extensionElements><zeebe:subscription correlationKey="=order"/></bpmn:extensionElements></bpmn:message>
<bpmn:process id="p" isExecutable="true">
<bpmn:startEvent id="s"/>
<bpmn:serviceTask id="charge"><bpmn:extensionElements><zeebe:taskDefinition type="charge-card"/><zeebe:taskHeaders><zeebe:header key="currency" value="CNY"/></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>
<bpmn:intermediateCatchEvent id="paid"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>
<bpmn:exclusiveGateway id="x" default="no"/>
<bpmn:userTask id="review"><bpmn:extensionElements><zeebe:assignmentDefinition assignee="=one.name" candidateGroups="desk"/><zeebe:formDefinition formKey="form-1"/></bpmn:extensionElements>
 <bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=people[age >= 18]" inputElement="one" outputCollection="names" outputElement="=one.name"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>
<bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="child"/></bpmn:extensionElements></bpmn:callActivity>
<bpmn:endEvent id="e"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="charge"/><bpmn:sequenceFlow id="f2" sourceRef="charge" targetRef="paid"/><bpmn:sequenceFlow id="f3" sourceRef="paid" targetRef="x"/>
<bpmn:sequenceFlow id="yes" sourceRef="x" targetRef="review"><bpmn:conditionExpression>=amount &gt; 100 and list contains(tags, "check")</bpmn:conditionExpression></bpmn:sequenceFlow>
<bpmn:sequenceFlow id="no" sourceRef="x" targetRef="call"/><bpmn:sequenceFlow id="f4" sourceRef="review" targetRef="call"/><bpmn:sequenceFlow id="f5" sourceRef="call" targetRef="e"/>
</bpmn:process>
<bpmn:process id="child" isExecutable="true"><bpmn:startEvent id="cs"/><bpmn:scriptTask id="sum"><bpmn:extensionElements><zeebe:script expression="=amount * 2" resultVariable="twice"/></bpmn:extensionElements></bpmn:scriptTask><bpmn:endEvent id="ce"/>
<bpmn:sequenceFlow id="g1" sourceRef="cs" targetRef="sum"/><bpmn:sequenceFlow id="g2" sourceRef="sum" targetRef="ce"/></bpmn:process></bpmn:definitions>`
	y := start(t, src, map[string]any{"order": "O-7", "amount": 120, "tags": []any{"check"},
		"people": []any{map[string]any{"name": "示例·甲", "age": 30}, map[string]any{"name": "示例·乙", "age": 12}, map[string]any{"name": "示例·丙", "age": 41}}})
	if c := y.log[1]; c.Kind != ServiceCalled || c.Attrs["implementation"] != "charge-card" || c.Attrs["currency"] != "CNY" {
		t.Fatalf("%+v", c)
	}
	y.do("charge", nil)
	if w := y.in.Waits()[0]; w.Name != "paid" || w.Key != "O-7" {
		t.Fatalf("%+v", w)
	}
	ch := y.message("paid", "O-7", nil)
	y.expect("review review")
	if c := ch[len(ch)-1]; c.Attrs["assignee"] != "示例·丙" || c.Attrs["candidateGroups"] != "desk" || c.Attrs["formKey"] != "form-1" {
		t.Fatalf("%+v", c.Attrs)
	}
	y.do("review", nil)
	y.do("review", nil)
	y.done(Completed)
	if y.in.Vars["twice"] != 240 || len(y.in.Vars["names"].([]any)) != 2 {
		t.Fatalf("%v", y.in.Vars)
	}
}

// TestError_crossesCalls throws through a called process to the caller, and lets
// an event sub-process of the called one go first.
func TestError_crossesCalls(t *testing.T) {
	handler := `<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><errorEventDefinition errorRef="x1"/></startEvent><userTask id="repair"/><endEvent id="he"/><sequenceFlow id="h1" sourceRef="hs" targetRef="repair"/><sequenceFlow id="h2" sourceRef="repair" targetRef="he"/></subProcess>`
	src := func(inside string) string {
		return file(refs, process("p", `start s
<callActivity id="call" calledElement="child"/>
<boundaryEvent id="b" attachedToRef="call"><errorEventDefinition errorRef="x1"/></boundaryEvent>
user outside
user after
end e
end e2
s -> call
call -> after
after -> e
b -> outside
outside -> e2`), process("child", "start s\nuser work\n<endEvent id=\"bad\"><errorEventDefinition errorRef=\"x1\"/></endEvent>\n"+inside+"\ns -> work\nwork -> bad"))
	}
	y := start(t, src(""), nil)
	if got := brief(y.do("work", nil)); got != "task_done:work passed:bad error_thrown:bad caught:b task_opened:outside" {
		t.Fatal(got)
	}
	y.do("outside", nil)
	y.done(Completed)
	y = start(t, src(handler), nil)
	y.do("work", nil)
	y.expect("repair")
	y.do("repair", nil)
	y.expect("after")
	y.do("after", nil)
	y.done(Completed)
}

// TestEventSub_insideEverything interrupts a sub-process, one instance of
// several, and a called process by a message to its event sub-process.
func TestEventSub_insideEverything(t *testing.T) {
	ev := `<subProcess id="h" triggeredByEvent="true"><startEvent id="hs" %><messageEventDefinition messageRef="m2"/></startEvent><userTask id="stop"/><endEvent id="he"/><sequenceFlow id="h1" sourceRef="hs" targetRef="stop"/><sequenceFlow id="h2" sourceRef="stop" targetRef="he"/></subProcess>`
	body := func(loop, ev string) string { return subXML(loop, ev) }
	rest := "\nuser z\nend e\ns -> sub\nsub -> z\nz -> e"
	y := start(t, file(refs, process("p", "start s\n"+body("", strings.Replace(ev, "%", "", 1))+rest)), nil)
	y.message("cancel", "", nil)
	y.expect("stop")
	y.do("stop", nil)
	y.expect("z")
	y = start(t, file(refs, process("p", "start s\n"+body("", strings.Replace(ev, "%", `isInterrupting="false"`, 1))+rest)), nil)
	y.message("cancel", "", nil)
	y.do("b1", nil)
	y.do("b2", nil)
	y.expect("stop") // the sub-process waits for it
	y.do("stop", nil)
	y.expect("z")
	y = start(t, file(refs, process("p", "start s\n"+body(`<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>`, strings.Replace(ev, "%", "", 1))+rest)), nil)
	y.message("cancel", "", nil)
	y.expect("b1 stop")
	y.do("stop", nil)
	y.do("b1", nil)
	y.do("b2", nil)
	y.expect("z")
	y.do("z", nil)
	y.done(Completed)
	y = start(t, file(refs, process("p", "start s\n<callActivity id=\"sub\" calledElement=\"child\"/>"+rest), process("child", "start s\nuser w\nend e\n"+strings.Replace(ev, "%", "", 1)+"\ns -> w\nw -> e")), nil)
	if w := y.in.Waits(); len(w) != 1 || w[0].Host != "sub" {
		t.Fatalf("%+v", w)
	}
	y.message("cancel", "", nil)
	y.expect("stop")
	y.do("stop", nil)
	y.expect("z")
}

// TestInstance_writtenBefore goes on with an instance that an earlier release
// has stored.
func TestInstance_writtenBefore(t *testing.T) {
	y := start(t, multi("true"), nil)
	y.do("a", nil)
	y.do("b1", nil)
	old := `{"p":"p","s":"running","t":[{"i":1,"a":"b2","h":[{"e":"a"},{"e":"b1"}],"t":[{"i":"4","t":"2026-12-01T01:00:00Z"}],"l":{"n":3,"x":1}}],"n":4,"x":"AAA="}`
	in := new(Instance)
	if err := json.Unmarshal([]byte(old), in); err != nil {
		t.Fatal(err)
	}
	y.in, y.log = in, nil
	for range 3 {
		y.do("b2", nil)
	}
	y.expect("c")
	y.back("c", "b1")
}

// TestMapping_ofTasks maps variables into a task and out of it, as Zeebe and
// Camunda write it.
func TestMapping_ofTasks(t *testing.T) {
	for name, io := range map[string]string{
		"zeebe":   `<flowable:ioMapping><flowable:input source="=amount * 2" target="limit"/><flowable:output source="=verdict" target="decision"/></flowable:ioMapping>`,
		"camunda": `<flowable:inputOutput><flowable:inputParameter name="limit">${amount * 2}</flowable:inputParameter><flowable:outputParameter name="decision">${verdict}</flowable:outputParameter></flowable:inputOutput>`,
	} {
		y := start(t, graph("start s\n<userTask id=\"a\" name=\"up to ${limit}\"><extensionElements>"+io+"</extensionElements></userTask>\nend e\ns -> a\na -> e"), map[string]any{"amount": 4})
		if c := y.log[1]; c.Vars["limit"] != 8 || c.Name != "up to 8" {
			t.Errorf("%s: %+v", name, c)
		}
		y.do("a", map[string]any{"verdict": "yes", "scratch": 1})
		if _, has := y.in.Vars["scratch"]; y.in.Vars["decision"] != "yes" || has {
			t.Errorf("%s: %v", name, y.in.Vars)
		}
	}
}

// TestEventSub_andOperations leaves event sub-processes by operations: what they
// had ended goes on, and they can begin again; what is done beside stays beside.
func TestEventSub_andOperations(t *testing.T) {
	src := file(refs, process("p", `start s
user a
user b
<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><messageEventDefinition messageRef="m2"/></startEvent><userTask id="stop"/><endEvent id="he"/><sequenceFlow id="h1" sourceRef="hs" targetRef="stop"/><sequenceFlow id="h2" sourceRef="stop" targetRef="he"/></subProcess>
end e
s -> a
a -> b
b -> e`))
	y := start(t, src, nil)
	y.message("cancel", "", nil)
	y.expect("stop")
	if len(y.in.Waits()) != 0 {
		t.Fatal("an interrupted scope still waits")
	}
	c := y.in.Clone()
	y.keep(y.e.Jump(y.p, y.in, y.taskOf("stop"), "b", t0))
	y.expect("b")
	if len(y.in.Waits()) != 1 {
		t.Fatal("after the jump nothing can interrupt")
	}
	y.do("b", nil)
	y.done(Completed)
	y.in, y.log = c, nil
	y.keep(y.e.ReturnToStart(y.p, y.in, y.taskOf("stop"), t0))
	if y.open() != "s" || len(y.in.Waits()) != 1 {
		t.Fatal(y.open(), y.in.Waits())
	}
	if _, err := y.e.Resubmit(y.p, y.in, y.taskOf("s"), nil, t0); !errors.Is(err, ErrResubmit) {
		t.Fatal(err) // the waits have changed
	}
	y.do("s", nil)
	y.expect("a")
	y = start(t, strings.Replace(src, `<startEvent id="hs">`, `<startEvent id="hs" isInterrupting="false">`, 1), nil)
	y.message("cancel", "", nil)
	y.expect("a stop")
	if _, err := y.e.Jump(y.p, y.in, y.taskOf("stop"), "b", t0); !errors.Is(err, ErrJump) {
		t.Fatal(err)
	}
	if _, err := y.e.Jump(y.p, y.in, y.taskOf("a"), "stop", t0); !errors.Is(err, ErrJump) {
		t.Fatal(err)
	}
}

// TestTakeBack_fromWaiting takes back what led to events, a service or a signal.
func TestTakeBack_fromWaiting(t *testing.T) {
	gate := "start s\nuser a\n<eventBasedGateway id=\"g\"/>\nafter PT1H c1\n<intermediateCatchEvent id=\"c2\"><messageEventDefinition messageRef=\"m1\"/></intermediateCatchEvent>\nend e\ns -> a\na -> g\ng -> c1\ng -> c2\nc1 -> e\nc2 -> e"
	y := start(t, file(refs, process("p", gate)), nil)
	id := y.taskOf("a")
	y.do("a", nil)
	y.keep(y.e.TakeBack(y.p, y.in, id, t0))
	y.expect("a")
	if len(y.in.Waits())+len(y.in.Timers()) != 0 {
		t.Fatal("it still waits")
	}
	y.do("a", nil)
	y.message("papers", "", nil)
	y.done(Completed)
	for name, next := range map[string]string{
		"a service was called": `<serviceTask id="b" tongban:implementation="x"/>`,
		"a signal was thrown":  `<intermediateThrowEvent id="b"><signalEventDefinition signalRef="s1"/></intermediateThrowEvent>`,
		"a message was sent":   `<sendTask id="b" messageRef="m1"/>`,
	} {
		y := start(t, file(refs, process("p", "start s\nuser a\n"+next+"\nuser c\nend e\ns -> a\na -> b\nb -> c\nc -> e")), nil)
		id := y.taskOf("a")
		y.do("a", nil)
		if _, err := y.e.TakeBack(y.p, y.in, id, t0); !errors.Is(err, ErrTakeBack) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
