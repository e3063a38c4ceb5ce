package number_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tongban/gov/identity/number"
)

var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("", 8*3600))

func TestParseResident(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     error
	}{
		{"standard: woman with X", "11010519491231002X", nil},
		{"standard: born 1880", "440524188001010014", nil},
		{"small x, spaces and full width are tidied", " 110105 19491231 ００２x ", nil},
		{"standard: wrong check digit", "110105194912310021", number.Check},
		{"standard: wrong check digit", "440524188001010015", number.Check},
		{"standard: month 13", "11010519491331002X", number.Date},
		{"30 February", "110105194902300026", number.Date},
		{"29 February of a common year", "110105194902290029", number.Date},
		{"born tomorrow", "449901202611230019", number.Date},
		{"born too long ago", "110105170012310027", number.Date},
		{"empty", "  ", number.Empty},
		{"fifteen digits of the old kind", "110105491231002", number.Length},
		{"nineteen", "11010519491231002X1", number.Length},
		{"X inside", "1101051949X231002X", number.Character},
		{"letter at the end", "11010519491231002Y", number.Character},
		{"Chinese digit", "一10105194912310029", number.Character},
		{"region beginning with 0", "010105194912310028", number.Region},
	} {
		got, err := number.ParseResident(tc.in, now)
		if !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%s: %q gives %q, %v; want %v", tc.name, tc.in, got, err, tc.want)
		}
	}
	r, err := number.ParseResident("11010519491231002x", now)
	if err != nil || r != "11010519491231002X" || r.Sex() != number.Female || r.Region() != "110105" || r.Birth().Format(time.DateOnly) != "1949-12-31" {
		t.Errorf("%s %v", r, err)
	}
	if got := r.Masked(); got != "1101**********002X" {
		t.Errorf("masked %s", got)
	}
	if got := r.Age(now); got != 76 {
		t.Errorf("age %d", got)
	}
	if got := r.Age(time.Date(2025, 12, 30, 17, 0, 0, 0, time.UTC)); got != 76 { // already the 31st in Beijing
		t.Errorf("age on the birthday %d", got)
	}
	if got := number.Mask("12345678"); got != "********" {
		t.Errorf("a short number is shown: %s", got)
	}
}

// Born today is allowed from the first second of the day in Beijing, whatever the zone of now.
func TestParseResident_bornToday(t *testing.T) {
	const id = "44990120261122001"
	var full string
	for _, c := range "0123456789X" {
		if _, err := number.ParseResident(id+string(c), now); err == nil {
			full = id + string(c)
		}
	}
	if full == "" {
		t.Fatal("no check character fits")
	}
	if _, err := number.ParseResident(full, time.Date(2026, 11, 21, 16, 0, 0, 0, time.UTC)); err != nil {
		t.Error(err)
	}
	if _, err := number.ParseResident(full, time.Date(2026, 11, 21, 15, 59, 59, 0, time.UTC)); err != number.Date {
		t.Error(err)
	}
}

// The check of MOD 11-2 must find every single wrong digit and every swap of neighbours.
func TestParseResident_findsTypingErrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		good := string(number.Fictional(number.FictionalRegion, rapid.IntRange(0, 3_000_000).Draw(t, "n")))
		r, err := number.ParseResident(good, now)
		if err != nil || string(r) != good {
			t.Fatalf("%s: %v", good, err)
		}
		i := rapid.IntRange(0, 16).Draw(t, "place")
		b := []byte(good)
		b[i] = '0' + (b[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if _, err := number.ParseResident(string(b), now); err == nil {
			t.Fatalf("%s passes for %s", b, good)
		}
		b = []byte(good)
		if b[i], b[i+1] = b[i+1], b[i]; string(b) != good {
			if _, err := number.ParseResident(string(b), now); err == nil {
				t.Fatalf("%s passes for %s", b, good)
			}
		}
	})
}

func TestFictional_neverRepeats(t *testing.T) {
	seen := map[number.Resident]int{}
	for n := range 200_000 {
		r := number.Fictional(number.FictionalRegion, n)
		if m, ok := seen[r]; ok {
			t.Fatalf("%s is both %d and %d", r, m, n)
		}
		seen[r] = n
	}
}

func FuzzParseResident(f *testing.F) {
	f.Add("11010519491231002X")
	f.Add("１１０１０５１９４９１２３１００２ｘ")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := number.ParseResident(s, now)
		if err != nil {
			return
		}
		again, err := number.ParseResident(string(r), now)
		if err != nil || again != r || r.Birth().After(now) || len(r.Masked()) != 18 {
			t.Fatalf("%q → %q → %q %v", s, r, again, err)
		}
	})
}
