package bpmn

import (
	"strings"
	"testing"
)

// A called process that shares the variables sees what happens beside it and
// leaves what it found, with nothing mapped; what is mapped in is its own.
func TestShared_worksOnTheVariablesOfWhoCalls(t *testing.T) {
	m, err := Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:c="http://camunda.org/schema/1.0/bpmn">
	<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="fork"/><parallelGateway id="fork"/>
		<sequenceFlow id="f2" sourceRef="fork" targetRef="call"/><sequenceFlow id="f3" sourceRef="fork" targetRef="beside"/>
		<callActivity id="call" calledElement="q"><extensionElements><c:in source="amount" target="mine"/><c:in variables="all"/><c:out variables="all"/></extensionElements></callActivity><userTask id="beside"/>
		<sequenceFlow id="f4" sourceRef="call" targetRef="join"/><sequenceFlow id="f5" sourceRef="beside" targetRef="join"/><parallelGateway id="join"/>
		<sequenceFlow id="f6" sourceRef="join" targetRef="end"/><userTask id="end"/></process>
	<process id="q" isExecutable="true"><startEvent id="qs"/><sequenceFlow id="q1" sourceRef="qs" targetRef="inner"/><userTask id="inner"/>
		<sequenceFlow id="q2" sourceRef="inner" targetRef="gate"/><exclusiveGateway id="gate" default="q4"/>
		<sequenceFlow id="q3" sourceRef="gate" targetRef="seen"><conditionExpression>${word == "beside" and mine == 7}</conditionExpression></sequenceFlow><sequenceFlow id="q4" sourceRef="gate" targetRef="unseen"/>
		<userTask id="seen"/><userTask id="unseen"/></process></definitions>`))
	if err != nil {
		t.Fatal(err)
	}
	p := m.Process("p")
	e := &Engine{Shared: true}
	in, _, err := e.Start(p, map[string]any{"amount": 7, "word": ""}, t0)
	if err != nil {
		t.Fatal(err)
	}
	done := func(element string, vars map[string]any) {
		t.Helper()
		for _, o := range in.Open() {
			if o.Element == element {
				if _, err := e.Complete(p, in, o.ID, vars, t0); err != nil {
					t.Fatal(err)
				}
				return
			}
		}
		t.Fatalf("%s is not open: %v", element, in.Open())
	}
	done("beside", map[string]any{"word": "beside", "amount": 8})
	done("inner", map[string]any{"said": "inner", "mine": 7})
	if in.Vars["said"] != "inner" || in.Vars["amount"] != 8 || in.Vars["mine"] != nil {
		t.Errorf("the variables of the instance: %v", in.Vars)
	}
	done("seen", nil)
	done("end", nil)
	if !in.Ended() || in.Vars["amount"] != 8 || in.Vars["word"] != "beside" {
		t.Errorf("ended %v, what happened beside the call was lost: %v", in.Ended(), in.Vars)
	}
}

func TestReach_callsOfTheSameFile(t *testing.T) {
	m, err := Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
	<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="c"/><callActivity id="c" calledElement="q"/></process>
	<process id="q" isExecutable="true"><startEvent id="qs"/><sequenceFlow id="q1" sourceRef="qs" targetRef="back"/><callActivity id="back" calledElement="p"/></process>
	<process id="alone" isExecutable="true"><startEvent id="as"/><sequenceFlow id="a1" sourceRef="as" targetRef="ae"/><endEvent id="ae"/></process></definitions>`))
	if err != nil {
		t.Fatal(err)
	}
	p := m.Process("p")
	if all := p.Reach(); len(all) != 2 || all[0].ID != "p" || all[1].ID != "q" {
		t.Errorf("reach %v", all)
	}
	if p.Find("back") == nil || p.Find("s") == nil || p.Find("as") != nil {
		t.Error("what is called is found, what nobody calls is not")
	}
}
