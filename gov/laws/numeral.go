package laws

import (
	"strconv"
	"strings"
)

// numerals are the characters of the numbers that laws count by, as a group of
// an expression.
const numerals = `[0-9０-９一二三四五六七八九十百千零〇○两]+`

var digits = map[rune]int{'零': 0, '〇': 0, '○': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

var tens = map[rune]int{'十': 10, '百': 100, '千': 1000}

// Numeral reads a number in Chinese or Arabic digits; 0 when it is none.
func Numeral(s string) int {
	total, digit := 0, 0
	arabic := false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r >= '０' && r <= '９':
			if total > 1_000_000 {
				return 0
			}
			arabic = true
			total = total*10 + int(r&0xF)
		case tens[r] > 0:
			total += max(digit, 1) * tens[r]
			digit = 0
		default:
			d, ok := digits[r]
			if !ok || arabic {
				return 0
			}
			digit = d
		}
	}
	return total + digit
}

// Chinese writes a number from 1 to 9999 as laws do: 32 is 三十二.
func Chinese(n int) string {
	const ones = "零一二三四五六七八九"
	name := []rune(ones)
	var b strings.Builder
	zero := false
	for _, u := range []struct {
		size int
		word string
	}{{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		d := n / u.size % 10
		switch {
		case d == 0:
			zero = b.Len() > 0
			continue
		case zero:
			b.WriteRune(name[0])
		}
		zero = false
		if u.size != 10 || d != 1 || b.Len() > 0 {
			b.WriteRune(name[d])
		}
		b.WriteString(u.word)
	}
	return b.String()
}

// numberOf writes number and suffix as in addresses: 32, 120-2.
func numberOf(number, suffix int) string {
	if suffix > 0 {
		return strconv.Itoa(number) + "-" + strconv.Itoa(suffix)
	}
	return strconv.Itoa(number)
}
