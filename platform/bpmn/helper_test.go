package bpmn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"
)

var t0 = time.Date(2026, 12, 1, 9, 0, 0, 0, time.FixedZone("", 8*3600))

// wrap puts the inside of a process into a complete file.
func wrap(inside string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:flowable="http://flowable.org/bpmn" xmlns:tongban="https://tongban.example/bpmn" targetNamespace="test">
<process id="p" isExecutable="true">
` + inside + `
</process>
</definitions>`
}

// graph writes a process from a short notation, one item a line:
//
//	user a | gate+ fork | gatex choice | gateo some | start s | end e | …   declares
//	a -> b   or   a -> b : condition   or   a => b (default)                 connects
func graph(text string) string {
	kinds := map[string]string{"user": "userTask", "gate+": "parallelGateway", "gatex": "exclusiveGateway",
		"gateo": "inclusiveGateway", "start": "startEvent", "end": "endEvent", "manual": "manualTask"}
	var b strings.Builder
	defaults := map[string]string{}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, l := range lines {
		if from, _, ok := strings.Cut(l, " => "); ok {
			defaults[strings.TrimSpace(from)] = fmt.Sprintf("f%d", i)
		}
	}
	for i, l := range lines {
		l = strings.TrimSpace(l)
		ends, cond, _ := strings.Cut(l, " : ")
		ends = strings.ReplaceAll(ends, "=>", "->")
		if from, to, ok := strings.Cut(ends, " -> "); ok {
			fmt.Fprintf(&b, `<sequenceFlow id="f%d" sourceRef="%s" targetRef="%s">`, i, strings.TrimSpace(from), strings.TrimSpace(to))
			if cond != "" {
				fmt.Fprintf(&b, `<conditionExpression xsi:type="tFormalExpression"><![CDATA[${%s}]]></conditionExpression>`, cond)
			}
			b.WriteString("</sequenceFlow>\n")
			continue
		}
		f := strings.Fields(l)
		switch {
		case len(f) == 0:
		case strings.HasPrefix(l, "<"):
			b.WriteString(l + "\n")
		case f[0] == "terminate":
			fmt.Fprintf(&b, `<endEvent id="%s"><terminateEventDefinition/></endEvent>`+"\n", f[1])
		case f[0] == "after": // after PT1H t [on host [keep]]
			dur := "<timerEventDefinition><timeDuration>" + f[1] + "</timeDuration></timerEventDefinition>"
			if strings.HasPrefix(f[1], "R") {
				dur = "<timerEventDefinition><timeCycle>" + f[1] + "</timeCycle></timerEventDefinition>"
			}
			if len(f) == 3 {
				fmt.Fprintf(&b, `<intermediateCatchEvent id="%s">%s</intermediateCatchEvent>`+"\n", f[2], dur)
			} else {
				fmt.Fprintf(&b, `<boundaryEvent id="%s" attachedToRef="%s" cancelActivity="%v">%s</boundaryEvent>`+"\n", f[2], f[4], len(f) == 5, dur)
			}
		default:
			def := ""
			if d := defaults[f[1]]; d != "" {
				def = ` default="` + d + `"`
			}
			fmt.Fprintf(&b, `<%s id="%s" name="%s"%s/>`+"\n", kinds[f[0]], f[1], f[1], def)
		}
	}
	return wrap(b.String())
}

func parse(t testing.TB, xml string) *Process {
	t.Helper()
	m, err := Parse(strings.NewReader(xml))
	if err != nil {
		t.Fatalf("parse: %v\n%s", err, xml)
	}
	return m.Process("")
}

// play drives an instance by element ids and keeps every change.
type play struct {
	t   testing.TB
	e   *Engine
	p   *Process
	in  *Instance
	src string
	log []Change
}

func start(t testing.TB, xml string, vars map[string]any) *play {
	t.Helper()
	y := &play{t: t, e: &Engine{}, p: parse(t, xml), src: xml}
	in, ch, err := y.e.Start(y.p, vars, t0)
	if err != nil {
		t.Fatal(err)
	}
	y.in, y.log = in, ch
	return y
}

func (y *play) taskOf(el string) string {
	y.t.Helper()
	for _, k := range y.in.Open() {
		if k.Element == el {
			return k.ID
		}
	}
	y.t.Fatalf("no open task %s; open: %s", el, y.open())
	return ""
}

func (y *play) do(el string, vars map[string]any) []Change {
	y.t.Helper()
	return y.keep(y.e.Complete(y.p, y.in, y.taskOf(el), vars, t0))
}

func (y *play) back(el, to string) []Change {
	y.t.Helper()
	return y.keep(y.e.Return(y.p, y.in, y.taskOf(el), to, t0))
}

func (y *play) fire(el string) []Change {
	y.t.Helper()
	for _, d := range y.in.Timers() {
		if d.Element == el {
			return y.keep(y.e.Fire(y.p, y.in, d.ID, d.Due))
		}
	}
	y.t.Fatalf("no timer %s", el)
	return nil
}

func (y *play) keep(ch []Change, err error) []Change {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
	y.log = append(y.log, ch...)
	y.roundTrip()
	return ch
}

// roundTrip replaces the instance by what comes back from storage.
func (y *play) roundTrip() {
	y.t.Helper()
	b, err := json.Marshal(y.in)
	if err != nil {
		y.t.Fatal(err)
	}
	var in Instance
	if err := json.Unmarshal(b, &in); err != nil {
		y.t.Fatal(err)
	}
	again, _ := json.Marshal(&in)
	if !bytes.Equal(b, again) {
		y.t.Fatalf("storage changes the instance:\n%s\n%s", b, again)
	}
	y.in = &in
}

// open lists the open elements, sorted.
func (y *play) open() string {
	var list []string
	for _, k := range y.in.Open() {
		list = append(list, k.Element)
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}

func (y *play) expect(open string) {
	y.t.Helper()
	if got := y.open(); got != open {
		y.t.Fatalf("open: %q, want %q", got, open)
	}
}

// brief renders changes as "kind:element".
func brief(ch []Change) string {
	var list []string
	for _, c := range ch {
		s := string(c.Kind) + ":" + c.Element
		if c.Attrs["reason"] != "" {
			s += "(" + c.Attrs["reason"] + ")"
		}
		list = append(list, s)
	}
	return strings.Join(list, " ")
}

func count(ch []Change, k ChangeKind, el string) int {
	n := 0
	for _, c := range ch {
		if c.Kind == k && c.Element == el {
			n++
		}
	}
	return n
}
