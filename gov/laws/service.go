package laws

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migrations are the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrationFiles, "migrations")
	return db.Migrations{Name: "laws", FS: sub}
}

// The refusals of this capability.
var (
	ErrNoLaw     = fault.NotFound("laws.no_law")
	ErrNoArticle = fault.NotFound("laws.no_article")
	ErrTaken     = fault.Conflict("laws.other_text") // title and date are taken by another text
	ErrQuery     = fault.Invalid("laws.query")
)

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Log     *slog.Logger
	Shipped func() ([]byte, error) // archive that ships with the service, for Seed; as it is or compressed by bzip2
	Items   Items                  // what cites laws; nil: nothing does
}

// Service is the door to the laws.
type Service struct {
	notices notices
	Deps
	mu    sync.Mutex
	index *index
	texts map[string]Text // by hash of the body

	searching sync.Mutex
	corpus    *corpus
}

// New returns a service over a migrated database.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Clock == nil {
		d.Clock = clock.System
	}
	return &Service{Deps: d, texts: map[string]Text{}}
}

// today is the day of the law.
func (s *Service) today() string { return s.Clock.Now().In(calendar.Zone).Format(time.DateOnly) }

// Report says what an import did.
type Report struct {
	DryRun   bool         `json:"dry_run"`
	Read     int          `json:"read"` // texts, after parts of one law were put together
	New      int          `json:"new"`
	Same     int          `json:"same"`
	Laws     int          `json:"laws"` // titles among them
	Problems []RowProblem `json:"problems,omitempty"`
}

// ImportOptions says how to import.
type ImportOptions struct {
	DryRun bool
	Region string // whose laws they are; National for those of the whole country
	Source string // where they come from
}

// maxFile bounds a file of laws.
const maxFile = 256 << 20

// Import takes in laws: an archive as Export writes it, or a JSON object a line.
// What is kept already changes nothing; another text under a title and date that
// are taken is a problem of its row.
func (s *Service) Import(ctx context.Context, r io.Reader, opt ImportOptions) (Report, error) {
	if opt.Region == "" {
		opt.Region = National
	}
	if err := authz.Require(ctx, MayImportLaws, authz.Object{Region: opt.Region}); err != nil {
		return Report{}, err
	}
	report := Report{DryRun: opt.DryRun}
	bad := func(p RowProblem) { report.Problems = append(report.Problems, p) }
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return report, err
	}
	if len(raw) > maxFile {
		return report, ErrFormat
	}
	var list []entry
	if head := string(raw[:min(4, len(raw))]); head == "PK\x03\x04" || strings.HasPrefix(head, squeezed) {
		list, err = readArchive(raw, false, bad)
	} else {
		list, err = readRows(strings.NewReader(string(raw)), opt.Source, bad)
	}
	if err != nil {
		return report, err
	}
	for i := range list {
		list[i].Region = opt.Region
	}
	return s.take(ctx, list, report)
}

// take keeps what is new.
func (s *Service) take(ctx context.Context, list []entry, report Report) (Report, error) {
	found := report.Problems
	titles := map[string]bool{}
	work := func(r db.Reader) ([]entry, error) {
		there, err := allVersions(ctx, r)
		if err != nil {
			return nil, err
		}
		have := map[string]string{}
		for _, v := range there {
			have[v.Region+"/"+v.Law+"/"+v.Date] = v.Hash
		}
		report.Problems, report.Read, report.New, report.Same = slices.Clone(found), 0, 0, 0
		var fresh []entry
		for i, e := range list {
			report.Read++
			titles[e.Law] = true
			key := e.Region + "/" + e.Law + "/" + e.Date
			switch old, ok := have[key]; {
			case !ok:
				have[key] = e.Hash
				fresh = append(fresh, e)
				report.New++
			case old == e.Hash:
				report.Same++
			default:
				report.Problems = append(report.Problems, RowProblem{i + 1, e.Title, "other_text"})
			}
		}
		report.Laws = len(titles)
		return fresh, nil
	}
	if report.DryRun {
		_, err := work(s.DB)
		return report, err
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		fresh, err := work(tx)
		if err != nil {
			return err
		}
		if len(fresh) == 0 {
			tx.Unaudited("nothing changed")
			return nil
		}
		audit.Record(ctx, tx, audit.Entry{Region: fresh[0].Region, Action: "laws.imported", Object: "laws", Details: map[string]any{"texts": len(fresh), "source": fresh[0].Source, "first": fresh[0].Title, "date": fresh[0].Date}})
		return insertVersions(ctx, tx, fresh, s.Clock.Now())
	})
	s.forget()
	return report, err
}

// Seed takes in the shipped archive unless this very archive was taken in.
func (s *Service) Seed(ctx context.Context) error {
	if s.Shipped == nil {
		return nil
	}
	shipped, err := s.Shipped()
	if err != nil {
		return fmt.Errorf("shipped laws: %w", err)
	}
	ctx = auth.System(ctx, "laws")
	hash := hashOf(shipped)
	old, err := importHash(ctx, s.DB, National, "shipped")
	if err != nil || old == hash {
		return err
	}
	report := Report{}
	list, err := readArchive(shipped, true, func(p RowProblem) { report.Problems = append(report.Problems, p) })
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Region = National
	}
	if report, err = s.take(ctx, list, report); err != nil {
		return err
	}
	s.Log.Info("imported", "what", "laws", "read", report.Read, "new", report.New, "same", report.Same, "problems", len(report.Problems))
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("the import itself is recorded")
		return saveImport(ctx, tx, National, "shipped", hash, s.Clock.Now())
	})
}

// Export writes the texts of one region as an archive that Import reads.
func (s *Service) Export(ctx context.Context, region string, w io.Writer) error {
	if region == "" {
		region = National
	}
	var list []entry
	if err := eachBody(ctx, s.DB, region, func(e entry) error { list = append(list, e); return nil }); err != nil {
		return err
	}
	return writeArchive(w, list)
}
