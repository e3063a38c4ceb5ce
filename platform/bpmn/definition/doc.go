// Package definition reads BPMN 2.0 files: what a designer drew, checked and
// ready for the engine in package bpmn.
//
// # Purpose
//
// A model that is accepted runs exactly as drawn. Whatever the engine cannot do
// is refused here with line, element and a reason for its author; nothing that
// would change the behaviour is skipped in silence. Foreign attributes and
// elements that only describe are kept, and Model.XML gives the file back byte
// for byte.
//
// # How to use
//
//	m, err := definition.Parse(file)   // refuse: *ParseError{Line, Element, Reason}
//	m, err := definition.Read(file)    // also takes files that hold drawings only
//	p := m.Process("")
//	err = p.SVG(w, definition.SVGOptions{})
//
// # What other tools write
//
// Attributes of Flowable, Activiti, Camunda 7 and Zeebe are read by their local
// names: assignee, candidateUsers, candidateGroups, formKey, dueDate, collection,
// elementVariable, in and out of call activities. JUEL (${…}) and FEEL (= …) are
// translated where they mean the same as the built-in expressions; a hook of the
// engine may evaluate them in its own way. Events of Flowable's registry are
// messages: the event type is the name, the correlation parameters are the key.
//
// Marks that only say how another engine schedules its work (async, exclusive,
// job categories, history levels) are kept and have no effect: here everything
// happens in the transaction of the caller, and the outcome is the same.
package definition
