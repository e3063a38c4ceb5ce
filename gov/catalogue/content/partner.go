package content

import (
	"fmt"
	"slices"
	"strings"

	"tongban/gov/catalogue/rows"
)

// Partner is an office that takes part in handling an item (联办机构), as the
// guides name it: by level and line, not by its own name.
type Partner struct {
	Level  string `json:"level"`  // national, provincial, city, county, town
	Dept   string `json:"dept"`   // 公安, 市场监管 …
	Duties []Duty `json:"duties"` // in the order of the work
}

// Duty is what a partner does in a case.
type Duty string

// The duties, in the order of the work.
const (
	Accept  Duty = "accept"  // 受理
	Review  Duty = "review"  // 审核
	Decide  Duty = "decide"  // 决定与公开
	Deliver Duty = "deliver" // 证件制定与送达
)

var dutyNames = map[string]Duty{"受理": Accept, "审核": Review, "审查": Review, "决定": Decide, "决定与公开": Decide, "证件制定与送达": Deliver, "制证与送达": Deliver}

var dutyOrder = []Duty{Accept, Review, Decide, Deliver}

var levelNames = []struct{ prefix, level string }{
	{"国家级", "national"}, {"省级", "provincial"}, {"市级", "city"}, {"县级", "county"}, {"区级", "county"}, {"镇级", "town"}, {"乡级", "town"},
}

// PartnerError says which part of a list of partners cannot be read.
type PartnerError struct{ Part, Why string }

// Error implements error.
func (e *PartnerError) Error() string { return fmt.Sprintf("%q: %s", e.Part, e.Why) }

// ParsePartners reads a list such as 省级教育（受理,审核）、市级公安（审核）.
// An empty text has no partners.
func ParsePartners(text string) ([]Partner, error) {
	var out []Partner
	for _, part := range rows.SplitOutside(strings.TrimSpace(text)) {
		p, err := parsePartner(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func parsePartner(part string) (Partner, error) {
	fail := func(why string) (Partner, error) { return Partner{}, &PartnerError{part, why} }
	name, duties, ok := rows.CutAny(part, "（(")
	if !ok {
		return fail("缺少括号里的职责")
	}
	duties, rest, ok := rows.CutAny(duties, "）)")
	if !ok || strings.TrimSpace(rest) != "" {
		return fail("右括号的位置不对")
	}
	var p Partner
	for _, l := range levelNames {
		if dept, ok := strings.CutPrefix(name, l.prefix); ok {
			p.Level, p.Dept = l.level, strings.TrimSpace(dept)
			break
		}
	}
	if p.Level == "" || p.Dept == "" {
		return fail("开头要写层级和部门，例如“省级公安”")
	}
	for _, d := range strings.FieldsFunc(duties, func(r rune) bool { return r == ',' || r == '，' || r == '、' }) {
		duty, ok := dutyNames[strings.TrimSpace(d)]
		if !ok {
			return fail("不认识的职责“" + strings.TrimSpace(d) + "”")
		}
		if !slices.Contains(p.Duties, duty) {
			p.Duties = append(p.Duties, duty)
		}
	}
	if len(p.Duties) == 0 {
		return fail("括号里没有职责")
	}
	slices.SortFunc(p.Duties, func(a, b Duty) int { return slices.Index(dutyOrder, a) - slices.Index(dutyOrder, b) })
	return p, nil
}

// FormatPartners writes partners the way ParsePartners reads them.
func FormatPartners(list []Partner) string {
	var parts []string
	for _, p := range list {
		var duties []string
		for _, d := range p.Duties {
			duties = append(duties, d.Name())
		}
		parts = append(parts, p.LevelName()+p.Dept+"（"+strings.Join(duties, ",")+"）")
	}
	return strings.Join(parts, "、")
}

// Name is the official word for the duty.
func (d Duty) Name() string {
	return map[Duty]string{Accept: "受理", Review: "审核", Decide: "决定与公开", Deliver: "证件制定与送达"}[d]
}

// LevelName is the official word for the level.
func (p Partner) LevelName() string {
	for _, l := range levelNames {
		if l.level == p.Level {
			return l.prefix
		}
	}
	return ""
}

// Has tells whether the partner has the duty.
func (p Partner) Has(d Duty) bool { return slices.Contains(p.Duties, d) }
