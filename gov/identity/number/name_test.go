package number_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"tongban/gov/identity/number"
)

func TestCheckName(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want error
	}{
		{"示例", nil},
		{" 示例　", nil},
		{"虚构·居民", nil},
		{"阿卜杜拉·示例·买买提", nil},
		{"𪚥𠮷", nil}, // plane 2
		{"𰻝", nil},  // plane 3
		{"王〇", nil},
		{"Fictional Person", nil},
		{"José O'Neil-Brown J. R.", nil},
		{"Anna-Maria", nil},
		{strings.Repeat("𪚥", 50), nil},
		{strings.Repeat("𪚥", 51), number.Length},
		{"", number.Empty},
		{"   ", number.Empty},
		{"·示例", number.Form},
		{"示例·", number.Form},
		{"示··例", number.Form},
		{"示例•居民", number.Character}, // a bullet is no separator
		{"示例・居民", number.Character}, // nor a katakana dot
		{"示 例", number.Character},
		{"示例Person", number.Character},
		{"Fictional·Person", number.Character},
		{"Fictional  Person", number.Form},
		{"'Person", number.Form},
		{"Person-", number.Form},
		{"示例\x00", number.Character},
		{"示\u200b例", number.Character},
		{"示例\n", number.Character},
		{"示例😀", number.Character},
		{"示例1", number.Character},
		{"<b>", number.Character},
		{"示\ue000", number.Character}, // private use
		{"\uf900", number.Character},  // compatibility ideograph
		{"\U0002F800", number.Form},   // compatibility supplement: NFC gives another character
		{"Jose\u0301", number.Form},   // not composed
		{"\xff示", number.Character},
		{"---", number.Character},
		{"々示", number.Character},
	} {
		got, err := number.CheckName(tc.in)
		if !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%q: %v, want %v", tc.in, err, tc.want)
		}
		if err == nil && got != strings.Trim(tc.in, " 　") {
			t.Errorf("%q became %q", tc.in, got)
		}
	}
}

func FuzzCheckName(f *testing.F) {
	f.Add("虚构·居民")
	f.Add("J. R. Person")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := number.CheckName(s)
		if err != nil {
			return
		}
		if c := utf8.RuneCountInString(n); c < 1 || c > number.MaxName || strings.ContainsAny(n, "<>&\"\x00\n\u3000") {
			t.Fatalf("%q", n)
		}
		if again, err := number.CheckName(n); err != nil || again != n {
			t.Fatalf("%q is not stable: %q %v", n, again, err)
		}
	})
}

func TestParsePhone(t *testing.T) {
	for in, want := range map[string]error{
		"13800006621": nil, "+86 138-0000-6621": nil, "0086 13800006621": nil, "１３８００００６６２１": nil,
		"": number.Empty, "1380000662": number.Length, "12800006621": number.Kind, "23800006621": number.Kind, "1380000662a": number.Character,
	} {
		p, err := number.ParsePhone(in)
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
		if err == nil && (p != "13800006621" || p.Masked() != "138****6621") {
			t.Errorf("%q gives %s %s", in, p, p.Masked())
		}
	}
}
