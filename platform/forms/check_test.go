package forms_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tongban/platform/forms"
	"tongban/platform/i18n"
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
		{"date that does not", "day", "2027-02-30", nil, "2027-02-30", "forms.date_impossible"},
		{"30 February in words", "day", "2027年2月30日", nil, "2027年2月30日", "forms.date_impossible"},
		{"leap day that is not", "day", "2027-2-29", nil, "2027-2-29", "forms.date_impossible"},
		{"no date at all", "day", "明天", nil, "明天", "forms.date"},
		{"month 13", "day", "2027-13-01", nil, "2027-13-01", "forms.date"},
		{"full-width date", "day", "２０２７／１／５", nil, "2027-01-05", ""},
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

func TestBind_keepsWhatWasTyped(t *testing.T) {
	d, err := forms.Parse([]byte(form), []string{"q"})
	if err != nil {
		t.Fatal(err)
	}
	sent := map[string][]string{"name": {"  张 三\u0007 "}, "many": {"a", "c"}, "day": {"2027-02-30"}, "stranger": {"x"}, "why": {"\xff\xfe"}, "kind": {"x", "y"}}
	got := d.Bind(func(f string) []string { return sent[f] })
	want := map[string]string{"name": "  张 三\u0007 ", "many": "a\nc", "day": "2027-02-30", "why": "\uFFFD", "kind": "y"}
	if !maps.Equal(got, want) {
		t.Errorf("bound %q, want %q", got, want)
	}
	_, problems := d.Check(got, forms.Context{Now: now})
	if len(problems) != 3 || problems[0].Field != "name" || problems[1].Field != "day" || problems[2].Field != "why" {
		t.Errorf("problems %v", problems)
	}
	long := d.Bind(func(string) []string { return []string{strings.Repeat("龘", 40000)} })
	if n := len(long["why"]); n == 0 || n > 64<<10 || !utf8.ValidString(long["why"]) {
		t.Errorf("an endless entry was kept with %d bytes", n)
	}
}

func TestShown_agreesWithCheck(t *testing.T) {
	d, err := forms.Parse([]byte(strings.Replace(form, `"sum","label"`, `"sum","show_when":"why != \"\"","label"`, 1)), []string{"q"})
	if err != nil {
		t.Fatal(err)
	}
	if !d.Steers("kind") || d.Steers("day") {
		t.Error("steering fields are not those that conditions name")
	}
	// "why" is hidden, so what was entered there must not show "sum" either.
	for _, g := range d.Shown(map[string]string{"kind": "x", "why": "因为"}) {
		for _, f := range g.Fields {
			if f.ID == "why" || f.ID == "sum" {
				t.Errorf("%s shows", f.ID)
			}
		}
	}
}

func TestCents_andParseDate(t *testing.T) {
	for in, want := range map[string]int64{"1280.00": 128000, "0.05": 5, "7": 700, "-3.50": -350} {
		if n, ok := forms.Cents(in); !ok || n != want {
			t.Errorf("Cents(%q) = %d, %v", in, n, ok)
		}
	}
	for _, in := range []string{"", "1.234", "ten", "1,000"} {
		if n, ok := forms.Cents(in); ok {
			t.Errorf("Cents(%q) = %d", in, n)
		}
	}
	if _, ok := forms.ParseDate("2027-02-30"); ok {
		t.Error("30 February is a date")
	}
}

func TestStrings_sameKeys(t *testing.T) {
	b := i18n.NewBundle()
	if err := b.Add(forms.Strings); err != nil {
		t.Fatal(err)
	}
	zh, en := b.Words(i18n.Chinese), b.Words(i18n.English)
	for k := range zh {
		if en[k] == "" {
			t.Errorf("%s has no English", k)
		}
	}
	if len(zh) != len(en) || len(zh) == 0 {
		t.Errorf("%d keys in Chinese, %d in English", len(zh), len(en))
	}
}

func FuzzBind(f *testing.F) {
	d, err := forms.Parse([]byte(form), []string{"q"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("name=%E5%BC%A0&day=2027-02-30&many=a&many=b&kind=y&why=%00")
	f.Fuzz(func(t *testing.T, body string) {
		v, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		raw := d.Bind(func(f string) []string { return v[f] })
		again := d.Bind(func(f string) []string { return []string{raw[f]} })
		if !maps.Equal(raw, again) {
			t.Fatalf("binding twice differs: %q, %q", raw, again)
		}
		got, _ := d.Check(raw, forms.Context{Now: now})
		for k, s := range got {
			if !utf8.ValidString(s) || s == "" {
				t.Fatalf("%s: %q", k, s)
			}
		}
	})
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
