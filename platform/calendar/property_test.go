package calendar_test

import (
	"encoding/csv"
	"math/rand"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tongban/platform/calendar"
)

// slow is an independent reference: it looks days up in a map of strings and tests every pause minute by minute boundaries,
// with none of the package's tables.
type slow struct{ kind map[string]string }

func newSlow(t testing.TB) slow {
	t.Helper()
	f, err := os.Open(shipped)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	s := slow{map[string]string{}}
	for _, r := range rows[1:] {
		if r[1] != "in_lieu_day" {
			s.kind[r[0]] = r[1]
		}
	}
	return s
}

func (s slow) works(d time.Time) bool {
	switch s.kind[d.Format("2006-01-02")] {
	case "holiday":
		return false
	case "workday_shift":
		return true
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

func touched(d time.Time, pauses []calendar.Pause) (hit, open bool) {
	next := d.AddDate(0, 0, 1)
	for _, p := range pauses {
		switch {
		case p.Until.IsZero():
			if p.From.Before(next) {
				hit, open = true, true
			}
		case p.From.Before(p.Until) && p.From.Before(next) && p.Until.After(d):
			hit = true
		}
	}
	return hit, open
}

// due returns the last day, the counted days and whether the clock runs.
func (s slow) due(start time.Time, l calendar.Limit, pauses []calendar.Pause) (time.Time, []string, bool) {
	y, m, d := start.In(calendar.Zone).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, calendar.Zone)
	var counted []string
	if l.Amount == 0 {
		return day, counted, true
	}
	for {
		day = day.AddDate(0, 0, 1)
		hit, open := touched(day, pauses)
		if open {
			return day, counted, false
		}
		if hit {
			continue
		}
		if len(counted) < l.Amount && (l.Unit == calendar.CalendarDays || s.works(day)) {
			counted = append(counted, day.Format("2006-01-02"))
		}
		if len(counted) == l.Amount && s.works(day) {
			return day, counted, true
		}
	}
}

var firstMinute = time.Date(2004, 1, 1, 0, 0, 0, 0, calendar.Zone)

func genMoment(t *rapid.T, label string) time.Time {
	return firstMinute.Add(time.Duration(rapid.IntRange(0, 8300*24*60).Draw(t, label)) * time.Minute)
}

func genPauses(t *rapid.T, start time.Time) []calendar.Pause {
	n := rapid.IntRange(0, 10).Draw(t, "pauses")
	ps := make([]calendar.Pause, n)
	for i := range ps {
		from := start.Add(time.Duration(rapid.IntRange(-5*1440, 60*1440).Draw(t, "from")) * time.Minute)
		ps[i] = calendar.Pause{From: from, Until: from.Add(time.Duration(rapid.IntRange(-10, 9*1440).Draw(t, "minutes")) * time.Minute), Reason: string(rune('a' + i))}
		if rapid.IntRange(0, 30).Draw(t, "open") == 0 {
			ps[i].Until = time.Time{}
		}
	}
	return ps
}

func TestDue_agreesWithTheSlowCount(t *testing.T) {
	c, ref := load(t), newSlow(t)
	rapid.Check(t, func(t *rapid.T) {
		start := genMoment(t, "start")
		unit := rapid.SampledFrom([]calendar.Unit{calendar.WorkingDays, calendar.CalendarDays}).Draw(t, "unit")
		l := calendar.Limit{Amount: rapid.IntRange(0, 70).Draw(t, "amount"), Unit: unit}
		pauses := genPauses(t, start)
		got := c.Due(start, l, pauses)
		last, counted, running := ref.due(start, l, pauses)
		if got.Running != running || got.Elapsed != len(counted) || got.Left != l.Amount-len(counted) {
			t.Fatalf("running %v elapsed %d left %d; want %v %d", got.Running, got.Elapsed, got.Left, running, len(counted))
		}
		if running && !got.Due.Equal(last.AddDate(0, 0, 1).Add(-time.Microsecond)) {
			t.Fatalf("due %s, want %s", got.Due, last)
		}
		var lines []string
		for i, d := range got.Derivation.Days {
			if i > 0 && d.Date != got.Derivation.Days[i-1].Date+1 {
				t.Fatalf("%s follows %s", d.Date, got.Derivation.Days[i-1].Date)
			}
			if !d.Counted {
				continue
			}
			lines = append(lines, d.Date.String())
			if d.Number != len(lines) {
				t.Fatalf("%s is numbered %d, want %d", d.Date, d.Number, len(lines))
			}
			if hit, _ := touched(d.Date.Start(), pauses); hit || d.Paused {
				t.Fatalf("%s counts though paused", d.Date)
			}
		}
		if !slices.Equal(lines, counted) {
			t.Fatalf("counted %v, want %v", lines, counted)
		}
	})
}

func TestDue_orderOfPausesDoesNotMatter(t *testing.T) {
	c := load(t)
	rapid.Check(t, func(t *rapid.T) {
		start := genMoment(t, "start")
		unit := rapid.SampledFrom([]calendar.Unit{calendar.WorkingDays, calendar.CalendarDays, calendar.Hours}).Draw(t, "unit")
		l := calendar.Limit{Amount: rapid.IntRange(0, 300).Draw(t, "amount"), Unit: unit}
		pauses := genPauses(t, start)
		now := start.Add(time.Duration(rapid.IntRange(0, 60*1440).Draw(t, "now")) * time.Minute)
		one := c.Status(start, l, pauses, now)
		mixed := slices.Clone(pauses)
		rand.New(rand.NewSource(int64(rapid.IntRange(0, 1<<30).Draw(t, "seed")))).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		before := slices.Clone(mixed)
		two := c.Status(start, l, mixed, now)
		if !one.Due.Equal(two.Due) || one.Running != two.Running || one.Elapsed != two.Elapsed || one.Left != two.Left || one.Over != two.Over {
			t.Fatalf("%+v\n%+v", one, two)
		}
		if a, b := one.Derivation.Text("zh-Hans"), two.Derivation.Text("zh-Hans"); a != b {
			t.Fatalf("texts differ:\n%s\n%s", a, b)
		}
		if !slices.Equal(before, mixed) {
			t.Fatal("the caller's pauses were reordered")
		}
	})
}

func TestDue_hoursLeaveOutExactlyThePauses(t *testing.T) {
	c := load(t)
	rapid.Check(t, func(t *rapid.T) {
		start := genMoment(t, "start")
		l := calendar.Limit{Amount: rapid.IntRange(0, 100).Draw(t, "amount"), Unit: calendar.Hours}
		pauses := genPauses(t, start)
		r := c.Due(start, l, pauses)
		// Minute by minute: a minute counts when no pause covers its beginning. All moments drawn are whole minutes.
		at, left := start, l.Amount*60
		for left > 0 {
			hit, open := false, false
			for _, p := range pauses {
				if !p.From.After(at) && (p.Until.IsZero() || p.Until.After(at)) {
					hit, open = true, open || p.Until.IsZero()
				}
			}
			if open {
				break
			}
			if !hit {
				left--
			}
			at = at.Add(time.Minute)
		}
		if r.Running != (left == 0) || (r.Running && !r.Due.Equal(at)) {
			t.Fatalf("due %s running %v, want %s with %d minutes left", r.Due, r.Running, at, left)
		}
	})
}

func TestDue_stagesAddUpToTheWhole(t *testing.T) {
	c := load(t)
	rapid.Check(t, func(t *rapid.T) {
		start := genMoment(t, "start")
		pauses := genPauses(t, start)
		a, b := rapid.IntRange(0, 40).Draw(t, "a"), rapid.IntRange(0, 40).Draw(t, "b")
		wd := func(n int) calendar.Limit { return calendar.Limit{Amount: n, Unit: calendar.WorkingDays} }
		whole, first := c.Due(start, wd(a+b), pauses), c.Due(start, wd(a), pauses)
		if !first.Running {
			return
		}
		second := c.Due(first.Due, wd(b), pauses)
		if !second.Due.Equal(whole.Due) || second.Running != whole.Running || first.Elapsed+second.Elapsed != whole.Elapsed {
			t.Fatalf("%s + %s ≠ %s", first.Due, second.Due, whole.Due)
		}
	})
}

func TestWorkingDaysBetween_isTheInverseOfDue(t *testing.T) {
	c, ref := load(t), newSlow(t)
	rapid.Check(t, func(t *rapid.T) {
		a := genMoment(t, "a")
		n := rapid.IntRange(1, 60).Draw(t, "n")
		due := c.Due(a, calendar.Limit{Amount: n, Unit: calendar.WorkingDays}, nil).Due
		if got := c.WorkingDaysBetween(a, due); got != n {
			t.Fatalf("%d, want %d", got, n)
		}
		b, d := genMoment(t, "b"), genMoment(t, "d")
		if c.WorkingDaysBetween(a, b)+c.WorkingDaysBetween(b, d) != c.WorkingDaysBetween(a, d) {
			t.Fatal("counts of neighbouring intervals do not add up")
		}
		end := a.AddDate(0, 0, n)
		want := 0
		for x := calendar.DateOf(a) + 1; x <= calendar.DateOf(end); x++ {
			if ref.works(x.Start()) {
				want++
			}
		}
		if got := c.WorkingDaysBetween(a, end); got != want {
			t.Fatalf("%s to %s: %d, want %d", a, end, got, want)
		}
	})
}
