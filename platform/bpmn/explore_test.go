package bpmn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

// This file is a model checker: for every process graph up to a stated size it
// enumerates all interleavings of operations, state by state, and holds each
// state against the structure of the graph. It knows nothing of frames, trails
// or undo records.

// shape is one block of a graph.
type shape struct {
	op   byte // T task, M and Q signers together and in turn, W task with a deadline, N task with reminders that somebody handles beside it, G wait for a timer or a message; S then, A and, X either, O or; L again, B sub-process, I sub-process that a message can interrupt, C call
	kids []*shape
	id   string
	up   *shape
}

func (s *shape) String() string {
	if len(s.kids) == 0 {
		return string(s.op)
	}
	var list []string
	for _, k := range s.kids {
		list = append(list, k.String())
	}
	return string(s.op) + "(" + strings.Join(list, "") + ")"
}

func (s *shape) copy() *shape {
	c := &shape{op: s.op}
	for _, k := range s.kids {
		c.kids = append(c.kids, k.copy())
	}
	return c
}

// shapes enumerates all blocks with exactly n tasks, at most u of the one-armed
// blocks, and leaves out of the given kinds.
func shapes(n, u int, leaves string) []*shape {
	var list []*shape
	if n == 1 {
		for _, op := range []byte(leaves) {
			list = append(list, &shape{op: op})
		}
	}
	for i := 1; i < n; i++ {
		for v := 0; v <= u; v++ {
			for _, a := range exactly(i, v, leaves) {
				for w := 0; w+v <= u; w++ {
					for _, b := range exactly(n-i, w, leaves) {
						for _, op := range []byte("SAXO") {
							list = append(list, &shape{op: op, kids: []*shape{a.copy(), b.copy()}})
						}
					}
				}
			}
		}
	}
	if u > 0 {
		for _, k := range shapes(n, u-1, leaves) {
			for _, op := range []byte("LBIC") {
				list = append(list, &shape{op: op, kids: []*shape{k.copy()}})
			}
		}
	}
	return list
}

func exactly(n, u int, leaves string) []*shape {
	var list []*shape
	for _, s := range shapes(n, u, leaves) {
		if s.arms() == u {
			list = append(list, s)
		}
	}
	return list
}

func (s *shape) arms() int {
	n := 0
	if strings.IndexByte("LBIC", s.op) >= 0 {
		n = 1
	}
	for _, k := range s.kids {
		n += k.arms()
	}
	return n
}

// drawing writes a shape as XML.
type drawing struct {
	n     int
	lines []string
	calls []string
}

func (d *drawing) put(format string, a ...any) { d.lines = append(d.lines, fmt.Sprintf(format, a...)) }

func (d *drawing) flow(id, from, to, cond string) {
	if cond != "" {
		cond = "<conditionExpression>${" + cond + "}</conditionExpression>"
	}
	d.put(`<sequenceFlow id="%s" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, id, from, to, cond)
}

// draw writes a block and gives its first and last element.
func (d *drawing) draw(s *shape) (first, last string) {
	d.n++
	s.id = fmt.Sprintf("n%d", d.n)
	id := s.id
	switch s.op {
	case 'T':
		d.put(`<userTask id="%s"/>`, id)
	case 'M', 'Q':
		d.put(`<userTask id="%s"><multiInstanceLoopCharacteristics isSequential="%v"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>`, id, s.op == 'Q')
	case 'W':
		d.put(`<userTask id="%s"/><boundaryEvent id="%st" attachedToRef="%s"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent><userTask id="%sl"/><exclusiveGateway id="%sj"/>`, id, id, id, id, id)
		d.flow(id+"-1", id, id+"j", "")
		d.flow(id+"-2", id+"t", id+"l", "")
		d.flow(id+"-3", id+"l", id+"j", "")
		return id, id + "j"
	case 'N':
		d.put(`<userTask id="%s"/><boundaryEvent id="%st" attachedToRef="%s" cancelActivity="false"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent><userTask id="%sr"/><endEvent id="%se"/>`, id, id, id, id, id)
		d.flow(id+"-1", id+"t", id+"r", "")
		d.flow(id+"-2", id+"r", id+"e", "")
	case 'G':
		d.put(`<eventBasedGateway id="%s"/><intermediateCatchEvent id="%sc"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent><intermediateCatchEvent id="%sd"><messageEventDefinition messageRef="m1"/></intermediateCatchEvent><exclusiveGateway id="%sj"/>`, id, id, id, id)
		d.flow(id+"-1", id, id+"c", "")
		d.flow(id+"-2", id, id+"d", "")
		d.flow(id+"-3", id+"c", id+"j", "")
		d.flow(id+"-4", id+"d", id+"j", "")
		return id, id + "j"
	case 'S':
		a1, a2 := d.draw(s.kids[0])
		b1, b2 := d.draw(s.kids[1])
		d.flow(id+"f", a2, b1, "")
		return a1, b2
	case 'L':
		a1, a2 := d.draw(s.kids[0])
		d.put(`<exclusiveGateway id="%sm"/><exclusiveGateway id="%sx" default="%sout"/>`, id, id, id)
		d.flow(id+"-1", id+"m", a1, "")
		d.flow(id+"-2", a2, id+"x", "")
		d.flow(id+"-3", id+"x", id+"m", "again")
		d.put(`<exclusiveGateway id="%so"/>`, id)
		d.flow(id+"out", id+"x", id+"o", "")
		return id + "m", id + "o"
	case 'B', 'I', 'C':
		in := &drawing{n: d.n}
		a1, a2 := in.draw(s.kids[0])
		d.n = in.n
		in.put(`<startEvent id="%ss"/><endEvent id="%se"/>`, id, id)
		in.flow(id+"i", id+"s", a1, "")
		in.flow(id+"o", a2, id+"e", "")
		if s.op == 'I' {
			in.put(`<subProcess id="%sh" triggeredByEvent="true"><startEvent id="%shs"><messageEventDefinition messageRef="m2"/></startEvent><userTask id="%sw"/><endEvent id="%she"/><sequenceFlow id="%shf" sourceRef="%shs" targetRef="%sw"/><sequenceFlow id="%shg" sourceRef="%sw" targetRef="%she"/></subProcess>`, id, id, id, id, id, id, id, id, id, id)
		}
		d.calls = append(d.calls, in.calls...)
		if s.op == 'C' {
			d.calls = append(d.calls, `<process id="P`+id+`">`+strings.Join(in.lines, "\n")+`</process>`)
			d.put(`<callActivity id="%s" calledElement="P%s"/>`, id, id)
		} else {
			d.put(`<subProcess id="%s">%s</subProcess>`, id, strings.Join(in.lines, "\n"))
		}
	default:
		kind := map[byte]string{'A': "parallelGateway", 'X': "exclusiveGateway", 'O': "inclusiveGateway"}[s.op]
		d.put(`<%s id="%s"/><%s id="%sj"/>`, kind, id, kind, id)
		for i, k := range s.kids {
			cond := map[byte]string{'X': "either", 'O': "or"}[s.op]
			if cond != "" {
				cond += strconv.Itoa(i)
			}
			a1, a2 := d.draw(k)
			d.flow(fmt.Sprintf("%sb%d", id, i), id, a1, cond)
			d.flow(fmt.Sprintf("%sw%d", id, i), a2, id+"j", "")
		}
		return id, id + "j"
	}
	return id, id
}

// graphOf puts a task before and one behind the block.
func graphOf(s *shape) string {
	d := &drawing{}
	a1, a2 := d.draw(s)
	d.put(`<startEvent id="s"/><userTask id="a"/><userTask id="z"/><endEvent id="e"/>`)
	d.flow("fs", "s", "a", "")
	d.flow("fa", "a", a1, "")
	d.flow("fb", a2, "z", "")
	d.flow("fz", "z", "e", "")
	return file(append([]string{refs, `<process id="p">` + strings.Join(d.lines, "\n") + `</process>`}, d.calls...)...)
}

// weight counts the units of work in a block: one, or none. It complains about
// branches that are lost or doubled.
func (s *shape) weight(at map[string]int, wait map[string]int, bad func(string)) int {
	var list []int
	for i, k := range s.kids {
		list = append(list, k.weight(at, wait, bad)+wait[fmt.Sprintf("%sw%d", s.id, i)])
	}
	sum := at[s.id] + at[s.id+"l"]
	switch s.op {
	case 'S', 'X', 'L':
		sum = list[0]
		if len(list) > 1 {
			sum += list[1]
		}
	case 'B', 'I', 'C':
		if list[0] += at[s.id+"h"]; at[s.id+"h"] != at[s.id+"w"] {
			bad(s.id + " was interrupted and nobody works on it")
		}
		if list[0] != at[s.id] && (list[0] > 0 || s.beside(at) == 0) { // it also waits for what is done beside
			bad(fmt.Sprintf("%s holds %d units and is entered %d times", s.id, list[0], at[s.id]))
		}
		sum = at[s.id]
	case 'A':
		if list[0] != list[1] {
			bad(fmt.Sprintf("branches of %s hold %v units", s.id, list))
		}
		sum = max(list[0], list[1])
	case 'O':
		sum = max(list[0], list[1])
	}
	if sum > 1 {
		bad(fmt.Sprintf("%s holds %d units", s.id, sum))
	}
	return sum
}

// beside counts what reminders have begun inside a block.
func (s *shape) beside(at map[string]int) int {
	n := 0
	if s.op == 'N' {
		n = at[s.id+"r"]
	}
	for _, k := range s.kids {
		n += k.beside(at)
	}
	return n
}

// explorer walks the states of one graph.
type explorer struct {
	name   string
	p      *Process
	e      *Engine
	shape  *shape // nil: graph without blocks
	tasks  []string
	branch int // what the decisions say
	most   int
	seen   map[string]int
	states []*Instance
	next   []int // where completing the first task leads; -1 = the end, -2 = not looked at
	ops    int
	jumps  bool
	writes bool // steps leave a variable when they are done
	claims bool // … in the variables of the instance, whatever the engine does
	bad    []string
}

func newExplorer(name, src string, s *shape, most int) (*explorer, error) {
	m, err := Parse(strings.NewReader(src))
	if err != nil {
		return nil, fmt.Errorf("%s: %v\n%s", name, err, src)
	}
	x := &explorer{name: name, p: m.Process("p"), shape: s, most: most, seen: map[string]int{}, jumps: s != nil}
	x.e = &Engine{Eval: func(text string, _ map[string]any) (any, error) {
		switch text {
		case "${again}":
			return x.branch == 1, nil
		case "${either0}":
			return x.branch != 1, nil
		case "${either1}":
			return x.branch == 1, nil
		case "${or0}":
			return x.branch != 1, nil
		case "${or1}":
			return x.branch != 0, nil
		}
		return Eval(text, nil)
	}}
	for _, p := range m.Processes() {
		for _, d := range p.UserTasks() {
			x.tasks = append(x.tasks, d.ID)
		}
	}
	return x, nil
}

func (x *explorer) complain(in *Instance, what string) {
	if len(x.bad) < 3 {
		b, _ := json.Marshal(in)
		x.bad = append(x.bad, fmt.Sprintf("%s: %s\n%s", x.name, what, b))
	}
}

// key names a state: numbers of tokens, frames and tasks are given anew in
// order, and of what can be undone only where it leads counts.
func key(in *Instance) string {
	names := map[int]int{0: 0}
	c := in.Snapshot()
	for i, t := range c.Tokens {
		names[t.ID] = i + 1
	}
	frames := map[int]int{0: 0}
	for i, f := range c.Frames {
		frames[f.ID] = i + 1
	}
	var b bytes.Buffer
	for _, t := range c.Tokens {
		fmt.Fprint(&b, t.At, " ", t.Wait, " ", names[t.Scope], " ", frames[t.Frame], " ", t.Proc, t.Call, t.Inst, len(t.Timers), len(t.Subs))
		trailKey(&b, t.Trail)
		order := map[string]int{}
		for i, k := range t.Tasks {
			order[k.ID] = i + 1
		}
		for _, k := range t.Tasks {
			fmt.Fprint(&b, " k", k.Index, k.Seen, k.Held, order[k.Holds], len(k.Next), k.After)
		}
		if t.Loop != nil {
			fmt.Fprint(&b, " l", t.Loop.Total, t.Loop.Done, t.Loop.Next, t.Loop.Added, t.Loop.Skip)
		}
		b.WriteByte('|')
	}
	for _, f := range c.Frames {
		fmt.Fprint(&b, "f", frames[f.Up], names[f.Host], f.Side, f.At)
		trailKey(&b, f.Trail)
	}
	for _, u := range c.Undo {
		fmt.Fprint(&b, "u", u.Back, names[u.To], len(u.Now), len(u.Inner))
		for _, t := range u.Was {
			b.WriteString(t.At + " ")
		}
	}
	fmt.Fprint(&b, in.State)
	return b.String()
}

func trailKey(b *bytes.Buffer, trail []step) {
	for _, s := range trail {
		fmt.Fprint(b, ",", s.El)
		var walk func([]arrival)
		walk = func(list []arrival) {
			b.WriteByte('(')
			for _, a := range list {
				b.WriteString(a.Flow)
				trailKey(b, a.Trail)
				walk(a.Sub)
			}
			b.WriteByte(')')
		}
		if s.Arr != nil {
			walk(s.Arr)
		}
	}
}

// visit checks a state and puts it on the list when it is new.
func (x *explorer) visit(in *Instance) int {
	k := key(in)
	if i, ok := x.seen[k]; ok {
		return i
	}
	x.check(in)
	x.seen[k] = len(x.states)
	x.states = append(x.states, in)
	x.next = append(x.next, -2)
	return len(x.states) - 1
}

// check holds one state against the graph.
func (x *explorer) check(in *Instance) {
	if in.Ended() {
		if len(in.Tokens)+len(in.Frames)+len(in.Timers())+len(in.Undo) > 0 {
			x.complain(in, "something is left over at the end")
		}
		return
	}
	if s := in.Stuck(); len(s) > 0 {
		x.complain(in, "stuck at "+strings.Join(s, ", "))
	}
	at, wait := map[string]int{}, map[string]int{}
	for _, t := range in.Tokens {
		if t.Wait != "" {
			wait[t.Wait]++
			here := fmt.Sprint(t.Wait, " ", t.Scope)
			if wait[here]++; wait[here] > 1 {
				x.complain(in, "two tokens wait on "+t.Wait)
			}
			continue
		}
		at[t.At]++
		if here := fmt.Sprint(t.At, " ", t.Scope); t.Inst == 0 && !strings.HasSuffix(t.At, "r") { // one process may be called beside itself
			if at[here]++; at[here] > 1 {
				x.complain(in, "two tokens on "+t.At)
			}
		}
	}
	if x.shape == nil {
		return
	}
	n := x.shape.weight(at, wait, func(s string) { x.complain(in, s) }) + at["a"] + at["z"] + at["s"]
	if n != 1 && (n != 0 || x.shape.beside(at) == 0) {
		x.complain(in, fmt.Sprintf("%d units of work in all", n))
	}
}

// apply runs an operation on a copy, checks that the changes explain the new
// state, and visits it. Refusals are allowed when the operation may refuse.
func (x *explorer) apply(in *Instance, what string, mayRefuse bool, f func(*Instance) ([]Change, error)) int {
	x.ops++
	c := in.Snapshot()
	before := map[string]string{}
	for _, k := range c.Open() {
		before[k.ID] = k.Element
	}
	timers := map[string]bool{}
	for _, d := range c.Timers() {
		timers[d.ID] = true
	}
	ch, err := f(c)
	if err != nil {
		if !mayRefuse {
			x.complain(in, what+": "+err.Error())
		}
		return -2
	}
	for _, k := range ch {
		switch k.Kind {
		case TaskOpened:
			before[k.ID] = k.Element
		case TaskDone, TaskCancelled:
			if before[k.ID] == "" {
				x.complain(c, what+": closes a task that is not open")
			}
			delete(before, k.ID)
		case TimerSet:
			timers[k.ID] = true
		case TimerCancelled, TimerFired:
			delete(timers, k.ID)
		}
	}
	open := c.Open()
	for _, k := range open {
		if before[k.ID] != k.Element {
			x.complain(c, what+": the changes do not explain "+k.Element)
		}
	}
	if len(open) != len(before) || len(c.Timers()) != len(timers) {
		x.complain(c, what+": the changes leave other tasks or timers than are open")
	}
	i := x.visit(c)
	if c.Ended() {
		return -1
	}
	return i
}

// walk visits every state that operations lead to.
func (x *explorer) walk() {
	in, _, err := x.e.Start(x.p, nil, t0)
	if err != nil {
		x.bad = append(x.bad, err.Error())
		return
	}
	x.visit(in)
	for i := 0; i < len(x.states) && i < x.most && len(x.bad) == 0; i++ {
		if in := x.states[i]; !in.Ended() {
			x.expand(i, in)
		}
	}
	x.arrive()
}

func (x *explorer) expand(i int, in *Instance) {
	for n, k := range in.Open() {
		if !k.Held {
			for b := range 3 {
				x.branch = b
				to := x.apply(in, "complete "+k.Element, false, func(c *Instance) ([]Change, error) {
					ch, err := x.e.Complete(x.p, c, k.ID, x.leaves(k), t0)
					x.wrote(c, k)
					return ch, err
				})
				if b == 0 && x.next[i] == -2 {
					x.next[i] = to
				}
				if x.shape == nil || !strings.ContainsAny(x.name, "XOL") {
					break
				}
			}
		}
		x.branch = 0
		if k.Return {
			x.apply(in, "resubmit "+k.Element, false, func(c *Instance) ([]Change, error) { return x.e.Resubmit(x.p, c, k.ID, nil, t0) })
		}
		if k.Sender != "" {
			x.apply(in, "take back from "+k.Element, false, func(c *Instance) ([]Change, error) { return x.e.TakeBack(x.p, c, k.Sender, t0) })
		}
		for _, d := range x.e.ReturnTargets(x.p, in, k.ID) {
			x.apply(in, "return "+k.Element+" to "+d.ID, false, func(c *Instance) ([]Change, error) { return x.e.Return(x.p, c, k.ID, d.ID, t0) })
		}
		if n == 0 {
			x.apply(in, "return "+k.Element+" to the start", true, func(c *Instance) ([]Change, error) { return x.e.ReturnToStart(x.p, c, k.ID, t0) })
		}
		if x.jumps {
			for _, to := range x.tasks {
				x.apply(in, "jump "+k.Element+" to "+to, true, func(c *Instance) ([]Change, error) { return x.e.Jump(x.p, c, k.ID, to, t0) })
			}
		}
		x.signers(in, k)
	}
	for _, w := range in.Waits() {
		x.apply(in, "trigger "+w.Element, false, func(c *Instance) ([]Change, error) { return x.e.Trigger(x.p, c, w.ID, nil, t0) })
	}
	for _, d := range in.Timers() {
		x.apply(in, "fire "+d.Element, false, func(c *Instance) ([]Change, error) { return x.e.Fire(x.p, c, d.ID, d.Due) })
	}
	x.stand(in)
}

// leaves is what a step leaves when it is done.
func (x *explorer) leaves(k TaskState) map[string]any {
	if !x.writes {
		return nil
	}
	return map[string]any{"did_" + k.Element: 1}
}

// signers adds one signer in each place, and takes away whoever may be.
func (x *explorer) signers(in *Instance, k TaskState) {
	added := 0
	for _, t := range in.Tokens {
		for _, o := range t.Tasks {
			added += len(o.Next) + o.Held
			if o.Holds != "" || o.After {
				added++
			}
		}
		if t.Loop != nil {
			added += t.Loop.Added
		}
	}
	if added == 0 && k.Element == "a" || added == 0 && k.Element == "n1" {
		for _, place := range []Place{Before, Beside, After} {
			x.apply(in, "add a signer "+string(place)+" "+k.Element, false, func(c *Instance) ([]Change, error) {
				return x.e.AddSigner(x.p, c, k.ID, Signer{Place: place}, t0)
			})
		}
	}
	for _, s := range in.Signers(k.ID) {
		if s.ID != "" {
			x.apply(in, "take away "+s.ID, true, func(c *Instance) ([]Change, error) { return x.e.TakeAway(x.p, c, s.ID, t0) })
		}
	}
}

// stand suspends the state: nothing may move, no timer may fire, and afterwards
// everything is as before, with what was left of each timer.
func (x *explorer) stand(in *Instance) {
	c := in.Snapshot()
	if _, err := x.e.Suspend(x.p, c, t0); err != nil {
		x.complain(in, "suspend: "+err.Error())
		return
	}
	for _, d := range c.Timers() {
		if _, err := x.e.Fire(x.p, c, d.ID, t0.AddDate(9, 0, 0)); err == nil {
			x.complain(in, "a timer fired in a suspension")
		}
	}
	for _, k := range c.Open() {
		if _, err := x.e.Complete(x.p, c, k.ID, nil, t0); err == nil {
			x.complain(in, "a task was done in a suspension")
		}
	}
	if _, err := x.e.Continue(x.p, c, t0.Add(48*time.Hour)); err != nil {
		x.complain(in, "continue: "+err.Error())
		return
	}
	after := c.Timers()
	for i, d := range in.Timers() {
		if !after[i].Due.Equal(d.Due.Add(48 * time.Hour)) {
			x.complain(in, "a timer ran in a suspension")
		}
	}
	if key(c) != key(in) {
		x.complain(c, "a suspension changed the state")
	}
}

// arrive checks that every state can reach an end: by the steps that were
// looked at, or by completing whatever is open.
func (x *explorer) arrive() {
	good := make([]bool, len(x.states))
	for i := range x.states {
		var path []int
		j := i
		for j >= 0 && !good[j] && !slices.Contains(path, j) && !x.states[j].Ended() && x.next[j] != -2 {
			path = append(path, j)
			j = x.next[j]
		}
		ok := j == -1 || j >= 0 && (good[j] || x.states[j].Ended())
		if !ok {
			ok = x.finish(x.states[max(j, 0)])
		}
		if !ok {
			x.complain(x.states[i], "cannot reach an end")
			return
		}
		for _, k := range path {
			good[k] = true
		}
		good[i] = true
	}
}

func (x *explorer) finish(in *Instance) bool {
	c := in.Snapshot()
	x.branch = 0
	for range 200 {
		if c.Ended() {
			return true
		}
		open := slices.DeleteFunc(c.Open(), func(k TaskState) bool { return k.Held })
		if waits := c.Waits(); len(open) == 0 && len(waits) > 0 {
			if _, err := x.e.Trigger(x.p, c, waits[0].ID, nil, t0); err != nil {
				return false
			}
			continue
		}
		if len(open) == 0 {
			return false
		}
		if _, err := x.e.Complete(x.p, c, open[0].ID, nil, t0); err != nil {
			return false
		}
	}
	return false
}

// reach says how far the exploration goes: the default fits into the time of the
// ordinary tests, TONGBAN_BPMN_EXPLORE=2 or 3 goes further.
func reach() int {
	n, err := strconv.Atoi(os.Getenv("TONGBAN_BPMN_EXPLORE"))
	if err != nil {
		return 1
	}
	return n
}

func allShapes(level int) (list []*shape, most int) {
	list = append(list, shapes(1, 1, "TMQWNG")...)
	list = append(list, shapes(2, 0, "TMQW")...)
	list = append(list, shapes(2, 0, "TNG")...)
	list = append(list, shapes(2, 1, "T")...)
	list = append(list, shapes(3, 0, "T")...)
	most = 200
	if level > 1 {
		list = append(list, shapes(2, 1, "TMQWNG")...)
		list = append(list, shapes(3, 1, "T")...)
		most = 800
	}
	if level > 2 {
		list = append(list, shapes(4, 1, "T")...)
		most = 20000
	}
	return list, most
}

// TestExplore_blocks explores every block-structured graph up to a size.
func TestExplore_blocks(t *testing.T) {
	list, most := allShapes(reach())
	states, ops, cut := 0, 0, 0
	for _, s := range list {
		x, err := newExplorer(s.String(), graphOf(s), s, most)
		if err != nil {
			t.Fatal(err)
		}
		x.walk()
		for _, b := range x.bad {
			t.Error(b)
		}
		if t.Failed() {
			t.FailNow()
		}
		states, ops = states+len(x.states), ops+x.ops
		if len(x.states) > most {
			cut++
		}
	}
	t.Logf("%d graphs, %d states, %d operations; %d graphs have more than the %d states that were followed from", len(list), states, ops, cut, most)
}

// precedence is a graph without blocks: task i comes after those it needs, all
// joins and forks are parallel. Every such graph is sound, whatever its form.
func precedence(n int, edges uint) string {
	d := &drawing{}
	d.put(`<startEvent id="s"/><parallelGateway id="F"/><parallelGateway id="J"/><endEvent id="e"/><userTask id="a"/>`)
	d.flow("fs", "s", "a", "")
	d.flow("fa", "a", "F", "")
	d.flow("fe", "J", "e", "")
	in, out := make([]int, n), make([]int, n)
	bit := 0
	for i := range n {
		d.put(`<parallelGateway id="j%d"/><userTask id="t%d"/><parallelGateway id="f%d"/>`, i, i, i)
		d.flow(fmt.Sprintf("x%d", i), fmt.Sprintf("j%d", i), fmt.Sprintf("t%d", i), "")
		d.flow(fmt.Sprintf("y%d", i), fmt.Sprintf("t%d", i), fmt.Sprintf("f%d", i), "")
		for j := range i {
			if edges&(1<<bit) != 0 {
				d.flow(fmt.Sprintf("e%d-%d", j, i), fmt.Sprintf("f%d", j), fmt.Sprintf("j%d", i), "")
				in[i]++
				out[j]++
			}
			bit++
		}
	}
	for i := range n {
		if in[i] == 0 {
			d.flow(fmt.Sprintf("b%d", i), "F", fmt.Sprintf("j%d", i), "")
		}
		if out[i] == 0 {
			d.flow(fmt.Sprintf("z%d", i), fmt.Sprintf("f%d", i), "J", "")
		}
	}
	return wrap(strings.Join(d.lines, "\n"))
}

// TestExplore_precedence explores every order of n tasks, with forks and joins
// that need not match.
func TestExplore_precedence(t *testing.T) {
	n, most := 4, 300
	if reach() > 1 {
		n, most = 5, 2000
	}
	states, ops := 0, 0
	for edges := range uint(1) << (n * (n - 1) / 2) {
		x, err := newExplorer(fmt.Sprintf("order %d/%b", n, edges), precedence(n, edges), nil, most)
		if err != nil {
			t.Fatal(err)
		}
		x.walk()
		for _, b := range x.bad {
			t.Error(b)
		}
		if t.Failed() {
			t.FailNow()
		}
		states, ops = states+len(x.states), ops+x.ops
	}
	t.Logf("%d orders of %d tasks, %d states, %d operations", 1<<(n*(n-1)/2), n, states, ops)
}

// TestExplore_noticesABrokenJoin lets joins fire too early: the explorer must
// see it in every graph that has one.
func TestExplore_noticesABrokenJoin(t *testing.T) {
	list, _ := allShapes(1)
	caught, missed := 0, []string{}
	for _, s := range list {
		if !strings.Contains(s.String(), "A") {
			continue
		}
		x, err := newExplorer(s.String(), graphOf(s), s, 200)
		if err != nil {
			t.Fatal(err)
		}
		x.e.breakJoins = true
		x.walk()
		if len(x.bad) > 0 {
			caught++
		} else {
			missed = append(missed, x.name)
		}
	}
	sort.Strings(missed)
	if caught == 0 || len(missed) > 0 {
		t.Errorf("%d caught, missed %v", caught, missed)
	}
	t.Logf("the broken join was noticed in all of %d graphs", caught)
}
