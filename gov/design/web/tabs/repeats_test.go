package tabs_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tongban/gov/catalogue/content"
	"tongban/platform/i18n"
)

// Places where a question counts again stand on 情形 with the ways that its
// answers take from there; they are changed like any row, and what leads nowhere
// is said. Items without such places have no such list.
func TestRepeats_areChangedOnSituations(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		if page := s.wants(s.path+"/situations", "学生持哪一种证？"); strings.Contains(page, "再用到的问题") {
			t.Error("a list of places where nothing counts again")
		}
		d, a, err := s.d.Whole(s.ctx(), region, s.code)
		if err != nil {
			t.Fatal(err)
		}
		p := d.Package(a)
		salary := &p.Situations.Questions[3]
		for i := range salary.Options {
			salary.Options[i].Next = "card_again"
		}
		p.Situations.Repeats = []content.Repeat{{ID: "card_again", Question: "card", Options: []content.Onward{
			{ID: "disability", Next: "household"}, {ID: "veteran", Next: "household"}, {ID: "nothing", Next: "household"}, {ID: "unsure", Next: "household"}}}}
		if _, err := s.d.Import(s.ctx(), p, d.Version); err != nil {
			t.Fatal(err)
		}
		s.wants(s.path+"/situations", "再用到的问题（答过的不再问）", "再看“学生持哪一种证？”", "接着问“学生的户口在本省吗？”")

		const way = "situations/repeats/card_again/options/nothing"
		form := s.filled(s.path+"/situations?row="+way, way)
		if form.Get("v.next") != "household" {
			t.Fatalf("the form of the way: %v", form)
		}
		form.Set("v.next", "end")
		s.must(s.path+"/parts/situations", form)
		if d, _, err = s.d.Whole(s.ctx(), region, s.code); err != nil || d.Parts.Situations.Repeats[0].Options[2].Next != "end" {
			t.Fatalf("saved: %v %+v", err, d.Parts.Situations.Repeats)
		}
		s.wants(s.path+"/ready", "再看“学生持哪一种证？”") // among the differences

		row := s.filled(s.path+"/situations?row=situations/repeats/card_again", "situations/repeats/card_again")
		row.Set("v.question", "household") // which has other answers
		s.must(s.path+"/parts/situations", row)
		page := s.wants(s.path+"/situations", "要改好才能发布的")
		for _, said := range []string{"在这里没有下一步", "没有这个选项，删去它"} {
			if !strings.Contains(page, said) {
				t.Errorf("what leads nowhere is not said: %s", said)
			}
		}
		s.lang = i18n.English
		s.wants(s.path+"/situations", "Questions that count again")
		s.lang = i18n.Chinese
		if code, _, _ := s.post(s.path+"/parts/situations", url.Values{"do": {"remove:situations/repeats/card_again"}}); code != http.StatusSeeOther {
			t.Errorf("take the place away: %d", code)
		}
		s.wants(s.path+"/situations", "没有“card_again”这个问题")
	})
}
