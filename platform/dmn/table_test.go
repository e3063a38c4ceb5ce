package dmn_test

import (
	"fmt"
	"strings"
	"testing"

	"tongban/platform/dmn"
	"tongban/platform/dmn/feel"
)

var noOptions dmn.Options

// holds tells whether conditions such as "Area < 3 & Company true" are true.
func holds(t *testing.T, conditions string, x float64, company bool) bool {
	t.Helper()
	for _, c := range strings.Split(conditions, " & ") {
		name, text, _ := strings.Cut(c, " ")
		tests, err := feel.ParseTests(text, feel.Options{})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		var v feel.Value = company
		if name == "Area" {
			v, _ = feel.Float(x)
		}
		if tests.Match(feel.NewRun(feel.Limits{}), nil, v) != true {
			return false
		}
	}
	return true
}

func TestHitPolicies(t *testing.T) {
	rules := []string{`< 10 | "low"`, `< 20 | "middle"`, `> 5 | "high"`}
	numbers := []string{"< 10 | 1", "< 20 | 5", "> 5 | 3"}
	for _, c := range []struct {
		policy, output string
		rules          []string
		in             any
		want           string
	}{
		{"UNIQUE", "", rules, 30, "high"},
		{"UNIQUE", "", rules, 7, "<nil>"},
		{"ANY", "", rules, 7, "<nil>"},
		{"ANY", "", []string{`< 10 | "a"`, `< 20 | "a"`}, 7, "a"},
		{"FIRST", "", rules, 7, "low"},
		{"PRIORITY", `"high", "middle", "low"`, rules, 7, "high"},
		{"OUTPUT ORDER", `"high", "middle", "low"`, rules, 7, "[high middle low]"},
		{"RULE ORDER", "", rules, 7, "[low middle high]"},
		{"COLLECT", "", rules, 15, "[middle high]"},
		{"COLLECT/SUM", "", numbers, 7, "9"},
		{"COLLECT/MIN", "", numbers, 7, "1"},
		{"COLLECT/MAX", "", numbers, 7, "5"},
		{"COLLECT/COUNT", "", numbers, 7, "3"},
		{"COLLECT/COUNT", "", []string{"< 0 | 1"}, 7, "0"},
		{"COLLECT/SUM", "", []string{"< 0 | 1"}, 7, "<nil>"},
		{"UNIQUE", `/"none"`, []string{`< 0 | "x"`}, 7, "none"},
		{"UNIQUE", "", rules, nil, "<nil>"},
	} {
		m := parse(t, table(c.policy, []input{area}, c.output, c.rules...))
		if p := m.Check(); len(p) > 0 {
			t.Errorf("%s: %v", c.policy, p)
		}
		r, err := m.Evaluate("D", map[string]any{"Area": c.in}, noOptions)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(r.Value); got != c.want {
			t.Errorf("%s with %v gives %s, want %s; %v", c.policy, c.in, got, c.want, r.Notes)
		}
	}
}

func TestHitPolicy_Letter(t *testing.T) {
	var got []string
	for _, p := range []dmn.HitPolicy{dmn.Unique, dmn.Any, dmn.Priority, dmn.First, dmn.RuleOrder, dmn.OutputOrder, dmn.Collect, dmn.CollectSum, dmn.CollectMin, dmn.CollectMax, dmn.CollectCount} {
		got = append(got, p.Letter())
	}
	check(t, "letters", strings.Join(got, " "), "U A P F R O C C+ C< C> C#")
}

// The explanation names the rules that applied and the inputs that they look at.
func TestTrace_saysWhy(t *testing.T) {
	m := parse(t, table("FIRST", []input{area, kind, corp}, "", `> 500 | - | true | "large"`, `- | "shop" | - | "shop"`, `- | - | - | "small"`))
	r, err := m.Evaluate("D", map[string]any{"Area": 720, "Kind": "home", "Company": true}, noOptions)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "English", r.Trace.Text("en"), "rule 1 of \"D\" applies because Area is 720 and Company is true, so D is large\nD is large\n")
	check(t, "Chinese", r.Trace.Text("zh-Hans"), "D：第 1 条规则适用，因为Area为720，Company为true，所以D为large\nD为large\n")
	r, _ = m.Evaluate("D", map[string]any{"Area": 1}, noOptions)
	check(t, "otherwise", r.Trace.Text("en"), "rule 3 of \"D\" applies, so D is small\nD is small\n")
	m = parse(t, table("UNIQUE", []input{area}, "", "> 500 | 1"))
	r, _ = m.Evaluate("D", nil, noOptions)
	check(t, "none", r.Trace.Text("en"), "no rule of \"D\" applies\nD is not known\n")
	if len(r.Notes) == 0 {
		t.Error("nothing says that the input is missing")
	}
}

// fifty is a table of 50 rules over three inputs.
func fifty() string {
	var rules []string
	for i := range 50 {
		rules = append(rules, fmt.Sprintf(`[%d..%d) | "shop", "office" | %v | %d`, i*10, i*10+10, i%2 == 0, i))
	}
	return table("UNIQUE", []input{area, kind, corp}, "", rules...)
}

// BenchmarkTable50 works a table of 50 rules and three inputs out; its last rule
// but one matches.
func BenchmarkTable50(b *testing.B) {
	m := parse(b, fifty())
	in := map[string]any{"Area": 485.5, "Kind": "office", "Company": true}
	b.ReportAllocs()
	for b.Loop() {
		r, err := m.Evaluate("D", in, noOptions)
		if err != nil || r.Value != int64(48) {
			b.Fatal(r.Value, r.Notes, err)
		}
	}
}

// Tools that leave inputs out, and name types that the standard lacks, are
// understood; what no column names is still refused.
func TestTable_ofOtherTools(t *testing.T) {
	m, err := dmn.Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="m" name="m" namespace="urn:m">
<decision id="fee" name="Fee" camunda:historyTimeToLive="180"><decisionTable id="t" hitPolicy="FIRST">
<input id="i1" label="Days late"><inputExpression id="e1" typeRef="integer"><text>days</text></inputExpression></input>
<input id="i2"><inputExpression id="e2" typeRef="string"><text>kind</text></inputExpression></input>
<output id="o" name="fee" typeRef="double"/>
<rule id="r1"><inputEntry id="c1"><text>&lt;= 10</text></inputEntry><inputEntry id="c2"><text/></inputEntry><outputEntry id="c3"><text>days * 0.5</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c4"><text>&gt;= 11</text></inputEntry><inputEntry id="c5"><text>"shop","office"</text></inputEntry><outputEntry id="c6"><text>20</text></outputEntry></rule>
</decisionTable></decision></definitions>`))
	if err != nil || len(m.Check()) > 0 {
		t.Fatal(err, m.Check())
	}
	if in := m.Inputs(); len(in) != 2 || in[0].Name != "days" || in[0].Kind != "number" {
		t.Errorf("inputs %+v", in)
	}
	for in, want := range map[any]string{3: "1.5", 15: "20", 10.5: "<nil>"} {
		r, err := m.Evaluate("fee", map[string]any{"days": in, "kind": "shop"}, noOptions)
		if got := fmt.Sprint(r.Value); err != nil || got != want {
			t.Errorf("%v days give %s, want %s; %v, %v", in, got, want, r.Notes, err)
		}
	}
	a, err := m.Analyse("Fee")
	if err != nil || len(a.Gaps) != 1 || words(a.Gaps[0].When) != `Days late >= 11 & kind not("shop", "office")` {
		t.Errorf("%+v, %v", a, err)
	}
	m = parse(t, decision(`<decisionTable><input><inputExpression><text>a</text></inputExpression></input><output/><rule><inputEntry><text>1</text></inputEntry><outputEntry><text>b</text></outputEntry></rule></decisionTable>`))
	if p := m.Check(); len(p) != 1 || !strings.Contains(p[0].Reason, `uses "b"`) {
		t.Errorf("%v", p)
	}
}
