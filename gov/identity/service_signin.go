package identity

import (
	"context"
	"errors"
	"strings"
	"time"

	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
)

// Caller is where a request to sign in comes from.
type Caller struct {
	Address string // network address, for counting failures
	Device  string // what the browser says it is
}

// SignIn opens a session with an identity number or account name and a
// password, and returns the session's secret for the browser.
func (s *Service) SignIn(ctx context.Context, login, password string, from Caller) (secret string, err error) {
	a, err := s.checkCredentials(ctx, login, password, from.Address)
	if err != nil {
		return "", err
	}
	ctx = as(ctx, a)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		secret, err = s.openSessionTx(ctx, tx, a, from.Device, "password")
		return err
	})
	return secret, err
}

// checkCredentials finds the account that login and password open. An attempt
// is counted before the password is checked and taken back when it was right,
// so that guesses in parallel do not outrun the count.
func (s *Service) checkCredentials(ctx context.Context, login, password, address string) (Account, error) {
	login = normalLogin(login)
	if login == "" || password == "" {
		return Account{}, ErrCredentials
	}
	select {
	case s.tries <- struct{}{}:
		defer func() { <-s.tries }()
	case <-ctx.Done():
		return Account{}, ctx.Err()
	}
	byLogin, byAddress := s.lookup("attempt", "login:"+login), s.lookup("attempt", "address:"+address)
	if err := s.countFailure(ctx, byLogin, byAddress); err != nil {
		return Account{}, err
	}
	a, err := s.accountFor(ctx, login)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return Account{}, err
	}
	ok, err := s.checkPassword(ctx, password, a.password)
	if err != nil {
		return Account{}, err
	}
	if !ok || a.password == "" {
		return Account{}, ErrCredentials
	}
	sys := auth.System(ctx, "identity")
	return a, s.db.Tidy(sys, func(tx *db.Tx) error {
		tx.Unaudited("failures are counted, not recorded")
		if err := clearAttempts(sys, tx, s.region, byLogin); err != nil {
			return err
		}
		return countAttempt(sys, tx, s.region, byAddress, -1, s.clock.Now(), s.clock.Now().Add(-s.limits.Window))
	})
}

// accountFor finds the open account of an identity number or account name.
func (s *Service) accountFor(ctx context.Context, login string) (Account, error) {
	if n, err := number.ParseResident(login, s.clock.Now()); err == nil {
		p, err := personByHash(ctx, s.db, s.region, s.lookup("number", string(n)))
		if err != nil {
			if errors.Is(err, ErrNoPerson) {
				err = ErrNoAccount
			}
			return Account{}, err
		}
		return accountByPerson(ctx, s.db, s.region, p.ID)
	}
	return accountByLogin(ctx, s.db, s.region, login)
}

// normalLogin is the one spelling of a number or account name that is counted
// and looked up.
func normalLogin(login string) string {
	login = strings.TrimSpace(login)
	if len(login) > 128 {
		return ""
	}
	return strings.ToLower(login)
}

// countFailure notes one attempt for each subject, or refuses with ErrLocked
// when one of them has used up its attempts. The last subject is the address.
func (s *Service) countFailure(ctx context.Context, subjects ...string) error {
	ctx = auth.System(ctx, "identity")
	now := s.clock.Now()
	since := now.Add(-s.limits.Window)
	// Because: a crowd behind one address meets in its one row. It counts first
	// and looks then, so that each waits for the row and nobody tries again.
	return s.db.Tidy(ctx, func(tx *db.Tx) error {
		tx.Unaudited("failures are counted, not recorded")
		for i, subject := range subjects {
			limit := s.limits.Failures
			if i == len(subjects)-1 {
				limit = s.limits.AddressFailures
			}
			if err := countAttempt(ctx, tx, s.region, subject, 1, now, since); err != nil {
				return err
			}
			n, first, err := attempts(ctx, tx, s.region, subject, since)
			if err != nil {
				return err
			}
			if n > int64(limit) {
				wait := first.Add(s.limits.Window).Sub(now)
				return ErrLocked.With("minutes", int((wait+time.Minute-1)/time.Minute))
			}
		}
		return nil
	})
}

// NewLink makes a one-time sign-in link for an account and returns its secret.
// Only code of the node calls it; people use InviteOfficer.
func (s *Service) NewLink(ctx context.Context, account string) (secret string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		secret, err = s.newLinkTx(ctx, tx, account)
		return err
	})
	return secret, err
}

func (s *Service) newLinkTx(ctx context.Context, tx *db.Tx, account string) (string, error) {
	now := s.clock.Now()
	secret, hash := s.newSecret("link")
	if err := insertLink(ctx, tx, s.region, hash, account, now, now.Add(s.limits.Link)); err != nil {
		return "", err
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.link.issued", Object: account, At: now,
		Details: map[string]any{"expires": now.Add(s.limits.Link).Format(time.RFC3339)}})
	return secret, nil
}

// LinkOwner tells whose one-time link this is without using it up, so that a
// page can ask before it signs in: programs that look at links must not burn them.
func (s *Service) LinkOwner(ctx context.Context, secret string) (Account, error) {
	l, err := s.usableLink(ctx, s.db, secret)
	if err != nil {
		return Account{}, err
	}
	return s.openAccount(ctx, s.db, l.account)
}

// SignInByLink uses the one-time link up and opens a session.
func (s *Service) SignInByLink(ctx context.Context, secret string, from Caller) (session string, err error) {
	err = s.consumeLink(ctx, secret, func(ctx context.Context, tx *db.Tx, a Account) error {
		session, err = s.openSessionTx(ctx, tx, a, from.Device, "one-time link")
		return err
	})
	return session, err
}

// consumeLink uses the link up and runs f on behalf of its account in the same
// transaction. Of two uses at the same time one gets ErrLinkUsed.
func (s *Service) consumeLink(ctx context.Context, secret string, f func(context.Context, *db.Tx, Account) error) error {
	a, err := s.LinkOwner(ctx, secret)
	if err != nil {
		return err
	}
	ctx = as(ctx, a)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.usableLink(ctx, tx, secret); err != nil {
			return err
		}
		a, err := s.openAccount(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if err := useLink(ctx, tx, s.region, s.lookup("link", secret), s.clock.Now()); err != nil {
			if errors.Is(err, db.ErrStale) {
				return ErrLinkUsed
			}
			return err
		}
		return f(ctx, tx, a)
	})
}

func (s *Service) usableLink(ctx context.Context, r db.Reader, secret string) (link, error) {
	if secret == "" || len(secret) > 128 {
		return link{}, ErrLink
	}
	l, err := linkByHash(ctx, r, s.region, s.lookup("link", secret))
	switch {
	case fault.IsKind(err, fault.KindNotFound):
		return link{}, ErrLink
	case err != nil:
		return link{}, err
	case !l.used.IsZero():
		return link{}, ErrLinkUsed
	case !s.clock.Now().Before(l.expires):
		return link{}, ErrLinkExpired
	}
	return l, nil
}

func (s *Service) openAccount(ctx context.Context, r db.Reader, account string) (Account, error) {
	a, err := accountByID(ctx, r, s.region, account)
	if err == nil && !a.Closed.IsZero() {
		return Account{}, ErrNoAccount
	}
	return a, err
}

// Register opens a resident's account and signs in. The person is known by
// format only (level 2) until somebody sees a document.
//
// When a counter has recorded the person before, name and phone must be the
// recorded ones: whoever merely knows a number must not reach its matters.
// Law: 国办函〔2016〕108号 — at least three facts agree at registration.
func (s *Service) Register(ctx context.Context, r Registration, from Caller) (secret string, err error) {
	p, err := r.check(s.clock.Now())
	if err != nil {
		return "", err
	}
	byNumber, byAddress := s.lookup("attempt", "register:"+p.Number), s.lookup("attempt", "address:"+from.Address)
	if err := s.countFailure(ctx, byNumber, byAddress); err != nil {
		return "", err
	}
	hash, err := s.hashPassword(ctx, r.Password)
	if err != nil {
		return "", err
	}
	account := id.New("acc")
	ctx = auth.With(ctx, auth.Principal{ID: account, Kind: auth.KindPerson, Name: p.Name, Region: s.region})
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		kept, err := s.claimPersonTx(ctx, tx, p)
		if err != nil {
			return err
		}
		a := Account{Region: s.region, ID: account, Name: kept.Name, Person: kept.ID, Created: s.clock.Now(), password: hash}
		if err := insertAccount(ctx, tx, a); err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.account.opened", Object: account, At: a.Created,
			Details: map[string]any{"person": kept.ID, "level": kept.Level}})
		if err := countAttempt(ctx, tx, s.region, byAddress, -1, a.Created, a.Created.Add(-s.limits.Window)); err != nil {
			return err
		}
		secret, err = s.openSessionTx(ctx, tx, a, from.Device, "registration")
		return err
	})
	return secret, err
}

// claimPersonTx returns the person whom a registration names: the recorded one
// when the facts agree, otherwise a new one.
func (s *Service) claimPersonTx(ctx context.Context, tx *db.Tx, p Person) (Person, error) {
	old, err := personByHash(ctx, tx, s.region, s.lookup("number", p.Number))
	if errors.Is(err, ErrNoPerson) {
		return s.insertPersonTx(ctx, tx, p)
	}
	if err != nil {
		return Person{}, err
	}
	if old.Name != p.Name || old.Phone != p.Phone {
		return Person{}, ErrFactsDiffer
	}
	_, err = accountByPerson(ctx, tx, s.region, old.ID)
	switch {
	case err == nil:
		return Person{}, ErrRegistered
	case !errors.Is(err, ErrNoAccount):
		return Person{}, err
	}
	return old, nil
}

// ChangePassword sets a new password for the caller and ends all his other
// sessions. Somebody who has a password must give it.
func (s *Service) ChangePassword(ctx context.Context, old, password string, from Caller) error {
	p := auth.From(ctx)
	a, err := s.openAccount(ctx, s.db, p.ID)
	if err != nil {
		return err
	}
	var found Problems
	if code, pairs := passwordProblem(password, a.Login, a.Name); code != "" {
		found.add("password", code, pairs...)
		return found
	}
	if a.password != "" {
		if err := s.checkOld(ctx, a, old, from.Address); err != nil {
			return err
		}
	}
	hash, err := s.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	defer s.seen.forget()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := setPassword(ctx, tx, s.region, a.ID, hash); err != nil {
			return err
		}
		if _, err := deleteSession(ctx, tx, s.region, a.ID, "", p.Session); err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.password.changed", Object: a.ID, At: s.clock.Now()})
		return nil
	})
}

func (s *Service) checkOld(ctx context.Context, a Account, old, address string) error {
	subject := s.lookup("attempt", "change:"+a.ID)
	if err := s.countFailure(ctx, subject, s.lookup("attempt", "address:"+address)); err != nil {
		return err
	}
	ok, err := s.checkPassword(ctx, old, a.password)
	if err != nil {
		return err
	}
	if !ok {
		return Problems{{Field: "old", Code: "identity.password.wrong"}}
	}
	ctx = auth.System(ctx, "identity")
	return s.db.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("failures are counted, not recorded")
		return clearAttempts(ctx, tx, s.region, subject)
	})
}
