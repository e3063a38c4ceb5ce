package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const dmnHead = `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">` + "\n"

// files are the models that the tests check, by name.
var flowFixtures = map[string]string{
	"good.bpmn": `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true">
<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="t"/><sequenceFlow id="b" sourceRef="t" targetRef="e"/></process></definitions>`,
	"bad.bpmn": `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true">
<startEvent id="s"/>
<userTask id="t"/></process></definitions>`,
	"good.dmn": dmnHead + `<decision id="d" name="Fee"><variable name="Fee"/><literalExpression><text>1 + 1</text></literalExpression></decision></definitions>`,
	"bad.dmn": dmnHead + `<decision id="d" name="Fee"><variable name="Fee"/><literalExpression>
<text>1 + </text></literalExpression></decision></definitions>`,
	"gap.dmn": dmnHead + `<inputData id="a" name="Area"><variable name="Area" typeRef="number"/></inputData>
<decision id="d" name="Fee"><variable name="Fee"/><informationRequirement><requiredInput href="#a"/></informationRequirement>
<decisionTable><input><inputExpression typeRef="number"><text>Area</text></inputExpression></input><output/>
<rule><inputEntry><text>&lt; 10</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision></definitions>`,
	"stuck.bpmn": `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true">
<startEvent id="s"/><exclusiveGateway id="x"/><userTask id="t"/><userTask id="u"/>
<parallelGateway id="j"/><endEvent id="e"/>
<sequenceFlow id="a" sourceRef="s" targetRef="x"/><sequenceFlow id="b" sourceRef="x" targetRef="t"><conditionExpression>${k}</conditionExpression></sequenceFlow>
<sequenceFlow id="c" sourceRef="x" targetRef="u"><conditionExpression>${l}</conditionExpression></sequenceFlow>
<sequenceFlow id="d" sourceRef="t" targetRef="j"/><sequenceFlow id="f" sourceRef="u" targetRef="j"/><sequenceFlow id="g" sourceRef="j" targetRef="e"/></process></definitions>`,
	"untold.xml": dmnHead + `<decision id="d" name="Fee"/></definitions>`,
	"text.bpmn":  "nothing",
}

func flowFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range flowFixtures {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// tongban runs the command and gives what it prints and its exit status.
func tongban(t *testing.T, args ...string) (string, int) {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = out
	err = run(context.Background(), args)
	os.Stdout = stdout
	text, _ := os.ReadFile(out.Name())
	out.Close()
	var code exit
	switch {
	case errors.As(err, &code):
		return string(text), int(code)
	case err != nil:
		return string(text) + err.Error(), 1
	}
	return string(text), 0
}

func TestFlowCheck_saysWhereAndWhy(t *testing.T) {
	dir := flowFolder(t)
	for _, c := range []struct {
		file   string
		status int
		says   []string
	}{
		{"good.bpmn", 0, []string{"good.bpmn: deploys\n"}},
		{"good.dmn", 0, []string{"good.dmn: deploys\n"}},
		{"bad.bpmn", 3, []string{"bad.bpmn:2: startEvent \"s\": "}},
		{"bad.dmn", 3, []string{"bad.dmn:3: literalExpression in decision \"Fee\": ", "a value is missing"}},
		{"gap.dmn", 0, []string{"gap.dmn: deploys\n", "gap.dmn: warning: decision \"Fee\": 1 combination has no result, such as Area >= 10\n"}},
		{"stuck.bpmn", 0, []string{"stuck.bpmn: deploys\n", "stuck.bpmn:3: warning: parallelGateway \"j\": can wait for ever"}},
		{"untold.xml", 3, []string{"decision \"Fee\": has no logic"}},
		{"text.bpmn", 3, []string{"text.bpmn:1: document: "}},
	} {
		out, status := tongban(t, "flow", "check", filepath.Join(dir, c.file))
		if status != c.status {
			t.Errorf("%s: exit status %d, want %d\n%s", c.file, status, c.status, out)
		}
		for _, s := range c.says {
			if !strings.Contains(out, s) {
				t.Errorf("%s: no %q in\n%s", c.file, s, out)
			}
		}
	}
}

func TestFlowCheck_json(t *testing.T) {
	dir := flowFolder(t)
	out, status := tongban(t, "flow", "check", "--json", filepath.Join(dir, "bad.dmn"), filepath.Join(dir, "gap.dmn"))
	var got []flowReport
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	if status != 3 || len(got) != 2 || got[0].Deploys || got[0].Problems[0].Line != 3 || got[0].Kind != "dmn" || !got[1].Deploys || len(got[1].Warnings) != 1 || got[1].Warnings[0].Kind != "gap" {
		t.Errorf("status %d, %+v", status, got)
	}
}

// TestFlowCheck_strict makes warnings fail a script that wants none.
func TestFlowCheck_strict(t *testing.T) {
	dir := flowFolder(t)
	for file, want := range map[string]int{"good.bpmn": 0, "good.dmn": 0, "stuck.bpmn": 4, "gap.dmn": 4, "bad.bpmn": 3} {
		if out, status := tongban(t, "flow", "check", "--strict", filepath.Join(dir, file)); status != want {
			t.Errorf("%s: status %d, want %d\n%s", file, status, want, out)
		}
	}
}

func TestFlowCheck_folderAndUsage(t *testing.T) {
	dir := flowFolder(t)
	out, status := tongban(t, "flow", "check", dir)
	if status != 3 || !strings.HasSuffix(out, "7 files, 3 refused\n") {
		t.Errorf("status %d\n%s", status, out)
	}
	for _, args := range [][]string{{"flow"}, {"flow", "check"}, {"flow", "draw", dir}, {"flow", "check", filepath.Join(dir, "nothing.bpmn")}, {"flow", "check", t.TempDir()}} {
		if out, status := tongban(t, args...); status != 1 || out == "" {
			t.Errorf("%v: status %d, %q", args, status, out)
		}
	}
}

// Models that import each other are found in any order.
func TestFlowCheck_imports(t *testing.T) {
	dir := t.TempDir()
	lib := `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="lib" namespace="urn:lib"><businessKnowledgeModel id="k" name="double"><variable name="double"/><encapsulatedLogic><formalParameter name="x"/><literalExpression><text>2 * x</text></literalExpression></encapsulatedLogic></businessKnowledgeModel></definitions>`
	use := `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="use" namespace="urn:use"><import name="lib" namespace="urn:lib" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/><decision id="d" name="D"><variable name="D"/><knowledgeRequirement><requiredKnowledge href="urn:lib#k"/></knowledgeRequirement><literalExpression><text>lib.double(3)</text></literalExpression></decision></definitions>`
	for name, body := range map[string]string{"a.dmn": use, "b.dmn": lib} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, status := tongban(t, "flow", "check", filepath.Join(dir, "a.dmn"), filepath.Join(dir, "b.dmn")); status != 0 {
		t.Errorf("together: status %d\n%s", status, out)
	}
	if out, status := tongban(t, "flow", "check", filepath.Join(dir, "a.dmn")); status != 3 {
		t.Errorf("alone: status %d\n%s", status, out)
	}
}

// A flow that runs in the engine and not in a case is refused with --cases; the
// tables that it asks may stand beside it.
func TestFlowCheck_cases(t *testing.T) {
	dir := flowFolder(t)
	flow := `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true">
<startEvent id="s"/><businessRuleTask id="fee" implementation="d"/>
<serviceTask id="mail" implementation="mail"/><endEvent id="e"/>
<sequenceFlow id="a" sourceRef="s" targetRef="fee"/><sequenceFlow id="b" sourceRef="fee" targetRef="mail"/><sequenceFlow id="c" sourceRef="mail" targetRef="e"/></process></definitions>`
	file, table := filepath.Join(dir, "case.bpmn"), filepath.Join(dir, "good.dmn")
	if err := os.WriteFile(file, []byte(flow), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := tongban(t, "flow", "check", file, table); code != 0 || !strings.Contains(out, "deploys") {
		t.Errorf("in the engine: %d %s", code, out)
	}
	if out, code := tongban(t, "flow", "check", "--cases", file, table); code != 3 || !strings.Contains(out, `needs service "mail"`) || strings.Contains(out, "decision") {
		t.Errorf("in a case: %d %s", code, out)
	}
	if out, code := tongban(t, "flow", "check", "--cases", file); code != 3 || !strings.Contains(out, `needs decision "d"`) {
		t.Errorf("without its table: %d %s", code, out)
	}
}
