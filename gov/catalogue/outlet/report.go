package outlet

import (
	"archive/zip"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/catalogue/standard"
)

// leftWords are what a form leaves out, in words.
var leftWords = map[string]content.Text{
	"package":    {Zh: "由事项包维护的事项", En: "items that a package keeps"},
	"bundle":     {Zh: "一件事的组成", En: "what a one thing joins"},
	"situations": {Zh: "情形引导的问题", En: "questions that sort situations"},
	"form":       {Zh: "自己的申请表", En: "an application form of their own"},
	"flow":       {Zh: "自己的流程", En: "a flow of their own"},
	"steps":      {Zh: "环节时限", En: "limits of steps"},
	"decisions":  {Zh: "决策表", En: "decision tables"},
	"result":     {Zh: "自己的办理结果", En: "a result of their own"},
}

// partWords are the parts of an item that no field names.
var partWords = map[string]content.Text{
	"materials": {Zh: "材料的其他内容", En: "what else materials say"}, "basis": {Zh: "设定依据（逐条）", En: "clauses of the basis"}, "windows": {Zh: "办理窗口", En: "windows"},
	"fee": {Zh: "收费金额", En: "amount of the fee"}, "fees": {Zh: "收费项目的其他内容", En: "what else charges say"}, "faq": {Zh: "常见问题的其他内容", En: "what else common questions say"},
	"legal": {Zh: "法定时限的其他内容", En: "what else the legal limit says"}, "promise": {Zh: "承诺时限的其他内容", En: "what else the promised limit says"},
	"extension": {Zh: "延长期限", En: "extension"}, "correction": {Zh: "补正告知期限", En: "time to ask for supplements"}, "identity": {Zh: "实名要求", En: "level of identity"},
	"life_event": {Zh: "人生事件", En: "life event"}, "answers": {Zh: "一问一答", En: "short answers"}, "condition_list": {Zh: "逐条办理条件", En: "conditions one by one"},
	"org_name_en": {Zh: "部门英文名称", En: "English name of the office"}, "predecessors": {Zh: "来源事项", En: "items before it"}, "successors": {Zh: "去向事项", En: "items after it"},
	"tier": {Zh: "服务档次", En: "tier of service"}, "pauses": {Zh: "特别程序（逐项）", En: "special procedures one by one"}, "participants": {Zh: "参与部门", En: "offices that take part"},
}

// nameOf is what people call an element.
func nameOf(key string) content.Text {
	if part, ok := fields.MorePart(key); ok {
		if w := partWords[part]; !w.Empty() {
			return w
		}
		key = part
	}
	for _, subs := range [][]fields.Sub{fields.Materials, fields.Fees, fields.FAQs} {
		for _, s := range subs {
			if s.Key == key {
				return content.Text{Zh: s.Zh, En: s.En}
			}
		}
	}
	if f := fields.Find(key); f != nil {
		return content.Text{Zh: f.Zh, En: f.En}
	}
	for _, f := range standard.Shipped() {
		if f.Key == key {
			return content.Text{Zh: f.Zh, En: f.En}
		}
	}
	return content.Text{Zh: key, En: key}
}

// Report says what the form has no place for, a line each; none when it carries
// everything.
func (s Summary) Report() (lines []content.Text) {
	each := func(counted map[string]int, word func(string) content.Text) (zh, en string) {
		var a, b []string
		for _, k := range slices.Sorted(maps.Keys(counted)) {
			w := word(k)
			a, b = append(a, fmt.Sprintf("%s（%d）", w.Zh, counted[k])), append(b, fmt.Sprintf("%s (%d)", w.En, counted[k]))
		}
		return strings.Join(a, "、"), strings.Join(b, ", ")
	}
	if len(s.Beside) > 0 {
		zh, en := each(s.Beside, nameOf)
		lines = append(lines, content.Text{Zh: "国家交换表没有这些要素的列，写在 " + mapping.ExtraTable + " 里，别的系统读不到（括号里是事项数）：" + zh,
			En: "The exchange tables have no column for these elements; they stand in " + mapping.ExtraTable + ", which other systems do not read (number of items in brackets): " + en})
	}
	if len(s.Left) > 0 {
		zh, en := each(s.Left, func(k string) content.Text { return leftWords[k] })
		lines = append(lines, content.Text{Zh: "没有写出，请导出事项包（括号里是事项数）：" + zh, En: "Not written; export these as packages (number of items in brackets): " + en})
	}
	return lines
}

// Note is the name of the file that says in an archive what its tables leave out.
const Note = source.NoteFile

// note writes it.
func (s Summary) note(z *zip.Writer) error {
	lines := s.Report()
	if len(lines) == 0 {
		return nil
	}
	w, err := z.Create(Note)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if _, err := io.WriteString(w, l.Zh+"\n"+l.En+"\n\n"); err != nil {
			return err
		}
	}
	return nil
}
