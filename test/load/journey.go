package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tongban/app"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/test/sim/town"
)

// journeys measures P1 on both engines: application, acceptance, three offices
// side by side, decision, certificate. Journeys and bare commits take turns, so
// that a machine that has other things to do slows both down alike.
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
		if b.show {
			act.show()
		}
		c := b.newCrowd(ctx, t)
		var rates, bares, ratios []float64
		for round := range rounds {
			n, err := c.turn(ctx, b.span/rounds, profile(engine, round))
			if err != nil {
				return errors.Join(err, c.end())
			}
			rate := n * float64(len(act.commits)) / float64(len(act.commits)-1) // what follows in the background is one more
			bare, err := act.ceiling(ctx, o.Database, b.clients, round)
			if err != nil {
				return errors.Join(fmt.Errorf("bare commits: %w", err), c.end())
			}
			rates, bares, ratios = append(rates, rate), append(bares, bare), append(ratios, rate/bare)
		}
		if err := c.end(); err != nil {
			return err
		}
		b.judge(string(engine), act, median(rates), median(bares), median(ratios))
		journeys := float64(c.done.Load()) / float64(len(act.commits)-1)
		b.table.note("P1", string(engine)+": processor time of a journey, without the server's", fmt.Sprintf("%.1f ms", ms(c.cpu)/journeys))
		return b.backlog(ctx, t, string(engine))
	})
}

// rounds is how often journeys and bare commits take turns.
const rounds = 9

func (b *bench) judge(engine string, act *act, rate, bare, ratio float64) {
	b.table.note("P1", fmt.Sprintf("%s: journeys/s, %d clients", engine, b.clients), fmt.Sprintf("%.1f", rate/float64(len(act.commits))))
	b.table.note("P1", engine+": a journey: commits, changing statements, awaited", fmt.Sprintf("%d, %d, %d", len(act.commits), act.statements(), act.awaited))
	b.table.note("P1", engine+": commits/s of the journeys", fmt.Sprintf("%.0f", rate))
	b.table.note("P1", engine+": commits/s of the same rows, bare", fmt.Sprintf("%.0f", bare))
	b.table.add("P1", engine+": ratio to the bare commits", fmt.Sprintf("%.0f %%", 100*ratio), "≥ 50 %", ratio >= 0.5)
}

// backlog tells how much of the background work was left over: a rate that
// rests on work put off would be a lie.
func (b *bench) backlog(ctx context.Context, t *town.Town, engine string) error {
	left, err := db.One(ctx, t.DB, db.Value[int], `SELECT count(*) FROM events_outbox`)
	if err == nil {
		b.table.note("P1", engine+": facts that still waited at the end", fmt.Sprint(left))
	}
	return err
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// profile keeps the CPU profile of the second round when TONGBAN_PROFILES
// names a folder.
func profile(engine db.Engine, round int) string {
	dir := os.Getenv("TONGBAN_PROFILES")
	if dir == "" || round != 1 {
		return ""
	}
	return dir + "/p1-" + string(engine) + ".pprof"
}

// crowd is many clients, each making one journey after the other, who all wait
// at their next command while the gate is shut.
type crowd struct {
	town    *town.Town
	gate    sync.RWMutex
	done    atomic.Int64
	leave   atomic.Bool
	cpu     time.Duration // of this process, in all turns
	clients sync.WaitGroup
	errs    []error
}

func (b *bench) newCrowd(ctx context.Context, t *town.Town) *crowd {
	c := &crowd{town: t, errs: make([]error, b.clients)}
	c.gate.Lock()
	for i := range b.clients {
		c.clients.Go(func() {
			for c.errs[i] == nil {
				c.errs[i] = t.Journey(ctx, c.command)
			}
			if !errors.Is(c.errs[i], errLeave) {
				c.leave.Store(true)
			} else {
				c.errs[i] = nil
			}
		})
	}
	return c
}

var errLeave = errors.New("the measurement is over")

func (c *crowd) command(do func() error) error {
	c.gate.RLock()
	defer c.gate.RUnlock()
	if c.leave.Load() {
		return errLeave
	}
	err := do()
	c.done.Add(1)
	return err
}

// turn lets the crowd work for a while, with all background work going on, and
// returns how many commands per second were done.
func (c *crowd) turn(ctx context.Context, span time.Duration, profile string) (perSecond float64, err error) {
	background, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { c.town.Run(background) })
	defer work.Wait()
	defer stop()
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return 0, err
		}
		defer pprof.StopCPUProfile()
	}
	before, start, used := c.done.Load(), clock.Start(), processor()
	c.gate.Unlock()
	time.Sleep(span)
	c.gate.Lock()
	c.cpu += processor() - used
	perSecond = float64(c.done.Load()-before) / clock.Elapsed(start).Seconds()
	if c.leave.Load() {
		err = errors.New("a client failed")
	}
	return perSecond, err
}

// end sends the clients home and returns what went wrong for them.
func (c *crowd) end() error {
	c.leave.Store(true)
	c.gate.Unlock()
	c.clients.Wait()
	return errors.Join(c.errs...)
}
