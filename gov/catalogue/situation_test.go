package catalogue_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/gov/catalogue"
	"tongban/items"
)

func residencePermit(t *testing.T, b bundle) *catalogue.Offer {
	t.Helper()
	p, err := b.PublishPackage(b.ctx, shipped(), "residence-permit", catalogue.PublishOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o, err := b.Offer(b.ctx, p.Region, p.Code)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func names(list []catalogue.Material) string {
	var out []string
	for _, m := range list {
		out = append(out, m.ID)
	}
	return strings.Join(out, " ")
}

func TestOffer_asksOneQuestionAfterTheOther(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		o := residencePermit(t, b)
		answers := map[string]string{}
		var asked []string
		for _, choice := range []string{"self", "yes", "work", "employed", "rent"} {
			open := o.MissingAnswers(answers)
			if len(open) != 1 {
				t.Fatalf("after %v: %d open questions", asked, len(open))
			}
			asked = append(asked, open[0].ID)
			answers[open[0].ID] = choice
		}
		if got := strings.Join(asked, " "); got != "who stay ground work home" {
			t.Errorf("asked %s", got)
		}
		if open := o.MissingAnswers(answers); len(open) != 0 {
			t.Errorf("still open: %v", open)
		}
		if got := names(o.MaterialsFor(answers)); got != "id_card photo lease work_proof" {
			t.Errorf("materials %s", got)
		}
		answers["ground"] = "home" // the answer to "work" is off the way now
		if got := names(o.MaterialsFor(answers)); got != "id_card photo lease" {
			t.Errorf("materials after another ground: %s", got)
		}
		answers["who"] = "child"
		if got := names(o.MaterialsFor(answers)); got != "id_card photo agent_id lease" {
			t.Errorf("materials for a child: %s", got)
		}
		if o.Situations.Left("who") != 5 || o.Situations.Left("home") != 1 || o.Situations.Left(catalogue.End) != 0 {
			t.Errorf("left: %d %d", o.Situations.Left("who"), o.Situations.Left("home"))
		}
	})
}

// Limit, fee and office are those of the situation; elsewhere those of the item.
func TestOffer_inASituation(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		f := copyOf(t, "residence-permit")
		const file = "residence-permit/situations.json"
		f[file] = &fstest.MapFile{Data: []byte(strings.Replace(string(f[file].Data), `"questions":`, `"variations": [{"id": "children", "when": "who == 'child'", "why": {"zh": "为子女申请", "en": "For a child"}, "promise_limit": {"amount": 2, "unit": "workday", "citation": {"zh": "示例", "en": "example"}}, "fee": {"known": true, "cents": 500, "citation": {"zh": "示例", "en": "example"}}, "office": {"code": "114499019000000147", "name": "示例区政务服务和数据管理局"}}], "questions":`, 1))}
		p, err := b.PublishPackage(b.ctx, f, "residence-permit", catalogue.PublishOptions{})
		if err != nil {
			t.Fatal(err)
		}
		o, err := b.Offer(b.ctx, p.Region, p.Code)
		if err != nil {
			t.Fatal(err)
		}
		if x := o.In(map[string]string{"who": "child"}); x.Promise.Amount != 2 || x.Fee.Cents != 500 || x.Org != "114499019000000147" || x.Legal != o.Legal {
			t.Errorf("for a child: %+v %+v %s", x.Promise, x.Fee, x.Org)
		}
		if x := o.In(map[string]string{"who": "self"}); x.Promise != o.Promise || x.Fee != o.Fee || x.Org != o.Org {
			t.Errorf("for oneself: %+v", x.Item)
		}
		if o.Promise.Amount == 2 || o.Fee.Cents != 0 {
			t.Error("the offer itself was altered")
		}
	})
}

func TestSituations_prune(t *testing.T) {
	s := &catalogue.Situations{Start: "a", Questions: []catalogue.Question{
		{ID: "a", Options: []catalogue.Option{{ID: "yes", Next: "b"}, {ID: "no", Next: catalogue.End}}},
		{ID: "b", Options: []catalogue.Option{{ID: "x", Next: catalogue.End}, {ID: "y", Next: catalogue.End}}},
	}}
	for _, c := range []struct{ in, want map[string]string }{
		{map[string]string{"a": "yes", "b": "x", "name": "甲"}, map[string]string{"a": "yes", "b": "x", "name": "甲"}},
		{map[string]string{"a": "no", "b": "x"}, map[string]string{"a": "no"}},
		{map[string]string{"a": "nonsense", "b": "x"}, map[string]string{}},
		{nil, map[string]string{}},
	} {
		if got := s.Prune(c.in); !maps.Equal(got, c.want) {
			t.Errorf("Prune(%v) = %v, want %v", c.in, got, c.want)
		}
	}
	var none *catalogue.Situations
	if way, open := none.Walk(nil); way != nil || open != nil {
		t.Error("an item without questions asks one")
	}
}

// copyOf is a package in memory that a test can spoil.
func copyOf(t *testing.T, dir string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, f := range []string{"departments.json", dir + "/item.json", dir + "/situations.json", dir + "/materials.json", dir + "/form.json", dir + "/result.json", dir + "/flow.bpmn"} {
		raw, err := shippedFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[f] = &fstest.MapFile{Data: raw}
	}
	return out
}

func TestLoadPackage_namesFileAndPlaceOfEveryProblem(t *testing.T) {
	const dir = "residence-permit/"
	replace := func(file, old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			raw := string(f[dir+file].Data)
			if !strings.Contains(raw, old) {
				panic("the test looks for " + old + " in " + file)
			}
			f[dir+file] = &fstest.MapFile{Data: []byte(strings.Replace(raw, old, new, 1))}
		}
	}
	vary := func(text string) func(fstest.MapFS) {
		return replace("situations.json", `"questions":`, `"variations": [{`+text+`}], "questions":`)
	}
	for _, c := range []struct {
		name  string
		spoil func(fstest.MapFS)
		want  string
	}{
		{"missing file", func(f fstest.MapFS) { delete(f, dir+"form.json") }, "form.json: cannot be read"},
		{"not JSON", replace("item.json", "{", "{,"), "item.json: line 1:"},
		{"byte-order mark", replace("item.json", "{", "\ufeff{"), "item.json: "},
		{"unknown key", replace("item.json", `"format"`, `"colour": 1, "format"`), "item.json: colour: unknown key"},
		{"missing key", replace("item.json", `"format": 1,`, ``), "item.json: format: missing"},
		{"wrong type", replace("item.json", `"format": 1`, `"format": "1"`), "item.json: format: a whole number is needed"},
		{"empty text", replace("item.json", `"en": "First residence permit"`, `"en": ""`), "item.json: name.en: empty"},
		{"unknown office", replace("item.json", `"org": "1144990190000009XW"`, `"org": "114499019000000990"`), `departments.json has no office "114499019000000990"`},
		{"malformed code", replace("item.json", `"code": "11449901900000065F4440799902000"`, `"code": "12"`), "item.json: code:"},
		{"unknown clause", replace("materials.json", `"clause": "materials"`, `"clause": "nowhere"`), `materials.json: materials[0].clause: item.json has no clause "nowhere"`},
		{"misspelt id in a condition", replace("materials.json", `home == 'own'`, `hoem == 'own'`), "materials.json: materials[3].needed_when"},
		{"unknown kind", replace("materials.json", `"kind": "copy"`, `"kind": "fax"`), `materials.json: materials[0].kind: "fax"`},
		{"dead end", replace("situations.json", `"next": "stay"`, `"next": "nowhere"`), "situations.json: questions.who.self.next: there is no question nowhere"},
		{"circle", replace("situations.json", `"next": "end"`, `"next": "who"`), "comes back"},
		{"variation that changes nothing", vary(`"id": "v", "when": "who == 'child'", "why": {"zh": "子女", "en": "child"}`), "variations.v: it changes nothing"},
		{"variation of a misspelt question", vary(`"id": "v", "when": "whoo == 'child'", "why": {"zh": "子女", "en": "child"}, "visits": 1`), "variations.v.when: "},
		{"variation that nothing leads to", vary(`"id": "v", "when": "who == 'nobody'", "why": {"zh": "子女", "en": "child"}, "visits": 1`), "variations.v.when: no answers lead to it"},
		{"variations that contradict each other", vary(`"id": "v", "when": "who == 'child'", "why": {"zh": "子女", "en": "child"}, "visits": 1}, {"id": "w", "when": "home == 'rent'", "why": {"zh": "租住", "en": "rented"}, "visits": 2`), "variations.w.visits: with "},
		{"variation with an unknown office", vary(`"id": "v", "when": "who == 'child'", "why": {"zh": "子女", "en": "child"}, "office": {"code": "114499019000000990", "name": "无"}`), `variations.v.office: departments.json has no office`},
		{"variation beyond the law", vary(`"id": "v", "when": "who == 'child'", "why": {"zh": "子女", "en": "child"}, "promise_limit": {"amount": 9999, "unit": "workday", "citation": {"zh": "一", "en": "a"}}`), "variations.v.promise_limit: 1 to 3660"},
		{"unknown effect", replace("situations.json", `"agent_id"`, `"agent_idd"`), `there is no material "agent_idd"`},
		{"flow without task", replace("item.json", `"element": "decide"`, `"element": "decision"`), "item.json: steps: the user task decide of flow.bpmn has no step"},
		{"flow that is none", func(f fstest.MapFS) { f[dir+"flow.bpmn"] = &fstest.MapFile{Data: []byte("<x/>")} }, "flow.bpmn: "},
		{"promise beyond the law", replace("item.json", `"amount": 5`, `"amount": 99, "unit": "day", "citation": {"zh": "一", "en": "a"}}, "promise2": {"amount": 5`), "unknown key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := copyOf(t, "residence-permit")
			c.spoil(f)
			offices, err := catalogue.LoadOffices(f)
			if err != nil {
				t.Fatal(err)
			}
			_, err = catalogue.LoadPackage(f, "residence-permit", offices)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestPublishPackage_versions(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		f := copyOf(t, "residence-permit")
		publish := func() catalogue.Published {
			t.Helper()
			p, err := b.PublishPackage(b.ctx, f, "residence-permit", catalogue.PublishOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		first := publish()
		if !first.Fresh || first.Version != 1 {
			t.Errorf("first: %+v", first)
		}
		if again := publish(); again.Fresh || again.Version != 1 {
			t.Errorf("same content: %+v", again)
		}
		item := strings.Replace(string(f["residence-permit/item.json"].Data), `"visits": 0`, `"visits": 1`, 1)
		f["residence-permit/item.json"] = &fstest.MapFile{Data: []byte(item)}
		for _, dry := range []bool{true, false} {
			if _, err := b.PublishPackage(b.ctx, f, "residence-permit", catalogue.PublishOptions{DryRun: dry}); !isCode(err, catalogue.ErrTaken) {
				t.Errorf("other content under the same version: %v", err)
			}
		}
		f["residence-permit/item.json"] = &fstest.MapFile{Data: []byte(strings.Replace(item, `"version": "`, `"version": "9`, 1))}
		b.clock.Advance(3600e9)
		if next := publish(); !next.Fresh || next.Version != 2 {
			t.Errorf("changed content: %+v", next)
		}
		now, err := b.Offer(b.ctx, first.Region, first.Code)
		if err != nil || now.Version != 2 || now.Visits != 1 || !now.Effective.Equal(b.clock.Now()) {
			t.Errorf("in force: %v %v", now, err)
		}
		old, err := b.OfferVersion(b.ctx, first.Region, first.Code, 1)
		if err != nil || old.Version != 1 || old.Visits != 0 {
			t.Errorf("version 1: %v %v", old, err)
		}
		list, err := b.Versions(b.ctx, first.Region, first.Code)
		if err != nil || len(list) != 2 || list[0].Number != 2 || list[0].Publisher != "system:catalogue test" {
			t.Errorf("versions: %+v %v", list, err)
		}
	})
}

func TestPublishPackage_aheadOfItsDay(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		day := b.clock.Now().AddDate(0, 0, 10)
		p, err := b.PublishPackage(b.ctx, shipped(), "study-grant", catalogue.PublishOptions{Effective: day})
		if err != nil {
			t.Fatal(err)
		}
		count := func() int {
			res, err := b.Search(b.ctx, catalogue.Query{Text: "助学金"})
			if err != nil {
				t.Fatal(err)
			}
			return res.Total
		}
		if _, err := b.Offer(b.ctx, p.Region, p.Code); !isCode(err, catalogue.ErrNoItem) || count() != 0 {
			t.Errorf("before the day: %v, found %d", err, count())
		}
		b.clock.Set(day)
		if _, err := b.Offer(b.ctx, p.Region, p.Code); err != nil || count() != 1 {
			t.Errorf("on the day: %v, found %d", err, count())
		}
	})
}

func TestShippedPackages_load(t *testing.T) {
	offices, err := catalogue.LoadOffices(shipped())
	if err != nil {
		t.Fatal(err)
	}
	dirs, err := catalogue.PackageDirs(shipped())
	if want := slices.Sorted(slices.Values(items.Packages)); err != nil || !slices.Equal(dirs, want) {
		t.Fatal(dirs, err)
	}
	for _, dir := range dirs {
		if _, err := catalogue.LoadPackage(shipped(), dir, offices); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
}
