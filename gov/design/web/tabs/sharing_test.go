package tabs_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/packages"
	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/platform/auth"
	"tongban/platform/db/dbtest"
)

// the items that the one thing of these tests joins, and its own code
const (
	grantItem = "study-grant"
	birthItem = "birth-registration"
	thing     = "11449901900000065F4442099920009"
)

// ship publishes a package that ships and gives the code of its item.
func (s *site) ship(dir string) string {
	s.t.Helper()
	p, err := s.items.PublishPackage(dbtest.As(s.t, "seed"), shipped(), dir, catalogue.PublishOptions{Shipped: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return p.Code
}

// A designer builds a one thing out of two published items on pages alone: begins
// it, adds the items, says the order and what happens when the first fails, what
// is passed on, fills in what the guide needs, and publishes.
func TestOneThing_fromNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		grant, birth := s.code, s.ship(birthItem)
		to := s.must("/design/new", url.Values{"region": {region}, "code": {thing}, "name": {"虚构的一件事"}, "name_en": {"Fictional one thing"}, "joint": {"yes"}, "version": {"0"}})
		s.path = "/design/" + region + "/" + thing
		if to != s.path+"/parts" {
			t.Fatal(to)
		}
		s.wants(s.path+"/parts", "组成事项", "加一个事项", "一件事至少要有两个事项")
		join := func(code string) string {
			return s.must(s.path+"/parts/parts", url.Values{"do": {"join:" + region + "/" + code}})
		}
		if to := join(birth); !strings.Contains(to, "birth_registration") {
			t.Errorf("the part is at %s", to)
		}
		join(grant)
		for code, want := range map[string]int{birth: http.StatusConflict, "11449901900000065F4440799921999": http.StatusNotFound} {
			if got, _, body := s.post(s.path+"/parts/parts", url.Values{"do": {"join:" + region + "/" + code}}); got != want {
				t.Errorf("join %s: %d %s", code, got, body)
			}
		}
		page := s.wants(s.path+"/sharing", "示例区", "出生", "办事人会同意的")
		if strings.Contains(page, "还缺") {
			t.Error("an item that was added lacks something")
		}
		// each fact once: name, number, phone and pledge are asked in both items
		if n := strings.Count(s.wants(s.path+"/form", "姓名"), ">姓名</a>"); n != 1 {
			t.Errorf("the form asks %d times for the name", n)
		}
		// the order and the policy
		row := "bundle/parts/study_grant"
		f := s.filled(s.path+"/parts?row="+row, row)
		f["v.after"], f["v.failed"] = []string{"birth_registration"}, []string{"stop_dependents"}
		s.must(s.path+"/parts/parts", f)
		s.wants(s.path+"/parts", "等“", "等它的不再办")
		// a circle is said
		row = "bundle/parts/birth_registration"
		f = s.filled(s.path+"/parts?row="+row, row)
		f["v.after"] = []string{"study_grant"}
		s.must(s.path+"/parts/parts", f)
		if page := s.wants(s.path+"/parts", "互相等", "“扶残助学金申请”"); strings.Contains(page, "#0") || strings.Contains(page, "“study_grant”") {
			t.Error("the circle is not said by the names of the parts")
		}
		f = s.filled(s.path+"/parts?row="+row, row)
		delete(f, "v.after")
		s.must(s.path+"/parts/parts", f)
		s.share(row)
		s.sharingWords()
	})
}

func (s *site) ctx() context.Context { return auth.With(s.t.Context(), s.who) }

// share looks at where one part has things from, breaks it and mends it.
func (s *site) share(row string) {
	s.t.Helper()
	f := s.filled(s.path+"/sharing?row="+row, row)
	if f.Get("v.form.name") != "from:name" || f.Get("v.form.child_name") != "from:child_name" {
		s.t.Errorf("birth has its name from %q", f.Get("v.form.name"))
	}
	f.Set("v.form.child_name", "")
	s.must(s.path+"/parts/sharing", f)
	s.wants(s.path+"/sharing", "还缺 1 项", "还没有说从哪里取")
	f = s.filled(s.path+"/sharing?row="+row, row)
	f.Set("v.form.child_name", "from:child_name")
	s.must(s.path+"/parts/sharing", f)
	if page := s.wants(s.path + "/sharing"); strings.Contains(page, "还缺") {
		s.t.Error("what was mended is still missing")
	}
}

// sharingWords passes the certificate of the first part on to the second, and
// turns answers.
func (s *site) sharingWords() {
	t := s.t
	row := "bundle/parts/study_grant"
	f := s.filled(s.path+"/sharing?row="+row, row)
	var school string
	for k := range f {
		if strings.HasPrefix(k, "v.form.") && f.Get(k) == "from:school" {
			school = k
		}
	}
	if school == "" {
		t.Fatal("no field takes the school")
	}
	f.Set(school, "result:birth_registration:number")
	s.must(s.path+"/parts/sharing", f)
	f = s.filled(s.path+"/sharing?row="+row, row)
	if f.Get(school) != "result:birth_registration:number" {
		t.Errorf("the number of the certificate is not passed on: %q", f.Get(school))
	}
	f.Set(school, "from:school")
	s.must(s.path+"/parts/sharing", f)
	ctx := s.ctx()
	d, a, err := s.d.Whole(ctx, region, thing)
	if err != nil {
		t.Fatal(err)
	}
	p := d.Next(a)
	files := p.Files(nil)
	if files[packages.BundleFile] == nil || files[packages.FlowFile] != nil {
		t.Errorf("files: %d", len(files))
	}
	back, err := packages.Read(files)
	if err != nil || back.Bundle == nil || len(back.Bundle.Parts) != 2 || !slices.Equal(back.Bundle.Parts[1].After, []string{"birth_registration"}) {
		t.Errorf("there and back: %+v %v", back.Bundle, err)
	}
	if string(back.Files(nil)[packages.BundleFile]) != string(files[packages.BundleFile]) {
		t.Error("bundle.json is not the same after there and back")
	}
	s.publishThing(d.Version)
}

// publishThing writes what every guide needs and publishes.
func (s *site) publishThing(version int) {
	s.t.Helper()
	var edits []parts.Edit
	both := func(path string) {
		edits = append(edits, parts.Edit{Path: path + "/zh", Value: "虚构的说明。"}, parts.Edit{Path: path + "/en", Value: "Fictional words."})
	}
	for _, p := range []string{"item/summary", "item/source", "item/limits/legal/citation", "item/limits/promise/citation", "item/limits/correction/citation", "item/fee/citation",
		"item/answers/can_i", "item/answers/bring", "item/answers/how_long", "item/answers/fee", "item/answers/where", "item/answers/visits"} {
		both(p)
	}
	if _, _, err := s.d.Set(s.ctx(), region, thing, version, "elements", edits, false); err != nil {
		s.t.Fatal(err)
	}
	d, a, err := s.d.Whole(s.ctx(), region, thing)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range s.d.Faults(s.ctx(), d, a) {
		s.t.Errorf("%s %s: %s", f.Part, f.Path, f.Text)
	}
	s.released()
	o, err := s.items.OfferVersion(s.ctx(), region, thing, 1)
	if err != nil || o.Bundle == nil || len(o.Bundle.Parts) != 2 {
		s.t.Errorf("published: %+v %v", o, err)
	}
}

// Two designers at once: what each changed alone goes in, a part that the other
// changed is not taken out, and the same source changed by both is a conflict
// that loses nothing.
func TestOneThing_twoDesigners(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		birth := s.ship(birthItem)
		s.must("/design/new", url.Values{"region": {region}, "code": {thing}, "name": {"虚构的一件事"}, "name_en": {"Fictional one thing"}, "joint": {"yes"}, "version": {"0"}})
		s.path = "/design/" + region + "/" + thing
		for _, code := range []string{birth, s.code} {
			s.must(s.path+"/parts/parts", url.Values{"do": {"join:" + region + "/" + code}})
		}
		row := "bundle/parts/birth_registration"
		mine, theirs := s.filled(s.path+"/sharing?row="+row, row), s.filled(s.path+"/sharing?row="+row, row)
		s.who = designer("虚构·另一位设计员")
		theirs.Set("v.form.child_name", "from:name")
		s.must(s.path+"/parts/sharing", theirs)
		s.who = designer("虚构·设计员")
		mine.Set("v.form.child_sex", "")
		s.must(s.path+"/parts/sharing", mine) // beside each other
		now := s.filled(s.path+"/sharing?row="+row, row)
		if now.Get("v.form.child_name") != "from:name" || now.Get("v.form.child_sex") != "" {
			t.Errorf("merged: %q %q", now.Get("v.form.child_name"), now.Get("v.form.child_sex"))
		}
		mine.Set("v.form.child_name", "")
		code, _, body := s.post(s.path+"/parts/sharing", mine)
		if code != http.StatusConflict || !strings.Contains(body, "虚构·另一位设计员") {
			t.Errorf("both: %d", code)
		}
		if code, _, body := s.post(s.path+"/parts/parts", url.Values{"do": {"remove:" + row}, "version": {mine.Get("version")}}); code != http.StatusConflict {
			t.Errorf("take out what another changed: %d %s", code, body)
		}
		s.must(s.path+"/parts/parts", url.Values{"do": {"remove:" + row}})
		page := s.wants(s.path+"/form", "姓名")
		if strings.Contains(page, "child_birth") {
			t.Error("what only the part needed stays in the form")
		}
		if _, _, err := s.d.Join(s.ctx(), region, s.code, 0, region, birth); !errors.Is(err, design.ErrNoBundle) {
			t.Errorf("an item joins another: %v", err)
		}
	})
}
