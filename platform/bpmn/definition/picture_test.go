package definition

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

// everything holds every element once, without places, so that it is laid out.
const everything = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="https://tongban.example/bpmn">
<message id="m" name="材料"/><signal id="g" name="警报"/><error id="x" errorCode="E"/><escalation id="c" escalationCode="C"/>
<process id="p" name="示例：全部元素"><startEvent id="s" name="收到"><messageEventDefinition messageRef="m"/></startEvent>
<userTask id="u" name="审查"><standardLoopCharacteristics loopMaximum="3"/></userTask><boundaryEvent id="b1" attachedToRef="u" cancelActivity="false" name="催办"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>
<serviceTask id="sv" name="核验" t:implementation="x"/><boundaryEvent id="b2" attachedToRef="sv" name="出错"><errorEventDefinition errorRef="x"/></boundaryEvent>
<businessRuleTask id="br" name="判定" t:implementation="y"/><sendTask id="sd" name="通知" messageRef="m"/><receiveTask id="rc" name="等回执" messageRef="m"/><manualTask id="mn" name="现场"/><scriptTask id="sc" name="计算" t:resultVariable="v"><script>1</script></scriptTask>
<callActivity id="ca" name="联合踏勘" calledElement="other"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></callActivity><boundaryEvent id="b3" attachedToRef="ca" cancelActivity="false" name="升级"><escalationEventDefinition escalationRef="c"/></boundaryEvent>
<eventBasedGateway id="eg" name="先到先办"/><intermediateCatchEvent id="i1" name="答复"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><intermediateCatchEvent id="i2" name="警报"><signalEventDefinition signalRef="g"/></intermediateCatchEvent><intermediateCatchEvent id="i3" name="三天"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></intermediateCatchEvent><intermediateCatchEvent id="i4" name="条件"><conditionalEventDefinition><condition>a</condition></conditionalEventDefinition></intermediateCatchEvent>
<exclusiveGateway id="xg"/><intermediateThrowEvent id="t1" name="发信号"><signalEventDefinition signalRef="g"/></intermediateThrowEvent><intermediateThrowEvent id="t2" name="上报"><escalationEventDefinition escalationRef="c"/></intermediateThrowEvent><intermediateThrowEvent id="t3" name="转下页"><linkEventDefinition name="L"/></intermediateThrowEvent><intermediateCatchEvent id="t4" name="接上页"><linkEventDefinition name="L"/></intermediateCatchEvent>
<subProcess id="sub" name="核查"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics><startEvent id="ss"/><userTask id="su" name="到场"/><endEvent id="se" name="失败"><errorEventDefinition errorRef="x"/></endEvent><sequenceFlow id="q1" sourceRef="ss" targetRef="su"/><sequenceFlow id="q2" sourceRef="su" targetRef="se"/></subProcess><boundaryEvent id="b4" attachedToRef="sub"><errorEventDefinition/></boundaryEvent>
<subProcess id="es" name="撤回" triggeredByEvent="true"><startEvent id="es1" isInterrupting="false"><signalEventDefinition signalRef="g"/></startEvent><endEvent id="es2"><terminateEventDefinition/></endEvent><sequenceFlow id="q3" sourceRef="es1" targetRef="es2"/></subProcess>
<endEvent id="e1" name="告知"><messageEventDefinition messageRef="m"/></endEvent><endEvent id="e2"><signalEventDefinition signalRef="g"/></endEvent><endEvent id="e3"><escalationEventDefinition escalationRef="c"/></endEvent><endEvent id="e4"/>
FLOWS</process></definitions>`

func TestSVG_everyElement(t *testing.T) {
	var flows strings.Builder
	for _, f := range strings.Fields("s>u u>sv sv>br br>sd sd>rc rc>mn mn>sc sc>ca ca>eg eg>i1 eg>i2 eg>i3 eg>i4 i1>xg i2>xg i3>xg i4>xg xg>t1 t1>t2 t2>t3 t4>sub sub>e1 b1>e2 b2>e3 b3>e4") {
		from, to, _ := strings.Cut(f, ">")
		flows.WriteString(`<sequenceFlow id="` + from + "-" + to + `" sourceRef="` + from + `" targetRef="` + to + `"/>`)
	}
	p := parse(t, strings.Replace(everything, "FLOWS", flows.String(), 1))
	var b bytes.Buffer
	if err := p.SVG(&b, SVGOptions{States: map[string]string{"s": StateDone, "u": StateDone, "sv": StateActive}}); err != nil {
		t.Fatal(err)
	}
	if to := os.Getenv("TONGBAN_BPMN_PICTURES"); to != "" {
		if err := os.WriteFile(to+"/everything.svg", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for d := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, el := range p.Elements {
		if !strings.Contains(b.String(), `class="bpmn-`+el.Kind.String()) || !strings.Contains(b.String(), `data-id="`+el.ID+`"`) {
			t.Errorf("%s %s is not drawn", el.Kind, el.ID)
		}
	}
	var needs []string
	for _, n := range p.Needs() {
		needs = append(needs, n.Element+" "+n.Kind)
		if n.Line < 1 || n.Name == "" {
			t.Errorf("%+v", n)
		}
	}
	if got := strings.Join(needs, ", "); got != "s start, sv service, br decision, sd message out, rc message in, ca call, i1 message in, i2 signal, i4 condition, t1 signal, es1 signal, e1 message out, e2 signal" {
		t.Error(got)
	}
	for _, bad := range []string{"NaN", "Inf", "<script", "style="} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("holds %s", bad)
		}
	}
}
