package applicant

import (
	"strings"
	"time"

	"tongban/gov/casework"
	"tongban/platform/calendar"
)

// readingGroup is what one reader read for one purpose on one day.
type readingGroup struct {
	casework.Reading           // the last one
	First            time.Time // the first one of the day
	Times            int
}

// groupReadings puts the readings of one reader, day and purpose together, so
// that an officer who looks at a case all day is one line with a count. The
// order stays: the newest first.
func groupReadings(list []casework.Reading) []readingGroup {
	var out []readingGroup
	at := map[string]int{}
	for _, r := range list {
		key := strings.Join([]string{r.At.In(calendar.Zone).Format(time.DateOnly), r.Reader, r.Org, r.Purpose}, "\x00")
		if i, ok := at[key]; ok {
			out[i].First, out[i].Times = r.At, out[i].Times+1
			continue
		}
		at[key] = len(out)
		out = append(out, readingGroup{Reading: r, First: r.At, Times: 1})
	}
	return out
}
