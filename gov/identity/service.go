package identity

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(files, "migrations")
	return db.Migrations{Name: "identity", FS: sub}
}

// Limits are the periods and counts that the operator may set; a zero field
// takes the value of DefaultLimits.
type Limits struct {
	StaffIdle       time.Duration // an officer's session ends when it was not used for this long
	ResidentIdle    time.Duration // the same for everybody else
	StaffTotal      time.Duration // an officer's session ends this long after sign-in, used or not
	ResidentTotal   time.Duration // the same for everybody else
	Token           time.Duration // the longest life of an API token
	Link            time.Duration // life of a one-time sign-in link
	Failures        int           // failed sign-ins of one account within Window until it has to wait
	AddressFailures int           // failed sign-ins from one address within Window; higher, because a hall shares an address
	Window          time.Duration // failures are counted, and a lock lasts, this long
}

// DefaultLimits are what a node runs with unless its operator says otherwise.
func DefaultLimits() Limits {
	return Limits{StaffIdle: 20 * time.Minute, ResidentIdle: time.Hour, StaffTotal: 12 * time.Hour, ResidentTotal: 24 * time.Hour,
		Token: 90 * 24 * time.Hour, Link: 24 * time.Hour, Failures: 5, AddressFailures: 50, Window: 15 * time.Minute}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	for _, p := range []struct{ set, def *time.Duration }{{&l.StaffIdle, &d.StaffIdle}, {&l.ResidentIdle, &d.ResidentIdle}, {&l.StaffTotal, &d.StaffTotal},
		{&l.ResidentTotal, &d.ResidentTotal}, {&l.Token, &d.Token}, {&l.Link, &d.Link}, {&l.Window, &d.Window}} {
		if *p.set == 0 {
			*p.set = *p.def
		}
	}
	if l.Failures == 0 {
		l.Failures = d.Failures
	}
	if l.AddressFailures == 0 {
		l.AddressFailures = d.AddressFailures
	}
	return l
}

// openTries is how many attempts to sign in are checked at once; the others
// wait. It lies well below the failures that one address may have, so that a
// crowd in a hall does not lock itself out.
const openTries = 16

// Deps is what the service needs.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Log    *slog.Logger
	Region string              // top region of the node; persons, accounts and organisations are kept under it
	Key    []byte              // secret of the node for look-up hashes, at least 32 bytes; it MUST stay the same for the life of the data
	Policy map[string][]string // role → names of permissions; owned by the app
	Limits Limits
	// Known tells whether a division is in force; nil takes every code of the right shape.
	Known func(ctx context.Context, code string) (bool, error)
}

// Service is the only door to identities.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	log    *slog.Logger
	region string
	key    []byte
	policy map[string][]string
	limits Limits
	known  func(ctx context.Context, code string) (bool, error)
	seen   *principals
	hashes chan struct{} // bounds how many password hashes run at once: each takes 19 MiB
	tries  chan struct{} // bounds how many attempts are open at once: each counts as failed until it has succeeded
}

// New returns a service. It does not touch the database.
func New(d Deps) (*Service, error) {
	if len(d.Key) < 32 {
		return nil, ErrKeyTooShort
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Clock == nil {
		d.Clock = clock.System
	}
	policy := map[string][]string{}
	for role, names := range d.Policy {
		sorted := slices.Clone(names)
		slices.Sort(sorted) // auth.Grant.Has searches by halves
		policy[role] = sorted
	}
	return &Service{db: d.DB, clock: d.Clock, log: d.Log, region: d.Region, key: slices.Clone(d.Key), policy: policy, known: d.Known,
		limits: d.Limits.withDefaults(), seen: newPrincipals(), hashes: make(chan struct{}, hashSlots()), tries: make(chan struct{}, openTries)}, nil
}

// Region is the top region of the node, under which this service keeps its records.
func (s *Service) Region() string { return s.region }

// Now is the time by the clock of this service, for pages that show what is over.
func (s *Service) Now() time.Time { return s.clock.Now() }

// lookup is the keyed hash under which something secret or personal is found,
// so that an index or a leaked dump does not give it away. use keeps hashes of
// different things apart.
func (s *Service) lookup(use, value string) string {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(use + "\x00" + value))
	return hex.EncodeToString(m.Sum(nil))
}

// secretBytes gives 160 bits in sessions, tokens and links.
const secretBytes = 20

// newSecret returns a fresh secret and the hash that is stored for it.
func (s *Service) newSecret(use string) (secret, hash string) {
	secret = id.Secret(secretBytes)
	return secret, s.lookup(use, secret)
}

// as returns a context in which the account itself acts: signing in is an act
// of somebody who is not yet the caller.
func as(ctx context.Context, a Account) context.Context {
	return auth.With(ctx, auth.Principal{ID: a.ID, Kind: auth.KindPerson, Name: a.Name, Region: a.Region, Person: a.Person})
}
