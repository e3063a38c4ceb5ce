package wallets_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/wallets"
	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/sdjwt"
	"tongban/platform/sign"
)

const (
	region = "449901"
	base   = "https://zwfw.tongban.example"
	office = "114499019000000222"
	kind   = "114499019000000222103" // health certificate
)

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

type world struct {
	t      *testing.T
	d      *db.DB
	clock  *clock.Fake
	papers *certificates.Service
	types  *kinds.Service
	s      *wallets.Service
	trust  certificates.Trust
}

func onBoth(t *testing.T, f func(w *world)) {
	t.Helper()
	tables := []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), certificates.Migrations()}
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) {
		w := &world{t: t, d: d, clock: clock.NewFake(start)}
		key, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", Clock: w.clock})
		if err != nil {
			t.Fatal(err)
		}
		keys := certificates.NodeKeys{Signer: key}
		w.trust = certificates.TrustOf(key, base)
		w.types = kinds.New(kinds.Deps{DB: d, Clock: w.clock})
		if err := w.types.Seed(t.Context(), region); err != nil {
			t.Fatal(err)
		}
		w.papers = certificates.New(certificates.Deps{DB: d, Clock: w.clock, Signer: keys, Checker: keys, Seal: key, Trust: w.trust, BaseURL: base, Regions: []string{region}, Kinds: w.types})
		w.s = wallets.New(wallets.Deps{DB: d, Clock: w.clock, Papers: w.papers, Types: w.types, Key: key.Token(), KeyID: sign.KeyID(key.Token().Public()), Secret: []byte("a secret of this test"), BaseURL: base,
			Trust: func() certificates.Trust { return w.trust }})
		f(w)
	})
}

func (w *world) issue() certificates.Paper {
	w.t.Helper()
	var p certificates.Paper
	err := w.d.Write(auth.System(w.t.Context(), "test"), func(tx *db.Tx) (err error) {
		p, err = w.papers.IssueTx(w.t.Context(), tx, certificates.Paper{Kind: certificates.Certificate, Region: region, Title: "健康证明", Type: kind, Issuer: office, IssuerName: "示例区市场监督管理局（虚构）",
			Owners: []string{"per_wang"}, HolderName: "王示例", HolderNumber: "1", Number: "健〔2026〕1号", ValidFrom: start, ValidUntil: start.AddDate(1, 0, 0),
			Fields: []certificates.Field{{Key: "name", Label: "姓名", Value: "王示例"}, {Key: "number", Label: "公民身份号码", Value: string(number.Fictional(region, 7))}, {Key: "sex", Label: "性别", Value: "男"}, {Key: "hospital", Label: "体检机构", Value: "示例区虚构医院"}, {Key: "examined", Label: "体检日期", Value: "2026年11月20日"}}})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func person(p string) context.Context {
	return auth.With(context.Background(), auth.Principal{ID: "acc_" + p, Kind: auth.KindPerson, Name: p, Person: p, Grants: []auth.Grant{{Permissions: []string{certificates.MayHold.Name}, Own: true}}})
}

func officer(who string, permissions ...string) context.Context {
	return auth.With(context.Background(), auth.Principal{ID: who, Kind: auth.KindOfficer, Name: who, Grants: []auth.Grant{{Permissions: permissions, Region: region, Org: office}}})
}

// wallet is somebody's device.
type wallet struct{ key *ecdsa.PrivateKey }

func newWallet(t *testing.T) wallet {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return wallet{k}
}

func (w wallet) Algorithm() string        { return "ECDSA-P256-SHA256" }
func (w wallet) Public() crypto.PublicKey { return w.key.Public() }
func (w wallet) Sign(m []byte) ([]byte, error) {
	sum := sha256.Sum256(m)
	return w.key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

// proof shows that the wallet has its key.
func (w wallet) proof(t *testing.T, nonce, audience string, at time.Time) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: w.key}, (&jose.SignerOptions{EmbedJWK: true}).WithType("openid4vci-proof+jwt"))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(map[string]any{"aud": audience, "nonce": nonce, "iat": at.Unix()})
	jws, err := s.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// codeOf reads the offer that a QR code holds.
func codeOf(t *testing.T, uri string) (offerID, code string) {
	t.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	inner, err := url.Parse(u.Query().Get("credential_offer_uri"))
	if err != nil {
		t.Fatal(err)
	}
	return inner.Path[strings.LastIndex(inner.Path, "/")+1:], inner.Query().Get("code")
}

// fetch brings a certificate into a wallet.
func (w *world) fetch(p certificates.Paper, into wallet) string {
	w.t.Helper()
	o, err := w.s.Offer(person("per_wang"), region, p.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	offerID, code := codeOf(w.t, o.URI)
	offer, err := w.s.Offered(context.Background(), region, offerID, code)
	if err != nil || offer.Issuer != base || offer.Configurations[0] != kind {
		w.t.Fatalf("%+v, %v", offer, err)
	}
	g, err := w.s.Redeem(context.Background(), code, o.PIN, "")
	if err != nil {
		w.t.Fatal(err)
	}
	credential, err := w.s.Issue(context.Background(), g.Token, kind, into.proof(w.t, w.s.Nonce(), base, w.clock.Now()))
	if err != nil {
		w.t.Fatal(err)
	}
	return credential
}

func (w *world) key(sdjwt.Header) (crypto.PublicKey, error) { return w.s.Key.Public(), nil }

// A certificate comes into a wallet once, to its holder, with the number on
// the screen and the key of the wallet.
func TestOffer_fetchedOnce(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p, mine := w.t, w.issue(), newWallet(w.t)
		for _, who := range []context.Context{person("per_li"), officer("acc_o", certificates.MayRead.Name)} {
			if _, err := w.s.Offer(who, region, p.ID); err == nil {
				t.Error("somebody else is offered the certificate")
			}
		}
		o, err := w.s.Offer(person("per_wang"), region, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		offerID, code := codeOf(t, o.URI)
		if _, err := w.s.Offered(context.Background(), region, offerID, code+"x"); !errors.Is(err, wallets.ErrGrant) {
			t.Errorf("another code: %v", err)
		}
		details := `[{"type":"openid_credential","credential_configuration_id":"` + kind + `"}]`
		if _, err := w.s.Redeem(context.Background(), code, o.PIN, strings.Replace(details, kind, office+"001", 1)); !errors.Is(err, wallets.ErrDetails) {
			t.Errorf("details of another type: %v", err)
		}
		g, err := w.s.Redeem(context.Background(), code, o.PIN, details)
		if err != nil || g.Life <= 0 || g.Type != kind || wallets.ConfigurationOf(g.Identifier) != kind {
			t.Fatal(g, err)
		}
		token := g.Token
		if _, err := w.s.Redeem(context.Background(), code, o.PIN, ""); !errors.Is(err, wallets.ErrGrant) {
			t.Errorf("the code twice: %v", err)
		}
		nonce := w.s.Nonce()
		for name, c := range map[string]struct {
			token, kind, proof string
			want               error
		}{
			"another type":    {token, office + "001", mine.proof(t, nonce, base, start), wallets.ErrConfig},
			"for another":     {token, kind, mine.proof(t, nonce, "https://other.example", start), wallets.ErrProof},
			"no nonce":        {token, kind, mine.proof(t, "", base, start), wallets.ErrProof},
			"an old nonce":    {token, kind, mine.proof(t, base64.RawURLEncoding.EncodeToString(make([]byte, 48)), base, start), wallets.ErrNonce},
			"made long ago":   {token, kind, mine.proof(t, nonce, base, start.Add(-time.Hour)), wallets.ErrProof},
			"no proof at all": {token, kind, "a.b.c", wallets.ErrProof},
			"another token":   {region + "." + id.Secret(20), kind, mine.proof(t, nonce, base, start), wallets.ErrToken},
		} {
			if _, err := w.s.Issue(context.Background(), c.token, c.kind, c.proof); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		proof := mine.proof(t, nonce, base, start)
		credential, err := w.s.Issue(context.Background(), token, kind, proof)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Issue(context.Background(), token, kind, proof); !errors.Is(err, wallets.ErrToken) {
			t.Errorf("the token twice: %v", err)
		}
		again, err := w.s.Offer(person("per_wang"), region, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, code = codeOf(t, again.URI)
		if g, err = w.s.Redeem(context.Background(), code, again.PIN, ""); err != nil || g.Identifier != "" {
			t.Fatal(g, err)
		}
		if _, err := w.s.Issue(context.Background(), g.Token, kind, proof); !errors.Is(err, wallets.ErrNonce) {
			t.Errorf("the proof with another token: %v", err)
		}
		if _, err := w.s.Issue(context.Background(), g.Token, kind, mine.proof(t, w.s.Nonce(), base, start)); err != nil {
			t.Errorf("a new proof after it: %v", err)
		}
		r, err := sdjwt.Verify(credential, sdjwt.Check{Key: w.key, Types: []string{"dc+sd-jwt"}, Now: start})
		if err != nil || r.Claims["hospital"] != "示例区虚构医院" || r.Claims["vct"] != base+"/certificate-types/"+kind || r.Holder == nil || r.KeyID != w.s.KeyID {
			t.Errorf("%+v, %v", r.Claims, err)
		}
		parsed, _ := sdjwt.Parse(credential)
		bare, _ := parsed.Present(func([]string) bool { return false })
		if s := bare.String(); strings.Contains(decoded(s), "王示例") || strings.Contains(decoded(s), p.Number) {
			t.Error("who shows nothing is named all the same")
		}
	})
}

// decoded is the signed part as text.
func decoded(token string) string {
	raw, _ := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	return string(raw)
}

func TestRedeem_guessing(t *testing.T) {
	onBoth(t, func(w *world) {
		p := w.issue()
		o, err := w.s.Offer(person("per_wang"), region, p.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		_, code := codeOf(w.t, o.URI)
		for range 5 {
			if _, err := w.s.Redeem(context.Background(), code, "000000"+o.PIN, ""); !errors.Is(err, wallets.ErrGrant) {
				w.t.Errorf("a wrong number: %v", err)
			}
		}
		if _, err := w.s.Redeem(context.Background(), code, o.PIN, ""); !errors.Is(err, wallets.ErrGrant) {
			w.t.Errorf("the sixth try: %v", err)
		}
		late, err := w.s.Offer(person("per_wang"), region, p.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		w.clock.Advance(11 * time.Minute)
		_, code = codeOf(w.t, late.URI)
		if _, err := w.s.Redeem(context.Background(), code, late.PIN, ""); !errors.Is(err, wallets.ErrGrant) {
			w.t.Errorf("too late: %v", err)
		}
		w.clock.Advance(48 * time.Hour)
		if err := w.s.Sweep(context.Background()); err != nil {
			w.t.Error(err)
		}
	})
}

// What happens to the certificate shows in the status list of every copy.
func TestStatusList(t *testing.T) {
	onBoth(t, func(w *world) {
		t := w.t
		for _, r := range []string{region, "999999"} {
			if _, err := w.s.StatusList(context.Background(), r, 1); !errors.Is(err, wallets.ErrNoList) {
				t.Errorf("a list that nobody is in: %v", err)
			}
		}
		papers := []certificates.Paper{w.issue(), w.issue(), w.issue()}
		var at []int64
		uri := ""
		for _, p := range papers {
			r, err := sdjwt.Verify(w.fetch(p, newWallet(t)), sdjwt.Check{Key: w.key, Now: start})
			if err != nil {
				t.Fatal(err)
			}
			status := r.Claims["status"].(map[string]any)["status_list"].(map[string]any)
			n, _ := status["idx"].(json.Number).Int64()
			at, uri = append(at, n), status["uri"].(string)
		}
		chief := officer("acc_d", certificates.MayManage.Name, certificates.MayRead.Name)
		for i, act := range []certificates.Act{certificates.Suspend, certificates.Withdraw} {
			if _, err := w.papers.Act(chief, region, papers[i].ID, certificates.Order{Act: act, Reason: "查实", Basis: "法"}); err != nil {
				t.Fatal(err)
			}
		}
		check := func(want ...int) {
			t.Helper()
			token, err := w.s.StatusList(context.Background(), region, 1)
			if err != nil {
				t.Fatal(err)
			}
			body, h, err := sdjwt.Open(token, w.key)
			if err != nil || h.Type != "statuslist+jwt" {
				t.Fatalf("%+v, %v", h, err)
			}
			var list struct {
				Sub    string `json:"sub"`
				Status struct {
					Bits int    `json:"bits"`
					List string `json:"lst"`
				} `json:"status_list"`
			}
			if err := json.Unmarshal(body, &list); err != nil || list.Sub != uri || list.Status.Bits != 2 {
				t.Fatalf("%s, %v", body[:min(200, len(body))], err)
			}
			packed, err := base64.RawURLEncoding.DecodeString(list.Status.List)
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range at {
				if got, err := wallets.StatusOf(packed, n); err != nil || got != want[i] {
					t.Errorf("certificate %d is %d, want %d, %v", i, got, want[i], err)
				}
			}
		}
		check(2, 1, 0)
		if _, err := w.papers.Act(chief, region, papers[0].ID, certificates.Order{Act: certificates.Restore, Reason: "期满", Basis: "法"}); err != nil {
			t.Fatal(err)
		}
		check(0, 1, 0)
		w.clock.Set(start.AddDate(1, 0, 1)) // expired, without anybody having looked
		check(1, 1, 1)
	})
}

// A counter asks, the holder shows a part, the counter reads that part.
func TestAsk(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p, mine := w.t, w.issue(), newWallet(w.t)
		credential := w.fetch(p, mine)
		clerk := officer("acc_clerk", wallets.MayAsk.Name)
		for _, bad := range []wallets.Wanted{{Type: kind}, {Type: kind, Claims: []string{"salary"}}} {
			if _, err := w.s.Ask(clerk, region, bad, "查验"); !errors.Is(err, wallets.ErrWanted) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, err := w.s.Ask(clerk, region, wallets.Wanted{Type: kind, Claims: []string{"name"}}, " "); !errors.Is(err, wallets.ErrWanted) {
			t.Errorf("without a purpose: %v", err)
		}
		ask := func() (wallets.Request, url.Values) {
			q, err := w.s.Ask(clerk, region, wallets.Wanted{Type: kind, Claims: []string{"name", "examined"}}, "从业人员健康检查")
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(q.URI)
			if err != nil {
				t.Fatal(err)
			}
			return q, u.Query()
		}
		show := func(token string, by wallet, v url.Values, keep ...string) string {
			parsed, err := sdjwt.Parse(token)
			if err != nil {
				t.Fatal(err)
			}
			part, err := parsed.Present(func(path []string) bool { return strings.Contains(strings.Join(keep, " "), path[0]) })
			if err != nil {
				t.Fatal(err)
			}
			bound, err := part.Bind(by, sdjwt.Binding{Audience: v.Get("client_id"), Nonce: v.Get("nonce"), At: w.clock.Now()})
			if err != nil {
				t.Fatal(err)
			}
			out, _ := json.Marshal(map[string][]string{"certificate": {bound.String()}})
			return string(out)
		}
		q, v := ask()
		if !strings.HasPrefix(v.Get("client_id"), "redirect_uri:"+base) || !strings.Contains(v.Get("dcql_query"), `"examined"`) {
			t.Fatalf("%v", v)
		}
		if q := v.Get("dcql_query"); strings.Contains(q, "claim_sets") || strings.Contains(q, `"id":"0"`) {
			t.Errorf("a choice where there is none: %s", q)
		}
		some, err := w.s.Ask(clerk, region, wallets.Wanted{Type: kind, Claims: []string{"name", "identifier"}}, "查验")
		if u, _ := url.Parse(some.URI); err != nil || !strings.Contains(u.Query().Get("dcql_query"), `"claim_sets":[["0","1"],["1"]]`) {
			t.Errorf("%s, %v", some.URI, err)
		}
		thief := newWallet(t)
		for name, c := range map[string]struct {
			state, token string
			want         error
		}{
			"another state":  {"x", show(credential, mine, v, "name examined"), wallets.ErrNoRequest},
			"a copied token": {v.Get("state"), show(credential, thief, v, "name examined"), wallets.ErrShown},
			"a part":         {v.Get("state"), show(credential, mine, v, "name"), wallets.ErrIncomplete},
			"nothing":        {v.Get("state"), "{}", wallets.ErrShown},
			"no JSON":        {v.Get("state"), "hello", wallets.ErrShown},
		} {
			if err := w.s.Answer(context.Background(), region, q.ID, c.state, c.token); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.s.Answer(context.Background(), region, q.ID, v.Get("state"), show(credential, mine, v, "name examined hospital")); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Answer(context.Background(), region, q.ID, v.Get("state"), show(credential, mine, v, "name examined")); !errors.Is(err, wallets.ErrAnswered) {
			t.Errorf("answered twice: %v", err)
		}
		got, err := w.s.Result(clerk, region, q.ID)
		if err != nil || got.Shown == nil || !got.Shown.Good() || got.Shown.Claims["name"] != "王示例" || got.Shown.Claims["hospital"] != "" {
			t.Errorf("%+v, %v", got.Shown, err)
		}
		if _, err := w.s.Result(officer("acc_other", wallets.MayAsk.Name), region, q.ID); !errors.Is(err, wallets.ErrNoRequest) {
			t.Errorf("a colleague reads it: %v", err)
		}
		// Withdrawn between two showings: the second says so.
		if _, err := w.papers.Act(officer("acc_d", certificates.MayManage.Name, certificates.MayRead.Name), region, p.ID, certificates.Order{Act: certificates.Withdraw, Reason: "查实", Basis: "法"}); err != nil {
			t.Fatal(err)
		}
		q, v = ask()
		if err := w.s.Answer(context.Background(), region, q.ID, v.Get("state"), show(credential, mine, v, "name examined")); err != nil {
			t.Fatal(err)
		}
		if got, err := w.s.Result(clerk, region, q.ID); err != nil || got.Shown.Good() || got.Shown.Status != "withdrawn" {
			t.Errorf("%+v, %v", got.Shown, err)
		}
		// From another installation: trusted only when its key is on the list.
		foreign, _ := sdjwt.Issue(sdjwt.Claims{"iss": "https://other.example", "vct": base + "/certificate-types/" + kind, "name": sdjwt.Hidden{Value: "李示例"}, "cnf": map[string]any{"jwk": jose.JSONWebKey{Key: mine.Public()}}},
			sdjwt.Options{Key: thief, KeyID: sign.KeyID(thief.Public()), Type: "dc+sd-jwt"})
		q, v = ask()
		if err := w.s.Answer(context.Background(), region, q.ID, v.Get("state"), show(foreign, mine, v, "name")); !errors.Is(err, wallets.ErrShown) {
			t.Errorf("an issuer that nobody knows: %v", err)
		}
		w.clock.Advance(time.Hour)
		if err := w.s.Answer(context.Background(), region, q.ID, v.Get("state"), show(credential, mine, v, "name")); !errors.Is(err, wallets.ErrLate) {
			t.Errorf("too late: %v", err)
		}
	})
}
