package casenumber

import (
	"strings"
	"testing"
)

func TestNumber_checkDigit(t *testing.T) {
	// ISO/IEC 7064 gives 0794 with check character 5 as its example of MOD 11,10.
	if got := checkDigit("0794"); got != '5' {
		t.Errorf("check digit of 0794 is %c, want 5", got)
	}
	seen := map[string]bool{}
	for range 200 {
		n := New()
		if !Valid(n) {
			t.Fatalf("%s is not valid", n)
		}
		seen[n] = true
		for i := range n { // every single slip is found
			for d := byte('0'); d <= '9'; d++ {
				if d != n[i] && Valid(n[:i]+string(d)+n[i+1:]) {
					t.Fatalf("%s with %c at %d passes", n, d, i)
				}
			}
		}
	}
	if len(seen) < 190 {
		t.Errorf("only %d different numbers of 200", len(seen))
	}
}

func TestNumber_asPeopleType(t *testing.T) {
	n := New()
	for _, typed := range []string{Show(n), " " + n[:4] + "-" + n[4:], strings.Map(func(r rune) rune { return r - '0' + '０' }, n)} {
		if got := Clean(typed); got != n {
			t.Errorf("Clean(%q) = %q, want %q", typed, got, n)
		}
	}
	for _, bad := range []string{"", "12345678", "1234567890", "12345678X"} {
		if Valid(bad) {
			t.Errorf("%q is valid", bad)
		}
	}
}
