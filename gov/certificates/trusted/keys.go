package trusted

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/facts"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

// Why the keys that a node has now do not count here.
var (
	ErrKeysOther   = fault.Conflict("certificates.nodes.keys_other")   // the file of another node
	ErrKeysOlder   = fault.Conflict("certificates.nodes.keys_older")   // says less than what was followed already
	ErrKeysFork    = fault.Conflict("certificates.nodes.keys_fork")    // does not go on from what was followed
	ErrKeysBroken  = fault.Conflict("certificates.nodes.keys_broken")  // a statement that nobody signed who may
	ErrKeysAnew    = fault.Conflict("certificates.nodes.keys_anew")    // its keys began anew: two people compare them
	ErrKeysRevoked = fault.Conflict("certificates.nodes.keys_revoked") // signed with a key that others have
	ErrKeysSigner  = fault.Conflict("certificates.nodes.keys_signer")  // signed with a key that nobody vouches for
	ErrKeysListed  = fault.Conflict("certificates.nodes.keys_listed")  // whoever publishes the list follows its keys
)

// How often nodes are asked for their keys, how soon again when one could not be
// reached, how many in one go, and how much is read.
const (
	keysEvery  = time.Hour
	keysAgain  = 10 * time.Minute
	keysAtOnce = 10
	MaxFile    = 2 << 20 // bytes of a node file, entered or followed
)

// KeysFollowed is how far the keys of a node were followed since two people
// compared them.
type KeysFollowed struct {
	Region, Node string
	Version      int    // of the entry from which it goes on
	Text         string // newest node file that could be followed; "" none
	Statements   int    // how many the node made in all
	TakenAt      time.Time
	TakenBy      string // who put the file in; "" when it was fetched
	TriedAt      time.Time
	Problem      string // code: why the last file was not followed; "" when it was
	Change       int64  // number of the change of the list
}

// follow goes on to the keys in a newer file of the same node. Only statements
// that go on from those known here count, and of the newer file nothing else:
// name, region and site stay as two people compared them.
func (n Node) follow(raw []byte) (File, certificates.Trust, error) {
	f, err := ReadFile(raw)
	if err != nil {
		return f, n.Trust, err
	}
	if nodeID(f.Site) != n.ID || f.Region != n.File.Region {
		return f, n.Trust, ErrKeysOther.With("name", f.Name)
	}
	if stateOf(n.Trust, f.KeyID) == ring.Revoked {
		return f, n.Trust, ErrKeysRevoked.With("key", f.KeyID)
	}
	next, err := n.Trust.Follow(f.Trust)
	switch {
	case errors.Is(err, ring.ErrChain):
		var over bool
		if next, over = n.overruled(f.Trust); !over {
			return f, n.Trust, brokenOff(n.Trust.Statements, f.Trust.Statements).Because(err)
		}
	case errors.Is(err, ring.ErrFounded):
		return f, n.Trust, ErrKeysAnew.Because(err)
	case err != nil:
		return f, n.Trust, ErrKeysBroken.Because(err)
	}
	switch stateOf(next, f.KeyID) {
	case ring.InForce:
		return f, next, nil
	case ring.Revoked:
		return f, n.Trust, ErrKeysRevoked.With("key", f.KeyID)
	}
	return f, n.Trust, ErrKeysSigner.With("key", f.KeyID)
}

// overruled tells whether keyholders contradict what a key said that was
// followed: at the first statement that differs, those who were enrolled by
// then signed the other one, together. Whoever has the key for data could say
// anything of himself, and may have been first.
func (n Node) overruled(other certificates.Trust) (certificates.Trust, bool) {
	known := n.Trust.Statements
	at := 0
	for at < min(len(known), len(other.Statements)) && known[at].Text == other.Statements[at].Text {
		at++
	}
	if at >= min(len(known), len(other.Statements)) || at < len(n.compared.Statements) {
		return n.Trust, false
	}
	base, err := n.compared.Follow(certificates.Trust{Statements: known[:at]})
	if err != nil || base.Holders == nil {
		return n.Trust, false
	}
	agreed := func(s ring.Signed) bool {
		return len(ring.List{Holders: base.Holders}.Agreed(s)) >= base.Holders.Quorum
	}
	if agreed(known[at]) || !agreed(other.Statements[at]) {
		return n.Trust, false
	}
	next, err := n.compared.Follow(other)
	return next, err == nil
}

// stateOf is the state of a key for data of the node itself; "unknown" of any
// other.
func stateOf(t certificates.Trust, id string) string {
	for _, k := range t.Keys {
		if k.ID == id && k.Algorithm == sign.Ed25519 && k.Office == "" {
			return k.State
		}
	}
	return "unknown"
}

// brokenOff tells a list that is merely older from one that says something else.
func brokenOff(known, got []ring.Signed) *fault.Fault {
	for i := range min(len(known), len(got)) {
		if known[i].Text != got[i].Text {
			return ErrKeysFork.With("statement", i+1)
		}
	}
	return ErrKeysOlder.With("have", len(known)).With("got", len(got))
}

// goOn puts the keys that were followed in the place of those that two people
// compared. They are followed again each time they are read: nobody becomes
// trusted by a row in a table.
func (n *Node) goOn(k KeysFollowed) {
	n.Keys, n.compared = k, n.Trust
	if k.Version != n.Version {
		n.Keys = KeysFollowed{Region: n.Region, Node: n.ID, Change: k.Change}
		return
	}
	if k.Text == "" {
		return
	}
	if _, next, err := n.follow([]byte(k.Text)); err == nil {
		n.Trust = next
	}
}

// Said are the statements of a node about its keys that count here.
func (n Node) Said() (out []ring.Statement) {
	for _, s := range n.Trust.Statements {
		if x, err := s.Read(); err == nil {
			out = append(out, x)
		}
	}
	return out
}

// Present is the key with which the node signs data now.
func (n Node) Present() string {
	for _, k := range n.Trust.Keys {
		if k.Algorithm == sign.Ed25519 && k.Office == "" && k.Issuer == "" && k.State == ring.InForce {
			return k.ID
		}
	}
	return ""
}

// FollowKeys goes on to the keys that a node has now: by the file that somebody
// puts in, or without one by what its server publishes. One person is enough:
// the keys that two people compared vouch for the next.
func (s *Service) FollowKeys(ctx context.Context, id string, file []byte) (Node, error) {
	if err := s.staff(ctx); err != nil {
		return Node{}, err
	}
	n, err := s.Node(ctx, id)
	switch {
	case err != nil:
		return n, err
	case n.List != "":
		return n, ErrKeysListed.With("list", n.List)
	case n.State != Active:
		return n, n.Usable(s.Clock.Now())
	}
	var away error
	put := len(file) > 0
	if !put {
		if file, away = s.fetch(ctx, http.MethodGet, n.Site+FilePath, nil, MaxFile); away != nil {
			s.Log.Warn("the keys of a node are not fetched", "node", n.Name, "site", n.Site, "error", away)
		}
	}
	var refused error
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		all, err := allNodes(ctx, tx, s.Region)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(o Node) bool { return o.ID == id && o.State == Active })
		if i < 0 {
			return ErrNoNode
		}
		n = all[i]
		var f File
		next := n.Trust
		if refused = away; refused == nil {
			if f, next, refused = n.follow(file); refused == nil {
				refused = ownKeys(n, next, all)
			}
		}
		if put && (errors.Is(refused, ErrFile) || errors.Is(refused, ErrKeysOther)) {
			return refused // a slip of whoever chose the file, and nothing that the node did
		}
		return s.followed(ctx, tx, &n, f, next, refused, put)
	})
	s.forget()
	if err != nil {
		return n, err
	}
	return n, refused
}

// ownKeys refuses keys that another node has.
func ownKeys(n Node, next certificates.Trust, all []Node) error {
	had := n.keys()
	for _, k := range next.Keys {
		if slices.Contains(had, k.ID) {
			continue
		}
		for _, o := range all {
			if o.ID != n.ID && slices.Contains(o.keys(), k.ID) {
				return ErrKeyTaken.With("name", o.Name)
			}
		}
	}
	return nil
}

// followed keeps what came of it, on record and announced when it is news.
func (s *Service) followed(ctx context.Context, tx *db.Tx, n *Node, f File, next certificates.Trust, refused error, put bool) error {
	now, before := s.Clock.Now(), n.Keys
	k := before
	k.Region, k.Node, k.Version, k.TriedAt, k.Problem = s.Region, n.ID, n.Version, now, ""
	tx.Unaudited("its keys are those that were known")
	switch {
	case refused != nil:
		k.Problem = fault.Of(refused).Code
		if k.Problem == before.Problem || errors.Is(refused, ErrUnreachable) {
			break
		}
		audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: "certificates.node.keys_refused", Object: n.ID, At: now,
			Details: map[string]any{"name": n.Name, "site": n.Site, "why": k.Problem, "statements": len(n.Trust.Statements)}})
		events.Emit(ctx, tx, s.Region, n.ID, facts.NodeKeysRefused{Region: s.Region, Node: n.ID, Name: n.Name, Site: n.Site, Why: k.Problem, At: now})
	case lastSaid(next) != lastSaid(n.Trust):
		change, err := lastChange(ctx, tx, s.Region)
		if err != nil {
			return err
		}
		had := n.keys()
		k.Text, k.Statements, k.TakenAt, k.TakenBy, k.Change = f.Text, len(next.Statements), now, "", change+1
		if put {
			k.TakenBy = auth.From(ctx).Name
		}
		n.Trust = next
		fresh := slices.DeleteFunc(n.keys(), func(id string) bool { return slices.Contains(had, id) })
		audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: "certificates.node.keys_followed", Object: n.ID, At: now,
			Details: map[string]any{"name": n.Name, "site": n.Site, "statements": k.Statements, "keys": strings.Join(fresh, " "), "file": f.Fingerprint, "put_in": put}})
		events.Emit(ctx, tx, s.Region, n.ID, facts.NodeKeysFollowed{Region: s.Region, Node: n.ID, Name: n.Name, Site: n.Site, Statements: k.Statements, At: now})
	}
	n.Keys = k
	return putKeys(ctx, tx, k)
}

// lastSaid names the last statement of a list, and with it all before.
func lastSaid(t certificates.Trust) string {
	if len(t.Statements) == 0 {
		return ""
	}
	return t.Statements[len(t.Statements)-1].Hash()
}

// FollowDue asks those nodes for their keys that were not asked for an hour, a
// few at a time, or all of them. Why one is not followed stands at the node.
func (s *Service) FollowDue(ctx context.Context, all bool) error {
	if err := s.staff(ctx); err != nil {
		return err
	}
	r, err := s.registry(ctx)
	if err != nil {
		return err
	}
	now, asked := s.Clock.Now(), 0
	for _, n := range r.nodes {
		every := keysEvery
		if n.Keys.Problem == ErrUnreachable.Code {
			every = keysAgain
		}
		if n.List != "" || n.State != Active || !all && (now.Before(n.Keys.TriedAt.Add(every)) || asked == keysAtOnce) {
			continue
		}
		asked++
		if _, err := s.FollowKeys(ctx, n.ID, nil); err != nil && n.Keys.Problem != fault.Of(err).Code {
			s.Log.Warn("the keys of a node are not followed", "node", n.Name, "site", n.Site, "error", err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// Unfollowed tells of which nodes the keys that they have now do not count here,
// for whoever looks after the installation; nil of none.
func (s *Service) Unfollowed(ctx context.Context) error {
	r, err := s.registry(ctx)
	if err != nil {
		return err
	}
	for _, n := range r.nodes {
		if n.State == Active && n.Keys.Problem != "" && n.Keys.Problem != ErrUnreachable.Code {
			return fault.Conflict(n.Keys.Problem).With("name", n.Name).With("site", n.Site)
		}
	}
	return nil
}
