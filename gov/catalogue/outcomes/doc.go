// Package outcomes is the variables in which a flow finds what its steps gave
// (items/README.md, flow.bpmn), and the rules by which several who speak at one
// step come to one outcome (会签、或签、票签、依次签). Cases set them, and so does a
// designer's trial, so that a flow is tried by the rules by which it runs.
package outcomes
