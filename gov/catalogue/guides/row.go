package guides

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/rows"
)

// Row is one row of a guide file: the fields of the provincial list, and
// those that an export adds so that nothing is lost on the way back.
type Row struct {
	Code         string   `json:"task_code"`
	Base         string   `json:"catalog_id"`
	ParentID     string   `json:"parent_catalog_id"`
	Parent       string   `json:"parent_catalog_name"`
	Name         string   `json:"name"`
	Variant      string   `json:"sub_name"`
	TypeCode     string   `json:"task_type_code"`
	Type         string   `json:"task_type"`
	OrgName      string   `json:"dept_name"`
	OrgID        string   `json:"dept_org_code"`
	Org          string   `json:"dept_uscc"`
	Region       string   `json:"area_code"`
	RegionName   string   `json:"area_name"`
	Level        string   `json:"level"`
	Legal        *int     `json:"legal_limit"`
	LegalUnit    string   `json:"legal_limit_unit"`
	Promise      *int     `json:"promise_limit"`
	PromiseUnit  string   `json:"promise_limit_unit"`
	Visits       *int     `json:"on_site_visits"`
	Online       bool     `json:"online"`
	OnlineURL    string   `json:"online_url"`
	OnlineSystem string   `json:"platform"`
	Partners     string   `json:"co_departments"`
	Conditions   string   `json:"accept_conditions"`
	Materials    []string `json:"materials"`
	Audience     []string `json:"service_objects"`
	Themes       []string `json:"themes"`
	Location     string   `json:"location"`
	Phone        string   `json:"consult_phone"`
	Complaint    string   `json:"complaint_phone"`
	Express      bool     `json:"express"`
	Booking      bool     `json:"booking"`

	NameEn  string `json:"name_en,omitempty"`
	Package string `json:"package,omitempty"` // kept by a package; such rows are not imported
	Source  string `json:"source,omitempty"`
	AsOf    string `json:"as_of,omitempty"`
	State   string `json:"task_state,omitempty"` // suspended or cancelled; "" is in force

	// Fields are the elements without a column of their own, those that regions
	// added included, by key.
	Fields map[string]string `json:"fields,omitempty"`
	// More is what else the item says, by the names of item.json: materials with
	// their elements, charges, common questions, clauses, windows and the like.
	More map[string]json.RawMessage `json:"more,omitempty"`
}

var (
	guideCode  = regexp.MustCompile(`^[0-9A-Z]{18}[0-9A-Z]{10,15}$`)
	regionCode = regexp.MustCompile(`^[0-9]{6}([0-9]{3})?([0-9]{3})?$`)
)

// Content turns a row into content. Problems with Warning leave the row
// usable; any other means that it is not.
func (g *Row) Content(checkOrg func(string) bool) (content.Content, []rows.Problem) {
	g.tidy()
	problems := g.check()
	it := content.Item{
		Region: g.Region, Code: g.Code, Name: g.Name, NameEn: g.NameEn, Variant: g.Variant, Base: g.Base, Type: g.Type, TypeCode: provincialTypes[g.TypeCode], Level: g.Level,
		Org: g.Org, OrgID: g.OrgID, OrgName: g.OrgName, Audience: g.Audience, Themes: g.Themes, Visits: -1, Online: g.Online, Express: g.Express, Booking: g.Booking,
		Conditions: g.Conditions, Location: g.Location, OnlineURL: g.OnlineURL, OnlineSystem: g.OnlineSystem, Phone: g.Phone, ComplaintPhone: g.Complaint,
		Source: content.Zh(g.Source), AsOf: g.AsOf, State: content.State(g.State), Fields: g.Fields,
	}
	if g.Parent != g.Name {
		it.Parent, it.ParentID = g.Parent, g.ParentID
	}
	if g.Visits != nil {
		it.Visits = *g.Visits
	}
	it.Legal, problems = limit(g.Legal, g.LegalUnit, "legal_limit", problems)
	it.Promise, problems = limit(g.Promise, g.PromiseUnit, "promise_limit", problems)
	if checkOrg != nil && !checkOrg(g.Org) {
		it.OrgSuspected = true
		problems = append(problems, rows.Warn("dept_uscc", "“%s”通不过统一社会信用代码的校验，按原样保存并标出。核对后在来源处更正", "%q fails the check of unified codes; it is kept as published and marked. Correct it at the source", g.Org))
	}
	partners, err := content.ParsePartners(g.Partners)
	if err != nil {
		it.PartnersText = g.Partners
		problems = append(problems, rows.Warn("co_departments", "读不出联办部门（%v），按原文保存。写成“省级公安（受理,审核）、市级公安（审核）”的样子", "the joint offices cannot be read (%v) and are kept as text. Write them like 省级公安（受理,审核）、市级公安（审核）", err))
	}
	it.Partners = partners
	c := content.Content{Item: it, Materials: []content.Material{}}
	for i, name := range g.Materials {
		c.Materials = append(c.Materials, content.ImportedMaterial(fmt.Sprintf("m%d", i+1), name))
	}
	return c, append(problems, take(&c, g.More)...)
}

// take adds what the columns have no place for.
func take(c *content.Content, more map[string]json.RawMessage) (problems []rows.Problem) {
	for _, name := range slices.Sorted(maps.Keys(more)) {
		var bad *content.RestError
		if err := c.Take(name, more[name]); errors.As(err, &bad) {
			problems = append(problems, rows.Bad("more."+name, "%s", "%s", bad.Zh))
			problems[len(problems)-1].En = bad.En
		}
	}
	return problems
}

// tidy trims what sources leave around their words.
func (g *Row) tidy() {
	for _, s := range []*string{&g.Code, &g.Base, &g.ParentID, &g.Parent, &g.Name, &g.Variant, &g.TypeCode, &g.Type, &g.OrgName, &g.OrgID, &g.Org, &g.Region,
		&g.Level, &g.OnlineURL, &g.OnlineSystem, &g.Partners, &g.Conditions, &g.Location, &g.Phone, &g.Complaint, &g.NameEn} {
		*s = strings.TrimSpace(*s)
	}
	for _, list := range []*[]string{&g.Materials, &g.Audience, &g.Themes} {
		out := []string{}
		for _, v := range *list {
			if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		*list = out
	}
}

const (
	maxName = 200
	maxText = 20000
)

func (g *Row) check() []rows.Problem {
	var out []rows.Problem
	add := func(field, zh, en string, args ...any) { out = append(out, rows.Bad(field, zh, en, args...)) }
	if !guideCode.MatchString(g.Code) {
		add("task_code", "“%s”不是实施编码。填 28 到 33 位大写字母和数字", "%q is not an implementation code. Give 28 to 33 capital letters and digits", cut(g.Code))
	}
	if g.Name == "" {
		add("name", "没有事项名称。填写事项名称", "there is no name. Give the name of the item")
	}
	if n := utf8.RuneCountInString(g.Name); n > maxName {
		add("name", "事项名称有 %d 个字，最多 "+fmt.Sprint(maxName)+" 个。缩短后再导入", "the name has %d characters, at most "+fmt.Sprint(maxName)+" fit. Shorten it", n)
	}
	if utf8.RuneCountInString(g.Conditions) > maxText {
		add("accept_conditions", "受理条件超过 "+fmt.Sprint(maxText)+" 个字。缩短后再导入", "the conditions have more than "+fmt.Sprint(maxText)+" characters. Shorten them")
	}
	if g.OrgName == "" {
		add("dept_name", "没有部门名称。填写实施部门", "there is no office. Give the office that handles the item")
	}
	if g.Org == "" {
		add("dept_uscc", "没有部门的统一社会信用代码。填写 18 位代码", "the office has no unified code. Give its 18 characters")
	}
	if !regionCode.MatchString(g.Region) {
		add("area_code", "“%s”不是区划代码。填 6 位数字，例如 440000", "%q is not a division code. Give 6 digits such as 440000", cut(g.Region))
	}
	if provincialTypes[g.TypeCode] == "" {
		add("task_type_code", "不认识事项类型代码“%s”。用 01 到 10、20 或 21", "the type code %q is not known. Use 01 to 10, 20 or 21", cut(g.TypeCode))
	} else if g.Type == "" {
		g.Type = TypeName(provincialTypes[g.TypeCode])
	}
	for _, a := range g.Audience {
		if !slices.Contains(content.Audiences, a) {
			out = append(out, rows.Warn("service_objects", "不认识服务对象“%s”，按原样保存", "the audience %q is not known; it is kept as it is", cut(a)))
		}
	}
	if !slices.Contains([]string{"", string(content.Suspended), string(content.Cancelled)}, g.State) {
		add("task_state", "不认识事项状态“%s”。用 suspended（暂停）或 cancelled（取消），在用的留空", "the state %q is not known. Use suspended or cancelled, or leave it out", cut(g.State))
	}
	for key := range g.Fields {
		if !content.ValidElement(key) {
			add("fields", "“%s”不是要素代号", "%q is no key of an element", cut(key))
		}
	}
	if g.Visits != nil && (*g.Visits < 0 || *g.Visits > 99) {
		add("on_site_visits", "到现场次数 %d 不合理。填 0 到 99", "%d visits make no sense. Give 0 to 99", *g.Visits)
	}
	return out
}

// maxLimit bounds a limit: no guide promises more than ten years.
const maxLimit = 3660

func limit(n *int, unit, field string, problems []rows.Problem) (content.Limit, []rows.Problem) {
	if n == nil || *n == 0 && unit == "" {
		return content.Limit{}, problems
	}
	u := content.Unit(strings.TrimSpace(unit))
	switch {
	case *n < 0 || *n > maxLimit:
		return content.Limit{}, append(problems, rows.Bad(field, "时限 %d 不合理。填 1 到 3660，没有时限就留空", "a limit of %d makes no sense. Give 1 to 3660, or leave it out", *n))
	case u != content.Workdays && u != content.Days && u != content.Hours:
		return content.Limit{}, append(problems, rows.Bad(field+"_unit", "不认识时限单位“%s”。用 workday（工作日）、day（日）或 hour（小时）", "the unit %q is not known. Use workday, day or hour", cut(unit)))
	}
	return content.Limit{Amount: *n, Unit: u}, problems
}

// provincialTypes are the kinds of items as guides number them, with their
// national codes: Guangdong has 20 and 21 where GB/T 39046-2020 A.1 has 10 and 20.
var provincialTypes = map[string]string{"01": "01", "02": "02", "03": "03", "04": "04", "05": "05", "06": "06", "07": "07", "08": "08", "09": "09", "10": "10", "20": "10", "21": "20"}

// provincialType is the number that guides use for a national code.
func provincialType(national string) string {
	if p, ok := map[string]string{"10": "20", "20": "21"}[national]; ok {
		return p
	}
	return national
}

// TypeName is the official word for a kind of item by its national code, "" for none.
func TypeName(national string) string {
	l, _ := codes.Of(codes.TypeList)
	e, _ := l.Entry(national)
	return e.Zh
}

func cut(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// Of is the row that gives the content back.
func Of(c content.Content) Row {
	it := c.Item
	g := Row{
		Code: it.Code, Base: it.Base, ParentID: it.ParentID, Parent: it.Parent, Name: it.Name, Variant: it.Variant, TypeCode: provincialType(it.TypeCode), Type: it.Type,
		OrgName: it.OrgName, OrgID: it.OrgID, Org: it.Org, Region: it.Region, Level: it.Level, Online: it.Online, OnlineURL: it.OnlineURL, OnlineSystem: it.OnlineSystem,
		Partners: content.FormatPartners(it.Partners), Conditions: it.Conditions, Materials: []string{}, Audience: it.Audience, Themes: it.Themes, Location: it.Location,
		Phone: it.Phone, Complaint: it.ComplaintPhone, Express: it.Express, Booking: it.Booking, NameEn: it.NameEn, Package: it.Package, Source: it.Source.Zh, AsOf: it.AsOf, State: string(it.State), Fields: it.Fields,
	}
	if g.Parent == "" {
		g.Parent, g.ParentID = it.Name, it.Base
	}
	if it.PartnersText != "" {
		g.Partners = it.PartnersText
	}
	if it.Visits >= 0 {
		g.Visits = &it.Visits
	}
	if it.Legal.Known() {
		g.Legal, g.LegalUnit = &it.Legal.Amount, string(it.Legal.Unit)
	}
	if it.Promise.Known() {
		g.Promise, g.PromiseUnit = &it.Promise.Amount, string(it.Promise.Unit)
	}
	for _, m := range c.Materials {
		g.Materials = append(g.Materials, m.Name.Zh)
	}
	plain := g
	read, _ := plain.Content(nil)
	g.More = c.Rest(&read)
	return g
}
