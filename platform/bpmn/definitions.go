package bpmn

import (
	"io"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
	"tongban/platform/bpmn/state"
)

// What a file holds is read by package definition; these names save callers a
// second import.
type (
	// Model is one BPMN file that was understood.
	Model = definition.Model
	// Process is one process of a model.
	Process = definition.Process
	// TaskDef is an activity as the author drew it.
	TaskDef = definition.TaskDef
	// StartDef is one way to start a process.
	StartDef = definition.StartDef
	// ParseError says why a model is refused.
	ParseError = definition.ParseError
	// SVGOptions say what a picture shows beside the model.
	SVGOptions = definition.SVGOptions
)

// Element states that pictures know how to show.
const (
	StateIdle   = definition.StateIdle   // not reached
	StateActive = definition.StateActive // a token stands here
	StateDone   = definition.StateDone   // a token has passed
)

// Parse reads a BPMN 2.0 file that is to be run. What the engine cannot run is
// refused with a *ParseError; nothing that would change the behaviour is skipped.
func Parse(r io.Reader) (*Model, error) { return definition.Parse(r) }

// Read is Parse for files that may hold drawings only.
func Read(r io.Reader) (*Model, error) { return definition.Read(r) }

type (
	element = definition.Element
	flow    = definition.Flow
)

// waits reports whether the activity is done by open tasks of its own token.
func waits(el *element) bool {
	switch el.Kind {
	case draw.User, draw.Service, draw.Business:
		return true
	case draw.Send:
		return el.Impl != ""
	}
	return false
}

type (
	// Instance is the whole state of one running process.
	Instance = state.Instance
	// State says whether an instance is still going.
	State = state.State
	// TaskState is an open task.
	TaskState = state.TaskState
	// TimerState is a waiting timer.
	TimerState = state.TimerState
	// SignerState is one of the signers of an activity.
	SignerState = state.SignerState
	// WaitState is a waiting message, signal or condition.
	WaitState = state.WaitState
)

// States of an instance.
const (
	Running   = state.Running
	Completed = state.Completed
	Cancelled = state.Cancelled
	Failed    = state.Failed // an error was thrown and nothing caught it
)

type (
	token   = state.Token
	frame   = state.Frame
	step    = state.Step
	arrival = state.Arrival
	task    = state.Task
	signer  = state.Later
	timer   = state.Timer
	wait    = state.Wait
	loop    = state.Loop
	called  = state.Call
	undo    = state.Undo
)
