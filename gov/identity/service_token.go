package identity

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/id"
)

// maxTokenName bounds the name of an API token, in characters.
const maxTokenName = 60

// NewToken makes an API token for the caller's account. life 0 is the longest
// allowed. The secret is returned once and never again.
func (s *Service) NewToken(ctx context.Context, name string, life time.Duration) (t Token, secret string, err error) {
	p := auth.From(ctx)
	var found Problems
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 {
		found.add("name", "identity.token_name.empty")
	} else if n > maxTokenName {
		found.add("name", "identity.token_name.long", "n", n, "max", maxTokenName)
	}
	if life < 0 || life > s.limits.Token {
		found.add("days", "identity.token_days", "max", int(s.limits.Token/(24*time.Hour)))
	}
	if err := found.err(); err != nil {
		return t, "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		t, secret, err = s.newTokenTx(ctx, tx, p.ID, name, p.For, life, "by its owner")
		return err
	})
	return t, secret, err
}

func (s *Service) newTokenTx(ctx context.Context, tx *db.Tx, account, name, actingFor string, life time.Duration, how string) (Token, string, error) {
	if life == 0 {
		life = s.limits.Token
	}
	now := s.clock.Now()
	secret, hash := s.newSecret("token")
	t := Token{ID: id.New("tok"), Account: account, Name: name, ActingFor: actingFor, Created: now, Expires: now.Add(life)}
	if err := insertToken(ctx, tx, s.region, hash, t); err != nil {
		return Token{}, "", err
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.token.issued", Object: account, At: now,
		Details: map[string]any{"token": t.ID, "name": name, "for": actingFor, "how": how, "expires": t.Expires.Format(time.RFC3339)}})
	return t, secret, nil
}

// ExchangeToken gives a program a token for an account and a password.
// actingFor is the company to act for, or "".
func (s *Service) ExchangeToken(ctx context.Context, login, password, name, actingFor string, from Caller) (t Token, secret string, err error) {
	a, err := s.checkCredentials(ctx, login, password, from.Address)
	if err != nil {
		return t, "", err
	}
	ctx = as(ctx, a)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		t, secret, err = s.exchangeTx(ctx, tx, a, name, actingFor, "password")
		return err
	})
	return t, secret, err
}

// ExchangeLink gives a program a token for a one-time link, which is used up.
func (s *Service) ExchangeLink(ctx context.Context, link, name, actingFor string, from Caller) (t Token, secret string, err error) {
	if err := s.countFailure(ctx, s.lookup("attempt", "link:"+link), s.lookup("attempt", "address:"+from.Address)); err != nil {
		return t, "", err
	}
	err = s.consumeLink(ctx, link, func(ctx context.Context, tx *db.Tx, a Account) error {
		now := s.clock.Now()
		if err := countAttempt(ctx, tx, s.region, s.lookup("attempt", "address:"+from.Address), -1, now, now.Add(-s.limits.Window)); err != nil {
			return err
		}
		t, secret, err = s.exchangeTx(ctx, tx, a, name, actingFor, "one-time link")
		return err
	})
	return t, secret, err
}

func (s *Service) exchangeTx(ctx context.Context, tx *db.Tx, a Account, name, actingFor, how string) (Token, string, error) {
	if actingFor != "" {
		ok, err := hasMandate(ctx, tx, s.region, a.Person, actingFor, s.clock.Now())
		if err != nil {
			return Token{}, "", err
		}
		if !ok {
			return Token{}, "", ErrNotMandated.With("org", actingFor)
		}
	}
	if name = clip(strings.TrimSpace(name), maxTokenName); name == "" {
		name = "api"
	}
	return s.newTokenTx(ctx, tx, a.ID, name, actingFor, 0, how)
}

// Tokens lists the caller's tokens that still work.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	return tokensOf(ctx, s.db, s.region, auth.From(ctx).ID, s.clock.Now())
}

// RevokeToken makes one of the caller's tokens worthless, at once here and
// within a second in other processes of the node.
func (s *Service) RevokeToken(ctx context.Context, token string) error {
	account := auth.From(ctx).ID
	if token == "" {
		return ErrNoToken
	}
	defer s.seen.forget()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := revokeTokens(ctx, tx, s.region, account, token, s.clock.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoToken
		}
		audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.token.revoked", Object: account, At: s.clock.Now(), Details: map[string]any{"token": token}})
		return nil
	})
}
