package holding

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/certificates"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/guess"
)

// The refusals of this package.
var (
	ErrNotHeld    = fault.NotFound("certificates.holding.not_held")     // no such certificate, or none that the caller may use
	ErrNotInForce = fault.Conflict("certificates.holding.not_in_force") // detail status
	ErrNoCopy     = fault.NotFound("certificates.holding.no_copy")
	ErrCopyOver   = fault.Conflict("certificates.holding.copy_over")
	ErrNoPerson   = fault.Forbidden("certificates.holding.no_person") // the account stands for nobody
)

// People knows who the caller is and for whom he acts. *identity.Service is one.
type People interface {
	Me(ctx context.Context) (identity.Person, error)
	LiveMandates(ctx context.Context, person string) ([]identity.Mandate, error)
	Departments(ctx context.Context, region string) ([]identity.Org, error)
	Org(ctx context.Context, code string) (identity.Org, error)
	EnsurePersonTx(ctx context.Context, tx *db.Tx, p identity.Person) (identity.Person, error)
}

// Limits knows how long an office has for an answer. *limits.Service is one.
type Limits interface {
	Limit(ctx context.Context, r db.Reader, region, key string, at time.Time) (calendar.Limit, error)
}

// Deps is what the service needs.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Calendar *calendar.Calendar
	Papers   *certificates.Service
	People   People
	Limits   Limits
	Cases    certificates.Cases // who handles a case
	Secret   []byte             // for look-up hashes; MUST stay the same for the life of the data
	BaseURL  string
	Region   string // top region of the node; guardians are kept under it
	Regions  []string
}

// Service does what holders do with their certificates.
type Service struct {
	Deps
	guesses guess.Counter
}

// New returns a service.
func New(d Deps) *Service {
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	return &Service{Deps: d}
}

// Problem is one thing that keeps a form from being taken.
type Problem struct {
	Field, Code string
	Pairs       []any
}

// Problems are all of them.
type Problems []Problem

// Error implements error.
func (p Problems) Error() string { return fmt.Sprintf("%d problems", len(p)) }

// Each implements web.FieldProblems.
func (p Problems) Each(f func(field, code string, pairs []any)) {
	for _, x := range p {
		f(x.Field, x.Code, x.Pairs)
	}
}

func (p *Problems) add(field, code string, pairs ...any) {
	*p = append(*p, Problem{field, "certificates.holding.problem." + code, pairs})
}

func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// text asks for words of a bounded length.
func (p *Problems) text(field, value, missing string, most int) {
	switch n := utf8.RuneCountInString(value); {
	case n == 0:
		p.add(field, missing)
	case n > most:
		p.add(field, "long", "n", n, "max", most)
	}
}

// Relation is why somebody may use a certificate.
type Relation string

// The relations.
const (
	Own       Relation = "own"     // 本人
	Company   Relation = "company" // 企业: its legal representative, or an agent whose mandate reaches it
	Child     Relation = "child"   // 子女: until it is of age
	Permitted Relation = "permit"  // 受托: by a permit of the holder
)

// Held is a certificate that the caller may use.
type Held struct {
	certificates.Found
	Relation Relation
	Of       string    // whose: person or unified code; of a child its masked number
	OfName   string    // what to call them
	Proof    string    // words of the record on which the relation rests
	Ends     time.Time // when the relation ends; zero: not by itself
	Permit   *Permit   // of Permitted
}

// owner is under whom uses and copies are kept.
func (h Held) owner() string {
	if len(h.Owners) > 0 {
		return h.Owners[0]
	}
	return h.Of
}

// caller is somebody with everything by which he may use certificates.
type caller struct {
	auth.Principal
	me       identity.Person
	mandates []identity.Mandate
	wards    []Ward
	permits  []Permit
	goesOn   bool // permits that are used up count: what the last use began goes on, and is told again
}

func (s *Service) caller(ctx context.Context) (c caller, err error) {
	if err := authz.Door(ctx, certificates.MayHold); err != nil {
		return c, err
	}
	if c.Principal = auth.From(ctx); c.Person == "" {
		return c, ErrNoPerson
	}
	if c.me, err = s.People.Me(ctx); err != nil {
		return c, err
	}
	if c.mandates, err = s.People.LiveMandates(ctx, c.Person); err != nil {
		return c, err
	}
	if c.wards, err = wardsOf(ctx, s.DB, s.Region, c.Person); err != nil {
		return c, err
	}
	c.permits, err = permitsTo(ctx, s.DB, s.Regions, s.personHash(c.me.Name, c.me.Number))
	return c, err
}

// hash is how numbers of people are looked for without being kept.
func (s *Service) hash(parts ...string) string {
	m := hmac.New(sha256.New, s.Secret)
	m.Write([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(m.Sum(nil))
}

func (s *Service) personHash(name, number string) string {
	return s.hash("person", strings.TrimSpace(name), strings.ToUpper(strings.TrimSpace(number)))
}

func (s *Service) numberHash(number string) string {
	return s.hash("number", strings.ToUpper(strings.TrimSpace(number)))
}

// relation tells why the caller may use a certificate.
func (s *Service) relation(c caller, f certificates.Found) (Held, bool) {
	now := s.Clock.Now()
	h := Held{Found: f, Of: c.Person, OfName: c.me.Name}
	adult, person := number.OfAge(f.HolderNumber, now)
	// What names somebody who was of age already is the caller's who applied for it.
	if slices.Contains(f.Owners, c.Person) && (!person || f.HolderNumber == c.me.Number || !f.IssuedAt.Before(adult)) {
		h.Relation = Own
		return h, true
	}
	for _, m := range c.mandates {
		if slices.Contains(f.Owners, m.Org) && m.Allows(identity.ActCollect, identity.ItemKey(f.Region, f.Item), f.Issuer) {
			h.Relation, h.Of, h.OfName, h.Ends = Company, m.Org, m.OrgName, m.Until
			h.Proof = m.Kind
			return h, true
		}
	}
	for _, w := range c.wards {
		if w.live(now) && (slices.Contains(f.Owners, w.Child) || person && w.hash == s.numberHash(f.HolderNumber)) {
			h.Relation, h.Of, h.OfName, h.Ends, h.Proof = Child, w.ChildMasked, w.ChildName, w.Until, w.Proof+" "+w.ProofNumber
			return h, true
		}
	}
	if slices.Contains(f.Owners, c.Person) && now.Before(adult) { // he applied for the child, and the office looked at it
		h.Relation, h.Of, h.OfName, h.Ends, h.Proof = Child, number.Mask(f.HolderNumber), f.HolderName, adult, f.CaseNumber
		return h, true
	}
	of := func(counts func(Permit) bool) bool {
		i := slices.IndexFunc(c.permits, func(p Permit) bool { return p.Region == f.Region && p.Paper == f.ID && counts(p) })
		if i >= 0 {
			p := &c.permits[i]
			h.Relation, h.Of, h.OfName, h.Ends, h.Permit = Permitted, p.Holder, p.HolderName, p.Until, p
		}
		return i >= 0
	}
	if of(func(p Permit) bool { return p.Live(now) }) || c.goesOn && of(func(p Permit) bool { return p.Stands(now) }) {
		return h, true
	}
	return Held{}, false
}

// Held gives one certificate that the caller may use, and why. Whether others
// exist is not for everybody.
func (s *Service) Held(ctx context.Context, region, paper string) (Held, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return Held{}, err
	}
	return s.held(ctx, s.DB, c, region, paper)
}

// use gives a certificate for a use of it, also for one that was the last of a
// permit: to begin it again under the same key, and to go on with it. Whether
// there is a use left is for spend to say.
func (s *Service) use(ctx context.Context, region, paper string) (Held, error) {
	c, err := s.caller(ctx)
	if err != nil {
		return Held{}, err
	}
	c.goesOn = true
	return s.held(ctx, s.DB, c, region, paper)
}

func (s *Service) held(ctx context.Context, _ db.Reader, c caller, region, paper string) (Held, error) {
	f, err := s.Papers.Paper(system(ctx), region, paper)
	if fault.IsKind(err, fault.KindNotFound) {
		return Held{}, ErrNotHeld
	}
	if err != nil {
		return Held{}, err
	}
	h, ok := s.relation(c, f)
	if !ok || f.Kind != certificates.Certificate {
		return Held{}, ErrNotHeld
	}
	return h, nil
}

// system reads papers for whoever this package has let in.
func system(ctx context.Context) context.Context { return auth.System(ctx, "holding") }

// inForce refuses to use what does not count.
func (h Held) inForce() error {
	if h.Status != certificates.Valid {
		return ErrNotInForce.With("status", string(h.Status)).With("title", h.Title)
	}
	return nil
}

// officeOf is the office in which an officer acts: one of those that the matter is
// about where he has a post, else that of his first post.
func officeOf(p auth.Principal, about ...string) string {
	first := ""
	for _, g := range p.Grants {
		if g.Org != "" && slices.Contains(about, g.Org) {
			return g.Org
		}
		first = cmp.Or(first, g.Org)
	}
	return first
}

// standings say of papers what they are worth now, each looked at once.
func (s *Service) standings(ctx context.Context) func(region, paper string) certificates.Status {
	known := map[string]certificates.Status{}
	return func(region, paper string) certificates.Status {
		st, ok := known[region+"/"+paper]
		if !ok {
			f, err := s.Papers.Paper(system(ctx), region, paper)
			if st = f.Status; err != nil {
				st = certificates.Damaged
			}
			known[region+"/"+paper] = st
		}
		return st
	}
}

// nameOf is the name of an office, or its code where it is not known here.
func (s *Service) nameOf(ctx context.Context, office string) string {
	if office == "" {
		return ""
	}
	if o, err := s.People.Org(ctx, office); err == nil {
		return o.Name
	}
	return office
}
