package casework

import (
	"fmt"
	"strings"
	"testing"

	"tongban/gov/casework/history"
	"tongban/gov/catalogue"
	"tongban/platform/auth"
	"tongban/platform/db"
)

// visitTable says whether somebody has to go and look.
const visitTable = `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">
<inputData id="i1" name="area"><variable name="area" typeRef="number"/></inputData>
<inputData id="i2" name="look_outcome"><variable name="look_outcome" typeRef="string"/></inputData>
<decision id="visit" name="要不要现场核查"><variable name="要不要现场核查" typeRef="string"/><informationRequirement><requiredInput href="#i1"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input label="area"><inputExpression typeRef="number"><text>area</text></inputExpression></input><output/>
<rule><inputEntry><text>&lt; 1000</text></inputEntry><outputEntry><text>"small"</text></outputEntry></rule><rule><inputEntry><text>&gt;= 1000</text></inputEntry><outputEntry><text>"large"</text></outputEntry></rule></decisionTable></decision>
<decision id="level" name="谁来决定"><variable name="谁来决定" typeRef="number"/><informationRequirement><requiredInput href="#i2"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input label="look_outcome"><inputExpression typeRef="string"><text>look_outcome</text></inputExpression></input><output/>
<rule><inputEntry><text>"approve"</text></inputEntry><outputEntry><text>1</text></outputEntry></rule><rule><inputEntry><text>not("approve")</text></inputEntry><outputEntry><text>2</text></outputEntry></rule></decisionTable></decision></definitions>`

// ruledFlow asks a table about the answers at the beginning, and one about the result of a step before the decision.
const ruledFlow = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="https://tongban.example/bpmn"><process id="p" name="按表" isExecutable="true"><startEvent id="s"/>
<businessRuleTask id="ask" name="看面积" implementation="visit" t:resultVariable="size"/><exclusiveGateway id="g" default="f2"/>
<userTask id="far" name="远处核查" t:org="${department}" t:post="examiner" t:limit="P3WD"/><userTask id="look" name="核查" t:org="${department}" t:post="examiner" t:limit="P3WD"/><exclusiveGateway id="m"/>
<businessRuleTask id="who" name="定层级" implementation="level"/><userTask id="decide" name="决定${level}" t:org="${department}" t:post="decider" t:limit="P2WD"/><exclusiveGateway id="d" default="no"/>
<serviceTask id="issue" implementation="issue"/><serviceTask id="refuse" implementation="refuse"/><endEvent id="e"/><endEvent id="e2"/>
<sequenceFlow id="f0" sourceRef="s" targetRef="ask"/><sequenceFlow id="fg" sourceRef="ask" targetRef="g"/>
<sequenceFlow id="f1" sourceRef="g" targetRef="far"><conditionExpression>${size == 'large'}</conditionExpression></sequenceFlow><sequenceFlow id="f2" sourceRef="g" targetRef="look"/>
<sequenceFlow id="f3" sourceRef="far" targetRef="m"/><sequenceFlow id="f31" sourceRef="look" targetRef="m"/><sequenceFlow id="f4" sourceRef="m" targetRef="who"/><sequenceFlow id="f41" sourceRef="who" targetRef="decide"/><sequenceFlow id="f5" sourceRef="decide" targetRef="d"/>
<sequenceFlow id="yes" sourceRef="d" targetRef="issue"><conditionExpression>${decide_outcome == 'approve'}</conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="d" targetRef="refuse"/>
<sequenceFlow id="f6" sourceRef="issue" targetRef="e"/><sequenceFlow id="f7" sourceRef="refuse" targetRef="e2"/></process></definitions>`

// publishWith is publish for a flow with decision tables.
func (w *town) publishWith(flow, tables string, steps ...string) error {
	ctx := auth.With(w.t.Context(), auth.Principal{ID: "acc_设计", Name: "设计", Kind: auth.KindOfficer,
		Grants: []auth.Grant{{Region: top, Subtree: true, Permissions: []string{catalogue.MayPublishItems.Name}}}})
	o, err := w.items.Offer(ctx, district, restaurant)
	if err != nil {
		w.t.Fatal(err)
	}
	n := catalogue.NewFlow{Region: district, Code: restaurant, Base: o.Version, Flow: []byte(flow), Decisions: []byte(tables), Offices: o.Offices}
	for _, s := range steps {
		n.Steps = append(n.Steps, catalogue.Step{Element: s, Name: catalogue.Text{Zh: s}, Org: lead, Limit: catalogue.Limit{Amount: 3, Unit: catalogue.Workdays}})
	}
	_, err = w.items.PublishFlow(ctx, n)
	return err
}

// ruled lists what the tables said in a case, with the details of the timeline.
func (w *town) ruled(c Case) (out []Entry) {
	w.t.Helper()
	all, err := history.OfCase(w.t.Context(), w.db, c.Region, c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range all {
		if e.Kind == "case.ruled" {
			out = append(out, e)
		}
	}
	return out
}

// Tables decide on the way: the flow takes the way that they say, the timeline
// and the record have what matched and why, a paper may print it; a later
// version of the tables does not reach a running case.
func TestRule_decidesTheWayAndSaysWhy(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		if err := w.publishWith(ruledFlow, "", "far", "look", "decide"); err == nil || !strings.Contains(fmt.Sprint(err), "catalogue.package") {
			t.Fatalf("a flow that asks tables that are not there: %v", err)
		}
		if err := w.publishWith(ruledFlow, visitTable, "far", "look", "decide"); err != nil {
			t.Fatal(err)
		}
		c := w.accepted(dineIn())
		said := w.ruled(c)
		if len(said) != 1 || said[0].Step != "看面积" || !strings.Contains(said[0].Text, "第 1 条规则适用") || said[0].Details["value"] != "small" || fmt.Sprint(said[0].Details["rules"]) != "[1]" {
			t.Fatalf("%+v", said)
		}
		if n, err := db.One(t.Context(), w.db, db.Value[int], `SELECT count(*) FROM audit_entry WHERE region = $1 AND action = 'casework.case.ruled' AND object = $2`, c.Region, string(c.ID)); err != nil || n != 1 {
			t.Errorf("%d acts in the record: %v", n, err)
		}
		if err := w.publishWith(ruledFlow, strings.NewReplacer("&lt; 1000", "&lt; 1", "&gt;= 1000", "&gt;= 1", "<text>1</text>", "<text>7</text>").Replace(visitTable), "far", "look", "decide"); err != nil {
			t.Fatal(err)
		}
		look, ok := w.open(c)["look"]
		if !ok {
			t.Fatalf("open: %v", keys(w.open(c)))
		}
		if _, err := w.s.Complete(w.officer("核查", RoleExaminer, lead), c.Region, look.ID, Opinion{Result: Approve, Text: "可以"}); err != nil {
			t.Fatal(err)
		}
		if said = w.ruled(c); len(said) != 2 || said[1].Details["decision"] != "level" || fmt.Sprint(said[1].Details["value"]) != "1" {
			t.Fatalf("%+v", said)
		}
		decide := w.open(c)["decide"]
		if decide.Name != "决定1" {
			t.Errorf("the step is called %q", decide.Name)
		}
		if _, err := w.s.Complete(w.officer("决定", RoleDecider, lead), c.Region, decide.ID, Opinion{Result: Approve, Text: "准予"}); err != nil {
			t.Fatal(err)
		}
		k, err := loadWork(t.Context(), w.db, c.Region, c.ID)
		if err != nil || k.c.Outcome != Granted {
			t.Fatalf("%s %v", k.c.Outcome, err)
		}
		if fields, _ := k.flow.Instance.Vars[varFields].(map[string]any); fields["size"] != "small" || fields["level"] != "1" {
			t.Errorf("papers can print %v", fields)
		}
		again := w.accepted(dineIn())
		if said = w.ruled(again); len(said) != 1 || said[0].Details["value"] != "large" || w.open(again)["far"].ID == "" {
			t.Errorf("a case of the next version: %+v", said)
		}
	})
}
