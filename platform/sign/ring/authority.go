package ring

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"tongban/platform/sign"
)

// The roles of authorities, which issue the certificates of other keys.
const (
	CA     = "ca"     // of the certificates in PDF files: ECDSA P-256
	SealCA = "ca.sm2" // of the certificates in seals: SM2
)

// Authorities are the roles of authorities in the order in which lists show them.
var Authorities = []string{CA, SealCA}

// Succession is a statement by which one authority gives its place to another:
// both certificates, each with the signature of its own key. Whoever trusts the
// old one so comes to the new one. What the old one issued stays good.
const Succession = "succession"

// Roots are the certificates of a succession.
type Roots struct {
	Old []byte `json:"old"`
	New []byte `json:"new"`
}

// Authority is an authority and its history.
type Authority struct {
	ID          string    `json:"id"` // of its key
	Role        string    `json:"role"`
	Name        string    `json:"name"`
	Certificate []byte    `json:"certificate"`
	From        time.Time `json:"from"`
	Until       time.Time `json:"until,omitzero"` // it gave its place to another
	Ends        time.Time `json:"ends"`           // as its certificate says
	State       string    `json:"state,omitempty"`
	Reason      string    `json:"reason,omitempty"`
	Next        string    `json:"next,omitempty"`
	File        string    `json:"file,omitempty"` // name of its private key in the vault
}

func authorityOf(role string, der []byte) (Authority, sign.Root, error) {
	r, err := sign.ParseRoot(der)
	if err == nil && r.Algorithm != algorithms[role] {
		err = ErrStatement.Because(fmt.Errorf("%s as %s", r.Algorithm, role))
	}
	return Authority{ID: sign.KeyID(r.Public), Role: role, Name: r.Name, Certificate: r.Raw, From: r.NotBefore, Ends: r.NotAfter}, r, err
}

// Issuing is the authority of a role that issues now, as far as statements
// tell: false as long as none was made about it.
func (l List) Issuing(role string) (Authority, bool) {
	i := slices.IndexFunc(l.Authorities, func(a Authority) bool { return a.Role == role && a.State == InForce })
	if i < 0 {
		return Authority{}, false
	}
	return l.Authorities[i], true
}

// issuing is the authority that issues now, about which nothing may have been
// said yet.
func (r *Ring) issuing(l List, role string) (Authority, error) {
	if a, ok := l.Issuing(role); ok {
		return a, nil
	}
	root, err := sign.ReadRoot(r.o.Dir, role)
	if errors.Is(err, fs.ErrNotExist) {
		return Authority{}, ErrParty.With("role", role)
	}
	if err != nil {
		return Authority{}, err
	}
	a, _, err := authorityOf(role, root.Raw)
	a.File = role
	return a, err
}

// Authorities are all authorities of the node, former ones too.
func (r *Ring) Authorities() ([]Authority, error) {
	l := r.Known()
	out := slices.Clone(l.Authorities)
	for _, role := range Authorities {
		if _, ok := l.Issuing(role); ok {
			continue
		}
		a, err := r.issuing(*l, role)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// succession makes a new authority and writes the statement by which it takes
// the place of the old one. Nothing is in force yet.
func (r *Ring) succession(l List, o Order, old Authority) (s Statement, file string, h sign.KeyHolder, err error) {
	k, h, err := r.begin(l, o.Role, "", "")
	if err != nil {
		return s, "", nil, err
	}
	number := 2
	for _, a := range l.Authorities {
		if a.Role == o.Role && a.State != InForce {
			number++
		}
	}
	root, err := sign.FoundRoot(r.o, k.File, number, h)
	if err != nil {
		return s, "", nil, err
	}
	s = l.next(Succession, o.Reason, r.o.Clock.Now())
	s.Role, s.Old, s.State, s.Record = o.Role, old.ID, Retired, o.Record
	s.Until = s.At.Add(Lead)
	s.Roots = &Roots{Old: old.Certificate, New: root.Raw}
	return s, k.File, h, nil
}

// succeed gives the place of an authority to a new one: the old one, the new
// one and the key for data of the node sign it.
func (r *Ring) succeed(l List, o Order) (Signed, error) {
	old, err := r.issuing(l, o.Role)
	if err != nil {
		return Signed{}, err
	}
	oldKey, err := r.vault().Key(old.File, algorithms[o.Role], false)
	if err != nil {
		return Signed{}, err
	}
	s, file, h, err := r.succession(l, o, old)
	if err != nil {
		return Signed{}, err
	}
	out := Signed{Text: string(s.bytes())}
	for _, k := range []sign.KeyHolder{oldKey, r.view.Load().node.Data(), h} {
		if err := out.mark(k); err != nil {
			return out, err
		}
	}
	if err := r.commit(out, map[string]string{sign.KeyID(h.Public()): file}); err != nil {
		return out, err
	}
	return out, r.reload()
}

// authorityLost is the statement by which keyholders put a new authority in
// the place of one whose key is lost.
func (r *Ring) authorityLost(l List, o Ceremony, of Statement) (Statement, string, sign.KeyHolder, error) {
	if !o.Since.IsZero() {
		return of, "", nil, ErrStatement.Because(fmt.Errorf("an authority is replaced; what it issued is not taken back"))
	}
	old, err := r.issuing(l, o.Role)
	if err != nil {
		return of, "", nil, err
	}
	s, file, h, err := r.succession(l, o.Order, old)
	s.Holders, s.Founded = of.Holders, of.Founded
	return s, file, h, err
}

// handedOver tells whether the authority that ends signed a succession itself.
func (x Statement) handedOver(s Signed) error {
	if x.Roots == nil {
		return ErrStatement.Because(fmt.Errorf("statement %d has no certificates", x.Seq))
	}
	a, old, err := authorityOf(x.Role, x.Roots.Old)
	if err != nil {
		return err
	}
	if !s.marked(a.ID, old.Public) {
		return ErrStatement.Because(fmt.Errorf("statement %d: the authority that ends did not sign", x.Seq))
	}
	return nil
}

// replace does what a succession says.
func (l *List) replace(s Signed, x Statement) error {
	refuse := func(why string) error { return ErrStatement.Because(fmt.Errorf("statement %d: %s", x.Seq, why)) }
	if x.Roots == nil || !slices.Contains(Authorities, x.Role) || x.Party != "" || len(x.New) > 0 || x.State != Retired || x.Until.IsZero() {
		return refuse("not a succession")
	}
	old, _, err := authorityOf(x.Role, x.Roots.Old)
	if err != nil {
		return err
	}
	next, root, err := authorityOf(x.Role, x.Roots.New)
	switch {
	case err != nil:
		return err
	case old.ID != x.Old || next.ID == old.ID:
		return refuse("another authority ends")
	case !s.marked(next.ID, root.Public):
		return refuse("the new authority did not sign that it begins")
	case slices.ContainsFunc(l.Authorities, func(a Authority) bool { return a.ID == next.ID }):
		return ErrLookAlike.With("key", next.ID)
	}
	at := slices.IndexFunc(l.Authorities, func(a Authority) bool { return a.Role == x.Role && a.State == InForce })
	if at < 0 {
		l.Authorities = append(l.Authorities, old)
		at = len(l.Authorities) - 1
	}
	if a := &l.Authorities[at]; bytes.Equal(a.Certificate, old.Certificate) {
		a.State, a.Until, a.Reason, a.Next = Retired, x.Until, x.Reason, next.ID
	} else {
		return refuse("the authority that ends does not issue")
	}
	next.From = x.At
	l.Authorities = append(l.Authorities, next)
	return nil
}

// Succeeds is the id of the authority that a succession begins; "" of another
// statement.
func (x Statement) Succeeds() string {
	if x.Roots == nil {
		return ""
	}
	a, _, err := authorityOf(x.Role, x.Roots.New)
	if err != nil {
		return ""
	}
	return a.ID
}
