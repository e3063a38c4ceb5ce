package app_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tongban/app"
	"tongban/gov/casework"
	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/test/node"
)

// neighbour is another installation with keys of its own, on a real server that
// can be switched off.
func neighbour(t *testing.T) (there *node.Node, address string, off func()) {
	t.Helper()
	var site *app.Site
	server := httptest.NewUnstartedServer(nil)
	address = "http://" + server.Listener.Addr().String()
	n := node.Open(t, node.Options{BaseURL: address, Set: func(o *app.Options) { o.DataDir, o.Site = t.TempDir(), "邻省政务服务平台（虚构）" }})
	site = n.Site
	server.Config.Handler = site
	server.Start()
	t.Cleanup(server.Close)
	return n, address, server.Close
}

// recognise enters a node here with two people, the one on pages and the other
// over the API.
func recognise(t *testing.T, n *node.Node, file, fingerprint string) string {
	t.Helper()
	enter := []string{"fingerprint", fingerprint, "grade", "A", "note", "互认协议（虚构）"}
	if a := upload(n, node.Clerk, "/nodes/new", []byte(file), enter...); a.status != 403 {
		t.Errorf("a clerk enters: %d", a.status)
	}
	if a := upload(n, keeper, "/nodes/new", []byte(file), "fingerprint", "0000 1111", "grade", "A", "note", "互认协议（虚构）"); a.status != 422 || !strings.Contains(a.body, "填写的指纹与文件不一致") {
		t.Errorf("another fingerprint: %d", a.status)
	}
	// Whatever size of file is followed later can be entered.
	long := file + strings.Repeat(" ", trusted.MaxFile-len(file))
	if a := call(n, keeper, "POST", "/api/v1/nodes", `{"file":"`+long+`","fingerprint":"0000 1111","grade":"A","note":"互认协议（虚构）"}`); !strings.Contains(a.body, trusted.ErrFingerprint.Code) {
		t.Errorf("a long file and another fingerprint: %d %s", a.status, a.body)
	}
	a := upload(n, keeper, "/nodes/new", []byte(long), enter...)
	entry, version, _ := strings.Cut(strings.TrimPrefix(a.location, "/nodes/"), "?version=")
	if a.status != 303 || entry == "" {
		t.Fatalf("entered: %d %s", a.status, a.body)
	}
	decide := "/api/v1/nodes/" + entry + "/versions/" + version + "/decision"
	if a := call(n, keeper, "POST", decide, `{"approve":true,"fingerprint":"`+fingerprint+`"}`); a.status != 403 {
		t.Errorf("the same person: %d %s", a.status, a.body)
	}
	if a := call(n, checker, "POST", decide, `{"approve":true,"fingerprint":"`+fingerprint+`"}`); a.status != 200 {
		t.Fatalf("approved: %d %s", a.status, a.body)
	}
	return entry
}

const keeper, checker = "示例安全管理员", "示例监察员"

// neighbourly is a certificate that a node issues to the resident.
func neighbourly(t *testing.T, there *node.Node) (health certificates.Paper) {
	t.Helper()
	err := there.DB.Write(auth.System(t.Context(), "test"), func(tx *db.Tx) (err error) {
		health, err = there.Certificates.IssueTx(t.Context(), tx, certificates.Paper{Kind: certificates.Certificate, Region: node.District, Title: "健康证明", TypeName: "健康证明",
			Type: "health_certificate", Issuer: "114499019000000222", IssuerName: "邻市卫生健康局（虚构）", Owners: []string{"per_there"},
			HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "健〔2026〕0009号", ValidUntil: there.Time.Now().AddDate(1, 0, 0)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return health
}

// Two installations on the loopback: a certificate of the one is verified and
// used at the other, and what is done to it there is told to the case here.
func TestNodes_certificateOfTheNeighbour(t *testing.T) {
	for _, postgres := range []bool{false, true} {
		there, address, off := neighbour(t)
		n := node.Open(t, node.Options{Postgres: postgres})
		me := n.As(node.Resident)
		health := neighbourly(t, there)
		form, err := there.Certificates.SignedData(auth.System(t.Context(), "test"), health.Region, health.ID)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := n.Certificates.CheckFile(context.Background(), form.Data, "x"); err != nil || r.OK {
			t.Fatalf("of nobody: %+v, %v", r, err)
		}
		own, err := there.Nodes.Own()
		if err != nil || own.Site != address {
			t.Fatalf("%+v, %v", own.About, err)
		}
		entry := recognise(t, n, own.Text, own.Fingerprint)
		r, err := n.Certificates.CheckFile(context.Background(), form.Data, "x")
		if err != nil || !r.OK || !r.Online || r.Recognised == nil || r.Recognised.Name != "邻省政务服务平台（虚构）" {
			t.Fatalf("%+v, %v", r, err)
		}
		a := page(n, "GET", "/verify/"+health.Code+"?node="+entry, "")
		if a.status != 200 || !strings.Contains(a.body, "邻省政务服务平台（虚构）") || !strings.Contains(a.body, "健康证明") {
			t.Errorf("the page: %d %s", a.status, a.body)
		}
		if a := page(n, "GET", "/verify?code="+url.QueryEscape(address+"/verify/"+health.Code), ""); a.status != 303 && !strings.Contains(a.body, "邻省") {
			t.Errorf("the address in the QR code: %d", a.status)
		}
		if _, err := n.Nodes.TakeIn(me, form.Data, "x"); err != nil {
			t.Fatal(err)
		}
		d := n.Draft(node.Resident)
		if d, err = n.Casework.Choose(me, d.Region, d.ID, "health", casework.Electronic, certificates.ShowCode(health.Code), ""); err != nil {
			t.Fatal(err)
		}
		c, err := n.Casework.Submit(me, d.Region, d.ID, d.Version)
		if err != nil {
			t.Fatal(err)
		}
		n.Settle()
		if _, err := there.Certificates.Act(auth.System(t.Context(), "test"), health.Region, health.ID, certificates.Order{Act: certificates.Revoke, Reason: "体检结论造假", Basis: "《中华人民共和国食品安全法》第四十五条第二款"}); err != nil {
			t.Fatal(err)
		}
		n.Time.Advance(40 * 60 * 1e9)
		there.Time.Set(n.Time.Now())
		if err := n.Nodes.Poll(auth.System(t.Context(), "test")); err != nil {
			t.Fatal(err)
		}
		n.Settle()
		if told := changes(t, n, c); len(told) != 1 || !strings.Contains(told[0], "体检结论造假") {
			t.Errorf("the timeline says %v", told)
		}
		if r, err := n.Certificates.CheckFile(context.Background(), form.Data, "x"); err != nil || r.OK || r.Reason != certificates.ErrRevoked.Code {
			t.Errorf("revoked there: %+v, %v", r, err)
		}
		keysGoOn(t, n, there, entry, own)
		switchedOff(t, n, there, entry, off)
	}
}

// switchedOff checks a certificate when its node answers, when it does not, and
// when it is suspended here; who suspended it does not give it back.
func switchedOff(t *testing.T, n, there *node.Node, entry string, off func()) {
	t.Helper()
	p := neighbourly(t, there)
	form, err := there.Certificates.SignedData(auth.System(t.Context(), "test"), p.Region, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	says(t, upload(n, "", "/verify", form.Data), 200, "现在有效")
	off()
	n.Time.Advance(time.Hour)
	a := upload(n, "", "/verify", form.Data)
	says(t, a, 200, "当时有效", "时有效。")
	if strings.Contains(a.body, "现在有效") {
		t.Error("a node that does not answer: valid now")
	}
	state := func(act, why string) answer {
		return post(n, "/nodes/"+entry+"/state", n.SignIn(checker), url.Values{"act": {act}, "reason": {why}})
	}
	if a := state("suspend", "对方密钥可能失密"); a.status != 303 {
		t.Fatalf("suspended: %d %.300s", a.status, a.body)
	}
	says(t, upload(n, "", "/verify", form.Data), 200, "节点不再认可", "签名没有再核对")
	says(t, state("restore", "查清了"), 403, "暂停认可的人不能自己恢复", "查清了")
}

// upload posts a form with a file, or a plain one without, as somebody.
func upload(n *node.Node, who, path string, file []byte, fields ...string) answer {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		_ = m.WriteField(fields[i], fields[i+1]) // into memory
	}
	if file != nil {
		part, _ := m.CreateFormFile("file", "node.jws")
		part.Write(file)
	}
	m.Close()
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if who != "" {
		r.AddCookie(&http.Cookie{Name: node.Cookie, Value: n.SignIn(who)})
	}
	return ask(n, r)
}

// keysGoOn has the neighbour replace its keys: one person here goes on to them.
// What is older is refused where everybody sees it.
func keysGoOn(t *testing.T, n, there *node.Node, entry string, first trusted.File) {
	t.Helper()
	for _, role := range []string{"data", "paper", "ca"} {
		rotate(t, there, role, "")
		there.Time.Advance(time.Minute)
	}
	n.Time.Set(there.Time.Now())
	paper := neighbourly(t, there)
	f, err := there.Certificates.File(auth.System(t.Context(), "test"), paper.Region, paper.ID)
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := there.Certificates.Bytes(f.Ref)
	if err != nil {
		t.Fatal(err)
	}
	verified := func() string {
		return call(n, "", "POST", "/api/v1/verifications", `{"file":"`+base64.StdEncoding.EncodeToString(pdf)+`"}`).body
	}
	if said := verified(); !strings.Contains(said, `"ok":false`) {
		t.Errorf("before the keys were followed: %s", said)
	}
	path := "/nodes/" + entry + "/keys"
	for who, status := range map[string]int{node.Resident: 403, node.Clerk: 403, "": 303} {
		if a := upload(n, who, path, nil, "act", "fetch"); a.status != status && !(who == "" && a.status == 401) {
			t.Errorf("%q follows: %d", who, a.status)
		}
		if a := call(n, who, "POST", "/api/v1"+path, `{}`); a.status != 403 && !(who == "" && a.status == 401) {
			t.Errorf("%q follows over the API: %d", who, a.status)
		}
	}
	if a := upload(n, checker, path, nil, "act", "fetch"); a.status != 303 {
		t.Fatalf("followed: %d %s", a.status, a.body)
	}
	if said := verified(); !strings.Contains(said, `"ok":true`) || !strings.Contains(said, "邻省政务服务平台（虚构）") {
		t.Errorf("followed: %s", said)
	}
	if a := page(n, "GET", "/nodes/"+entry, ""); a.status != 200 || !strings.Contains(a.body, "由核对过的密钥作保") || !strings.Contains(a.body, "更换颁发机构证书") || strings.Contains(a.body, "上传并核验") {
		t.Errorf("the page for everybody: %d %s", a.status, a.body)
	}
	if a := call(n, keeper, "POST", "/api/v1"+path, `{"file":"`+first.Text+`"}`); a.status != 409 || !strings.Contains(a.body, "certificates.nodes.keys_older") {
		t.Errorf("an older file: %d %s", a.status, a.body)
	}
	if a := upload(n, keeper, path, []byte(first.Text), "act", "put"); a.status != 422 || !strings.Contains(a.body, "这份文件比已采用的旧") {
		t.Errorf("an older file on the page: %d %s", a.status, a.body)
	}
	if a := page(n, "GET", "/nodes", ""); !strings.Contains(a.body, "新密钥未采用") || health(t, n, "/healthz")["nodes"] != "warning" {
		t.Errorf("refused, and nobody sees it: %s", a.body)
	}
	if a := call(n, "", "GET", "/api/v1/nodes", ""); !strings.Contains(a.body, `"keys_problem":"certificates.nodes.keys_older"`) || !strings.Contains(a.body, `"statements":3`) {
		t.Errorf("over the API: %s", a.body)
	}
	if a := upload(n, keeper, path, nil, "act", "put"); a.status != 422 || !strings.Contains(a.body, "请选择节点文件") {
		t.Errorf("no file: %d", a.status)
	}
	if a := call(n, keeper, "POST", "/api/v1"+path, `{}`); a.status != 200 || strings.Contains(a.body, "keys_problem") || health(t, n, "/healthz")["nodes"] != "ok" {
		t.Errorf("asked again: %d %s", a.status, a.body)
	}
	if a := call(n, keeper, "POST", "/api/v1/nodes/nod_none/keys", `{}`); a.status != 404 {
		t.Errorf("no such node: %d", a.status)
	}
}
