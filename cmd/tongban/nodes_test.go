package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/gov/certificates/wallets"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/sdjwt"
	"tongban/platform/sign/ring"
	"tongban/test/node"
)

// device is a wallet on somebody's phone.
type device struct{ key *ecdsa.PrivateKey }

func (d device) Algorithm() string        { return "ECDSA-P256-SHA256" }
func (d device) Public() crypto.PublicKey { return d.key.Public() }
func (d device) Sign(m []byte) ([]byte, error) {
	sum := sha256.Sum256(m)
	return d.key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

// neighbour is another installation on a real server, whose resident has his
// certificate in a wallet.
func neighbour(t *testing.T) (*issuer, device) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	there := newIssuerAt(t, "http://"+server.Listener.Addr().String(), "邻省政务服务平台（虚构）")
	server.Config.Handler = there.Site
	server.Start()
	t.Cleanup(server.Close)
	delete(there.forms, "digest")
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	there.must(err)
	there.forms["wallet"] = []byte(there.fetch(device{k}))
	return there, device{k}
}

// fetch brings the certificate into a wallet, as its holder does.
func (i *issuer) fetch(d device) string {
	i.t.Helper()
	o, err := i.Wallets.Offer(i.As(node.Resident), i.paper.Region, i.paper.ID)
	i.must(err)
	u, err := url.Parse(o.URI)
	i.must(err)
	inner, err := url.Parse(u.Query().Get("credential_offer_uri"))
	i.must(err)
	g, err := i.Wallets.Redeem(i.t.Context(), inner.Query().Get("code"), o.PIN, "")
	i.must(err)
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: d.key}, (&jose.SignerOptions{EmbedJWK: true}).WithType("openid4vci-proof+jwt"))
	i.must(err)
	body, err := json.Marshal(map[string]any{"aud": i.BaseURL, "nonce": i.Wallets.Nonce(), "iat": i.Time.Now().Unix()})
	i.must(err)
	proof, err := s.Sign(body)
	i.must(err)
	text, err := proof.CompactSerialize()
	i.must(err)
	c, err := i.Wallets.Issue(i.t.Context(), g.Token, i.paper.Type, text)
	i.must(err)
	return c
}

// recognise enters the file of another node with two people.
func (i *issuer) recognise(f trusted.File) trusted.Node {
	i.t.Helper()
	n, err := i.Nodes.Propose(i.As("示例安全管理员"), trusted.Proposal{File: []byte(f.Text), Fingerprint: f.Fingerprint, Grade: "A", Note: "互认协议（虚构）"})
	i.must(err)
	n, err = i.Nodes.Decide(i.As("示例监察员"), trusted.Decision{ID: n.ID, Version: n.Version, Approve: true, Fingerprint: f.Fingerprint})
	i.must(err)
	return n
}

// shown asks a wallet for the certificate at the counter, and says its status or
// why it is refused.
func (i *issuer) shown(credential []byte, d device) string {
	i.t.Helper()
	clerk := i.As(node.Clerk)
	q, err := i.Wallets.Ask(clerk, node.District, wallets.Wanted{Type: i.paper.Type, Claims: []string{"name"}}, "查验")
	i.must(err)
	u, err := url.Parse(q.URI)
	i.must(err)
	token, err := sdjwt.Parse(string(credential))
	i.must(err)
	token, err = token.Present(func(p []string) bool { return p[0] == "name" })
	i.must(err)
	token, err = token.Bind(d, sdjwt.Binding{Audience: u.Query().Get("client_id"), Nonce: u.Query().Get("nonce"), At: i.Time.Now()})
	i.must(err)
	answer, err := json.Marshal(map[string][]string{"certificate": {token.String()}})
	i.must(err)
	if err := i.Wallets.Answer(i.t.Context(), node.District, q.ID, u.Query().Get("state"), string(answer)); err != nil {
		return err.Error()
	}
	got, err := i.Wallets.Result(clerk, node.District, q.ID)
	i.must(err)
	return got.Shown.Status
}

// everywhere checks every form of the neighbour's certificate at every door here:
// page, interface and command.
func (i *issuer) everywhere(what string, there *issuer, file trusted.File, want, online string) {
	i.t.Helper()
	nodeFile := filepath.Join(i.t.TempDir(), "node.jws")
	i.must(os.WriteFile(nodeFile, []byte(file.Text), 0o600))
	for name, form := range there.forms {
		r := i.api(form, "zh")
		if online == "certificates.unknown_key" && r.Reason == "sign.unknown_issuer" {
			r.Reason = online // of files whose certificate is looked at first
		}
		if r.Reason != online || (online == "") != r.OK || online == "" && (!r.Online || r.Recognised == nil || r.Recognised.Name != "邻省政务服务平台（虚构）" || r.Paper.IssuerName != there.paper.IssuerName) {
			i.t.Errorf("%s, %s: the interface says %+v", what, name, r)
		}
		text := i.page(form, "zh-Hans")
		switch ok := strings.Contains(text, "现在有效。"); {
		case ok != (online == ""), online == "" && !strings.Contains(text, "邻省政务服务平台（虚构）") || online != "" && !strings.Contains(text, r.Words) && !strings.Contains(text, "不能使用"):
			i.t.Errorf("%s, %s: the page does not fit %q %q", what, name, r.Reason, r.Words)
		}
		path := filepath.Join(i.t.TempDir(), name)
		i.must(os.WriteFile(path, form, 0o600))
		if hint, _ := tongban(i.t, "verify", path, "--trust", filepath.Join(i.dir, "trust.json"), "--lang", "en"); want == "" && !strings.Contains(hint, "with --node") {
			i.t.Errorf("%s, %s: by our own list it is not said how: %s", what, name, hint)
		}
		out, status := tongban(i.t, "verify", path, "--node", nodeFile, "--json")
		var said certificates.Report
		if err := json.Unmarshal([]byte(out), &said); err != nil || said.Reason != want || (want == "") != (status == 0) {
			i.t.Errorf("%s, %s: the command ends with %d: %s", what, name, status, out)
		}
	}
}

// Two installations of one region, with names of their own: what the one issues is
// verified at the other in every form, at every door; revoked, with other keys, and
// when it is recognised no more.
func TestNodes_everyFormOfTheNeighbour(t *testing.T) {
	there, wallet := neighbour(t)
	here := newIssuer(t)
	here.other = there
	old, err := there.Nodes.Own()
	there.must(err)
	mine, err := here.Nodes.Own()
	here.must(err)
	if old.Name == mine.Name || old.Region != mine.Region {
		t.Fatalf("%s and %s", old.Name, mine.Name)
	}
	here.everywhere("nobody's", there, old, "", "certificates.unknown_key")
	if s := here.shown(there.forms["wallet"], wallet); s == "valid" {
		t.Errorf("a wallet of nobody's: %s", s)
	}
	here.Time.Set(clock.System.Now()) // as the command has it
	there.Time.Set(here.Time.Now())
	n := here.recognise(old)
	list, err := here.Nodes.Published(auth.System(t.Context(), "test"))
	here.must(err)
	dir := t.TempDir()
	for name, b := range map[string][]byte{"list": []byte(list), "node": []byte(mine.Text), "pdf": there.forms["pdf"], "wallet": there.forms["wallet"], "bad": there.forms["pdf"][:30000]} {
		here.must(os.WriteFile(path.Join(dir, name), b, 0o600))
	}
	by := func(file string) (string, int) {
		return tongban(t, "verify", path.Join(dir, file), "--node", path.Join(dir, "node"), "--list", path.Join(dir, "list"), "--lang", "en")
	}
	for _, file := range []string{"pdf", "wallet"} {
		if out, status := by(file); status != 0 || !strings.Contains(out, "邻省政务服务平台（虚构）") {
			t.Errorf("%s, by the list that is published here: %d %s", file, status, out)
		}
	}
	if out, status := by("bad"); status != 4 || !strings.Contains(out, "(sign.truncated)") {
		t.Errorf("cut, by the list: %d %s", status, out)
	}
	here.everywhere("recognised", there, old, "", "")
	if s := here.shown(there.forms["wallet"], wallet); s != "valid" {
		t.Errorf("a wallet of the neighbour: %s", s)
	}
	// Other keys there: what was issued before is still good; what comes after is
	// signed with a key that the file entered here does not have.
	before := there.forms
	_, err = there.Keys.Rotate(ring.Order{Role: ring.Data, Reason: "定期更换"})
	there.must(err)
	_, err = there.Keys.Rotate(ring.Order{Role: ring.Token, Reason: "定期更换"})
	there.must(err)
	there.Time.Set(here.Time.Now())
	there.paper = there.issue(there.Time.Now().AddDate(1, 0, 0))
	now, err := there.Nodes.Own()
	there.must(err)
	if now.Fingerprint == old.Fingerprint {
		t.Error("other keys, and the same fingerprint")
	}
	after, err := there.Certificates.SignedData(auth.System(t.Context(), "test"), there.paper.Region, there.paper.ID)
	there.must(err)
	there.forms = map[string][]byte{"data": after.Data, "wallet": []byte(there.fetch(wallet))}
	here.everywhere("signed with the next key", there, now, "", "certificates.unknown_key")
	here.recognise(now)
	here.everywhere("the next file", there, now, "", "")
	there.forms = before
	here.everywhere("from before, by the next file", there, now, "", "")
	if s := here.shown(before["wallet"], wallet); s != "valid" {
		t.Errorf("a wallet from before: %s", s)
	}
	// Revoked there, between showing and checking.
	_, err = there.Certificates.Act(auth.System(t.Context(), "test"), node.District, there.first(), certificates.Order{Act: certificates.Revoke, Reason: "体检结论造假", Basis: "《中华人民共和国食品安全法》第四十五条第二款"})
	there.must(err)
	if s := here.shown(before["wallet"], wallet); s != "ended" {
		t.Errorf("a wallet, revoked: %s", s)
	}
	listed := map[string][]byte{"wallet": before["wallet"]}
	delete(before, "wallet")
	here.everywhere("revoked", there, now, "", "certificates.revoked")
	there.forms = listed
	here.everywhere("revoked, by the list", there, now, "", "certificates.ended")
	// Recognised no more.
	_, err = here.Nodes.Remove(here.As("示例安全管理员"), n.ID, "协议终止")
	here.must(err)
	there.forms = map[string][]byte{"data": after.Data, "wallet": listed["wallet"], "pdf": before["pdf"], "qr": before["qr"]}
	here.everywhere("removed", there, now, "", "certificates.nodes.removed")
	if s := here.shown(listed["wallet"], wallet); s == "valid" {
		t.Errorf("a wallet of a node that was removed: %s", s)
	}
}

// first is the certificate that the forms were made of first.
func (i *issuer) first() string {
	i.t.Helper()
	p, err := certificates.ParsePaper(dataOf(i.t, i.forms["data"]))
	i.must(err)
	return p.ID
}

func dataOf(t *testing.T, form []byte) string {
	t.Helper()
	var e struct {
		Data string `json:"data"`
	}
	if err := json.Unmarshal(form, &e); err != nil {
		t.Fatal(err)
	}
	return e.Data
}
