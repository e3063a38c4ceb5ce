package trusted_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/gov/facts"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/events/eventstest"
	"tongban/platform/jws"
	"tongban/platform/sign"
)

// Two people compare the fingerprint; then every form of another node's
// certificate verifies here, and says by whose leave.
func TestFile_ofAnotherNode(t *testing.T) {
	onBoth(t, func(w *world) {
		p := w.there.issue(nil)
		forms := w.there.forms(p)
		for name, file := range forms {
			if r := w.check(file); r.OK || r.Genuine || r.Recognised != nil {
				w.Errorf("%s of a node that nobody trusts: %+v", name, r)
			}
		}
		in := w.there.proposal()
		n, err := w.here.list.Propose(keeper, in)
		if err != nil {
			w.Fatal(err)
		}
		if r := w.check(forms["data"]); r.OK {
			w.Error("a proposal counts")
		}
		decide := trusted.Decision{ID: n.ID, Version: n.Version, Approve: true, Fingerprint: in.Fingerprint}
		_, err = w.here.list.Decide(keeper, decide)
		if code(err) != "authz.forbidden" && err == nil {
			w.Error("who may only propose approves")
		}
		both, err := w.there.list.Own()
		if err != nil || both.Fingerprint != n.Fingerprint {
			w.Errorf("fingerprint %s there, %s here, %v", both.Fingerprint, n.Fingerprint, err)
		}
		wrong := decide
		wrong.Fingerprint = strings.Replace(in.Fingerprint, in.Fingerprint[:1], "F", 1) + "0"
		_, err = w.here.list.Decide(checker, wrong)
		is(t, "another fingerprint", err, trusted.ErrFingerprint)
		if _, err := w.here.list.Decide(checker, decide); err != nil {
			w.Fatal(err)
		}
		_, err = w.here.list.Decide(another, decide)
		is(t, "decided twice", err, trusted.ErrDecided)
		for name, file := range forms {
			r := w.check(file)
			if !r.OK || !r.Genuine || !r.Online || r.AsOf.IsZero() || r.Recognised == nil || r.Recognised.Name != w.there.name || r.Recognised.Grade != "A" || r.Paper.IssuerName != p.IssuerName {
				w.Errorf("%s: %+v", name, r)
			}
			if strings.Contains(r.Paper.HolderName, "示例") || r.Paper.HolderNumber == resides.number {
				w.Errorf("%s tells strangers whose it is", name)
			}
		}
		r, err := w.here.list.Ask(context.Background(), n.ID, certificates.Question{Code: " " + strings.ToLower(certificates.ShowCode(p.Code))}, "x")
		if err != nil || !r.OK || r.Recognised == nil || r.Paper.Number != p.Number {
			w.Errorf("by code: %+v, %v", r, err)
		}
		r, err = w.here.list.Ask(context.Background(), n.ID, certificates.Question{Number: p.Number, Holder: "王示例"}, "x")
		if err != nil || !r.OK {
			w.Errorf("by number: %+v, %v", r, err)
		}
		_, err = w.here.list.Ask(context.Background(), n.ID, certificates.Question{Number: p.Number, Holder: "李示例"}, "x")
		is(t, "another holder", err, certificates.ErrNoPaper)
		_, err = w.here.list.Ask(context.Background(), "nod_0", certificates.Question{Code: p.Code}, "x")
		is(t, "no such node", err, trusted.ErrNoNode)
	})
}

// The same person never does both, and nothing is entered that is not whole.
func TestPropose_refusals(t *testing.T) {
	onBoth(t, func(w *world) {
		good := w.there.proposal()
		self := w.here.proposal()
		if _, err := w.here.list.Propose(stranger, good); err == nil {
			w.Error("a stranger proposes")
		}
		for what, c := range map[string]struct {
			change func(*trusted.Proposal)
			want   error
		}{
			"no reason":          {func(p *trusted.Proposal) { p.Note = " " }, trusted.ErrReason},
			"no fingerprint":     {func(p *trusted.Proposal) { p.Fingerprint = "" }, trusted.ErrFingerprint},
			"half a fingerprint": {func(p *trusted.Proposal) { p.Fingerprint = p.Fingerprint[:24] }, trusted.ErrFingerprint},
			"letters besides":    {func(p *trusted.Proposal) { p.Fingerprint += " 万" }, trusted.ErrFingerprint},
			"no file":            {func(p *trusted.Proposal) { p.File = []byte("hello") }, trusted.ErrFile},
			"a changed file":     {func(p *trusted.Proposal) { p.File[len(p.File)/2] ^= 1 }, trusted.ErrFile},
			"a cut file":         {func(p *trusted.Proposal) { p.File = p.File[:len(p.File)-3] }, trusted.ErrFile},
			"grade E":            {func(p *trusted.Proposal) { p.Grade = "E" }, trusted.ErrTerms},
			"an end before":      {func(p *trusted.Proposal) { p.From, p.Until = start, start.Add(-time.Hour) }, trusted.ErrTerms},
			"oneself":            {func(p *trusted.Proposal) { *p = self }, trusted.ErrSelf},
		} {
			in := w.there.proposal()
			c.change(&in)
			_, err := w.here.list.Propose(keeper, in)
			is(t, what, err, c.want)
		}
		n, err := w.here.list.Propose(another, good)
		if err != nil {
			w.Fatal(err)
		}
		_, err = w.here.list.Decide(another, trusted.Decision{ID: n.ID, Version: 1, Approve: true, Fingerprint: good.Fingerprint})
		is(t, "the same person", err, trusted.ErrSamePerson)
		_, err = w.here.list.Propose(keeper, good)
		is(t, "beside another", err, trusted.ErrOpen)
		_, err = w.here.list.Decide(checker, trusted.Decision{ID: n.ID, Version: 1})
		is(t, "back without a reason", err, trusted.ErrReason)
		if n, err = w.here.list.Decide(checker, trusted.Decision{ID: n.ID, Version: 1, Answer: "电话核对不一致"}); err != nil || n.State != trusted.Rejected {
			w.Errorf("%+v, %v", n, err)
		}
		w.here.trust(w.there, nil)
		_, err = w.here.list.Propose(keeper, good)
		is(t, "nothing new", err, trusted.ErrUnchanged)
	})
}

// Nobody comes in under the looks of another node.
func TestPropose_alike(t *testing.T) {
	onBoth(t, func(w *world) {
		w.here.trust(w.there, nil)
		for _, c := range []struct {
			name string
			want error
		}{{"邻县政务服务平台", trusted.ErrAlike}, {"邻县政务服务\u200b平台", trusted.ErrFile}, {"邻县政務服务平台", trusted.ErrAlike}, {"示例省政务服务平台", trusted.ErrAlike}, {"邻县 政务服务平台", trusted.ErrAlike}, {"临县政务服务平台", nil}} {
			other := newNode(t, w.there.d, w.clock, c.name, county)
			f, err := other.list.Own()
			if err == nil {
				_, err = w.here.list.Propose(keeper, trusted.Proposal{File: []byte(f.Text), Fingerprint: f.Fingerprint, Grade: "A", Note: "试"})
			}
			if code(err) != code(c.want) {
				w.Errorf("%q: %v, want %v", c.name, err, c.want)
			}
		}
		// A key that another node has.
		thief := newNode(t, w.there.d, w.clock, "另一县政务服务平台", county)
		both := certificates.TrustOf(thief.signer, thief.server.URL).With(certificates.TrustOf(w.there.signer, w.there.server.URL))
		f, err := trusted.MakeFile(trusted.About{Name: thief.name, Region: county, Site: thief.server.URL, Trust: both}, thief.signer.Data(), start)
		if err != nil {
			w.Fatal(err)
		}
		_, err = w.here.list.Propose(keeper, trusted.Proposal{File: []byte(f.Text), Fingerprint: f.Fingerprint, Grade: "A", Note: "试"})
		is(t, "a key of another", err, trusted.ErrKeyTaken)
		_, warn := trusted.Likenesses(trusted.File{About: trusted.About{Name: "x", Site: "https://zw.examp1e.cn"}}, []trusted.Node{{ID: "nod_1", File: trusted.File{About: trusted.About{Name: "y", Site: "https://zw.example.cn"}}}})
		if len(warn) != 1 || warn[0].Code != "lookalike_host" {
			w.Errorf("%+v", warn)
		}
	})
}

// What is revoked there is refused here; a node that was suspended or removed
// proves nothing; giving back takes somebody else.
func TestFile_revokedAndRemoved(t *testing.T) {
	onBoth(t, func(w *world) {
		n := w.here.trust(w.there, nil)
		p, q := w.there.issue(nil), w.there.issue(nil)
		file, other := w.there.data(p), w.there.data(q)
		if _, err := w.there.papers.Act(system, p.Region, p.ID, certificates.Order{Act: certificates.Revoke, Reason: "以欺骗手段取得", Basis: "《中华人民共和国行政许可法》第六十九条第二款"}); err != nil {
			w.Fatal(err)
		}
		r := w.check(file)
		if r.OK || !r.Genuine || r.Status != certificates.Revoked || r.Reason != certificates.ErrRevoked.Code || r.Because != "以欺骗手段取得" || !r.Online {
			w.Errorf("revoked: %+v", r)
		}
		if r, err := w.here.list.Ask(context.Background(), n.ID, certificates.Question{Code: p.Code}, "x"); err != nil || r.OK || r.Reason != certificates.ErrRevoked.Code {
			w.Errorf("revoked, by code: %+v, %v", r, err)
		}
		_, err := w.here.list.Suspend(keeper, n.ID, " ")
		is(t, "without a reason", err, trusted.ErrReason)
		if _, err := w.here.list.Suspend(stranger, n.ID, "x"); err == nil {
			w.Error("a stranger suspends")
		}
		if _, err := w.here.list.Suspend(checker, n.ID, "密钥疑似泄露"); err != nil {
			w.Fatal(err)
		}
		if r := w.check(other); r.OK || r.Genuine || r.Paper != nil || r.Reason != trusted.ErrSuspended.Code || r.Recognised.Name != w.there.name {
			w.Errorf("of a suspended node: %+v", r)
		}
		if r, err := w.here.list.Ask(context.Background(), n.ID, certificates.Question{Code: q.Code}, "x"); err != nil || r.OK || r.Reason != trusted.ErrSuspended.Code {
			w.Errorf("of a suspended node, by code: %+v, %v", r, err)
		}
		_, err = w.here.list.Restore(checker, n.ID, "已查明")
		is(t, "by the same", err, trusted.ErrSamePerson)
		if _, err := w.here.list.Restore(keeper, n.ID, "已查明"); err == nil {
			w.Error("who may only propose gives back")
		}
		if _, err := w.here.list.Restore(another, n.ID, "已查明"); err != nil {
			w.Fatal(err)
		}
		if r := w.check(other); !r.OK {
			w.Errorf("given back: %+v", r)
		}
		if _, err := w.here.list.Remove(keeper, n.ID, "协议终止"); err != nil {
			w.Fatal(err)
		}
		if r := w.check(other); r.OK || r.Reason != trusted.ErrRemoved.Code {
			w.Errorf("of a removed node: %+v", r)
		}
		_, err = w.here.list.Restore(another, n.ID, "重来")
		is(t, "what was removed", err, trusted.ErrDecided)
		w.here.trust(w.there, nil) // entered anew
		if r := w.check(other); !r.OK {
			w.Errorf("entered anew: %+v", r)
		}
	})
}

// A node speaks for its region and its kinds, in its time.
func TestFile_scope(t *testing.T) {
	onBoth(t, func(w *world) {
		w.here.trust(w.there, func(p *trusted.Proposal) {
			p.Kinds, p.From, p.Until = []string{office + "001"}, start, start.AddDate(0, 1, 0)
		})
		good := w.there.issue(nil)
		far := w.there.issue(func(p *certificates.Paper) { p.Region = "449902" })
		kind := w.there.issue(func(p *certificates.Paper) { p.Type = office + "002" })
		for what, c := range map[string]struct {
			p    certificates.Paper
			want string
		}{"its own": {good, ""}, "another region": {far, trusted.ErrScope.Code}, "another kind": {kind, trusted.ErrKind.Code}} {
			r := w.check(w.there.data(c.p))
			if r.Reason != c.want || r.OK != (c.want == "") {
				w.Errorf("%s: %+v", what, r)
			}
		}
		odd := w.there.issue(func(p *certificates.Paper) { p.IssuerName = "示例区巿场监督管理局（虚构）" })
		if r := w.check(w.there.data(odd)); len(r.Warnings) != 1 || r.Warnings[0].Code != "lookalike" || !strings.Contains(r.Warnings[0].Known, "市场") {
			w.Errorf("an office that looks like another: %+v", r.Warnings)
		}
		for name, want := range map[string]string{"王示例": "", "Wаng": "holder_mixed"} {
			p := w.there.issue(func(p *certificates.Paper) { p.HolderName = name })
			if r := w.check(w.there.data(p)); want != "" && (len(r.Warnings) != 1 || r.Warnings[0].Code != want) || want == "" && len(r.Warnings) > 0 {
				w.Errorf("%q: %+v", name, r.Warnings)
			}
		}
		old := w.there.issue(func(p *certificates.Paper) { p.IssuerName = "示例區市場監督管理局（虚构）" })
		if f, err := w.here.list.TakeIn(resident, w.there.data(old), "r"); err != nil || len(f.Warnings) != 1 || f.Warnings[0].Code != "lookalike" {
			w.Errorf("taken in with the looks of an office here: %+v, %v", f.Warnings, err)
		}
		w.clock.Advance(32 * 24 * time.Hour)
		if r := w.check(w.there.data(good)); r.Reason != trusted.ErrOver.Code {
			w.Errorf("too late: %+v", r)
		}
	})
}

// A node that does not answer, or somebody in between who answers for it.
func TestFile_unanswered(t *testing.T) {
	onBoth(t, func(w *world) {
		n := w.here.trust(w.there, nil)
		p, q := w.there.issue(nil), w.there.issue(nil)
		file := w.there.data(p)
		if r := w.check(file); !r.Online {
			w.Fatalf("%+v", r)
		}
		asked := w.clock.Now()
		w.clock.Advance(2 * time.Hour)
		w.there.down = true
		r := w.check(file)
		if !r.OK || r.Online || !r.AsOf.Equal(asked) || r.Recognised.Unanswered != trusted.ErrUnreachable.Code || r.Status != certificates.Valid {
			w.Errorf("asked two hours ago: %+v", r)
		}
		r, err := w.here.list.Ask(context.Background(), n.ID, certificates.Question{Code: p.Code}, "x")
		if err != nil || r.Online || !r.AsOf.Equal(asked) || r.Recognised.Unanswered == "" {
			w.Errorf("by code: %+v, %v", r, err)
		}
		if r := w.check(w.there.data(q)); !r.Genuine || r.Online || !r.AsOf.IsZero() {
			w.Errorf("never asked: %+v", r)
		}
		_, err = w.here.list.Ask(context.Background(), n.ID, certificates.Question{Code: q.Code}, "x")
		is(t, "never asked, by code", err, trusted.ErrUnreachable)
		w.there.down = false
		// An old answer, an answer to another question, another signer, no JSON.
		var old []byte
		w.there.twist = func(_ string, b []byte) []byte { old = b; return b }
		w.check(file)
		for what, twist := range map[string]func([]byte) []byte{
			"replayed":   func([]byte) []byte { return old },
			"no JSON":    func([]byte) []byte { return []byte("<html>") },
			"cut":        func(b []byte) []byte { return b[:len(b)/2] },
			"changed":    func(b []byte) []byte { return []byte(strings.Replace(string(b), ".ey", ".eY", 1)) },
			"too long":   func(b []byte) []byte { return append(b, make([]byte, 300<<10)...) },
			"by another": func(b []byte) []byte { return resigned(t, w.here.signer.Data(), b) },
		} {
			w.there.twist = func(_ string, b []byte) []byte { return twist(b) }
			if r := w.check(file); r.Online || r.Recognised.Unanswered == "" {
				w.Errorf("%s: %+v", what, r)
			}
		}
		// The record there has other data than the file.
		w.there.twist = nil
		if r := w.check(w.there.data(q)); !r.OK {
			w.Fatalf("%+v", r)
		}
	})
}

// resigned is an answer under the key of somebody else.
func resigned(t *testing.T, by sign.KeyHolder, b []byte) []byte {
	var a map[string]string
	if json.Unmarshal(b, &a) != nil {
		t.Fatal("no answer")
	}
	old, err := jws.Parse([]byte(a["answer"]))
	if err != nil {
		t.Fatal(err)
	}
	now, err := jws.Sign(old.Payload, by, old.Type)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := json.Marshal(map[string]string{"answer": now.Compact()})
	return out
}

// A province keeps the list and counties follow it.
func TestRefresh(t *testing.T) {
	onBoth(t, func(w *world) {
		third := newNode(t, w.there.d, w.clock, "远县政务服务平台", county)
		pub := newNode(t, w.there.d, w.clock, "省级节点", province)
		pub.trust(third, nil)
		entry := w.here.trust(pub, func(p *trusted.Proposal) { p.Follow = true })
		p := third.issue(nil)
		file := third.data(p)
		if r := w.check(file); r.Recognised != nil {
			w.Error("before anything was fetched")
		}
		if err := w.here.list.Refresh(stranger, true); err == nil {
			w.Error("a stranger fetches")
		}
		if err := w.here.list.Refresh(system, false); err != nil {
			w.Fatal(err)
		}
		r := w.check(file)
		if !r.OK || r.Recognised.List != "省级节点" || r.Recognised.Name != third.name {
			w.Fatalf("%+v", r)
		}
		// Trust goes one step: what is followed is not published again.
		mine, err := w.here.list.Published(system)
		if own, _ := w.here.list.Own(); err != nil || !listHas(t, mine, own.Trust, w, []string{"省级节点"}) {
			w.Errorf("%v", err)
		}
		var before []byte
		pub.twist = func(_ string, b []byte) []byte { before = b; return b }
		w.clock.Advance(time.Minute)
		if err := w.here.list.Refresh(system, true); err != nil {
			w.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		nodes, _ := pub.list.Nodes(system)
		if _, err := pub.list.Remove(keeper, nodes[0].ID, "密钥泄露"); err != nil {
			w.Fatal(err)
		}
		pub.twist = nil
		if err := w.here.list.Refresh(system, true); err != nil {
			w.Fatal(err)
		}
		if r := w.check(file); r.OK || r.Reason != trusted.ErrRemoved.Code {
			w.Errorf("removed by the province: %+v", r)
		}
		pub.twist = func(string, []byte) []byte { return before }
		w.clock.Advance(time.Minute)
		is(t, "an older list", w.here.list.Refresh(system, true), trusted.ErrRollback)
		lists, _ := w.here.list.Lists(system)
		if len(lists) != 1 || lists[0].Problem != trusted.ErrRollback.Code || lists[0].Sequence == 0 {
			w.Errorf("%+v", lists)
		}
		if r := w.check(file); r.OK {
			w.Error("an older list brought back a node that was removed")
		}
		pub.twist = func(_ string, b []byte) []byte { b[len(b)-9] ^= 2; return b }
		is(t, "another signature", w.here.list.Refresh(system, true), trusted.ErrList)
		_ = entry
	})
}

func listHas(t *testing.T, text string, by certificates.Trust, w *world, want []string) bool {
	l, err := trusted.ReadList([]byte(text), by, w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range l.Nodes {
		f, err := trusted.ReadFile([]byte(e.File))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
	}
	return strings.Join(names, ",") == strings.Join(want, ",")
}

// A list that is not refreshed is said to be overdue, and then counts no more.
func TestRefresh_overdue(t *testing.T) {
	onBoth(t, func(w *world) {
		third, pub := newNode(t, w.there.d, w.clock, "远县政务服务平台", county), newNode(t, w.there.d, w.clock, "省级节点", province)
		pub.trust(third, nil)
		w.here.trust(pub, func(p *trusted.Proposal) { p.Follow = true })
		if err := w.here.list.Refresh(system, false); err != nil {
			w.Fatal(err)
		}
		file := third.data(third.issue(nil))
		pub.down = true
		w.clock.Advance(25 * time.Hour)
		is(t, "nobody answers", w.here.list.Refresh(system, false), trusted.ErrUnreachable)
		if r := w.check(file); !r.OK || len(r.Warnings) != 1 || r.Warnings[0].Code != "list_overdue" {
			w.Errorf("a day later: %+v", r)
		}
		w.clock.Advance(6 * 24 * time.Hour)
		if r := w.check(file); r.OK || r.Reason != trusted.ErrListOver.Code {
			w.Errorf("a week later: %+v", r)
		}
		pub.down = false
		if err := w.here.list.Refresh(system, false); err != nil {
			w.Fatal(err)
		}
		if r := w.check(file); !r.OK {
			w.Errorf("fetched again: %+v", r)
		}
		// The own entry counts more than the list.
		n := w.here.trust(third, nil)
		if _, err := w.here.list.Suspend(checker, n.ID, "本地核查"); err != nil {
			w.Fatal(err)
		}
		if r := w.check(file); r.OK || r.Reason != trusted.ErrSuspended.Code || r.Recognised.List != "" {
			w.Errorf("suspended here: %+v", r)
		}
	})
}

// A resident uses a certificate of another node here; what becomes of it there
// is heard here.
func TestTakeIn(t *testing.T) {
	onBoth(t, func(w *world) {
		n := w.here.trust(w.there, nil)
		p := w.there.issue(nil)
		file := w.there.data(p)
		resides.name = "李示例"
		_, err := w.here.list.TakeIn(resident, file, "r")
		is(t, "somebody else's", err, trusted.ErrNotHolder)
		resides.name = "王示例"
		_, err = w.here.list.TakeIn(resident, w.here.data(w.here.issue(nil)), "r")
		is(t, "of this node", err, trusted.ErrNotForeign)
		w.there.down = true
		_, err = w.here.list.TakeIn(resident, file, "r")
		is(t, "without an answer", err, trusted.ErrNoAnswer)
		w.there.down = false
		f, err := w.here.list.TakeIn(resident, file, "r")
		if err != nil || f.Status != certificates.Valid || f.Node.ID != n.ID || f.Owners[0] != "per_wang" {
			w.Fatalf("%+v, %v", f, err)
		}
		again, err := w.here.list.TakeIn(resident, file, "r")
		if err != nil || again.ID != f.ID {
			w.Errorf("twice: %s and %s, %v", f.ID, again.ID, err)
		}
		mine, err := w.here.list.Mine(resident)
		if err != nil || len(mine) != 1 {
			w.Errorf("%+v, %v", mine, err)
		}
		found, err := w.here.list.ByCode(system, certificates.ShowCode(p.Code))
		if err != nil || found.Status != certificates.Valid || found.Title != p.Title {
			w.Errorf("%+v, %v", found, err)
		}
		if _, err := w.there.papers.Act(system, p.Region, p.ID, certificates.Order{Act: certificates.Suspend, Reason: "复查", Basis: "法"}); err != nil {
			w.Fatal(err)
		}
		w.clock.Advance(time.Hour)
		if err := w.here.list.Poll(system); err != nil {
			w.Fatal(err)
		}
		var heard facts.PaperStatusChanged
		bus := events.New(w.here.d, slog.New(slog.DiscardHandler))
		events.ReactTidy(bus, "test", func(_ context.Context, tx *db.Tx, f facts.PaperStatusChanged) error {
			tx.Unaudited("a test listens")
			heard = f
			return nil
		})
		eventstest.Drain(t, bus)
		if heard.Paper != f.ID || heard.To != "suspended" || heard.Act != "suspend" || heard.Reason != "复查" {
			w.Errorf("heard %+v", heard)
		}
		if found, err = w.here.list.ByCode(system, p.Code); err != nil || found.Status != certificates.Suspended || found.Reason != "复查" {
			w.Errorf("%+v, %v", found, err)
		}
		if _, err := w.there.papers.Act(system, p.Region, p.ID, certificates.Order{Act: certificates.Restore, Reason: "合格", Basis: "法"}); err != nil {
			w.Fatal(err)
		}
		w.clock.Advance(time.Hour)
		if found, err = w.here.list.ByCode(system, p.Code); err != nil || found.Status != certificates.Valid {
			w.Errorf("asked when it is used: %+v, %v", found, err)
		}
		if _, err := w.here.list.Remove(keeper, n.ID, "协议终止"); err != nil {
			w.Fatal(err)
		}
		if found, err = w.here.list.ByCode(system, p.Code); err != nil || found.Status == certificates.Valid || !strings.Contains(found.Reason, "协议终止") {
			w.Errorf("of a removed node: %+v, %v", found, err)
		}
	})
}
