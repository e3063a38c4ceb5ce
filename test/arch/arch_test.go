package arch

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var laws = slices.Concat(importLaws, codeLaws, sqlLaws, textLaws)

func TestLaws(t *testing.T) {
	tree, err := Read(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, law := range laws {
		t.Run(law.Name, func(t *testing.T) {
			for i, bad := range law.Check(tree) {
				if i == 40 {
					t.Errorf("… and more")
					break
				}
				t.Errorf("%s\n\tbecause %s", bad, law.Because)
			}
		})
	}
	forks := Forks(tree)
	t.Logf("%d forks, at most %d:\n%s", len(forks), MaxForks, strings.Join(forks, "\n"))
}

// sample is a small tree that breaks one law, and a word that the complaint
// must contain.
type sample struct {
	law  string
	file map[string]string
	says string
}

func goFile(pkg, rest string) string {
	return "// Package " + pkg + " is a sample that a law looks at.\npackage " + pkg + "\n\n" + rest + "\n"
}

func store(query string) string {
	return goFile("casework", "const q = `"+query+"`\n")
}

const (
	storePath = "gov/casework/store.go"
	tablePath = "gov/casework/migrations/0001_case.sql"
)

var samples = []sample{
	{"imports follow the table", map[string]string{"platform/x/x.go": goFile("x", `import _ "tongban/gov/casework"`)}, "gov/casework"},
	{"imports follow the table", map[string]string{"platform/x/x_test.go": goFile("x", `import _ "tongban/gov/casework"`)}, "gov/casework"},
	{"imports follow the table", map[string]string{"gov/identity/x.go": goFile("identity", `import _ "tongban/gov/casework"`)}, "gov/casework"},
	{"imports follow the table", map[string]string{"gov/casework/x.go": goFile("casework", `import _ "tongban/gov/meetings"`)}, "gov/meetings"},
	{"imports follow the table", map[string]string{"gov/casework/x.go": goFile("casework", `import _ "tongban/gov/casework/web"`)}, "casework/web"},
	{"imports follow the table", map[string]string{"gov/casework/web/x.go": goFile("web", `import _ "tongban/platform/db"`)}, "platform/db"},
	{"imports follow the table", map[string]string{"gov/casework/web/x.go": goFile("web", `import _ "tongban/gov/identity/web"`)}, "gov/identity/web"},
	{"imports follow the table", map[string]string{"gov/casework/web/x.go": goFile("web", `import _ "tongban/gov/oversight"`)}, "gov/oversight"},
	{"imports follow the table", map[string]string{"gov/facts/x.go": goFile("facts", `import _ "tongban/platform/db"`)}, "platform/db"},
	{"imports follow the table", map[string]string{"ui/x.go": goFile("ui", `import _ "tongban/gov/casework"`)}, "gov/casework"},
	{"imports follow the table", map[string]string{"cmd/tongban/x.go": goFile("main", `import _ "tongban/platform/db"`)}, "platform/db"},
	{"every capability has a tier", map[string]string{"gov/parking/x.go": goFile("parking", "")}, "gov/parking"},
	{"database/sql lives in platform/db", map[string]string{"gov/casework/x.go": goFile("casework", `import _ "database/sql"`)}, "database/sql"},
	{"database/sql lives in platform/db", map[string]string{"app/x.go": goFile("app", `import _ "github.com/jackc/pgx/v5/pgxpool"`)}, "pgxpool"},
	{"the clock lives in platform/clock", map[string]string{"app/x.go": goFile("app", "import wall \"time\"\n\nvar x = wall.Now()")}, "time.Now"},
	{"the clock lives in platform/clock", map[string]string{"app/x_test.go": goFile("app", "import \"time\"\n\nvar x = time.Since(time.Time{})")}, "time.Since"},
	{"no package is called util", map[string]string{"platform/util/x.go": goFile("util", "")}, "util"},
	{"every package says what for", map[string]string{"platform/x/x.go": "package x\n"}, "platform/x"},
	{"every exported name says what for", map[string]string{"platform/x/x.go": goFile("x", "func Do() {}")}, "Do"},
	{"every exported name says what for", map[string]string{"platform/x/x.go": goFile("x", "type T struct{}")}, "T"},
	{"every exported name says what for", map[string]string{"platform/x/x.go": goFile("x", "// T is a type.\ntype T struct{}\n\nfunc (t *T) Do() {}")}, "Do"},
	{"every exported name says what for", map[string]string{"platform/x/x.go": goFile("x", "var Some = 1")}, "Some"},
	{"files stay short", map[string]string{"platform/x/x.go": goFile("x", strings.Repeat("// line\n", 800))}, "lines"},
	{"functions stay short", map[string]string{"platform/x/x.go": goFile("x", "func f() {\n"+strings.Repeat("\t_ = 1\n", 60)+"}")}, "f has 62"},
	{"packages stay small", map[string]string{"platform/x/a.go": goFile("x", strings.Repeat("// line\n", 4000))}, "platform/x"},
	{"interfaces are narrow", map[string]string{"platform/x/x.go": goFile("x", "type i interface{ A(); B(); C(); D(); E(); F() }")}, "6 methods"},
	{"constructors take few parameters", map[string]string{"platform/x/x.go": goFile("x", "// NewX makes one.\nfunc NewX(a, b, c int, d, e string) {}")}, "NewX takes 5"},
	{"capabilities have the same shape", map[string]string{"gov/casework/case.go": goFile("casework", "")}, "store.go is missing"},
	{"capabilities begin with the same headings", map[string]string{"gov/casework/doc.go": "// Package casework is a sample.\n//\n// # Purpose\npackage casework\n"}, "# Law"},
	{"direct dependencies stay few", map[string]string{"go.mod": "module x\n\nrequire (\n" + strings.Repeat("\texample.com/a v1.0.0\n", 36) + ")\n"}, "36"},
	{"SQL is written in stores", map[string]string{"gov/casework/service.go": store("SELECT id FROM casework_case WHERE region = $1")}, "SELECT id"},
	{"SQL is written in stores", map[string]string{"gov/casework/web/x.go": goFile("web", "const table = \"casework_case\"\n\nvar q = \"DELETE FROM \" + table + \" WHERE region = $1\"")}, "DELETE FROM casework_case"},
	{"SQL is written in stores", map[string]string{"app/x.go": goFile("app", "func f() { run(`UPDATE casework_case SET a = 1`) }")}, "UPDATE"},
	{"SQL is written in stores", map[string]string{"ui/x.go": goFile("ui", "const q = `WITH a AS (SELECT 1) SELECT * FROM a`")}, "WITH"},
	{"statements name the region", map[string]string{storePath: store("SELECT id FROM casework_case WHERE id = $1")}, "SELECT id"},
	{"capabilities touch their own tables", map[string]string{storePath: store("SELECT 1 FROM casework_case c JOIN identity_person p ON p.id = c.person WHERE c.region = $1")}, "identity_person"},
	{"capabilities touch their own tables", map[string]string{storePath: store("WITH open AS (SELECT 1) UPDATE catalogue_item SET a = 1 FROM open WHERE region = $1")}, "catalogue_item"},
	{"capabilities touch their own tables", map[string]string{tablePath: "CREATE TABLE identity_case (region text, PRIMARY KEY (region));"}, "identity_case"},
	{"capabilities touch their own tables", map[string]string{tablePath: "CREATE INDEX i ON catalogue_item (region);"}, "catalogue_item"},
	{"capabilities touch their own tables", map[string]string{tablePath: "CREATE TABLE casework_a (region text, b text, PRIMARY KEY (region), FOREIGN KEY (region, b) REFERENCES identity_person (region, id));"}, "identity_person"},
	{"migrations use six types", map[string]string{tablePath: "CREATE TABLE casework_a (region text, n integer, PRIMARY KEY (region));"}, "casework_a.n is integer"},
	{"migrations use six types", map[string]string{tablePath: "ALTER TABLE casework_a ADD COLUMN n varchar;"}, "n varchar"},
	{"keys begin with the region", map[string]string{tablePath: "CREATE TABLE casework_a (region text, id text, PRIMARY KEY (id, region));"}, "begins with id"},
	{"keys begin with the region", map[string]string{tablePath: "CREATE TABLE casework_a (region text, id text PRIMARY KEY);"}, "a key on one column"},
	{"keys begin with the region", map[string]string{tablePath: "CREATE TABLE casework_a (region text, id text, n text, PRIMARY KEY (region, id), UNIQUE (n));"}, "begins with n"},
	{"keys begin with the region", map[string]string{tablePath: "CREATE TABLE casework_a (region text, id text, n text, PRIMARY KEY (region, id), FOREIGN KEY (n) REFERENCES casework_b (id));"}, "begins with n"},
	{"keys begin with the region", map[string]string{tablePath: "CREATE TABLE casework_a (region text, id text);"}, "no primary key"},
	{"keys begin with the region", map[string]string{tablePath: "CREATE UNIQUE INDEX i ON casework_a (number, region);"}, "begins with number"},
	{"forks are counted", map[string]string{"gov/casework/store.go": goFile("casework", "import \"tongban/platform/db\"\n\nvar f = []any{"+strings.Repeat("db.Fork{}, ", MaxForks+1)+"}")}, "forks, at most"},
	{"languages have the same words", map[string]string{"gov/x/web/strings/zh-Hans.json": `{"x.a":"甲"}`, "gov/x/web/strings/en.json": `{}`}, "has no x.a"},
	{"languages have the same words", map[string]string{"gov/x/web/strings/zh-Hans.json": `{"x.a":"还剩{n}天"}`, "gov/x/web/strings/en.json": `{"x.a":"{days} left"}`}, "x.a"},
	{"languages have the same words", map[string]string{"gov/x/web/strings/zh-Hans.json": `{}`}, "gov/x/web/strings"},
	{"nothing is left to do in the code", map[string]string{"app/x.go": goFile("app", "// "+unfinished[0]+": later")}, unfinished[0]},
	{"no registry is named", map[string]string{"docs/x.md": "see https://" + registries[0] + "/x"}, registries[0]},
	{"no path of one machine is named", map[string]string{"docs/x.md": "see " + foreignPaths[0] + "x"}, foreignPaths[0]},
	{"links in documents lead somewhere", map[string]string{"docs/x.md": "[a](../nowhere.md#part)"}, "nowhere.md"},
	{"ARCHITECTURE.md names what is there", map[string]string{"ARCHITECTURE.md": "look into `gov/casework/nothing.go`"}, "nothing.go"},
}

// The words that the subset leaves out, each in a statement of its own.
var outsideSamples = []string{
	"SELECT a::text FROM casework_case WHERE region = $1", "SELECT a FROM casework_case WHERE region = $1 AND a ILIKE $2",
	"SELECT a FROM casework_case WHERE region = ANY($1)", "UPDATE casework_case SET at = now() WHERE region = $1",
	"UPDATE casework_case SET at = CURRENT_TIMESTAMP WHERE region = $1", "SELECT a FROM casework_case WHERE region = $1 FOR UPDATE",
	"INSERT OR IGNORE INTO casework_case (region) VALUES ($1)", "INSERT INTO casework_case (region) SELECT json_extract(a, '$') FROM casework_case",
	"SELECT strftime('%Y', at) FROM casework_case WHERE region = $1", "SELECT greatest(a, b) FROM casework_case WHERE region = $1",
	"SELECT a FROM casework_case WHERE region = ?", "UPDATE casework_case SET region = $2 WHERE region = $1",
	"SELECT pg_sleep(1) FROM casework_case WHERE region = $1", "SELECT group_concat(a) FROM casework_case WHERE region = $1",
	"SELECT a FROM casework_case WHERE region = $1 FOR UPDATE SKIP LOCKED", "SELECT a FROM casework_case WHERE region = $1 AND doc @> $2",
}

var outsideTables = []string{
	"ALTER TABLE casework_case ALTER COLUMN a DROP NOT NULL", "ALTER TABLE casework_case ADD COLUMN IF NOT EXISTS a text",
	"CREATE TABLE casework_case (region text, id bigserial, PRIMARY KEY (region, id))", "CREATE TRIGGER t AFTER INSERT ON casework_case",
	"CREATE FUNCTION casework_f() RETURNS text", "CREATE VIEW casework_v AS SELECT region FROM casework_case",
	"CREATE TABLE casework_case (region text, PRIMARY KEY (region)) STRICT", "CREATE TABLE casework_case (region text, PRIMARY KEY (region)) WITHOUT ROWID",
	"CREATE TABLE casework_case (region text, n bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (region))",
	"CREATE TABLE casework_case (region text, PRIMARY KEY (region) DEFERRABLE)", "LOCK TABLE casework_case",
}

func TestLaws_bite(t *testing.T) {
	all := slices.Clone(samples)
	for _, q := range outsideSamples {
		all = append(all, sample{"SQL stays in the subset", map[string]string{storePath: store(q)}, storePath})
	}
	for _, q := range outsideTables {
		all = append(all, sample{"SQL stays in the subset", map[string]string{tablePath: q + ";\n"}, tablePath})
	}
	caught := map[string]bool{}
	for _, s := range all {
		i := slices.IndexFunc(laws, func(l Law) bool { return l.Name == s.law })
		if i < 0 {
			t.Errorf("there is no law %q", s.law)
			continue
		}
		bad := laws[i].Check(read(t, s.file))
		if !strings.Contains(strings.Join(bad, "\n"), s.says) {
			t.Errorf("%s: a sample went through: %v\ncomplaints: %v", s.law, s.file, bad)
		}
		caught[s.law] = true
	}
	for _, l := range laws {
		if !caught[l.Name] {
			t.Errorf("no sample proves that %q bites", l.Name)
		}
		if l.Because == "" {
			t.Errorf("%q has no reason", l.Name)
		}
	}
}

// What is right goes through: no law complains about a sound little tree.
func TestLaws_letSoundCodeBe(t *testing.T) {
	sound := map[string]string{
		"go.mod":                         "module tongban\n\nrequire example.com/a v1.0.0\n",
		"gov/casework/doc.go":            "// Package casework is a sample that breaks nothing.\n//\n// # Purpose\n//\n// # Law\n//\n// # Words\n//\n// # Life of a case\n//\n// # Tables\n//\n// # Facts announced\n//\n// # Facts heard\n//\n// # Doors\npackage casework\n",
		"gov/casework/service.go":        "package casework\n\nimport _ \"tongban/gov/identity\"\n\n// Delete from a list: select what goes, update the rest.\nfunc f() string { return \"Update your details with us; select from the list\" }\n",
		"gov/casework/permissions.go":    "package casework\n",
		"gov/casework/store.go":          "package casework\n\nconst cols = `region, id`\n\nvar (\n\ta = `SELECT ` + cols + ` FROM casework_case c JOIN casework_step s ON s.region = c.region WHERE c.region = $1 AND c.at IS NOT DISTINCT FROM $2`\n\tb = `WITH open AS (SELECT id FROM casework_step WHERE region = $1) SELECT count(*) FROM open JOIN casework_case c ON c.id = open.id AND c.region = $1`\n\tc = `INSERT INTO casework_case (region, id) VALUES ($1, $2) ON CONFLICT (region, id) DO UPDATE SET id = excluded.id`\n\td = `UPDATE casework_case SET note = 'now() :: ?' FROM (VALUES ($2)) AS v WHERE region = $1`\n)\n",
		tablePath:                        "-- now() in a comment; is no statement\nCREATE TABLE casework_case (\n\tregion text NOT NULL, id text NOT NULL, n bigint NOT NULL DEFAULT 0 CHECK (n >= 0 AND n IN (0, 1)),\n\tPRIMARY KEY (region, id), FOREIGN KEY (region, n) REFERENCES casework_step (region, id)\n);\nCREATE UNIQUE INDEX casework_case_n ON casework_case (region, n) WHERE n > 0;\nALTER TABLE casework_case ADD COLUMN at timestamptz;\n",
		"gov/casework/web/x.go":          "// Package web shows the pages of the sample.\npackage web\n\nimport (\n\t_ \"tongban/gov/casework\"\n\t_ \"tongban/ui\"\n\t_ \"tongban/platform/web\"\n)\n",
		"gov/casework/web/page_templ.go": "package web\n\nfunc Page() {\n" + strings.Repeat("\t_ = 1\n", 900) + "}\n",
		"gov/x/web/strings/zh-Hans.json": `{"x.a":"还剩{n}天"}`,
		"gov/x/web/strings/en.json":      `{"x.a":"{n} days left","x.a.one":"{n} day left"}`,
		"ARCHITECTURE.md":                "`gov/casework/store.go`, `platform/*`, `go test ./...` and [that](gov/casework/doc.go)",
	}
	tree := read(t, sound)
	for _, l := range laws {
		for _, bad := range l.Check(tree) {
			t.Errorf("%s: %s", l.Name, bad)
		}
	}
}

func read(t *testing.T, files map[string]string) *Tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for p, body := range files {
		fsys[p] = &fstest.MapFile{Data: []byte(body)}
	}
	tree, err := Read(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
