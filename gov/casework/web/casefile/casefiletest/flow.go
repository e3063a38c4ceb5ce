package casefiletest

import (
	"bytes"
	"maps"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/caseflow"
	"tongban/platform/auth"
	"tongban/platform/bpmn"
)

// Waiting is a flow that waits for the result of a test, watched by a timer; the
// water office may hand it in besides the one in charge.
const Waiting = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="https://tongban.example/bpmn"><message id="m" name="lab-result"/><process id="p" name="检测" isExecutable="true"><startEvent id="s"/>
<receiveTask id="lab" name="等检测结果" messageRef="m" t:org="` + Water + `" t:takes="lab:text:结论 score:number:得分 sealed:boolean on:date"/><boundaryEvent id="overdue" attachedToRef="lab" cancelActivity="false"><timerEventDefinition><timeDuration>P9WD</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="asked"/><sequenceFlow id="fo" sourceRef="overdue" targetRef="asked"/>
<userTask id="decide" name="决定" t:org="${department}" t:post="decider" t:limit="P2WD"/><exclusiveGateway id="d" default="no"/>
<serviceTask id="issue" implementation="issue"/><serviceTask id="refuse" implementation="refuse"/><endEvent id="e"/><endEvent id="e2"/>
<sequenceFlow id="f0" sourceRef="s" targetRef="lab"/><sequenceFlow id="f1" sourceRef="lab" targetRef="decide"/><sequenceFlow id="f2" sourceRef="decide" targetRef="d"/>
<sequenceFlow id="yes" sourceRef="d" targetRef="issue"><conditionExpression>${decide_outcome == 'approve' and score == 2.5 and sealed}</conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="d" targetRef="refuse"/>
<sequenceFlow id="f3" sourceRef="issue" targetRef="e"/><sequenceFlow id="f4" sourceRef="refuse" targetRef="e2"/></process></definitions>`

// Publish makes the next version of the restaurant with a flow, whose steps have
// five working days each.
func (w *Town) Publish(flow []byte) {
	w.T.Helper()
	ctx := auth.With(w.T.Context(), auth.Principal{ID: "acc_设计", Name: "设计", Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: Top, Subtree: true, Permissions: []string{catalogue.MayPublishItems.Name}}}})
	o, err := w.Items.Offer(ctx, District, Restaurant)
	w.Must(err)
	m, err := bpmn.Parse(bytes.NewReader(flow))
	w.Must(err)
	n := catalogue.NewFlow{Region: o.Region, Code: o.Code, Base: o.Version, Flow: flow, Offices: maps.Clone(o.Offices)}
	for _, t := range caseflow.UserTasks(m.Process("")) {
		org := t.Attrs["org"]
		if strings.HasPrefix(org, "${") {
			org = Lead
		}
		n.Steps = append(n.Steps, catalogue.Step{Element: t.ID, Name: catalogue.Text{Zh: t.Name}, Org: org, Limit: catalogue.Limit{Amount: 5, Unit: catalogue.Workdays}})
	}
	_, err = w.Items.PublishFlow(ctx, n)
	w.Must(err)
}
