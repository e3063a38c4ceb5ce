package stock

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/files"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/sign"
)

const (
	district = identity.SampleDistrict
	health   = "114499019000000222103" // 健康证明
	office   = "114499019000000222"
	base     = "https://zwfw.tongban.example"
)

var (
	today  = time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	tables = []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), identity.Migrations(), certificates.Migrations()}
)

type world struct {
	*Service
	t     *testing.T
	d     *db.DB
	clock *clock.Fake
	certs *certificates.Service
	who   *identity.Service
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, d: d, clock: clock.NewFake(today)}
	key, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", CommonName: "示例节点", Clock: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if w.who, err = identity.New(identity.Deps{DB: d, Clock: w.clock, Region: "440000", Key: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	types := kinds.New(kinds.Deps{DB: d, Clock: w.clock})
	if err := types.Seed(t.Context(), district); err != nil {
		t.Fatal(err)
	}
	keys := certificates.NodeKeys{Signer: key}
	w.certs = certificates.New(certificates.Deps{DB: d, Clock: w.clock, Signer: keys, Checker: keys, Seal: key, Forms: key, Trust: certificates.TrustOf(key, base), Files: store,
		BaseURL: base, Regions: []string{"440000", district}, Kinds: types})
	w.Service = New(Deps{DB: d, Clock: w.clock, Certificates: w.certs, Types: types, People: w.who, Files: store, Regions: []string{"440000", district}})
	w.certs.Stock = w.Service
	return w
}

// onBoth runs f on both engines, in chunks of few rows.
func onBoth(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	small(t)
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) { f(t, newWorld(t, d)) })
}

func small(t *testing.T) {
	c, s := chunk, signBatch
	chunk, signBatch = 3, 2
	t.Cleanup(func() { chunk, signBatch = c, s })
}

func officer(id, org string) context.Context {
	list := []string{MayTakeIn.Name, MaySee.Name, MayRelease.Name, certificates.MayRead.Name, certificates.MayManage.Name}
	slices.Sort(list)
	return auth.With(context.Background(), auth.Principal{ID: id, Kind: auth.KindOfficer, Name: id, Grants: []auth.Grant{{Role: "officer", Permissions: list, Region: district, Org: org}}})
}

var (
	wang = officer("acc_wang", office) // takes in
	li   = officer("acc_li", office)   // releases
	zhao = officer("acc_zhao", "11449901900000049R")
)

func resident(person string) context.Context {
	return auth.With(context.Background(), auth.Principal{ID: "acc_" + person, Kind: auth.KindPerson, Name: person, Person: person,
		Grants: []auth.Grant{{Role: "resident", Permissions: []string{certificates.MayHold.Name}, Own: true}}})
}

func num(n int) string { return string(number.Fictional(district, n)) }

// person records somebody.
func (w *world) person(name string, n, level int) identity.Person {
	w.t.Helper()
	var p identity.Person
	err := w.d.Write(auth.System(w.t.Context(), "test"), func(tx *db.Tx) (err error) {
		p, err = w.who.EnsurePersonTx(w.t.Context(), tx, identity.Person{Name: name, Number: num(n), Level: level})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

const header = "证照编号,姓名,公民身份号码,性别,从业类别,体检机构,体检日期,颁发日期,有效期至,附图\n"

// line is one health certificate.
func line(no, name string, n int) string {
	return fmt.Sprintf("%s,%s,%s,女,餐饮,示例区虚构医院,2026-06-01,2026-06-02,2027-06-01,\n", no, name, num(n))
}

func (w *world) begin(file string) Run {
	w.t.Helper()
	run, err := w.Begin(wang, Intake{Region: district, Type: health, Grade: "A", FileName: "health.csv", File: strings.NewReader(file)})
	if err != nil {
		w.t.Fatal(err)
	}
	return run
}

// worked works until nothing is queued.
func (w *world) worked(run Run) Run {
	w.t.Helper()
	for {
		did, err := w.WorkOnce(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if !did {
			break
		}
	}
	run, err := w.Run(wang, run.Region, run.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if run.State == Failed {
		w.t.Fatalf("failed: %s", run.Failure.En)
	}
	return run
}

// taken tries a file and takes it in.
func (w *world) taken(file string) Run {
	w.t.Helper()
	run := w.begin(file)
	w.ok(w.Start(wang, run.Region, run.ID, true))
	run = w.worked(run)
	w.ok(w.Start(wang, run.Region, run.ID, false))
	return w.worked(run)
}

func (w *world) ok(_ Run, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// issued releases a run and has all of it signed.
func (w *world) issued(run Run) Run {
	w.t.Helper()
	w.ok(w.Release(li, run.Region, run.ID))
	w.ok(w.Issue(li, run.Region, run.ID, 0))
	return w.worked(run)
}

// redefine approves another version of the type.
func (w *world) redefine(change func(*kinds.Type)) {
	w.t.Helper()
	t, err := w.Types.InForce(w.t.Context(), health)
	if err != nil {
		w.t.Fatal(err)
	}
	change(&t)
	as := func(id string, p authz.Permission) context.Context {
		return auth.With(context.Background(), auth.Principal{ID: id, Kind: auth.KindOfficer, Name: id, Grants: []auth.Grant{{Permissions: []string{p.Name}, Region: district}}})
	}
	next, err := w.Types.Propose(as("acc_definer", kinds.MayDefine), district, t, "谁颁发")
	if err == nil {
		_, err = w.Types.Decide(as("acc_approver", kinds.MayApprove), district, t.Code, next.Version, true, "")
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// at works until nothing is queued, and reads a run as somebody.
func (w *world) at(ctx context.Context, run Run) Run {
	w.t.Helper()
	for did, err := true, error(nil); did; {
		if did, err = w.WorkOnce(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
	run, err := w.Run(ctx, run.Region, run.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return run
}
