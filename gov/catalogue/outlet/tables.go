package outlet

import (
	"strings"

	"tongban/gov/catalogue/intake/mapping"
)

// Columns of the national exchange tables (全国一体化政务服务平台 事项交换), in their
// order; the columns that a database adds for itself are left out.
var (
	envelope = []string{"cd_operation", "cd_time", "cd_batch", "data_source"}

	basicHead = []string{"row_guid", "task_name", "catalog_code", "local_catalog_code", "task_type", "by_law", "power_source", "use_level", "task_code", "local_task_code",
		"task_handle_item", "task_state", "task_version", "dept_name", "dept_type", "dept_code", "entrust_name"}
	legalColumns = []string{"anticipate_day", "anticipate_type", "anticipate_explain"}
	basicTail    = []string{"link_way", "supervise_way", "plan_effective_date", "plan_cancel_date"}

	generalBasic = join(basicHead, legalColumns, []string{"promise_day", "promise_type", "promise_explain", "accept_condition", "handle_flow", "is_fee", "fee_basis", "server_type",
		"project_type", "handle_type", "limit_scene_num", "special_procedure", "app_is_single_login", "mobile_terminal_url", "is_single_login", "link_addr", "transact_addr", "transact_time"}, basicTail)
	publicBasic = without(generalBasic, "power_source")
	shortBasic  = join(basicHead, legalColumns, []string{"handle_flow"}, basicTail)
	punishBasic = join(basicHead, legalColumns, []string{"punishment_method", "handle_flow"}, basicTail)
	levyBasic   = join(basicHead, legalColumns, []string{"is_permit_reduce", "collect_type", "handle_flow"}, basicTail)

	generalExtend = []string{"row_guid", "task_guid", "task_code", "task_handle_item", "is_Entry_center", "handle_area", "other_dept", "service_type", "limit_explain", "result_type",
		"result_name", "result_guid", "is_schedule", "is_pay_online", "is_express", "is_service_terminals", "user_topic_type", "user_character_topic_type", "corp_topic_type",
		"corp_character_topic_type", "is_online", "online_handle_depth", "online_handle_url", "limit_scene_explain", "town_name", "town_code", "village_name", "village_code"}
	publicExtend = without(generalExtend, "limit_explain")

	childHead       = []string{"row_guid", "task_guid", "task_code", "task_handle_item"}
	materialColumns = join(childHead, []string{"material_name", "material_type", "material_format", "is_need", "form_guid", "example_guid", "source_type", "source_explain", "page_num",
		"page_format", "fill_explain", "accept_stand", "by_law", "remark", "order_num"})
	feeColumns   = join(childHead, []string{"fee_name", "fee_stand", "by_law", "is_desc", "desc_explain", "remark", "order_num"})
	faqColumns   = join(childHead, []string{"question", "answer", "order_num"})
	extraColumns = []string{"row_guid", "task_code", "task_handle_item", "part", "field", "value"}
)

func join(lists ...[]string) (out []string) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func without(list []string, column string) (out []string) {
	for _, c := range list {
		if c != column {
			out = append(out, c)
		}
	}
	return out
}

// family are the tables for a kind of items.
type family struct {
	name   string
	basic  []string
	extend []string // nil: there is none
	child  string   // family whose tables hold materials and charges
}

// familyOf is where the items of a type go.
func familyOf(typeCode string) family {
	switch typeCode {
	case "02":
		return family{"punish", punishBasic, nil, "general"}
	case "04":
		return family{"handle", levyBasic, nil, "handle"}
	case "06":
		return family{"check", shortBasic, nil, "general"}
	case "20":
		return family{"public", publicBasic, publicExtend, "public"}
	}
	return family{"general", generalBasic, generalExtend, "general"}
}

// columnsOf are the columns of a table, with the envelope.
func columnsOf(table string) []string {
	if table == mapping.DirectoryExtraTable {
		return join(directoryExtraColumns, envelope)
	}
	rest, ok := strings.CutPrefix(table, "up_task_")
	if !ok {
		return join(extraColumns, envelope)
	}
	if table == directoryTable {
		return join(directoryColumns, envelope)
	}
	name, kind, _ := strings.Cut(rest, "_")
	var own []string
	switch kind {
	case "basic":
		own = map[string][]string{"general": generalBasic, "public": publicBasic, "punish": punishBasic, "handle": levyBasic, "check": shortBasic}[name]
	case "extend":
		own = map[string][]string{"general": generalExtend, "public": publicExtend}[name]
	case "material":
		own = materialColumns
	case "fee_project":
		own = feeColumns
	case "questions":
		own = faqColumns
	}
	return join(own, envelope)
}
