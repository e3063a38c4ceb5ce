package number_test

import (
	"encoding/csv"
	"errors"
	"os"
	"testing"

	"pgregory.net/rapid"

	"tongban/gov/identity/number"
)

func TestParseUSCC_realCodes(t *testing.T) {
	f, err := os.Open("testdata/uscc_gov_bodies_a.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	valid := 0
	for _, r := range rows[1:] {
		_, err := number.ParseUSCC(r[0])
		if (err == nil) != (r[2] == "valid") {
			t.Errorf("%s %s: %v, want %s", r[0], r[1], err, r[2])
		}
		if err == nil {
			valid++
		}
	}
	if valid != 112 || len(rows)-1 != 115 {
		t.Errorf("%d of %d codes are valid, want 112 of 115", valid, len(rows)-1)
	}
}

func TestParseUSCC(t *testing.T) {
	good := string(number.FictionalUSCC("91", number.FictionalRegion, 7))
	for _, tc := range []struct {
		in   string
		want error
	}{
		{good, nil},
		{" " + good[:2] + " " + good[2:8] + "-" + good[8:], nil},
		{"", number.Empty},
		{good[:17], number.Length},
		{good[:17] + "I", number.Character},
		{good[:3] + "A" + good[4:], number.Region},
		{"12440000455857174Y", number.Check},
		{"13440000515356094L", number.Check},
	} {
		if _, err := number.ParseUSCC(tc.in); !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%q: %v, want %v", tc.in, err, tc.want)
		}
	}
	u, err := number.ParseUSCC("13440000455857174Y")
	if err != nil || u.Region() != "440000" || u.Subject() != "455857174" || !u.Government() {
		t.Errorf("%s %v", u, err)
	}
	// A code with the right check character but a kind that the authority does not give out.
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if _, err := number.ParseUSCC("9944990190000001X"[:17] + string(c)); err == nil {
			t.Errorf("kind 9 of authority 9 passes with %c", c)
		}
	}
}

func TestParseUSCC_findsTypingErrors(t *testing.T) {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	rapid.Check(t, func(t *rapid.T) {
		good := string(number.FictionalUSCC("91", number.FictionalRegion, rapid.IntRange(0, 9_999_999).Draw(t, "n")))
		b := []byte(good)
		i, c := rapid.IntRange(0, 17).Draw(t, "place"), alphabet[rapid.IntRange(0, 30).Draw(t, "to")]
		if b[i] == c {
			return
		}
		b[i] = c
		if _, err := number.ParseUSCC(string(b)); err == nil {
			t.Fatalf("%s passes for %s", b, good)
		}
	})
}
