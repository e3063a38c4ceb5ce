package catalogue

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"

	"tongban/gov/catalogue/content"
)

//go:embed general
var generalFiles embed.FS

// General is what an imported guide lacks and every application needs: a form,
// a flow and a result.
type General struct {
	Form    json.RawMessage
	Flow    string
	Result  Result
	Clauses []Clause // of the result: why one may be refused and what can be done then
}

// LoadGeneral reads the general form and result of this package and the
// general flow, general.bpmn, of the service packages.
func LoadGeneral(items fs.FS) (General, error) {
	var g General
	flow, err := fs.ReadFile(items, "general.bpmn")
	if err != nil {
		return g, fmt.Errorf("general flow: %w", err)
	}
	g.Flow = string(flow)
	sub, _ := fs.Sub(generalFiles, "general")
	l := &loader{fsys: sub, dir: "."}
	g.Form = l.raw("form.json")
	l.json("result.json", &g.Result)
	l.json("clauses.json", &g.Clauses)
	if len(l.problems) > 0 {
		return g, &PackageError{"general", l.problems}
	}
	return g, nil
}

// complete adds the general form, flow and result to an imported guide. The
// certificate is of a type of the item's own office.
func (g General) complete(c *Content) {
	c.Form, c.Flow = g.Form, g.Flow
	common := content.Common{Result: g.Result, Clauses: g.Clauses}
	common.Onto(c)
}

// common is what is kept once for all imported guides, with its text and the
// hash of that.
type common struct {
	content.Common
	hash, text string
}

func (s *Service) common() (*common, error) {
	g, err := s.general()
	if err != nil {
		return nil, err
	}
	c := &common{Common: content.Common{Result: g.Result, Clauses: g.Clauses}}
	text, err := json.Marshal(c.Common)
	c.hash, c.text = content.Digest(text), string(text)
	return c, err
}

// IsGeneral tells whether a clause belongs to the general result rather than
// to the item itself; guides show it under remedies, not as the item's basis.
func IsGeneral(clause string) bool { return content.IsGeneral(clause) }

func (g General) hash() string {
	raw, _ := json.Marshal(g) // plain text
	return content.Digest(raw)
}
