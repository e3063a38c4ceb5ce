package holding

import (
	"strings"

	"tongban/gov/certificates"
	"tongban/platform/fault"
)

// ErrOtherMatter: the copy was made for another matter; the detail "matter" names it.
var ErrOtherMatter = fault.Invalid("certificates.copy_other_matter")

// For judges a checked paper for whoever wants to use it: a copy is good for its
// office, by unified code or name, and for its matter, by the number of the case,
// and for nothing else. What is empty is not asked, and a copy that names no matter
// is not bound to one.
//
// Law: 个人信息保护法 art. 6: for its purpose and no other.
func For(r certificates.Report, office, matter string) certificates.Report {
	if r.Paper == nil || r.Paper.CopyOf == nil {
		return r
	}
	of := *r.Paper.CopyOf
	var wrong *fault.Fault
	switch {
	case office != "" && !strings.EqualFold(office, of.Office) && office != of.OfficeName:
		wrong = certificates.ErrElsewhere
	case matter != "" && of.Matter != "" && plain(matter) != plain(of.Matter):
		wrong = ErrOtherMatter
	}
	if wrong != nil {
		r.OK = false
		if r.Reason == "" {
			r.Reason = wrong.Code
		}
	}
	return r
}

// plain is the number of a case without how it is written.
func plain(number string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "", "　", "").Replace(number))
}

// ParseFor reads OFFICE, OFFICE/MATTER or /MATTER.
func ParseFor(s string) (office, matter string) {
	office, matter, _ = strings.Cut(s, "/")
	return strings.TrimSpace(office), strings.TrimSpace(matter)
}
