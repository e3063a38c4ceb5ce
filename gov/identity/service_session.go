package identity

import (
	"context"
	"time"
	"unicode/utf8"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
)

// touchEvery is how exactly the last use of a session is kept.
const touchEvery = time.Minute

// Authenticate returns the caller whose browser holds the session secret. It
// costs one or two indexed queries at most once a second per session.
func (s *Service) Authenticate(ctx context.Context, secret string) (auth.Principal, error) {
	if secret == "" || len(secret) > 128 {
		return auth.Anonymous, ErrSession
	}
	hash, now := s.lookup("session", secret), s.clock.Now()
	k, generation, ok := s.seen.find(hash, now)
	if !ok {
		b, err := sessionBearer(ctx, s.db, s.region, hash, now)
		if k, err = s.recognise(ctx, b, err, ErrSession); err != nil {
			return auth.Anonymous, err
		}
	}
	idle, _ := s.limits.limitsFor(k.principal.Kind)
	switch {
	case !now.Before(k.bearer.expires):
		return auth.Anonymous, ErrSession
	case now.Sub(k.bearer.seen) >= idle:
		return auth.Anonymous, ErrSessionIdle.With("minutes", int(idle.Minutes()))
	}
	if now.Sub(k.bearer.seen) >= min(touchEvery, idle/2) {
		s.touch(ctx, k.principal, hash, now)
		k.bearer.seen = now
	}
	if !ok {
		k.at = now // how old the answer of the database is, so a later use does not make it younger
	}
	if !ok || k.bearer.seen.Equal(now) {
		s.seen.keep(hash, k, generation)
	}
	return k.principal, nil
}

// touch notes the use of a session. A database that cannot write now must not
// keep people from reading, so a failure is only logged.
func (s *Service) touch(ctx context.Context, p auth.Principal, hash string, now time.Time) {
	ctx = auth.With(context.WithoutCancel(ctx), p)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("the last use of a session is bookkeeping")
		return touchSession(ctx, tx, s.region, hash, now)
	})
	if err != nil {
		s.log.Warn("session use not noted", "session", p.Session, "error", err)
	}
}

// AuthenticateToken returns the caller that an API token stands for.
func (s *Service) AuthenticateToken(ctx context.Context, token string) (auth.Principal, error) {
	if token == "" || len(token) > 128 {
		return auth.Anonymous, ErrToken
	}
	hash, now := s.lookup("token", token), s.clock.Now()
	k, generation, ok := s.seen.find(hash, now)
	if !ok {
		b, err := tokenBearer(ctx, s.db, s.region, hash, now)
		if k, err = s.recognise(ctx, b, err, ErrToken); err != nil {
			return auth.Anonymous, err
		}
		if b.actingFor != "" && k.principal.For == "" {
			return auth.Anonymous, ErrToken // a program must not go on as its owner when the mandate is over
		}
		k.at = now
		s.seen.keep(hash, k, generation)
	}
	if !now.Before(k.bearer.expires) {
		return auth.Anonymous, ErrToken
	}
	return k.principal, nil
}

// recognise turns the row that a secret led to into a caller with grants.
func (s *Service) recognise(ctx context.Context, b bearer, err error, refusal *fault.Fault) (known, error) {
	if fault.IsKind(err, fault.KindNotFound) || err == nil && b.closed {
		return known{}, refusal
	}
	if err != nil {
		return known{}, err
	}
	if b.actingFor != "" && b.forName != "" {
		if b.mandates, err = liveMandates(ctx, s.db, s.region, b.person, b.actingFor, s.clock.Now()); err != nil {
			return known{}, err
		}
	}
	posts, err := postsOf(ctx, s.db, s.region, b.account, s.clock.Now())
	if err != nil {
		return known{}, err
	}
	return known{principal: s.principal(b, posts), bearer: b}, nil
}

// openSessionTx opens a session for the account; the secret goes to the browser only.
func (s *Service) openSessionTx(ctx context.Context, tx *db.Tx, a Account, device, how string) (secret string, err error) {
	now := s.clock.Now()
	posts, err := postsOf(ctx, tx, s.region, a.ID, now)
	if err != nil {
		return "", err
	}
	_, total := s.limits.limitsFor(s.principal(bearer{account: a.ID, person: a.Person}, posts).Kind)
	secret, hash := s.newSecret("session")
	v := Session{ID: id.New("ses"), Account: a.ID, Device: clip(device, 200), Created: now, Expires: now.Add(total)}
	if err := insertSession(ctx, tx, s.region, hash, v); err != nil {
		return "", err
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.session.opened", Object: a.ID, At: now,
		Details: map[string]any{"session": v.ID, "how": how}})
	return secret, nil
}

// SignOut ends the caller's own session.
func (s *Service) SignOut(ctx context.Context) error {
	p := auth.From(ctx)
	return s.endSessions(ctx, p.ID, p.Session, "", "signed out")
}

// Sessions lists where the caller is signed in, the newest first.
func (s *Service) Sessions(ctx context.Context) ([]Session, error) {
	return sessionsOf(ctx, s.db, s.region, auth.From(ctx).ID, s.clock.Now())
}

// EndSession ends one of the caller's sessions.
func (s *Service) EndSession(ctx context.Context, session string) error {
	if session == "" {
		return ErrNoSession
	}
	return s.endSessions(ctx, auth.From(ctx).ID, session, "", "ended by the owner")
}

// EndOtherSessions ends all of the caller's sessions except the current one.
func (s *Service) EndOtherSessions(ctx context.Context) error {
	p := auth.From(ctx)
	err := s.endSessions(ctx, p.ID, "", p.Session, "all others ended by the owner")
	if fault.IsKind(err, fault.KindNotFound) {
		return nil // there were no others
	}
	return err
}

func (s *Service) endSessions(ctx context.Context, account, session, keep, why string) error {
	defer s.seen.forget()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := deleteSession(ctx, tx, s.region, account, session, keep)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoSession
		}
		audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.session.ended", Object: account,
			Details: map[string]any{"session": session, "count": n, "why": why}, At: s.clock.Now()})
		return nil
	})
}

// ActFor makes the caller's session act for a company, or for the caller
// himself when org is "".
func (s *Service) ActFor(ctx context.Context, org string) error {
	p := auth.From(ctx)
	defer s.seen.forget()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if org != "" {
			ok, err := hasMandate(ctx, tx, s.region, p.Person, org, s.clock.Now())
			if err != nil {
				return err
			}
			if !ok {
				return ErrNotMandated.With("org", org)
			}
		}
		if err := setActingFor(ctx, tx, s.region, p.ID, p.Session, org); err != nil {
			if fault.Of(err).Is(db.ErrStale) {
				return ErrNoSession
			}
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.session.switched", Object: p.ID, At: s.clock.Now(),
			Details: map[string]any{"session": p.Session, "for": org}})
		return nil
	})
}

// Sweep removes sessions and failure counts that are over; the app runs it now
// and then.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("what is removed was over before")
		return sweepSessions(ctx, tx, s.region, now, now.Add(-s.limits.Window))
	})
}

// clip shortens s to at most n characters.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
