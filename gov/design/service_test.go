package design_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/design"
	"tongban/gov/design/designtest"
	"tongban/gov/design/plan"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

const (
	region = "449901" // the practice district
)

// offices are those of the practice district, without a register.
type offices struct{}

func (offices) Departments(context.Context, string) ([]identity.Org, error) {
	return []identity.Org{{Code: "114499019000000999", Name: "示例区档案馆"}}, nil
}

type bench struct {
	*design.Service
	items *catalogue.Service
	clock *clock.Fake
	code  string // of the restaurant
}

func designer(name string) auth.Principal {
	return auth.Principal{ID: "acc_" + name, Name: name, Kind: auth.KindPerson, Grants: []auth.Grant{{Role: "designer", Region: "449900", Subtree: true,
		Permissions: []string{catalogue.MayPublishItems.Name, design.MayDesign.Name}}}}
}

func shipped() fs.FS { return os.DirFS("../../items") }

// onBoth runs f on both engines with the shipped packages published.
func onBoth(t *testing.T, f func(t *testing.T, ctx context.Context, b bench)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{audit.Migrations(), catalogue.Migrations(), design.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))
		raw, err := data.Files.Open("calendar/cn_holidays_workdays.csv")
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		cal, err := calendar.Load(raw)
		if err != nil {
			t.Fatal(err)
		}
		items := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: shipped()})
		b := bench{design.New(design.Deps{DB: d, Clock: c, Calendar: cal, Items: items, Orgs: offices{}}), items, c, ""}
		p, err := items.PublishPackage(dbtest.As(t, "seed"), shipped(), "restaurant-opening", catalogue.PublishOptions{})
		if err != nil {
			t.Fatal(err)
		}
		b.code = p.Code
		f(t, auth.With(t.Context(), designer("虚构·设计员")), b)
	})
}

// build draws three offices at once with a supplement loop.
func build(t *testing.T, ctx context.Context, b bench) design.Draft {
	t.Helper()
	_, a, err := b.Open(ctx, region, b.code)
	if err != nil {
		t.Fatal(err)
	}
	d, err := b.Begin(ctx, region, b.code, 0, plan.Loop, []string{a.Offices[0].ID, a.Offices[1].ID, a.Offices[2].ID})
	if err != nil {
		t.Fatal(err)
	}
	d, err = b.Edit(ctx, region, b.code, d.Version, nil, func(p *plan.Plan) error {
		for i := range 3 {
			s, _ := p.Find(fmt.Sprintf("approve_%d", i+1))
			s.Name, s.Days = fmt.Sprintf("审查%d", i+1), i+2
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPublish_whatWasDrawnRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		d := build(t, ctx, b)
		d, a, err := b.Open(ctx, region, b.code)
		if err != nil {
			t.Fatal(err)
		}
		if problems := b.Check(d, a); len(problems) > 0 {
			t.Fatal(problems)
		}
		out, err := designtest.Publish(ctx, b.Service, region, b.code, d.Version, time.Time{})
		if err != nil || out.Version != 2 || !out.Fresh {
			t.Fatalf("%+v %v", out, err)
		}
		o, err := b.items.Offer(ctx, region, b.code)
		if err != nil || o.Version != 2 || len(o.Steps) != 4 || !bytes.Equal(o.Flow, d.File) || !o.OwnFlow {
			t.Fatalf("version %d, %d steps, %v", o.Version, len(o.Steps), err)
		}
		if o.Steps[2].Limit.Amount != 4 || o.Steps[2].Name.Zh != "审查3" {
			t.Fatalf("step %+v", o.Steps[2])
		}
		if len(o.ConditionList) == 0 {
			t.Fatal("the restaurant has no conditions")
		}
		for _, c := range o.ConditionList {
			for _, e := range c.Steps {
				if !slices.ContainsFunc(o.Steps, func(s catalogue.Step) bool { return s.Element == e }) {
					t.Errorf("%s is examined at %s, which is gone", c.ID, e)
				}
			}
		}
		// the draft is gone, and the tree can be opened again
		again, _, err := b.Open(ctx, region, b.code)
		if err != nil || again.Version != 0 || again.Tree == nil || again.Base != 2 {
			t.Fatalf("%+v %v", again, err)
		}
		// a start of the node with the shipped packages leaves it alone
		if p, err := b.items.PublishPackage(dbtest.As(t, "seed"), shipped(), "restaurant-opening", catalogue.PublishOptions{Shipped: true}); err != nil || p.Fresh {
			t.Fatalf("%+v %v", p, err)
		}
	})
}

func TestEdit_overAnOlderStateSaysWhoChangedIt(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		d, err := b.Begin(ctx, region, b.code, 0, plan.Short, nil)
		if err != nil {
			t.Fatal(err)
		}
		rename := func(p *plan.Plan) error { p.Name = "改名"; return nil }
		if _, err := b.Edit(auth.With(ctx, designer("虚构·另一人")), region, b.code, d.Version, nil, rename); err != nil {
			t.Fatal(err)
		}
		_, err = b.Edit(ctx, region, b.code, d.Version, nil, rename)
		if !errors.Is(err, design.ErrStale) || !strings.Contains(fmt.Sprint(err), "虚构·另一人") {
			t.Fatal(err)
		}
		if err := b.Discard(ctx, region, b.code, d.Version); !errors.Is(err, design.ErrStale) {
			t.Fatal(err)
		}
		if err := b.Discard(ctx, region, b.code, d.Version+1); err != nil {
			t.Fatal(err)
		}
		if err := b.Discard(ctx, region, b.code, 0); !errors.Is(err, design.ErrNoDraft) {
			t.Fatal(err)
		}
	})
}

func TestOpen_isForDesignersOfTheRegion(t *testing.T) {
	onBoth(t, func(t *testing.T, _ context.Context, b bench) {
		for name, p := range map[string]auth.Principal{
			"nobody":         {ID: "acc_x", Kind: auth.KindPerson},
			"another region": {ID: "acc_y", Kind: auth.KindPerson, Grants: []auth.Grant{{Region: "440100", Subtree: true, Permissions: []string{design.MayDesign.Name}}}},
		} {
			ctx := auth.With(t.Context(), p)
			if _, _, err := b.Open(ctx, region, b.code); err == nil {
				t.Errorf("%s opens it", name)
			}
			if _, err := b.Begin(ctx, region, b.code, 0, plan.Short, nil); err == nil {
				t.Errorf("%s begins it", name)
			}
			if _, err := b.Drafts(ctx, region, 10); err == nil {
				t.Errorf("%s lists drafts", name)
			}
		}
	})
}

func TestSaveFile_keepsWhatDoesNotRun(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		d := build(t, ctx, b)
		broken := bytes.Replace(d.File, []byte("<bpmn:parallelGateway"), []byte("<bpmn:complexGateway"), 1)
		broken = bytes.Replace(broken, []byte("</bpmn:parallelGateway"), []byte("</bpmn:complexGateway"), 1)
		d, err := b.SaveFile(ctx, region, b.code, d.Version, bytes.NewReader(broken))
		if err != nil || d.Tree != nil {
			t.Fatal(err, d.Tree)
		}
		d, a, err := b.Open(ctx, region, b.code)
		if err != nil || !bytes.Equal(d.File, broken) {
			t.Fatal("the file is not as saved", err)
		}
		problems := b.Check(d, a)
		if len(problems) != 1 || problems[0].Line == 0 || problems[0].Element == "" {
			t.Fatalf("%+v", problems)
		}
		if _, err := designtest.Publish(ctx, b.Service, region, b.code, d.Version, time.Time{}); !errors.Is(err, design.ErrProblems) {
			t.Fatal(err)
		}
		if _, err := b.SaveFile(ctx, region, b.code, d.Version, strings.NewReader("hello")); !errors.Is(err, design.ErrFile) {
			t.Fatal(err)
		}
		if _, err := b.SaveFile(ctx, region, b.code, d.Version, bytes.NewReader(bytes.Repeat([]byte("x"), 2<<20))); !errors.Is(err, design.ErrTooLarge) {
			t.Fatal(err)
		}
	})
}

func TestCompare_namesEveryDifference(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		d := build(t, ctx, b)
		if _, err := designtest.Publish(ctx, b.Service, region, b.code, d.Version, time.Time{}); err != nil {
			t.Fatal(err)
		}
		_, err := b.Edit(ctx, region, b.code, 0, nil, func(p *plan.Plan) error {
			s, _ := p.Find("approve_1")
			s.Days = 9
			p.Remove("condition_1")
			id, _ := p.Add(plan.Approve, plan.Place{Index: 1})
			x, _ := p.Find(id)
			x.Name = "复核"
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		d, a, err := b.Open(ctx, region, b.code)
		if err != nil {
			t.Fatal(err)
		}
		list, err := b.Compare(d, a)
		got := fmt.Sprint(list, err)
		for _, want := range []string{"{approve_1 审查1 Examination days P2WD P9WD}", "{condition_1 材料齐吗 Is everything there removed", "{supplement_1 申请人补正 Applicant supplements removed", "复核 Examination added"} {
			if !strings.Contains(got, want) {
				t.Errorf("no %s in %s", want, got)
			}
		}
		if len(list) != 4 {
			t.Errorf("%d differences: %s", len(list), got)
		}
	})
}

func TestTry_stepByStep(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		build(t, ctx, b)
		d, a, err := b.Open(ctx, region, b.code)
		if err != nil {
			t.Fatal(err)
		}
		var moves []design.Move
		next := func(result string) design.Trial {
			t.Helper()
			tr, err := b.Try(ctx, d, a, nil, moves)
			if err != nil {
				t.Fatal(err)
			}
			moves = append(moves, design.Move{ID: tr.Open[0].ID, Result: result})
			tr, err = b.Try(ctx, d, a, nil, moves)
			if err != nil {
				t.Fatal(err)
			}
			return tr
		}
		next("return")
		next("approve")
		tr := next("approve")
		if len(tr.Open) != 1 || tr.Open[0].Post != catalogue.PostApplicant {
			t.Fatalf("the applicant is not asked: %+v", tr.Open)
		}
		if tr = next(""); len(tr.Open) != 3 {
			t.Fatalf("they do not look again: %+v", tr.Open)
		}
		next("approve")
		next("approve")
		next("approve")
		tr = next("refuse")
		if tr.Decision != "refuse" || len(tr.Open) != 0 || len(tr.Passed) != 8 || tr.Promise.IsZero() || !tr.Now.After(tr.Began) {
			t.Fatalf("%+v", tr)
		}
		if _, err := b.Try(ctx, d, a, nil, []design.Move{{ID: "t99", Result: "approve"}}); !errors.Is(err, design.ErrTrial) {
			t.Fatal(err)
		}
	})
}

func TestPicture_isDrawn(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		d := build(t, ctx, b)
		var buf bytes.Buffer
		if err := b.Picture(&buf, d, nil); err != nil || !strings.Contains(buf.String(), "审查2") {
			t.Fatal(err)
		}
	})
}

// waiting is a flow whose choice ends in a parallel join: it waits for the
// branch that was not taken.
const waiting = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="https://tongban.example/bpmn" id="d"><process id="p" isExecutable="true">
<startEvent id="s"/><exclusiveGateway id="g" default="f2"/><userTask id="a" name="甲" t:post="examiner" t:limit="P1WD"/><userTask id="b" name="乙" t:post="examiner" t:limit="P1WD"/>
<parallelGateway id="j"/><exclusiveGateway id="r" default="f8"/><serviceTask id="i" implementation="issue"/><serviceTask id="x" implementation="refuse"/><endEvent id="e"/><endEvent id="n"/>
<sequenceFlow id="f0" sourceRef="s" targetRef="g"/><sequenceFlow id="f1" sourceRef="g" targetRef="a"><conditionExpression>${company}</conditionExpression></sequenceFlow><sequenceFlow id="f2" sourceRef="g" targetRef="b"/>
<sequenceFlow id="f3" sourceRef="a" targetRef="j"/><sequenceFlow id="f4" sourceRef="b" targetRef="j"/><sequenceFlow id="f5" sourceRef="j" targetRef="r"/>
<sequenceFlow id="f6" sourceRef="r" targetRef="i"><conditionExpression>${a_outcome == "approve"}</conditionExpression></sequenceFlow><sequenceFlow id="f8" sourceRef="r" targetRef="x"/>
<sequenceFlow id="f9" sourceRef="i" targetRef="e"/><sequenceFlow id="f10" sourceRef="x" targetRef="n"/></process></definitions>`

func TestNotes_tellWhatMayGoWrong(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		d := build(t, ctx, b)
		if notes := b.Notes(d); len(notes) > 0 {
			t.Fatal("a tree is always sound:", notes)
		}
		d, err := b.SaveFile(ctx, region, b.code, d.Version, strings.NewReader(waiting))
		if err != nil {
			t.Fatal(err)
		}
		d, a, err := b.Open(ctx, region, b.code)
		if err != nil {
			t.Fatal(err)
		}
		if problems := b.Check(d, a); len(problems) > 0 {
			t.Fatal("notes do not stop a publication:", problems)
		}
		notes := b.Notes(d)
		if len(notes) == 0 || notes[0].Code != "note.waits" || notes[0].Element != "j" || notes[0].Line != 3 {
			t.Fatalf("%+v", notes)
		}
	})
}
