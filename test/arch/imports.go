package arch

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
)

// tiers says which capabilities may be called by which: downwards only.
var tiers = map[string]int{
	"identity": 0, "catalogue": 0, "consent": 0,
	"registries": 1, "certificates": 1, "exchange": 1, "design": 1, "limits": 0, "laws": 0,
	"casework": 2, "correspondence": 2, "meetings": 2, "participation": 2,
	"publishing": 3, "oversight": 3, "insight": 3, "training": 3,
}

var importLaws = []Law{
	{"imports follow the table", "a part that sees only what lies below it can be understood and changed alone", checkImports},
	{"every capability has a tier", "a capability without a tier could call anybody", checkTiers},
	{"database/sql lives in platform/db", "two engines behind one door need one door", func(t *Tree) []string {
		return onlyIn(t, []string{"database/sql", "database/sql/driver", "modernc.org/sqlite", "github.com/jackc/pgx/v5"}, "platform/db")
	}},
	{"the clock lives in platform/clock", "time that tests cannot move hides errors about deadlines", checkClock},
	{"no package is called util", "a name that says nothing collects what belongs nowhere", checkPackageNames},
}

// mayImport is the table of the architecture; from and to are folders.
func mayImport(from, to string) bool {
	f, o := strings.Split(from, "/"), strings.Split(to, "/")
	platform := o[0] == "platform"
	switch f[0] {
	case "platform":
		return platform
	case "ui":
		return platform || o[0] == "ui"
	case "data":
		return false
	case "cmd":
		return o[0] == "app" || o[0] == "gov" && len(o) == 2 || slices.Contains(cmdMay, to)
	case "gov":
		if len(f) > 1 && f[1] == "facts" {
			return to == "platform/id"
		}
		return govMayImport(f, o, to)
	}
	return true // app, test, items
}

func govMayImport(f, o []string, to string) bool {
	if len(f) > 2 && (f[2] == "web" || f[2] == "api") {
		if o[0] == "platform" {
			return to != "platform/db"
		}
		return o[0] == "ui" || o[0] == "gov" && len(o) > 1 && (o[1] == f[1] || lower(f[1], o))
	}
	switch {
	case o[0] == "platform", to == "gov/facts":
		return true
	case o[0] != "gov" || len(o) < 2:
		return false
	case o[1] == f[1]:
		return len(o) < 3 || o[2] != "web" && o[2] != "api"
	}
	return lower(f[1], o)
}

// lower tells whether o is the root of a capability below, or a package of
// words beside it (gov/identity/number); never its pages or its interface.
// Pages and API may call down as their capability does: docs/adr/0012.
func lower(capability string, o []string) bool {
	tier, known := tiers[o[1]]
	return known && tier < tiers[capability] && (len(o) == 2 || o[2] != "web" && o[2] != "api")
}

// cmdMay is what the command needs of the platform besides the app: settings,
// what it prints, and what it checks without a site.
var cmdMay = []string{"platform/config", "platform/telemetry", "platform/clock", "platform/auth", "platform/audit", "platform/bpmn", "platform/bpmn/explore", "platform/calendar", "platform/dmn", "platform/events", "platform/fault", "platform/sign", "platform/sign/remote", "platform/sign/ring"}

func checkImports(t *Tree) (bad []string) {
	for _, f := range t.Go {
		for _, i := range f.Imports() {
			to, ours := strings.CutPrefix(i, Module)
			if !ours || to == f.Dir {
				continue
			}
			if (f.Test || strings.HasSuffix(f.Dir, "test")) && f.Dir != "platform" && !strings.HasPrefix(f.Dir, "platform/") {
				continue // tests put real parts together
			}
			if !mayImport(f.Dir, to) {
				bad = append(bad, f.Path+" imports "+to)
			}
		}
	}
	return bad
}

func checkTiers(t *Tree) (bad []string) {
	for _, c := range t.Capabilities() {
		if _, ok := tiers[c]; !ok {
			bad = append(bad, "gov/"+c)
		}
	}
	return bad
}

// onlyIn reports imports of the packages, or of what is below them, outside dir.
func onlyIn(t *Tree, pkgs []string, dir string) (bad []string) {
	for _, f := range t.Go {
		if f.Dir == dir || strings.HasPrefix(f.Dir, dir+"/") {
			continue
		}
		for _, i := range f.Imports() {
			for _, p := range pkgs {
				if i == p || strings.HasPrefix(i, p+"/") {
					bad = append(bad, f.Path+" imports "+i)
				}
			}
		}
	}
	return slices.Compact(bad)
}

func checkClock(t *Tree) (bad []string) {
	for _, f := range t.Go {
		name, ok := f.Uses("time")
		if !ok || f.Dir == "platform/clock" {
			continue
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				x, isName := s.X.(*ast.Ident)
				if isName && x.Name == name && slices.Contains([]string{"Now", "Since", "Until"}, s.Sel.Name) {
					bad = append(bad, fmt.Sprintf("%s: time.%s", t.At(s), s.Sel.Name))
				}
			}
			return true
		})
	}
	return bad
}

var emptyNames = []string{"util", "utils", "common", "helpers", "helper", "models", "types", "shared", "base", "manager", "impl"}

func checkPackageNames(t *Tree) (bad []string) {
	for _, f := range t.Go {
		if slices.Contains(emptyNames, f.AST.Name.Name) || slices.Contains(emptyNames, path.Base(f.Dir)) {
			bad = append(bad, f.Path)
		}
	}
	return bad
}
