// Package dmn reads DMN models and works their decisions out: which situation,
// which fee, who is entitled, and why.
//
// # Purpose
//
// Rules that change more often than software are drawn as decision tables, by the
// people who answer for them. This package runs them, explains each result rule by
// rule, and finds before publication where a table has no answer or two.
//
// # How to use
//
//	m, err := dmn.Parse(file)                    // *ParseError{Line, Element, Reason}
//	for _, p := range m.Check() { … }            // what would not work; empty when fit for use
//	r, err := m.Evaluate("Fee", map[string]any{"Area": 720, "Kind": "shop"}, dmn.Options{Now: now})
//	r.Value; r.Trace.Text("zh-Hans")             // the result, and why
//	a, err := m.Analyse("Fee")                   // gaps and overlaps of a table
//
// # What is understood
//
// DMN 1.1 to 1.6: decisions, input data, business knowledge models, decision
// services, imports of other models; decision tables with all hit policies (U, A,
// P, F, R, O, C, C+, C#, C<, C>), literal expressions, contexts, invocations,
// functions, relations, lists, conditionals, filters and iterators; item
// definitions with components, collections, allowed values and function types.
// The expression language is FEEL: see package feel.
//
// Files of tools that declare no inputs are understood as well: what the input
// columns of the tables name are the inputs. So are the types integer, int, long,
// double and their like.
//
// Knowledge sources, annotations, groups and diagrams have no effect on results
// and are kept in the file. Everything else is refused: by Parse when the file
// cannot be a model, by Check when a part of it would not work (functions in Java
// or PMML, other expression languages, imports of other formats, expressions that
// cannot be understood, names and types that nothing defines).
//
// # Guarantees
//
//   - Never a panic and no unbounded time: expressions, functions and recursion
//     share one budget of steps.
//   - No clock inside: now() and today() give what Options say, or null.
//   - The same model, inputs and time give the same result and the same trace.
//   - What cannot be worked out is null, and Notes say why; an error means that a
//     name is unknown, an input has no form in the language, or a limit was reached.
//   - An input that is not of its type, or not among its allowed values, counts as
//     not given, with a note.
//   - A Model never changes and may be used by many goroutines.
//
// The share of the DMN TCK's test cases that pass is published in
// docs/specs/dmn-tck.md.
package dmn
