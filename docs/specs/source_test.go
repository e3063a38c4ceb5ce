package specs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// folder is one package of the source, without its tests.
type folder struct {
	dir   string
	files []*ast.File
}

// source reads every package below the root of the repository.
func source(t *testing.T) ([]*folder, *token.FileSet) {
	t.Helper()
	root := filepath.Join("..", "..")
	fset, byDir := token.NewFileSet(), map[string]*folder{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); path != root && (strings.HasPrefix(n, ".") || n == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, filepath.Dir(path))
		if byDir[rel] == nil {
			byDir[rel] = &folder{dir: filepath.ToSlash(rel)}
		}
		byDir[rel].files = append(byDir[rel].files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []*folder
	for _, k := range slices.Sorted(maps.Keys(byDir)) {
		out = append(out, byDir[k])
	}
	return out, fset
}

// each calls f for every function of the folder.
func (p *folder) each(f func(*ast.FuncDecl)) {
	for _, file := range p.files {
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				f(fn)
			}
		}
	}
}

// bound is an expression together with the function that it stands in.
type bound struct {
	expr ast.Expr
	in   scope
}

// scope is a function, and what its parameters are in one call of it.
type scope struct {
	pkg *folder
	fn  *ast.FuncDecl
	env map[string]bound
}

// called returns the scope of a function of the folder for one call.
func (s scope) called(c *ast.CallExpr, fn *ast.FuncDecl) scope {
	env, i := map[string]bound{}, 0
	for _, field := range fn.Type.Params.List {
		for _, n := range field.Names {
			if i < len(c.Args) {
				env[n.Name] = bound{c.Args[i], s}
			}
			i++
		}
	}
	return scope{s.pkg, fn, env}
}

func callee(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// calls returns one scope of fn for every call of it in its folder.
func (p *folder) calls(fn *ast.FuncDecl) (out []scope) {
	p.each(func(from *ast.FuncDecl) {
		ast.Inspect(from.Body, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && callee(c) == fn.Name.Name {
				out = append(out, scope{pkg: p, fn: from}.called(c, fn))
			}
			return true
		})
	})
	return out
}

// origins follows a name or a call to the expressions that give it its value.
func (s scope) origins(e ast.Expr) (out []bound) {
	switch e := e.(type) {
	case *ast.Ident:
		if b, ok := s.env[e.Name]; ok {
			return []bound{b}
		}
		ast.Inspect(s.fn.Body, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
				for i, l := range a.Lhs {
					if id, ok := l.(*ast.Ident); ok && id.Name == e.Name {
						out = append(out, bound{a.Rhs[i], s})
					}
				}
			}
			return true
		})
	case *ast.CallExpr:
		s.pkg.each(func(fn *ast.FuncDecl) {
			if fn.Name.Name != callee(e) {
				return
			}
			in := s.called(e, fn)
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
					out = append(out, bound{r.Results[0], in})
				}
				return true
			})
		})
	}
	return out
}

// field follows x.name to the values that literals of x give it.
func (s scope) field(x ast.Expr, name string) (out []bound) {
	if lit, ok := x.(*ast.CompositeLit); ok {
		for _, el := range lit.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				if k, ok := kv.Key.(*ast.Ident); ok && k.Name == name {
					out = append(out, bound{kv.Value, s})
				}
			}
		}
		return out
	}
	for _, b := range s.origins(x) {
		out = append(out, b.in.field(b.expr, name)...)
	}
	return out
}

// texts returns every text that the expression can be.
func (b bound) texts() ([]string, error) {
	switch e := b.expr.(type) {
	case *ast.BasicLit:
		v, err := strconv.Unquote(e.Value)
		return []string{v}, err
	case *ast.BinaryExpr:
		left, err := bound{e.X, b.in}.texts()
		if err != nil {
			return nil, err
		}
		right, err := bound{e.Y, b.in}.texts()
		var out []string
		for _, l := range left {
			for _, r := range right {
				out = append(out, l+r)
			}
		}
		return out, err
	case *ast.SelectorExpr:
		return textsOf(e, b.in.field(e.X, e.Sel.Name))
	}
	return textsOf(b.expr, b.in.origins(b.expr))
}

func textsOf(e ast.Expr, from []bound) (out []string, err error) {
	if len(from) == 0 {
		return nil, fmt.Errorf("cannot tell what the expression at %d is", e.Pos())
	}
	for _, b := range from {
		list, err := b.texts()
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// keys returns the keys that a map may have: those of its literals and those
// that are set afterwards.
func (b bound) keys() (map[string]bool, error) {
	out := map[string]bool{}
	add := func(more map[string]bool, err error) error { maps.Copy(out, more); return err }
	if lit, ok := b.expr.(*ast.CompositeLit); ok {
		for _, el := range lit.Elts {
			kv, ok := el.(*ast.KeyValueExpr)
			if !ok {
				return nil, fmt.Errorf("a literal at %d is no map", lit.Pos())
			}
			list, err := bound{kv.Key, b.in}.texts()
			if err != nil {
				return nil, err
			}
			for _, k := range list {
				out[k] = true
			}
		}
		return out, nil
	}
	if id, ok := b.expr.(*ast.Ident); ok && id.Name == "nil" {
		return out, nil
	}
	from := b.in.origins(b.expr)
	if sel, ok := b.expr.(*ast.SelectorExpr); ok {
		from = b.in.field(sel.X, sel.Sel.Name)
		if id, ok := sel.X.(*ast.Ident); ok {
			if e, ok := b.in.env[id.Name]; ok {
				if err := add(e.in.set(&ast.SelectorExpr{X: e.expr, Sel: sel.Sel})); err != nil {
					return nil, err
				}
			}
		}
	} else if len(from) == 0 {
		return nil, fmt.Errorf("cannot tell the keys of the expression at %d", b.expr.Pos())
	}
	for _, o := range from {
		if err := add(o.keys()); err != nil {
			return nil, err
		}
	}
	return out, add(b.in.set(b.expr))
}

// set returns the keys that statements of the function give to a map.
func (s scope) set(m ast.Expr) (map[string]bool, error) {
	out, copied := map[string]bool{}, map[string]ast.Expr{}
	var err error
	ast.Inspect(s.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			if k, ok := n.Key.(*ast.Ident); ok {
				copied[k.Name] = n.X
			}
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				ix, ok := l.(*ast.IndexExpr)
				if !ok || text(ix.X) != text(m) {
					continue
				}
				var more map[string]bool
				if id, ok := ix.Index.(*ast.Ident); ok && copied[id.Name] != nil {
					more, err = bound{copied[id.Name], s}.keys()
				} else {
					var list []string
					list, err = bound{ix.Index, s}.texts()
					more = map[string]bool{}
					for _, k := range list {
						more[k] = true
					}
				}
				maps.Copy(out, more)
			}
		}
		return err == nil
	})
	return out, err
}

// text is how an expression is written.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return text(e.X) + "." + e.Sel.Name
	case *ast.CallExpr:
		var args []string
		for _, a := range e.Args {
			args = append(args, text(a))
		}
		return text(e.Fun) + "(" + strings.Join(args, ", ") + ")"
	case *ast.BasicLit:
		return e.Value
	}
	return fmt.Sprintf("%T", e)
}
