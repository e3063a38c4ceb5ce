package telemetry

import (
	"cmp"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"tongban/platform/clock"
)

// Metrics is what one node counts.
type Metrics struct {
	version string
	flying  atomic.Int64

	mu      sync.Mutex
	routes  map[route]*answers
	sources []func(*page) // asked at every scrape, in their order
	named   map[string]bool
}

// route is what requests are counted under.
type route struct{ method, pattern string }

// answers are the requests of one route.
type answers struct {
	statuses map[int]uint64
	buckets  [len(bounds) + 1]uint64 // each counts what is not in the one before
	seconds  float64
}

// bounds are the upper ends of the buckets of durations, in seconds.
var bounds = [...]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

// NewMetrics returns the metrics of process, runtime and HTTP.
func NewMetrics(version string) *Metrics {
	m := &Metrics{version: version, routes: map[route]*answers{}, named: map[string]bool{}}
	m.sources = []func(*page){writeRuntime, writeProcess, m.writeHTTP}
	return m
}

// Gauge adds a value that is asked for at every scrape; a name can be taken once.
func (m *Metrics) Gauge(name, help string, value func() float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.named[name] {
		panic("telemetry: two gauges are called " + name)
	}
	m.named[name] = true
	m.sources = append(m.sources, func(p *page) { p.single("tongban_"+name, kindGauge, help, value()) })
}

// Handler serves /metrics.
func (m *Metrics) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		sources := slices.Clone(m.sources)
		m.mu.Unlock()
		var p page
		for _, write := range sources {
			write(&p)
		}
		w.Header().Set("Content-Type", contentType)
		p.to(w)
	})
}

// Count counts and times the requests that next answers. Put it directly around
// a ServeMux: the route is known only to the request that the mux matched.
func (m *Metrics) Count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := clock.Start()
		m.flying.Add(1)
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			m.flying.Add(-1)
			pattern := cmp.Or(r.Pattern, "none")
			if _, path, ok := strings.Cut(pattern, " "); ok {
				pattern = path // the pattern repeats the method
			}
			m.answered(route{known(r.Method), pattern}, rec.status, clock.Elapsed(start).Seconds())
		}()
		next.ServeHTTP(rec, r)
	})
}

func (m *Metrics) answered(r route, status int, seconds float64) {
	bucket, _ := slices.BinarySearch(bounds[:], seconds)
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.routes[r]
	if a == nil {
		a = &answers{statuses: map[int]uint64{}}
		m.routes[r] = a
	}
	a.statuses[status]++
	a.buckets[bucket]++
	a.seconds += seconds
}

// writeHTTP writes what was counted, by method and route.
func (m *Metrics) writeHTTP(p *page) {
	m.mu.Lock()
	defer m.mu.Unlock()
	order := slices.SortedFunc(maps.Keys(m.routes), func(a, b route) int {
		return cmp.Or(cmp.Compare(a.pattern, b.pattern), cmp.Compare(a.method, b.method))
	})
	p.family("tongban_http_requests_total", kindCounter, "Requests answered, by method, route and status.")
	for _, r := range order {
		statuses := m.routes[r].statuses
		for _, status := range slices.Sorted(maps.Keys(statuses)) {
			p.value("tongban_http_requests_total", float64(statuses[status]), "method", r.method, "route", r.pattern, "status", strconv.Itoa(status))
		}
	}
	p.family("tongban_http_duration_seconds", kindHistogram, "Time to answer a request, by method and route.")
	for _, r := range order {
		m.routes[r].write(p, r)
	}
	p.single("tongban_http_in_flight", kindGauge, "Requests being answered.", float64(m.flying.Load()))
	p.family("tongban_build_info", kindGauge, "Always one; the label names the version.")
	p.value("tongban_build_info", 1, "version", m.version)
}

// write writes the histogram of a route; its buckets count everything up to
// their bound.
func (a *answers) write(p *page, r route) {
	const name = "tongban_http_duration_seconds"
	all := uint64(0)
	for i, n := range a.buckets {
		bound := math.Inf(1)
		if i < len(bounds) {
			bound = bounds[i]
		}
		all += n
		p.value(name+"_bucket", float64(all), "method", r.method, "route", r.pattern, "le", number(bound))
	}
	p.value(name+"_sum", a.seconds, "method", r.method, "route", r.pattern)
	p.value(name+"_count", float64(all), "method", r.method, "route", r.pattern)
}

// known keeps invented methods out of the labels.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) { r.status = status; r.ResponseWriter.WriteHeader(status) }

// Unwrap lets http.ResponseController reach the real writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
