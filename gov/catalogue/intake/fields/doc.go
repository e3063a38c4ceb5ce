// Package fields names what can be said of an item in a row of a table: each
// field (要素) with its words, how a cell is read into the content of an item,
// and how the content gives the cell back.
//
// One table of fields serves imports, exports and the proposal of mappings, so
// that what goes out comes in again as it was: for every field and content,
// reading what Get wrote changes nothing. Code lists (代码表) stand beside it: a
// cell of a coded field holds one of the values of its list, and whatever a
// source writes instead has to be mapped first.
package fields
