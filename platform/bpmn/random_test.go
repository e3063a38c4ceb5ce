package bpmn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"tongban/platform/bpmn/definition"
)

// This file checks the engine against a second, independent one: random models
// are built from nested blocks, and a small interpreter of the blocks says after
// every operation which tasks and timers must be open and how often every join
// must have fired. It knows nothing of tokens, frames or trails.

type blockKind int

const (
	bTask  blockKind = iota // user task, maybe multi-instance, maybe with timers
	bEmpty                  // nothing
	bSeq
	bXor
	bAnd
	bOr
	bLoop // body, then again or on
	bSub
)

type block struct {
	kind blockKind
	id   string
	up   *block
	kids []*block // a task with an interrupting timer has the block after the timer

	multi      int // instances; 0 = plain
	sequential bool
	nag        bool // has a non-interrupting timer
	armed      bool // and it has not fired since the task opened

	open   int // tasks open now
	left   int // multi-instance: instances not yet finished; and/or: branches not yet joined
	cur    int
	chosen []bool
	active bool // and, or with several branches, sub: between enter and finish
	body   bool // sub: the body is finished
	cut    bool // task: the timer interrupted it
	joins  int
	sides  map[string]string // open tasks that non-interrupting timers began, by id
}

// model is one random model with the interpreter's state.
type model struct {
	rng    *rand.Rand
	n      int
	root   *block
	all    []*block
	sides  map[string]string // those outside every fork
	ended  bool
	decide map[string]bool
	calm   bool // stop looping
	el, fl []string
}

func (m *model) block(k blockKind, up *block) *block {
	m.n++
	b := &block{kind: k, id: fmt.Sprintf("n%d", m.n), up: up, sides: map[string]string{}}
	m.all = append(m.all, b)
	return b
}

func (m *model) grow(up *block, depth int) *block {
	k := blockKind(m.rng.IntN(9))
	if k > bSub {
		k = bAnd
	}
	if depth <= 0 && k != bEmpty {
		k = bTask
	}
	b := m.block(k, up)
	kids := 0
	switch k {
	case bTask:
		switch m.rng.IntN(5) {
		case 0:
			b.multi, b.sequential = 2+m.rng.IntN(2), m.rng.IntN(2) == 0
		case 1:
			b.kids = []*block{m.grow(b, depth-1)}
		}
		b.nag = m.rng.IntN(6) == 0
	case bSeq, bXor, bAnd, bOr:
		kids = 2 + m.rng.IntN(2)
	case bSub:
		kids = 1
	case bLoop: // a task first, so that going round always waits
		s := m.block(bSeq, b)
		s.kids = []*block{m.block(bTask, s), m.grow(s, depth-1)}
		b.kids = []*block{s}
	}
	for range kids {
		b.kids = append(b.kids, m.grow(b, depth-1))
	}
	return b
}

// pend is the loose end of a model under construction.
type pend struct{ from, cond string }

func (m *model) flow(in pend, to string) string {
	id := fmt.Sprintf("f%d", len(m.fl)+len(m.el)*1000)
	cond := ""
	if in.cond != "" {
		cond = "<conditionExpression>${" + in.cond + "}</conditionExpression>"
	}
	m.fl = append(m.fl, fmt.Sprintf(`<sequenceFlow id="%s" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, id, in.from, to, cond))
	return id
}

func (m *model) put(format string, a ...any) { m.el = append(m.el, fmt.Sprintf(format, a...)) }

const timerXML = `<boundaryEvent id="%s" attachedToRef="%s" cancelActivity="%v"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>`

// emit writes a block after the loose end and gives the new loose end.
func (m *model) emit(b *block, in pend) pend {
	switch b.kind {
	case bEmpty:
		return in
	case bTask:
		return m.emitTask(b, in)
	case bSeq:
		for _, k := range b.kids {
			in = m.emit(k, in)
		}
		return in
	case bLoop:
		m.put(`<exclusiveGateway id="%sm"/>`, b.id)
		m.flow(in, b.id+"m")
		out := m.emit(b.kids[0], pend{from: b.id + "m"})
		m.put(`<exclusiveGateway id="%sx"/>`, b.id)
		m.flow(out, b.id+"x")
		m.flow(pend{b.id + "x", b.id + "_again"}, b.id+"m")
		return pend{b.id + "x", "not " + b.id + "_again"}
	case bSub:
		el, fl := m.el, m.fl
		m.el, m.fl = nil, nil
		m.put(`<startEvent id="%ss"/><endEvent id="%se"/>`, b.id, b.id)
		m.fl = make([]string, 0)
		base := len(el) + len(fl)
		inner := &model{n: base + 1, el: m.el}
		inner.fl = append(inner.fl, "") // keep flow ids apart
		out := inner.emit(b.kids[0], pend{from: b.id + "s"})
		inner.flow(out, b.id+"e")
		body := strings.Join(inner.el, "\n") + strings.Join(inner.fl, "\n")
		body = strings.NewReplacer(`sequenceFlow id="f`, `sequenceFlow id="`+b.id+`f`).Replace(body)
		m.el, m.fl = el, fl
		m.put(`<subProcess id="%s">%s</subProcess>`, b.id, body)
		m.flow(in, b.id)
		return pend{from: b.id}
	}
	name := map[blockKind]string{bXor: "exclusiveGateway", bAnd: "parallelGateway", bOr: "inclusiveGateway"}[b.kind]
	m.put(`<%s id="%s"/><%s id="%sj"/>`, name, b.id, name, b.id)
	m.flow(in, b.id)
	for i, k := range b.kids {
		cond := ""
		if b.kind != bAnd {
			cond = fmt.Sprintf("%s_%d", b.id, i)
		}
		m.flow(m.emit(k, pend{b.id, cond}), b.id+"j")
	}
	return pend{from: b.id + "j"}
}

func (m *model) emitTask(b *block, in pend) pend {
	loop := ""
	if b.multi > 0 {
		loop = fmt.Sprintf(`<multiInstanceLoopCharacteristics isSequential="%v"><loopCardinality>%d</loopCardinality></multiInstanceLoopCharacteristics>`, b.sequential, b.multi)
	}
	m.put(`<userTask id="%s">%s</userTask>`, b.id, loop)
	m.flow(in, b.id)
	if b.nag {
		m.put(timerXML+`<userTask id="%sr"/><endEvent id="%se"/>`, b.id+"n", b.id, false, b.id, b.id)
		m.flow(pend{from: b.id + "n"}, b.id+"r")
		m.flow(pend{from: b.id + "r"}, b.id+"e")
	}
	if len(b.kids) == 0 {
		return pend{from: b.id}
	}
	m.put(timerXML+`<exclusiveGateway id="%sj"/>`, b.id+"t", b.id, true, b.id)
	m.flow(pend{from: b.id}, b.id+"j")
	m.flow(m.emit(b.kids[0], pend{from: b.id + "t"}), b.id+"j")
	return pend{from: b.id + "j"}
}

// roll makes new decisions, which engine and interpreter both follow.
func (m *model) roll() {
	for _, b := range m.all {
		m.decide[b.id+"_again"] = !m.calm && m.rng.IntN(3) == 0
		one := m.rng.IntN(max(1, len(b.kids)))
		for i := range b.kids {
			m.decide[fmt.Sprintf("%s_%d", b.id, i)] = i == one || m.rng.IntN(2) == 0
		}
	}
}

func (m *model) eval(text string, vars map[string]any) (any, error) {
	body := definition.Unwrap(text)
	if v, ok := m.decide[strings.TrimPrefix(body, "not ")]; ok {
		return v != strings.HasPrefix(body, "not "), nil
	}
	return Eval(text, vars)
}

func (m *model) enter(b *block) {
	b.active, b.body, b.cut = true, false, false
	switch b.kind {
	case bEmpty:
		m.finish(b)
	case bTask:
		b.open, b.left, b.armed = 1, 1, b.nag
		if b.multi > 0 {
			b.open, b.left = b.multi, b.multi
			if b.sequential {
				b.open = 1
			}
		}
	case bSeq, bLoop, bSub:
		b.cur = 0
		m.enter(b.kids[0])
	case bXor:
		b.cur = slices.IndexFunc(b.picks(m), func(x bool) bool { return x })
		m.enter(b.kids[b.cur])
	case bAnd, bOr:
		b.chosen, b.left = b.picks(m), 0
		for _, c := range b.chosen {
			if c {
				b.left++
			}
		}
		b.active = b.left > 1
		for i, k := range b.kids {
			if b.chosen[i] {
				m.enter(k)
			}
		}
	}
}

func (b *block) picks(m *model) []bool {
	list := make([]bool, len(b.kids))
	for i := range list {
		list[i] = b.kind == bAnd || m.decide[fmt.Sprintf("%s_%d", b.id, i)]
	}
	return list
}

// shelter is where a non-interrupting timer's task belongs.
func (m *model) shelter(b *block) map[string]string {
	for p := b.up; p != nil; p = p.up {
		if (p.kind == bAnd || p.kind == bOr || p.kind == bSub) && p.active {
			return p.sides
		}
	}
	return m.sides
}

func (m *model) finish(b *block) {
	p := b.up
	if p == nil {
		m.root.active = false
		m.end()
		return
	}
	switch p.kind {
	case bTask, bXor:
		m.finish(p)
	case bSeq:
		if p.cur++; p.cur < len(p.kids) {
			m.enter(p.kids[p.cur])
		} else {
			m.finish(p)
		}
	case bLoop:
		if m.decide[p.id+"_again"] {
			m.enter(b)
		} else {
			m.finish(p)
		}
	case bAnd, bOr:
		if p.left--; p.left > 0 {
			return
		}
		p.joins++
		p.active = false
		for id, el := range p.sides {
			m.shelter(p)[id] = el
		}
		clear(p.sides)
		m.finish(p)
	case bSub:
		p.body = true
		m.closeSub(p)
	}
}

func (m *model) closeSub(p *block) {
	if p.body && p.active && len(p.sides) == 0 {
		p.active = false
		m.finish(p)
	}
}

func (m *model) end() { m.ended = !m.root.active && len(m.sides) == 0 }

func (m *model) cancel(b *block) {
	b.open, b.left, b.active = 0, 0, false
	clear(b.sides)
	for _, k := range b.kids {
		m.cancel(k)
	}
}

func (b *block) has(t *block) bool {
	for ; t != nil; t = t.up {
		if t == b {
			return true
		}
	}
	return false
}

// done lists the tasks finished in the last passing of a block.
func (b *block) done() (list []*block) {
	switch b.kind {
	case bTask:
		list = append(list, b)
		if b.cut {
			list = append(list, b.kids[0].done()...)
		}
	case bXor:
		list = b.kids[b.cur].done()
	case bSeq, bAnd, bOr, bLoop:
		for i, k := range b.kids {
			if b.kind != bOr || b.chosen[i] {
				list = append(list, k.done()...)
			}
		}
	}
	return list
}

// targets lists where a task may be sent back to.
func (m *model) targets(from *block) (list []*block) {
	for k, p := from, from.up; p != nil; k, p = p, p.up {
		if p.kind == bTask {
			list = append(list, p)
		}
		if p.kind == bSeq {
			for _, s := range p.kids[:slices.Index(p.kids, k)] {
				list = append(list, s.done()...)
			}
		}
	}
	return list
}

func (m *model) sendBack(from, to *block) {
	for k, p := from, from.up; ; k, p = p, p.up {
		if p == to { // a timer had interrupted it
			m.cancel(k)
			m.enter(to)
			return
		}
		if p.kind != bSeq || !p.has(to) {
			continue
		}
		m.cancel(k)
		m.resume(p, to)
		return
	}
}

func (m *model) resume(b, to *block) {
	if b == to {
		m.enter(b)
		return
	}
	b.active, b.body = true, false
	i := slices.IndexFunc(b.kids, func(k *block) bool { return k.has(to) })
	b.cur = i
	if b.kind == bAnd || b.kind == bOr { // the other branches stay done
		b.left = 1
		n := 0
		for _, c := range b.chosen {
			if c {
				n++
			}
		}
		b.active = n > 1
	}
	m.resume(b.kids[i], to)
}

// expected lists open tasks and timers as "element" and "@timer".
func (m *model) expected() string {
	var list []string
	for _, b := range m.all {
		for range b.open {
			list = append(list, b.id)
		}
		if b.open > 0 && b.armed {
			list = append(list, "@"+b.id+"n")
		}
		if b.open > 0 && len(b.kids) > 0 {
			list = append(list, "@"+b.id+"t")
		}
		for _, el := range b.sides {
			list = append(list, el)
		}
	}
	for _, el := range m.sides {
		list = append(list, el)
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}

func actual(in *Instance) string {
	var list []string
	for _, k := range in.Open() {
		list = append(list, k.Element)
	}
	for _, d := range in.Timers() {
		list = append(list, "@"+d.Element)
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}

func newModel(seed uint64) (*model, string) {
	m := &model{rng: rand.New(rand.NewPCG(seed, 7)), sides: map[string]string{}, decide: map[string]bool{}}
	m.root = m.block(bSeq, nil)
	first := m.block(bTask, m.root)
	m.root.kids = []*block{first, m.grow(m.root, 1+m.rng.IntN(4)), m.block(bTask, m.root)}
	m.put(`<startEvent id="s"/><endEvent id="e"/>`)
	m.flow(m.emit(m.root, pend{from: "s"}), "e")
	return m, wrap(strings.Join(m.el, "\n") + "\n" + strings.Join(m.fl, "\n"))
}

func (m *model) find(id string) *block {
	for _, b := range m.all {
		if b.id == id {
			return b
		}
	}
	return nil
}

// runRandom plays one random model to its end. It gives the number of steps.
func runRandom(t *testing.T, seed uint64) (steps, returns int) {
	t.Helper()
	m, xml := newModel(seed)
	mod, err := Parse(strings.NewReader(xml))
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, xml)
	}
	p := mod.Process("")
	e := &Engine{Eval: m.eval}
	m.roll()
	in, log, err := e.Start(p, nil, t0)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	m.enter(m.root)
	for steps = 0; ; steps++ {
		if got, want := actual(in), m.expected(); got != want || in.Ended() != m.ended {
			t.Fatalf("seed %d step %d: open %q ended %v\nwant %q %v\n%s\n%s", seed, steps, got, in.Ended(), want, m.ended, xml, mustJSON(t, in))
		}
		for _, b := range m.all {
			if b.kind == bAnd || b.kind == bOr {
				if n := count(log, GatewayTaken, b.id+"j"); n != b.joins {
					t.Fatalf("seed %d step %d: join %sj fired %d times, want %d\n%s", seed, steps, b.id, n, b.joins, xml)
				}
			}
		}
		if m.ended {
			break
		}
		m.calm = steps > 80
		m.roll()
		stored := new(Instance)
		if err := json.Unmarshal(mustJSON(t, in), stored); err != nil {
			t.Fatal(err)
		}
		op, after := m.pick(t, e, p, in)
		ch, err := op(in)
		if err != nil {
			t.Fatalf("seed %d step %d: %v\n%s", seed, steps, err, xml)
		}
		if len(ch) > 0 && ch[0].Kind == TaskCancelled {
			returns++
		}
		if _, err := op(stored); err != nil || !bytes.Equal(mustJSON(t, stored), mustJSON(t, in)) {
			t.Fatalf("seed %d step %d: the stored instance went another way (%v)\n%s\n%s", seed, steps, err, mustJSON(t, in), mustJSON(t, stored))
		}
		after(ch)
		log = append(log, ch...)
	}
	if len(in.Tokens)+len(in.Frames) > 0 || in.State != Completed {
		t.Fatalf("seed %d: left over %s", seed, mustJSON(t, in))
	}
	return steps, returns
}

// pick chooses an operation and what it must do to the interpreter.
func (m *model) pick(t *testing.T, e *Engine, p *Process, in *Instance) (op func(*Instance) ([]Change, error), after func([]Change)) {
	t.Helper()
	open, timers := in.Open(), in.Timers()
	if len(timers) > 0 && m.rng.IntN(4) == 0 {
		d := timers[m.rng.IntN(len(timers))]
		b := m.find(d.Host)
		if !m.calm || strings.HasSuffix(d.Element, "t") {
			return func(in *Instance) ([]Change, error) { return e.Fire(p, in, d.ID, t0) }, func(ch []Change) {
				if strings.HasSuffix(d.Element, "t") {
					b.open, b.left, b.cut = 0, 0, true
					m.enter(b.kids[0])
					return
				}
				b.armed = false
				m.shelter(b)[ch[len(ch)-1].ID] = b.id + "r"
			}
		}
	}
	k := open[m.rng.IntN(len(open))]
	b := m.find(k.Element)
	from := b
	if b == nil { // begun by a non-interrupting timer: may go back to before its fork
		for _, p := range m.all {
			if _, ok := p.sides[k.ID]; ok {
				from = p
			}
		}
	}
	if from != nil && !m.calm && m.rng.IntN(4) == 0 {
		if list := m.targets(from); len(list) > 0 {
			to := list[m.rng.IntN(len(list))]
			if !slices.ContainsFunc(e.ReturnTargets(p, in, k.ID), func(d TaskDef) bool { return d.ID == to.id }) {
				t.Fatalf("%s is not among the targets of %s", to.id, k.Element)
			}
			return func(in *Instance) ([]Change, error) { return e.Return(p, in, k.ID, to.id, t0) }, func([]Change) { m.sendBack(from, to) }
		}
	}
	return func(in *Instance) ([]Change, error) { return e.Complete(p, in, k.ID, nil, t0) }, func([]Change) { m.complete(b, k.ID) }
}

func (m *model) complete(b *block, id string) {
	if b == nil { // begun by a non-interrupting timer
		delete(m.sides, id)
		for _, p := range m.all {
			if _, ok := p.sides[id]; ok {
				delete(p.sides, id)
				if p.kind == bSub {
					m.closeSub(p)
				}
			}
		}
		m.end()
		return
	}
	if b.left--; b.left > 0 {
		if !b.sequential {
			b.open--
		}
		return
	}
	b.open = 0
	m.finish(b)
}

func TestEngine_againstBlocks(t *testing.T) {
	models := 1500
	if testing.Short() {
		models = 300
	}
	steps, returns := 0, 0
	for seed := range uint64(models) {
		s, r := runRandom(t, seed)
		steps, returns = steps+s, returns+r
	}
	t.Logf("%d models, %d steps, %d of them returns", models, steps, returns)
}
