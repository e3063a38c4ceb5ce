package specs

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tongban/gov/facts"
)

type fact interface{ Type() string }

// every is one empty value of each fact; the test compares it with the source.
var every = []fact{
	facts.CaseSubmitted{}, facts.CaseAccepted{}, facts.AcceptanceRefused{}, facts.SupplementsRequested{}, facts.SupplementsReminded{}, facts.SupplementsAnswered{}, facts.DeputyNamed{}, facts.DeputyEnded{},
	facts.MaterialAdded{}, facts.CasePaused{}, facts.CaseResumed{}, facts.CaseExtended{}, facts.CaseRecounted{}, facts.CaseCopied{}, facts.SignerAdded{}, facts.SignerTaken{}, facts.TaskUrged{}, facts.TaskTakenBack{}, facts.CaseRedirected{}, facts.CaseVoided{}, facts.TaskOpened{}, facts.TaskCompleted{},
	facts.TaskReturned{}, facts.TaskTransferred{}, facts.TaskDelegated{}, facts.TaskRecalled{}, facts.TaskReminded{}, facts.CaseDecided{}, facts.BundleSubmitted{}, facts.BundleMoved{}, facts.BundleClosed{}, facts.CaseWithdrawn{},
	facts.ResultPrepared{}, facts.ResultCollected{}, facts.ResultPosted{},
	facts.PaperIssued{}, facts.PaperStatusChanged{}, facts.ObjectionOpened{}, facts.ObjectionAnswered{}, facts.NodeKeysFollowed{}, facts.NodeKeysRefused{}, facts.ServiceRated{}, facts.LimitRuleApproved{},
}

// property is one field of a fact as its schema has it.
type property struct {
	Type        string `json:"type"`
	Format      string `json:"format,omitempty"`
	Description string `json:"description,omitempty"`
}

// schema is what the facts use of JSON Schema.
type schema struct {
	Schema      string              `json:"$schema"`
	ID          string              `json:"$id"`
	Title       string              `json:"title"`
	Description string              `json:"description"`
	Type        string              `json:"type"`
	Properties  map[string]property `json:"properties"`
	Required    []string            `json:"required"`
	order       []string
}

// TestFacts lists the facts with their fields, writes a schema for each, and
// holds the golden files against the schemas.
func TestFacts(t *testing.T) {
	said, names := comments(t)
	sorted := slices.SortedFunc(slices.Values(every), func(a, b fact) int { return strings.Compare(a.Type(), b.Type()) })
	var have []string
	for _, f := range sorted {
		have = append(have, reflect.TypeOf(f).Name())
	}
	slices.Sort(have)
	if !slices.Equal(have, names) {
		t.Errorf("package facts has\n%v\nthe list has\n%v", names, have)
	}
	var b strings.Builder
	b.WriteString("# Facts\n\n" + made)
	b.WriteString("What the capabilities announce (`gov/facts`). Each type has a golden file and a JSON schema in [facts/](facts). A version only adds fields.\n")
	for _, f := range sorted {
		s := schemaOf(f, said)
		raw, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		keep(t, filepath.Join("facts", f.Type()+".schema.json"), string(raw)+"\n")
		if err := golden(s, f.Type()); err != nil {
			t.Errorf("%s: %v", f.Type(), err)
		}
		fmt.Fprintf(&b, "\n## %s\n`%s`: %s\n\n| field | kind | meaning |\n| --- | --- | --- |\n", s.Title, f.Type(), s.Description)
		for _, name := range s.order {
			p := s.Properties[name]
			kind := p.Type
			if p.Format != "" {
				kind = p.Format
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, kind, p.Description)
		}
	}
	keep(t, "facts.md", b.String())
}

// comments reads what the source says of each struct and field, and which
// structs are facts.
func comments(t *testing.T) (said map[string]string, names []string) {
	folders, _ := source(t)
	said = map[string]string{}
	for _, p := range folders {
		if p.dir != "gov/facts" {
			continue
		}
		p.each(func(fn *ast.FuncDecl) {
			if fn.Recv != nil && fn.Name.Name == "Type" {
				names = append(names, text(fn.Recv.List[0].Type))
			}
		})
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				d, ok := n.(*ast.GenDecl)
				if !ok {
					return true
				}
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok {
						said[ts.Name.Name] = strings.Join(strings.Fields(d.Doc.Text()), " ")
						structComments(said, ts)
					}
				}
				return true
			})
		}
	}
	slices.Sort(names)
	return said, names
}

func structComments(said map[string]string, ts *ast.TypeSpec) {
	st, ok := ts.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range st.Fields.List {
		for _, n := range f.Names {
			said[ts.Name.Name+"."+n.Name] = strings.TrimSpace(f.Comment.Text())
		}
	}
}

func schemaOf(f fact, said map[string]string) schema {
	rt := reflect.TypeOf(f)
	_, about, _ := strings.Cut(said[rt.Name()], " announces ")
	s := schema{Schema: "https://json-schema.org/draft/2020-12/schema", ID: "urn:" + strings.ReplaceAll(f.Type(), ".", ":"),
		Title: rt.Name(), Description: about, Type: "object", Properties: map[string]property{}}
	s.add(rt, said)
	return s
}

func (s *schema) add(rt reflect.Type, said map[string]string) {
	for i := range rt.NumField() {
		f := rt.Field(i)
		if f.Anonymous {
			s.add(f.Type, said)
			continue
		}
		p := property{Description: meanings[strings.TrimSuffix(f.Tag.Get("json"), ",omitzero")]}
		if own := said[rt.Name()+"."+f.Name]; own != "" {
			p.Description = own
		}
		switch {
		case f.Type == reflect.TypeFor[time.Time]():
			p.Type, p.Format = "string", "date-time"
		case f.Type.Kind() == reflect.Bool:
			p.Type = "boolean"
		case f.Type.Kind() == reflect.Int:
			p.Type = "integer"
		case f.Type.Kind() == reflect.String:
			p.Type = "string"
		default:
			panic("facts hold texts, numbers, times and yes or no: " + rt.Name() + "." + f.Name)
		}
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		s.Properties[name], s.order = p, append(s.order, name)
		if option == "" { // "omitzero" is left out when there is nothing to say
			s.Required = append(s.Required, name)
		}
	}
}

// meanings are the words for fields that mean the same in every fact.
var meanings = map[string]string{
	"region": "where the case is kept, six digits", "case": "the case's id", "number": "the case number that people see",
	"item": "item code", "item_name": "the item's Chinese name", "org": "unified code of the responsible office",
	"owner": "person or company whose case it is", "at": "when it happened, UTC",
	"task": "the task's id", "element": "the step in the flow", "name": "the step's Chinese name", "office": "unified code of the office that has the step", "role": "role that the step needs",
	"officer": "account of the officer", "reason": "what was given as reason", "request": "the request for supplements",
	"paper": "the paper's id", "kind": "of the paper, or of the special procedure", "issuer": "unified code of the issuing office",
	"promise_due": "end of the promised limit", "legal_due": "end of the statutory limit", "due": "when the limit ends",
	"channel": "online or counter", "deemed": "accepted by lapse of time", "items": "how many things were asked for",
	"material": "id of the material", "expected_days": "how long it is expected to take", "days": "working days added",
	"result": "approve, refuse or return", "to": "the earlier step, or the officer asked", "to_office": "unified code of the receiving office", "to_officer": "account of the receiving officer, empty: the office",
	"outcome": "granted or refused", "in_time": "decided before the limit",
}

// golden holds a golden file against its schema: every required field is there
// and of its type, and no other is.
func golden(s schema, name string) error {
	raw, err := os.ReadFile(filepath.Join("facts", name+".json"))
	if err != nil {
		return err
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		return err
	}
	for _, field := range s.Required {
		if _, ok := got[field]; !ok {
			return fmt.Errorf("%s is missing", field)
		}
	}
	for field, v := range got {
		p, ok := s.Properties[field]
		if !ok {
			return fmt.Errorf("%s is not in the schema", field)
		}
		if err := fits(p, v); err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
	}
	return nil
}

func fits(p property, v any) error {
	ok := false
	switch x := v.(type) {
	case string:
		ok = p.Type == "string"
		if p.Format == "date-time" {
			if _, err := time.Parse(time.RFC3339Nano, x); err != nil {
				return err
			}
		}
	case bool:
		ok = p.Type == "boolean"
	case float64:
		ok = p.Type == "integer" && x == float64(int64(x))
	}
	if !ok {
		return fmt.Errorf("%s is no %s", strconv.Quote(fmt.Sprint(v)), p.Type)
	}
	return nil
}

// TestGolden_bites proves that a golden file which does not fit is found.
func TestGolden_bites(t *testing.T) {
	s := schemaOf(facts.ServiceRated{}, nil)
	if err := fits(s.Properties["at"], "yesterday"); err == nil {
		t.Error("a word passed as a time")
	}
	if err := fits(s.Properties["grade"], 1.5); err == nil {
		t.Error("half a grade passed")
	}
	if err := golden(s, facts.PaperIssued{}.Type()); err == nil {
		t.Error("the golden file of another fact passed")
	}
}
