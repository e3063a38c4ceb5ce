package casework

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/history"
	"tongban/gov/catalogue"
	"tongban/platform/auth"
)

// jointFlow calls a joint review that stands in the same file, while a test is
// waited for from outside. In the review water waits for what fire sends; its end
// is a signal that the main flow takes.
const jointFlow = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="https://tongban.example/bpmn">
<message id="m1" name="图纸已看"/><message id="m2" name="检测结果"/><signal id="g1" name="会审完毕"/>
<process id="p" name="主流程" isExecutable="true"><startEvent id="s"/><parallelGateway id="fork"/><callActivity id="joint" name="联合审查" calledElement="review"/>
<receiveTask id="lab" name="等检测结果" messageRef="m2" t:takes="lab:text score:number"/><boundaryEvent id="over" attachedToRef="lab" cancelActivity="false"><signalEventDefinition signalRef="g1"/></boundaryEvent>
<boundaryEvent id="overdue" attachedToRef="lab" cancelActivity="false"><timerEventDefinition><timeDuration>P9WD</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="asked"/><sequenceFlow id="fo" sourceRef="overdue" targetRef="asked"/>
<userTask id="note" name="催检测" t:org="${department}" t:post="examiner" t:limit="P1WD"/><endEvent id="noted"/><parallelGateway id="join"/>
<userTask id="decide" name="决定" t:org="${department}" t:post="decider" t:limit="P2WD"/><exclusiveGateway id="d" default="no"/><serviceTask id="issue" implementation="issue"/><serviceTask id="refuse" implementation="refuse"/><endEvent id="e"/><endEvent id="e2"/>
<sequenceFlow id="f0" sourceRef="s" targetRef="fork"/><sequenceFlow id="f1" sourceRef="fork" targetRef="joint"/><sequenceFlow id="f2" sourceRef="fork" targetRef="lab"/><sequenceFlow id="f3" sourceRef="over" targetRef="note"/><sequenceFlow id="f4" sourceRef="note" targetRef="noted"/>
<sequenceFlow id="f5" sourceRef="joint" targetRef="join"/><sequenceFlow id="f6" sourceRef="lab" targetRef="join"/><sequenceFlow id="f7" sourceRef="join" targetRef="decide"/><sequenceFlow id="f8" sourceRef="decide" targetRef="d"/>
<sequenceFlow id="yes" sourceRef="d" targetRef="issue"><conditionExpression>${decide_outcome == 'approve' and water_outcome == 'approve' and score &gt; 2}</conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="d" targetRef="refuse"/>
<sequenceFlow id="f9" sourceRef="issue" targetRef="e"/><sequenceFlow id="f10" sourceRef="refuse" targetRef="e2"/></process>
<process id="review" name="联合审查" isExecutable="true"><startEvent id="rs"/><parallelGateway id="rf"/><userTask id="fire" name="消防" t:org="` + fire + `" t:post="examiner" t:limit="P5WD"/>
<boundaryEvent id="late" attachedToRef="fire" cancelActivity="false"><timerEventDefinition><timeDuration>P3WD</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="told"/>
<intermediateThrowEvent id="sent"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent><userTask id="water" name="水务" t:org="` + water + `" t:post="examiner" t:limit="P5WD"/><intermediateCatchEvent id="got"><messageEventDefinition messageRef="m1"/></intermediateCatchEvent>
<parallelGateway id="rj"/><endEvent id="done"><signalEventDefinition signalRef="g1"/></endEvent>
<sequenceFlow id="r0" sourceRef="rs" targetRef="rf"/><sequenceFlow id="r1" sourceRef="rf" targetRef="fire"/><sequenceFlow id="r2" sourceRef="rf" targetRef="water"/><sequenceFlow id="r3" sourceRef="fire" targetRef="sent"/><sequenceFlow id="r4" sourceRef="sent" targetRef="rj"/>
<sequenceFlow id="r5" sourceRef="water" targetRef="got"/><sequenceFlow id="r6" sourceRef="got" targetRef="rj"/><sequenceFlow id="r7" sourceRef="rj" targetRef="done"/><sequenceFlow id="r8" sourceRef="late" targetRef="told"/></process></definitions>`

// told counts entries of a kind on the time line.
func (w *town) told(c Case, kind string) (out []Entry) {
	w.t.Helper()
	all, err := history.OfCase(w.t.Context(), w.db, c.Region, c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(e Entry) bool { return e.Kind != kind })
}

// step finishes the open step of an element.
func (w *town) step(c Case, element, role, org string) {
	w.t.Helper()
	t, ok := w.open(c)[element]
	if !ok {
		w.t.Fatalf("%s is not open but %v", element, keys(w.open(c)))
	}
	if _, err := w.s.Complete(w.officer(element+"甲", role, org), c.Region, t.ID, Opinion{Result: Approve, Text: "同意"}); err != nil {
		w.t.Fatalf("%s: %v", element, err)
	}
}

func TestCall_messagesAndSignals(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.publish([]byte(jointFlow))
		c := w.accepted(dineIn())
		if got := w.open(c); len(got) != 2 || got["fire"].Org != fire || got["water"].Org != water || got["fire"].Limit.Amount != 5 || got["fire"].Due.IsZero() {
			t.Fatalf("the steps of the called flow: %+v", got)
		}
		face, err := w.s.ClockOf(w.officer("市监", RoleExaminer, lead), c.Region, c.ID)
		if err != nil || len(face.Steps) != 2 || len(face.Derivations()) < 4 {
			t.Fatalf("%d steps, %d limits: %v", len(face.Steps), len(face.Derivations()), err)
		}
		for _, st := range face.Steps { // each office's share is explained day by day, in both languages
			d := st.Derivation
			if zh, en := d.Text("zh-Hans"), d.Text("en"); !d.Due.Equal(w.open(c)["fire"].Due) || !strings.Contains(zh, "2026年9月8日") || !strings.Contains(en, "8 September 2026") || !strings.Contains(zh, "消防") && !strings.Contains(zh, "水务") || len(d.Days) < 5 {
				t.Errorf("%v\n%s\n%s", d.Due, zh, en)
			}
		}
		w.clock.Set(at(9, 11, 9)) // three working days: the timer inside the called flow reminds fire
		w.runJobs()
		if n := len(w.told(c, "task.reminded")); n != 1 {
			t.Errorf("reminded %d times", n)
		}
		w.step(c, "fire", RoleExaminer, fire)
		if _, early := w.open(c)["note"]; early || len(w.told(c, "case.message")) != 0 {
			t.Error("a message was caught before anybody waited for it")
		}
		w.step(c, "water", RoleExaminer, water) // the message that was kept lets it through at once
		if got := w.told(c, "case.message"); len(got) != 2 || got[0].Step != "图纸已看" || got[1].Step != "会审完毕" || got[1].Details["event"] != "signal" {
			t.Fatalf("%+v", got)
		}
		w.step(c, "note", RoleExaminer, lead)
		if got := w.open(c); len(got) != 0 {
			t.Fatalf("open %v while the test is waited for", keys(got))
		}
		if err := w.hand(c, "检测结果", map[string]any{"lab": "合格", "score": 3}); err != nil {
			t.Fatal(err)
		}
		if got := w.told(c, "case.message"); len(got) != 3 || got[2].Text != "检测院回传" || got[2].Details["from"] != "outside" {
			t.Errorf("%+v", got[len(got)-1])
		}
		w.step(c, "decide", RoleDecider, lead)
		k, err := loadWork(t.Context(), w.db, c.Region, c.ID)
		if err != nil || k.c.Outcome != Granted || !k.flow.Instance.Ended() {
			t.Fatalf("%s %v", k.c.Outcome, err)
		}
		if fields, _ := k.flow.Instance.Vars[varFields].(map[string]any); fields["lab"] != "合格" || fields["score"] != "3" {
			t.Errorf("papers can print %v", fields)
		}
		var svg bytes.Buffer
		if err := w.s.DrawFlow(w.officer("市监", RoleExaminer, lead), &svg, c.Region, c.ID, nil); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`data-id="water"`, `data-id="joint"`, `bpmn-called`} {
			if !strings.Contains(svg.String(), want) {
				t.Errorf("the picture has no %s", want)
			}
		}
	})
}

// hand gives a case what it waits for under a name.
func (w *town) hand(c Case, name string, values map[string]any) error {
	_, err := w.s.OnCase(w.officer("收件", RoleExaminer, lead), "message", c.Region, c.ID, func(a *Acting) error {
		for _, wait := range a.Awaits() {
			if wait.Name == name {
				return a.Hand(w.t.Context(), wait, values, "检测院回传")
			}
		}
		return cases.ErrNotAwaited
	})
	return err
}

// A flow that answers its own message for ever is stopped, and nothing of it is kept.
func TestMessage_withoutEnd(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		loop := `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="https://tongban.example/bpmn"><message id="m" name="回声"/><process id="p" isExecutable="true"><startEvent id="s"/><userTask id="look" name="看" t:org="${department}" t:post="examiner" t:limit="P5WD"/>
			<boundaryEvent id="again" attachedToRef="look" cancelActivity="false"><messageEventDefinition messageRef="m"/></boundaryEvent><intermediateThrowEvent id="throw"><messageEventDefinition messageRef="m"/></intermediateThrowEvent><endEvent id="e0"/>
			<serviceTask id="issue" implementation="issue"/><exclusiveGateway id="g" default="f3"/><serviceTask id="refuse" implementation="refuse"/><endEvent id="e"/>
			<sequenceFlow id="f0" sourceRef="s" targetRef="look"/><sequenceFlow id="f1" sourceRef="again" targetRef="throw"/><sequenceFlow id="f2" sourceRef="throw" targetRef="e0"/><sequenceFlow id="f4" sourceRef="look" targetRef="g"/>
			<sequenceFlow id="f3" sourceRef="g" targetRef="issue"/><sequenceFlow id="f5" sourceRef="g" targetRef="refuse"><conditionExpression>${look_outcome == 'refuse'}</conditionExpression></sequenceFlow><sequenceFlow id="f6" sourceRef="issue" targetRef="e"/><sequenceFlow id="f7" sourceRef="refuse" targetRef="e"/></process></definitions>`
		w.publish([]byte(loop))
		c := w.accepted(dineIn())
		wants(t, "an echo without end", w.hand(c, "回声", map[string]any{}), ErrFlow)
		if n := len(w.told(c, "case.message")); n != 0 {
			t.Errorf("%d entries are kept", n)
		}
		w.step(c, "look", RoleExaminer, lead)
	})
}

// What cases cannot run is refused at publication, with line, element and reason.
func TestPublish_refusesWhatCasesDoNotHave(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		for what, r := range map[string][2]string{
			"calls itself":               {`calledElement="review"/>`, `calledElement="p"/>`},
			"which is no executable":     {`calledElement="review"/>`, `calledElement="elsewhere"/>`},
			"which nothing in this flow": {`<intermediateCatchEvent id="got"><messageEventDefinition messageRef="m1"/></intermediateCatchEvent>`, `<intermediateCatchEvent id="got"><messageEventDefinition messageRef="m2"/></intermediateCatchEvent>`},
			"takes \"lab:colour\"":       {`lab:text`, `lab:colour`},
			"is a process that nothing":  {`</definitions>`, `<process id="alone" isExecutable="true"><startEvent id="x"/><sequenceFlow id="x1" sourceRef="x" targetRef="y"/><endEvent id="y"/></process></definitions>`},
			"with nobody at it":          {`attachedToRef="lab" cancelActivity="false"><timer`, `attachedToRef="note" cancelActivity="false"><timer`},
			"too":                        {`id="rs"`, `id="s"`},
		} {
			flow := strings.ReplaceAll(jointFlow, r[0], r[1])
			if r[0] == `id="rs"` {
				flow = strings.ReplaceAll(flow, `sourceRef="rs"`, `sourceRef="s"`)
				flow = strings.Replace(flow, `id="f0" sourceRef="s"`, `id="f0" sourceRef="s"`, 1)
			}
			err := w.publishWith(flow, "", "fire", "water", "note", "decide")
			if what == "calls itself" {
				what = "calls it back"
			}
			if !strings.Contains(fmt.Sprint(err), what) || !strings.Contains(fmt.Sprint(err), "line ") {
				t.Errorf("%s: %v", what, err)
			}
		}
		ctx := auth.With(t.Context(), auth.Principal{ID: "acc_设计", Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: top, Subtree: true, Permissions: []string{catalogue.MayPublishItems.Name}}}})
		if o, err := w.items.Offer(ctx, district, restaurant); err != nil || strings.Contains(string(o.Flow), "review") {
			t.Errorf("something was published: %v", err)
		}
	})
}
