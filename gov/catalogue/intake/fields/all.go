package fields

import (
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/content"
)

type item = content.Item

// text is a field that is a text of the item.
func text(key, zh, en string, max int, at func(*item) *string, also ...string) Field {
	return Field{Key: key, Zh: zh, En: en, Kind: Text, Max: max, Also: also,
		get: func(c *content.Content) string { return *at(&c.Item) },
		set: func(c *content.Content, v string) { *at(&c.Item) = v }}
}

func coded(f Field, list string) Field {
	f.Kind, f.List = Coded, list
	return f
}

func needed(f Field) Field {
	f.Needed = true
	return f
}

func flag(key, zh, en string, at func(*item) *bool, also ...string) Field {
	return Field{Key: key, Zh: zh, En: en, Kind: Flag, Also: also,
		get: func(c *content.Content) string { return strconv.FormatBool(*at(&c.Item)) },
		set: func(c *content.Content, v string) { *at(&c.Item) = v == "true" }}
}

func list(key, zh, en string, kind Kind, codes string, at func(*item) *[]string, also ...string) Field {
	return Field{Key: key, Zh: zh, En: en, Kind: kind, List: codes, Also: also,
		get: func(c *content.Content) string { return strings.Join(*at(&c.Item), "\n") },
		set: func(c *content.Content, v string) { *at(&c.Item) = SplitLines(v) }}
}

// limit is the amount of a time limit; its unit is a field of its own.
func limit(key, zh, en string, at func(*item) *content.Limit, also ...string) Field {
	return Field{Key: key, Zh: zh, En: en, Kind: Number, Also: also,
		get: func(c *content.Content) string {
			if l := at(&c.Item); l.Known() {
				return strconv.Itoa(l.Amount)
			}
			return ""
		},
		set: func(c *content.Content, v string) { at(&c.Item).Amount, _ = strconv.Atoi(v) }}
}

func unit(key, zh, en string, at func(*item) *content.Limit, also ...string) Field {
	return Field{Key: key, Zh: zh, En: en, Kind: Coded, List: "limit_unit", Also: also,
		get: func(c *content.Content) string { return string(at(&c.Item).Unit) },
		set: func(c *content.Content, v string) { at(&c.Item).Unit = content.Unit(v) }}
}

// kept is a field that has no place of its own in an item.
func kept(key, zh, en string, codes string, also ...string) Field {
	f := Field{Key: key, Zh: zh, En: en, Kind: Text, List: codes, Max: 20000, Also: also, national: true,
		get: func(c *content.Content) string { return c.Item.Fields[key] },
		set: func(c *content.Content, v string) { Keep(&c.Item.Fields, key, v) }}
	if codes != "" {
		f.Kind = Coded
	}
	return f
}

// keptFlag is such a field that is true or false.
func keptFlag(key, zh, en string, also ...string) Field {
	f := kept(key, zh, en, "", also...)
	f.Kind = Flag
	return f
}

// keptList is such a field with several values, of a code list when there is one.
func keptList(key, zh, en string, codes string, also ...string) Field {
	f := kept(key, zh, en, codes, also...)
	f.Kind = Codes
	f.set = func(c *content.Content, v string) { Keep(&c.Item.Fields, key, strings.Join(Split(v), "\n")) }
	return f
}

// Keep puts a value under the key of its field.
func Keep(m *map[string]string, key, v string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[key] = v
}

func legal(i *item) *content.Limit   { return &i.Legal }
func promise(i *item) *content.Limit { return &i.Promise }

// All are the fields in the order in which tables show them.
var All = []Field{
	needed(text("task_code", "实施编码", "Implementation code", 40, func(i *item) *string { return &i.Code }, "事项编码", "业务办理项编码", "实施清单编码", "权力编码", "业务编码", "编码", "item_code", "code")),
	text("catalog_id", "基本编码", "Basic code", 50, func(i *item) *string { return &i.Base }, "catalog_code", "基本目录编码", "目录编码", "事项基本编码", "base_code"),
	text("parent_catalog_id", "上级基本编码", "Basic code above", 50, func(i *item) *string { return &i.ParentID }, "主项编码"),
	text("parent_catalog_name", "上级事项名称", "Item above", 200, func(i *item) *string { return &i.Parent }, "主项名称", "上级事项", "基本目录名称"),
	needed(text("name", "事项名称", "Name", 200, func(i *item) *string { return &i.Name }, "task_name", "名称", "业务办理项名称", "办理事项", "权力名称", "服务事项", "item_name", "title")),
	text("sub_name", "情形名称", "Variant", 200, func(i *item) *string { return &i.Variant }, "子项名称", "情形", "variant"),
	text("name_en", "英文名称", "English name", 400, func(i *item) *string { return &i.NameEn }, "english_name"),
	needed(coded(text("task_type_code", "事项类型", "Type", 0, func(i *item) *string { return &i.TypeCode }, "事项类型代码", "权力类型", "职权类型", "行政权力类型", "事项性质", "type"), "item_type")),
	text("task_type", "事项类型名称", "Name of the type", 20, func(i *item) *string { return &i.Type }),
	needed(text("dept_name", "实施主体", "Office", 100, func(i *item) *string { return &i.OrgName }, "实施部门", "部门名称", "实施主体名称", "部门", "实施单位", "实施机构", "office", "department")),
	text("dept_org_code", "组织机构代码", "Organisation code", 20, func(i *item) *string { return &i.OrgID }, "部门组织机构代码"),
	needed(text("dept_uscc", "统一社会信用代码", "Unified code of the office", 18, func(i *item) *string { return &i.Org }, "实施主体编码", "实施主体代码", "部门统一社会信用代码", "部门编码", "dept_code", "uscc")),
	text("area_code", "区划代码", "Division", 12, func(i *item) *string { return &i.Region }, "行政区划代码", "行政区划", "区划编码", "所属区划", "region", "region_code"),
	coded(text("level", "行使层级", "Level", 0, func(i *item) *string { return &i.Level }, "use_level", "层级", "行使级别"), "level"),
	limit("legal_limit", "法定办结时限", "Legal time limit", legal, "anticipate_day", "法定时限", "法定期限", "法定办结期限"),
	unit("legal_limit_unit", "法定办结时限单位", "Unit of the legal limit", legal, "anticipate_type", "法定时限单位"),
	limit("promise_limit", "承诺办结时限", "Promised time limit", promise, "promise_day", "承诺时限", "承诺期限", "承诺办结期限"),
	unit("promise_limit_unit", "承诺办结时限单位", "Unit of the promised limit", promise, "promise_type", "承诺时限单位"),
	{Key: "on_site_visits", Zh: "到现场次数", En: "Visits", Kind: Number, Also: []string{"limit_scene_num", "到办事现场次数", "到办事现场的次数", "跑动次数", "到场次数", "visits"},
		get: func(c *content.Content) string {
			if c.Item.Visits < 0 {
				return ""
			}
			return strconv.Itoa(c.Item.Visits)
		},
		set:   func(c *content.Content, v string) { c.Item.Visits, _ = strconv.Atoi(v) },
		clear: func(c *content.Content) { c.Item.Visits = -1 }},
	flag("online", "是否网办", "Online", func(i *item) *bool { return &i.Online }, "is_online", "是否网上办理", "网上办理", "是否可网办"),
	text("online_url", "网办地址", "Online address", 500, func(i *item) *string { return &i.OnlineURL }, "online_handle_url", "在线办理地址", "网上办理地址"),
	text("platform", "办理系统", "System", 200, func(i *item) *string { return &i.OnlineSystem }, "网办系统", "业务系统", "业务系统名称"),
	{Key: "co_departments", Zh: "联办机构", En: "Joint offices", Kind: Text, Also: []string{"other_dept", "联办部门", "共同实施部门", "协办部门"}, get: partnersOf, set: partnersTo},
	text("accept_conditions", "受理条件", "Conditions", 20000, func(i *item) *string { return &i.Conditions }, "accept_condition", "办理条件", "申请条件", "申报条件"),
	{Key: "materials", Zh: "申请材料", En: "Materials", Kind: Lines, Also: []string{"材料名称", "所需材料", "申报材料", "材料清单", "办理材料"}, get: materialNames, set: materialsFrom},
	list("service_objects", "服务对象", "Audience", Codes, "audience", func(i *item) *[]string { return &i.Audience }, "server_type", "办理对象", "服务对象类型", "行政相对人"),
	list("themes", "服务主题", "Themes", Lines, "", func(i *item) *[]string { return &i.Themes }, "主题", "主题分类", "事项主题"),
	text("location", "办理地点", "Where", 2000, func(i *item) *string { return &i.Location }, "transact_addr", "办公地址", "受理地点", "办理地址", "办事地点"),
	text("consult_phone", "咨询方式", "Questions to", 500, func(i *item) *string { return &i.Phone }, "link_way", "咨询电话", "联系电话", "咨询"),
	text("complaint_phone", "监督投诉方式", "Complaints to", 500, func(i *item) *string { return &i.ComplaintPhone }, "supervise_way", "监督电话", "投诉电话", "监督投诉电话", "监督方式"),
	flag("express", "是否支持物流快递", "Result by post", func(i *item) *bool { return &i.Express }, "is_express", "物流快递", "快递送达", "是否快递"),
	flag("booking", "是否支持预约办理", "Visit by appointment", func(i *item) *bool { return &i.Booking }, "is_schedule", "预约办理", "是否预约"),
	coded(text("project_type", "办件类型", "Kind of handling", 0, func(i *item) *string { return &i.Handling }, "handling"), "handling"),
	{Key: "is_fee", Zh: "是否收费", En: "Charged for", Kind: Flag, Also: []string{"收费", "是否收取费用"}, get: chargedOf, set: chargedTo, clear: chargedNot},
	text("fee_basis", "收费依据", "Basis of the charge", 5000, func(i *item) *string { return &i.Fee.Citation.Zh }),
	coded(Field{Key: "task_state", Zh: "事项状态", En: "State", Also: []string{"state", "状态"}, get: func(c *content.Content) string { return string(c.Item.State) },
		set: func(c *content.Content, v string) { c.Item.State = content.State(strings.TrimPrefix(v, "in_force")) }}, "state"),
	kept("by_law", "设定依据", "Legal basis", "", "法律依据", "实施依据", "办理依据", "依据"),
	kept("handle_flow", "办理流程", "Steps", "", "办事流程", "流程"),
	kept("transact_time", "办理时间", "Hours", "", "办公时间", "工作时间", "受理时间"),
	keptList("handle_type", "办理形式", "Ways to apply", "handling_form", "办理方式"),
	kept("special_procedure", "特别程序", "Special procedures", ""),
	text("anticipate_explain", "法定办结时限说明", "Note on the legal limit", 2000, func(i *item) *string { return &i.Legal.Citation.Zh }, "法定时限说明"),
	text("promise_explain", "承诺办结时限说明", "Note on the promised limit", 2000, func(i *item) *string { return &i.Promise.Citation.Zh }, "承诺时限说明"),
	kept("power_source", "权力来源", "Source of the power", ""),
	kept("dept_type", "实施主体性质", "Nature of the office", "org_nature"),
	kept("entrust_name", "委托部门", "Entrusting office", ""),
	kept("local_catalog_code", "地方基本编码", "Local basic code", ""),
	kept("local_task_code", "地方实施编码", "Local implementation code", ""),
	kept("task_version", "事项版本（来源）", "Version (source)", ""),
	kept("plan_effective_date", "计划生效日期", "Planned from", "", "生效日期"),
	kept("plan_cancel_date", "计划取消日期", "Planned end", "", "取消日期"),
	keptFlag("is_single_login", "计算机端是否对接单点登录", "Single sign-on"),
	kept("link_addr", "计算机端在线办理跳转地址", "Address on computers", ""),
	keptFlag("app_is_single_login", "移动端是否对接单点登录", "Single sign-on on phones"),
	kept("mobile_terminal_url", "移动端办理地址", "Address on phones", ""),
	keptFlag("is_entry_center", "是否进驻政务大厅", "In the service hall", "is_Entry_center", "是否进驻大厅"),
	keptList("handle_area", "通办范围", "Where it can be handled", "across_scope"),
	keptFlag("is_invest_project", "是否投资项目审批事项", "Approval of investment projects", "是否投资项目", "投资项目审批", "是否为投资项目"),
	keptFlag("is_forwarded", "是否转报件", "Passed on to a higher office", "转报件", "是否为转报件"),
	kept("supplement_days", "补正时间（工作日）", "Time to answer a request for supplements (working days)", "", "补正期限", "补正时间"),
	kept("prohibition", "禁止性要求", "What rules an application out", "", "禁止性条件", "不予受理情形"),
	kept("service_type", "中介服务", "Intermediary services", ""),
	kept("limit_explain", "数量限制", "Limit of number", ""),
	kept("limit_scene_explain", "到现场办理原因说明", "Why one must come", "", "办理现场办理原因说明"),
	kept("result_type", "审批结果类型", "Kind of result", "", "结果类型"),
	kept("result_name", "审批结果名称", "Name of the result", "", "结果名称", "办理结果"),
	kept("result_guid", "审批结果样本", "Sample of the result", ""),
	kept("result_delivery", "结果送达方式", "How the result reaches the applicant", "", "送达方式", "结果送达"),
	kept("progress_query", "办理进程和结果查询途径", "How to follow the progress", "", "办理进程查询", "进程查询", "查询方式", "查询途径"),
	keptFlag("is_pay_online", "是否支持网上支付", "Paid online", "网上支付"),
	keptFlag("is_service_terminals", "是否支持终端办理", "At terminals"),
	kept("online_handle_depth", "网上办理深度", "Online depth", "online_depth", "网办深度"),
	keptList("user_topic_type", "面向自然人事项主题分类", "Themes for people", ""),
	keptList("user_character_topic_type", "面向自然人地方特色主题分类", "Local themes for people", ""),
	keptList("corp_topic_type", "面向法人事项主题分类", "Themes for organisations", ""),
	keptList("corp_character_topic_type", "面向法人地方特色主题分类", "Local themes for organisations", ""),
	kept("town_name", "乡镇街道名称", "Township", ""),
	keptList("town_code", "乡镇街道代码", "Code of the township", ""),
	kept("village_name", "村居社区名称", "Village", ""),
	keptList("village_code", "村居社区代码", "Code of the village", ""),
	text("summary", "一句话说明", "In one sentence", 300, func(i *item) *string { return &i.Summary.Zh }),
	list("keywords", "关键词", "Keywords", Lines, "", func(i *item) *[]string { return &i.Keywords }),
	kept("undertaking_office", "承办机构", "Unit that does the work", "", "承办单位", "承办科室"),
	kept("power_split", "权限划分", "Split of powers", ""),
	kept("exercise_content", "行使内容", "What is exercised", ""),
	kept("duty_matters", "责任事项", "Duties", ""),
	kept("duty_basis", "责任事项依据", "Basis of the duties", ""),
	kept("accountability", "追责情形", "What officers answer for", ""),
	kept("supervision_objects", "监管对象", "Who is supervised", ""),
	kept("supervision_ways", "监管方式", "How it is supervised", ""),
	kept("published_name", "原发布名称", "Name as first published", ""),
	kept("punishment_method", "行政处罚种类", "Kind of penalty", ""),
	kept("is_permit_reduce", "是否涉及征收费减免的审批", "Reductions decided", ""),
	kept("collect_type", "征收种类", "Kind of levy", ""),
	text("as_of", "来源时点", "As of", 40, func(i *item) *string { return &i.AsOf }),
	text("source", "来源", "Source", 500, func(i *item) *string { return &i.Source.Zh }, "数据来源说明"),
	{Key: "fields", Zh: "其他要素（JSON）", En: "Other elements (JSON)", Kind: Elements, Max: 200000, get: func(*content.Content) string { return "" }, clear: func(*content.Content) {}},
	{Key: MoreKey, Zh: "其余内容（JSON）", En: "What else it says (JSON)", Kind: Elements, Max: 2000000, get: func(*content.Content) string { return "" }, clear: func(*content.Content) {}},
	{Key: "package", Zh: "事项包", En: "Package", Kind: Text, Max: 100, get: func(c *content.Content) string { return c.Item.Package }, set: func(c *content.Content, v string) { c.Item.Package = v }},
}

func partnersOf(c *content.Content) string {
	if c.Item.PartnersText != "" {
		return c.Item.PartnersText
	}
	return content.FormatPartners(c.Item.Partners)
}

// partnersTo keeps as text what cannot be read.
func partnersTo(c *content.Content, v string) {
	list, err := content.ParsePartners(v)
	if err != nil || content.FormatPartners(list) != v {
		c.Item.Partners, c.Item.PartnersText = nil, v
		if err == nil {
			c.Item.Partners = list
		}
		return
	}
	c.Item.Partners, c.Item.PartnersText = list, ""
}

func materialNames(c *content.Content) string {
	var names []string
	for _, m := range c.Materials {
		names = append(names, m.Name.Zh)
	}
	return strings.Join(names, "\n")
}

// materialsFrom keeps what is known of a material that stays.
func materialsFrom(c *content.Content, v string) {
	old := c.Materials
	c.Materials = []content.Material{}
	for _, name := range SplitLines(v) {
		if i := slices.IndexFunc(old, func(m content.Material) bool { return m.Name.Zh == name }); i >= 0 {
			c.Materials = append(c.Materials, old[i])
			continue
		}
		c.Materials = append(c.Materials, content.ImportedMaterial(freeID(slices.Concat(old, c.Materials)), name))
	}
}

// freeID is a name that no material has: m1, m2 …
func freeID(list []content.Material) string {
	for n := len(list) + 1; ; n++ {
		id := "m" + strconv.Itoa(n)
		if !slices.ContainsFunc(list, func(m content.Material) bool { return m.ID == id }) {
			return id
		}
	}
}

func chargedOf(c *content.Content) string {
	switch {
	case c.Item.Fields["is_fee"] != "":
		return c.Item.Fields["is_fee"]
	case c.Item.Fee.Known:
		return strconv.FormatBool(c.Item.Fee.Cents > 0)
	}
	return ""
}

func chargedNot(c *content.Content) {
	delete(c.Item.Fields, "is_fee")
	if len(c.Item.Fields) == 0 {
		c.Item.Fields = nil
	}
	if c.Item.Fee.Cents == 0 {
		c.Item.Fee.Known = false
	}
}

// chargedTo knows the amount only when nothing is charged.
func chargedTo(c *content.Content, v string) {
	if v == "true" {
		Keep(&c.Item.Fields, "is_fee", v)
		return
	}
	c.Item.Fee.Known = true
}
