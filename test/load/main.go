package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"tongban/app"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/id"
)

// bench is one run with its settings.
type bench struct {
	postgres string        // server on which databases may be made; "" leaves it out
	binary   string        // for P9
	clients  int           // of P1
	span     time.Duration // of P1, per engine
	cases    int           // of P2
	calls    int           // of P2, per shape
	items    int           // of P3
	rows     int           // of P5: certificates of the stock
	engine   string        // of P5: only this one
	show     bool          // what a journey writes
	table    table
}

func main() {
	b := &bench{}
	flag.StringVar(&b.postgres, "postgres", os.Getenv("TONGBAN_TEST_POSTGRES"), "server on which databases may be made")
	flag.StringVar(&b.binary, "binary", "bin/tongban", "the program that P9 starts")
	flag.IntVar(&b.clients, "clients", 64, "clients of P1")
	flag.DurationVar(&b.span, "span", 10*time.Second, "how long P1 runs on each engine")
	flag.IntVar(&b.cases, "cases", 100_000, "cases of P2")
	flag.IntVar(&b.calls, "calls", 300, "calls of P2 for each shape")
	flag.IntVar(&b.items, "items", 780_000, "items of P3")
	flag.BoolVar(&b.show, "show", false, "print what one journey of P1 writes and every query of P3")
	flag.IntVar(&b.rows, "stock", 1_000_000, "certificates of P5")
	flag.StringVar(&b.engine, "engine", "", "sqlite or postgres: P5 on this one only")
	only := flag.String("only", "p1,p2,p3,p4,p5,p9", "what to measure")
	worker := flag.String("stock-worker", "", "for P5: be the process that does the work, and is killed")
	later := flag.Duration("later", 0, "for P5: how far the clock of that process is ahead")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *worker != "" {
		if err := stockWorker(ctx, *worker, *later); err != nil {
			fmt.Fprintln(os.Stderr, "load:", err)
			os.Exit(1)
		}
		return
	}
	if err := b.run(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context, only string) error {
	app.TradeMemoryForSpeed() // as the server does
	start := clock.Start()
	fmt.Printf("%d processors, %s\n\n", runtime.NumCPU(), runtime.Version())
	for _, m := range []struct {
		name string
		run  func(context.Context) error
	}{{"p1", b.journeys}, {"p2", b.inbox}, {"p3", b.catalogue}, {"p4", b.flows}, {"p5", b.stock}, {"p9", b.start}} {
		if !strings.Contains(only, m.name) {
			continue
		}
		if err := m.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	b.table.print()
	fmt.Printf("\nmeasured in %.0f s\n", clock.Elapsed(start).Seconds())
	return nil
}

// onEngines runs f with an empty database of each engine and a data folder.
func (b *bench) onEngines(ctx context.Context, f func(ctx context.Context, engine db.Engine, o app.Options) error) error {
	dir, err := os.MkdirTemp("", "tongban-load")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	o := app.Options{DataDir: filepath.Join(dir, "sqlite"), Log: log}
	o.Database = "sqlite:" + filepath.Join(o.DataDir, "tongban.db")
	if err := f(ctx, db.SQLite, o); err != nil || b.postgres == "" {
		return err
	}
	admin, err := db.OpenAdmin(ctx, b.postgres)
	if err != nil {
		return err
	}
	defer admin.Close()
	name := "load_" + id.Secret(8)
	if err := admin.CreateDatabase(ctx, name); err != nil {
		return err
	}
	defer admin.DropDatabase(context.WithoutCancel(ctx), name)
	o.DataDir = filepath.Join(dir, "postgres")
	if o.Database, err = admin.URL(name); err != nil {
		return err
	}
	return f(ctx, db.Postgres, o)
}
