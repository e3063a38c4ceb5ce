package fields

import (
	"slices"
	"strings"

	"tongban/gov/catalogue/codes"
)

// Value is one value of a code list: what is kept, its words, and under which
// other names sources write the same.
type Value struct {
	Code   string
	Zh, En string
	Also   []string
}

// Values are the values of a code list in order, none for a list that is not
// known.
func Values(list string) []Value { return lists[list] }

// ValueOf returns the value of a list that is kept as code.
func ValueOf(list, code string) (Value, bool) {
	i := slices.IndexFunc(lists[list], func(v Value) bool { return v.Code == code })
	if i < 0 {
		return Value{}, false
	}
	return lists[list][i], true
}

// Known are the values of a list for a message: 01 行政许可、02 行政处罚 …
func Known(list string) (zh, en string) {
	var a, b []string
	for _, v := range lists[list] {
		if v.Code == v.Zh {
			a, b = append(a, v.Zh), append(b, v.Zh)
			continue
		}
		a, b = append(a, v.Code+" "+v.Zh), append(b, v.Code+" "+v.En)
	}
	return strings.Join(a, "、"), strings.Join(b, ", ")
}

// Guess finds the value of a list that a source means, when there is only one
// reading: the words, or a number that every source uses alike. Because:
// provinces number types differently — 20 and 21 swap their meaning — a number
// beyond 09 is never guessed.
func Guess(list, met string) (string, bool) {
	met = plain(met)
	for _, v := range lists[list] {
		if met == plain(v.Zh) || met == strings.ToLower(v.En) || slices.Contains(v.Also, met) {
			return v.Code, true
		}
		if met == strings.ToLower(v.Code) && !ambiguous(list, met) {
			return v.Code, true
		}
	}
	return "", false
}

// ambiguous tells whether sources use a number for different things.
func ambiguous(list, met string) bool {
	return list == "item_type" && (met == "10" || met == "20" || met == "21" || met == "11")
}

func plain(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch r {
		case '（', '）', '(', ')', ' ', '\u3000', '、', '类':
			return -1
		}
		return r
	}, s))
}

// lists are the code lists of the fields.
var lists = map[string][]Value{
	"item_type": ofStandard(codes.TypeList, map[string][]string{"01": {"1", "许可"}, "02": {"2", "处罚"}, "03": {"3", "强制"}, "04": {"4", "征收"}, "05": {"5", "给付"},
		"06": {"6", "检查"}, "07": {"7", "确认"}, "08": {"8", "奖励"}, "09": {"9", "裁决"}, "10": {"其他", "其他权力", "其他职权"}, "20": {"服务"}})[1:], // 00 is the class of 01 to 10
	"level": names(codes.LevelList, map[string][]string{"国家级": {"国家"}, "省级": {"省", "省（自治区、直辖市）级"}, "市级": {"市", "地市级"}, "县级": {"县", "区级", "县区级", "区县级"},
		"镇（乡、街道）级": {"镇", "乡镇级", "镇级", "街道级", "乡级", "镇街级"}, "村（社区）级": {"村", "村级", "社区级", "村居级"}}),
	"limit_unit": {{"workday", "工作日", "working days", []string{"个工作日"}}, {"day", "自然日", "days", []string{"日", "天", "日历日", "calendar days"}}, {"hour", "小时", "hours", []string{"时"}}},
	"handling":   names(codes.CaseTypeList, map[string][]string{"即办件": {"即办"}, "承诺件": {"承诺"}}),
	"audience": append(names(codes.AudienceList, map[string][]string{"自然人": {"个人", "公民"}, "企业法人": {"企业"}, "事业法人": {"事业单位", "事业单位法人"}, "社会组织法人": {"社会组织"}}),
		Value{"非法人企业", "非法人企业", "Enterprises without legal personality", nil}),
	"state": {{"in_force", "在用", "In force", []string{"启用", "有效", "发布", "已发布"}}, {"suspended", "暂停", "Suspended", []string{"停用", "暂停办理"}}, {"cancelled", "取消", "Cancelled", []string{"废止", "注销", "已取消"}}},

	"org_nature":    ofStandard(codes.OrgNatureList, map[string][]string{"1": {"行政机关"}, "2": {"法律法规授权组织"}, "3": {"受委托的组织", "委托组织"}}),
	"handling_form": ofStandard(codes.FormList, map[string][]string{"1": {"窗口"}, "2": {"网上办理", "网办", "电脑端"}, "3": {"移动端"}, "4": {"快递", "邮寄"}}),
	"across_scope":  ofStandard(codes.AcrossList, nil),
	"online_depth":  ofStandard(codes.DepthList, nil),
}

// ofStandard are the values of a list of the standard, kept as its codes.
func ofStandard(id string, also map[string][]string) []Value {
	l, _ := codes.Of(id)
	var out []Value
	for _, e := range l.Entries {
		out = append(out, Value{e.Code, e.Zh, e.En, also[e.Code]})
	}
	return out
}

// names are the values of a list of the standard, kept as words.
func names(id string, also map[string][]string) []Value {
	l, _ := codes.Of(id)
	var out []Value
	for _, e := range l.Entries {
		out = append(out, Value{e.Zh, e.Zh, e.En, also[e.Zh]})
	}
	return out
}

// National are the numbers of the national exchange tables for the values of a
// list. Types, levels, audiences and kinds of cases are numbered by GB/T 39046
// appendix A; it does not number units and states, there the platform does, and
// a mapping can say otherwise.
func National(list string) map[string]string { return national[list] }

var national = map[string]map[string]string{
	"item_type":     numbered(codes.TypeList, true),
	"org_nature":    numbered(codes.OrgNatureList, true),
	"handling_form": numbered(codes.FormList, true),
	"across_scope":  numbered(codes.AcrossList, true),
	"online_depth":  numbered(codes.DepthList, true),
	"level":         numbered(codes.LevelList, false),
	"limit_unit":    {"1": "workday", "2": "day", "3": "hour"},
	"handling":      numbered(codes.CaseTypeList, false),
	"audience":      numbered(codes.AudienceList, false),
	"state":         {"1": "in_force", "2": "suspended", "3": "cancelled"},
}

func numbered(id string, asCode bool) map[string]string {
	l, _ := codes.Of(id)
	out := map[string]string{}
	for _, e := range l.Entries {
		out[e.Code] = e.Zh
		if asCode {
			out[e.Code] = e.Code
		}
	}
	return out
}

// Guangdong are the numbers of types in the guides of that province: what
// GB/T 39046 calls 10 and 20 is 20 and 21 there.
var Guangdong = map[string]string{"01": "01", "02": "02", "03": "03", "04": "04", "05": "05", "06": "06", "07": "07", "08": "08", "09": "09", "10": "10", "20": "10", "21": "20"}

// NationalCode is the number of a value in the national tables, "" when it has
// none.
func NationalCode(list, code string) string {
	best := ""
	for n, c := range national[list] {
		if c == code && (len(n) > len(best) || len(n) == len(best) && n < best) {
			best = n
		}
	}
	return best
}
