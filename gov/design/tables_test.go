package design_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/gov/design"
	"tongban/gov/design/designtest"
	"tongban/platform/dmn"
)

// visit says whether somebody has to go and look, from two answers.
const visit = `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">
<inputData id="i1" name="area"><variable name="area" typeRef="number"/></inputData>
<inputData id="i2" name="service"><variable name="service" typeRef="string"/></inputData>
<decision id="visit" name="要不要现场核查"><variable name="要不要现场核查" typeRef="string"/><informationRequirement><requiredInput href="#i1"/></informationRequirement><informationRequirement><requiredInput href="#i2"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input label="area"><inputExpression typeRef="number"><text>area</text></inputExpression></input><input label="service"><inputExpression typeRef="string"><text>service</text></inputExpression></input><output/>
<rule><inputEntry><text>&lt; 100</text></inputEntry><inputEntry><text>"takeaway"</text></inputEntry><outputEntry><text>"no"</text></outputEntry></rule>
<rule><inputEntry><text>&lt; 100</text></inputEntry><inputEntry><text>not("takeaway")</text></inputEntry><outputEntry><text>"yes"</text></outputEntry></rule>
<rule><inputEntry><text>&gt;= 100</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"yes"</text></outputEntry></rule>
</decisionTable></decision></definitions>`

// ruled is a flow that asks the table first and goes to look only when it says so.
const ruled = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="https://tongban.example/bpmn"><process id="p" name="按表" isExecutable="true"><startEvent id="s"/>
<businessRuleTask id="ask" name="查表" implementation="visit" t:resultVariable="needed"/><exclusiveGateway id="g" default="f2"/>
<userTask id="look" name="现场核查" t:org="${department}" t:post="examiner" t:limit="P3WD"/><exclusiveGateway id="m"/>
<userTask id="decide" name="决定" t:org="${department}" t:post="decider" t:limit="P2WD"/><exclusiveGateway id="d" default="no"/>
<serviceTask id="issue" implementation="issue"/><serviceTask id="refuse" implementation="refuse"/><endEvent id="e"/><endEvent id="e2"/>
<sequenceFlow id="f0" sourceRef="s" targetRef="ask"/><sequenceFlow id="fg" sourceRef="ask" targetRef="g"/>
<sequenceFlow id="f1" sourceRef="g" targetRef="look"><conditionExpression>${needed == 'yes'}</conditionExpression></sequenceFlow><sequenceFlow id="f2" sourceRef="g" targetRef="m"/>
<sequenceFlow id="f3" sourceRef="look" targetRef="m"/><sequenceFlow id="f4" sourceRef="m" targetRef="decide"/><sequenceFlow id="f5" sourceRef="decide" targetRef="d"/>
<sequenceFlow id="yes" sourceRef="d" targetRef="issue"><conditionExpression>${decide_outcome == 'approve'}</conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="d" targetRef="refuse"/>
<sequenceFlow id="f6" sourceRef="issue" targetRef="e"/><sequenceFlow id="f7" sourceRef="refuse" targetRef="e2"/></process></definitions>`

func codes(list []design.Problem) string {
	var out []string
	for _, p := range list {
		out = append(out, p.Code+" "+p.Element)
	}
	return strings.Join(out, ", ")
}

// TestSaveTables_publishedWithTheFlow: what the tables say is tried, checked and
// published with the flow; the version before has none.
func TestSaveTables_publishedWithTheFlow(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		d, err := b.SaveFile(ctx, region, b.code, 0, strings.NewReader(ruled))
		if err != nil {
			t.Fatal(err)
		}
		look := func() (design.Draft, design.Surroundings) {
			t.Helper()
			d, a, err := b.Open(ctx, region, b.code)
			if err != nil {
				t.Fatal(err)
			}
			return d, a
		}
		d, a := look()
		if got := codes(b.Check(d, a)); got != "file.need ask" {
			t.Fatalf("without the table: %s", got)
		}
		for name, c := range map[string]struct{ old, new, want string }{
			"a gap":                {"&gt;= 100", "&gt; 100", "tables.gap 要不要现场核查"},
			"a contradiction":      {"&gt;= 100", "&gt;= 50", "tables.conflict 要不要现场核查"},
			"no such answer":       {`"area"`, `"surface"`, "tables.unknown surface"},
			"no such decision":     {`id="visit"`, `id="other"`, "file.need ask"},
			"a name that is taken": {`id="visit"`, `id="seats"`, "tables.id seats"},
			"no table":             {"<definitions", "<definition", "tables.read"},
		} {
			bad := strings.ReplaceAll(visit, c.old, c.new)
			if name == "no such answer" {
				bad = strings.ReplaceAll(bad, "<text>area<", "<text>surface<")
			}
			if d, err = b.SaveTables(ctx, region, b.code, d.Version, strings.NewReader(bad)); err != nil {
				t.Fatal(name, err)
			}
			if got := codes(b.Check(look())); !strings.Contains(got, c.want) {
				t.Errorf("%s: %s", name, got)
			}
		}
		if _, err := b.SaveTables(ctx, region, b.code, d.Version, strings.NewReader("hello")); !errors.Is(err, design.ErrTables) {
			t.Error(err)
		}
		if _, err := b.SaveTables(ctx, region, b.code, d.Version, bytes.NewReader(bytes.Repeat([]byte("x"), 300<<10))); !errors.Is(err, design.ErrTooLarge) {
			t.Error(err)
		}
		if d, err = b.SaveTables(ctx, region, b.code, d.Version, strings.NewReader(visit)); err != nil {
			t.Fatal(err)
		}
		if d, a = look(); len(b.Check(d, a)) > 0 {
			t.Fatal(b.Check(d, a))
		}
		for answers, want := range map[[2]string]string{{"80", "takeaway"}: "decide no", {"80", "dine_in"}: "look yes", {"100", "takeaway"}: "look yes", {"", ""}: "decide <nil>"} {
			tr, err := b.Try(ctx, d, a, map[string]string{"area": answers[0], "service": answers[1]}, nil)
			if err != nil || len(tr.Rulings) != 1 || len(tr.Open) != 1 {
				t.Fatalf("%v: %+v %v", answers, tr, err)
			}
			if got := tr.Open[0].Element + " " + fmt.Sprint(tr.Rulings[0].Value); got != want || tr.Rulings[0].Zh == "" {
				t.Errorf("%v: %s, want %s", answers, got, want)
			}
		}
		list, err := b.Compare(d, a)
		if err != nil || !strings.Contains(fmt.Sprint(list), "tables  visit") {
			t.Errorf("the difference: %v %v", list, err)
		}
		out, err := designtest.Publish(ctx, b.Service, region, b.code, d.Version, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		now, err := b.items.OfferVersion(ctx, region, b.code, out.Version)
		if err != nil || !now.Decisions.Has("visit") || string(now.Tables) != visit {
			t.Fatalf("published: %v", err)
		}
		before, err := b.items.OfferVersion(ctx, region, b.code, out.Version-1)
		if err != nil || before.Decisions != nil {
			t.Errorf("the version before has tables: %v", err)
		}
		if d, _ = look(); string(d.Tables) != visit {
			t.Error("the next draft begins without the tables")
		}
		s, ok := d.Decisions().Sheet("visit")
		if !ok || s.Policy != dmn.Unique || len(s.Rules) != 3 || s.Rules[1].When[1] != `not("takeaway")` || s.Rules[0].Then[0] != `"no"` {
			t.Errorf("%+v", s)
		}
	})
}
