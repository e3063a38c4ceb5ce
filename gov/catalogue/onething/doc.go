// Package onething checks the definition of a one thing (一件事): bundle.json of
// a package, against the package itself and the items that it joins.
//
// # Purpose
//
// A one thing asks each fact once and takes each material once. Whether it does
// cannot be seen in one file: every part has a form, questions and materials of
// its own, and all that is or may be required there has to come from somewhere.
// Check finds what does not fit, each line with the file, its line and its path,
// so that it can be repaired in one go.
//
// # What is checked
//
// Items that exist; an order without circles; policies that are known; every
// field, question and material of a part bound once, to something of its own
// type; nothing asked for that nobody passes on; a material that no part takes; a
// part that no answers choose; answers that choose no part; a certificate that is
// passed on comes from a part before and is of a kind that the material accepts;
// the identity, the promised limit and the people that the whole allows suit
// every part.
package onething
