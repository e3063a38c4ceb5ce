package migrate

import (
	"strings"
	"testing"

	"tongban/platform/bpmn"
)

// calling writes a process that calls another of its file, which is written as
// given.
func calling(t *testing.T, called string) *bpmn.Process {
	t.Helper()
	m, err := bpmn.Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="c"/><callActivity id="c" calledElement="q"/>
		<sequenceFlow id="f2" sourceRef="c" targetRef="last"/><userTask id="last"/></process>` + called + `</definitions>`))
	if err != nil {
		t.Fatal(err)
	}
	return m.Process("p")
}

const inner = `<process id="q"><startEvent id="qs"/><sequenceFlow id="q1" sourceRef="qs" targetRef="a"/><userTask id="a" name="A"/><sequenceFlow id="q2" sourceRef="a" targetRef="b"/><userTask id="b"/></process>`

// What stands in a called process of the file goes on in the new version where
// that has the same places; else it is refused, and it goes once the call is over.
func TestPreview_calledProcess(t *testing.T) {
	old := calling(t, inner)
	same := calling(t, strings.Replace(inner, `name="A"`, `name="Other words"`, 1))
	other := calling(t, strings.NewReplacer(`id="b"`, `id="b2"`, `targetRef="b"`, `targetRef="b2"`).Replace(inner))
	lacks, err := bpmn.Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="c"/><callActivity id="c" calledElement="gone"/>
		<sequenceFlow id="f2" sourceRef="c" targetRef="last"/><userTask id="last"/></process></definitions>`))
	if err != nil {
		t.Fatal(err)
	}
	in := begin(t, old, "a")
	for name, to := range map[string]*bpmn.Process{"changes": other, "lacks": lacks.Process("p")} {
		if plan := Preview(old, to, in, nil); plan.Possible() || !strings.Contains(plan.Steps[len(plan.Steps)-1].Reason+plan.Steps[0].Reason+plan.Steps[1].Reason, name) {
			t.Errorf("%s: %+v", name, plan)
		}
	}
	changes, err := Apply(new(bpmn.Engine), old, same, in, nil, now)
	if err != nil || len(changes) != 1 || changes[0].Kind != bpmn.Moved || changes[0].Element != "b" {
		t.Fatalf("the same places: %v %+v", err, changes)
	}
	complete(t, same, in, "b")
	if _, err := Apply(new(bpmn.Engine), same, other, in, nil, now); err != nil {
		t.Fatalf("after the call: %v", err)
	}
	if got := in.Reached(other); got["a"] != "" || got["c"] != bpmn.StateDone {
		t.Errorf("what was passed in another process: %v", got)
	}
	complete(t, other, in, "last")
	if !in.Ended() {
		t.Error("it does not end")
	}
}
