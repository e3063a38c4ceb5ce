package sim

import (
	"fmt"
	"sync"
)

// kind is what was acknowledged.
type kind string

const (
	begun     kind = "draft begun"
	saved     kind = "answers saved"
	attached  kind = "file attached"
	submitted kind = "case submitted"
	accepted  kind = "case accepted"
	claimed   kind = "step claimed"
	completed kind = "step completed"
	decided   kind = "case decided"
)

// effect is one thing that the program said it did.
type effect struct {
	kind                     kind
	draft, kase, task, value string
}

// ledger keeps what was acknowledged.
type ledger struct {
	sync.Mutex
	list []effect
}

func (l *ledger) note(e effect) {
	l.Lock()
	defer l.Unlock()
	l.list = append(l.list, e)
}

// world is what is in the database.
type world struct {
	drafts  map[string]draftRow
	cases   []caseRow
	tasks   map[string]taskRow
	history []historyRow
	papers  []paperRow
	ratings []string // cases that were asked for a rating
	outbox  int
	jobs    []jobRow
	files   map[string]bool // hashes that a material names; true: the store has it, whole
}

type draftRow struct {
	id, state, kase string
	form            map[string]string
	files           map[string][]string // hashes by material
}

type caseRow struct{ id, number, draft, state, outcome, certificate string }

type taskRow struct{ id, kase, state, result, assignee, element string }

type historyRow struct{ kase, kind, task string }

type paperRow struct{ id, kase, kind string }

type jobRow struct{ kind, key string }

// check compares what was acknowledged with what is there, and counts what is
// there twice. It returns one sentence for every complaint.
func check(w world, acked []effect) (lost, doubled, torn []string) {
	v := view{world: w, byID: map[string]caseRow{}, byDraft: map[string][]string{}, told: map[string]int{}, papered: map[string]int{}}
	v.index()
	for _, e := range acked {
		if !v.has(e) {
			lost = append(lost, fmt.Sprintf("%s: %+v", e.kind, e))
		}
	}
	return lost, v.doubled(), v.torn()
}

// view is a world with its indexes.
type view struct {
	world
	byID    map[string]caseRow
	byDraft map[string][]string
	told    map[string]int // case/kind/task → entries of the timeline
	papered map[string]int // case/kind → papers
}

func (v *view) index() {
	for _, c := range v.cases {
		v.byID[c.id] = c
		v.byDraft[c.draft] = append(v.byDraft[c.draft], c.id)
	}
	for _, h := range v.history {
		v.told[h.kase+"/"+h.kind+"/"+h.task]++
		if h.task != "" {
			v.told[h.kase+"/"+h.kind+"/"]++
		}
	}
	for _, p := range v.papers {
		v.papered[p.kase+"/"+p.kind]++
	}
}

// has tells whether an acknowledged effect is there.
func (v *view) has(e effect) bool {
	d, t, c := v.drafts[e.draft], v.tasks[e.task], v.byID[e.kase]
	switch e.kind {
	case begun:
		return d.id != ""
	case saved:
		return d.form["shop_address"] == e.value
	case attached:
		for _, hash := range d.files[e.value] {
			if v.files[hash] {
				return true
			}
		}
		return false
	case submitted:
		return c.draft == e.draft && c.number == e.value && d.kase == e.kase && d.state == "submitted"
	case accepted:
		return c.id != "" && c.state != "submitted" && v.told[e.kase+"/case.accepted/"] > 0
	case claimed:
		return t.assignee != ""
	case completed:
		return t.state == "done" && t.result == e.value && v.told[e.kase+"/task.completed/"+e.task] > 0
	case decided:
		return c.state == "decided" && c.certificate == e.value && v.papered[e.kase+"/certificate"] > 0
	}
	return false
}

// doubled lists effects that are there more than once.
func (v *view) doubled() (out []string) {
	twice := func(what string, n int) {
		if n > 1 {
			out = append(out, fmt.Sprintf("%s %d times", what, n))
		}
	}
	numbers, asked, jobs, elements := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for draft, cases := range v.byDraft {
		twice("draft "+draft+" became a case", len(cases))
	}
	for _, c := range v.cases {
		numbers[c.number]++
		for _, kind := range []string{"case.submitted", "case.accepted", "case.deemed_accepted", "case.decided"} {
			twice("case "+c.id+" "+kind, v.told[c.id+"/"+kind+"/"])
		}
		for _, kind := range []string{"receipt", "acceptance", "certificate"} {
			twice("case "+c.id+" has the paper "+kind, v.papered[c.id+"/"+kind])
		}
	}
	for _, t := range v.tasks {
		elements[t.kase+" opened step "+t.element]++
		twice("step "+t.id+" completed", v.told[t.kase+"/task.completed/"+t.id])
	}
	for _, r := range v.ratings {
		asked["case "+r+" asked for a rating"]++
	}
	for _, j := range v.jobs {
		jobs["job "+j.kind+" "+j.key]++
	}
	for _, m := range []map[string]int{numbers, asked, jobs, elements} {
		for what, n := range m {
			twice(what, n)
		}
	}
	return out
}

// torn lists what is there by halves.
func (v *view) torn() (out []string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	asked, open := map[string]bool{}, map[string]int{}
	for _, r := range v.ratings {
		asked[r] = true
		if v.byID[r].state != "decided" {
			say("case %s was asked for a rating and is %s", r, v.byID[r].state)
		}
	}
	for _, t := range v.tasks {
		if t.state == "open" {
			open[t.kase]++
		}
	}
	for _, d := range v.drafts {
		if (d.state == "submitted") != (len(v.byDraft[d.id]) == 1) {
			say("draft %s is %s and has %d cases", d.id, d.state, len(v.byDraft[d.id]))
		}
	}
	for _, c := range v.cases {
		over := c.state == "decided"
		if over != (c.certificate != "" && v.papered[c.id+"/certificate"] == 1 && v.told[c.id+"/case.decided/"] == 1 && asked[c.id]) {
			say("case %s is %s with certificate %q, %d papers, %d decisions, asked for a rating: %t", c.id, c.state, c.certificate, v.papered[c.id+"/certificate"], v.told[c.id+"/case.decided/"], asked[c.id])
		}
		if over != (open[c.id] == 0) {
			say("case %s is %s with %d open steps", c.id, c.state, open[c.id])
		}
		if c.state == "submitted" != (v.papered[c.id+"/acceptance"] == 0) {
			say("case %s is %s with %d notices of acceptance", c.id, c.state, v.papered[c.id+"/acceptance"])
		}
	}
	for _, j := range v.jobs {
		if c, ok := v.byID[j.key]; ok && c.state != "submitted" {
			say("job %s of case %s waits, and the case is %s", j.kind, c.id, c.state)
		}
	}
	if v.outbox > 0 {
		say("%d facts wait in the outbox", v.outbox)
	}
	return out
}
