package holding

import (
	"context"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/facts"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/id"
	"tongban/platform/once"
)

// The refusals of objections.
var (
	ErrNoObjection   = fault.NotFound("certificates.holding.no_objection")
	ErrObjectionOver = fault.Conflict("certificates.holding.objection_over") // answered or taken back already
	ErrObjectionOpen = fault.Conflict("certificates.holding.objection_open") // one at a time
)

// ObjectionState is where an objection stands.
type ObjectionState string

// The states of an objection.
const (
	ObjectionOpen      ObjectionState = "open"
	ObjectionCorrected ObjectionState = "corrected"
	ObjectionRefused   ObjectionState = "refused"
	ObjectionWithdrawn ObjectionState = "withdrawn"
)

// LimitKey is the limit for an answer among the limits of the law.
const LimitKey = "objection"

// Bounds of an objection.
const (
	MaxWhy     = 1000
	MaxProofs  = 10
	maxEntries = 50
)

// Entry is one wrong entry: what stands on the certificate, and what should.
type Entry struct {
	Key    string `json:"key"`
	Label  string `json:"label"`
	Value  string `json:"value"`
	Should string `json:"should"`

	LabelEn string `json:"label_en,omitempty"`
}

// Proof is a file that shows what is right.
type Proof struct {
	Hash string `json:"hash"`
	Name string `json:"name"`
	Size int64  `json:"size"`
	Kind string `json:"kind"`
}

// Objection is that a holder says an entry is wrong (异议).
type Objection struct {
	Region, ID, Paper  string
	Title, Number      string
	Holder, HolderName string
	Person, PersonName string
	Entries            []Entry
	Reason             string
	Proofs             []Proof
	Office, OfficeName string // that issued the certificate
	State              ObjectionState
	OpenedAt, Due      time.Time
	Citation           string
	Days               int // working days that the office has
	AnsweredAt         time.Time
	Officer            string
	OfficerName        string
	Answer, Basis      string
	Successor          string // the next version
	Notice             string // the written answer, a paper
}

// Late tells whether the office has not answered in time.
func (o Objection) Late(now time.Time) bool { return o.State == ObjectionOpen && now.After(o.Due) }

// Object says that entries of a certificate are wrong; the office that issued it
// has to answer.
//
// Law: 个人信息保护法 art. 46: who finds his data wrong may have them corrected, and
// the office has to verify.
func (s *Service) Object(ctx context.Context, region, paper string, entries []Entry, reason string, proofs []Proof) (Objection, error) {
	h, err := s.Held(ctx, region, paper)
	if err != nil {
		return Objection{}, err
	}
	if h.Relation == Permitted {
		return Objection{}, ErrNotHeld
	}
	if h.Status != certificates.Valid && h.Status != certificates.Suspended {
		return Objection{}, h.inForce()
	}
	reason = strings.TrimSpace(reason)
	if entries, err = wrong(h, entries, reason, proofs); err != nil {
		return Objection{}, err
	}
	now, by := s.Clock.Now(), auth.From(ctx)
	limit, err := s.Limits.Limit(ctx, s.DB, region, LimitKey, now)
	if err != nil {
		return Objection{}, err
	}
	o := Objection{Region: region, ID: id.New("obj"), Paper: paper, Title: h.Title, Number: h.Number, Holder: h.owner(), HolderName: h.HolderName, Person: by.Person, PersonName: by.Name,
		Entries: entries, Reason: reason, Proofs: proofs, Office: h.Issuer, OfficeName: h.IssuerName, State: ObjectionOpen, OpenedAt: now,
		Due: s.Calendar.Due(now, limit, nil).Due, Citation: limit.Citation, Days: limit.Amount}
	kept := ""
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		kept, err = once.Do(ctx, tx, region, "certificates.object "+paper, func() (string, error) {
			open, err := openObjection(ctx, tx, region, paper)
			if err != nil {
				return "", err
			}
			if open {
				return "", ErrObjectionOpen
			}
			insertObjection(tx, o)
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.objection.opened", Object: o.ID, At: now,
				Details: map[string]any{"paper": paper, "number": h.Number, "entries": len(entries), "office": o.Office, "due": o.Due}})
			events.Emit(ctx, tx, region, o.ID, facts.ObjectionOpened{Region: region, Objection: o.ID, Paper: paper, Title: h.Title, Issuer: h.Issuer, Due: o.Due, At: now})
			return o.ID, nil
		})
		return err
	})
	if err != nil {
		return Objection{}, err
	}
	return objectionByID(ctx, s.DB, region, kept)
}

// wrong keeps the entries that stand on the certificate and differ from what
// should; what stands there is taken from the certificate.
func wrong(h Held, entries []Entry, reason string, proofs []Proof) ([]Entry, error) {
	var p Problems
	var out []Entry
	for _, e := range entries[:min(len(entries), maxEntries)] {
		i := slices.IndexFunc(h.Fields, func(f certificates.Field) bool { return f.Key == e.Key })
		e.Should = strings.TrimSpace(e.Should)
		if i < 0 || e.Should == "" || e.Should == h.Fields[i].Value {
			continue
		}
		e.Label, e.LabelEn, e.Value = h.Fields[i].Label, h.Fields[i].LabelEn, h.Fields[i].Value
		p.text("should."+e.Key, e.Should, "should", 200)
		out = append(out, e)
	}
	if len(out) == 0 {
		p.add("entries", "entries")
	}
	p.text("reason", reason, "reason", MaxWhy)
	if len(proofs) == 0 {
		p.add("proof", "proof")
	}
	if len(proofs) > MaxProofs {
		p.add("proof", "proofs", "max", MaxProofs)
	}
	return out, p.err()
}

// Objections lists those of the caller and of those for whom he stands.
func (s *Service) Objections(ctx context.Context) ([]Objection, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	return objectionsBy(ctx, s.DB, s.Regions, c.Person)
}

// Objection gives one to whoever made it, and to officers of the issuing office,
// whose reading is on record.
func (s *Service) Objection(ctx context.Context, region, objection string) (Objection, error) {
	o, err := objectionByID(ctx, s.DB, region, objection)
	if err != nil {
		return Objection{}, err
	}
	if p := auth.From(ctx); p.Person != "" && p.Person == o.Person && authz.Door(ctx, certificates.MayHold) == nil {
		return o, nil
	}
	if s.mayResolve(ctx, o) != nil {
		return Objection{}, ErrNoObjection
	}
	return o, s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.objection.read", Object: objection, At: s.Clock.Now(), Details: map[string]any{"paper": o.Paper}})
		return nil
	})
}

func (s *Service) mayResolve(ctx context.Context, o Objection) error {
	return authz.Require(ctx, certificates.MayManage, authz.Object{Region: o.Region, Orgs: []string{o.Office}})
}

// ToAnswer lists the open objections at the offices of the caller, the most
// urgent first.
func (s *Service) ToAnswer(ctx context.Context) ([]Objection, error) {
	if err := authz.Door(ctx, certificates.MayManage); err != nil {
		return nil, err
	}
	list, err := objectionsOpen(ctx, s.DB, s.Regions, most)
	return slices.DeleteFunc(list, func(o Objection) bool { return s.mayResolve(ctx, o) != nil }), err
}

// WithdrawObjection takes an objection back.
func (s *Service) WithdrawObjection(ctx context.Context, region, objection string) (Objection, error) {
	o, err := objectionByID(ctx, s.DB, region, objection)
	if p := auth.From(ctx).Person; err != nil || p == "" || p != o.Person {
		return Objection{}, ErrNoObjection.Because(err)
	}
	return s.close(ctx, o, "certificates.objection.withdrawn", Resolution{State: ObjectionWithdrawn}, nil)
}

// Resolution is what an office answers.
type Resolution struct {
	State         ObjectionState // ObjectionCorrected or ObjectionRefused
	Answer, Basis string
	Act           certificates.Act  // of a correction: Change or Reissue
	Fields        map[string]string // of a change
}

// Remedies is what a holder can do against a refusal, as the answer prints it.
const Remedies = "不服本答复的，可以自收到之日起60日内向有管辖权的行政复议机关申请行政复议（《中华人民共和国行政复议法》第二十条第一款），或者6个月内向有管辖权的人民法院提起行政诉讼（《中华人民共和国行政诉讼法》第四十六条第一款）。"

// Resolve answers an objection: the certificate is issued anew with what is
// right, in the same commit, or the office says why it is not.
//
// Law: 个人信息保护法 art. 46 ¶2 (verify and correct), 50 ¶1 (a refusal gives reasons);
// 行政许可法 art. 49 (a change of what was registered).
func (s *Service) Resolve(ctx context.Context, region, objection string, r Resolution) (Objection, error) {
	o, err := objectionByID(ctx, s.DB, region, objection)
	if err != nil {
		return Objection{}, err
	}
	if s.mayResolve(ctx, o) != nil {
		return Objection{}, ErrNoObjection
	}
	r.Answer, r.Basis = strings.TrimSpace(r.Answer), strings.TrimSpace(r.Basis)
	var p Problems
	p.text("answer", r.Answer, "answer", certificates.MaxReason)
	p.text("basis", r.Basis, "basis", certificates.MaxBasis)
	if r.State != ObjectionCorrected && r.State != ObjectionRefused {
		p.add("state", "state")
	}
	if err := p.err(); err != nil {
		return Objection{}, err
	}
	if r.State == ObjectionRefused {
		return s.close(ctx, o, "certificates.objection.refused", r, nil)
	}
	return s.close(ctx, o, "certificates.objection.corrected", r, func(tx *db.Tx) (string, error) {
		return s.Papers.ActTx(ctx, tx, region, o.Paper, certificates.Order{Act: r.Act, Reason: r.Answer, Basis: r.Basis, Fields: r.Fields, Told: true})
	})
}

// close ends an objection with an answer, after do, in one commit.
func (s *Service) close(ctx context.Context, o Objection, act string, r Resolution, do func(*db.Tx) (string, error)) (Objection, error) {
	now, by := s.Clock.Now(), auth.From(ctx)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, o.Region, act+" "+o.ID, func() (string, error) {
			if o.State != ObjectionOpen {
				return "", ErrObjectionOver
			}
			f, err := s.Papers.PaperTx(system(ctx), tx, o.Region, o.Paper)
			if err != nil {
				return "", err
			}
			done := o
			done.State, done.AnsweredAt, done.Officer, done.OfficerName, done.Answer, done.Basis = r.State, now, by.ID, by.Name, r.Answer, r.Basis
			if do != nil {
				if done.Successor, err = do(tx); err != nil {
					return "", err
				}
			}
			if r.State != ObjectionWithdrawn {
				if done.Notice, err = s.answered(ctx, tx, done, f, now); err != nil {
					return "", err
				}
			}
			audit.Record(ctx, tx, audit.Entry{Region: o.Region, Action: act, Object: o.ID, At: now,
				Details: map[string]any{"paper": o.Paper, "answer": r.Answer, "basis": r.Basis, "successor": done.Successor}})
			events.Emit(ctx, tx, o.Region, o.ID, facts.ObjectionAnswered{Region: o.Region, Objection: o.ID, Paper: o.Paper, Title: o.Title, Issuer: o.Office, Outcome: string(r.State), Successor: done.Successor, At: now})
			return o.ID, setObjection(ctx, tx, done)
		})
		return err
	})
	if err != nil {
		return Objection{}, err
	}
	return objectionByID(ctx, s.DB, o.Region, o.ID)
}

// FollowTx lets an open objection go on about the version that was issued in the
// place of its certificate, in the reaction to that: its term runs, and what was
// replaced cannot be corrected any more.
func (s *Service) FollowTx(ctx context.Context, tx *db.Tx, f facts.PaperStatusChanged) error {
	tx.Unaudited("the act on the certificate names its successor")
	if f.Successor == "" {
		return nil
	}
	return followObjection(ctx, tx, f.Region, f.Paper, f.Successor)
}

// Derive is how the date of an answer was found, day by day.
func (s *Service) Derive(o Objection) calendar.Result {
	return s.Calendar.Due(o.OpenedAt, calendar.Limit{Amount: o.Days, Unit: calendar.WorkingDays, Citation: o.Citation}, nil)
}
