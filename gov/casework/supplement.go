package casework

import (
	"fmt"
	"strings"
	"time"

	"tongban/gov/casework/drafts"
)

// SupplementID identifies a request for supplements.
type SupplementID string

// Supplement is one request to mend an application (一次性补正告知) and its answer.
type Supplement struct {
	Region      string
	ID          SupplementID
	Case        CaseID
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
}

// SupplementItem is one thing to mend, with its answer.
type SupplementItem struct {
	Target string `json:"target"` // "material.KEY" or "form.KEY"
	Name   string `json:"name"`   // what the applicant calls it
	Reason string `json:"reason"` // what is wrong
	How    string `json:"how"`    // how to mend it

	Text  string       `json:"text,omitempty"`
	Files []Attachment `json:"files,omitempty"`
}

// Answered tells whether the applicant has said or attached something.
func (i SupplementItem) Answered() bool { return strings.TrimSpace(i.Text) != "" || len(i.Files) > 0 }

// checkItems refuses a request that does not say what to do.
func checkItems(items []SupplementItem) Problems {
	var p Problems
	seen := map[string]bool{}
	for i, it := range items {
		at := fmt.Sprintf("items.%d.", i)
		kind, key, ok := strings.Cut(it.Target, ".")
		if !ok || key == "" || (kind != "material" && kind != "form") {
			p = append(p, Problem{Field: at + "target", Code: "casework.problem.target"})
		}
		if seen[it.Target] {
			p = append(p, Problem{Field: at + "target", Code: "casework.problem.twice"})
		}
		seen[it.Target] = true
		p = append(p, drafts.NeedText(at+"reason", it.Reason, drafts.MaxReason)...)
		p = append(p, drafts.NeedText(at+"how", it.How, drafts.MaxReason)...)
	}
	return p
}

// checkAnswers refuses to send while something is unanswered: supplements are
// sent once.
func checkAnswers(items []SupplementItem) Problems {
	var p Problems
	for i, it := range items {
		if !it.Answered() {
			p = append(p, Problem{Field: fmt.Sprintf("items.%d.text", i), Code: "casework.problem.unanswered", Pairs: []any{"name", it.Name}})
		}
	}
	return p
}
