package items_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/expr-lang/expr"

	"tongban/gov/catalogue/codes"
	"tongban/gov/certificates/identifier"
	"tongban/gov/identity/number"
	"tongban/items"
)

func offices(t *testing.T) map[string]bool {
	var list []struct {
		Code   string
		Name   text
		Parent string
	}
	strict(t, items.Departments, &list)
	m := map[string]bool{}
	for _, o := range list {
		u, err := number.ParseUSCC(o.Code)
		if err != nil || u.Region() != number.FictionalRegion || m[o.Code] || o.Name.Zh == "" || o.Name.En == "" {
			t.Errorf("office %s: %v", o.Code, err)
		}
		m[o.Code] = true
	}
	return m
}

func TestPackages_itemIsComplete(t *testing.T) {
	known := offices(t)
	each(t, func(t *testing.T, p pack) {
		it := p.item
		if it.Format != 1 || it.ID != p.name || it.Region != number.FictionalRegion {
			t.Errorf("format %d id %s region %s", it.Format, it.ID, it.Region)
		}
		c, err := codes.Check(it.Code)
		if err != nil || c.Org != it.Org || c.Level != it.Level || c.Type != it.Type.Code {
			t.Errorf("code %s: %+v %v", it.Code, c, err)
		}
		clauses := p.clauses()
		if len(clauses) != len(it.Basis) {
			t.Error("a clause id is used twice")
		}
		if !known[it.Org] {
			t.Errorf("unknown office %s", it.Org)
		}
		for _, x := range it.Partners {
			if !known[x.Org] || x.Org == it.Org {
				t.Errorf("partner %s", x.Org)
			}
		}
		for _, x := range it.Conditions {
			if !clauses[x.Clause] {
				t.Errorf("condition %s cites %q", x.ID, x.Clause)
			}
		}
		for _, b := range it.Basis {
			if !regexp.MustCompile(`^第[一二三四五六七八九十百零]+条(第[一二三四五六七八九十]+款)?(第[一二三四五六七八九十]+项)?$`).MatchString(b.Article) || len(b.Text) < 30 || b.LawEn == "" || b.Law == "" {
				t.Errorf("basis %s: %s %s", b.ID, b.Law, b.Article)
			}
		}
		l := it.Limits
		for _, x := range []limit{l.Legal, l.Promise, l.Correction} {
			if x.Amount <= 0 || !slices.Contains([]string{"workday", "day", "hour"}, x.Unit) {
				t.Errorf("limit %+v", x)
			}
		}
		if l.Promise.Unit == l.Legal.Unit && l.Promise.Amount > l.Legal.Amount {
			t.Error("the promise is longer than the law allows")
		}
		for _, a := range it.Audience {
			if !slices.Contains([]string{"自然人", "企业法人", "事业法人", "社会组织法人", "非法人企业", "行政机关", "其他组织"}, a) {
				t.Errorf("audience %q", a)
			}
		}
	})
}

func TestPackages_referencesResolve(t *testing.T) {
	each(t, func(t *testing.T, p pack) {
		clauses, mats, fields := p.clauses(), map[string]bool{}, map[string]bool{}
		for _, m := range p.materials.Materials {
			if !idShape.MatchString(m.ID) || mats[m.ID] {
				t.Errorf("material id %q", m.ID)
			}
			mats[m.ID] = true
			if !clauses[m.Clause] {
				t.Errorf("material %s cites %q", m.ID, m.Clause)
			}
			if m.Count < 1 || m.MaxMB < 1 || m.MaxMB > 100 || len(m.Accept) == 0 || len(m.Sample) == 0 || !slices.Contains([]string{"original", "copy", "electronic"}, m.Kind) {
				t.Errorf("material %s is not complete: %+v", m.ID, m)
			}
			for _, k := range m.Accept {
				if !slices.Contains([]string{"pdf", "jpg", "png", "ofd"}, k) {
					t.Errorf("material %s accepts %q", m.ID, k)
				}
			}
			for _, x := range m.Instead {
				if !slices.Contains([]string{"certificate", "data", "commitment"}, x.Kind) || x.Source == "" {
					t.Errorf("material %s may be replaced by %+v", m.ID, x)
				}
			}
		}
		ids := map[string]bool{}
		for _, f := range p.fields() {
			if !idShape.MatchString(f.ID) || ids[f.ID] {
				t.Errorf("field id %q", f.ID)
			}
			ids[f.ID], fields[f.ID] = true, true
		}
		for _, q := range p.situations.Questions {
			if !idShape.MatchString(q.ID) || ids[q.ID] {
				t.Errorf("question id %q", q.ID)
			}
			ids[q.ID] = true
			if q.Clause != "" && !clauses[q.Clause] {
				t.Errorf("question %s cites %q", q.ID, q.Clause)
			}
			for _, o := range q.Options {
				for _, id := range append(slices.Clone(o.Effects.Add), o.Effects.Remove...) {
					if !mats[id] {
						t.Errorf("%s.%s names material %q", q.ID, o.ID, id)
					}
				}
				for _, id := range append(slices.Clone(o.Effects.Show), o.Effects.Hide...) {
					if !fields[id] {
						t.Errorf("%s.%s names field %q", q.ID, o.ID, id)
					}
				}
			}
		}
		for _, c := range p.form.Checks {
			if !fields[c.Field] {
				t.Errorf("check names field %q", c.Field)
			}
		}
		if !p.bundle {
			p.resultResolves(t, ids)
		}
	})
}

var (
	refs     = regexp.MustCompile(`\{([^}]*)\}`)
	builtins = []string{"case.number", "case.item", "issue.date", "issue.office", "valid.until", "certificate.number", "holder.sex", "holder.birth"}
)

func (p pack) resultResolves(t *testing.T, ids map[string]bool) {
	known := offices(t)
	c := p.result.Certificate
	if !known[c.Issuer] || len(c.Type) != 21 || c.Type[:18] != c.Issuer || !strings.Contains(c.Number, "{year}") || !strings.Contains(c.Number, "{serial}") {
		t.Errorf("certificate type %s, issuer %s, number %s", c.Type, c.Issuer, c.Number)
	}
	if err := (identifier.Identifier{Type: c.Type, Issuer: c.Issuer, Serial: "1", Version: 1}).Check(); err != nil {
		t.Errorf("certificate identifier: %v", err)
	}
	check := func(where, ref string) {
		for _, r := range strings.FieldsFunc(ref, func(r rune) bool { return r == '|' || r == '+' }) {
			if id, photo := strings.CutPrefix(r, "photo."); photo {
				if !slices.ContainsFunc(p.materials.Materials, func(m material) bool { return m.ID == id }) {
					t.Errorf("%s: no material %q", where, id)
				}
				continue
			}
			if !ids[r] && !slices.Contains(builtins, r) {
				t.Errorf("%s: unknown reference %q", where, r)
			}
		}
	}
	check("holder", c.Holder.Name+"|"+c.Holder.Number)
	for _, f := range c.Fields {
		check(f.Key, f.From)
	}
	for _, s := range c.Text {
		for _, m := range refs.FindAllStringSubmatch(s, -1) {
			check("text", m[1])
		}
	}
	if v := c.Validity; (v.Unit == "none") != (v.Amount == 0) || !slices.Contains([]string{"year", "month", "none"}, v.Unit) {
		t.Errorf("validity %+v", v)
	}
	clauses := p.clauses()
	for _, r := range p.result.Refusal.Reasons {
		if !clauses[r.Clause] {
			t.Errorf("reason %s cites %q", r.ID, r.Clause)
		}
	}
	// Law: 行政复议法 art. 20, 行政诉讼法 art. 46.
	got := map[string]string{}
	for _, r := range p.result.Refusal.Remedies {
		got[r.ID] = strings.Join([]string{r.Clause, r.Unit, string(rune('0' + r.Amount/10)), string(rune('0' + r.Amount%10))}, " ")
	}
	if got["review"] != "review day 6 0" || got["lawsuit"] != "lawsuit month 0 6" || !clauses["review"] || !clauses["lawsuit"] {
		t.Errorf("remedies %v", got)
	}
}

func TestPackages_formRulesHaveTheirWords(t *testing.T) {
	types := []string{"text", "textarea", "number", "money", "date", "idnumber", "uscc", "phone", "name", "choice", "choices", "division", "address", "yesno"}
	plain := []string{"text", "textarea", "address", "yesno", "division"}
	sources := []string{"person.name", "person.idnumber", "person.sex", "person.birth", "person.phone", "org.name", "org.uscc"}
	each(t, func(t *testing.T, p pack) {
		for _, f := range p.fields() {
			if !slices.Contains(types, f.Type) {
				t.Errorf("%s: type %q", f.ID, f.Type)
			}
			want := map[string]bool{
				"required": f.Required || f.RequiredWhen != "", "min": f.Min != nil && f.Type != "division", "max": f.Max != nil && f.Type != "division", "pattern": f.Pattern != "",
				"equals": f.Equals != "", "type": !slices.Contains(plain, f.Type),
			}
			for k, need := range want {
				if _, ok := f.Errors[k]; ok != need {
					t.Errorf("%s: words for %q: %v, want %v", f.ID, k, ok, need)
				}
			}
			if f.Within != "" && (f.Type != "division" || !strings.HasPrefix(f.Within, p.item.Region)) {
				t.Errorf("%s: a %s within %q", f.ID, f.Type, f.Within)
			}
			if f.Pattern != "" {
				if _, err := regexp.Compile("^(?:" + f.Pattern + ")$"); err != nil {
					t.Errorf("%s: %v", f.ID, err)
				}
			}
			if choice := f.Type == "choice" || f.Type == "choices"; choice != (len(f.Options) > 0) {
				t.Errorf("%s: options", f.ID)
			}
			for _, o := range f.Options {
				if !idShape.MatchString(o.Value) {
					t.Errorf("%s: option %q", f.ID, o.Value)
				}
			}
			if f.Prefill != nil && (!slices.Contains(sources, f.Prefill.Source) || f.Prefill.Policy != "locked" && f.Prefill.Policy != "editable") {
				t.Errorf("%s: prefill %+v", f.ID, f.Prefill)
			}
			for _, b := range []*string{f.Min, f.Max} {
				if b != nil && !bound(f.Type, *b) {
					t.Errorf("%s: bound %q of a %s", f.ID, *b, f.Type)
				}
			}
		}
	})
}

func bound(typ, s string) bool {
	if typ == "date" {
		return regexp.MustCompile(`^(\d{4}-\d\d-\d\d|today([+-]\d+[ymd])?)$`).MatchString(s)
	}
	if typ == "division" {
		return regexp.MustCompile(`^[1-4]$`).MatchString(s)
	}
	return regexp.MustCompile(`^\d+(\.\d+)?$`).MatchString(s)
}

func TestPackages_expressionsCompile(t *testing.T) {
	each(t, func(t *testing.T, p pack) {
		env, n := p.env(), 0
		try := func(where, src string) {
			if src == "" {
				return
			}
			n++
			if _, err := expr.Compile(src, expr.Env(env), expr.AsBool()); err != nil {
				t.Errorf("%s: %v", where, err)
			}
		}
		for _, m := range p.materials.Materials {
			try(m.ID, m.NeededWhen)
		}
		for _, f := range p.fields() {
			try(f.ID, f.RequiredWhen)
			try(f.ID, f.ShowWhen)
		}
		for _, c := range p.form.Checks {
			try(c.Field, c.When)
		}
		for _, f := range p.result.Certificate.Fields {
			try(f.Key, f.ShowWhen)
		}
		if n == 0 && len(p.item.Partners) > 0 {
			t.Error("no expression at all")
		}
		if _, err := expr.Compile("no_such_question == 'x'", expr.Env(env), expr.AsBool()); err == nil {
			t.Error("a misspelt id would not be noticed")
		}
	})
}

func TestPackages_everyTextIsInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, p pack) {
		n := 0
		files := []string{"item", "situations", "materials", "form", "result"}
		if p.bundle {
			files[len(files)-1] = "bundle"
		}
		for _, name := range files {
			var v any
			if err := json.Unmarshal(read(t, p.name+"/"+name+".json"), &v); err != nil {
				t.Fatal(err)
			}
			n += walk(t, name, v)
		}
		if n < 80 {
			t.Errorf("only %d texts seen", n)
		}
	})
}

// banned are words that the house style keeps away from the citizen.
var banned = []string{"对不起", "抱歉", "非法", "有误请重试", "操作失败", "系统繁忙", "参数错误", "详见附件", "其他材料", "视情况而定", "！", "!", "你", "·居民·"}

func walk(t *testing.T, where string, v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			n += walk(t, where, x)
		}
	case map[string]any:
		_, zh := v["zh"]
		_, en := v["en"]
		if zh || en {
			checkText(t, where, v)
			return 1
		}
		for k, x := range v {
			n += walk(t, where+"."+k, x)
		}
	}
	return n
}

func checkText(t *testing.T, where string, v map[string]any) {
	zh, _ := v["zh"].(string)
	en, _ := v["en"].(string)
	if strings.TrimSpace(zh) == "" || strings.TrimSpace(en) == "" || len(v) != 2 {
		t.Errorf("%s: %v", where, v)
	}
	for _, w := range banned {
		if strings.Contains(zh, w) {
			t.Errorf("%s: %q is banned: %s", where, w, zh)
		}
	}
	if regexp.MustCompile(`(^|[^申])请([^求]|$)`).MatchString(strings.ReplaceAll(zh, "申请", "")) {
		t.Errorf("%s: 请: %s", where, zh)
	}
	if regexp.MustCompile(`\p{Han}[,;:?]`).MatchString(zh) {
		t.Errorf("%s: half-width punctuation: %s", where, zh)
	}
	if strings.Contains(strings.ToLower(en), "please") {
		t.Errorf("%s: plea: %s", where, en)
	}
	for _, r := range strings.NewReplacer("居住证", "", "开办餐饮店一件事", "", "扶残助学金", "", "·", "").Replace(en) {
		if unicode.Is(unicode.Han, r) {
			t.Errorf("%s: Chinese in the English text: %s", where, en)
			return
		}
	}
}
