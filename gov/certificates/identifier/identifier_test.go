package identifier

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/platform/fault"
)

// Identifiers as running systems of several ministries and provinces print
// them.
var real = []string{
	"1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
	"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S",
	"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
	"1.2.156.3005.2.11100000000013338W087.11370800MB28559184.37080001202411010001.001.3",
}

func TestParse_realOnes(t *testing.T) {
	for _, s := range real {
		i, err := Parse(s)
		if err != nil || i.String() != s {
			t.Errorf("%s: %+v, %v", s, i, err)
		}
	}
	first, _ := Parse(real[2])
	if next, err := first.Next(); err != nil || next.String() != real[1] {
		t.Errorf("the next version is %s, %v", next, err)
	}
}

func TestParse_refuses(t *testing.T) {
	good := real[0]
	for part, s := range map[string]string{
		"root":    strings.Replace(good, "3005.2", "3005.3", 1),
		"parts":   good + ".1",
		"type":    strings.Replace(good, "W009", "W09", 1),
		"issuer":  strings.Replace(good, "287C.", "287c.", 1),
		"serial":  strings.Replace(good, ".2025052201.", "..", 1),
		"version": strings.Replace(good, ".002.", ".000.", 1),
		"check":   strings.TrimSuffix(good, "0") + "1",
	} {
		_, err := Parse(s)
		if !errors.Is(err, ErrIdentifier) || fault.Of(err).Details["part"] != part {
			t.Errorf("%s: %v, want the part %s", s, err, part)
		}
	}
}

// Any single wrong character and any two neighbours that changed places are
// found: what a check character of this kind is for.
func TestCheck_findsSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(n int, name string) string {
			return rapid.StringOfN(rapid.RuneFrom([]rune(alphabet)), n, n, -1).Draw(t, name)
		}
		i := Identifier{text(21, "type"), text(18, "issuer"), text(rapid.IntRange(1, 30).Draw(t, "length"), "serial"), rapid.IntRange(1, 999).Draw(t, "version")}
		if back, err := Parse(i.String()); err != nil || back != i {
			t.Fatalf("%s: %+v, %v", i, back, err)
		}
		b := []byte(i.Type + i.Issuer + i.Serial)
		c := check(string(b))
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		was := b[at]
		b[at] = alphabet[rapid.IntRange(0, 35).Draw(t, "other")]
		if b[at] != was && check(string(b)) == c {
			t.Fatalf("%c for %c at %d of %s is not found", b[at], was, at, i)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range real {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if i, err := Parse(s); err == nil && i.String() != s {
			t.Errorf("%q is read as %s", s, i)
		}
	})
}

// Worked by hand: p runs 36 → 36·2%37=35 → 35+7=42%36=6 → 12 → 12+9=21 → 42%37=5;
// the check character is 37−5=32, W.
func TestCheck_byHand(t *testing.T) {
	if got := check("079"); got != 'W' {
		t.Errorf("check character %c, want W", got)
	}
}
