package casework

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf8"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/copies"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/people"
	"tongban/gov/facts"
	"tongban/platform/bpmn"
	"tongban/platform/db"
)

// Copy informs an office, or one officer of it, of a case (抄送); nothing waits
// for them. The office in charge may, and the offices of open steps.
func (s *Service) Copy(ctx context.Context, region string, id CaseID, org, account, note string) (Case, error) {
	note = strings.TrimSpace(note)
	if n := utf8.RuneCountInString(note); n > drafts.MaxReason {
		return Case{}, ErrTooLong.With("max", drafts.MaxReason)
	}
	to, err := people.Somebody(ctx, s.Offices, region, org, account, "")
	if err != nil {
		return Case{}, err
	}
	return s.onCase(ctx, "copy", region, id, func(tx *db.Tx, w *work) error {
		if err := s.handles(ctx, tx, &w.c); err != nil {
			return err
		}
		if !w.c.State.Open() {
			return cases.ErrClosed.With("state", string(w.c.State))
		}
		s.copyTo(ctx, tx, &w.c, copies.Copy{Org: to.Org, OrgName: to.OrgName, Account: to.Account, AccountName: to.Name, Note: note})
		return nil
	})
}

// copyTo keeps the copy, on the timeline and announced.
func (s *Service) copyTo(ctx context.Context, tx *db.Tx, c *Case, to copies.Copy) {
	p := tx.Actor()
	to.Region, to.ID, to.Case, to.CaseNumber, to.ItemName, to.ApplicantName = c.Region, newID("cpy"), c.ID, c.Number, c.ItemName, c.ApplicantName
	to.By, to.ByName, to.SentAt = p.ID, p.Name, s.Clock.Now()
	s.Copies.SendTx(tx, to)
	s.tell(ctx, tx, c, event{kind: "case.copied", role: RoleExaminer, org: drafts.OfficeOf(p, c.Org), text: to.Note,
		details: map[string]any{"to_office": to.Org, "to": to.Account, "to_name": cmp.Or(to.AccountName, to.OrgName), "copy": to.ID}},
		facts.CaseCopied{CaseRef: s.ref(c), Copy: to.ID, Office: to.Org, Officer: to.Account, Note: to.Note})
}

// inform is the service task with which a flow informs an office. One that is
// not on record cannot be; the office in charge gets the copy and reads for whom.
func (s *Service) inform(ctx context.Context, tx *db.Tx, m *passage, ch bpmn.Change) error {
	c, wanted := &m.w.c, ch.Attrs["org"]
	to := copies.Copy{Org: c.Org, OrgName: c.OrgName, Note: ch.Name, Groups: ch.Attrs["groups"], Materials: ch.Attrs["materials"]}
	if wanted != "" && wanted != c.Org && !strings.HasPrefix(wanted, "${") {
		o, known, err := s.shelf.Office(c.Region, wanted)
		if err != nil {
			return err
		}
		if to.Note = ch.Name + "：" + wanted; known {
			to.Org, to.OrgName, to.Note = o.Code, o.Name, ch.Name
		}
	}
	s.copyTo(ctx, tx, c, to)
	return nil
}
