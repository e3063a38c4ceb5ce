package quality_test

import (
	"bufio"
	"context"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/quality"
	"tongban/items"
)

func score(t *testing.T, c *content.Content, clauses quality.Clauses) quality.Report {
	t.Helper()
	r, err := quality.Shipped().Score(t.Context(), c, catalogue.IsGeneral, clauses)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func rules(r quality.Report) (ids []string) {
	for _, f := range r.Findings {
		ids = append(ids, f.Rule)
	}
	return ids
}

// Every rule finds what it is for, and nothing in the packages that ship.
func TestScore_shippedPackagesPassTheGate(t *testing.T) {
	offices, err := catalogue.LoadOffices(items.Files)
	if err != nil {
		t.Fatal(err)
	}
	dirs, err := catalogue.PackageDirs(items.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		c, err := catalogue.LoadPackage(items.Files, dir, offices)
		if err != nil {
			t.Fatal(err)
		}
		r := score(t, &c, nil)
		t.Logf("%s: %d, %v", dir, r.Score, rules(r))
		if r.Blocked(quality.Shipped().Gate) {
			t.Errorf("%s would not be published: %d, %+v", dir, r.Score, r.Findings)
		}
	}
}

// broken makes one mistake in a guide that has none, for every rule.
var broken = map[string]func(c *content.Content){
	"audience_missing":    func(c *content.Content) { c.Item.Audience = nil },
	"handling_missing":    func(c *content.Content) { c.Item.Handling = "" },
	"handling_conflict":   func(c *content.Content) { c.Item.Handling = "即办件" },
	"investment_missing":  field("is_invest_project", ""),
	"forwarding_missing":  field("is_forwarded", ""),
	"entrust_conflict":    field("power_source", "3"),
	"entrust_missing":     field("power_source", ""),
	"conditions_missing":  func(c *content.Content) { c.Item.Conditions = "" },
	"conditions_vague":    func(c *content.Content) { c.Item.Conditions += "\n法律法规规定的其他条件" },
	"prohibition_missing": field("prohibition", ""),
	"number_missing":      field("limit_explain", ""),
	"legal_missing":       func(c *content.Content) { c.Item.Legal = content.Limit{} },
	"promise_missing":     func(c *content.Content) { c.Item.Promise = content.Limit{} },
	"promise_longer":      func(c *content.Content) { c.Item.Promise.Amount = 21 },
	"limit_uncited":       func(c *content.Content) { c.Item.Legal.Citation = content.Text{} },
	"basis_missing":       func(c *content.Content) { c.Item.Basis = nil },
	"basis_wordless":      func(c *content.Content) { c.Item.Basis[0].Article = "" },
	"materials_missing":   func(c *content.Content) { c.Materials = nil },
	"material_vague":      func(c *content.Content) { c.Materials[0].Name = content.Zh("法律法规规定的其他材料") },
	"material_need":       func(c *content.Content) { c.Materials[0].Kind = "" },
	"material_uncited":    func(c *content.Content) { c.Materials[0].Clause = "" },
	"material_issuer":     func(c *content.Content) { c.Materials[0].IssuedBy = content.Text{} },
	"material_why":        func(c *content.Content) { c.Materials[0].Risk = content.Text{} },
	"material_double":     func(c *content.Content) { c.Materials = append(c.Materials, c.Materials[0]) },
	"fee_missing":         func(c *content.Content) { c.Item.Fee = content.Fee{} },
	"fee_uncited":         func(c *content.Content) { c.Item.Fee = content.Fee{Known: true, Cents: 100} },
	"payment_missing":     func(c *content.Content) { c.Item.Fee = content.Fee{}; field("is_pay_online", "")(c) },
	"payment_conflict":    field("is_pay_online", "true"),
	"depth_missing":       field("online_handle_depth", ""),
	"depth_conflict":      func(c *content.Content) { c.Item.Visits = 2 },
	"address_missing":     func(c *content.Content) { c.Item.OnlineURL = "" },
	"address_bad":         func(c *content.Content) { c.Item.OnlineURL = "http:// 省网上办事大厅" },
	"visits_missing":      func(c *content.Content) { c.Item.Visits = -1 },
	"hall_missing":        field("is_entry_center", ""),
	"place_missing":       func(c *content.Content) { c.Item.Windows = nil },
	"hours_missing":       func(c *content.Content) { c.Item.Windows[0].Hours = content.Text{} },
	"hours_vague":         func(c *content.Content) { c.Item.Windows[0].Hours = content.Zh("正常上班时间") },
	"phone_missing":       func(c *content.Content) { c.Item.Phone, c.Item.Windows[0].Phone = "", "" },
	"phone_dead":          func(c *content.Content) { c.Item.Phone = "0511-00000000" },
	"complaint_missing":   func(c *content.Content) { c.Item.ComplaintPhone = "" },
	"complaint_same":      func(c *content.Content) { c.Item.ComplaintPhone = c.Item.Phone },
	"result_missing":      field("result_name", ""),
	"delivery_missing":    func(c *content.Content) { c.Item.Express = false; field("result_delivery", "")(c) },
	"penalty_delivery":    func(c *content.Content) { c.Item.TypeCode = "02"; field("result_delivery", "")(c) },
	"progress_missing":    func(c *content.Content) { c.Item.Online = false; field("progress_query", "")(c) },
	"procedure_missing":   field("handle_flow", ""),
	"summary_missing":     func(c *content.Content) { c.Item.Summary, c.Item.Package = content.Text{}, "x" },
	"question_idle":       func(c *content.Content) { c.Materials[0].NeededWhen = "" },
	"question_alike":      func(c *content.Content) { c.Situations.Questions[0].Options[1].Text = content.Zh("有") },
	"material_never":      func(c *content.Content) { c.Materials[0].NeededWhen = `shop == "x"` },
	"words_banned":        func(c *content.Content) { c.Item.Summary = content.Zh("材料视情况而定") },
}

func field(key, value string) func(c *content.Content) {
	return func(c *content.Content) {
		if c.Item.Fields = maps.Clone(c.Item.Fields); value == "" {
			delete(c.Item.Fields, key)
			return
		}
		c.Item.Fields[key] = value
	}
}

// sound is a guide with which nothing is wrong.
func sound() *content.Content {
	zh := content.Zh
	return &content.Content{
		Item: content.Item{Region: "440000", Name: "示例许可", TypeCode: "01", Audience: []string{"自然人"}, Handling: "承诺件", Conditions: "年满十八周岁\n有固定场所",
			Legal: content.Limit{Amount: 20, Unit: content.Workdays, Citation: zh("《行政许可法》第四十二条")}, Promise: content.Limit{Amount: 10, Unit: content.Workdays},
			Fee: content.Fee{Known: true}, Visits: 0, Online: true, OnlineURL: "https://example.gov.cn/apply", Express: true,
			Windows: []content.Window{{Name: zh("示例大厅"), Address: zh("示例路1号"), Hours: zh("周一至周五 9:00—17:00"), Phone: "020-83133283"}}, Phone: "020-83133284", ComplaintPhone: "12345",
			Basis: []content.Clause{{ID: "a", Law: "行政许可法", Article: "第三十二条", Text: "行政机关对申请人提出的行政许可申请"}}, Summary: zh("办示例许可"),
			Fields: map[string]string{"is_invest_project": "false", "is_forwarded": "false", "power_source": "1", "prohibition": "没有", "limit_explain": "没有数量限制", "online_handle_depth": "4",
				"is_pay_online": "false", "is_entry_center": "true", "result_name": "示例许可证", "result_delivery": "邮寄", "progress_query": "12345", "handle_flow": "受理、审查、决定"}},
		Form:       []byte(`{"groups": []}`),
		Situations: &content.Situations{Start: "shop", Questions: []content.Question{{ID: "shop", Text: zh("有店面吗？"), Options: []content.Option{{ID: "yes", Text: zh("有"), Next: "end"}, {ID: "no", Text: zh("没有"), Next: "end"}}}}},
		Materials:  []content.Material{{ID: "m2", Name: zh("租赁合同"), NeededWhen: `shop == "yes"`, Kind: "copy", Count: 1, Clause: "a", IssuedBy: zh("出租人"), Why: zh("看场所"), Risk: zh("没有场所")}, {ID: "m1", Name: zh("申请表"), Kind: "original", Count: 1, Clause: "a", IssuedBy: zh("您自己填写"), Why: zh("看申请的内容"), Risk: zh("不知道要办什么")}},
	}
}

func TestScore_everyRuleFindsItsMistake(t *testing.T) {
	if r := score(t, sound(), nil); r.Score != 100 || len(r.Findings) != 0 {
		t.Fatalf("a guide without a mistake has %d: %v", r.Score, r.Findings)
	}
	finding := func(want string) quality.Clauses {
		return func(_ context.Context, _ string, _ content.Clause) (string, error) { return want, nil }
	}
	for id, clause := range map[string]string{"basis_unknown": "no_article", "basis_unkept": "no_law", "basis_outdated": "other_words"} {
		if r := score(t, sound(), finding(clause)); !slices.Equal(rules(r), []string{id}) {
			t.Errorf("%s: %v", id, rules(r))
		}
	}
	for _, rule := range quality.Shipped().List {
		mistake, ok := broken[rule.ID]
		if !ok {
			if !strings.HasPrefix(rule.ID, "basis_") {
				t.Errorf("rule %s has no mistake to find", rule.ID)
			}
			continue
		}
		c := sound()
		mistake(c)
		r := score(t, c, nil)
		if !slices.Contains(rules(r), rule.ID) {
			t.Errorf("%s is not found: %v", rule.ID, rules(r))
		}
		if r.Score >= 100 && rule.Weight > 1 {
			t.Errorf("%s costs nothing", rule.ID)
		}
		if rule.Block != r.Blocked(0) && rule.ID != "place_missing" {
			t.Errorf("%s: blocked %v", rule.ID, r.Blocked(0))
		}
	}
}

func TestScore_phones(t *testing.T) {
	for _, dead := range []string{"0511-00000000", "1234567", "暂无", "020-123", "0000", "86-12345678", "无", "010-123456789012"} {
		c := sound()
		c.Item.Phone = dead
		if r := score(t, c, nil); !slices.Contains(rules(r), "phone_dead") {
			t.Errorf("%s can be dialled", dead)
		}
	}
	for _, good := range []string{"020-38807710；020-83627551", "020-12333-9-0", "12345", "020-86350153，受理时间：周一至周五上午08：30-12:00", "省厅：020-86351219、86351130", "(0511)86523456", "4008-123-123", "13800138000"} {
		c := sound()
		c.Item.Phone = good
		if r := score(t, c, nil); slices.Contains(rules(r), "phone_dead") {
			t.Errorf("%s cannot be dialled", good)
		}
	}
}

// The findings of a real audit name the element that was wrong. The rules watch
// every one of them; how many findings fall to which rule is printed. The audit
// does not give the values, so that this is the share of findings on elements
// that a rule watches, not a count of repeated findings.
func TestRules_watchWhatAuditsFound(t *testing.T) {
	f, err := os.Open("testdata/audit_findings.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	bracketed := regexp.MustCompile(`\[([^\]]*)\]不正确$`)
	perRule, missed, all := map[string]int{}, map[string]int{}, 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var row struct{ Errors []string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		for _, e := range row.Errors {
			all++
			element := strings.TrimSpace(strings.TrimSuffix(e, "不正确"))
			if m := bracketed.FindStringSubmatch(e); m != nil {
				element = m[1]
			}
			ids := quality.Shipped().Watches(element)
			if len(ids) == 0 {
				missed[element]++
			}
			for _, id := range ids {
				perRule[id]++
			}
		}
	}
	if all != 467 {
		t.Fatalf("%d findings", all)
	}
	for _, id := range slices.Sorted(maps.Keys(perRule)) {
		t.Logf("%-20s %d", id, perRule[id])
	}
	lost := 0
	for e, n := range missed {
		lost += n
		t.Errorf("nothing watches %s (%d findings)", e, n)
	}
	t.Logf("%d of %d findings are on elements that a rule watches: %d %%", all-lost, all, 100*(all-lost)/all)
}
