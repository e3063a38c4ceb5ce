package ring

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"tongban/platform/clock"
	"tongban/platform/sign"
)

// registerFile lies in the folder of the keys as soon as something was said
// about them; without it there are the first keys only.
const registerFile = "register.json"

// Ring is the keys of a node with their history. Another process that changes
// them is noticed at the next use. It is safe for use by several goroutines.
type Ring struct {
	o    sign.Options
	lost bool       // private keys are not opened, because some are missing
	mu   sync.Mutex // one reads or changes the register
	view atomic.Pointer[view]
}

// view is the register as it was read.
type view struct {
	file    fs.FileInfo // nil: there is none
	list    List
	reg     register
	node    *sign.Signer
	parties sync.Map // party → *sign.Signer
}

// Open opens the keys and makes the first ones when there are none at all.
func Open(o sign.Options) (*Ring, error) {
	if o.Clock == nil {
		o.Clock = clock.System
	}
	r := &Ring{o: o}
	return r, r.Reload()
}

// Look reads what is known about the keys of a folder without opening them,
// for when one is lost.
func Look(o sign.Options) (*Ring, error) {
	if o.Clock == nil {
		o.Clock = clock.System
	}
	r := &Ring{o: o, lost: true}
	return r, r.Reload()
}

func (r *Ring) path() string { return filepath.Join(r.o.Dir, registerFile) }

// read reads the register; the info is nil when there is none.
func (r *Ring) read() (List, register, fs.FileInfo, error) {
	info, err := os.Stat(r.path())
	if errors.Is(err, fs.ErrNotExist) {
		return List{}, register{}, nil, nil
	}
	if err != nil {
		return List{}, register{}, nil, err
	}
	b, err := os.ReadFile(r.path())
	if err != nil {
		return List{}, register{}, nil, err
	}
	list, reg, err := parseRegister(b)
	return list, reg, info, err
}

// Reload reads the register anew and opens the keys of the node.
func (r *Ring) Reload() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reload()
}

func (r *Ring) reload() error {
	list, reg, info, err := r.read()
	if err != nil {
		return err
	}
	v := &view{file: info, list: list, reg: reg}
	switch {
	case r.lost && info != nil:
		r.view.Store(v)
		return nil
	case r.lost:
		if old := r.view.Load(); old != nil { // with what was remembered
			return nil
		}
		if v.list, v.reg, err = r.firstKnown(); err == nil {
			r.view.Store(v)
		}
		return err
	}
	if info == nil {
		if v.node, err = sign.Open(r.o); err != nil {
			return err
		}
		if v.list, v.reg, err = first(r.o, v.node); err != nil {
			return err
		}
	} else if v.node, err = r.open(v, ""); err != nil {
		return err
	}
	r.view.Store(v)
	return nil
}

// first is the register of keys about which nothing was said yet.
func first(o sign.Options, s *sign.Signer) (List, register, error) {
	n, l := sign.FirstNames(o.Name), List{}
	for _, x := range []struct {
		role, file string
		key        sign.KeyHolder
	}{{Data, n.Data, s.Data()}, {Paper, n.Paper, s.Paper()}, {Token, n.Token, s.Token()}, {Seal, n.SM2, s.SM2()}} {
		if x.key == nil {
			continue
		}
		k, err := keyOf(x.role, "", "", x.file, x.key, o.Clock.Now())
		if err != nil {
			return l, register{}, err
		}
		k.From = s.Certificate().NotBefore
		if err := l.add(k); err != nil {
			return l, register{}, err
		}
	}
	return l, founding(l), nil
}

// founding is the register that begins with the keys of a list.
func founding(l List) register {
	reg := register{Format: registerFormat, Files: map[string]string{}}
	for _, k := range l.Keys {
		reg.Files[k.ID] = k.File
		k.File = ""
		reg.First = append(reg.First, k)
	}
	return reg
}

// firstKnown is first for keys of which some are missing: those that are there,
// and what is remembered of the others is for the caller to add.
func (r *Ring) firstKnown() (List, register, error) {
	n, l := sign.FirstNames(r.o.Name), List{}
	for _, x := range []struct{ role, file string }{{Data, n.Data}, {Paper, n.Paper}, {Token, n.Token}, {Seal, n.SM2}} {
		h, err := r.vault().Key(x.file, algorithms[x.role], false)
		if errors.Is(err, sign.ErrNoKey) {
			continue
		}
		if err != nil {
			return l, register{}, err
		}
		k, err := keyOf(x.role, "", "", x.file, h, r.o.Clock.Now())
		if err != nil {
			return l, register{}, err
		}
		if err := l.add(k); err != nil {
			return l, register{}, err
		}
	}
	return l, founding(l), nil
}

// Remember enters a first key whose private half is gone, from a list that was
// published while it was there. It does nothing when the register has begun.
func (r *Ring) Remember(keys ...Key) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	v := r.view.Load()
	if v.file != nil {
		return nil
	}
	list := v.list.clone()
	for _, k := range keys {
		if _, there := list.InForce(k.Role, ""); there || k.Party != "" || k.State != InForce {
			continue
		}
		k.File = ""
		if err := list.add(k); err != nil {
			return err
		}
	}
	r.view.Store(&view{list: list, reg: founding(list), node: v.node})
	return nil
}

func (r *Ring) vault() sign.Vault {
	if r.o.Vault != nil {
		return r.o.Vault
	}
	return sign.Files{Dir: r.o.Dir, Passphrase: r.o.Passphrase}
}

// open opens the keys in force of a party.
func (r *Ring) open(v *view, party string) (*sign.Signer, error) {
	o := r.o
	o.Existing = true
	at := map[string]*string{Data: &o.Files.Data, Paper: &o.Files.Paper, Token: &o.Files.Token, Seal: &o.Files.SM2}
	for _, role := range Roles {
		k, ok := v.list.InForce(role, party)
		if !ok || k.File == "" {
			if role == Token {
				continue
			}
			return nil, ErrParty.With("party", party).With("role", role)
		}
		*at[role] = k.File
		if k.Name != "" {
			o.CommonName = k.Name
		}
	}
	if a, ok := v.list.Issuing(CA); ok {
		o.CA = a.File
	}
	if a, ok := v.list.Issuing(SealCA); ok {
		o.SealCA = a.File
	}
	s, err := sign.Open(o)
	if err != nil {
		return nil, err
	}
	if k, _ := v.list.InForce(Data, party); k.ID != s.KeyID() {
		return nil, ErrRegister.Because(fmt.Errorf("%s is not the key that the register names", k.File))
	}
	return s, nil
}

// present is the register as it is now.
func (r *Ring) present() *view {
	v := r.view.Load()
	info, err := os.Stat(r.path())
	switch {
	case v.file == nil && errors.Is(err, fs.ErrNotExist):
		return v
	case err == nil && v.file != nil && os.SameFile(info, v.file) && info.ModTime().Equal(v.file.ModTime()) && info.Size() == v.file.Size():
		return v
	}
	if r.Reload() != nil {
		return v // what is wrong is said by whoever opens the folder next (doctor)
	}
	return r.view.Load()
}

// Node signs for the node itself.
func (r *Ring) Node() *sign.Signer { return r.present().node }

// Signer signs for a party: with its own keys, or with those of the node when
// it never had any.
func (r *Ring) Signer(party string) (*sign.Signer, error) {
	v := r.present()
	if party == "" || !slices.ContainsFunc(v.list.Keys, func(k Key) bool { return k.Party == party }) {
		return v.node, nil
	}
	if s, ok := v.parties.Load(party); ok {
		return s.(*sign.Signer), nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := v.parties.Load(party); ok {
		return s.(*sign.Signer), nil
	}
	s, err := r.open(v, party)
	if err != nil {
		return nil, err
	}
	v.parties.Store(party, s)
	return s, nil
}

// Known is all that is known about the keys. It MUST NOT be changed; the same
// pointer comes again until something changes.
func (r *Ring) Known() *List { return &r.present().list }

// Renew renews certificates near their end, and returns those of keys for PDF
// that it renewed. Parties that have not signed yet renew theirs when they do.
func (r *Ring) Renew() (renewed []*x509.Certificate, err error) {
	v := r.present()
	step := func(s *sign.Signer) {
		done, e := s.Renew()
		if err = errors.Join(err, e); done {
			renewed = append(renewed, s.Certificate())
		}
	}
	step(v.node)
	v.parties.Range(func(_, s any) bool { step(s.(*sign.Signer)); return true })
	return renewed, err
}

// begin makes a new key in the vault. Its name counts on, and names of keys
// that were begun and never used are passed over.
func (r *Ring) begin(l List, role, party, name string) (Key, sign.KeyHolder, error) {
	stem := r.o.Name
	if party != "" {
		stem = "party-" + party
	}
	file := map[string]string{Data: ".data", Paper: ".paper", Token: ".token", Seal: ".sm2"}[role]
	if file == "" { // an authority
		stem = role
	}
	for n := 1; n < 10000; n++ {
		candidate := fmt.Sprintf("%s%s-%d", stem, file, n)
		_, err := r.vault().Key(candidate, algorithms[role], false)
		if err == nil {
			continue
		}
		if !errors.Is(err, sign.ErrNoKey) {
			return Key{}, nil, err
		}
		h, err := r.vault().Key(candidate, algorithms[role], true)
		if err != nil {
			return Key{}, nil, err
		}
		k, err := keyOf(role, party, name, candidate, h, r.o.Clock.Now().UTC())
		return k, h, err
	}
	return Key{}, nil, ErrRegister.Because(fmt.Errorf("too many keys of %s", stem))
}

// commit applies a statement and writes the register: from then on the new
// keys are in force.
func (r *Ring) commit(s Signed, files map[string]string) error {
	v := r.view.Load()
	list := v.list.clone()
	if err := list.apply(s, true); err != nil {
		return err
	}
	reg := v.reg
	reg.Statements = append(slices.Clone(reg.Statements), s)
	all := map[string]string{}
	for id, f := range reg.Files {
		all[id] = f
	}
	for id, f := range files {
		all[id] = f
	}
	reg.Files = all
	b, err := json.MarshalIndent(reg, "", " ")
	if err != nil {
		return err
	}
	if _, _, err := parseRegister(b); err != nil {
		return err
	}
	return sign.ReplaceFile(r.path(), append(b, '\n'), 0o600)
}
