package casework

import (
	"context"
	"fmt"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/grounds"
	"tongban/gov/casework/notices"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/supplements"
	"tongban/gov/facts"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/schedule"
)

// JobAnswer is the kind of the job that reminds an applicant of a request for
// supplements, and says what follows when the answer does not come.
const JobAnswer = "casework.answer"

// AnswerSpan is within which days an answer to a request for supplements can
// be asked for now, by the rules of the region and the item.
func (s *Service) AnswerSpan(ctx context.Context, r db.Reader, c *Case) (supplements.Span, error) {
	usual, longest, err := s.Rules.Answering(ctx, r, c.Region, s.Clock.Now())
	if err != nil {
		return supplements.Span{}, err
	}
	if err := s.warm(ctx, *c); err != nil {
		return supplements.Span{}, err
	}
	o, err := s.shelf.Offer(c.Region, c.Item, c.ItemVersion)
	if err != nil {
		return supplements.Span{}, err
	}
	return supplements.Between(s.Calendar, usual, longest, o.Fields[supplements.DaysField], s.Clock.Now()), nil
}

// answerBy sets until when a request that is made now has to be answered.
func (s *Service) answerBy(ctx context.Context, tx *db.Tx, c *Case, sup *Supplement, wish calendar.Date) error {
	span, err := s.AnswerSpan(ctx, tx, c)
	if err != nil {
		return err
	}
	d, err := span.Choose(wish)
	sup.Set(d)
	return err
}

// chase plans the reminder of a request.
func (s *Service) chase(tx *db.Tx, sup Supplement, now time.Time) {
	at := sup.Until.Add(deemAfter)
	if early := s.remindAt(sup); sup.RemindedAt.IsZero() && early.After(now) && early.Before(at) {
		at = early
	}
	schedule.Set(tx, schedule.Job{Region: sup.Region, Kind: JobAnswer, Key: string(sup.Case), At: at, Payload: string(sup.ID)})
}

func (s *Service) unchase(tx *db.Tx, sup Supplement) {
	schedule.Cancel(tx, sup.Region, JobAnswer, string(sup.Case))
}

// remindAt is the morning of the day on which so much is left as Rules.Remind says.
func (s *Service) remindAt(sup Supplement) time.Time {
	return sup.RemindAt(s.Calendar, s.Rules.Remind.Amount)
}

// onAnswerDue reminds the applicant, or acts when the period has passed.
func (s *Service) onAnswerDue(ctx context.Context, tx *db.Tx, j schedule.Job) error {
	w, err := loadWork(ctx, tx, j.Region, CaseID(j.Key))
	if err != nil {
		return err
	}
	if w.c.State != Supplemented {
		return nil
	}
	sup, err := openSupplement(ctx, tx, j.Region, w.c.ID)
	if err != nil || string(sup.ID) != j.Payload || sup.Until.IsZero() {
		return err
	}
	now := s.Clock.Now()
	switch {
	case now.After(sup.Until):
		return s.unanswered(ctx, tx, &w, sup)
	case sup.RemindedAt.IsZero():
		sup.RemindedAt = now
		supplements.Remind(tx, &sup)
		s.tell(ctx, tx, &w.c, event{kind: "case.supplements_reminded", org: w.c.Org, orgName: w.c.OrgName, since: sup.RequestedAt, details: map[string]any{"request": string(sup.ID), "until": sup.Until}},
			facts.SupplementsReminded{CaseRef: s.ref(&w.c), Request: string(sup.ID), Until: sup.Until})
	}
	s.chase(tx, sup, now)
	return nil
}

// unanswered is what follows when the applicant does not answer. Before
// acceptance the application cannot be accepted, and he is told so in writing,
// with how to apply again and the remedies. After it nothing is decided by
// silence: the offices go on with what they have, and he is told that they do.
//
// Law: 行政许可法 art. 32 ¶1(5): who hands in all supplements is to be accepted, and
// ¶2: whoever is not is told in writing; art. 38: a decision gives its reasons.
func (s *Service) unanswered(ctx context.Context, tx *db.Tx, w *work, sup Supplement) error {
	if err := s.warm(ctx, w.c); err != nil {
		return err
	}
	from, c := w.c.State, &w.c
	app, err := drafts.Load(ctx, tx, c.Region, c.Draft)
	if err != nil {
		return err
	}
	sup.AnsweredAt, sup.AnsweredBy = s.Clock.Now(), tx.Actor().ID
	if !c.AcceptedAt.IsZero() {
		why := fmt.Sprintf("申请人到%s没有答复%s的补正告知", offers.Date(sup.Until), offers.Date(sup.RequestedAt))
		if err := c.Move(cases.ActAnswerLater); err != nil {
			return err
		}
		if err := s.answered(ctx, tx, w, sup, &app, why); err != nil {
			return err
		}
		supplements.Update(tx, &sup)
		cases.Update(tx, c, from)
		return s.notices.Special(ctx, tx, c, app.Applicant, "补正期限届满告知书", fmt.Sprintf("您的“%s”申请，我机关于%s书面告知需要补正的内容，到%s没有收到您的答复。我机关依据已经提交的材料继续审查，依法作出决定；决定作出前，您仍然可以补交材料、撤回申请。", c.ItemName, offers.Date(sup.RequestedAt), offers.Date(sup.Until)))
	}
	return s.lapse(ctx, tx, w, sup, app)
}

// lapse refuses to accept what was not mended.
func (s *Service) lapse(ctx context.Context, tx *db.Tx, w *work, sup Supplement, app Draft) error {
	from, c := w.c.State, &w.c
	o, err := s.shelf.Offer(c.Region, c.Item, c.ItemVersion)
	if err != nil {
		return err
	}
	if err := c.Move(cases.ActLapse); err != nil {
		return err
	}
	g := grounds.OfSilence(s.Rules)
	r := Refusal{Grounds: []string{g.Key}, Facts: fmt.Sprintf("%s书面告知补正%d项，补正期限到%s，期限内没有收到补正材料", offers.Date(sup.RequestedAt), len(sup.Items), offers.Date(sup.Until))}
	c.ClosedAt, c.Reason = s.Clock.Now(), r.Words([]Ground{g})
	c.Recompute(s.Calendar)
	s.closeAcceptance(tx, c, Refuse, c.Reason)
	supplements.Update(tx, &sup)
	if _, err := s.notices.Refusal(ctx, tx, c, app.Applicant, notices.No{Title: "不予受理决定书", Decision: "不予受理", Why: c.Reason, Grounds: []Ground{g}, Refusal: r, Offer: o}); err != nil {
		return err
	}
	s.tell(ctx, tx, c, event{kind: "case.acceptance_refused", org: c.Org, orgName: c.OrgName, since: c.SubmittedAt, text: c.Reason, details: map[string]any{"grounds": r.Grounds, "request": string(sup.ID)}},
		facts.AcceptanceRefused{CaseRef: s.ref(c), Reason: c.Reason})
	cases.Update(tx, c, from)
	return nil
}
