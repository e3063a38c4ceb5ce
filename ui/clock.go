package ui

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tongban/platform/calendar"
	"tongban/platform/i18n"
)

// ClockLimit is one time limit with the last day it allows. It carries its own
// unit: a promise may count working days where the statute counts days.
type ClockLimit struct {
	Amount int
	Unit   string // workday (default), day, hour
	Used   int    // elapsed, pauses not counted
	Over   int    // past the end
	Plus   *ClockExtension
	Due    time.Time
	Basis  string // clause or promise
}

// ClockExtension is what was added to a limit in another unit; it runs when
// the limit itself has run out.
type ClockExtension struct {
	Amount int
	Unit   string
	Used   int
	Over   int
}

// ClockPause says why the clock stands still.
type ClockPause struct {
	Reason string
	Basis  string
	Since  time.Time
}

// ClockProps describe the statutory clock of a case: before acceptance the
// limit for accepting, afterwards promise and statute.
type ClockProps struct {
	Title   string // "办理时限" when empty
	Accept  ClockLimit
	Promise ClockLimit
	Legal   ClockLimit
	Pause   *ClockPause
	Done    time.Time // the case ended; zero while it runs
	Href    string    // the derivation, day by day
	Tone    Tone      // Info, Warn or Bad: the card the case holds
}

// clockUnits are the names that pages use for what a limit counts.
var clockUnits = map[calendar.Unit]string{calendar.WorkingDays: "workday", calendar.CalendarDays: "day", calendar.Hours: "hour"}

// UnitName is what pages call the unit of a limit: workday, day or hour.
func UnitName(u calendar.Unit) string { return orWord(clockUnits[u], "workday") }

// Amount writes a length of time with its unit: 8 个工作日, 15 日, 24 小时.
func Amount(ctx context.Context, n int, unit string) string {
	return i18n.T(ctx, "ui.amount."+orWord(unit, "workday"), "n", n)
}

// LimitOf shows how a limit stands; added is what extends it in another unit,
// nil when nothing does.
func LimitOf(ctx context.Context, r calendar.Result, added *calendar.Result) ClockLimit {
	l := r.Derivation.Limit
	out := ClockLimit{Amount: l.Amount, Unit: UnitName(l.Unit), Used: r.Elapsed, Over: r.Over, Due: r.Due, Basis: i18n.Pick(ctx, l.Citation, l.CitationEN)}
	if added != nil {
		more := added.Derivation.Limit
		out.Plus = &ClockExtension{Amount: more.Amount, Unit: UnitName(more.Unit), Used: added.Elapsed, Over: added.Over}
		out.Basis += i18n.T(ctx, "ui.clock.extended", "amount", Amount(ctx, more.Amount, out.Plus.Unit), "basis", i18n.Pick(ctx, more.Citation, more.CitationEN))
	}
	return out
}

// PauseOf shows why and since when a clock stands.
func PauseOf(ctx context.Context, p calendar.Pause) *ClockPause {
	return &ClockPause{Reason: i18n.Pick(ctx, p.Reason, p.ReasonEN), Basis: i18n.Pick(ctx, p.Basis, p.BasisEN), Since: p.From}
}

// derivation is the title of a derivation and its lines.
// counted are the dates that were counted.
func counted(list []*calendar.Derivation) (out []calendar.Derivation) {
	for _, d := range list {
		if d != nil {
			out = append(out, *d)
		}
	}
	return out
}

func derivation(ctx context.Context, d calendar.Derivation) (title string, lines []string) {
	lines = strings.Split(strings.TrimSpace(d.Text(string(i18n.Of(ctx)))), "\n")
	title = i18n.Pick(ctx, d.Limit.Name, d.Limit.NameEN)
	if title == "" {
		title = i18n.T(ctx, "ui.clock")
	}
	first, size := utf8.DecodeRuneInString(title) // a title in Chinese begins with three bytes
	return string(unicode.ToUpper(first)) + title[size:], lines
}

// shown is the limit that the large number is about, with its name: acceptance
// before acceptance, then whichever of promise and statute ends first.
func (c ClockProps) shown() (ClockLimit, string) {
	switch {
	case c.Accept.Amount > 0:
		return c.Accept, "accept"
	case c.Promise.Amount == 0, !c.Legal.Due.IsZero() && c.Legal.Due.Before(c.Promise.Due):
		return c.Legal, "legal"
	}
	return c.Promise, "promise"
}

// name is what a voice calls the card.
func (c ClockProps) name(ctx context.Context) string {
	key := "ui.clock"
	if c.Accept.Amount > 0 {
		key = "ui.clock.accept"
	}
	return orWord(c.Title, i18n.T(ctx, key))
}

// over is by how much the limit is passed; 0 while it is kept.
func (l ClockLimit) over() (int, string) {
	if l.Plus != nil {
		return l.Plus.Over, l.Plus.Unit
	}
	if n := l.Used - l.Amount; n > l.Over {
		return n, l.Unit
	}
	return l.Over, l.Unit
}

// left is how much remains: of the limit, then of its extension.
func (l ClockLimit) left(ctx context.Context) (n int, unit, more string) {
	rest := max(l.Amount-l.Used, 0)
	switch {
	case l.Plus == nil:
		return rest, l.Unit, ""
	case rest == 0:
		return max(l.Plus.Amount-l.Plus.Used, 0), l.Plus.Unit, ""
	}
	return rest, l.Unit, i18n.T(ctx, "ui.clock.plus", "amount", Amount(ctx, l.Plus.Amount, l.Plus.Unit))
}

// spent is how much of the limit is used, in words; past its end the time over it counts, too.
func (l ClockLimit) spent(ctx context.Context) string {
	s := Amount(ctx, max(l.Used, l.Used+l.Over), l.Unit)
	if l.Plus != nil && l.Plus.Used+l.Plus.Over > 0 {
		s += i18n.T(ctx, "ui.clock.plus", "amount", Amount(ctx, l.Plus.Used+l.Plus.Over, l.Plus.Unit))
	}
	return s
}

// whole writes the amount of the limit with what was added to it.
func (l ClockLimit) whole(ctx context.Context) string {
	s := Amount(ctx, l.Amount, l.Unit)
	if l.Plus != nil {
		s += i18n.T(ctx, "ui.clock.plus", "amount", Amount(ctx, l.Plus.Amount, l.Plus.Unit))
	}
	return s
}

// used says how much time went, in the units of all limits on the card.
func (c ClockProps) used(ctx context.Context) string {
	l, _ := c.shown()
	s := l.spent(ctx)
	if o := c.other(); o.Amount > 0 && orWord(o.Unit, "workday") != orWord(l.Unit, "workday") {
		s = i18n.T(ctx, "ui.clock.used_both", "a", s, "b", o.spent(ctx))
	}
	return s
}

// other is the limit beside the shown one.
func (c ClockProps) other() ClockLimit {
	switch _, name := c.shown(); name {
	case "promise":
		return c.Legal
	case "legal":
		return c.Promise
	}
	return ClockLimit{}
}

// track is the bar: how long it is, how much is used, and where the mark of the
// nearer limit stands (0 for none). Limits in different units share no scale;
// then it is the shown limit alone.
func (c ClockProps) track() (whole, used, mark int) {
	l, _ := c.shown()
	used = l.Used + l.Over
	whole = max(l.Amount, used, 1)
	if o := c.other(); o.Amount > l.Amount && orWord(o.Unit, "workday") == orWord(l.Unit, "workday") && l.Plus == nil && o.Plus == nil {
		return max(o.Amount, used), used, l.Amount
	}
	return whole, used, 0
}

// at places n units on a track of 1000.
func (c ClockProps) at(n int) string {
	whole, _, _ := c.track()
	return strconv.Itoa(min(n, whole) * 1000 / whole)
}

func (c ClockProps) status(ctx context.Context) Status {
	switch {
	case !c.Done.IsZero():
		return Status{Text: i18n.T(ctx, "ui.clock.done"), Tone: OK}
	case c.Pause != nil:
		return Status{Text: i18n.T(ctx, "ui.clock.paused"), Tone: Warn, Shape: "pause"}
	case c.Tone == Bad:
		return Status{Text: i18n.T(ctx, "ui.clock.red"), Tone: Bad}
	case c.Tone == Warn:
		return Status{Text: i18n.T(ctx, "ui.clock.yellow"), Tone: Warn}
	}
	return Status{Text: i18n.T(ctx, "ui.clock.running")}
}
