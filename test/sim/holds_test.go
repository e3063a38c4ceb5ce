package sim

import (
	"errors"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/test/sim/town"
)

// load is a case as its applicant sees it, one of the two who apply here.
func (l *life) load(id casework.CaseID) (casework.Case, error) {
	f, err := l.Casework.Open(l.As(l.ctx, identity.RoleResident), town.District, id, "")
	if errors.Is(err, casework.ErrNoCase) {
		f, err = l.Casework.Open(l.As(l.ctx, "legal_representative"), town.District, id, "")
	}
	return f.Case, err
}

func (l *life) count(query string, args ...any) int {
	l.t.Helper()
	n, err := db.One(l.ctx, l.DB, db.Value[int], query, append([]any{town.District}, args...)...)
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}

// holds checks what must hold at any time.
func (l *life) holds() {
	l.t.Helper()
	for i, id := range l.cases {
		c, err := l.load(id)
		if err != nil {
			l.t.Fatal(err)
		}
		bad := func(format string, args ...any) {
			l.t.Helper()
			l.t.Errorf("seed %d, case %d (%s %s): "+format, append([]any{seed(), i, c.State, c.Outcome}, args...)...)
		}
		open := l.count(`SELECT count(*) FROM casework_task WHERE region = $1 AND case_id = $2 AND state = 'open'`, string(id))
		switch {
		case !c.State.Open() && open > 0:
			bad("%d steps are open", open)
		case c.State.Open() && c.State != casework.Supplemented && open == 0:
			bad("nobody has anything to do, and it is open")
		}
		decisions := l.count(`SELECT count(*) FROM casework_history WHERE region = $1 AND case_id = $2 AND kind = 'case.decided'`, string(id))
		certificates := l.count(`SELECT count(*) FROM certificates_paper WHERE region = $1 AND case_id = $2 AND kind = 'certificate'`, string(id))
		refusals := l.count(`SELECT count(*) FROM certificates_paper WHERE region = $1 AND case_id = $2 AND kind = 'refusal'`, string(id))
		want := map[casework.Outcome][3]int{casework.Granted: {1, 1, 0}, casework.Refused: {1, 0, 1}, "": {}}[c.Outcome]
		if c.State == casework.NotAccepted {
			want = [3]int{0, 0, 1}
		}
		if got := [3]int{decisions, certificates, refusals}; got != want {
			bad("decisions, certificates, refusals: %v, want %v", got, want)
		}
		l.clocks(c, bad)
	}
}

// clocks checks that no clock runs in a pause and that every date, worked out
// again from what is kept of the case, is the one that is stored.
func (l *life) clocks(c casework.Case, bad func(string, ...any)) {
	l.t.Helper()
	if !c.State.Open() {
		return
	}
	again := c
	again.Recompute(l.Calendar)
	if !again.AcceptDue.Equal(c.AcceptDue) || !again.LegalDue.Equal(c.LegalDue) || !again.PromiseDue.Equal(c.PromiseDue) {
		bad("dates are %s, %s, %s; worked out again %s, %s, %s", c.AcceptDue, c.LegalDue, c.PromiseDue, again.AcceptDue, again.LegalDue, again.PromiseDue)
	}
	stands := c.Paused || c.State == casework.Supplemented
	if running := !c.AcceptDue.IsZero() || !c.LegalDue.IsZero() || !c.PromiseDue.IsZero(); running == stands {
		bad("paused %t, and a clock runs: %t", c.Paused, running)
	}
	if c.Paused {
		ticking := l.count(`SELECT count(*) FROM casework_task WHERE region = $1 AND case_id = $2 AND state = 'open' AND due_at < $3`, string(c.ID), db.At(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)))
		if ticking > 0 {
			bad("it is paused, and %d of its steps have a date", ticking)
		}
	}
}

// verify checks the record of everything.
func (l *life) verify() {
	l.t.Helper()
	r, err := audit.Verify(l.ctx, l.DB, l.Keys.Record())
	if err != nil {
		l.t.Fatal(err)
	}
	if !r.OK() || r.Waiting > 0 || r.Sealed == 0 {
		l.t.Errorf("audit: %v, %d sealed, %d wait", r.Problems, r.Sealed, r.Waiting)
	}
	if decided, asked := l.count(`SELECT count(*) FROM casework_case WHERE region = $1 AND state = 'decided'`), l.count(`SELECT count(*) FROM participation_rating WHERE region = $1`); decided != asked {
		l.t.Errorf("%d cases are decided and %d were asked for a rating", decided, asked)
	}
}

// The checker of the crash test must see a fault that is there.
func TestCheck_catchesWhatIsInjected(t *testing.T) {
	whole := func() world {
		return world{
			drafts:  map[string]draftRow{"d1": {id: "d1", state: "submitted", kase: "c1", form: map[string]string{"shop_address": "x"}, files: map[string][]string{"m": {"h"}}}},
			cases:   []caseRow{{"c1", "111111111", "d1", "decided", "granted", "p3"}},
			tasks:   map[string]taskRow{"t1": {"t1", "c1", "done", "approve", "a", "decide"}},
			history: []historyRow{{"c1", "case.submitted", ""}, {"c1", "case.accepted", ""}, {"c1", "task.completed", "t1"}, {"c1", "case.decided", "t1"}},
			papers:  []paperRow{{"p1", "c1", "receipt"}, {"p2", "c1", "acceptance"}, {"p3", "c1", "certificate"}},
			ratings: []string{"c1"}, files: map[string]bool{"h": true},
		}
	}
	acked := []effect{{kind: begun, draft: "d1"}, {kind: saved, draft: "d1", value: "x"}, {kind: attached, draft: "d1", value: "m"}, {kind: submitted, draft: "d1", kase: "c1", value: "111111111"},
		{kind: accepted, kase: "c1"}, {kind: claimed, kase: "c1", task: "t1"}, {kind: completed, kase: "c1", task: "t1", value: "approve"}, {kind: decided, kase: "c1", value: "p3"}}
	if lost, doubled, torn := check(whole(), acked); len(lost)+len(doubled)+len(torn) > 0 {
		t.Fatalf("a sound world: %v %v %v", lost, doubled, torn)
	}
	for name, hurt := range map[string]func(w *world){
		"doubled: one draft, two cases": func(w *world) {
			w.cases = append(w.cases, caseRow{"c2", "222222222", "d1", "decided", "granted", "p4"})
		},
		"doubled: one number, two cases":    func(w *world) { w.cases = append(w.cases, caseRow{"c2", "111111111", "d2", "submitted", "", ""}) },
		"doubled: decided twice":            func(w *world) { w.history = append(w.history, historyRow{"c1", "case.decided", "t1"}) },
		"doubled: two certificates":         func(w *world) { w.papers = append(w.papers, paperRow{"p9", "c1", "certificate"}) },
		"doubled: step completed twice":     func(w *world) { w.history = append(w.history, historyRow{"c1", "task.completed", "t1"}) },
		"doubled: step opened twice":        func(w *world) { w.tasks["t2"] = taskRow{"t2", "c1", "done", "approve", "a", "decide"} },
		"doubled: asked for a rating twice": func(w *world) { w.ratings = append(w.ratings, "c1") },
		"lost: draft":                       func(w *world) { delete(w.drafts, "d1") },
		"lost: answers":                     func(w *world) { w.drafts["d1"].form["shop_address"] = "y" },
		"lost: file":                        func(w *world) { w.files["h"] = false },
		"lost: case":                        func(w *world) { w.cases = nil },
		"lost: result of a step":            func(w *world) { w.tasks["t1"] = taskRow{"t1", "c1", "open", "", "a", "decide"} },
		"lost: certificate":                 func(w *world) { w.papers = w.papers[:2] },
		"torn: no rating asked for":         func(w *world) { w.ratings = nil },
		"torn: outbox not empty":            func(w *world) { w.outbox = 1 },
		"torn: step open on a closed case":  func(w *world) { w.tasks["t3"] = taskRow{"t3", "c1", "open", "", "", "other"} },
		"torn: job of a decided case waits": func(w *world) { w.jobs = []jobRow{{"casework.acceptance", "c1"}} },
	} {
		w := whole()
		hurt(&w)
		lost, doubled, torn := check(w, acked)
		found := map[byte][]string{'l': lost, 'd': doubled, 't': torn}[name[0]]
		if len(found) == 0 {
			t.Errorf("%s: not seen (lost %v, doubled %v, torn %v)", name, lost, doubled, torn)
		}
	}
}
