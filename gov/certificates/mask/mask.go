package mask

import (
	"strings"
	"time"
)

// Name keeps the first character of a person's name.
func Name(name string) string {
	runes := []rune(name)
	if len(runes) < 2 {
		return name
	}
	return string(runes[0]) + strings.Repeat("*", len(runes)-1)
}

// Number keeps four characters at each end of an identity number, and
// less of a shorter one.
func Number(number string) string {
	runes := []rune(number)
	keep := 4
	if len(runes) < 12 {
		keep = len(runes) / 4
	}
	return string(runes[:keep]) + strings.Repeat("*", len(runes)-2*keep) + string(runes[len(runes)-keep:])
}

// Organisation tells a unified code (GB 32100) from an identity number (GB
// 11643); both have 18 characters, but only one has a date of birth in it. When
// in doubt it is a person.
func Organisation(number string) bool {
	if len(number) != 18 {
		return false
	}
	for i := range len(number) {
		if c := number[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	if strings.Trim(number[:17], "0123456789") != "" {
		return true
	}
	_, err := time.Parse("20060102", number[6:14])
	born := number[6:8]
	return err != nil || born != "18" && born != "19" && born != "20"
}
