package catalogue

import (
	"fmt"
	"strings"
)

// Problem is what is wrong with one row of an import: which line, which field,
// and what to do about it.
type Problem struct {
	Line    int
	Field   string // name of the field in the file; "" is the whole line
	Text    Text
	Warning bool // the row was taken nevertheless
}

// String is the problem in Chinese, as progress reports print it.
func (p Problem) String() string {
	if p.Field == "" {
		return p.Text.Zh
	}
	return p.Field + "：" + p.Text.Zh
}

// English is the problem in English.
func (p Problem) English() string {
	if p.Field == "" {
		return p.Text.En
	}
	return p.Field + ": " + p.Text.En
}

func problem(field, zh, en string, args ...any) Problem {
	return Problem{Field: field, Text: Text{format(zh, args), format(en, args)}}
}

func format(s string, args []any) string {
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// Report says what an import did.
type Report struct {
	DryRun   bool `json:"dry_run"`
	Read     int  `json:"read"`    // rows looked at
	New      int  `json:"new"`     // first versions
	Changed  int  `json:"changed"` // next versions
	Same     int  `json:"same"`    // rows whose content was there already
	Kept     int  `json:"kept"`    // rows of items that a package keeps
	Rejected int  `json:"rejected"`
	Warnings int  `json:"warnings"`
}

// String is the report in one line.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "读取 %d 行，新增 %d，更新 %d，未变 %d", r.Read, r.New, r.Changed, r.Same)
	if r.Kept > 0 {
		fmt.Fprintf(&b, "，由事项包维护 %d", r.Kept)
	}
	fmt.Fprintf(&b, "，未收 %d，提醒 %d", r.Rejected, r.Warnings)
	return b.String()
}
