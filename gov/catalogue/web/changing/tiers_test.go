package changing

import (
	"strings"
	"testing"

	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/platform/i18n"
	"tongban/ui"
)

// Who decides sees what people will read: the values of the tier and not those
// under it, codes in words, and everything that a base item says.
func TestSummary_whatPeopleWillRead(t *testing.T) {
	words := i18n.NewBundle()
	if err := words.Add(Strings); err != nil {
		t.Fatal(err)
	}
	ctx := i18n.With(t.Context(), words, i18n.Chinese)
	tier := func(id, name, days string, rank int) standard.Tier {
		return standard.Tier{ID: id, Name: content.Text{Zh: name, En: name}, Rank: rank, Values: map[string][]string{"promise_limit": {days, "workday"}}}
	}
	v := changeView{Fields: standard.Shipped(), Tiers: []standard.Tier{tier("fast", "提速档", "3", 2), tier("plain", "标准档", "10", 1)}, Names: map[string]string{"440799902000": "居住证首次申领"}}
	d := changes.ItemDraft{Code: "11449901900000065F4440799902000", Base: "440799902000", Tier: "fast", Values: map[string][]string{"promise_limit": {"10", "workday"}, "use_level": {"4"}}}
	v.Items = []changes.ItemDraft{d}
	says := func(rows []ui.SummaryRow) string {
		var b strings.Builder
		for _, r := range rows {
			b.WriteString(r.Key + "=" + r.Value + "\n")
		}
		return b.String()
	}
	got := says(summaryRows(ctx, v))
	for _, want := range []string{"居住证首次申领", "承诺办结时限=3个工作日", "行使层级=县级", "服务档次=提速档"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "10个工作日") {
		t.Errorf("the reviewer reads what nobody will:\n%s", got)
	}
	cols, rows := tierRows(ctx, v, d)
	if len(cols) != 4 || cols[2].Title != "标准档" || cols[3].Title != "提速档" || len(rows) != 1 || rows[0].Cells[2].Text != "10个工作日" || rows[0].Cells[3].Text != "3个工作日" {
		t.Errorf("%+v %+v", cols, rows)
	}
	b := standard.Base{Code: "440799902000", Name: "居住证首次申领", NameEn: "Residence permit", Type: "07", Levels: []string{"4"}, Tiers: v.Tiers}
	v.Items, v.Bases = nil, []standard.Base{b}
	got = says(summaryRows(ctx, v))
	for _, want := range []string{"行政确认", "Residence permit", "行使层级=县级", "标准档", "10个工作日"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if got := title(changes.Change{Items: []changes.ItemDraft{d}}, v.Names); got != "居住证首次申领" {
		t.Errorf("the change is called %q", got)
	}
}
