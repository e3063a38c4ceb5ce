package participation

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Grade is one of the five official grades (GB/T 39046 A.8). Lower is better.
type Grade int

// The five grades.
const (
	VerySatisfied    Grade = 1 // 非常满意
	Satisfied        Grade = 2 // 满意
	FairlySatisfied  Grade = 3 // 基本满意
	Dissatisfied     Grade = 4 // 不满意
	VeryDissatisfied Grade = 5 // 非常不满意
)

// Bad tells whether the grade asks for rectification (差评).
func (g Grade) Bad() bool { return g == Dissatisfied || g == VeryDissatisfied }

// Known tells whether g is one of the five.
func (g Grade) Known() bool { return g >= VerySatisfied && g <= VeryDissatisfied }

// Indicators are what a grade below Satisfied may be explained with: the
// official online indicators 办事效率, 办事指南精确度, 办事便捷度, 平台操作性 and the
// window indicators 服务水平, 服务态度.
var Indicators = []string{"efficiency", "guide", "convenience", "platform", "skill", "attitude"}

// maxText is how many characters a remark may have.
const maxText = 500

// maxChanges is how often a rating may be changed (一事一评, 可追评一次).
const maxChanges = 1

// Rating is what an applicant thinks of one decided case; Grade 0 is an
// invitation that was not answered yet.
type Rating struct {
	Region     string
	Case       string
	CaseNumber string
	Item       string
	ItemName   string
	Org        string // office that decided
	Owners     []string
	DecidedAt  time.Time
	Grade      Grade
	Indicators []string
	Text       string
	RatedAt    time.Time
	Changes    int
	FollowUp   FollowUp
}

// FollowUp is what was done about a bad rating (差评整改). The applicant reads it.
type FollowUp struct {
	Text string
	By   string // account
	At   time.Time
}

// Waits tells whether a bad rating asks for a follow-up: there is none yet, or
// the applicant has rated again since.
func (r Rating) Waits() bool {
	return r.Grade.Bad() && (r.FollowUp.At.IsZero() || r.RatedAt.After(r.FollowUp.At))
}

// CheckFollowUp returns what is wrong with the words of a follow-up.
func CheckFollowUp(text string) Problems {
	switch n := utf8.RuneCountInString(text); {
	case n < minFollowUp:
		return Problems{{"text", "participation.problem.follow_up", []any{"min", minFollowUp}}}
	case n > maxText:
		return Problems{{"text", "participation.problem.long", []any{"max", maxText, "n", n}}}
	}
	return nil
}

// minFollowUp keeps a follow-up from saying nothing, in characters.
const minFollowUp = 5

// Answered tells whether the applicant has rated.
func (r Rating) Answered() bool { return r.Grade != 0 }

// Open tells whether a rating may still be given or changed.
func (r Rating) Open() bool { return !r.Answered() || r.Changes < maxChanges }

// Answer is what an applicant sends.
type Answer struct {
	Grade      Grade
	Indicators []string
	Text       string
}

// Problem names the field of an answer that cannot be used, with the key and
// values of its text.
type Problem struct {
	Field string
	Code  string
	Pairs []any
}

// Problems are everything that is wrong with an answer.
type Problems []Problem

// Error implements error.
func (p Problems) Error() string { return "participation.answer" }

// Each implements web.FieldProblems.
func (p Problems) Each(f func(field, code string, pairs []any)) {
	for _, x := range p {
		f(x.Field, x.Code, x.Pairs)
	}
}

// Check returns what is wrong with an answer, nil when nothing is.
func (a Answer) Check() Problems {
	var out Problems
	if !a.Grade.Known() {
		out = append(out, Problem{"grade", "participation.problem.grade", nil})
	}
	if n := utf8.RuneCountInString(a.Text); n > maxText {
		out = append(out, Problem{"text", "participation.problem.long", []any{"max", maxText, "n", n}})
	}
	for _, i := range a.Indicators {
		if !slices.Contains(Indicators, i) {
			out = append(out, Problem{"indicators", "participation.problem.indicator", []any{"value", i}})
		}
	}
	return out
}

// Summary counts ratings by grade.
type Summary struct {
	Invited int
	Counts  [6]int // by grade; index 0 stays empty
}

// Rated is how many ratings there are.
func (s Summary) Rated() int {
	n := 0
	for _, c := range s.Counts {
		n += c
	}
	return n
}

// SatisfiedPercent is the share of the three upper grades, as GB/T 39735 counts
// it, rounded down; ok is false when nobody has rated.
func (s Summary) SatisfiedPercent() (percent int, ok bool) {
	n := s.Rated()
	if n == 0 {
		return 0, false
	}
	return 100 * (s.Counts[1] + s.Counts[2] + s.Counts[3]) / n, true
}
