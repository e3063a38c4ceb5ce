// Package telemetry is logs, metrics and health: what an operator sees of a
// running node.
//
// # Purpose
//
// One logger, one registry of metrics at /metrics, and named checks behind
// /livez (is the process alive) and /readyz (may it get requests).
//
// # How to use
//
//	log := telemetry.NewLogger(os.Stderr, cfg.LogLevel, cfg.LogFormat)
//	m := telemetry.NewMetrics(version)
//	m.Watch(d, clock.System)                            // database, outbox, schedule and audit gauges
//	handler = web.Trace(log, m.Count(pages))            // innermost, so that it sees the matched route
//	h := &telemetry.Health{Log: log}
//	h.Ready("database", d.Ping)
//
// # Guarantees
//
// Labels never hold what a visitor sent: a request counts under its route
// pattern. Health answers name the check and say ok, failed or warning (which
// fails nothing); the reason is in the log only. A scrape asks the database at most once in five seconds and waits
// at most two.
package telemetry
