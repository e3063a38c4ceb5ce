package telemetry

import (
	"io"
	"math"
	"strconv"
	"strings"
)

// page writes metrics in the text format of Prometheus (version 0.0.4), which
// every collector reads: for each name a line of help, one of its kind, and a
// line for each value.
type page struct{ out strings.Builder }

// The kinds of metrics.
const (
	kindGauge     = "gauge"
	kindCounter   = "counter"
	kindHistogram = "histogram"
	kindSummary   = "summary"
)

// contentType names the format.
const contentType = "text/plain; version=0.0.4; charset=utf-8"

var (
	helpEscaper  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	labelEscaper = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

// family begins the values of one name.
func (p *page) family(name, kind, help string) {
	p.write("# HELP ", name, " ", helpEscaper.Replace(help), "\n# TYPE ", name, " ", kind, "\n")
}

// value writes one value; labels are names and values in turn.
func (p *page) value(name string, v float64, labels ...string) {
	p.write(name)
	for i := 0; i+1 < len(labels); i += 2 {
		if i == 0 {
			p.write("{")
		} else {
			p.write(",")
		}
		p.write(labels[i], `="`, labelEscaper.Replace(labels[i+1]), `"`)
	}
	if len(labels) > 1 {
		p.write("}")
	}
	p.write(" ", number(v), "\n")
}

// single writes a name that has one value.
func (p *page) single(name, kind, help string, v float64) {
	p.family(name, kind, help)
	p.value(name, v)
}

func (p *page) write(parts ...string) {
	for _, s := range parts {
		p.out.WriteString(s)
	}
}

func (p *page) to(w io.Writer) { _, _ = io.WriteString(w, p.out.String()) } // whoever asked has gone: nothing to do

func number(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
