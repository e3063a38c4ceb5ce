package specs

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// objects says in words what the object of an act is: by its name, or by folder
// and how the code writes it.
var objects = map[string]string{
	"app: c.Version()":                              "version of the calendar",
	"app: c.Subject.CommonName":                     "name in the certificate",
	"app: object":                                   "statement about keys",
	"gov/casework: string(c.ID)":                    "case",
	"gov/casework/reading: string(c.ID)":            "case",
	"gov/casework/bundles: string(b.ID)":            "one thing",
	"gov/certificates/kinds: t.Code":                "certificate type",
	"gov/certificates/templates: t.Type":            "certificate type",
	"gov/certificates/custody: o.ID":                "order about keys",
	"gov/certificates/trusted: n.ID":                "recognised node",
	"gov/certificates/trusted: f.id":                "certificate of another node",
	"gov/certificates/trusted: row.id":              "certificate of another node",
	"gov/certificates/holding: p.ID":                "copy",
	"gov/certificates/holding: id":                  "copy",
	"gov/certificates/holding: x.ID":                "copy",
	"gov/certificates/holding: paper":               "paper",
	"gov/certificates/holding: x.Paper":             "paper",
	"gov/certificates/holding: region":              "region",
	"gov/certificates/holding: permit":              "permit",
	"gov/certificates/holding: o.ID":                "objection",
	"gov/certificates/holding: objection":           "objection",
	"gov/certificates/holding: w.ID":                "guardianship",
	"gov/certificates/holding: ward":                "guardianship",
	"certificates.permit.offered":                   "permit",
	"gov/certificates/wallets: q.ID":                "presentation request",
	"gov/certificates/wallets: f.ID":                "paper",
	"gov/certificates/wallets: paper":               "paper",
	"gov/certificates/wallets: o.paper":             "paper",
	"gov/casework/reliance: string(u.id)":           "case",
	"gov/casework/deputies: d.ID":                   "arrangement of a deputy",
	"gov/casework/drafts: string(d.ID)":             "draft",
	"gov/casework/reuse: string(d.ID)":              "draft",
	"gov/casework/handout: string(h.Case)":          "case",
	"gov/casework/copies: string(c.Case)":           "case",
	"gov/casework/drafts: out.ID":                   "person",
	"gov/catalogue/intake: m.Name":                  "name of the mapping",
	"gov/catalogue/halls: p.Hall":                   "address of a hall",
	"gov/catalogue/intake: run.ID":                  "import",
	"gov/catalogue/intake: id":                      "import",
	"gov/catalogue/lists: d.ID":                     "list",
	"gov/catalogue/outlet: string(opt.Format)":      "form of the export",
	"gov/catalogue: opt.Name":                       "name of the file",
	"gov/catalogue: p.content.Item.Code":            "item code",
	"gov/catalogue/changes: strconv.Itoa(c.Number)": "change of the catalogue",
	"gov/catalogue/changes: strconv.Itoa(d.Number)": "change of the catalogue",
	"gov/catalogue: b.Code":                         "basic code",
	"gov/certificates/stock: id":                    "intake run",
	"gov/certificates/stock: run.ID":                "intake run",
	"gov/certificates/stock: r.Run":                 "intake run",
	"gov/certificates/stock: x.run.ID":              "intake run",
	"gov/catalogue: f.Key":                          "element",
	"gov/catalogue: code":                           "item code",
	"gov/catalogue: say":                            "word",
	"gov/certificates: p.ID":                        "paper",
	"gov/certificates: f.ID":                        "paper",
	"gov/certificates: paper":                       "paper",
	"gov/design: item":                              "item code",
	"gov/limits: object(r)":                         "region and limit",
	"gov/catalogue/quality: w.Code":                 "item code",
	"gov/catalogue/quality: region":                 "division",
	"gov/catalogue/quality: code":                   "item code",
	"gov/laws: code":                                "item code",
	"gov/laws: \"laws\"":                            "the collection of laws",
	"gov/identity: a.ID":                            "account",
	"gov/identity: account":                         "account",
	"gov/identity: p.Account":                       "account",
	"gov/identity: o.Code":                          "unified code",
	"gov/identity: m.Org":                           "unified code of the company",
	"gov/casework/precedents: item":                 "item code",
	"gov/identity: mandate":                         "mandate",
	"gov/identity: object":                          "person, or the masked number when nobody has it",
	"gov/identity: p.ID":                            "person",
	"identity.session.switched":                     "account",
	"gov/identity: old.ID":                          "person",
	"gov/oversight: auth.From(ctx).ID":              "account of the reader",
	"gov/participation: caseID":                     "case",
	"platform/events: id":                           "fact",
}

// act is one row of the list.
type act struct {
	name, object string
	details      map[string]bool
	where        string
}

// TestAuditEvents lists every act that the code can write into the record.
func TestAuditEvents(t *testing.T) {
	folders, fset := source(t)
	rows := map[string]act{}
	for _, p := range folders {
		p.each(func(fn *ast.FuncDecl) {
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				c, ok := n.(*ast.CallExpr)
				if !ok || text(c.Fun) != "audit.Record" {
					return true
				}
				list, err := acts(scope{pkg: p, fn: fn}, c)
				if err != nil {
					t.Errorf("%s: %v", fset.Position(c.Pos()), err)
				}
				for _, a := range list {
					if before, ok := rows[a.name]; ok {
						maps.Copy(a.details, before.details)
						if !strings.Contains(before.object, a.object) {
							a.object = before.object + "; " + a.object
						} else {
							a.object = before.object
						}
					}
					rows[a.name] = a
				}
				return true
			})
		})
	}
	words := actWords(t)
	for name := range words {
		if _, ok := rows[name]; !ok {
			t.Errorf("%s has words and nobody writes it", name)
		}
	}
	var b strings.Builder
	b.WriteString("# Acts of the record\n\n" + made)
	b.WriteString("Every act that is written into the record (审计记录) with its object and the keys that its details may have. Who acted, for whom the session was, when and in which region is part of every act; see `platform/audit`.\n\n")
	b.WriteString("| act | words | object | details | package |\n| --- | --- | --- | --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		a := rows[name]
		details := "–"
		if len(a.details) > 0 {
			details = "`" + strings.Join(slices.Sorted(maps.Keys(a.details)), "` `") + "`"
		}
		w := words[name]
		if w[0] == "" || w[1] == "" {
			t.Errorf("%s has no words: add act.%s to both files of %s", name, name, wordsDir)
		}
		fmt.Fprintf(&b, "| `%s` | %s · %s | %s | %s | %s |\n", name, w[0], w[1], a.object, details, a.where)
	}
	fmt.Fprintf(&b, "\n%d acts.\n", len(rows))
	keep(t, "audit-events.md", b.String())
}

// wordsDir holds what the auditor's page says for an act, as act.<name>.
const wordsDir = "gov/oversight/web/strings"

// actWords are the words for each act: Chinese, English.
func actWords(t *testing.T) map[string][2]string {
	t.Helper()
	all := map[string][2]string{}
	for i, file := range []string{"zh-Hans.json", "en.json"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", wordsDir, file))
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for key, text := range words {
			if name, ok := strings.CutPrefix(key, "act."); ok {
				pair := all[name]
				pair[i] = text
				all[name] = pair
			}
		}
	}
	return all
}

// acts tells what one call of audit.Record can write: once, when the literal
// says all itself, else once for every call of the function around it.
func acts(s scope, c *ast.CallExpr) ([]act, error) {
	lit, ok := c.Args[len(c.Args)-1].(*ast.CompositeLit)
	if !ok {
		return nil, fmt.Errorf("the entry is no literal")
	}
	one := func(name string) (ast.Expr, bool) {
		list := s.field(lit, name)
		if len(list) == 0 {
			return nil, false
		}
		return list[0].expr, true
	}
	name, _ := one("Action")
	object, _ := one("Object")
	where := s.pkg.dir
	of, known := objects[where+": "+text(object)]
	if !known {
		return nil, fmt.Errorf("objects has no words for %q", where+": "+text(object))
	}
	scopes := []scope{s}
	if _, ok := name.(*ast.BasicLit); !ok {
		if scopes = s.pkg.calls(s.fn); len(scopes) == 0 {
			return nil, fmt.Errorf("%s is called nowhere in its package", s.fn.Name.Name)
		}
	}
	var out []act
	for _, in := range scopes {
		names, err := bound{name, in}.texts()
		if err != nil {
			return nil, err
		}
		details := map[string]bool{}
		if e, ok := one("Details"); ok {
			if details, err = (bound{e, in}).keys(); err != nil {
				return nil, err
			}
		}
		for _, n := range names {
			words := of
			if own, ok := objects[n]; ok {
				words = own
			}
			out = append(out, act{n, words, maps.Clone(details), where})
		}
	}
	return out, nil
}
