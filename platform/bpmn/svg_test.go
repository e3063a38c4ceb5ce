package bpmn

import (
	"bytes"
	"encoding/xml"
	"errors"
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
