package app_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/drafts"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/auth"
	"tongban/platform/ofd"
	"tongban/test/node"
)

// permit is the first residence permit, whose certificate shows a photograph.
const permit = "11449901900000065F4440799902000"

// snapshot is a photograph as a telephone takes it: with the place in it.
func snapshot(t *testing.T, wide, high int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, wide, high)), nil); err != nil {
		t.Fatal(err)
	}
	const place = "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00 GPS 23.1291 113.2644"
	head := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(place) + 2)}, place...)
	return append(head, b.Bytes()[2:]...)
}

func attach(n *node.Node, who string, d casework.Draft, body []byte) answer {
	r := httptest.NewRequest(http.MethodPost, "/api/v1/drafts/"+d.Region+"/"+string(d.ID)+"/materials/photo/files?name=me.jpg", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("Authorization", "Bearer "+n.Token(who))
	return ask(n, r)
}

// permitOf brings an application for a residence permit with a photograph to its
// certificate.
func permitOf(t *testing.T, n *node.Node) certificates.Found {
	t.Helper()
	ctx := n.As(node.Resident)
	d, err := n.Casework.Start(ctx, casework.Start{Region: node.District, Item: permit, Situation: map[string]string{"who": "self", "stay": "yes", "ground": "home", "home": "own"}})
	if err != nil {
		t.Fatal(err)
	}
	d, err = n.Casework.Save(ctx, d.Region, d.ID, d.Version, casework.Edit{Form: map[string]string{"ethnic": "汉族", "hukou_division": "440106", "hukou_address": "虚构路 1 号", "living_division": "449901001",
		"living_address": "示例路 1 号 101 房", "living_since": "2020-01-01", "receive": "electronic", "pledge": "yes"}})
	if err != nil {
		t.Fatal(err)
	}
	for material, source := range map[string]string{"id_card": "data:population", "deed": "data:real_estate"} {
		if d, err = n.Casework.Choose(ctx, d.Region, d.ID, material, casework.Electronic, source, ""); err != nil {
			t.Fatal(err)
		}
	}
	for what, body := range map[string][]byte{"casework.portrait.small": snapshot(t, 200, 280), "casework.portrait.shape": snapshot(t, 800, 600)} {
		if a := attach(n, node.Resident, d, body); a.status != 422 || !strings.Contains(a.body, what) {
			t.Errorf("%s: %d %.300s", what, a.status, a.body)
		}
	}
	for _, size := range [][2]int{{1200, 1600}, {1500, 2100}} { // the second takes the place of the first
		if a := attach(n, node.Resident, d, snapshot(t, size[0], size[1])); a.status != 200 {
			t.Fatalf("%d %.300s", a.status, a.body)
		}
	}
	if d, err = n.Casework.Draft(ctx, d.Region, d.ID); err != nil || len(d.Materials["photo"].Files) != 1 {
		t.Fatalf("%+v %v", d.Materials["photo"], err)
	}
	c, err := n.Casework.Submit(ctx, d.Region, d.ID, d.Version)
	if err != nil {
		t.Fatal(err)
	}
	decideAll(t, n, c)
	papers, err := n.Certificates.OfCase(auth.System(t.Context(), "test"), c.Region, string(c.ID))
	at := slices.IndexFunc(papers, func(f certificates.Found) bool { return f.Kind == certificates.Certificate })
	if err != nil || at < 0 {
		t.Fatalf("no certificate: %v", err)
	}
	return papers[at]
}

// decideAll has every office of a case do its steps.
func decideAll(t *testing.T, n *node.Node, c casework.Case) {
	t.Helper()
	ctx := auth.System(t.Context(), "test")
	if _, err := n.Casework.Accept(n.As(node.Clerk), c.Region, c.ID, c.Version); err != nil {
		t.Fatal(err)
	}
	hired := map[string]bool{}
	for range 12 {
		n.Settle()
		f, err := n.Casework.Open(ctx, c.Region, c.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		if !f.State.Open() {
			return
		}
		for _, x := range f.Tasks {
			if x.State != casework.TaskOpen {
				continue
			}
			who := map[string]string{casework.RoleExaminer: "虚构·审查", casework.RoleDecider: "虚构·决定"}[x.Role]
			if !hired[who] {
				hired[who] = true
				n.Hire(who, c.Region, "", x.Role)
			}
			if _, err := n.Casework.Complete(n.As(who), c.Region, x.ID, casework.Opinion{Result: casework.Approve, Text: "经核查，符合条件。"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Fatal("the case does not end")
}

// The photograph that was handed in stands, without place and time, in every form
// of the certificate and on the pages of its holder, and goes with a copy.
func TestPortrait_fromUploadToCopy(t *testing.T) {
	engines(t, func(t *testing.T, n *node.Node) {
		f := permitOf(t, n)
		at := slices.IndexFunc(f.Fields, func(x certificates.Field) bool { return x.Key == "photo" })
		if at < 0 || !f.Fields[at].Photo() {
			t.Fatalf("no photograph: %+v", f.Fields)
		}
		photo := n.Certificates.Picture(f.Fields[at])
		if c, err := jpeg.DecodeConfig(bytes.NewReader(photo)); err != nil || c.Width > 600 || bytes.Contains(photo, []byte("GPS")) {
			t.Fatalf("%+v %v", c, err)
		}
		inEveryForm(t, n, f, photo)
		shown := "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(photo)
		session := n.SignIn(node.Resident)
		for _, path := range []string{"/papers/", "/my/certificates/"} {
			if a := page(n, http.MethodGet, path+f.Region+"/"+f.ID, session); !strings.Contains(a.body, shown) || strings.Contains(a.body, f.Fields[at].Value) {
				t.Errorf("%s: the photograph is not on the page, or its digest is: %d", path, a.status)
			}
		}
		if a := page(n, http.MethodGet, "/my/certificates/"+f.Region+"/"+f.ID+"/object", session); a.status != 200 || strings.Contains(a.body, f.Fields[at].Value) {
			t.Errorf("objection: %d", a.status)
		}
		if a := page(n, http.MethodGet, "/papers/"+f.Region+"/"+f.ID, n.SignIn(node.Legal)); a.status != 404 || strings.Contains(a.body, shown) {
			t.Errorf("somebody else: %d", a.status)
		}
		if a := page(n, http.MethodGet, "/verify/"+f.Code, ""); a.status != 200 || strings.Contains(a.body, "data:image") {
			t.Errorf("a stranger who checks: %d", a.status)
		}
		c, err := n.Holding.Give(n.As(node.Resident), f.Region, f.ID, holding.Gift{OfficeName: "虚构学校", Purpose: "办理入学", Until: n.Time.Now().AddDate(0, 0, 20)})
		if err != nil {
			t.Fatal(err)
		}
		of, err := n.Certificates.Paper(auth.System(t.Context(), "test"), c.Region, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		inEveryForm(t, n, of, photo)
		heldOut(t, n, f, f.Fields[at], shown)
	})
}

// heldOut looks for the photograph on the screen that is held out, and with those to
// whom a copy was given: the office, and the officers of a case. A stranger who
// checks the code has the face before him and gets none.
func heldOut(t *testing.T, n *node.Node, f certificates.Found, photo certificates.Field, shown string) {
	t.Helper()
	me, clerk := n.As(node.Resident), n.SignIn(node.Clerk)
	want := func(what string, a answer, there bool) {
		t.Helper()
		if a.status != 200 || strings.Contains(a.body, shown) != there || strings.Contains(a.body, photo.Value) {
			t.Errorf("%s: %d, photograph %v, its digest %v", what, a.status, strings.Contains(a.body, shown), strings.Contains(a.body, photo.Value))
		}
	}
	x, err := n.Holding.Start(me, f.Region, f.ID, "入学")
	if err != nil {
		t.Fatal(err)
	}
	code, err := n.Holding.Code(me, x.Region, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	want("held out", page(n, http.MethodGet, "/my/showings/"+x.Region+"/"+x.ID, n.SignIn(node.Resident)), true)
	want("a stranger looks", page(n, http.MethodGet, "/shown/"+code.Digits, ""), false)
	c, err := n.Holding.Give(me, f.Region, f.ID, holding.Gift{Office: drafts.OfficeOf(auth.From(n.As(node.Decider))), Purpose: "登记", Until: n.Time.Now().AddDate(0, 0, 20)})
	if err != nil {
		t.Fatal(err)
	}
	want("the office reads", page(n, http.MethodGet, "/copies/"+c.Region+"/"+c.ID, n.SignIn(node.Decider)), true)
	hold(t, n, certificates.Paper{Title: "健康证明", Type: "health_certificate", Owners: []string{auth.From(me).Person}, HolderName: node.Resident, HolderNumber: node.IDNumber(1), Number: "健〔2026〕0001号", Fields: []certificates.Field{photo}})
	k := n.Submit(node.Resident)
	want("the officer of a case reads", page(n, http.MethodGet, "/counter/cases/"+k.Region+"/"+string(k.ID), clerk), true)
}

// inEveryForm looks for the photograph in PDF and OFD, and for its digest nowhere
// on the pages.
func inEveryForm(t *testing.T, n *node.Node, f certificates.Found, photo []byte) {
	t.Helper()
	ctx := auth.System(t.Context(), "test")
	file, err := n.Certificates.File(ctx, f.Region, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	b, err := n.Certificates.Bytes(file.Ref)
	if err != nil || !bytes.Contains(b, photo) {
		t.Errorf("%s: no photograph in the PDF: %v", f.Title, err)
	}
	sealed, err := n.Certificates.OFD(ctx, f.Region, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	o, err := ofd.Open(sealed.Data)
	if err != nil || !o.Holds(photo) {
		t.Errorf("%s: no photograph in the OFD: %v", f.Title, err)
	}
	text, err := o.Text()
	i := slices.IndexFunc(f.Fields, func(x certificates.Field) bool { return x.Photo() })
	if err != nil || i < 0 || strings.Contains(text, f.Fields[i].Value[:16]) {
		t.Errorf("%s: the digest of the photograph is printed: %v", f.Title, err)
	}
	for _, b := range [][]byte{b, sealed.Data} {
		if r, err := n.Certificates.CheckFile(t.Context(), b, "test"); err != nil || !r.OK {
			said, _ := json.Marshal(r)
			t.Errorf("%s: %s %v", f.Title, said, err)
		}
	}
}
