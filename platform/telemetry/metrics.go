package telemetry

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tongban/platform/clock"
)

// Metrics is the registry of one node.
type Metrics struct {
	Registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	flying   prometheus.Gauge
}

// NewMetrics returns a registry with the metrics of process, runtime and HTTP.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tongban_http_requests_total",
			Help: "Requests answered, by method, route and status."}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "tongban_http_duration_seconds",
			Help:    "Time to answer a request, by method and route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"method", "route"}),
		flying: prometheus.NewGauge(prometheus.GaugeOpts{Name: "tongban_http_in_flight", Help: "Requests being answered."}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "tongban_build_info", Help: "Always one; the label names the version.",
		ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.Registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, m.duration, m.flying, build)
	return m
}

// Gauge adds a value that is asked for at every scrape.
func (m *Metrics) Gauge(name, help string, value func() float64) {
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "tongban_" + name, Help: help}, value))
}

// Handler serves /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Count counts and times the requests that next answers. Put it directly around
// a ServeMux: the route is known only to the request that the mux matched.
func (m *Metrics) Count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := clock.Start()
		m.flying.Inc()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			m.flying.Dec()
			method, route := known(r.Method), r.Pattern
			if route == "" {
				route = "none"
			}
			if _, path, ok := strings.Cut(route, " "); ok {
				route = path // the pattern repeats the method
			}
			m.requests.WithLabelValues(method, route, strconv.Itoa(rec.status)).Inc()
			m.duration.WithLabelValues(method, route).Observe(clock.Elapsed(start).Seconds())
		}()
		next.ServeHTTP(rec, r)
	})
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
