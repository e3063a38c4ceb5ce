// Package parts edits the parts of a service package (要素、材料、情形、表单…) in small
// steps: a value at a path, a row added, moved or taken away.
//
// # Purpose
//
// Two designers work on one draft. What one of them saves says which values it
// touched and what they were, so that the other's work on other values goes in
// beside it, and only what both of them changed has to be decided by a person.
//
// # Words
//
// Path: the way to a value, for example materials/household_book/why/zh. A row of
// a list goes by its id (id, element, key or org), or by #0, #1, … when it has
// none. Edit: a new value at a path. Conflict: a value that two people changed.
//
// # How to use
//
//	d := parts.Open(pkg)
//	d.Set("item/name/zh", "扶残助学金申请")
//	pkg, err := d.Package()
//
// # Guarantees
//
//   - A path that leads nowhere is an error, never a new key somewhere.
//   - What does not fit the type of a value is refused and says where.
//   - Compare tells every value that differs, by its path.
package parts
