package bpmn

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// benchmarkLife runs whole instances; with store it goes through JSON after
// every operation, as a caller with a database does.
func benchmarkLife(b *testing.B, text string, store bool) {
	p := parse(b, graph(text))
	e := new(Engine)
	bytes := 0
	b.ReportAllocs()
	for b.Loop() {
		in, _, err := e.Start(p, map[string]any{"approved": true}, t0)
		if err != nil {
			b.Fatal(err)
		}
		for !in.Ended() {
			if store {
				raw, err := json.Marshal(in)
				if err != nil {
					b.Fatal(err)
				}
				bytes = max(bytes, len(raw))
				in = new(Instance)
				if err := json.Unmarshal(raw, in); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := e.Complete(p, in, in.Open()[0].ID, nil, t0); err != nil {
				b.Fatal(err)
			}
		}
	}
	if store {
		b.ReportMetric(float64(bytes), "stored-bytes")
	}
}

func fiveTasks() string {
	s := "start s\nend e\ns -> t1\nt5 -> e"
	for i := 1; i <= 5; i++ {
		s += fmt.Sprintf("\nuser t%d", i)
		if i > 1 {
			s += fmt.Sprintf("\nt%d -> t%d", i-1, i)
		}
	}
	return s
}

const threeWays = "start s\ngate+ f\nuser a\nuser b\nuser c\ngate+ j\nend e\ns -> f\nf -> a\nf -> b\nf -> c\na -> j\nb -> j\nc -> j\nj -> e"

func BenchmarkSequence5(b *testing.B)       { benchmarkLife(b, fiveTasks(), false) }
func BenchmarkSequence5Stored(b *testing.B) { benchmarkLife(b, fiveTasks(), true) }
func BenchmarkParallel3(b *testing.B)       { benchmarkLife(b, threeWays, false) }
func BenchmarkParallel3Stored(b *testing.B) { benchmarkLife(b, threeWays, true) }

func BenchmarkParse(b *testing.B) {
	xml := graph(parallel)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(strings.NewReader(xml)); err != nil {
			b.Fatal(err)
		}
	}
}
