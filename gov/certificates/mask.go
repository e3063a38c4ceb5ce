package certificates

import (
	"strings"
	"time"
)

// Masked is the paper as strangers may see it: what was issued, by whom, until
// when, and just enough of the holder to recognise him.
//
// Law: 个人信息保护法 art. 6: no more than the purpose needs; a check needs to
// match a face with a paper, not to learn a number.
func (p Paper) Masked() Paper {
	m := p
	m.Owners, m.Fields, m.Text, m.Case = nil, nil, nil, ""
	if !isOrganisation(p.HolderNumber) { // names and codes of organisations are public
		m.HolderName, m.HolderNumber = MaskName(p.HolderName), MaskNumber(p.HolderNumber)
	}
	return m
}

// MaskName keeps the first character of a person's name.
func MaskName(name string) string {
	runes := []rune(name)
	if len(runes) < 2 {
		return name
	}
	return string(runes[0]) + strings.Repeat("*", len(runes)-1)
}

// MaskNumber keeps four characters at each end of an identity number, and
// less of a shorter one.
func MaskNumber(number string) string {
	runes := []rune(number)
	keep := 4
	if len(runes) < 12 {
		keep = len(runes) / 4
	}
	return string(runes[:keep]) + strings.Repeat("*", len(runes)-2*keep) + string(runes[len(runes)-keep:])
}

// isOrganisation tells a unified code (GB 32100) from an identity number (GB
// 11643); both have 18 characters, but only one has a date of birth in it. When
// in doubt it is a person.
func isOrganisation(number string) bool {
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
