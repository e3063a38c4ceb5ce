// Package elements is what a form asks about an element of a flow that experts
// draw: its values by name, read out of the file and written back into it.
//
// # Purpose
//
// The tree of steps writes whole files; experts draw theirs. Who does a step, how
// long, which message it waits for, when a way is taken: these are not drawn but
// filled in, element by element, here.
//
// # Words
//
// Element (元素): anything of a flow with an id that people can choose. Value (属性):
// one answer of its form, by a name such as limit or message. Kind: what BPMN
// calls the element, such as userTask.
//
// # How to use
//
//	list, err := elements.List(file)
//	e, ok, err := elements.Read(file, "examine")
//	file, err = elements.Write(file, "examine", map[string]string{"limit": "P5WD"})
//
// # Guarantees
//
//   - Pure: bytes in, bytes out. What a value does not concern stays byte for byte.
//   - Values that are not named stay; a value that is written as it was read
//     changes nothing.
//   - Whether a value makes sense is not judged here: the reader of flows and the
//     rules of cases do (gov/catalogue/caseflow).
package elements
