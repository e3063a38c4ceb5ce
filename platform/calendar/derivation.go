package calendar

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// DayLine is one day of a derivation.
type DayLine struct {
	Date        Date   `json:"date"`
	Counted     bool   `json:"counted"`
	Number      int    `json:"number,omitempty"` // which counted day it is, from 1; 0 when it is not counted
	Paused      bool   `json:"paused,omitempty"`
	Provisional bool   `json:"provisional,omitempty"` // the year's notice is not known
	Code        Code   `json:"code"`
	NameZH      string `json:"name_zh,omitempty"`
	NameEN      string `json:"name_en,omitempty"`
}

// Derivation is everything a reader needs to count a limit again by hand. It marshals to JSON.
type Derivation struct {
	Start       time.Time `json:"start"`
	Limit       Limit     `json:"limit"`
	Pauses      []Pause   `json:"pauses,omitempty"` // sorted by beginning
	Days        []DayLine `json:"days,omitempty"`   // each day after the start; none when counting hours
	Due         time.Time `json:"due"`
	Running     bool      `json:"running"`
	Elapsed     int       `json:"elapsed"`
	Provisional bool      `json:"provisional,omitempty"`
	Version     string    `json:"calendar"`
	KnownUntil  Date      `json:"known_until"`
}

//go:embed strings/*.json
var stringFiles embed.FS

// words holds the phrases of each language; both files have the same keys.
var words = map[string]map[string]string{"zh-Hans": loadWords("zh-Hans"), "en": loadWords("en")}

func loadWords(lang string) map[string]string {
	b, err := stringFiles.ReadFile("strings/" + lang + ".json")
	if err != nil {
		panic(err) // embedded: impossible in a binary that was built
	}
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		panic(fmt.Sprintf("strings/%s.json: %v", lang, err))
	}
	return m
}

// Text writes the derivation for a reader, in "zh-Hans" or "en" (any other language gets English): the rule, every day with what it counts for,
// the pauses with their basis, the end, and the version of the calendar. Following days that are left out for one reason share a line.
func (d Derivation) Text(lang string) string {
	w := writer{lang: lang, words: words[lang]}
	if w.words == nil {
		w.lang, w.words = "en", words["en"]
	}
	w.head(d)
	for _, p := range d.Pauses {
		w.pause(p)
	}
	for i := 0; i < len(d.Days); {
		j := i + 1
		for j < len(d.Days) && sameGap(d.Days[i], d.Days[j]) {
			j++
		}
		w.days(d.Days[i], d.Days[j-1])
		i = j
	}
	w.foot(d)
	return w.String()
}

// sameGap says whether two days can share a line: both left out, for the same reason.
func sameGap(a, b DayLine) bool {
	return !a.Counted && !b.Counted && a.Paused == b.Paused && a.Provisional == b.Provisional &&
		(a.Paused || (gap(a.Code) == gap(b.Code) && a.NameZH == b.NameZH))
}

// gap treats a day off in exchange like the feast it belongs to.
func gap(c Code) Code {
	if c == CodeInLieu {
		return CodeHoliday
	}
	return c
}

type writer struct {
	strings.Builder
	lang  string
	words map[string]string
}

// say writes one line: the phrase with its {names} filled in.
func (w *writer) say(key string, pairs ...string) {
	w.WriteString(strings.NewReplacer(pairs...).Replace(w.words[key]))
	w.WriteByte('\n')
}

// either picks the text that the reader reads; a text without English stays Chinese.
func (w *writer) either(zh, en string) string {
	if w.lang == "zh-Hans" || en == "" {
		return zh
	}
	return en
}

func (w *writer) head(d Derivation) {
	name, citation := w.either(d.Limit.Name, d.Limit.NameEN), w.either(d.Limit.Citation, d.Limit.CitationEN)
	if name == "" {
		name = w.words["limit"]
	}
	unit := w.words["unit."+string(d.Limit.Unit)]
	if d.Limit.Amount == 1 && w.words["unit1."+string(d.Limit.Unit)] != "" {
		unit = w.words["unit1."+string(d.Limit.Unit)]
	}
	pairs := []string{"{name}", name, "{amount}", fmt.Sprint(d.Limit.Amount), "{unit}", unit, "{citation}", citation}
	if citation == "" {
		w.say("head.plain", pairs...)
	} else {
		w.say("head", pairs...)
	}
	w.say("start."+string(d.Limit.Unit), "{start}", w.moment(d.Start))
	w.say("rule." + string(d.Limit.Unit))
}

func (w *writer) pause(p Pause) {
	key := "pause"
	if p.Open() {
		key = "pause.open"
	}
	line := strings.NewReplacer("{from}", w.moment(p.From), "{until}", w.moment(p.Until), "{reason}", w.either(p.Reason, p.ReasonEN)).Replace(w.words[key])
	if p.Basis != "" {
		line += strings.ReplaceAll(w.words["pause.basis"], "{basis}", w.either(p.Basis, p.BasisEN))
	}
	w.WriteString(line + w.words["stop"] + "\n")
}

func (w *writer) days(a, b DayLine) {
	when := w.date(a.Date)
	if a.Date != b.Date {
		when = strings.NewReplacer("{from}", w.date(a.Date), "{until}", w.date(b.Date)).Replace(w.words["range"])
	}
	key := "day." + string(a.Code)
	if a.Paused {
		key = "day.paused"
	} else if a.Code == CodeInLieu && a.Date != b.Date {
		key = "day.holiday"
	} else if a.Counted && !strings.HasPrefix(string(a.Code), "work") {
		key = "day.counted"
		if a.Code != CodeWeekday {
			key = "day.counted." + string(a.Code)
		}
	} else if !a.Counted && (a.Code == CodeWeekday || a.Code == CodeMakeUp) {
		key = "day.last" // the working day to which the end moved
	}
	name := a.NameEN
	if w.lang == "zh-Hans" {
		name = a.NameZH
	}
	line := strings.NewReplacer("{when}", when, "{n}", fmt.Sprint(a.Number), "{name}", name).Replace(w.words[key])
	if a.Provisional {
		line += w.words["day.provisional"]
	}
	w.WriteString(line + "\n")
}

func (w *writer) foot(d Derivation) {
	switch {
	case !d.Running:
		w.say("stopped", "{elapsed}", fmt.Sprint(d.Elapsed), "{left}", fmt.Sprint(d.Limit.Amount-d.Elapsed))
	case d.Limit.Unit == Hours:
		w.say("due.hours", "{due}", w.moment(d.Due))
	default:
		w.say("due", "{due}", w.date(DateOf(d.Due)))
	}
	if d.Provisional {
		w.say("provisional", "{known}", w.plainDate(d.KnownUntil))
	}
	w.say("calendar", "{version}", d.Version, "{known}", w.plainDate(d.KnownUntil))
}

func (w *writer) plainDate(d Date) string { return d.utc().Format(w.words["format.date"]) }

func (w *writer) date(d Date) string {
	return w.plainDate(d) + w.words[fmt.Sprintf("weekday.%d", d.Weekday())]
}

func (w *writer) moment(t time.Time) string { return t.In(Zone).Format(w.words["format.moment"]) }
