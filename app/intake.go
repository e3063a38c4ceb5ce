package app

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/catalogue/outlet"
	"tongban/platform/calendar"
	"tongban/platform/fault"
)

// ItemProgress is how far an import is.
type ItemProgress = intake.Progress

// ItemImport says how the command takes items in.
type ItemImport struct {
	Path     string // file or folder
	Name     string // of the source, for the record
	Format   string // guides, national, sheet; "" is found out
	Map      string // file of a mapping, or the name of a saved one
	Propose  string // file into which to write the proposed mapping, and stop
	AsOf     string
	DryRun   bool
	English  bool
	Errors   io.Writer // rows with problems as CSV; nil: not written
	Problem  func(table string, line int, zh, en string)
	Progress func(ItemProgress)
}

// ItemImportDone is what an import of the command came to, in words.
type ItemImportDone struct {
	Zh, En   string
	Rejected int
	Open     []string // values that the mapping does not decide on
	Proposed bool     // the mapping was proposed and given by nobody
}

// ImportItems takes items in from a file or a folder.
func (a *App) ImportItems(ctx context.Context, in ItemImport) (ItemImportDone, error) {
	var done ItemImportDone
	src, err := source.OpenPath(in.Path, source.DefaultLimits)
	if err != nil {
		return done, said(intake.Explained(err), in.English)
	}
	defer src.Close()
	samples, err := intake.Look(src)
	if err != nil {
		return done, said(err, in.English)
	}
	m, proposed, err := a.mappingFor(ctx, in, samples)
	if err != nil || in.Propose != "" {
		return done, said(err, in.English)
	}
	if done.Proposed = proposed; proposed && !in.DryRun {
		return done, errors.New("a sheet needs a mapping: write the proposed one with --propose FILE, look at it, and give it with --map FILE; or try it with --dry-run")
	}
	opt := intake.Options{Region: a.Region, Name: in.Name, AsOf: in.AsOf, DryRun: in.DryRun, Mapping: m, Progress: in.Progress}
	var file *intake.Errors
	if in.Errors != nil {
		file = intake.NewErrors(in.Errors, in.English)
	}
	opt.Problem = func(p intake.Problem) {
		in.Problem(p.Table, p.Line, p.String(), p.English())
		if file != nil {
			err = errors.Join(err, file.Write(p))
		}
	}
	report, failed := a.Intake.Import(ctx, src, opt)
	if file != nil {
		err = errors.Join(err, file.Close())
	}
	done.Zh, done.En, done.Rejected = report.String(), report.English(), report.Rejected
	for list, values := range report.Undecided {
		for v := range values {
			done.Open = append(done.Open, list+": "+v)
		}
	}
	return done, said(errors.Join(failed, err), in.English)
}

// mappingFor is the mapping of an import: the one that was given, else the one
// that its format brings, else a proposal.
func (a *App) mappingFor(ctx context.Context, in ItemImport, samples []mapping.Sample) (m mapping.Mapping, proposed bool, err error) {
	m, _ = intake.Propose(samples)
	if in.Format != "" && in.Format != string(m.Format) {
		if m = (mapping.Mapping{Format: mapping.Format(in.Format)}); m.Format == mapping.Sheet {
			m, _ = mapping.Propose(samples)
		}
	}
	switch {
	case in.Propose != "":
		return m, true, os.WriteFile(in.Propose, m.Write(), 0o600)
	case in.Map == "":
		return m, m.Format == mapping.Sheet, nil
	}
	raw, err := os.ReadFile(in.Map)
	if errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(in.Map, `/\.`) {
		m, err = a.Intake.Mapping(ctx, a.Region, in.Map)
		return m, false, err
	}
	if err != nil {
		return m, false, err
	}
	m, err = mapping.Parse(raw)
	return m, false, intake.Explained(err)
}

// said explains a fault in the operator's language.
func said(err error, english bool) error {
	var f *fault.Fault
	if errors.As(err, &f) && f.Kind != fault.KindInternal {
		return errors.New(Explain(english, f))
	}
	return err
}

// ExportItems writes the items of the node's region in a form of the outlet;
// since is a day, "" for everything.
func (a *App) ExportItems(ctx context.Context, format, since string, w io.Writer) (items int, err error) {
	opt := outlet.Options{Region: a.Region, Format: outlet.Format(format)}
	if since != "" {
		if opt.Since, err = time.ParseInLocation(time.DateOnly, since, calendar.Zone); err != nil {
			return 0, errors.New("--since wants a day such as 2026-11-22")
		}
	}
	sum, err := a.Outlet.Export(ctx, opt, w)
	return sum.Items, err
}
