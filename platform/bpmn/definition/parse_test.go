package definition

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

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

func parse(t testing.TB, xml string) *Process {
	t.Helper()
	m, err := Parse(strings.NewReader(xml))
	if err != nil {
		t.Fatalf("parse: %v\n%s", err, xml)
	}
	return m.Process("")
}

// plain is a process around one task named a.
var plain = frameXML("<userTask id=\"a\" name=\"a\"/>")

func flowXML(from, to string) string {
	return fmt.Sprintf(`<sequenceFlow id="%s-%s" sourceRef="%s" targetRef="%s"/>`, from, to, from, to)
}

// frameXML is a process around one element "a", which stands on line 6.
func frameXML(middle string) string {
	return wrap("<startEvent id=\"s\"/>\n" + middle + "\n<endEvent id=\"e\"/>" + flowXML("s", "a") + flowXML("a", "e"))
}

func TestParse_refuses(t *testing.T) {
	cases := []struct {
		name, xml string
		line      int // 0: anywhere
		element   string
		reason    string // part of it
	}{
		{"not XML", "<a><b></a>", 1, "document", "well-formed"},
		{"empty", "", 1, "document", "empty"},
		{"other XML", "<html/>", 1, "html", "definitions"},
		{"no process", `<definitions xmlns="` + nsModel + `"/>`, 1, "definitions", "no executable process"},
		{"drawing only", `<definitions xmlns="` + nsModel + `"><process id="p" isExecutable="false"/></definitions>`, 1, "definitions", "isExecutable"},
		{"no start", wrap(`<userTask id="a"/>` + flowXML("a", "a")), 4, `process "p"`, "no start event"},
		{"plain task", frameXML(`<task id="a"/>`), 6, `task "a"`, "user, service"},
		{"call activity", frameXML(`<callActivity id="a"/>`), 6, `callActivity "a"`, "which process"},
		{"invented element", frameXML(`<robot id="a"/>`), 6, `robot "a"`, "not supported"},
		{"foreign element", frameXML(`<flowable:robot id="a"/>`), 6, `robot "a"`, "extensionElements"},
		{"id twice", frameXML(`<userTask id="a"/><userTask id="a"/>`), 6, `userTask "a"`, "same id"},
		{"never reached", frameXML(`<userTask id="a"/><userTask id="b"/>`), 6, `userTask "b"`, "never reached"},
		{"unknown target", frameXML(`<userTask id="a"/>` + flowXML("a", "nope")), 6, `sequenceFlow "a-nope"`, "nope"},
		{"two starts", frameXML(`<userTask id="a"/><startEvent id="s2"/>` + flowXML("s2", "a")), 6, `startEvent "s2"`, "second start"},
		{"message without name", wrap(`<startEvent id="s"><messageEventDefinition/></startEvent>`), 5, "messageEventDefinition", "does not name"},
		{"unknown message", wrap(`<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>`), 5, "messageEventDefinition", "does not exist"},
		{"error start", wrap(`<startEvent id="s"><errorEventDefinition/></startEvent><endEvent id="e"/>` + flowXML("s", "e")), 5, `startEvent "s"`, "event sub-processes only"},
		{"compensation", frameXML(`<userTask id="a"/><boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>`), 6, "compensateEventDefinition", "way back"},
		{"transaction", frameXML(`<transaction id="a"/>`), 6, `transaction "a"`, "compensation"},
		{"complex gateway", frameXML(`<complexGateway id="a"/>`), 6, `complexGateway "a"`, "inclusive"},
		{"link to nowhere", frameXML(`<userTask id="a"/><intermediateThrowEvent id="l"><linkEventDefinition name="x"/></intermediateThrowEvent>` + flowXML("a", "l")), 6, `intermediateThrowEvent "l"`, "no catching end"},
		{"event gateway to a task", frameXML(`<eventBasedGateway id="a"/><userTask id="u"/>` + flowXML("a", "u") + flowXML("u", "e")), 6, `sequenceFlow "a-u"`, "waits for nothing"},
		{"error that does not interrupt", frameXML(`<userTask id="a"/><boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><errorEventDefinition/></boundaryEvent>`), 6, `boundaryEvent "b"`, "always interrupts"},
		{"event sub-process with a flow", frameXML(`<userTask id="a"/><subProcess id="x" triggeredByEvent="true"/>` + flowXML("a", "x")), 6, `subProcess "x"`, "only its event"},
		{"event sub-process without event", frameXML(`<userTask id="a"/><subProcess id="x" triggeredByEvent="true"><startEvent id="s2"/><endEvent id="e2"/>` + flowXML("s2", "e2") + `</subProcess>`), 6, `startEvent "s2"`, "does not say what starts"},
		{"loop without condition", frameXML(`<userTask id="a"><standardLoopCharacteristics/></userTask>`), 6, "standardLoopCharacteristics", "loopCondition"},
		{"completion of nobody", frameXML(`<userTask id="a"><multiInstanceLoopCharacteristics tongban:completion="0%"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>`), 6, "multiInstanceLoopCharacteristics", "0%"},
		{"error end", frameXML(`<userTask id="a"/><endEvent id="e2"><errorEventDefinition/></endEvent>` + flowXML("a", "e2")), 6, "errorEventDefinition", "which error"},
		{"boundary on nothing", frameXML(`<userTask id="a"/><boundaryEvent id="b" attachedToRef="zz"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>`), 6, `boundaryEvent "b"`, "zz"},
		{"bad duration", frameXML(`<intermediateCatchEvent id="a"><timerEventDefinition><timeDuration>PT1X</timeDuration></timerEventDefinition></intermediateCatchEvent>`), 6, "timeDuration", "PT1X"},
		{"cron", frameXML(`<userTask id="a"/><boundaryEvent id="b" attachedToRef="a"><timerEventDefinition><timeCycle>0 0 8 * * ?</timeCycle></timerEventDefinition></boundaryEvent>`), 6, "timeCycle", "R3/PT10M"},
		{"condition syntax", frameXML(`<userTask id="a"/><exclusiveGateway id="x"/>` + flowXML("a", "x") + "\n" +
			`<sequenceFlow id="c" sourceRef="x" targetRef="e"><conditionExpression>${a &gt; }</conditionExpression></sequenceFlow>`), 7, `sequenceFlow "c"`, "a > "},
		{"gateway flow without condition", frameXML(`<exclusiveGateway id="a"/><userTask id="b"/>` + flowXML("a", "b")), 0, `sequenceFlow "a-b"`, "condition"},
		{"default elsewhere", frameXML(`<userTask id="a" default="s-a"/>`), 6, `userTask "a"`, "default"},
		{"service without implementation", frameXML(`<serviceTask id="a"/>`), 6, `serviceTask "a"`, "implementation"},
		{"groovy", frameXML(`<scriptTask id="a" scriptFormat="groovy"><script>x</script></scriptTask>`), 6, `scriptTask "a"`, "groovy"},
		{"script without variable", frameXML(`<scriptTask id="a"><script>1</script></scriptTask>`), 6, `scriptTask "a"`, "resultVariable"},
		{"listener", frameXML("<userTask id=\"a\"><extensionElements>\n<flowable:taskListener class=\"x\"/></extensionElements></userTask>"), 7, "taskListener", "code"},
		{"skip expression", frameXML(`<userTask id="a" flowable:skipExpression="${x}"/>`), 6, `userTask "a"`, "skipExpression"},
		{"attribute syntax", frameXML(`<userTask id="a" flowable:assignee="${x +}"/>`), 6, `userTask "a"`, "assignee"},
		{"loop without anything", frameXML(`<userTask id="a"><multiInstanceLoopCharacteristics/></userTask>`), 6, "multiInstanceLoopCharacteristics", "collection"},
		{"sub-process without start", frameXML(`<subProcess id="a"/>`), 6, `subProcess "a"`, "start"},
		{"flow across the border", frameXML(`<subProcess id="a"><startEvent id="s2"/><endEvent id="e2"/>` + flowXML("s2", "e2") + flowXML("s2", "e") + `</subProcess>`), 6, `sequenceFlow "s2-e"`, "border"},
		{"condition in another language", frameXML(`<userTask id="a"/><sequenceFlow id="c" sourceRef="a" targetRef="e"><conditionExpression language="groovy">a</conditionExpression></sequenceFlow>`), 6, `sequenceFlow "c"`, "groovy"},
		{"two tokens at once", frameXML(`<userTask id="a" completionQuantity="2"/>`), 6, `userTask "a"`, "completionQuantity"},
		{"data in", frameXML(`<userTask id="a"><ioSpecification/></userTask>`), 6, "ioSpecification", "variables"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(strings.NewReader(c.xml))
			var pe *ParseError
			if !errors.As(err, &pe) {
				t.Fatalf("got %v", err)
			}
			if c.line != 0 && pe.Line != c.line || pe.Element != c.element || !strings.Contains(pe.Reason, c.reason) {
				t.Errorf("got line %d, %s, %q\nwant line %d, %s, …%s…", pe.Line, pe.Element, pe.Reason, c.line, c.element, c.reason)
			}
		})
	}
}

func TestParse_keepsWhatItRead(t *testing.T) {
	src := wrap(`<startEvent id="s" flowable:formKey="apply"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>
<userTask id="a" name="受理" flowable:candidateGroups="desk" tongban:limit="P5WD"><documentation>看材料</documentation>
<extensionElements><tongban:properties><tongban:property name="rights" value="write"/></tongban:properties></extensionElements></userTask>
<sequenceFlow id="g" sourceRef="a" targetRef="e"/><endEvent id="e"/>
<laneSet><lane id="l" name="窗口"><flowNodeRef>a</flowNodeRef></lane></laneSet>`)
	m, err := Parse(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.XML(), []byte(src)) {
		t.Error("XML differs")
	}
	if m.Process("nope") != nil || m.Process("p") == nil || len(m.Processes()) != 1 {
		t.Error("Process")
	}
	p := m.Process("")
	d := p.UserTasks()[0]
	if d.Name != "受理" || d.Documentation != "看材料" || d.Lane != "窗口" || d.Attrs["candidateGroups"] != "desk" || d.Attrs["limit"] != "P5WD" || d.Attrs["rights"] != "write" {
		t.Errorf("%+v", d)
	}
	if p.StartAttrs()["formKey"] != "apply" {
		t.Error("start form")
	}
}

func TestParse_encodings(t *testing.T) {
	utf8 := strings.Replace(plain, `name="a"`, `name="受理"`, 1)
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.Replace(utf8, "UTF-8", "GBK", 1))
	if err != nil {
		t.Fatal(err)
	}
	if d := parse(t, gbk).UserTasks()[0]; d.Name != "受理" {
		t.Errorf("%q", d.Name)
	}
	if _, err := Parse(strings.NewReader(strings.Replace(utf8, "UTF-8", "Klingon", 1))); err == nil || !strings.Contains(err.Error(), "Klingon") {
		t.Error(err)
	}
}

// TestParse_namesWhatHasNone gives names to elements and flows without id, which
// the standard allows.
func TestParse_namesWhatHasNone(t *testing.T) {
	p := parse(t, wrap(`<startEvent id="s"/><userTask id="a"/><endEvent id="e"/>`+flowXML("a", "e")+`<sequenceFlow sourceRef="s" targetRef="a"/>
<subProcess triggeredByEvent="true"><startEvent id="s2"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></startEvent><endEvent id="e2"/>`+flowXML("s2", "e2")+`</subProcess>`))
	if el := p.Element("subProcess-4"); el == nil || len(p.Triggers) != 1 || p.Triggers[0].Parent != el {
		t.Errorf("%+v", p.Elements)
	}
}

// TestRead_drawings keeps what cannot run, with its picture.
func TestRead_drawings(t *testing.T) {
	src := strings.Replace(wrap(`<startEvent id="s"/><task id="a"/><complexGateway id="x"/><transaction id="tx"/>`+flowXML("s", "a")+flowXML("a", "nowhere")), `isExecutable="true"`, `isExecutable="false"`, 1)
	if _, err := Parse(strings.NewReader(src)); err == nil {
		t.Error("a drawing was taken for a process that runs")
	}
	m, err := Read(strings.NewReader(src))
	if err != nil || len(m.Processes()) != 0 || len(m.Drawings()) != 1 || len(m.Drawings()[0].Elements) != 4 || string(m.XML()) != src {
		t.Fatalf("%v %+v", err, m)
	}
	var b bytes.Buffer
	if err := m.Drawings()[0].SVG(&b, SVGOptions{}); err != nil || !strings.Contains(b.String(), "bpmn-complexGateway") {
		t.Error(err)
	}
}

// TestExpressions_ofOtherTools runs what JUEL, FEEL and Flowable's functions mean.
func TestExpressions_ofOtherTools(t *testing.T) {
	vars := map[string]any{"a": 3, "s": "x", "list": []any{}, "yes": true}
	for text, want := range map[string]any{
		"${a eq 3 && s ne 'y'}": true, "${a gt 2 and a le 3}": true, "${a mod 2}": 1, "${!yes}": false, "${!missing}": true,
		"${empty list}": true, "${!empty s}": true, "${var:get(a) == 3}": true, "${vars:getOrDefault(b, 7)}": 7, "${var:lt('a', 4)}": true,
		"${variables:base64(s)}": "eA==", "${var:isNotEmpty(s)}": true, "= a = 3 and s = \"x\"": true, "= not(yes)": false, "=if a > 2 then 1 else 2": 1, "= a == 3": true, "= some x in [1, 2] satisfies x > 1": true, "=sum([1, 2, a])": 6, "= missing > 3": nil,
		"${s == 'a eq b'}": false, "= s != null": true,
	} {
		x, err := Compile(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if v, err := x.Run(vars); err != nil || v != want {
			t.Errorf("%s gives %v %v, want %v", text, v, err, want)
		}
	}
	for _, text := range []string{"${task:get(x)}", "= some x in", "${}"} {
		if _, err := Compile(text); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}
