package bpmn

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// picture draws a file of testdata in the middle of its life.
func picture(t *testing.T, name string, o SVGOptions, play ...string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	y := start(t, string(raw), nil)
	for _, el := range play {
		y.do(el, nil)
	}
	o.States = y.in.Progress(y.p)
	var b bytes.Buffer
	if err := y.p.SVG(&b, o); err != nil {
		t.Fatal(err)
	}
	if to := os.Getenv("TONGBAN_BPMN_PICTURES"); to != "" {
		if err := os.WriteFile(to+"/"+name+".svg", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestSVG_states(t *testing.T) {
	svg := picture(t, "permit.bpmn", SVGOptions{ID: "x", Desc: "3 < 8 & 'so'", Words: map[string]string{StateActive: "正在办理"}}, "accept", "planning")
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
	for _, want := range []string{`role="img"`, `aria-labelledby="x-title x-desc"`, `<title id="x-title">示例：多部门联合审查</title>`, `3 &lt; 8 &amp; &#39;so&#39;`,
		`class="bpmn-userTask is-done" data-id="accept"`, `class="bpmn-userTask is-active" data-id="fire"`, `class="bpmn-userTask is-idle" data-id="sign"`,
		`class="bpmn-sequenceFlow is-done" data-id="f3"`, `class="bpmn-sequenceFlow is-idle" data-id="f4"`, `消防部门审查 · 正在办理`} {
		if !strings.Contains(svg, want) {
			t.Errorf("lacks %s", want)
		}
	}
	for _, bad := range []string{"<script", "style=", "<style", "href", "NaN", "Inf"} {
		if strings.Contains(svg, bad) {
			t.Errorf("holds %s", bad)
		}
	}
}

// TestSVG_fromDiagram keeps the places of the file, and lays out when one is missing.
func TestSVG_fromDiagram(t *testing.T) {
	shape := func(id string, x, y, w, h int) string {
		return fmt.Sprintf(`<di:BPMNShape bpmnElement="%s"><dc:Bounds x="%d" y="%d" width="%d" height="%d"/></di:BPMNShape>`, id, x, y, w, h)
	}
	di := `<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:w="http://www.omg.org/spec/DD/20100524/DI"><di:BPMNPlane bpmnElement="p">` +
		shape("s", 1000, 500, 36, 36) + shape("a", 1100, 470, 100, 80) + shape("b", 1300, 470, 100, 80) + "%s" +
		`<di:BPMNEdge bpmnElement="f4"><w:waypoint x="1036" y="518"/><w:waypoint x="1100" y="511"/></di:BPMNEdge></di:BPMNPlane></di:BPMNDiagram></definitions>`
	for last, want := range map[string][]string{
		shape("e", 1500, 500, 36, 36): {`<rect x="1100" y="470" width="100" height="80"`, `d="M1036 518 L1100 511"`, `d="M1200 510 L1300 510"`},
		"":                            {`<rect x="80" y="0" width="128" height="76"`},
	} {
		src := strings.Replace(graph(line), "</definitions>", strings.Replace(di, "%s", last, 1), 1)
		var b bytes.Buffer
		if err := parse(t, src).SVG(&b, SVGOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("lacks %s in\n%s", w, b.String())
			}
		}
	}
}
