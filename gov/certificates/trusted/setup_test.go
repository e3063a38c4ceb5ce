package trusted_test

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/keys"
	"tongban/gov/certificates/trusted"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

const (
	province = "440000"
	county   = "449901"
	office   = "114499019000000222"
)

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

var tables = []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), certificates.Migrations()}

// node is one installation with its server.
type node struct {
	t      *testing.T
	d      *db.DB
	clock  *clock.Fake
	signer *sign.Signer // as it began
	ring   *ring.Ring
	dir    string // of its keys
	papers *certificates.Service
	list   *trusted.Service
	server *httptest.Server
	name   string
	down   bool                                          // nobody answers
	twist  func(path string, b []byte) []byte            // somebody stands in between
	turn   func(http.ResponseWriter, *http.Request) bool // answers instead
}

// holder is the resident who is present.
type holder struct{ name, number string }

func (h *holder) Holder(ctx context.Context) (string, string, string, error) {
	return auth.From(ctx).Person, h.name, h.number, nil
}

var resides = &holder{"王示例", "440000199001010016"}

type offices map[string]string

func (o offices) Known(context.Context) (map[string]string, error) { return o, nil }

// present is the key for data of a node as it is at each use.
type present struct{ ring *ring.Ring }

func (k present) Algorithm() string                   { return sign.Ed25519 }
func (k present) Public() crypto.PublicKey            { return k.ring.Node().PublicKey() }
func (k present) Sign(message []byte) ([]byte, error) { return k.ring.Node().Data().Sign(message) }

func newNode(t *testing.T, d *db.DB, c *clock.Fake, name, region string) *node {
	t.Helper()
	n := &node{t: t, d: d, clock: c, name: name}
	n.server = httptest.NewServer(n)
	t.Cleanup(n.server.Close)
	var err error
	n.dir = t.TempDir()
	if n.ring, err = ring.Open(sign.Options{Dir: n.dir, Name: "node", CommonName: name, Organization: name, Clock: c}); err != nil {
		t.Fatal(err)
	}
	n.signer = n.ring.Node()
	own := keys.NewRing(n.ring, n.server.URL, certificates.Trust{}, c)
	trust := func() certificates.Trust { return *own.Trust() }
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	n.list = trusted.New(trusted.Deps{DB: d, Clock: c, Region: region, Name: func() string { return n.name }, Site: n.server.URL, Trust: trust, Key: present{n.ring}, Holders: resides,
		Issuers: offices{"11449901900000099X": "示例区市场监督管理局（虚构）"}})
	n.papers = certificates.New(certificates.Deps{DB: d, Clock: c, Keyring: own, Files: store, BaseURL: n.server.URL, Regions: []string{county}, Nodes: n.list})
	return n
}

// ServeHTTP is what a node answers to others.
func (n *node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if n.down {
		panic(http.ErrAbortHandler)
	}
	if n.turn != nil && n.turn(w, r) {
		return
	}
	var out []byte
	switch r.URL.Path {
	case trusted.FilePath:
		f, err := n.list.Own()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		out = []byte(f.Text)
	case trusted.ListPath:
		text, err := n.list.Published(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		out = []byte(text)
	case trusted.AnswersPath:
		var q certificates.Question
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		text, err := n.papers.Answer(r.Context(), q, "test")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		out, _ = json.Marshal(map[string]string{"answer": text})
	}
	if n.twist != nil {
		out = n.twist(r.URL.Path, out)
	}
	w.Write(out)
}

// world is two installations: papers are issued there and come here.
type world struct {
	*testing.T
	here, there *node
	clock       *clock.Fake
}

func onBoth(t *testing.T, f func(w *world)) {
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		f(&world{t, newNode(t, d, c, "示例省政务服务平台", province), newNode(t, dbtest.SQLite(t, tables), c, "邻县政务服务平台", county), c})
	})
}

func staff(id string, permissions ...string) context.Context {
	return auth.With(context.Background(), auth.Principal{ID: id, Kind: auth.KindOfficer, Name: "虚构·" + id, Grants: []auth.Grant{{Permissions: permissions, Region: province, Subtree: true}}})
}

var (
	keeper   = staff("keeper", trusted.MayPropose.Name)
	checker  = staff("checker", trusted.MayApprove.Name)
	another  = staff("another", trusted.MayApprove.Name, trusted.MayPropose.Name)
	stranger = staff("stranger")
	resident = auth.With(context.Background(), auth.Principal{ID: "acc_wang", Kind: auth.KindPerson, Name: "王示例", Person: "per_wang",
		Grants: []auth.Grant{{Permissions: []string{certificates.MayHold.Name}, Own: true}}})
	system = auth.System(context.Background(), "test")
)

// proposal is what the keeper types after a telephone call.
func (n *node) proposal() trusted.Proposal {
	n.t.Helper()
	f, err := n.list.Own()
	if err != nil {
		n.t.Fatal(err)
	}
	return trusted.Proposal{File: []byte(f.Text), Fingerprint: trusted.ShowFingerprint(f.Fingerprint), Grade: "A", Note: "与邻县签订互认协议"}
}

// trust enters a node with two people.
func (n *node) trust(other *node, change func(*trusted.Proposal)) trusted.Node {
	n.t.Helper()
	in := other.proposal()
	if change != nil {
		change(&in)
	}
	p, err := n.list.Propose(keeper, in)
	if err != nil {
		n.t.Fatal(err)
	}
	p, err = n.list.Decide(checker, trusted.Decision{ID: p.ID, Version: p.Version, Approve: true, Fingerprint: in.Fingerprint})
	if err != nil {
		n.t.Fatal(err)
	}
	return p
}

// issue has the node issue a certificate to the resident.
func (n *node) issue(change func(*certificates.Paper)) certificates.Paper {
	n.t.Helper()
	p := certificates.Paper{Kind: certificates.Certificate, Region: county, Title: "健康证明", TypeName: "健康证明", Type: office + "001", Issuer: office, IssuerName: "邻县卫生健康局（虚构）", Owners: []string{"per_there"},
		HolderName: "王示例", HolderNumber: resides.number, Number: "健〔2026〕1号", ValidUntil: start.AddDate(1, 0, 0)}
	if change != nil {
		change(&p)
	}
	err := n.d.Write(system, func(tx *db.Tx) (err error) {
		p, err = n.papers.IssueTx(system, tx, p)
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return p
}

// forms are all forms of a paper.
func (n *node) forms(p certificates.Paper) map[string][]byte {
	n.t.Helper()
	out := map[string][]byte{}
	f, err := n.papers.File(system, p.Region, p.ID)
	if err == nil {
		out["pdf"], err = n.papers.Bytes(f.Ref)
	}
	if err != nil {
		n.t.Fatal(err)
	}
	for name, make := range map[string]func() (certificates.Form, error){
		"data":  func() (certificates.Form, error) { return n.papers.SignedData(system, p.Region, p.ID) },
		"ofd":   func() (certificates.Form, error) { return n.papers.OFD(system, p.Region, p.ID) },
		"eddsa": func() (certificates.Form, error) { return n.papers.Token(system, p.Region, p.ID, "EdDSA", false) },
		"es256": func() (certificates.Form, error) { return n.papers.Token(system, p.Region, p.ID, "ES256", true) },
		"sm2":   func() (certificates.Form, error) { return n.papers.Token(system, p.Region, p.ID, "SM2-SM3", false) },
	} {
		form, err := make()
		if err != nil {
			n.t.Fatalf("%s: %v", name, err)
		}
		out[name] = form.Data
	}
	return out
}

func (n *node) data(p certificates.Paper) []byte {
	n.t.Helper()
	form, err := n.papers.SignedData(system, p.Region, p.ID)
	if err != nil {
		n.t.Fatal(err)
	}
	return form.Data
}

// check checks a file here.
func (w *world) check(file []byte) certificates.Report {
	w.Helper()
	r, err := w.here.papers.CheckFile(context.Background(), file, "somebody")
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

func is(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}
