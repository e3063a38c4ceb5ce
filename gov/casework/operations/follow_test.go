package operations_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/operations"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/schedule"
)

// histories is how many random histories are played; TONGBAN_CASE_HISTORIES
// asks for more.
func histories(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("TONGBAN_CASE_HISTORIES")); err == nil {
		return n
	}
	if testing.Short() {
		return 5
	}
	return 20
}

// TestFollow_stepsNeverDivergeFromTheFlow plays random acts on random places:
// after each of them, and after timers came due, the open steps of the case are
// exactly the tasks of its flow, held or not, with the offices that they began
// with, and the schedule has exactly its timers; whatever is refused is refused
// for a reason, and at the end the case can be brought to its decision.
func TestFollow_stepsNeverDivergeFromTheFlow(t *testing.T) {
	var mu sync.Mutex
	acts, done := map[string]int{}, 0
	t.Run("histories", func(t *testing.T) {
		for seed := range uint64(histories(t)) {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				in(t, nil, func(w *world) {
					rng := rand.New(rand.NewPCG(seed, 17))
					s := w.stands(places[rng.IntN(len(places))])
					play := &player{stand: s, rng: rng, acts: map[string]int{}}
					play.compare()
					for range 25 {
						if !s.File(s.c).State.Open() {
							break
						}
						play.act()
						play.compare()
					}
					play.finish()
					mu.Lock()
					defer mu.Unlock()
					for name, n := range play.acts {
						acts[name] += n
					}
					done++
				})
			})
		}
	})
	t.Logf("%d histories, %v", done, acts)
	for _, name := range []string{"approve", "add", "take away", "return", "straight", "take back", "jump", "pause", "resume", "ask", "answer", "time"} {
		if acts[name] == 0 && done >= 20 {
			t.Errorf("nobody ever did: %s", name)
		}
	}
}

type player struct {
	*stand
	rng  *rand.Rand
	log  []string
	acts map[string]int
}

func (p *player) fail(format string, args ...any) {
	p.T.Helper()
	p.T.Fatalf(format+"\n%s", append(args, strings.Join(p.log, "\n"))...)
}

// compare looks at steps and flow side by side.
func (p *player) compare() {
	p.T.Helper()
	k, err := flows.Load(p.T.Context(), p.Casework.DB, p.c.Region, p.c.ID)
	p.Must(err)
	var flow, steps, timers, jobs []string
	if !k.Flow.Instance.Ended() {
		for _, o := range k.Flow.Instance.Open() {
			flow = append(flow, fmt.Sprintf("%s %s %v", o.ID, o.Element, o.Held))
		}
		for _, d := range k.Flow.Instance.Timers() {
			timers = append(timers, string(p.c.ID)+"/"+d.ID)
		}
	}
	for _, t := range p.File(p.c).Tasks {
		if t.State == casework.TaskOpen && t.Element != casework.AcceptElement {
			steps = append(steps, fmt.Sprintf("%s %s %v", t.ID, t.Element, t.Held))
		}
	}
	jobs, err = db.All(p.T.Context(), p.Casework.DB, db.Value[string], `SELECT key FROM schedule_job WHERE region = $1 AND kind = $2 AND key LIKE $3 ORDER BY key LIMIT 100`, p.c.Region, casework.JobTimer, string(p.c.ID)+"/%")
	p.Must(err)
	for _, list := range [][]string{flow, steps, timers, jobs} {
		slices.Sort(list)
	}
	if !slices.Equal(flow, steps) {
		p.fail("the flow has %v, the case %v", flow, steps)
	}
	if k.Case.Paused || k.Flow.Instance.Suspended() {
		timers = nil
	}
	if !slices.Equal(timers, jobs) {
		p.fail("the flow has the timers %v, the schedule %v", timers, jobs)
	}
	if open := k.Case.State.Open(); open == k.Flow.Instance.Ended() {
		p.fail("the case is %s, the flow %s", k.Case.State, k.Flow.Instance.State)
	}
}

// holder is somebody of the office of a step who may do it, the one who has it
// when somebody does.
func (p *player) holder(t casework.Task) context.Context {
	ctx := p.Officer("办"+t.Role+t.Org[len(t.Org)-3:], t.Role, t.Org)
	if t.Assignee == "" {
		return ctx
	}
	who := auth.From(ctx)
	who.ID, who.Name = t.Assignee, t.AssigneeName
	return auth.With(p.T.Context(), who)
}

func (p *player) open() []casework.Task {
	var out []casework.Task
	for _, t := range p.File(p.c).Tasks {
		if t.State == casework.TaskOpen && t.Role != casework.RoleApplicant && t.Element != casework.AcceptElement {
			out = append(out, t)
		}
	}
	return out
}

// act does one thing that somebody might do.
func (p *player) act() {
	p.T.Helper()
	list := p.open()
	f := p.File(p.c)
	name := []string{"approve", "approve", "approve", "add", "add", "take away", "return", "return", "straight", "straight", "take back", "take back", "jump", "pause", "resume", "resume", "ask", "answer", "answer", "time", "claim", "reject"}[p.rng.IntN(22)]
	if len(list) == 0 {
		name = []string{"answer", "resume", "time"}[p.rng.IntN(3)]
	}
	var t casework.Task
	if len(list) > 0 {
		t = list[p.rng.IntN(len(list))]
	}
	if name == "take back" {
		var finished []casework.Task
		for _, x := range f.Tasks {
			if x.State == casework.TaskDone {
				finished = append(finished, x)
			}
		}
		if len(finished) == 0 {
			return
		}
		t = finished[len(finished)-1-p.rng.IntN(min(2, len(finished)))]
	}
	err := p.do(name, t)
	said := "done"
	if err != nil {
		said = fault.Of(err).Code
	}
	p.log = append(p.log, fmt.Sprintf("%s at %s %s (%s): %s", name, t.Element, t.ID, t.Signer, said))
	if err != nil {
		if fault.IsKind(err, fault.KindInternal) {
			p.fail("%v", err)
		}
		return
	}
	p.acts[name]++
}

func (p *player) do(name string, t casework.Task) error {
	offices := []string{lead, fire, water}
	switch name {
	case "approve", "straight":
		_, err := p.Casework.Complete(p.holder(t), t.Region, t.ID, casework.Opinion{Result: casework.Approve, Text: "可以", Straight: name == "straight"})
		return err
	case "add":
		_, err := p.ops.AddSigner(p.holder(t), t.Region, t.ID, operations.Signer{Place: []string{"before", "beside", "after"}[p.rng.IntN(3)], Org: offices[p.rng.IntN(3)], Reason: "一起看"})
		return err
	case "take away":
		signers, err := p.ops.Signers(p.holder(t), t.Region, t.ID)
		if err != nil || len(signers) == 0 {
			return casework.ErrInvalid
		}
		_, err = p.ops.TakeAway(p.holder(t), t.Region, t.ID, signers[p.rng.IntN(len(signers))].ID, "不用了")
		return err
	case "return":
		o, err := p.Casework.Offers(p.holder(t), t.Region, t.ID)
		if err != nil || len(o.Returns) == 0 {
			return casework.ErrInvalid
		}
		_, err = p.Casework.ReturnTo(p.holder(t), t.Region, t.ID, o.Returns[p.rng.IntN(len(o.Returns))].Element, "重看", 0)
		return err
	case "take back":
		who := auth.From(p.Officer("办", t.Role, t.Org))
		who.ID = t.Officer
		_, err := p.ops.TakeBack(auth.With(p.T.Context(), who), t.Region, t.ID, "写错了")
		return err
	case "claim":
		_, err := p.Casework.Claim(p.holder(t), t.Region, t.ID)
		return err
	case "jump":
		to := []string{"a", "b1", "b2", "x", "decide"}[p.rng.IntN(5)]
		_, err := p.ops.Redirect(p.boss, t.Region, t.ID, to, "资料有误", 0)
		return err
	case "pause":
		return p.pause()
	case "reject":
		if p.rng.IntN(4) > 0 { // most cases are to live longer
			return casework.ErrInvalid
		}
		_, err := p.ops.Reject(p.boss, t.Region, t.ID, no, 0)
		return err
	}
	return p.doCase(name, t)
}

// doCase is what concerns the case, not a step.
func (p *player) doCase(name string, t casework.Task) error {
	switch name {
	case "resume":
		_, err := p.Casework.Resume(p.boss, p.c.Region, p.c.ID, "已了结", 0)
		return err
	case "ask":
		_, err := p.Casework.AskApplicant(p.holder(t), t.Region, t.ID, casework.Asking{Items: []casework.SupplementItem{{Reason: "缺图", How: "补一张"}}, Basis: "《示例条例》第十条"})
		return err
	case "answer":
		if _, err := p.Casework.AnswerItem(p.me, p.c.Region, p.c.ID, 0, casework.Answer{Text: "补上了"}); err != nil {
			return err
		}
		_, err := p.Casework.SendSupplement(p.me, p.c.Region, p.c.ID)
		return err
	}
	p.Clock.Advance(time.Duration(p.rng.IntN(100)) * time.Hour)
	r := schedule.NewRunner(p.Casework.DB, p.Clock, slog.New(slog.DiscardHandler))
	p.Casework.Handle(r)
	for {
		n, err := r.RunOnce(p.T.Context())
		if err != nil || n == 0 {
			return err
		}
	}
}

// finish brings the case to its end.
func (p *player) finish() {
	p.T.Helper()
	for range 60 {
		f := p.File(p.c)
		if !f.State.Open() {
			return
		}
		var err error
		switch {
		case f.Paused && p.doCase("answer", casework.Task{}) == nil:
		case f.Paused:
			err = p.doCase("resume", casework.Task{})
		default:
			for _, t := range p.open() {
				if !t.Held {
					err = p.do("approve", t)
					break
				}
			}
		}
		if err != nil {
			p.fail("cannot be brought to its end: %v", err)
		}
		p.compare()
	}
	p.fail("does not end")
}
