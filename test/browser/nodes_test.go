package browser_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"tongban/app"
	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

const neighbourName = "邻省政务服务平台（虚构）"

// neighbour is another installation on a real server, with keys and a name of its
// own, and the forms of a certificate that it issued.
func (w *world) neighbour(t *testing.T) (*node.Node, certificates.Paper, map[string]string) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	there := node.Open(t, node.Options{BaseURL: "http://" + server.Listener.Addr().String(), Set: func(o *app.Options) { o.DataDir, o.Site, o.Serving = t.TempDir(), neighbourName, true }})
	server.Config.Handler = there.Site
	server.Start()
	t.Cleanup(server.Close)
	system := auth.System(t.Context(), "test")
	var p certificates.Paper
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(there.DB.Write(system, func(tx *db.Tx) (err error) {
		p, err = there.Certificates.IssueTx(system, tx, certificates.Paper{Kind: certificates.Certificate, Region: node.District, Title: "健康证明", TypeName: "健康证明", Type: "health_certificate",
			Issuer: "114499019000000222", IssuerName: "邻省卫生健康局（虚构）", Owners: []string{"per_there"}, HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "健〔2026〕0009号", ValidUntil: w.Time.Now().AddDate(1, 0, 0)})
		return err
	}))
	files := map[string]string{}
	keep := func(name string, b []byte) {
		t.Helper()
		files[name] = filepath.Join(w.files, name)
		must(os.WriteFile(files[name], b, 0o600))
	}
	f, err := there.Certificates.File(system, p.Region, p.ID)
	must(err)
	b, err := there.Certificates.Bytes(f.Ref)
	must(err)
	keep("neighbour.pdf", b)
	keep("cut.pdf", b[:len(b)/2])
	bad := append([]byte{}, b...)
	bad[len(bad)/3] ^= 1
	keep("changed.pdf", bad)
	token, err := there.Certificates.Token(system, p.Region, p.ID, "SM2-SM3", false)
	must(err)
	keep("neighbour.jws", token.Data)
	o, err := there.Certificates.OFD(system, p.Region, p.ID)
	must(err)
	keep("neighbour.ofd", o.Data)
	own, err := there.Nodes.Own()
	must(err)
	keep("node.jws", []byte(own.Text))
	return there, p, files
}

// Two people enter another installation on the pages; what it issued is checked
// here, says by whose leave it counts, and counts no more when the node is removed.
func TestNodes_onPages(t *testing.T) {
	w := serve(t)
	there, p, files := w.neighbour(t)
	there.Time.Set(w.Time.Now())
	own, err := there.Nodes.Own()
	if err != nil {
		t.Fatal(err)
	}
	anybody := harness.Open(t, w.look(harness.Look{Width: 390, NoScript: true}, ""))
	check := func(tab *harness.Tab, label, button, file, shot string, says ...string) {
		t.Helper()
		tab.Go(w.url + "/verify")
		tab.Attach(label, files[file])
		tab.Follow(button, "")
		tab.Want(says...)
		tab.Clean()
		if n := tab.Overflow(); n > 0 {
			t.Errorf("%s: %d px too wide", file, n)
		}
		tab.Shot("verify-" + shot)
	}
	zh := func(file, shot string, says ...string) {
		t.Helper()
		check(anybody, "文书文件", "查验这份文件", file, shot, says...)
	}
	zh("neighbour.pdf", "nobody", "不能作数", "不是本网站信任的")

	keeper := harness.Open(t, w.look(harness.Look{Width: 1366, NoScript: true}, "示例安全管理员"))
	keeper.Go(w.url + "/nodes/new")
	keeper.Clean()
	keeper.Shot("nodes-new")
	keeper.Attach("节点文件", files["cut.pdf"])
	keeper.Fill("对方读出的指纹", "0000 1111")
	keeper.Fill("登记理由", "两省互认协议（虚构）")
	keeper.Follow("提交核对", "")
	keeper.Want("这不是完整的节点文件")
	keeper.Shot("nodes-new-bad")
	keeper.Go(w.url + "/nodes/new")
	keeper.Attach("节点文件", files["node.jws"])
	keeper.Fill("对方读出的指纹", trusted.ShowFingerprint(own.Fingerprint))
	keeper.Choose("A：签发机构提供")
	keeper.Fill("登记理由", "两省互认协议（虚构）")
	keeper.Follow("提交核对", "")
	keeper.Want(neighbourName, "还没有生效")
	keeper.Clean()
	page := harness.Eval[string](keeper, "location.pathname")
	zh("neighbour.pdf", "proposed", "不能作数")

	checker := harness.Open(t, w.look(harness.Look{Width: 390, NoScript: true}, "示例监察员"))
	checker.Go(w.url + page)
	checker.Fill("对方读出的指纹", "0000 1111")
	checker.Follow("指纹一致，批准", "")
	checker.Want("填写的指纹与文件不一致")
	checker.Fill("对方读出的指纹", own.Fingerprint)
	checker.Follow("指纹一致，批准", "")
	checker.Want("在认可范围内有效")
	checker.Clean()
	checker.Shot("nodes-approved")

	for _, file := range []string{"neighbour.pdf", "neighbour.ofd", "neighbour.jws"} {
		zh(file, "recognised-"+filepath.Ext(file)[1:], "现在有效", neighbourName, "邻省卫生健康局（虚构）")
	}
	zh("cut.pdf", "cut", "不能作数", "缺了结尾")
	zh("changed.pdf", "changed", "不能作数", "改动过")
	anybody.Go(w.url + "/verify")
	anybody.Fill("查验码", there.BaseURL+"/verify/"+p.Code)
	anybody.Follow("查验这个码", "")
	anybody.Want("现在有效", neighbourName)

	look := w.look(harness.Look{Width: 1366, NoScript: true}, "")
	look.Cookies["ui_lang"] = "en"
	english := harness.Open(t, look)
	check(english, "File of the paper", "Check this file", "neighbour.pdf", "recognised-en", "is valid now", neighbourName)
	check(english, "File of the paper", "Check this file", "changed.pdf", "changed-en", "was changed after it was signed")
	if _, err := there.Certificates.Act(auth.System(t.Context(), "test"), p.Region, p.ID, certificates.Order{Act: certificates.Revoke, Reason: "体检结论造假", Basis: "《中华人民共和国食品安全法》第四十五条第二款"}); err != nil {
		t.Fatal(err)
	}
	zh("neighbour.jws", "revoked", "吊销", "体检结论造假")

	keeper.Go(w.url + page)
	keeper.Fill("理由", "协议终止")
	keeper.Follow("移出清单", "")
	keeper.Want("不再认可", "协议终止")
	keeper.Clean()
	keeper.Shot("nodes-removed")
	zh("neighbour.ofd", "removed", "已从互认清单移出")
	check(english, "File of the paper", "Check this file", "neighbour.ofd", "removed-en", "removed")
	for _, tab := range []*harness.Tab{keeper, checker, anybody, english} {
		tab.Quiet()
	}
}
