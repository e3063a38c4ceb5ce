package bpmn

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

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
		{"call activity", frameXML(`<callActivity id="a"/>`), 6, `callActivity "a"`, "sub-process"},
		{"invented element", frameXML(`<robot id="a"/>`), 6, `robot "a"`, "not supported"},
		{"foreign element", frameXML(`<flowable:robot id="a"/>`), 6, `robot "a"`, "extensionElements"},
		{"no id", frameXML(`<userTask/>`), 6, "userTask", "no id"},
		{"id twice", frameXML(`<userTask id="a"/><userTask id="a"/>`), 6, `userTask "a"`, "same id"},
		{"never reached", frameXML(`<userTask id="a"/><userTask id="b"/>`), 6, `userTask "b"`, "never reached"},
		{"unknown target", frameXML(`<userTask id="a"/>` + flowXML("a", "nope")), 6, `sequenceFlow "a-nope"`, "nope"},
		{"two starts", frameXML(`<userTask id="a"/><startEvent id="s2"/>` + flowXML("s2", "a")), 6, `startEvent "s2"`, "second start"},
		{"message start", wrap(`<startEvent id="s"><messageEventDefinition/></startEvent>`), 5, "messageEventDefinition", "not supported"},
		{"error end", frameXML(`<userTask id="a"/><endEvent id="e2"><errorEventDefinition/></endEvent>` + flowXML("a", "e2")), 6, "errorEventDefinition", "not supported"},
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
		{"loop on sub-process", frameXML(`<subProcess id="a"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></subProcess>`), 6, "multiInstanceLoopCharacteristics", "user and service"},
		{"event sub-process", frameXML(`<subProcess id="a" triggeredByEvent="true"/>`), 6, `subProcess "a"`, "event sub-process"},
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
	utf8 := strings.Replace(graph(line), `name="a"`, `name="受理"`, 1)
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

// TestParse_corpus reads every model of a folder of other engines' tests: each
// is taken or refused with a place and a reason, and what is taken can start or
// says why not.
func TestParse_corpus(t *testing.T) {
	dir := os.Getenv("TONGBAN_BPMN_MODELS")
	if dir == "" {
		t.Skip("TONGBAN_BPMN_MODELS is not set: no foreign models were read")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no models in %s (%v)", dir, err)
	}
	taken, started := 0, 0
	reasons := map[string]int{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(bytes.NewReader(raw))
		if err != nil {
			var pe *ParseError
			if !errors.As(err, &pe) || pe.Line < 1 || pe.Element == "" || pe.Reason == "" {
				t.Errorf("%s: refused without a place: %v", filepath.Base(name), err)
				continue
			}
			kind, _, _ := strings.Cut(pe.Element, " ")
			reasons[kind+": "+pe.Reason]++
			continue
		}
		taken++
		p := m.Process("")
		in, _, err := new(Engine).Start(p, map[string]any{}, t0)
		if err == nil {
			started++
			walk(t, p, in)
		} else if !errors.Is(err, ErrExpression) && !errors.Is(err, ErrNoFlow) && !errors.Is(err, ErrTimer) {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
		if err := p.SVG(&bytes.Buffer{}, SVGOptions{}); err != nil {
			t.Errorf("%s: picture: %v", filepath.Base(name), err)
		}
	}
	t.Logf("%d models: %d taken, %d of them start without variables, %d refused", len(files), taken, started, len(files)-taken)
	var list []string
	for r, n := range reasons {
		list = append(list, fmt.Sprintf("%4d  %s", n, r))
	}
	sort.Sort(sort.Reverse(sort.StringSlice(list)))
	t.Log("\n" + strings.Join(list, "\n"))
}

// walk completes whatever is open, at most 200 times; it must not panic, and
// nothing may be open twice.
func walk(t *testing.T, p *Process, in *Instance) {
	t.Helper()
	e := new(Engine)
	for i := 0; i < 200 && !in.Ended(); i++ {
		var err error
		if open := in.Open(); len(open) > 0 {
			_, err = e.Complete(p, in, open[0].ID, nil, t0)
		} else if timers := in.Timers(); len(timers) > 0 {
			_, err = e.Fire(p, in, timers[0].ID, t0)
		} else {
			if len(in.Stuck()) == 0 {
				t.Errorf("%s: nothing is open and nothing is stuck", p.ID)
			}
			return
		}
		if err != nil {
			return // expressions over variables that the model's own test would set
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(graph(line))
	f.Add(graph(parallel))
	f.Add(graph(watched))
	f.Add(countersign(`flowable:collection="depts"`, "<completionCondition>a</completionCondition>"))
	f.Add(strings.Replace(wrap(nested), "%s", "<terminateEventDefinition/>", 1))
	f.Fuzz(func(t *testing.T, s string) {
		slow := time.AfterFunc(5*time.Second, func() { panic("takes more than five seconds") })
		defer slow.Stop()
		m, err := Parse(strings.NewReader(s))
		if err != nil {
			var pe *ParseError
			if !errors.As(err, &pe) || pe.Line < 1 || pe.Element == "" || pe.Reason == "" {
				t.Fatalf("refused without a place: %v", err)
			}
			return
		}
		for _, p := range m.Processes() {
			if in, _, err := new(Engine).Start(p, nil, t0); err == nil {
				walk(t, p, in)
			}
			if err := p.SVG(&bytes.Buffer{}, SVGOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
