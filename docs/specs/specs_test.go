package specs

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the lists anew")

// made heads every list.
const made = "<!-- Made from the code by `go test ./docs/specs -update`; edit the code. -->\n\n"

// keep compares a list with its file, or writes it.
func keep(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; run go test ./docs/specs -update", err)
	}
	if string(got) != want {
		t.Errorf("%s and the code disagree; run go test ./docs/specs -update", name)
	}
}
