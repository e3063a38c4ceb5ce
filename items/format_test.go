package items_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"regexp"
	"testing"

	"tongban/items"
)

// The types below are the format of README.md, read strictly.

type text struct{ Zh, En string }

type limit struct {
	Amount   int
	Unit     string
	Citation text
}

type item struct {
	Format                                int
	ID, Version, Code, Region, Level, Org string
	Type                                  struct {
		Code string
		Name text
	}
	Name, Summary              text
	Keywords, Audience, Themes []string
	Partners                   []struct {
		Org        string
		Role, When text
	}
	LifeEvent *text `json:"life_event"`
	Handling  struct {
		Kind                              string
		Online, Counter, Booking, Express bool
		Visits                            int
		Identity                          int
	}
	Limits struct {
		Legal, Promise, Correction limit
		Extension                  *limit
	}
	Answers struct {
		CanI               text `json:"can_i"`
		Bring              text
		HowLong            text `json:"how_long"`
		Fee, Where, Visits text
	}
	Fee struct {
		Cents    int
		Citation text
	}
	Places []struct {
		Name, Address, Hours text
		Phone                string
	}
	ComplaintPhone string `json:"complaint_phone"`
	Conditions     []struct {
		ID     string
		Text   text
		Clause string
		Steps  []string
	}
	Basis []struct {
		ID, Law                string
		LawEn                  string `json:"law_en"`
		Version, Article, Text string
	}
	Steps []struct {
		Element string
		Name    text
		Org     string
		Limit   limit
		Fills   []string
	}
	Pauses []struct {
		ID             string
		Name, Citation text
	}
	Source text
}

type effects struct{ Add, Remove, Show, Hide []string }

type option struct {
	ID      string
	Text    text
	Unsure  bool
	Hint    *text
	Warning *struct{ Text, Instead text }
	Next    string
	Effects effects
}

type question struct {
	ID        string
	Text, Why text
	Clause    string
	Options   []option
}

type situations struct {
	Start     string
	Questions []question

	Variations []struct {
		ID, When     string
		Why          text
		PromiseLimit *struct {
			Amount   int
			Unit     string
			Citation text
		} `json:"promise_limit"`
	}
}

type material struct {
	ID, Kind   string
	Name       text
	Count      int
	NeededWhen string `json:"needed_when"`
	Why, Risk  text
	Clause     string
	IssuedBy   text `json:"issued_by"`
	Instead    []struct {
		Kind   string
		Name   text
		Source string
	}
	Sample []struct{ Label, Value text }
	Accept []string
	MaxMB  int `json:"max_mb"`
	Later  bool
	Hint   *text
}

type field struct {
	ID, Type     string
	Within       string `json:"within"`
	Label        text
	Hint, Unit   *text
	Required     bool
	RequiredWhen string `json:"required_when"`
	ShowWhen     string `json:"show_when"`
	Options      []struct {
		Value string
		Text  text
	}
	Min, Max *string
	Decimals int
	Pattern  string
	Equals   string
	Errors   map[string]text
	Prefill  *struct{ Source, Policy string }
}

type form struct {
	Groups []struct {
		ID     string
		Title  text
		Note   *text
		Fields []field
	}
	Checks []struct {
		When, Field string
		Text        text
	}
}

type result struct {
	Certificate struct {
		Type, Category, Issuer, Number string
		Name                           text
		Holder                         struct{ Name, Number string }
		Validity                       struct {
			Unit     string
			Amount   int
			Citation text
		}
		Fields []struct {
			Key      string
			Label    text
			From     string
			ShowWhen string `json:"show_when"`
		}
		Text []string
	}
	Refusal struct {
		Title   text
		Reasons []struct {
			ID, Clause string
			Text, Pass text
		}
		Remedies []struct {
			ID           string
			Text         text
			Amount       int
			Unit, Clause string
			Authority    text
		}
	}
}

type pack struct {
	name       string
	item       item
	situations situations
	materials  struct{ Materials []material }
	form       form
	result     result
	flow       []byte
	bundle     bool // a one thing: its parts have flow and result
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := items.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func strict(t *testing.T, name string, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(read(t, name)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func load(t *testing.T, name string) pack {
	t.Helper()
	p := pack{name: name}
	_, err := fs.Stat(items.Files, name+"/bundle.json")
	p.bundle = err == nil
	strict(t, name+"/item.json", &p.item)
	strict(t, name+"/situations.json", &p.situations)
	strict(t, name+"/materials.json", &p.materials)
	strict(t, name+"/form.json", &p.form)
	if !p.bundle {
		p.flow = read(t, name+"/flow.bpmn")
		strict(t, name+"/result.json", &p.result)
	}
	return p
}

// each runs a test for every shipped package.
func each(t *testing.T, f func(t *testing.T, p pack)) {
	for _, name := range items.Packages {
		t.Run(name, func(t *testing.T) { f(t, load(t, name)) })
	}
}

// handled is each for the packages with a flow of their own: all but one things.
func handled(t *testing.T, f func(t *testing.T, p pack)) {
	each(t, func(t *testing.T, p pack) {
		if !p.bundle {
			f(t, p)
		}
	})
}

// joint is each for the packages in whose flow several offices take part.
func joint(t *testing.T, f func(t *testing.T, p pack)) {
	each(t, func(t *testing.T, p pack) {
		if len(p.item.Partners) > 0 {
			f(t, p)
		}
	})
}

func (p pack) fields() []field {
	var fs []field
	for _, g := range p.form.Groups {
		fs = append(fs, g.Fields...)
	}
	return fs
}

func (p pack) clauses() map[string]bool {
	m := map[string]bool{}
	for _, b := range p.item.Basis {
		m[b.ID] = true
	}
	return m
}

func (p pack) question(id string) *question {
	for i := range p.situations.Questions {
		if p.situations.Questions[i].ID == id {
			return &p.situations.Questions[i]
		}
	}
	return nil
}

// env gives every id the empty answer, which also declares it for the compiler.
func (p pack) env() map[string]any {
	m := map[string]any{}
	for _, q := range p.situations.Questions {
		m[q.ID] = ""
	}
	for _, f := range p.fields() {
		m[f.ID] = ""
	}
	return m
}

var idShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
