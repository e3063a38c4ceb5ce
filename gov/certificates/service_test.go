package certificates

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// exec changes the database behind the service's back.
func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	err := w.d.Write(auth.System(context.Background(), "intruder"), func(tx *db.Tx) error {
		tx.Unaudited("tampering")
		return db.Changed(tx.Exec(context.Background(), query, args...))
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestIssue_refusesWhatCannotBeDrawn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, change := range []func(*Paper){
			func(p *Paper) { p.HolderName = "示例\u1820" }, // a Mongolian letter
			func(p *Paper) { p.Fields[0].Value = "\u1820" },
			func(p *Paper) { p.Text = append(p.Text, "a\u1820") },
		} {
			p := everyKind()[0]
			change(&p)
			err := w.d.Write(auth.System(context.Background(), "test"), func(tx *db.Tx) error {
				_, err := w.s.IssueTx(context.Background(), tx, p)
				return err
			})
			if f := fault.Of(err); !errors.Is(err, ErrUnprintable) || !strings.Contains(fmt.Sprint(f.Details["characters"]), "U+1820") {
				t.Errorf("issued, or refused without naming the character: %v", err)
			}
		}
		if list, err := w.s.OfCase(context.Background(), district, "cas_1"); err != nil || len(list) != 0 {
			t.Errorf("something was issued: %d, %v", len(list), err)
		}
	})
}

func TestIssue_numbersDiffer(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		seen := map[string]bool{}
		for range 3 {
			p := w.issue(paper(Special, "延长办理期限告知书"))
			if seen[p.Number] || seen[p.Code] || !IsCode(p.Code) {
				t.Errorf("number %s or code %s twice", p.Number, p.Code)
			}
			seen[p.Number], seen[p.Code] = true, true
		}
		if !seen["特〔2026〕4499012600000017号"] || !seen["特〔2026〕4499012600000017-2号"] || !seen["特〔2026〕4499012600000017-3号"] {
			t.Errorf("numbers: %v", seen)
		}
		// The year is that of China: 31 December 16:30 UTC is next year there.
		w.clock.Set(time.Date(2026, 12, 31, 16, 30, 0, 0, time.UTC))
		if p := w.issue(paper(Receipt, "收件凭证")); p.Number != "收〔2027〕4499012600000017号" {
			t.Errorf("number %s", p.Number)
		}
	})
}

func TestFile_sameDataSameFile(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(licence())
		mine := resident(holder, "")
		first, err := w.s.File(mine, district, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(100 * 24 * time.Hour)
		again, err := w.s.File(mine, district, p.ID)
		if err != nil || again.Ref != first.Ref {
			t.Errorf("kept file: %v, %v", again.Ref, err)
		}
		w.exec(`UPDATE certificates_paper SET file_hash = $2, file_size = 0 WHERE id = $1`, p.ID, strings.Repeat("0", 64))
		if again, err = w.s.File(mine, district, p.ID); err != nil || again.Ref != first.Ref {
			t.Errorf("made again: %v, %v", again.Ref, err)
		}
		if used, err := w.s.UsesFile(mine, first.Hash); err != nil || !used {
			t.Errorf("the file would be swept: %v, %v", used, err)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if f, err := w.s.File(mine, district, p.ID); err != nil || f.Ref != first.Ref {
					t.Errorf("at the same time: %v, %v", f.Ref, err)
				}
			})
		}
		wg.Wait()
	})
}

func TestPaper_onlyForItsCircle(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(licence())
		w.cases["acc_partner"], w.cases["acc_idle"] = p.Case, "cas_other"
		for name, c := range map[string]struct {
			ctx context.Context
			in  bool
		}{
			"holder":                        {resident(holder, ""), true},
			"for the company":               {resident("per_agent", company), true},
			"stranger":                      {resident(stranger, ""), false},
			"for another company":           {resident("per_agent", "91449901MA0000001X"), false},
			"nobody":                        {context.Background(), false},
			"issuing office":                {officer("acc_issuer", office, MayRead.Name), true},
			"partner who handles it":        {officer("acc_partner", "11449901900000049R", MayRead.Name), true},
			"office that handles others":    {officer("acc_idle", "11449901900000049R", MayRead.Name), false},
			"handles it without permission": {officer("acc_partner", "11449901900000049R"), false},
		} {
			_, err := w.s.Read(c.ctx, district, p.ID)
			_, ferr := w.s.File(c.ctx, district, p.ID)
			if c.in && (err != nil || ferr != nil) || !c.in && (!errors.Is(err, ErrNoPaper) || !errors.Is(ferr, ErrNoPaper)) {
				t.Errorf("%s: %v, %v", name, err, ferr)
			}
		}
		if _, err := w.s.Read(resident(holder, ""), district, "pap_none"); !errors.Is(err, ErrNoPaper) {
			t.Errorf("no such paper: %v", err)
		}
		acts, _, err := audit.Page(context.Background(), w.d, audit.Filter{Region: district, Object: p.ID})
		if err != nil {
			t.Fatal(err)
		}
		readers := map[string]int{}
		for _, a := range acts {
			if a.Action == "certificates.paper.read" {
				readers[a.Actor]++
			}
		}
		if readers["acc_issuer"] != 2 || readers["acc_partner"] != 2 || len(readers) != 2 {
			t.Errorf("recorded readings: %v", readers)
		}
	})
}

func TestMine_certificatesFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.issue(licence())
		w.clock.Advance(time.Minute)
		w.issue(everyKind()[0])
		other := everyKind()[1]
		other.Owners = []string{stranger}
		foreign := w.issue(other)
		list, err := w.s.Mine(resident(holder, ""), 10)
		if err != nil || len(list) != 2 || list[0].Kind != Certificate || list[1].Kind != Receipt {
			t.Fatalf("%d papers, %v", len(list), err)
		}
		if list, err := w.s.Mine(resident("per_agent", company), 10); err != nil || len(list) != 1 {
			t.Errorf("for the company: %d papers, %v", len(list), err)
		}
		// Somebody enters a stranger's paper under the holder's name.
		w.exec(`INSERT INTO certificates_holder (region, holder, issued_at, paper, kind) VALUES ($1, $2, $3, $4, 'receipt')`, district, holder, db.At(w.clock.Now()), foreign.ID)
		list, err = w.s.Mine(resident(holder, ""), 10)
		if err != nil || len(list) != 3 {
			t.Fatalf("%d papers, %v", len(list), err)
		}
		for _, f := range list {
			if f.ID == foreign.ID && (f.Status != Damaged || f.HolderName != "" || f.Title != "") {
				t.Errorf("a stranger's paper is shown: %+v", f)
			}
		}
	})
}

func TestRevoke(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(licence())
		file := w.file(p)
		why := Order{Act: Revoke, Reason: "企业已依法注销", Basis: "《中华人民共和国行政许可法》第七十条第（三）项"}
		decider := officer("acc_decider", office, MayManage.Name, MayRead.Name)
		for name, c := range map[string]struct {
			ctx  context.Context
			why  Order
			want error
		}{
			"no reason":      {decider, Order{Act: Revoke, Basis: "法"}, ErrNeedReason},
			"no basis":       {decider, Order{Act: Revoke, Reason: "查实", Basis: "  "}, ErrNeedBasis},
			"holder":         {resident(holder, ""), why, ErrNotIssuer},
			"stranger":       {resident(stranger, ""), why, ErrNoPaper},
			"another office": {officer("acc_x", "11449901900000049R", MayManage.Name), why, ErrNoPaper},
			"only may read":  {officer("acc_y", office, MayRead.Name), why, ErrNotIssuer},
			"no such paper":  {decider, why, nil},
		} {
			id := p.ID
			if c.want == nil {
				id, c.want = "pap_none", ErrNoPaper
			}
			if _, err := w.s.Act(c.ctx, district, id, c.why); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if r, err := w.s.Check(context.Background(), ShowCode(p.Code), "a"); err != nil || !r.OK || r.Status != Valid {
			t.Errorf("before: %+v, %v", r, err)
		}
		w.clock.Advance(time.Hour)
		if _, err := w.s.Act(decider, district, p.ID, why); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Act(decider, district, p.ID, why); !errors.Is(err, ErrNotNow) {
			t.Errorf("twice: %v", err)
		}
		r, err := w.s.Check(context.Background(), strings.ToLower(p.Code), "a")
		if err != nil || r.OK || r.Reason != ErrRevoked.Code || r.Status != Revoked || r.Because != why.Reason || r.Basis != why.Basis || !r.Since.Equal(w.clock.Now()) {
			t.Errorf("by code: %+v, %v", r, err)
		}
		if r, err = w.s.CheckFile(context.Background(), file, "a"); err != nil || r.OK || !r.Genuine || r.Reason != ErrRevoked.Code {
			t.Errorf("by file: %+v, %v", r, err)
		}
		if r = VerifyFile(file, w.trust, w.clock.Now()); !r.OK || r.Online {
			t.Errorf("offline the revocation cannot be known, and the report has to say so: %+v", r)
		}
		// Revoked weighs more than expired.
		w.clock.Set(time.Date(2032, 1, 1, 0, 0, 0, 0, time.UTC))
		if r, err = w.s.CheckFile(context.Background(), file, "a"); err != nil || r.Reason != ErrRevoked.Code || r.Status != Revoked {
			t.Errorf("expired and revoked: %+v, %v", r, err)
		}
	})
}

func TestCheck_expires(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(licence())
		file, endless := w.file(p), w.file(w.issue(everyKind()[0]))
		w.clock.Set(p.ValidUntil)
		if r, err := w.s.Check(context.Background(), p.Code, "a"); err != nil || !r.OK {
			t.Errorf("in the last second: %+v, %v", r, err)
		}
		w.clock.Advance(time.Second)
		r, err := w.s.Check(context.Background(), p.Code, "a")
		if err != nil || r.OK || !r.Genuine || r.Status != Expired || r.Reason != ErrExpired.Code {
			t.Errorf("after it: %+v, %v", r, err)
		}
		if r := VerifyFile(file, w.trust, w.clock.Now()); r.OK || !r.Genuine || r.Reason != ErrExpired.Code {
			t.Errorf("offline: %+v", r)
		}
		if r := VerifyFile(endless, w.trust, w.clock.Now().AddDate(30, 0, 0)); !r.OK {
			t.Errorf("a receipt has no end: %+v", r)
		}
	})
}

func TestCheck_slowsDownGuessing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := w.issue(everyKind()[0])
		ctx := context.Background()
		for i := range guessBurst {
			if _, err := w.s.Check(ctx, newCode(), "1.2.3.4"); !errors.Is(err, ErrNoPaper) {
				t.Fatalf("guess %d: %v", i, err)
			}
		}
		if _, err := w.s.Check(ctx, p.Code, "1.2.3.4"); !errors.Is(err, ErrTooManyGuesses) {
			t.Errorf("after %d guesses: %v", guessBurst, err)
		}
		if _, err := w.s.CheckFile(ctx, []byte("%PDF-1.7"), "1.2.3.4"); !errors.Is(err, ErrTooManyGuesses) {
			t.Errorf("a file after %d guesses: %v", guessBurst, err)
		}
		file := w.file(p)
		for range guessBurst {
			if r, err := w.s.CheckFile(ctx, file, "5.6.7.8"); err != nil || !r.OK {
				t.Fatal(err)
			}
		}
		for range guessBurst / fileCost {
			if r, err := w.s.CheckFile(ctx, file[:1000], "9.9.9.9"); err != nil || r.OK {
				t.Fatal(err)
			}
		}
		if _, err := w.s.CheckFile(ctx, file, "9.9.9.9"); !errors.Is(err, ErrTooManyGuesses) {
			t.Errorf("after many broken files: %v", err)
		}
		for range 3 * guessBurst { // a window that checks real papers is never slowed down
			if _, err := w.s.Check(ctx, p.Code, "5.6.7.8"); err != nil {
				t.Fatal(err)
			}
		}
		w.clock.Advance(guessEvery)
		if _, err := w.s.Check(ctx, p.Code, "1.2.3.4"); err != nil {
			t.Errorf("after a pause: %v", err)
		}
	})
}
