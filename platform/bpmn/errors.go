package bpmn

import (
	"errors"
	"fmt"
)

// Errors of a running instance. They arrive wrapped with the act and the
// element, so test for them with errors.Is.
var (
	// ErrNoTask says that the instance has no open task with that id.
	ErrNoTask = errors.New("bpmn: no such open task")
	// ErrNoTimer says that the instance has no waiting timer with that id.
	ErrNoTimer = errors.New("bpmn: no such waiting timer")
	// ErrEnded says that the instance is over.
	ErrEnded = errors.New("bpmn: the instance has ended")
	// ErrReturn says that the task cannot be sent back to that element.
	ErrReturn = errors.New("bpmn: cannot be sent back there")
	// ErrNoFlow says that no outgoing flow of a gateway may be taken.
	ErrNoFlow = errors.New("bpmn: no condition holds and there is no default flow")
	// ErrExpression says that an expression failed or gave the wrong kind of value.
	ErrExpression = errors.New("bpmn: expression failed")
	// ErrLoop says that a token kept moving without ever coming to rest.
	ErrLoop = errors.New("bpmn: the model runs in a circle without waiting")
	// ErrTimer says that the time of a timer cannot be worked out.
	ErrTimer = errors.New("bpmn: the time of the timer cannot be worked out")
	// ErrVariable says that a variable has a value that cannot be kept.
	ErrVariable = errors.New("bpmn: the variable cannot be kept")
	// ErrProcess says that the instance does not belong to this process.
	ErrProcess = errors.New("bpmn: the instance belongs to another process")
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
