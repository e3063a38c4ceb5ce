// Package feel is FEEL, the friendly enough expression language of DMN: it reads
// expressions and unary tests and works them out.
//
// # Purpose
//
// Rules that officials write ("fee if area > 500 and district in ("A", "B")") are
// data. They must give the same result everywhere, compute with decimals and not
// with binary fractions, know unknown values, and can never run for ever, call
// out or look at a clock.
//
// # How to use
//
//	x, err := feel.Compile(`if area > 500 then "large" else "small"`)   // *SyntaxError
//	v, err := x.Eval(map[string]any{"area": 720}, now)                  // Go values in and out
//	v, notes, err := x.Explain(vars, feel.Limits{Now: now})             // exact value, and why it is null
//
// FromGo and ToGo say which Go value stands for which value of the language. An
// Expr may be used by many goroutines.
//
// Names of several words, such as "Applicant Age", must be known before an
// expression can be read: Parse takes them as Names. Unary tests, the language of
// decision tables' cells, are read by ParseTests.
//
// # The language
//
// Everything of FEEL in DMN 1.5: numbers with 34 decimal digits, strings,
// booleans, dates, times, durations, lists, contexts, ranges, functions; three-valued
// logic; if, for, some, every, filters, paths, instance of, between, in;
// all built-in functions of the standard with positional and named arguments.
// In addition, because models of other tools use them: is defined, get or else, is
// blank, is empty, trim, extract, duplicate values, partition, last day of month.
//
// Not supported, and refused by Compile: external functions. Noted and null:
// regular expressions that need more than linear time (references back to a
// group, subtraction of character classes, named blocks of characters).
//
// # What goes wrong
//
// The language has no exceptions: what cannot be worked out is null, and a note
// says why. An unknown name is null too; Free lists the names that an expression
// takes from outside, so that a designer can be told before.
//
// # Guarantees
//
//   - The same expression, variables and time give the same value. There is no
//     clock inside: now() and today() give what the caller says, or null.
//   - Never a panic, and never more than the steps that Limits allow, whatever
//     the expression; ErrBudget and ErrDepth say so.
//   - Numbers are exact: 0.1 + 0.2 = 0.3 is true.
//   - A syntax error names line and column.
package feel
