package telemetry

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// patience is how long a check may take.
const patience = 2 * time.Second

// Health answers whether the node is alive and ready.
type Health struct {
	Log      *slog.Logger
	checks   []check
	warnings []check
	mu       sync.Mutex
	down     bool
}

type check struct {
	name string
	run  func(ctx context.Context) error
}

// Ready adds a check that must pass before the node gets requests.
func (h *Health) Ready(name string, run func(ctx context.Context) error) {
	h.checks = append(h.checks, check{name, run})
}

// Warn adds a check that both doors report without failing: something will go
// wrong, not now. run must answer at once.
func (h *Health) Warn(name string, run func(ctx context.Context) error) {
	h.warnings = append(h.warnings, check{name, run})
}

// warned adds what the warnings say to the words of an answer.
func (h *Health) warned(ctx context.Context, words map[string]string) {
	for _, c := range h.warnings {
		words[c.name] = "ok"
		if err := c.run(ctx); err != nil {
			words[c.name] = "warning"
			h.Log.Warn("look at this soon", "check", c.name, "reason", err)
		}
	}
}

// Drain makes the node not ready, so that requests go elsewhere while it stops.
func (h *Health) Drain() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = true
}

// Livez answers as long as the process can answer at all.
func (h *Health) Livez(w http.ResponseWriter, r *http.Request) {
	words := map[string]string{"process": "ok"}
	h.warned(r.Context(), words)
	answer(w, http.StatusOK, words)
}

// Readyz runs the checks side by side: 200 when all pass, 503 otherwise.
func (h *Health) Readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	results := make([]error, len(h.checks))
	var wg sync.WaitGroup
	for i, c := range h.checks {
		wg.Go(func() { results[i] = c.try(ctx) })
	}
	wg.Wait()
	status, words := http.StatusOK, map[string]string{}
	for i, c := range h.checks {
		words[c.name] = "ok"
		if results[i] != nil {
			status, words[c.name] = http.StatusServiceUnavailable, "failed"
			h.Log.Error("not ready", "check", c.name, "error", results[i])
		}
	}
	h.warned(ctx, words)
	h.mu.Lock()
	if h.down {
		status, words["process"] = http.StatusServiceUnavailable, "stopping"
	}
	h.mu.Unlock()
	answer(w, status, words)
}

// try runs the check and gives up on one that does not heed its context.
func (c check) try(ctx context.Context) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- fmt.Errorf("panic: %v", v)
			}
		}()
		done <- c.run(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func answer(w http.ResponseWriter, status int, words map[string]string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(words)
}
