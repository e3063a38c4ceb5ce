package telemetry

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/schedule"
)

const (
	fresh  = 5 * time.Second // how long values are served again
	atMost = 2 * time.Second // how long a scrape waits for the database
)

// Watch adds the gauges of the database and of the work that waits in it.
func (m *Metrics) Watch(d *db.DB, c clock.Clock) { m.Registry.MustRegister(&watch{d: d, clock: c}) }

// watch asks the database when it is scraped.
type watch struct {
	d     *db.DB
	clock clock.Clock
	mu    sync.Mutex
	at    time.Time
	last  []sample
}

type sample struct {
	desc  *prometheus.Desc
	value float64
	kind  prometheus.ValueType
}

func gauge(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("tongban_"+name, help, nil, nil)
}

var (
	descUp       = gauge("db_up", "One when the database answered this scrape.")
	descWrites   = gauge("db_writes_total", "Writes that ended (SQLite).")
	descCommits  = gauge("db_commits_total", "Commits that carried them (SQLite).")
	descQueued   = gauge("db_writes_queued", "Writes that wait for their turn (SQLite).")
	descInUse    = gauge("db_connections_in_use", "Connections at work.")
	descOpen     = gauge("db_connections_open", "Connections open.")
	descWaiting  = gauge("outbox_waiting", "Facts that wait for their reactions.")
	descParked   = gauge("outbox_parked", "Facts that are parked because a reaction keeps failing.")
	descLag      = gauge("outbox_oldest_seconds", "Age of the oldest fact that waits and is not parked.")
	descOverdue  = gauge("schedule_overdue", "Jobs that are due and have not run.")
	descFailing  = gauge("schedule_failing", "Overdue jobs whose last attempt failed.")
	descUnsealed = gauge("audit_unsealed", "Acts that no checkpoint covers yet.")
	descSealLag  = gauge("audit_oldest_unsealed_seconds", "Age of the oldest of them.")
)

// Describe implements prometheus.Collector.
func (w *watch) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descUp, descWrites, descCommits, descQueued, descInUse, descOpen, descWaiting,
		descParked, descLag, descOverdue, descFailing, descUnsealed, descSealLag} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (w *watch) Collect(ch chan<- prometheus.Metric) {
	s := w.d.Stats()
	now := []sample{
		{descWrites, float64(s.Writes), prometheus.CounterValue}, {descCommits, float64(s.Commits), prometheus.CounterValue},
		{descQueued, float64(s.Queued), prometheus.GaugeValue}, {descInUse, float64(s.InUse), prometheus.GaugeValue},
		{descOpen, float64(s.Open), prometheus.GaugeValue},
	}
	for _, x := range append(now, w.asked()...) {
		ch <- prometheus.MustNewConstMetric(x.desc, x.kind, x.value)
	}
}

// asked returns what the database says, asking again when the answer is old.
func (w *watch) asked() []sample {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.clock.Now()
	if age := now.Sub(w.at); w.last != nil && age >= 0 && age < fresh {
		return w.last
	}
	ctx, cancel := context.WithTimeout(context.Background(), atMost)
	defer cancel()
	w.at = now
	var err error
	if w.last, err = w.ask(ctx, now); err != nil {
		w.last = []sample{{descUp, 0, prometheus.GaugeValue}}
	}
	return w.last
}

func (w *watch) ask(ctx context.Context, now time.Time) ([]sample, error) {
	waiting, parked, oldest, err := events.Backlog(ctx, w.d)
	if err != nil {
		return nil, err
	}
	overdue, failing, err := schedule.Backlog(ctx, w.d, now)
	if err != nil {
		return nil, err
	}
	unsealed, since, err := audit.Waiting(ctx, w.d)
	if err != nil {
		return nil, err
	}
	age := func(t time.Time) float64 {
		if t.IsZero() {
			return 0
		}
		return max(0, now.Sub(t).Seconds())
	}
	g := func(d *prometheus.Desc, v float64) sample { return sample{d, v, prometheus.GaugeValue} }
	return []sample{g(descUp, 1), g(descWaiting, float64(waiting)), g(descParked, float64(parked)), g(descLag, age(oldest)),
		g(descOverdue, float64(overdue)), g(descFailing, float64(failing)), g(descUnsealed, float64(unsealed)), g(descSealLag, age(since))}, nil
}
