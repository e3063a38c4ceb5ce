package data

import "embed"

// Files is the read-only tree of shipped data, PROVENANCE.md included so that a running
// service can show where its reference data comes from.
//
//go:embed PROVENANCE.md calendar divisions items laws
var Files embed.FS

// Names of the files inside [Files].
const (
	// Provenance is the document that names the source and licence of every other file.
	Provenance = "PROVENANCE.md"
	// Calendar lists days off and make-up working days: date, kind, name_zh, name_en.
	Calendar = "calendar/cn_holidays_workdays.csv"
	// Divisions lists provinces, prefectures, counties and townships: code, name, level, parent.
	Divisions = "divisions/divisions_l1_l4.csv"
	// Guides holds one service guide as a JSON object on each line.
	Guides = "items/guangdong_provincial_guides.jsonl"
	// Laws is an archive of laws and regulations: a list of texts and one file for each.
	Laws = "laws/national_laws.zip"
	// Departments lists the offices that own the guides: uscc, org_code, name, area_code, items.
	Departments = "items/guangdong_departments.csv"
)
