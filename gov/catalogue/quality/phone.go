package quality

import (
	"regexp"
	"strings"
)

var (
	separators = regexp.MustCompile(`[；;、，,/\s]+|或者?|转`)
	dialable   = regexp.MustCompile(`^(?:(?:\+?86-?)?0(?:10|2[0-9]|[3-9][0-9]{2})-?[2-9][0-9]{6,7}(?:-[0-9]{1,6})*|(?:0(?:10|2[0-9]|[3-9][0-9]{2})-?)?1[0-9]{4}(?:-[0-9]{1,4})*|1[3-9][0-9]{9}|[48]00-?[0-9]{3,4}-?[0-9]{3,4}|[48]00[0-9]-[0-9]{3}-[0-9]{3}|[2-9][0-9]{6,7})$`)
	inside     = regexp.MustCompile(`[0-9][0-9—－()（）-]{4,}[0-9]|\b1[0-9]{4}\b`)
	same       = regexp.MustCompile(`0{6}|1{6}|2{6}|3{6}|4{6}|5{6}|6{6}|7{6}|8{7}|9{7}|12345678|87654321`)
)

// deadPhone tells whether no number in a text can be dialled: too few digits,
// too many, or a placeholder. Words around the numbers do not matter.
func deadPhone(text string) bool {
	for _, part := range separators.Split(text, -1) {
		for _, n := range inside.FindAllString(part, -1) {
			n = strings.NewReplacer("—", "-", "－", "-", "(", "", "（", "", ")", "-", "）", "-").Replace(n)
			n = strings.Trim(strings.ReplaceAll(n, "--", "-"), "-")
			if dialable.MatchString(n) && !same.MatchString(strings.ReplaceAll(n, "-", "")) {
				return false
			}
		}
	}
	return true
}
