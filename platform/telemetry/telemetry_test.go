package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
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

// What collectors demand of a page: every value belongs to the name announced
// above it, no name is announced twice, no value stands there twice, and buckets
// only grow.
func TestHandler_collectorsCanReadIt(t *testing.T) {
	m := telemetry.NewMetrics(`1"2\3`)
	m.Gauge("asked", "One line\nand another.", func() float64 { return math.Inf(1) })
	h := m.Count(http.NewServeMux())
	for _, method := range []string{"GET", "POST", "POST"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, "/", nil))
	}
	w := get(m.Handler(), "/metrics")
	if got := w.Header().Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	text := w.Body.String()
	line := regexp.MustCompile(`^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\]|\\[\\n"])*",?)+\})? (\S+)$`)
	seen, values, name, last := map[string]bool{}, map[string]bool{}, "", 0.0
	for l := range strings.Lines(strings.TrimSpace(text)) {
		l = strings.TrimSuffix(l, "\n")
		if rest, ok := strings.CutPrefix(l, "# HELP "); ok {
			name, _, _ = strings.Cut(rest, " ")
			if seen[name] {
				t.Errorf("%s is announced twice", name)
			}
			seen[name], last = true, 0
			continue
		}
		if strings.HasPrefix(l, "# TYPE "+name+" ") {
			continue
		}
		p := line.FindStringSubmatch(l)
		if p == nil || !strings.HasPrefix(p[1], name) || values[p[1]+p[2]] {
			t.Errorf("cannot be read under %s: %q", name, l)
			continue
		}
		values[p[1]+p[2]] = true
		v, err := strconv.ParseFloat(p[3], 64)
		if err != nil {
			t.Errorf("%q: %v", l, err)
		}
		if strings.HasSuffix(p[1], "_bucket") {
			if strings.Contains(p[2], `le="0.001"`) {
				last = 0
			}
			if v < last {
				t.Errorf("bucket falls: %q after %v", l, last)
			}
			last = v
		}
	}
	wants(t, text, `tongban_build_info{version="1\"2\\3"} 1`, `# HELP tongban_asked One line\nand another.`, "tongban_asked +Inf", "# TYPE tongban_http_duration_seconds histogram",
		`tongban_http_duration_seconds_bucket{method="POST",route="none",le="+Inf"} 2`, `tongban_http_requests_total{method="POST",route="none",status="404"} 2`)
}

// The values that runbooks and dashboards go by are there and are possible.
func TestHandler_processAndRuntime(t *testing.T) {
	text := get(telemetry.NewMetrics("x").Handler(), "/metrics").Body.String()
	value := func(name string) float64 {
		m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(text)
		if m == nil {
			t.Errorf("no %s", name)
			return 0
		}
		v, _ := strconv.ParseFloat(m[1], 64)
		return v
	}
	between := func(name string, low, high float64) {
		t.Helper()
		if v := value(name); v < low || v > high {
			t.Errorf("%s is %v, want %v to %v", name, v, low, high)
		}
	}
	between("go_goroutines", 1, 1000)
	between("go_memstats_heap_alloc_bytes", 1e4, 1e10)
	between("go_memstats_alloc_bytes_total", 1e4, 1e12)
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no /proc")
	}
	between("process_resident_memory_bytes", 1e6, 1e10)
	between("process_cpu_seconds_total", 0, 1e6)
	between("process_open_fds", 3, 10000)
	between("process_max_fds", 3, 1e10)
	now := float64(clock.System.Now().Unix())
	between("process_start_time_seconds", now-3600, now+2)
}

func TestGauge_namesAreTakenOnce(t *testing.T) {
	m := telemetry.NewMetrics("x")
	m.Gauge("once", "", func() float64 { return 1 })
	defer func() {
		if recover() == nil {
			t.Error("a second gauge of the same name was taken")
		}
	}()
	m.Gauge("once", "", func() float64 { return 2 })
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
