package telemetry

import (
	"context"
	"sync"
	"time"

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

// Watch adds the values of the database and of the work that waits in it.
func (m *Metrics) Watch(d *db.DB, c clock.Clock) {
	w := &watch{d: d, clock: c}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sources = append(m.sources, w.write)
}

// watch asks the database when it is scraped.
type watch struct {
	d     *db.DB
	clock clock.Clock
	mu    sync.Mutex
	at    time.Time
	last  []sample
}

type sample struct {
	name, kind, help string
	value            float64
}

func (w *watch) write(p *page) {
	s := w.d.Stats()
	now := []sample{
		{"db_writes_total", kindCounter, "Writes that ended (SQLite).", float64(s.Writes)},
		{"db_commits_total", kindCounter, "Commits that carried them (SQLite).", float64(s.Commits)},
		{"db_writes_queued", kindGauge, "Writes that wait for their turn (SQLite).", float64(s.Queued)},
		{"db_connections_in_use", kindGauge, "Connections at work.", float64(s.InUse)},
		{"db_connections_open", kindGauge, "Connections open.", float64(s.Open)},
	}
	for _, x := range append(now, w.asked()...) {
		p.single("tongban_"+x.name, x.kind, x.help, x.value)
	}
}

// up says whether the database answered.
func up(value float64) sample {
	return sample{"db_up", kindGauge, "One when the database answered this scrape.", value}
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
		w.last = []sample{up(0)}
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
	g := func(name, help string, v float64) sample { return sample{name, kindGauge, help, v} }
	return []sample{up(1),
		g("outbox_waiting", "Facts that wait for their reactions.", float64(waiting)),
		g("outbox_parked", "Facts that are parked because a reaction keeps failing.", float64(parked)),
		g("outbox_oldest_seconds", "Age of the oldest fact that waits and is not parked.", age(oldest)),
		g("schedule_overdue", "Jobs that are due and have not run.", float64(overdue)),
		g("schedule_failing", "Overdue jobs whose last attempt failed.", float64(failing)),
		g("audit_unsealed", "Acts that no checkpoint covers yet.", float64(unsealed)),
		g("audit_oldest_unsealed_seconds", "Age of the oldest of them.", age(since)),
	}, nil
}
