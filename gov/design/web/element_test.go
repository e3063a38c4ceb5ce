package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tongban/platform/i18n"
)

// byHand is a flow with one element of every kind that cases use, as a foreign tool
// writes it: only drawn, nothing entered in.
const byHand = `<?xml version="1.0" encoding="UTF-8"?>
<!-- drawn elsewhere -->
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:other="urn:other" id="defs" targetNamespace="urn:x" other:built='by "other"'>
  <bpmn:process id="main" name="手画流程" isExecutable="true">
    <bpmn:laneSet id="lanes"><bpmn:lane id="lane"><bpmn:flowNodeRef>look</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="begin"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="look" other:colour = '#fff' ><bpmn:extensionElements><other:note>keep <![CDATA[<me>]]></other:note></bpmn:extensionElements></bpmn:userTask>
    <bpmn:boundaryEvent id="late" attachedToRef="look"><bpmn:timerEventDefinition id="late_d"/></bpmn:boundaryEvent>
    <bpmn:endEvent id="reminded"/>
    <bpmn:scriptTask id="count"/>
    <bpmn:businessRuleTask id="fee"/>
    <bpmn:exclusiveGateway id="which"/>
    <bpmn:callActivity id="review"/>
    <bpmn:subProcess id="inner"><bpmn:startEvent id="inner_begin"/><bpmn:userTask id="each"/><bpmn:endEvent id="inner_end"/><bpmn:sequenceFlow id="i1" sourceRef="inner_begin" targetRef="each"/><bpmn:sequenceFlow id="i2" sourceRef="each" targetRef="inner_end"/></bpmn:subProcess>
    <bpmn:boundaryEvent id="stuck" attachedToRef="inner"><bpmn:errorEventDefinition id="stuck_d"/></bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="noted" attachedToRef="inner"><bpmn:signalEventDefinition id="noted_d"/></bpmn:boundaryEvent><bpmn:endEvent id="known"/>
    <bpmn:sequenceFlow id="n1" sourceRef="noted" targetRef="known"/>
    <bpmn:intermediateThrowEvent id="tell"/>
    <bpmn:intermediateCatchEvent id="hear"><bpmn:messageEventDefinition id="hear_d"/></bpmn:intermediateCatchEvent>
    <bpmn:sendTask id="send"/>
    <bpmn:receiveTask id="wait"/>
    <bpmn:serviceTask id="copy"/>
    <bpmn:userTask id="decide"/>
    <bpmn:exclusiveGateway id="result"/>
    <bpmn:serviceTask id="yes"/>
    <bpmn:serviceTask id="no"/>
    <bpmn:endEvent id="done"/>
    <bpmn:endEvent id="refused"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="look"/>
    <bpmn:sequenceFlow id="f2" sourceRef="late" targetRef="reminded"/>
    <bpmn:sequenceFlow id="f3" sourceRef="look" targetRef="count"/>
    <bpmn:sequenceFlow id="f4" sourceRef="count" targetRef="fee"/>
    <bpmn:sequenceFlow id="f5" sourceRef="fee" targetRef="which"/>
    <bpmn:sequenceFlow id="f6" sourceRef="which" targetRef="review"/>
    <bpmn:sequenceFlow id="f7" sourceRef="which" targetRef="inner"/>
    <bpmn:sequenceFlow id="f8" sourceRef="review" targetRef="tell"/>
    <bpmn:sequenceFlow id="f9" sourceRef="inner" targetRef="tell"/>
    <bpmn:sequenceFlow id="f10" sourceRef="stuck" targetRef="no"/>
    <bpmn:sequenceFlow id="f11" sourceRef="tell" targetRef="hear"/>
    <bpmn:sequenceFlow id="f12" sourceRef="hear" targetRef="send"/>
    <bpmn:sequenceFlow id="f13" sourceRef="send" targetRef="wait"/>
    <bpmn:sequenceFlow id="f14" sourceRef="wait" targetRef="copy"/>
    <bpmn:sequenceFlow id="f15" sourceRef="copy" targetRef="decide"/>
    <bpmn:sequenceFlow id="f16" sourceRef="decide" targetRef="result"/>
    <bpmn:sequenceFlow id="f17" sourceRef="result" targetRef="yes"/>
    <bpmn:sequenceFlow id="f18" sourceRef="result" targetRef="no"/>
    <bpmn:sequenceFlow id="f19" sourceRef="yes" targetRef="done"/>
    <bpmn:sequenceFlow id="f20" sourceRef="no" targetRef="refused"/>
  </bpmn:process>
  <bpmn:process id="shared" isExecutable="true">
    <bpmn:startEvent id="s_begin"/><bpmn:userTask id="s_look"/><bpmn:endEvent id="s_end"/>
    <bpmn:sequenceFlow id="s1" sourceRef="s_begin" targetRef="s_look"/><bpmn:sequenceFlow id="s2" sourceRef="s_look" targetRef="s_end"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="d1"><bpmndi:BPMNPlane id="pl" bpmnElement="main">
    <bpmndi:BPMNShape id="look_di" bpmnElement="look" other:frame="thin"><dc:Bounds x="100.50" y="20" width="100" height="80"/></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
`

// entered is what is entered about each element, in this order.
var entered = []struct {
	element string
	values  map[string]string
}{
	{"main", map[string]string{"name": "手画的流程", "doc": "示例说明 & 依据"}},
	{"lane", map[string]string{"name": "窗口"}},
	{"begin", map[string]string{"name": "已受理"}},
	{"look", map[string]string{"name": "审查", "doc": "看材料", "org": "${department}", "post": "examiner", "limit": "5", "opinion": "yes", "operations": "return transfer", "groups": "shop"}},
	{"late", map[string]string{"name": "提醒", "timer": "timeDuration", "time": "4", "stops": ""}},
	{"count", map[string]string{"name": "算面积", "script": "float(area ?? 0) * 2", "result": "double"}},
	{"fee", map[string]string{"name": "查规模", "decision": "table_1", "result": "size"}},
	{"which", map[string]string{"name": "大吗", "default": "f7", "when.f6": `double > 300`}},
	{"f6", map[string]string{"name": "大"}},
	{"review", map[string]string{"name": "联审", "called": "shared", "in": "big = double > 500", "out": "checked = big"}},
	{"s_begin", map[string]string{"name": "联审开始"}},
	{"s_look", map[string]string{"name": "联审审查", "org": "${department}", "post": "examiner", "limit": "P3WD"}},
	{"each", map[string]string{"name": "${office.name}：看", "post": "examiner", "limit": "2", "loop": "parallel"}},
	{"each", map[string]string{"collection": "${partners}", "variable": "office", "completion": "60%", "counts": `outcome == "approve"`, "org": "${office.org}"}},
	{"inner_end", map[string]string{"event": "error"}},
	{"inner_end", map[string]string{"code": "nobody"}},
	{"stuck", map[string]string{"code": "nobody"}},
	{"tell", map[string]string{"event": "signal"}},
	{"noted", map[string]string{"signal": "都看过", "stops": ""}},
	{"tell", map[string]string{"signal": "都看过"}},
	{"hear", map[string]string{"event": "timer"}},
	{"hear", map[string]string{"timer": "timeDuration", "time": "PT8H"}},
	{"send", map[string]string{"message": "请派人"}},
	{"wait", map[string]string{"message": "请派人"}},
	{"copy", map[string]string{"service": "copy", "org": "${department}"}},
	{"decide", map[string]string{"name": "决定", "org": "${department}", "post": "decider", "limit": "2"}},
	{"result", map[string]string{"default": "f18", "when.f17": `decide_outcome == "approve"`}},
	{"yes", map[string]string{"service": "issue"}},
	{"no", map[string]string{"service": "refuse"}},
	{"done", map[string]string{"event": "terminate"}},
}

var asks = regexp.MustCompile(`name="has" value="([^"]+)"`)

// enter fills the form of an element in: with what stands in it and the values.
func (s *site) enter(element string, values map[string]string) {
	s.t.Helper()
	_, page := s.get(s.path + "/expert?element=" + element)
	form := url.Values{"element": {element}, "do": {"save"}}
	for _, m := range asks.FindAllStringSubmatch(page, -1) {
		if v, ok := values[m[1]]; ok {
			form.Add("has", m[1])
			for _, one := range strings.Fields(v) {
				if m[1] == "operations" || m[1] == "groups" {
					form.Add("e."+m[1], one)
				}
			}
			if !form.Has("e." + m[1]) {
				form.Set("e."+m[1], v)
			}
		}
	}
	if len(form["has"]) != len(values) {
		s.t.Errorf("%s: the form asks for %v only, not for all of %v", element, form["has"], values)
	}
	s.must(s.path+"/expert/element", form)
}

// TestElement_everyKind fills in every kind of element over HTTP, without scripts,
// until the drawing can be published; what it does not concern stays byte for byte.
func TestElement_everyKind(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.must(s.path+"/new-table", url.Values{"name": {"规模"}, "looks": {"area"}})
		s.must(s.path+"/tables/table_1", url.Values{"act": {"save"}, "r0.0.0": {"-"}, "r0.1.0": {"小"}})
		s.must(s.path+"/file", url.Values{"file": {byHand}})
		for _, f := range entered {
			s.enter(f.element, f.values)
		}
		if _, page := s.get(s.path + "/expert"); !strings.Contains(page, "没有问题，可以发布") {
			t.Errorf("%.1500s", page[strings.Index(page, `id="problems-h"`):])
		}
		_, file := s.get(s.path + "/flow.bpmn")
		for _, kept := range []string{"<!-- drawn elsewhere -->", `other:built='by "other"'`, `other:colour = '#fff'`, "<other:note>keep <![CDATA[<me>]]></other:note>",
			byHand[strings.Index(byHand, "  <bpmndi:BPMNDiagram"):]} {
			if !strings.Contains(file, kept) {
				t.Errorf("lost: %s", kept)
			}
		}
		for _, said := range []string{`tongban:limit="P5WD"`, `cancelActivity="false"`, ">P4WD<", "P4WD</", `default="f7"`, "${double &gt; 300}", `calledElement="shared"`, `sourceExpression="${double &gt; 500}" target="big"`,
			`tongban:completion="60%"`, `errorCode="nobody"`, `name="都看过"`, ">PT8H<", `implementation="copy"`, "<bpmn:terminateEventDefinition", "示例说明 &amp; 依据"} {
			if !strings.Contains(file, said) {
				t.Errorf("not written: %s\n%s", said, file)
			}
		}
		if strings.Count(file, `<bpmn:message `) != 1 {
			t.Error("a message is declared more than once")
		}
		// What stands in a form is what it sends back: nothing changes.
		for _, f := range entered {
			if f.element == "each" && f.values["loop"] != "" || f.values["event"] != "" {
				continue
			}
			s.enter(f.element, f.values)
		}
		if _, again := s.get(s.path + "/flow.bpmn"); again != file {
			t.Error("saving the same values changed the file")
		}
		s.publish(2)
	})
}

// TestElement_saysAtOnceWhatIsRefused: each refusal stands in the form of its
// element, in plain words, in both languages.
func TestElement_saysAtOnceWhatIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		flow := func(inside string) string {
			return `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tb="https://tongban.example/bpmn"><signal id="q"/><process id="p" isExecutable="true">
				<startEvent id="s"/><sequenceFlow id="a" sourceRef="s" targetRef="x"/>
				` + inside + `
				<sequenceFlow id="b" sourceRef="x" targetRef="e"/><endEvent id="e"/></process></definitions>`
		}
		for _, c := range []struct{ inside, element, zh, en string }{
			{`<complexGateway id="x"/>`, "x", "复杂网关不能运行", "Complex gateways cannot run"},
			{`<transaction id="x"/>`, "x", "事务不能运行", "Transactions cannot run"},
			{`<task id="x"/>`, "x", "没有写明由谁来办", "nobody is said to do it"},
			{`<serviceTask id="x" implementation="mail"/>`, "x", "办件里没有", "cases do not have"},
			{`<serviceTask id="x"/>`, "x", "请选择做什么", "choose what is done"},
			{`<userTask id="x" tb:post="boss" tb:limit="P1WD"/>`, "x", "boss", "boss"},
			{`<userTask id="x" tb:post="examiner" tb:limit="soon"/>`, "x", "P5WD", "P5WD"},
			{`<callActivity id="x" calledElement="elsewhere"/>`, "x", "elsewhere", "elsewhere"},
			{`<intermediateCatchEvent id="x"><timerEventDefinition id="d"><timeDuration>soon</timeDuration></timerEventDefinition></intermediateCatchEvent>`, "x", "时间长度看不懂", "no length of time"},
			{`<intermediateCatchEvent id="x"><signalEventDefinition id="d" signalRef="q"/></intermediateCatchEvent>`, "x", "信号", "signal"},
			{`<receiveTask id="x"/>`, "x", "加定时", "timer"},
			{`<scriptTask id="x" scriptFormat="groovy" tb:resultVariable="y"><script>1</script></scriptTask>`, "x", "编程语言写的脚本不能运行", "programming languages cannot run"},
		} {
			s.lang = i18n.Chinese
			s.must(s.path+"/file", url.Values{"file": {flow(c.inside)}})
			s.wantsFault(c.element, c.zh)
			s.lang = i18n.English
			s.wantsFault(c.element, c.en)
		}
	})
}

// wantsFault looks for words in the faults of an element's form.
func (s *site) wantsFault(element, want string) {
	s.t.Helper()
	_, page := s.get(s.path + "/expert?element=" + element)
	from, to := strings.Index(page, `id="element-h"`), strings.Index(page, `class="element-form"`)
	if from < 0 || to < from || !strings.Contains(page[from:to], want) {
		s.t.Errorf("%s: no %q in the form: %.600s", element, want, page[max(from, 0):max(to, 0)])
	}
}

// TestElement_onADrawingThatIsNotSaved: the form of an element and what is wrong
// with it come for the drawing in the browser; nothing is kept.
func TestElement_onADrawingThatIsNotSaved(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.must(s.path+"/file", url.Values{"file": {byHand}})
		// An editor writes everything anew and has moved a shape.
		anew := strings.NewReplacer("other:colour = '#fff' ", `other:colour="#fff"`, "<!-- drawn elsewhere -->", "", `x="100.50"`, `x="300"`).Replace(byHand)
		code, _, body := s.post(s.path+"/expert/element", url.Values{"element": {"look"}, "file": {anew}, "was": {byHand}, "do": {"try"}, "has": {"limit"}, "e.limit": {"7"}})
		m := regexp.MustCompile(`(?s)<textarea hidden data-file>(.*)</textarea>`).FindStringSubmatch(body)
		if code != http.StatusOK || m == nil {
			t.Fatalf("%d %s", code, body)
		}
		want := strings.Replace(byHand, `x="100.50"`, `x="300"`, 1)
		want = strings.Replace(want, `other:colour = '#fff'`, `other:colour = '#fff' tongban:limit="P7WD"`, 1)
		want = strings.Replace(want, `other:built='by "other"'`, `other:built='by "other"' xmlns:tongban="https://tongban.example/bpmn"`, 1)
		if got := html.UnescapeString(m[1]); got != want {
			t.Errorf("%s", got)
		}
		if _, file := s.get(s.path + "/flow.bpmn"); file != byHand {
			t.Error("the draft was changed")
		}
		if code, _, body := s.post(s.path+"/expert/element", url.Values{"element": {"gone"}, "file": {anew}, "do": {"show"}}); code != http.StatusOK || !strings.Contains(body, "选一个元素") {
			t.Errorf("an element that is gone: %d %s", code, body)
		}
	})
}
