package api_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/api"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/supplements"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/gov/catalogue"
	"tongban/items"
	"tongban/platform/auth"
	"tongban/platform/db/dbtest"
	"tongban/platform/web"
)

// A one thing over HTTP: who gets what, handing in, asking, answering, the
// sisters of a case, taking back; a stranger is told nothing.
func TestBundles_overHTTP(t *testing.T) {
	casefiletest.Run(t, func(w *casefiletest.Town) {
		for _, name := range []string{"business-registration", "food-licence", "fire-safety-check", "drainage-permit", "outdoor-advertising", "restaurant"} {
			_, err := w.Items.PublishPackage(dbtest.As(w.T, "test"), items.Files, name, catalogue.PublishOptions{})
			w.Must(err)
		}
		s := bundles.New(bundles.Deps{DB: w.Casework.DB, Clock: w.Clock, Calendar: w.Casework.Calendar, Cases: w.Casework, Items: w.Items, Papers: w.Papers, Regions: w.Casework.Regions})
		o := &office{Town: w, who: map[string]auth.Principal{}}
		a := web.NewAPI("test", "1", slog.New(slog.DiscardHandler))
		api.Register(a, api.Deps{Casework: w.Casework, Bundles: s, Files: w.Files, Address: func(context.Context) string { return "127.0.0.1" }})
		srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			a.ServeHTTP(rw, r.WithContext(auth.With(r.Context(), o.who[r.Header.Get("As")])))
		}))
		w.T.Cleanup(srv.Close)
		o.url = srv.URL
		me := w.Resident("王示例", 1)
		o.who["me"], o.who["other"] = auth.From(me), auth.From(w.Resident("李虚构", 702))
		o.who["fire"] = auth.From(w.Officer("fire", "decider", casefiletest.Fire))

		d, err := w.Casework.Start(me, casework.Start{Region: casefiletest.District, Item: "1144990190000002224442099910000"})
		w.Must(err)
		offer, err := w.Casework.Offer(me, d.Region, d.Item, d.ItemVersion)
		w.Must(err)
		d, err = w.Casework.Save(me, d.Region, d.ID, d.Version, casework.Edit{Situation: casefiletest.Situation, Form: casefiletest.Answers(offer.Form)})
		w.Must(err)
		for _, x := range offer.MaterialsFor(casefiletest.Situation) {
			d, err = w.Casework.Attach(me, d.Region, d.ID, x.ID, casework.Attachment{Hash: "0000000000000000000000000000000000000000000000000000000000000001", Name: "a.pdf", Size: 9, Kind: "pdf"})
			w.Must(err)
		}
		draft := "/api/v1/drafts/" + d.Region + "/" + string(d.ID)
		if p := o.call("me", http.MethodGet, draft+"/bundle", nil, 200)["parts"].([]any); len(p) != 4 {
			t.Errorf("%d parts get something", len(p))
		}
		o.call("me", http.MethodPost, draft+"/submission", m{"version": 0}, 409)
		b := o.again("me", http.MethodPost, draft+"/bundle", m{"version": 0}, 201, "once")
		if again := o.again("me", http.MethodPost, draft+"/bundle", m{"version": 0}, 201, "once"); again["id"] != b["id"] {
			t.Errorf("twice: %v and %v", b["id"], again["id"])
		}
		at := "/api/v1/bundles/" + d.Region + "/" + b["id"].(string)
		o.call("other", http.MethodGet, at, nil, 404)
		part := b["parts"].([]any)[2].(m)
		c := part["case"].(m)["id"].(string)
		_, err = w.Casework.AskSupplement(w.Officer("fire", "decider", casefiletest.Fire), d.Region, casework.CaseID(c), 0, []supplements.SupplementItem{{Target: "material.fire_plan", Name: "图", Reason: "看不清", How: "重画"}}, "")
		w.Must(err)
		asked := o.call("me", http.MethodGet, at+"/supplements", nil, 200)["requests"].([]any)
		if len(asked) != 1 || asked[0].(m)["target"] != "material.fire_plan" {
			t.Errorf("asked %v", asked)
		}
		o.call("me", http.MethodPost, at+"/supplements/sending", nil, 422)
		o.call("me", http.MethodPut, at+"/supplements", m{"target": "material.fire_plan", "text": "出口已经标出"}, 200)
		o.call("me", http.MethodPost, at+"/supplements/sending", nil, 200)
		if s := o.call("fire", http.MethodGet, "/api/v1/cases/"+d.Region+"/"+c+"/bundle", nil, 200)["sisters"].([]any); len(s) != 5 {
			t.Errorf("%d sisters", len(s))
		}
		o.call("me", http.MethodPost, at+"/parts/food/withdrawal", m{"reason": "不做热食"}, 200)
		if x := o.call("me", http.MethodPost, at+"/withdrawal", m{"reason": "不开了"}, 200); x["state"] != "withdrawn" {
			t.Errorf("%v", x["state"])
		}
		if l := o.call("me", http.MethodGet, "/api/v1/bundles", nil, 200)["bundles"].([]any); len(l) != 1 {
			t.Errorf("%d in the list", len(l))
		}
	})
}
