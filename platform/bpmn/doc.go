// Package bpmn runs BPMN 2.0: an engine whose tokens live in the caller's
// transaction.
//
// # Purpose
//
// The engine is arithmetic on a value. It has no database, no clock, no
// goroutine and no memory between calls: an operation takes an Instance and
// gives back what changed. The caller stores the Instance as JSON beside its own
// rows, opens and closes its own tasks and timers by the changes, and commits
// all of it together. Package definition reads and checks models, draw makes
// pictures, migrate moves instances to new versions, explore finds processes that
// can get stuck.
//
// # How to use
//
//	m, err := bpmn.Parse(file)                       // refuse: *ParseError{Line, Element, Reason}
//	p := m.Process("")
//	in, changes, err := engine.Start(p, vars, now)   // or StartAt(p, event, …)
//	changes, err = engine.Complete(p, in, task, vars, now)
//	changes, err = engine.ThrowError(p, in, task, code, vars, now)
//	changes, err = engine.Fire(p, in, timer, now)
//	changes, err = engine.Message(p, in, name, key, vars, now)
//	changes, err = engine.Signal(p, in, name, vars, now)
//	changes, err = engine.Trigger(p, in, subscription, vars, now)
//	err = p.SVG(w, bpmn.SVGOptions{States: in.Progress(p)})
//
// Office operations, each defined in every place (docs/specs/flow-operations.md):
//
//	changes, err = engine.AddSigner(p, in, task, Signer{Place: Before|Beside|After, Vars, Rule}, now)
//	changes, err = engine.TakeAway(p, in, taskOrSigner, now)     // ids from in.Signers(task)
//	changes, err = engine.Return(p, in, task, element, now)      // targets from ReturnTargets
//	changes, err = engine.ReturnToStart(p, in, task, now)
//	changes, err = engine.Resubmit(p, in, task, vars, now)       // straight back to who returned it
//	changes, err = engine.Opened(p, in, task, now)               // its holder looks at it
//	changes, err = engine.TakeBack(p, in, completedTask, now)    // by the sender, before it is opened
//	changes, err = engine.Jump(p, in, task, element, now)
//	changes, err = engine.Reject(p, in, task, vars, now)
//	changes, err = engine.Stop(p, in, ReasonWithdrawn|ReasonVoid|…, now)
//	changes, err = engine.Suspend(p, in, now)
//	changes, err = engine.Continue(p, in, now)
//	changes, err = engine.Recount(p, in, now)                    // what the hook Due says has changed
//	plan := migrate.Preview(old, new, in, mapping); changes, err = migrate.Apply(…)
//
// An Instance belongs to the version it was started with: keep the model's XML
// (or its version) with it. Called processes run inside the same Instance; the
// hook Engine.Called finds them, and the version found first stays pinned.
//
// ServiceCalled asks the caller to do something in the same transaction and then
// to call Complete or ThrowError with its id. MessageSent and SignalThrown ask
// him to carry something to other instances; Model.Route follows the message
// flows between pools. TaskCancelled, TimerCancelled and WaitCancelled name what
// he must close. Everything else in the list of changes is for the record.
//
// # What is understood
//
// Start events (plain, message, timer, signal; also error, escalation and
// condition for event sub-processes), end events (plain, terminate, error,
// message, signal, escalation), intermediate events (timer, message, signal,
// condition, escalation, link), boundary events that interrupt or not (timer,
// message, signal, error, escalation, condition), tasks (user, service, script by
// expression, business rule, send, receive, manual), call activities, gateways
// (exclusive, parallel, inclusive, event-based), embedded and event
// sub-processes, multi-instance and standard loops on every activity, lanes and
// pools. Times are ISO 8601, with repetition and start; the hook Due works out
// others, such as working days. Everything else is refused by Parse.
//
// Attributes and names of user tasks may hold ${…}, filled in when the task is
// opened. Expressions are expr-lang, JUEL or, after =, FEEL; a variable that
// nobody has set is nil, and a condition that gives nil does not hold.
// Expressions have no clock.
//
// # Variables
//
// They belong to the instance, or to the called process a token is in. A
// sub-process with data objects and each instance of a loop have their own over
// these. A value is written where its name is known, from the inside outwards,
// else to the instance or called process. A called process sees what is mapped
// into it and gives back what is mapped out; with Engine.Shared it works on the
// variables of who calls it.
//
// # Joins
//
// A parallel join fires as soon as every incoming flow has brought a token and
// takes exactly one from each. When two waves are under way at once, a token
// joins those nearest to it in the nesting of forks. An inclusive join fires when
// no other token can still reach it. Tokens that wait at a join while nothing
// else is open are reported by the change Stuck.
//
// # Errors and escalations
//
// The nearest scope takes them: event sub-processes first, then the border of
// the activity, the exact code before those that catch all. An error that nothing
// catches ends the instance as Failed; an escalation that nothing catches is only
// noted.
//
// # Signers
//
// A signer before holds the task until he is done; one after comes when the task
// is done and before the flow goes on; those beside count by the rule of the
// activity: all, any, a share, a number, with "counts" as the condition for a
// completion to count. The last one cannot be taken away.
//
// # Return and resubmit
//
// Return sends an open task back to an activity that was done before it
// (ReturnTargets lists them), and never loses or doubles a token:
//
//   - To a task of the same branch, since the fork: only this token moves.
//   - To a task before the fork: the whole fork is taken back, those that wait at
//     the join too, and passed again later.
//   - From behind a join to a task inside one branch: the join is undone; the
//     other branches count as done and wait at the join.
//   - From inside a sub-process or called process to before it: it is cancelled
//     whole. Into a finished one: only to its beginning.
//   - From one of several signers: all are cancelled; going back there opens all.
//   - What a non-interrupting event has begun belongs to the fork around it.
//   - What an interrupting event has ended is not gone back into.
//   - Where branches of an inner fork have joined different branches of an outer
//     one, going back to between the two is refused; before both is possible.
//
// Resubmit puts everything as it stood before the return, with the branches
// beside it, as long as what the return led to has not gone on. ReturnToStart
// opens a task on the start event. Variables are not taken back.
//
// # Take back and jump
//
// TakeBack undoes one completion exactly, as long as nobody has opened what it
// led to, nothing of that has changed and nothing has left the instance (a
// service, a message, a signal). Jump moves a token inside its branch; to behind
// the place where its branches meet, and out of sub-processes, it takes everything
// beside it away; into other branches and into sub-processes it is refused.
//
// # Guarantees
//
//   - A failed operation leaves the Instance as it was.
//   - The same Instance, input and hooks give the same changes in the same order.
//   - An Instance read back from JSON goes on exactly like the one written.
//   - Model.XML gives the file back byte for byte.
//   - While suspended nothing moves and no timer fires; each has afterwards what
//     was left of it.
//   - Errors are faults with codes "bpmn.…": what a person did too late is a
//     conflict, what he may not do is invalid, what the model does wrong is
//     internal and names element and expression.
//
// The tests explore every small process with every order of operations, and
// large ones at random; TONGBAN_BPMN_EXPLORE=2 goes further.
package bpmn
