package outlet

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/schedule"
)

var schema = []db.Migrations{audit.Migrations(), schedule.Migrations(), catalogue.Migrations()}

// onBoth runs f on both engines with the packages and guides that ship.
func onBoth(t *testing.T, f func(t *testing.T, s *Service)) {
	t.Helper()
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
		cat := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: os.DirFS("../../../items")})
		raw, err := data.Files.ReadFile(data.Guides)
		if err != nil {
			t.Fatal(err)
		}
		few := strings.Join(strings.SplitAfterN(string(raw), "\n", 6)[:5], "")
		if _, err := cat.ImportGuides(dbtest.As(t, "test"), "440000", strings.NewReader(few), catalogue.ImportOptions{Name: "guides"}); err != nil {
			t.Fatal(err)
		}
		f(t, New(Deps{DB: d, Clock: c, Catalogue: cat, BaseURL: "https://example.gov.cn"}))
	})
}

const shippedCode = "11440000006939756B2440101007000"

func TestLinkedData_saysWhatTheGuideSays(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service) {
		raw, err := s.LinkedData(t.Context(), "440000", shippedCode)
		if err != nil {
			t.Fatal(err)
		}
		var n struct {
			Context    map[string]string `json:"@context"`
			ID         string            `json:"@id"`
			Type       []string          `json:"@type"`
			Identifier string
			Provider   struct{ Identifier string }
			Inputs     []map[string]any  `json:"cpsv:hasInput"`
			Time       map[string]string `json:"cv:processingTime"`
			Audience   []map[string]any
		}
		if err := json.Unmarshal(raw, &n); err != nil {
			t.Fatal(err)
		}
		if n.ID != "https://example.gov.cn/items/440000/"+shippedCode || n.Identifier != shippedCode || strings.Join(n.Type, " ") != "GovernmentService cpsv:PublicService" {
			t.Errorf("got %+v", n)
		}
		if n.Provider.Identifier != "11440000006939756B" || len(n.Inputs) != 1 || n.Time["@value"] != "P7D" || len(n.Audience) != 7 || n.Context["cpsv"] == "" {
			t.Errorf("got %s", raw)
		}
		if _, err := s.LinkedData(t.Context(), "440000", "nothing"); err == nil {
			t.Error("an item that is not there")
		}
	})
}

func TestSiteMap_listsEveryItem(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service) {
		var b strings.Builder
		if err := s.SiteMap(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		var m struct {
			XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
			URLs    []struct {
				Loc     string `xml:"loc"`
				Lastmod string `xml:"lastmod"`
			} `xml:"url"`
		}
		if err := xml.Unmarshal([]byte(b.String()), &m); err != nil {
			t.Fatal(err)
		}
		if len(m.URLs) != 5 || m.URLs[0].Loc != "https://example.gov.cn/items/440000/"+shippedCode || m.URLs[0].Lastmod != "2026-11-22" {
			t.Errorf("got %+v", m.URLs)
		}
		for _, n := range []int{0, 2, 5000} {
			if err := s.SiteMapPart(t.Context(), n, &b); err == nil {
				t.Errorf("there is a map %d", n)
			}
		}
	})
}

func TestRecords_nothingIsLeftOut(t *testing.T) {
	for _, table := range []string{"up_task_general_basic", "up_task_public_basic", "up_task_punish_basic", "up_task_handle_basic", "up_task_check_basic", "up_task_general_extend",
		"up_task_public_extend", "up_task_general_material", "up_task_general_fee_project", "up_task_punish_questions", "x_task_fields"} {
		list := columnsOf(table)
		if n := len(list); n < 8 || list[n-4] != "cd_operation" || list[n-1] != "data_source" || list[0] != "row_guid" {
			t.Errorf("%s: %v", table, list)
		}
		seen := map[string]bool{}
		for _, c := range list {
			if seen[c] {
				t.Errorf("%s has %s twice", table, c)
			}
			seen[c] = true
		}
	}
}
