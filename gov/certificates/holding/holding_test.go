package holding_test

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/gov/limits"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/sign"
)

const (
	top    = "440000"
	region = "449901"
	city   = "449900"
	base   = "https://zwfw.tongban.example"
	office = "114499019000000222"
	other  = "11449901900000065F"
	firm   = "91449901MA0000000A"
)

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// people are who the tests know; numbers are fictional.
type people struct {
	d        *db.DB
	persons  map[string]identity.Person
	mandates map[string][]identity.Mandate
}

func (p *people) Me(ctx context.Context) (identity.Person, error) {
	me, ok := p.persons[auth.From(ctx).Person]
	if !ok {
		return me, identity.ErrNoPerson
	}
	return me, nil
}

func (p *people) LiveMandates(_ context.Context, person string) ([]identity.Mandate, error) {
	return p.mandates[person], nil
}

func (p *people) Departments(context.Context, string) ([]identity.Org, error) {
	return []identity.Org{{Code: office, Name: "示例区市场监督管理局（虚构）"}, {Code: other, Name: "示例区公安分局（虚构）"}}, nil
}

func (p *people) Org(ctx context.Context, code string) (identity.Org, error) {
	list, _ := p.Departments(ctx, "")
	for _, o := range list {
		if o.Code == code {
			return o, nil
		}
	}
	return identity.Org{}, identity.ErrNoOrg
}

func (p *people) EnsurePersonTx(_ context.Context, _ *db.Tx, in identity.Person) (identity.Person, error) {
	for _, x := range p.persons {
		if x.Number == in.Number {
			return x, nil
		}
	}
	in.ID = id.New("per")
	p.persons[in.ID] = in
	return in, nil
}

// handled are the cases that an account handles.
type handled map[string]string

func (h handled) MayRead(ctx context.Context, _, caseID string) error {
	if h[auth.From(ctx).ID] == caseID {
		return nil
	}
	return certificates.ErrNoPaper
}

type world struct {
	t      *testing.T
	d      *db.DB
	clock  *clock.Fake
	papers *certificates.Service
	people *people
	cases  handled
	s      *holding.Service
	trust  certificates.Trust
}

var tables = []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), limits.Migrations(), certificates.Migrations()}

func numberOf(n int) string { return string(number.Fictional(region, n)) }

func onBoth(t *testing.T, f func(w *world)) {
	t.Helper()
	raw, err := data.Files.Open(data.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	cal, err := calendar.Load(raw)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) {
		w := &world{t: t, d: d, clock: clock.NewFake(start), cases: handled{}}
		key, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", CommonName: "示例节点", Clock: w.clock})
		if err != nil {
			t.Fatal(err)
		}
		store, err := files.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		keys := certificates.NodeKeys{Signer: key}
		w.trust = certificates.TrustOf(key, base)
		w.papers = certificates.New(certificates.Deps{DB: d, Clock: w.clock, Signer: keys, Checker: keys, Seal: key, Forms: key, Trust: w.trust, Files: store, BaseURL: base, Cases: w.cases, Regions: []string{region, city}})
		w.people = &people{d: d, mandates: map[string][]identity.Mandate{}, persons: map[string]identity.Person{
			"per_wang": {ID: "per_wang", Name: "王示例", Number: numberOf(7)}, "per_li": {ID: "per_li", Name: "李虚构", Number: numberOf(8)}}}
		w.s = holding.New(holding.Deps{DB: d, Clock: w.clock, Calendar: cal, Papers: w.papers, People: w.people, Limits: limits.New(limits.Deps{DB: d, Clock: w.clock}), Cases: w.cases,
			Secret: []byte("a secret of this test"), BaseURL: base, Region: top, Regions: []string{region, city}})
		w.papers.Ledger = w.s
		f(w)
	})
}

func (w *world) issue(p certificates.Paper) certificates.Paper {
	w.t.Helper()
	err := w.d.Write(auth.System(w.t.Context(), "test"), func(tx *db.Tx) (err error) {
		p, err = w.papers.IssueTx(w.t.Context(), tx, p)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func permitOf(owner, name, num string) certificates.Paper {
	return certificates.Paper{Kind: certificates.Certificate, Region: region, Title: "居住证", Type: other + "001", TypeName: "居住证", Issuer: other, IssuerName: "示例区公安分局（虚构）", ItemName: "居住证首次申领", Item: "1", Case: "cas_0", CaseNumber: "4499012600000017",
		Owners: []string{owner}, HolderName: name, HolderNumber: num, Number: "居〔2026〕" + id.Secret(3) + "号", ValidFrom: start, ValidUntil: start.AddDate(1, 0, 0),
		Fields: []certificates.Field{{Key: "name", Label: "姓名", LabelEn: "Name", Value: name}, {Key: "number", Label: "公民身份号码", LabelEn: "ID number", Value: num}, {Key: "address", Label: "居住地住址", LabelEn: "Address", Value: "示例区虚构街道样张路1号"}}}
}

func person(p string) context.Context {
	return auth.With(context.Background(), auth.Principal{ID: "acc_" + p, Kind: auth.KindPerson, Name: p, Person: p, Grants: []auth.Grant{{Permissions: []string{certificates.MayHold.Name}, Own: true}}})
}

func officer(who, org string, permissions ...string) context.Context {
	slices.Sort(permissions)
	return auth.With(context.Background(), auth.Principal{ID: who, Kind: auth.KindOfficer, Name: who, Grants: []auth.Grant{{Permissions: permissions, Region: region, Org: org}}})
}

func gift(w *world) holding.Gift {
	return holding.Gift{Office: office, Purpose: "办理食品经营许可", Until: w.clock.Now().AddDate(0, 0, 30)}
}

func (w *world) give(p certificates.Paper) holding.Copy {
	w.t.Helper()
	c, err := w.s.Give(person("per_wang"), region, p.ID, gift(w))
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) file(c holding.Copy) []byte {
	w.t.Helper()
	f, err := w.s.CopyFile(person("per_wang"), region, c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := w.papers.Bytes(f.Ref)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// A copy says for whom it is, is checked by code, file and without a network, and
// its use is in the holder's list.
func TestGive_checkedEverywhere(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		c := w.give(p)
		pdf := w.file(c)
		r, err := w.papers.Check(context.Background(), c.Code, "1")
		if err != nil || !r.OK || r.Paper.CopyOf == nil || r.Paper.CopyOf.OfficeName != "示例区市场监督管理局（虚构）" || r.Paper.CopyOf.Purpose != "办理食品经营许可" || r.Paper.HolderName != "王**" {
			t.Fatalf("by code: %+v %+v, %v", r, r.Paper, err)
		}
		if r, err := w.papers.CheckFile(context.Background(), pdf, "1"); err != nil || !r.OK || !r.PagesMatch {
			t.Errorf("by file: %+v, %v", r, err)
		}
		if r := certificates.VerifyFile(pdf, w.trust, w.clock.Now()); !r.OK || r.Paper.CopyOf == nil {
			t.Errorf("without a network: %+v", r)
		}
		if r := certificates.VerifyFile(pdf, w.trust, c.Until.Add(time.Second)); r.OK || r.Reason != certificates.ErrExpired.Code {
			t.Errorf("after its date: %+v", r)
		}
		if bad := bytes.Replace(pdf, []byte("/Type"), []byte("/Typo"), 1); certificates.VerifyFile(bad, w.trust, w.clock.Now()).OK {
			t.Error("a changed file verifies")
		}
		for who, ok := range map[string]bool{office: true, other: false} {
			r, err := w.papers.Check(officer("acc_"+who, who, certificates.MayRead.Name), c.Code, "2")
			if err != nil || r.OK != ok || !ok && r.Reason != certificates.ErrElsewhere.Code {
				t.Errorf("officer of %s: %+v, %v", who, r, err)
			}
		}
		uses, err := w.s.Uses(person("per_wang"), holding.UseFilter{})
		if err != nil || len(uses) != 4 {
			t.Fatalf("%d uses %+v, %v", len(uses), uses, err)
		}
		if u := uses[3]; u.Kind != holding.Given || u.Purpose != "办理食品经营许可" || u.Object != c.ID {
			t.Errorf("the first use is %+v", u)
		}
		if only, _ := w.s.Uses(person("per_wang"), holding.UseFilter{Kind: holding.Checked, Office: "市场"}); len(only) != 1 || only[0].Account != "acc_"+office {
			t.Errorf("filtered: %+v", only)
		}
	})
}

// The pages of a copy show its purpose across them; an independent reader finds it.
func TestGive_watermark(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	dbtestOnce(t, func(w *world) {
		c := w.give(w.issue(permitOf("per_wang", "王示例", numberOf(7))))
		cmd := exec.Command(tool, "-raw", "-", "-")
		cmd.Stdin = bytes.NewReader(w.file(c))
		text, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		flat := strings.Join(strings.Fields(string(text)), "")
		if !strings.Contains(flat, "仅供“示例区市场监督管理局") && !strings.Contains(flat, "本件仅供") {
			t.Errorf("the box is missing: %s", flat)
		}
		if strings.Count(flat, "办理食品经营许可") < 3 {
			t.Errorf("the purpose stands %d times", strings.Count(flat, "办理食品经营许可"))
		}
	})
}

func dbtestOnce(t *testing.T, f func(w *world)) {
	t.Helper()
	done := false
	onBoth(t, func(w *world) {
		if !done {
			done = true
			f(w)
		}
	})
}

// A copy dies with its certificate and when its holder takes it back.
func TestGive_dies(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		back, stays := w.give(p), w.give(p)
		if _, err := w.s.EndCopy(person("per_li"), region, back.ID); !errors.Is(err, holding.ErrNoCopy) {
			t.Errorf("a stranger takes it back: %v", err)
		}
		if _, err := w.s.EndCopy(person("per_wang"), region, back.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.EndCopy(person("per_wang"), region, back.ID); !errors.Is(err, holding.ErrCopyOver) {
			t.Errorf("twice: %v", err)
		}
		if r, err := w.papers.Check(context.Background(), back.Code, "1"); err != nil || r.OK || r.Reason != certificates.ErrCancelled.Code {
			t.Errorf("taken back: %+v, %v", r, err)
		}
		pdf := w.file(stays)
		if _, err := w.papers.Act(officer("acc_police", other, certificates.MayManage.Name, certificates.MayRead.Name), region, p.ID, certificates.Order{Act: certificates.Revoke, Reason: "骗取证照", Basis: "行政许可法第六十九条"}); err != nil {
			t.Fatal(err)
		}
		for name, check := range map[string]func() (certificates.Report, error){
			"code": func() (certificates.Report, error) { return w.papers.Check(context.Background(), stays.Code, "1") },
			"file": func() (certificates.Report, error) { return w.papers.CheckFile(context.Background(), pdf, "1") }} {
			if r, err := check(); err != nil || r.OK || r.Reason != certificates.ErrRevoked.Code || r.Because != "骗取证照" {
				t.Errorf("%s of a copy whose certificate was revoked: %+v, %v", name, r, err)
			}
		}
		if _, err := w.s.Give(person("per_wang"), region, p.ID, gift(w)); !errors.Is(err, holding.ErrNotInForce) {
			t.Errorf("a revoked certificate is copied: %v", err)
		}
	})
}

// What is written on a copy is checked before anything is signed.
func TestGive_refuses(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		for name, change := range map[string]func(*holding.Gift){
			"office":  func(g *holding.Gift) { g.Office, g.OfficeName = "", " " },
			"purpose": func(g *holding.Gift) { g.Purpose = "" },
			"long":    func(g *holding.Gift) { g.Purpose = strings.Repeat("字", holding.MaxPurpose+1) },
			"past":    func(g *holding.Gift) { g.Until = w.clock.Now() },
			"far":     func(g *holding.Gift) { g.Until = w.clock.Now().AddDate(2, 0, 0) }} {
			g := gift(w)
			change(&g)
			var p2 holding.Problems
			if _, err := w.s.Give(person("per_wang"), region, p.ID, g); !errors.As(err, &p2) || len(p2) != 1 {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.s.Give(person("per_li"), region, p.ID, gift(w)); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("a stranger gives it: %v", err)
		}
		if _, err := w.s.Give(person("per_wang"), city, p.ID, gift(w)); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("another region: %v", err)
		}
		c, err := w.s.Give(person("per_wang"), region, p.ID, holding.Gift{OfficeName: "虚构房屋中介", Purpose: "租房", Until: w.clock.Now().AddDate(0, 11, 29)})
		if err != nil || !c.Until.Before(start.AddDate(1, 0, 1)) {
			t.Errorf("somebody without a code: %+v, %v", c, err)
		}
		if f, err := w.papers.Paper(person("per_wang"), region, c.ID); !fault.IsKind(err, fault.KindNotFound) {
			t.Errorf("the copy is a paper like others: %v, %v", f.ID, err)
		}
	})
}

// The code on the screen lives a minute; an old one says so, and a certificate
// revoked between showing and checking is refused with that reason.
func TestShow_rotates(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		x, err := w.s.Start(person("per_wang"), region, p.ID, "入住酒店")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Code(person("per_li"), region, x.ID); !errors.Is(err, holding.ErrNoShowing) {
			t.Errorf("a stranger sees the screen: %v", err)
		}
		first, err := w.s.Code(person("per_wang"), region, x.ID)
		if err != nil || !first.Expires.Equal(start.Add(holding.CodeLife)) || first.Address != base+"/shown/"+first.Digits {
			t.Fatalf("%+v, %v", first, err)
		}
		seen, err := w.s.Look(context.Background(), first.Show(), "1")
		if err != nil || !seen.OK || seen.Paper.HolderName != "王**" || strings.Contains(seen.Paper.HolderNumber, numberOf(7)[6:14]) {
			t.Fatalf("%+v, %v", seen, err)
		}
		w.clock.Advance(holding.CodeLife)
		if _, err := w.s.Look(context.Background(), first.Digits, "1"); !errors.Is(err, holding.ErrOldCode) {
			t.Errorf("an old code: %v", err)
		}
		if _, err := w.s.Look(context.Background(), "123456789012", "1"); !errors.Is(err, holding.ErrNoCode) {
			t.Errorf("no code: %v", err)
		}
		second, err := w.s.Code(person("per_wang"), region, x.ID)
		if err != nil || second.Digits == first.Digits {
			t.Fatalf("the code stays: %v", err)
		}
		if _, err := w.papers.Act(officer("acc_police", other, certificates.MayManage.Name, certificates.MayRead.Name), region, p.ID, certificates.Order{Act: certificates.Suspend, Reason: "正在调查", Basis: "行政处罚法第九条"}); err != nil {
			t.Fatal(err)
		}
		if seen, err := w.s.Look(officer("acc_hotel", office, certificates.MayRead.Name), second.Digits, "2"); err != nil || seen.OK || seen.Reason != certificates.ErrSuspended.Code {
			t.Errorf("suspended meanwhile: %+v, %v", seen, err)
		}
		if _, err := w.s.Stop(person("per_wang"), region, x.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Look(context.Background(), second.Digits, "1"); !errors.Is(err, holding.ErrShowingOver) {
			t.Errorf("after the end: %v", err)
		}
		uses, err := w.s.Uses(person("per_wang"), holding.UseFilter{})
		if err != nil || len(uses) != 3 || uses[0].OfficeName != "示例区市场监督管理局（虚构）" || uses[0].Outcome != certificates.ErrSuspended.Code || uses[2].Kind != holding.Shown || uses[1].Purpose != "入住酒店" {
			t.Errorf("%+v, %v", uses, err)
		}
		if uses, err := w.s.Uses(person("per_li"), holding.UseFilter{}); err != nil || len(uses) != 0 {
			t.Errorf("a stranger's list: %+v, %v", uses, err)
		}
	})
}

// Whoever tries codes is slowed down.
func TestLook_guesses(t *testing.T) {
	onBoth(t, func(w *world) {
		var last error
		for range 40 {
			if _, last = w.s.Look(context.Background(), "111111111111", "1"); errors.Is(last, holding.ErrManyCodes) {
				return
			}
		}
		w.t.Errorf("forty guesses: %v", last)
	})
}

func offer(w *world, n int) holding.Offer {
	return holding.Offer{Name: "李虚构", Number: numberOf(8), Give: true, Show: true, Purpose: "代办租房备案", Times: n, Until: w.clock.Now().AddDate(0, 0, 10)}
}

// Somebody else uses a certificate after accepting, as often as he may, and both
// names are kept.
func TestPermit_used(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		m, err := w.s.Permit(person("per_wang"), region, p.ID, offer(w, 2))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Give(person("per_li"), region, p.ID, gift(w)); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("before accepting: %v", err)
		}
		if _, err := w.s.AnswerPermit(person("per_wang"), region, m.ID, true); !errors.Is(err, holding.ErrNoPermit) {
			t.Errorf("the holder accepts for him: %v", err)
		}
		if _, err := w.s.AnswerPermit(person("per_li"), region, m.ID, true); err != nil {
			t.Fatal(err)
		}
		groups, err := w.s.Wallet(person("per_li"), holding.Query{})
		if err != nil || len(groups) != 1 || groups[0].Relation != holding.Permitted || groups[0].Name != "王示例" {
			t.Fatalf("%+v, %v", groups, err)
		}
		if _, err := w.s.Permit(person("per_li"), region, p.ID, holding.Offer{Name: "赵示例", Number: numberOf(9), Show: true, Purpose: "x", Until: w.clock.Now().AddDate(0, 0, 1)}); !errors.Is(err, holding.ErrNoPassing) {
			t.Errorf("passed on: %v", err)
		}
		c, err := w.s.Give(person("per_li"), region, p.ID, gift(w))
		if err != nil || c.Relation != holding.Permitted || c.Permit != m.ID {
			t.Fatalf("%+v, %v", c, err)
		}
		last := once.With(person("per_li"), "last")
		x, err := w.s.Start(last, region, p.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := w.s.Start(last, region, p.ID, ""); err != nil || again.ID != x.ID {
			t.Errorf("the last time, said twice: %+v, %v", again, err)
		}
		code, err := w.s.Code(person("per_li"), region, x.ID)
		if err != nil {
			t.Fatalf("the code of the last time: %v", err)
		}
		if seen, err := w.s.Look(context.Background(), code.Digits, "1"); err != nil || seen.Relation != holding.Permitted {
			t.Errorf("looked at the last time: %+v, %v", seen, err)
		}
		if _, err := w.s.Start(person("per_li"), region, p.ID, ""); !errors.Is(err, holding.ErrPermitOver) {
			t.Errorf("a third time: %v", err)
		}
		if _, err := w.s.Held(person("per_li"), region, p.ID); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("used up, and still held: %v", err)
		}
		uses, err := w.s.Uses(person("per_wang"), holding.UseFilter{})
		if err != nil || len(uses) != 3 || uses[1].Name != "per_li" || uses[1].Permit != m.ID {
			t.Errorf("the holder's list: %+v, %v", uses, err)
		}
		if list, err := w.s.Copies(person("per_wang")); err != nil || len(list) != 1 || list[0].GivenName != "per_li" {
			t.Errorf("the holder's copies: %+v, %v", list, err)
		}
	})
}

// A permit ends when it is taken back, given up or over, and lets do only what it
// says.
func TestPermit_ends(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		o := offer(w, 0)
		o.Give = false
		m, err := w.s.Permit(person("per_wang"), region, p.ID, o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.AnswerPermit(person("per_li"), region, m.ID, true); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Give(person("per_li"), region, p.ID, gift(w)); !errors.Is(err, holding.ErrNotFor) {
			t.Errorf("gives though he may only show: %v", err)
		}
		x, err := w.s.Start(person("per_li"), region, p.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		code, err := w.s.Code(person("per_li"), region, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if seen, err := w.s.Look(context.Background(), code.Digits, "1"); err != nil || seen.By == "" || seen.Relation != holding.Permitted {
			t.Errorf("who shows it: %+v, %v", seen, err)
		}
		if _, err := w.s.EndPermit(person("per_wang"), region, m.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Look(context.Background(), code.Digits, "1"); !errors.Is(err, holding.ErrShowingOver) {
			t.Errorf("the screen of a permit that was taken back: %v", err)
		}
		if _, err := w.s.EndPermit(person("per_li"), region, m.ID); !errors.Is(err, holding.ErrPermitOver) {
			t.Errorf("ended twice: %v", err)
		}
		for name, change := range map[string]func(*holding.Offer){
			"self":    func(o *holding.Offer) { o.Number = numberOf(7) },
			"number":  func(o *holding.Offer) { o.Number = "1" },
			"nothing": func(o *holding.Offer) { o.Show = false },
			"times":   func(o *holding.Offer) { o.Times = -1 },
			"until":   func(o *holding.Offer) { o.Until = start.AddDate(-1, 0, 0) }} {
			bad := o
			change(&bad)
			var wrong holding.Problems
			if _, err := w.s.Permit(person("per_wang"), region, p.ID, bad); !errors.As(err, &wrong) || len(wrong) != 1 {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
