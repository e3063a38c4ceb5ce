package edit_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tongban/platform/bpmn/edit"
)

// drawn is a file of a tool, with things in it that this package does not know.
const drawn = `<?xml version='1.0' encoding="UTF-8"?>
<!-- drawn by hand -->
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:flowable="http://flowable.org/bpmn" id='d'>
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="s"/>
    <bpmn:userTask   id="t" name='审 "一"' flowable:assignee="${boss}"  flowable:width = '7'>
      <!-- stays -->
      <bpmn:extensionElements><flowable:note>keep <![CDATA[<me>]]></flowable:note></bpmn:extensionElements>
      <bpmn:incoming>f</bpmn:incoming>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f" sourceRef="s" targetRef="t"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="pl" bpmnElement="p">
    <bpmndi:BPMNShape id="s_di" bpmnElement="s"><dc:Bounds x="10.0" y="20" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="t_di" bpmnElement="t"><dc:Bounds x="100" y="20" width="100" height="80"/></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
<!-- the end -->
`

func read(t *testing.T, raw []byte) *edit.File {
	t.Helper()
	f, err := edit.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSet_touchesNothingElse: taking out what was put in gives the file back.
func TestSet_touchesNothingElse(t *testing.T) {
	const space = "https://tongban.example/bpmn"
	for _, c := range []struct {
		what string
		do   func(f *edit.File) error
		old  string // what stands in the file
		now  string // and then
	}{
		{"a name", func(f *edit.File) error { return f.Set(f.Element("t"), "", "name", `审 & "二"`) }, `name='审 "一"'`, `name="审 &amp; &quot;二&quot;"`},
		{"the same name", func(f *edit.File) error { return f.Set(f.Element("t"), "", "name", `审 "一"`) }, "", ""},
		{"no name", func(f *edit.File) error { return f.Set(f.Element("t"), "", "name", "") }, ` name='审 "一"'`, ""},
		{"an attribute of another tool", func(f *edit.File) error { return f.Set(f.Element("t"), space, "assignee", "x") }, `flowable:assignee="${boss}"`, `flowable:assignee="x"`},
		{"with white space in it", func(f *edit.File) error { return f.Set(f.Element("t"), space, "width", "") }, "  flowable:width = '7'", ""},
		{"on an element that closes itself", func(f *edit.File) error { return f.Set(f.Element("s"), "", "name", "始") }, `id="s"/>`, `id="s" name="始"/>`},
		{"documentation", func(f *edit.File) error { return f.Say(f.Element("t"), "documentation", "说明", false, edit.First) }, "flowable:width = '7'>", "flowable:width = '7'>\n      <bpmn:documentation>说明</bpmn:documentation>"},
		{"inside an element that closes itself", func(f *edit.File) error { return f.Say(f.Element("s"), "documentation", "说明", false, edit.First) }, `<bpmn:startEvent id="s"/>`, "<bpmn:startEvent id=\"s\">\n      <bpmn:documentation>说明</bpmn:documentation>\n    </bpmn:startEvent>"},
		{"a text", func(f *edit.File) error { return f.Say(f.Element("t"), "incoming", "g<", false, edit.First) }, "<bpmn:incoming>f</", "<bpmn:incoming>g&lt;</"},
	} {
		f := read(t, []byte(drawn))
		if err := c.do(f); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		want := drawn
		if c.old != c.now {
			if strings.Count(drawn, c.old) != 1 {
				t.Fatalf("%s: %q stands %d times", c.what, c.old, strings.Count(drawn, c.old))
			}
			want = strings.Replace(drawn, c.old, c.now, 1)
		}
		if got := string(f.Bytes()); got != want {
			t.Errorf("%s:\n%s", c.what, got)
		}
	}
}

func TestSet_declaresItsNamespaceOnce(t *testing.T) {
	f := read(t, []byte(drawn))
	for _, id := range []string{"s", "t"} {
		if err := f.Set(f.Element(id), "https://tongban.example/bpmn", "org", "A&B"); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Say(f.Element("f"), "conditionExpression", "${a < 1}", true, edit.Last); err != nil {
		t.Fatal(err)
	}
	out := string(f.Bytes())
	if strings.Count(out, "xmlns:tongban=") != 1 || strings.Count(out, `tongban:org="A&amp;B"`) != 2 || strings.Count(out, "xmlns:xsi=") != 1 || !strings.Contains(out, `xsi:type="bpmn:tFormalExpression">${a &lt; 1}</`) {
		t.Error(out)
	}
	if v, _ := read(t, f.Bytes()).Element("t").Foreign("org"); v != "A&B" {
		t.Error(v)
	}
}

// editor writes a file as an editor does: everything anew, attributes in its own
// order, without comments and white space, numbers in its own way.
func editor(t *testing.T, raw []byte, change func(e *edit.Element, attrs []edit.Attr)) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	esc := func(s string) string {
		var b strings.Builder
		xml.EscapeText(&b, []byte(s))
		return b.String()
	}
	var write func(e *edit.Element)
	write = func(e *edit.Element) {
		name := func(prefix, local string) string {
			if prefix == "" {
				return local
			}
			return prefix + ":" + local
		}
		attrs := slices.Clone(e.Attrs)
		change(e, attrs)
		slices.SortFunc(attrs, func(x, y edit.Attr) int { return strings.Compare(name(y.Prefix, y.Local), name(x.Prefix, x.Local)) })
		b.WriteString("<" + name(e.Prefix, e.Local))
		for _, a := range attrs {
			if n, err := strconv.ParseFloat(a.Value, 64); err == nil && a.Space == "" && len(a.Local) < 7 {
				a.Value = strconv.FormatFloat(n, 'f', -1, 64)
			}
			b.WriteString(" " + name(a.Prefix, a.Local) + `="` + esc(a.Value) + `"`)
		}
		b.WriteString(">")
		if len(e.Kids) == 0 {
			b.WriteString(esc(plain(e)))
		} else {
			b.WriteString(esc(e.Text()))
		}
		for _, k := range e.Kids {
			write(k)
		}
		b.WriteString("</" + name(e.Prefix, e.Local) + ">")
	}
	write(read(t, raw).Root())
	return b.Bytes()
}

// plain is the text of an element as an editor keeps it.
func plain(e *edit.Element) string { return e.Text() }

func TestGraft_movedShape(t *testing.T) {
	moved := editor(t, []byte(drawn), func(e *edit.Element, attrs []edit.Attr) {
		for i := range attrs {
			if attrs[i].Value == "100" && attrs[i].Local == "x" {
				attrs[i].Value = "250"
			}
		}
	})
	got := string(edit.Graft([]byte(drawn), moved))
	want := strings.Replace(drawn, `<dc:Bounds x="100" y="20" width="100" height="80"/>`, `<dc:Bounds y="20" x="250" width="100" height="80"></dc:Bounds>`, 1)
	if got != want {
		t.Errorf("%s", got)
	}
}

func TestGraft_addedAndRemoved(t *testing.T) {
	f := read(t, []byte(drawn))
	if err := f.Remove(f.Element("s_di")); err != nil {
		t.Fatal(err)
	}
	if err := f.Insert(f.Element("p"), edit.Last, `<bpmn:endEvent id="e"/>`); err != nil {
		t.Fatal(err)
	}
	want := f.Bytes()
	got := edit.Graft([]byte(drawn), editor(t, want, func(*edit.Element, []edit.Attr) {}))
	for _, kept := range []string{"name='审 \"一\"'", "<![CDATA[<me>]]>", "<!-- stays -->", `<bpmndi:BPMNShape id="t_di" bpmnElement="t"><dc:Bounds x="100" y="20" width="100" height="80"/></bpmndi:BPMNShape>`, `id="e"`} {
		if !strings.Contains(string(got), kept) {
			t.Errorf("lost: %s\n%s", kept, got)
		}
	}
	if strings.Contains(string(got), "s_di") {
		t.Errorf("what was taken out is back: %s", got)
	}
}

// TestGraft_everyModel: a model that an editor wrote anew without changing
// anything is the old file, byte for byte, and a moved shape changes its place
// only. TONGBAN_BPMN_MODELS names a folder with other models.
func TestGraft_everyModel(t *testing.T) {
	folder := os.Getenv("TONGBAN_BPMN_MODELS")
	if folder == "" {
		folder = "../testdata"
	}
	n := 0
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".bpmn") && !strings.HasSuffix(path, ".bpmn20.xml") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := edit.Read(raw); err != nil {
			t.Logf("%s: %v", path, err)
			return nil
		}
		n++
		if got := edit.Graft(raw, editor(t, raw, func(*edit.Element, []edit.Attr) {})); !bytes.Equal(got, raw) {
			t.Errorf("%s is not what it was: %s", path, firstDifference(raw, got))
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d models, %v", n, err)
	}
}

func firstDifference(a, b []byte) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("at %d: %.80q instead of %.80q", i, b[i:], a[i:])
		}
	}
	return "length"
}

func TestRead_refuses(t *testing.T) {
	for _, bad := range []string{"", "<a>", "<a></b>", "<a/><b/>", strings.Repeat("<a>", 300)} {
		if _, err := edit.Read([]byte(bad)); err == nil {
			t.Errorf("read: %.20s", bad)
		}
	}
	if got := edit.Graft([]byte("<a/>"), []byte("<b")); string(got) != "<b" {
		t.Errorf("%s", got)
	}
}
