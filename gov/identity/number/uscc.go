package number

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// USCC is a unified social credit code (统一社会信用代码) that passed its checks, in normal form: 18 capitals and digits.
type USCC string

// usccAlphabet is the alphabet of GB 32100: digits and capitals without I, O, S, V and Z. A character's value is its place.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// usccKinds lists the first two characters, the registering authority and the kind of organisation under it. Law: GB 32100-2015, 4.3 and 4.4.
var usccKinds = map[byte]string{
	'1': "1239", '2': "19", '3': "1234959", '4': "19", '5': "1239", '6': "129", '7': "129", '8': "19",
	'9': "123", 'A': "19", 'N': "1239", 'Y': "1",
}

// ParseUSCC tidies and checks a code. Law: GB 32100-2015 — authority 1, kind 1, region 6 digits, subject 9, check 1 (MOD 31).
func ParseUSCC(s string) (USCC, error) {
	s = tidy(s)
	if s == "" {
		return "", Empty
	}
	if utf8.RuneCountInString(s) != 18 {
		return "", Length
	}
	if len(s) != 18 || !ascii(s, usccAlphabet) {
		return "", Character
	}
	if !ascii(s[2:8], digits) {
		return "", Region
	}
	if s[17] != usccCheckChar(s[:17]) {
		return "", Check
	}
	kinds, ok := usccKinds[s[0]]
	if !ok || strings.IndexByte(kinds, s[1]) < 0 {
		return "", Kind
	}
	return USCC(s), nil
}

// usccCheckChar computes the MOD 31 check over 17 characters of the alphabet; weights are the powers of 3.
func usccCheckChar(s string) byte {
	sum, w := 0, 1
	for i := 0; i < 17; i++ {
		sum += strings.IndexByte(usccAlphabet, s[i]) * w
		w = w * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}

// Region returns the six digits of the registering division.
func (u USCC) Region() string { return string(u[2:8]) }

// Subject returns the nine characters of the organisation code (主体标识码).
func (u USCC) Subject() string { return string(u[8:17]) }

// Government says whether the code was given out by the office for state organs and public institutions (机构编制).
func (u USCC) Government() bool { return u[0] == '1' }

// FictionalUSCC returns the n-th invented code with the given two leading characters, for example "11" for a state organ or "91" for a company.
// The organisation code inside has its own check digit (GB 11714), as real ones have. It panics on wrong arguments, since it is meant for seeds.
func FictionalUSCC(kind, region string, n int) USCC {
	if len(kind) != 2 || len(region) != 6 || n < 0 || n > 9_999_999 {
		panic(fmt.Sprintf("number: FictionalUSCC(%q, %q, %d)", kind, region, n))
	}
	org := fmt.Sprintf("9%07d", n) // 9… keeps clear of the organisation codes found in real lists
	s := kind + region + org + string(orgCheckChar(org))
	s += string(usccCheckChar(s))
	u, err := ParseUSCC(s)
	if err != nil {
		panic(fmt.Sprintf("number: FictionalUSCC(%q, %q, %d): %v", kind, region, n, err))
	}
	return u
}

// orgCheckChar computes the check digit of an organisation code over eight characters. Law: GB 11714-1997, MOD 11.
func orgCheckChar(s string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i := range weights {
		sum += int(s[i]-'0') * weights[i]
	}
	return "0X987654321"[sum%11]
}
