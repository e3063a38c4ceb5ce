// Package web is the pages of the designer: drafts, the tree of steps, a
// trial on a sample case, the comparison with what is in force, and the editor
// for experts.
package web
