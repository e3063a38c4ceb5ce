package decisions

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// scale sorts restaurants by area and kind of kitchen.
const scale = `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">
<inputData id="i1" name="area"><variable name="area" typeRef="number"/></inputData>
<inputData id="i2" name="raw"><variable name="raw" typeRef="boolean"/></inputData>
<decision id="scale" name="规模"><variable name="规模" typeRef="string"/><informationRequirement><requiredInput href="#i1"/></informationRequirement><informationRequirement><requiredInput href="#i2"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input label="area"><inputExpression typeRef="number"><text>area</text></inputExpression></input><input label="raw"><inputExpression typeRef="boolean"><text>raw</text></inputExpression></input><output/>
<rule><inputEntry><text>&lt; 150</text></inputEntry><inputEntry><text>false</text></inputEntry><outputEntry><text>"small"</text></outputEntry></rule>
<rule><inputEntry><text>&lt; 150</text></inputEntry><inputEntry><text>true</text></inputEntry><outputEntry><text>"medium"</text></outputEntry></rule>
<rule><inputEntry><text>&gt;= 150</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"large"</text></outputEntry></rule>
</decisionTable></decision></definitions>`

func read(t *testing.T, src string) *Model {
	t.Helper()
	m, err := Read([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDecide_readsAnswersAsDeclared(t *testing.T) {
	m := read(t, scale)
	now := time.Date(2026, 12, 1, 2, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		area, raw any
		want      any
		rules     []int
	}{
		{"86.5", "no", "small", []int{1}},
		{"86", "yes", "medium", []int{2}},
		{"150", "", "large", []int{3}},
		{"", "yes", nil, nil},
		{"viel", "no", nil, nil},
		{200, true, "large", []int{3}},
	} {
		r, err := m.Decide("scale", map[string]any{"area": c.area, "raw": c.raw, "other": "x"}, now)
		if err != nil || r.Value != c.want || !slices.Equal(r.Rules, c.rules) {
			t.Errorf("%v, %v: %+v, %v", c.area, c.raw, r, err)
		}
		if r.Zh == "" || r.En == "" || r.Used["other"] != nil {
			t.Errorf("%v, %v: %+v", c.area, c.raw, r)
		}
	}
	r, err := m.Decide("规模", map[string]any{"area": "90", "raw": "yes"}, now)
	if err != nil || !strings.Contains(r.Zh, "第 2 条规则适用") || !strings.Contains(r.En, "rule 2") {
		t.Errorf("%q %q %v", r.Zh, r.En, err)
	}
	if _, err := m.Decide("nothing", nil, now); err == nil {
		t.Error("a decision that is not there was made")
	}
}

func TestCheck_saysWhyNot(t *testing.T) {
	known := []string{"area", "raw"}
	if p := read(t, scale).Check(known); len(p) != 0 {
		t.Errorf("a whole table: %v", p)
	}
	for name, c := range map[string]struct {
		old, new string
		kind     Kind
		says     string
	}{
		"a gap":             {"&gt;= 150", "&gt; 150", Gap, "area 150"},
		"a contradiction":   {"<text>&lt; 150</text></inputEntry><inputEntry><text>true", "<text>-</text></inputEntry><inputEntry><text>true", Conflict, "[2 3]"},
		"a broken sentence": {`"small"`, `"small" +`, Broken, ""},
	} {
		src := strings.Replace(scale, c.old, c.new, 1)
		if src == scale {
			t.Fatal(name)
		}
		p := read(t, src).Check(known)
		if len(p) == 0 || p[0].Kind != c.kind || !strings.Contains(p[0].String(), c.says) {
			t.Errorf("%s: %v", name, p)
		}
	}
	if p := read(t, scale).Check(known[1:]); len(p) != 1 || p[0].Kind != Unknown || p[0].Element != "area" {
		t.Errorf("an input that nobody gives: %v", p)
	}
	if _, err := Read([]byte("nothing")); err == nil {
		t.Error("no model was read")
	}
}
