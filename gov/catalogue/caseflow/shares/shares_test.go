package shares_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/gov/catalogue/caseflow/shares"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
)

// parse draws a process of elements and flows, "s>a a>b?" with a condition on the
// second, beside one that it may call.
func parse(t interface{ Fatal(...any) }, elements, flows string) *bpmn.Process {
	var b strings.Builder
	for _, f := range strings.Fields(flows) {
		f, maybe := strings.CutSuffix(f, "?")
		from, to, _ := strings.Cut(f, ">")
		cond := ""
		if maybe {
			cond = "<conditionExpression>${again}</conditionExpression>"
		}
		fmt.Fprintf(&b, `<sequenceFlow id="%s-%s" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, from, to, from, to, cond)
	}
	m, err := bpmn.Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tongban="https://tongban.example/bpmn"><process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>` + elements + b.String() + `</process>
		<process id="q" isExecutable="true"><startEvent id="qs"/><userTask id="qa" tongban:limit="P2WD"/><userTask id="qb"/><endEvent id="qe"/><sequenceFlow id="q1" sourceRef="qs" targetRef="qa"/><sequenceFlow id="q2" sourceRef="qa" targetRef="qb"/><sequenceFlow id="q3" sourceRef="qb" targetRef="qe"/></process></definitions>`))
	if err != nil {
		t.Fatal(err)
	}
	return m.Process("p")
}

func tasks(list string) string {
	var b strings.Builder
	for _, x := range strings.Fields(list) {
		id, limit, ok := strings.Cut(x, "=")
		if ok {
			limit = ` tongban:limit="` + limit + `"`
		}
		fmt.Fprintf(&b, `<userTask id="%s"%s/>`, id, limit)
	}
	return b.String()
}

// written reads P5WD and P7D.
func written(_, attr string) calendar.Limit {
	var n int
	var unit string
	if k, _ := fmt.Sscanf(attr, "P%d%s", &n, &unit); k < 2 {
		return calendar.Limit{}
	}
	return calendar.Limit{Amount: n, Unit: map[string]calendar.Unit{"WD": calendar.WorkingDays, "D": calendar.CalendarDays}[unit]}
}

func show(s shares.Split) string {
	out := []string{fmt.Sprint(s.Longest, s.Fits)}
	for _, x := range s.Shares {
		out = append(out, fmt.Sprintf("%s %d %s", x.Element, x.Limit.Amount, x.How))
	}
	return strings.Join(out, ", ")
}

func TestOf_table(t *testing.T) {
	fork := `<parallelGateway id="f"/><parallelGateway id="j"/>`
	for _, c := range []struct {
		name, elements, flows string
		whole                 int
		unit                  calendar.Unit
		want                  string
	}{
		{"in turn, nothing given", tasks("a b c"), "s>a a>b b>c c>e", 20, calendar.WorkingDays, "3 true, a 6 equal, b 6 equal, c 6 equal"},
		{"side by side count once", fork + tasks("a b c"), "s>f f>a f>b a>j b>j j>c c>e", 20, calendar.WorkingDays, "2 true, a 10 equal, b 10 equal, c 10 equal"},
		{"what is given stays", fork + tasks("a=P8WD b c=P2WD d"), "s>f f>a f>b a>j b>j j>c c>d d>e", 20, calendar.WorkingDays, "11 true, a 8 given, b 9 equal, c 2 given, d 9 equal"},
		{"too long is cut in proportion", tasks("a=P5WD b=P5WD c=P2WD"), "s>a a>b b>c c>e", 6, calendar.WorkingDays, "12 false, a 2 cut, b 2 cut, c 1 cut"},
		{"nobody has less than a day", tasks("a b c"), "s>a a>b b>c c>e", 2, calendar.WorkingDays, "3 false, a 1 cut, b 1 cut, c 1 cut"},
		{"what is sent back is no way", `<exclusiveGateway id="x"/><exclusiveGateway id="m"/>` + tasks("a b"), "s>m m>a a>x x>m? x>b? b>e", 10, calendar.WorkingDays, "2 true, a 5 equal, b 5 equal"},
		{"a deadline leads on, a reminder does not", tasks("a b c=P3WD") + `<boundaryEvent id="t" attachedToRef="a"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent><boundaryEvent id="r" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>` + tasks("d=P9WD") + `<endEvent id="e2"/><endEvent id="e3"/>`, "s>a a>b b>e t>c c>e2 r>d d>e3", 11, calendar.WorkingDays, "4 true, a 5 equal, b 5 equal, c 3 given, d 9 given"},
		{"inside and called", `<subProcess id="u"><startEvent id="us"/><endEvent id="ue"/>` + tasks("a b=P3WD") + `<sequenceFlow id="u1" sourceRef="us" targetRef="a"/><sequenceFlow id="u2" sourceRef="a" targetRef="b"/><sequenceFlow id="u3" sourceRef="b" targetRef="ue"/></subProcess><callActivity id="c" calledElement="q"/>`, "s>u u>c c>e", 11, calendar.WorkingDays, "7 true, a 3 equal, b 3 given, qa 2 given, qb 3 equal"},
		{"the applicant has no share", `<userTask id="me" tongban:post="applicant"/>` + tasks("a"), "s>me me>a a>e", 5, calendar.WorkingDays, "1 true, a 5 equal"},
		{"days against working days", tasks("a=P7D b"), "s>a a>b b>e", 10, calendar.WorkingDays, "6 true, a 7 given, b 5 equal"},
		{"working days against days", tasks("a=P5WD b"), "s>a a>b b>e", 10, calendar.CalendarDays, "8 true, a 5 given, b 3 equal"},
		{"hours are not divided", tasks("a b=P2WD"), "s>a a>b b>e", 4, calendar.Hours, "0 true, a 0 given, b 2 given"},
		{"no limit is not divided", tasks("a b=P2WD"), "s>a a>b b>e", 0, calendar.WorkingDays, "0 true, a 0 given, b 2 given"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := show(shares.Of(parse(t, c.elements, c.flows), calendar.Limit{Amount: c.whole, Unit: c.unit}, written))
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestOf_stagesFitTheWhole: in stages of offices side by side, with limits or without,
// the longest stages together never exceed the whole where a day for each fits, and
// where nothing is given no further day fits.
func TestOf_stagesFitTheWhole(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		stages := rapid.IntRange(1, 5).Draw(r, "stages")
		var elements, flows strings.Builder
		last, steps := "s", make([][]string, stages)
		given := false
		for i := range stages {
			fmt.Fprintf(&elements, `<parallelGateway id="f%d"/><parallelGateway id="j%d"/>`, i, i)
			fmt.Fprintf(&flows, "%s>f%d ", last, i)
			for k := range rapid.IntRange(1, 4).Draw(r, "offices") {
				id := fmt.Sprintf("t%d%d", i, k)
				steps[i] = append(steps[i], id)
				if rapid.Bool().Draw(r, "given") {
					given = true
					elements.WriteString(tasks(fmt.Sprintf("%s=P%dWD", id, rapid.IntRange(1, 9).Draw(r, "days"))))
				} else {
					elements.WriteString(tasks(id))
				}
				fmt.Fprintf(&flows, "f%d>%s %s>j%d ", i, id, id, i)
			}
			last = fmt.Sprintf("j%d", i)
		}
		flows.WriteString(last + ">e")
		whole := rapid.IntRange(stages, 60).Draw(r, "whole")
		s := shares.Of(parse(r, elements.String(), flows.String()), calendar.Limit{Amount: whole, Unit: calendar.WorkingDays}, written)
		sum := 0
		for _, stage := range steps {
			most := 0
			for _, id := range stage {
				x, ok := s.Find(id)
				if !ok || x.Limit.Amount < 1 {
					r.Fatalf("%s has no share: %s", id, show(s))
				}
				most = max(most, x.Limit.Amount)
			}
			sum += most
		}
		if s.Fits && sum > whole {
			r.Fatalf("%d of %d: %s", sum, whole, show(s))
		}
		if !given && sum+stages <= whole {
			r.Fatalf("a day more fits, %d of %d: %s", sum, whole, show(s))
		}
	})
}

// TestOf_shippedPackages: the stages of every package that ships fit into what it
// promises, and each step has what its item lists.
func TestOf_shippedPackages(t *testing.T) {
	dirs, err := filepath.Glob("../../../../items/*/flow.bpmn")
	if err != nil || len(dirs) < 10 {
		t.Fatal(len(dirs), err)
	}
	for _, file := range dirs {
		raw, err := os.ReadFile(filepath.Join(filepath.Dir(file), "item.json"))
		if err != nil {
			t.Fatal(err)
		}
		type limit struct {
			Amount int
			Unit   string
		}
		var item struct {
			Limits struct{ Promise limit }
			Steps  []struct {
				Element string
				Limit   limit
			}
		}
		if err := json.Unmarshal(raw, &item); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := bpmn.Parse(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		units := map[string]calendar.Unit{"workday": calendar.WorkingDays, "day": calendar.CalendarDays, "hour": calendar.Hours}
		whole := calendar.Limit{Amount: item.Limits.Promise.Amount, Unit: units[item.Limits.Promise.Unit]}
		s := shares.Of(m.Process(""), whole, func(element, attr string) calendar.Limit {
			for _, x := range item.Steps {
				if x.Element == element && x.Limit.Amount > 0 {
					return calendar.Limit{Amount: x.Limit.Amount, Unit: units[x.Limit.Unit]}
				}
			}
			return written(element, attr)
		})
		if !s.Fits || s.Longest == 0 {
			t.Errorf("%s: %d of %d %s: %s", file, s.Longest, whole.Amount, whole.Unit, show(s))
		}
	}
}
