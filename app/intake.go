package app

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/halls"
	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/catalogue/outlet"
	"tongban/gov/certificates/stock"
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
func (a *App) ExportItems(ctx context.Context, format, since string, w io.Writer) (sum outlet.Summary, err error) {
	opt := outlet.Options{Region: a.Region, Format: outlet.Format(format)}
	if since != "" {
		if opt.Since, err = time.ParseInLocation(time.DateOnly, since, calendar.Zone); err != nil {
			return sum, errors.New("--since wants a day such as 2026-11-22")
		}
	}
	return a.Outlet.Export(ctx, opt, w)
}

// ImportHalls takes in where the halls of the node's region lie; source is said of
// rows that name none.
func (a *App) ImportHalls(ctx context.Context, r io.Reader, source string, dryRun bool, problem func(catalogue.Problem)) (halls.Report, error) {
	return a.Halls.Import(ctx, r, halls.ImportOptions{Region: a.Region, Source: source, DryRun: dryRun, Problem: problem})
}

// openStock puts together what takes in certificates from before.
func (a *App) openStock() {
	a.Stock = stock.New(stock.Deps{DB: a.DB, Clock: a.Clock, Certificates: a.Certificates, Types: a.Types, People: a.Identity, Files: a.Files, Log: a.Log, Regions: a.regions(), Keep: a.KeepImports})
	a.Certificates.Stock = a.Stock
}

// StockImport says how the command takes in certificates from before.
type StockImport struct {
	Path     string // of the file
	Scans    string // archive or folder; "": none
	Type     string // code or key
	Issuer   string // unified code; "" is the authority that defines the type
	Name     string // of the issuer; "" is looked up
	Region   string // "" is that of the issuer
	Grade    string
	Map      string // file of a mapping, or the name of a saved one
	Propose  string // file into which to write the proposed mapping, and stop
	DryRun   bool
	English  bool
	Errors   io.Writer // findings as CSV; nil: not written
	Progress func(StockProgress)
}

// StockProgress is how far an import of stock is.
type StockProgress = stock.Progress

// StockImportDone is what it came to.
type StockImportDone struct {
	Run    string
	Report stock.Report
}

// ImportStock takes in certificates from before, or only looks at them. They
// wait for an officer of the issuing authority to release them.
func (a *App) ImportStock(ctx context.Context, in StockImport) (done StockImportDone, err error) {
	defer func() { err = said(err, in.English) }()
	run, err := a.beginStock(ctx, in)
	if err != nil {
		return done, err
	}
	if in.Propose != "" {
		return done, os.WriteFile(in.Propose, run.Map.Write(), 0o600)
	}
	if run, err = a.Stock.Start(ctx, run.Region, run.ID, true); err == nil {
		run, err = a.worked(ctx, run, in.Progress)
	}
	if err == nil && !in.DryRun && run.State == stock.Tried {
		if run, err = a.Stock.Start(ctx, run.Region, run.ID, false); err == nil {
			run, err = a.worked(ctx, run, in.Progress)
		}
	}
	done.Run, done.Report = run.ID, run.Report
	if err == nil && run.State == stock.Failed {
		err = errors.New(map[bool]string{true: run.Failure.En, false: run.Failure.Zh}[in.English])
	}
	if err == nil && in.Errors != nil {
		err = a.Stock.WriteFindings(ctx, run.Region, run.ID, in.English, in.Errors)
	}
	return done, err
}

func (a *App) beginStock(ctx context.Context, in StockImport) (stock.Run, error) {
	list, err := a.Types.List(ctx, "")
	if err != nil {
		return stock.Run{}, err
	}
	typ := strings.ToUpper(in.Type)
	x := stock.Intake{Region: in.Region, Type: typ, Issuer: in.Issuer, IssuerName: in.Name, Grade: in.Grade, FileName: filepath.Base(in.Path)}
	authority := in.Issuer
	for _, t := range list {
		if t.Key == in.Type || t.Code == typ {
			x.Type = t.Code
			if authority == "" {
				authority = t.Authority
			}
		}
	}
	if org, err := a.Identity.Org(ctx, authority); err == nil {
		if x.IssuerName == "" {
			x.IssuerName = org.Name
		}
		if x.Region == "" && slices.Contains(a.regions(), org.Region) {
			x.Region = org.Region
		}
	}
	if x.Region == "" {
		x.Region = a.Region
	}
	if in.Map != "" {
		raw, err := os.ReadFile(in.Map)
		if err != nil {
			return stock.Run{}, err
		}
		m, err := stock.ParseMap(raw)
		if err != nil {
			return stock.Run{}, err
		}
		x.Map = &m
	}
	return a.begunStock(ctx, x, in)
}

func (a *App) begunStock(ctx context.Context, x stock.Intake, in StockImport) (stock.Run, error) {
	f, err := os.Open(in.Path)
	if err != nil {
		return stock.Run{}, err
	}
	defer f.Close()
	x.File = f
	if in.Scans != "" {
		info, err := os.Stat(in.Scans)
		if err != nil {
			return stock.Run{}, err
		}
		if info.IsDir() {
			if x.Folder, err = filepath.Abs(in.Scans); err != nil {
				return stock.Run{}, err
			}
			return a.Stock.Begin(ctx, x)
		}
		scans, err := os.Open(in.Scans)
		if err != nil {
			return stock.Run{}, err
		}
		defer scans.Close()
		x.AnnexName, x.Annexes = filepath.Base(in.Scans), scans
	}
	return a.Stock.Begin(ctx, x)
}

// worked works until a run rests; a server on the same database may be the one
// that does it.
func (a *App) worked(ctx context.Context, run stock.Run, tell func(StockProgress)) (stock.Run, error) {
	ended := make(chan error, 1)
	look, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for look.Err() == nil {
			did, err := a.Stock.WorkOnce(look)
			if err != nil {
				ended <- err
				return
			}
			if !did {
				select {
				case <-look.Done():
				case <-time.After(time.Second):
				}
			}
		}
	}()
	for {
		select {
		case err := <-ended:
			return run, err
		case <-ctx.Done():
			return run, ctx.Err()
		case <-time.After(time.Second / 4):
		}
		now, err := a.Stock.Run(ctx, run.Region, run.ID)
		if err != nil {
			return run, err
		}
		if tell != nil {
			tell(now.Progress)
		}
		if !now.Busy() {
			return now, nil
		}
	}
}
