package calendar_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/platform/calendar"
)

const shipped = "../../data/calendar/cn_holidays_workdays.csv"

func load(t testing.TB) *calendar.Calendar {
	t.Helper()
	f, err := os.Open(shipped)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := calendar.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestIsWorkingDay_realDays(t *testing.T) {
	c := load(t)
	for _, tc := range []struct {
		date, why string
		want      bool
	}{
		{"2026-02-13", "weekday", true},
		{"2026-02-14", "workday_shift 春节 Spring Festival", true}, // a Saturday worked
		{"2026-02-15", "holiday 春节 Spring Festival", false},
		{"2026-02-20", "in_lieu_day 春节 Spring Festival", false},
		{"2026-02-24", "weekday", true},
		{"2026-02-28", "workday_shift 春节 Spring Festival", true},
		{"2025-09-28", "workday_shift 国庆节 National Day", true}, // a Sunday worked
		{"2025-10-08", "in_lieu_day 国庆节 National Day", false},
		{"2025-10-11", "workday_shift 国庆节 National Day", true},
		{"2015-09-03", "holiday 中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日 Anti-Fascist 70th Day", false},
		{"2026-11-22", "weekend", false},
		{"2003-12-31", "weekday", true},  // before the first notice
		{"2027-01-02", "weekend", false}, // after the last one
	} {
		got, why := c.IsWorkingDay(day(tc.date))
		if got != tc.want || why != tc.why {
			t.Errorf("%s: %v, %q; want %v, %q", tc.date, got, why, tc.want, tc.why)
		}
	}
	if got := c.KnownUntil().String(); got != "2026-12-31" {
		t.Errorf("known until %s", got)
	}
	if c.Known(day("2027-01-04")) || !c.Known(day("2026-12-31")) {
		t.Error("the known years are wrong")
	}
	if v := c.Version(); !strings.HasSuffix(v, "-2026-10-10") || len(v) != len("00000000-2026-10-10") {
		t.Errorf("version %q", v)
	}
}

// Public working-day totals of whole years check the file and the arithmetic together: 365 or 366 days less the days off.
func TestWorkingDaysBetween_wholeYears(t *testing.T) {
	c := load(t)
	f, err := os.Open(shipped)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	kind := map[string]string{}
	for _, r := range rows[1:] {
		kind[r[0]] = r[1]
	}
	for year := 2004; year <= 2026; year++ {
		want := 0
		for d := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			switch kind[d.Format(time.DateOnly)] {
			case "workday_shift":
				want++
			case "":
				if d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
					want++
				}
			}
		}
		got := c.WorkingDaysBetween(time.Date(year-1, 12, 31, 12, 0, 0, 0, calendar.Zone), time.Date(year, 12, 31, 0, 0, 0, 0, calendar.Zone))
		if got != want {
			t.Errorf("%d: %d working days, want %d", year, got, want)
		}
	}
	// 2025 had 248 working days: eleven days off became thirteen with the longer feasts.
	if got := c.WorkingDaysBetween(at("2024-12-31 00:00"), at("2025-12-31 23:59")); got != 248 {
		t.Errorf("2025: %d, want 248", got)
	}
}

func TestDue_realDays(t *testing.T) {
	c := load(t)
	wd, cd, h := calendar.WorkingDays, calendar.CalendarDays, calendar.Hours
	for _, tc := range []struct {
		name, start string
		amount      int
		unit        calendar.Unit
		want        string
	}{
		{"plain week", "2026-03-02 09:00", 5, wd, "2026-03-09"},
		{"start in the evening is the same day", "2026-03-02 23:59", 5, wd, "2026-03-09"},
		{"make-up Saturday counts, the feast does not", "2026-02-13 10:00", 2, wd, "2026-02-24"},
		{"over the 2026 spring feast", "2026-02-10 14:30", 20, wd, "2026-03-16"},
		{"make-up Sunday before the 2025 National Day", "2025-09-26 16:00", 1, wd, "2025-09-28"},
		{"over the 2025 National Day and its make-up Saturday", "2025-09-30 08:00", 3, wd, "2025-10-11"},
		{"started on a day off", "2025-10-03 08:00", 1, wd, "2025-10-09"},
		{"on the spot", "2026-03-02 09:00", 0, wd, "2026-03-02"},
		{"negative is read as none", "2026-03-02 09:00", -4, wd, "2026-03-02"},
		{"calendar days", "2026-03-02 09:00", 15, cd, "2026-03-17"},
		{"calendar days end on a Saturday", "2026-03-01 09:00", 6, cd, "2026-03-09"},
		{"calendar days end in the feast", "2026-02-09 09:00", 8, cd, "2026-02-24"},
		{"calendar days end on a make-up Saturday", "2026-02-13 09:00", 15, cd, "2026-02-28"},
		{"UTC evening is the next day in Beijing", "2026-03-03 00:30", 1, wd, "2026-03-04"},
		{"hours run through the weekend", "2026-03-06 17:20", 24, h, "2026-03-07 17:20"},
	} {
		r := c.Due(at(tc.start).UTC(), calendar.Limit{Amount: tc.amount, Unit: tc.unit}, nil)
		want := day(tc.want[:10]).End()
		if len(tc.want) > 10 {
			want = at(tc.want)
		}
		if !r.Due.Equal(want) || !r.Running || r.Left != 0 || r.Elapsed != max(tc.amount, 0) {
			t.Errorf("%s: due %s (running %v, elapsed %d, left %d), want %s", tc.name, r.Due, r.Running, r.Elapsed, r.Left, want)
		}
		if r.Due.Location() != calendar.Zone {
			t.Errorf("%s: due is not in Beijing time", tc.name)
		}
	}
	if got := day("2026-03-09").End().Format(time.RFC3339Nano); got != "2026-03-09T23:59:59.999999+08:00" {
		t.Errorf("end of day %s", got)
	}
}

func TestDue_pauses(t *testing.T) {
	c := load(t)
	p := func(from, until string) calendar.Pause {
		x := calendar.Pause{From: at(from), Reason: "专家评审", Basis: "行政许可法第四十五条"}
		if until != "" {
			x.Until = at(until)
		}
		return x
	}
	five := calendar.Limit{Amount: 5, Unit: calendar.WorkingDays}
	start := "2026-03-02 09:00" // a Monday; unpaused due is Monday the 9th
	for _, tc := range []struct {
		name   string
		pauses []calendar.Pause
		want   string
	}{
		{"two days touched", []calendar.Pause{p("2026-03-04 17:00", "2026-03-05 09:00")}, "2026-03-11"},
		{"ends at midnight, next day untouched", []calendar.Pause{p("2026-03-04 17:00", "2026-03-05 00:00")}, "2026-03-10"},
		{"overlapping count once", []calendar.Pause{p("2026-03-05 09:00", "2026-03-06 10:00"), p("2026-03-05 11:00", "2026-03-05 12:00")}, "2026-03-11"},
		{"two in one day", []calendar.Pause{p("2026-03-05 15:00", "2026-03-05 16:00"), p("2026-03-05 11:00", "2026-03-05 12:00")}, "2026-03-10"},
		{"over a weekend only", []calendar.Pause{p("2026-03-07 00:00", "2026-03-09 00:00")}, "2026-03-09"},
		{"on the start day only", []calendar.Pause{p("2026-03-02 10:00", "2026-03-02 11:00")}, "2026-03-09"},
		{"before the start", []calendar.Pause{p("2026-02-02 10:00", "2026-02-12 11:00")}, "2026-03-09"},
		{"empty", []calendar.Pause{p("2026-03-04 10:00", "2026-03-04 10:00"), p("2026-03-05 10:00", "2026-03-04 10:00")}, "2026-03-09"},
		{"after the end", []calendar.Pause{p("2026-03-10 00:00", "")}, "2026-03-09"},
	} {
		r := c.Due(at(start), five, tc.pauses)
		if !r.Running || !r.Due.Equal(day(tc.want).End()) {
			t.Errorf("%s: due %s, want %s", tc.name, r.Due, tc.want)
		}
	}
	r := c.Due(at(start), five, []calendar.Pause{p("2026-03-05 09:00", "")})
	if r.Running || !r.Due.IsZero() || r.Elapsed != 2 || r.Left != 3 || len(r.Derivation.Days) != 2 {
		t.Errorf("open pause: %+v", r)
	}
	// Law: 民法典 art. 203 moves a last Saturday to Monday; a pause on that Monday moves it again.
	r = c.Due(at("2026-03-01 09:00"), calendar.Limit{Amount: 6, Unit: calendar.CalendarDays}, []calendar.Pause{p("2026-03-09 08:00", "2026-03-09 12:00")})
	if !r.Due.Equal(day("2026-03-10").End()) {
		t.Errorf("calendar days with the moved end paused: due %s", r.Due)
	}
	h := calendar.Limit{Amount: 10, Unit: calendar.Hours}
	r = c.Due(at(start), h, []calendar.Pause{p("2026-03-02 13:00", "2026-03-02 15:30"), p("2026-03-02 15:00", "2026-03-02 16:00"), p("2026-03-02 08:00", "2026-03-02 10:00")})
	if !r.Due.Equal(at("2026-03-02 23:00")) {
		t.Errorf("hours: due %s", r.Due)
	}
	r = c.Due(at(start), h, []calendar.Pause{p("2026-03-02 13:30", "")})
	if r.Running || r.Elapsed != 4 || r.Left != 6 {
		t.Errorf("hours with an open pause: %+v", r)
	}
	if r = c.Due(at(start), h, []calendar.Pause{p("2026-03-02 19:00", "")}); !r.Running || !r.Due.Equal(at("2026-03-02 19:00")) {
		t.Errorf("hours: a pause that begins at the end came too late: %+v", r)
	}
}

func TestStatus_countsTheDayItself(t *testing.T) {
	c := load(t)
	l := calendar.Limit{Amount: 8, Unit: calendar.WorkingDays}
	start := at("2026-02-10 14:30")
	for _, tc := range []struct {
		now                 string
		elapsed, left, over int
	}{
		{"2026-02-10 18:00", 0, 8, 0},
		{"2026-02-11 00:00", 1, 7, 0},
		{"2026-02-18 12:00", 4, 4, 0}, // the feast uses nothing up
		{"2026-02-27 23:59", 8, 0, 0}, // due that day at 24:00
		{"2026-02-28 00:00", 8, 0, 1}, // a make-up Saturday is already over
		{"2026-03-01 12:00", 8, 0, 1},
		{"2026-03-03 12:00", 8, 0, 3},
	} {
		r := c.Status(start, l, nil, at(tc.now))
		if r.Elapsed != tc.elapsed || r.Left != tc.left || r.Over != tc.over {
			t.Errorf("%s: elapsed %d left %d over %d; want %d %d %d", tc.now, r.Elapsed, r.Left, r.Over, tc.elapsed, tc.left, tc.over)
		}
	}
	h := calendar.Limit{Amount: 24, Unit: calendar.Hours}
	r := c.Status(start, h, []calendar.Pause{{From: at("2026-02-10 16:30"), Until: at("2026-02-10 18:30")}}, at("2026-02-10 20:45"))
	if r.Elapsed != 4 || r.Left != 20 || r.Over != 0 {
		t.Errorf("hours: %+v", r)
	}
	r = c.Status(start, h, nil, at("2026-02-11 17:31"))
	if r.Elapsed != 24 || r.Left != 0 || r.Over != 3 {
		t.Errorf("hours over: %+v", r)
	}
	if r = c.Status(start, h, nil, at("2026-02-09 17:31")); r.Elapsed != 0 || r.Left != 24 {
		t.Errorf("hours before the start: %+v", r)
	}
}

func TestDue_unknownYearsSaySo(t *testing.T) {
	c := load(t)
	r := c.Due(at("2026-12-25 09:00"), calendar.Limit{Amount: 10, Unit: calendar.WorkingDays, Name: "法定时限"}, nil)
	if !r.Provisional || !r.Due.Equal(day("2027-01-08").End()) {
		t.Errorf("%+v", r.Due)
	}
	for lang, want := range map[string]string{"zh-Hans": "2026年12月31日之后的放假安排尚未公布", "en": "holidays after 31 December 2026 are not published yet"} {
		if txt := r.Derivation.Text(lang); !strings.Contains(txt, want) {
			t.Errorf("%s lacks %q:\n%s", lang, want, txt)
		}
	}
	r = c.Due(at("2026-12-01 09:00"), calendar.Limit{Amount: 10, Unit: calendar.WorkingDays}, nil)
	if r.Provisional || strings.Contains(r.Derivation.Text("en"), "not published") {
		t.Error("a known year is called provisional")
	}
}

func TestDue_hugeAmountsEnd(t *testing.T) {
	c := load(t)
	for _, u := range []calendar.Unit{calendar.WorkingDays, calendar.CalendarDays, calendar.Hours} {
		r := c.Due(at("2026-03-02 09:00"), calendar.Limit{Amount: 1 << 40, Unit: u}, nil)
		if !r.Running || r.Elapsed != calendar.MaxAmount {
			t.Errorf("%s: %v %d", u, r.Running, r.Elapsed)
		}
	}
}

func TestDate_roundTrip(t *testing.T) {
	for d := day("1899-12-25"); d < day("2101-01-05"); d += 7 {
		back, err := calendar.ParseDate(d.String())
		if err != nil || back != d || calendar.DateOf(d.Start()) != d || calendar.DateOf(d.End()) != d || d.Weekday() != d.Start().Weekday() {
			t.Fatalf("%d %s: %v %v", d, d, back, err)
		}
	}
	var d calendar.Date
	if err := d.UnmarshalText([]byte("2026-02-30")); err == nil {
		t.Error("30 February accepted")
	}
}

func TestDue_allocatesOnceForAllDays(t *testing.T) {
	c := load(t)
	start, l := at("2026-02-10 14:30"), calendar.Limit{Amount: 20, Unit: calendar.WorkingDays}
	pauses := []calendar.Pause{{From: at("2026-02-26 09:00"), Until: at("2026-03-04 09:00")}}
	few := testing.AllocsPerRun(100, func() { c.Due(start, l, pauses) })
	l.Amount = 2000
	many := testing.AllocsPerRun(20, func() { c.Due(start, l, pauses) })
	if few != many || few > 4 {
		t.Errorf("%v allocations for 20 days, %v for 2000", few, many)
	}
}

func BenchmarkDue(b *testing.B) {
	c := load(b)
	start, l := at("2026-02-10 14:30"), calendar.Limit{Amount: 20, Unit: calendar.WorkingDays}
	pauses := []calendar.Pause{{From: at("2026-02-26 09:00"), Until: at("2026-03-04 09:00")}}
	b.ReportAllocs()
	for b.Loop() {
		c.Due(start, l, pauses)
	}
}

// Outside the published years the count is closed arithmetic; it must agree with looking at every day.
func TestWorkingDaysBetween_outsideTheKnownYears(t *testing.T) {
	c := load(t)
	for _, from := range []string{"1965-03-01", "2003-11-20", "2026-12-20", "2031-05-05"} {
		a, want := day(from), 0
		for d := a + 1; d < a+60; d++ {
			if ok, _ := c.IsWorkingDay(d); ok {
				want++
			}
			if got := c.WorkingDaysBetween(a.Start(), d.Start()); got != want {
				t.Fatalf("%s to %s: %d, want %d", a, d, got, want)
			}
			if got := c.WorkingDaysBetween(d.Start(), a.Start()); got != -want {
				t.Fatalf("%s back to %s: %d, want %d", d, a, got, -want)
			}
		}
	}
}
