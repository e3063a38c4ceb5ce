package web_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"tongban/data"
	"tongban/gov/catalogue"
	catalogueweb "tongban/gov/catalogue/web"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// TestFlow_pictureStays: what was drawn when a version was published is what its
// guide shows, whatever draws today and whatever was published since.
func TestFlow_pictureStays(t *testing.T) {
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		change := func(sql string) {
			t.Helper()
			if err := d.Write(ctx, func(tx *db.Tx) error {
				tx.Unaudited("another time")
				_, err := tx.Exec(ctx, sql)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		h := site(t, d, catalogueweb.Deps{})
		now := get(t, h, permit+"/flow.svg?version=1&lang=en")
		now.has("Flow of the case", "Certificate issued")
		if !strings.Contains(get(t, h, permit).raw, "/flow.svg?version=1") {
			t.Error("the guide of version 1 shows another picture")
		}
		// Because: what is kept is marked, as if other code had drawn it then.
		change(`UPDATE catalogue_picture SET svg = replace(svg, '<svg ', '<svg data-then="yes" ')`)
		s := catalogue.New(catalogue.Deps{DB: d, Data: data.Files, Items: os.DirFS("../../../items")})
		region, code, _ := strings.Cut(strings.TrimPrefix(permit, "/items/"), "/")
		o, err := s.OfferVersion(ctx, region, code, 1)
		if err != nil {
			t.Fatal(err)
		}
		flow := bytes.ReplaceAll(o.Flow, []byte("已受理"), []byte("已经受理"))
		if _, err := s.PublishFlow(ctx, catalogue.NewFlow{Region: region, Code: code, Base: 1, Flow: flow, Decisions: o.Tables, Steps: o.Steps}); err != nil {
			t.Fatal(err)
		}
		h = site(t, d, catalogueweb.Deps{})
		for _, lang := range []string{"en", "zh-Hans"} {
			if p := get(t, h, permit+"/flow.svg?version=1&lang="+lang); !strings.Contains(p.raw, "data-then") || strings.Contains(p.raw, "已经受理") {
				t.Errorf("%s: version 1 is drawn anew: %.300s", lang, p.raw)
			}
		}
		if p := get(t, h, permit+"/flow.svg?lang=zh-Hans"); strings.Contains(p.raw, "data-then") || !strings.Contains(p.raw, "已经受理") {
			t.Errorf("version 2 has the picture of version 1: %.300s", p.raw)
		}
		// A version from before pictures were kept is drawn once.
		change(`DELETE FROM catalogue_picture`)
		h = site(t, d, catalogueweb.Deps{})
		if p := get(t, h, permit+"/flow.svg?version=1&lang=en"); p.raw != now.raw {
			t.Errorf("drawn anew it differs: %.300s", p.raw)
		}
		change(`UPDATE catalogue_picture SET svg = replace(svg, '<svg ', '<svg data-then="yes" ')`)
		if p := get(t, site(t, d, catalogueweb.Deps{}), permit+"/flow.svg?version=1&lang=en"); !strings.Contains(p.raw, "data-then") {
			t.Error("what was drawn on demand was not kept")
		}
	})
}
