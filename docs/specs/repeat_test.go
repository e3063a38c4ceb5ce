package specs

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// built is a package as go list knows it.
type built struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// calls maps every function below gov/, by its full name, to those it names.
func calls(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles", "./gov/...")
	cmd.Dir, cmd.Stderr = filepath.Join("..", ".."), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var ours []built
	export := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var b built
		if err := dec.Decode(&b); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		export[b.ImportPath] = b.Export
		if strings.HasPrefix(b.ImportPath, "tongban/gov/") {
			ours = append(ours, b)
		}
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(export[path]) })
	graph := map[string][]string{}
	for _, b := range ours {
		var files []*ast.File
		for _, name := range b.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(b.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
		if _, err := (&types.Config{Importer: imports}).Check(b.ImportPath, fset, files, info); err != nil {
			t.Fatal(err)
		}
		named(files, info, graph)
	}
	return graph
}

// named adds to the graph which functions every function of a package names.
func named(files []*ast.File, info *types.Info, graph map[string][]string) {
	for _, f := range files {
		for _, d := range f.Decls {
			decl, ok := d.(*ast.FuncDecl)
			if !ok || decl.Body == nil {
				continue
			}
			from := info.Defs[decl.Name].(*types.Func).FullName()
			ast.Inspect(decl.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if to, ok := info.Uses[id].(*types.Func); ok {
						graph[from] = append(graph[from], to.Origin().FullName())
					}
				}
				return true
			})
		}
	}
}

// reaches tells whether a function names another one, or one that does.
func reaches(graph map[string][]string, from, to string) bool {
	seen, queue := map[string]bool{from: true}, []string{from}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if name == to {
			return true
		}
		for _, next := range graph[name] {
			if !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return false
}

// typesName turns a method value's name as package runtime writes it,
// "tongban/gov/x/api.Deps.do-fm", into that of package types,
// "(tongban/gov/x/api.Deps).do".
func typesName(handler string) string {
	handler = strings.TrimSuffix(handler, "-fm")
	slash := strings.LastIndex(handler, "/")
	parts := strings.Split(handler[slash+1:], ".")
	if len(parts) != 3 {
		return handler
	}
	return "(" + handler[:slash+1] + parts[0] + "." + parts[1] + ")." + parts[2]
}

// Every operation that changes something either keeps what an Idempotency-Key
// did, or says why its repeat does no harm; and one that says so keeps nothing.
func TestAPI_repeats(t *testing.T) {
	graph := calls(t)
	const do = "tongban/platform/once.Do"
	if reaches(graph, "(tongban/gov/catalogue/api.Deps).item", do) || !reaches(graph, "(*tongban/gov/casework.Service).Submit", do) {
		t.Fatal("what is called is not found out")
	}
	commands := 0
	for _, op := range site(t).API.Operations() {
		name := typesName(op.Handler())
		switch {
		case !op.Command():
			if op.Repeat != "" {
				t.Errorf("%s changes nothing, and argues about its repeat", op.ID)
			}
			continue
		case graph[name] == nil:
			t.Errorf("%s: its function %s is not found", op.ID, name)
		case op.Keyed() && !reaches(graph, name, do):
			t.Errorf("%s %s %s neither keeps what an Idempotency-Key did nor says why its repeat does no harm", op.ID, op.Method, op.Path)
		case !op.Keyed() && reaches(graph, name, do):
			t.Errorf("%s keeps what an Idempotency-Key did, and argues that it need not", op.ID)
		}
		commands++
	}
	if commands < 40 {
		t.Errorf("only %d commands", commands)
	}
}
