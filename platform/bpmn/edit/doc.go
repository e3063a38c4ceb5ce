// Package edit changes values inside a BPMN file and leaves every other byte of
// it as it is.
//
// # Purpose
//
// A form asks for one value of one element; what other tools wrote around it
// (diagram interchange, extensions, comments, the way the file is written) is not
// for the form to touch. And a drawing that went through an editor comes back
// written anew: Graft puts the old bytes back wherever nothing has changed.
//
// # How to use
//
//	f, err := edit.Read(file)
//	e := f.Element("examine")
//	f.Set(e, "", "name", "审查")            // an attribute of BPMN itself
//	f.Set(e, space, "limit", "P5WD")       // an attribute of an extension
//	f.Say(f.Element("examine"), "documentation", "…", "", edit.First)
//	file = f.Bytes()
//	file = edit.Graft(old, drawn)
//
// # Guarantees
//
//   - A value that is set to what it is changes nothing.
//   - After a change every *Element that was handed out is stale: ask again.
//   - What is written new uses the prefixes of the file; a namespace that is
//     missing is declared once, at the outermost element.
//   - Graft never changes what a file says: the same elements, attributes and
//     texts, in the order of the drawn one.
//   - Files of strangers are bounded in depth and number of elements.
package edit
