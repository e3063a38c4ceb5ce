package table_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tongban/platform/dmn"
	"tongban/platform/dmn/table"
)

// drawn is a file of a tool, with things in it that this package does not know.
const drawn = `<?xml version="1.0" encoding="UTF-8"?>
<!-- drawn by hand -->
<d:definitions xmlns:d="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:x="urn:tool" id="defs" name="m" namespace="urn:m" x:version='7'>
  <d:inputData id="i1" name="area"><d:variable name="area" typeRef="number"/></d:inputData>
  <d:inputData id="i2" name="raw"><d:variable name="raw" typeRef="boolean"/></d:inputData>
  <d:decision id="scale" name="规模">
    <d:variable name="规模" typeRef="string"/>
    <d:informationRequirement id="r1"><d:requiredInput href="#i1"/></d:informationRequirement>
    <d:informationRequirement id="r2"><d:requiredInput href="#i2"/></d:informationRequirement>
    <d:decisionTable id="t" hitPolicy="UNIQUE" x:width="640">
      <d:extensionElements><x:note>keep <![CDATA[<me>]]></x:note></d:extensionElements>
      <d:input id="c1" label="面积" x:w="120"><d:inputExpression typeRef="number"><d:text>area</d:text></d:inputExpression></d:input>
      <d:input id="c2" label="生食"><d:inputExpression typeRef="boolean"><d:text>raw</d:text></d:inputExpression></d:input>
      <d:output id="o1"/>
      <d:rule id="a"><d:description>小店</d:description><d:inputEntry id="a1"><d:text>&lt; 150</d:text></d:inputEntry><d:inputEntry id="a2" x:c="1"><d:text>-</d:text></d:inputEntry><d:outputEntry id="a3"><d:text>"small"</d:text></d:outputEntry></d:rule>
      <!-- the rest -->
      <d:rule id="b"><d:inputEntry id="b1"><d:text>&gt;= 150</d:text></d:inputEntry><d:inputEntry id="b2"><d:text>-</d:text></d:inputEntry><d:outputEntry id="b3"><d:text>"large"</d:text></d:outputEntry></d:rule>
    </d:decisionTable>
  </d:decision>
  <dmndi:DMNDI><dmndi:DMNDiagram><dmndi:DMNShape dmnElementRef="i1"/><dmndi:DMNShape dmnElementRef="i2"/><dmndi:DMNEdge dmnElementRef="r2"/></dmndi:DMNDiagram></dmndi:DMNDI>
</d:definitions>
`

func open(t *testing.T, src string) (*table.File, table.Table) {
	t.Helper()
	f, err := table.Read([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	out, ok := f.Table("scale")
	if !ok {
		t.Fatal("no table")
	}
	return f, out
}

// works parses the file with the reader that runs it and asks one question.
func works(t *testing.T, raw []byte, decision string, in map[string]any) any {
	t.Helper()
	m, err := dmn.Parse(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	if p := m.Check(); len(p) > 0 {
		t.Fatalf("%v\n%s", p, raw)
	}
	r, err := m.Evaluate(decision, in, dmn.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Value
}

func TestPut_unchangedChangesNothing(t *testing.T) {
	f, tab := open(t, drawn)
	if err := f.Put(tab); err != nil || string(f.Bytes()) != drawn {
		t.Errorf("%v\n%s", err, f.Bytes())
	}
}

// TestPut_everyTCKModel: all tables of the TCK are read and put back; not a
// byte changes.
func TestPut_everyTCKModel(t *testing.T) {
	files, tables := 0, 0
	err := filepath.WalkDir("../testdata/tck", func(path string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".dmn") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := table.Read(raw)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		files++
		for _, tab := range f.Tables() {
			tables++
			if err := f.Put(tab); err != nil {
				t.Errorf("%s: %s: %v", path, tab.ID, err)
			}
		}
		if !bytes.Equal(f.Bytes(), raw) {
			t.Errorf("%s is not what it was", path)
		}
		return nil
	})
	if err != nil || files < 20 || tables < 20 {
		t.Errorf("%d files with %d tables, %v", files, tables, err)
	}
}

func TestPut_keepsWhatItDoesNotKnow(t *testing.T) {
	f, tab := open(t, drawn)
	tab.Move(table.In, 0, 1)
	tab.MoveRule(0, 1)
	r := tab.NewRule()
	r.Cells[table.Out][0].Text = `"none & <more>"`
	r.Cells[table.In][1].Text = "null"
	tab.Rules = append(tab.Rules, r)
	tab.Insert(table.Note, 0, table.Column{Of: "依据"})
	tab.Rules[0].Cells[table.Note][0].Text = "第三条"
	if err := f.Put(tab); err != nil {
		t.Fatal(err)
	}
	out := string(f.Bytes())
	for _, kept := range []string{"<!-- drawn by hand -->", `x:version='7'`, `x:width="640"`, "<x:note>keep <![CDATA[<me>]]></x:note>", `<d:input id="c1" label="面积" x:w="120">`,
		`<d:inputEntry id="a2" x:c="1">`, "<d:description>小店</d:description>", "<!-- the rest -->", `<dmndi:DMNEdge dmnElementRef="r2"/>`, "第三条"} {
		if !strings.Contains(out, kept) {
			t.Errorf("lost: %s\n%s", kept, out)
		}
	}
	again, ok := mustRead(t, out).Table("scale")
	if !ok || again.Rules[0].ID != "b" || again.Columns[table.In][0].Of != "raw" || again.Rules[1].Cells[table.In][1].Text != "< 150" || again.Rules[2].ID == "" {
		t.Errorf("%+v", again)
	}
	if got := works(t, f.Bytes(), "规模", map[string]any{"area": 90, "raw": false}); got != "small" {
		t.Errorf("%v", got)
	}
}

func mustRead(t *testing.T, src string) *table.File {
	t.Helper()
	f, err := table.Read([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestPut_inputsFollowColumns: an input that no column names any more goes with
// its shapes, and a new one is declared and required.
func TestPut_inputsFollowColumns(t *testing.T) {
	f, tab := open(t, drawn)
	tab.Remove(table.In, 1)
	tab.Insert(table.In, 1, table.Column{Label: "桌数", Of: "seats", Type: "number"})
	tab.Rules[0].Cells[table.In][1].Text = "< 20"
	if err := f.Put(tab); err != nil {
		t.Fatal(err)
	}
	out := string(f.Bytes())
	for _, gone := range []string{`"raw"`, `"#i2"`, `dmnElementRef="i2"`, `dmnElementRef="r2"`} {
		if strings.Contains(out, gone) {
			t.Errorf("still there: %s\n%s", gone, out)
		}
	}
	for _, c := range []struct {
		seats int
		want  any
	}{{10, "small"}, {30, nil}} {
		if got := works(t, f.Bytes(), "scale", map[string]any{"area": 90, "seats": c.seats}); got != c.want {
			t.Errorf("%d seats: %v", c.seats, got)
		}
	}
}

func TestAdd_newFile(t *testing.T) {
	f := table.New("规则")
	tab := table.Table{ID: "fee", Name: "费用", Policy: dmn.CollectSum}
	tab.Insert(table.In, 0, table.Column{Label: "面积", Of: "area", Type: "number"})
	tab.Insert(table.Out, 0, table.Column{Label: "元", Of: "fee", Type: "number", Default: "0"})
	for _, line := range [][2]string{{"> 0", "100"}, {"> 100", "50"}} {
		r := tab.NewRule()
		r.Cells[table.In][0].Text, r.Cells[table.Out][0].Text = line[0], line[1]
		tab.Rules = append(tab.Rules, r)
	}
	if err := f.Add(tab); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(f.Bytes()), table.Model) {
		t.Error("not DMN 1.3")
	}
	if got := works(t, f.Bytes(), "fee", map[string]any{"area": 150}); got != int64(150) {
		t.Errorf("%v (%T)\n%s", got, got, f.Bytes())
	}
	if err := f.Add(table.Table{ID: "fee", Name: "x"}); err != table.ErrTaken {
		t.Errorf("an id twice: %v", err)
	}
	if err := f.Remove("fee"); err != nil || strings.Contains(string(f.Bytes()), "area") || len(f.Tables()) != 0 {
		t.Errorf("%v\n%s", err, f.Bytes())
	}
	if err := f.Remove("fee"); err != table.ErrUnknown {
		t.Errorf("twice: %v", err)
	}
}

// TestPut_policies: every hit policy is written so that it is read as the same.
func TestPut_policies(t *testing.T) {
	for _, p := range table.Policies {
		f, tab := open(t, drawn)
		tab.Policy = p
		tab.Columns[table.Out][0].Values = `"small", "large"`
		if err := f.Put(tab); err != nil {
			t.Fatal(err)
		}
		m, err := dmn.Parse(bytes.NewReader(f.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := m.Sheet("scale"); !ok || s.Policy != p {
			t.Errorf("%s became %s", p, s.Policy)
		}
	}
}

func TestRead_refuses(t *testing.T) {
	for _, bad := range []string{"", "<a/>", "<definitions", strings.Repeat("<a>", 300)} {
		if _, err := table.Read([]byte(bad)); err == nil {
			t.Errorf("read: %.20s", bad)
		}
	}
	f, tab := open(t, drawn)
	tab.ID = "nobody"
	if err := f.Put(tab); err != table.ErrUnknown {
		t.Error(err)
	}
	if ids := slices.Collect(func(yield func(string) bool) {
		for _, x := range f.Tables() {
			if !yield(x.ID) {
				return
			}
		}
	}); !slices.Equal(ids, []string{"scale"}) {
		t.Error(ids)
	}
}
