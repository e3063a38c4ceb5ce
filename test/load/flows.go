package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"tongban/app"
	"tongban/platform/auth"
	"tongban/platform/bpmn"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/id"
	"tongban/platform/schedule"
)

// flowShape is one of the models of P4.
type flowShape struct{ name, model string }

const flowHead = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:x="https://tongban.example/bpmn" id="d"><process id="p" isExecutable="true">`

func flowShapes() []flowShape {
	flow := func(n int, from, to string) string {
		return fmt.Sprintf(`<sequenceFlow id="f%d" sourceRef="%s" targetRef="%s"/>`, n, from, to)
	}
	sequence := `<startEvent id="s"/>` + flow(0, "s", "t1")
	for i := 1; i <= 5; i++ {
		next := fmt.Sprintf("t%d", i+1)
		if i == 5 {
			next = "e"
		}
		sequence += fmt.Sprintf(`<userTask id="t%d"/>`, i) + flow(i, fmt.Sprintf("t%d", i), next)
	}
	parallel := `<startEvent id="s"/><parallelGateway id="g"/><parallelGateway id="j"/>` + flow(0, "s", "g") + flow(9, "j", "e")
	for i := 1; i <= 3; i++ {
		parallel += fmt.Sprintf(`<userTask id="t%d"/>`, i) + flow(2*i, "g", fmt.Sprintf("t%d", i)) + flow(2*i+1, fmt.Sprintf("t%d", i), "j")
	}
	timer := `<startEvent id="s"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>` + flow(0, "s", "w") + flow(1, "w", "e")
	multi := `<startEvent id="s"/><userTask id="t"><multiInstanceLoopCharacteristics><loopCardinality>10</loopCardinality></multiInstanceLoopCharacteristics></userTask>` + flow(0, "s", "t") + flow(1, "t", "e")
	var out []flowShape
	for _, x := range [][2]string{{"5 user tasks in a row", sequence}, {"3 user tasks side by side", parallel}, {"a timer", timer}, {"multi-instance of 10", multi}} {
		out = append(out, flowShape{x[0], flowHead + x[1] + `<endEvent id="e"/></process></definitions>`})
	}
	return out
}

// flows measures P4: whole instances per second on each engine, every
// completion a durable commit with instance, task and history, and how long it
// takes to find the timers that are due among many.
func (b *bench) flows(ctx context.Context) error {
	return b.onEngines(ctx, func(ctx context.Context, engine db.Engine, o app.Options) error {
		if err := os.MkdirAll(o.DataDir, 0o700); err != nil {
			return err
		}
		d, err := db.Open(ctx, o.Database)
		if err != nil {
			return err
		}
		defer d.Close()
		if err := d.Migrate(ctx, append(app.Migrations(), flowTables())...); err != nil {
			return err
		}
		ctx = auth.System(ctx, "bench")
		for _, shape := range flowShapes() {
			m, err := bpmn.Parse(strings.NewReader(shape.model))
			if err != nil {
				return err
			}
			if err := b.flowShape(ctx, string(engine), d, shape.name, m.Process("")); err != nil {
				return fmt.Errorf("%s: %w", shape.name, err)
			}
		}
		return b.dueTimers(ctx, string(engine), d)
	})
}

// flowHost runs instances of one process.
type flowHost struct {
	d       *db.DB
	p       *bpmn.Process
	e       *bpmn.Engine
	commits atomic.Int64
}

func (b *bench) flowShape(ctx context.Context, engine string, d *db.DB, name string, p *bpmn.Process) error {
	h := &flowHost{d: d, p: p, e: &bpmn.Engine{NewID: func() string { return id.New("flw") }}}
	var done atomic.Int64
	var clients sync.WaitGroup
	errs := make([]error, b.clients)
	began, cpu := clock.Start(), processor()
	for i := range b.clients {
		clients.Go(func() {
			for errs[i] == nil && clock.Elapsed(began) < b.span/2 {
				if errs[i] = h.life(ctx); errs[i] == nil {
					done.Add(1)
				}
			}
		})
	}
	clients.Wait()
	took, n := clock.Elapsed(began).Seconds(), float64(done.Load())
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	b.table.note("P4", engine+": "+name+": instances/s", fmt.Sprintf("%.0f", n/took))
	b.table.note("P4", engine+": "+name+": commits, CPU an instance", fmt.Sprintf("%.1f, %.2f ms", float64(h.commits.Load())/n, (processor()-cpu).Seconds()*1000/n))
	return nil
}

// life takes one instance from its start to its end.
func (h *flowHost) life(ctx context.Context) error {
	key := id.New("flw")
	var open []string
	var timers []string
	step := func(do func(k *keptFlow, now time.Time) ([]bpmn.Change, error)) error {
		return h.d.Tidy(ctx, func(tx *db.Tx) error {
			k, now := keptFlow{id: key}, clock.System.Now()
			tx.Unaudited("a measurement")
			changes, err := do(&k, now)
			if err != nil {
				return err
			}
			open, timers = nil, nil
			for _, t := range k.in.Open() {
				open = append(open, t.ID)
			}
			for _, t := range k.in.Timers() {
				timers = append(timers, t.ID)
			}
			return saveFlow(ctx, tx, k, changes, now)
		})
	}
	h.commits.Add(1)
	err := step(func(k *keptFlow, now time.Time) (changes []bpmn.Change, err error) {
		k.in, changes, err = h.e.Start(h.p, nil, now)
		return changes, err
	})
	for err == nil && len(open)+len(timers) > 0 {
		h.commits.Add(1)
		err = step(func(k *keptFlow, now time.Time) (changes []bpmn.Change, err error) {
			if *k, err = loadFlow(ctx, h.d, key); err != nil {
				return nil, err
			}
			if len(open) > 0 {
				return h.e.Complete(h.p, k.in, open[0], nil, now)
			}
			return h.e.Fire(h.p, k.in, timers[0], now.Add(2*time.Hour))
		})
	}
	return err
}

// openTimers is how many jobs wait while those due are looked for.
const openTimers = 100_000

// dueTimers measures how long one look for due jobs takes when a hundred
// thousand wait for later.
func (b *bench) dueTimers(ctx context.Context, engine string, d *db.DB) error {
	now := clock.System.Now()
	for start := 0; start < openTimers; start += 2000 {
		err := d.Write(ctx, func(tx *db.Tx) error {
			tx.Unaudited("a measurement")
			for i := start; i < start+2000; i++ {
				schedule.Set(tx, schedule.Job{Region: flowRegion, Kind: "bench", Key: fmt.Sprint(i), At: now.Add(time.Hour + time.Duration(i)*time.Second)})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	r := schedule.NewRunner(d, clock.System, nil)
	r.Handle("bench", func(context.Context, *db.Tx, schedule.Job) error { return nil })
	var worst time.Duration
	for range 50 {
		start := clock.Start()
		if _, err := r.RunOnce(ctx); err != nil {
			return err
		}
		worst = max(worst, clock.Elapsed(start))
	}
	b.table.add("P4", engine+": looking for due timers among 100,000, slowest of 50", worst.Round(10*time.Microsecond).String(), "≤ 5 ms", worst <= 5*time.Millisecond)
	return nil
}

// processor is the time that this process has kept processors busy.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
