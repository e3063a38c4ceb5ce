package design

import (
	"bytes"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/packages"
	"tongban/gov/design/parts"
	"tongban/gov/design/plan"
	"tongban/platform/bpmn"
	"tongban/platform/fault"
)

// The refusals of this capability.
var (
	ErrStale       = fault.Conflict("design.stale")       // somebody else changed the draft meanwhile
	ErrNoDraft     = fault.NotFound("design.no_draft")    // there is nothing to discard or to publish
	ErrNoTree      = fault.Invalid("design.no_tree")      // the flow was not drawn as a tree
	ErrFile        = fault.Invalid("design.file")         // no BPMN file
	ErrNoElement   = fault.NotFound("design.no_element")  // the element is gone
	ErrElement     = fault.Invalid("design.element")      // a value that its element cannot have
	ErrNoTables    = fault.NotFound("design.no_tables")   // the draft has no decision tables
	ErrNoTable     = fault.NotFound("design.no_table")    // the decision table is gone
	ErrTableSize   = fault.Invalid("design.table_size")   // more than anybody can read
	ErrTableNeeded = fault.Invalid("design.table_needed") // others need the decision by its name
	ErrTables      = fault.Invalid("design.tables")       // no DMN file
	ErrTooLarge    = fault.Invalid("design.too_large")    // a file or a tree of absurd size
	ErrProblems    = fault.Invalid("design.problems")     // published with problems
	ErrNoOffice    = fault.Invalid("design.no_office")    // a template names an office that is not known
	ErrFewOffices  = fault.Invalid("design.few_offices")  // a template puts offices side by side and gets fewer than two
	ErrTree        = fault.Invalid("design.tree")         // a tree from outside that cannot be worked with
	ErrNoStep      = fault.NotFound("design.no_step")     // the step is gone
	ErrFlowCalled  = fault.Invalid("design.flow_called")  // a step calls the process
	ErrTrial       = fault.Invalid("design.trial_path")   // the steps of a trial do not fit the flow
)

// maxFile bounds a draft, in bytes; the largest real models have some 300 kB.
const maxFile = 1 << 20

// Draft is a flow in the making: a tree, or a file that was drawn elsewhere.
type Draft struct {
	Region, Item string
	Base         int               // version of the item that it began with
	Tree         *plan.Plan        // nil: only File
	File         []byte            // BPMN; for a tree it is written from it
	Tables       []byte            // DMN; empty: the flow decides nothing by tables
	Parts        *packages.Package // everything besides flow and tables; nil: as in the base version
	History      parts.History     // who did what with the draft
	Stage        Stage             // on its way to publication
	Release      Release           // who handed it in, reviewed it, sent it back
	Version      int               // 0: not kept yet
	EditedBy     string
	EditedByName string
	EditedAt     time.Time
}

// Problem is one thing to repair before publishing: of a step of the tree, or,
// with Line, of a file.
type Problem struct {
	plan.Problem
	Line    int    // of the file
	Element string // of the file
	Reason  string // of the file, in English, from the reader of BPMN
}

// fresh is the draft that a designer finds who opens an item for the first time.
func fresh(o *catalogue.Offer) Draft {
	d := Draft{Region: o.Region, Item: o.Code, Base: o.Version, File: o.Flow, Tables: o.Tables}
	if p, ok := plan.Read(o.Flow); ok {
		d.Tree = &p
	}
	return d
}

// write brings File up to date with Tree.
func (d *Draft) write(a Surroundings) {
	if d.Tree != nil {
		d.File = d.Tree.Write("flow", a.OfficeName)
	}
}

// process reads the flow of the draft.
func (d *Draft) process() (*bpmn.Process, error) {
	m, err := bpmn.Parse(bytes.NewReader(d.File))
	if err != nil {
		return nil, err
	}
	p := m.Process("")
	if p == nil {
		return nil, &bpmn.ParseError{Line: 1, Reason: "has no executable process"}
	}
	return p, nil
}
