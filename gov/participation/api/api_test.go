package api_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tongban/gov/participation"
	"tongban/gov/participation/api"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/web"
)

// A program reads the bad ratings and says what was done.
func TestBad_readAndFollowedUp(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations(), participation.Migrations()}, func(t *testing.T, d *db.DB) {
		s := participation.New(participation.Deps{DB: d, Clock: clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))})
		if err := d.Write(dbtest.As(t, "events"), func(tx *db.Tx) error {
			return s.InviteTx(dbtest.As(t, "events"), tx, participation.Rating{Region: "449901", Case: "case_1", CaseNumber: "123456782", Item: "i", ItemName: "居住证", Org: "o", Owners: []string{"per_1"}, DecidedAt: s.Clock.Now()})
		}); err != nil {
			t.Fatal(err)
		}
		owner := auth.Principal{ID: "acc_1", Kind: auth.KindPerson, Person: "per_1", Grants: []auth.Grant{{Own: true, Permissions: []string{participation.MayRate.Name}}}}
		if err := s.Rate(auth.With(t.Context(), owner), "449901", "case_1", participation.Answer{Grade: participation.VeryDissatisfied, Text: "等太久"}); err != nil {
			t.Fatal(err)
		}
		a := web.NewAPI("test", "1", slog.New(slog.DiscardHandler))
		api.Register(a, api.Deps{Participation: s, Region: func(context.Context, string, string) error { return nil }})
		officer := auth.Principal{ID: "acc_s", Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: "440000", Subtree: true, Permissions: []string{participation.MayFollow.Name, participation.MayReadRatings.Name}}}}
		call := func(who auth.Principal, method, path, body string, want int) (out struct {
			Ratings []struct {
				Number, Text string
				RatedAt      string `json:"rated_at"`
				FollowUp     string `json:"follow_up"`
				Waits        bool
			}
			Invited int
			Counts  []int
		}) {
			t.Helper()
			r := httptest.NewRequest(method, path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			a.ServeHTTP(w, r.WithContext(auth.With(t.Context(), who)))
			if w.Code != want {
				t.Fatalf("%s %s: %d, want %d: %s", method, path, w.Code, want, w.Body)
			}
			if w.Body.Len() > 0 {
				if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
					t.Fatal(err)
				}
			}
			return out
		}
		call(owner, "GET", "/api/v1/ratings/bad", "", 403)
		list := call(officer, "GET", "/api/v1/ratings/bad?region=449900", "", 200)
		if len(list.Ratings) != 1 || !list.Ratings[0].Waits || list.Invited != 1 || list.Counts[4] != 1 {
			t.Fatalf("%+v", list)
		}
		const one = "/api/v1/ratings/449901/case_1/follow-up"
		call(officer, "POST", one, `{"text": "      ", "seen": "`+list.Ratings[0].RatedAt+`"}`, 422)
		call(officer, "POST", one, `{"text": "已约谈窗口并致歉", "seen": "2026-01-01T00:00:00Z"}`, 409)
		call(officer, "POST", one, `{"text": "已约谈窗口并致歉", "seen": "`+list.Ratings[0].RatedAt+`"}`, 204)
		if list = call(officer, "GET", "/api/v1/ratings/bad", "", 200); len(list.Ratings) != 0 {
			t.Fatalf("still waits: %+v", list)
		}
		if list = call(officer, "GET", "/api/v1/ratings/bad?all=true", "", 200); len(list.Ratings) != 1 || list.Ratings[0].FollowUp != "已约谈窗口并致歉" {
			t.Fatalf("%+v", list)
		}
	})
}
