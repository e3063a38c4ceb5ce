package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tongban/platform/i18n"
)

// filled are the fields of the editor as they stand, so that a test sends what
// a browser would.
func filled(page string) url.Values {
	out := url.Values{}
	for _, m := range regexp.MustCompile(`<input[^>]*class="in"[^>]*name="(r[0-9.]+)"[^>]*value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		out.Set(m[1], strings.NewReplacer("&#34;", `"`, "&lt;", "<", "&gt;", ">", "&#39;", "'").Replace(m[2]))
	}
	return out
}

// TestSheet_aTableFromNothing: a designer makes a table from the answers of the
// item, is told cell by cell what cannot be understood, which case falls
// through, and tries it.
func TestSheet_aTableFromNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		if code, _, body := s.post(s.path+"/new-table", url.Values{}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "写明这张表决定什么") {
			t.Fatalf("no name: %d", code)
		}
		to := s.must(s.path+"/new-table", url.Values{"name": {"要不要现场核查"}, "looks": {"area", "food_service"}})
		at, _, _ := strings.Cut(to, "?")
		if !strings.HasSuffix(at, "/tables/table_1") {
			t.Fatal(to)
		}
		s.wants(to, "autofocus", "还没有填", "要不要现场核查")
		if code, _, body := s.post(s.path+"/new-table", url.Values{"name": {"要不要现场核查"}}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "已经有一张表叫") {
			t.Errorf("a name twice: %d", code)
		}
		edit := func(act string, cells ...string) {
			t.Helper()
			_, page := s.get(at)
			f := filled(page)
			f.Set("act", act)
			for i := 0; i+1 < len(cells); i += 2 {
				f.Set(cells[i], cells[i+1])
			}
			s.must(at, f)
		}
		edit("save", "r0.0.0", "＜100", "r0.1.0", "不用", "r0.2.0", "第三条")
		s.wants(at, `value="&lt;100"`, `value="&#34;不用&#34;"`, "第三条", "没有规则管到", "补一条规则")
		edit("gap.0")
		edit("save", "r1.1.0", `"要"`)
		s.wants(at, "没有问题：任何回答都有结果")
		edit("rule.2")
		edit("save", "r2.0.0", "< <", "r2.1.0", "1 + 1")
		s.wants(at, "看不懂", "这一列是文字", "aria-invalid")
		edit("remove.2")
		edit("up.1")
		s.wants(at+"?try=1&i.area=50", "结果：不用", "适用", "规则")
		s.wants(at+"?try=1&i.area=500", "结果：要")
		edit("column.1")
		s.wants(at, "result_1", "result_2", "还没有填")
		edit("drop.1.1")
		edit("column.0", "look", "company")
		s.wants(at, "由单位申请")
		edit("left.0.1")
		edit("drop.0.0")
		s.wants(s.path+"/tables", "要不要现场核查", "table_1", "编辑“要不要现场核查”")
		if code, _, _ := s.post(at, url.Values{"act": {"delete"}, "version": {"1"}}); code != http.StatusConflict {
			t.Errorf("an old state: %d", code)
		}
		for _, bad := range []string{"up.0", "gap.99", "column.7", "drop.1.0", "nonsense", "rule.-1"} {
			if code, _, _ := s.post(at, url.Values{"act": {bad}}); code != http.StatusNotFound {
				t.Errorf("%s: %d", bad, code)
			}
		}
		s.lang = i18n.English
		if _, page := s.get(at); strings.Contains(page, "⟦") || regexp.MustCompile(`>design\.[a-z]`).MatchString(page) {
			t.Error("a word is missing")
		}
		s.lang = i18n.Chinese
		s.must(at, url.Values{"act": {"delete"}})
		s.wants(s.path+"/tables", "没有用决策表")
		if code, _ := s.get(at); code != http.StatusNotFound {
			t.Errorf("a table that is gone: %d", code)
		}
	})
}
