package laws

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
)

// National is the region of the laws of the whole country.
const National = "000000"

// Version is one wording of a law without the wording itself.
type Version struct {
	Region    string   `json:"region"`    // 000000 for the whole country
	Law       string   `json:"law"`       // key: the short title
	Date      string   `json:"date"`      // adopted or amended on, 2019-04-23; "" when the source does not say
	Title     string   `json:"title"`     // 中华人民共和国行政许可法
	Category  string   `json:"category"`  // 行政法, 行政法规 …
	Effective string   `json:"effective"` // in force from; the date of the text when it does not say
	History   []string `json:"history"`   // adoption and amendments, as the source lists them
	Source    string   `json:"source"`
	Chars     int      `json:"chars"`
	Articles  int      `json:"articles"`
	Hash      string   `json:"hash"` // of the body
}

// Law is everything under one title.
type Law struct {
	Version           // the one in force, or else the newest
	Versions []string // dates, the newest first
}

// entry is a version with its text, as archives carry it.
type entry struct {
	Version
	body []byte // compressed by deflate
}

var (
	chineseDate = regexp.MustCompile(`([12][0-9]{3})年([0-9]{1,2})月([0-9]{1,2})日`)
	inForce     = regexp.MustCompile(`自([12][0-9]{3}年[0-9]{1,2}月[0-9]{1,2}日)起(?:施行|生效|实施)`)
)

// dateIn finds the last date in a text: 2019年4月23日 is 2019-04-23.
func dateIn(text string) string {
	all := chineseDate.FindAllString(text, -1)
	if len(all) == 0 {
		return ""
	}
	t, err := time.Parse("2006年1月2日", all[len(all)-1])
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

// effectiveOf is from when on a wording counts: what its last articles say,
// unless that is the day of an older wording; else the day of the text.
func effectiveOf(date string, t Text) string {
	for i := len(t.Articles) - 1; i >= max(0, len(t.Articles)-3); i-- {
		if m := inForce.FindStringSubmatch(t.Articles[i].String()); m != nil {
			return max(date, dateIn(m[1]))
		}
	}
	return date
}

// inForceOn picks the version that counts on a day out of those of one law, in
// any order; without one it is the oldest that is known.
func inForceOn(list []Version, day string) (Version, bool) {
	if len(list) == 0 {
		return Version{}, false
	}
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b Version) int {
		return cmp.Or(strings.Compare(b.Effective, a.Effective), strings.Compare(b.Date, a.Date))
	})
	for _, v := range sorted {
		if v.Effective <= day {
			return v, true
		}
	}
	return sorted[len(sorted)-1], true
}
