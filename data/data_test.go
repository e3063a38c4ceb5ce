package data_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"tongban/data"
)

// limit and archiveLimit keep the binary small enough to carry over a weak line.
const (
	limit        = 5 << 20 // plain files together
	archiveLimit = 4 << 20 // the laws, which are 19 MB of text
)

func TestFiles_matchTheirProvenance(t *testing.T) {
	doc, err := data.Files.ReadFile(data.Provenance)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	err = fs.WalkDir(data.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name = strings.TrimSuffix(name, ".gz") // packed; what counts is what is in it
		b, err := data.Files.ReadFile(name)
		if err != nil {
			return err
		}
		archive := strings.HasSuffix(name, ".bz2")
		if !archive {
			total += len(b)
		} else if len(b) > archiveLimit {
			t.Errorf("%s is %d bytes, at most %d wanted", name, len(b), archiveLimit)
		}
		if !archive && !utf8.Valid(b) || !archive && bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) {
			t.Errorf("%s: not plain UTF-8", name)
		}
		if name == data.Provenance {
			return nil
		}
		row := fmt.Sprintf("| %s | %d | %x |", name, len(b), sha256.Sum256(b))
		if !strings.Contains(string(doc), row) {
			t.Errorf("%s: PROVENANCE.md has no row %q", name, row)
		}
		if !strings.Contains(string(doc), "## "+name+"\n") {
			t.Errorf("%s: PROVENANCE.md has no section", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > limit {
		t.Errorf("shipped data is %d bytes, at most %d wanted", total, limit)
	}
}

func TestFiles_haveTheRowsTheyClaim(t *testing.T) {
	for name, want := range map[string]int{data.Calendar: 920, data.Divisions: 44703, data.Departments: 166} {
		f, err := data.Files.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(rows)-1 != want {
			t.Errorf("%s: %d rows, want %d", name, len(rows)-1, want)
		}
	}
	b, err := data.Files.ReadFile(data.Guides)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	if len(lines) != 2024 {
		t.Errorf("guides: %d lines, want 2024", len(lines))
	}
	codes := map[string]bool{}
	for i, l := range lines {
		var g struct {
			Code string `json:"task_code"`
			Name string `json:"name"`
		}
		if err := json.Unmarshal(l, &g); err != nil {
			t.Fatalf("guides line %d: %v", i+1, err)
		}
		if g.Code == "" || g.Name == "" || codes[g.Code] {
			t.Errorf("guides line %d: code %q missing or repeated", i+1, g.Code)
		}
		codes[g.Code] = true
	}
}

// The practice town lives in a code space that no real place has.
func TestDivisions_leave4499Unassigned(t *testing.T) {
	b, err := data.Files.ReadFile(data.Divisions)
	if err != nil {
		t.Fatal(err)
	}
	if i := bytes.Index(b, []byte("\n4499")); i >= 0 {
		t.Errorf("a real division uses the practice code space: %s", b[i+1:i+40])
	}
}
