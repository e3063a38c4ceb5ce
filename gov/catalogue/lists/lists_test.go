package lists_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/lists"
	"tongban/gov/catalogue/standard"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
	"tongban/platform/once"
	"tongban/platform/schedule"
)

func TestLists_realItems(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), once.Migrations(), schedule.Migrations(), catalogue.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
		cat := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: os.DirFS("../../../items")})
		if err := cat.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := lists.New(lists.Deps{DB: d, Clock: c, Catalogue: cat, Region: "440000"})
		there := counted(t, cat)
		power, service := there["440000"], there["services"]
		for id, want := range map[string]int{"power": there["powers"], "duty": there["powers"], "service": service, "supervision": there["06"]} {
			p, err := s.Page(t.Context(), id, lists.Query{Limit: 50})
			if err != nil || p.Total != want || p.At.IsZero() || want > 50 && (len(p.Rows) != 50 || p.Next == "") {
				t.Errorf("%s: %d items on %d rows, want %d (%v)", id, p.Total, len(p.Rows), want, err)
			}
		}
		walkServices(t, s, service)
		sharingAndVisits(t, s)
		workbook(t, s, power)
		defined(t, s)
		var out bytes.Buffer
		if err := s.CSV(t.Context(), "power", lists.Query{Region: "440000"}, &out); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil || len(rows) != power+2 || rows[1][2] != "事项名称" {
			t.Errorf("%d rows in the file, %v", len(rows), err)
		}
		if _, err := s.Page(t.Context(), "nothing", lists.Query{}); err == nil {
			t.Error("a list that is not there")
		}
	})
}

// counted are the shipped items by list and kind, and the powers of the province.
func counted(t *testing.T, cat *catalogue.Service) map[string]int {
	t.Helper()
	out := map[string]int{}
	err := cat.EachItem(dbtest.As(t, "test"), "", time.Time{}, func(p catalogue.PublishedItem) error {
		out[p.Item.TypeCode]++
		switch {
		case p.Item.TypeCode == "20":
			out["services"]++
		default:
			out["powers"]++
			if strings.HasPrefix(p.Item.Region, "44") {
				out["440000"]++
			}
		}
		return nil
	})
	if err != nil || out["powers"] < 400 {
		t.Fatalf("%v, %v", out, err)
	}
	return out
}

// walkServices turns every page and meets every item once.
func walkServices(t *testing.T, s *lists.Service, want int) {
	t.Helper()
	seen := map[string]bool{}
	q := lists.Query{Limit: 200}
	for {
		p, err := s.Page(t.Context(), "service", q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Rows {
			if seen[r.Region+r.Code] {
				t.Fatalf("%s stands twice", r.Code)
			}
			seen[r.Region+r.Code] = true
		}
		if q.After = p.Next; p.Next == "" {
			break
		}
	}
	if len(seen) != want || want < 1500 {
		t.Errorf("%d items on all pages", len(seen))
	}
}

func sharingAndVisits(t *testing.T, s *lists.Service) {
	t.Helper()
	p, err := s.Page(t.Context(), "sharing", lists.Query{Limit: 100})
	if err != nil || len(p.Rows) < 3 {
		t.Fatalf("sharing: %d rows, %v", len(p.Rows), err)
	}
	at := map[string]int{}
	for i, c := range p.Columns {
		at[c.Key] = i
	}
	for _, r := range p.Rows {
		if r.Cells[at["material"]].Zh == "" || r.Cells[at["instead"]].Zh == "" || r.Cells[at["instead_kind"]].Zh == "" {
			t.Errorf("%+v", r)
		}
	}
	p, err = s.Page(t.Context(), "no-visit", lists.Query{Region: "440000", Limit: 1})
	if err != nil || p.Total < 100 {
		t.Errorf("without a visit: %d, %v", p.Total, err)
	}
}

// workbook reads back what was written as XLSX.
func workbook(t *testing.T, s *lists.Service, power int) {
	t.Helper()
	var out bytes.Buffer
	if err := s.XLSX(t.Context(), "power", lists.Query{Region: "440000"}, &out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Sheet1")
	if err != nil || len(rows) != power+2 || rows[1][2] != "事项名称" || rows[0][0] != "权力清单" {
		t.Errorf("%d rows in the workbook, %v", len(rows), err)
	}
}

func officer(t *testing.T, name string, permissions ...string) context.Context {
	return auth.With(t.Context(), auth.Principal{ID: "acc_" + name, Name: name, Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: "440000", Subtree: true, Permissions: permissions}}})
}

// defined makes a list without a migration: one proposes, another approves.
func defined(t *testing.T, s *lists.Service) {
	t.Helper()
	designer, supervisor := officer(t, "虚构甲", catalogue.MayDefineLists.Name), officer(t, "虚构乙", catalogue.MayApproveChanges.Name)
	both := officer(t, "虚构甲", catalogue.MayApproveChanges.Name, catalogue.MayDefineLists.Name)
	one := 1
	d := lists.Definition{List: lists.List{ID: "one_visit", Region: "440000", Zh: "最多跑一次清单", En: "At most one visit", LeadZh: "只跑一次的事项。", LeadEn: "Items that take one visit.",
		Visits: &one, Columns: []string{"name", "org_name", "promise_limit"}}, Reason: "便民"}
	bad := d
	bad.Columns, bad.ID, bad.Zh = []string{"org_name", "nothing", "owed_by"}, "One visit", ""
	var problems standard.Problems
	if _, err := s.Propose(designer, bad); !errors.As(err, &problems) || len(problems) != 5 {
		t.Fatalf("%v", err)
	}
	if _, err := s.Propose(supervisor, d); !fault.IsKind(err, fault.KindForbidden) {
		t.Fatalf("without permission: %v", err)
	}
	p, err := s.Propose(designer, d)
	if err != nil || p.Number != 1 || p.State != lists.Proposed {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := s.Propose(designer, d); !errors.Is(err, lists.ErrWaiting) {
		t.Fatalf("twice: %v", err)
	}
	if _, err := s.Page(t.Context(), "one_visit", lists.Query{Limit: 1}); !errors.Is(err, lists.ErrNoList) {
		t.Fatalf("published before it was approved: %v", err)
	}
	if _, err := s.Approve(both, p.ID, 1, ""); !errors.Is(err, lists.ErrOwnProposal) {
		t.Fatalf("approved by who proposed: %v", err)
	}
	if _, err := s.Approve(supervisor, p.ID, 1, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Approve(supervisor, p.ID, 1, ""); !errors.Is(err, lists.ErrDecided) {
		t.Fatalf("approved twice: %v", err)
	}
	page, err := s.Page(t.Context(), "one_visit", lists.Query{Limit: 5})
	if err != nil || page.Total == 0 || len(page.Columns) != 3 || len(page.Rows) == 0 {
		t.Fatalf("%+v, %v", page, err)
	}
	if page, err = s.Page(t.Context(), "one_visit", lists.Query{Region: "110000", Limit: 5}); err != nil || page.Total != 0 {
		t.Fatalf("elsewhere: %d, %v", page.Total, err)
	}
	shipped, _ := s.Of(t.Context(), "power")
	change := lists.Definition{List: shipped, Reason: "加一列"}
	change.Region = "449900"
	if _, err := s.Propose(designer, change); !errors.Is(err, lists.ErrElsewhere) {
		t.Fatalf("a city changes what ships: %v", err)
	}
	change.Region = "440000"
	if _, err := s.Propose(designer, change); !errors.Is(err, lists.ErrNoChange) {
		t.Fatalf("nothing changed: %v", err)
	}
	change.Columns = append(slices.Clone(change.Columns), "link_way")
	if p, err = s.Propose(designer, change); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reject(supervisor, p.ID, p.Number, " "); !errors.Is(err, lists.ErrNoReason) {
		t.Fatalf("without a reason: %v", err)
	}
	if _, err := s.Approve(supervisor, p.ID, p.Number, ""); err != nil {
		t.Fatal(err)
	}
	visit, _ := s.Of(t.Context(), "no-visit") // its key is older than the form of keys
	visit.Region, visit.Columns = "440000", append(slices.Clone(visit.Columns), "org")
	if _, err := s.Propose(designer, lists.Definition{List: visit, Reason: "加一列"}); err != nil {
		t.Fatalf("a shipped list: %v", err)
	}
	if now, err := s.Of(t.Context(), "power"); err != nil || now.Columns[len(now.Columns)-1] != "link_way" {
		t.Fatalf("%+v, %v", now, err)
	}
}

func TestAll_columnsAreKnown(t *testing.T) {
	for _, l := range lists.Shipped() {
		if heads := l.Heads(standard.Shipped()); len(heads) != len(l.Columns) || l.Zh == "" || l.En == "" || l.LeadZh == "" || l.LeadEn == "" {
			t.Errorf("%s: %v of %v", l.ID, heads, l.Columns)
		}
	}
}
