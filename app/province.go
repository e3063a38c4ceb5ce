package app

import (
	"tongban/data"
	"tongban/gov/catalogue/province"
)

// GenerateProvince makes the catalogue of a province that does not exist out of
// the shipped names; the same seed makes the same.
func GenerateProvince(seed uint64, items int) (*province.Province, error) {
	return province.New(data.Files, province.Options{Seed: seed, Items: items})
}
