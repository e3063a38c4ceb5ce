package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/app"
	"tongban/gov/certificates"
	"tongban/gov/certificates/credential"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/sdjwt"
	"tongban/platform/sign"
	"tongban/test/node"
)

func TestMain(m *testing.M) { os.Exit(node.Main(m)) }

// healthType is a shipped type that is good for a year.
const healthType = "114499019000000222103"

// issuer is a node that issued one certificate, and its forms.
type issuer struct {
	*node.Node
	t     *testing.T
	dir   string
	paper certificates.Paper
	forms map[string][]byte
	other *issuer // with the same time; nil: there is none
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	return newIssuerAt(t, "https://zwfw.tongban.example", "")
}

// newIssuerAt is an issuer that is reached at an address and has a name.
func newIssuerAt(t *testing.T, address, name string) *issuer {
	t.Helper()
	i := &issuer{t: t, forms: map[string][]byte{}}
	i.Node = node.Open(t, node.Options{BaseURL: address, Set: func(o *app.Options) {
		o.DataDir, o.Serving, o.Site = cmp.Or(map[bool]string{true: t.TempDir()}[name != ""], o.DataDir), true, name
		i.dir = o.DataDir
	}})
	i.paper = i.issue(i.Time.Now().AddDate(1, 0, 0))
	system := auth.System(t.Context(), "test")
	file, err := i.Certificates.File(system, i.paper.Region, i.paper.ID)
	i.must(err)
	i.forms["pdf"], err = i.Certificates.Bytes(file.Ref)
	i.must(err)
	for name, form := range map[string]func() (certificates.Form, error){
		"ofd": func() (certificates.Form, error) { return i.Certificates.OFD(system, i.paper.Region, i.paper.ID) },
		"data": func() (certificates.Form, error) {
			return i.Certificates.SignedData(system, i.paper.Region, i.paper.ID)
		},
		"jws": func() (certificates.Form, error) {
			return i.Certificates.Token(system, i.paper.Region, i.paper.ID, "ES256", false)
		},
	} {
		f, err := form()
		i.must(err)
		i.forms[name] = f.Data
	}
	list, err := i.Certificates.Codes(file.Found)
	i.must(err)
	i.forms["qr"], i.forms["digest"] = []byte(i.BaseURL+"/verify/"+i.paper.Code+"#"+list[0]), []byte(i.BaseURL+"/verify/"+i.paper.Code+"#"+list[2])
	i.forms["wallet"] = []byte(i.credential())
	return i
}

func (i *issuer) must(err error) {
	i.t.Helper()
	if err != nil {
		i.t.Fatal(err)
	}
}

func (i *issuer) issue(until time.Time) (p certificates.Paper) {
	i.t.Helper()
	owner := auth.From(i.As(node.Resident)).Person
	i.must(i.DB.Write(auth.System(i.t.Context(), "test"), func(tx *db.Tx) (err error) {
		p, err = i.Certificates.IssueTx(i.t.Context(), tx, certificates.Paper{Kind: certificates.Certificate, Region: node.District, Title: "健康证明", TypeName: "健康证明", Type: healthType,
			Issuer: "114499019000000222", IssuerName: "示例市卫生健康局（虚构）", Owners: []string{owner}, HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "健〔2026〕0009号",
			Fields: []certificates.Field{{Key: "name", Label: "姓名", Value: node.Resident}, {Key: "number", Label: "公民身份号码", Value: node.IDNumber(1)}, {Key: "sex", Label: "性别", Value: "男"},
				{Key: "hospital", Label: "体检机构", Value: "示例区虚构医院"}, {Key: "examined", Label: "体检日期", Value: "2026年8月20日"}}, ValidFrom: i.Time.Now(), ValidUntil: until})
		return err
	}))
	return p
}

// credential is signed by the node, for a place of its list that nobody was given.
func (i *issuer) credential() string {
	i.t.Helper()
	key := i.Keys.Node().Token()
	s, err := sdjwt.Issue(sdjwt.Claims{"iss": i.BaseURL, "vct": i.BaseURL + "/certificate-types/" + healthType, "iat": i.Time.Now().Unix(), "type_name": "健康证明",
		"issuing_authority": i.paper.IssuerName, "issuing_authority_code": i.paper.Issuer, "holder_name": sdjwt.Hidden{Value: node.Resident}, "cnf": map[string]any{"jwk": &jose.JSONWebKey{Key: key.Public()}},
		"status": map[string]any{"status_list": map[string]any{"idx": 5, "uri": credential.ListAt(i.BaseURL, node.District, 1)}}}, sdjwt.Options{Key: key, KeyID: sign.KeyID(key.Public()), Type: credential.Type})
	i.must(err)
	return s
}

// page checks a file as somebody at a browser does.
func (i *issuer) page(file []byte, lang string) string {
	i.t.Helper()
	w := i.upload(file, lang)
	if w.Code != http.StatusOK {
		i.t.Errorf("/verify: %d %.300s", w.Code, w.Body)
	}
	return html.UnescapeString(w.Body.String())
}

// upload sends a file to the page.
func (i *issuer) upload(file []byte, lang string) *httptest.ResponseRecorder {
	i.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", "file")
	i.must(err)
	part.Write(file)
	i.must(m.Close())
	r := httptest.NewRequest(http.MethodPost, "/verify", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: "ui_lang", Value: lang})
	return i.serve(r)
}

func (i *issuer) answer(r *http.Request) string {
	w := i.serve(r)
	if w.Code != http.StatusOK {
		i.t.Errorf("%s: %d %.300s", r.URL, w.Code, w.Body)
	}
	return html.UnescapeString(w.Body.String())
}

func (i *issuer) serve(r *http.Request) *httptest.ResponseRecorder {
	i.Time.Advance(10 * time.Minute) // vain checks are forgiven
	if i.other != nil {
		i.other.Time.Set(i.Time.Now())
	}
	w := httptest.NewRecorder()
	i.Site.ServeHTTP(w, r)
	return w
}

// api checks a file as a program does.
func (i *issuer) api(file []byte, lang string) (r certificates.Report) {
	i.t.Helper()
	body, err := json.Marshal(map[string]string{"file": base64.StdEncoding.EncodeToString(file)})
	i.must(err)
	q := httptest.NewRequest(http.MethodPost, "/api/v1/verifications", bytes.NewReader(body))
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Accept-Language", lang)
	if answer := i.answer(q); json.Unmarshal([]byte(answer), &r) != nil {
		i.t.Errorf("the API answers %s", answer)
	}
	return r
}

func with(b []byte, change func([]byte)) []byte {
	b = bytes.Clone(b)
	change(b)
	return b
}

func zipped(b []byte, name, content string) []byte {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		if w.Copy(f) != nil {
			return nil
		}
	}
	f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err == nil {
		_, err = f.Write([]byte(content))
	}
	if err != nil || w.Close() != nil {
		return nil
	}
	return out.Bytes()
}

// What is wrong with a file is said with one code and the same words by the
// command, by the page and by the interface, in both languages.
func TestVerify_everyReasonEverywhere(t *testing.T) {
	i := newIssuer(t)
	f := i.forms
	middle := func(b []byte) []byte { return with(b, func(b []byte) { b[len(b)/2] ^= 1 }) }
	parts := strings.Split(string(f["jws"]), ".")
	bits := strings.Split(string(f["wallet"]), "~")
	head, rest, _ := strings.Cut(bits[0], ".")
	payload, signature, _ := strings.Cut(rest, ".")
	plain, err := base64.RawURLEncoding.DecodeString(payload)
	i.must(err)
	changed := base64.RawURLEncoding.EncodeToString(bytes.Replace(plain, []byte("卫生健康局"), []byte("市场监管局"), 1))
	stranger := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","kid":"0011223344556677","typ":"dc+sd-jwt"}`))
	over := i.issue(i.Time.Now().Add(time.Hour))
	expired, err := i.Certificates.SignedData(auth.System(t.Context(), "test"), over.Region, over.ID)
	i.must(err)
	i.Time.Advance(2 * time.Hour)
	for what, c := range map[string]struct {
		file []byte
		want string
	}{
		"no file at all":           {[]byte("hello"), "sign.not_pdf"},
		"PDF, a stream changed":    {with(f["pdf"], func(b []byte) { b[bytes.Index(b, []byte("stream\n"))+60] ^= 1 }), "sign.tampered"},
		"PDF, something behind":    {append(bytes.Clone(f["pdf"]), "\n%%EOF\n"...), "sign.appended"},
		"PDF, cut":                 {f["pdf"][:len(f["pdf"])*2/3], "sign.truncated"},
		"PDF, byte range":          {bytes.Replace(f["pdf"], []byte("/ByteRange [0 "), []byte("/ByteRange [1 "), 1), "sign.partial"},
		"OFD, a file more":         {zipped(f["ofd"], "more", "x"), "sign.partial"},
		"OFD, a path out of it":    {zipped(f["ofd"], "../more", "x"), "ofd.hostile"},
		"OFD, cut":                 {f["ofd"][:len(f["ofd"])/2], "ofd.not_ofd"},
		"token, changed":           {[]byte(parts[0] + "." + string(middle([]byte(parts[1]))) + "." + parts[2]), "jws.signature"},
		"token, none":              {[]byte(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."), "jws.algorithm"},
		"token, cut":               {f["jws"][:len(f["jws"])/3], "jws.syntax"},
		"data, changed":            {bytes.Replace(f["data"], []byte("健康证明"), []byte("健康证朋"), 1), "certificates.data_signature"},
		"data, another key":        {bytes.Replace(f["data"], []byte(i.Keys.Node().KeyID()), []byte("0011223344556677"), 1), "certificates.unknown_key"},
		"data, expired":            {expired.Data, "certificates.expired"},
		"code, changed":            {f["qr"][:len(f["qr"])-30], "certificates.code_damaged"},
		"code, digest only":        {f["digest"], "certificates.code_only"},
		"credential, changed":      {[]byte(head + "." + changed + "." + signature + "~"), "sdjwt.signature"},
		"credential, another key":  {[]byte(stranger + "." + rest + "~"), "certificates.unknown_key"},
		"credential, a value more": {[]byte(strings.Join([]string{bits[0], bits[1], bits[1], ""}, "~")), "sdjwt.disclosure"},
		"credential, made up":      {[]byte(bits[0] + "~WyJzIiwic2V4Iiwi5aWzIl0~"), "sdjwt.disclosure"},
		"credential, proof":        {append(bytes.Clone(f["wallet"]), "e30.e30.e30"...), "sdjwt.binding"},
	} {
		name := filepath.Join(t.TempDir(), "file")
		i.must(os.WriteFile(name, c.file, 0o600))
		for lang, english := range map[string]bool{"zh": false, "en": true} {
			words := app.Explain(english, fault.Invalid(c.want))
			out, status := tongban(t, "verify", name, "--trust", filepath.Join(i.dir, "trust.json"), "--json", "--lang", lang)
			var said certificates.Report
			if err := json.Unmarshal([]byte(out), &said); err != nil || status != 4 || said.OK || said.Reason != c.want || said.Words != words {
				t.Errorf("%s: the command ends with %d and says %s, want %s", what, status, out, c.want)
			}
			if out, status := tongban(t, "verify", name, "--trust", filepath.Join(i.dir, "trust.json"), "--lang", lang); status != 4 || !strings.Contains(out, "("+c.want+")") && !strings.Contains(out, "（"+c.want+"）") || !strings.Contains(out, words) {
				t.Errorf("%s: the command ends with %d and says %s, want %q", what, status, out, words)
			}
			cookie := map[bool]string{false: "zh-Hans", true: "en"}[english]
			if r := i.api(c.file, cookie); r.OK || r.Reason != c.want || r.Words != words {
				t.Errorf("%s: the API says %q %q, want %q", what, r.Reason, r.Words, words)
			}
			if c.want == "certificates.code_only" {
				if w := i.upload(c.file, cookie); w.Header().Get("Location") != "/verify/"+certificates.ShowCode(i.paper.Code) && w.Header().Get("Location") != "/verify/"+i.paper.Code {
					t.Errorf("%s: the page does not go to the record but to %q", what, w.Header().Get("Location"))
				}
				continue
			}
			if c.want != "certificates.expired" && !strings.Contains(i.page(c.file, cookie), words) {
				t.Errorf("%s: the page does not say %q", what, words)
			}
		}
		if strings.HasPrefix(app.Explain(false, fault.Invalid(c.want)), c.want) {
			t.Errorf("%s has no words", c.want)
		}
	}
}

// What is genuine passes everywhere, and what was revoked since is refused by
// whoever asks the record.
func TestVerify_genuineThenRevoked(t *testing.T) {
	i := newIssuer(t)
	delete(i.forms, "digest")
	files := []string{"verify", "--trust", filepath.Join(i.dir, "trust.json")}
	for name, b := range i.forms {
		path := filepath.Join(t.TempDir(), name)
		i.must(os.WriteFile(path, b, 0o600))
		files = append(files, path)
	}
	if out, status := tongban(t, files...); status != 0 || strings.Count(out, "是真的，有效") != len(i.forms) {
		t.Errorf("the command ends with %d: %s", status, out)
	}
	if r := i.api(i.forms["wallet"], "en"); r.OK || r.Reason != "certificates.not_recorded" {
		t.Errorf("a credential that nobody was given: %+v", r)
	}
	if text := i.page(i.forms["wallet"], "zh-Hans"); !strings.Contains(text, "登记里没有这份文书") || strings.Contains(text, "现在有效。") || !strings.Contains(text, "查验结果：不能作数") {
		t.Error("a credential that nobody was given is good on the page")
	}
	delete(i.forms, "wallet")
	for name, b := range i.forms {
		if r := i.api(b, "en"); !r.OK || !r.Online || r.Words != "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	_, err := i.Certificates.Act(auth.System(t.Context(), "test"), i.paper.Region, i.paper.ID, certificates.Order{Act: certificates.Revoke, Reason: "体检结论造假", Basis: "《中华人民共和国食品安全法》第四十五条第二款"})
	i.must(err)
	for name, b := range i.forms {
		if r := i.api(b, "en"); r.OK || !r.Genuine || r.Reason != "certificates.revoked" || r.Words == "" {
			t.Errorf("%s, revoked: %+v", name, r)
		}
		if text := i.page(b, "zh-Hans"); !strings.Contains(text, "吊销，不能使用") || !strings.Contains(text, "体检结论造假") {
			t.Errorf("%s, revoked: the page does not say so", name)
		}
	}
}
