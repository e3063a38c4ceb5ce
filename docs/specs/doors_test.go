package specs

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"tongban/app"
	"tongban/platform/authz"
)

// site opens a node and returns its doors.
func site(t *testing.T) *app.Site {
	t.Helper()
	a, err := app.Open(t.Context(), app.Options{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	s, err := a.Site()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// described reads which operations the OpenAPI document has, by path and method.
func described(t *testing.T, s *app.Site) map[string]map[string]struct {
	OperationID string `json:"operationId"`
} {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/openapi.json", nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %v", w.Code, err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Paths
}

// TestAPI lists the operations that the OpenAPI document describes.
func TestAPI(t *testing.T) {
	s := site(t)
	paths, count := described(t, s), 0
	for _, p := range paths {
		count += len(p)
	}
	ops := slices.Clone(s.API.Operations())
	if count != len(ops) {
		t.Errorf("the document describes %d operations, %d are registered", count, len(ops))
	}
	var b strings.Builder
	b.WriteString("# Operations of the API\n\n" + made)
	b.WriteString("The description with all fields is served at `/api/openapi.json`. `anyone` needs no token; how to call is in the [developer's guide](../guides/developer.md).\n")
	tag := ""
	for _, o := range ops {
		if got := paths[o.Path][strings.ToLower(o.Method)].OperationID; got != o.ID {
			t.Errorf("%s %s is %q in the document and %q in the table", o.Method, o.Path, got, o.ID)
		}
		if o.Tag != tag {
			tag = o.Tag
			fmt.Fprintf(&b, "\n## %s\n| operation | call | permission | what it does |\n| --- | --- | --- | --- |\n", tag)
		}
		fmt.Fprintf(&b, "| `%s` | `%s %s` | `%s` | %s |\n", o.ID, o.Method, o.Path, o.May.Name, o.Summary)
	}
	fmt.Fprintf(&b, "\n%d operations.\n", len(ops))
	keep(t, "api.md", b.String())
}

// TestPermissions lists who may do what, and which doors each permission opens.
func TestPermissions(t *testing.T) {
	s := site(t)
	all, holders := map[string]authz.Permission{}, map[string]map[string]bool{}
	for role, list := range app.Roles {
		for _, p := range list {
			all[p.Name] = p
			if holders[p.Name] == nil {
				holders[p.Name] = map[string]bool{}
			}
			holders[p.Name][role] = true
		}
	}
	doors := map[string][]string{}
	for _, r := range s.Pages.Routes() {
		doors[r.May.Name] = append(doors[r.May.Name], r.Pattern)
	}
	for _, o := range s.API.Operations() {
		doors[o.May.Name] = append(doors[o.May.Name], o.Method+" "+o.Path)
	}
	roles := slices.Sorted(maps.Keys(app.Roles))
	var b strings.Builder
	b.WriteString("# Permissions\n\n" + made)
	b.WriteString("A post gives its holder a role within the post's region and office; `app/roles.go` is the whole policy.\n\n")
	b.WriteString("| permission | " + strings.Join(roles, " | ") + " |\n| --- |" + strings.Repeat(" --- |", len(roles)) + "\n")
	for _, p := range slices.Sorted(maps.Keys(all)) {
		b.WriteString("| `" + p + "` |")
		for _, r := range roles {
			if holders[p][r] {
				b.WriteString(" yes |")
			} else {
				b.WriteString(" |")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## What each permission opens\n")
	b.WriteString("The door is checked first; the service then asks whether the very thing is in the caller's region, office or ownership.\n")
	for _, p := range []authz.Permission{authz.Anyone, authz.SignedIn} {
		all[p.Name] = p
	}
	for name := range doors {
		if _, ok := all[name]; !ok {
			t.Errorf("no role holds %q, which %v need", name, doors[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "\n### %s\n%s.\n\n", name, strings.TrimSuffix(all[name].Why, "."))
		for _, d := range doors[name] {
			b.WriteString("- `" + d + "`\n")
		}
		if len(doors[name]) == 0 {
			b.WriteString("No door of its own; services ask for it.\n")
		}
	}
	keep(t, "permissions.md", b.String())
}
