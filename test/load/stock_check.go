package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/test/sim/town"
)

// asks is how many certificates are asked for in each way; none twice.
const asks = 3000

// certificate is one of the many, with what its bare checks need.
type certificate struct {
	id, code, data, signature, key string
}

// sample takes certificates from everywhere among all of them.
func (m *stockBench) sample(ctx context.Context, n int) (list []certificate, err error) {
	every := max(1, m.run.Report.Signed/n)
	i := 0
	err = db.Each(ctx, m.a.DB, func(row db.Row) error {
		var c certificate
		err := row.Scan(&c.id, &c.code)
		if i++; i%every == 0 && len(list) < n {
			list = append(list, c)
		}
		return err
	}, `SELECT id, code FROM certificates_paper WHERE region = $1`, town.District)
	for k := range list {
		c := &list[k]
		if err == nil {
			_, err = db.One(ctx, m.a.DB, func(row db.Row) (bool, error) { return true, row.Scan(&c.data, &c.signature, &c.key) },
				`SELECT data, signature, key_id FROM certificates_paper WHERE region = $1 AND id = $2`, town.District, c.id)
		}
	}
	for k := range list { // not in the order in which they lie on the disk
		j := int(hashOf(list[k].code) % uint64(len(list)))
		list[k], list[j] = list[j], list[k]
	}
	return list, err
}

func hashOf(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// among measures checks and look-ups among all that were signed. Each is
// measured in turns with its bare counterpart, so that a machine that has other
// things to do slows both down alike; what is compared are medians.
func (m *stockBench) among(ctx context.Context) error {
	if m.engine == db.Postgres { // as autovacuum does within a minute
		if _, err := db.Bare(ctx, m.o.Database, 1, 1, func(int) []db.Statement { return []db.Statement{{Query: "ANALYZE"}} }); err != nil {
			return err
		}
	}
	list, err := m.sample(ctx, 3*asks)
	if err != nil {
		return err
	}
	third := len(list) / 3
	if err := m.pages(list[:third]); err != nil {
		return err
	}
	if err := m.statuses(ctx, list[third:2*third]); err != nil {
		return err
	}
	return m.checks(ctx, list[2*third:])
}

// pages asks for the public page of certificates that nobody asked for before.
func (m *stockBench) pages(list []certificate) error {
	site, err := m.a.Site()
	if err != nil {
		return err
	}
	var took []time.Duration
	for _, c := range list {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/verify/"+c.code, nil)
		start := clock.Start()
		site.ServeHTTP(w, r)
		took = append(took, clock.Elapsed(start))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "示健〔2026〕") {
			return fmt.Errorf("GET /verify/%s: %d", c.code, w.Code)
		}
	}
	slices.Sort(took)
	p50, p95, p99 := took[len(took)/2], took[len(took)*95/100], took[len(took)*99/100]
	m.table.add("P5", fmt.Sprintf("%s: verification page among %d, p50, p95, p99", m.engine, m.run.Report.Signed), fmt.Sprintf("%.1f, %.1f, %.1f ms", ms(p50), ms(p95), ms(p99)), "p95 < 50 ms", p95 < 50*time.Millisecond)
	return nil
}

// statuses compares the look-up of a status with reading one row by its key.
func (m *stockBench) statuses(ctx context.Context, list []certificate) error {
	row := func(c certificate) error {
		_, err := db.One(ctx, m.a.DB, db.Value[string], `SELECT status FROM certificates_paper WHERE region = $1 AND id = $2`, town.District, c.id)
		return err
	}
	status := func(c certificate) error {
		s, err := m.a.Certificates.StatusOf(ctx, town.District, c.id)
		if err == nil && s != certificates.Valid && s != certificates.Expired {
			err = fmt.Errorf("%s: %s", c.id, s)
		}
		return err
	}
	whole, bare, err := inTurns(list, status, row)
	if err != nil {
		return err
	}
	m.ratio("status look-up: ratio to a bare read by key", whole, bare, true)
	return nil
}

// checks compares the first check of a code with the bare check of its
// signature, and with that and the reading of its row.
func (m *stockBench) checks(ctx context.Context, list []certificate) error {
	check := func(c certificate) error {
		r, err := m.a.Certificates.Check(ctx, c.code, "load")
		if err == nil && !r.Genuine {
			err = fmt.Errorf("%s: %s", c.code, r.Reason)
		}
		return err
	}
	keys := certificates.NewVerifier(*m.a.Certificates.Keyring.Trust())
	signature := func(c certificate) error {
		raw, err := base64.StdEncoding.DecodeString(c.signature)
		if err == nil && !keys.Check(c.key, []byte("tongban paper v1\n"+c.data), raw) {
			err = fmt.Errorf("%s: bad signature", c.id)
		}
		return err
	}
	row := func(c certificate) error {
		_, err := db.One(ctx, m.a.DB, db.Value[string], `SELECT data FROM certificates_paper WHERE code = $1 AND region <> ''`, c.code)
		return err
	}
	half := len(list) / 2
	whole, bare, err := inTurns(list[:half], check, func(c certificate) error {
		if err := row(c); err != nil {
			return err
		}
		return signature(c)
	})
	if err != nil {
		return err
	}
	m.ratio("first check by code: ratio to its bare signature and row", whole, bare, true)
	if whole, bare, err = inTurns(list[half:], check, signature); err != nil {
		return err
	}
	m.ratio("  of that: ratio to the bare signature alone", whole, bare, false)
	return nil
}

func (m *stockBench) ratio(what string, whole, bare time.Duration, bar bool) {
	share := 100 * float64(bare) / float64(whole)
	number, text := fmt.Sprintf("%.0f %% (%.0f of %.0f µs)", share, float64(bare.Nanoseconds())/1000, float64(whole.Nanoseconds())/1000), "≥ 80 %"
	if !bar {
		m.table.note("P5", fmt.Sprintf("%s: %s", m.engine, what), number)
		return
	}
	m.table.add("P5", fmt.Sprintf("%s: %s", m.engine, what), number, text, share >= 80)
}

// inTurns times two ways of asking, each certificate once in one way and its
// neighbour in the other, and gives the medians.
func inTurns(list []certificate, whole, bare func(certificate) error) (time.Duration, time.Duration, error) {
	var took [2][]time.Duration
	for i, c := range list {
		f := whole
		if i%2 == 1 {
			f = bare
		}
		start := clock.Start()
		if err := f(c); err != nil {
			return 0, 0, err
		}
		took[i%2] = append(took[i%2], clock.Elapsed(start))
	}
	for i := range took {
		slices.Sort(took[i])
	}
	return took[0][len(took[0])/2], took[1][len(took[1])/2], nil
}
