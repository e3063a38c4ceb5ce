package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"sync"
	"sync/atomic"

	"tongban/app"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/test/sim/town"
)

// journeys measures P1 on both engines: application, acceptance, three offices
// side by side, decision, certificate.
func (b *bench) journeys(ctx context.Context) error {
	return b.onEngines(ctx, func(ctx context.Context, engine db.Engine, o app.Options) error {
		t, err := town.Open(ctx, o)
		if err != nil {
			return err
		}
		defer t.Close()
		act, err := capture(ctx, t)
		if err != nil {
			return fmt.Errorf("one journey: %w", err)
		}
		rate, err := b.crowd(ctx, t, string(engine))
		if err != nil {
			return err
		}
		bare, err := act.ceiling(ctx, o.Database, b.clients)
		if err != nil {
			return fmt.Errorf("bare commits: %w", err)
		}
		commits := float64(len(act.commits))
		ratio := rate * commits / bare
		b.table.note("P1", fmt.Sprintf("%s: journeys/s, %d clients", engine, b.clients), fmt.Sprintf("%.1f", rate))
		b.table.note("P1", fmt.Sprintf("%s: per journey: commits, changing statements, reads", engine), fmt.Sprintf("%d, %d, %d", len(act.commits), act.statements(), act.reads))
		b.table.note("P1", fmt.Sprintf("%s: commits/s of the journeys", engine), fmt.Sprintf("%.0f", rate*commits))
		b.table.note("P1", fmt.Sprintf("%s: commits/s of the same rows, bare", engine), fmt.Sprintf("%.0f", bare))
		b.table.add("P1", fmt.Sprintf("%s: ratio to the bare commits", engine), fmt.Sprintf("%.0f %%", 100*ratio), "≥ 50 %", ratio >= 0.5)
		return nil
	})
}

// crowd lets the clients make journeys, with all background work going on, and
// returns how many were finished per second.
func (b *bench) crowd(ctx context.Context, t *town.Town, engine string) (perSecond float64, err error) {
	background, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { t.Run(background) })
	defer work.Wait()
	defer stop()
	for range 4 { // caches, prepared statements
		if _, err := t.Journey(ctx); err != nil {
			return 0, err
		}
	}
	if dir := os.Getenv("TONGBAN_PROFILES"); dir != "" {
		f, err := os.Create(dir + "/p1-" + engine + ".pprof")
		if err != nil {
			return 0, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return 0, err
		}
		defer pprof.StopCPUProfile()
	}
	var done atomic.Int64
	var clients sync.WaitGroup
	errs := make([]error, b.clients)
	start := clock.Start()
	for i := range b.clients {
		clients.Go(func() {
			for clock.Elapsed(start) < b.span && errs[i] == nil {
				if _, errs[i] = t.Journey(ctx); errs[i] == nil {
					done.Add(1)
				}
			}
		})
	}
	clients.Wait()
	took := clock.Elapsed(start)
	return float64(done.Load()) / took.Seconds(), errors.Join(errs...)
}
