// Package outlet gives the items of the catalogue away (导出) in the forms in
// which they come in — guides, the national exchange tables, spreadsheets — and
// in those that machines elsewhere read: JSON-LD and site maps.
//
// What goes out comes in again as it was: the tables of the exchange carry what
// they have columns for, and a table of the platform's own, x_task_fields,
// carries the rest, one field a row. Since a time, the exchange is a batch of
// the rows that differ, each marked I, U or D.
//
// Items that a package keeps are listed with the package's name; their content
// travels as the package.
package outlet
