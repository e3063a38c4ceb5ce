package design

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// The refusals on the way to publication.
var (
	ErrStage      = fault.Conflict("design.stage")        // not where this can be done: handed in already, or not yet
	ErrSamePerson = fault.Forbidden("design.same_person") // who drew, handed in or reviewed it
	ErrNote       = fault.Invalid("design.note")          // sent back without a reason, or one that is far too long
)

// Stage is how far a draft has come on its way to publication.
type Stage string

// The stages of a draft.
const (
	Drawing  Stage = ""         // 编制: it can be handed in
	InReview Stage = "review"   // 法制审核
	InVoting Stage = "approval" // 待批准
)

// ReleaseEntry is one thing that somebody did on the way to publication.
type ReleaseEntry struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Name string    `json:"name"`
	Act  string    `json:"act"` // handed_in, reviewed, returned
	Note string    `json:"note,omitempty"`
}

// Release is the way of a draft to publication (送审发布): who drew it hands it in,
// a second person reviews its legality, a third approves it, which publishes it.
// Whoever changes the draft meanwhile takes it back.
// As the directory's own changes go (gov/catalogue/changes).
type Release struct {
	From    time.Time      `json:"from,omitzero"` // first day of the version; zero: the moment of the approval
	Entries []ReleaseEntry `json:"entries,omitempty"`
}

// Last is the latest entry.
func (r Release) Last() ReleaseEntry {
	if len(r.Entries) == 0 {
		return ReleaseEntry{}
	}
	return r.Entries[len(r.Entries)-1]
}

// Returned is the entry by which the draft came back; its Act is "" when it did
// not, or when it was handed in again.
func (d *Draft) Returned() ReleaseEntry {
	if e := d.Release.Last(); e.Act == "returned" {
		return e
	}
	return ReleaseEntry{}
}

// involved tells whether somebody drew the draft, or handed it in or reviewed it
// since it was last handed in.
func (d *Draft) involved(person string) bool {
	if d.EditedBy == person {
		return true
	}
	for _, e := range d.History {
		if e.By == person {
			return true
		}
	}
	for _, e := range slices.Backward(d.Release.Entries) {
		if e.Act == "returned" {
			break
		}
		if e.By == person {
			return true
		}
	}
	return false
}

// MayAnswer tells whether the caller may say yes to a draft at its stage, being
// none of those who had a hand in it.
func (d *Draft) MayAnswer(ctx context.Context, a Surroundings) bool {
	may, ok := answers[d.Stage]
	return ok && authz.Allows(auth.From(ctx), may) && authz.Require(ctx, may, object(a.Offer)) == nil && !d.involved(auth.From(ctx).ID)
}

// answers are who answers at a stage.
var answers = map[Stage]authz.Permission{InReview: catalogue.MayReviewChanges, InVoting: catalogue.MayPublishItems}

// maxNote bounds notes, in characters.
const maxNote = 1000

// Waiting is a draft that waits for somebody, with the item as it would be.
type Waiting struct {
	Draft
	Offer *catalogue.Offer
}

// Releases lists the drafts of a region that wait for a review or an approval,
// for those who give them: of their own offices.
func (s *Service) Releases(ctx context.Context, region string, limit int) ([]Waiting, error) {
	if err := authz.Require(ctx, catalogue.MayReviewChanges, authz.Object{Region: region}); err != nil {
		return nil, err
	}
	list, err := listStages(ctx, s.DB, region, min(max(limit, 1), 200))
	if err != nil {
		return nil, err
	}
	var out []Waiting
	for _, d := range list {
		d, a, err := s.Open(ctx, d.Region, d.Item)
		switch {
		case fault.IsKind(err, fault.KindForbidden): // of another office
		case err != nil:
			return nil, err
		case d.Stage != Drawing: // not taken back a moment ago
			out = append(out, Waiting{d, a.Offer})
		}
	}
	return out, nil
}

// HandIn sends the draft that was seen at a version to the legal review, to
// count from a day on (zero: from its approval). One that has problems, or whose
// guide is below the gate, is refused.
func (s *Service) HandIn(ctx context.Context, region, item string, version int, from time.Time, note string) (Draft, error) {
	d, a, err := s.Whole(ctx, region, item)
	if err != nil {
		return Draft{}, err
	}
	if n := len(s.Check(d, a)) + len(s.Faults(ctx, d, a)); n > 0 {
		return Draft{}, ErrProblems.With("count", n)
	}
	if _, err := s.Score(ctx, d, a); err != nil {
		return Draft{}, err
	}
	return s.advance(ctx, region, item, version, "design.release.handed_in", note, func(ctx context.Context, d *Draft, a Surroundings) error {
		if err := authz.Require(ctx, MayDesign, object(a.Offer)); err != nil {
			return err
		}
		if d.Stage != Drawing {
			return ErrStage.With("stage", string(d.Stage))
		}
		d.Stage, d.Release.From = InReview, from
		return nil
	})
}

// Review says that the draft is lawful and passes it on to who approves it.
func (s *Service) Review(ctx context.Context, region, item string, version int, note string) (Draft, error) {
	return s.advance(ctx, region, item, version, "design.release.reviewed", note, func(ctx context.Context, d *Draft, a Surroundings) error {
		if d.Stage != InReview {
			return ErrStage.With("stage", string(d.Stage))
		}
		d.Stage = InVoting
		return d.mayAnswer(ctx, a, InReview)
	})
}

// Return gives a draft back to who drew it, with the reason.
func (s *Service) Return(ctx context.Context, region, item string, version int, note string) (Draft, error) {
	if strings.TrimSpace(note) == "" {
		return Draft{}, ErrNote.With("max", maxNote)
	}
	return s.advance(ctx, region, item, version, "design.release.returned", note, func(ctx context.Context, d *Draft, a Surroundings) error {
		may, ok := answers[d.Stage]
		if !ok {
			return ErrStage.With("stage", string(d.Stage))
		}
		d.Stage = Drawing
		return authz.Require(ctx, may, object(a.Offer))
	})
}

// mayAnswer refuses who may not answer at a stage, and who had a hand in the draft.
func (d *Draft) mayAnswer(ctx context.Context, a Surroundings, at Stage) error {
	if err := authz.Require(ctx, answers[at], object(a.Offer)); err != nil {
		return err
	}
	if d.involved(auth.From(ctx).ID) {
		return ErrSamePerson
	}
	return nil
}

// advance takes a draft one stage on or back.
func (s *Service) advance(ctx context.Context, region, item string, version int, act, note string, do func(context.Context, *Draft, Surroundings) error) (out Draft, err error) {
	if note = strings.TrimSpace(note); len([]rune(note)) > maxNote {
		return Draft{}, ErrNote.With("max", maxNote)
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, fmt.Sprintf("%s %s %d", act, item, version), func() (string, error) {
			d, a, err := s.look(ctx, tx, region, item)
			if err == nil {
				err = mayLook(ctx, a) // what stands in the way is for those who may see it
			}
			switch {
			case err != nil:
				return "", err
			case d.Version == 0:
				return "", ErrNoDraft
			case d.Version != version:
				return "", stale(d)
			}
			was := d.Stage
			if err := do(ctx, &d, a); err != nil {
				return "", err
			}
			_, word, _ := strings.Cut(act, "release.")
			d.Release.Entries = append(d.Release.Entries, ReleaseEntry{At: s.Clock.Now(), By: tx.Actor().ID, Name: tx.Actor().Name, Act: word, Note: note})
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: act, Object: item, Details: map[string]any{"draft": version, "from": d.Release.From, "note": note}})
			return string(d.Stage), setStage(ctx, tx, d, was)
		})
		return err
	})
	if err != nil {
		return Draft{}, err
	}
	out, _, err = s.Open(ctx, region, item)
	return out, err
}

// Approve publishes a draft that was reviewed: the flow of the item's next
// version, or its whole package, from the day that was handed in. It removes the
// draft. A day that is over meanwhile is today.
func (s *Service) Approve(ctx context.Context, region, item string, version int) (catalogue.Published, error) {
	command := fmt.Sprintf("design/%s/%d", item, version)
	if kept, ok, err := once.Seen(ctx, s.DB, region, command); err != nil {
		return catalogue.Published{}, err
	} else if ok { // the command ran before; its sender did not hear of it
		n, err := strconv.Atoi(kept)
		return catalogue.Published{Region: region, Code: item, Version: n}, err
	}
	d, a, err := s.Open(ctx, region, item)
	switch {
	case err != nil:
		return catalogue.Published{}, err
	case d.Version == 0:
		return catalogue.Published{}, ErrNoDraft
	case d.Version != version:
		return catalogue.Published{}, stale(d)
	case d.Stage != InVoting:
		return catalogue.Published{}, ErrStage.With("stage", string(d.Stage))
	}
	if err := d.mayAnswer(ctx, a, InVoting); err != nil {
		return catalogue.Published{}, err
	}
	if n := len(s.Check(d, a)) + len(s.Faults(ctx, d, a)); n > 0 {
		return catalogue.Published{}, ErrProblems.With("count", n)
	}
	from := d.Release.From
	if calendar.DateOf(from) <= calendar.DateOf(s.Clock.Now()) {
		from = time.Time{}
	}
	out, err := s.publish(ctx, d, a, from)
	if err != nil {
		return out, err
	}
	// Because: the catalogue has committed; a draft that stays behind when the
	// machine stops here is over an old version and says so when it is opened.
	return out, s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, command, func() (string, error) {
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "design.flow.published", Object: item, Details: map[string]any{"draft": d.Version, "version": out.Version}})
			return strconv.Itoa(out.Version), deleteDraft(ctx, tx, d)
		})
		return err
	})
}

func (s *Service) publish(ctx context.Context, d Draft, a Surroundings, from time.Time) (catalogue.Published, error) {
	n := catalogue.NewFlow{Region: d.Region, Code: d.Item, Base: d.Base, Flow: d.File, Decisions: d.Tables, Effective: from}
	if !d.Joins() {
		var err error
		if n.Steps, n.Offices, err = steps(d, a); err != nil {
			return catalogue.Published{}, err
		}
	}
	return s.send(ctx, d, a, n)
}
