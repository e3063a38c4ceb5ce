package offers

import (
	"testing"

	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
)

func TestSpecials_ownFirstThenTheLaw(t *testing.T) {
	law := terms.NationalRules().Special
	o := &catalogue.Offer{}
	o.Pauses = []catalogue.SpecialProcedure{
		{ID: "verify", Name: catalogue.Text{Zh: "核实信息", En: "Checking"}, Citation: catalogue.Text{Zh: "示例办法第二条", En: "Example rules, art. 2"}},
		{ID: "hearing", Name: catalogue.Text{Zh: "听证会"}, Citation: catalogue.Text{Zh: "示例办法第三条"}},
	}
	all := Specials(o, law)
	if len(all) != len(law)+1 || all[0].Kind != "verify" || all[1].Name != "听证会" || all[1].NameEn != "听证会" {
		t.Errorf("%+v", all)
	}
	if k, ok := Special(o, law, "hearing"); !ok || k.Citation != "示例办法第三条" {
		t.Errorf("the item's own words come first: %+v %v", k, ok)
	}
	if k, ok := Special(o, law, "testing"); !ok || k.Name == "" || k.Citation == "" {
		t.Errorf("a kind of the law: %+v %v", k, ok)
	}
	if _, ok := Special(o, law, "tea"); ok {
		t.Error("found what nobody names")
	}
}
