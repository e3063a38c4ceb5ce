package arch

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
)

// Module is the path that our imports begin with.
const Module = "tongban/"

// GoFile is one parsed Go file.
type GoFile struct {
	Path      string // "platform/db/tx.go"
	Dir       string // "platform/db"
	Test      bool
	Generated bool
	Lines     int
	AST       *ast.File
}

// Imports lists what the file imports.
func (f *GoFile) Imports() []string {
	var out []string
	for _, i := range f.AST.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		out = append(out, p)
	}
	return out
}

// Uses tells whether the file imports the package, and under which name.
func (f *GoFile) Uses(pkg string) (name string, ok bool) {
	for _, i := range f.AST.Imports {
		if p, _ := strconv.Unquote(i.Path.Value); p == pkg {
			if i.Name != nil {
				return i.Name.Name, true
			}
			return path.Base(pkg), true
		}
	}
	return "", false
}

// Tree is the repository as the laws see it.
type Tree struct {
	FS    fs.FS
	Files []string // every text file, in order
	Go    []*GoFile
	Fset  *token.FileSet
}

// textKinds are the endings that are read as text.
var textKinds = map[string]bool{".go": true, ".sql": true, ".md": true, ".templ": true, ".css": true, ".js": true,
	".json": true, ".yaml": true, ".yml": true, ".sh": true, ".txt": true, ".service": true, ".bpmn": true, ".html": true}

// Read parses the tree below fsys. Folders that begin with a dot, and built or
// downloaded ones, are not part of it.
func Read(fsys fs.FS) (*Tree, error) {
	t := &Tree{FS: fsys, Fset: token.NewFileSet()}
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if p != "." && (strings.HasPrefix(name, ".") && name != ".ci" || name == "node_modules" || name == "testdata" ||
				p == "bin" || p == "tmp" || p == "tongban-data") {
				return fs.SkipDir
			}
			return nil
		}
		if !textKinds[path.Ext(name)] && name != "Makefile" {
			return nil
		}
		t.Files = append(t.Files, p)
		if path.Ext(name) == ".go" {
			return t.parse(p)
		}
		return nil
	})
	return t, err
}

func (t *Tree) parse(p string) error {
	src, err := fs.ReadFile(t.FS, p)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(t.Fset, p, src, parser.ParseComments)
	if err != nil {
		return err
	}
	t.Go = append(t.Go, &GoFile{Path: p, Dir: path.Dir(p), Test: strings.HasSuffix(p, "_test.go"),
		Generated: strings.HasSuffix(p, "_templ.go") || ast.IsGenerated(file),
		Lines:     bytes.Count(src, []byte("\n")), AST: file})
	return nil
}

// Text returns a file's content, "" when it cannot be read.
func (t *Tree) Text(p string) string {
	b, _ := fs.ReadFile(t.FS, p)
	return string(b)
}

// Has tells whether a file or folder exists.
func (t *Tree) Has(p string) bool {
	_, err := fs.Stat(t.FS, p)
	return err == nil
}

// At is the position of a node, for messages: "gov/x/store.go:12".
func (t *Tree) At(n ast.Node) string {
	pos := t.Fset.Position(n.Pos())
	return pos.Filename + ":" + strconv.Itoa(pos.Line)
}

// Capabilities lists the folders of gov/, facts aside, that hold Go code.
func (t *Tree) Capabilities() []string {
	seen := map[string]bool{}
	for _, f := range t.Go {
		if part := strings.Split(f.Dir, "/"); part[0] == "gov" && len(part) > 1 && part[1] != "facts" {
			seen[part[1]] = true
		}
	}
	var out []string
	for c := range seen {
		out = append(out, c)
	}
	sort.Strings(out)
	return out
}

// Law is one rule: what it says, why, and how a breach is found.
type Law struct {
	Name    string
	Because string
	Check   func(t *Tree) []string
}
