package identity

import (
	"time"

	"tongban/platform/auth"
)

// Account is what somebody signs in with (账户): a resident's by identity
// number, an officer's by account name.
type Account struct {
	Region  string
	ID      string // acc_…
	Login   string // account name of an officer; "" for residents, who use their number
	Name    string // for display and audit
	Person  string // the natural person behind it, if known
	Created time.Time
	Closed  time.Time // zero while it may be used

	password string // Argon2id in PHC form; "" when only one-time links open it
}

// HasPassword tells whether the account can be opened with a password.
func (a Account) HasPassword() bool { return a.password != "" }

// Session is one browser in which somebody is signed in.
type Session struct {
	ID        string // ses_…; not the secret
	Account   string
	Device    string // what the browser said it is, for the owner to recognise it
	ActingFor string // code of the company, "" when for oneself
	Created   time.Time
	Seen      time.Time // last use, to the minute
	Expires   time.Time // the latest end, used or not
}

// Token is a key for programs that act for an account through the API.
type Token struct {
	ID        string // tok_…; not the secret
	Account   string
	Name      string // what its owner calls it
	ActingFor string
	Created   time.Time
	Expires   time.Time
	Revoked   time.Time // zero while it works
}

// Live tells whether the token works at the given time.
func (t Token) Live(now time.Time) bool { return t.Revoked.IsZero() && now.Before(t.Expires) }

// bearer is everything that one look-up needs to know about a session or token.
type bearer struct {
	id, account, name, person, actingFor string
	created, seen, expires               time.Time
	closed                               bool
	forName                              string    // name of the company, "" when the mandate is over
	mandates                             []Mandate // for that company, in force
}

// principal builds the caller from what the database said.
func (s *Service) principal(b bearer, posts []Post) auth.Principal {
	p := auth.Principal{ID: b.account, Kind: auth.KindPerson, Name: b.name, Region: s.region, Person: b.person, Session: b.id}
	if b.actingFor != "" && b.forName != "" {
		p.For, p.ForName, p.Within = b.actingFor, b.forName, within(b.mandates)
	}
	if b.person != "" {
		p.Grants = append(p.Grants, auth.Grant{Role: RoleResident, Permissions: s.policy[RoleResident], Region: s.region, Subtree: true, Own: true})
	}
	now := s.clock.Now()
	for _, post := range posts {
		if post.ValidAt(now) {
			p.Kind = auth.KindOfficer
			p.Grants = append(p.Grants, auth.Grant{Role: post.Role, Permissions: s.policy[post.Role], Region: post.Region, Subtree: post.Subtree, Org: post.Org})
		}
	}
	return p
}

// limitsFor returns how long a session of this kind of caller lasts.
func (l Limits) limitsFor(k auth.Kind) (idle, total time.Duration) {
	if k == auth.KindOfficer {
		return l.StaffIdle, l.StaffTotal
	}
	return l.ResidentIdle, l.ResidentTotal
}
