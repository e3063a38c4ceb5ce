package tabs_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tongban/gov/catalogue"
	"tongban/platform/auth"
	"tongban/platform/authz"
)

func officer(name string, may ...authz.Permission) auth.Principal {
	g := auth.Grant{Role: name, Region: "449900", Subtree: true}
	for _, m := range may {
		g.Permissions = append(g.Permissions, m.Name)
	}
	return auth.Principal{ID: "acc_" + name, Name: name, Kind: auth.KindOfficer, Grants: []auth.Grant{g}}
}

var (
	reviewer = officer("虚构·法制员", catalogue.MayReviewChanges)
	approver = officer("虚构·批准人", catalogue.MayPublishItems, catalogue.MayReviewChanges)
)

// released takes the draft from the page of the designer to its publication, by
// three people.
func (s *site) released() {
	s.t.Helper()
	path := "/releases" + strings.TrimPrefix(s.path, "/design")
	code, to, body := s.post(s.path+"/ready/hand-in", url.Values{"note": {"改了什么"}})
	if code == http.StatusUnprocessableEntity { // the gate
		i := strings.Index(body, "errsum")
		s.t.Fatal(body[i:min(len(body), i+600)])
	}
	if code != http.StatusSeeOther || !strings.Contains(to, "/ready") {
		s.t.Fatalf("handed in: %d %s", code, to)
	}
	s.wants(s.path+"/ready", "等待法制审核")
	who := s.who
	defer func() { s.who = who }()
	s.who = reviewer
	s.wants("/releases", path, "等待法制审核")
	s.wants(path, "改了什么", "和现行版本的差别", "合法，报请批准")
	if to := s.act(path, "review", ""); !strings.Contains(to, "done=review") {
		s.t.Fatal(to)
	}
	s.who = approver
	s.wants(path, "批准发布")
	if to := s.act(path, "approve", ""); !strings.Contains(to, "done=approve") {
		s.t.Fatal(to)
	}
	s.wants("/releases?done=approve", "已经发布")
}

// act presses a button of the page of a release.
func (s *site) act(path, act, note string) string {
	s.t.Helper()
	_, page := s.get(path)
	m := stated.FindStringSubmatch(page)
	if m == nil {
		s.t.Fatalf("no answer can be given at %s", path)
	}
	_, to, _ := s.post(path+"/"+act, url.Values{"version": {m[1]}, "note": {note}})
	return to
}

// TestRelease_takesThreePeople: nobody decides twice, what is sent back says
// why, and a change takes the draft back.
func TestRelease_takesThreePeople(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := "/releases" + strings.TrimPrefix(s.path, "/design")
		edit := func() {
			form := s.filled(s.path+"/fees", "sheet:fee")
			form.Set("v.citation.zh", form.Get("v.citation.zh")+"。")
			s.must(s.path+"/parts/fees", form)
		}
		edit()
		s.must(s.path+"/ready/hand-in", url.Values{})
		s.wants(s.path+"/fees", "就等于撤回送审")
		both := s.who
		both.Grants = append(append([]auth.Grant{}, both.Grants...), reviewer.Grants[0], approver.Grants[0])
		designer := s.who
		s.who = both
		s.wants(path, "这一步要由有权限、又没有参与编制和审核的人来做")
		if code, _, body := s.post(path+"/review", url.Values{"version": {"1"}}); code != http.StatusForbidden || !strings.Contains(body, "请另一个人来做") {
			t.Errorf("the designer reviews: %d %s", code, body)
		}
		s.who = approver
		if code, _, _ := s.post(path+"/approve", url.Values{"version": {"1"}}); code != http.StatusConflict {
			t.Errorf("approved without a review: %d", code)
		}
		s.who = reviewer
		if code, _, body := s.post(path+"/return", url.Values{"version": {"1"}, "note": {" "}}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "退回要写明理由") {
			t.Errorf("sent back without a reason: %d", code)
		}
		if to := s.act(path, "return", "依据没有写全"); !strings.Contains(to, "done=return") {
			t.Fatal(to)
		}
		s.who = designer
		s.wants(s.path+"/ready", "依据没有写全", "虚构·法制员", "提交审核")
		s.must(s.path+"/ready/hand-in", url.Values{})
		s.who = reviewer
		s.act(path, "review", "")
		s.who = reviewer
		s.who.Grants = append(append([]auth.Grant{}, reviewer.Grants...), approver.Grants[0])
		if code, _, _ := s.post(path+"/approve", url.Values{"version": {"1"}}); code != http.StatusForbidden {
			t.Errorf("the reviewer approves: %d", code)
		}
		s.who = designer
		edit()
		s.wants(s.path+"/ready", "提交审核")
		s.who = approver
		if code, _, _ := s.post(path+"/approve", url.Values{"version": {"1"}}); code != http.StatusConflict {
			t.Errorf("what was changed after the review is approved: %d", code)
		}
		s.who = officer("虚构·外地人", catalogue.MayReviewChanges)
		s.who.Grants[0].Region = "440100"
		if code, _ := s.get(path); code != http.StatusForbidden {
			t.Errorf("somebody from elsewhere reads it: %d", code)
		}
		for _, act := range []string{"review", "return", "approve"} {
			code, _, body := s.post(path+"/"+act, url.Values{"version": {"1"}, "note": {"x"}})
			if code != http.StatusForbidden || strings.Contains(body, designer.Name) {
				t.Errorf("somebody from elsewhere, %s: %d %s", act, code, body)
			}
		}
	})
}
