package api_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/api"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/templates"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/once"
	"tongban/platform/web"
)

const (
	district  = "449901"
	elsewhere = "449902"
)

// desk calls the interface as different officers.
type desk struct {
	*testing.T
	d     *db.DB
	a     *web.API
	types *kinds.Service
	food  string // code of a type
}

func officer(name, region string, permissions ...string) auth.Principal {
	return auth.Principal{ID: "acc_" + name, Name: "虚构·" + name, Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: region, Permissions: permissions}}}
}

var (
	designer  = officer("甲", district, templates.MayDesign.Name)
	publisher = officer("乙", district, templates.MayPublish.Name)
	both      = officer("丙", district, templates.MayDesign.Name, templates.MayPublish.Name)
	neighbour = officer("丁", elsewhere, templates.MayDesign.Name, templates.MayPublish.Name)
	clerk     = officer("戊", district, certificates.MayManage.Name)
	nobody    = auth.Principal{}
)

func onBoth(t *testing.T, f func(d desk)) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations(), once.Migrations(), certificates.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))
		types := kinds.New(kinds.Deps{DB: d, Clock: c})
		s := templates.New(templates.Deps{DB: d, Clock: c, Types: types})
		if err := types.Seed(t.Context(), district); err != nil {
			t.Fatal(err)
		}
		if err := s.Seed(t.Context(), district); err != nil {
			t.Fatal(err)
		}
		list, err := types.List(t.Context(), "food_permit")
		if err != nil || len(list) != 1 {
			t.Fatal(err)
		}
		a := web.NewAPI("test", "1", slog.New(slog.DiscardHandler))
		api.Register(a, api.Deps{Types: types, Templates: s})
		f(desk{t, d, a, types, list[0].Code})
	})
}

// send sends a command and gives the answer, which must have this status and
// say this.
func (d desk) send(who auth.Principal, method, path string, body any, want int, says ...string) *httptest.ResponseRecorder {
	d.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		d.Fatal(err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	if r.Header.Set("Content-Type", "application/json"); body == nil {
		r = httptest.NewRequest(method, path, http.NoBody)
	}
	w := httptest.NewRecorder()
	d.a.ServeHTTP(w, r.WithContext(auth.With(d.Context(), who)))
	if w.Code != want {
		d.Fatalf("%s %s: status %d, want %d: %.500s", method, path, w.Code, want, w.Body)
	}
	for _, s := range says {
		if !strings.Contains(w.Body.String(), s) {
			d.Errorf("%s %s: no %q in %.500s", method, path, s, w.Body)
		}
	}
	return w
}

// look is a template as it travels, and versions are its numbers with what they
// sign.
type look = api.CertificateTemplateVersion

func (d desk) versions() (out struct{ Templates []look }) {
	d.Helper()
	w := d.send(designer, "GET", d.path(district), nil, 200)
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		d.Fatal(err)
	}
	return out
}

func (d desk) path(region string) string {
	return "/api/v1/regions/" + region + "/certificate-types/" + d.food + "/templates"
}

type proposal struct {
	Page  api.CertificateTemplatePage   `json:"page"`
	Parts []api.CertificateTemplatePart `json:"parts"`
	Note  string                        `json:"note"`
}

// A template is proposed by one person and published by another; every version
// stays, with the digest that certificates drawn from it sign.
func TestTemplates_proposedAndPublished(t *testing.T) {
	onBoth(t, func(d desk) {
		d.send(nobody, "GET", "/api/v1/certificate-templates", nil, 401)
		d.send(clerk, "GET", "/api/v1/certificate-templates", nil, 200, d.food, `"version":1`)
		d.send(clerk, "GET", d.path(district), nil, 403)
		d.send(neighbour, "GET", d.path(district), nil, 403)
		first := d.versions().Templates
		if len(first) != 1 || first[0].State != kinds.Approved || first[0].Mark == "" || len(first[0].Parts) < 5 {
			d.Fatalf("%+v", first)
		}
		p := proposal{Page: first[0].Page, Parts: append([]api.CertificateTemplatePart(nil), first[0].Parts...), Note: "标题改小"}
		d.send(designer, "POST", d.path(district), p, 422, "certificates.templates.unchanged")
		p.Parts[1].Size = 30
		d.send(nobody, "POST", d.path(district), p, 401)
		d.send(clerk, "POST", d.path(district), p, 403)
		d.send(publisher, "POST", d.path(district), p, 403)
		d.send(neighbour, "POST", d.path(district), p, 403)
		d.send(neighbour, "POST", d.path(elsewhere), p, 403, "certificates.templates.elsewhere")
		d.send(designer, "POST", strings.Replace(d.path(district), d.food, "114499019000000222999", 1), p, 404)
		d.send(both, "POST", d.path(district), p, 200, `"version":2`, `"state":"proposed"`)
		d.send(designer, "POST", d.path(district), proposal{p.Page, first[0].Parts, "退回原样"}, 409, "certificates.templates.open")
		decide := d.path(district) + "/2/decision"
		yes, no := map[string]any{"publish": true}, map[string]any{"publish": false}
		d.send(designer, "POST", decide, yes, 403)
		d.send(neighbour, "POST", decide, yes, 403)
		d.send(both, "POST", decide, yes, 403, "certificates.templates.same_person")
		d.send(publisher, "POST", decide, no, 422, "certificates.templates.note")
		d.send(publisher, "POST", d.path(district)+"/9/decision", yes, 404, "certificates.templates.no_template")
		d.send(publisher, "POST", d.path(district)+"/0/decision", yes, 422)
		d.send(clerk, "GET", "/api/v1/certificate-templates", nil, 200, first[0].Mark) // until then the old one is drawn
		d.send(publisher, "POST", decide, yes, 200, `"state":"approved"`)
		d.send(publisher, "POST", decide, yes, 409, "certificates.templates.decided")
		now := d.versions().Templates
		if len(now) != 2 || now[0].Version != 2 || now[0].Parts[1].Size != 30 || now[0].Mark == first[0].Mark || now[1].Mark != first[0].Mark {
			d.Errorf("%+v", now)
		}
		d.send(clerk, "GET", "/api/v1/certificate-templates", nil, 200, now[0].Mark)
		p.Parts[1].Size = 28
		d.send(designer, "POST", d.path(district), p, 200, `"version":3`)
		d.send(publisher, "POST", d.path(district)+"/3/decision", map[string]any{"publish": false, "answer": "标题太小"}, 200, `"state":"rejected"`)
		d.send(clerk, "GET", "/api/v1/certificate-templates", nil, 200, now[0].Mark)
	})
}

// What cannot be taken is said by its place; a preview is nobody's certificate.
func TestTemplates_checkedAndPreviewed(t *testing.T) {
	onBoth(t, func(d desk) {
		first := d.versions().Templates[0].CertificateTemplate
		for _, path := range []string{"/api/v1/certificate-templates/check", "/api/v1/certificate-templates/preview"} {
			d.send(nobody, "POST", path, first, 401)
			d.send(clerk, "POST", path, first, 403)
		}
		check := func(t api.CertificateTemplate, want int, says ...string) {
			d.Helper()
			d.send(designer, "POST", "/api/v1/certificate-templates/check", t, want, says...)
		}
		check(first, 200, `"sound":true`)
		bare := first
		bare.Parts = first.Parts[:2]
		check(bare, 200, `"sound":false`, `"code":`)
		d.send(designer, "POST", "/api/v1/certificate-templates/preview", bare, 422, "certificates.templates.unsound")
		d.send(designer, "POST", d.path(district), proposal{bare.Page, bare.Parts, "只留两项"}, 422, "certificates.templates.unsound")
		huge := first
		huge.Page.Wide = 4000
		check(huge, 422, "body.page.wide")
		odd := first
		odd.Parts = append([]api.CertificateTemplatePart{{Sort: "hologram"}}, first.Parts...)
		check(odd, 422, "body.parts[0].sort")
		many := first
		for len(many.Parts) <= 80 {
			many.Parts = append(many.Parts, first.Parts...)
		}
		check(many, 422, "body.parts")
		other := first
		other.Type = "114499019000000222999"
		check(other, 404)
		d.send(designer, "POST", d.path(district), proposal{first.Page, first.Parts, ""}, 422, "body.note")
		for _, query := range []string{"", "?long=true"} {
			w := d.send(designer, "POST", "/api/v1/certificate-templates/preview"+query, first, 200, "%PDF")
			if w.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(w.Header().Get("Cache-Control"), "no-store") {
				d.Errorf("%v", w.Header())
			}
		}
	})
}

// A row that was changed behind the back of the record draws nothing.
func TestTemplates_rowChanged(t *testing.T) {
	onBoth(t, func(d desk) {
		s := templates.New(templates.Deps{DB: d.d, Clock: clock.NewFake(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)), Types: d.types})
		if _, n, err := s.InForce(d.Context(), d.d, d.food); err != nil || n != 1 {
			d.Fatal(n, err)
		}
		err := d.d.Write(auth.System(d.Context(), "test"), func(tx *db.Tx) error {
			tx.Unaudited("somebody at the database")
			return db.Changed(tx.Exec(d.Context(), `UPDATE certificates_template SET definition = replace(definition, '10', '11') WHERE region = $1 AND type = $2`, district, d.food))
		})
		if err != nil {
			d.Fatal(err)
		}
		s = templates.New(templates.Deps{DB: d.d, Clock: s.Clock, Types: d.types})
		if _, _, err := s.InForce(d.Context(), d.d, d.food); err == nil || !strings.Contains(err.Error(), certificates.ErrTemplate.Code) {
			d.Errorf("it is drawn from a template that nobody published: %v", err)
		}
	})
}
