package certificates

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/gov/certificates/metadata"
	"tongban/gov/certificates/pages"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/jws"
	"tongban/platform/ofd"
	"tongban/platform/ofd/ofdtest"
	"tongban/platform/sign"
)

func system() context.Context { return auth.System(context.Background(), "test") }

// tokenOf is a paper as a token, for its holder.
func (w *world) tokenOf(p Paper, algorithm string, asJSON bool) []byte {
	w.t.Helper()
	f, err := w.s.Token(resident(holder, ""), p.Region, p.ID, algorithm, asJSON)
	if err != nil {
		w.t.Fatal(err)
	}
	return f.Data
}

func code(err error) string { return fault.Of(err).Code }

func TestToken_everyAlgorithm(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(licence())
		for _, algorithm := range []string{jws.EdDSA, jws.ES256, jws.SM2} {
			for _, asJSON := range []bool{false, true} {
				file := w.tokenOf(p, algorithm, asJSON)
				r := VerifyFile(file, w.trust, start)
				if !r.OK || !r.Genuine || !r.FileSignatureOK || !r.DataSignatureOK || !r.PagesMatch || !r.WholeDocument || r.Online || r.Form != FormJWS || r.Algorithm != algorithm || r.Paper.Code != p.Code {
					t.Errorf("%s: %+v", algorithm, r)
				}
				online, err := w.s.CheckFile(context.Background(), file, "test")
				if err != nil || !online.OK || !online.Online {
					t.Errorf("%s, with the record: %+v %v", algorithm, online, err)
				}
			}
		}
		if _, err := w.s.Token(resident(holder, ""), p.Region, p.ID, "HS256", false); !errors.Is(err, ErrAlgorithm) {
			t.Errorf("HS256: %v", err)
		}
		if _, err := w.s.Token(resident(stranger, ""), p.Region, p.ID, "", false); !errors.Is(err, ErrNoPaper) {
			t.Errorf("a stranger: %v", err)
		}
		data, err := w.s.SignedData(resident(holder, ""), p.Region, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if r := VerifyFile(data.Data, w.trust, start); !r.OK || r.Form != FormData || r.KeyID != w.signer.KeyID() {
			t.Errorf("signed data: %+v", r)
		}
	})
}

// Somebody else's library checks a token by the published keys.
func TestToken_otherLibrary(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	var keys jose.JSONWebKeySet
	usable := map[string]json.RawMessage{}
	var published struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(w.trust.JWKS(), &published); err != nil {
		t.Fatal(err)
	}
	for _, raw := range published.Keys { // the library knows no SM2
		var k jose.JSONWebKey
		if json.Unmarshal(raw, &k) == nil {
			keys.Keys = append(keys.Keys, k)
			usable[k.KeyID] = raw
		}
	}
	if len(published.Keys) != 3 || len(usable) != 2 {
		t.Fatalf("%d keys are published, of which %d can be used", len(published.Keys), len(usable))
	}
	for _, algorithm := range []string{jws.EdDSA, jws.ES256} {
		for _, asJSON := range []bool{false, true} {
			token, err := jose.ParseSigned(string(w.tokenOf(p, algorithm, asJSON)), []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256})
			if err != nil {
				t.Fatal(err)
			}
			payload, err := token.Verify(&keys)
			if err != nil {
				t.Fatalf("%s: %v", algorithm, err)
			}
			var said struct {
				Issuer   string            `json:"iss"`
				ID       string            `json:"jti"`
				Expires  int64             `json:"exp"`
				Metadata map[string]string `json:"metadata"`
			}
			if err := json.Unmarshal(payload, &said); err != nil {
				t.Fatal(err)
			}
			m := said.Metadata
			if said.Issuer != base || said.ID != p.Identifier || said.Expires != p.ValidUntil.Unix() || m["ZZMC"] != "餐饮店综合许可证" || m["ZZBS"] != p.Identifier || m["ZZBH"] != p.Number ||
				m["CZZT"] != p.HolderName || m["CZZTDM"] != company || m["ZZBFJGDM"] != office || m["ZZBFRQ"] != "2026-11-23" || m["ZZYXQJZRQ"] != "2031-11-22" || m["ZZQZMC"] != p.IssuerName || m["KZ_PERSON"] != rareName {
				t.Errorf("%s: %s", algorithm, payload)
			}
		}
	}
}

// refusals are the reasons for which a changed file may be refused. A tilde at
// the end makes a token look like a wallet's credential, and is refused as one.
var refusals = map[string]bool{"jws.syntax": true, "sdjwt.malformed": true, "jws.algorithm": true, "jws.signature": true, "certificates.unknown_key": true, "certificates.no_data": true,
	"certificates.data_signature": true, "sign.not_pdf": true, "certificates.metadata_differ": true}

func TestToken_everyByteCounts(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	data, err := w.s.SignedData(resident(holder, ""), p.Region, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	v := NewVerifier(w.trust)
	for form, file := range map[string][]byte{"compact": w.tokenOf(p, jws.EdDSA, false), "JSON": w.tokenOf(p, jws.SM2, true), "data": data.Data} {
		for i := range file {
			bad := bytes.Clone(file)
			bad[i] ^= 1 << (i % 8)
			if r := v.File(bad, start); r.Genuine || r.OK || !refusals[r.Reason] {
				t.Fatalf("%s: byte %d may be changed: %+v", form, i, r)
			}
		}
		for n := 0; n < len(file); n += 7 {
			if r := v.File(file[:n], start); r.Genuine || !refusals[r.Reason] {
				t.Fatalf("%s: the first %d bytes alone: %+v", form, n, r)
			}
		}
	}
}

// forged is a token with other claims, signed with a key.
func forged(t *testing.T, w *world, p Paper, key sign.KeyHolder, typ string, change func(*claims)) []byte {
	t.Helper()
	f, err := w.s.Paper(system(), p.Region, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	e, err := f.envelope()
	if err != nil {
		t.Fatal(err)
	}
	c := claimsOf(f.Paper, base, f.described().Entries(metadata.Newest, nil), e)
	if change != nil {
		change(&c)
	}
	payload, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jws.Sign(payload, key, typ)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(token.Compact())
}

// A token of the release before the name of the seal was among the metadata is as
// good as ever; receivers of that release get one when they ask for it.
func TestToken_earlierMetadata(t *testing.T) {
	file, err := os.ReadFile("metadata/testdata/metadata-1.jws")
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile("metadata/testdata/metadata-1.trust.json")
	if err != nil {
		t.Fatal(err)
	}
	trust, err := ParseTrust(list)
	if err != nil {
		t.Fatal(err)
	}
	if r := VerifyFile(file, trust, start); !r.OK || !r.PagesMatch || r.Paper.Code == "" {
		t.Errorf("of the release before: %+v", r)
	}
	w := newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	for version, said := range map[int]bool{metadata.First: false, metadata.Newest: true} {
		f, err := w.s.TokenFor(resident(holder, ""), p.Region, p.ID, jws.EdDSA, true, version)
		if err != nil {
			t.Fatal(err)
		}
		token, err := jws.Parse(f.Data)
		if err != nil || strings.Contains(string(token.Payload), `"ZZQZMC":`) != said {
			t.Errorf("version %d: %v %s", version, err, token.Payload)
		}
		if r := VerifyFile(f.Data, w.trust, start); !r.OK {
			t.Errorf("version %d: %+v", version, r)
		}
	}
}

func TestToken_wrongKeys(t *testing.T) {
	w, other := newWorld(t, dbtestSQLite(t)), newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	renamed := func(c *claims) { c.Metadata[0].Value = "另一个证" }
	for what, c := range map[string]struct {
		file []byte
		want error
	}{
		"key of somebody else":           {forged(t, w, p, other.signer.Data(), JWSType, nil), ErrUnknownKey},
		"key of tokens in wallets":       {forged(t, w, p, w.signer.Token(), JWSType, nil), ErrUnknownKey},
		"made for something else":        {forged(t, w, p, w.signer.Data(), "JWT", nil), ErrNoData},
		"other metadata":                 {forged(t, w, p, w.signer.Paper(), JWSType, renamed), ErrMetadataDiffer},
		"an entry more":                  {forged(t, w, p, w.signer.Paper(), JWSType, func(c *claims) { c.Metadata = append(c.Metadata, metadata.Entry{Name: "KZ_X", Value: "x"}) }), ErrMetadataDiffer},
		"an entry of the standard more":  {forged(t, w, p, w.signer.Paper(), JWSType, func(c *claims) { c.Metadata = append(c.Metadata, metadata.Entry{Name: "ZZXX", Value: "x"}) }), ErrMetadataNewer},
		"more, and something else":       {forged(t, w, p, w.signer.Paper(), JWSType, func(c *claims) { renamed(c); c.Metadata = append(c.Metadata, metadata.Entry{Name: "ZZXX", Value: "x"}) }), ErrMetadataDiffer},
		"another seal":                   {forged(t, w, p, w.signer.Paper(), JWSType, func(c *claims) { c.Metadata[14].Value += "专用章" }), ErrMetadataDiffer},
		"longer validity":                {forged(t, w, p, w.signer.SM2(), JWSType, func(c *claims) { c.Expires++ }), ErrMetadataDiffer},
		"other data inside":              {forged(t, w, p, w.signer.SM2(), JWSType, func(c *claims) { c.Paper.Data = strings.Replace(c.Paper.Data, "虚构餐饮", "虚构饮食", 1) }), ErrDataSignature},
		"data signed by somebody else":   {forged(t, w, p, w.signer.Data(), JWSType, func(c *claims) { c.Paper.Key = other.signer.KeyID() }), ErrUnknownKey},
		"no data inside":                 {forged(t, w, p, w.signer.Data(), JWSType, func(c *claims) { c.Paper = envelope{} }), ErrNoData},
		"signed with none":               {[]byte("eyJhbGciOiJub25lIn0.e30."), jws.ErrAlgorithm},
		"the name of another's key":      {retitled(t, forged(t, w, p, other.signer.Data(), JWSType, nil), w.signer.KeyID()), jws.ErrSignature},
		"the name of a key of other use": {retitled(t, forged(t, w, p, w.signer.Data(), JWSType, nil), sign.KeyID(w.signer.SM2().Public())), jws.ErrAlgorithm},
	} {
		if r := VerifyFile(c.file, w.trust, start); r.Genuine || r.OK || r.Reason != code(c.want) {
			t.Errorf("%s: %+v", what, r)
		}
	}
}

// retitled puts another key id into the header of a token.
func retitled(t *testing.T, token []byte, kid string) []byte {
	t.Helper()
	parts := strings.Split(string(token), ".")
	parts[0] = encodeHeader(`{"alg":"EdDSA","kid":"` + kid + `","typ":"` + JWSType + `"}`)
	return []byte(strings.Join(parts, "."))
}

func TestToken_whatBecameOfThePaper(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(licence())
		file := w.tokenOf(p, jws.SM2, false)
		w.clock.Set(p.ValidUntil.Add(time.Second))
		r, err := w.s.CheckFile(context.Background(), file, "test")
		if err != nil || r.OK || !r.Genuine || r.Status != Expired || r.Reason != code(ErrExpired) {
			t.Errorf("expired: %+v %v", r, err)
		}
		w.clock.Set(start)
		if _, err := w.s.Act(officer("off", office, MayManage.Name, MayRead.Name), p.Region, p.ID, Order{Act: Revoke, Reason: "示例", Basis: "《示例法》第一条"}); err != nil {
			t.Fatal(err)
		}
		r, err = w.s.CheckFile(context.Background(), file, "test")
		if err != nil || r.OK || !r.Genuine || r.Status != Revoked || r.Because != "示例" {
			t.Errorf("revoked between showing and checking: %+v %v", r, err)
		}
	})
}

// After new keys, tokens of the former ones are checked by their key id.
func TestToken_formerKeys(t *testing.T) {
	old, now := newWorld(t, dbtestSQLite(t)), newWorld(t, dbtestSQLite(t))
	p := old.issue(licence())
	list := now.trust.With(old.trust)
	for _, algorithm := range []string{jws.EdDSA, jws.ES256, jws.SM2} {
		file := old.tokenOf(p, algorithm, false)
		if r := VerifyFile(file, list, start); !r.OK {
			t.Errorf("%s: %+v", algorithm, r)
		}
		if r := VerifyFile(file, now.trust, start); r.Genuine || r.Reason != code(ErrUnknownKey) {
			t.Errorf("%s by the new keys alone: %+v", algorithm, r)
		}
	}
}

func encodeHeader(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func (w *world) ofdOf(p Paper) []byte {
	w.t.Helper()
	f, err := w.s.OFD(resident(holder, ""), p.Region, p.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return f.Data
}

func TestOFD_everyKind(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	for _, p := range everyKind() {
		p = w.issue(p)
		file := w.ofdOf(p)
		if !bytes.Equal(file, w.ofdOf(p)) {
			t.Errorf("%s: there are two files of one paper", p.Title)
		}
		r := VerifyFile(file, w.trust, start)
		if !r.OK || !r.FileSignatureOK || !r.WholeDocument || !r.DataSignatureOK || !r.PagesMatch || r.Form != FormOFD || r.Algorithm != sign.SM2 || r.SignedBy != "示例节点" {
			t.Errorf("%s: %+v", p.Title, r)
		}
		if online, err := w.s.CheckFile(context.Background(), file, "test"); err != nil || !online.OK || !online.Online {
			t.Errorf("%s, with the record: %+v %v", p.Title, online, err)
		}
		f, err := ofd.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		entries := map[string]string{}
		for _, e := range f.Entries {
			entries[e.Name] = e.Value
		}
		if entries["ZZBH"] != p.Number || entries["CZZT"] != p.HolderName || entries["ZZBFJGDM"] != p.Issuer || entries["ZZBS"] != p.Identifier || entries["ZZQZMC"] != p.IssuerName {
			t.Errorf("%s: metadata %v", p.Title, entries)
		}
	}
}

func TestOFD_refused(t *testing.T) {
	w, other := newWorld(t, dbtestSQLite(t)), newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	file := w.ofdOf(p)
	if r := VerifyFile(file, other.trust, start); r.Genuine || r.Reason != code(sign.ErrUnknownIssuer) {
		t.Errorf("by the keys of somebody else: %+v", r)
	}
	noData := w.trust
	noData.Keys = other.trust.Keys
	if r := VerifyFile(file, noData, start); r.Genuine || r.Reason != code(ErrUnknownKey) {
		t.Errorf("by the seal alone: %+v", r)
	}
	v := NewVerifier(w.trust)
	for i := 0; i < len(file); i += 23 {
		bad := bytes.Clone(file)
		bad[i] ^= 1 << (i % 8)
		if r := v.File(bad, start); r.Genuine || r.OK || r.Reason == "" {
			t.Fatalf("byte %d may be changed: %+v", i, r)
		}
	}
	if r := v.File([]byte("PK\x03\x04"), start); r.Genuine || r.Reason != code(ofd.ErrNotOFD) {
		t.Errorf("%+v", r)
	}
}

// ofdOfEvery is the OFD file of a paper of every kind, copies included.
func ofdOfEvery(w *world) map[string][]byte {
	w.t.Helper()
	out := map[string][]byte{}
	for _, p := range everyKind() {
		p = w.issue(p)
		out[p.Number+" "+p.Title] = w.ofdOf(p)
		if p.Kind != Certificate {
			continue
		}
		f, err := w.s.Paper(system(), p.Region, p.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		err = w.d.Write(system(), func(tx *db.Tx) error {
			c, err := w.s.IssueCopyTx(system(), tx, f, CopyOf{Office: office, OfficeName: "示例区税务局（虚构）", Purpose: "办理税务登记"}, start.AddDate(0, 1, 0))
			p = c
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
		c, err := w.s.OFD(system(), p.Region, p.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		out[p.Number+" "+p.Title] = c.Data
	}
	return out
}

func TestOFD_validates(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	for what, file := range ofdOfEvery(w) {
		if n := ofdtest.Valid(t, file); n < 7+4 {
			t.Errorf("%s: %d parts were validated", what, n)
		}
	}
}

// Somebody else's program opens every kind of paper and finds its seal good.
func TestOFD_otherReader(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	for what, file := range ofdOfEvery(w) {
		number, title, _ := strings.Cut(what, " ")
		said := pages.Plain(ofdtest.Read(t, file, title))
		for _, want := range []string{number, title, "sealverified"} {
			if !strings.Contains(said, pages.Plain(want)) {
				t.Errorf("%s: %q is not in what the reader says: %s", what, want, said)
			}
		}
	}
}
