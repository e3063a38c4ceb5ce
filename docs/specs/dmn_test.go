package specs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/platform/dmn/tck"
)

// TestDMN lists which test cases of the DMN TCK pass, by section.
func TestDMN(t *testing.T) {
	r, err := tck.Run(os.DirFS(filepath.Join("..", "..", "platform", "dmn", "testdata", "tck")))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# DMN TCK: what passes\n\n" + made)
	b.WriteString("The test cases of the DMN Technology Compatibility Kit that are kept in `platform/dmn/testdata` (level 2 whole, half of level 3, four that the kit itself calls non-compliant), run by `platform/dmn`. A case passes when all its results are as expected. " +
		"\"Refused\" counts what `Model.Check` says about the model: a file of that kind would not be deployed.\n\n")
	levels := []string{"compliance-level-2", "compliance-level-3", "non-compliant"}
	b.WriteString("| level | passed | cases | share |\n| --- | --: | --: | --: |\n")
	for _, l := range levels {
		passed, cases := 0, 0
		for _, s := range r.Sections {
			if s.Level == l {
				passed, cases = passed+s.Passed, cases+s.Cases
			}
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f %% |\n", l, passed, cases, 100*float64(passed)/float64(cases))
	}
	fmt.Fprintf(&b, "| all | %d | %d | %.1f %% |\n", r.Passed, r.Cases, 100*float64(r.Passed)/float64(r.Cases))
	for _, l := range levels {
		fmt.Fprintf(&b, "\n## %s\n\n| section | passed | cases | refused |\n| --- | --: | --: | --: |\n", l)
		for _, s := range r.Sections {
			if s.Level == l {
				fmt.Fprintf(&b, "| %s | %d | %d | %s |\n", s.Name, s.Passed, s.Cases, orDash(len(s.Refused)))
			}
		}
	}
	b.WriteString("\n## What does not pass, and what is refused\n\n")
	for _, s := range r.Sections {
		if len(s.Failures)+len(s.Refused) == 0 {
			continue
		}
		fmt.Fprintf(&b, "- **%s**: %d cases fail", s.Name, len(s.Failures))
		if len(s.Refused) > 0 {
			fmt.Fprintf(&b, "; refused, first because: %s", strings.TrimPrefix(s.Refused[0], "dmn: "))
		}
		b.WriteString("\n")
	}
	keep(t, "dmn-tck.md", b.String())
}

func orDash(n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprint(n)
}
