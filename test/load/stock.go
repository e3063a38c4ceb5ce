package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tongban/app"
	"tongban/gov/certificates/stock"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/test/sim/town"
)

// stock takes b.rows certificates in, as one run that is killed in the
// middle, has all of them signed, killed again, and measures checks and look-ups
// among them.
func (b *bench) stock(ctx context.Context) error {
	return b.onEngines(ctx, func(ctx context.Context, engine db.Engine, o app.Options) error {
		if b.engine != "" && b.engine != string(engine) {
			return nil
		}
		a, err := app.Open(ctx, o)
		if err != nil {
			return err
		}
		defer a.Close()
		m := &stockBench{bench: b, engine: engine, o: o, a: a, system: auth.System(ctx, "load")}
		if err := m.begin(ctx); err != nil {
			return err
		}
		for _, job := range []struct {
			name  string
			start func(stock.Run) (stock.Run, error)
			kill  float64
		}{
			{"dry run", func(r stock.Run) (stock.Run, error) { return a.Stock.Start(m.system, r.Region, r.ID, true) }, 0},
			{"taken in", func(r stock.Run) (stock.Run, error) { return a.Stock.Start(m.system, r.Region, r.ID, false) }, 0.45},
			{"signed", m.order, 0.45},
		} {
			if err := m.job(ctx, job.name, job.start, job.kill); err != nil {
				return fmt.Errorf("%s: %w", job.name, err)
			}
		}
		return m.among(ctx)
	})
}

// stockBench is one engine's turn.
type stockBench struct {
	*bench
	engine db.Engine
	o      app.Options
	a      *app.App
	system context.Context
	run    stock.Run
}

// begin records people, writes the file and hands it in.
func (m *stockBench) begin(ctx context.Context) error {
	if err := m.a.Types.Seed(ctx, town.District); err != nil {
		return err
	}
	err := m.a.DB.Write(m.system, func(tx *db.Tx) error {
		for i := range knownPeople {
			if _, err := m.a.Identity.EnsurePersonTx(m.system, tx, identity.Person{Name: knownName(i), Number: string(number.Fictional(town.District, i)), Level: identity.LevelCounter}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	path := filepath.Join(m.o.DataDir, "stock.csv")
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	defer f.Close()
	if err := writeStock(f, 2026, m.rows); err != nil {
		return err
	}
	if _, err := f.Seek(0, 0); err != nil {
		return err
	}
	m.run, err = m.a.Stock.Begin(m.system, stock.Intake{Region: town.District, Type: stockType, Grade: "A", FileName: "stock.csv", File: f})
	return err
}

// knownName is the name by which a person is recorded: of one in ten another
// one than in the file.
func knownName(i int) string {
	if i%10 == 0 {
		return "示例另名"
	}
	return stockName(i)
}

// order releases the run and orders all of it to be signed.
func (m *stockBench) order(r stock.Run) (stock.Run, error) {
	other := auth.System(m.system, "second officer")
	if _, err := m.a.Stock.Release(other, r.Region, r.ID); err != nil {
		return r, err
	}
	return m.a.Stock.Issue(other, r.Region, r.ID, 0)
}

// job does one job of the run in a process of its own, which is killed when so
// much is done; another one goes on.
func (m *stockBench) job(ctx context.Context, name string, start func(stock.Run) (stock.Run, error), kill float64) (err error) {
	if m.run, err = start(m.run); err != nil {
		return err
	}
	began, used, memory, killed := clock.Start(), time.Duration(0), int64(0), 0
	for {
		p, err := m.worker(ctx, killed)
		if err != nil {
			return err
		}
		atEnd := func() bool { return killed == 0 && kill > 0 && share(m.run.Progress) >= kill }
		for m.run.Busy() && !atEnd() {
			time.Sleep(200 * time.Millisecond)
			if m.run, err = m.a.Stock.Run(m.system, m.run.Region, m.run.ID); err != nil || ctx.Err() != nil {
				_ = p.Process.Kill()
				return errors.Join(err, ctx.Err())
			}
		}
		_ = p.Process.Kill() // SIGKILL, in the middle of whatever it does
		_ = p.Wait()
		if u, ok := p.ProcessState.SysUsage().(*syscall.Rusage); ok {
			used, memory = used+time.Duration(u.Utime.Nano()+u.Stime.Nano()), max(memory, u.Maxrss*1024)
		}
		if !m.run.Busy() {
			break
		}
		killed++
		m.table.note("P5", fmt.Sprintf("%s: %s: killed when so many rows were done", m.engine, name), fmt.Sprint(m.run.Progress.Rows))
	}
	if m.run.State == stock.Failed {
		return errors.New(m.run.Failure.En)
	}
	r := m.run.Report
	n := r.Rows
	if name == "signed" {
		n = r.Signed
	}
	m.table.note("P5", fmt.Sprintf("%s: stock of %d %s, killed %d times", m.engine, m.rows, name, killed),
		fmt.Sprintf("%.0f/s, %.0f µs, %.0f MB", float64(n)/clock.Elapsed(began).Seconds(), 1e6*used.Seconds()/float64(max(n, 1)), mb(memory)))
	return m.counted(ctx, name)
}

func share(p stock.Progress) float64 { s, _ := p.Share(); return s }

// counted compares what the run says with what is there.
func (m *stockBench) counted(ctx context.Context, name string) error {
	r := m.run.Report
	count := func(query string) (n int, err error) { return db.One(ctx, m.a.DB, db.Value[int], query, town.District) }
	records, err := count(`SELECT count(*) FROM certificates_stock_record WHERE region = $1 AND state <> 'conflict'`)
	if err != nil {
		return err
	}
	papers, err := count(`SELECT count(*) FROM certificates_paper WHERE region = $1`)
	if err != nil {
		return err
	}
	distinct, err := count(`SELECT count(DISTINCT number) FROM certificates_paper WHERE region = $1`)
	if err != nil {
		return err
	}
	m.table.note("P5", fmt.Sprintf("%s: … rows, sound, repeated, conflicts, broken, doubtful", m.engine), fmt.Sprintf("%d, %d, %d, %d, %d, %d", r.Rows, r.Taken, r.Repeated, r.Conflicts, r.Rejected, r.Likely))
	if name == "dry run" && records != 0 || name == "taken in" && records != r.Taken || r.Rows != m.rows || papers != r.Signed || distinct != papers || name == "signed" && papers != r.Taken-r.Likely {
		return fmt.Errorf("%d records, %d papers, %d numbers: %+v", records, papers, distinct, r)
	}
	m.table.add("P5", fmt.Sprintf("%s: %s: nothing lost, nothing twice", m.engine, name), fmt.Sprintf("%d records, %d papers", records, papers), "all", true)
	return nil
}

// worker starts a process that does what is queued; one after a kill has a
// clock by which the dead one has been silent for long.
func (m *stockBench) worker(ctx context.Context, killed int) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, self, "-stock-worker", m.o.DataDir+"\n"+m.o.Database, "-later", fmt.Sprint(time.Duration(killed)*3*time.Minute))
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	return c, c.Start()
}

// late is a clock that is ahead.
type late time.Duration

func (l late) Now() time.Time { return clock.System.Now().Add(time.Duration(l)) }

// stockWorker is the process that does what is queued until it is killed.
func stockWorker(ctx context.Context, where string, ahead time.Duration) error {
	dir, database, _ := strings.Cut(where, "\n")
	app.TradeMemoryForSpeed()
	a, err := app.Open(ctx, app.Options{DataDir: dir, Database: database, Clock: late(ahead), Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		return err
	}
	defer a.Close()
	a.Stock.Work(ctx)
	return nil
}
