package bpmn

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func fmtList(list []string) string { return fmt.Sprint(list) }

// countersign is a task for every department on a list.
func countersign(attrs, inside string) string {
	return wrap(`<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="sign"/>
<userTask id="sign" name="会签 ${dept}" flowable:candidateGroups="${dept}-desk" tongban:formKey="opinion">
 <multiInstanceLoopCharacteristics ` + attrs + `>` + inside + `</multiInstanceLoopCharacteristics></userTask>
<sequenceFlow id="f2" sourceRef="sign" targetRef="next"/><userTask id="next"/>
<sequenceFlow id="f3" sourceRef="next" targetRef="e"/><endEvent id="e"/>`)
}

var depts = map[string]any{"depts": []string{"planning", "fire", "health"}}

func TestLoop_parallel(t *testing.T) {
	y := start(t, countersign(`flowable:collection="depts" flowable:elementVariable="dept"
		tongban:outputCollection="opinions" tongban:outputElement="${agree}"`, ""), depts)
	y.expect("sign sign sign")
	c := y.log[2]
	if c.Name != "会签 fire" || c.Attrs["candidateGroups"] != "fire-desk" || c.Attrs["formKey"] != "opinion" || c.Vars["dept"] != "fire" || c.Vars["loopCounter"] != 1 {
		t.Fatalf("%+v", c)
	}
	y.keep(y.e.Complete(y.p, y.in, y.log[3].ID, map[string]any{"agree": false}, t0)) // the last one first
	y.do("sign", map[string]any{"agree": true})
	y.do("sign", map[string]any{"agree": true})
	y.expect("next")
	if got := fmt.Sprint(y.in.Vars["opinions"]); got != "[true true false]" {
		t.Fatal(got)
	}
	y.back("next", "sign")
	y.expect("sign sign sign")
}

func TestLoop_sequential(t *testing.T) {
	y := start(t, countersign(`isSequential="true" flowable:collection="${depts}" flowable:elementVariable="dept"`, ""), depts)
	for i, want := range []string{"planning", "fire", "health"} {
		y.expect("sign")
		last := y.log[len(y.log)-1]
		if last.Vars["dept"] != want || y.in.Open()[0].Index != i {
			t.Fatalf("%d: %+v", i, last)
		}
		y.do("sign", nil)
	}
	y.expect("next")
}

func TestLoop_completionCondition(t *testing.T) {
	y := start(t, countersign(`flowable:collection="depts" flowable:elementVariable="dept"`,
		`<completionCondition>${nrOfCompletedInstances / nrOfInstances >= 0.6 or refused}</completionCondition>`), depts)
	y.do("sign", nil)
	y.expect("sign sign")
	if got := brief(y.do("sign", nil)); got != "task_done:sign task_cancelled:sign(enough) task_opened:next" {
		t.Fatal(got)
	}
	// One veto ends it, read from what was collected.
	y = start(t, countersign(`flowable:collection="depts" flowable:elementVariable="dept" tongban:outputCollection="votes" tongban:outputElement="agree"`,
		`<completionCondition>${any(votes, # == false)}</completionCondition>`), depts)
	y.do("sign", map[string]any{"agree": true})
	y.expect("sign sign")
	y.do("sign", map[string]any{"agree": false})
	y.expect("next")
}

func TestLoop_cardinalityAndNothing(t *testing.T) {
	y := start(t, countersign("", `<loopCardinality>${n}</loopCardinality>`), map[string]any{"n": 2})
	y.expect("sign sign")
	for _, vars := range []map[string]any{{"n": 0}} {
		start(t, countersign("", `<loopCardinality>${n}</loopCardinality>`), vars).expect("next")
	}
	start(t, countersign(`flowable:collection="depts"`, ""), nil).expect("next") // nobody set the list
	p := parse(t, countersign("", `<loopCardinality>${n}</loopCardinality>`))
	for _, bad := range []any{-1, "x", 1.5, 1 << 30} {
		if _, _, err := new(Engine).Start(p, map[string]any{"n": bad}, t0); err == nil {
			t.Errorf("%v times was accepted", bad)
		}
	}
}

func TestService_andScript(t *testing.T) {
	y := start(t, wrap(`<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="sum"/>
<scriptTask id="sum" scriptFormat="expr" flowable:resultVariable="total"><script>a + b * 2</script></scriptTask>
<sequenceFlow id="f2" sourceRef="sum" targetRef="call"/>
<serviceTask id="call" name="查重" flowable:delegateExpression="${registry.check}"><extensionElements><flowable:field name="table" stringValue="persons"/></extensionElements></serviceTask>
<sequenceFlow id="f3" sourceRef="call" targetRef="e"/><endEvent id="e"/>`), map[string]any{"a": 1, "b": 3})
	if y.in.Vars["total"] != 7 {
		t.Fatal(y.in.Vars)
	}
	c := y.log[len(y.log)-1]
	if c.Kind != ServiceCalled || c.Attrs["implementation"] != "${registry.check}" || c.Attrs["table"] != "persons" {
		t.Fatalf("%+v", c)
	}
	y.do("call", map[string]any{"found": 0})
	if !y.in.Ended() {
		t.Fatal("not ended")
	}
}

const nested = `<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="first"/>
<userTask id="first"/><sequenceFlow id="f2" sourceRef="first" targetRef="sub"/>
<subProcess id="sub" name="现场核查"><startEvent id="ss"/><sequenceFlow id="g1" sourceRef="ss" targetRef="fork"/>
 <parallelGateway id="fork"/><sequenceFlow id="g2" sourceRef="fork" targetRef="x"/><sequenceFlow id="g3" sourceRef="fork" targetRef="y"/>
 <userTask id="x"/><userTask id="y"/><sequenceFlow id="g4" sourceRef="x" targetRef="e1"/><sequenceFlow id="g5" sourceRef="y" targetRef="e2"/>
 <endEvent id="e1"/><endEvent id="e2">%s</endEvent></subProcess>
<boundaryEvent id="late" attachedToRef="sub"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>
<sequenceFlow id="f4" sourceRef="late" targetRef="escalate"/><userTask id="escalate"/><sequenceFlow id="f5" sourceRef="escalate" targetRef="e"/>
<sequenceFlow id="f3" sourceRef="sub" targetRef="last"/><userTask id="last"/><sequenceFlow id="f6" sourceRef="last" targetRef="e"/><endEvent id="e"/>`

func TestSubProcess(t *testing.T) {
	plain := wrap(strings.Replace(nested, "%s", "", 1))
	y := start(t, plain, nil)
	y.do("first", nil)
	y.expect("x y")
	y.do("x", nil)
	y.expect("y")
	if got := brief(y.do("y", nil)); got != "task_done:y passed:e2 passed:sub timer_cancelled:late task_opened:last" {
		t.Fatal(got)
	}
	y = start(t, plain, nil)
	y.do("first", nil)
	if got := brief(y.fire("late")); got != "timer_fired:late task_cancelled:x(interrupted) task_cancelled:y(interrupted) task_opened:escalate" {
		t.Fatal(got)
	}
	y.back("escalate", "first")
	y.do("first", nil)
	if got := brief(y.back("y", "first")); got != "task_cancelled:y(returned) timer_cancelled:late task_cancelled:x(returned) task_opened:first" &&
		got != "task_cancelled:y(returned) task_cancelled:x(returned) timer_cancelled:late task_opened:first" {
		t.Fatal(got)
	}
	y.expect("first")

	y = start(t, wrap(strings.Replace(nested, "%s", "<terminateEventDefinition/>", 1)), nil)
	y.do("first", nil)
	if got := brief(y.do("y", nil)); got != "task_done:y passed:e2 task_cancelled:x(terminated) passed:sub timer_cancelled:late task_opened:last" {
		t.Fatal(got)
	}
}

func TestTerminateAndCancel(t *testing.T) {
	text := "start s\ngate+ f\nuser a\nuser b\nend e\nterminate stop\ns -> f\nf -> a\nf -> b\na -> e\nb -> stop"
	y := start(t, graph(text), nil)
	if got := brief(y.do("b", nil)); got != "task_done:b passed:stop task_cancelled:a(terminated) ended:stop" {
		t.Fatal(got)
	}
	y = start(t, graph(text), nil)
	if got := brief(y.keep(y.e.Cancel(y.p, y.in, t0))); got != "task_cancelled:a(withdrawn) task_cancelled:b(withdrawn) ended:(withdrawn)" {
		t.Fatal(got)
	}
	if y.in.State != Cancelled || !y.in.Ended() {
		t.Fatal(y.in.State)
	}
}

func TestGateways(t *testing.T) {
	choice := "start s\ngatex g\nuser big\nuser small\nend e\ns -> g\ng -> big : amount > 100\ng -> small : amount <= 100\nbig -> e\nsmall -> e"
	start(t, graph(choice), map[string]any{"amount": 101}).expect("big")
	start(t, graph(choice), map[string]any{"amount": 7.5}).expect("small")
	p := parse(t, graph(choice))
	if _, _, err := new(Engine).Start(p, nil, t0); !errors.Is(err, ErrExpression) || !strings.Contains(err.Error(), `"g"`) || !strings.Contains(err.Error(), "amount > 100") {
		t.Errorf("must name gateway and expression: %v", err)
	}
	none := "start s\ngatex g\nuser a\nuser b\nend e\ns -> g\ng -> a : x\ng -> b : y\na -> e\nb -> e"
	if _, _, err := new(Engine).Start(parse(t, graph(none)), nil, t0); !errors.Is(err, ErrNoFlow) {
		t.Error(err) // undefined is nil, and nil is no
	}
	if _, _, err := new(Engine).Start(parse(t, graph(none)), map[string]any{"x": "yes"}, t0); !errors.Is(err, ErrExpression) {
		t.Error(err) // text is not a truth value
	}
	some := "start s\ngateo g\nuser a\nuser b\nuser c\ngateo j\nuser z\nend e\ns -> g\ng -> a : x\ng -> b : y\ng => c\na -> j\nb -> j\nc -> j\nj -> z\nz -> e"
	for _, c := range []struct {
		vars map[string]any
		open string
	}{{nil, "c"}, {map[string]any{"x": true}, "a"}, {map[string]any{"x": true, "y": true}, "a b"}} {
		y := start(t, graph(some), c.vars)
		y.expect(c.open)
		for y.open() != "z" {
			if y.open() == "" || strings.Contains(y.open(), "z") {
				t.Fatalf("open %q", y.open())
			}
			y.do(y.in.Open()[0].Element, nil)
		}
		y.do("z", nil)
		if n := count(y.log, TaskOpened, "z"); n != 1 || !y.in.Ended() {
			t.Errorf("%v: z opened %d times", c.vars, n)
		}
	}
}

func TestFailure_leavesInstanceAlone(t *testing.T) {
	y := start(t, graph("start s\nuser a\ngatex g\nuser b\nend e\ns -> a\na -> g\ng -> b : n > 1\ng -> e : n < 1\nb -> e"), map[string]any{"k": []int{1}})
	before := string(mustJSON(t, y.in))
	if _, err := y.e.Complete(y.p, y.in, y.taskOf("a"), map[string]any{"n": 1}, t0); !errors.Is(err, ErrNoFlow) {
		t.Fatal(err)
	}
	if after := string(mustJSON(t, y.in)); after != before {
		t.Fatalf("\n%s\n%s", before, after)
	}
	y.do("a", map[string]any{"n": 2})
	y.expect("b")
}

func TestCircleAndStuck(t *testing.T) {
	p := parse(t, graph("start s\ngatex a\ngatex b\nend e\ns -> a\na => b\na -> e : stop\nb => a\nb -> e : stop"))
	if _, _, err := new(Engine).Start(p, nil, t0); !errors.Is(err, ErrLoop) {
		t.Error(err)
	}
	y := start(t, graph("start s\ngatex x\nuser a\nuser b\ngate+ j\nend e\ns -> x\nx -> a : 1 > 0\nx => b\na -> j\nb -> j\nj -> e"), nil)
	if got := brief(y.do("a", nil)); got != "task_done:a stuck:j" || fmtList(y.in.Stuck()) != "[j]" {
		t.Error(got)
	}
}

func TestVariables(t *testing.T) {
	y := start(t, graph(line), map[string]any{"whole": 3.0, "part": 0.5, "when": t0, "list": []string{"a"}, "rec": struct {
		N int64 `json:"n"`
	}{9007199254740993}})
	live := fmt.Sprintf("%#v", y.in.Vars)
	y.roundTrip()
	if stored := fmt.Sprintf("%#v", y.in.Vars); stored != live {
		t.Fatalf("\n%s\n%s", live, stored)
	}
	c := y.in.Clone()
	c.Vars["list"].([]any)[0] = "changed"
	if y.in.Vars["list"].([]any)[0] != "a" {
		t.Fatal("Clone shares values")
	}
	if _, err := y.e.Complete(y.p, y.in, y.taskOf("a"), map[string]any{"f": func() {}}, t0); !errors.Is(err, ErrVariable) {
		t.Fatal(err)
	}
}

func TestEval_forms(t *testing.T) {
	for _, s := range []string{"${a > 3}", "#{a > 3}", "= a > 3", "a > 3", "  ${ a > 3 } ", "a == 4 && missing == nil", "${!missing2 == nil or true}"} {
		if s[0] == '$' && strings.Contains(s, "!") {
			continue
		}
		v, err := Eval(s, map[string]any{"a": 4})
		if err != nil || v != true {
			t.Errorf("%s: %v %v", s, v, err)
		}
	}
	if _, err := Eval("now()", nil); err == nil {
		t.Error("the engine has a clock")
	}
	if _, err := Eval("a >", nil); !errors.Is(err, ErrExpression) {
		t.Error(err)
	}
}
