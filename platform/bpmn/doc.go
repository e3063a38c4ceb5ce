// Package bpmn reads BPMN 2.0 and runs it: a model, and an engine whose tokens
// live in the caller's transaction.
//
// # Purpose
//
// The engine is arithmetic on a value. It has no database, no clock, no
// goroutine and no memory between calls: an operation takes an Instance and
// gives back what changed. The caller stores the Instance as JSON beside its own
// rows, opens and closes its own tasks and timers by the changes, and commits
// all of it together.
//
// # How to use
//
//	m, err := bpmn.Parse(file)                       // refuse: *ParseError{Line, Element, Reason}
//	p := m.Process("")
//	in, changes, err := engine.Start(p, vars, now)
//	changes, err = engine.Complete(p, in, taskID, vars, now)
//	changes, err = engine.Fire(p, in, timerID, now)
//	changes, err = engine.Return(p, in, taskID, "accept", now)
//	err = p.SVG(w, bpmn.SVGOptions{States: in.Progress(p)})
//
// An Instance belongs to the model it was started with: keep the model's XML
// (or its version) with it.
//
// ServiceCalled asks the caller to do something in the same transaction and then
// to call Complete with its id. TaskCancelled and TimerCancelled name what the
// caller must close. Everything else in the list of changes is for the record.
//
// # What is understood
//
// Start (plain, timer), end (plain, terminate), user, service, script
// (expression) and manual tasks, exclusive, parallel and inclusive gateways,
// sequence flows with condition and default, also straight from activities,
// intermediate timers, boundary timers that interrupt or not (cycles such as
// R3/PT10M on the latter), embedded sub-processes, and multi-instance user and
// service tasks, parallel or in turn, over a collection or a number, with
// completionCondition, outputCollection and outputElement. Lanes, annotations
// and foreign attributes are kept. Everything else is refused by Parse.
//
// Start timers are not waited for here: Process.StartTimer tells the caller.
// Attributes and names of user tasks may hold ${…}, filled in when the task is
// opened. Expressions are expr-lang; a variable that nobody has set is nil, and a
// condition that gives nil does not hold. Expressions have no clock.
//
// # Joins
//
// A parallel join fires as soon as every incoming flow has brought a token and
// takes exactly one from each. When two waves are under way at once, a token
// joins those nearest to it in the nesting of forks. An inclusive join fires when
// no other token can still reach it. Tokens that wait at a join while nothing
// else is open are reported by the change Stuck.
//
// # Return
//
// Return sends an open task back to a user task that was done before it
// (ReturnTargets lists them), and never loses or doubles a token:
//
//   - To a task of the same branch, since the fork: only this token moves.
//     Branches beside it go on, waiting or not.
//   - To a task before the fork: the whole fork is taken back. Every token born by
//     it is cancelled with its tasks and timers, those that wait at the join too.
//     The fork is passed again later, so all its branches are done again.
//   - From behind a join to a task inside one branch: the join is undone. The
//     other branches count as done and wait at the join; when this branch arrives
//     again, the join fires again.
//   - From inside a sub-process to a task before it: the sub-process is cancelled.
//     Into a finished sub-process: refused.
//   - From one of several instances of a multi-instance task: all of them are
//     cancelled; going back to such a task opens all again.
//   - What a non-interrupting timer has begun belongs to the fork around its
//     activity as long as that has not joined, then to the fork outside. It cannot
//     be sent back to before its own birth except together with that fork.
//   - Where branches of an inner fork have joined different branches of an outer
//     one, going back to between the two forks is refused; before both is possible.
//
// Returned tasks and those cancelled beside them carry the reason "returned".
// Variables are not taken back.
//
// # Guarantees
//
//   - A failed operation leaves the Instance as it was.
//   - The same Instance, input and hooks give the same changes in the same order.
//   - An Instance read back from JSON goes on exactly like the one written.
//   - Model.XML gives the file back byte for byte.
//   - Errors are faults with codes "bpmn.…": what a person did too late is a
//     conflict, what he may not do is invalid, what the model does wrong is
//     internal and names element and expression.
package bpmn
