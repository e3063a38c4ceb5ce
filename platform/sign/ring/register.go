package ring

import (
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tongban/platform/fault"
	"tongban/platform/sign"
)

// The refusals. Codes are stable.
var (
	// ErrRegister: the register of keys cannot be read, or does not follow from
	// its own statements.
	ErrRegister = fault.Internal("sign.register")
	// ErrStatement: a statement about keys that says what it may not, or that
	// nobody signed who may.
	ErrStatement = fault.Invalid("sign.statement")
	// ErrChain: a list of statements does not go on where the known one ends.
	ErrChain = fault.Invalid("sign.chain")
	// ErrFounded: keys that begin anew, which nobody can follow who has not got
	// the list from the node itself.
	ErrFounded = fault.Invalid("sign.founded")
	// ErrParty: no key in force for somebody who signs for himself.
	ErrParty = fault.Conflict("sign.party")
	// ErrThere: somebody has keys of his own already.
	ErrThere = fault.Conflict("sign.there")
	// ErrSigned: a keyholder has signed this proposal already.
	ErrSigned = fault.Conflict("sign.signed")
	// ErrFew: fewer keyholders have signed than have to.
	ErrFew = fault.Conflict("sign.few")
	// ErrLookAlike: two keys with one id.
	ErrLookAlike = fault.Invalid("sign.look_alike")
)

// The roles of keys.
const (
	Data  = "data"  // data of papers, checkpoints of the record, statements: Ed25519
	Paper = "paper" // PDF files and tokens of papers: ECDSA P-256
	Token = "token" // what lies in wallets: ECDSA P-256
	Seal  = "seal"  // OFD files and tokens of papers: SM2
)

// Roles are all roles in the order in which lists show them.
var Roles = []string{Data, Paper, Token, Seal}

// algorithms say which role has which algorithm.
var algorithms = map[string]string{Data: sign.Ed25519, Paper: sign.ECDSAP256, Token: sign.ECDSAP256, Seal: sign.SM2, CA: sign.ECDSAP256, SealCA: sign.SM2}

// The states of keys.
const (
	InForce = ""        // signs
	Retired = "retired" // signs no more; what it signed before stays good
	Revoked = "revoked" // others may have it since Until; only the record tells what it signed before
)

// Key is the public half of a key and its history.
type Key struct {
	ID     string    `json:"id"`
	Public []byte    `json:"public"` // SubjectPublicKeyInfo
	Role   string    `json:"role"`
	Party  string    `json:"party,omitempty"` // who signs for himself with it; "" the node
	Name   string    `json:"name,omitempty"`  // of the party, in its certificates
	From   time.Time `json:"from,omitzero"`   // zero: from the beginning
	Until  time.Time `json:"until,omitzero"`
	State  string    `json:"state,omitempty"`
	Reason string    `json:"reason,omitempty"` // why it ended
	Next   string    `json:"next,omitempty"`   // id of its successor
	File   string    `json:"file,omitempty"`   // name of its private half in the vault
}

// Algorithm is that of its role.
func (k Key) Algorithm() string { return algorithms[k.Role] }

// Verifier is the public half.
func (k Key) Verifier() (crypto.PublicKey, error) {
	return sign.ParsePublic(k.Algorithm(), k.Public)
}

// sound tells whether a key is what it says it is.
func (k Key) sound() error {
	pub, err := k.Verifier()
	if err != nil {
		return err
	}
	if sign.KeyID(pub) != k.ID {
		return ErrLookAlike.With("key", k.ID)
	}
	return nil
}

func keyOf(role, party, name, file string, h sign.KeyHolder, from time.Time) (Key, error) {
	der, err := sign.MarshalPublic(h.Public())
	return Key{ID: sign.KeyID(h.Public()), Public: der, Role: role, Party: party, Name: name, From: from, File: file}, err
}

// Holder is one of the people of a ceremony.
type Holder struct {
	Name   string `json:"name"`
	Public []byte `json:"public"` // Ed25519, 32 bytes
}

// ID names his key.
func (h Holder) ID() string { return sign.KeyID(ed25519.PublicKey(h.Public)) }

// Holders are the people of whom so many together may replace a key that is
// lost or known to others.
type Holders struct {
	Quorum int      `json:"quorum"`
	List   []Holder `json:"list"`
}

// check refuses holders that would be none: one alone, the same twice, fewer
// than have to agree.
func (h *Holders) check() error {
	if h.Quorum < 2 || h.Quorum > len(h.List) || len(h.List) > 20 {
		return ErrStatement.Because(fmt.Errorf("%d of %d keyholders", h.Quorum, len(h.List)))
	}
	names, keys := map[string]bool{}, map[string]bool{}
	for _, x := range h.List {
		if x.Name == "" || len(x.Public) != ed25519.PublicKeySize || names[x.Name] || keys[string(x.Public)] {
			return ErrStatement.Because(fmt.Errorf("keyholder %q", x.Name))
		}
		names[x.Name], keys[string(x.Public)] = true, true
	}
	return nil
}

// List is what is known about keys: who they are, who may replace them, and
// what was said about them.
type List struct {
	Keys       []Key    `json:"keys"`
	Holders    *Holders `json:"holders,omitempty"`
	Statements []Signed `json:"statements,omitempty"`
	// Authorities are those that statements name; the first of a role is named
	// when it gives its place to another.
	Authorities []Authority `json:"authorities,omitempty"`
}

// clone is a copy that can be changed.
func (l List) clone() List {
	l.Keys, l.Statements, l.Authorities = slices.Clone(l.Keys), slices.Clone(l.Statements), slices.Clone(l.Authorities)
	return l
}

// Find is the key with an id.
func (l List) Find(id string) (Key, bool) {
	for _, k := range l.Keys {
		if k.ID == id {
			return k, true
		}
	}
	return Key{}, false
}

// InForce is the key of a role and a party that signs now.
func (l List) InForce(role, party string) (Key, bool) {
	for _, k := range l.Keys {
		if k.Role == role && k.Party == party && k.State == InForce {
			return k, true
		}
	}
	return Key{}, false
}

// Parties are those who have, or had, keys of their own.
func (l List) Parties() []string {
	var out []string
	for _, k := range l.Keys {
		if k.Party != "" && !slices.Contains(out, k.Party) {
			out = append(out, k.Party)
		}
	}
	return out
}

// add enters a key.
func (l *List) add(k Key) error {
	if err := k.sound(); err != nil {
		return err
	}
	if _, there := l.Find(k.ID); there {
		return ErrLookAlike.With("key", k.ID)
	}
	if _, there := l.InForce(k.Role, k.Party); there {
		return ErrThere.With("role", k.Role).With("party", k.Party)
	}
	l.Keys = append(l.Keys, k)
	return nil
}

// registerFormat names the file in the folder of the keys.
const registerFormat = "tongban-key-register-v1"

// register is the file: the first keys, the statements about them, and under
// which names the private halves lie. What became of the keys is not written
// down but follows from the statements.
type register struct {
	Format     string            `json:"format"`
	First      []Key             `json:"first"`
	Statements []Signed          `json:"statements"`
	Files      map[string]string `json:"files"` // by id
}

// maxRegister bounds the file, in bytes.
const maxRegister = 64 << 20

func parseRegister(b []byte) (List, register, error) {
	var r register
	if len(b) > maxRegister {
		return List{}, r, ErrRegister.Because(fmt.Errorf("%d bytes", len(b)))
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return List{}, r, ErrRegister.Because(err)
	}
	if r.Format != registerFormat {
		return List{}, r, ErrRegister.Because(fmt.Errorf("format %q", r.Format))
	}
	l := List{}
	for _, k := range r.First {
		if k.State != InForce || k.Party != "" {
			return l, r, ErrRegister.Because(fmt.Errorf("first key %s", k.ID))
		}
		if err := l.add(k); err != nil {
			return l, r, ErrRegister.Because(err)
		}
	}
	for i, s := range r.Statements {
		if err := l.apply(s, true); err != nil {
			return l, r, ErrRegister.Because(fmt.Errorf("statement %d: %w", i+1, err))
		}
	}
	for i, k := range l.Keys {
		if f := r.Files[k.ID]; f != "" {
			l.Keys[i].File = f
		}
	}
	for i, a := range l.Authorities {
		if l.Authorities[i].File = r.Files[a.ID]; l.Authorities[i].File == "" {
			l.Authorities[i].File = a.Role // the first
		}
	}
	return l, r, nil
}

// NewHolder is a keyholder with the public half of his key.
func NewHolder(name string, k sign.KeyHolder) Holder {
	pub, _ := k.Public().(ed25519.PublicKey) // another key than Ed25519 is refused with the others
	return Holder{Name: name, Public: pub}
}
