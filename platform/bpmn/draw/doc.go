// Package draw lays out flow charts and draws them in the notation of BPMN 2.0,
// as SVG that a page can hold without loosening its content security policy.
//
// # Purpose
//
// A citizen sees where the matter stands, an officer sees what comes next, and
// neither needs JavaScript for it. The package knows shapes, not behaviour:
// package bpmn translates a process into a Chart.
//
// # How to use
//
//	err := draw.SVG(w, chart, draw.Options{ID: "flow", Title: "…", Desc: "…", States: states})
//
// Every element is a group with the classes "bpmn-userTask is-active" and
// data-id; flows are "bpmn-sequenceFlow is-done". Colours are presentation
// attributes, so that any style sheet may override them:
//
//	.bpmn .is-done rect { fill: var(--ok-ground) }
//
// # Guarantees
//
//   - No script, no style element or attribute, no reference outside the picture.
//   - role="img" with title and description; each element has a title of its own,
//     with the state in words when Options.Words gives them.
//   - States differ by tick, dot and line width as well as by colour.
//   - The same chart gives the same bytes.
//   - Boxes of the automatic layout do not overlap, and flows run at right angles.
package draw
