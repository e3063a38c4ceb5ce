package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

var sqlLaws = []Law{
	{"SQL is written in stores", "an auditor who asks what is read looks in one file per capability", checkSQLPlace},
	{"SQL stays in the subset", "a statement that one engine refuses fails on somebody's machine", checkSubset},
	{"statements name the region", "a statement without a region reads every jurisdiction and cannot be sharded", checkRegion},
	{"capabilities touch their own tables", "ids, not joins: who reads another's table is tied to it for ever", checkPrefix},
	{"migrations use six types", "these six mean the same on both engines", checkTypes},
	{"keys begin with the region", "a jurisdiction is the unit of tenancy, sharding and federation", checkKeys},
	{"forks are counted", "each place where the engines differ is a place to err; the list may only shrink", checkForks},
}

// sqlHomes are the platform packages that own tables or the engines.
var sqlHomes = []string{"platform/db", "platform/audit", "platform/events", "platform/schedule", "platform/once", "platform/search"}

// engineHome may speak each engine's own language.
const engineHome = "platform/db"

// MaxForks is how many statements are spelled differently for each engine; it
// may only shrink.
const MaxForks = 6

var (
	statementRE = regexp.MustCompile(`(?is)^\s*(?:SELECT\s.+\sFROM\s|SELECT\s+(?:count|max|min)\(|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|REPLACE\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+(?:RECURSIVE\s+)?\w+\s*(?:\([^)]*\))?\s+AS\s*\(|CREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX)|ALTER\s+TABLE|DROP\s+TABLE|PRAGMA\s)`)
	commentRE   = regexp.MustCompile(`(?m)--.*$`)
	literalRE   = regexp.MustCompile(`'(?:[^']|'')*'`)
)

// outside is what one of the engines, or an engine that shards, does not know.
var outside = []struct{ re, what string }{
	{`::`, "a ::cast (write CAST)"}, {`(?i)\bILIKE\b`, "ILIKE (write lower(a) LIKE lower(b))"}, {`(?i)\bANY\s*\(`, "ANY( (expand with db.In)"},
	{`(?i)\bnow\s*\(`, "now() (time comes from the clock)"}, {`(?i)\bcurrent_(?:timestamp|date|time)\b`, "the server's clock"},
	{`(?i)\bFOR\s+(?:UPDATE|SHARE)\b`, "FOR UPDATE"}, {`(?i)\bALTER\s+COLUMN\b`, "ALTER COLUMN"},
	{`(?i)\bADD\s+COLUMN\s+IF\s+NOT\s+EXISTS\b`, "ADD COLUMN IF NOT EXISTS"}, {`(?i)\bINSERT\s+OR\b`, "INSERT OR …"},
	{`(?i)\bjson_extract\b`, "json_extract (write ->>)"}, {`(?i)\bstrftime\b`, "strftime"}, {`(?i)\bdatetime\s*\(`, "datetime("},
	{`(?i)\b(?:big|small)serial\b`, "bigserial"}, {`(?i)\bAUTOINCREMENT\b`, "AUTOINCREMENT"}, {`(?i)\bGENERATED\b`, "generated columns"},
	{`(?i)\bTRIGGER\b`, "a trigger"}, {`(?i)\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|VIEW|TYPE|SEQUENCE|EXTENSION|SCHEMA)\b`, "an object beyond tables and indexes"},
	{`(?i)\bgreatest\s*\(`, "greatest("}, {`(?i)\bleast\s*\(`, "least("}, {`(?i)\bSTRICT\b`, "STRICT"}, {`(?i)\bWITHOUT\s+ROWID\b`, "WITHOUT ROWID"},
	{`(?i)\b(?:LISTEN|NOTIFY)\b`, "LISTEN or NOTIFY"}, {`(?i)\bpg_\w+`, "a function of PostgreSQL alone"}, {`(?i)\badvisory\b`, "an advisory lock"},
	{`(?i)\bLOCK\s+TABLE\b`, "LOCK TABLE"}, {`(?i)\bDEFERR(?:ABLE|ED)\b`, "a deferrable constraint"}, {`(?i)\bEXCLUDE\s+USING\b`, "an exclusion constraint"},
	{`(?i)\bilike\b`, "ILIKE"}, {`(?i)\browid\b`, "rowid"}, {`\?`, "a ? placeholder (write $1)"}, {`(?i)\bgroup_concat\b`, "group_concat (write string_agg)"},
	{`(?i)\bifnull\s*\(`, "ifnull (write COALESCE)"}, {`(?i)\bUPDATE\s+\w+\s+SET\s+region\s*=`, "a change of region"}, {`@>`, "@>"}, {`(?i)\bSKIP\s+LOCKED\b`, "SKIP LOCKED"},
}

// statement is one SQL text in the tree.
type statement struct {
	at, file string
	text     string
	whole    bool // every part of it is known
}

// goStatements finds the SQL in string expressions of a file.
func goStatements(t *Tree, f *GoFile, consts map[string]string) (out []statement) {
	ast.Inspect(f.AST, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		switch e.(type) {
		case *ast.BasicLit, *ast.BinaryExpr:
		default:
			return true
		}
		text, whole, isText := flatten(e, consts)
		if !isText {
			return true
		}
		if statementRE.MatchString(text) {
			out = append(out, statement{t.At(e), f.Path, text, whole})
		}
		return false
	})
	return out
}

// flatten joins a concatenation of strings; parts that are not known become " … ".
func flatten(e ast.Expr, consts map[string]string) (text string, whole, isText bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false, false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil, err == nil
	case *ast.ParenExpr:
		return flatten(e.X, consts)
	case *ast.Ident:
		s, ok := consts[e.Name]
		return s, ok, ok
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false, false
		}
		a, wa, ta := flatten(e.X, consts)
		b, wb, tb := flatten(e.Y, consts)
		if !ta {
			a = " … "
		}
		if !tb {
			b = " … "
		}
		return a + b, wa && wb, ta || tb
	}
	return "", false, false
}

// constants are the string constants of a folder.
func constants(t *Tree, dir string) map[string]string {
	out := map[string]string{}
	for range 3 { // constants made of constants
		for _, f := range t.Go {
			if f.Dir != dir || f.Test {
				continue
			}
			for _, d := range f.AST.Decls {
				g, ok := d.(*ast.GenDecl)
				if !ok || g.Tok != token.CONST {
					continue
				}
				for _, s := range g.Specs {
					v := s.(*ast.ValueSpec)
					for i := range v.Values {
						if text, whole, ok := flatten(v.Values[i], out); ok && whole {
							out[v.Names[i].Name] = text
						}
					}
				}
			}
		}
	}
	return out
}

func inHome(dir string) bool {
	for _, h := range sqlHomes {
		if dir == h || strings.HasPrefix(dir, h+"/") {
			return true
		}
	}
	return false
}

func isStore(p string) bool {
	return strings.HasPrefix(path.Base(p), "store") && !strings.HasSuffix(p, "_test.go")
}

func checkSQLPlace(t *Tree) (bad []string) {
	for _, f := range t.Go {
		if f.Test || f.Generated || inHome(f.Dir) || isStore(f.Path) || strings.HasPrefix(f.Dir, "test/") {
			continue
		}
		for _, s := range goStatements(t, f, constants(t, f.Dir)) {
			bad = append(bad, s.at+": "+short(s.text))
		}
	}
	return bad
}

func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 70 {
		s = s[:70]
	}
	return s
}

// statements are all SQL texts that the subset applies to: stores, the platform's
// own tables, migrations.
func statements(t *Tree) (out []statement) {
	for _, f := range t.Go {
		if f.Test || f.Generated || f.Dir == engineHome || strings.HasPrefix(f.Dir, engineHome+"/") {
			continue
		}
		if inHome(f.Dir) || isStore(f.Path) {
			out = append(out, withoutForks(t, f)...)
		}
	}
	return append(out, migrations(t)...)
}

// withoutForks leaves out what stands in a db.Fork, which is allowed to differ.
func withoutForks(t *Tree, f *GoFile) (out []statement) {
	type span struct{ from, to token.Pos }
	var forks []span
	for _, c := range forkLiterals(f) {
		forks = append(forks, span{c.Pos(), c.End()})
	}
	inFork := func(at string) bool {
		for _, s := range forks {
			from, to := t.Fset.Position(s.from), t.Fset.Position(s.to)
			_, line, _ := strings.Cut(at, ":")
			n, _ := strconv.Atoi(line)
			if n >= from.Line && n <= to.Line {
				return true
			}
		}
		return false
	}
	for _, s := range goStatements(t, f, constants(t, f.Dir)) {
		if !inFork(s.at) {
			out = append(out, s)
		}
	}
	return out
}

func migrations(t *Tree) (out []statement) {
	for _, p := range t.Files {
		if path.Ext(p) != ".sql" || path.Base(path.Dir(p)) != "migrations" {
			continue
		}
		for part := range strings.SplitSeq(commentRE.ReplaceAllString(t.Text(p), ""), ";") {
			if strings.TrimSpace(part) != "" {
				out = append(out, statement{p, p, part, true})
			}
		}
	}
	return out
}

func checkSubset(t *Tree) (bad []string) {
	for _, s := range statements(t) {
		bare := literalRE.ReplaceAllString(commentRE.ReplaceAllString(s.text, ""), "''")
		for _, o := range outside {
			if regexp.MustCompile(o.re).MatchString(bare) {
				bad = append(bad, fmt.Sprintf("%s: %s in %s", s.at, o.what, short(bare)))
			}
		}
	}
	return bad
}

func checkRegion(t *Tree) (bad []string) {
	re := regexp.MustCompile(`(?i)\bregion\b`)
	for _, f := range t.Go {
		if f.Test || !isStore(f.Path) || !strings.HasPrefix(f.Dir, "gov/") {
			continue
		}
		for _, s := range goStatements(t, f, constants(t, f.Dir)) {
			if s.whole && !re.MatchString(s.text) {
				bad = append(bad, s.at+": "+short(s.text))
			}
		}
	}
	return bad
}

func forkLiterals(f *GoFile) (out []*ast.CompositeLit) {
	name, ok := f.Uses(Module + "platform/db")
	if !ok {
		return nil
	}
	ast.Inspect(f.AST, func(n ast.Node) bool {
		if c, ok := n.(*ast.CompositeLit); ok {
			if s, ok := c.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Fork" {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == name {
					out = append(out, c)
				}
			}
		}
		return true
	})
	return out
}

// Forks lists where a statement is spelled for each engine.
func Forks(t *Tree) (out []string) {
	for _, f := range t.Go {
		for _, c := range forkLiterals(f) {
			if !f.Test {
				out = append(out, t.At(c))
			}
		}
	}
	return out
}

func checkForks(t *Tree) []string {
	if list := Forks(t); len(list) > MaxForks {
		return append([]string{fmt.Sprintf("%d forks, at most %d:", len(list), MaxForks)}, list...)
	}
	return nil
}
