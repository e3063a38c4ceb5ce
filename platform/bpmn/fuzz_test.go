package bpmn

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// FuzzParse feeds broken files: each is refused with a place and a reason, or
// can be drawn and played without panic and without end.
func FuzzParse(f *testing.F) {
	f.Add(graph(line))
	f.Add(graph(parallel))
	f.Add(graph(watched))
	f.Add(countersign(`flowable:collection="depts"`, "<completionCondition>a</completionCondition>"))
	f.Add(strings.Replace(wrap(nested), "%s", "<terminateEventDefinition/>", 1))
	f.Add(file(refs, process("p", errorsXML)))
	f.Add(places[6].src)
	f.Add(timed())
	f.Fuzz(func(t *testing.T, s string) {
		slow := time.AfterFunc(5*time.Second, func() { panic("takes more than five seconds") })
		defer slow.Stop()
		if m, err := Read(strings.NewReader(s)); err == nil {
			for _, p := range m.Drawings() {
				if err := p.SVG(&bytes.Buffer{}, SVGOptions{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		m, err := Parse(strings.NewReader(s))
		if err != nil {
			var pe *ParseError
			if !errors.As(err, &pe) || pe.Line < 1 || pe.Element == "" || pe.Reason == "" {
				t.Fatalf("refused without a place: %v", err)
			}
			return
		}
		for _, p := range m.Processes() {
			for _, eager := range []bool{false, true} {
				if out, why := playOut(p, shelf{}, nil, eager); out == "broken" && !strings.Contains(why, "bpmn.") {
					t.Fatal(why)
				}
			}
			if err := p.SVG(&bytes.Buffer{}, SVGOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
