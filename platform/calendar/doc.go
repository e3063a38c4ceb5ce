// Package calendar counts working days, calendar days and hours, and explains how it counted.
//
// # Purpose
//
// A legal limit is a number, a unit and a starting moment. This package turns them into the last moment that
// still keeps the limit, from a calendar of days off and make-up working days, leaving out pauses, and
// returns a derivation that a reader can check day by day.
//
// # How to use
//
//	c, err := calendar.Load(file)
//	r := c.Due(accepted, calendar.Limit{Amount: 20, Unit: calendar.WorkingDays, Citation: "…"}, pauses)
//	fmt.Print(r.Derivation.Text("zh-Hans"))
//
// [Calendar.Due] says when a limit ends; [Calendar.Status] adds how much of it is used up at a given moment;
// [Calendar.WorkingDaysBetween] counts; [Calendar.AddISO] serves timers whose length is written as an
// ISO 8601 duration or, for working days, as "P5WD".
//
// # Guarantees
//
// The package is pure: no clock, no network, no state besides the calendar, which is never changed after it
// was built and may be used by many goroutines. The rules, each with its source:
//
//   - Place. A day is a day in Beijing, [Zone], fixed at +08:00; the host's time zone plays no part.
//   - Beginning. When counting by days, the day on which the period starts is not counted; counting starts on the
//     next day (Law: 民法典 art. 201 para. 1). When counting by hours, it starts at the moment itself (para. 2).
//   - End. The period ends at 24:00 of its last day (Law: 民法典 art. 203 para. 2), given here as 23:59:59.999999.
//     Office hours, which the same paragraph mentions, are not applied: an online service is open until 24:00.
//   - Working days. Days off are not counted (Law: 行政许可法 art. 82, limits in working days exclude statutory
//     holidays). A Saturday or Sunday that the yearly notice makes a working day (调休上班) is counted.
//   - Calendar days. Every day counts, but when the last one is a day off the period ends with the
//     first working day after it (Law: 民法典 art. 203 para. 1).
//   - Hours. Natural hours, day and night, days off included. They end at the minute, without moving to a working day,
//     since art. 203 speaks of a last day.
//   - Pauses. Time that the law keeps out of the limit (Law: for example 行政许可法 art. 45: hearing, inspection, testing,
//     expert review) is an interval from From up to, not including, Until. When counting by days, a day that a pause
//     touches for even a moment is not counted: neither the day on which it begins nor the day on which it ends. (Because:
//     a part of a day cannot be counted as a day, and the start-day rule of art. 201 leaves out the beginning day likewise.)
//     A pause that ends at 00:00 does not touch the day that begins then. When counting by hours the exact
//     interval is left out. Pauses may overlap and come in any order; together they are one set of moments. A pause
//     that ends before it begins or at once is empty.
//   - Open pauses. While a pause has no end the clock stands still: Running is false and there is no due moment,
//     unless the limit had already run out before the pause began.
//   - Zero. A limit of 0 days ends with the day on which it started. A negative amount is read as 0, and no amount
//     counts for more than [MaxAmount].
//   - Unknown years. For a year without a published notice only Saturday and Sunday are known to be off; the
//     result is then Provisional and the derivation says so. A later notice may also move a day at the end of the last known year.
//
// Nothing is counted twice: the counted days of two stages, the second starting when the first ends, are the counted days of the whole.
package calendar
