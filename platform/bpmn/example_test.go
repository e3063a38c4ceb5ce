package bpmn_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tongban/platform/bpmn"
)

// Embeds the engine with a store that is a map. With a database the instance is
// a column beside the caller's own row, written in the caller's transaction.
func Example() {
	model, err := bpmn.Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="leave" isExecutable="true">
  <startEvent id="asked"/><userTask id="check" name="Check ${days} days"/><userTask id="sign" name="Sign"/><endEvent id="done"/>
  <sequenceFlow id="f1" sourceRef="asked" targetRef="check"/>
  <sequenceFlow id="f2" sourceRef="check" targetRef="sign"/>
  <sequenceFlow id="f3" sourceRef="sign" targetRef="done"/>
</process></definitions>`))
	if err != nil {
		panic(err)
	}
	process, engine, store := model.Process(""), &bpmn.Engine{}, map[string][]byte{}
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

	tell := func(changes []bpmn.Change, err error) {
		if err != nil {
			panic(err)
		}
		for _, c := range changes {
			if c.Kind == bpmn.TaskOpened || c.Kind == bpmn.Ended {
				fmt.Println(c.Kind, c.Name)
			}
		}
	}
	instance, changes, err := engine.Start(process, map[string]any{"days": 3}, now)
	tell(changes, err)
	store["leave-1"], _ = json.Marshal(instance)

	// Later, perhaps in another process of the operating system.
	instance = new(bpmn.Instance)
	if err := json.Unmarshal(store["leave-1"], instance); err != nil {
		panic(err)
	}
	tell(engine.Complete(process, instance, instance.Open()[0].ID, nil, now))
	tell(engine.Return(process, instance, instance.Open()[0].ID, "check", now))
	tell(engine.Resubmit(process, instance, instance.Open()[0].ID, nil, now))
	tell(engine.Complete(process, instance, instance.Open()[0].ID, nil, now))
	// Output:
	// task_opened Check 3 days
	// task_opened Sign
	// task_opened Check 3 days
	// task_opened Sign
	// ended
}
