// Package custody holds the pages of the keys: which there are, with what
// history, when they are due, and the orders by which two people have one
// replaced or give an office keys of its own.
//
// # Purpose
//
// Whoever is answerable for keys should not need a terminal to know how they
// stand. What needs people with keys of their own, the ceremony, is explained
// with its commands: keyholders sign on machines of theirs, and no page should
// ask for their keys.
//
// # Doors
//
// [Routes] is the route table; [Strings] are the words.
package custody
