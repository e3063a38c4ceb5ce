package ui

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"tongban/platform/forms"
	"tongban/platform/i18n"
)

func shown(t *testing.T, c templ.Component) string {
	t.Helper()
	return page(t, httptest.NewRequest("GET", "/", nil), Page{Title: "T"}, c)
}

func expect(t *testing.T, html string, yes, no []string) {
	t.Helper()
	for _, s := range yes {
		if !strings.Contains(html, s) {
			t.Errorf("no %s", s)
		}
	}
	for _, s := range no {
		if strings.Contains(html, s) {
			t.Errorf("there is %s", s)
		}
	}
}

const permit = `{"groups":[{"id":"a","title":{"zh":"申请人","en":"Applicant"},"fields":[
 {"id":"name","label":{"zh":"姓名","en":"Name"},"type":"name","required":true,"prefill":{"source":"person.name","policy":"locked"}},
 {"id":"home","label":{"zh":"住所","en":"Home"},"type":"choice","required":true,"options":[{"value":"own","text":{"zh":"自有","en":"Owned"}},{"value":"rent","text":{"zh":"租赁","en":"Rented"}}]},
 {"id":"end","label":{"zh":"租期","en":"Lease"},"type":"date","show_when":"home == 'rent'"},
 {"id":"sum","label":{"zh":"租金","en":"Rent"},"type":"money"},
 {"id":"ok","label":{"zh":"我承诺属实","en":"It is true"},"type":"yesno","equals":"yes","required":true}]}]}`

func definition(t *testing.T) *forms.Definition {
	t.Helper()
	d, err := forms.Parse([]byte(permit), nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestFormFields_lockedHiddenAndRefused(t *testing.T) {
	p := FormProps{Def: definition(t), Prefix: "form.", Answers: map[string]string{"home": "own", "name": "别人"}, Known: map[string]string{"person.name": "欧阳䶮"},
		Sources: map[string]string{"person.name": "人口基础库"}, Problems: []Problem{{Field: "form.ok", Text: "勾选承诺"}}, Refresh: "/again"}
	html := shown(t, FormFields(p))
	expect(t, html,
		[]string{"欧阳䶮", "来源：人口基础库", `type="radio" checked`, `id="f-form-ok"`, `aria-describedby="f-form-ok-err"`, `aria-invalid="true"`, "勾选承诺", `formaction="/again"`},
		[]string{"别人", "租期", "style="})
	p.Answers["home"] = "rent"
	expect(t, shown(t, FormFields(p)), []string{"租期", `type="date"`}, nil)
}

func TestCheckAnswers_words(t *testing.T) {
	p := FormProps{Def: definition(t), Answers: map[string]string{"home": "rent", "end": "2027-12-31", "sum": "1280.00", "ok": "yes"}, Known: map[string]string{"person.name": "欧阳䶮"}, Change: func(g string) string { return "/draft/" + g }}
	expect(t, shown(t, CheckAnswers(p)), []string{"2027年12月31日", "¥1,280.00", "租赁", `href="/draft/a#f-home"`}, []string{`href="/draft/a#f-name"`, "1280.00<"})
}

// Every limit has its own unit; a large number never borrows another's.
func TestClock_unitsOfEachLimit(t *testing.T) {
	due := time.Date(2026, 12, 1, 23, 59, 0, 0, i18n.Zone)
	c := ClockProps{Promise: ClockLimit{Amount: 5, Used: 2, Due: due}, Legal: ClockLimit{Amount: 15, Unit: "day", Used: 4, Due: due.AddDate(0, 0, 8)}}
	expect(t, shown(t, Clock(c)), []string{"<b>3</b> 个工作日", "2 个工作日（合 4 日）", "5 个工作日", "15 日 "}, []string{"15 个工作日", `class="mark"`})
	c.Promise.Plus = &ClockExtension{Amount: 15, Unit: "day"}
	expect(t, shown(t, Clock(c)), []string{"<b>3</b> 个工作日 ，再加 15 日", "5 个工作日，再加 15 日"}, nil)
	c.Promise.Used, c.Promise.Plus.Used, c.Legal = 5, 15, ClockLimit{}
	c.Promise.Plus.Over = 2
	expect(t, shown(t, Clock(c)), []string{"超过承诺 <b>2</b> 日"}, []string{"个工作日</b>"})
	c = ClockProps{Accept: ClockLimit{Amount: 24, Unit: "hour", Used: 5, Due: due}}
	expect(t, shown(t, Clock(c)), []string{"<b>19</b> 小时", "受理时限", "24 小时"}, []string{"法定时限", "工作日"})
}

func TestClock_bothLimitsAlways(t *testing.T) {
	due := time.Date(2026, 12, 1, 23, 59, 0, 0, i18n.Zone)
	c := ClockProps{Promise: ClockLimit{Amount: 8, Used: 4, Due: due}, Legal: ClockLimit{Amount: 20, Used: 4, Due: due.AddDate(0, 0, 16)}}
	expect(t, shown(t, Clock(c)), []string{"<b>4</b>", "8 个工作日", "20 个工作日", "不晚于 2026年12月1日", "不晚于 2026年12月17日", "正常"}, nil)
	c.Promise.Used, c.Promise.Over, c.Legal.Used = 8, 2, 10
	expect(t, shown(t, Clock(c)), []string{"超过承诺", "<b>2</b>"}, nil)
	c.Pause = &ClockPause{Reason: "等专家评审", Since: due}
	expect(t, shown(t, Clock(c)), []string{"暂停计时", "等专家评审", "自 2026年12月1日 起"}, nil)
	if x := (ClockProps{Promise: ClockLimit{Amount: 8, Used: 8, Over: 22}}).at(8); x != "266" {
		t.Errorf("the promise is at %s of 1000 when 30 of 8 days are used", x)
	}
	if x := (ClockProps{}).at(0); x != "0" {
		t.Errorf("an empty clock stands at %s", x)
	}
}

func TestTable_emptySortedSelectable(t *testing.T) {
	p := TableProps{Caption: "待办", Select: "case", Form: "claim", Cols: []Col{{Title: "编号", Href: "?sort=no", Sorted: "desc"}, {Title: "件", End: true}}}
	expect(t, shown(t, Table(p)), []string{`colspan="3"`, "没有符合条件的记录", `aria-sort="descending"`, `tabindex="0"`}, nil)
	p.Rows = []Row{{ID: "7", Label: "七号", Cells: []Cell{{Link: Link{Text: "七", Href: "/7"}}, {Text: "1"}}}}
	expect(t, shown(t, Table(p)), []string{`<th scope="row"`, `aria-label="选择七号"`, `form="claim"`}, []string{"没有符合条件"})
}

func TestField_escapesAndDescribes(t *testing.T) {
	html := shown(t, Field(FieldProps{Name: "a[0].b", Label: "名称", Hint: "提示", Error: "填写名称", Value: `"><script>alert(1)</script>`, Type: Text}))
	expect(t, html, []string{`id="f-a-0-b"`, `aria-describedby="f-a-0-b-hint f-a-0-b-err"`, "（选填）", "&lt;script&gt;"}, []string{"<script>alert"})
	expect(t, shown(t, Button(ButtonProps{Text: "去", Href: "javascript:alert(1)"})), nil, []string{"javascript:"})
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 126_000: "126 KB", 3_400_000: "3.4 MB"} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %s", n, got)
		}
	}
}

func TestSubjectIcon(t *testing.T) {
	for subject, want := range map[string]string{"户籍办理": "idcard", "社会保障": "social", "教育科研": "school", "婚姻登记": "rings", "不认识的": "grid"} {
		if got := SubjectIcon(subject); got != want {
			t.Errorf("%s has %s", subject, got)
		}
	}
	for _, s := range subjects {
		if icons[s.icon] == "" {
			t.Errorf("no drawing %s", s.icon)
		}
	}
}

// On phones a folded table says before each cell what it is; others do not.
func TestTable_folds(t *testing.T) {
	p := TableProps{Caption: "用证", Fold: true, Cols: []Col{{Title: "时间"}, {Title: "谁"}}, Rows: []Row{{Cells: []Cell{{Text: "昨天"}, {Text: "王示例"}}}}}
	expect(t, shown(t, Table(p)), []string{`class="tb fold"`, `data-t="谁"`}, []string{`data-t="时间"`})
	p.Fold = false
	expect(t, shown(t, Table(p)), nil, []string{"data-t=", "fold"})
}

func BenchmarkRender(b *testing.B) {
	p := TableProps{Caption: "待办", Cols: []Col{{Title: "编号"}, {Title: "事项"}, {Title: "剩余"}}}
	for range 100 {
		p.Rows = append(p.Rows, Row{Cells: []Cell{{Link: Link{Text: "449901-2026-000101", Href: "/c"}}, {Text: "居住证首次申领"}, {Part: Tag(Status{Text: "剩 5 天"})}}})
	}
	r := httptest.NewRequest("GET", "/", nil)
	r = r.WithContext(i18n.With(r.Context(), bundle(b), i18n.Chinese))
	for b.Loop() {
		if err := Render(httptest.NewRecorder(), r, 200, Page{Title: "待办", Face: Workbench}, Table(p)); err != nil {
			b.Fatal(err)
		}
	}
}
