package stock

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/files"
	"tongban/platform/id"
	"tongban/platform/once"
)

// Deps is what the stock needs.
type Deps struct {
	DB           *db.DB
	Clock        clock.Clock
	Certificates *certificates.Service
	Types        *kinds.Service
	People       People
	Files        *files.Store
	Log          *slog.Logger  // nil: nothing is logged
	Regions      []string      // where stock may be kept
	Keep         time.Duration // how long files and findings of a run stay; 0: DefaultKeep
}

// Service takes stock in.
type Service struct {
	Deps
	mu      sync.Mutex
	trouble map[string]time.Time // runs that failed to begin here, until when they rest
}

// New returns a service.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d, trouble: map[string]time.Time{}}
}

// topic wakes the worker.
const topic = "certificates.stock"

// object is a run as the check of permissions sees it.
func (r Run) object() authz.Object {
	return authz.Object{Region: r.Region, Orgs: []string{r.Issuer}}
}

// may lets in officers of the issuing office.
func (r Run) may(ctx context.Context) error { return authz.Require(ctx, MaySee, r.object()) }

// Intake is what is handed in.
type Intake struct {
	Region     string
	Type       string // code of the certificate type
	Issuer     string // unified code; "" is the authority that defines the type
	IssuerName string
	Grade      string // A, B or C
	FileName   string
	File       io.Reader
	AnnexName  string
	Annexes    io.Reader // ZIP; nil: none
	Folder     string    // of scans, instead of an archive; for the command
	Map        *Map      // nil: proposed
}

// Begin keeps a file and proposes its mapping. The same command again, by its
// idempotency key, gives the run that it made.
func (s *Service) Begin(ctx context.Context, in Intake) (Run, error) {
	t, err := s.Types.InForce(ctx, in.Type)
	if err != nil {
		return Run{}, err
	}
	run := Run{Region: in.Region, ID: id.New("stk"), State: Mapping, Job: Try, Type: t.Code, TypeName: t.Name.Zh, Issuer: strings.ToUpper(strings.TrimSpace(in.Issuer)), IssuerName: strings.TrimSpace(in.IssuerName),
		Grade: in.Grade, FileName: in.FileName, At: s.Clock.Now(), By: auth.From(ctx).ID, ByName: auth.From(ctx).Name, folder: in.Folder}
	if err := s.settleIssuer(ctx, &run, t); err != nil {
		return Run{}, err
	}
	if err := authz.Require(ctx, MayTakeIn, run.object()); err != nil {
		return Run{}, err
	}
	limit := int64(MaxUpload)
	if auth.From(ctx).Kind == auth.KindSystem {
		limit = maxCommand
	}
	if run.File, err = s.Files.PutNamed(ctx, in.FileName, in.File, limit, []files.Kind{files.Data}); err != nil {
		return Run{}, err
	}
	if in.Annexes != nil {
		if run.Annexes, err = s.Files.PutNamed(ctx, in.AnnexName, in.Annexes, limit, []files.Kind{files.Data}); err != nil {
			return Run{}, err
		}
		run.AnnexName = in.AnnexName
	}
	if run.Map, err = s.firstMap(ctx, run, t, in.Map); err != nil {
		return Run{}, err
	}
	run.at.Folder = in.Folder
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		kept, err := once.Do(ctx, tx, run.Region, "certificates.stock.begin", func() (string, error) {
			audit.Record(ctx, tx, audit.Entry{Region: run.Region, Action: "certificates.stock.begun", Object: run.ID, Details: map[string]any{"file": run.FileName, "hash": run.File.Hash, "size": run.File.Size,
				"type": run.Type, "issuer": run.Issuer, "grade": run.Grade, "scans": run.Annexes.Hash}})
			return run.ID, insertRun(ctx, tx, run)
		})
		run.ID = kept
		return err
	})
	if err != nil {
		return Run{}, err
	}
	return s.Run(ctx, run.Region, run.ID)
}

func (s *Service) settleIssuer(ctx context.Context, run *Run, t kinds.Type) error {
	if run.Issuer == "" || run.Issuer == t.Authority {
		run.Issuer = t.Authority
		if run.IssuerName == "" {
			run.IssuerName = t.By.Zh
		}
	}
	if run.Grade != "A" && run.Grade != "B" && run.Grade != "C" {
		return ErrGrade
	}
	if _, err := number.ParseUSCC(run.Issuer); err != nil && run.Issuer != t.Authority || run.IssuerName == "" || len([]rune(run.IssuerName)) > 100 {
		return ErrIssuer
	}
	if err := s.ownName(ctx, run); err != nil {
		return err
	}
	_, err := s.issues(ctx, *run, t)
	return err
}

// ownName refuses the name of another office. Because: a name that an office had
// before is on no register, so that names cannot be looked up; but nobody issues
// in the name of somebody else.
func (s *Service) ownName(ctx context.Context, run *Run) error {
	var whose string
	for _, region := range s.Regions {
		offices, err := s.People.DepartmentsBelow(ctx, region)
		if err != nil {
			return err
		}
		for _, o := range offices {
			if o.Name == run.IssuerName && o.Code == run.Issuer {
				return nil
			}
			if o.Name == run.IssuerName {
				whose = o.Code
			}
		}
	}
	if whose != "" {
		return ErrIssuerName.With("name", run.IssuerName).With("code", whose)
	}
	return nil
}

// firstMap looks into the file, and at the scans, and proposes a mapping: one
// that was saved for the type when it fits, else by the names of the columns.
func (s *Service) firstMap(ctx context.Context, run Run, t kinds.Type, given *Map) (Map, error) {
	a, err := s.annexesOf(run)
	if err != nil {
		return Map{}, err
	}
	a.Close()
	if given != nil {
		return given.clean(t), nil
	}
	sample, err := s.sample(run)
	if err != nil {
		return Map{}, err
	}
	saved, err := loadMaps(ctx, s.DB, run.Region, run.Type)
	if err != nil {
		return Map{}, err
	}
	for _, m := range saved {
		if m.Fits(sample.Header) {
			return m.clean(t), nil
		}
	}
	return Propose(t, sample.Header, run.IssuerName), nil
}

// Fits tells whether a file has every column of the mapping.
func (m Map) Fits(header []string) bool { return m.fits(header) }

// Sample is the beginning of a file.
type Sample struct {
	Tables []string // sheets of a workbook
	Header []string
	Rows   []source.Row
}

// sampleRows is how many rows are shown.
const sampleRows = 20

// open opens the file of a run.
func (s *Service) open(run Run) (*source.Source, io.Closer, error) {
	f, err := s.Files.Open(run.File.Hash)
	if err != nil {
		return nil, nil, err
	}
	at, ok := f.(source.Reader)
	if !ok {
		f.Close()
		return nil, nil, ErrFile
	}
	src, err := source.Open(run.FileName, at, run.File.Size, source.DefaultLimits)
	if err != nil {
		f.Close()
		return nil, nil, explained(err)
	}
	return src, f, nil
}

// table opens the table that the mapping names, or the first.
func table(src *source.Source, name string) (source.Table, error) {
	for _, e := range src.Tables {
		if name == "" || e.Name == name {
			t, err := e.Open()
			return t, explained(err)
		}
	}
	return nil, ErrFormat.With("problem", catalogue.Text{Zh: "文件里没有工作表“" + name + "”", En: "the file has no sheet " + name})
}

func explained(err error) error {
	var f *source.FormatError
	if errors.As(err, &f) {
		return ErrFormat.With("problem", catalogue.Text{Zh: f.Zh, En: f.En})
	}
	return err
}

func (s *Service) sample(run Run) (Sample, error) {
	src, closer, err := s.open(run)
	if err != nil {
		return Sample{}, err
	}
	defer closer.Close()
	var out Sample
	for _, e := range src.Tables {
		out.Tables = append(out.Tables, e.Name)
	}
	name := run.Map.Table
	t, err := table(src, name)
	if err != nil {
		return out, err
	}
	defer t.Close()
	for len(out.Rows) < sampleRows {
		row, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return out, explained(err)
		}
		out.Rows = append(out.Rows, row)
	}
	out.Header = t.Header()
	return out, nil
}

// Samples is the beginning of a run's file, and its rows as they would be read.
func (s *Service) Samples(ctx context.Context, run Run) (Sample, []Preview, error) {
	if err := run.may(ctx); err != nil {
		return Sample{}, nil, err
	}
	sample, err := s.sample(run)
	if err != nil {
		return sample, nil, err
	}
	t, err := s.Types.InForce(ctx, run.Type)
	if err != nil {
		return sample, nil, err
	}
	r := &reader{run: run, t: t, now: s.Clock.Now(), plan: run.Map.compile(sample.Header)}
	var out []Preview
	for _, row := range sample.Rows {
		p := Preview{Line: row.Line}
		if row.Problem != nil {
			p.Findings = []Finding{unreadable(row)}
		} else {
			p.Draft, p.Findings = r.read(row.Line, row.Raw, row.Cells)
		}
		out = append(out, p)
	}
	return sample, out, nil
}

// Preview is a row as it would be read.
type Preview struct {
	Line int
	Draft
	Findings []Finding
}

func unreadable(row source.Row) Finding {
	return Finding{Line: row.Line, Rule: "unreadable", Field: row.Problem.Field, Text: catalogue.Text{Zh: row.Problem.Zh, En: row.Problem.En}, Raw: row.Raw}
}

// Runs lists the runs that the caller may see, the newest first.
func (s *Service) Runs(ctx context.Context, limit int) ([]Run, error) {
	if err := authz.Door(ctx, MaySee); err != nil {
		return nil, err
	}
	var out []Run
	for _, region := range s.Regions {
		list, err := loadRuns(ctx, s.DB, region, 200)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			if r.may(ctx) == nil && len(out) < limit {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// Run returns one run. Whether it exists is not for everybody.
func (s *Service) Run(ctx context.Context, region, id string) (Run, error) {
	run, err := loadRun(ctx, s.DB, region, id)
	if err == nil && run.may(ctx) != nil {
		err = ErrNoRun
	}
	if err != nil {
		return Run{}, err
	}
	return run, nil
}

// Maps are the mappings that were saved for a type, the newest first.
func (s *Service) Maps(ctx context.Context, run Run) ([]Map, error) {
	if err := run.may(ctx); err != nil {
		return nil, err
	}
	return loadMaps(ctx, s.DB, run.Region, run.Type)
}
