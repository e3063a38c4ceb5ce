package trusted

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// refreshEvery is how often followed lists are fetched; retryEvery is how soon
// again when that failed.
const (
	refreshEvery = time.Hour
	retryEvery   = 5 * time.Minute
)

// Refresh fetches the lists that are due, or with now all of them.
func (s *Service) Refresh(ctx context.Context, all bool) error {
	if err := s.staff(ctx); err != nil {
		return err
	}
	r, err := s.registry(ctx)
	if err != nil {
		return err
	}
	var problems []error
	for _, n := range r.nodes {
		if n.Follow && n.List == "" && n.State == Active && (all || s.due(r, n)) {
			problems = append(problems, s.refresh(ctx, r, n))
		}
	}
	s.forget()
	return errors.Join(problems...)
}

func (s *Service) due(r *registry, n Node) bool {
	i := slices.IndexFunc(r.lists, func(f Followed) bool { return f.Node == n.ID })
	if i < 0 {
		return true
	}
	every := refreshEvery
	if r.lists[i].Problem != "" {
		every = retryEvery
	}
	return !s.Clock.Now().Before(r.lists[i].TriedAt.Add(every))
}

// refresh fetches one list. What fails is kept as the reason, beside the list
// that was there.
func (s *Service) refresh(ctx context.Context, r *registry, n Node) error {
	now := s.Clock.Now()
	old := Followed{Region: s.Region, Node: n.ID}
	if i := slices.IndexFunc(r.lists, func(f Followed) bool { return f.Node == n.ID }); i >= 0 {
		old = r.lists[i]
	}
	got, list, err := s.fetchList(ctx, n, old, now)
	var failed *fault.Fault
	if err != nil {
		failed = fault.Of(err)
		s.Log.Warn("a trust list is not refreshed", "node", n.Name, "site", n.Site, "error", err)
		got = old
		got.TriedAt, got.Problem = now, failed.Code
	}
	changed := got.Sequence != old.Sequence || old.Text == ""
	err = s.DB.Write(auth.System(ctx, "nodes"), func(tx *db.Tx) error {
		tx.Unaudited("a list that says what the one before said")
		if err := putList(ctx, tx, got); err != nil {
			return err
		}
		switch {
		case failed == nil && changed:
			audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: "certificates.nodes.refreshed", Object: n.ID, At: now,
				Details: map[string]any{"name": n.Name, "sequence": got.Sequence, "nodes": len(list.Nodes)}})
		case failed != nil && failed.Code != old.Problem:
			audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: "certificates.nodes.refresh_failed", Object: n.ID, At: now,
				Details: map[string]any{"name": n.Name, "why": failed.Code, "sequence": old.Sequence}})
		}
		return nil
	})
	if err != nil || failed == nil {
		return err
	}
	return failed
}

func (s *Service) fetchList(ctx context.Context, n Node, old Followed, now time.Time) (Followed, List, error) {
	raw, err := s.fetch(ctx, http.MethodGet, n.Site+ListPath, nil, maxList)
	if err != nil {
		return old, List{}, err
	}
	list, err := ReadList(raw, n.Trust, now)
	if err != nil {
		return old, list, err
	}
	before, err := readList([]byte(old.Text), n.Trust)
	if err != nil { // none yet, or its publisher has other keys now: the numbers alone are compared
		before = List{Sequence: old.Sequence, Nodes: list.Nodes}
	}
	if err := list.follows(before); err != nil {
		return old, list, err
	}
	return Followed{Region: s.Region, Node: n.ID, Text: string(raw), Sequence: list.Sequence, FetchedAt: now, TriedAt: now}, list, nil
}
