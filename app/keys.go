package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/keys"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

// ErrKeysMissing refuses to start when the database has a record and the keys
// that belong to it are gone: new ones would make everything that was signed
// and everybody who is kept unfindable, without a word.
var ErrKeysMissing = errors.New("the database has a record, but its keys are missing")

// keyOptions say where the keys of the node lie.
func (o Options) keyOptions() sign.Options {
	return sign.Options{Dir: filepath.Join(o.DataDir, "keys"), Name: "node", CommonName: "Tongban node " + o.Region, Passphrase: o.Passphrase, Clock: o.Clock}
}

// keysBelong checks that a database that is in use has its keys beside it.
func (a *App) keysBelong(ctx context.Context) error {
	regions, err := audit.Regions(ctx, a.DB)
	if err != nil || len(regions) == 0 {
		return err
	}
	names := []string{"identity.key"}
	if list, err := ring.Look(a.keyOptions()); err == nil && len(list.Known().Statements) > 0 {
		for _, role := range []string{ring.Data, ring.Paper} {
			k, _ := list.Known().InForce(role, "")
			names = append(names, k.File+".key")
		}
	} else {
		names = append(names, "node.data.key", "node.paper.key")
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(a.DataDir, "keys", name)); err != nil {
			return fmt.Errorf("%w: %s; restore the folder keys from a backup (docs/runbooks/lost-key.md)", ErrKeysMissing, filepath.Join(a.DataDir, "keys", name))
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
		return fmt.Errorf("the node's authority ends on %s, and no certificate lasts longer", root.Format(time.DateOnly))
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
	case ring.Enrolment:
		recordStatement(ctx, tx, region, "keys.holders.enrolled", s, x, holders)
	}
}

func recordStatement(ctx context.Context, tx *db.Tx, region, action string, s ring.Signed, x ring.Statement, holders []string) {
	var next []string
	for _, k := range x.New {
		next = append(next, k.ID)
	}
	object := s.Hash()[:16]
	audit.Record(ctx, tx, audit.Entry{Region: region, Action: action, Object: object, Details: map[string]any{"statement": x.Seq, "role": x.Role,
		"office": x.Party, "key": x.Old, "state": x.State, "until": x.Until, "next": next, "reason": x.Reason, "holders": holders}})
}

// KeyDesk is what an operator works at with keys: it opens the database and
// the keys, or with lost keys what is known of them, and nothing else.
type KeyDesk struct {
	o    Options
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
		if err = (&App{Options: o, DB: d}).keysBelong(ctx); err == nil {
			k.Ring, err = ring.Open(o.keyOptions())
		}
	} else if k.Ring, err = ring.Look(o.keyOptions()); err == nil {
		err = k.remember()
	}
	if err != nil {
		return nil, errors.Join(err, k.Close())
	}
	return k, nil
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
