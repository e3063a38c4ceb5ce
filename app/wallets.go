package app

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"time"

	"tongban/gov/casework/reuse"
	reuseweb "tongban/gov/casework/web/reuse"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/gov/certificates/trusted"
	"tongban/gov/certificates/wallets"
	holdingweb "tongban/gov/certificates/web/holding"
	"tongban/platform/auth"
	"tongban/platform/sdjwt"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

// openWallets sets up what puts certificates into wallets. The secret of its
// nonces comes from the node's key for hashes, so that every process of the node
// has the same and nobody has to keep another file. What was on paper before
// comes first.
func (a *App) openWallets(keys certificates.Keyring, key []byte) {
	a.openNodes(func() certificates.Trust { return *keys.Trust() })
	m := hmac.New(sha256.New, key)
	m.Write([]byte("certificates.wallets.nonces"))
	a.Wallets = wallets.New(wallets.Deps{DB: a.DB, Clock: a.Clock, Papers: a.Certificates, Types: a.Types, Secret: m.Sum(nil), BaseURL: a.BaseURL,
		Trust: func() certificates.Trust { return *keys.Trust() }, Elsewhere: a.Nodes,
		Present: func() (sdjwt.Key, string) {
			key := a.Keys.Node().Token()
			return key, sign.KeyID(key.Public())
		}})
	a.Certificates.Held = a.Wallets
}

// presentKey is the key for data of the node as it is at each use.
type presentKey struct{ keys *ring.Ring }

// Algorithm implements sign.KeyHolder.
func (k presentKey) Algorithm() string { return sign.Ed25519 }

// Public implements sign.KeyHolder.
func (k presentKey) Public() crypto.PublicKey { return k.keys.Node().PublicKey() }

// Sign implements sign.KeyHolder.
func (k presentKey) Sign(message []byte) ([]byte, error) { return k.keys.Node().Data().Sign(message) }

// openNodes sets up the list of other installations whose certificates count here.
func (a *App) openNodes(trust func() certificates.Trust) {
	a.Nodes = trusted.New(trusted.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Region: a.Region, Name: a.nodeName, Site: a.BaseURL, Trust: trust, Key: presentKey{a.Keys},
		Issuers: knownOffices{a}, Holders: presentHolder{a}})
	a.Certificates.Nodes = a.Nodes
}

// nodeName is what this installation calls itself to others.
func (a *App) nodeName() string {
	if a.Options.Site != "" {
		return a.Options.Site
	}
	d, err := a.Catalogue.Division(context.Background(), a.Region)
	if err != nil {
		return a.Region + " 政务服务平台"
	}
	return d.Name + "政务服务平台"
}

// knownOffices gives the trust list the names of the offices of this node.
type knownOffices struct{ a *App }

// Known implements trusted.Issuers.
func (k knownOffices) Known(ctx context.Context) (map[string]string, error) {
	list, err := k.a.Identity.DepartmentsBelow(ctx, k.a.Region)
	out := make(map[string]string, len(list))
	for _, o := range list {
		out[o.Code] = o.Name
	}
	return out, err
}

// presentHolder tells the trust list whom the caller acts for.
type presentHolder struct{ a *App }

// Holder implements trusted.Holders.
func (h presentHolder) Holder(ctx context.Context) (id, name, number string, err error) {
	p := auth.From(ctx)
	if p.For != "" {
		o, err := h.a.Identity.Org(ctx, p.For)
		return p.For, o.Name, o.Code, err
	}
	who, err := h.a.Identity.Person(ctx, h.a.Region, p.Person)
	return p.Person, who.Name, who.Number, err
}

// usable are the papers that applications may rest on: those issued here, and
// certificates of other nodes that their holders took in.
type usable struct {
	*certificates.Service
	nodes *trusted.Service
}

// ByCode implements what applications want.
func (u usable) ByCode(ctx context.Context, code string) (certificates.Found, error) {
	f, err := u.Service.ByCode(ctx, code)
	if errors.Is(err, certificates.ErrNoPaper) {
		return u.nodes.ByCode(ctx, code)
	}
	return f, err
}

// Paper implements what tells cases of changes.
func (u usable) Paper(ctx context.Context, region, paper string) (certificates.Found, error) {
	f, err := u.Service.Paper(ctx, region, paper)
	if errors.Is(err, certificates.ErrNoPaper) {
		return u.nodes.Paper(ctx, region, paper)
	}
	return f, err
}

// followNodes follows the keys of other nodes, fetches followed trust lists and asks after certificates of other
// nodes, until ctx ends.
func (a *App) followNodes(ctx context.Context) {
	ctx = auth.System(ctx, "nodes")
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := errors.Join(a.Nodes.FollowDue(ctx, false), a.Nodes.Refresh(ctx, false), a.Nodes.Poll(ctx)); err != nil && ctx.Err() == nil {
			a.Log.Warn("trust list", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// openHolding sets up what holders do with their certificates. The secret of its
// look-up hashes comes from the node's key for such hashes, which stays the same
// for the life of the data.
func (a *App) openHolding(key []byte) {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("certificates.holding"))
	a.Holding = holding.New(holding.Deps{DB: a.DB, Clock: a.Clock, Calendar: a.Calendar, Papers: a.Certificates, People: a.Identity, Limits: a.Limits, Cases: caseReaders{a},
		Secret: m.Sum(nil), BaseURL: a.BaseURL, Region: a.Region, Regions: a.regions()})
	a.Certificates.Ledger = a.Holding
}

// openReuse lets applications hand certificates over, and counts what was not
// asked for.
func (a *App) openReuse() {
	a.Reuse = reuse.New(reuse.Deps{DB: a.DB, Clock: a.Clock, Papers: a.Certificates, Holding: a.Holding, Drafts: a.Casework.Applications, Regions: a.regions()})
	a.Casework.Applications.Handing = a.Reuse
}

// watchedRegions are the regions whose uses of certificates a supervisor can look
// at, by name.
func (a *App) watchedRegions() []holdingweb.Region {
	var out []holdingweb.Region
	for _, r := range a.limitRegions() {
		out = append(out, holdingweb.Region{Code: r.Code, Zh: r.Zh, En: r.En})
	}
	return out
}

// countedRegions are the regions whose materials a supervisor can count, by name.
func (a *App) countedRegions() []reuseweb.Region {
	var out []reuseweb.Region
	for _, r := range a.limitRegions() {
		out = append(out, reuseweb.Region{Code: r.Code, Zh: r.Zh, En: r.En})
	}
	return out
}

// NodesOf reads a node file and gives the node by whose keys papers are checked;
// with a list, whose publisher it is, the nodes on that.
func NodesOf(file, list []byte, now time.Time) ([]trusted.Node, error) {
	f, err := trusted.ReadFile(file)
	if err != nil || list == nil {
		return []trusted.Node{{State: trusted.Active, File: f}}, err
	}
	l, err := trusted.ReadList(list, f.Trust, now)
	return l.Trusted(), err
}

// CheckByNodes checks a paper by the node that has the key of its data, offline.
func CheckByNodes(nodes []trusted.Node, body []byte, now time.Time) certificates.Report {
	key := certificates.DataKey(body)
	for _, n := range nodes {
		for _, k := range n.Trust.Keys {
			if key != "" && k.ID == key {
				r, _ := trusted.Check(n, body, now)
				return r
			}
		}
	}
	return certificates.VerifyFile(body, certificates.Trust{}, now) // by no key at all: says what is wrong with it
}

// ForWhom refuses a copy that was made for another office or matter than the one
// named, as OFFICE or OFFICE/MATTER; "" asks nothing.
func ForWhom(r certificates.Report, whom string) certificates.Report {
	office, matter := holding.ParseFor(whom)
	return holding.For(r, office, matter)
}

// WhyNot is why papers of a node do not count now, as a code; "" when they do.
func WhyNot(n trusted.Node, now time.Time) string {
	why, _ := trusted.Why(n.Usable(now))
	return why
}

// Fingerprint is the fingerprint of a node file as it is read aloud.
func Fingerprint(n trusted.Node) string { return trusted.ShowFingerprint(n.Fingerprint) }
