package intake_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
)

func (b bundle) run(t testing.TB, id string) intake.Run {
	t.Helper()
	r, err := b.Run(b.ctx, "440000", id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b bundle) work(t testing.TB) {
	t.Helper()
	did, err := b.WorkOnce(context.Background())
	if err != nil || !did {
		t.Fatalf("did %v, %v", did, err)
	}
}

func TestRuns_triedThenTakenIn(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		file := lines(t, 30) + "{broken\n"
		r, err := b.Begin(b.ctx, "440000", "指南.jsonl", strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if r.State != intake.Mapped || r.Mapping.Format != mapping.Guides {
			t.Errorf("begun: %+v", r)
		}
		if err := b.Start(b.ctx, r.Region, r.ID, true); err != nil {
			t.Fatal(err)
		}
		if err := b.Start(b.ctx, r.Region, r.ID, false); !isFault(err, intake.ErrBusy) {
			t.Errorf("begun twice: %v", err)
		}
		b.work(t)
		tried := b.run(t, r.ID)
		if tried.State != intake.Done || !tried.Dry || tried.Report.New != 30 || tried.Report.Rejected != 1 || len(tried.Report.Examples) == 0 {
			t.Errorf("tried: %s %v %s", tried.State, tried.Dry, tried.Report.English())
		}
		if n := len(b.contents(t)); n != 0 {
			t.Fatalf("a dry run left %d items", n)
		}
		if err := b.Start(b.ctx, r.Region, r.ID, false); err != nil {
			t.Fatal(err)
		}
		b.work(t)
		done := b.run(t, r.ID)
		if done.State != intake.Done || done.Dry || done.Report.New != 30 || len(b.contents(t)) != 30 {
			t.Errorf("done: %s %v %s", done.State, done.Dry, done.Report.English())
		}
		var out bytes.Buffer
		if err := b.WriteProblems(b.ctx, r.Region, r.ID, false, &out); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.Contains(got, "指南,31,,有错,") || !strings.Contains(got, "{broken") {
			t.Errorf("problems: %q", got)
		}
		if did, err := b.WorkOnce(context.Background()); did || err != nil {
			t.Errorf("a run that is done was done again: %v %v", did, err)
		}
	})
}

// Runs go with their files when nothing happened to them for as long as they
// are kept; the items stay, and so does a file that a younger run needs.
func TestSweep_oldRunsAndTheirFiles(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		begin := func() intake.Run {
			t.Helper()
			r, err := b.Begin(b.ctx, "440000", "指南.jsonl", strings.NewReader(lines(t, 3)+"{broken\n"))
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		old, waiting := begin(), begin()
		if err := b.Start(b.ctx, old.Region, old.ID, false); err != nil {
			t.Fatal(err)
		}
		b.work(t)
		b.clock.Advance(60 * 24 * time.Hour)
		young := begin()
		if err := b.Start(b.ctx, waiting.Region, waiting.ID, true); err != nil { // whatever its age: it is to be worked on
			t.Fatal(err)
		}
		b.clock.Advance(31 * 24 * time.Hour)
		if err := b.Sweep(b.ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Run(b.ctx, "440000", old.ID); !isFault(err, intake.ErrNoRun) {
			t.Errorf("the old run: %v", err)
		}
		if list, err := b.Problems(b.ctx, "440000", old.ID, 0, 10); err != nil || len(list) != 0 {
			t.Errorf("its problems: %v, %v", list, err)
		}
		if len(b.contents(t)) != 3 {
			t.Error("its items went with it")
		}
		b.work(t) // the file is still there
		if r := b.run(t, waiting.ID); r.State != intake.Done {
			t.Errorf("the run that waited: %s %v", r.State, r.Failure)
		}
		b.clock.Advance(100 * 24 * time.Hour)
		if err := b.Sweep(b.ctx); err != nil {
			t.Fatal(err)
		}
		if f, err := b.Files.Open(young.File.Hash); err == nil {
			f.Close()
			t.Error("the file is still there")
		}
		for _, id := range []string{young.ID, waiting.ID} {
			if _, err := b.Run(b.ctx, "440000", id); !isFault(err, intake.ErrNoRun) {
				t.Errorf("%s: %v", id, err)
			}
		}
		for _, id := range []string{old.ID, young.ID, waiting.ID} {
			list, _, err := audit.ByObject(t.Context(), b.DB, "440000", id, "", 10)
			if err != nil || !slices.ContainsFunc(list, func(a audit.Act) bool { return a.Action == "catalogue.import.removed" }) {
				t.Errorf("%s: its removal is not on record (%v)", id, err)
			}
		}
	})
}

func TestRuns_goOnAfterACrash(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		file := strings.Replace(lines(t, 100), "\n", "\n{broken\n", 7)
		r, err := b.Begin(b.ctx, "440000", "f.jsonl", strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Start(b.ctx, r.Region, r.ID, false); err != nil {
			t.Fatal(err)
		}
		crashes := 0
		for b.run(t, r.ID).State != intake.Done {
			ctx, crash := context.WithCancel(context.Background())
			b.Clock = &doomed{Fake: b.clock, left: 7, crash: crash}
			b.WorkOnce(ctx)
			crash()
			b.Clock = b.clock
			crashes++
			b.clock.Advance(3 * time.Minute) // its lease ends
			if crashes > 10 {
				t.Fatal("it never ends")
			}
		}
		done := b.run(t, r.ID)
		if done.Report.New != 100 || done.Report.Rejected != 7 || done.Report.Items != 100 || done.Report.Changed+done.Report.Same != 0 {
			t.Errorf("after %d crashes: %s", crashes, done.Report.English())
		}
		if list, err := b.Problems(b.ctx, r.Region, r.ID, 0, 100); err != nil || len(list) != 7 {
			t.Errorf("%d problems, %v", len(list), err)
		}
		for code := range b.contents(t) {
			if v, err := b.cat.Versions(b.ctx, "440000", code); err != nil || len(v) != 1 {
				t.Fatalf("%s has %d versions, %v", code, len(v), err)
			}
		}
		if crashes < 2 {
			t.Errorf("it crashed %d times only", crashes)
		}
	})
}

// doomed is the clock of a process that goes away after it was asked some times.
type doomed struct {
	*clock.Fake
	mu    sync.Mutex
	left  int
	crash func()
}

func (d *doomed) Now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left--; d.left == 0 {
		d.crash()
	}
	return d.Fake.Now()
}

func TestRuns_saysWhyItFailed(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		if _, err := b.Begin(b.ctx, "440000", "f.pdf", strings.NewReader("%PDF-1.7")); !isFault(err, intake.ErrFormat) {
			t.Errorf("a PDF: %v", err)
		}
		r, err := b.Begin(b.ctx, "440000", "f.csv", strings.NewReader("甲,乙\n1,2\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Start(b.ctx, r.Region, r.ID, true); err != nil {
			t.Fatal(err)
		}
		b.work(t)
		if r = b.run(t, r.ID); r.State != intake.Failed || !strings.Contains(r.Failure.En, "Name") || r.Failure.Zh == "" {
			t.Errorf("failed: %s %+v", r.State, r.Failure)
		}
	})
}

func TestRuns_areForThoseWhoMay(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		nobody := auth.With(context.Background(), auth.Principal{ID: "acc_x", Kind: auth.KindOfficer, Name: "示例·旁人"})
		if _, err := b.Begin(nobody, "440000", "f", strings.NewReader("{}")); err == nil {
			t.Error("anybody begins")
		}
		if _, err := b.Runs(nobody, "440000", 10); err == nil {
			t.Error("anybody reads")
		}
		if err := b.SaveMapping(nobody, "440000", mapping.Mapping{Name: "x", Format: mapping.Sheet}); err == nil {
			t.Error("anybody saves")
		}
		if _, err := b.Import(nobody, nil, intake.Options{Region: "440000"}); err == nil {
			t.Error("anybody imports")
		}
		m := mapping.Mapping{Name: "省表", Format: mapping.Sheet, Columns: map[mapping.Role]map[string]string{mapping.Item: {"编码": "task_code"}}}
		if err := b.SaveMapping(b.ctx, "440000", m); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Mapping(b.ctx, "440000", "省表"); err != nil || got.Columns[mapping.Item]["编码"] != "task_code" {
			t.Errorf("saved: %+v %v", got, err)
		}
		if _, err := b.Mapping(b.ctx, "440000", "别的"); !isFault(err, intake.ErrNoMapping) {
			t.Errorf("one that is not there: %v", err)
		}
	})
}
