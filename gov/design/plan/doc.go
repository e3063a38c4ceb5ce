// Package plan is a flow as office software draws it: a tree of steps, each
// with its office, limit and rights, that becomes a BPMN 2.0 file.
//
// # Purpose
//
// A designer thinks in steps that follow each other, go side by side or depend
// on a condition, not in tokens and gateways. A Plan holds exactly that. Write
// turns it into BPMN with its drawing; the file alone is what runs. The plan
// travels inside the file, so that the tree can be opened again; Read finds it.
//
// # Words
//
//	step        步骤    one node of the tree
//	approve     审批    one office examines
//	joint       会签    several offices, all, any, a share of them, or in turn
//	copy        抄送    an office is informed; the flow does not wait
//	condition   条件    one of several branches, by answers or earlier results
//	parallel    并行    all branches at once
//	supplement  补正    the applicant hands something in, then the flow goes on
//	decision    决策    a decision table is asked; conditions look at what it gives
//	call        调用    a called process (子流程) that is drawn once beside the tree
//	decide      决定    the last step: grant, refuse, or send back
//	back        退回    a branch that goes back to an earlier step
//
// # Guarantees
//
// The package is pure: values in, values out. Check lists everything that is
// wrong in words a designer knows, and a plan without problems always gives a
// file that the engine takes and in which every way reaches the decision. The
// same plan always gives the same file, byte for byte.
package plan
