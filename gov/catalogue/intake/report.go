package intake

import (
	"fmt"
	"strings"
	"time"

	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/rows"
)

// Report says what an import did, or would do.
type Report struct {
	DryRun    bool    `json:"dry_run"`
	Rows      int     `json:"rows"`      // rows looked at
	Items     int     `json:"items"`     // items that the rows make
	New       int     `json:"new"`       // first versions
	Changed   int     `json:"changed"`   // next versions
	Suspended int     `json:"suspended"` // next versions that take an item out of service
	Same      int     `json:"same"`      // items whose content was there already
	Kept      int     `json:"kept"`      // items that a package keeps
	Repeated  int     `json:"repeated"`  // rows that were applied before
	Rejected  int     `json:"rejected"`  // rows with an error
	Warnings  int     `json:"warnings"`
	Problems  int     `json:"problems"`   // everything that is wrong, warnings included; a row may have several
	OpenCases int     `json:"open_cases"` // cases under way of items that go out of service
	Batches   []Batch `json:"batches,omitempty"`
	// Bases are the base items of a directory that came along.
	Bases BaseReport `json:"base_items,omitzero"`
	// Examples are the first items of each kind that are new, changed or go out
	// of service.
	Examples []Outcome `json:"examples,omitempty"`
	// Undecided are the values of code lists that the mapping does not decide on,
	// with how often they were met.
	Undecided map[string]map[string]int `json:"undecided,omitempty"`
}

// Batch is a batch of the national exchange that was met.
type Batch struct {
	ID   string `json:"id"`
	Time string `json:"time"` // of its first row
	Rows int    `json:"rows"`
}

// String is the report in one line.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "读取 %d 行，事项 %d 个：新增 %d，更新 %d，停用 %d，未变 %d", r.Rows, r.Items, r.New, r.Changed, r.Suspended, r.Same)
	if r.Bases.Rows > 0 {
		fmt.Fprintf(&b, "，基本目录 %d 行（新增 %d，更新 %d）", r.Bases.Rows, r.Bases.New, r.Bases.Changed)
	}
	if r.Kept > 0 {
		fmt.Fprintf(&b, "，由事项包维护 %d", r.Kept)
	}
	if r.Repeated > 0 {
		fmt.Fprintf(&b, "，以前用过的行 %d", r.Repeated)
	}
	fmt.Fprintf(&b, "；有错 %d 行，提醒 %d 行", r.Rejected, r.Warnings)
	return b.String()
}

// English is the report in one line, in English.
func (r Report) English() string {
	var b strings.Builder
	fmt.Fprintf(&b, "read %d rows, %d items: new %d, changed %d, suspended %d, unchanged %d", r.Rows, r.Items, r.New, r.Changed, r.Suspended, r.Same)
	if r.Kept > 0 {
		fmt.Fprintf(&b, ", kept by packages %d", r.Kept)
	}
	if r.Repeated > 0 {
		fmt.Fprintf(&b, ", rows applied before %d", r.Repeated)
	}
	fmt.Fprintf(&b, "; rows with errors %d, with warnings %d", r.Rejected, r.Warnings)
	return b.String()
}

// Problem is what is wrong with one row.
type Problem struct {
	rows.Problem
	Table string // which table of the source
	Raw   string // the row as it came
}

// Outcome is what became, or would become, of one item.
type Outcome struct {
	Line      int    `json:"line,omitempty"`
	Region    string `json:"region"`
	Code      string `json:"code"`
	Name      string `json:"name"`
	What      string `json:"what"` // new, changed, suspended, same, kept
	Version   int    `json:"version,omitempty"`
	OpenCases int    `json:"open_cases,omitempty"`
}

// Progress is how far an import is.
type Progress struct {
	Phase   Phase     `json:"phase"`
	Bytes   int64     `json:"bytes"` // of the source, read
	Size    int64     `json:"size"`  // of the source; 0 when not known
	Rows    int       `json:"rows"`  // read
	Done    int       `json:"done"`  // items taken in or compared
	Items   int       `json:"items"` // items there are; 0 while not known
	Started time.Time `json:"started"`
	Now     time.Time `json:"now"`
}

// Phase is what an import does just now.
type Phase string

// The phases.
const (
	Reading Phase = "reading" // the rows of several tables are collected
	Taking  Phase = "taking"  // items are put together and taken in
)

// Share is how much is done, 0 to 1; false when it is not known.
func (p Progress) Share() (float64, bool) {
	switch {
	case p.Phase == Reading && p.Size > 0:
		return min(0.4*float64(p.Bytes)/float64(p.Size), 0.4), true
	case p.Phase == Taking && p.Items > 0:
		return 0.4 + 0.6*float64(p.Done)/float64(p.Items), true
	case p.Phase == Taking && p.Size > 0:
		return min(float64(p.Bytes)/float64(p.Size), 1), true
	}
	return 0, false
}

// Rate is how many rows were read a second.
func (p Progress) Rate() int {
	if s := p.Now.Sub(p.Started).Seconds(); s > 0.1 {
		return int(float64(max(p.Rows, p.Done)) / s)
	}
	return 0
}

// Left is how long it will take yet, at the rate so far; 0 when not known.
func (p Progress) Left() time.Duration {
	share, ok := p.Share()
	if !ok || share < 0.01 {
		return 0
	}
	return time.Duration(float64(p.Now.Sub(p.Started)) * (1 - share) / share).Round(time.Second)
}

// Options say how to take a source in.
type Options struct {
	Region   string // items lie in it or below it
	Name     string // of the file, for the record
	AsOf     string // the state of the source, for rows that do not say
	DryRun   bool
	Mapping  mapping.Mapping
	From     time.Time       // when new versions take effect; zero: now
	Progress func(Progress)  // called now and then
	Problem  func(Problem)   // called for every row with a problem, warnings included
	Outcome  func([]Outcome) // called for every chunk of items
	resume   *checkpoint
	keep     keeper
}
