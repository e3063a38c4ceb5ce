package copies

import (
	"context"
	"slices"
	"time"

	"tongban/gov/casework/rights"
	"tongban/gov/casework/terms"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// ErrNoCopy says that there is no such copy, or not for the caller.
var ErrNoCopy = fault.NotFound("casework.no_copy")

// Copy is one case that an office, or one officer of it, was informed of.
type Copy struct {
	Region        string
	ID            string
	Case          terms.CaseID
	CaseNumber    string
	ItemName      string
	ApplicantName string
	Org           string
	OrgName       string
	Account       string // one officer; "" is everybody of the office
	AccountName   string
	By            string // account; the flow sends in the name of whoever moved it on
	ByName        string
	Note          string
	Groups        string // of the form that it shows, separated by spaces; "" is all
	Materials     string
	SentAt        time.Time
	ReadAt        time.Time // zero: nobody marked it as read
	ReadName      string
}

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Regions []string
	Reads   authz.Permission // whose holders in an office read what it is sent
}

// Service keeps and lists copies.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// SendTx keeps a copy in the commit of the act.
func (s *Service) SendTx(tx *db.Tx, c Copy) { insert(tx, c) }

// offices are those in which the caller reads cases.
func (s *Service) offices(p auth.Principal) []string {
	var out []string
	for _, g := range p.Grants {
		if g.Org != "" && !g.Own && g.Has(s.Reads.Name) {
			out = append(out, g.Org)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mine tells whether a copy is for the caller.
func (s *Service) mine(ctx context.Context, c Copy) bool {
	p := auth.From(ctx)
	if c.Account != "" {
		return c.Account == p.ID
	}
	return slices.Contains(s.offices(p), c.Org)
}

// Page is one page of copies, newest first; Next continues it ("" is the end).
type Page struct {
	Copies []Copy
	Next   string
}

// Inbox lists what the caller's offices, or the caller himself, were sent.
func (s *Service) Inbox(ctx context.Context, unread bool, after string, limit int) (Page, error) {
	p := auth.From(ctx)
	if err := authz.Door(ctx, s.Reads); err != nil {
		return Page{}, err
	}
	if limit <= 0 || limit > 100 {
		limit = 50
	}
	list, err := inbox(ctx, s.DB, s.Regions, s.offices(p), p.ID, unread, after, limit+1)
	page := Page{Copies: list}
	if len(list) > limit {
		page.Copies, page.Next = list[:limit], list[limit-1].ID
	}
	return page, err
}

// Read marks a copy as read; once it is, again changes nothing.
func (s *Service) Read(ctx context.Context, region, id string) (Copy, error) {
	var out Copy
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := load(ctx, tx, region, id)
		if err != nil {
			return err
		}
		if !s.mine(ctx, c) {
			return ErrNoCopy
		}
		out = c
		if !c.ReadAt.IsZero() {
			tx.Unaudited("read before")
			return nil
		}
		_, err = once.Do(ctx, tx, region, "copy.read/"+id, func() (string, error) {
			out.ReadAt, out.ReadName = s.Clock.Now(), tx.Actor().Name
			markRead(tx, &out)
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "casework.copy.read", Object: string(c.Case), Details: map[string]any{"case": c.CaseNumber, "copy": id, "office": c.Org}, At: out.ReadAt})
			return id, nil
		})
		return err
	})
	return out, err
}

// Sees is how much of a case the caller sees because it was copied to him; ok
// is false when it was not.
func (s *Service) Sees(ctx context.Context, region string, id terms.CaseID) (sight rights.Sight, ok bool, err error) {
	if !auth.From(ctx).SignedIn() {
		return sight, false, nil
	}
	list, err := OfCase(ctx, s.DB, region, id)
	for _, c := range list {
		if s.mine(ctx, c) {
			sight, ok = sight.Or(rights.Of(map[string]string{"groups": c.Groups, "materials": c.Materials}).Sees()), true
		}
	}
	return sight, ok, err
}
