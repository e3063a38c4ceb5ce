package browser_test

import (
	"archive/zip"
	"bytes"
	"context"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/go-jose/go-jose/v4"

	"tongban/gov/certificates"
	"tongban/gov/certificates/credential"
	certificatesweb "tongban/gov/certificates/web"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/files"
	"tongban/platform/jws"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/sdjwt"
	"tongban/platform/sign"
	"tongban/test/browser/harness"
)

// offline is a place that issues papers, and the page that checks them from a
// disk.
type offline struct {
	*certificates.Service
	paper  certificates.Paper
	signer *sign.Signer
	page   string // address of the page on this disk
}

func openOffline(t *testing.T, now time.Time) *offline {
	t.Helper()
	d := dbtest.SQLite(t, []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), certificates.Migrations()})
	c := clock.NewFake(now)
	s, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", CommonName: "示例节点", Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	keys, trust := certificates.NodeKeys{Signer: s}, certificates.TrustOf(s, "https://zwfw.tongban.example")
	o := &offline{signer: s, Service: certificates.New(certificates.Deps{DB: d, Clock: c, Signer: keys, Checker: keys, Seal: s, Forms: s, Trust: trust, Files: store, BaseURL: trust.Site, Regions: []string{"449901"}})}
	ctx := auth.System(t.Context(), "test")
	if err := d.Write(ctx, func(tx *db.Tx) (err error) {
		o.paper, err = o.IssueTx(ctx, tx, certificates.Paper{Region: "449901", Kind: certificates.Certificate, Type: "114499019000000222001", TypeName: "示例许可证", Title: "示例许可证", CaseNumber: "1",
			Issuer: "114499019000000222", IssuerName: "示例区市场监督管理局（虚构）", Owners: []string{"per_wang"}, HolderName: "示例·𠮷𪚥䶮", HolderNumber: "449901199001010015",
			Fields: []certificates.Field{{Key: "place", Label: "地址", Value: "示例路 <1> 号 & 2 号"}}, ValidFrom: now, ValidUntil: now.AddDate(1, 0, 0)})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	o.page = served(t, o.Service)
	return o
}

// served takes the page as the site gives it out and puts it on a disk.
func served(t *testing.T, s *certificates.Service) string {
	t.Helper()
	for _, r := range certificatesweb.Routes(certificatesweb.Deps{Certificates: s}) {
		if r.Pattern != "GET /verify/offline.html" {
			continue
		}
		w := httptest.NewRecorder()
		if err := r.Do(w, httptest.NewRequest(http.MethodGet, "/verify/offline.html", nil)); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "tongban-verify.html")
		if err := os.WriteFile(path, w.Body.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return "file://" + path
	}
	t.Fatal("no such page")
	return ""
}

// forms are the paper in every form, as its holder has it.
func (o *offline) forms(t *testing.T) map[string][]byte {
	t.Helper()
	ctx := auth.System(context.Background(), "test")
	out := map[string][]byte{"JWS": []byte(o.token(t, jws.ES256, false)), "JWS as JSON": []byte(o.token(t, jws.EdDSA, true)), "JWS by SM2": []byte(o.token(t, jws.SM2, false))}
	keep := func(name string, b []byte, err error) {
		if err != nil {
			t.Fatal(name, err)
		}
		out[name] = b
	}
	file, err := o.File(ctx, o.paper.Region, o.paper.ID)
	if err != nil {
		t.Fatal(err)
	}
	b, err := o.Bytes(file.Ref)
	keep("PDF", b, err)
	f, err := o.OFD(ctx, o.paper.Region, o.paper.ID)
	keep("OFD", f.Data, err)
	f, err = o.SignedData(ctx, o.paper.Region, o.paper.ID)
	keep("data", f.Data, err)
	list, err := o.Codes(file.Found)
	keep("code", []byte(o.BaseURL+"/verify/"+o.paper.Code+"#"+strings.Join(list[:1], "")), err)
	wallet, key := o.wallet(t), o.signer.Token() // the wallet's key is any key of the same kind
	keep("wallet", []byte(wallet), nil)
	held, err := sdjwt.Parse(wallet)
	if err == nil {
		held, err = held.Present(func(path []string) bool { return path[0] == "holder_name" })
	}
	if err == nil {
		held, err = held.Bind(key, sdjwt.Binding{Audience: "x", Nonce: "n", At: o.paper.IssuedAt})
	}
	keep("wallet, bound", []byte(held.String()), err)
	return out
}

// wallet is the paper as a wallet holds it.
func (o *offline) wallet(t *testing.T) string {
	t.Helper()
	key, p := o.signer.Token(), o.paper
	s, err := sdjwt.Issue(sdjwt.Claims{"iss": o.BaseURL, "vct": o.BaseURL + "/certificate-types/" + p.Type, "iat": p.IssuedAt.Unix(), "exp": p.ValidUntil.Unix(), "type_name": p.Title, "issuing_authority": p.IssuerName,
		"issuing_authority_code": p.Issuer, "certificate_number": sdjwt.Hidden{Value: p.Number}, "holder_name": sdjwt.Hidden{Value: p.HolderName}, "holder_number": sdjwt.Hidden{Value: p.HolderNumber},
		"place": sdjwt.Hidden{Value: "示例路 <1> 号"}, "cnf": map[string]any{"jwk": &jose.JSONWebKey{Key: key.Public()}},
		"status": map[string]any{"status_list": map[string]any{"idx": 5, "uri": credential.ListAt(o.BaseURL, p.Region, 1)}}}, sdjwt.Options{Key: key, KeyID: sign.KeyID(key.Public()), Type: credential.Type, Decoys: 2})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// chosen gives the page a file and tells what it says.
func chosen(t *testing.T, tab *harness.Tab, b []byte) string {
	t.Helper()
	return picked(t, tab, b, "file")
}

// picked is chosen for a file with a name.
func picked(t *testing.T, tab *harness.Tab, b []byte, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	harness.Eval[bool](tab, `(() => { document.querySelector("#result").hidden = true; return true })()`)
	tab.Do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
	tab.Wait(`!document.querySelector("#result").hidden`)
	return harness.Eval[string](tab, `document.querySelector("#result").innerText`)
}

// spoiled is a form with something changed in it that says something.
func spoiled(form string, b []byte) map[string][]byte {
	at := func(share float64) []byte {
		b := bytes.Clone(b)
		b[int(share*float64(len(b)-1))] ^= 1
		return b
	}
	out := map[string][]byte{"cut off": b[:len(b)*3/4]}
	switch form {
	case "PDF":
		out["something behind"] = append(bytes.Clone(b), "\n%%EOF\n"...)
		out["data"] = bytes.Replace(b, []byte("示例许可证"), []byte("示例许可書"), 1)
		out["early"], out["middle"] = at(0.2), at(0.5)
		from := bytes.LastIndex(b, []byte("/Contents <")) + len("/Contents <")
		to := from + bytes.IndexByte(b[from:], '>')
		for what, i := range map[string]int{"certificate": from + 900, "signature": from + bytes.Index(b[from:], []byte("6981f89db594d2be")) - 40, "its tail": to - 3, "range": from - 60, "time": to + 12} {
			c := bytes.Clone(b)
			if c[i]++; c[i] == '9'+1 {
				c[i] = '0'
			}
			out[what] = c
		}
	case "OFD":
		out["data"] = bytes.Replace(b, []byte("示例许可证"), []byte("示例许可書"), 1)
		out["early"], out["middle"] = at(0.1), at(0.4)
		out["something behind"] = append(bytes.Clone(b), 0)
		out["said of a file"] = bytes.Clone(b) // its attributes, which nothing reads
		out["said of a file"][len(b)-22-len("Doc_0/Signs/Sign_0/SignedValue.dat")-6] ^= 1
		for _, name := range []string{"OFD.xml", "Doc_0/Signs/Signatures.xml", "Doc_0/Signs/Sign_0/Signature.xml", "Doc_0/Signs/Sign_0/SignedValue.dat", "Doc_0/Signs/Sign_0/Vouch.dat"} {
			out[name] = repacked(b, name)
		}
	case "wallet", "wallet, bound":
		parts := strings.Split(string(b), "~")
		out["a value more"] = []byte(strings.Join(append([]string{parts[0], parts[1]}, parts[1:]...), "~"))
		out["made up"] = []byte(parts[0] + "~WyJzIiwic2V4Iiwi5aWzIl0~")
		out["proof"] = append(bytes.Clone(b[:bytes.LastIndexByte(b, '~')+1]), "e30.e30.e30"...)
		out["issuer's part"] = []byte(changed(parts[0], 0.5) + "~" + strings.Join(parts[1:], "~"))
	default:
		out["early"], out["middle"], out["late"] = []byte(changed(string(b), 0.1)), []byte(changed(string(b), 0.6)), []byte(changed(string(b), 0.97))
	}
	return out
}

// repacked is a package with one bit changed in the middle of one file, and
// everything else as it has to be.
func repacked(b []byte, name string) []byte {
	var out bytes.Buffer
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil
	}
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.OpenRaw()
		if err != nil {
			return nil
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil
		}
		if f.Name == name {
			data[len(data)/2] ^= 1
		}
		to, err := w.CreateRaw(&zip.FileHeader{Name: f.Name, CRC32: crc32.ChecksumIEEE(data), CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data))})
		if err != nil {
			return nil
		}
		if _, err := to.Write(data); err != nil {
			return nil
		}
	}
	if err := w.Close(); err != nil {
		return nil
	}
	return out.Bytes()
}

// genuine is what the server says of a file, by the list that the page has.
func (o *offline) genuine(b []byte) bool {
	return certificates.VerifyFile(b, o.TrustList(), clock.System.Now()).Genuine
}

// TestOfflinePage_everyForm: without any network the page reads every form of a
// certificate, refuses what was changed, and knows no keys but those of its list.
func TestOfflinePage_everyForm(t *testing.T) {
	o := openOffline(t, clock.System.Now().Add(-time.Hour))
	other := openOffline(t, clock.System.Now().Add(-time.Hour))
	tab := harness.Open(t, harness.Look{Width: 390, Height: 844})
	tab.Go(o.page)
	tab.Offline()
	chinese := func() {
		harness.Eval[bool](tab, `(() => { if (document.documentElement.lang === "en") document.querySelector("#language").click(); return true })()`)
	}
	chinese()
	if harness.Eval[bool](tab, `navigator.onLine`) || harness.Eval[bool](tab, `fetch("http://127.0.0.1:1/").then(() => true, () => false)`) {
		t.Fatal("there is a network")
	}
	forms, shown := o.forms(t), map[string][]string{"wallet": {"没有持有人的证明", "示例路 <1> 号"}, "wallet, bound": {"钱包密钥为这次出示签了名", "没有出示的项目"}, "PDF": {"整份文件签过名", "PDF 签名\n示例节点，", "证书由公钥清单里的根证书签发"}, "OFD": {"整份文件签过名", "OFD 印章\n示例区市场监督管理局（虚构） · 示例节点，", "证书由公钥清单里的根证书签发"}, "code": {"纸面应当与下面的内容一致"}}
	for name, form := range forms {
		said := chosen(t, tab, form)
		for _, want := range append(shown[name], "签名有效，在有效期内", "示*", "示例许可证", "签发以后是否吊销：本页查不到", "https://zwfw.tongban.example/verify", "本机查验时间") {
			if !strings.Contains(said, want) {
				t.Errorf("%s: no %q in %q", name, want, said)
			}
		}
		if strings.Contains(said, "449901199001010015") || strings.Contains(said, "𠮷") {
			t.Errorf("%s tells who holds it: %q", name, said)
		}
		if name == "wallet" || name == "OFD" {
			tab.Clean()
			tab.Shot("offline-" + name)
		}
		if !o.genuine(form) {
			t.Errorf("%s: the server refuses it", name)
		}
		if name != "PDF" && name != "OFD" && !o.genuine(append([]byte("\r\n "), form...)) { // pasted, as the page takes it
			t.Errorf("%s: the server refuses it behind white space", name)
		}
		for what, b := range spoiled(name, form) {
			if said := chosen(t, tab, b); !strings.Contains(said, "不能作数") || strings.Contains(said, "签名有效") {
				t.Errorf("%s, %s: %q", name, what, said)
			}
			if o.genuine(b) {
				t.Errorf("%s, %s: the server takes it", name, what)
			}
		}
	}
	for what, c := range map[string]struct {
		file []byte
		want string
	}{
		"signature":   {spoiled("PDF", forms["PDF"])["signature"], "PDF 签名\n没有通过"},
		"its tail":    {spoiled("PDF", forms["PDF"])["its tail"], "PDF 里的签名与文件不符"},
		"time":        {spoiled("PDF", forms["PDF"])["time"], "PDF 签名\n没有通过"},
		"seal":        {spoiled("OFD", forms["OFD"])["Doc_0/Signs/Sign_0/SignedValue.dat"], "OFD 里的印章与文件不符"},
		"description": {spoiled("OFD", forms["OFD"])["Doc_0/Signs/Sign_0/Signature.xml"], "OFD 印章\n没有通过"},
	} {
		if said := chosen(t, tab, c.file); !strings.Contains(said, c.want) {
			t.Errorf("%s: no %q in %q", what, c.want, said)
		}
	}
	// The keys of the data are right, the authority of the certificates is another.
	harness.Eval[bool](tab, `(() => { const box = document.querySelector("#trust"), t = JSON.parse(box.value); box.dataset.was = box.value; t.roots = `+jsArray(other.TrustList().Roots)+`; box.value = JSON.stringify(t); return true })()`)
	for _, name := range []string{"PDF", "OFD"} {
		if said := chosen(t, tab, forms[name]); !strings.Contains(said, "不能作数") || !strings.Contains(said, "不是公钥清单里的根证书签发的") || !strings.Contains(said, "没有通过") {
			t.Errorf("%s, by another authority: %q", name, said)
		}
	}
	harness.Eval[bool](tab, `(() => { const box = document.querySelector("#trust"); box.value = box.dataset.was; return true })()`)
	if said := chosen(t, tab, []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n")); !strings.Contains(said, "没有电子签名") {
		t.Errorf("a PDF without a signature: %q", said)
	}
	for state, want := range map[string]string{"retired": "已经停用", "revoked": "可能已被他人掌握"} {
		harness.Eval[bool](tab, `(() => { const t = JSON.parse(document.querySelector("#embedded").textContent); for (const k of t.keys) { k.state = "`+state+`"; k.until = "2020-01-01T00:00:00Z" } document.querySelector("#trust").value = JSON.stringify(t); return true })()`)
		for name, form := range forms {
			if said := chosen(t, tab, form); !strings.Contains(said, "不能作数") || !strings.Contains(said, want) {
				t.Errorf("%s, by a key that is %s: %q", name, state, said)
			}
		}
	}
	tab.Go(other.page)
	chinese()
	for name, form := range forms {
		want := "不在公钥清单里"
		if name == "PDF" || name == "OFD" {
			want = "不是公钥清单里的根证书签发的"
		}
		if said := chosen(t, tab, form); !strings.Contains(said, want) {
			t.Errorf("%s, by an unknown key: %q", name, said)
		}
	}
	// The keys were replaced after the page was downloaded, the authority was not.
	harness.Eval[bool](tab, `(() => { const box = document.querySelector("#trust"), t = JSON.parse(box.value); t.roots = `+jsArray(o.TrustList().Roots)+`; t.as_of = "2020-01-01T00:00:00Z"; box.value = JSON.stringify(t); return true })()`)
	for name, form := range forms {
		if said := chosen(t, tab, form); !strings.Contains(said, "清单比它旧") {
			t.Errorf("%s, by a key that is newer than the list: %q", name, said)
		}
	}
}

func (o *offline) token(t *testing.T, algorithm string, asJSON bool) string {
	t.Helper()
	f, err := o.Token(auth.System(context.Background(), "test"), o.paper.Region, o.paper.ID, algorithm, asJSON)
	if err != nil {
		t.Fatal(err)
	}
	return string(f.Data)
}

// TestOfflinePage_codes: what the code on a certificate says is checked without a
// network, and nothing that was changed passes.
func TestOfflinePage_codes(t *testing.T) {
	o := openOffline(t, clock.System.Now().Add(-time.Hour))
	f, err := o.Paper(auth.System(t.Context(), "test"), o.paper.Region, o.paper.ID)
	if err != nil {
		t.Fatal(err)
	}
	list, err := o.Codes(f)
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	address := o.BaseURL + "/verify/" + o.paper.Code + "#"
	tab := harness.Open(t, harness.Look{Width: 390, Height: 844})
	tab.Go(o.page)
	harness.Eval[bool](tab, `(() => { if (document.documentElement.lang === "en") document.querySelector("#language").click(); return true })()`)
	for i, text := range []string{address + list[0], list[0], address + list[1]} {
		said := verdictOf(t, tab, text)
		for _, want := range []string{"签名有效，在有效期内", "纸面应当与下面的内容一致", "示*", "4499**********0015", o.paper.Number} {
			if !strings.Contains(said, want) {
				t.Errorf("%d: no %q in %q", i, want, said)
			}
		}
		if strings.Contains(said, "示例路 <1> 号 & 2 号") != (i < 2) {
			t.Errorf("%d: the fields: %q", i, said)
		}
	}
	// As a message gives it, with its lines broken; and as a device reads it from a
	// picture, whose reader is here a stand-in that knows what it will see.
	broken := address + list[0][:90] + "\n  " + list[0][90:400] + "\r\n" + list[0][400:]
	if r := certificates.VerifyFile([]byte(broken), o.TrustList(), clock.System.Now()); !r.Genuine {
		t.Errorf("the server refuses a code with broken lines: %+v", r)
	}
	if said := verdictOf(t, tab, broken); !strings.Contains(said, "签名有效，在有效期内") {
		t.Errorf("with broken lines: %q", said)
	}
	photo := []byte("\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\x0aIDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\xb18\xf6\x14\x00\x00\x00\x00IEND\xaeB`\x82") // one white point
	reader := func(script string) string {
		harness.Eval[bool](tab, `(() => { document.querySelector("#result").hidden = true; `+script+`; return true })()`)
		return picked(t, tab, photo, "photo.png")
	}
	if said := reader(`delete globalThis.BarcodeDetector`); !strings.Contains(said, "这个浏览器不能从图片读二维码") {
		t.Errorf("no reader: %q", said)
	}
	stand := `globalThis.BarcodeDetector = class { static async getSupportedFormats() { return ["qr_code"] } async detect(p) { return p.width === 1 ? SEEN : [] } }`
	if said := reader(strings.Replace(stand, "SEEN", "[]", 1)); !strings.Contains(said, "没有读出二维码") {
		t.Errorf("no code: %q", said)
	}
	if said := reader(strings.Replace(stand, "SEEN", "[{rawValue: "+jsString(address+list[0])+"}]", 1)); !strings.Contains(said, "签名有效，在有效期内") || !strings.Contains(said, "纸面应当与下面的内容一致") {
		t.Errorf("a picture: %q", said)
	}
	tab.Clean()
	tab.Shot("offline-code")
	if n := tab.Overflow(); n > 0 {
		t.Errorf("%d px too wide", n)
	}
	if said := verdictOf(t, tab, address+list[2]); !strings.Contains(said, "这一页核对不了") || !strings.Contains(said, "摘要") {
		t.Errorf("a digest alone: %q", said)
	}
	for i := 2; i < len(list[0]); i += len(list[0]) / 40 {
		if said := verdictOf(t, tab, address+changed(list[0], float64(i)/float64(len(list[0])))); !strings.Contains(said, "不能作数") {
			t.Errorf("letter %d changed: %q", i, said)
		}
	}
	other := openOffline(t, clock.System.Now())
	g, err := other.Paper(auth.System(t.Context(), "test"), other.paper.Region, other.paper.ID)
	if err != nil {
		t.Fatal(err)
	}
	if list, err = other.Codes(g); err != nil {
		t.Fatal(err)
	}
	if said := verdictOf(t, tab, list[0]); !strings.Contains(said, "不在公钥清单里") {
		t.Errorf("somebody else's: %q", said)
	}
}

// verdictOf puts a text into the page and tells what it says.
func verdictOf(t *testing.T, tab *harness.Tab, text string) string {
	t.Helper()
	harness.Eval[bool](tab, `(() => { document.querySelector("#result").hidden = true; document.querySelector("#text").value = `+jsString(text)+`; document.querySelector("#check").click(); return true })()`)
	tab.Wait(`!document.querySelector("#result").hidden`)
	return harness.Eval[string](tab, `document.querySelector("#result").innerText`)
}

func jsString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(s) + `"`
}

func jsArray(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = jsString(s)
	}
	return "[" + strings.Join(out, ",") + "]"
}

// changed is a text with one letter changed at a share of its length.
func changed(s string, share float64) string {
	b := []byte(s)
	i := int(share * float64(len(b)-1))
	if b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return string(b)
}

func TestOfflinePage(t *testing.T) {
	o := openOffline(t, clock.System.Now().Add(-time.Hour))
	other := openOffline(t, clock.System.Now().Add(-time.Hour))
	data, err := o.SignedData(auth.System(context.Background(), "test"), o.paper.Region, o.paper.ID)
	if err != nil {
		t.Fatal(err)
	}
	tab := harness.Open(t, harness.Look{Width: 390, Height: 844})
	tab.Go(o.page)
	harness.Eval[bool](tab, `(() => { if (document.documentElement.lang === "en") document.querySelector("#language").click(); return true })()`)
	tab.Clean()
	if n := tab.Overflow(); n > 0 {
		t.Errorf("%d px too wide", n)
	}
	compact := o.token(t, jws.EdDSA, false)
	for what, text := range map[string]string{"compact": compact, "JSON": o.token(t, jws.EdDSA, true), "ES256": o.token(t, jws.ES256, false), "data": string(data.Data)} {
		said := verdictOf(t, tab, text)
		for _, want := range []string{"签名有效，在有效期内", "示*", "4499**********0015", "签发以后是否吊销：本页查不到", "https://zwfw.tongban.example/verify/" + o.paper.Code} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: no %q in %q", what, want, said)
			}
		}
		if strings.Contains(said, "449901199001010015") {
			t.Errorf("%s shows the whole number", what)
		}
	}
	tab.Shot("offline")
	parts := strings.Split(compact, ".")
	bad := map[string]string{"empty": "", "cut off": compact[:len(compact)-9], "no algorithm": "eyJhbGciOiJub25lIn0." + parts[1] + ".", "somebody else's": other.token(t, jws.EdDSA, false),
		"another signature": parts[0] + "." + parts[1] + "." + strings.Split(o.token(t, jws.ES256, false), ".")[2], "a name twice": strings.Replace(string(data.Data), `{"format"`, `{"format":"tongban-paper-v1","format"`, 1), "changed data": strings.Replace(string(data.Data), "示例许可证", "示例许可書", 1), "no token": "<p>x</p>"}
	for _, share := range []float64{0.01, 0.1, 0.4, 0.7, 0.95} {
		bad["changed at "+time.Duration(share*float64(time.Second)).String()] = changed(compact, share)
	}
	for what, text := range bad {
		if said := verdictOf(t, tab, text); !strings.Contains(said, "不能作数") || strings.Contains(said, "签名有效") {
			t.Errorf("%s: %q", what, said)
		}
	}
	sm2 := o.token(t, jws.SM2, false)
	if said := verdictOf(t, tab, sm2); !strings.Contains(said, "签名有效，在有效期内") || !strings.Contains(said, "SM2-SM3") {
		t.Errorf("SM2: %q", said)
	}
	for _, share := range []float64{0.3, 0.6, 0.93, 0.96, 0.99} {
		if said := verdictOf(t, tab, changed(sm2, share)); !strings.Contains(said, "不能作数") {
			t.Errorf("SM2, changed at %v: %q", share, said)
		}
	}
	if said := verdictOf(t, tab, other.token(t, jws.SM2, false)); !strings.Contains(said, "不在公钥清单里") {
		t.Errorf("SM2, somebody else's: %q", said)
	}
	old := openOffline(t, clock.System.Now().AddDate(-2, 0, 0))
	tab.Go(old.page)
	harness.Eval[bool](tab, `(() => { if (document.documentElement.lang === "en") document.querySelector("#language").click(); return true })()`)
	if said := verdictOf(t, tab, old.token(t, jws.EdDSA, false)); !strings.Contains(said, "已过有效期") {
		t.Errorf("expired: %q", said)
	}
}
