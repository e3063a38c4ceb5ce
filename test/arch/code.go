package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"sort"
	"strings"
)

// The budgets.
const (
	maxFileLines     = 800
	maxFuncLines     = 60
	maxPackageFiles  = 25
	maxPackageLines  = 4000
	maxInterface     = 5
	maxConstructor   = 4
	maxDependencies  = 35
	requiredMigrated = "migrations"
)

var codeLaws = []Law{
	{"every package says what for", "a stranger reads the package comment first", checkPackageComments},
	{"every exported name says what for", "what others may use, others must understand", checkExported},
	{"files stay short", "what does not fit in a head is not read", checkFileLines},
	{"functions stay short", "a function of one screen does one thing", checkFuncLines},
	{"packages stay small", "a package that grows without end has no subject", checkPackageSize},
	{"interfaces are narrow", "a wide interface is a class in disguise", checkInterfaces},
	{"constructors take few parameters", "five parameters in a row are mixed up some day", checkConstructors},
	{"capabilities have the same shape", "learn one, know fourteen", checkShape},
	{"capabilities begin with the same headings", "law, words and doors are looked for in one place", checkHeadings},
	{"direct dependencies stay few", "each is somebody else's code that we answer for", checkDependencies},
}

// packages groups the hand-written, non-test files by folder.
func packages(t *Tree) map[string][]*GoFile {
	out := map[string][]*GoFile{}
	for _, f := range t.Go {
		if !f.Test && !f.Generated {
			out[f.Dir] = append(out[f.Dir], f)
		}
	}
	return out
}

func checkPackageComments(t *Tree) (bad []string) {
	for dir, files := range packages(t) {
		said := false
		for _, f := range files {
			said = said || f.AST.Doc != nil && len(strings.Fields(f.AST.Doc.Text())) > 5
		}
		if !said {
			bad = append(bad, dir)
		}
	}
	sort.Strings(bad)
	return bad
}

func checkExported(t *Tree) (bad []string) {
	for _, f := range t.Go {
		if f.Test || f.Generated {
			continue
		}
		for _, d := range f.AST.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
					bad = append(bad, t.At(d)+": "+d.Name.Name)
				}
			case *ast.GenDecl:
				bad = append(bad, undocumented(t, d)...)
			}
		}
	}
	return bad
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	typ := d.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.IndexListExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

func undocumented(t *Tree, d *ast.GenDecl) (bad []string) {
	if d.Tok == token.IMPORT {
		return nil
	}
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
				bad = append(bad, t.At(s)+": "+s.Name.Name)
			}
		case *ast.ValueSpec:
			if s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
				bad = append(bad, t.At(s)+": "+s.Names[0].Name)
			}
		}
	}
	return bad
}

func checkFileLines(t *Tree) (bad []string) {
	for _, f := range t.Go {
		if !f.Generated && f.Lines > maxFileLines {
			bad = append(bad, fmt.Sprintf("%s has %d lines, at most %d", f.Path, f.Lines, maxFileLines))
		}
	}
	return bad
}

func checkFuncLines(t *Tree) (bad []string) {
	for _, f := range t.Go {
		if f.Generated || f.Test {
			continue
		}
		for _, d := range f.AST.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if n := t.Fset.Position(fn.End()).Line - t.Fset.Position(fn.Pos()).Line + 1; n > maxFuncLines {
				bad = append(bad, fmt.Sprintf("%s: %s has %d lines, at most %d", t.At(fn), fn.Name.Name, n, maxFuncLines))
			}
		}
	}
	return bad
}

func checkPackageSize(t *Tree) (bad []string) {
	for dir, files := range packages(t) {
		lines := 0
		for _, f := range files {
			lines += f.Lines
		}
		if len(files) > maxPackageFiles || lines > maxPackageLines {
			bad = append(bad, fmt.Sprintf("%s has %d files and %d lines, at most %d and %d", dir, len(files), lines, maxPackageFiles, maxPackageLines))
		}
	}
	sort.Strings(bad)
	return bad
}

func checkInterfaces(t *Tree) (bad []string) {
	for _, f := range t.Go {
		if f.Generated || f.Test {
			continue
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			if i, ok := n.(*ast.InterfaceType); ok && i.Methods.NumFields() > maxInterface {
				bad = append(bad, fmt.Sprintf("%s: %d methods, at most %d", t.At(i), i.Methods.NumFields(), maxInterface))
			}
			return true
		})
	}
	return bad
}

func checkConstructors(t *Tree) (bad []string) {
	for _, f := range t.Go {
		if f.Generated || f.Test {
			continue
		}
		for _, d := range f.AST.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "New") && fn.Type.Params.NumFields() > maxConstructor {
				bad = append(bad, fmt.Sprintf("%s: %s takes %d, at most %d", t.At(fn), fn.Name.Name, fn.Type.Params.NumFields(), maxConstructor))
			}
		}
	}
	return bad
}

func checkShape(t *Tree) (bad []string) {
	for _, c := range t.Capabilities() {
		need := []string{"doc.go", "service.go", "permissions.go"}
		if !keepsNothing(t, c) {
			need = append(need, "store.go", requiredMigrated)
		}
		for _, name := range need {
			p := path.Join("gov", c, name)
			if name == "store.go" && t.hasStore(c) {
				continue // store_case.go, store_task.go … when one file grew
			}
			if !t.Has(p) {
				bad = append(bad, p+" is missing")
			}
		}
	}
	return bad
}

// keepsNothing tells whether a capability says in its doc.go that it has no
// tables: it shows what others keep.
func keepsNothing(t *Tree, c string) bool {
	_, after, ok := strings.Cut(t.Text(path.Join("gov", c, "doc.go")), "// # Tables\n//\n// ")
	return ok && strings.HasPrefix(after, "None")
}

func (t *Tree) hasStore(c string) bool {
	return slices.ContainsFunc(t.Go, func(f *GoFile) bool {
		return f.Dir == "gov/"+c && strings.HasPrefix(path.Base(f.Path), "store_") && !f.Test
	})
}

var headings = []string{"# Purpose", "# Law", "# Words", "# Life of ", "# Tables", "# Facts announced", "# Facts heard", "# Doors"}

func checkHeadings(t *Tree) (bad []string) {
	for _, c := range t.Capabilities() {
		text, at := t.Text(path.Join("gov", c, "doc.go")), 0
		for _, h := range headings {
			i := strings.Index(text[at:], "// "+h)
			if i < 0 {
				bad = append(bad, fmt.Sprintf("gov/%s/doc.go has no %q in its place", c, h))
				continue
			}
			at += i
		}
	}
	return bad
}

func checkDependencies(t *Tree) []string {
	direct := 0
	for line := range strings.Lines(t.Text("go.mod")) {
		f := strings.Fields(line)
		if len(f) >= 2 && strings.HasPrefix(f[1], "v") && strings.Contains(f[0], ".") && !strings.Contains(line, "// indirect") {
			direct++
		}
	}
	if direct > maxDependencies {
		return []string{fmt.Sprintf("go.mod has %d direct dependencies, at most %d", direct, maxDependencies)}
	}
	return nil
}
