package supplements

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/platform/calendar"
)

// ID identifies a request for supplements.
type ID string

// Supplement is one request to mend an application (一次性补正告知) and its answer.
type Supplement struct {
	Region      string
	ID          ID
	Case        terms.CaseID
	Number      int // the first, or, with the head's approval, a further one
	RequestedAt time.Time
	By          string
	ByName      string
	ApprovedBy  string // head of the organ, for a further request
	Reason      string // why a further request
	Items       []SupplementItem
	AnsweredAt  time.Time // zero: the applicant has not sent it yet
	AnsweredBy  string
	Version     int
	Tasks       []string // steps of the flow that wait for the answer
	// Basis is the law or regulation, with its clause, by which waiting for the
	// answer does not count; "" after acceptance: the limit runs on.
	Basis string
	Until time.Time // the last moment for an answer; zero: none was set
	// Counted is how Until was found, as it was told; nil for requests of before it was kept.
	Counted    *calendar.Derivation
	RemindedAt time.Time
}

// SupplementItem is one thing to mend, with its answer. It carries its full
// name because programs read it under it.
type SupplementItem struct {
	Target string `json:"target"` // "material.KEY" or "form.KEY"
	Name   string `json:"name"`   // what the applicant calls it
	Reason string `json:"reason"` // what is wrong
	How    string `json:"how"`    // how to mend it

	Text  string              `json:"text,omitempty"`
	Files []drafts.Attachment `json:"files,omitempty"`
	// Paper is the code of the applicant's certificate that stands in for the
	// material, with the consent that choosing it was.
	Paper   string          `json:"paper,omitempty"`
	Consent *drafts.Consent `json:"consent,omitempty"`
}

// Material is the key of the material that the item asks for again, when it does.
func (i SupplementItem) Material() (string, bool) { return strings.CutPrefix(i.Target, "material.") }

// Set fixes until when the answer has to come, with how that was found.
func (p *Supplement) Set(d calendar.Derivation) { p.Counted, p.Until = &d, d.Due.UTC() }

// RemindAt is the morning of the day on which so many working days are left.
func (p *Supplement) RemindAt(days *calendar.Calendar, left int) time.Time {
	day := calendar.DateOf(p.Until)
	for n := 0; n < left; {
		day--
		if work, _ := days.IsWorkingDay(day); work {
			n++
		}
	}
	return day.Start().Add(9 * time.Hour).UTC()
}

// Recount counts the last day for an answer by other days off and tells whether it
// moved. It only ever moves back: who was told a day may rely on it.
func (p *Supplement) Recount(days *calendar.Calendar) bool {
	if p.Counted == nil || p.Counted.Limit.Amount == 0 || !p.AnsweredAt.IsZero() {
		return false
	}
	d := days.Due(p.Counted.Start, p.Counted.Limit, p.Counted.Pauses).Derivation
	if !d.Due.After(p.Until) {
		return false
	}
	p.Set(d)
	return true
}

// Running is how the day was found by which an answer has to come now; nil when
// none is waited for.
func Running(list []Supplement) *calendar.Derivation {
	for _, p := range list {
		if p.AnsweredAt.IsZero() && p.Counted != nil {
			return p.Counted
		}
	}
	return nil
}

// Answered tells whether the applicant has said, attached or chosen something.
func (i SupplementItem) Answered() bool {
	return strings.TrimSpace(i.Text) != "" || len(i.Files) > 0 || i.Paper != ""
}

// CheckItems refuses a request that does not say what to do.
func CheckItems(items []SupplementItem) drafts.Problems {
	var p drafts.Problems
	seen := map[string]bool{}
	for i, it := range items {
		at := fmt.Sprintf("items.%d.", i)
		kind, key, ok := strings.Cut(it.Target, ".")
		if !ok || key == "" || (kind != "material" && kind != "form" && kind != "opinion") {
			p = append(p, drafts.Problem{Field: at + "target", Code: "casework.problem.target"})
		}
		if seen[it.Target] {
			p = append(p, drafts.Problem{Field: at + "target", Code: "casework.problem.twice"})
		}
		seen[it.Target] = true
		p = append(p, drafts.NeedText(at+"reason", it.Reason, drafts.MaxReason)...)
		p = append(p, drafts.NeedText(at+"how", it.How, drafts.MaxReason)...)
	}
	return p
}

// CheckAnswers refuses to send while something is unanswered: supplements are
// sent once.
func CheckAnswers(items []SupplementItem) drafts.Problems {
	var p drafts.Problems
	for i, it := range items {
		if !it.Answered() {
			p = append(p, drafts.Problem{Field: fmt.Sprintf("items.%d.text", i), Code: "casework.problem.unanswered", Pairs: []any{"name", it.Name}})
		}
	}
	return p
}

// Opinion is the target of an item that stands for what a step said; its answer
// stays with the request and changes no answer of the form.
func Opinion(task string) string { return "opinion." + task }

// Clean gives the items as they are kept: without answers, every one with a name.
func Clean(items []SupplementItem) []SupplementItem {
	out := slices.Clone(items)
	for i := range out {
		out[i].Text, out[i].Files, out[i].Paper, out[i].Consent = "", nil, "", nil
		out[i].Reason, out[i].How = strings.TrimSpace(out[i].Reason), strings.TrimSpace(out[i].How)
		out[i].Name = cmp.Or(strings.TrimSpace(out[i].Name), out[i].Target)
	}
	return out
}

// Hashes lists the files of the answers, for the record.
func Hashes(items []SupplementItem) []string {
	out := []string{}
	for _, it := range items {
		for _, f := range it.Files {
			out = append(out, f.Hash)
		}
	}
	return out
}

// Wanted makes an item of every opinion with which a step gave the case back since
// the applicant was last asked; where none did, one of the office in charge.
func Wanted(tasks []desk.Task, asked []Supplement, of, orgName string) []SupplementItem {
	var items []SupplementItem
	for _, t := range tasks {
		before := slices.ContainsFunc(asked, func(p Supplement) bool { return !p.RequestedAt.Before(t.ClosedAt) })
		if t.State == desk.TaskDone && t.Result == desk.Return && !before {
			items = append(items, SupplementItem{Target: Opinion(string(t.ID)), Name: t.OrgName + "：" + t.Name, Reason: t.Opinion, How: "按意见补充材料，或者写明情况"})
		}
	}
	if len(items) == 0 {
		items = []SupplementItem{{Target: Opinion(of), Name: orgName, Reason: "办理中需要您补充", How: "上传材料，或者写明情况；不清楚要补什么的，联系办理部门"}}
	}
	return items
}
