package intake

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// lease is how long a run belongs to a process that is silent.
const lease = 2 * time.Minute

// maxKept is how many problems of a run are kept; all are counted.
const maxKept = 20000

// errLost says that another process has the run now.
var errLost = errors.New("intake: another process has taken the run over")

// Work does runs until ctx ends, those first that wait longest. A run whose
// process went away is taken over where its last commit left it.
func (s *Service) Work(ctx context.Context) {
	woken := s.DB.Woken(topic)
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		for {
			did, err := s.WorkOnce(ctx)
			if err != nil && ctx.Err() == nil {
				s.log().Error("import", "error", err)
			}
			if !did || ctx.Err() != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
	}
}

func (s *Service) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}

// WorkOnce does the next run, if there is one.
func (s *Service) WorkOnce(ctx context.Context) (bool, error) {
	ctx = auth.System(ctx, "intake")
	run, ok, err := s.claim(ctx)
	if err != nil || !ok {
		return false, err
	}
	return true, s.work(ctx, run)
}

func (s *Service) claim(ctx context.Context) (run Run, ok bool, err error) {
	now := s.Clock.Now()
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("whose turn it is")
		run, ok, err = nextRun(ctx, tx, now)
		if err != nil || !ok {
			return err
		}
		run.State, run.attempt, run.leaseEnd = Running, run.attempt+1, now.Add(lease)
		if run.Progress.Started.IsZero() {
			run.Progress.Started = now
		}
		return saveRun(ctx, tx, run, now)
	})
	return run, ok, err
}

// work takes the file of a run in.
func (s *Service) work(ctx context.Context, run Run) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex // of run.Progress
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { s.heartbeat(ctx, &run, &mu, done, stop) })
	report, err := s.taken(ctx, &run, &mu)
	close(done)
	wg.Wait()
	if errors.Is(context.Cause(ctx), errLost) || errors.Is(err, errLost) {
		return errLost
	}
	if ctx.Err() != nil || errors.Is(err, db.ErrUnavailable) || errors.Is(err, db.ErrOutcomeUnknown) {
		return err // nobody's failure: the next process goes on
	}
	run.Report, run.State = report, Done
	if err != nil {
		run.State, run.Failure = Failed, wordsOf(err)
	}
	now := s.Clock.Now()
	run.Progress.Now = now
	return s.DB.Write(auth.System(context.WithoutCancel(ctx), "intake"), func(tx *db.Tx) error {
		tx.Unaudited("the end of a run; its items are in the record")
		return finishRun(ctx, tx, run, now)
	})
}

// wordsOf keeps a failure for whoever looks later, in both languages.
func wordsOf(err error) content.Text {
	f := fault.Of(err)
	if t, ok := f.Details["problem"].(content.Text); ok {
		return t
	}
	if t, ok := f.Details["fields"].(content.Text); ok {
		return content.Text{Zh: "缺少这些要素的列：" + t.Zh, En: "there is no column for: " + t.En}
	}
	return content.Text{Zh: "没有完成（" + f.Code + "）", En: "not completed (" + f.Code + ")"}
}

func (s *Service) taken(ctx context.Context, run *Run, mu *sync.Mutex) (Report, error) {
	src, close, err := s.open(*run)
	if err != nil {
		return Report{}, err
	}
	defer close()
	opt := Options{Region: run.Region, Name: run.FileName, DryRun: run.Dry, Mapping: run.Mapping, keep: s.keeper(run), From: time.Time{}}
	if run.at.Chunks > 0 {
		opt.resume = &run.at
	}
	started := run.Progress.Started
	opt.Progress = func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		p.Started = started
		run.Progress = p
	}
	return s.Import(ctx, src, opt)
}

// keeper notes where the run is, with the problems of the chunk.
func (s *Service) keeper(run *Run) keeper {
	region, id, attempt := run.Region, run.ID, run.attempt
	return func(ctx context.Context, tx *db.Tx, at checkpoint, b batch) error {
		number := at.Report.Problems - len(b.problems)
		if err := saveProblems(ctx, tx, region, id, number, b.problems); err != nil {
			return err
		}
		b.now.Done, b.now.Now = at.Report.Items, s.Clock.Now()
		n, err := saveCheckpoint(ctx, tx, region, id, attempt, at, b.now.Now.Add(lease))
		if err == nil && n == 0 {
			return errLost
		}
		return err
	}
}

// heartbeat says from time to time that this process is at work, and how far.
func (s *Service) heartbeat(ctx context.Context, run *Run, mu *sync.Mutex, done <-chan struct{}, stop context.CancelCauseFunc) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case <-every.C:
		}
		mu.Lock()
		p := run.Progress
		mu.Unlock()
		now := s.Clock.Now()
		p.Now = now
		var found int64
		err := s.DB.Tidy(ctx, func(tx *db.Tx) (err error) {
			tx.Unaudited("how far a run is")
			found, err = saveProgress(ctx, tx, run.Region, run.ID, run.attempt, p, now.Add(lease))
			return err
		})
		if err == nil && found == 0 {
			stop(errLost)
			return
		}
	}
}
