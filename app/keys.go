package app

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/custody"
	"tongban/gov/certificates/keys"
	"tongban/gov/certificates/trusted"
	"tongban/gov/certificates/wallets"
	custodyweb "tongban/gov/certificates/web/custody"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/sign"
	"tongban/platform/sign/remote"
	"tongban/platform/sign/ring"
)

// ErrKeysMissing refuses to start when the database has a record and the keys
// that belong to it are gone: new ones would make everything that was signed
// and everybody who is kept unfindable, without a word.
var ErrKeysMissing = errors.New("the database has a record, but its keys are missing")

// keyOptions say where the keys of the node lie.
func (o Options) keyOptions() (sign.Options, error) {
	k := sign.Options{Dir: filepath.Join(o.DataDir, "keys"), Name: "node", CommonName: "Tongban node " + o.Region, Passphrase: o.Passphrase, Clock: o.Clock}
	if name := lastName(k.Dir); !o.Serving && name != "" {
		k.CommonName = name // a command beside the server may have been given no region; it renames nobody
	}
	if o.Signer == "" {
		return k, nil
	}
	c, err := remote.Dial(remote.ClientOptions{Address: o.Signer, Dir: k.Dir})
	if err != nil {
		return k, fmt.Errorf("signer %s: %w", o.Signer, err)
	}
	k.Vault = c
	return k, nil
}

// ownPassphrase takes the passphrase that lies in the data folder when none was
// given, and with create makes one for a node that has no keys. The keys of a
// signer open with its own.
func (o *Options) ownPassphrase(create bool) (err error) {
	if o.Passphrase == "" && o.Signer == "" {
		if o.Passphrase, err = sign.OwnPassphrase(o.DataDir, create); err != nil {
			return fmt.Errorf("passphrase: %w", err)
		}
	}
	return nil
}

// lastName is the name in the newest certificate of the node; "" before there
// is one.
func lastName(dir string) (name string) {
	list, _ := filepath.Glob(filepath.Join(dir, "node.paper-*.pem"))
	var newest time.Time
	for _, path := range append(list, filepath.Join(dir, "node.pem")) {
		raw, err := os.ReadFile(path)
		block, _ := pem.Decode(raw)
		if err != nil || block == nil {
			continue
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil && !c.NotBefore.Before(newest) {
			name, newest = c.Subject.CommonName, c.NotBefore
		}
	}
	return name
}

// openKeys opens the keys of the node, wherever they lie.
func (a *App) openKeys() error {
	if err := a.ownPassphrase(a.SealKeys); err != nil {
		return err
	}
	o, err := a.keyOptions()
	if err != nil {
		return err
	}
	a.vault = o.Vault
	if a.Keys, err = ring.Open(o); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// KeyPolicy is what a signer signs with the keys of a node. Statements about
// keys and new authorities need somebody at the signer who opens it for them.
func KeyPolicy() remote.Policy {
	statement, token := remote.Data+ring.Purpose, remote.Token+certificates.JWSType
	work := []string{statement}
	return remote.Policy{
		remote.RoleData: {Algorithm: sign.Ed25519, Work: work, Purposes: []string{remote.Data + keys.Purpose, remote.Checkpoint, token, remote.Token + certificates.AnswerType,
			remote.Token + trusted.FileType, remote.Token + trusted.ListType}},
		remote.RolePaper:         {Algorithm: sign.ECDSAP256, Work: work, Purposes: []string{remote.PDF, token}},
		remote.RoleToken:         {Algorithm: sign.ECDSAP256, Work: work, Purposes: []string{remote.Token + wallets.CredentialType, remote.Token + wallets.StatusType}},
		remote.RoleSeal:          {Algorithm: sign.SM2, Work: work, Purposes: []string{remote.Seal, token}},
		remote.RoleAuthority:     {Algorithm: sign.ECDSAP256, Work: append(work, remote.Authority), Purposes: []string{remote.Certificate}},
		remote.RoleSealAuthority: {Algorithm: sign.SM2, Work: append(work, remote.Authority), Purposes: []string{remote.Certificate}},
	}
}

// SignerAnswers asks the process that keeps the private keys how it is; nil
// too when there is none.
func (a *App) SignerAnswers(ctx context.Context) error {
	c, ok := a.vault.(*remote.Client)
	if !ok {
		return nil
	}
	if _, err := c.Health(ctx); err != nil {
		return fmt.Errorf("the signer at %s does not answer, and nothing is issued until it does: %w", a.Signer, err)
	}
	return nil
}

// openCustody lets two people have keys replaced while the node serves.
func (a *App) openCustody(list *keys.Ring) {
	a.Custody = custody.New(custody.Deps{DB: a.DB, Clock: a.Clock, Region: a.Region, Ring: a.Keys, Signer: a.signerState,
		Office: func(ctx context.Context, code string) (string, error) {
			o, err := a.Identity.Org(ctx, code)
			return o.Name, err
		},
		Noted: func(ctx context.Context) error {
			if err := noteStatements(ctx, a.DB, a.Region, *a.Keys.Known()); err != nil {
				return err
			}
			_, err := list.Trust().Keep(a.TrustFile())
			return err
		}})
}

// signerState says where the private keys are.
func (a *App) signerState(ctx context.Context) custody.Signer {
	c, ok := a.vault.(*remote.Client)
	if !ok {
		return custody.Signer{}
	}
	h, err := c.Health(ctx)
	return custody.Signer{Address: a.Signer, Answers: err == nil, OpenUntil: h.OpenUntil}
}

// issuingOffices are the offices of the node that may get keys of their own.
func (a *App) issuingOffices(ctx context.Context) ([]custodyweb.Office, error) {
	var out []custodyweb.Office
	for _, region := range a.regions() {
		list, err := a.Identity.Departments(ctx, region)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			out = append(out, custodyweb.Office{Code: o.Code, Name: o.Name})
		}
	}
	return out, nil
}

// keysBelong checks that a database that is in use has its keys beside it.
func (a *App) keysBelong(ctx context.Context) error {
	regions, err := audit.Regions(ctx, a.DB)
	if err != nil || len(regions) == 0 {
		return err
	}
	missing := func(name string) error {
		return fmt.Errorf("%w: %s; restore the folder keys from a backup (docs/runbooks/lost-key.md)", ErrKeysMissing, filepath.Join(a.DataDir, "keys", name))
	}
	if _, err := os.Stat(filepath.Join(a.DataDir, "keys", "identity.key")); err != nil {
		return missing("identity.key")
	}
	o, err := a.keyOptions()
	if err != nil {
		return err
	}
	names := map[string]string{"node.data": sign.Ed25519, "node.paper": sign.ECDSAP256}
	if list, err := ring.Look(o); err == nil && len(list.Known().Statements) > 0 {
		clear(names)
		for _, role := range []string{ring.Data, ring.Paper} {
			k, _ := list.Known().InForce(role, "")
			names[k.File] = k.Algorithm()
		}
	}
	for name, algorithm := range names {
		if o.Vault != nil {
			if _, err := o.Vault.Key(name, algorithm, false); err != nil {
				return fmt.Errorf("key %s at the signer %s: %w", name, a.Signer, err)
			}
			continue
		}
		if _, err := os.Stat(filepath.Join(a.DataDir, "keys", name+".key")); err != nil {
			return missing(name + ".key")
		}
	}
	return nil
}

// trust opens the list by which papers of this node are checked. Only a node
// that serves writes it anew: a command at the side does not know the public
// address.
func (a *App) trust() (*keys.Ring, error) {
	kept, err := keptTrust(a.TrustFile())
	if err != nil {
		return nil, err
	}
	site := a.BaseURL
	if !a.Serving && kept.Site != "" {
		site = kept.Site
	}
	keys := keys.NewRing(a.Keys, site, kept, a.Clock)
	if a.Serving || kept.Format == "" {
		_, err = keys.Trust().Keep(a.TrustFile())
	}
	return keys, err
}

// keptTrust reads the list as it was published last; without one it is empty.
func keptTrust(path string) (certificates.Trust, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return certificates.Trust{}, nil
	}
	if err != nil {
		return certificates.Trust{}, err
	}
	return certificates.ParseTrust(raw)
}

// TrustFile is where the list lies by which papers of this node are checked
// elsewhere, offline. It holds no secret.
func (o Options) TrustFile() string { return filepath.Join(o.DataDir, "trust.json") }

// RenewKeys issues the next signing certificates when the present ones are near
// their end. A node that runs for years does it by itself, long before the end.
func (a *App) RenewKeys(ctx context.Context) error {
	renewed, err := a.Keys.Renew()
	if err != nil {
		return fmt.Errorf("renew the signing certificate: %w", err)
	}
	for _, c := range renewed {
		if err := a.noteRenewal(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// noteRenewal puts a renewed certificate on record.
func (a *App) noteRenewal(ctx context.Context, c *x509.Certificate) error {
	a.Log.Info("signing certificate renewed", "until", c.NotAfter)
	return a.DB.Write(auth.System(ctx, "keys"), func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: a.Region, Action: "keys.certificate.renewed", Object: c.Subject.CommonName,
			Details: map[string]any{"serial": c.SerialNumber.Text(16), "from": c.NotBefore, "until": c.NotAfter}})
		return nil
	})
}

// authorityNotice is how long before the end of the node's own authority the
// operator is told: papers that others verify by it take time to spread.
const authorityNotice = 365 * 24 * time.Hour

// KeysLast tells what has to be done about the signing certificate soon; nil is
// nothing. Papers can be signed until it ends.
func (a *App) KeysLast(context.Context) error {
	leaf, root := a.Keys.Node().Ends()
	now := a.Clock.Now()
	switch {
	case leaf.Before(now):
		return fmt.Errorf("the signing certificate ended on %s: no paper can be signed so that others verify it", leaf.Format(time.DateOnly))
	case root.Sub(now) < authorityNotice:
		return fmt.Errorf("the node's authority ends on %s, and no certificate lasts longer: replace it (docs/runbooks/rotate-key.md)", root.Format(time.DateOnly))
	case leaf.Sub(now) < sign.WarnBefore:
		return fmt.Errorf("the signing certificate ends on %s and was not renewed by itself", leaf.Format(time.DateOnly))
	}
	return nil
}

// noteKeys puts on record what was done to the keys at the start.
func (a *App) noteKeys(ctx context.Context) error {
	if node := a.Keys.Node(); node.Renewed() {
		if err := a.noteRenewal(ctx, node.Certificate()); err != nil {
			return err
		}
	}
	return noteStatements(ctx, a.DB, a.Region, *a.Keys.Known())
}

// noteStatements puts on record what was said about keys and is not there yet,
// as after a crash between the two.
func noteStatements(ctx context.Context, d *db.DB, region string, l ring.List) error {
	missing := 0
	for missing < len(l.Statements) {
		object := l.Statements[len(l.Statements)-1-missing].Hash()[:16]
		acts, _, err := audit.Page(ctx, d, audit.Filter{Region: region, Object: object, Action: "keys."})
		if err != nil {
			return err
		}
		if len(acts) > 0 {
			break
		}
		missing++
	}
	if missing == 0 {
		return nil
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		for _, s := range l.Statements[len(l.Statements)-missing:] {
			x, err := s.Read()
			if err != nil {
				return err
			}
			noteStatement(ctx, tx, region, s, x, l.Agreed(s))
		}
		return nil
	})
}

// noteStatement puts one statement on record under the name of its kind.
func noteStatement(ctx context.Context, tx *db.Tx, region string, s ring.Signed, x ring.Statement, holders []string) {
	switch x.Kind {
	case ring.Handover:
		recordStatement(ctx, tx, region, "keys.key.replaced", s, x, holders)
	case ring.Joining:
		recordStatement(ctx, tx, region, "keys.office.added", s, x, holders)
	case ring.Retirement:
		recordStatement(ctx, tx, region, "keys.key.retired", s, x, holders)
	case ring.Revocation:
		recordStatement(ctx, tx, region, "keys.key.revoked", s, x, holders)
	case ring.Succession:
		recordStatement(ctx, tx, region, "keys.authority.replaced", s, x, holders)
	case ring.Enrolment:
		recordStatement(ctx, tx, region, "keys.holders.enrolled", s, x, holders)
	}
}

func recordStatement(ctx context.Context, tx *db.Tx, region, action string, s ring.Signed, x ring.Statement, holders []string) {
	var next []string
	for _, k := range x.New {
		next = append(next, k.ID)
	}
	if x.Roots != nil {
		if root, err := sign.ParseRoot(x.Roots.New); err == nil {
			next = append(next, sign.KeyID(root.Public))
		}
	}
	object := s.Hash()[:16]
	audit.Record(ctx, tx, audit.Entry{Region: region, Action: action, Object: object, Details: map[string]any{"statement": x.Seq, "role": x.Role,
		"office": x.Party, "key": x.Old, "state": x.State, "until": x.Until, "next": next, "reason": x.Reason, "holders": holders}})
}

// KeyDesk is what an operator works at with keys: it opens the database and
// the keys, or with lost keys what is known of them, and nothing else.
type KeyDesk struct {
	o    Options
	keys sign.Options
	db   *db.DB
	Ring *ring.Ring
}

// OpenKeys opens the desk. With lost it does not open the private keys.
func OpenKeys(ctx context.Context, o Options, lost bool) (*KeyDesk, error) {
	o.complete()
	d, err := db.Open(ctx, o.Database)
	if err != nil {
		return nil, err
	}
	k := &KeyDesk{o: o, db: d}
	if err := d.Migrate(ctx, Migrations()...); err != nil {
		return nil, errors.Join(opened(err), k.Close())
	}
	if !lost {
		err = (&App{Options: o, DB: d}).keysBelong(ctx)
	}
	if err == nil {
		err = k.open(lost)
	}
	if err != nil {
		return nil, errors.Join(err, k.Close())
	}
	return k, nil
}

func (k *KeyDesk) open(lost bool) (err error) {
	if err = k.o.ownPassphrase(k.o.SealKeys && !lost); err != nil {
		return err
	}
	if k.keys, err = k.o.keyOptions(); err != nil {
		return err
	}
	if !lost {
		k.Ring, err = ring.Open(k.keys)
		return err
	}
	if k.Ring, err = ring.Look(k.keys); err != nil {
		return err
	}
	return k.remember()
}

// Holds tells whether the private half of a key is where it ought to be.
func (k *KeyDesk) Holds(key ring.Key) bool {
	var v sign.Vault = sign.Files{Dir: k.keys.Dir, Passphrase: k.keys.Passphrase}
	if k.keys.Vault != nil {
		v = k.keys.Vault
	}
	_, err := v.Key(key.File, key.Algorithm(), false)
	return !errors.Is(err, sign.ErrNoKey) && !errors.Is(err, sign.ErrName)
}

// Close closes the desk.
func (k *KeyDesk) Close() error { return k.db.Close() }

// remember takes the public half of keys that are lost from the published list.
func (k *KeyDesk) remember() error {
	kept, err := keptTrust(k.o.TrustFile())
	if err != nil {
		return err
	}
	return k.Ring.Remember(kept.First()...)
}

// Order fills in what an order about a key has to say: the newest checkpoints.
func (k *KeyDesk) Order(ctx context.Context, role, office, reason string) (ring.Order, error) {
	heads, err := audit.Heads(ctx, k.db)
	o := ring.Order{Role: role, Party: office, Reason: reason}
	for _, h := range heads {
		o.Record = append(o.Record, h.Note)
	}
	return o, err
}

// Done puts on record what was said about keys, and publishes it.
func (k *KeyDesk) Done(ctx context.Context) error {
	if err := noteStatements(ctx, k.db, k.o.Region, *k.Ring.Known()); err != nil {
		return err
	}
	kept, err := keptTrust(k.o.TrustFile())
	if err != nil {
		return err
	}
	site := kept.Site
	if site == "" {
		site = k.o.BaseURL
	}
	_, err = keys.NewRing(k.Ring, site, kept, k.o.Clock).Trust().Keep(k.o.TrustFile())
	return err
}
