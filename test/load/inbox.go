package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"tongban/app"
	"tongban/gov/casework"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/test/sim/town"
)

// viewer is one shape of permission with somebody who has it.
type viewer struct {
	shape   casework.Shape
	who     auth.Principal
	account string
	name    string
}

// inbox measures P2: the first page of an approver's inbox, sorted by time
// left, and every fourth time the page after it.
func (b *bench) inbox(ctx context.Context) error {
	return b.onEngines(ctx, func(ctx context.Context, engine db.Engine, o app.Options) error {
		t, err := town.Open(ctx, o)
		if err != nil {
			return err
		}
		defer t.Close()
		if err := importDepartments(ctx, t); err != nil {
			return err
		}
		f, err := newFiller(ctx, t)
		if err != nil {
			return err
		}
		viewers, err := f.viewers(ctx, t)
		if err != nil {
			return err
		}
		start := clock.Start()
		if err := f.fill(ctx, o.Database, b.cases); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
		if engine == db.Postgres { // as autovacuum does within a minute
			if _, err := db.Bare(ctx, o.Database, 1, 1, func(int) []db.Statement { return []db.Statement{{Query: "ANALYZE"}} }); err != nil {
				return err
			}
		}
		b.table.note("P2", fmt.Sprintf("%s: cases, open steps, seconds to fill", engine), fmt.Sprintf("%d, %d, %.0f", b.cases, f.open, clock.Elapsed(start).Seconds()))
		if err := b.services(ctx, t, string(engine), viewers); err != nil {
			return err
		}
		return b.pages(ctx, t, string(engine), viewers)
	})
}

// viewers are an officer of one busy office, the officer with a post in every
// office, and the supervisor of the whole region.
func (f *filler) viewers(ctx context.Context, t *town.Town) ([]viewer, error) {
	everywhere := t.People[identity.RoleExaminer]
	busy, account := "", ""
	for _, it := range f.items { // the most frequent items come first
		list, err := t.Identity.Officers(auth.System(ctx, "town"), "", it.org, identity.RoleExaminer)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(list, func(o identity.Officer) bool { return o.Account != everywhere.ID })
		if i >= 0 {
			busy, account = it.org, list[i].Account
			break
		}
	}
	if busy == "" {
		return nil, errors.New("no office has an officer of its own")
	}
	p, err := t.SignIn(ctx, account)
	if err != nil {
		return nil, err
	}
	f.staff[busy][0] = p.ID
	boss := t.People[identity.RoleSupervisor]
	return []viewer{
		{casework.OwnTasks, p, p.ID, "own steps"}, {casework.PostTasks, p, p.ID, "one's post"}, {casework.DepartmentTasks, p, p.ID, "one's department"},
		{casework.RegionTasks, boss, boss.ID, "region and all below"},
		{casework.PostTasks, everywhere, everywhere.ID, "posts in every office"},
	}, nil
}

const bar = 50 * time.Millisecond

// services measures the service call.
func (b *bench) services(ctx context.Context, t *town.Town, engine string, viewers []viewer) error {
	var shapes []time.Duration
	for i, v := range viewers {
		ctx := auth.With(ctx, v.who)
		next, rows := "", 0
		p50, p95, err := timed(b.calls, func(k int) error {
			q := casework.InboxQuery{Shape: v.shape, Limit: 20}
			if k%4 == 3 {
				q.After = next
			}
			in, err := t.Casework.Inbox(ctx, q)
			next, rows = in.Next, max(rows, len(in.Tasks))
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
		if rows < 20 {
			return fmt.Errorf("%s: only %d rows, the page is not full", v.name, rows)
		}
		if i < 4 {
			shapes = append(shapes, p50)
		}
		b.table.add("P2", fmt.Sprintf("%s: inbox, %s: p50, p95", engine, v.name), fmt.Sprintf("%.2f ms, %.2f ms", ms(p50), ms(p95)), "p95 < 50 ms", p95 < bar)
	}
	spread := float64(slices.Max(shapes)) / float64(slices.Min(shapes))
	b.table.add("P2", engine+": slowest of the four shapes to the fastest (p50)", fmt.Sprintf("%.1f", spread), "≤ 3", spread <= 3)
	return nil
}

// pages measures the whole page over HTTP, signed in, as a browser gets it.
func (b *bench) pages(ctx context.Context, t *town.Town, engine string, viewers []viewer) error {
	site, err := t.Site()
	if err != nil {
		return err
	}
	server := httptest.NewServer(site)
	defer server.Close()
	for _, v := range viewers {
		path, shows := "/work?shape="+string(v.shape), "示例事项"
		if v.shape == casework.RegionTasks {
			path, shows = "/oversight", "</html>"
		}
		session, err := t.Session(ctx, v.account)
		if err != nil {
			return err
		}
		size := 0
		p50, p95, err := timed(b.calls/2, func(int) (err error) {
			size, err = get(ctx, server.URL+path, session, shows)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		what, number := fmt.Sprintf("%s: page %s, %s: p50, p95", engine, path, v.name), fmt.Sprintf("%.1f ms, %.1f ms (%d kB)", ms(p50), ms(p95), size/1000)
		if v.shape == casework.RegionTasks { // the watch over a region counts, it is no inbox
			b.table.note("P2", what, number)
			continue
		}
		b.table.add("P2", what, number, "p95 < 50 ms", p95 < bar)
	}
	return nil
}

func get(ctx context.Context, url, session, shows string) (size int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	r.AddCookie(&http.Cookie{Name: "tongban", Value: session})
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return 0, err
	case res.StatusCode != http.StatusOK:
		return 0, fmt.Errorf("answered %s", res.Status)
	case !strings.Contains(string(body), shows):
		return 0, errors.New("the page does not show " + shows)
	}
	return len(body), nil
}

// timed calls f often, after a few calls that do not count.
func timed(n int, f func(i int) error) (p50, p95 time.Duration, err error) {
	took := make([]time.Duration, 0, n)
	for i := range n + 12 {
		start := clock.Start()
		if err := f(i); err != nil {
			return 0, 0, err
		}
		if i >= 12 {
			took = append(took, clock.Elapsed(start))
		}
	}
	slices.Sort(took)
	return took[n/2], took[n*95/100], nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
