package certificates

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// The cover of a paper says what the whole paper says, however it is written.
func TestCover_agreesWithThePaper(t *testing.T) {
	odd := licence()
	odd.Title, odd.ItemName, odd.HolderName = `许可"证\`, "<a> & b\u2028", "\"},{\"title\":\"其他"
	odd.Fields[0].Value = `","title":"另一个`
	for _, p := range append(everyKind(), odd, Paper{Region: district}) {
		p.IssuedAt = start
		for name, data := range map[string]string{"canonical": string(p.canonical()), "spaced": strings.Replace(string(p.canonical()), `,"`, `, "`, 1)} {
			c, err := record{data: data}.cover()
			if err != nil {
				t.Fatalf("%s, %s: %v", p.Kind, name, err)
			}
			if !reflect.DeepEqual(c.Summary(), p.Summary()) || c.ID != p.ID || c.Region != p.Region || c.Case != p.Case {
				t.Errorf("%s, %s: %+v", p.Kind, name, c)
			}
		}
	}
	good := string(licence().canonical())
	for n := range good {
		if _, err := (record{data: good[:n]}).cover(); err == nil {
			t.Fatalf("the first %d bytes are a paper", n)
		}
	}
}

// What is remembered of a paper holds for its very bytes, and not for its status.
func TestCheck_againAfterItChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		check := func(p Paper) (Report, error) { return w.s.Check(ctx, p.Code, "x") }
		p, q := w.issue(licence()), w.issue(licence())
		for range 2 {
			if r, err := check(p); err != nil || !r.OK || r.Paper.Title != p.Title {
				t.Fatalf("%+v, %v", r, err)
			}
		}
		if _, err := check(q); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Act(officer("acc_d", office, MayManage.Name, MayRead.Name), district, p.ID, Order{Act: Revoke, Reason: "a", Basis: "b"}); err != nil {
			t.Fatal(err)
		}
		if r, err := check(p); err != nil || r.OK || r.Status != Revoked || !r.Genuine {
			t.Errorf("revoked since: %+v, %v", r, err)
		}
		for _, change := range []string{`data = replace(data, '"48"', '"49"')`, `data = data || ' '`, `key_id = 'x'`, `signature = ''`, `case_id = 'cas_2'`} {
			if _, err := check(q); err != nil {
				t.Fatal(err)
			}
			w.exec(`UPDATE certificates_paper SET `+change+` WHERE id = $1`, q.ID)
			if _, err := check(q); !errors.Is(err, ErrTampered) {
				t.Errorf("%s since: %v", change, err)
			}
			q = w.issue(licence())
		}
	})
}
