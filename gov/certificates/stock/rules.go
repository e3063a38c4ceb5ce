package stock

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/intake/source"
)

// Finding is what is wrong with one row (质检问题): by which rule, in which
// column, and what to do.
type Finding struct {
	Line    int
	Rule    string
	Field   string // as the reader knows it; "" is the whole row
	Warning bool   // the row was taken nevertheless
	Text    catalogue.Text
	Raw     string
}

// Rule is something that every row is checked for.
type Rule struct {
	Name    catalogue.Text // in a list of rules
	do      catalogue.Text // what to do
	warning bool
}

// Rules are the checks of a row by code.
var Rules = map[string]Rule{
	"unreadable":     {Name: catalogue.Text{Zh: "读不懂的行", En: "Rows that cannot be read"}},
	"number":         {Name: catalogue.Text{Zh: "证照编号缺失或者过长", En: "Certificate number missing or too long"}, do: catalogue.Text{Zh: "填写证照上的编号，最多100个字", En: "give the number on the certificate, at most 100 characters"}},
	"holder_name":    {Name: catalogue.Text{Zh: "持证主体名称缺失或者过长", En: "Holder's name missing or too long"}, do: catalogue.Text{Zh: "填写证照上的姓名或者名称，最多200个字", En: "give the name on the certificate, at most 200 characters"}},
	"holder_number":  {Name: catalogue.Text{Zh: "持证主体代码缺失或者有误", En: "Holder's number missing or wrong"}, do: catalogue.Text{Zh: "核对公民身份号码或者统一社会信用代码，校验位对不上", En: "check the ID number or unified code; its check character does not fit"}},
	"holder_kind":    {Name: catalogue.Text{Zh: "持证主体与证照类型不符", En: "Holder does not fit the type"}, do: catalogue.Text{Zh: "核对证照类型：这类证照发给个人还是机构", En: "check the type: is it issued to people or to organisations"}},
	"other_document": {Name: catalogue.Text{Zh: "不是身份号码的证件号码", En: "Number of another document"}, do: catalogue.Text{Zh: "不是公民身份号码，签发后不会自动归到持证人名下", En: "not an ID number; the certificate will not find its holder by itself"}, warning: true},
	"old_number":     {Name: catalogue.Text{Zh: "15位身份号码", En: "ID number of 15 digits"}, do: catalogue.Text{Zh: "已按规则换成18位，请核对", En: "written with 18 digits by the standard; compare it"}, warning: true},
	"date":           {Name: catalogue.Text{Zh: "日期写法不对", En: "Date cannot be read"}, do: catalogue.Text{Zh: "写成 2026-12-01 或者 2026年12月1日", En: "write it as 2026-12-01"}},
	"term":           {Name: catalogue.Text{Zh: "有效期不合规定", En: "Term against the rules"}, do: catalogue.Text{Zh: "核对有效期起止：止不能早于起，期限不能长于这类证照的规定", En: "check both ends: the end is not before the beginning, and not later than the type allows"}},
	"future":         {Name: catalogue.Text{Zh: "颁发日期在今天之后", En: "Issued after today"}, do: catalogue.Text{Zh: "核对颁发日期", En: "check the date"}},
	"over":           {Name: catalogue.Text{Zh: "已经过期", En: "Over already"}, do: catalogue.Text{Zh: "照样接收，核验时显示已过期", En: "taken all the same; a check says that it has expired"}, warning: true},
	"state":          {Name: catalogue.Text{Zh: "不是有效状态", En: "Not in force"}, do: catalogue.Text{Zh: "只接收有效的证照；已注销、吊销的不要导入", En: "only certificates in force are taken; leave out the others"}},
	"identifier":     {Name: catalogue.Text{Zh: "电子证照标识有误", En: "Identifier is wrong"}, do: catalogue.Text{Zh: "核对标识（GB/T 36904）的类型、颁发机构和校验位，或者清空，由系统编制", En: "check type, issuer and check character (GB/T 36904), or leave it out and one is made"}},
	"missing":        {Name: catalogue.Text{Zh: "必填项目缺失", En: "Required value missing"}, do: catalogue.Text{Zh: "补上这一项", En: "give the value"}},
	"long":           {Name: catalogue.Text{Zh: "内容过长", En: "Value too long"}, do: catalogue.Text{Zh: "缩短内容", En: "shorten it"}},
	"choice":         {Name: catalogue.Text{Zh: "不在可选值里", En: "Not one of the choices"}, do: catalogue.Text{Zh: "改成这类证照规定的值", En: "use a value that the type allows"}},
	"kind":           {Name: catalogue.Text{Zh: "格式与项目不符", En: "Value of another kind"}, do: catalogue.Text{Zh: "按项目要求填写数字、日期、身份号码或者信用代码", En: "give a number, date, ID number or unified code as the field wants"}},
	"unseen":         {Name: catalogue.Text{Zh: "名称里有看不见的字符", En: "Characters in a name that are not seen"}, do: catalogue.Text{Zh: "删掉名称里的零宽字符，重新填写", En: "type the name anew, without characters of no width"}},
	"mixed":          {Name: catalogue.Text{Zh: "名称里混有形近字母", En: "Letters of another alphabet in a name"}, do: catalogue.Text{Zh: "括号里的是西里尔字母或者希腊字母，看起来与别的字母一样；请对照原件，确实如此的照样接收", En: "those in brackets are Cyrillic or Greek and look like others; compare the original. Taken all the same"}, warning: true},
	"unprintable":    {Name: catalogue.Text{Zh: "有印不出的字", En: "Characters that cannot be printed"}, do: catalogue.Text{Zh: "改成标准汉字或者联系管理员补字", En: "use standard characters, or ask the administrator for the font"}},
	"repeated":       {Name: catalogue.Text{Zh: "重复的行", En: "Repeated rows"}, do: catalogue.Text{Zh: "内容与已有的完全一样，没有再接收", En: "it says what is there already, and was not taken again"}, warning: true},
	"conflict":       {Name: catalogue.Text{Zh: "同号不同内容", En: "Same number, other content"}, do: catalogue.Text{Zh: "在待核对清单里决定以哪一份为准", En: "decide in the list of doubts which one counts"}},
	"name_differs":   {Name: catalogue.Text{Zh: "号码相同、名称不同", En: "Same number, other name"}, do: catalogue.Text{Zh: "在待核对清单里核对是不是同一个人", En: "compare in the list of doubts whether it is the same holder"}, warning: true},
	"annex_missing":  {Name: catalogue.Text{Zh: "找不到附图", En: "Scan not found"}, do: catalogue.Text{Zh: "把同名文件放进附图压缩包，或者清空这一列", En: "put a file of that name into the archive, or clear the cell"}},
	"annex_twice":    {Name: catalogue.Text{Zh: "几个附图同名", En: "Several scans of one name"}, do: catalogue.Text{Zh: "压缩包里不同文件夹有同名文件，写上文件夹，例如 2020/001.jpg", En: "folders of the archive have files of the same name; write the folder too, such as 2020/001.jpg"}},
	"photo":          {Name: catalogue.Text{Zh: "照片不是 JPG", En: "Photograph is no JPEG"}, do: catalogue.Text{Zh: "换成 JPG 照片，放进附图压缩包", En: "put a JPEG into the archive of scans"}},
	"annex_kind":     {Name: catalogue.Text{Zh: "附图打不开或者格式不对", En: "Scan of the wrong kind"}, do: catalogue.Text{Zh: "只收 PDF、JPG、PNG，每个不超过20 MB，文件要完好", En: "PDF, JPEG or PNG, sound, at most 20 MB each"}},
}

// finding says what is wrong with a row by a rule; args fill the word that
// stands before what to do.
func finding(line int, rule, field, raw string, about catalogue.Text) Finding {
	r := Rules[rule]
	text := catalogue.Text{Zh: r.Name.Zh, En: r.Name.En}
	if about.Zh != "" {
		text.Zh, text.En = text.Zh+"（"+about.Zh+"）", text.En+" ("+about.En+")"
	}
	if r.do.Zh != "" {
		text.Zh, text.En = text.Zh+"："+r.do.Zh, text.En+": "+r.do.En
	}
	return Finding{Line: line, Rule: rule, Field: field, Warning: r.warning, Text: text, Raw: raw}
}

// lineWord names another row.
func lineWord(line int) catalogue.Text {
	return catalogue.Text{Zh: fmt.Sprintf("第 %d 行", line), En: fmt.Sprintf("line %d", line)}
}

// FindingsFile writes findings with their rows as CSV, for a spreadsheet.
type FindingsFile struct {
	w       *csv.Writer
	english bool
}

// NewFindingsFile begins a file of findings.
func NewFindingsFile(w io.Writer, english bool) (*FindingsFile, error) {
	f := &FindingsFile{csv.NewWriter(w), english}
	head := []string{"\ufeff行", "规则", "列", "程度", "问题和办法", "原行"}
	if english {
		head = []string{"\ufeffline", "rule", "column", "severity", "problem and what to do", "row"}
	}
	return f, f.w.Write(head)
}

// Write adds a finding.
func (f *FindingsFile) Write(x Finding) error {
	say := func(t catalogue.Text) string {
		if f.english {
			return t.En
		}
		return t.Zh
	}
	grade := say(catalogue.Text{Zh: "有错", En: "error"})
	if x.Warning {
		grade = say(catalogue.Text{Zh: "提醒", En: "warning"})
	}
	cells := []string{strconv.Itoa(x.Line), say(Rules[x.Rule].Name), x.Field, grade, say(x.Text), x.Raw}
	for i := range cells {
		cells[i] = source.Escape(cells[i])
	}
	return f.w.Write(cells)
}

// Close writes what is left.
func (f *FindingsFile) Close() error {
	f.w.Flush()
	return f.w.Error()
}
