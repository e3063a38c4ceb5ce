package calendar_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"maps"

	"tongban/platform/calendar"
)

func TestText_dayByDay(t *testing.T) {
	c := load(t)
	l := calendar.Limit{Amount: 8, Unit: calendar.WorkingDays, Name: "承诺时限", Citation: "《中华人民共和国行政许可法》第四十二条"}
	r := c.Due(at("2026-02-10 14:30"), l, []calendar.Pause{{From: at("2026-02-26 09:00"), Until: at("2026-02-26 17:00"), Reason: "现场检验", Basis: "《中华人民共和国行政许可法》第四十五条"}})
	zh := `承诺时限：8 个工作日，依据：《中华人民共和国行政许可法》第四十二条。
起点：2026年2月10日 14:30。开始的当日不计入，自下一日起算（《中华人民共和国民法典》第二百零一条）。
计算办法：只计工作日，法定节假日和周末不计，调休上班日计入（《中华人民共和国行政许可法》第八十二条）；最后一日到 24:00 为止（《中华人民共和国民法典》第二百零三条）。
暂停：2026年2月26日 09:00 至 2026年2月26日 17:00，现场检验（《中华人民共和国行政许可法》第四十五条）。
2026年2月11日（周三）：计第 1 日
2026年2月12日（周四）：计第 2 日
2026年2月13日（周五）：计第 3 日
2026年2月14日（周六）：计第 4 日（春节调休上班）
2026年2月15日（周日）至2026年2月23日（周一）：春节放假，不计
2026年2月24日（周二）：计第 5 日
2026年2月25日（周三）：计第 6 日
2026年2月26日（周四）：暂停，不计
2026年2月27日（周五）：计第 7 日
2026年2月28日（周六）：计第 8 日（春节调休上班）
到期：2026年2月28日（周六） 24:00。
工作日历版本：` + c.Version() + `，已知到 2026年12月31日。
`
	if got := r.Derivation.Text("zh-Hans"); got != zh {
		t.Errorf("got:\n%s\nwant:\n%s", got, zh)
	}
	en := r.Derivation.Text("en")
	for _, want := range []string{
		"14 February 2026 (Sat): counts as day 4 (make-up working day for Spring Festival)",
		"15 February 2026 (Sun) to 23 February 2026 (Mon): Spring Festival holiday, not counted",
		"Due: 28 February 2026 (Sat), 24:00.",
	} {
		if !strings.Contains(en, want) {
			t.Errorf("English lacks %q:\n%s", want, en)
		}
	}
	if r.Derivation.Text("fr") != en {
		t.Error("an unknown language must get English")
	}
	b, err := json.Marshal(r.Derivation)
	if err != nil || !strings.Contains(string(b), `{"date":"2026-02-14","counted":true,"number":4,"code":"workday_shift"`) {
		t.Errorf("%s %v", b, err)
	}
}

func TestText_everyShapeIsFilledIn(t *testing.T) {
	c := load(t)
	var texts []string
	for _, u := range []calendar.Unit{calendar.WorkingDays, calendar.CalendarDays, calendar.Hours} {
		for _, n := range []int{0, 1, 30, 400} {
			for _, ps := range [][]calendar.Pause{nil, {{From: at("2026-02-13 09:00"), Reason: "r", Basis: "b"}}, {{From: at("2026-02-13 09:00"), Until: at("2026-02-13 10:00"), Reason: "r"}}} {
				d := c.Due(at("2026-02-10 09:00"), calendar.Limit{Amount: n, Unit: u, Citation: "c"}, ps).Derivation
				texts = append(texts, d.Text("zh-Hans"), d.Text("en"))
			}
		}
	}
	for _, s := range texts {
		for _, line := range strings.Split(strings.TrimSuffix(s, "\n"), "\n") {
			if strings.ContainsAny(line, "{}") || strings.TrimSpace(line) == "" || strings.HasPrefix(line, " ") {
				t.Fatalf("unfinished line %q in\n%s", line, s)
			}
		}
	}
	d := c.Due(at("2026-03-01 09:00"), calendar.Limit{Amount: 6, Unit: calendar.CalendarDays}, nil).Derivation
	if got := d.Text("en"); !strings.Contains(got, "7 March 2026 (Sat): counts as day 6 (weekend)\n8 March 2026 (Sun): weekend, not counted\n9 March 2026 (Mon): last day after moving on\n") {
		t.Errorf("moved end:\n%s", got)
	}
}

func TestStrings_sameKeysInBothLanguages(t *testing.T) {
	keys := map[string][]string{}
	for _, lang := range []string{"zh-Hans", "en"} {
		b, err := os.ReadFile("strings/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]string
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		keys[lang] = slices.Sorted(maps.Keys(m))
	}
	if !slices.Equal(keys["zh-Hans"], keys["en"]) {
		t.Errorf("zh-Hans %v\nen %v", keys["zh-Hans"], keys["en"])
	}
}

func TestAddISO(t *testing.T) {
	c := load(t)
	for _, tc := range []struct{ duration, from, want string }{
		{"P1D", "2026-02-14 10:00", "2026-02-15 10:00"},
		{"PT2H", "2026-02-14 23:00", "2026-02-15 01:00"},
		{"P1W", "2026-02-14 10:00", "2026-02-21 10:00"},
		{"P1M", "2026-01-31 10:00", "2026-02-28 10:00"},
		{"P1Y", "2024-02-29 10:00", "2025-02-28 10:00"},
		{"P60D", "2026-03-01 10:00", "2026-04-30 10:00"},
		{"P1Y2M3DT4H5M", "2026-01-01 00:00", "2027-03-04 04:05"},
		{"PT0H", "2026-01-01 00:00", "2026-01-01 00:00"},
	} {
		got, err := c.AddISO(tc.duration, at(tc.from))
		if err != nil || !got.Equal(at(tc.want)) {
			t.Errorf("%s from %s: %s %v, want %s", tc.duration, tc.from, got, err, tc.want)
		}
	}
	got, err := c.AddISO("P5WD", at("2026-02-10 14:30"))
	if err != nil || !got.Equal(day("2026-02-24").End()) {
		t.Errorf("P5WD: %s %v", got, err)
	}
	for _, s := range []string{"", "P", "PT", "5WD", "P5", "PWD", "P1D2Y", "P1H", "PT1D", "P-1D", "P1.5D", "P5WDT2H", "P1WD1D", "P99999D", "P9999999999D", "PT1HT1H", "P1D ", "p1d", "P1D1D"} {
		if got, err := c.AddISO(s, at("2026-02-10 14:30")); err == nil {
			t.Errorf("%q gives %s", s, got)
		}
	}
}
