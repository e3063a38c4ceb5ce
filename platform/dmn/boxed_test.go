package dmn_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/platform/dmn"
	"tongban/platform/dmn/feel"
)

func TestBoxedExpressions(t *testing.T) {
	entry := func(name, logic string) string {
		v := ""
		if name != "" {
			v = `<variable name="` + name + `"/>`
		}
		return `<contextEntry>` + v + logic + `</contextEntry>`
	}
	part := func(local, text string) string { return "<" + local + ">" + literal(text) + "</" + local + ">" }
	for _, c := range []struct{ name, logic, want string }{
		{"context", "<context>" + entry("a", literal("1")) + entry("b c", literal("a + 1")) + "</context>", `{a: 1, b c: 2}`},
		{"context with result", "<context>" + entry("a", literal("20")) + entry("", literal("a * 2")) + "</context>", "40"},
		{"function in a context", "<context>" + entry("f", `<functionDefinition><formalParameter name="x" typeRef="number"/>`+literal("if x < 2 then 1 else x * f(x - 1)")+"</functionDefinition>") + entry("", literal("f(5)")) + "</context>", "120"},
		{"list", "<list>" + literal("1") + literal(`"a"`) + "</list>", `[1, "a"]`},
		{"relation", `<relation><column name="a"/><column name="b"/><row>` + literal("1") + literal("2") + `</row><row>` + literal("3") + literal("4") + `</row></relation>`, "[{a: 1, b: 2}, {a: 3, b: 4}]"},
		{"conditional", "<conditional>" + part("if", "null") + part("then", "1") + part("else", "2") + "</conditional>", "2"},
		{"filter", "<filter>" + part("in", "[{x: 1}, {x: 5}]") + part("match", "x > 2") + "</filter>", "[{x: 5}]"},
		{"for", `<for iteratorVariable="i">` + part("in", "[1, 2]") + part("return", "i * 10") + "</for>", "[10, 20]"},
		{"every", `<every iteratorVariable="i">` + part("in", "[1, 2]") + part("satisfies", "i > 0") + "</every>", "true"},
		{"some", `<some iteratorVariable="i">` + part("in", "[1, 2]") + part("satisfies", "i > 2") + "</some>", "false"},
		{"invocation", "<invocation>" + literal("function(a, b) a - b") + `<binding><parameter name="b"/>` + literal("1") + `</binding><binding><parameter name="a"/>` + literal("5") + "</binding></invocation>", "4"},
		{"type", `<literalExpression typeRef="string"><text>1</text></literalExpression>`, "null"},
		{"empty", "<literalExpression><text/></literalExpression>", "null"},
	} {
		m := parse(t, decision(c.logic))
		if p := m.Check(); len(p) > 0 {
			t.Errorf("%s: %v", c.name, p)
		}
		r, err := m.Evaluate("D", nil, noOptions)
		if err != nil {
			t.Fatal(err)
		}
		check(t, c.name, feel.Text(r.Exact), c.want)
	}
}

func knowledge(name, param, text string) string {
	return fmt.Sprintf(`<businessKnowledgeModel id=%q name=%q><variable name=%q/><encapsulatedLogic><formalParameter name=%q/>%s</encapsulatedLogic></businessKnowledgeModel>`, name, name, name, param, literal(text))
}

func requiring(of, text string) string {
	return decision(`<knowledgeRequirement><requiredKnowledge href="#` + of + `"/></knowledgeRequirement>` + literal(text))
}

// Recursion ends at a limit, with an error that says so.
func TestEvaluate_endsEndlessRecursion(t *testing.T) {
	for text, want := range map[string]error{"loop(x + 1)": feel.ErrDepth, "if x > 5 then x else loop(x + 1)": nil, "loop(x) + loop(x)": feel.ErrDepth} {
		r, err := parse(t, knowledge("loop", "x", text)+requiring("loop", "loop(0)")).Evaluate("D", nil, noOptions)
		if !errors.Is(err, want) || want == nil && r.Value != int64(6) {
			t.Errorf("%s gives %v, %v", text, r.Value, err)
		}
	}
	m := parse(t, decision(literal("for i in 1..1000000, j in 1..1000000 return i")))
	if _, err := m.Evaluate("D", nil, dmn.Options{Steps: 10_000}); !errors.Is(err, feel.ErrBudget) {
		t.Errorf("a loop without end gives %v", err)
	}
}

// Dates come as text where the type of the input says date.
func TestEvaluate_readsDatesFromText(t *testing.T) {
	m := parse(t, `<itemDefinition name="tStay"><itemComponent name="from"><typeRef>date</typeRef></itemComponent><itemComponent name="days" isCollection="true"><typeRef>date</typeRef></itemComponent></itemDefinition>
<inputData id="s" name="Stay"><variable name="Stay" typeRef="tStay"/></inputData>`+
		decision(`<informationRequirement><requiredInput href="#s"/></informationRequirement>`+literal(`{month: (Stay.from + @"P1M").month, last: max(Stay.days), now: today()}`)))
	r, err := m.Evaluate("D", map[string]any{"Stay": map[string]any{"from": "2026-12-01", "days": []string{"2026-12-03", "2026-12-24"}}},
		dmn.Options{Now: time.Date(2026, 12, 1, 1, 0, 0, 0, time.FixedZone("", 8*3600))})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "value", feel.Text(r.Exact), "{month: 1, last: 2026-12-24, now: 2026-12-01}")
}

// A table inside a function is part of the explanation.
func TestTrace_goesIntoFunctions(t *testing.T) {
	inner := strings.TrimPrefix(table("UNIQUE", []input{{"x", "number", ""}}, "", "> 1 | \"many\"", "<= 1 | \"few\""), `<inputData id="x" name="x"><variable name="x" typeRef="number"/></inputData>`+"\n")
	_, inner, _ = strings.Cut(inner, "\n")
	inner = strings.TrimSuffix(inner, "</decision>")
	m := parse(t, `<businessKnowledgeModel id="k" name="size"><variable name="size"/><encapsulatedLogic><formalParameter name="x"/>`+inner+`</encapsulatedLogic></businessKnowledgeModel>`+requiring("k", "size(5)"))
	if p := m.Check(); len(p) > 0 {
		t.Fatal(p)
	}
	r, err := m.Evaluate("D", nil, noOptions)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "trace", r.Trace.Text("en"), "rule 1 of \"size\" applies because x is 5, so size is many\nD is many\n")
	if a, err := m.Analyse("size"); err != nil || len(a.Gaps) > 0 {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := m.Analyse("D"); !errors.Is(err, dmn.ErrUnknown) {
		t.Errorf("what is no table gives %v", err)
	}
}

// A model may be used by many at once.
func TestEvaluate_byManyAtOnce(t *testing.T) {
	m := parse(t, fifty())
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 50 {
				r, err := m.Evaluate("D", map[string]any{"Area": n*10 + i%10, "Kind": "shop", "Company": n%2 == 0}, noOptions)
				if err != nil || r.Value != int64(n) {
					t.Errorf("%d gives %v, %v", n, r.Value, err)
				}
			}
		})
	}
	wg.Wait()
}
