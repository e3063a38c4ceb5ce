package pictures

import (
	"strings"

	"tongban/platform/i18n"
)

// English are the English names of what flows call their gateways, branches and
// ends. Steps have their English names in the packages; these have none there,
// because nothing but the picture shows them.
var English = map[string]string{
	"审查": "Examination", "决定": "Decision", "决定结果": "Result", "退回": "Sent back", "提醒": "Reminder", "材料齐吗": "Is everything there", "要补正": "To be supplemented", "齐": "All there",
	"申请人补正": "Applicant supplements", "按情况分开": "Depends", "同时办理": "Side by side", "会签": "Joint opinion", "抄送": "Copy", "查决策表": "Decision table", "调用子流程": "Called process",
	"通用办理流程": "General flow", "已受理": "Accepted", "已办结": "Closed", "已发证": "Certificate issued", "不予办理": "Refused", "已提醒": "Reminded",
	"并联审批": "Side by side", "并联核查": "Checked side by side", "意见收齐": "All opinions are in", "意见是否一致同意": "Do all agree?", "快到期提醒": "Reminder",
	"都同意": "All agree", "有不同意见": "Not all agree", "准予": "Granted", "不予": "Refused", "退回再审": "Back for another look", "退回再核": "Back for another check",
	"制发结果": "Issue the result", "制发证照": "Issue the certificate", "制发不予决定": "Issue the refusal",
	"有联办部门吗": "Do other offices take part?", "${partner.name}提出意见": "Opinion of ${partner.name}",
	"有营业执照吗": "Business licence?", "还没有": "Not yet", "有": "Yes", "没有": "No", "设堂食吗": "Meals on the premises?", "不设堂食": "No meals there", "检查": "Inspection", "承诺": "Pledge", "作承诺": "Pledge",
	"污水接入管网吗": "Connected to the sewers?", "接入": "Connecting", "已有许可": "Already licensed", "设大型户外广告吗": "Large outdoor sign?", "设置": "Putting up", "不设置": "None",
	"申领理由": "On what ground", "住所": "Residence", "就业": "Employment", "就读": "Schooling", "持什么证": "Which certificate", "残疾人证": "Disability certificate",
}

// words are what a picture says besides the names of its flow.
type words struct {
	title, desc string
	partners    *strings.Replacer // for expressions that stand for an office
}

var said = map[i18n.Lang]words{
	i18n.Chinese: {"办理流程图", "从申请到办结的步骤", strings.NewReplacer("${partner.name}", "联办部门", "${office.name}：", "各部门：", "${office.name}", "各部门")},
	i18n.English: {"Flow of the case", "The steps from application to decision", strings.NewReplacer("${partner.name}", "Partner office: ", "${office.name}: ", "Each office: ", "${office.name}", "Each office")},
}
