package holding

import (
	"context"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
	"tongban/platform/once"
)

// MayVouch lets clerks put on record who acts for a child.
var MayVouch = authz.Define("certificates.guardians.record", "put on record who acts for a child, after seeing both and the proof")

// The refusals about guardians.
var (
	ErrNoWard   = fault.NotFound("certificates.holding.no_ward")
	ErrWardOver = fault.Conflict("certificates.holding.ward_over")
)

// Proofs are the documents that prove who acts for a child.
//
// Law: 民法典 art. 27 (parents; else grandparents, siblings, others), 31 (who is
// appointed).
var Proofs = []string{"出生医学证明", "居民户口簿", "收养登记证", "指定监护的判决书或者决定书"}

// Ward is that somebody acts for a child (监护关系).
type Ward struct {
	Region, ID             string
	Guardian, GuardianName string // person
	Child, ChildName       string // person
	ChildMasked            string
	Proof, ProofNumber     string
	RecordedAt             time.Time
	Officer, OfficerName   string
	Until                  time.Time // the child is of age
	EndedAt                time.Time
	EndedName, Reason      string

	hash string
}

func (w Ward) live(now time.Time) bool { return w.EndedAt.IsZero() && now.Before(w.Until) }

// Relationship is what a clerk puts on record.
type Relationship struct {
	Name, Number           string // of the guardian, from the document
	ChildName, ChildNumber string
	Proof, ProofNumber     string
}

func (in *Relationship) clean(now time.Time) error {
	var p Problems
	people := []struct {
		name, number       *string
		fieldName, fieldID string
	}{{&in.Name, &in.Number, "name", "number"}, {&in.ChildName, &in.ChildNumber, "child_name", "child_number"}}
	for _, x := range people {
		var err error
		if *x.name, err = number.CheckName(*x.name); err != nil {
			p.add(x.fieldName, "name")
		}
		n, err := number.ParseResident(*x.number, now)
		if err != nil {
			p.add(x.fieldID, "number")
		}
		*x.number = string(n)
	}
	if adult, ok := number.OfAge(in.ChildNumber, now); ok && !now.Before(adult) {
		p.add("child_number", "adult")
	}
	if number.Minor(in.Number, now) {
		p.add("number", "minor")
	}
	in.Proof, in.ProofNumber = strings.TrimSpace(in.Proof), strings.TrimSpace(in.ProofNumber)
	p.text("proof", in.Proof, "proof_kind", 50)
	p.text("proof_number", in.ProofNumber, "proof_number", 80)
	return p.err()
}

// Record puts on record who acts for a child until it is of age. The clerk has
// seen the guardian and the proof.
//
// Law: 民法典 art. 17, 23, 27.
func (s *Service) Record(ctx context.Context, in Relationship) (Ward, error) {
	if err := authz.Door(ctx, MayVouch); err != nil {
		return Ward{}, err
	}
	now, by := s.Clock.Now(), auth.From(ctx)
	if err := in.clean(now); err != nil {
		return Ward{}, err
	}
	until, _ := number.OfAge(in.ChildNumber, now)
	w := Ward{Region: s.Region, ID: id.New("wrd"), GuardianName: in.Name, ChildName: in.ChildName, ChildMasked: number.Mask(in.ChildNumber), hash: s.numberHash(in.ChildNumber),
		Proof: in.Proof, ProofNumber: in.ProofNumber, RecordedAt: now, Officer: by.ID, OfficerName: by.Name, Until: until}
	kept := ""
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		var err error
		kept, err = once.Do(ctx, tx, s.Region, "certificates.guardian "+w.hash, func() (string, error) {
			guardian, err := s.People.EnsurePersonTx(ctx, tx, identity.Person{Name: in.Name, Number: in.Number, Level: identity.LevelCounter})
			if err != nil {
				return "", err
			}
			child, err := s.People.EnsurePersonTx(ctx, tx, identity.Person{Name: in.ChildName, Number: in.ChildNumber, Level: identity.LevelRegister})
			if err != nil {
				return "", err
			}
			w.Guardian, w.Child = guardian.ID, child.ID
			insertWard(tx, w)
			audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: "certificates.guardian.recorded", Object: w.ID, At: now,
				Details: map[string]any{"guardian": w.Guardian, "child": w.Child, "proof": w.Proof, "proof_number": w.ProofNumber, "until": w.Until}})
			return w.ID, nil
		})
		return err
	})
	if err != nil {
		return Ward{}, err
	}
	return wardByID(ctx, s.DB, s.Region, kept)
}

// Wards lists the children for whom the caller acts or acted.
func (s *Service) Wards(ctx context.Context) ([]Ward, error) {
	p := auth.From(ctx)
	if p.Person == "" {
		return nil, ErrNoPerson
	}
	return wardsOf(ctx, s.DB, s.Region, p.Person)
}

// Outgrown implements certificates.Ledger: who was given a certificate for a child
// has it no more when the child is of age; it is the child's alone.
//
// Law: 民法典 art. 17, 18.
func (s *Service) Outgrown(ctx context.Context, f certificates.Found) bool {
	if !Outgrew(f.Paper, "", s.Clock.Now()) {
		return false
	}
	me, err := s.People.Me(ctx)
	return err == nil && me.Number != f.HolderNumber
}

// Outgrew tells whether a certificate names a child who is of age now, and somebody
// else has this identity number.
func Outgrew(p certificates.Paper, num string, now time.Time) bool {
	adult, person := number.OfAge(p.HolderNumber, now)
	return person && num != p.HolderNumber && !now.Before(adult) && p.IssuedAt.Before(adult)
}

// WardsOfChild lists for a clerk who acts and who acted for the child with an
// identity number, the newest first. The look is on record.
//
// Law: 个人信息保护法 art. 51.
func (s *Service) WardsOfChild(ctx context.Context, num string) ([]Ward, error) {
	if err := authz.Door(ctx, MayVouch); err != nil {
		return nil, err
	}
	n, err := number.ParseResident(num, s.Clock.Now())
	if err != nil {
		return nil, Problems{{Field: "child_number", Code: "certificates.holding.problem.number"}}
	}
	list, err := wardsOfChild(ctx, s.DB, s.Region, s.numberHash(string(n)))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list, s.lookedAt(ctx, list[0])
}

// Ward gives one relation to a clerk. The look is on record.
func (s *Service) Ward(ctx context.Context, id string) (Ward, error) {
	if err := authz.Door(ctx, MayVouch); err != nil {
		return Ward{}, err
	}
	w, err := wardByID(ctx, s.DB, s.Region, id)
	if err != nil {
		return w, err
	}
	return w, s.lookedAt(ctx, w)
}

func (s *Service) lookedAt(ctx context.Context, w Ward) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: "certificates.guardian.read", Object: w.ID, At: s.Clock.Now(), Details: map[string]any{"child": w.Child}})
		return nil
	})
}

// Over tells whether nobody acts by this relation any more.
func (w Ward) Over(now time.Time) bool { return !w.live(now) }

// Ending is how a relation ends before the child is of age.
type Ending struct {
	Reason string
	On     time.Time // the day from which it was over, as the proof says; zero: today
}

// EndWard ends a relation before the child is of age: the guardian gives it up, or
// a clerk has seen that it is over, also since a day that has passed. What was done
// by it until now stays done.
//
// Law: 民法典 art. 36, 39: how guardianship ends.
func (s *Service) EndWard(ctx context.Context, ward string, e Ending) (Ward, error) {
	w, err := wardByID(ctx, s.DB, s.Region, ward)
	p := auth.From(ctx)
	if err != nil || p.Person != w.Guardian && authz.Door(ctx, MayVouch) != nil {
		return Ward{}, ErrNoWard.Because(err)
	}
	now := s.Clock.Now()
	e.Reason = strings.TrimSpace(e.Reason)
	if e.On.IsZero() {
		e.On = now
	}
	var wrong Problems
	wrong.text("reason", e.Reason, "reason", 200)
	switch {
	case e.On.After(now):
		wrong.add("ended_on", "ended_later")
	case calendar.DateOf(e.On) < calendar.DateOf(w.RecordedAt):
		wrong.add("ended_on", "ended_before", "date", calendar.DateOf(w.RecordedAt).String())
	}
	if err := wrong.err(); err != nil {
		return Ward{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, s.Region, "certificates.guardian.end "+ward, func() (string, error) {
			old, err := wardByID(ctx, tx, s.Region, ward)
			if err != nil {
				return "", err
			}
			if old.Over(now) {
				return "", ErrWardOver
			}
			audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: "certificates.guardian.ended", Object: ward, At: now, Details: map[string]any{"reason": e.Reason, "since": e.On}})
			return ward, endWard(ctx, tx, w, p.Name, e.Reason, e.On)
		})
		return err
	})
	if err != nil {
		return Ward{}, err
	}
	return wardByID(ctx, s.DB, s.Region, ward)
}

// Sweep forgets showings that are long over; the list of uses keeps them.
func (s *Service) Sweep(ctx context.Context) error {
	return s.DB.Tidy(auth.System(ctx, "holding"), func(tx *db.Tx) error {
		tx.Unaudited("showings have a limited life; the list of uses keeps them")
		return forgetShowings(ctx, tx, s.Clock.Now().Add(-24*time.Hour))
	})
}
