package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/schedule"
	"tongban/platform/telemetry"
)

type happened struct{}

func (happened) Type() string { return "tongban.test.thing.happened.v1" }

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

func wants(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains(text, l+"\n") {
			t.Errorf("%q is missing", l)
		}
	}
}

func TestCount_knowsRoutesNotPaths(t *testing.T) {
	m := telemetry.NewMetrics("1.2.3")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cases/{id}", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	h := m.Count(mux)
	get(h, "/cases/1")
	get(h, "/cases/2")
	get(h, "/nowhere/at/all")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("BREW", "/x", nil))
	text := get(m.Handler(), "/metrics").Body.String()
	wants(t, text, `tongban_http_requests_total{method="GET",route="/cases/{id}",status="418"} 2`,
		`tongban_http_requests_total{method="GET",route="none",status="404"} 1`,
		`tongban_http_requests_total{method="other",route="none",status="404"} 1`,
		`tongban_http_duration_seconds_count{method="GET",route="/cases/{id}"} 2`,
		`tongban_build_info{version="1.2.3"} 1`, `tongban_http_in_flight 0`)
	if strings.Contains(text, "nowhere") {
		t.Error("a visitor's path became a label")
	}
}

func TestWatch_showsWhatWaits(t *testing.T) {
	all := []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations()}
	dbtest.Run(t, all, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		m := telemetry.NewMetrics("x")
		m.Watch(d, clock.System)
		err := d.Write(ctx, func(tx *db.Tx) error {
			audit.Record(ctx, tx, audit.Entry{Region: "449901", Action: "test.thing.done", Object: "x"})
			events.Emit(ctx, tx, "449901", "x", happened{})
			schedule.Set(tx, schedule.Job{Region: "449901", Kind: "test", Key: "x", At: clock.System.Now()})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		wants(t, get(m.Handler(), "/metrics").Body.String(), "tongban_db_up 1", "tongban_outbox_waiting 1", "tongban_outbox_parked 0",
			"tongban_audit_unsealed 1", "tongban_schedule_overdue 1", "tongban_schedule_failing 0")
	})
}

func TestWatch_databaseAway(t *testing.T) {
	d := dbtest.SQLite(t, nil) // no tables: every question fails
	m := telemetry.NewMetrics("x")
	m.Watch(d, clock.System)
	w := get(m.Handler(), "/metrics")
	if w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
	wants(t, w.Body.String(), "tongban_db_up 0")
}

func TestHealth_namesTheCheckNotTheReason(t *testing.T) {
	var logged bytes.Buffer
	h := &telemetry.Health{Log: telemetry.NewLogger(&logged, "info", "json")}
	h.Ready("database", func(context.Context) error { return nil })
	if w := get(http.HandlerFunc(h.Readyz), "/readyz"); w.Code != 200 || !strings.Contains(w.Body.String(), `"database":"ok"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h.Ready("keys", func(context.Context) error { return errors.New("secret reason") })
	h.Ready("broken", func(context.Context) error { panic("boom") })
	w := get(http.HandlerFunc(h.Readyz), "/readyz")
	if w.Code != 503 || !strings.Contains(w.Body.String(), `"keys":"failed"`) || !strings.Contains(w.Body.String(), `"broken":"failed"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if strings.Contains(w.Body.String(), "secret") || !strings.Contains(logged.String(), "secret reason") {
		t.Errorf("answer %s, log %s", w.Body, logged.String())
	}
	if w := get(http.HandlerFunc(h.Livez), "/livez"); w.Code != 200 {
		t.Errorf("alive: %d", w.Code)
	}
}

func TestHealth_drain(t *testing.T) {
	h := &telemetry.Health{Log: slog.New(slog.DiscardHandler)}
	h.Drain()
	if w := get(http.HandlerFunc(h.Readyz), "/readyz"); w.Code != 503 || !strings.Contains(w.Body.String(), "stopping") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestNewLogger_levels(t *testing.T) {
	var b bytes.Buffer
	log := telemetry.NewLogger(&b, "warn", "text")
	log.Info("quiet")
	log.Warn("loud")
	if s := b.String(); strings.Contains(s, "quiet") || !strings.Contains(s, "level=WARN msg=loud") {
		t.Errorf("%s", s)
	}
}
