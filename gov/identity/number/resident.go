package number

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Resident is a resident's identity number (公民身份号码) that passed its check, in normal form: 17 digits and a digit or X.
type Resident string

// Sex as the seventeenth digit tells it; the values are those of GB/T 2261.1.
type Sex int

// The two values that a resident number can carry.
const (
	Male   Sex = 1
	Female Sex = 2
)

// oldest bounds a date of birth from below. Because: the published examples reach back to 1880; earlier is a typing error.
const oldest = 1850

// zone is Beijing time: "today" for a date of birth is the day there.
var zone = time.FixedZone("Asia/Shanghai", 8*3600)

// ParseResident tidies and checks a number. The date of birth may not lie after the day of now in Beijing.
// Law: GB 11643-1999 — six digits of region, eight of birth, three of order, one check character.
func ParseResident(s string, now time.Time) (Resident, error) {
	s = tidy(s)
	if s == "" {
		return "", Empty
	}
	if utf8.RuneCountInString(s) != 18 {
		return "", Length
	}
	if len(s) != 18 || !ascii(s[:17], digits) || !ascii(s[17:], digits+"X") {
		return "", Character
	}
	if s[0] == '0' || s[0] == '9' {
		return "", Region
	}
	born, err := time.ParseInLocation("20060102", s[6:14], zone)
	if err != nil || born.Year() < oldest || born.After(now) {
		return "", Date
	}
	if s[17] != residentCheckChar(s[:17]) {
		return "", Check
	}
	return Resident(s), nil
}

// residentCheckChar computes ISO/IEC 7064 MOD 11-2 over 17 digits.
func residentCheckChar(s string) byte {
	sum := 0
	for i := 0; i < 17; i++ {
		sum = (sum + int(s[i]-'0')) * 2 % 11
	}
	// The pure system wants sum + check ≡ 1 (mod 11).
	return "0123456789X"[(12-sum)%11]
}

// Region returns the six digits of the division in which the number was first issued; it may no longer exist.
func (r Resident) Region() string { return string(r[:6]) }

// Birth returns the first moment of the day of birth in Beijing.
func (r Resident) Birth() time.Time {
	t, err := time.ParseInLocation("20060102", string(r[6:14]), zone)
	if err != nil {
		panic("number: Resident was not made by ParseResident")
	}
	return t
}

// Sex tells the sex from the order number: odd for men, even for women.
func (r Resident) Sex() Sex {
	if (r[16]-'0')%2 == 1 {
		return Male
	}
	return Female
}

// Age returns the full years at a moment, counted by the calendar in Beijing. Law: 民法典 art. 17, 18; a person born on
// 29 February turns a year older on 1 March of a common year.
func (r Resident) Age(now time.Time) int {
	b, n := r.Birth(), now.In(zone)
	years := n.Year() - b.Year()
	if n.Month() < b.Month() || n.Month() == b.Month() && n.Day() < b.Day() {
		years--
	}
	return max(years, 0)
}

// majority is the age, in years, of whoever answers for himself.
//
// Law: 民法典 art. 17.
const majority = 18

// OfAge is the day on which somebody with this identity number is of age; ok is
// false when it is no identity number.
func OfAge(num string, now time.Time) (day time.Time, ok bool) {
	n, err := ParseResident(num, now)
	if err != nil {
		return time.Time{}, false
	}
	return n.Birth().AddDate(majority, 0, 0), true
}

// Minor tells whether this is the identity number of somebody under age.
func Minor(num string, now time.Time) bool {
	day, ok := OfAge(num, now)
	return ok && now.Before(day)
}

// Masked hides the day of birth and the order number: 3301**********002X.
func (r Resident) Masked() string { return Mask(string(r)) }

// Mask keeps the first and the last four characters of any number and hides the rest; a number of
// eight characters or fewer is hidden whole.
func Mask(s string) string {
	rs := []rune(s)
	if len(rs) <= 8 {
		return strings.Repeat("*", len(rs))
	}
	return string(rs[:4]) + strings.Repeat("*", len(rs)-8) + string(rs[len(rs)-4:])
}

// FictionalRegion is a division code that is not assigned to any place; the practice town uses it.
const FictionalRegion = "449901"

// Fictional returns the n-th invented resident number of a region: well formed, with a birthday between 1950 and 2005 and the right check
// character. Give it [FictionalRegion], which belongs to no place, so that the number can belong to nobody. It panics when the
// region is not six digits, since it is meant for seeds written by hand.
func Fictional(region string, n int) Resident {
	if len(region) != 6 || !ascii(region, digits) || n < 0 {
		panic(fmt.Sprintf("number: Fictional(%q, %d)", region, n))
	}
	// Steps that share no factor with the ranges, so that birthdays spread and numbers repeat only after 20,089 × 999 people.
	const span = 20089 // days from 1950-01-01 to 2004-12-31; prime
	born := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, (n%span)*7919%span)
	return FictionalBorn(region, born, n+n/span)
}

// FictionalBorn returns an invented number of somebody born on a day, such as a
// child of a practice town; other n give other people.
func FictionalBorn(region string, born time.Time, n int) Resident {
	s := region + born.Format("20060102") + fmt.Sprintf("%03d", 1+n%999)
	return Resident(s + string(residentCheckChar(s)))
}
