package grades

import (
	"strings"
	"testing"
)

func TestOf_signed(t *testing.T) {
	for signed, want := range map[string]Grade{"": A, "A": A, "B": B, "C": C, "D": D, "Z": C, "a": C} {
		if g := Of(signed); g != want {
			t.Errorf("%q is %s, want %s", signed, g, want)
		}
	}
	if Upload(true, false) != B || Upload(true, true) != B || Upload(false, false) != C || Upload(false, true) != D {
		t.Error("an upload has the grade of another")
	}
}

// Whatever is not the authority's own says its grade; its own does not.
func TestWatermark_saysTheGrade(t *testing.T) {
	if w := A.Watermark("示例局"); w != "" {
		t.Errorf("A has %q", w)
	}
	if w := A.Given("示例局"); w != "此件由示例局提供，" {
		t.Errorf("a copy of A says %q", w)
	}
	for _, g := range []Grade{B, C, D} {
		if w := g.Given("示例局"); w != g.Watermark("示例局")+"；" {
			t.Errorf("a copy of %s says %q", g, w)
		}
		if w := g.Watermark("示例局"); !strings.HasPrefix(w, "可信等级"+string(g)) || strings.Contains(w, "示例局") != (g == B) {
			t.Errorf("%s has %q", g, w)
		}
	}
}
