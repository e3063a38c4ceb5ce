package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tongban/platform/i18n"
)

// now is the version of the draft that a page shows.
func (s *site) now() string {
	s.t.Helper()
	_, page := s.get(s.path)
	return stated.FindStringSubmatch(page)[1]
}

// TestMerge_steps: two designers save steps over the same state. What they changed
// in different places goes in side by side; of the same answer, who comes second
// sees both, keeps what was typed, and decides.
func TestMerge_steps(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.must(s.path+"/begin", url.Values{"template": {"short"}})
		seen := s.now()
		form := func(more ...string) url.Values {
			f := url.Values{"name": {"审查"}, "name_en": {"Examination"}, "post": {"examiner"}, "days": {"5"}, "operations": {"return", "transfer", "delegate"}, "version": {seen}}
			for i := 0; i+1 < len(more); i += 2 {
				f.Set(more[i], more[i+1])
			}
			return f
		}
		me := s.who
		s.who.ID, s.who.Name = "acc_2", "虚构·另一人"
		s.must(s.path+"/steps/approve_1", form("days", "3"))
		s.must(s.path+"/steps", url.Values{"kind": {"copy"}, "index": {"1"}, "branch": {"0"}, "owner": {""}})
		s.who = me
		s.must(s.path+"/steps/approve_1", form("name", "看材料")) // another answer of the same step
		s.wants(s.path+"?step=approve_1", `value="看材料"`, `value="3"`, "抄送")
		s.must(s.path+"/steps/decide", url.Values{"name": {"决定"}, "name_en": {"Decision"}, "post": {"decider"}, "days": {"1"}, "back": {"approve_1"}, "operations": {"return"}, "version": {seen}})

		code, _, page := s.post(s.path+"/steps/approve_1", form("name", "看材料", "days", "7", "post", "window"))
		for _, want := range []string{"两个人改了同一处", "虚构·另一人", "填了“3 个工作日”，您填的是“7 个工作日”", `value="7"`, `name="force"`} {
			if code != http.StatusConflict || !strings.Contains(page, want) {
				t.Errorf("%d, no %q", code, want)
			}
		}
		s.wants(s.path+"?step=approve_1", `value="3"`) // nothing was saved, the other answer neither
		f := form("name", "看材料", "days", "7", "post", "window", "force", "yes")
		f.Set("version", stated.FindStringSubmatch(page[strings.Index(page, `class="plan-form"`):])[1])
		s.must(s.path+"/steps/approve_1", f)
		s.wants(s.path+"?step=approve_1", `value="7"`)

		// An act that rests on what the other one changed is looked at again.
		if code, _, body := s.post(s.path+"/steps/approve_1/down", url.Values{"version": {seen}}); code != http.StatusConflict || !strings.Contains(body, "虚构·另一人") {
			t.Errorf("a row that has changed: %d %s", code, body)
		}
		// A step that is gone: what was typed is still there.
		seen = s.now()
		s.who.ID, s.who.Name = "acc_2", "虚构·另一人"
		s.must(s.path+"/steps/approve_1/remove", url.Values{})
		s.who = me
		if code, _, page := s.post(s.path+"/steps/approve_1", form("name", "写了很久的名称")); code != http.StatusConflict || !strings.Contains(page, "写了很久的名称") || !strings.Contains(page, "虚构·另一人") {
			t.Errorf("a step that is gone: %d", code)
		}
	})
}

// TestMerge_tables: the same for cells, by rule and column wherever they stand now.
func TestMerge_tables(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.must(s.path+"/new-table", url.Values{"name": {"规模"}, "looks": {"area"}})
		at := s.path + "/tables/table_1"
		s.must(at, url.Values{"act": {"rule.1"}, "r0.0.0": {"< 100"}, "r0.1.0": {"小"}})
		s.must(at, url.Values{"act": {"save"}, "r1.0.0": {">= 100"}, "r1.1.0": {"大"}})
		_, mine := s.get(at) // both have the page open
		me := s.who
		send := func(act string, cells ...string) (int, string) {
			t.Helper()
			_, page := s.get(at)
			if s.who.ID == me.ID {
				page = mine
			}
			f := form(page)
			f.Set("act", act)
			for i := 0; i+1 < len(cells); i += 2 {
				f.Set(cells[i], cells[i+1])
			}
			code, _, body := s.post(at, f)
			return code, body
		}
		s.who.ID, s.who.Name = "acc_2", "虚构·另一人"
		send("up.1")                                  // the rules change places
		send("save", "r0.1.0", "很大", "r0.2.0", "依据一") // it was rule 2
		s.who = me
		if code, _ := send("save", "r0.2.0", "依据二", "r0.0.0", "< 90"); code != http.StatusSeeOther { // rule 1 as I see it
			t.Errorf("another rule: %d", code)
		}
		s.wants(at, `id="f-r0-1-0" value="&#34;很大&#34;"`, `id="f-r0-2-0" value="依据一"`, `id="f-r1-2-0" value="依据二"`, `id="f-r1-0-0" value="&lt; 90"`)
		code, page := send("save", "r1.1.0", "巨大")
		for _, want := range []string{"两个人改了同一处", "虚构·另一人", "规则 1，结果", "填了“&#34;很大&#34;”，您填的是“&#34;巨大&#34;”", "value=\"&#34;巨大&#34;\""} {
			if code != http.StatusConflict || !strings.Contains(page, want) {
				t.Errorf("%d, no %q", code, want)
			}
		}
		mine = page
		if code, _ := send("save"); code != http.StatusSeeOther {
			t.Errorf("sent again: %d", code)
		}
		s.wants(at, "巨大", "依据一", "依据二")
	})
}

// form is a page's table as a browser would send it.
func form(page string) url.Values {
	f := filled(page)
	body := page[strings.Index(page, `class="sheet-form"`):]
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(version|force|rule|column[0-2])" value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if m[1] == "version" && f.Has("version") {
			continue
		}
		f.Add(m[1], m[2])
	}
	return f
}

// TestFlows_calledProcess: a review is drawn once beside the tree, called, tried,
// compared and published.
func TestFlows_calledProcess(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		_, page := s.get(s.path)
		o := offices(t, page)
		s.must(s.path+"/begin", url.Values{"template": {"short"}})
		if _, page := s.get(s.path); strings.Contains(page, `value="call"`) {
			t.Error("a call is offered though there is nothing to call")
		}
		if code, _, body := s.post(s.path+"/flows", url.Values{"do": {"add"}, "name": {" "}}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "请填写子流程的名称") {
			t.Errorf("no name: %d", code)
		}
		s.must(s.path+"/flows", url.Values{"do": {"add"}, "name": {"三部门联审"}, "name_en": {"Review by three"}})
		s.wants(s.path, "没有步骤调用“三部门联审”", `value="call"`)
		s.must(s.path+"/steps", url.Values{"kind": {"parallel"}, "owner": {"sub_1"}, "branch": {"0"}, "index": {"1"}})
		s.must(s.path+"/steps/parallel_1", url.Values{"name": {"联审"}, "offices": o[:3]})
		s.must(s.path+"/steps", url.Values{"kind": {"call"}, "owner": {""}, "branch": {"0"}, "index": {"0"}})
		s.must(s.path+"/steps", url.Values{"kind": {"loop"}, "owner": {""}, "branch": {"0"}, "index": {"1"}})
		s.must(s.path+"/flows", url.Values{"do": {"name"}, "flow": {"sub_1"}, "name": {"联合审查"}})
		if code, _, body := s.post(s.path+"/flows", url.Values{"do": {"remove"}, "flow": {"sub_1"}}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "还有步骤调用") {
			t.Errorf("a process that is called was removed: %d", code)
		}
		_, page = s.get(s.path)
		for _, m := range regexp.MustCompile(`\?step=(approve_[0-9]+)#`).FindAllStringSubmatch(page, -1) { // short enough for the promise
			_, form := s.get(s.path + "?step=" + m[1])
			office := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(form[strings.Index(form, `id="f-office"`):])
			v := url.Values{"name": {"审查" + m[1]}, "post": {"examiner"}, "days": {"1"}}
			if office != nil {
				v.Set("office", office[1])
			}
			s.must(s.path+"/steps/"+m[1], v)
		}
		if _, page := s.get(s.path); !strings.Contains(page, "没有问题，可以发布") {
			t.Errorf("%.1500s", page[strings.Index(page, `id="problems-h"`):])
		}
		s.wants(s.path+"/changes", "联合审查", "新增")
		s.wants(s.path+"/picture.svg", "bpmn-called", "联合审查")
		trial := s.path + "/trial"
		for n := 0; ; n++ { // everybody agrees
			_, page := s.get(trial)
			m := regexp.MustCompile(`href="\?([^"]*%3Aapprove)"`).FindStringSubmatch(page)
			if m == nil {
				if !strings.Contains(page, "准予：制发") && !strings.Contains(page, "准予") || n < 5 {
					t.Errorf("the trial ends after %d steps", n)
				}
				break
			}
			if n > 20 {
				t.Fatal("no end")
			}
			trial = s.path + "/trial?" + strings.ReplaceAll(m[1], "&amp;", "&")
		}
		s.publish(2)
		s.wants(s.path, "联合审查", "没有问题") // the tree comes back from the file
		s.lang = i18n.English
		s.wants(s.path, "Call a process")
	})
}
