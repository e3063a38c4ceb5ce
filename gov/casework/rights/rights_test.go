package rights

import (
	"errors"
	"testing"
)

func TestStep_operations(t *testing.T) {
	for list, allowed := range map[string][]string{"none": nil, "": nil, "return": {Return}, "transfer  delegate": {Transfer, Delegate}} {
		s := Of(map[string]string{"operations": list})
		for _, o := range Operations {
			want := false
			for _, a := range allowed {
				want = want || a == o
			}
			if err := s.Allows(o); (err == nil) != want || err != nil && !errors.Is(err, ErrOperation) {
				t.Errorf("%q allows %s: %v", list, o, err)
			}
		}
	}
	for _, o := range Operations {
		if err := Of(nil).Allows(o); err != nil {
			t.Errorf("a step that says nothing refuses %s", o)
		}
	}
}

func TestSight_ofTwoSteps(t *testing.T) {
	a := Of(map[string]string{"groups": "shop", "materials": "plan"}).Sees()
	b := Of(map[string]string{"groups": "staff drain"}).Sees()
	both := a.Or(b)
	switch {
	case a.Group("staff") || !a.Group("shop") || a.Material("lease") || !a.Material("plan") || a.IsWhole():
		t.Error("one step sees what it names")
	case !b.Material("lease") || b.Group("shop"):
		t.Error("what is not named is seen whole")
	case !both.Group("shop") || !both.Group("drain") || both.Group("other") || !both.Material("lease"):
		t.Error("two steps see both")
	case (Sight{}).Group("shop") || (Sight{}).Material("plan"):
		t.Error("nothing is seen by nobody")
	case !Whole().IsWhole() || !Whole().Or(a).IsWhole() || !Of(nil).Sees().IsWhole():
		t.Error("the whole is whole")
	}
}
