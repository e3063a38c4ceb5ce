package bpmn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// evidence is what a model of another engine must do, read off the drawing: acts
// and what is open after each. An act is an element to complete, or "timer x",
// "message x", "signal x".
var evidence = []struct {
	file  string
	vars  map[string]any
	open  string // after the start
	steps []string
	end   State
}{
	{"bpmn__gateway__InclusiveGatewayTest.testDivergingInclusiveGateway", map[string]any{"input": 1}, "theTask1 theTask2 theTask3", []string{"theTask1 > theTask2 theTask3", "theTask2 > theTask3", "theTask3 >"}, Completed},
	{"bpmn__gateway__InclusiveGatewayTest.testDivergingInclusiveGateway", map[string]any{"input": 2}, "theTask2 theTask3", []string{"theTask3 > theTask2", "theTask2 >"}, Completed},
	{"bpmn__gateway__InclusiveGatewayTest.testDivergingInclusiveGateway", map[string]any{"input": 3}, "theTask3", []string{"theTask3 >"}, Completed},
	{"bpmn__gateway__InclusiveGatewayTest.testMergingInclusiveGateway", map[string]any{"input": 1}, "theTask", []string{"theTask >"}, Completed},
	{"bpmn__gateway__InclusiveGatewayTest.testPartialMergingInclusiveGateway", map[string]any{"input": 2}, "partialTask", []string{"partialTask > theTask", "theTask >"}, Completed},
	{"bpmn__gateway__ExclusiveGatewayTest.testDivergingExclusiveGateway", map[string]any{"input": 2}, "theTask2", []string{"theTask2 >"}, Completed},
	{"bpmn__gateway__ExclusiveGatewayTest.testDivergingExclusiveGateway", map[string]any{"input": 3}, "theTask3", []string{"theTask3 >"}, Completed},
	{"bpmn__gateway__ParallelGatewayTest.testUnstructuredConcurrencyTwoForks", nil, "", nil, Completed},
	{"bpmn__gateway__ParallelGatewayTest.testNestedForkJoin", nil, "Task_0", []string{"Task_0 > Task_A Task_B", "Task_B > Task_A Task_B1 Task_B2", "Task_A > Task_B1 Task_B2", "Task_B1 > Task_B2", "Task_B2 > Task_C", "Task_C >"}, Completed},
	{"bpmn__multiinstance__MultiInstanceTest.testParallelSubProcessCompletionCondition", nil, "subProcessTask1 subProcessTask1 subProcessTask2 subProcessTask2", []string{"subProcessTask1 > subProcessTask1 subProcessTask2 subProcessTask2", "subProcessTask2 >"}, Completed},
	{"bpmn__event__error__BoundaryErrorEventTest.testCatchErrorOfInnerSubprocessOnOuterSubprocess", nil, "innerTask1 innerTask2", []string{"innerTask2 > taskAfterErrorCatch", "taskAfterErrorCatch >"}, Completed},
	{"bpmn__event__error__BoundaryErrorEventTest.testCatchErrorOfInnerSubprocessOnOuterSubprocess", nil, "innerTask1 innerTask2", []string{"innerTask1 > innerTask2", "innerTask2 > taskAfterErrorCatch"}, Running},
	{"bpmn__event__end__TerminateEndEventTest.subProcessConcurrentTerminateTerminateAll", nil, "", nil, Completed},
	{"bpmn__event__end__TerminateEndEventTest.testTerminateInSubProcessConcurrentTerminateAll2", nil, "UserTask_1 preNormalEnd", []string{"UserTask_1 >"}, Completed},
	{"bpmn__gateway__EventBasedGatewayTest.testCatchSignalAndMessageAndTimer", nil, "", []string{"timer timerEvent > task1", "task1 >"}, Completed},
	{"bpmn__gateway__EventBasedGatewayTest.testCatchSignalAndMessageAndTimer", nil, "", []string{"signal alert > task2", "task2 >"}, Completed},
	{"bpmn__gateway__EventBasedGatewayTest.testCatchSignalAndMessageAndTimer", nil, "", []string{"message newInvoice > task3", "task3 >"}, Completed},
	{"bpmn__event__message__MessageEventSubprocessTest.testNonInterruptingMultipleInstances", nil, "task", []string{"message newMessage > eventSubProcessTask task", "message newMessage > eventSubProcessTask eventSubProcessTask task", "task > eventSubProcessTask eventSubProcessTask", "eventSubProcessTask > eventSubProcessTask", "eventSubProcessTask >"}, Completed},
	{"bpmn__event__timer__TimerEventSubprocessTest.testStartingAdditionalTasksInterrupting", nil, "task1", []string{"task1 > subTask1", "timer subEventStartEvent > additionalSubTask", "additionalSubTask > task2", "task2 >"}, Completed},
	{"bpmn__event__timer__TimerEventSubprocessTest.testStartingAdditionalTasksInterrupting", nil, "task1", []string{"task1 > subTask1", "timer signalStartEvent > additionalTask", "additionalTask >"}, Completed},
	{"bpmn__event__signal__SignalEventTest.testUseSignalForExceptionsBetweenParallelPaths", map[string]any{"developers": []any{"a", "b"}, "negotationFailed": true}, "enterDevs", []string{"enterDevs > developSpecs developSpecs negotiate", "negotiate >"}, Completed},
	{"bpmn__event__signal__SignalEventTest.testUseSignalForExceptionsBetweenParallelPaths", map[string]any{"developers": []any{"a", "b"}, "negotationFailed": false}, "enterDevs", []string{"enterDevs > developSpecs developSpecs negotiate", "negotiate > developSpecs developSpecs", "developSpecs > developSpecs", "developSpecs >"}, Completed},
	{"bpmn__event__timer__BoundaryTimerEventTest.testMultipleTimersOnUserTask", nil, "firstTask", []string{"timer escalationTimer2 > thirdTask", "thirdTask >"}, Completed},
	{"bpmn__event__escalation__EscalationEventSubProcessTest.testEventSubprocessTakesPrecedence", nil, "taskAfterEscalationCatch", []string{"taskAfterEscalationCatch >"}, Completed},
	{"bpmn__event__error__ErrorEventSubProcessTest.testErrorCodeTakesPrecedence", nil, "taskAfterErrorCatch2", []string{"taskAfterErrorCatch2 >"}, Completed},
	{"bpmn__event__timer__BoundaryTimerNonInterruptingEventTest.testTimerWithCycle", nil, "task", []string{"timer timer > task timerFiredTask", "timer timer > task timerFiredTask timerFiredTask", "task > timerFiredTask timerFiredTask", "timerFiredTask > timerFiredTask", "timerFiredTask >"}, Completed},
	{"bpmn__event__timer__BoundaryTimerNonInterruptingEventTest.testJoin", nil, "Main_Task", []string{"timer IntermediateTimerEvent > Escalation_Task Main_Task", "Main_Task > Escalation_Task", "Escalation_Task >"}, Completed},
}

// TestModels_evident runs models of another engine to the outcome that their
// drawing says.
func TestModels_evident(t *testing.T) {
	modelFiles(t, "flowable")
	for _, c := range evidence {
		raw, err := os.ReadFile(filepath.Join(os.Getenv(modelsEnv), "flowable", c.file+".bpmn20.xml"))
		if err != nil {
			t.Logf("skipped: %v", err)
			continue
		}
		t.Run(c.file, func(t *testing.T) {
			y := start(t, string(raw), c.vars)
			y.expect(c.open)
			for _, s := range c.steps {
				act, open, _ := strings.Cut(s, " >")
				kind, name, ok := strings.Cut(act, " ")
				switch {
				case !ok:
					y.do(act, nil)
				case kind == "timer":
					y.fire(name)
				case kind == "message":
					y.message(name, "", nil)
				default:
					y.signal(name)
				}
				if got := y.open(); got != strings.TrimSpace(open) {
					t.Fatalf("after %s: open %q, want %q", act, got, strings.TrimSpace(open))
				}
			}
			if y.in.State != c.end {
				t.Errorf("%s, want %s", y.in.State, c.end)
			}
			y.explained(c.file)
		})
	}
}
