package grounds

import (
	"slices"
	"strings"
	"testing"

	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
)

func offer(clause string) *catalogue.Offer {
	o := &catalogue.Offer{Materials: []catalogue.Material{{ID: "lease", Name: catalogue.Text{Zh: "租约"}, Clause: clause}}}
	o.Basis = []catalogue.Clause{{ID: "place", Law: "食品安全法", Article: "第三十三条"}, {ID: "licence38", Law: "行政许可法", Article: "第三十八条"}}
	o.ConditionList = []catalogue.Condition{{ID: "place", Text: catalogue.Text{Zh: "有固定场所"}, Clause: "place"}}
	o.Result.Refusal.Reasons = []catalogue.Reason{{ID: "dirty", Clause: "place", Text: catalogue.Text{Zh: "环境不洁"}, Pass: catalogue.Text{Zh: "打扫干净"}}}
	return o
}

func TestSettle_asksForWhatTheGroundDoesNotSay(t *testing.T) {
	may := OfItem(offer(""), offer("").Materials)
	for _, x := range []struct {
		name string
		said Refusal
		want []string
	}{
		{"nothing", Refusal{}, []string{FieldGrounds, FieldFacts}},
		{"free text alone", Refusal{Facts: "不行", Pass: "改"}, []string{FieldGrounds}},
		{"unknown", Refusal{Grounds: []string{"reason.other"}, Facts: "有"}, []string{FieldGrounds}},
		{"reason says clause and how", Refusal{Grounds: []string{"reason.dirty"}, Facts: "灶台有油污"}, nil},
		{"condition says the clause", Refusal{Grounds: []string{"condition.place"}, Facts: "没有场所"}, []string{FieldPass}},
		{"material without a clause", Refusal{Grounds: []string{"material.lease"}, Facts: "没有租约"}, []string{FieldClause, FieldPass}},
		{"all said", Refusal{Grounds: []string{"material.lease"}, Clause: "《民法典》第七百零七条", Facts: "没有租约", Pass: "补租约"}, nil},
		{"too long", Refusal{Grounds: []string{"reason.dirty"}, Clause: strings.Repeat("条", MaxClause+1), Facts: "有"}, []string{FieldClause}},
	} {
		_, p := x.said.Clean().Settle(may)
		var got []string
		for _, one := range p {
			got = append(got, one.Field)
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}

// The clauses that complete an imported guide say how to refuse, not what is
// required: they are no ground.
func TestOfItem_generalClauseIsNoGround(t *testing.T) {
	for _, g := range OfItem(offer("licence38"), offer("licence38").Materials) {
		if g.Kind() == KindMaterial && g.Law != "" {
			t.Errorf("the material cites %s", g.Law)
		}
	}
	if got := Bases(offer("")); !slices.Equal(got, []string{"《食品安全法》第三十三条"}) {
		t.Errorf("bases %v", got)
	}
}

func TestOfAcceptance_materialsOnlyAfterAsking(t *testing.T) {
	o := offer("place")
	for asked, want := range map[bool][]string{false: {"law.not_needed", "law.not_competent"}, true: {"law.not_needed", "law.not_competent", "material.lease"}} {
		var got []string
		for _, g := range OfAcceptance(terms.NationalRules(), o, o.Materials, asked) {
			got = append(got, g.Key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("asked %v: %v", asked, got)
		}
	}
}

func TestRefusal_wordsAndFieldsAgree(t *testing.T) {
	may := OfItem(offer(""), offer("").Materials)
	said := Refusal{Grounds: []string{"material.lease", "reason.dirty", "material.lease "}, Clause: "《民法典》第七百零七条", Facts: "没有租约。", Pass: "补租约"}.Clean()
	chosen, p := said.Settle(may)
	if len(p) > 0 || len(chosen) != 2 {
		t.Fatalf("%v %v", chosen, p)
	}
	want := "不符合《食品安全法》第三十三条：环境不洁。不符合《民法典》第七百零七条：没有提供符合要求的“租约”。核查到的情况：没有租约。怎样可以通过：打扫干净。补租约。"
	if got := said.Words(chosen); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	again := From(said.Into(map[string]string{"check.place": "yes", FieldClause: "old"}))
	if !slices.Equal(again.Grounds, said.Grounds) || again.Clause != said.Clause || again.Facts != said.Facts || again.Pass != said.Pass {
		t.Errorf("%+v, want %+v", again, said)
	}
	if f := (Refusal{}).Into(map[string]string{FieldFacts: "alt", "check.place": "yes"}); f[FieldFacts] != "" || f["check.place"] != "yes" {
		t.Errorf("an empty refusal keeps %v", f)
	}
}
