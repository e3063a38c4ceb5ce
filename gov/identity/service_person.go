package identity

import (
	"context"
	"errors"
	"strings"

	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/id"
)

// Person returns a person's record. Callers see themselves; others need
// MayReadPerson. A capability that shows it to an officer records the reading
// with its own matter.
func (s *Service) Person(ctx context.Context, region, person string) (Person, error) {
	if p := auth.From(ctx); p.Person == "" || p.Person != person {
		if err := authz.Door(ctx, MayReadPerson); err != nil {
			return Person{}, err
		}
	}
	return personByID(ctx, s.db, region, person)
}

// PersonByNumber finds a person by identity number for a stated purpose. The
// reading is on record before the answer is given, also when nobody was found.
func (s *Service) PersonByNumber(ctx context.Context, num, purpose string) (Person, error) {
	if err := authz.Door(ctx, MayReadPerson); err != nil {
		return Person{}, err
	}
	purpose = strings.TrimSpace(purpose)
	if purpose == "" {
		return Person{}, ErrPurpose
	}
	n, err := number.ParseResident(num, s.clock.Now())
	if err != nil {
		return Person{}, Problems{{Field: "number", Code: "identity.number." + rule(err), Pairs: []any{"n", len([]rune(strings.TrimSpace(num)))}}}
	}
	var p Person
	var found bool
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		read, err := personByHash(ctx, tx, s.region, s.lookup("number", string(n)))
		if err != nil && !errors.Is(err, ErrNoPerson) {
			return err
		}
		p, found = read, err == nil
		object := p.ID
		if !found {
			object = n.Masked()
		}
		audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.person.read", Object: object, At: s.clock.Now(),
			Details: map[string]any{"purpose": clip(purpose, 200), "found": found, "fields": "name, number, phone, level"}})
		return nil
	})
	if err == nil && !found {
		err = ErrNoPerson
	}
	return p, err
}

// EnsurePersonTx returns the recorded person with p's number, or records p:
// for somebody who is present without an account. p.Level says how sure the
// caller is. A document seen at the counter corrects a name that was only
// typed online, and closes the account that was opened under that other name.
func (s *Service) EnsurePersonTx(ctx context.Context, tx *db.Tx, p Person) (Person, error) {
	var found Problems
	p.check(s.clock.Now(), false, &found)
	if err := found.err(); err != nil {
		return Person{}, err
	}
	if p.Level == 0 {
		p.Level = LevelFormat
	}
	old, err := personByHash(ctx, tx, s.region, s.lookup("number", p.Number))
	if errors.Is(err, ErrNoPerson) {
		return s.insertPersonTx(ctx, tx, p)
	}
	if err != nil {
		return Person{}, err
	}
	if old.Name != p.Name && p.Level <= old.Level {
		return Person{}, ErrNameDiffers.With("name", old.Name)
	}
	return s.updatePersonTx(ctx, tx, old, p)
}

func (s *Service) insertPersonTx(ctx context.Context, tx *db.Tx, p Person) (Person, error) {
	p.Region, p.ID, p.Created = s.region, id.New("per"), s.clock.Now()
	hash := s.lookup("number", p.Number)
	if err := insertPerson(ctx, tx, p, hash); err != nil {
		return Person{}, err
	}
	if err := claimMandates(ctx, tx, s.region, p.ID, p.Name, hash); err != nil {
		return Person{}, err
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.person.recorded", Object: p.ID, At: p.Created,
		Details: map[string]any{"level": p.Level}})
	return p, nil
}

func (s *Service) updatePersonTx(ctx context.Context, tx *db.Tx, old, p Person) (Person, error) {
	next := old
	next.Level = max(old.Level, p.Level)
	next.Name = p.Name
	if p.Phone != "" && (old.Phone == "" || p.Level >= old.Level) {
		next.Phone = p.Phone
	}
	if next == old {
		return old, nil
	}
	now := s.clock.Now()
	if next.Name != old.Name {
		if err := s.closeClaimTx(ctx, tx, old); err != nil {
			return Person{}, err
		}
	}
	if err := updatePerson(ctx, tx, next, now); err != nil {
		return Person{}, err
	}
	if next.Name != old.Name {
		if err := claimMandates(ctx, tx, s.region, old.ID, next.Name, s.lookup("number", old.Number)); err != nil {
			return Person{}, err
		}
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.person.corrected", Object: old.ID, At: now,
		Details: map[string]any{"level": next.Level, "name_changed": next.Name != old.Name, "phone_changed": next.Phone != old.Phone}})
	return next, nil
}

// closeClaimTx closes the account that somebody opened under another name for
// this number.
func (s *Service) closeClaimTx(ctx context.Context, tx *db.Tx, p Person) error {
	a, err := accountByPerson(ctx, tx, s.region, p.ID)
	if errors.Is(err, ErrNoAccount) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.closeAccountTx(ctx, tx, a.ID, "the document shows another name")
}

func (s *Service) closeAccountTx(ctx context.Context, tx *db.Tx, account, why string) error {
	now := s.clock.Now()
	if err := closeAccount(ctx, tx, s.region, account, now); err != nil {
		return err
	}
	if _, err := deleteSession(ctx, tx, s.region, account, "", ""); err != nil {
		return err
	}
	if _, err := revokeTokens(ctx, tx, s.region, account, "", now); err != nil {
		return err
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.account.closed", Object: account, At: now, Details: map[string]any{"why": why}})
	return nil
}

// HelpResident opens the account of somebody who is present with his document,
// or reopens it when the password is lost: the password and all sessions and
// tokens end, and a one-time link lets the owner in to choose a new one.
func (s *Service) HelpResident(ctx context.Context, p Person) (a Account, link string, err error) {
	if err := authz.Door(ctx, MayHelpResidents); err != nil {
		return a, "", err
	}
	p.Level = LevelCounter
	defer s.seen.forget()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		kept, err := s.EnsurePersonTx(ctx, tx, p)
		if err != nil {
			return err
		}
		if a, err = s.reopenTx(ctx, tx, kept); err != nil {
			return err
		}
		link, err = s.newLinkTx(ctx, tx, a.ID)
		return err
	})
	return a, link, err
}

func (s *Service) reopenTx(ctx context.Context, tx *db.Tx, p Person) (Account, error) {
	now := s.clock.Now()
	a, err := accountByPerson(ctx, tx, s.region, p.ID)
	if errors.Is(err, ErrNoAccount) {
		a = Account{Region: s.region, ID: id.New("acc"), Name: p.Name, Person: p.ID, Created: now}
		audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.account.opened", Object: a.ID, At: now,
			Details: map[string]any{"person": p.ID, "level": p.Level, "how": "counter"}})
		return a, insertAccount(ctx, tx, a)
	}
	if err != nil {
		return a, err
	}
	if a.Login != "" {
		return a, ErrOfficerAccount // an officer's account is the system administrator's to reopen
	}
	if err := setPassword(ctx, tx, s.region, a.ID, ""); err != nil {
		return a, err
	}
	if _, err := deleteSession(ctx, tx, s.region, a.ID, "", ""); err != nil {
		return a, err
	}
	if _, err := revokeTokens(ctx, tx, s.region, a.ID, "", now); err != nil {
		return a, err
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.account.reopened", Object: a.ID, At: now, Details: map[string]any{"how": "counter"}})
	return a, nil
}

// Me returns the caller's own record; ErrNoPerson when the account stands for
// nobody in particular.
func (s *Service) Me(ctx context.Context) (Person, error) {
	p := auth.From(ctx)
	if p.Person == "" {
		return Person{}, ErrNoPerson
	}
	return personByID(ctx, s.db, s.region, p.Person)
}

// Match is who a number belongs to here.
type Match struct {
	ID    string // person, or unified code of an organisation
	Name  string
	Level int // assurance; of an organisation that of a register
}

// MatchNumbers finds people by identity number, for a capability that compares
// its own records with them and shows what it finds to nobody but the holder and
// a clerk who has to tell two people apart.
func (s *Service) MatchNumbers(ctx context.Context, r db.Reader, numbers []string) (map[string]Match, error) {
	byHash := make(map[string]string, len(numbers))
	for _, n := range numbers {
		byHash[s.lookup("number", n)] = n
	}
	return matchPeople(ctx, r, s.region, byHash)
}

// MatchOrgs finds organisations by unified code, likewise.
func (s *Service) MatchOrgs(ctx context.Context, r db.Reader, codes []string) (map[string]Match, error) {
	return matchOrgs(ctx, r, s.region, codes)
}

// WhoIs gives the number and name of a person, or of an organisation by its
// code; no number when nobody is known by that id.
func (s *Service) WhoIs(ctx context.Context, r db.Reader, holder string) (string, Match, error) {
	if strings.HasPrefix(holder, "per_") {
		p, err := personByID(ctx, r, s.region, holder)
		if errors.Is(err, ErrNoPerson) {
			return "", Match{}, nil
		}
		return p.Number, Match{p.ID, p.Name, p.Level}, err
	}
	list, err := matchOrgs(ctx, r, s.region, []string{holder})
	if m, ok := list[holder]; ok && err == nil {
		return holder, m, nil
	}
	return "", Match{}, err
}
