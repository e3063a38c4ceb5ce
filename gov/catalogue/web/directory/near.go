package directory

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/halls"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

//go:embed near.js
var nearJS []byte

// maxNear is how many halls are listed by distance.
const maxNear = 10

// nearView is the form for a position, and the halls nearest to it.
type nearView struct {
	Latitude, Longitude string
	System              string
	Asked               bool
	List                []halls.Near
	Problem             string
}

// mayAsk lets a page ask the browser where it is; others may not.
func mayAsk(w http.ResponseWriter) {
	w.Header().Set("Permissions-Policy", "camera=(), geolocation=(self), microphone=()")
}

// GET /halls/files/near.js
func (h pages) nearScript(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, err := w.Write(nearJS)
	return err
}

// POST /halls/near: a position is not part of an address, so that no log and no
// history of a browser keeps it.
func (h pages) near(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	v := nearView{Latitude: f.Get("latitude"), Longitude: f.Get("longitude"), System: f.Get("system"), Asked: true}
	at, err := position(f.Get("latitude"), f.Get("longitude"), v.System)
	if err == nil {
		v.List, err = h.Halls.Nearest(ctx, at, maxNear)
	}
	status := http.StatusOK
	if fault.IsKind(err, fault.KindInvalid) {
		v.Problem, status, err = web.Words(ctx, fault.Of(err)), http.StatusUnprocessableEntity, nil
	}
	if err != nil {
		return err
	}
	mayAsk(w)
	w.Header().Set("Cache-Control", "no-store")
	page := ui.Page{Title: words(ctx, "near.title"), Lead: words(ctx, "near.lead"), Active: "do", Crumbs: home(ctx), Back: ui.Link{Href: "/halls", Text: words(ctx, "near.division")}}
	if v.Problem != "" {
		page.Problems = []ui.Problem{{Field: "latitude", Text: v.Problem}}
	}
	return ui.Render(w, r, status, page, nearPage(v))
}

// position reads degrees as people write them.
func position(lat, lon, system string) (halls.Position, error) {
	p := halls.Position{System: halls.System(system)}
	var err, err2 error
	p.Latitude, err = strconv.ParseFloat(strings.TrimSpace(lat), 64)
	p.Longitude, err2 = strconv.ParseFloat(strings.TrimSpace(lon), 64)
	if err != nil || err2 != nil || !p.Valid() {
		return p, halls.ErrPosition
	}
	return p, nil
}

// POST /halls/places
func (h pages) place(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	f := r.PostForm
	of := func(name string) string { return f.Get(name + "." + f.Get("hall")) } // each hall of the page has its own form
	at, err := position(of("latitude"), of("longitude"), of("system"))
	if err == nil {
		_, err = h.Halls.Put(r.Context(), f.Get("region"), f.Get("address"), at, of("source"))
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/halls?region="+f.Get("region"))
}

// mayPlace tells whether the caller may say where halls of a division lie.
func mayPlace(ctx context.Context, region string) bool {
	return authz.Require(ctx, catalogue.MayImportItems, authz.Object{Region: region}) == nil
}

// far writes a distance as people say it.
func far(ctx context.Context, metres float64) string {
	if metres < 950 {
		return words(ctx, "near.metres", "n", int(metres/50+0.5)*50)
	}
	return words(ctx, "near.kilometres", "n", strconv.FormatFloat(metres/1000, 'f', 1, 64))
}

func systems(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, s := range halls.Systems {
		out = append(out, ui.Option{Value: string(s), Text: words(ctx, "near.system."+string(s))})
	}
	return out
}

// lies says where a hall lies, as it was given.
func lies(ctx context.Context, p halls.Spot) string {
	return fmt.Sprintf("%.5f, %.5f", p.Given.Latitude, p.Given.Longitude) + " · " + words(ctx, "near.system."+string(p.Given.System)) + " · " + p.Source + " · " + i18n.Date(ctx, p.At)
}
