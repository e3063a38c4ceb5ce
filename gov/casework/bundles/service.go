package bundles

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/casenumber"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/history"
	"tongban/gov/casework/notices"
	"tongban/gov/casework/offers"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/facts"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/guess"
	"tongban/platform/id"
	"tongban/platform/once"
)

// Papers issues the receipt and finds the certificates of parts that are done.
type Papers interface {
	notices.Papers
	PaperTx(ctx context.Context, tx *db.Tx, region, paper string) (certificates.Found, error)
}

// Deps is what the service needs.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Calendar *calendar.Calendar
	Cases    *casework.Service
	Items    offers.Items
	Papers   Papers
	Regions  []string
}

// Service takes one things in and starts their parts.
type Service struct {
	Deps
	guesses guess.Counter
}

// New returns a service.
func New(d Deps) *Service { return &Service{Deps: d} }

// Entry is one line of the timeline of a one thing; Part is "" for what is
// about the whole.
type Entry struct {
	Part, PartName string
	history.Entry
}

func inOrder(list []Entry) []Entry {
	slices.SortStableFunc(list, func(a, b Entry) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		if (a.Part == "") != (b.Part == "") { // the whole speaks first
			return cmp.Compare(min(len(a.Part), 1), min(len(b.Part), 1))
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list
}

// Submit hands in a draft of a one thing: its number, its receipt and the cases
// of all parts that start at once are one commit. Submitting it again gives the
// one thing that it became.
func (s *Service) Submit(ctx context.Context, region string, draft drafts.DraftID, version int) (Bundle, error) {
	asked, level, err := s.Cases.ToSubmit(ctx, region, draft)
	if err != nil {
		return Bundle{}, err
	}
	now, err := s.inForce(ctx, asked)
	if err != nil {
		return Bundle{}, err
	}
	var out Bundle
	err = offers.Write(ctx, s.DB, func(tx *db.Tx) error {
		out = Bundle{}
		d, err := drafts.Load(ctx, tx, region, draft)
		if err != nil {
			return err
		}
		if err := drafts.MayWork(ctx, d); err != nil {
			return err
		}
		if d.State == drafts.DraftSubmitted {
			out, err = ofDraft(ctx, tx, region, draft)
			return err
		}
		kept, err := once.Do(ctx, tx, region, "casework.submit/"+string(draft), func() (string, error) {
			d.Applicant.Level = level
			if out, err = s.submit(ctx, tx, d, version, now); err != nil {
				return "", err
			}
			return string(out.ID), nil
		})
		if err == nil && out.ID == "" { // the same command came first, after the draft was read
			out, err = load(ctx, tx, region, ID(kept))
		}
		return err
	})
	if errors.Is(err, db.ErrStale) {
		err = fault.Unavailable("casework.no_number").Because(err)
	}
	if err != nil {
		return out, err
	}
	return load(ctx, s.DB, region, out.ID)
}

// inForce gives the items of the parts as they are in force now, by part. An
// item that is not offered any more has none.
func (s *Service) inForce(ctx context.Context, d drafts.Draft) (map[string]*catalogue.Offer, error) {
	o, err := s.Cases.Offer(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, err
	}
	if o.Bundle == nil {
		return nil, ErrOne.With("item", d.ItemName)
	}
	out := map[string]*catalogue.Offer{}
	for _, p := range o.Bundle.Parts {
		if out[p.ID], err = s.current(ctx, p, d.Region); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// current is the item of a part as it is in force, ready on the shelf; nil when
// it is not offered.
func (s *Service) current(ctx context.Context, p catalogue.Part, region string) (*catalogue.Offer, error) {
	o, err := s.Items.Offer(ctx, p.In(region), p.Item)
	if fault.IsKind(err, fault.KindNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if catalogue.Offered(o) != nil {
		return nil, nil
	}
	if _, err := s.Cases.Offer(ctx, o.Region, o.Code, o.Version); err != nil {
		return nil, err
	}
	return o, nil
}

// Gone is why a part does not start whose item is offered no more.
const Gone = "casework.part_gone"

// submit makes everything that a draft becomes.
func (s *Service) submit(ctx context.Context, tx *db.Tx, d drafts.Draft, version int, items map[string]*catalogue.Offer) (Bundle, error) {
	if d.State != drafts.DraftOpen {
		return Bundle{}, drafts.ErrDraftClosed.With("state", string(d.State))
	}
	if version != 0 && version != d.Version {
		return Bundle{}, drafts.ErrStale.With("who", d.UpdatedBy).With("when", d.UpdatedAt).With("version", d.Version)
	}
	o, err := s.Cases.Applications.Shelf.Offer(d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return Bundle{}, err
	}
	if err := s.Cases.Problems(o, &d).Err(); err != nil {
		return Bundle{}, err
	}
	d.Delivery = d.Wanted(o.Form)
	if err := d.Delivery.Reachable().Err(); err != nil {
		return Bundle{}, err
	}
	w := newWhole(o, d)
	if err := s.problems(w, items).Err(); err != nil {
		return Bundle{}, err
	}
	b := s.newBundle(ctx, d, o)
	for i, p := range o.Bundle.Parts {
		b.Parts = append(b.Parts, s.newPart(w, p, i, items[p.ID]))
	}
	started, err := s.begin(ctx, tx, w, &b, items)
	if err != nil {
		return Bundle{}, err
	}
	insert(tx, b)
	by := tx.Actor()
	d.State, d.Case = drafts.DraftSubmitted, b.asCase()
	left := d.HandIn(o.MaterialsFor(w.answers), o.Situations.Prune(d.Situation))
	drafts.Update(tx, &d, by.ID, by.Name, s.Clock.Now(), left)
	if err := s.receipt(ctx, tx, w, b); err != nil {
		return Bundle{}, err
	}
	s.tell(ctx, tx, &b, "bundle.submitted", "applicant", "", map[string]any{"channel": b.Channel, "parts": partsNow(b)},
		facts.BundleSubmitted{BundleRef: s.ref(&b), Channel: string(b.Channel), Cases: len(started)})
	return b, nil
}

// partsNow is where the parts stand, for the record.
func partsNow(b Bundle) map[string]string {
	out := map[string]string{}
	for _, p := range b.Parts {
		out[p.ID] = string(p.State)
	}
	return out
}

func (s *Service) newBundle(ctx context.Context, d drafts.Draft, o *offers.Ready) Bundle {
	b := Bundle{Region: d.Region, ID: ID(id.New(prefix)), Number: casenumber.New(), Item: d.Item, ItemVersion: d.ItemVersion, ItemName: d.ItemName, Org: d.Org, OrgName: d.OrgName,
		Channel: d.Channel, Draft: d.ID, Owner: d.Applicant.Owner(), Person: d.Applicant.Person, ApplicantName: d.Applicant.Title(), Last4: d.Applicant.Last4(),
		State: Open, Version: 1, SubmittedAt: s.Clock.Now(), Promise: o.Terms(s.Cases.Rules).Promise}
	if p := auth.From(ctx); d.IdentifiedBy(p.ID) {
		b.Place, b.TakenBy, b.Channel = drafts.OfficeOf(p), p.ID, drafts.Counter
	}
	return b
}

// newPart is where a part stands before anything has started.
func (s *Service) newPart(w whole, p catalogue.Part, place int, item *catalogue.Offer) Part {
	out := Part{ID: p.ID, Place: place, ItemRegion: p.In(w.draft.Region), Item: p.Item, ItemName: p.Name.Zh, State: Waiting, Since: s.Clock.Now()}
	if item != nil {
		out.ItemVersion, out.ItemName, out.Org, out.OrgName = item.Version, item.FullName(), item.Org, item.OrgName
	}
	needed := slices.ContainsFunc(w.offer.PartsFor(w.answers), func(x catalogue.Part) bool { return x.ID == p.ID })
	switch {
	case !needed:
		out.State = Unneeded
	case item == nil:
		out.State, out.Because = Stopped, Gone
	}
	return out
}

// begin hands in the parts that wait for none.
func (s *Service) begin(ctx context.Context, tx *db.Tx, w whole, b *Bundle, items map[string]*catalogue.Offer) (started []string, err error) {
	standing := map[string]Standing{}
	for _, p := range b.Parts {
		standing[p.ID] = p.Standing()
	}
	for _, m := range Moves(w.offer.Bundle, standing) {
		i := slices.IndexFunc(b.Parts, func(p Part) bool { return p.ID == m.Part })
		switch m.Do {
		case StopPart:
			b.Parts[i].State, b.Parts[i].Because = Stopped, m.Because
		case StartPart:
			c, err := s.handIn(ctx, tx, w, &b.Parts[i], items[m.Part], nil)
			if err != nil {
				return nil, err
			}
			if c.ID != "" {
				started = append(started, string(c.ID))
			}
		case CloseAll:
			b.State, b.ClosedAt = Closed, s.Clock.Now()
		}
	}
	return started, nil
}

// handIn makes the application of a part and its case. An application that asks
// for something that nobody has answered stays open, and the part is held until
// the applicant completes it.
func (s *Service) handIn(ctx context.Context, tx *db.Tx, w whole, p *Part, item *catalogue.Offer, got results) (casework.Case, error) {
	def, _ := w.offer.Bundle.Part(p.ID)
	o, err := s.Cases.Applications.Shelf.Offer(item.Region, item.Code, item.Version)
	if err != nil {
		return casework.Case{}, err
	}
	d := w.application(def, o, got, s.Clock.Now())
	d.UpdatedBy = w.draft.UpdatedBy
	p.Draft, p.ItemVersion, p.ItemName, p.Org, p.OrgName = d.ID, o.Version, o.FullName(), o.Org, o.OrgName
	p.Since = s.Clock.Now()
	drafts.Insert(tx, d)
	c, err := s.Cases.HandInTx(ctx, tx, d)
	var wrong drafts.Problems
	if errors.As(err, &wrong) {
		p.State, p.Because = Held, strings.Join(codesOf(wrong), " ")
		return casework.Case{}, nil
	}
	p.State, p.Because = Started, ""
	return c, err
}

// codesOf are the places at which something is missing, for the record.
func codesOf(p drafts.Problems) []string {
	var out []string
	for _, x := range p {
		if !slices.Contains(out, x.Field) {
			out = append(out, x.Field)
		}
	}
	return out
}

// problems finds what keeps parts from being handed in that the applicant can
// mend in the one thing: their items may check an answer more strictly.
func (s *Service) problems(w whole, items map[string]*catalogue.Offer) drafts.Problems {
	var out drafts.Problems
	needed := w.offer.PartsFor(w.answers)
	for _, p := range needed {
		item := items[p.ID]
		if item == nil {
			continue
		}
		o, err := s.Cases.Applications.Shelf.Offer(item.Region, item.Code, item.Version)
		if err != nil {
			continue // it was put there a moment ago; handing in fetches it again
		}
		d := w.application(p, o, nil, s.Clock.Now())
		back, _ := w.blame(p, s.Cases.Problems(o, &d), func(part string) bool {
			return slices.ContainsFunc(needed, func(x catalogue.Part) bool { return x.ID == part })
		})
		for _, x := range back {
			if !slices.ContainsFunc(out, func(y drafts.Problem) bool { return y.Field == x.Field }) {
				out = append(out, x)
			}
		}
	}
	return out
}

// Check says what keeps a draft from being handed in: what its own form, and
// those of its parts, find.
func (s *Service) Check(ctx context.Context, d drafts.Draft) (drafts.Problems, error) {
	own, err := s.Cases.Check(ctx, d)
	if err != nil || len(own) > 0 {
		return own, err
	}
	items, err := s.inForce(ctx, d)
	if err != nil {
		return nil, err
	}
	o, err := s.Cases.Applications.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, err
	}
	s.Cases.Problems(o, &d) // brings the answers to their normal form
	return s.problems(newWhole(o, d), items), nil
}

// receipt is the receipt of the whole; every office gives its own besides.
//
// Law: 行政许可法 art. 32 ¶2: a dated receipt.
func (s *Service) receipt(ctx context.Context, tx *db.Tx, w whole, b Bundle) error {
	got, later := w.draft.Received(w.offer.MaterialsFor(w.answers))
	var now, wait, not []string
	for _, p := range b.Parts {
		name := p.ItemName
		if p.OrgName != "" {
			name += "（" + p.OrgName + "）"
		}
		switch p.State {
		case Started:
			now = append(now, name)
		case Waiting, Held:
			wait = append(wait, name)
		case Stopped:
			not = append(not, name)
		}
	}
	p := certificates.Paper{Kind: certificates.Receipt, Region: b.Region, Case: string(b.ID), CaseNumber: b.Number, Item: b.Item, ItemName: b.ItemName, Issuer: b.Org, IssuerName: b.OrgName,
		Owners: []string{b.Owner}, HolderName: b.ApplicantName, HolderNumber: w.draft.Applicant.Number, Title: "一件事收件凭证"}
	if w.draft.Applicant.Company != "" {
		p.HolderNumber = w.draft.Applicant.Company
	}
	for _, f := range []certificates.Field{
		notices.Field("number", "办件编号", "Case number", casenumber.Show(b.Number)),
		notices.Field("submitted", "收件日期", "Received on", offers.Date(b.SubmittedAt)),
		notices.Field("parts", "已提交的事项", "Handed in", strings.Join(now, "；")),
		notices.Field("waiting", "前一项办好后自动提交的事项", "Handed in when the one before is done", strings.Join(wait, "；")),
		notices.Field("stopped", "这次不办的事项", "Not handled this time", strings.Join(not, "；")),
		notices.Field("materials", "已收材料", "Materials received", strings.Join(got, "；")),
		notices.Field("to_follow", "后补材料", "Materials to follow", strings.Join(later, "；")),
	} {
		if f.Value != "" {
			p.Fields = append(p.Fields, f)
		}
	}
	p.Text = []string{"您于" + offers.Date(b.SubmittedAt) + "提交的“" + b.ItemName + "”申请已经收到。各部门分别受理各自的事项，各自出具收件凭证和决定；您凭上面的一个编号查看全部进度。"}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

func (s *Service) ref(b *Bundle) facts.BundleRef {
	return facts.BundleRef{Region: b.Region, Bundle: string(b.ID), Number: b.Number, Item: b.Item, ItemName: b.ItemName, Org: b.Org, Owner: b.Owner, At: s.Clock.Now()}
}

// tell writes what happened into the timeline and the record and announces it.
func (s *Service) tell(ctx context.Context, tx *db.Tx, b *Bundle, kind, role, text string, details map[string]any, f events.Fact) {
	now := s.Clock.Now()
	history.Insert(tx, b.Region, b.asCase(), history.Entry{At: now, Kind: kind, Role: role, Text: text, Details: details})
	all := map[string]any{"number": b.Number, "state": string(b.State)}
	for k, v := range details {
		all[k] = v
	}
	if text != "" {
		all["text"] = text
	}
	audit.Record(ctx, tx, audit.Entry{Region: b.Region, Action: "casework." + kind, Object: string(b.ID), Details: all, At: now})
	if f != nil {
		events.Emit(ctx, tx, b.Region, string(b.ID), f)
	}
}
