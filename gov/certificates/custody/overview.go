package custody

import (
	"cmp"
	"context"
	"encoding/pem"
	"slices"
	"strings"
	"time"

	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/sign/ring"
)

// Key is a key, or an authority, with its history.
type Key struct {
	ID, Role, Algorithm, Office, OfficeName, Name string
	From, Until, Due                              time.Time // Due is zero when it has ended
	State, Reason, Next                           string
	Authority                                     bool
	PEM                                           string // public half, or the certificate of an authority
	Began, Ended                                  *Said  // nil: nothing was said about it
}

// Overdue tells whether it should have been replaced by now.
func (k Key) Overdue(now time.Time) bool { return !k.Due.IsZero() && now.After(k.Due) }

// Said is a statement about keys, with who had it made.
type Said struct {
	ring.Statement
	Why     string // its reason, without the order that it names
	Hash    string
	By      string   // name of who had it made; "" when the record does not say
	Holders []string // keyholders who signed it
}

// Overview is all that is known about the keys.
type Overview struct {
	Keys    []Key // those in force first
	Said    []Said
	Holders *ring.Holders
	Orders  []Order
	Signer  Signer
	Now     time.Time
}

// Signer says where the private keys are.
type Signer struct {
	Address   string // "" is the folder of the server itself
	Answers   bool
	OpenUntil time.Time // for work on keys
}

// Overview shows the keys.
func (s *Service) Overview(ctx context.Context) (Overview, error) {
	if err := authz.Require(ctx, MaySee, authz.Object{Region: s.Region}); err != nil {
		return Overview{}, err
	}
	l := *s.Ring.Known()
	out := Overview{Holders: l.Holders, Now: s.Clock.Now()}
	var err error
	if out.Said, err = s.said(ctx, l); err != nil {
		return out, err
	}
	if out.Keys, err = s.list(l, out.Said); err != nil {
		return out, err
	}
	if out.Orders, err = newest(ctx, s.DB, s.Region); err != nil {
		return out, err
	}
	if s.Signer != nil {
		out.Signer = s.Signer(ctx)
	}
	return out, nil
}

// Key is one key by its id.
func (s *Service) Key(ctx context.Context, id string) (Key, Overview, error) {
	all, err := s.Overview(ctx)
	if err != nil {
		return Key{}, all, err
	}
	i := slices.IndexFunc(all.Keys, func(k Key) bool { return k.ID == id })
	if i < 0 {
		return Key{}, all, ErrNoKey
	}
	return all.Keys[i], all, nil
}

// said reads the statements, and from the record who had them made.
func (s *Service) said(ctx context.Context, l ring.List) ([]Said, error) {
	acts, _, err := audit.Page(ctx, s.DB, audit.Filter{Region: s.Region, Action: "keys.", Limit: 500})
	if err != nil {
		return nil, err
	}
	by := map[string]string{}
	for _, a := range acts {
		by[a.Object] = cmp.Or(a.Name, a.Actor)
	}
	var out []Said
	for _, signed := range l.Statements {
		x, err := signed.Read()
		if err != nil {
			return nil, err
		}
		hash := signed.Hash()
		why, _, _ := strings.Cut(x.Reason, " ["+orderPrefix+"_")
		out = append(out, Said{x, why, hash, by[hash[:16]], l.Agreed(signed)})
	}
	return out, nil
}

func (s *Service) list(l ring.List, said []Said) ([]Key, error) {
	var out []Key
	for _, k := range l.Keys {
		x := Key{ID: k.ID, Role: k.Role, Algorithm: k.Algorithm(), Office: k.Party, OfficeName: k.Name, From: k.From, Until: k.Until, State: k.State, Reason: k.Reason, Next: k.Next,
			PEM: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.Public}))}
		if k.State == ring.InForce && !k.From.IsZero() {
			x.Due = due(k.From)
		}
		out = append(out, x)
	}
	authorities, err := s.Ring.Authorities()
	if err != nil {
		return nil, err
	}
	for _, a := range authorities {
		x := Key{ID: a.ID, Role: a.Role, Algorithm: ring.Key{Role: a.Role}.Algorithm(), Name: a.Name, From: a.From, Until: a.Until, State: a.State, Reason: a.Reason, Next: a.Next, Authority: true,
			PEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate}))}
		if a.State == ring.InForce {
			x.Due = a.Ends.AddDate(-notice, 0, 0)
		}
		out = append(out, x)
	}
	for i := range out {
		for j := range said {
			if said[j].begins(out[i].ID) {
				out[i].Began = &said[j]
			}
			if said[j].Old == out[i].ID {
				out[i].Ended = &said[j]
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Key) int {
		return cmp.Or(cmp.Compare(min(len(a.State), 1), min(len(b.State), 1)), cmp.Compare(a.Office, b.Office), cmp.Compare(slices.Index(replaceable, a.Role), slices.Index(replaceable, b.Role)), b.From.Compare(a.From))
	})
	return out, nil
}

// begins tells whether a statement begins a key.
func (x Said) begins(id string) bool {
	return slices.ContainsFunc(x.New, func(k ring.Key) bool { return k.ID == id }) || x.Roots != nil && x.Succeeds() == id
}
