// Package province makes the catalogue of a province that does not exist, to
// measure and to train on.
//
// # Purpose
//
// What is fast with two thousand items may not be with eight hundred thousand.
// The real names, departments and divisions that ship are multiplied into the
// items of five levels: province, city, county, township and village station.
//
// # How to use
//
//	p, err := province.New(data.Files, province.Options{Seed: 1, Items: 780_000})
//	err = p.Each(func(r *province.Row) error { … })
//
// # Guarantees
//
// The same data, seed and number give the same rows in the same order. Rows are
// made one by one; memory does not grow with their number. Nothing made here can
// be taken for real: every row says in its source that it is generated, and the
// unified codes of its offices have organisation codes that begin with XX,
// which are never given out. Names of items, conditions, materials and limits are
// those of the shipped guides.
package province
