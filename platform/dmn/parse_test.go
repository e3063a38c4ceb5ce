package dmn_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tongban/platform/dmn"
)

// decision writes one decision "D" with the given logic.
func decision(logic string) string {
	return `<decision id="d" name="D"><variable name="D"/>` + logic + `</decision>`
}

func literal(text string) string {
	return `<literalExpression><text>` + escape(text) + `</text></literalExpression>`
}

func TestParse_refuses(t *testing.T) {
	for _, c := range []struct{ name, xml, want string }{
		{"empty", "", "line 1: document: is empty"},
		{"no XML", "x", "is empty"},
		{"broken", "<definitions", "is not well-formed XML"},
		{"BPMN", `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>`, "is not a DMN definitions element"},
		{"unknown element", model(`<oracle name="x"/>`), `line 2: oracle "x": is not supported`},
		{"no name", model(`<decision id="d"/>`), `decision "d": has no name`},
		{"same name", model(`<inputData id="a" name="A"/>` + "\n" + `<decision id="b" name="A"/>`), `line 3: decision "A": has the same name as another element`},
		{"same id", model(`<inputData id="a" name="A"/><inputData id="a" name="B"/>`), "has the same id as another element"},
		{"nowhere", model(decision(`<informationRequirement><requiredInput href="#x"/></informationRequirement>` + literal("1"))), `refers to "#x", which does not exist`},
		{"wrong kind", model(decision(`<informationRequirement><requiredInput href="#d"/></informationRequirement>` + literal("1"))), `refers to "D", which is an element of another kind`},
		{"needs itself", model(decision(`<informationRequirement><requiredDecision href="#d"/></informationRequirement>` + literal("1"))), `decision "D": needs itself, directly or by others`},
		{"in a circle", model(`<decision id="a" name="A"><informationRequirement><requiredDecision href="#b"/></informationRequirement>` + literal("1") + `</decision>` +
			`<decision id="b" name="B"><informationRequirement><requiredDecision href="#a"/></informationRequirement>` + literal("1") + `</decision>`), "needs itself"},
		{"two types", model(`<itemDefinition name="t"/><itemDefinition name="t"/>`), "has the same name as another item definition"},
		{"empty service", model(`<decisionService id="s" name="S"/>`), "has no output decision"},
		{"too deep", model(strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300)), "nested too deeply"},
		{"import that is missing", model(`<import name="l" namespace="urn:l"/>` + decision(`<knowledgeRequirement><requiredKnowledge href="urn:l#k"/></knowledgeRequirement>`+literal("1"))), "of an imported model, which was not given"},
	} {
		_, err := dmn.Parse(strings.NewReader(c.xml))
		var p *dmn.ParseError
		if !errors.As(err, &p) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}

// Check names everything that would not work, with its line.
func TestCheck_names(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"expression", decision(`<literalExpression>` + "\n<text>\n\n  1 + \n</text></literalExpression>"), `line 5: literalExpression in decision "D": cannot be understood: column 4: a value is missing before the end of the expression`},
		{"name", decision(literal("a + 1")), `line 2: literalExpression in decision "D": uses "a", which is neither a requirement`},
		{"not required", `<inputData id="a" name="A"/>` + decision(literal("A")), `uses "A", which is neither a requirement`},
		{"type", decision(`<literalExpression typeRef="money"><text>1</text></literalExpression>`), `has the type "money", which nothing defines`},
		{"type of a component", `<itemDefinition name="t"><itemComponent name="a"><typeRef>money</typeRef></itemComponent></itemDefinition>`, `itemComponent "a": has the type "money"`},
		{"type defined by itself", `<itemDefinition name="t"><typeRef>t</typeRef></itemDefinition>`, "is defined by itself"},
		{"language", decision(`<literalExpression expressionLanguage="urn:groovy"><text>1</text></literalExpression>`), `is written in "urn:groovy"; only FEEL is supported`},
		{"Java", decision(`<functionDefinition kind="Java"/>`), "is a function of kind Java"},
		{"no logic", `<decision id="d" name="D"/>`, "has no logic, so it has no value"},
		{"hit policy", table("MOST", []input{area}, "", "1 | 1"), `has the hit policy "MOST"`},
		{"aggregation", table("COLLECT/MEAN", []input{area}, "", "1 | 1"), `with aggregation "MEAN"`},
		{"priority without order", table("PRIORITY", []input{area}, "", "1 | 1"), "but no output lists its values in order of priority"},
		{"too few cells", table("UNIQUE", []input{area, corp}, "", "1 | 1"), "has 1 input and 1 output entries for 2 inputs and 1 outputs"},
		{"cell", table("UNIQUE", []input{area}, "", "< | 1"), `inputEntry in decision "D": cannot be understood: column 2`},
		{"import of something else", `<import name="p" namespace="urn:p" importType="http://www.dmg.org/PMML-4_2"/>`, "imports something that is not DMN"},
		{"relation", decision(`<relation><column name="a"/><row/></relation>`), "has 0 cells for 1 columns"},
		{"missing part", decision(`<conditional><if>` + literal("true") + `</if></conditional>`), `has no "then"`},
	} {
		m, err := dmn.Parse(strings.NewReader(model(c.body)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var all []string
		for _, p := range m.Check() {
			all = append(all, p.Error())
		}
		if got := strings.Join(all, "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// What has no effect on results is accepted and kept.
func TestParse_keepsTheFile(t *testing.T) {
	raw := model(`<description>d</description><extensionElements><x:y xmlns:x="urn:x"/></extensionElements>
<knowledgeSource id="k" name="Law"/>` + decision(`<authorityRequirement><requiredAuthority href="#k"/></authorityRequirement>`+literal("1")) + `
<textAnnotation id="t"><text>see</text></textAnnotation><association id="a"><sourceRef href="#d"/><targetRef href="#t"/></association>
<dmndi:DMNDI xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"/>`)
	m, err := dmn.Parse(strings.NewReader(raw))
	if err != nil || len(m.Check()) > 0 {
		t.Fatal(err, m.Check())
	}
	if string(m.XML()) != raw || m.Name != "test" || m.Namespace != "urn:test" {
		t.Error("the file is not what it was")
	}
}

func TestModel_saysWhatItHolds(t *testing.T) {
	m := parse(t, `<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues><text>"shop", "home"</text></allowedValues></itemDefinition>
<inputData id="a" name="Kind"><variable name="Kind" typeRef="tKind"/></inputData><inputData id="b" name="Area"/>
<decision id="x" name="Rate"><question>How much?</question><allowedAnswers>0 to 1</allowedAnswers><variable name="Rate" typeRef="number"/><informationRequirement><requiredInput href="#a"/></informationRequirement>`+literal("if Kind = \"shop\" then 1 else 0")+`</decision>
<decision id="y" name="Fee"><variable name="Fee"/><informationRequirement><requiredDecision href="#x"/></informationRequirement><informationRequirement><requiredInput href="#b"/></informationRequirement>`+literal("Rate * Area")+`</decision>
<decisionService id="s" name="Fees"><outputDecision href="#y"/><inputData href="#b"/><inputDecision href="#x"/></decisionService>`)
	if p := m.Check(); len(p) > 0 {
		t.Fatal(p)
	}
	in := m.Inputs()
	if len(in) != 2 || in[0].Name != "Kind" || in[0].Type != "tKind" || in[0].Kind != "string" || len(in[0].Allowed) != 1 || in[1].Type != "Any" {
		t.Errorf("inputs %+v", in)
	}
	d := m.Decisions()
	if len(d) != 2 || d[0].Question != "How much?" || d[0].Kind != "literalExpression" || strings.Join(d[1].Inputs, ",") != "Kind,Area" || strings.Join(d[1].Decisions, ",") != "Rate" {
		t.Errorf("decisions %+v", d)
	}
	if s := m.Services(); len(s) != 1 || s[0] != "Fees" {
		t.Errorf("services %v", s)
	}
	r, err := m.Evaluate("Fee", map[string]any{"Kind": "shop", "Area": 3}, noOptions)
	if err != nil || r.Value != int64(3) {
		t.Errorf("fee %v, %v, %v", r.Value, r.Notes, err)
	}
	r, err = m.EvaluateService("Fees", map[string]any{"Rate": 0.5, "Area": 3}, noOptions)
	if err != nil || r.Value != 1.5 {
		t.Errorf("service %v, %v, %v", r.Value, r.Notes, err)
	}
	r, _ = m.Evaluate("y", map[string]any{"Kind": "castle", "Area": 3}, noOptions)
	if r.Value != int64(0) || len(r.Notes) == 0 || !strings.Contains(r.Notes[0], "Kind: the value is not of type tKind") {
		t.Errorf("a kind that is not allowed gives %v, %q", r.Value, r.Notes)
	}
	if _, err := m.Evaluate("Nothing", nil, noOptions); !errors.Is(err, dmn.ErrUnknown) {
		t.Errorf("an unknown decision gives %v", err)
	}
	if _, err := m.Evaluate("Fee", map[string]any{"Area": func() {}}, noOptions); err == nil {
		t.Error("a function went in")
	}
}

// Files of strangers give an error or a model that works, never a panic.
func FuzzParse(f *testing.F) {
	f.Add(model(table("UNIQUE", []input{area, kind}, `"a", "b"/"c"`, `< 3 | "shop" | "a"`)))
	f.Add(model(decision(`<context><contextEntry><variable name="a"/>` + literal("1") + `</contextEntry><contextEntry>` + literal("a") + `</contextEntry></context>`)))
	f.Add(model(`<itemDefinition name="t" isCollection="true"><itemComponent name="x"><typeRef>t</typeRef></itemComponent></itemDefinition><inputData id="i" name="i"><variable typeRef="t"/></inputData>`))
	f.Add(model(`<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="x"/>` + literal("k(x)") + `</encapsulatedLogic></businessKnowledgeModel>` +
		decision(`<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement><invocation>`+literal("k")+`<binding><parameter name="x"/>`+literal("1")+`</binding></invocation>`)))
	f.Fuzz(func(t *testing.T, raw string) {
		m, err := dmn.Parse(strings.NewReader(raw))
		if err != nil {
			return
		}
		m.Check()
		for _, d := range m.Decisions() {
			m.Evaluate(d.Name, map[string]any{"Area": 1, "i": []any{1}}, dmn.Options{Steps: 5000, Depth: 50})
			m.Analyse(d.Name)
		}
		for _, s := range m.Services() {
			m.EvaluateService(s, nil, dmn.Options{Steps: 5000, Depth: 50})
		}
	})
}

// A file in many small pieces is read in time that grows with its length.
func TestParse_manyPieces(t *testing.T) {
	raw := model(decision(`<literalExpression><text>1` + strings.Repeat("<!-- -->\n ", 300_000) + `</text></literalExpression>`))
	m, err := dmn.Parse(strings.NewReader(raw))
	if err != nil || len(m.Check()) > 0 {
		t.Fatal(err, m.Check())
	}
}

// Many names that begin alike, and many types, are no trouble.
func TestParse_manyNames(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<itemDefinition name="t">`)
	for i := range 20_000 {
		fmt.Fprintf(&b, `<itemComponent name="total amount %d"><typeRef>number</typeRef></itemComponent>`, i)
	}
	b.WriteString(`</itemDefinition>`)
	for i := range 3_000 {
		fmt.Fprintf(&b, `<itemDefinition name="t %d"><typeRef>number</typeRef></itemDefinition>`, i)
	}
	b.WriteString(`<inputData id="i" name="In"><variable name="In" typeRef="t"/></inputData>`)
	b.WriteString(decision(`<informationRequirement><requiredInput href="#i"/></informationRequirement><list>` + strings.Repeat(literal("In.total amount 7 + In.total amount 19999"), 3_000) + `</list>`))
	m := parse(t, b.String())
	if p := m.Check(); len(p) > 0 {
		t.Fatal(p[0])
	}
}
