// Package casefiletest is a small town for tests of pages that staff use: the
// real services over a fresh database, officers, and browsers without scripts.
package casefiletest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/casework"
	caseweb "tongban/gov/casework/web"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	identityweb "tongban/gov/identity/web"
	"tongban/items"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/web"
	"tongban/ui"
)

// Where the town lies, and what it offers.
const (
	Top        = "440000"
	District   = "449901"
	Restaurant = "1144990190000002224440199901000"
	Lead       = "114499019000000222" // 市场监督管理局
	Fire       = "11449901900000030W"
	Water      = "11449901900000049R"
	Other      = "11449901900000065F" // an office that takes no part in opening a restaurant
)

// Situation answers the questions of the restaurant on its longest way.
var Situation = map[string]string{"operator": "none", "place": "free", "service": "dine_in", "fire_way": "inspect", "drain": "own", "sign": "small"}

type key struct{ k ed25519.PrivateKey }

func (k key) KeyID() string                 { return "test" }
func (k key) Sign(m []byte) ([]byte, error) { return ed25519.Sign(k.k, m), nil }
func (k key) Check(_ string, m, s []byte) bool {
	return ed25519.Verify(k.k.Public().(ed25519.PublicKey), m, s)
}

// Town is a fresh world.
type Town struct {
	T        *testing.T
	Clock    *clock.Fake
	Identity *identity.Service
	Items    *catalogue.Service
	Papers   *certificates.Service
	Casework *casework.Service
	Files    *files.Store
	Words    *i18n.Bundle

	url      string
	accounts map[string]auth.Principal
}

var tables = []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), identity.Migrations(), catalogue.Migrations(), certificates.Migrations(), casework.Migrations()}

// Run runs f in a town on each engine.
func Run(t *testing.T, f func(w *Town)) {
	t.Helper()
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) { f(build(t, d)) })
}

// Village is Run on the embedded engine only, for what does not depend on the engine.
func Village(t *testing.T, f func(w *Town)) {
	t.Helper()
	t.Parallel()
	f(build(t, dbtest.SQLite(t, tables)))
}

// Divisions are those of the district and a few real ones.
const Divisions = `code,name,level,parent
44,广东省,1,
4401,广州市,2,44
440106,天河区,3,4401
440106006,石牌街道,4,440106
4499,示例市,2,44
449901,示例区,3,4499
449901001,示例街道,4,449901
449901100,样例镇,4,449901
`

func build(t *testing.T, d *db.DB) *Town {
	t.Helper()
	ctx := dbtest.As(t, "test")
	w := &Town{T: t, Clock: clock.NewFake(time.Date(2026, 9, 7, 10, 0, 0, 0, calendar.Zone)), Words: i18n.NewBundle(), accounts: map[string]auth.Principal{}}
	file, err := data.Files.Open(data.Calendar)
	w.Must(err)
	defer file.Close()
	cal, err := calendar.Load(file)
	w.Must(err)
	w.Items = catalogue.New(catalogue.Deps{DB: d, Clock: w.Clock, Data: data.Files, Items: items.Files})
	_, err = w.Items.ImportDivisions(ctx, strings.NewReader(Divisions), catalogue.DivisionOptions{})
	w.Must(err)
	_, err = w.Items.PublishPackage(ctx, items.Files, "restaurant-opening", catalogue.PublishOptions{})
	w.Must(err)
	w.Identity, err = identity.New(identity.Deps{DB: d, Clock: w.Clock, Log: slog.New(slog.DiscardHandler), Region: Top, Key: bytes.Repeat([]byte{7}, 32), Policy: map[string][]string{}})
	w.Must(err)
	offices, err := items.Files.Open(items.Departments)
	w.Must(err)
	_, err = w.Identity.Seed(ctx, identity.SeedInput{Offices: offices})
	w.Must(err)
	k := key{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, 32))}
	w.Papers = certificates.New(certificates.Deps{DB: d, Clock: w.Clock, Signer: k, Checker: k})
	dir := casework.Directory{Identity: w.Identity}
	w.Casework = casework.New(casework.Deps{DB: d, Clock: w.Clock, Calendar: cal, Rules: casework.NationalRules(), Items: w.Items, People: dir, Offices: dir, Papers: w.Papers,
		Checks: map[forms.Type]forms.NamedCheck{}, Lists: forms.Sources{"division": w.Items.PlaceSource()}, Regions: []string{Top, "449900", District}})
	w.Files, err = files.Open(t.TempDir())
	w.Must(err)
	return w
}

// Must stops the test at an error.
func (w *Town) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Open puts pages behind a door that believes the header As.
func (w *Town) Open(routes []web.Route, words ...fs.FS) {
	w.T.Helper()
	for _, f := range append([]fs.FS{ui.Strings, forms.Strings, files.Strings, identityweb.Strings, caseweb.Strings, casefile.Strings}, words...) {
		w.Must(w.Words.Add(f))
	}
	pages := web.NewPages(slog.New(slog.DiscardHandler), func(rw http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
		http.Error(rw, f.Code, web.Status(f.Kind))
	})
	pages.Add(routes...)
	site := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		ctx := auth.With(r.Context(), auth.Anonymous)
		if p, ok := w.accounts[r.Header.Get("As")]; ok {
			ctx = auth.With(ctx, p)
		}
		pages.ServeHTTP(rw, r.WithContext(ui.WithShell(ctx, ui.Shell{Site: "示例市政务服务网"})))
	})
	srv := httptest.NewServer(ui.WithPreferences(w.Words, site))
	w.T.Cleanup(srv.Close)
	w.url = srv.URL
}

// roles are what each role may, as in a real node.
var roles = map[string][]authz.Permission{
	"resident":  {casework.MayApply, certificates.MayHold},
	"clerk":     {casework.MayIntake, casework.MayAccept, casework.MayHandOut, casework.MayReadCase, identity.MayReadPerson, certificates.MayRead},
	"examiner":  {casework.MayExamine, casework.MayMessage, casework.MayReadCase, certificates.MayRead},
	"decider":   {casework.MayExamine, casework.MayDecide, casework.MayMessage, casework.MayAccept, casework.MayExtend, casework.MayDispatch, casework.MayRedirect, casework.MayArrange, casework.MayReadCase, certificates.MayRead},
	"security":  {casework.MayArrange},
	"librarian": {catalogue.MayPublishItems},
}

// Officer gives somebody a post; org "" is every office of the district. The
// account is that of a seeded officer with this account name, when there is
// one, so that work can be given to it.
func (w *Town) Officer(name, role, org string) context.Context {
	p := auth.Principal{ID: "acc_" + name, Kind: auth.KindOfficer, Name: name, Region: Top}
	list, err := w.Identity.Officers(w.T.Context(), "", org, "")
	w.Must(err)
	for _, o := range list {
		if o.Login == name {
			p.ID, p.Name = o.Account, o.Name
		}
	}
	g := auth.Grant{Role: role, Region: District, Org: org}
	for _, perm := range roles[role] {
		g.Permissions = append(g.Permissions, perm.Name)
	}
	slices.Sort(g.Permissions)
	p.Grants = []auth.Grant{g}
	w.accounts[name] = p
	return auth.With(w.T.Context(), p)
}

// Number is the identity number of the n-th invented person.
func Number(n int) string { return string(number.Fictional(District, n)) }

// Resident is a person on record with an account; n makes the number.
func (w *Town) Resident(name string, n int) context.Context {
	var person identity.Person
	w.Must(w.Casework.DB.Write(dbtest.As(w.T, "test"), func(tx *db.Tx) (err error) {
		tx.Unaudited("on record already")
		person, err = w.Identity.EnsurePersonTx(dbtest.As(w.T, "test"), tx, identity.Person{Name: name, Number: Number(n), Phone: fmt.Sprintf("140%08d", n), Level: identity.LevelCounter})
		return err
	}))
	p := auth.Principal{ID: "acc_res_" + person.ID[4:], Kind: auth.KindPerson, Name: name, Region: Top, Person: person.ID,
		Grants: []auth.Grant{{Role: "resident", Permissions: []string{casework.MayApply.Name, certificates.MayHold.Name}, Region: Top, Subtree: true, Own: true}}}
	w.accounts[name] = p
	return auth.With(w.T.Context(), p)
}

// PDF is a small file that is what it says.
func PDF() []byte {
	body := "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\n"
	at := len(body)
	body += "xref\n0 4\n0000000000 65535 f \n"
	for i := 1; i <= 3; i++ {
		body += fmt.Sprintf("%010d 00000 n \n", bytes.Index([]byte(body), fmt.Appendf(nil, "%d 0 obj", i)))
	}
	return fmt.Appendf(nil, "%strailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", body, at)
}

// Apply brings a restaurant application of the resident to submission; its first
// materials are these files, the others small PDFs.
func (w *Town) Apply(ctx context.Context, scans ...[]byte) casework.Case {
	w.T.Helper()
	return w.ApplyFor(ctx, Restaurant, Situation, nil, scans...)
}

// ApplyWith is Apply with answers of the form that are others.
func (w *Town) ApplyWith(ctx context.Context, others map[string]string) casework.Case {
	w.T.Helper()
	return w.ApplyFor(ctx, Restaurant, Situation, others)
}

// ApplyFor brings an application for an item to submission.
func (w *Town) ApplyFor(ctx context.Context, item string, situation, others map[string]string, scans ...[]byte) casework.Case {
	w.T.Helper()
	d, err := w.Casework.Start(ctx, casework.Start{Region: District, Item: item})
	w.Must(err)
	o, err := w.Casework.Offer(ctx, d.Region, d.Item, d.ItemVersion)
	w.Must(err)
	form := Answers(o.Form)
	maps.Copy(form, others)
	d, err = w.Casework.Save(ctx, d.Region, d.ID, d.Version, casework.Edit{Situation: situation, Form: form})
	w.Must(err)
	for i, m := range o.MaterialsFor(situation) {
		scan := PDF()
		if i < len(scans) {
			scan = scans[i]
		}
		ref, err := w.Files.Put(ctx, bytes.NewReader(scan), 1<<20, []files.Kind{files.PDF, files.JPEG, files.PNG, files.OFD})
		w.Must(err)
		d, err = w.Casework.Attach(ctx, d.Region, d.ID, m.ID, casework.Attachment{Hash: ref.Hash, Size: ref.Size, Kind: string(ref.Kind), Name: m.Name.Zh + ref.Kind.Extension()})
		w.Must(err)
	}
	c, err := w.Casework.Submit(ctx, d.Region, d.ID, d.Version)
	w.Must(err)
	return c
}

// Answers fills every field with something of its type.
func Answers(def *forms.Definition) map[string]string {
	out := map[string]string{}
	for _, f := range def.Fields() {
		switch f.Type {
		case forms.Number, forms.Money:
			out[f.ID] = "20"
		case forms.Date:
			out[f.ID] = "2026-10-12"
		case forms.YesNo:
			out[f.ID] = "yes"
		case forms.Choice, forms.Choices:
			out[f.ID] = f.Options[0].Value
		case "idnumber":
			out[f.ID] = Number(1)
		case "phone":
			out[f.ID] = "14000000001"
		case "division":
			out[f.ID] = "449901001"
		default:
			out[f.ID] = "示例内容"
		}
	}
	return out
}

// File is the case as an officer of the district sees it.
func (w *Town) File(c casework.Case) casework.File {
	w.T.Helper()
	reader := auth.Principal{ID: "acc_reader", Kind: auth.KindOfficer, Name: "reader", Region: Top, Grants: []auth.Grant{{Role: "reader", Permissions: []string{casework.MayReadCase.Name}, Region: District}}}
	f, err := w.Casework.Open(auth.With(w.T.Context(), reader), c.Region, c.ID, "test")
	w.Must(err)
	return f
}
