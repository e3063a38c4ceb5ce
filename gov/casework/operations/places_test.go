package operations_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/operations"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/platform/auth"
	"tongban/platform/fault"
)

var update = flag.Bool("update", false, "write docs/specs/case-operations.md")

// place is where step b2 stands in a flow: a, then the place, then decide.
type place struct{ name, shows, body, called string }

const loop = `<bpmn:multiInstanceLoopCharacteristics isSequential="%t" tongban:collection="${[{org: &quot;` + fire + `&quot;, name: &quot;消防&quot;}, {org: &quot;` + water + `&quot;, name: &quot;水务&quot;}, {org: &quot;` + lead + `&quot;, name: &quot;市监&quot;}]}" tongban:elementVariable="office"/>`

func task(id, org, in, out, more string) string {
	return fmt.Sprintf(`<bpmn:userTask id="%s" name="%s" tongban:org="%s" tongban:post="examiner" tongban:limit="P5WD"><bpmn:incoming>%s</bpmn:incoming><bpmn:outgoing>%s</bpmn:outgoing>%s</bpmn:userTask>`, id, id, org, in, out, more)
}

func flow(id, from, to string) string {
	return fmt.Sprintf(`<bpmn:sequenceFlow id="%s" sourceRef="%s" targetRef="%s"/>`, id, from, to)
}

// watched is the timer on b2 that reminds its holder after three working days.
const watched = `<bpmn:boundaryEvent id="late" cancelActivity="false" attachedToRef="b2"><bpmn:outgoing>late1</bpmn:outgoing><bpmn:timerEventDefinition id="t3"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P3WD</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
	<bpmn:endEvent id="reminded"><bpmn:incoming>late1</bpmn:incoming></bpmn:endEvent><bpmn:sequenceFlow id="late1" sourceRef="late" targetRef="reminded"/>`

var places = []place{
	{"sequence", "`a → b1 → b2 → decide`", task("b1", fire, "in", "m", "") + flow("m", "b1", "b2") + task("b2", fire, "m", "out", "") + watched + flow("in", "a", "b1") + flow("out", "b2", "decide"), ""},
	{"branch", "`a → (b1 → b2 ∥ x) → decide`", `<bpmn:parallelGateway id="fork"><bpmn:incoming>in</bpmn:incoming><bpmn:outgoing>f1</bpmn:outgoing><bpmn:outgoing>f2</bpmn:outgoing></bpmn:parallelGateway>` + flow("in", "a", "fork") + flow("f1", "fork", "b1") + flow("f2", "fork", "x") +
		task("b1", fire, "f1", "m", "") + flow("m", "b1", "b2") + task("b2", fire, "m", "j1", "") + watched + task("x", water, "f2", "j2", "") + flow("j1", "b2", "join") + flow("j2", "x", "join") +
		`<bpmn:parallelGateway id="join"><bpmn:incoming>j1</bpmn:incoming><bpmn:incoming>j2</bpmn:incoming><bpmn:outgoing>out</bpmn:outgoing></bpmn:parallelGateway>` + flow("out", "join", "decide"), ""},
	{"signers together", "`a → b1 → b2 by three offices at once → decide`", task("b1", fire, "in", "m", "") + flow("m", "b1", "b2") + task("b2", "${office.org}", "m", "out", fmt.Sprintf(loop, false)) + watched + flow("in", "a", "b1") + flow("out", "b2", "decide"), ""},
	{"signers in turn", "`a → b1 → b2 by three offices in turn → decide`", task("b1", fire, "in", "m", "") + flow("m", "b1", "b2") + task("b2", "${office.org}", "m", "out", fmt.Sprintf(loop, true)) + watched + flow("in", "a", "b1") + flow("out", "b2", "decide"), ""},
	{"sub-process", "`a → [b1 → b2] → decide`", `<bpmn:subProcess id="sub"><bpmn:incoming>in</bpmn:incoming><bpmn:outgoing>out</bpmn:outgoing><bpmn:startEvent id="s1"><bpmn:outgoing>i1</bpmn:outgoing></bpmn:startEvent>` + flow("i1", "s1", "b1") +
		task("b1", fire, "i1", "m", "") + flow("m", "b1", "b2") + task("b2", fire, "m", "i2", "") + watched + flow("i2", "b2", "e1") + `<bpmn:endEvent id="e1"><bpmn:incoming>i2</bpmn:incoming></bpmn:endEvent></bpmn:subProcess>` + flow("in", "a", "sub") + flow("out", "sub", "decide"), ""},
	{"called process", "`a → call of (b1 → b2) → decide`", `<bpmn:callActivity id="joint" name="joint" calledElement="review"><bpmn:incoming>in</bpmn:incoming><bpmn:outgoing>out</bpmn:outgoing></bpmn:callActivity>` + flow("in", "a", "joint") + flow("out", "joint", "decide"),
		`<bpmn:process id="review" name="review" isExecutable="true"><bpmn:startEvent id="s1"><bpmn:outgoing>i1</bpmn:outgoing></bpmn:startEvent>` + flow("i1", "s1", "b1") +
			task("b1", fire, "i1", "m", "") + flow("m", "b1", "b2") + task("b2", fire, "m", "i2", "") + watched + flow("i2", "b2", "e1") + `<bpmn:endEvent id="e1"><bpmn:incoming>i2</bpmn:incoming></bpmn:endEvent></bpmn:process>`},
}

func (p place) model() []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:tongban="https://tongban.example/bpmn" id="d" targetNamespace="https://tongban.example/items">
<bpmn:process id="placed" name="placed" isExecutable="true">
<bpmn:startEvent id="begin"><bpmn:outgoing>f0</bpmn:outgoing></bpmn:startEvent>` + flow("f0", "begin", "a") + task("a", lead, "f0", "in", "") + p.body + `
<bpmn:userTask id="decide" name="decide" tongban:org="${department}" tongban:post="decider" tongban:limit="P2WD"><bpmn:incoming>out</bpmn:incoming><bpmn:outgoing>g</bpmn:outgoing></bpmn:userTask>` + flow("g", "decide", "split") + `
<bpmn:exclusiveGateway id="split" default="no"><bpmn:incoming>g</bpmn:incoming><bpmn:outgoing>yes</bpmn:outgoing><bpmn:outgoing>no</bpmn:outgoing></bpmn:exclusiveGateway>
<bpmn:sequenceFlow id="yes" sourceRef="split" targetRef="issue"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${decide_outcome == 'approve'}</bpmn:conditionExpression></bpmn:sequenceFlow>` + flow("no", "split", "refuse") + `
<bpmn:serviceTask id="issue" implementation="issue"><bpmn:incoming>yes</bpmn:incoming><bpmn:outgoing>y</bpmn:outgoing></bpmn:serviceTask><bpmn:serviceTask id="refuse" implementation="refuse"><bpmn:incoming>no</bpmn:incoming><bpmn:outgoing>n</bpmn:outgoing></bpmn:serviceTask>` +
		flow("y", "issue", "e_yes") + flow("n", "refuse", "e_no") + `
<bpmn:endEvent id="e_yes"><bpmn:incoming>y</bpmn:incoming></bpmn:endEvent><bpmn:endEvent id="e_no"><bpmn:incoming>n</bpmn:incoming></bpmn:endEvent>
</bpmn:process>` + p.called + `</bpmn:definitions>`)
}

// stand is a case at b2 of a place: who has it, and who leads.
type stand struct {
	*world
	b    context.Context // has b1 and b2 at the fire brigade
	boss context.Context
	t    casework.Task // b2
}

// stands brings a case to b2, with its timer running.
func (w *world) stands(p place) *stand {
	w.T.Helper()
	w.Publish(p.model())
	w.me = w.Resident("王示例", 1)
	w.c = w.Apply(w.me)
	var err error
	w.c, err = w.Casework.Accept(w.Officer("受理", "decider", lead), w.c.Region, w.c.ID, 0)
	w.Must(err)
	s := &stand{world: w, b: w.examiner("消防甲", fire), boss: w.Officer("局长", "decider", lead)}
	w.Must(w.approve(w.examiner("市监甲", lead), s.step("a", lead)))
	w.Must(w.approve(s.b, s.step("b1", fire)))
	s.t = s.step("b2", fire)
	return s
}

func (s *stand) step(element, org string) casework.Task {
	s.T.Helper()
	for _, t := range s.at(org) {
		if t.Element == element && t.Signer == "" {
			return t
		}
	}
	s.T.Fatalf("%s is not open at %s: %s", element, org, s.shows())
	return casework.Task{}
}

// shows is what there is to do, in words of the table.
func (s *stand) shows() string {
	f := s.File(s.c)
	if !f.State.Open() {
		return strings.TrimSuffix(string(f.State)+", "+string(f.Outcome), ", ")
	}
	var out []string
	for _, t := range f.Tasks {
		if t.State != casework.TaskOpen {
			continue
		}
		word := t.Element
		if t.Signer != "" {
			word += "+"
		}
		if t.Held {
			word = "(" + word + " held)"
		}
		out = append(out, word)
	}
	slices.Sort(out)
	text := strings.Join(out, ", ")
	if f.Paused {
		text += "; stands still"
	}
	return text
}

func refused(err error) string {
	return "refused (" + strings.TrimPrefix(fault.Of(err).Code, "casework.") + ")"
}

// operation is one row of the table. It returns what is to be said besides what
// is open, "" for nothing.
type operation struct {
	name string
	do   func(s *stand) error
}

func add(where string) func(s *stand) error {
	return func(s *stand) error {
		_, err := s.ops.AddSigner(s.b, s.t.Region, s.t.ID, operations.Signer{Place: where, Org: casefiletest.Other, Reason: "请一起看"})
		return err
	}
}

func returned(s *stand, to string) error {
	_, err := s.Casework.ReturnTo(s.b, s.t.Region, s.t.ID, to, "重看", 0)
	return err
}

var no = casework.Refusal{Grounds: []string{"reason.layout"}, Facts: "现场的生熟加工区没有分开", Clause: "《示例条例》第一条", Pass: "分开以后再申请"}

var table = []operation{
	{"approve", func(s *stand) error { return s.approve(s.b, s.t) }},
	{"refuse (an opinion)", func(s *stand) error {
		_, err := s.Casework.Complete(s.b, s.t.Region, s.t.ID, casework.Opinion{Result: casework.Refuse, Refusal: no})
		return err
	}},
	{"add a signer before", add("before")},
	{"add a signer beside", add("beside")},
	{"add a signer after", add("after")},
	{"… and the step is done", func(s *stand) error {
		if err := add("after")(s); err != nil {
			return err
		}
		return s.approve(s.b, s.step("b2", fire))
	}},
	{"take the signer away", func(s *stand) error {
		if err := add("beside")(s); err != nil {
			return err
		}
		list, err := s.ops.Signers(s.b, s.t.Region, s.t.ID)
		if err != nil {
			return err
		}
		_, err = s.ops.TakeAway(s.b, s.t.Region, s.t.ID, list[0].ID, "不用了")
		return err
	}},
	{"delegate", func(s *stand) error {
		_, err := s.Casework.Delegate(s.b, s.t.Region, s.t.ID, water, s.account("examiner04", water), "请看排水")
		return err
	}},
	{"delegate to nobody", func(s *stand) error {
		_, err := s.Casework.Delegate(s.b, s.t.Region, s.t.ID, water, "acc_nobody", "请看排水")
		return err
	}},
	{"transfer within the office", func(s *stand) error {
		_, err := s.Casework.Transfer(s.b, s.t.Region, s.t.ID, fire, "", "我去培训")
		return err
	}},
	{"transfer to an office that is not there", func(s *stand) error {
		_, err := s.Casework.Transfer(s.b, s.t.Region, s.t.ID, "914499010000000000", "", "x")
		return err
	}},
	{"return to the step before", func(s *stand) error { return returned(s, "b1") }},
	{"… and straight back", func(s *stand) error {
		if err := returned(s, "b1"); err != nil {
			return err
		}
		t := s.step("b1", fire)
		_, err := s.Casework.Complete(s.b, t.Region, t.ID, casework.Opinion{Result: casework.Approve, Text: "改好", Straight: true})
		return err
	}},
	{"return to the first step", func(s *stand) error { return returned(s, "a") }},
	{"… and straight back", func(s *stand) error {
		if err := returned(s, "a"); err != nil {
			return err
		}
		t := s.step("a", lead)
		_, err := s.Casework.Complete(s.examiner("市监甲", lead), t.Region, t.ID, casework.Opinion{Result: casework.Approve, Text: "改好", Straight: true})
		return err
	}},
	{"… and on in the ordinary way", func(s *stand) error {
		if err := returned(s, "a"); err != nil {
			return err
		}
		return s.approve(s.examiner("市监甲", lead), s.step("a", lead))
	}},
	{"ask the applicant", func(s *stand) error {
		_, err := s.Casework.AskApplicant(s.b, s.t.Region, s.t.ID, casework.Asking{Items: []casework.SupplementItem{{Reason: "缺图", How: "补一张"}}})
		return err
	}},
	{"… and he answers", func(s *stand) error {
		_, err := s.Casework.AskApplicant(s.b, s.t.Region, s.t.ID, casework.Asking{Items: []casework.SupplementItem{{Reason: "缺图", How: "补一张"}}, Basis: "《示例条例》第十条"})
		if err != nil {
			return err
		}
		s.Clock.Advance(10 * 24 * time.Hour)
		if _, err = s.Casework.AnswerItem(s.me, s.c.Region, s.c.ID, 0, casework.Answer{Text: "补上了"}); err != nil {
			return err
		}
		_, err = s.Casework.SendSupplement(s.me, s.c.Region, s.c.ID)
		return err
	}},
	{"take back the step before", func(s *stand) error {
		b1 := s.done("b1")
		_, err := s.ops.TakeBack(s.b, b1.Region, b1.ID, "写错了")
		return err
	}},
	{"… after the next one was opened", func(s *stand) error {
		if _, err := s.Casework.Opened(s.b, s.t.Region, s.t.ID); err != nil {
			return err
		}
		b1 := s.done("b1")
		_, err := s.ops.TakeBack(s.b, b1.Region, b1.ID, "写错了")
		return err
	}},
	{"approve, then take that back", func(s *stand) error {
		if err := s.approve(s.b, s.t); err != nil {
			return err
		}
		_, err := s.ops.TakeBack(s.b, s.t.Region, s.t.ID, "漏看一页")
		return err
	}},
	{"urge", func(s *stand) error { _, err := s.ops.Urge(s.boss, s.t.Region, s.t.ID, "今天要办"); return err }},
	{"copy", func(s *stand) error {
		_, err := s.Casework.Copy(s.boss, s.c.Region, s.c.ID, water, "", "阅知")
		return err
	}},
	{"jump to the decision", func(s *stand) error {
		_, err := s.ops.Redirect(s.boss, s.t.Region, s.t.ID, "decide", "已经联合核查", 0)
		return err
	}},
	{"jump back to the first step", func(s *stand) error {
		_, err := s.ops.Redirect(s.boss, s.t.Region, s.t.ID, "a", "资料有误", 0)
		return err
	}},
	{"reject, by who decides", func(s *stand) error { _, err := s.ops.Reject(s.boss, s.t.Region, s.t.ID, no, 0); return err }},
	{"reject, by an examiner", func(s *stand) error { _, err := s.ops.Reject(s.b, s.t.Region, s.t.ID, no, 0); return err }},
	{"reject without a ground", func(s *stand) error {
		_, err := s.ops.Reject(s.boss, s.t.Region, s.t.ID, casework.Refusal{}, 0)
		return err
	}},
	{"void", func(s *stand) error { _, err := s.ops.Void(s.boss, s.c.Region, s.c.ID, "重复立件", 0); return err }},
	{"withdraw", func(s *stand) error { _, err := s.Casework.Withdraw(s.me, s.c.Region, s.c.ID, "不办了"); return err }},
	{"suspend", func(s *stand) error { return s.pause() }},
	{"… and approve meanwhile", func(s *stand) error {
		if err := s.pause(); err != nil {
			return err
		}
		return s.approve(s.b, s.t)
	}},
	{"… and reject meanwhile", func(s *stand) error {
		if err := s.pause(); err != nil {
			return err
		}
		_, err := s.ops.Reject(s.boss, s.t.Region, s.t.ID, no, 0)
		return err
	}},
	{"… and resume ten days later", func(s *stand) error {
		if err := s.pause(); err != nil {
			return err
		}
		s.Clock.Advance(10 * 24 * time.Hour)
		_, err := s.Casework.Resume(s.boss, s.c.Region, s.c.ID, "诉讼已了结", 0)
		return err
	}},
}

func (s *stand) pause() error {
	_, err := s.Casework.Pause(s.boss, s.c.Region, s.c.ID, casework.Stop{Kind: casework.Suspension, Reason: "场地权属诉讼", Basis: "示例条例第十条"})
	return err
}

// done is the last step of the case with this element that is finished.
func (s *stand) done(element string) casework.Task {
	s.T.Helper()
	var out casework.Task
	for _, t := range s.File(s.c).Tasks {
		if t.Element == element && t.State == casework.TaskDone {
			out = t
		}
	}
	return out
}

// account is that of a seeded officer of an office.
func (s *stand) account(login, org string) string {
	s.T.Helper()
	list, err := s.Identity.Officers(s.T.Context(), "", org, "")
	s.Must(err)
	for _, o := range list {
		if o.Login == login {
			return o.Account
		}
	}
	s.T.Fatalf("there is no %s at %s", login, org)
	return ""
}

// ends plays a case to its end: nothing is lost, nothing is there twice.
func (s *stand) ends() {
	s.T.Helper()
	for range 30 {
		f := s.File(s.c)
		if !f.State.Open() {
			return
		}
		if f.State == casework.Supplemented {
			_, err := s.Casework.EndWaiting(s.boss, s.c.Region, s.c.ID, "没有答复", 0)
			s.Must(err)
			continue
		}
		if f.Paused {
			_, err := s.Casework.Resume(s.boss, s.c.Region, s.c.ID, "接着办", 0)
			s.Must(err)
			continue
		}
		var next casework.Task
		seen := map[string]int{}
		for _, t := range f.Tasks {
			if t.State == casework.TaskOpen {
				if seen[t.Element+t.Org+t.Signer]++; seen[t.Element+t.Org+t.Signer] > 1 {
					s.T.Fatalf("%s is there twice", t.Element)
				}
				if !t.Held {
					next = t
				}
			}
		}
		if next.ID == "" {
			s.T.Fatalf("nothing is open: %s", s.shows())
		}
		ctx := s.Officer(fmt.Sprint("末", next.ID), next.Role, next.Org)
		if d := next.Delegation; d.Waiting() {
			_, err := s.Casework.Recall(s.b, next.Region, next.ID, "")
			s.Must(err)
			continue
		}
		if next.Assignee != "" {
			ctx = as(ctx, next.Assignee)
		}
		s.Must(s.approve(ctx, next))
	}
	s.T.Fatalf("does not end: %s", s.shows())
}

// TestPlaces_everyOperation does every operation at every place through the
// services, compares what follows with docs/specs/case-operations.md, and plays
// the case to its end, with the clocks running.
func TestPlaces_everyOperation(t *testing.T) {
	cells := map[string]string{}
	for _, p := range places {
		for i, o := range table {
			t.Run(p.name+"/"+o.name, func(t *testing.T) {
				in := casefiletest.Village
				if (p.name == "branch" || p.called != "") && i%7 == 0 {
					in = casefiletest.Run // on both engines: what differs between them is how they write, not what is allowed
				}
				in(t, func(town *casefiletest.Town) {
					s := (&world{Town: town, ops: operations.On(town.Casework)}).stands(p)
					got := ""
					if err := o.do(s); err != nil {
						if k := fault.Of(err).Kind; k == fault.KindInternal {
							t.Fatal(err)
						}
						got = refused(err)
					} else {
						got = s.shows()
					}
					mu.Lock()
					cells[fmt.Sprint(i, p.name)] = got
					mu.Unlock()
					s.ends()
				})
			})
		}
	}
	t.Cleanup(func() { compare(t, cells) })
}

func compare(t *testing.T, cells map[string]string) {
	if t.Failed() || len(cells) < len(places)*len(table) {
		return
	}
	var b strings.Builder
	b.WriteString("# Operations on cases\n\nGenerated by `go test ./gov/casework/operations -run Places -update`. Every operation is done at every place through the services, with clocks and\na reminder running; what is open afterwards is compared with this table, and the case is then played to its end. “+” marks a signer who was\nadded, “held” a step that waits for one; “refused” names the code of the fault. The engine's own table is flow-operations.md.\n\n")
	for _, p := range places {
		fmt.Fprintf(&b, "- **%s**: %s, at b2\n", p.name, p.shows)
	}
	b.WriteString("\n| operation |")
	for _, p := range places {
		fmt.Fprintf(&b, " %s |", p.name)
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", len(places)+1) + "\n")
	for i, o := range table {
		fmt.Fprintf(&b, "| %s |", o.name)
		for _, p := range places {
			fmt.Fprintf(&b, " %s |", cells[fmt.Sprint(i, p.name)])
		}
		b.WriteString("\n")
	}
	file := filepath.Join("..", "..", "..", "docs", "specs", "case-operations.md")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != b.String() {
		t.Errorf("docs/specs/case-operations.md is not what happens (-update writes it): %v\n%s", err, b.String())
	}
}

var mu sync.Mutex

// as is a context in which another account acts with the same posts.
func as(ctx context.Context, account string) context.Context {
	p := auth.From(ctx)
	p.ID = account
	return auth.With(ctx, p)
}
