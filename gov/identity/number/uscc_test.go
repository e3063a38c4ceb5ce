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

func TestParseItemCode(t *testing.T) {
	c, err := number.ParseItemCode("11440000006939756B2440101007000")
	if err != nil || c.Office != "11440000006939756B" || c.Level != "2" || c.Basic != "440101007000" || c.Type() != "01" || c.Sub() || c.Handled != "" {
		t.Errorf("%+v %v", c, err)
	}
	c, err = number.ParseItemCode("11370800mb28559184 3 370117002011 01")
	if err != nil || c.Level != "3" || c.Handled != "01" || !c.Sub() || c.String() != "11370800MB28559184337011700201101" {
		t.Errorf("%+v %v", c, err)
	}
	if c, err = number.ParseItemCode("442199806003"); err != nil || c.Office != "" || c.Type() != "21" {
		t.Errorf("%+v %v", c, err)
	}
	for in, want := range map[string]error{
		"": number.Empty, "44219980600": number.Length, "A42199806003": number.Region, "44A199806003": number.Kind, "4421998060O3": number.Character,
		"11440000006939756C2440101007000": number.Check, "11440000006939756B9440101007000": number.Kind,
	} {
		if _, err := number.ParseItemCode(in); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func TestCertificateID(t *testing.T) {
	office := number.FictionalUSCC("11", number.FictionalRegion, 1)
	c, err := number.NewCertificateID(string(office)+"001", office, "2026000000000001", 1)
	if err != nil {
		t.Fatal(err)
	}
	back, err := number.ParseCertificateID(" " + c.String() + " ")
	if err != nil || back != c {
		t.Errorf("%s → %+v %v", c, back, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := []byte(c.String())
		i := rapid.IntRange(len("1.2.156.3005.2."), len(s)-1).Draw(t, "place")
		to := "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rapid.IntRange(0, 35).Draw(t, "to")]
		if s[i] == '.' || s[i] == to {
			return
		}
		s[i] = to
		if _, err := number.ParseCertificateID(string(s)); err == nil {
			t.Fatalf("%s passes for %s", s, c)
		}
	})
	for in, want := range map[string]error{"": number.Empty, "1.2.3": number.Kind, "1.2.156.3005.2.A.B.C.001.1": number.Length} {
		if _, err := number.ParseCertificateID(in); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
	if _, err := number.NewCertificateID(string(office)+"001", office, "a b", 1); !errors.Is(err, number.Character) {
		t.Errorf("serial with a space: %v", err)
	}
}

// Worked by hand: the hybrid system over the string "079" — p runs 36 → 36·2%37=35 → 35+7=42%36=6 → 12 → 12+9=21 → 42%37=5; check 37−5=32 → W.
func TestCertificateID_checkCharacterByHand(t *testing.T) {
	if got := number.Mod3736("079"); got != 'W' {
		t.Errorf("check character %c, want W", got)
	}
}
