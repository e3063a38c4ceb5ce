package ui

import (
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// Tone is how serious something is; it picks colour and shape together.
type Tone string

// The tones.
const (
	Info  Tone = ""      // ● under way
	OK    Tone = "ok"    // ✓ passed, valid, done
	Warn  Tone = "warn"  // ▲ yellow card, soon due, needs you
	Bad   Tone = "bad"   // ■ red card, overdue, refused
	Plain Tone = "plain" // ○ not begun, of no consequence
)

// Status is a word with a shape and a colour.
type Status struct {
	Text  string
	Tone  Tone
	Shape string // dot, check, triangle, square, ring, cross, pause; by tone when empty
}

func (s Status) shape() string {
	if s.Shape != "" {
		return s.Shape
	}
	switch s.Tone {
	case OK:
		return "check"
	case Warn:
		return "triangle"
	case Bad:
		return "square"
	case Plain:
		return "ring"
	}
	return "dot"
}

// TileProps is one large target that leads to a subject.
type TileProps struct {
	Text string
	Note string
	Href string
	Icon string
	Num  string // how many lie behind it
}

// CardProps describe a box about one thing.
type CardProps struct {
	Title  string
	Href   string // of the title
	Status Status // above the title, none when its text is empty
	Level  int    // of the heading: 2 or 3 (3 when 0)
}

// SearchProps describe a search box.
type SearchProps struct {
	Action string
	Name   string // "q" when empty
	Value  string
	Label  string // says what can be found
	Place  string // an example
	Button string
	Big    bool
	Show   bool // the label is visible
}

// HeroProps are the start page's first view: one question and its search box.
type HeroProps struct {
	Title  string
	Search SearchProps
	Common []Link // what many people do
	Lead   string // words before Common
}

// Answer is one line of the answer box of a guide.
type Answer struct {
	Question string
	Text     string
	Note     string
	Icon     string
}

// SummaryRow is one answer on a check page, or one fact of a record.
type SummaryRow struct {
	Key    string
	Value  string
	Part   templ.Component // after the value
	Source string
	Change Link // Text may be empty
	Lang   string
}

// TaskRow is one part of an application with its state.
type TaskRow struct {
	Title  string
	Href   string // no link when empty
	Note   string
	Status Status
}

// StepRow is one of a few steps in order.
type StepRow struct {
	Text    string
	Done    bool
	Current bool
}

// EventState is where an entry of a time line stands.
type EventState string

// The states.
const (
	EventDone EventState = "done"
	EventNow  EventState = "now"
	EventWait EventState = "wait" // waits for the reader, or the clock is stopped
	EventBad  EventState = "bad"
	EventTodo EventState = ""
)

// TimelineEvent is one entry of a time line.
type TimelineEvent struct {
	Title    string
	At       time.Time // not shown when zero
	Who      string    // office · badge number
	Text     string
	State    EventState
	Part     templ.Component
	Children []TimelineEvent // branches that ran side by side
}

// NoticeProps describe a message on the page.
type NoticeProps struct {
	Title string
	Tone  Tone
	Level int  // of the heading: 2 or 3 (2 when 0)
	Live  bool // read out when it appears: it answers what the reader just did
}

// PanelProps tell that an act succeeded.
type PanelProps struct {
	Title string
	Label string // "办件编号"
	Code  string // can be copied
	Text  string
}

// ReceiptProps describe a receipt.
type ReceiptProps struct {
	Title string
	Label string
	Code  string
	Rows  []SummaryRow
	QR    string // what the picture holds, an address as a rule
	Note  string // below the picture
}

// EmptyProps tell that there is nothing, and what to do about it.
type EmptyProps struct {
	Title string
	Text  string
	Icon  string
	Links []Link // as buttons, the first one loud
}

// PagerProps page through a list by its keys, not by numbers.
type PagerProps struct {
	Newer, Older string // paths; left out when empty
	Note         string // "第 21–40 件，共 132 件"
}

// HitProps is one search result.
type HitProps struct {
	Title   string
	Href    string
	Text    string
	Facts   []string // audience, limit, visits, fee
	Actions []ButtonProps
	Level   int
	Lang    string // of title and text when it differs
}

// KPIProps is one number with its meaning.
type KPIProps struct {
	Value string
	Text  string
	Note  string // against yesterday, the target …
	Href  string // the list behind the number
	Tone  Tone
}

// LaneProps is one of several offices that work side by side.
type LaneProps struct {
	Office  string
	Status  Status
	Left    string // "还剩 3 个工作日"
	Opinion string
	By      string // who wrote it, when
}

// ReasonProps ask for the reason of an act instead of asking "are you sure".
type ReasonProps struct {
	ID      string // unique on the page
	Action  string
	Title   string // of the fold: the act
	Text    string // what happens then
	Label   string
	Button  string
	Value   string
	Error   string
	Open    bool
	Max     int
	Hidden  map[string]string // sent along
	Choices []Option          // reasons to choose from
	Chosen  []string
}

// FileRow is a file that lies there already.
type FileRow struct {
	Name   string
	Note   string // kind and size
	Href   string
	Remove string // posts here to take it away
	Status Status
	// Original is where the file is handed out as it came, when Href gives it marked.
	Original string
}

// UploadProps describe a place for files about one thing.
type UploadProps struct {
	Field  FieldProps // its Type is File
	Files  []FileRow
	Action string // posts here
	Button string
	Hidden map[string]string
}

// RatingProps are the five official grades.
type RatingProps struct {
	Name  string
	Label string
	Value string // "5" … "1"
	Error string
}

// headingTag keeps the order of headings right.
func headingTag(level, normal int) string {
	if level == 0 {
		level = normal
	}
	return "h" + strconv.Itoa(level)
}

// Size writes a number of bytes for people: 126 KB, 3.4 MB.
func Size(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " B"
	case n < 1_000_000:
		return strconv.FormatInt((n+500)/1000, 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/1_000_000, 'f', 1, 64) + " MB"
}
