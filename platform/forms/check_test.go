package forms_test

import (
	"strings"
	"testing"
	"time"

	"tongban/platform/forms"
)

const form = `{"groups":[{"id":"a","title":{"zh":"甲","en":"A"},"fields":[
 {"id":"name","label":{"zh":"姓名","en":"Name"},"type":"text","required":true,"max":"5","prefill":{"source":"person.name","policy":"locked"}},
 {"id":"day","label":{"zh":"日期","en":"Date"},"type":"date","min":"today","max":"today+1y"},
 {"id":"area","label":{"zh":"面积","en":"Area"},"type":"number","decimals":1,"min":"1","max":"999"},
 {"id":"sum","label":{"zh":"金额","en":"Amount"},"type":"money"},
 {"id":"kind","label":{"zh":"类型","en":"Kind"},"type":"choice","options":[{"value":"x","text":{"zh":"甲类","en":"X"}},{"value":"y","text":{"zh":"乙类","en":"Y"}}]},
 {"id":"why","label":{"zh":"原因","en":"Reason"},"type":"textarea","show_when":"kind == \"y\"","required_when":"q == \"other\""},
 {"id":"many","label":{"zh":"多选","en":"Many"},"type":"choices","max":"2","options":[{"value":"a","text":{"zh":"一","en":"1"}},{"value":"b","text":{"zh":"二","en":"2"}},{"value":"c","text":{"zh":"三","en":"3"}}]},
 {"id":"ok","label":{"zh":"承诺","en":"Pledge"},"type":"yesno","equals":"yes"}]}],
 "checks":[{"when":"area == \"13\" && kind == \"x\"","field":"area","text":{"zh":"甲类不能是 13","en":"Not 13"}}]}`

var now = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC) // 23 November in China

func TestCheck_table(t *testing.T) {
	d, err := forms.Parse([]byte(form), []string{"q"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, field, value string
		with               map[string]string
		want, problem      string // normal form; part of the problem's key, "" for none
	}{
		{"rare characters count one each", "name", "𠮷𪚥䶮㛃𫖯", nil, "𠮷𪚥䶮㛃𫖯", ""},
		{"too long", "name", "一二三四五六", nil, "一二三四五六", "forms.long"},
		{"composed", "name", "e\u0301", nil, "é", ""},
		{"control character", "name", "张\u0007三", nil, "张\u0007三", "forms.control"},
		{"direction override", "name", "张\u202e三", nil, "张\u202e三", "forms.control"},
		{"date that exists", "day", "2026年12月1日", nil, "2026-12-01", ""},
		{"date that does not", "day", "2027-02-30", nil, "2027-02-30", "forms.date"},
		{"yesterday in China", "day", "2026-11-22", nil, "2026-11-22", "forms.date_min"},
		{"today in China", "day", "2026-11-23", nil, "2026-11-23", ""},
		{"full-width digits", "area", "８６．５", nil, "86.5", ""},
		{"too many places", "area", "8.55", nil, "8.55", "forms.number"},
		{"words for a number", "area", "八十", nil, "八十", "forms.number"},
		{"money", "sum", "¥1,280", nil, "1280.00", ""},
		{"choice not offered", "kind", "z", nil, "z", "forms.choice"},
		{"hidden field is dropped", "why", "因为", map[string]string{"kind": "x"}, "", ""},
		{"shown field stays", "why", "因为", map[string]string{"kind": "y"}, "因为", ""},
		{"too many chosen", "many", "a\nb\nc", nil, "a\nb\nc", "forms.choices_max"},
		{"chosen twice", "many", "a\na", nil, "a", ""},
		{"pledge refused", "ok", "no", nil, "no", "forms.equals"},
		{"check across fields", "area", "13", map[string]string{"kind": "x"}, "13", "i18n.own"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := map[string]string{"name": "甲", tt.field: tt.value}
			for k, v := range tt.with {
				raw[k] = v
			}
			got, problems := d.Check(raw, forms.Context{Now: now, Answers: map[string]string{"q": ""}})
			if got[tt.field] != tt.want {
				t.Errorf("value %q, want %q", got[tt.field], tt.want)
			}
			found := ""
			for _, p := range problems {
				if p.Field == tt.field {
					found = p.Code
				}
			}
			if found != tt.problem {
				t.Errorf("problem %q, want %q", found, tt.problem)
			}
		})
	}
}

func TestCheck_lockedFieldTakesTheKnownValue(t *testing.T) {
	d, _ := forms.Parse([]byte(form), []string{"q"})
	got, problems := d.Check(map[string]string{"name": "别人"}, forms.Context{Now: now, Known: map[string]string{"person.name": "王示例"}})
	if got["name"] != "王示例" || len(problems) != 0 {
		t.Fatalf("%v %v", got, problems)
	}
	_, problems = d.Check(nil, forms.Context{Now: now})
	if len(problems) != 1 || problems[0].Field != "name" || problems[0].Code != "forms.required" {
		t.Fatalf("empty form: %v", problems)
	}
	_, problems = d.Check(map[string]string{"name": "甲", "kind": "y"}, forms.Context{Now: now, Answers: map[string]string{"q": "other"}})
	if len(problems) != 1 || problems[0].Field != "why" {
		t.Fatalf("required_when: %v", problems)
	}
}

func TestParse_refusesAMisspeltName(t *testing.T) {
	_, err := forms.Parse([]byte(strings.Replace(form, `kind == \"y\"`, `kin == \"y\"`, 1)), []string{"q"})
	if err == nil || !strings.Contains(err.Error(), "why") {
		t.Fatalf("%v", err)
	}
}

func FuzzCheck(f *testing.F) {
	d, err := forms.Parse([]byte(form), []string{"q"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("张三", "2026-12-01", "5.5", "x", "a\nb")
	f.Fuzz(func(t *testing.T, name, day, area, kind, many string) {
		raw := map[string]string{"name": name, "day": day, "area": area, "kind": kind, "many": many, "sum": area, "why": name, "ok": kind}
		once, problems := d.Check(raw, forms.Context{Now: now})
		twice, again := d.Check(once, forms.Context{Now: now})
		if len(problems) != len(again) {
			t.Fatalf("checking twice differs: %v, %v", problems, again)
		}
		for k, v := range once {
			if twice[k] != v {
				t.Fatalf("%s: %q became %q", k, v, twice[k])
			}
		}
	})
}
