package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/files"
	"tongban/platform/once"
	"tongban/platform/schedule"
)

var tables = []db.Migrations{audit.Migrations(), schedule.Migrations(), once.Migrations(), catalogue.Migrations()}

type bundle struct {
	*intake.Service
	cat   *catalogue.Service
	db    *db.DB
	clock *clock.Fake
	ctx   context.Context
	cases openCases
}

// openCases are the cases under way, by code of their item.
type openCases map[string]int

func (o openCases) OpenCases(_ context.Context, _, code string) (int, error) { return o[code], nil }

func checkOrg(code string) bool { _, err := number.ParseUSCC(code); return err == nil }

func newBundle(t testing.TB, d *db.DB) bundle {
	t.Helper()
	c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
	cat := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: os.DirFS("../../../items"), CheckOrg: checkOrg})
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cases := openCases{}
	s := intake.New(intake.Deps{DB: d, Clock: c, Catalogue: cat, Cases: cases, CheckOrg: checkOrg, Files: store})
	return bundle{s, cat, d, c, dbtest.As(t, "intake test"), cases}
}

// onBoth runs f on both engines with an empty catalogue.
func onBoth(t *testing.T, f func(t *testing.T, b bundle)) {
	t.Helper()
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) { f(t, newBundle(t, d)) })
}

func guides(t testing.TB) []byte {
	t.Helper()
	raw, err := fs.ReadFile(data.Files, data.Guides)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// lines are some of the shipped guides.
func lines(t testing.TB, n int) string {
	return strings.Join(strings.SplitAfterN(string(guides(t)), "\n", n+1)[:n], "")
}

// took is what an import did.
type took struct {
	intake.Report
	problems []string
	outcomes []string
}

func (b bundle) take(t testing.TB, name, file string, opt intake.Options) took {
	t.Helper()
	out, err := b.try(name, file, opt)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

func (b bundle) try(name, file string, opt intake.Options) (took, error) {
	src, err := source.Open(name, bytes.NewReader([]byte(file)), int64(len(file)), source.DefaultLimits)
	if err != nil {
		return took{}, err
	}
	var out took
	if opt.Region == "" {
		opt.Region = "440000"
	}
	opt.Name = name
	if opt.Mapping.Format == "" {
		opt.Mapping.Format = mapping.Guides
	}
	opt.Problem = func(p intake.Problem) {
		out.problems = append(out.problems, fmt.Sprintf("%s %d %s", p.Table, p.Line, p.English()))
	}
	opt.Outcome = func(list []intake.Outcome) {
		for _, o := range list {
			out.outcomes = append(out.outcomes, o.What+" "+o.Code)
		}
	}
	out.Report, err = b.Import(b.ctx, src, opt)
	slices.Sort(out.problems)
	return out, err
}

// want checks the counts of a report: new, changed, suspended, same, kept, rejected.
func (o took) want(t testing.TB, what string, n, changed, suspended, same, kept, rejected int) {
	t.Helper()
	got := [6]int{o.New, o.Changed, o.Suspended, o.Same, o.Kept, o.Rejected}
	if got != [6]int{n, changed, suspended, same, kept, rejected} {
		t.Errorf("%s: %s\n%s", what, o.English(), strings.Join(o.problems[:min(8, len(o.problems))], "\n"))
	}
}

func isFault(err, want error) bool { return errors.Is(err, want) }

func (b bundle) hasPlaces(t testing.TB) bool {
	l, err := b.cat.Places(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return l.Len() > 0
}

func zipped(files map[string]string, names []string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.Create(n)
		if err != nil {
			panic(err)
		}
		io.WriteString(w, files[n])
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}
