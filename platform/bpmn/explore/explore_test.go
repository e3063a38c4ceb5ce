package explore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/platform/bpmn"
	"tongban/platform/bpmn/definition"
)

// model writes elements as XML and flows as "a>b" or "a>b?" with a condition.
func model(t *testing.T, elements, flows string) *definition.Process {
	t.Helper()
	var b strings.Builder
	for _, f := range strings.Fields(flows) {
		cond := ""
		if strings.HasSuffix(f, "?") {
			f, cond = strings.TrimSuffix(f, "?"), "<conditionExpression>x</conditionExpression>"
		}
		from, to, _ := strings.Cut(f, ">")
		fmt.Fprintf(&b, `<sequenceFlow id="%s-%s" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, from, to, from, to, cond)
	}
	m, err := definition.Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/>` + elements + b.String() + `</process></definitions>`))
	if err != nil {
		t.Fatal(err)
	}
	return m.Process("")
}

const two = `<userTask id="a"/><userTask id="b"/><endEvent id="e"/>`

func TestCheck_table(t *testing.T) {
	gate := func(kind, id string) string { return "<" + kind + "Gateway id=\"" + id + "\"/>" }
	timer := func(id, host string, keep bool) string {
		return fmt.Sprintf(`<boundaryEvent id="%s" attachedToRef="%s" cancelActivity="%v"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>`, id, host, !keep)
	}
	for _, c := range []struct{ name, elements, flows, want string }{
		{"parallel", two + gate("parallel", "f") + gate("parallel", "j"), "s>f f>a f>b a>j b>j j>e", ""},
		{"choice into a parallel join", two + gate("exclusive", "f") + gate("parallel", "j"), "s>f f>a? f>b? a>j b>j j>e", "j waits"},
		{"fork into a merge", two + gate("parallel", "f") + gate("exclusive", "j") + `<userTask id="c"/>`, "s>f f>a f>b a>j b>j j>c c>e", "c twice"},
		{"inclusive", two + gate("inclusive", "f") + gate("inclusive", "j"), "s>f f>a? f>b? a>j b>j j>e", ""},
		{"inclusive into a parallel join", two + gate("inclusive", "f") + gate("parallel", "j"), "s>f f>a? f>b? a>j b>j j>e", "j waits"},
		{"a deadline inside a branch that ends", two + gate("parallel", "f") + gate("parallel", "j") + timer("t", "a", false) + `<endEvent id="e2"/>`, "s>f f>a f>b a>j b>j j>e t>e2", "j waits"},
		{"a deadline that comes back", two + gate("parallel", "f") + gate("parallel", "j") + gate("exclusive", "m") + timer("t", "a", false), "s>f f>a f>b a>m t>m m>j b>j j>e", ""},
		{"a reminder beside", two + timer("t", "a", true) + `<endEvent id="e2"/>`, "s>a a>b b>e t>e2", ""},
		{"a terminate end", two + gate("parallel", "f") + `<endEvent id="x"><terminateEventDefinition/></endEvent>`, "s>f f>a f>b a>e b>x", ""},
		{"a circle with a way out", two + gate("exclusive", "m") + gate("exclusive", "x"), "s>m m>a a>x x>m? x>b? b>e", ""},
		{"a circle without", two + gate("exclusive", "m") + gate("parallel", "y"), "s>m m>a a>m y>b b>e e>y", "!"},
		{"a sub-process of its own", `<subProcess id="u"><startEvent id="us"/><exclusiveGateway id="uf"/><parallelGateway id="uj"/><endEvent id="ue"/><sequenceFlow id="q1" sourceRef="us" targetRef="uf"/><sequenceFlow id="q2" sourceRef="uf" targetRef="uj"><conditionExpression>x</conditionExpression></sequenceFlow><sequenceFlow id="q3" sourceRef="uf" targetRef="uj"><conditionExpression>y</conditionExpression></sequenceFlow><sequenceFlow id="q4" sourceRef="uj" targetRef="ue"/></subProcess><endEvent id="e"/>`, "s>u u>e", "uj waits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want == "!" { // without an end no process can be deployed that would reach one
				p := model(t, `<userTask id="a"/><exclusiveGateway id="m"/>`, "s>m m>a a>m")
				if r := Check(p, 0); len(r.Warnings) != 1 || r.Warnings[0].Kind != Endless {
					t.Fatalf("%+v", r)
				}
				return
			}
			r := Check(model(t, c.elements, c.flows), 0)
			var got []string
			for _, w := range r.Warnings {
				got = append(got, w.Element+" "+string(w.Kind))
				if w.Line < 1 || w.Reason == "" {
					t.Errorf("%+v", w)
				}
			}
			if s := strings.Join(got, ", "); s != c.want || r.Cut {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

// TestCheck_shippedFlows holds the flows that ship to it.
func TestCheck_shippedFlows(t *testing.T) {
	files, err := filepath.Glob("../../../items/*/flow.bpmn")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "../../../items/general.bpmn")
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := bpmn.Parse(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if r := Check(m.Process(""), 0); len(r.Warnings) > 0 || r.Cut {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestCheck_cut says when there is too much to look at.
func TestCheck_cut(t *testing.T) {
	elements, flows := `<parallelGateway id="f"/><parallelGateway id="j"/><endEvent id="e"/>`, "s>f j>e"
	for i := range 12 {
		elements += fmt.Sprintf(`<userTask id="t%d"/>`, i)
		flows += fmt.Sprintf(" f>t%d t%d>j", i, i)
	}
	p := model(t, elements, flows)
	if r := Check(p, 100); !r.Cut {
		t.Error("not cut")
	}
	if r := Check(p, 0); r.Cut || len(r.Warnings) > 0 || r.States < 1<<12 {
		t.Errorf("%+v", r)
	}
}

// TestCheckAll_called looks into the processes that are called, each once.
func TestCheckAll_called(t *testing.T) {
	m, err := definition.Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/><callActivity id="c1" calledElement="q"/><callActivity id="c2" calledElement="q"/><endEvent id="e"/>
	<sequenceFlow id="f1" sourceRef="s" targetRef="c1"/><sequenceFlow id="f2" sourceRef="c1" targetRef="c2"/><sequenceFlow id="f3" sourceRef="c2" targetRef="e"/></process>
	<process id="q"><startEvent id="qs"/><exclusiveGateway id="g"/><parallelGateway id="j"/><endEvent id="qe"/><sequenceFlow id="q1" sourceRef="qs" targetRef="g"/><sequenceFlow id="q2" sourceRef="g" targetRef="j"><conditionExpression>x</conditionExpression></sequenceFlow><sequenceFlow id="q3" sourceRef="g" targetRef="j"><conditionExpression>y</conditionExpression></sequenceFlow><sequenceFlow id="q4" sourceRef="j" targetRef="qe"/></process></definitions>`))
	if err != nil {
		t.Fatal(err)
	}
	p := m.Process("p")
	if r := Check(p, 0); len(r.Warnings) > 0 {
		t.Errorf("the caller alone: %+v", r)
	}
	if r := CheckAll(p, 0); len(r.Warnings) != 1 || r.Warnings[0].Element != "j" || r.Warnings[0].Kind != Waits {
		t.Errorf("with what it calls: %+v", r)
	}
}
