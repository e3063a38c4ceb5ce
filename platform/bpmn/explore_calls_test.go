package bpmn

import (
	"fmt"
	"strings"
	"testing"

	"tongban/platform/bpmn/explore"
)

// layouts are the ways in which processes call others: one process several
// times, beside itself, beside a step, for several, from inside a sub-process, and
// through another one. B stands for the process with the block.
var layouts = []struct{ name, body, more string }{
	{"in turn", `<callActivity id="c1" calledElement="B"/><callActivity id="c2" calledElement="B"/>` + arrows("a>c1 c1>c2 c2>z"), ""},
	{"beside itself", `<parallelGateway id="f"/><parallelGateway id="j"/><callActivity id="c1" calledElement="B"/><callActivity id="c2" calledElement="B"/>` + arrows("a>f f>c1 f>c2 c1>j c2>j j>z"), ""},
	{"beside a step", `<parallelGateway id="f"/><parallelGateway id="j"/><callActivity id="c1" calledElement="B"/><userTask id="x"/>` + arrows("a>f f>c1 f>x c1>j x>j j>z"), ""},
	{"for two at once", `<callActivity id="c1" calledElement="B"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></callActivity>` + arrows("a>c1 c1>z"), ""},
	{"for two in turn", `<callActivity id="c1" calledElement="B"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></callActivity>` + arrows("a>c1 c1>z"), ""},
	{"inside a sub-process", `<subProcess id="u"><startEvent id="us"/><endEvent id="ue"/><callActivity id="c1" calledElement="B"/>` + arrows("us>c1 c1>ue") + `</subProcess>` + arrows("a>u u>z"), ""},
	{"through another", `<callActivity id="c1" calledElement="C"/>` + arrows("a>c1 c1>z"),
		`<process id="C"><startEvent id="cs"/><endEvent id="ce"/><userTask id="w"/><callActivity id="c3" calledElement="B"/>` + arrows("cs>w w>c3 c3>ce") + `</process>`},
}

// arrows writes flows as "a>b".
func arrows(list string) string {
	d := &drawing{}
	for _, f := range strings.Fields(list) {
		from, to, _ := strings.Cut(f, ">")
		d.flow(from+"-"+to, from, to, "")
	}
	return strings.Join(d.lines, "")
}

// calling puts a block into the process that a layout calls.
func calling(body, more string, s *shape) string {
	in := &drawing{}
	first, last := in.draw(s)
	in.put(`<startEvent id="bs"/><endEvent id="be"/>`)
	in.flow("b-in", "bs", first, "")
	in.flow("b-out", last, "be", "")
	main := `<process id="p"><startEvent id="s"/><userTask id="a"/><userTask id="z"/><endEvent id="e"/>` + arrows("s>a z>e") + body + `</process>`
	return file(append([]string{refs, main, `<process id="B">` + strings.Join(in.lines, "\n") + `</process>`, more}, in.calls...)...)
}

// blocks are what is called.
func blocks(level int) []*shape {
	if level > 1 {
		return append(append(shapes(1, 1, "TMQWNG"), shapes(2, 0, "TMW")...), shapes(2, 1, "T")...)
	}
	return append(shapes(1, 0, "TMQWNG"), shapes(2, 0, "T")...)
}

// TestExplore_calls explores every block in every layout, with variables of
// their own and with those of the caller: what a step inside leaves is where the
// rest reads it, and nothing that its own variables hold comes out.
func TestExplore_calls(t *testing.T) {
	graphs, states, ops, cut, most := 0, 0, 0, 0, 100
	if reach() > 1 {
		most = 600
	}
	for _, l := range layouts {
		for _, s := range blocks(reach()) {
			for _, shared := range []bool{true, false} {
				name := fmt.Sprintf("%s %s, shared %v", s, l.name, shared)
				x, err := newExplorer(name, calling(l.body, l.more, s), nil, most)
				if err != nil {
					t.Fatal(err)
				}
				x.e.Shared, x.writes, x.jumps = shared, true, true
				x.walk()
				for _, b := range x.bad {
					t.Error(b)
				}
				if t.Failed() {
					t.FailNow()
				}
				if r := explore.CheckAll(x.p, 0); len(r.Warnings) > 0 || r.Cut || r.States < 6 {
					t.Errorf("%s: %+v", name, r)
				}
				graphs, states, ops = graphs+1, states+len(x.states), ops+x.ops
				if len(x.states) > most {
					cut++
				}
			}
		}
	}
	t.Logf("%d graphs, %d states, %d operations; %d graphs have more than the %d states that were followed from", graphs, states, ops, cut, most)
}

// TestExplore_noticesLostVariables breaks the sharing: every graph in which a
// step stands inside a called process must be noticed.
func TestExplore_noticesLostVariables(t *testing.T) {
	for _, l := range layouts {
		x, err := newExplorer(l.name, calling(l.body, l.more, &shape{op: 'T'}), nil, 40)
		if err != nil {
			t.Fatal(err)
		}
		x.writes = true
		x.e.Shared = false
		x.claims = true // the explorer is told that it is shared
		x.walk()
		if len(x.bad) == 0 {
			t.Errorf("%s: nobody noticed", l.name)
		}
	}
}

// wrote holds the variables against what a step that was just done left.
func (x *explorer) wrote(in *Instance, k TaskState) {
	if !x.writes || in.State != Running {
		return
	}
	name := "did_" + k.Element
	_, has := in.Vars[name]
	inside := x.p.Element(k.Element) == nil
	switch {
	case (x.e.Shared || x.claims || !inside) && !has:
		x.complain(in, "what "+k.Element+" left is lost")
	case !x.e.Shared && !x.claims && inside && has:
		x.complain(in, "what "+k.Element+" left came out of its process")
	}
	for _, t := range in.Tokens {
		if _, has := t.Vars[name]; has && x.e.Shared {
			x.complain(in, "what "+k.Element+" left stays inside")
		}
	}
}
