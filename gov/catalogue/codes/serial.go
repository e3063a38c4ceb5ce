package codes

import "strings"

// nth writes the nth serial, from 1 on, in width characters: 001 … 999, A00 …
// Y99; "" when there are no more.
func nth(n, width int) string {
	tens := 1
	for range width {
		tens *= 10
	}
	if n < tens {
		return pad(n, width)
	}
	n -= tens
	rest := tens / 10
	if n/rest >= len(letters) {
		return ""
	}
	return letters[n/rest:n/rest+1] + pad(n%rest, width-1)
}

func pad(n, width int) string {
	b := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}

// next is the first serial that is not used. Serials of cancelled items stay
// used: a code never names two things.
func next(used []string, width int) (string, bool) {
	taken := make(map[string]bool, len(used))
	for _, u := range used {
		taken[u] = true
	}
	for n := 1; ; n++ {
		s := nth(n, width)
		if s == "" {
			return "", false
		}
		if !taken[s] {
			return s, true
		}
	}
}

// ErrFull says that all serials are used.
var ErrFull = &Error{Part: "serial", Zh: "序号已经用完", En: "all serials are used"}

// NextMain is the next free basic code without sub-items of a province, kind
// and line (中央业务指导部门, two characters); used are the basic codes there are.
func NextMain(region, kind, line string, used []string) (string, error) {
	stem := region + kind + line
	var taken []string
	for _, u := range used {
		if c, err := Parse(u); err == nil && c.Kind == Basic && strings.HasPrefix(u, stem) {
			taken = append(taken, c.Main[2:])
		}
	}
	s, ok := next(taken, 3)
	if !ok {
		return "", ErrFull
	}
	code := stem + s + Alone
	_, err := Parse(code)
	return code, err
}

// NextSub is the next free sub-item of a main item.
func NextSub(head string, used []string) (string, error) {
	c, err := Parse(head)
	if err != nil {
		return "", err
	}
	if c.Kind != Basic || c.Sub != Alone && c.Sub != Head {
		return "", bad(head, "sub", "子项下面不能再分子项", "a sub-item has no sub-items of its own")
	}
	stem := head[:9]
	var taken []string
	for _, u := range used {
		if len(u) == BasicLength && u[:9] == stem {
			taken = append(taken, u[9:])
		}
	}
	s, ok := next(taken, 3)
	if !ok {
		return "", ErrFull
	}
	return stem + s, nil
}

// NextHandling is the next free handling code under an implementation code.
func NextHandling(implementation string, used []string) (string, error) {
	c, err := Parse(implementation)
	if err != nil {
		return "", err
	}
	if c.Kind != Implementation {
		return "", bad(implementation, "length", "不是实施编码", "it is no implementation code")
	}
	var taken []string
	for _, u := range used {
		if len(u) == HandlingLength && u[:ImplementationLength] == implementation {
			taken = append(taken, u[ImplementationLength:])
		}
	}
	s, ok := next(taken, 2)
	if !ok {
		return "", ErrFull
	}
	return implementation + s, nil
}
