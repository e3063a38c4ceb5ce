package tabs_test

import (
	"net/url"
	"strings"
	"testing"
)

// Who adds a field sees what registers have already, and a field chosen from them
// is filled in from there.
func TestAddField_ofARegister(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		page := s.wants(s.path+"/form", "人口库已有，自动填好", "法人库已有，尽量不要再问")
		group := page[strings.Index(page, `value="add:form/groups/`)+len(`value="add:`):]
		group = group[:strings.Index(group, `"`)]
		to := s.must(s.path+"/parts/form", url.Values{"do": {"add:" + group}, "datum": {"birth"}})
		row, _ := url.QueryUnescape(strings.TrimSuffix(to[strings.Index(to, "row=")+4:], "#row"))
		f := s.filled(s.path+"/form?row="+url.QueryEscape(row), row)
		if f.Get("v.label.zh") != "出生日期" || f.Get("v.type") != "date" || f.Get("v.prefill.source") != "person.birth" || f.Get("v.prefill.policy") != "locked" {
			t.Errorf("the field is %v", f)
		}
		to = s.must(s.path+"/parts/form", url.Values{"do": {"add:" + group}, "datum": {"sex"}})
		row, _ = url.QueryUnescape(strings.TrimSuffix(to[strings.Index(to, "row=")+4:], "#row"))
		f = s.filled(s.path+"/form?row="+url.QueryEscape(row), row)
		if f.Get("v.type") != "choice" || f.Get("v.options.1.value") != "female" || f.Get("v.options.1.text.zh") != "女" {
			t.Errorf("the field is %v", f)
		}
		if to := s.must(s.path+"/parts/form", url.Values{"do": {"add:" + group}, "datum": {"nothing"}}); !strings.Contains(to, "field_") {
			t.Errorf("an entry that is none: %s", to)
		}
	})
}
