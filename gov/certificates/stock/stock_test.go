package stock

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// A file is tried, taken in, released by somebody else and signed; anybody
// verifies what is in it, and its holder finds it among his papers.
func TestStock_fromFileToVerified(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		known := w.person("王示例", 1, identity.LevelCounter)
		run := w.begin(header + line("健〔2026〕1号", "王示例", 1) + line("健〔2026〕2号", "李虚构", 2))
		if missing := run.Map.Missing(must(w.Types.InForce(t.Context(), health))); len(missing) > 0 {
			t.Fatalf("not found by themselves: %v", missing)
		}
		w.ok(w.Start(wang, run.Region, run.ID, true))
		if run = w.worked(run); run.State != Tried || run.Report.Taken != 2 || run.Report.Certain != 1 || run.Report.Unknown != 1 {
			t.Fatalf("tried: %s %+v", run.State, run.Report)
		}
		if n := must(w.Ready(wang, run)); n != 0 {
			t.Fatalf("the dry run kept %d records", n)
		}
		if _, err := w.Release(li, run.Region, run.ID); !errors.Is(err, ErrNotNow) {
			t.Errorf("released before it was taken in: %v", err)
		}
		w.ok(w.Start(wang, run.Region, run.ID, false))
		if run = w.worked(run); run.State != Held || run.Report.Taken != 2 {
			t.Fatalf("taken: %s %+v", run.State, run.Report)
		}
		if _, err := w.certs.CheckNumber(t.Context(), "健〔2026〕1号", "王示例", "x"); !errors.Is(err, certificates.ErrNoPaper) {
			t.Errorf("it verifies before it is released: %v", err)
		}
		if _, err := w.Release(wang, run.Region, run.ID); !errors.Is(err, ErrSamePerson) {
			t.Errorf("released by who took it in: %v", err)
		}
		if run = w.issued(run); run.State != Issued || run.Report.Signed != 2 {
			t.Fatalf("issued: %s %+v", run.State, run.Report)
		}
		r, err := w.certs.CheckNumber(t.Context(), "健〔2026〕1号", "王示例", "x")
		if err != nil || !r.OK {
			t.Fatalf("check: %+v %v", r, err)
		}
		mine := must(w.certs.Mine(resident(known.ID), 10))
		if len(mine) != 1 || mine[0].Number != "健〔2026〕1号" || mine[0].Grade != "A" || mine[0].Granted.IsZero() || mine[0].Identifier == "" {
			t.Fatalf("his papers: %+v", mine)
		}
		file, err := w.certs.File(resident(known.ID), district, mine[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		checked := must(w.certs.CheckFile(t.Context(), must(w.certs.Bytes(file.Ref)), "y"))
		if !checked.OK || !checked.Paper.IssuedAt.Equal(mine[0].Granted) {
			t.Errorf("the file: %+v, issued on %s", checked, mine[0].Granted)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Somebody who registers after the certificates were signed finds them; whoever
// has his number under another name does not, and a clerk is asked.
func TestClaim_laterHolder(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		run := w.issued(w.taken(header + line("1", "李虚构", 2) + line("2", "陈示例", 3)))
		if run.Report.Signed != 2 {
			t.Fatalf("%+v", run.Report)
		}
		online := w.person("李虚构", 2, identity.LevelFormat)
		if mine := must(w.certs.Mine(resident(online.ID), 10)); len(mine) != 0 {
			t.Fatalf("somebody whose identity nobody confirmed sees %d papers", len(mine))
		}
		w.person("李虚构", 2, identity.LevelCounter)
		mine := must(w.certs.Mine(resident(online.ID), 10))
		if len(mine) != 1 || mine[0].Number != "1" || mine[0].Status != certificates.Valid {
			t.Fatalf("the holder sees %+v", mine)
		}
		if _, err := w.certs.File(resident(online.ID), district, mine[0].ID); err != nil {
			t.Errorf("the holder's file: %v", err)
		}
		if _, err := w.certs.Act(li, district, mine[0].ID, certificates.Order{Act: certificates.Revoke, Reason: "体检结果是伪造的", Basis: "《中华人民共和国食品安全法》第四十五条"}); err != nil {
			t.Fatal(err)
		}
		told := must(w.certs.Mine(resident(online.ID), 10))
		if len(told) != 2 || told[1].Kind != certificates.Standing || told[0].Status != certificates.Revoked {
			t.Errorf("after the revocation he sees %+v", told)
		}
		if again := must(w.certs.OfHolder(auth.System(t.Context(), "test"), []string{district}, online.ID, 10)); len(again) != 2 || again[0].Status == certificates.Damaged || again[1].Status == certificates.Damaged {
			t.Errorf("the system sees %+v", again)
		}
		if again := must(w.certs.Mine(resident(online.ID), 10)); len(again) != 2 {
			t.Errorf("the second time: %d papers", len(again))
		}
		other := w.person("陈虚构", 3, identity.LevelCounter)
		if theirs := must(w.certs.Mine(resident(other.ID), 10)); len(theirs) != 0 {
			t.Errorf("another name: %d papers", len(theirs))
		}
	})
}

// Whoever releases a run sees records from all over it, or from a line on.
func TestLook_beforeRelease(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		var file strings.Builder
		file.WriteString(header)
		for i := range 25 {
			file.WriteString(line(strconv.Itoa(i+1), "李虚构", i+2))
		}
		run := w.taken(file.String())
		if list := must(w.Look(li, run, 0)); len(list) != 10 || list[0].Line != 2 || list[9].Line < 22 {
			t.Errorf("here and there: %d", len(list))
		}
		if list := must(w.Look(li, run, 24)); len(list) != 3 || list[0].Number != "23" {
			t.Errorf("from a line on: %+v", list)
		}
		if _, err := w.Look(zhao, run, 0); err == nil {
			t.Error("another office looks")
		}
		lost := run
		lost.attempt++
		if err := w.alive(auth.System(t.Context(), "test"), &lost); !errors.Is(err, errLost) {
			t.Errorf("a run that another process has: %v", err)
		}
	})
}

// What is released and not signed yet is signed when its holder opens his
// papers, or somebody checks its number: once.
func TestFirstUse(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		run := w.taken(header + line("1", "李虚构", 2) + line("2", "陈示例", 3))
		w.ok(w.Release(li, run.Region, run.ID))
		for range 2 {
			if r, err := w.certs.CheckNumber(t.Context(), "2", "陈示例", "x"); err != nil || !r.OK {
				t.Fatalf("check: %+v %v", r, err)
			}
		}
		p := w.person("李虚构", 2, identity.LevelCounter)
		if mine := must(w.certs.Mine(resident(p.ID), 10)); len(mine) != 1 || len(mine[0].Owners) != 1 || mine[0].Owners[0] != p.ID {
			t.Fatalf("papers: %+v", mine)
		}
		if n := must(w.Ready(wang, run)); n != 0 {
			t.Errorf("%d are still held", n)
		}
		if _, err := w.Issue(li, run.Region, run.ID, 0); !errors.Is(err, ErrNothing) {
			t.Errorf("issue again: %v", err)
		}
	})
}

// A process that dies anywhere loses nothing and doubles nothing.
func TestTake_afterCrash(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		file := header
		for i := range 20 {
			file += line(numberOf(i), "李虚构", 100+i)
		}
		run := w.begin(file)
		w.ok(w.Start(wang, run.Region, run.ID, true))
		w.worked(run)
		w.ok(w.Start(wang, run.Region, run.ID, false))
		for died := 0; ; died++ {
			ctx, kill := context.WithCancel(t.Context())
			commits := 0
			w.d.Trace(func(int, []db.Statement) {
				if commits++; commits == 3 { // the claim, and two chunks
					kill()
				}
			})
			_, err := w.WorkOnce(ctx)
			w.d.Trace(nil)
			kill()
			run = must(w.Run(wang, run.Region, run.ID))
			if run.State == Held {
				if died < 2 {
					t.Fatalf("died only %d times", died)
				}
				break
			}
			if err == nil || died > 20 {
				t.Fatalf("died %d times, %s, %v", died, run.State, err)
			}
			w.clock.Advance(lease + time.Second)
		}
		if run.Report.Taken != 20 || run.Report.Rows != 20 || run.at.Rows != 20 {
			t.Fatalf("%+v", run.Report)
		}
		if n := must(w.Ready(wang, run)); n != 20 {
			t.Fatalf("%d records", n)
		}
		if run = w.issued(run); run.Report.Signed != 20 {
			t.Fatalf("signed %d", run.Report.Signed)
		}
	})
}

func numberOf(i int) string {
	return "健〔2026〕" + strings.Repeat("0", 3) + string(rune('A'+i)) + "号"
}

// Paused, a run stops where it is; resumed, it goes on; withdrawn, nothing of
// it is left.
func TestRun_pauseResumeWithdraw(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		run := w.begin(header + line("1", "李虚构", 2) + line("2", "陈示例", 3))
		w.ok(w.Start(wang, run.Region, run.ID, true))
		w.worked(run)
		w.ok(w.Start(wang, run.Region, run.ID, false))
		w.ok(w.Pause(wang, run.Region, run.ID))
		if run = w.worked(run); run.State != Paused || must(w.Ready(wang, run)) != 0 {
			t.Fatalf("paused: %s", run.State)
		}
		w.ok(w.Resume(wang, run.Region, run.ID))
		if run = w.worked(run); run.State != Held {
			t.Fatalf("resumed: %s", run.State)
		}
		w.ok(w.Withdraw(wang, run.Region, run.ID))
		if run = w.worked(run); run.State != Withdrawn || must(w.Ready(wang, run)) != 0 {
			t.Fatalf("withdrawn: %s", run.State)
		}
		run = w.issued(w.taken(header + line("1", "李虚构", 2)))
		if _, err := w.Withdraw(wang, run.Region, run.ID); !errors.Is(err, ErrNotNow) {
			t.Errorf("withdrawn after its release: %v", err)
		}
	})
}

// The same rows again are counted and not kept; the same number with something
// else goes to a clerk.
func TestTake_repeatedAndConflicts(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		one := line("1", "李虚构", 2)
		run := w.taken(header + one + one + strings.Replace(one, "餐饮", "幼教", 1))
		if r := run.Report; r.Taken != 1 || r.Repeated != 1 || r.Conflicts != 1 {
			t.Fatalf("inside a file: %+v", r)
		}
		doubts, n, err := w.Doubts(wang, run.Region, run.ID, 0, 10)
		if err != nil || n != 1 || doubts[0].Doubt != DoubtConflict {
			t.Fatalf("%+v %v", doubts, err)
		}
		if other, ok, err := w.Rival(wang, run, doubts[0]); err != nil || !ok || other.Line != 2 || other.FileName != "health.csv" || other.Paper != "" {
			t.Errorf("compared with %+v %t %v", other, ok, err)
		}
		if _, _, err := w.Rival(zhao, run, doubts[0]); err == nil {
			t.Error("another office compares")
		}
		if _, err := w.Settle(wang, run.Region, run.ID, doubts[0].Line, Replace, "以更正后的为准"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Settle(wang, run.Region, run.ID, doubts[0].Line, Drop, "又一次"); !errors.Is(err, ErrSettled) {
			t.Errorf("settled twice: %v", err)
		}
		again := w.taken(header + one + line("2", "陈示例", 3))
		if r := again.Report; r.Taken != 1 || r.Conflicts != 1 {
			t.Fatalf("another file: %+v", r)
		}
		if run = w.issued(run); run.Report.Signed != 1 {
			t.Fatalf("%+v", run.Report)
		}
		r, err := w.certs.CheckNumber(t.Context(), "1", "李虚构", "x")
		if err != nil || !r.OK {
			t.Fatal(err)
		}
		f := must(w.certs.ByCode(auth.System(t.Context(), "test"), r.Paper.Code))
		if i := field(f.Paper, "trade"); i != "幼教" {
			t.Errorf("signed %q", i)
		}
	})
}

func field(p certificates.Paper, key string) string {
	for _, f := range p.Fields {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// A number under another name is joined to nobody until a clerk has looked.
func TestSettle_holder(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.person("王示例", 1, identity.LevelCounter)
		run := w.taken(header + line("1", "王旧名", 1) + line("2", "王旧名", 1))
		if r := run.Report; r.Likely != 2 || r.Certain != 0 {
			t.Fatalf("%+v", r)
		}
		doubts, n, err := w.Doubts(wang, run.Region, run.ID, 0, 10)
		if err != nil || n != 2 || doubts[0].Known != "王示例" {
			t.Fatalf("%+v %v", doubts, err)
		}
		if _, err := w.Settle(zhao, run.Region, run.ID, doubts[0].Line, Same, "x"); !errors.Is(err, ErrNoRun) {
			t.Errorf("an officer of another office settled it: %v", err)
		}
		if _, err := w.Settle(wang, run.Region, run.ID, doubts[0].Line, Same, "户口本载明曾用名"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Settle(wang, run.Region, run.ID, doubts[1].Line, Other, "号码抄错"); err != nil {
			t.Fatal(err)
		}
		if run = w.issued(run); run.Report.Signed != 2 {
			t.Fatalf("%+v", run.Report)
		}
		if mine := must(w.certs.Mine(resident(p.ID), 10)); len(mine) != 1 || mine[0].Number != "1" {
			t.Errorf("papers: %+v", mine)
		}
	})
}

// Who is not of the issuing office sees no run.
func TestRun_strangers(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		run := w.begin(header + line("1", "李虚构", 2))
		if _, err := w.Run(zhao, run.Region, run.ID); !errors.Is(err, ErrNoRun) {
			t.Errorf("another office: %v", err)
		}
		if list := must(w.Runs(zhao, 10)); len(list) != 0 {
			t.Errorf("another office lists %d", len(list))
		}
		if _, err := w.Runs(resident("per_x"), 10); !errors.Is(err, authz.ErrForbidden) {
			t.Errorf("a resident: %v", err)
		}
		if _, err := w.Begin(zhao, Intake{Region: district, Type: health, Grade: "A", FileName: "x.csv", File: strings.NewReader(header)}); !errors.Is(err, authz.ErrForbidden) {
			t.Errorf("began for another office: %v", err)
		}
		if err := w.d.Write(auth.System(t.Context(), "test"), func(tx *db.Tx) error {
			return w.who.PutOrgTx(t.Context(), tx, identity.Org{Region: district, Code: office, Name: "示例区虚构监管局", Kind: identity.KindDepartment})
		}); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]error{"示例区虚构监管局": ErrIssuerName, "示例区虚构水务局（当时）": nil} {
			in := Intake{Region: district, Type: "11449901900000049R001", Grade: "A", FileName: "x.csv", File: strings.NewReader(header), Issuer: "11449901900000049R", IssuerName: name}
			if _, err := w.Begin(zhao, in); !errors.Is(err, want) {
				t.Errorf("in the name of %s: %v", name, err)
			}
		}
		var b bytes.Buffer
		if err := w.WriteFindings(zhao, run.Region, run.ID, true, &b); !errors.Is(err, ErrNoRun) {
			t.Errorf("findings: %v", err)
		}
	})
}

// A type says who issues certificates of it: another office takes in none, and where
// the type does not say, whoever releases is told.
func TestBegin_whoIssues(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		const water, branch = "11449901900000049R", "11449901900000065F"
		for code, name := range map[string]string{water: "示例区水务局", branch: "示例区虚构卫生健康局"} {
			err := w.d.Write(auth.System(t.Context(), "test"), func(tx *db.Tx) error {
				return w.who.PutOrgTx(t.Context(), tx, identity.Org{Region: district, Code: code, Name: name, Kind: identity.KindDepartment})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		in := func(issuer, name string) Intake {
			return Intake{Region: district, Type: health, Grade: "A", FileName: "x.csv", File: strings.NewReader(header + line("健〔2026〕7号", "李虚构", 7)), Issuer: issuer, IssuerName: name}
		}
		_, err := w.Begin(zhao, in(water, "示例区虚构卫生健康局（当时）")) // the name on the register counts, not what was typed
		if !errors.Is(err, ErrNotIssuer) || !strings.Contains(fmt.Sprint(fault.Of(err).Details["offices"]), "卫生健康") {
			t.Errorf("an office that does not issue it: %v", err)
		}
		other := officer("acc_other", branch)
		run, err := w.Begin(other, in(branch, "示例区虚构卫生健康局"))
		if err != nil {
			t.Fatalf("an office that issues it: %v", err)
		}
		if doubted, _, err := w.Doubted(other, run); doubted || err != nil {
			t.Errorf("doubted: %t %v", doubted, err)
		}
		// The next version of the type leaves it open, the one after names somebody else.
		for _, c := range []struct {
			issuers []string
			doubted bool
			want    error
		}{{nil, true, nil}, {[]string{"114499019000000222"}, true, ErrNotIssuer}} {
			w.redefine(func(t *kinds.Type) { t.Issuers = c.issuers })
			if doubted, _, err := w.Doubted(other, run); doubted != c.doubted || err != nil {
				t.Errorf("with %v: doubted %t, %v", c.issuers, doubted, err)
			}
			if _, err := w.Start(other, run.Region, run.ID, true); !errors.Is(err, c.want) {
				t.Errorf("with %v: %v", c.issuers, err)
			}
			run = w.at(other, run)
		}
	})
}
