package browser_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates"
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
	"tongban/platform/sign"
	"tongban/test/browser/harness"
)

// offline is a place that issues papers, and the page that checks them from a
// disk.
type offline struct {
	*certificates.Service
	paper certificates.Paper
	page  string // address of the page on this disk
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
	o := &offline{Service: certificates.New(certificates.Deps{DB: d, Clock: c, Signer: keys, Checker: keys, Seal: s, Forms: s, Trust: trust, Files: store, BaseURL: trust.Site, Regions: []string{"449901"}})}
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
	tab.Clean()
	tab.Shot("offline-code")
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
		"another signature": parts[0] + "." + parts[1] + "." + strings.Split(o.token(t, jws.ES256, false), ".")[2], "changed data": strings.Replace(string(data.Data), "示例许可证", "示例许可書", 1), "no token": "<p>x</p>"}
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
