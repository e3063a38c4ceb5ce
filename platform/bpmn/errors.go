package bpmn

import (
	"fmt"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/state"
	"tongban/platform/fault"
)

// Faults of a running instance. They arrive wrapped with the act and the
// element, so test for them with errors.Is.
var (
	// ErrNoTask says that the instance has no open task with that id (any more).
	ErrNoTask = fault.Conflict("bpmn.no_task")
	// ErrNoTimer says that the instance has no waiting timer with that id (any more).
	ErrNoTimer = fault.Conflict("bpmn.no_timer")
	// ErrNoWait says that nothing waits for that message (any more).
	ErrNoWait = fault.Conflict("bpmn.no_wait")
	// ErrSuspended says that the instance stands still.
	ErrSuspended = fault.Conflict("bpmn.suspended")
	// ErrRunning says that the instance does not stand still.
	ErrRunning = fault.Conflict("bpmn.running")
	// ErrTakeBack says that what was sent on cannot be taken back (any more).
	ErrTakeBack = fault.Conflict("bpmn.take_back")
	// ErrResubmit says that there is no straight way back to who returned the task.
	ErrResubmit = fault.Conflict("bpmn.resubmit")
	// ErrSigner says that a signer cannot be added or taken away here.
	ErrSigner = fault.Invalid("bpmn.signer")
	// ErrJump says that the task cannot be moved to that element.
	ErrJump = fault.Invalid("bpmn.jump")
	// ErrMigrate says that the instance cannot go on under the new version.
	ErrMigrate = fault.Invalid("bpmn.migrate")
	// ErrStart says that the process cannot be started that way.
	ErrStart = fault.Invalid("bpmn.start")
	// ErrCalled says that a called process cannot be found.
	ErrCalled = fault.Internal("bpmn.called")
	// ErrEnded says that the instance is over.
	ErrEnded = fault.Conflict("bpmn.ended")
	// ErrReturn says that the task cannot be sent back to that element.
	ErrReturn = fault.Invalid("bpmn.return")
	// ErrVariable says that a variable has a value that cannot be kept.
	ErrVariable = state.ErrVariable
	// ErrNoFlow says that no condition holds and there is no default flow.
	ErrNoFlow = fault.Internal("bpmn.no_flow")
	// ErrExpression says that an expression failed or gave the wrong kind of value.
	ErrExpression = definition.ErrExpression
	// ErrLoop says that a token kept moving without ever coming to rest.
	ErrLoop = fault.Internal("bpmn.loop")
	// ErrTimer says that the time of a timer cannot be worked out.
	ErrTimer = fault.Internal("bpmn.timer")
	// ErrProcess says that the instance does not belong to this process.
	ErrProcess = fault.Internal("bpmn.process")
)

// at wraps a run-time error with the element it happened in.
func at(el *element, err error) error {
	return fmt.Errorf("%s %q: %w", el.Kind, el.ID, err)
}
