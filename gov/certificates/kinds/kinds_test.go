package kinds_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/once"
)

const region = "449901"

var now = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func onBoth(t *testing.T, f func(t *testing.T, s *kinds.Service, d *db.DB)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations(), once.Migrations(), certificates.Migrations()}, func(t *testing.T, d *db.DB) {
		f(t, kinds.New(kinds.Deps{DB: d, Clock: clock.NewFake(now)}), d)
	})
}

func officer(id, permission string) context.Context {
	return auth.With(context.Background(), auth.Principal{ID: id, Kind: auth.KindOfficer, Name: id, Grants: []auth.Grant{{Permissions: []string{permission}, Region: region}}})
}

// The shipped types are right, and the packages that ship issue by them.
func TestShipped(t *testing.T) {
	list, err := kinds.Shipped()
	if err != nil || len(list) < 12 {
		t.Fatalf("%d types, %v", len(list), err)
	}
	codes, keys := map[string]kinds.Type{}, map[string]bool{}
	for _, x := range list {
		for _, p := range x.Check() {
			t.Errorf("%s: %s: %s", x.Name.Zh, p.Field, p.Code)
		}
		if x.Name.En == "" || x.By.En == "" || codes[x.Code].Code != "" || keys[x.Key] {
			t.Errorf("%s: no English, or twice", x.Name.Zh)
		}
		codes[x.Code], keys[x.Key] = x, true
	}
	used := map[string]bool{}
	results, err := filepath.Glob("../../../items/*/result.json")
	if err != nil || len(results) < 12 {
		t.Fatalf("%d packages, %v", len(results), err)
	}
	for _, file := range results {
		item := filepath.Base(filepath.Dir(file))
		var result struct {
			Certificate struct {
				Type   string         `json:"type"`
				Name   catalogue.Text `json:"name"`
				Fields []struct {
					Key  string `json:"key"`
					When string `json:"show_when"`
				} `json:"fields"`
			} `json:"certificate"`
		}
		if err := json.Unmarshal(read(t, file), &result); err != nil {
			t.Fatal(err)
		}
		c := result.Certificate
		x, ok := codes[c.Type]
		if !ok {
			t.Errorf("%s issues %s, which is no type", item, c.Type)
		}
		if used[x.Key] = true; !strings.HasPrefix(x.Name.Zh, c.Name.Zh) {
			t.Errorf("%s issues %s, which its type calls %s", item, c.Name.Zh, x.Name.Zh)
		}
		given := map[string]bool{}
		for _, f := range c.Fields {
			if given[f.Key] = f.When == ""; !slices.ContainsFunc(x.Fields, func(y kinds.Field) bool { return y.Key == f.Key }) {
				t.Errorf("%s writes %q, which its type does not know", item, f.Key)
			}
		}
		for _, f := range x.Fields {
			if f.Required && !given[f.Key] {
				t.Errorf("%s does not write %q, which its type asks for", item, f.Key)
			}
		}
		// Whatever a material accepts is a type.
		for _, part := range strings.Split(string(read(t, filepath.Join(filepath.Dir(file), "materials.json"))), `"kind": "certificate"`)[1:] {
			_, rest, _ := strings.Cut(part, `"source": "`)
			key, _, _ := strings.Cut(rest, `"`)
			if x, ok := codes[key]; ok {
				key = x.Key
			}
			if used[key] = true; !keys[key] {
				t.Errorf("%s accepts %s, which is no type", item, key)
			}
		}
	}
	if delete(used, ""); len(used) < 20 {
		t.Errorf("%d types are used by what ships", len(used))
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// What only the program has written follows what it ships; what somebody decided stays.
func TestSeed_followsWhatShips(t *testing.T) {
	onBoth(t, func(t *testing.T, s *kinds.Service, d *db.DB) {
		ctx := context.Background()
		if err := s.Seed(ctx, region); err != nil {
			t.Fatal(err)
		}
		shipped, _ := kinds.Shipped()
		code := shipped[0].Code
		err := d.Write(auth.System(ctx, "test"), func(tx *db.Tx) error {
			tx.Unaudited("an earlier release shipped another name")
			_, err := tx.Exec(ctx, `UPDATE certificates_type SET definition = $3 WHERE region = $1 AND code = $2`, region, code, strings.Replace(string(mustJSON(t, shipped[0])), shipped[0].Name.Zh, "旧名称", 1))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Seed(ctx, region); err != nil {
				t.Fatal(err)
			}
		}
		list, err := s.Versions(ctx, region, code)
		if err != nil || len(list) != 2 || list[0].Name.Zh != shipped[0].Name.Zh || list[1].Name.Zh != "旧名称" {
			t.Fatalf("%d versions, %v", len(list), err)
		}
	})
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestPropose_twoPersons(t *testing.T) {
	onBoth(t, func(t *testing.T, s *kinds.Service, d *db.DB) {
		ctx := context.Background()
		for range 2 {
			if err := s.Seed(ctx, region); err != nil {
				t.Fatal(err)
			}
		}
		all, err := s.List(ctx, "")
		if err != nil || len(all) < 12 {
			t.Fatalf("%d types, %v", len(all), err)
		}
		if found, _ := s.List(ctx, "food_permit 市场"); len(found) != 1 || found[0].Key != "food_permit" {
			t.Errorf("found %d", len(found))
		}
		permit := all[0]
		wang, li := officer("acc_wang", kinds.MayDefine.Name), officer("acc_li", kinds.MayApprove.Name)
		thief := permit // the looks of an authority and of a type, under codes of somebody else
		thief.Authority, thief.Key = "11449901900000099X", "thief"
		thief.Code = thief.Authority + "777"
		thief.By.Zh, thief.Name.Zh = strings.ReplaceAll(permit.By.Zh, "市", "巿"), strings.ReplaceAll(permit.Name.Zh, "证", "證")
		var problems kinds.Problems
		if _, err := s.Propose(wang, region, thief, "冒名"); !errors.As(err, &problems) || !slices.Contains(problems, kinds.Problem{Field: "by", Code: "alike"}) || !slices.Contains(problems, kinds.Problem{Field: "name", Code: "alike"}) {
			t.Errorf("%s by %s: %v %v", thief.Name.Zh, thief.By.Zh, err, problems)
		}
		if _, err := s.Propose(wang, region, permit, "没有变化"); !errors.Is(err, kinds.ErrUnchanged) {
			t.Errorf("the same again: %v", err)
		}
		next := permit
		next.Fields = append(append([]kinds.Field(nil), permit.Fields...), kinds.Field{Key: "remark", Name: "KZ_BZ", Label: catalogue.Text{Zh: "备注", En: "Remark"}, Kind: kinds.Text})
		if _, err := s.Propose(wang, region, next, " "); !errors.Is(err, kinds.ErrNote) {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := s.Propose(li, region, next, "加备注"); !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("who may only approve: %v", err)
		}
		made, err := s.Propose(wang, region, next, "加备注")
		if err != nil || made.Version != 2 {
			t.Fatalf("%+v, %v", made, err)
		}
		if _, err := s.Propose(wang, region, next, "再来一次"); !errors.Is(err, kinds.ErrOpen) {
			t.Errorf("beside an open proposal: %v", err)
		}
		both := auth.With(ctx, auth.Principal{ID: "acc_wang", Kind: auth.KindOfficer, Name: "acc_wang", Grants: []auth.Grant{{Permissions: []string{kinds.MayApprove.Name}, Region: region}}})
		if _, err := s.Decide(both, region, permit.Code, 2, true, ""); !errors.Is(err, kinds.ErrSamePerson) {
			t.Errorf("who proposed approves: %v", err)
		}
		if _, err := s.Decide(li, region, permit.Code, 2, false, ""); !errors.Is(err, kinds.ErrNote) {
			t.Errorf("sent back without a word: %v", err)
		}
		if v, _ := s.InForce(ctx, permit.Code); v.Version != 1 {
			t.Errorf("a proposal counts: version %d", v.Version)
		}
		if _, err := s.Decide(li, region, permit.Code, 2, true, "同意"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Decide(li, region, permit.Code, 2, false, "晚了"); !errors.Is(err, kinds.ErrDecided) {
			t.Errorf("decided twice: %v", err)
		}
		if v, err := s.InForce(ctx, permit.Code); err != nil || v.Version != 2 || len(v.Fields) != len(permit.Fields)+1 {
			t.Errorf("version %d, %v", v.Version, err)
		}
		if list, err := s.Versions(ctx, region, permit.Code); err != nil || len(list) != 2 || !list[1].Same(permit) {
			t.Errorf("%d versions, %v", len(list), err)
		}
	})
}

func TestPropose_problems(t *testing.T) {
	list, _ := kinds.Shipped()
	good := list[1]
	for field, change := range map[string]func(*kinds.Type){
		"code":           func(x *kinds.Type) { x.Code = "abc" },
		"key":            func(x *kinds.Type) { x.Key = "Bad Key" },
		"name":           func(x *kinds.Type) { x.Name.Zh = " " },
		"by":             func(x *kinds.Type) { x.By.Zh += "\u200b" },
		"category":       func(x *kinds.Type) { x.Category = "9" },
		"holder":         func(x *kinds.Type) { x.Holder = "" },
		"unit":           func(x *kinds.Type) { x.Validity.Unit = "week" },
		"amount":         func(x *kinds.Type) { x.Validity.Unit, x.Validity.Amount = "year", 0 },
		"basis":          func(x *kinds.Type) { x.Basis = nil },
		"fields":         func(x *kinds.Type) { x.Fields = nil },
		"fields.0.name":  func(x *kinds.Type) { x.Fields[0].Name = "kz" },
		"fields.1.key":   func(x *kinds.Type) { x.Fields[1].Key = x.Fields[0].Key },
		"fields.2.kind":  func(x *kinds.Type) { x.Fields[2].Kind = "picture" },
		"fields.0.label": func(x *kinds.Type) { x.Fields[0].Label.Zh = "" },
		"fields.3.max":   func(x *kinds.Type) { x.Fields[3].Max = -1 },
	} {
		bad := good
		bad.Fields = append([]kinds.Field(nil), good.Fields...)
		change(&bad)
		named := false
		for _, p := range bad.Check() {
			named = named || p.Field == field
		}
		if !named {
			t.Errorf("%s: %v", field, bad.Check())
		}
	}
}

func TestLint(t *testing.T) {
	list, _ := kinds.Shipped()
	var health kinds.Type
	for _, x := range list {
		if x.Key == "health_certificate" {
			health = x
		}
	}
	paper := func() certificates.Paper {
		return certificates.Paper{Kind: certificates.Certificate, Type: health.Code, HolderName: "示例", HolderNumber: string(number.Fictional(region, 7)), IssuedAt: now, ValidFrom: now, ValidUntil: now.AddDate(1, 0, 0),
			Fields: []certificates.Field{{Key: "name", Value: "示例"}, {Key: "number", Value: string(number.Fictional(region, 7))}, {Key: "sex", Value: "男"}, {Key: "hospital", Value: "示例区虚构医院"}, {Key: "examined", Value: "2026年11月20日"}}}
	}
	if err := health.Lint(paper()); err != nil {
		t.Fatal(err)
	}
	for why, change := range map[string]func(*certificates.Paper){
		"missing":  func(p *certificates.Paper) { p.Fields[3].Value = " " },
		"date":     func(p *certificates.Paper) { p.Fields[4].Value = "上周" },
		"choice":   func(p *certificates.Paper) { p.Fields[2].Value = "未知" },
		"identity": func(p *certificates.Paper) { p.Fields[1].Value = "449901199001010011" },
		"unseen":   func(p *certificates.Paper) { p.HolderName = "示\u200b例" },
		"long":     func(p *certificates.Paper) { p.Fields[0].Value = strings.Repeat("长", 101) },
		"term":     func(p *certificates.Paper) { p.ValidUntil = now.AddDate(1, 0, 2) },
		"person":   func(p *certificates.Paper) { p.HolderNumber = "114499019000000222" },
	} {
		p := paper()
		change(&p)
		if err := health.Lint(p); !errors.Is(err, kinds.NotAsDefined[why]) {
			t.Errorf("%s: %v", why, err)
		}
	}
}
