package intake

import (
	"context"
	"io"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/id"
	"tongban/platform/once"
)

// MaxUpload is how large a file may be that is handed in through the site;
// larger ones are imported by the command.
const MaxUpload = 512 << 20

// State is where a run is.
type State string

// The states of a run.
const (
	Mapped  State = "mapping" // the file is there, columns and codes are being mapped
	Queued  State = "queued"  // to begin
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed" // the file as a whole cannot be used
)

// Run is one import from the pages or the interface (导入任务).
type Run struct {
	Region   string
	ID       string
	State    State
	Dry      bool // the present or last try wrote nothing
	File     files.Ref
	FileName string
	Mapping  mapping.Mapping
	By       string // who began it
	At       time.Time
	Changed  time.Time
	Progress Progress
	Report   Report
	Failure  content.Text // why it failed

	by       string
	attempt  int
	at       checkpoint
	leaseEnd time.Time
}

// Busy tells whether the run is under way.
func (r Run) Busy() bool { return r.State == Queued || r.State == Running }

// Faults of runs.
var (
	ErrNoRun = fault.NotFound("catalogue.intake.no_run")
	ErrBusy  = fault.Conflict("catalogue.intake.busy")
)

// topic wakes the worker.
const topic = "catalogue.intake"

func may(ctx context.Context, region string) error {
	return authz.Require(ctx, catalogue.MayImportItems, authz.Object{Region: region})
}

// Begin keeps a file and proposes its mapping. The same command again, by its
// idempotency key, gives the run that it made.
func (s *Service) Begin(ctx context.Context, region, fileName string, r io.Reader) (Run, error) {
	if err := may(ctx, region); err != nil {
		return Run{}, err
	}
	ref, err := s.Files.PutNamed(ctx, fileName, r, MaxUpload, []files.Kind{files.Data})
	if err != nil {
		return Run{}, err
	}
	run := Run{Region: region, ID: id.New("imp"), State: Mapped, Dry: true, File: ref, FileName: fileName, At: s.Clock.Now(), By: auth.From(ctx).Name}
	samples, err := s.samples(run)
	if err != nil {
		return Run{}, err
	}
	run.Mapping, _ = Propose(samples)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		kept, err := once.Do(ctx, tx, region, "catalogue.import.begin", func() (string, error) {
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "catalogue.import.begun", Object: run.ID, Details: map[string]any{"file": fileName, "hash": ref.Hash, "size": ref.Size}})
			return run.ID, insertRun(ctx, tx, run)
		})
		run.ID = kept
		return err
	})
	if err != nil {
		return Run{}, err
	}
	return s.Run(ctx, region, run.ID)
}

// open opens the file of a run; close lets it go.
func (s *Service) open(run Run) (src *source.Source, close func() error, err error) {
	f, err := s.Files.Open(run.File.Hash)
	if err != nil {
		return nil, nil, err
	}
	at, ok := f.(source.Reader)
	if !ok {
		return nil, nil, fault.Internal("catalogue.intake.file")
	}
	src, err = source.Open(run.FileName, at, run.File.Size, source.DefaultLimits)
	if err != nil {
		f.Close()
		return nil, nil, explained(err)
	}
	return src, f.Close, nil
}

// samples are the first rows of the tables of a run's file.
func (s *Service) samples(run Run) ([]mapping.Sample, error) {
	src, close, err := s.open(run)
	if err != nil {
		return nil, err
	}
	defer close()
	return Look(src)
}

// Samples are the first rows of the tables of a run's file, and what their
// columns seem to mean.
func (s *Service) Samples(ctx context.Context, run Run) ([]mapping.Sample, map[string][]mapping.Guess, error) {
	if err := may(ctx, run.Region); err != nil {
		return nil, nil, err
	}
	list, err := s.samples(run)
	if err != nil {
		return nil, nil, err
	}
	_, guesses := mapping.Propose(list)
	return list, guesses, nil
}

// Runs lists the runs of a region and those below it, the newest first.
func (s *Service) Runs(ctx context.Context, region string, limit int) ([]Run, error) {
	if err := may(ctx, region); err != nil {
		return nil, err
	}
	return loadRuns(ctx, s.DB, region, limit)
}

// Run returns one run.
func (s *Service) Run(ctx context.Context, region, id string) (Run, error) {
	if err := may(ctx, region); err != nil {
		return Run{}, err
	}
	return loadRun(ctx, s.DB, region, id)
}

// SetMapping changes the mapping of a run that is not under way.
func (s *Service) SetMapping(ctx context.Context, region, id string, m mapping.Mapping) error {
	if err := m.Check(); err != nil {
		return explained(err)
	}
	return s.change(ctx, region, id, "catalogue.import.mapped", func(r *Run) { r.Mapping = m })
}

// Start lets a run begin: as a dry run, or for real.
func (s *Service) Start(ctx context.Context, region, id string, dry bool) error {
	act := "catalogue.import.started"
	if dry {
		act = "catalogue.import.tried"
	}
	return s.change(ctx, region, id, act, func(r *Run) {
		r.State, r.Dry, r.at, r.Report, r.Failure = Queued, dry, checkpoint{}, Report{}, content.Text{}
		r.Progress = Progress{Size: r.File.Size}
	})
}

func (s *Service) change(ctx context.Context, region, id, act string, f func(*Run)) error {
	if err := may(ctx, region); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, act, func() (string, error) {
			run, err := loadRun(ctx, tx, region, id)
			if err != nil {
				return "", err
			}
			if run.Busy() {
				return "", ErrBusy
			}
			if f(&run); run.State == Queued {
				if err := forgetProblems(ctx, tx, region, id); err != nil {
					return "", err
				}
				tx.Wake(topic)
			}
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: act, Object: id, Details: map[string]any{"file": run.FileName, "format": run.Mapping.Format}})
			return id, saveRun(ctx, tx, run, s.Clock.Now())
		})
		return err
	})
}

// Problems lists what is wrong with rows of a run, at most limit of them after
// a number.
func (s *Service) Problems(ctx context.Context, region, id string, after, limit int) ([]Problem, error) {
	if err := may(ctx, region); err != nil {
		return nil, err
	}
	return loadProblems(ctx, s.DB, region, id, after, limit)
}

// WriteProblems writes the problems of a run with their rows as CSV.
func (s *Service) WriteProblems(ctx context.Context, region, id string, english bool, w io.Writer) error {
	out := NewErrors(w, english)
	for after := 0; ; {
		list, err := s.Problems(ctx, region, id, after, 500)
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := out.Write(p); err != nil {
				return err
			}
		}
		if after += len(list); len(list) < 500 {
			return out.Close()
		}
	}
}
