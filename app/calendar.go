package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"tongban/data"
	"tongban/gov/casework"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

// calendarFile holds the days that an operator imported; they come before the
// days of the release.
const calendarFile = "calendar.csv"

// loadCalendar reads the days of the release and, over them, imported ones.
func loadCalendar(dir string) (*calendar.Calendar, error) {
	days, err := shippedDays()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, calendarFile))
	if errors.Is(err, fs.ErrNotExist) {
		return calendar.New(days)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	imported, bad, err := calendar.Read(f)
	if err != nil || len(bad) > 0 {
		return nil, errors.Join(err, fmt.Errorf("%s: %d lines cannot be read; import the calendar again", f.Name(), len(bad)))
	}
	return calendar.New(over(days, imported))
}

func shippedDays() ([]calendar.Entry, error) {
	f, err := data.Files.Open(data.Calendar)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	days, bad, err := calendar.Read(f)
	if err == nil && len(bad) > 0 {
		err = bad[0]
	}
	return days, err
}

// over lays new days over old ones: what the new list says of a day replaces
// everything that the old one said of it.
func over(old, imported []calendar.Entry) []calendar.Entry {
	known := map[calendar.Date]bool{}
	for _, e := range imported {
		known[e.Date] = true
	}
	return append(slices.DeleteFunc(slices.Clone(old), func(e calendar.Entry) bool { return known[e.Date] }), imported...)
}

// CalendarReport says what an import of days did.
type CalendarReport struct {
	Taken int
	Bad   []*calendar.LineError
	Until calendar.Date        // last day of the last year that has a notice
	Moved []casework.Recounted // open cases whose dates the days move
}

// newDays reads the days off again, for everybody who counts with them.
func (a *App) newDays() error {
	c, err := loadCalendar(a.DataDir)
	if err == nil {
		a.Calendar.Become(c)
	}
	return err
}

// ImportCalendar takes in days off and make-up working days. Lines that cannot
// be read are reported and do not stop the others. A running server counts with
// them at once: the plan to count open deadlines anew, which commits with the
// record of the import, makes it read the days again.
func (a *App) ImportCalendar(ctx context.Context, r io.Reader, name string, dry bool) (CalendarReport, error) {
	days, bad, err := calendar.Read(r)
	report := CalendarReport{Taken: len(days), Bad: bad}
	if err != nil || len(days) == 0 {
		return report, err
	}
	shipped, err := shippedDays()
	if err != nil {
		return report, err
	}
	c, err := calendar.New(over(shipped, days))
	if err != nil {
		return report, err
	}
	report.Until = c.KnownUntil()
	err = a.Casework.Recounts(auth.System(ctx, "operator:import"), c, func(r casework.Recounted) { report.Moved = append(report.Moved, r) })
	if err != nil || dry {
		return report, err
	}
	if err := a.keepCalendar(days); err != nil {
		return report, err
	}
	return report, a.DB.Write(auth.System(ctx, "operator:import"), func(tx *db.Tx) error {
		a.Casework.PlanRecountTx(tx, c.Version())
		audit.Record(ctx, tx, audit.Entry{Region: a.Region, Action: "calendar.days.imported", Object: c.Version(), Details: map[string]any{"file": name, "days": len(days), "rejected": len(bad)}})
		return nil
	})
}

// keepCalendar replaces the file of imported days in one step.
func (a *App) keepCalendar(days []calendar.Entry) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"date", "kind", "name_zh", "name_en"})
	for _, e := range days {
		w.Write([]string{e.Date.String(), string(e.Kind), e.NameZH, e.NameEN})
	}
	w.Flush()
	path := filepath.Join(a.DataDir, calendarFile)
	if err := os.WriteFile(path+".part", b.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
