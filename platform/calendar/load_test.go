package calendar_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"tongban/platform/calendar"
)

func TestRead_reportsBadLinesAndKeepsTheOthers(t *testing.T) {
	file := strings.Join([]string{
		"date,kind,name_zh,name_en",
		"2027-01-01,holiday,元旦,New Year's Day",
		"2027-02-30,holiday,元旦,New Year's Day",
		"2027-01-02,feast,元旦,New Year's Day",
		"2027-01-04,workday_shift,元旦,New Year's Day",
		"2027-01-03,holiday,元旦",
		"2027-01-01,holiday,元旦,New Year's Day",
		"2027-01-09,workday_shift,元旦,New Year's Day",
		"2027-01-09,holiday,元旦,New Year's Day",
		"",
		"2027-01-05,holiday,,New Year's Day",
		"1027-01-05,holiday,元旦,New Year's Day",
		"2027-01-06,holiday,\xff,New Year's Day",
		"2027-01-02,holiday,元旦,New Year's Day",
	}, "\r\n")
	entries, bad, err := calendar.Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, b := range bad {
		lines = append(lines, b.Line)
		if b.Reason == "" {
			t.Errorf("line %d has no reason", b.Line)
		}
	}
	if want := []int{3, 4, 5, 6, 7, 9, 11, 12, 13}; !slices.Equal(lines, want) {
		t.Errorf("bad lines %v, want %v", lines, want)
	}
	if len(entries) != 3 {
		t.Errorf("%d entries kept, want 3", len(entries))
	}
	_, err = calendar.Load(strings.NewReader(file))
	var le *calendar.LineError
	if !errors.As(err, &le) || !strings.Contains(err.Error(), "line 13") {
		t.Errorf("Load must refuse and name the lines: %v", err)
	}
	c, err := calendar.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _ := c.IsWorkingDay(day("2027-01-09")); !ok {
		t.Error("the make-up Saturday was lost")
	}
}

func TestRead_wrongFiles(t *testing.T) {
	for _, s := range []string{"", "a,b\n", "PK\x03\x04", "date,kind,name_zh,name_en\n" + strings.Repeat("x", 10000)} {
		_, bad, err := calendar.Read(strings.NewReader(s))
		if err != nil || len(bad) == 0 {
			t.Errorf("%.20q: %v %v", s, bad, err)
		}
		if _, err := calendar.Load(strings.NewReader(s)); err == nil {
			t.Errorf("%.20q: loaded", s)
		}
	}
	if _, err := calendar.Load(strings.NewReader("date,kind,name_zh,name_en\n")); err == nil {
		t.Error("a calendar without a day was loaded")
	}
}

func TestNew_orderDoesNotMatter(t *testing.T) {
	f, err := os.Open(shipped)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	entries, bad, err := calendar.Read(f)
	if err != nil || len(bad) > 0 || len(entries) != 920 {
		t.Fatal(len(entries), bad, err)
	}
	a, err := calendar.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(entries)
	b, err := calendar.New(entries)
	if err != nil || a.Version() != b.Version() {
		t.Errorf("%s, %s, %v", a.Version(), b.Version(), err)
	}
	entries[5].NameZH += "x"
	if b, _ = calendar.New(entries); a.Version() == b.Version() {
		t.Error("a changed calendar has the old version")
	}
	if _, err := calendar.New([]calendar.Entry{{Date: day("2026-01-03"), Kind: calendar.Holiday}, {Date: day("2026-01-03"), Kind: calendar.WorkdayShift}}); err == nil {
		t.Error("a contradiction was accepted")
	}
}

// Whatever a stranger sends, reading ends, bad lines carry a number inside the file, and what is kept builds a calendar.
func FuzzRead(f *testing.F) {
	f.Add("date,kind,name_zh,name_en\n2026-02-14,workday_shift,春节,Spring Festival\n")
	f.Add("date,kind,name_zh,name_en\n2026-02-14,holiday,a,b\n2026-02-14,in_lieu_day,a,b\n2026-02-14,workday_shift,a,b")
	f.Add("\ufeffdate,kind,name_zh,name_en\r\n,,,\r\n9999-12-31,holiday,a,b\n")
	f.Fuzz(func(t *testing.T, s string) {
		entries, bad, err := calendar.Read(strings.NewReader(s))
		if err != nil {
			t.Fatal(err)
		}
		last := 0
		for _, b := range bad {
			if b.Line <= last || b.Line > strings.Count(s, "\n")+1 {
				t.Fatalf("line %d after %d", b.Line, last)
			}
			last = b.Line
		}
		if len(entries) == 0 {
			return
		}
		c, err := calendar.New(entries)
		if err != nil {
			if strings.Contains(err.Error(), "254") {
				return
			}
			t.Fatal(err)
		}
		for _, e := range entries {
			if ok, _ := c.IsWorkingDay(e.Date); ok != (e.Kind == calendar.WorkdayShift) {
				t.Fatalf("%s %s: working %v", e.Date, e.Kind, ok)
			}
		}
	})
}
