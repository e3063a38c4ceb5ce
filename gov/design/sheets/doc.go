// Package sheets (决策表) is what a designer writes into decision tables: cells
// as people type them, and what is wrong with each.
//
// # Purpose
//
// People write 餐饮, ≥150 or 是; the language of the tables wants "餐饮", >= 150
// and true. Tidy makes the one of the other where the meaning is plain, and
// Check tells, cell by cell, what still cannot be understood.
//
// # Law
//
// 行政许可法 art. 5: rules for the same case give the same answer; a table with a
// gap or a contradiction would not, see gov/catalogue/decisions.
//
// # Words
//
// Column (列), rule (规则), cell (格), allowed values (允许的值), hit policy (命中规则:
// what counts when several rules apply).
//
// # Guarantees
//
// Pure: values in, values out. Tidy never changes what a cell means to the
// language when it already means something there, and tidying twice is tidying
// once.
package sheets
