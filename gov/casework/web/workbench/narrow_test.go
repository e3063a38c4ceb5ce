package workbench_test

import (
	"net/url"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/gov/design/plan"
)

// draw publishes a flow of two offices side by side, in which only these
// operations are allowed.
func draw(w *casefiletest.Town, allowed []string) {
	names := map[string]string{casefiletest.Fire: "消防", casefiletest.Water: "水务", casefiletest.Lead: "市监"}
	name := func(c string) string { return names[c] }
	p := plan.From(plan.Together, "开办餐饮店", []string{casefiletest.Fire, casefiletest.Water}, name)
	p.Each(func(s *plan.Step, _ plan.Place) bool { s.Operations = allowed; return true })
	w.Publish(p.Write("drawn", name))
}

// The page offers what the flow allows and nothing else, and what it does not
// offer is refused when it is sent all the same.
func TestTask_offersOnlyWhatIsAllowed(t *testing.T) {
	words := map[string]string{"transfer": "转办原因", "delegate": "委派他人提意见", "add": "加签、减签", "supplement": "退回申请人补正"}
	sent := map[string]url.Values{
		"transfer":   {"transfer.to": {casefiletest.Fire + "|"}, "transfer.why": {"x"}},
		"addsigner":  {"addsigner.place": {"before"}, "addsigner.to": {casefiletest.Water + "|"}, "addsigner.why": {"x"}},
		"supplement": {"supplement.why": {"x"}, "supplement.how": {"x"}},
	}
	for _, allowed := range [][]string{nil, {"transfer"}, {"delegate", "add"}, {"supplement"}} {
		t.Run(strings.Join(allowed, " "), func(t *testing.T) {
			casefiletest.Village(t, func(w *casefiletest.Town) {
				draw(w, allowed)
				o := accepted(w)
				var step string
				for _, x := range o.File(o.c).Tasks {
					if x.Org == casefiletest.Fire && x.State == casework.TaskOpen {
						step = "/work/tasks/" + x.Region + "/" + string(x.ID) + "?case=" + string(x.Case)
					}
				}
				page := w.Browser("fire").Get(step).Want(200, "通过")
				offered := strings.Join(allowed, " ")
				for op, word := range words {
					if got, want := strings.Contains(page.Text(), word), strings.Contains(offered, op); got != want {
						t.Errorf("%s is offered: %v", op, got)
					}
				}
				for verb, form := range sent {
					form.Set("version", page.Fields("decide").Get("version"))
					if op := strings.TrimSuffix(verb, "signer"); !strings.Contains(offered, op) {
						w.Browser("fire").Post(act(step, verb), form).Want(403)
					}
				}
				for _, none := range []string{"跳转到别的环节", "作废这个办件", "驳回"} { // acts of the office in charge
					if strings.Contains(page.Text(), none) {
						t.Errorf("%s is offered to a partner", none)
					}
				}
			})
		})
	}
}
