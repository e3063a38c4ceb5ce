package certificates

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/gov/certificates/credential"
	"tongban/platform/db"
	"tongban/platform/jws"
	"tongban/platform/sdjwt"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

// held is a certificate as a wallet gets it, with the key of the wallet; place is
// in a status list of the node.
func (w *world) held(p Paper, place int64, change func(sdjwt.Claims)) (sdjwt.Token, sdjwt.Key) {
	w.t.Helper()
	wallet := newWorld(w.t, dbtestSQLite(w.t)).signer.Token()
	c := sdjwt.Claims{"iss": base, "vct": base + "/certificate-types/" + p.Type, "iat": p.IssuedAt.Unix(), "exp": p.ValidUntil.Unix(), "cnf": map[string]any{"jwk": &jose.JSONWebKey{Key: wallet.Public()}},
		"status":    map[string]any{"status_list": map[string]any{"idx": place, "uri": credential.ListAt(base, p.Region, 1)}},
		"type_name": p.Title, "issuing_authority": p.IssuerName, "issuing_authority_code": p.Issuer,
		"certificate_number": sdjwt.Hidden{Value: p.Number}, "holder_name": sdjwt.Hidden{Value: p.HolderName}, "holder_number": sdjwt.Hidden{Value: p.HolderNumber}}
	for _, f := range p.Fields {
		c[f.Key] = sdjwt.Hidden{Value: f.Value}
	}
	if change != nil {
		change(c)
	}
	text, err := sdjwt.Issue(c, sdjwt.Options{Key: w.signer.Token(), KeyID: sign.KeyID(w.signer.Token().Public()), Type: credential.Type, Decoys: 2})
	if err != nil {
		w.t.Fatal(err)
	}
	t, err := sdjwt.Parse(text)
	if err != nil {
		w.t.Fatal(err)
	}
	return t, wallet
}

// allForms are the forms of a certificate and of a copy of it.
func (w *world) allForms(p Paper) map[string][]byte {
	w.t.Helper()
	out := map[string][]byte{"pdf": w.file(p), "ofd": w.ofdOf(p), "qr": []byte(w.scan(p, 0)), "qr bare": []byte(w.scan(p, 1))}
	for _, a := range []string{jws.EdDSA, jws.ES256, jws.SM2} {
		out["jws "+a], out["jws json "+a] = w.tokenOf(p, a, false), w.tokenOf(p, a, true)
	}
	data, err := w.s.SignedData(resident(holder, ""), p.Region, p.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	out["data"] = data.Data
	token, key := w.held(p, 7, nil)
	out["wallet"] = []byte(token.String())
	if token, err = token.Bind(key, sdjwt.Binding{Audience: "somebody", Nonce: "n", At: start}); err != nil {
		w.t.Fatal(err)
	}
	out["wallet bound"] = []byte(token.String())
	f, err := w.s.Paper(system(), p.Region, p.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	var c Paper
	if err := w.d.Write(system(), func(tx *db.Tx) (err error) {
		c, err = w.s.IssueCopyTx(system(), tx, f, CopyOf{Office: office, OfficeName: p.IssuerName, Purpose: "办理示例业务"}, start.AddDate(0, 1, 0))
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	out["copy"] = w.file(c)
	return out
}

// reasons are what a changed file of a form may be refused for.
var reasons = map[string][]string{
	"pdf":    {"sign.tampered", "sign.truncated", "sign.appended", "sign.partial", "sign.not_pdf", "sign.unsupported", "sign.not_signed", "certificates.unknown_key"}, // the last: of who vouches for the pages
	"copy":   {"sign.tampered", "sign.truncated", "sign.appended", "sign.partial", "sign.not_pdf", "sign.unsupported", "sign.not_signed", "certificates.unknown_key"},
	"ofd":    {"ofd.not_ofd", "ofd.hostile", "sign.tampered", "sign.partial", "sign.not_signed", "sign.unsupported", "sign.not_pdf", "sign.unknown_issuer", "certificates.unknown_key", "certificates.pages_differ"},
	"jws":    {"jws.syntax", "sdjwt.malformed", "jws.algorithm", "jws.signature", "certificates.unknown_key", "sign.not_pdf"},
	"data":   {"jws.syntax", "certificates.unknown_key", "certificates.data_signature", "sign.not_pdf"},
	"qr":     {"certificates.code_damaged", "certificates.code_only", "certificates.unknown_key", "certificates.data_signature", "sign.not_pdf", "jws.syntax"},
	"wallet": {"sdjwt.malformed", "sdjwt.signature", "sdjwt.disclosure", "sdjwt.binding", "certificates.unknown_key", "certificates.credential.none", "jws.syntax", "jws.algorithm", "sign.not_pdf"},
}

// Whatever is changed in whatever form, at any byte and at any length, is refused,
// for a reason that fits the form.
func TestMatrix_everyFormChangedAndCut(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	v := NewVerifier(w.trust)
	for name, good := range w.allForms(p) {
		form, _, _ := strings.Cut(name, " ")
		whole := v.File(good, start)
		if !whole.OK || !whole.Genuine || whole.Reason != "" {
			t.Fatalf("%s as issued: %+v", name, whole)
		}
		check := func(what string, bad []byte) {
			r := v.File(bad, start)
			if form == "qr" && reflect.DeepEqual(r, whole) {
				return // it is packed otherwise and says the very same
			}
			if r.OK || r.Genuine || !slices.Contains(reasons[form], r.Reason) {
				t.Errorf("%s, %s: genuine %v, %q", name, what, r.Genuine, r.Reason)
			}
		}
		step := max(1, len(good)/1500)
		for i := 0; i < len(good); i += step {
			bad := bytes.Clone(good)
			if bad[i] ^= 1 << (i % 7); form == "qr" && i < strings.Index(string(good), "#") {
				continue // the address before the claims leads somewhere and proves nothing
			}
			check(fmt.Sprintf("byte %d changed", i), bad)
		}
		for i := range 400 {
			n := i * len(good) / 400
			if form == "wallet" && good[max(0, n-1)] == '~' {
				continue // shorter by whole disclosures: they are withheld
			}
			check(fmt.Sprintf("cut at %d of %d", n, len(good)), good[:n])
		}
		if t.Failed() {
			return
		}
	}
}

// replaced changes the first place of a text in a file, keeping its length.
func replaced(t *testing.T, b []byte, old, with string) []byte {
	t.Helper()
	i := bytes.Index(b, []byte(old))
	if i < 0 || len(old) != len(with) {
		t.Fatalf("%q is not in the file, or is not as long as %q", old, with)
	}
	out := bytes.Clone(b)
	copy(out[i:], with)
	return out
}

// Every part of a PDF that somebody may change has its reason.
func TestMatrix_pdf(t *testing.T) {
	w, other := newWorld(t, dbtestSQLite(t)), newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	good := w.file(p)
	last := func(s string) int { return bytes.LastIndex(good, []byte(s)) }
	flip := func(at int) []byte { b := bytes.Clone(good); b[at] ^= 1; return b }
	e, err := enclosed(good)
	if err != nil {
		t.Fatal(err)
	}
	foreign := other.file(other.issue(licence()))
	twice, err := other.signer.SignPDF(good, sign.PDFSignature{At: start})
	if err != nil {
		t.Fatal(err)
	}
	update := fmt.Sprintf("9999 0 obj\n<</Type /Catalog>>\nendobj\nxref\n9999 1\n%010d 00000 n \ntrailer\n<</Size 10000 /Root 9999 0 R /Prev %s>>\nstartxref\n%d\n%%%%EOF\n", len(good),
		strings.Fields(string(good[last("startxref"):]))[1], len(good)+40)
	for what, c := range map[string]struct {
		file []byte
		want string
	}{
		"version in the header":            {replaced(t, good, "%PDF-1.", "%PDF-2."), "sign.tampered"},
		"no header":                        {good[9:], "sign.tampered"},
		"something before the header":      {append([]byte("\n"), good...), "sign.tampered"},
		"an object of the body":            {flip(bytes.Index(good, []byte("/Type /Page")) + 200), "sign.tampered"},
		"a stream":                         {flip(bytes.Index(good, []byte("stream\n")) + 40), "sign.tampered"},
		"the data inside":                  {replaced(t, good, `\"48\"`, `\"49\"`), "sign.tampered"},
		"an entry of the table":            {flip(bytes.Index(good, []byte("xref\n")) + 30), "sign.tampered"},
		"the last table":                   {flip(last("xref\n") - 12), "sign.tampered"},
		"where the table is":               {replaced(t, good, string(good[last("startxref"):last("%%EOF")]), strings.Repeat(" ", last("%%EOF")-last("startxref"))), "sign.tampered"},
		"the signature":                    {flip(last("/Contents <") + 300), "sign.tampered"},
		"the byte range":                   {replaced(t, good, "/ByteRange [0 ", "/ByteRange [1 "), "sign.partial"},
		"the filter of the signature":      {replaced(t, good, "/ETSI.CAdES.detached", "/ETSI.CAdES.detaches"), "sign.unsupported"},
		"the stated time":                  {flip(last("/M (D:2026") + 8), "sign.tampered"},
		"no end":                           {good[:last("%%EOF")], "sign.truncated"},
		"half of it":                       {good[:len(good)/2], "sign.truncated"},
		"an update behind it":              {append(bytes.Clone(good), update...), "sign.tampered"},
		"a comment behind it":              {append(bytes.Clone(good), "% added\n%%EOF\n"...), "sign.appended"},
		"a line break behind it":           {append(bytes.Clone(good), '\n'), "sign.appended"},
		"a second signature of a stranger": {twice, "sign.unknown_issuer"},
		"a stranger's":                     {foreign, "sign.unknown_issuer"},
		"the file of another paper":        {w.sealed(p, w.enveloped(licenceCoded("AAAAAAAAAAAA"))), "certificates.pages_differ"},
		"data of another key":              {w.sealed(p, envelope{Key: other.signer.KeyID(), Signature: e.Signature, Data: e.Data}), "certificates.unknown_key"},
		"data with another signature":      {w.sealed(p, envelope{Key: e.Key, Signature: make([]byte, 64), Data: e.Data}), "certificates.data_signature"},
		"nothing":                          {nil, "sign.not_pdf"},
		"only the header":                  {[]byte("%PDF-1.7\n"), "sign.truncated"},
		"257 MB":                           {make([]byte, 257<<20), "sign.too_large"},
	} {
		if r := VerifyFile(c.file, w.trust, start.Add(2*time.Hour)); r.OK || r.Genuine || r.Reason != c.want {
			t.Errorf("%s: genuine %v, %q, want %q", what, r.Genuine, r.Reason, c.want)
		}
	}
}

// entry is a file in a package.
type entry struct {
	name string
	data []byte
}

// entries takes a package apart.
func entries(t *testing.T, b []byte) (out []entry) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var data bytes.Buffer
		if _, err := data.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		out = append(out, entry{f.Name, data.Bytes()})
	}
	return out
}

// packed puts a package together; method is zip.Store as nodes write, or another.
func packed(t *testing.T, method uint16, list ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range list {
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
		if err == nil {
			_, err = f.Write(e.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every entry of an OFD file counts, and so does the archive round them.
func TestMatrix_ofd(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	good := w.ofdOf(w.issue(licence()))
	v := NewVerifier(w.trust)
	list := entries(t, good)
	check := func(what string, file []byte, want ...string) {
		t.Helper()
		if r := v.File(file, start); r.OK || r.Genuine || !slices.Contains(want, r.Reason) {
			t.Errorf("%s: genuine %v, %q, want %q", what, r.Genuine, r.Reason, want)
		}
	}
	broken := []string{"sign.tampered", "ofd.not_ofd", "sign.not_signed", "sign.unsupported"}
	with := func(i int, e ...entry) []entry { return slices.Replace(slices.Clone(list), i, i+1, e...) }
	for i, e := range list {
		mid := bytes.Clone(e.data)
		mid[len(mid)/2] ^= 1
		outside := []string{"sign.tampered"}
		if strings.HasPrefix(e.name, "Doc_0/Signs/") || e.name == "OFD.xml" {
			outside = append(broken, "sign.partial") // what says where the signature is
		}
		check(e.name+" changed", packed(t, zip.Store, with(i, entry{e.name, mid})...), outside...)
		check(e.name+" emptied", packed(t, zip.Store, with(i, entry{e.name, nil})...), outside...)
		check(e.name+" longer", packed(t, zip.Store, with(i, entry{e.name, append(bytes.Clone(e.data), ' ')})...), append(outside, "sign.partial")...)
		check(e.name+" taken out", packed(t, zip.Store, with(i)...), append(outside, "ofd.not_ofd")...)
		check(e.name+" renamed", packed(t, zip.Store, with(i, entry{"x" + e.name, e.data})...), append(outside, "ofd.not_ofd")...)
		check(e.name+" twice", packed(t, zip.Store, with(i, e, e)...), "ofd.hostile")
		check(e.name+" in other letters besides", packed(t, zip.Store, append(slices.Clone(list), entry{strings.ToUpper(e.name), e.data})...), "ofd.hostile")
		if i > 0 {
			swapped := slices.Clone(list)
			swapped[i].data, swapped[i-1].data = swapped[i-1].data, swapped[i].data
			check(e.name+" and the one before exchanged", packed(t, zip.Store, swapped...), broken...)
		}
	}
	extra := entry{"Doc_0/Pages/Page_9/Content.xml", []byte(`<?xml version="1.0"?><ofd:Page/>`)}
	bomb := entry{"bomb", make([]byte, 30<<20)}
	laughs := `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><ofd:OFD>&c;</ofd:OFD>`
	outward := `<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><ofd:OFD>&x;</ofd:OFD>`
	check("a file more", packed(t, zip.Store, append(slices.Clone(list), extra)...), "sign.partial")
	check("in another order", packed(t, zip.Store, append(slices.Clone(list[1:]), list[0])...), "sign.partial")
	check("compressed", packed(t, zip.Deflate, list...), "sign.partial")
	check("bytes before it", append([]byte("x"), good...), "sign.not_pdf", "ofd.not_ofd")
	check("bytes behind it", append(bytes.Clone(good), "behind"...), "sign.partial", "ofd.not_ofd")
	check("zip bomb", packed(t, zip.Deflate, append(slices.Clone(list), bomb)...), "ofd.hostile")
	check("a package of bombs in a package", packed(t, zip.Store, append(slices.Clone(list), entry{"in.zip", packed(t, zip.Deflate, bomb)})...), "sign.partial")
	check("a path that leads out", packed(t, zip.Store, append(slices.Clone(list), entry{"../../etc/passwd", nil})...), "ofd.hostile")
	check("billion laughs", packed(t, zip.Store, with(0, entry{list[0].name, []byte(laughs)})...), "ofd.hostile")
	check("an entity from outside", packed(t, zip.Store, with(0, entry{list[0].name, []byte(outward)})...), "ofd.hostile")
	check("entries over each other", overlapping(t), "ofd.hostile")
	check("nothing in it", packed(t, zip.Store), "ofd.not_ofd")
	many := []entry{}
	for i := range 5000 {
		many = append(many, entry{fmt.Sprint(i), nil})
	}
	check("thousands of entries", packed(t, zip.Store, many...), "ofd.hostile")
}

// overlapping is a package of which two entries have the same bytes: the second
// entry of the directory points to the content of the first.
func overlapping(t *testing.T) []byte {
	t.Helper()
	b := packed(t, zip.Store, entry{"a1", []byte("content")}, entry{"a2", []byte("content")})
	at := bytes.LastIndex(b, []byte("PK\x01\x02"))
	copy(b[at+42:], []byte{0, 0, 0, 0}) // offset of its header
	return b
}

// Alg confusion, members more and members less: every header and every claim of a
// token counts.
func TestMatrix_token(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	parts := strings.Split(string(w.tokenOf(p, jws.ES256, false)), ".")
	kid := sign.KeyID(w.signer.Paper().Public())
	with := func(header string) []byte { return []byte(encodeHeader(header) + "." + parts[1] + "." + parts[2]) }
	macced := func(header string, secret []byte) []byte {
		input := encodeHeader(header) + "." + parts[1]
		m := hmac.New(sha256.New, secret)
		m.Write([]byte(input))
		return []byte(input + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil)))
	}
	public, err := sign.MarshalPublic(w.signer.Paper().Public())
	if err != nil {
		t.Fatal(err)
	}
	head := func(alg string) string { return `{"alg":"` + alg + `","kid":"` + kid + `","typ":"` + JWSType + `"}` }
	for what, c := range map[string]struct {
		file []byte
		want string
	}{
		"none":                     {[]byte(encodeHeader(head("none")) + "." + parts[1] + "."), "jws.algorithm"},
		"none, signature kept":     {with(head("none")), "jws.algorithm"},
		"HS256 with the public":    {macced(head("HS256"), public), "jws.algorithm"},
		"ES384":                    {with(head("ES384")), "jws.algorithm"},
		"another curve":            {with(head(jws.EdDSA)), "jws.algorithm"},
		"SM2 with a key of P-256":  {with(head(jws.SM2)), "jws.algorithm"},
		"a key in the header":      {with(`{"alg":"ES256","jwk":{"kty":"EC"},"kid":"` + kid + `","typ":"` + JWSType + `"}`), "jws.syntax"},
		"a list of certificates":   {with(`{"alg":"ES256","x5c":["MII"],"kid":"` + kid + `"}`), "jws.syntax"},
		"an address of keys":       {with(`{"alg":"ES256","jku":"https://thief.example/keys","kid":"` + kid + `"}`), "jws.syntax"},
		"crit":                     {with(`{"alg":"ES256","crit":["exp"],"kid":"` + kid + `"}`), "jws.syntax"},
		"no key id":                {with(`{"alg":"ES256","typ":"` + JWSType + `"}`), "certificates.unknown_key"},
		"header in another order":  {with(`{"kid":"` + kid + `","alg":"ES256","typ":"` + JWSType + `"}`), "jws.signature"},
		"signature taken away":     {[]byte(parts[0] + "." + parts[1] + "."), "jws.signature"},
		"five megabytes":           {[]byte("eyJ" + strings.Repeat("A", 5<<20)), "jws.too_large"},
		"a hundred thousand deep":  {[]byte(`{"payload":` + strings.Repeat(`{"a":`, 100000)), "jws.syntax"},
		"signed data of nothing":   {[]byte(`{"format":"tongban-paper-v1","key":"` + w.signer.KeyID() + `","signature":"","data":""}`), "certificates.data_signature"},
		"signed data, member more": {[]byte(`{"format":"tongban-paper-v1","key":"x","signature":"","data":"","more":1}`), "jws.syntax"},
	} {
		if r := VerifyFile(c.file, w.trust, start); r.OK || r.Genuine || r.Reason != c.want {
			t.Errorf("%s: genuine %v, %q, want %q", what, r.Genuine, r.Reason, c.want)
		}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	members := 0
	for _, bad := range eachMember(t, payload) {
		members++
		file := parts[0] + "." + base64.RawURLEncoding.EncodeToString(bad) + "." + parts[2]
		if r := VerifyFile([]byte(file), w.trust, start); r.Genuine || r.Reason != "jws.signature" && r.Reason != "certificates.unknown_key" {
			t.Errorf("a claim changed: %q\n%s", r.Reason, bad)
		}
	}
	var e envelope
	if err := json.Unmarshal(w.allForms(p)["data"], &e); err != nil {
		t.Fatal(err)
	}
	for _, bad := range eachMember(t, []byte(e.Data)) {
		members++
		changed := e
		changed.Data = string(bad)
		file, _ := json.Marshal(changed)
		if r := VerifyFile(file, w.trust, start); r.Genuine || r.Reason != "certificates.data_signature" {
			t.Errorf("a member changed: %q\n%s", r.Reason, bad)
		}
	}
	if members < 60 {
		t.Errorf("only %d members were changed", members)
	}
}

// eachMember gives a JSON object with each of its values changed in turn, at any
// depth, and with each of its members left out.
func eachMember(t *testing.T, b []byte) (out [][]byte) {
	t.Helper()
	var whole any
	if err := json.Unmarshal(b, &whole); err != nil {
		t.Fatal(err)
	}
	emit := func() {
		text, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, text)
	}
	var walk func(v any, set func(any))
	walk = func(v any, set func(any)) {
		switch x := v.(type) {
		case map[string]any:
			for name, member := range x {
				walk(member, func(n any) { x[name] = n })
				delete(x, name)
				emit()
				x[name] = member
			}
		case []any:
			for i, element := range x {
				walk(element, func(n any) { x[i] = n })
			}
		case string:
			set(x + "0")
			emit()
			set(v)
		case float64:
			set(x + 1)
			emit()
			set(v)
		}
	}
	walk(whole, nil)
	return out
}

// What a wallet shows: disclosures taken from elsewhere, repeated or made up,
// proofs of others, tokens without a status.
func TestMatrix_wallet(t *testing.T) {
	w, other := newWorld(t, dbtestSQLite(t)), newWorld(t, dbtestSQLite(t))
	p := w.issue(licence())
	token, key := w.held(p, 7, nil)
	another, thief := w.held(p, 8, nil)
	text := token.String()
	bits := strings.Split(text, "~")
	foreign := strings.Split(another.String(), "~")
	made := base64.RawURLEncoding.EncodeToString([]byte(`["c2FsdA","seats","480"]`))
	join := func(parts ...string) string { return strings.Join(parts, "~") }
	bound := func(t2 sdjwt.Token, k sdjwt.Key) []string {
		b, err := t2.Bind(k, sdjwt.Binding{Audience: "a", Nonce: "n", At: start})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(b.String(), "~")
	}
	proof := bound(token, key)
	stolen := bound(token, thief)
	head := strings.Split(bits[0], ".")
	kid := sign.KeyID(w.signer.Token().Public())
	with := func(header string) string {
		return join(append([]string{encodeHeader(header) + "." + head[1] + "." + head[2]}, bits[1:]...)...)
	}
	noStatus, _ := w.held(p, 7, func(c sdjwt.Claims) { delete(c, "status") })
	elsewhere, _ := w.held(p, 7, func(c sdjwt.Claims) {
		c["status"] = map[string]any{"status_list": map[string]any{"idx": 7, "uri": "https://thief.example/openid4vci/status/449901/1"}}
	})
	otherSite, _ := w.held(p, 7, func(c sdjwt.Claims) { c["iss"] = "https://thief.example" })
	theirs, _ := other.held(p, 7, nil)
	for what, c := range map[string]struct {
		file, want string
	}{
		"a disclosure twice":              {join(append([]string{bits[0], bits[1]}, bits[1:]...)...), "sdjwt.disclosure"},
		"one of another token":            {join(bits[0], foreign[1], ""), "sdjwt.disclosure"},
		"one that was made up":            {join(bits[0], made, ""), "sdjwt.disclosure"},
		"one that is no disclosure":       {join(bits[0], "e30", ""), "sdjwt.disclosure"},
		"an empty one":                    {join(bits[0], "", ""), "sdjwt.disclosure"},
		"proof of another wallet":         {join(stolen...), "sdjwt.binding"},
		"proof over more than is shown":   {join(bits[0], proof[1], proof[len(proof)-1]), "sdjwt.binding"},
		"proof in another order":          {join(append([]string{proof[0], proof[2], proof[1]}, proof[3:]...)...), "sdjwt.binding"},
		"a proof that is none":            {text + "e30.e30.e30", "sdjwt.binding"},
		"alg none":                        {with(`{"alg":"none","kid":"` + kid + `","typ":"dc+sd-jwt"}`), "sdjwt.malformed"},
		"alg HS256":                       {with(`{"alg":"HS256","kid":"` + kid + `","typ":"dc+sd-jwt"}`), "sdjwt.malformed"},
		"alg EdDSA":                       {with(`{"alg":"EdDSA","kid":"` + kid + `","typ":"dc+sd-jwt"}`), "sdjwt.signature"},
		"made for something else":         {with(`{"alg":"ES256","kid":"` + kid + `","typ":"JWT"}`), "sdjwt.signature"},
		"another key":                     {with(`{"alg":"ES256","kid":"0011223344556677","typ":"dc+sd-jwt"}`), "certificates.unknown_key"},
		"a key for papers":                {with(`{"alg":"ES256","kid":"` + sign.KeyID(w.signer.Paper().Public()) + `","typ":"dc+sd-jwt"}`), "certificates.unknown_key"},
		"signed by another node":          {theirs.String(), "certificates.unknown_key"},
		"in the name of another site":     {otherSite.String(), "certificates.unknown_key"},
		"nobody could revoke it":          {noStatus.String(), "certificates.credential.none"},
		"somebody else would revoke it":   {elsewhere.String(), "certificates.credential.none"},
		"a token of papers with a wave":   {string(w.tokenOf(p, jws.ES256, false)) + "~", "certificates.unknown_key"},
		"two thousand and one disclosure": {bits[0] + strings.Repeat("~"+bits[1], 2001) + "~", "sdjwt.malformed"},
		"two megabytes":                   {bits[0] + "~" + strings.Repeat("A", 2<<20) + "~", "sdjwt.malformed"},
	} {
		if r := VerifyFile([]byte(c.file), w.trust, start); r.OK || r.Genuine || r.Reason != c.want {
			t.Errorf("%s: genuine %v, %q, want %q", what, r.Genuine, r.Reason, c.want)
		}
	}
	// Withholding is what the form is for, and the order says nothing without a proof.
	for what, c := range map[string]struct {
		file  string
		bound bool
	}{"nothing shown": {join(bits[0], ""), false}, "one shown": {join(bits[0], bits[3], ""), false}, "in another order": {join(append([]string{bits[0], bits[2], bits[1]}, bits[3:]...)...), false}, "with its proof": {join(proof...), true}} {
		r := VerifyFile([]byte(c.file), w.trust, start)
		if !r.OK || r.Form != FormWallet || r.Bound != c.bound || r.Paper.IssuerName != p.IssuerName {
			t.Errorf("%s: %+v", what, r)
		}
	}
	if r := VerifyFile([]byte(text), w.trust, p.ValidUntil.Add(time.Hour)); r.OK || !r.Genuine || r.Status != Expired || r.Reason != code(ErrExpired) {
		t.Errorf("expired: %+v", r)
	}
}

// Keys that ended, that others have, that are another office's, or that the list
// does not have yet: every form is refused for that reason, and not for another.
func TestMatrix_keys(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	forms := w.allForms(w.issue(licence()))
	each := func(change func(*TrustKey)) Trust {
		out := w.trust
		out.Keys = slices.Clone(w.trust.Keys)
		for i := range out.Keys {
			change(&out.Keys[i])
		}
		return out
	}
	bare := w.trust
	bare.Keys = nil
	old := bare
	old.At = start.Add(-time.Hour)
	for what, c := range map[string]struct {
		trust Trust
		want  error
		but   map[string]error // forms with a reason of their own
	}{
		"unknown":        {bare, ErrUnknownKey, nil},
		"newer":          {old, ErrNewerKey, nil},
		"ended":          {each(func(k *TrustKey) { k.State, k.Until = ring.Retired, start.Add(-time.Hour) }), ErrKeyEnded, nil},
		"revoked":        {each(func(k *TrustKey) { k.State, k.Until = ring.Revoked, start.Add(-time.Hour) }), ErrKeyRevoked, nil},
		"revoked since":  {each(func(k *TrustKey) { k.State, k.Until = ring.Revoked, start.Add(time.Hour) }), ErrWitness, map[string]error{"wallet": ErrKeyRevoked, "wallet bound": ErrKeyRevoked}},
		"another office": {each(func(k *TrustKey) { k.Office, k.OfficeName = "11449901900000099X", "别的局" }), ErrOtherOffice, map[string]error{"wallet": nil, "wallet bound": nil}}, // offices have no keys of wallets
	} {
		for name, file := range forms {
			want := c.want
			if own, there := c.but[name]; there {
				want = own
			}
			if r := VerifyFile(file, c.trust, start); want != nil && (r.OK || r.Genuine || r.Reason != code(want)) {
				t.Errorf("%s, key %s: genuine %v, %q, want %q", name, what, r.Genuine, r.Reason, code(want))
			}
		}
	}
}

// places is what package wallets knows.
type places map[int64]string

func (p places) PaperAt(_ context.Context, _ string, _, place int64) (string, error) {
	if id, there := p[place]; there {
		return id, nil
	}
	return "", ErrNoPaper
}

// What was good when it was shown is asked for when it is checked: in every form.
func TestMatrix_revokedBetweenShowingAndChecking(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(licence())
		forms := w.allForms(p)
		w.s.Held = places{7: p.ID}
		for name, file := range forms {
			r, err := w.s.CheckFile(context.Background(), file, name)
			if err != nil || !r.OK || !r.Online || r.Status != Valid {
				t.Errorf("%s before: %+v, %v", name, r, err)
			}
		}
		for what, change := range map[string]func(sdjwt.Claims){"title": func(c sdjwt.Claims) { c["type_name"] = "另一个证" }, "holder": func(c sdjwt.Claims) { c["holder_name"] = sdjwt.Hidden{Value: "示例·冒名"} },
			"seats": func(c sdjwt.Claims) { c["seats"] = sdjwt.Hidden{Value: "480"} }, "end": func(c sdjwt.Claims) { c["exp"] = p.ValidUntil.Unix() + 1 }} {
			token, _ := w.held(p, 7, change)
			if r, err := w.s.CheckFile(context.Background(), []byte(token.String()), what); err != nil || r.OK || r.Genuine || r.Reason != code(ErrRecordDiffers) {
				t.Errorf("a credential with another %s: %+v, %v", what, r, err)
			}
		}
		if token, _ := w.held(p, 9, nil); true {
			if r, err := w.s.CheckFile(context.Background(), []byte(token.String()), "place"); err != nil || r.OK || r.Genuine || r.Status != "" || r.Reason != code(ErrNotRecorded) {
				t.Errorf("a credential that nobody was given: %+v, %v", r, err)
			}
		}
		if _, err := w.s.Act(officer("boss", office, MayManage.Name, MayRead.Name), p.Region, p.ID, Order{Act: Revoke, Reason: "违法经营", Basis: "《中华人民共和国食品安全法》第一百二十三条"}); err != nil {
			t.Fatal(err)
		}
		for name, file := range forms {
			r, err := w.s.CheckFile(context.Background(), file, name)
			if err != nil || r.OK || !r.Genuine || r.Reason != code(ErrRevoked) || r.Status != Revoked || r.Because != "违法经营" {
				t.Errorf("%s after: %+v, %v", name, r, err)
			}
		}
	})
}
