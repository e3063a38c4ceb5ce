package casework

import (
	"errors"
	"testing"
)

// A place in an application is kept as its code, read as its name, and refused
// by its field when it is none.
func TestDivision_inADraft(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		d, err := w.s.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		save := func(place string) Draft {
			t.Helper()
			next, err := w.s.Save(me, d.Region, d.ID, 0, Edit{Form: map[string]string{"shop_division": place}})
			if err != nil {
				t.Fatal(err)
			}
			return next
		}
		for _, place := range []string{"示例街道", "示例区示例街道", "广东省 示例市 示例区 示例街道", "449901001"} {
			if got := save(place).Form["shop_division"]; got != "449901001" {
				t.Errorf("%s is kept as %q", place, got)
			}
		}
		if names, err := w.s.NamesOf(me, save("449901001")); err != nil || names["shop_division"] != "广东省示例市示例区示例街道" {
			t.Errorf("names %v, %v", names, err)
		}
		for place, want := range map[string]string{"石牌街道": "catalogue.place.outside", "示例区": "catalogue.place.coarse4", "某街道": "catalogue.place.unknown", "449901999": "catalogue.place.unknown_code"} {
			kept := save(place)
			if kept.Form["shop_division"] != place {
				t.Errorf("%s became %q before it was mended", place, kept.Form["shop_division"])
			}
			_, problems, err := w.s.CheckForm(me, kept)
			if err != nil || codeAt(problems, "form.shop_division") != want {
				t.Errorf("%s: %v %v, want %s", place, problems, err, want)
			}
			if _, err := w.s.Submit(me, d.Region, d.ID, 0); codeAt(asProblems(err), "form.shop_division") != want {
				t.Errorf("submitting with %s: %v", place, err)
			}
			_, err = w.s.SaveListed(me, d.Region, d.ID, 0, Edit{Form: map[string]string{"shop_division": place}})
			if codeAt(asProblems(err), "form.shop_division") != want {
				t.Errorf("a program that sends %s: %v", place, err)
			}
		}
		if _, err := w.s.SaveListed(me, d.Region, d.ID, 0, Edit{Form: map[string]string{"shop_division": "样例镇", "shop_name": "虚构小馆"}}); err != nil {
			t.Error(err)
		}
	})
}

func asProblems(err error) Problems {
	var p Problems
	errors.As(err, &p)
	return p
}

func codeAt(list Problems, field string) string {
	for _, p := range list {
		if p.Field == field {
			return p.Code
		}
	}
	return ""
}

// What a supplement mends passes the checks of its field.
func TestDivision_mendedBySupplement(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me, clerk := w.resident("王示例"), w.officer("示例窗口员", RoleClerk, "")
		c := w.apply(me, dineIn())
		_, err := w.s.AskSupplement(clerk, c.Region, c.ID, c.Version, []SupplementItem{{Target: "form.shop_division", Name: "店面所在的街道或者镇", Reason: "与租约不一致", How: "按租约填写"}}, "")
		if err != nil {
			t.Fatal(err)
		}
		answer := func(place string) error {
			t.Helper()
			if _, err := w.s.AnswerItem(me, c.Region, c.ID, 0, Answer{Text: place}); err != nil {
				t.Fatal(err)
			}
			_, err := w.s.SendSupplement(me, c.Region, c.ID)
			return err
		}
		if p := asProblems(answer("天河区石牌街道")); codeAt(p, "items.0.text") != "catalogue.place.outside" {
			t.Errorf("a place outside: %v", p)
		}
		if err := answer("样例镇"); err != nil {
			t.Fatal(err)
		}
		f, err := w.s.Open(me, c.Region, c.ID, "")
		if err != nil || f.Application.Form["shop_division"] != "449901100" {
			t.Errorf("mended to %q, %v", f.Application.Form["shop_division"], err)
		}
	})
}
