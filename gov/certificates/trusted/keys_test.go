package trusted_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/keys"
	"tongban/gov/certificates/trusted"
	"tongban/platform/audit"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

// rotate replaces the key for data of a node, as its people do once in a while.
func (n *node) rotate() {
	n.t.Helper()
	if _, err := n.ring.Rotate(ring.Order{Role: ring.Data, Reason: "按年度计划更换（演练）"}); err != nil {
		n.t.Fatal(err)
	}
	n.clock.Advance(time.Minute)
}

// file is the node file as it is now.
func (n *node) file() []byte {
	n.t.Helper()
	f, err := n.list.Own()
	if err != nil {
		n.t.Fatal(err)
	}
	return []byte(f.Text)
}

// acts counts what the record has of a node.
func (n *node) acts(action, id string) int {
	n.t.Helper()
	list, _, err := audit.Page(system, n.d, audit.Filter{Region: province, Action: action, Object: id})
	if err != nil {
		n.t.Fatal(err)
	}
	return len(list)
}

// A node replaces its key: whoever recognised it goes on by what the old key
// said, with nobody comparing anything; and by a file when nobody can be
// reached. What the keys of others say does not count.
func TestFollowKeys(t *testing.T) {
	onBoth(t, func(w *world) {
		t := w.T
		entry := w.here.trust(w.there, nil)
		before := w.there.data(w.there.issue(nil))
		w.there.rotate()
		after := w.there.data(w.there.issue(nil))
		if r := w.check(after); r.OK || !w.check(before).OK {
			w.Fatalf("before the keys were followed: %+v", r)
		}
		_, err := w.here.list.FollowKeys(stranger, entry.ID, nil)
		if err == nil {
			w.Error("a stranger follows")
		}
		asked := 0
		w.there.twist = func(path string, b []byte) []byte {
			if path == trusted.FilePath {
				asked++
			}
			return b
		}
		for range 2 {
			if err := w.here.list.FollowDue(system, false); err != nil {
				w.Fatal(err)
			}
		}
		n, err := w.here.list.Node(system, entry.ID)
		if err != nil || asked != 1 || n.Keys.Statements != 1 || n.Keys.TakenAt.IsZero() || n.Keys.Problem != "" || n.Present() != sign.KeyID(w.there.ring.Node().PublicKey()) {
			w.Fatalf("asked %d times: %+v, %v", asked, n.Keys, err)
		}
		if r := w.check(after); !r.OK || !w.check(before).OK || w.here.acts("certificates.node.keys_followed", entry.ID) != 1 {
			w.Fatalf("followed: %+v", r)
		}
		// A county that follows the list of this province gets them as well.
		far := newNode(t, w.there.d, w.clock, "第三地政务服务平台", county)
		far.trust(w.here, func(p *trusted.Proposal) { p.Follow = true })
		if err := far.list.Refresh(system, true); err != nil {
			w.Fatal(err)
		}
		if r, err := far.papers.CheckFile(system, after, "x"); err != nil || !r.OK || r.Recognised.List == "" {
			w.Errorf("by the list: %+v, %v", r, err)
		}
		listed, _ := far.list.Nodes(system)
		for _, n := range listed {
			if n.List != "" {
				_, err := far.list.FollowKeys(system, n.ID, nil)
				is(t, "an entry of a list", err, trusted.ErrKeysListed)
			}
		}
		// Nobody can be reached: one person puts the file in.
		w.there.rotate()
		w.there.down = true
		again := w.there.data(w.there.issue(nil))
		_, err = w.here.list.FollowKeys(keeper, entry.ID, nil)
		is(t, "nobody answers", err, trusted.ErrUnreachable)
		if err := w.here.list.Unfollowed(system); err != nil {
			w.Errorf("not reached is no refusal: %v", err)
		}
		_, err = w.here.list.FollowKeys(keeper, entry.ID, []byte("none"))
		is(t, "no node file", err, trusted.ErrFile)
		_, err = w.here.list.FollowKeys(keeper, entry.ID, far.file())
		is(t, "of another node", err, trusted.ErrKeysOther)
		beside := far.ring.Node() // a key that no statement names
		file := w.there.says(w.there.ring, w.there.ring.Node().Data(), func(t *certificates.Trust) {
			t.Keys = append(t.Keys, certificates.TrustKey{ID: beside.KeyID(), Algorithm: sign.Ed25519, Public: beside.PublicKey(), Role: ring.Data})
		})
		if n, err = w.here.list.FollowKeys(keeper, entry.ID, file); err != nil || n.Keys.TakenBy != "虚构·keeper" || n.Keys.Statements != 2 {
			w.Fatalf("by the file: %+v, %v", n.Keys, err)
		}
		if r := w.check(again); !r.Genuine || w.here.acts("certificates.node.keys_refused", entry.ID) != 0 {
			w.Errorf("by the file: %+v", r)
		}
		for _, k := range n.Trust.Keys {
			if k.ID == beside.KeyID() {
				w.Error("a key counts for which nobody vouched")
			}
		}
		w.there.down = false
		if _, err := w.here.list.Suspend(checker, entry.ID, "核查"); err != nil {
			w.Fatal(err)
		}
		_, err = w.here.list.FollowKeys(keeper, entry.ID, nil)
		is(t, "suspended", err, trusted.ErrSuspended)
	})
}

// twin is the installation of whoever copied the folder with the keys.
func (n *node) twin(t *testing.T) *ring.Ring {
	t.Helper()
	dir := t.TempDir()
	files, err := os.ReadDir(n.dir)
	for _, f := range files {
		var b []byte
		if b, err = os.ReadFile(filepath.Join(n.dir, f.Name())); err == nil {
			err = os.WriteFile(filepath.Join(dir, f.Name()), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := ring.Open(sign.Options{Dir: dir, Name: "node", CommonName: n.name, Organization: n.name, Clock: n.clock})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// says is a node file of the site of n with the keys of a ring.
func (n *node) says(r *ring.Ring, by sign.KeyHolder, change func(*certificates.Trust)) []byte {
	n.t.Helper()
	trust := *keys.NewRing(r, n.server.URL, certificates.Trust{}, n.clock).Trust()
	if change != nil {
		change(&trust)
	}
	f, err := trusted.MakeFile(trusted.About{Name: n.name, Region: county, Site: n.server.URL, Trust: trust}, by, n.clock.Now())
	if err != nil {
		n.t.Fatal(err)
	}
	return []byte(f.Text)
}

// What does not go on from the keys that count here is refused with its reason,
// once on record, and changes nothing.
func TestFollowKeys_refused(t *testing.T) {
	onBoth(t, func(w *world) {
		t := w.T
		entry := w.here.trust(w.there, nil)
		thief := w.there.twin(t)
		first := w.there.file()
		stolen := thief.Node().Data()
		w.there.rotate()
		if _, err := w.here.list.FollowKeys(keeper, entry.ID, nil); err != nil {
			w.Fatal(err)
		}
		genuine := w.there.data(w.there.issue(nil))
		if _, err := thief.Rotate(ring.Order{Role: ring.Data, Reason: "例行更换"}); err != nil {
			w.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		stranger := newNode(t, w.there.d, w.clock, "另一处", county)
		plain := stranger.ring.Node()
		for _, x := range []struct {
			what string
			file []byte
			want error
		}{
			{"an older file", first, trusted.ErrKeysOlder},
			{"the thief's own story", w.there.says(thief, thief.Node().Data(), nil), trusted.ErrKeysFork},
			{"keys of nobody", w.there.says(stranger.ring, plain.Data(), nil), trusted.ErrKeysOlder},
			{"a key beside the statements", w.there.says(w.there.ring, plain.Data(), func(t *certificates.Trust) {
				t.Keys = append(t.Keys, certificates.TrustKey{ID: plain.KeyID(), Algorithm: sign.Ed25519, Public: plain.PublicKey(), Role: ring.Data})
			}), trusted.ErrKeysSigner},
			{"a statement without its signatures", w.there.says(goneOn(t, w), w.there.ring.Node().Data(), func(t *certificates.Trust) {
				last := len(t.Statements) - 1
				t.Statements = append([]ring.Signed{}, t.Statements...)
				t.Statements[last].Marks = t.Statements[last].Marks[1:]
			}), trusted.ErrKeysBroken},
		} {
			refused := w.here.acts("certificates.node.keys_refused", entry.ID)
			for range 2 {
				_, err := w.here.list.FollowKeys(keeper, entry.ID, x.file)
				is(t, x.what, err, x.want)
			}
			n, err := w.here.list.Node(system, entry.ID)
			if err != nil || n.Keys.Statements != 1 || code(x.want) != n.Keys.Problem || w.here.acts("certificates.node.keys_refused", entry.ID)-refused != 1 && x.what != "keys of nobody" {
				w.Errorf("%s: %+v, %v", x.what, n.Keys, err)
			}
			is(t, x.what, w.here.list.Unfollowed(system), x.want)
			if r := w.check(genuine); !r.OK {
				w.Errorf("%s: what counted counts no more: %+v", x.what, r)
			}
		}
		// The node says that others have the key; from then on it says nothing here.
		enrolled, _ := holders(t)
		if _, err := w.there.ring.Enrol(enrolled, "设立保管人"); err != nil {
			w.Fatal(err)
		}
		known := w.there.signer.KeyID()
		if _, err := w.there.ring.Revoke(known, start.Add(-time.Hour), "数据目录失密", nil); err != nil {
			w.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		if n, err := w.here.list.FollowKeys(keeper, entry.ID, nil); err != nil || n.Keys.Statements != 3 || n.Keys.Problem != "" {
			w.Fatalf("revoked: %+v, %v", n.Keys, err)
		}
		if err := w.here.list.Unfollowed(system); err != nil {
			w.Errorf("put right: %v", err)
		}
		_, err := w.here.list.FollowKeys(keeper, entry.ID, w.there.says(thief, stolen, func(t *certificates.Trust) {
			for i := range t.Keys {
				if t.Keys[i].ID == known {
					t.Keys[i].State, t.Keys[i].Until = "", time.Time{}
				}
			}
		}))
		is(t, "signed with the revoked key", err, trusted.ErrKeysRevoked)
		w.there.twist = func(path string, b []byte) []byte {
			if path != trusted.AnswersPath {
				return b
			}
			return resigned(t, stolen, b)
		}
		if r := w.check(genuine); r.Online || r.Recognised.Unanswered != trusted.ErrAnswer.Code {
			w.Errorf("an answer by the revoked key: %+v", r)
		}
	})
}

// goneOn is a copy of the folder of the node in which the key was replaced once
// more.
func goneOn(t *testing.T, w *world) *ring.Ring {
	t.Helper()
	r := w.there.twin(t)
	if _, err := r.Rotate(ring.Order{Role: ring.Data, Reason: "再次更换"}); err != nil {
		t.Fatal(err)
	}
	return r
}

func holders(t *testing.T) (h ring.Holders, hands []sign.KeyHolder) {
	t.Helper()
	h.Quorum = 2
	for _, name := range []string{"甲（虚构）", "乙（虚构）"} {
		k, err := sign.Files{Dir: t.TempDir()}.Key("holder", sign.Ed25519, true)
		if err != nil {
			t.Fatal(err)
		}
		h.List, hands = append(h.List, ring.NewHolder(name, k)), append(hands, k)
	}
	return h, hands
}

// Whoever stole the key was first; what the keyholders sign together overrules
// him, and he comes back no more.
func TestFollowKeys_keyholdersOverrule(t *testing.T) {
	onBoth(t, func(w *world) {
		t := w.T
		entry := w.here.trust(w.there, nil)
		h, hands := holders(t)
		if _, err := w.there.ring.Enrol(h, "设立保管人"); err != nil {
			w.Fatal(err)
		}
		thief := w.there.twin(t)
		if _, err := thief.Rotate(ring.Order{Role: ring.Data, Reason: "例行更换"}); err != nil {
			w.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		forged := w.there.says(thief, thief.Node().Data(), nil)
		if _, err := w.here.list.FollowKeys(keeper, entry.ID, forged); err != nil {
			w.Fatalf("nobody contradicts him yet: %v", err)
		}
		began := thief.Node().KeyID()
		p, err := w.there.ring.Propose(ring.Ceremony{Order: ring.Order{Role: ring.Data, Reason: "备份遗失"}, Since: start})
		for _, k := range hands {
			if err == nil {
				err = p.Sign(k)
			}
		}
		if err == nil {
			err = w.there.ring.Finish(p)
		}
		if err == nil {
			err = w.there.ring.Reload()
		}
		if err != nil {
			w.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		n, err := w.here.list.FollowKeys(system, entry.ID, nil)
		if err != nil || n.Present() != w.there.ring.Node().KeyID() || n.Keys.Problem != "" {
			w.Fatalf("the keyholders: %+v, %v", n.Keys, err)
		}
		for _, k := range n.Trust.Keys {
			if k.ID == began {
				w.Error("a key of the thief counts")
			}
		}
		_, err = w.here.list.FollowKeys(keeper, entry.ID, forged)
		is(t, "the thief again", err, trusted.ErrKeysFork)
		if r := w.check(w.there.data(w.there.issue(nil))); !r.OK {
			w.Errorf("%+v", r)
		}
	})
}

// Only the site that two people compared is asked, and not without end.
func TestFollowKeys_bounded(t *testing.T) {
	onBoth(t, func(w *world) {
		t := w.T
		entry := w.here.trust(w.there, nil)
		w.there.rotate()
		elsewhere := 0
		other := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			elsewhere++
			rw.Write(w.there.file())
		}))
		defer other.Close()
		w.there.turn = func(rw http.ResponseWriter, r *http.Request) bool {
			http.Redirect(rw, r, other.URL, http.StatusFound)
			return true
		}
		_, err := w.here.list.FollowKeys(system, entry.ID, nil)
		is(t, "sent elsewhere", err, trusted.ErrUnreachable)
		if elsewhere != 0 {
			w.Error("another host was asked")
		}
		w.there.turn = nil
		w.there.twist = func(string, []byte) []byte { return make([]byte, trusted.MaxFile+1) }
		_, err = w.here.list.FollowKeys(system, entry.ID, nil)
		is(t, "without end", err, trusted.ErrAnswer)
		if n, _ := w.here.list.Node(system, entry.ID); n.Keys.Statements != 0 || n.Keys.Problem != trusted.ErrAnswer.Code {
			w.Errorf("%+v", n.Keys)
		}
	})
}
