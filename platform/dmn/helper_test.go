package dmn_test

import (
	"fmt"
	"strings"
	"testing"

	"tongban/platform/dmn"
)

const space = "https://www.omg.org/spec/DMN/20230324/MODEL/"

// parse reads a model whose body is given, and fails when it is refused.
func parse(t testing.TB, body string) *dmn.Model {
	t.Helper()
	m, err := dmn.Parse(strings.NewReader(model(body)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func model(body string) string {
	return `<definitions xmlns="` + space + `" name="test" namespace="urn:test">` + "\n" + body + "\n</definitions>"
}

// input is one input of a table: name, type, allowed values.
type input struct{ name, typ, allowed string }

// table writes a model with one decision "D" that is a table. Rules are cells
// divided by |, the last one is the output.
func table(policy string, inputs []input, output string, rules ...string) string {
	var b strings.Builder
	for _, in := range inputs {
		fmt.Fprintf(&b, "<inputData id=%q name=%q><variable name=%q typeRef=%q/></inputData>\n", in.name, in.name, in.name, in.typ)
	}
	b.WriteString(`<decision id="d" name="D"><variable name="D"/>`)
	for _, in := range inputs {
		fmt.Fprintf(&b, `<informationRequirement><requiredInput href="#%s"/></informationRequirement>`, in.name)
	}
	name, aggregation, _ := strings.Cut(policy, "/")
	fmt.Fprintf(&b, "\n<decisionTable hitPolicy=%q", name)
	if aggregation != "" {
		fmt.Fprintf(&b, " aggregation=%q", aggregation)
	}
	b.WriteString(">\n")
	for _, in := range inputs {
		fmt.Fprintf(&b, "<input><inputExpression typeRef=%q><text>%s</text></inputExpression>", in.typ, in.name)
		if in.allowed != "" {
			fmt.Fprintf(&b, "<inputValues><text>%s</text></inputValues>", escape(in.allowed))
		}
		b.WriteString("</input>\n")
	}
	values, missing, _ := strings.Cut(output, "/")
	b.WriteString("<output>")
	if values != "" {
		fmt.Fprintf(&b, "<outputValues><text>%s</text></outputValues>", escape(values))
	}
	if missing != "" {
		fmt.Fprintf(&b, "<defaultOutputEntry><text>%s</text></defaultOutputEntry>", escape(missing))
	}
	b.WriteString("</output>\n")
	for _, r := range rules {
		cells := strings.Split(r, "|")
		b.WriteString("<rule>")
		for i, c := range cells {
			kind := "inputEntry"
			if i == len(cells)-1 {
				kind = "outputEntry"
			}
			fmt.Fprintf(&b, "<%s><text>%s</text></%s>", kind, escape(strings.TrimSpace(c)), kind)
		}
		b.WriteString("</rule>\n")
	}
	b.WriteString("</decisionTable></decision>")
	return b.String()
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
