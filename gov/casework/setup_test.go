package casework

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/gov/limits"
	"tongban/items"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/forms"
	"tongban/platform/once"
	"tongban/platform/schedule"
)

const (
	top        = "440000"
	district   = "449901"
	restaurant = "1144990190000002224440199901000"
	lead       = "114499019000000222" // 市场监督管理局
	fire       = "11449901900000030W"
	water      = "11449901900000049R"
)

// testKey signs papers in tests.
type testKey struct {
	key ed25519.PrivateKey
	pub ed25519.PublicKey
}

func (k testKey) KeyID() string                    { return "test" }
func (k testKey) Sign(m []byte) ([]byte, error)    { return ed25519.Sign(k.key, m), nil }
func (k testKey) Check(_ string, m, s []byte) bool { return ed25519.Verify(k.pub, m, s) }

// town is a fresh world: real catalogue, identities, certificates, both engines.
type town struct {
	t      *testing.T
	db     *db.DB
	clock  *clock.Fake
	cal    *calendar.Calendar
	items  *catalogue.Service
	who    *identity.Service
	papers *certificates.Service
	s      *Service
	jobs   *schedule.Runner
	person map[string]identity.Person
}

func monday() time.Time { return time.Date(2026, 9, 7, 10, 0, 0, 0, calendar.Zone) }

func inTown(t *testing.T, f func(t *testing.T, w *town)) {
	t.Helper()
	all := []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), identity.Migrations(), catalogue.Migrations(), certificates.Migrations(), Migrations(), limits.Migrations()}
	dbtest.Run(t, all, func(t *testing.T, d *db.DB) { f(t, newTown(t, d)) })
}

// divisions are those of the district and a few real ones.
const divisions = `code,name,level,parent
44,广东省,1,
4401,广州市,2,44
440106,天河区,3,4401
440106006,石牌街道,4,440106
4499,示例市,2,44
449901,示例区,3,4499
449901001,示例街道,4,449901
449901100,样例镇,4,449901
`

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	ctx := dbtest.As(t, "test")
	w := &town{t: t, db: d, clock: clock.NewFake(monday()), person: map[string]identity.Person{}}
	file, err := data.Files.Open(data.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if w.cal, err = calendar.Load(file); err != nil {
		t.Fatal(err)
	}
	w.items = catalogue.New(catalogue.Deps{DB: d, Clock: w.clock, Data: data.Files, Items: items.Files})
	if _, err := w.items.ImportDivisions(ctx, strings.NewReader(divisions), catalogue.DivisionOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.items.PublishPackage(ctx, items.Files, "restaurant-opening", catalogue.PublishOptions{}); err != nil {
		t.Fatal(err)
	}
	who, err := identity.New(identity.Deps{DB: d, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Region: top, Key: bytes.Repeat([]byte{7}, 32), Policy: map[string][]string{}})
	if err != nil {
		t.Fatal(err)
	}
	offices, err := items.Files.Open(items.Departments)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := who.Seed(ctx, identity.SeedInput{Offices: offices}); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"王示例", "李虚构"} {
		err := d.Write(ctx, func(tx *db.Tx) error {
			n := number.Fictional(district, 500+i)
			p, err := who.EnsurePersonTx(ctx, tx, identity.Person{Region: top, Name: name, Number: string(n), Phone: fmt.Sprintf("1400000010%d", i), Level: identity.LevelCounter})
			w.person[name] = p
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w.papers = certificates.New(certificates.Deps{DB: d, Clock: w.clock, Signer: testKey{key, pub}, Checker: testKey{key, pub}})
	w.who = who
	dir := Directory{Identity: who}
	w.s = New(Deps{DB: d, Clock: w.clock, Calendar: w.cal, Rules: NationalRules(), Items: w.items, People: dir, Offices: dir, Papers: w.papers,
		Checks: map[forms.Type]forms.NamedCheck{}, Lists: forms.Sources{"division": w.items.PlaceSource()}, Regions: []string{top, "449900", district}})
	w.jobs = schedule.NewRunner(d, w.clock, slog.New(slog.DiscardHandler))
	w.s.Handle(w.jobs)
	return w
}

// importGuide adds the shipped guide with this code, as the importer would.
func (w *town) importGuide(code string) {
	w.t.Helper()
	all, err := data.Files.ReadFile(data.Guides)
	if err != nil {
		w.t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(all), "\n") {
		if !strings.Contains(line, `"task_code": "`+code+`"`) {
			continue
		}
		report, err := w.items.ImportGuides(dbtest.As(w.t, "test"), top, strings.NewReader(line+"\n"), catalogue.ImportOptions{})
		if err != nil || report.New != 1 {
			w.t.Fatalf("import %s: %v %+v", code, err, report)
		}
		return
	}
	w.t.Fatalf("no guide %s", code)
}

// resident is a person who comes with a matter of his own.
func (w *town) resident(name string) context.Context {
	p := w.person[name]
	return auth.With(w.t.Context(), auth.Principal{ID: "acc_" + p.ID[4:], Kind: auth.KindPerson, Name: name, Region: top, Person: p.ID,
		Grants: []auth.Grant{{Role: "resident", Permissions: []string{MayApply.Name}, Region: top, Subtree: true, Own: true}}})
}

// officer holds one post; name makes the account.
func (w *town) officer(name, role, org string) context.Context {
	perms := map[string][]string{
		RoleClerk:    {MayIntake.Name, MayAccept.Name, MayReadCase.Name, identity.MayReadPerson.Name},
		RoleExaminer: {MayExamine.Name, MayReadCase.Name, MayAccept.Name, MayMessage.Name},
		RoleDecider:  {MayDecide.Name, MayReadCase.Name, MayExtend.Name, MayDispatch.Name},
		"supervisor": {MaySupervise.Name, MayReadCase.Name},
	}[role]
	slices.Sort(perms)
	region := district
	if strings.HasPrefix(org, "1144000000") {
		region = top
	}
	return auth.With(w.t.Context(), auth.Principal{ID: "acc_" + name, Kind: auth.KindOfficer, Name: name, Region: top,
		Grants: []auth.Grant{{Role: role, Permissions: perms, Region: region, Org: org}}})
}

// situation of a take-away shop beside the big four answers; everything else
// follows from the package.
func dineIn() map[string]string {
	return map[string]string{"operator": "none", "place": "free", "service": "dine_in", "fire_way": "inspect", "drain": "own", "sign": "small"}
}

// fill answers every shown field with something of its type, and chooses a
// file for every material.
func (w *town) fill(ctx context.Context, d Draft, situation map[string]string) Draft {
	w.t.Helper()
	o, err := w.s.shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		w.t.Fatal(err)
	}
	if d, err = w.s.Save(ctx, d.Region, d.ID, d.Version, Edit{Situation: situation}); err != nil {
		w.t.Fatal(err)
	}
	form := map[string]string{}
	for range 3 { // answers may show further fields
		seen := map[string]string{}
		for k, v := range situation {
			seen[k] = v
		}
		for k, v := range form {
			seen[k] = v
		}
		for _, g := range o.Form.Shown(seen) {
			for _, f := range g.Fields {
				if form[f.ID] == "" && d.Form[f.ID] == "" {
					form[f.ID] = w.sample(f)
				}
			}
		}
	}
	if d, err = w.s.Save(ctx, d.Region, d.ID, d.Version, Edit{Form: form}); err != nil {
		w.t.Fatal(err)
	}
	for i, m := range o.MaterialsFor(o.Answers(d.Situation, d.Form)) {
		d, err = w.s.Attach(ctx, d.Region, d.ID, m.ID, Attachment{Hash: fmt.Sprintf("%064d", i+1), Name: m.Name.Zh + ".pdf", Size: 1000, Kind: "pdf"})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return d
}

func (w *town) sample(f forms.Field) string {
	switch f.Type {
	case forms.Number:
		return "20"
	case forms.Money:
		return "100.00"
	case forms.Date:
		return w.clock.Now().In(calendar.Zone).AddDate(0, 1, 0).Format(time.DateOnly)
	case forms.YesNo:
		return "yes"
	case forms.Choice, forms.Choices:
		return f.Options[0].Value
	case "division":
		return "示例区示例街道"
	}
	return "示例内容"
}

// apply brings a restaurant case to submission.
func (w *town) apply(ctx context.Context, situation map[string]string) Case {
	w.t.Helper()
	d, err := w.s.Start(ctx, Start{Region: district, Item: restaurant})
	if err != nil {
		w.t.Fatal(err)
	}
	d = w.fill(ctx, d, situation)
	c, err := w.s.Submit(ctx, d.Region, d.ID, d.Version)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// accepted brings a restaurant case to acceptance.
func (w *town) accepted(situation map[string]string) Case {
	w.t.Helper()
	c := w.apply(w.resident("王示例"), situation)
	c, err := w.s.Accept(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, c.Version)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// against is a refusal that says all it has to.
var against = Refusal{Grounds: []string{"reason.layout", "material.use_letter"}, Facts: "现场的生熟加工区没有分开", Pass: "补交房屋使用证明"}

// open lists the open tasks of a case by element.
func (w *town) open(c Case) map[string]Task {
	w.t.Helper()
	tasks, err := desk.Open(w.t.Context(), w.db, c.Region, c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	out := map[string]Task{}
	for _, t := range tasks {
		out[t.Element] = t
	}
	return out
}

// do completes the step of a case by an officer of its office.
func (w *town) do(c Case, element, officer string, r Result) {
	w.t.Helper()
	t, ok := w.open(c)[element]
	if !ok {
		w.t.Fatalf("step %s is not open, but %v", element, keys(w.open(c)))
	}
	op := Opinion{Result: r, Text: "意见：" + string(r)}
	if r == Refuse {
		op.Refusal = against
	}
	if _, err := w.s.Complete(w.officer(officer, t.Role, t.Org), c.Region, t.ID, op); err != nil {
		w.t.Fatalf("complete %s: %v", element, err)
	}
}

func (w *town) reload(c Case) Case {
	w.t.Helper()
	c, err := cases.Load(w.t.Context(), w.db, c.Region, c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func keys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// runJobs runs what is due.
func (w *town) runJobs() int {
	w.t.Helper()
	n, err := w.jobs.RunOnce(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// story runs one restaurant case from application to certificate.
func (w *town) story(me context.Context, i int) error {
	d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	d = w.fill(me, d, dineIn())
	c, err := w.s.Submit(me, d.Region, d.ID, d.Version)
	if err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	if c, err = w.s.Accept(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, c.Version); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	for _, step := range []string{"check_drain", "register", "check_fire", "check_food", "decide"} {
		tasks, err := desk.Open(w.t.Context(), w.db, c.Region, c.ID)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if t.Element == step {
				if _, err = w.s.Complete(w.officer(step+fmt.Sprint(i), t.Role, t.Org), c.Region, t.ID, Opinion{Result: Approve}); err != nil {
					return fmt.Errorf("complete %s: %w", step, err)
				}
			}
		}
	}
	if c, err = cases.Load(w.t.Context(), w.db, c.Region, c.ID); err == nil && c.Outcome != Granted {
		err = fmt.Errorf("case is %s", c.State)
	}
	return err
}
