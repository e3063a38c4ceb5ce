package intake_test

import (
	"fmt"
	"strings"
)

const (
	licence = "11440000006939756B2440101999000"   // 许可
	service = "11440000006939756B244201499900301" // 公共服务, a handling item
	penalty = "11440000006939756B2440202999000"   // 处罚
)

// row writes one row of the exchange: pairs of column and value.
func row(mark, op, batch, time string, pairs ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"row_guid":%q,"cd_operation":%q,"cd_batch":%q,"cd_time":%q`, mark, op, batch, time)
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, `,%q:%q`, pairs[i], pairs[i+1])
	}
	return b.String() + "}"
}

func basic(code, name, kind string, more ...string) []string {
	return append([]string{"task_code", code, "task_name", name, "task_type", kind, "catalog_code", code[19:31], "dept_name", "虚构办事机构", "dept_code", code[:18], "dept_type", "1",
		"use_level", "2", "task_state", "1", "task_version", "1", "by_law", "《虚构条例》第三条", "link_way", "020-00000000", "supervise_way", "020-00000001"}, more...)
}

func child(code string, more ...string) []string { return append([]string{"task_code", code}, more...) }

const (
	firstBatch  = "B20261101"
	firstTime   = "2026-11-01 08:00:00"
	secondBatch = "B20261120"
	secondTime  = "2026-11-20 08:00:00"
)

// richItems is a first batch with three items that use every table.
var richItems = batchOf(
	table("up_task_general_basic", row("g1", "I", firstBatch, firstTime, basic(licence, "虚构经营许可", "01", "anticipate_day", "20", "anticipate_type", "1", "anticipate_explain", "《虚构法》第九条",
		"promise_day", "5", "promise_type", "1", "accept_condition", "一、有场地；\n二、有人员。", "handle_flow", "受理—审查—决定", "is_fee", "1", "fee_basis", "虚构价〔2020〕1号", "server_type", "1,2,6",
		"project_type", "2", "handle_type", "1,2", "limit_scene_num", "1", "special_procedure", "现场核查", "is_single_login", "1", "app_is_single_login", "0", "link_addr", "https://example.gov.cn/a",
		"transact_addr", "虚构路1号", "transact_time", "工作日 9:00–17:00", "power_source", "1", "plan_effective_date", "2026-12-01", "local_task_code", "DF-1", "entrust_name", "虚构乡政府")...)),
	table("up_task_public_basic", row("p1", "I", firstBatch, firstTime, basic(service[:31], "虚构信息查询", "20", "task_handle_item", service, "server_type", "1", "limit_scene_num", "0")...)),
	table("up_task_punish_basic", row("s1", "I", firstBatch, firstTime, basic(penalty, "对虚构行为的处罚", "02", "punishment_method", "警告；罚款", "handle_flow", "立案—调查—决定")...)),
	table("up_task_general_extend", row("ge1", "I", firstBatch, firstTime, child(licence, "task_guid", "g1", "is_Entry_center", "1", "handle_area", "3", "other_dept", "省级公安（审核）", "is_online", "1",
		"online_handle_depth", "4", "online_handle_url", "https://example.gov.cn/b", "is_express", "1", "is_schedule", "0", "is_pay_online", "1", "result_type", "10", "result_name", "虚构许可证",
		"user_topic_type", "010,020", "limit_explain", "每年一百件", "town_code", "440100001,440100002", "service_type", "无", "limit_scene_explain", "核对原件")...)),
	table("up_task_general_material",
		row("m3", "I", firstBatch, firstTime, child(licence, "material_name", "场地证明", "order_num", "3", "is_need", "1", "page_num", "2", "fill_explain", "=不要写公式", "by_law", "第四条")...),
		row("m1", "I", firstBatch, firstTime, child(licence, "material_name", "申请书", "order_num", "1", "form_guid", "F-1", "example_guid", "E-1", "source_type", "10", "accept_stand", "签字")...),
		row("m2", "I", firstBatch, firstTime, child(licence, "material_name", "身份证明", "order_num", "2", "material_type", "1", "material_format", "3", "remark", "核对后退回")...)),
	table("up_task_general_fee_project", row("f1", "I", firstBatch, firstTime, child(licence, "fee_name", "工本费", "fee_stand", "每本5元", "by_law", "虚构价〔2020〕1号", "is_desc", "1", "desc_explain", "低保家庭免收", "order_num", "1")...)),
	table("up_task_general_questions", row("q1", "I", firstBatch, firstTime, child(licence, "question", "可以代办吗？", "answer", "可以，带上委托书。", "order_num", "1")...)),
	table("up_task_public_questions", row("q2", "I", firstBatch, firstTime, child(service[:31], "task_handle_item", service, "question", "要钱吗？", "answer", "不要。", "order_num", "1")...)),
)

// richDelta changes the first item, takes a material away and adds another, and
// deletes the third item.
var richDelta = batchOf(
	table("up_task_general_basic", row("g1", "U", secondBatch, secondTime, basic(licence, "虚构经营许可", "01", "promise_day", "3", "promise_type", "1", "server_type", "1,2", "limit_scene_num", "0",
		"transact_addr", "虚构路2号")...)),
	table("up_task_punish_basic", row("s1", "D", secondBatch, secondTime, basic(penalty, "对虚构行为的处罚", "02")...)),
	table("up_task_general_material",
		row("m2", "D", secondBatch, secondTime, child(licence, "material_name", "身份证明")...),
		row("m4", "I", secondBatch, secondTime, child(licence, "material_name", "人员名单", "order_num", "2")...)),
)
