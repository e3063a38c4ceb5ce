package identity

import (
	"strings"
	"unicode/utf8"

	"tongban/gov/identity/number"
)

// Kinds of organisation.
const (
	KindDepartment = "department" // 部门: decides or takes part in deciding
	KindCompany    = "company"    // 企业: comes with a matter of its own
	KindOther      = "other"      // service halls, associations, institutions
)

// Org is an organisation with a unified code (统一社会信用代码).
type Org struct {
	Region string // the region that it works for, or where it is registered
	Code   string // GB 32100
	Name   string
	NameEn string
	Kind   string // see KindDepartment and its neighbours
	Parent string // code of the organisation above it, or ""
}

// maxOrgName bounds names of organisations, in characters. Because: the names
// of joint ventures of several institutes run beyond a hundred.
const maxOrgName = 200

func (o *Org) check(found *Problems) {
	code, err := number.ParseUSCC(o.Code)
	if err != nil {
		found.add("code", "identity.code."+rule(err), "n", utf8.RuneCountInString(strings.TrimSpace(o.Code)))
	} else {
		o.Code = string(code)
	}
	o.Name = strings.TrimSpace(o.Name)
	switch n := utf8.RuneCountInString(o.Name); {
	case n == 0:
		found.add("name", "identity.org_name.empty")
	case n > maxOrgName || !utf8.ValidString(o.Name):
		found.add("name", "identity.org_name.long", "n", n, "max", maxOrgName)
	}
	if !isRegion(o.Region) {
		found.add("region", "identity.region")
	}
	if o.Kind != KindDepartment && o.Kind != KindCompany && o.Kind != KindOther {
		found.add("kind", "identity.org_kind")
	}
}

// checkPublished is check for a row of a published list. Because: lists of real
// offices hold codes that break GB 32100, and the guides of those offices name
// them; such a code is kept as published, and doubt says what is wrong with it.
func (o *Org) checkPublished(found *Problems) (doubt error) {
	var all Problems
	o.check(&all)
	for _, p := range all {
		if p.Field == "code" && len(o.Code) == 18 && strings.Trim(o.Code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			doubt = Problems{p}
			continue
		}
		*found = append(*found, p)
	}
	return doubt
}

// isRegion tells whether s has the shape of a six-digit division code.
func isRegion(s string) bool {
	return len(s) == 6 && strings.Trim(s, "0123456789") == "" && s[0] != '0'
}
