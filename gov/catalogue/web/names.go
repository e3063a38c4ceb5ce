package web

import (
	"context"
	"fmt"
	"strings"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
)

// theme is a subject that items are sorted under, as the guides name it.
type theme struct {
	zh, en, icon string
}

// People's and organisations' themes, in the order of life and of business.
// Guides use more; those are found in the list of items.
var (
	personThemes = []theme{
		{"生育收养", "Birth and adoption", "baby"}, {"户籍办理", "Household registration", "house"}, {"教育科研", "Education and research", "school"},
		{"职业资格", "Professional qualifications", "badge"}, {"找工作", "Finding work", "find"}, {"就业创业", "Work and starting a business", "work"}, {"人才", "Skilled people", "people"},
		{"社会保障（社会保险、社会救助）", "Social security", "shield"}, {"医疗卫生", "Health", "health"}, {"婚姻登记", "Marriage", "rings"},
		{"交通出行", "Transport", "car"}, {"出境入境", "Leaving and entering the country", "plane"}, {"证件办理", "Papers and cards", "idcard"}, {"文化体育", "Culture and sport", "culture"},
		{"司法公证", "Justice and notaries", "law"}, {"残疾人", "People with disabilities", "social"}, {"高校毕业生", "Graduates", "school"}, {"港澳台侨", "Hong Kong, Macao, Taiwan and overseas", "trade"},
	}
	orgThemes = []theme{
		{"开办企业", "Starting a business", "shop"}, {"设立变更", "Founding and changes", "office"}, {"准营准办", "Permits to operate", "stamp"}, {"创业", "Start-ups", "idea"}, {"纳税", "Tax", "tax"},
		{"规划建设", "Planning and building", "crane"}, {"环保绿化", "Environment", "leaf"}, {"公用事业", "Utilities", "power"}, {"知识产权", "Intellectual property", "science"},
		{"抵押质押", "Mortgages and pledges", "key"}, {"民族宗教", "Ethnic and religious affairs", "people"}, {"城市综合执法", "City management", "park"}, {"公共安全", "Public safety", "police"},
		{"食品药品", "Food and drugs", "bowl"}, {"职业资格", "Professional qualifications", "badge"}, {"司法公证", "Justice and notaries", "law"},
	}
	otherThemes = []theme{
		{"其他", "Other", ""}, {"社会救助", "Social assistance", ""}, {"升学", "Going to a higher school", "school"}, {"生小孩", "Having a child", ""}, {"农民", "Farmers", ""}, {"退休", "Retirement", ""},
		{"外国人", "Foreigners", ""}, {"妇女", "Women", ""}, {"结婚", "Getting married", ""}, {"失业", "Unemployment", ""}, {"迁居", "Moving house", ""}, {"儿童青少年", "Children and young people", ""},
		{"涉农补贴", "Farm subsidies", ""}, {"老年人", "Older people", ""}, {"买房子", "Buying a home", ""}, {"旅游观光", "Tourism", ""}, {"养老服务", "Care for older people", ""}, {"行政缴费", "Fees and charges", ""},
		{"义务教育", "Compulsory education", ""}, {"离职退休", "Leaving work and retirement", ""}, {"消费维权", "Consumer rights", ""}, {"住房保障", "Housing", ""},
		{"社会保障", "Social protection", "shield"}, {"死亡殡葬", "Death and funerals", ""}, {"城市管理", "City management", ""}, {"市场准入", "Entering a market", ""}, {"市政公用", "Municipal services", ""},
	}
)

// lifeThemes and businessThemes are the themes that are events: something that
// happens to somebody, or that a company is about to do.
var (
	lifeThemes     = []string{"生小孩", "生育收养", "升学", "找工作", "就业创业", "结婚", "婚姻登记", "买房子", "迁居", "失业", "离职退休", "退休", "养老服务"}
	businessThemes = []string{"开办企业", "设立变更", "准营准办", "创业", "纳税", "抵押质押", "知识产权", "人才", "行政缴费"}
)

var english = func() map[string]string {
	m := map[string]string{
		"自然人": "Natural persons", "企业法人": "Companies", "事业法人": "Public institutions", "社会组织法人": "Social organisations", "非法人企业": "Unincorporated businesses",
		"行政机关": "Government bodies", "其他组织": "Other organisations",
		"行政许可": "Licence", "行政处罚": "Penalty", "行政强制": "Enforcement", "行政征收": "Levy", "行政给付": "Benefit", "行政检查": "Inspection", "行政确认": "Confirmation",
		"行政奖励": "Award", "行政裁决": "Ruling", "其他行政权力": "Other administrative power", "公共服务": "Public service",
		"承诺件": "Decided within the promised time", "即办件": "Done at once",
	}
	for _, list := range [][]theme{personThemes, orgThemes, otherThemes} {
		for _, t := range list {
			m[t.zh] = t.en
		}
	}
	return m
}()

// short is a theme without what stands in brackets, for tiles.
func short(s string) string {
	before, _, _ := strings.Cut(s, "（")
	return before
}

// official is an official word in the reader's language; words that have no
// translation stay Chinese.
func official(ctx context.Context, word string) string { return i18n.Pick(ctx, word, english[word]) }

// chinese is the language of a text that exists in Chinese only, for the lang
// attribute of an English page.
func chinese(ctx context.Context, en string) string {
	if i18n.Of(ctx) == i18n.English && en == "" {
		return string(i18n.Chinese)
	}
	return ""
}

// amount writes a limit: 5 个工作日; "" when it is not known.
func amount(ctx context.Context, l catalogue.Limit) string {
	if !l.Known() {
		return ""
	}
	return i18n.T(ctx, "catalogue.limit."+string(l.Unit), "n", l.Amount)
}

// unknown is what a guide says where the source is silent.
func unknown(ctx context.Context) string { return i18n.T(ctx, "catalogue.unknown") }

func orUnknown(ctx context.Context, s string) string {
	if s == "" {
		return unknown(ctx)
	}
	return s
}

func feeText(ctx context.Context, f catalogue.Fee) string {
	switch {
	case !f.Known:
		return unknown(ctx)
	case f.Cents == 0:
		return i18n.T(ctx, "catalogue.fee.none")
	}
	return i18n.Money(f.Cents)
}

func visitsText(ctx context.Context, n int) string {
	switch {
	case n < 0:
		return unknown(ctx)
	case n == 0:
		return i18n.T(ctx, "catalogue.visits.none")
	}
	return i18n.T(ctx, "catalogue.visits", "n", n)
}

// audienceText names who may apply; all kinds together are everybody.
func audienceText(ctx context.Context, list []string) string {
	if len(list) == 0 {
		return unknown(ctx)
	}
	if len(list) >= 7 {
		return i18n.T(ctx, "catalogue.audience.all")
	}
	s := ""
	for i, a := range list {
		if i > 0 {
			s += i18n.T(ctx, "catalogue.and")
		}
		s += official(ctx, a)
	}
	return s
}

func count(n int) string { return fmt.Sprint(n) }
