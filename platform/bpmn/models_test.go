package bpmn

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"tongban/platform/bpmn/definition"
)

// modelsEnv names the folder of models written by others: the folders "flowable"
// and "miwg-reference" in it, or any files. Everybody may point it at his own.
const modelsEnv = "TONGBAN_BPMN_MODELS"

// modelFiles lists the files, or skips aloud.
func modelFiles(t *testing.T, folder string) []string {
	t.Helper()
	dir := os.Getenv(modelsEnv)
	if dir == "" {
		t.Skipf("%s is not set: no models written by others were read", modelsEnv)
	}
	var files []string
	for _, form := range []string{folder + "/*.xml", folder + "/*.bpmn"} {
		list, err := filepath.Glob(filepath.Join(dir, form))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, list...)
	}
	if len(files) == 0 {
		t.Skipf("%s holds no models in %s", dir, folder)
	}
	sort.Strings(files)
	return files
}

// shelf finds called processes among all models of the folder.
type shelf map[string]*Process

func (s shelf) find(id, _ string, from *Process) (*Process, string, error) {
	if p := from.Model().Process(id); p != nil && id != "" {
		return p, "", nil
	}
	if p := s[id]; p != nil {
		return p, "", nil
	}
	return s[standIn], standIn, nil
}

// standIn takes the place of called processes that are not among the models.
const standIn = "oneTask"

// verdict is what became of one model.
type verdict struct {
	file     string
	reason   string // refused: why
	kind     string // refused: element
	line     int
	outcome  string // run: how it ended
	why      string
	eager    string // the same when up to three events come before the tasks
	eagerWay string
}

func readModels(t *testing.T, files []string) (map[string]*Model, []verdict, shelf) {
	t.Helper()
	models, known := map[string]*Model{}, shelf{}
	known[standIn] = parse(t, strings.Replace(graph("start s\nuser a\nend e\ns -> a\na -> e"), `process id="p"`, `process id="`+standIn+`"`, 1))
	var list []verdict
	for _, name := range files {
		v := verdict{file: filepath.Base(name)}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(bytes.NewReader(raw))
		var pe *ParseError
		switch {
		case errors.As(err, &pe):
			if pe.Line < 1 || pe.Element == "" || pe.Reason == "" {
				t.Errorf("%s: refused without a place: %v", v.file, err)
			}
			v.kind = pe.Element
			v.reason, v.line = pe.Reason, pe.Line
		case err != nil:
			t.Errorf("%s: %v", v.file, err)
		default:
			models[v.file] = m
			if !bytes.Equal(m.XML(), raw) {
				t.Errorf("%s: the file comes back changed", v.file)
			}
			for _, p := range m.Processes() {
				known[p.ID] = p
			}
		}
		list = append(list, v)
	}
	return models, list, known
}

// TestModels_flowable deploys every model, draws it, and runs it to its end by
// doing whatever is open.
func TestModels_flowable(t *testing.T) {
	models, list, known := readModels(t, modelFiles(t, "flowable"))
	count := map[string]int{}
	for i := range list {
		v := &list[i]
		m := models[v.file]
		if m == nil {
			count["refused"]++
			continue
		}
		p := m.Process("")
		v.outcome, v.why = playOut(p, known, variables[v.file], timersFirst[v.file])
		v.eager, v.eagerWay = playOut(p, known, variables[v.file], true)
		if v.eager == "broken" {
			t.Errorf("%s, events first: %s", v.file, v.eagerWay)
		}
		count[v.outcome]++
		if v.outcome == "broken" {
			t.Errorf("%s: %s", v.file, v.why)
		}
		for _, p := range m.Processes() {
			if err := p.SVG(&bytes.Buffer{}, SVGOptions{}); err != nil {
				t.Errorf("%s: picture: %v", v.file, err)
			}
		}
	}
	t.Logf("%d models: %v", len(list), count)
	published(t, "../../docs/specs/bpmn-models.md", modelTable(list, count))
}

// TestModels_reference reads the reference models of the BPMN Model Interchange
// Working Group: each comes back byte for byte, everything that its diagram
// places is known, and every process can be drawn.
func TestModels_reference(t *testing.T) {
	files := modelFiles(t, "miwg-reference")
	runs := 0
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Read(bytes.NewReader(raw))
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
			continue
		}
		if !bytes.Equal(m.XML(), raw) {
			t.Errorf("%s comes back changed", filepath.Base(name))
		}
		if _, err := Parse(bytes.NewReader(raw)); err == nil {
			runs++
		}
		nodes := 0
		for _, p := range slices.Concat(m.Processes(), m.Drawings()) {
			var b bytes.Buffer
			if err := p.SVG(&b, SVGOptions{}); err != nil {
				t.Errorf("%s: %v", filepath.Base(name), err)
			}
			nodes += len(p.Elements)
			for _, el := range p.Elements {
				if !strings.Contains(b.String(), `data-id="`+el.ID+`"`) && el.Parent == nil {
					t.Errorf("%s: the picture lacks %s %q", filepath.Base(name), el.Kind, el.ID)
				}
			}
		}
		if want := len(flowNode.FindAllIndex(raw, -1)); nodes != want {
			t.Errorf("%s: %d elements, want %d", filepath.Base(name), nodes, want)
		}
	}
	t.Logf("%d reference models are kept and drawn; %d of them are marked executable and can run", len(files), runs)
}

var flowNode = regexp.MustCompile(`<(?:[a-zA-Z0-9]+:)?(?:startEvent|endEvent|task|userTask|serviceTask|scriptTask|manualTask|businessRuleTask|sendTask|receiveTask|callActivity|exclusiveGateway|parallelGateway|inclusiveGateway|eventBasedGateway|complexGateway|intermediateCatchEvent|intermediateThrowEvent|boundaryEvent|subProcess|transaction|adHocSubProcess)[ >/]`)

var update = flag.Bool("update", false, "write the tables of docs/specs anew")

// published compares a generated table with the one in the documentation.
func published(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != text {
		t.Errorf("%s says something else; look at the difference and run this test with -update", path)
	}
}

// words for the outcomes of the table.
var words = map[string]string{"completed": "runs to its end", "failed": "ends in an error that nothing catches, as drawn", "asks": "needs what only its own test provides", "stuck": "tokens wait for ever"}

func modelTable(list []verdict, count map[string]int) string {
	var b strings.Builder
	b.WriteString(`# Models of another engine

Generated by ` + "`go test ./platform/bpmn -run Models -update`" + ` with ` + modelsEnv + ` pointing at the models. The models are test
files of Flowable (flowable/flowable-engine 53e93b6, Apache-2.0), of which those without Java or script hooks were taken. Each one
is deployed, drawn, and run by doing whatever is open: tasks first, then messages and signals, then timers. Called processes that
are not among the files are replaced by one with a single task. Everything that is refused is refused with the line, the element
and the reason below.

| outcome | models |
| --- | --: |
`)
	fmt.Fprintf(&b, "| all | %d |\n| deployed | %d |\n", len(list), len(list)-count["refused"])
	for _, k := range []string{"completed", "failed", "asks", "stuck"} {
		if count[k] > 0 {
			fmt.Fprintf(&b, "| … %s | %d |\n", words[k], count[k])
		}
	}
	fmt.Fprintf(&b, "| refused | %d |\n\n## Reasons for refusals\n\n| reason | models |\n| --- | --: |\n", count["refused"])
	reasons := map[string]int{}
	for _, v := range list {
		if v.reason != "" {
			kind, _, _ := strings.Cut(v.kind, " ")
			reasons[kind+" "+quoted.ReplaceAllString(v.reason, "…")]++
		}
	}
	order := slices.SortedFunc(maps.Keys(reasons), func(a, b string) int {
		return cmp.Or(reasons[b]-reasons[a], strings.Compare(a, b))
	})
	for _, r := range order {
		fmt.Fprintf(&b, "| %s | %d |\n", cell(r), reasons[r])
	}
	b.WriteString("\n## File by file\n\nThe way is the order in which activities were opened; (events) and [timers] stand where they came.\n\n| file | outcome | why, or the way | when up to three events come first |\n| --- | --- | --- | --- |\n")
	for _, v := range list {
		name := strings.TrimSuffix(strings.TrimSuffix(v.file, ".xml"), ".bpmn20")
		if v.reason != "" {
			fmt.Fprintf(&b, "| %s | refused | line %d, %s: %s | |\n", name, v.line, cell(v.kind), cell(v.reason))
			continue
		}
		second := ""
		if v.eager != v.outcome || v.eagerWay != v.why {
			second = v.eagerWay
			if v.eager != v.outcome {
				second = v.eager + ": " + second
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, v.outcome, cell(v.why), cell(second))
	}
	return b.String()
}

var quoted = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"")

func cell(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "|", "\\|"), "\n", " ") }

// playOut does whatever is open until the instance ends.
func playOut(p *Process, known shelf, vars map[string]any, eager bool) (outcome, why string) {
	e := &Engine{Called: known.find}
	start := p.StartEvents()[0].ID
	if p.Start != nil {
		start = p.Start.ID
	}
	all := map[string]any{}
	maps.Copy(all, usual)
	maps.Copy(all, vars)
	in, ch, err := e.StartAt(p, start, all, t0)
	var way []string
	fired := 0
	for i := 0; err == nil && i < 400 && !in.Ended(); i++ {
		way = append(way, opened(ch)...)
		open, waits, timers := in.Open(), in.Waits(), in.Timers()
		j := 0
		for j < len(open) && open[j].Held {
			j++
		}
		switch {
		case eager && fired < 3 && len(waits) > 0 && waits[0].Kind != string(definition.OnTrue):
			fired++
			ch, err = e.Trigger(p, in, waits[0].ID, nil, t0)
		case eager && fired < 3 && len(timers) > 0:
			fired++
			ch, err = e.Fire(p, in, timers[0].ID, timers[0].Due)
		case j < len(open):
			ch, err = e.Complete(p, in, open[j].ID, nil, t0)
		case len(waits) > 0 && waits[0].Kind != string(definition.OnTrue):
			ch, err = e.Trigger(p, in, waits[0].ID, nil, t0)
		case len(timers) > 0:
			ch, err = e.Fire(p, in, timers[0].ID, timers[0].Due)
		default:
			if len(in.Stuck()) > 0 {
				return "stuck", strings.Join(in.Stuck(), ", ")
			}
			if len(waits) > 0 {
				return "waits", "for a condition over variables"
			}
			return "broken", "nothing is open, nothing waits, and it has not ended"
		}
	}
	switch {
	case errors.Is(err, ErrCalled):
		return "calls", where.ReplaceAllString(err.Error(), "")
	case errors.Is(err, ErrExpression), errors.Is(err, ErrNoFlow), errors.Is(err, ErrTimer):
		return "asks", where.ReplaceAllString(err.Error(), "")
	case errors.Is(err, ErrLoop):
		return "loops", ""
	case err != nil:
		return "broken", err.Error()
	case !in.Ended():
		return "goes on", "without end"
	}
	return string(in.State), strings.Join(append(way, opened(ch)...), " → ")
}

// opened lists the activities that an operation opened.
func opened(ch []Change) []string {
	var list []string
	for _, c := range ch {
		switch c.Kind {
		case TaskOpened, ServiceCalled:
			list = append(list, c.Element)
		case Caught:
			list = append(list, "("+c.Element+")")
		case TimerFired:
			list = append(list, "["+c.Element+"]")
		}
	}
	return list
}

var where = regexp.MustCompile(`^(start|complete|fire|trigger)[^:]*: `)

// variables are what a model needs beyond the usual ones.
var variables = map[string]map[string]any{
	"bpmn__callactivity__CallActivity.testMultiInstanceSequentialSubProcessDataInputOutput.bpmn20.xml":   {"x": 1, "y": 2},
	"bpmn__callactivity__CallActivity.testSubProcessDataInputOutput.bpmn20.xml":                          {"x": 1, "y": 2},
	"bpmn__event__timer__BoundaryTimerEventTest.testBoundaryTimerEvent2.bpmn20.xml":                      {"consult": "true"},
	"bpmn__event__timer__BoundaryTimerEventTest.testBoundaryTimerEventWithCategory.bpmn20.xml":           {"myVar": "yes"},
	"bpmn__event__timer__BoundaryTimerEventTest.testBoundaryTimerEventWithCategoryExpression.bpmn20.xml": {"myVar": "yes"},
	"bpmn__gateway__InclusiveGatewayTest.testJoinAfterSubprocesses.bpmn20.xml":                           {"a": 1, "b": 1},
	"bpmn__gateway__InclusiveGatewayTest.testMergeWithEndedExecution.bpmn20.xml":                         {"decision": "goUp"},
}

// timersFirst are models in which a timer must fire before its task is done.
var timersFirst = map[string]bool{"bpmn__event__timer__BoundaryTimerNonInterruptingEventTest.testJoin.bpmn20.xml": true}

// usual are variables that many models want.
var usual = map[string]any{"nrOfLoops": 3, "input": 1, "startDate": "2026-12-02T09:00:00", "StartDate": "2026-12-02T09:00:00", "duration": "PT1H",
	"timeCycle": "R2/PT1H", "catchMessage": "a", "boundaryMessage": "b", "myMessageName": "c", "subProcessDefId": "oneTask", "simpleSubProcessExpression": "oneTask",
	"customerId": "1", "customerIdVar": "1", "done": true}
