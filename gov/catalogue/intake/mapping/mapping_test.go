package mapping

import (
	"errors"
	"strings"
	"testing"

	"tongban/gov/catalogue/intake/source"
)

func sample(name string, header string, lines ...string) Sample {
	s := Sample{Name: name, Header: strings.Split(header, ",")}
	for i, l := range lines {
		s.Rows = append(s.Rows, source.Row{Line: i + 2, Cells: strings.Split(l, ",")})
	}
	return s
}

func TestPropose_byNameAndContent(t *testing.T) {
	m, why := Propose([]Sample{sample("省表", "* 事项名称,编码列,职权类型,实施部门（盖章）,统一社会信用代码,法定办结时限（工作日）,联系电话,备注",
		"虚构许可,11440000006939756B2440101007000,行政许可,虚构局,11440000006939756B,20,020,无", "虚构服务,11440000006939756B2440101008000,21,虚构局,11440000006939756B,5,020,无")})
	want := map[string]string{"* 事项名称": "name", "编码列": "task_code", "职权类型": "task_type_code", "实施部门（盖章）": "dept_name", "统一社会信用代码": "dept_uscc",
		"法定办结时限（工作日）": "legal_limit", "联系电话": "consult_phone", "备注": "-"}
	for column, key := range want {
		if got := m.Columns[Item][column]; got != key {
			t.Errorf("%s: %q, want %q", column, got, key)
		}
	}
	if m.Fixed["legal_limit_unit"] != "workday" {
		t.Errorf("the unit in brackets: %v", m.Fixed)
	}
	if m.Codes["item_type"]["行政许可"] != "01" || m.Codes["item_type"]["21"] != "" {
		t.Errorf("codes: %v", m.Codes["item_type"])
	}
	if why["省表"][1].Why != ByContent || why["省表"][0].Why != ByName {
		t.Errorf("why: %+v", why)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
}

// Two provinces number types differently; the words beside the numbers tell.
func TestPropose_learnsNumbersFromWords(t *testing.T) {
	one, _ := Propose([]Sample{sample("甲", "实施编码,事项名称,task_type_code,task_type", "a,x,20,其他行政权力", "b,y,21,公共服务")})
	two, _ := Propose([]Sample{sample("乙", "实施编码,事项名称,task_type_code,task_type", "a,x,21,其他行政权力", "b,y,20,公共服务", "c,z,30,许可", "d,z,30,处罚")})
	if c := one.Codes["item_type"]; c["20"] != "10" || c["21"] != "20" {
		t.Errorf("one: %v", c)
	}
	if c := two.Codes["item_type"]; c["20"] != "20" || c["21"] != "10" || c["30"] != "" {
		t.Errorf("two: %v", c)
	}
}

func TestPropose_formats(t *testing.T) {
	for _, c := range []struct {
		want   Format
		tables []Sample
	}{
		{National, []Sample{sample("up_task_general_basic", "a,b")}},
		{Guides, []Sample{sample("x", "task_code,name,task_type_code,dept_uscc,area_code,more")}},
		{Sheet, []Sample{sample("x", "编码,名称")}},
	} {
		if got := ProposeFormat(c.tables); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestCheck_namesEverythingAtOnce(t *testing.T) {
	_, err := Parse([]byte(`{"name":"x","format":"sheet","tables":{"t":"thing"},"columns":{"item":{"a":"nowhere"}},"codes":{"item_type":{"9":"99"}},"fixed":{"level":"高"}}`))
	var e *Error
	if !errors.As(err, &e) || len(e.En) != 4 || len(e.Zh) != 4 {
		t.Fatalf("got %v", err)
	}
	for _, says := range []string{`no role "thing"`, `no field "nowhere"`, `"99", which is not in the list: 01 `, "not in the code list of level"} {
		if !strings.Contains(err.Error(), says) {
			t.Errorf("no word of %s in %v", says, err)
		}
	}
	for _, raw := range []string{"", "[]", `{"unknown":1}`, `{"format":"other"}`} {
		if _, err := Parse([]byte(raw)); err == nil {
			t.Errorf("%q is a mapping", raw)
		}
	}
	m := Mapping{Name: "甲", Format: Sheet, Columns: map[Role]map[string]string{Item: {"编码": "task_code", "x": LeaveOut}}, Codes: map[string]map[string]string{"item_type": {"20": "20", "?": Refuse, "": LeaveOut}}}
	if back, err := Parse(m.Write()); err != nil || back.Codes["item_type"]["?"] != Refuse {
		t.Errorf("written and read: %+v %v", back, err)
	}
}

func TestPlan_decisions(t *testing.T) {
	m := Mapping{Format: Sheet, Columns: map[Role]map[string]string{Item: {"c": "task_code", "t": "task_type_code", "a": "service_objects"}},
		Codes: map[string]map[string]string{"item_type": {"20": "20", "x": LeaveOut, "y": Refuse}, "audience": {"1": "自然人", "2": "企业法人"}}, Fixed: map[string]string{"level": "省级"}}
	p := m.Compile(0, "t", []string{"c", "t", "a"})
	for _, c := range []struct{ cells, want, problem string }{
		{"k,20,1;2", "k 20 自然人\n企业法人 省级", ""}, {"k,x,", "k   省级", ""}, {"k,y,1", "k  自然人 省级", "the mapping refuses rows"}, {"k,21,1", "k  自然人 省级", "it is not decided what \"21\" means (Type)"},
		{",20,1", " 20 自然人 省级", "there is no code"},
	} {
		part, problems := p.Read(source.Row{Line: 2, Cells: strings.Split(c.cells, ",")}, []string{"c", "t", "a"})
		if got := strings.Join(part.Values, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.cells, got, c.want)
		}
		if (len(problems) > 0) != (c.problem != "") || c.problem != "" && !strings.Contains(problems[0].English(), c.problem) {
			t.Errorf("%s: %v", c.cells, problems)
		}
	}
	if missing := p.Missing(); len(missing) != 3 {
		t.Errorf("missing: %v", missing)
	}
}
