package dmn_test

import (
	"os"
	"testing"

	"tongban/platform/dmn/tck"
)

// outside are the sections with functions in Java, which are refused.
var outside = map[string]int{"0076-feel-external-java": 14}

// TestTCK runs the test cases of the DMN TCK: those in testdata, or those in the
// folder that TONGBAN_DMN_TCK names. Level 2 must pass whole; in testdata nothing
// may fail that is not known to.
func TestTCK(t *testing.T) {
	dir := os.Getenv("TONGBAN_DMN_TCK")
	own := dir == ""
	if own {
		dir = "testdata/tck"
	}
	r, err := tck.Run(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if r.Cases == 0 {
		t.Fatalf("%s holds no test cases", dir)
	}
	for _, s := range r.Sections {
		say := t.Logf
		if s.Level == "compliance-level-2" || own && len(s.Failures) != outside[s.Name] {
			say = t.Errorf
		}
		for _, f := range s.Failures {
			say("%s/%s: %s", s.Level, s.Name, f)
		}
		for _, f := range s.Refused {
			t.Logf("%s/%s is refused: %s", s.Level, s.Name, f)
		}
	}
	t.Logf("%s: %d of %d cases pass, none skipped", dir, r.Passed, r.Cases)
}
