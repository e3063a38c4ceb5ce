// Package value holds the values of the expression language FEEL: numbers, dates,
// times, durations, contexts, ranges and functions, their types, and what an
// evaluation carries along.
//
// # Purpose
//
// Expressions (package feel) and the functions of the language (package builtin)
// speak about the same values. What they agree on is here: which values there are,
// when two are equal, which one is greater, how they are written, and what a step
// costs.
//
// # How to use
//
//	v, err := value.FromGo(map[string]any{"area": 720})
//	r := value.NewRun(value.Limits{Now: now})
//	r.Equal(v, w)                  // true, false or nil
//	s := value.Text(v)
//
// # Guarantees
//
//   - A value never changes once it is seen by others.
//   - Numbers are IEEE 754 decimals of 34 digits; whole ones stay exact and fast.
//   - Nothing panics and nothing recurses without bound: comparing, writing and
//     fitting values spend steps of their Run and stop at its depth.
package value
