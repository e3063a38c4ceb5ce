// Package decisions is what a version of an item decides by tables (决策表): a
// DMN model that is checked before publication and run in cases.
//
// # Purpose
//
// Which fee, which kind, whether an inspection is needed: rules of that sort
// change more often than flows, and whoever answers for them wants to read them.
// They stand in a decision model beside the flow. A business rule task (业务规则任务)
// of the flow asks for one of its decisions; conditions of materials may use
// what it decides from the answers. What came out, by which rule and why, is
// told in words for the timeline and the record.
//
// # How to use
//
//	m, err := decisions.Read(file)            // *dmn.ParseError
//	for _, p := range m.Check(known) { … }    // why it cannot be published
//	r, err := m.Decide("scale", vars, now)    // r.Value, r.Zh, r.En, r.Rules
//
// # Guarantees
//
//   - A model that passes Check has an answer for every combination of the
//     values that its inputs allow, and never two that contradict each other.
//   - Answers are text; numbers and truths are read as what the input is
//     declared to be, and an unanswered question is not given.
//   - The same answers and moment give the same result and the same words.
package decisions
