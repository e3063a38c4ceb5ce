package lists_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/lists"
	"tongban/gov/catalogue/standard"
	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/schedule"
)

func TestLists_realItems(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), schedule.Migrations(), catalogue.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
		cat := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: os.DirFS("../../../items")})
		if err := cat.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := lists.New(lists.Deps{DB: d, Clock: c, Catalogue: cat})
		for id, want := range map[string]int{"power": 440, "duty": 440, "service": 1587, "supervision": 0} {
			p, err := s.Page(t.Context(), id, lists.Query{Limit: 50})
			if err != nil || p.Total != want || p.At.IsZero() || want > 50 && (len(p.Rows) != 50 || p.Next == "") {
				t.Errorf("%s: %d items on %d rows, want %d (%v)", id, p.Total, len(p.Rows), want, err)
			}
		}
		walkServices(t, s)
		sharingAndVisits(t, s)
		var out bytes.Buffer
		if err := s.CSV(t.Context(), "power", lists.Query{Region: "440000"}, &out); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 440+2 || rows[1][2] != "事项名称" {
			t.Errorf("%d rows in the file, %v", len(rows), err)
		}
		if _, err := s.Page(t.Context(), "nothing", lists.Query{}); err == nil {
			t.Error("a list that is not there")
		}
	})
}

// walkServices turns every page and meets every item once.
func walkServices(t *testing.T, s *lists.Service) {
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
	if len(seen) != 1587 {
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

func TestAll_columnsAreKnown(t *testing.T) {
	for _, l := range lists.All() {
		if heads := l.Heads(standard.Shipped()); len(heads) != len(l.Columns) || l.Zh == "" || l.En == "" || l.LeadZh == "" || l.LeadEn == "" {
			t.Errorf("%s: %v of %v", l.ID, heads, l.Columns)
		}
	}
}
