package bpmn

import (
	"fmt"

	"tongban/platform/fault"
)

// Faults of a running instance. They arrive wrapped with the act and the
// element, so test for them with errors.Is.
var (
	// ErrNoTask says that the instance has no open task with that id (any more).
	ErrNoTask = fault.Conflict("bpmn.no_task")
	// ErrNoTimer says that the instance has no waiting timer with that id (any more).
	ErrNoTimer = fault.Conflict("bpmn.no_timer")
	// ErrEnded says that the instance is over.
	ErrEnded = fault.Conflict("bpmn.ended")
	// ErrReturn says that the task cannot be sent back to that element.
	ErrReturn = fault.Invalid("bpmn.return")
	// ErrVariable says that a variable has a value that cannot be kept.
	ErrVariable = fault.Invalid("bpmn.variable")
	// ErrNoFlow says that no condition holds and there is no default flow.
	ErrNoFlow = fault.Internal("bpmn.no_flow")
	// ErrExpression says that an expression failed or gave the wrong kind of value.
	ErrExpression = fault.Internal("bpmn.expression")
	// ErrLoop says that a token kept moving without ever coming to rest.
	ErrLoop = fault.Internal("bpmn.loop")
	// ErrTimer says that the time of a timer cannot be worked out.
	ErrTimer = fault.Internal("bpmn.timer")
	// ErrProcess says that the instance does not belong to this process.
	ErrProcess = fault.Internal("bpmn.process")
)

// ParseError says why a model is refused: where, which element, and what to
// change.
type ParseError struct {
	Line    int    // line in the XML, counted from 1
	Element string // kind and id, such as `userTask "review"`
	Reason  string // one sentence for the author of the model
}

// Error gives line, element and reason in one line.
func (e *ParseError) Error() string {
	return fmt.Sprintf("bpmn: line %d: %s: %s", e.Line, e.Element, e.Reason)
}

// at wraps a run-time error with the element it happened in.
func at(el *element, err error) error {
	return fmt.Errorf("%s %q: %w", el.kind, el.id, err)
}
