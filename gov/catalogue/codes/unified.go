package codes

import "strings"

// alphabet is that of unified codes, in the order of the values (GB 32100-2015).
const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// Unified tells whether a text has the form of a unified code (统一社会信用代码).
func Unified(s string) bool {
	return len(s) == orgLength && strings.Trim(s, alphabet) == "" && digits(s[2:8])
}

// CheckUnified computes the check character of a unified code: the weights are
// the powers of 3 modulo 31.
func CheckUnified(s string) bool {
	if !Unified(s) {
		return false
	}
	sum, weight := 0, 1
	for i := range orgLength - 1 {
		sum += strings.IndexByte(alphabet, s[i]) * weight
		weight = weight * 3 % 31
	}
	return s[orgLength-1] == alphabet[(31-sum%31)%31]
}
