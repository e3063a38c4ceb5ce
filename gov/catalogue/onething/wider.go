package onething

import (
	"strings"

	"tongban/platform/forms"
)

// sharedField is a field of the package that a field of the item is given.
type sharedField struct {
	id string
	f  forms.Field
}

// sharedPaper is a material of the package that is passed on, and when the item
// wants it.
type sharedPaper struct{ id, when string }

// wider shows, requires and wants what the package and the item share as soon as
// either does: on a branch that only the item knows, the package must not pass
// over what the item asks for.
func (j *joint) wider() {
	for _, s := range j.sharedFields {
		for g := range j.p.Form.Groups {
			for i := range j.p.Form.Groups[g].Fields {
				if x := &j.p.Form.Groups[g].Fields[i]; x.ID == s.id {
					j.widen(x, s.f)
				}
			}
		}
	}
	for _, s := range j.sharedPapers {
		for i := range j.p.Materials {
			if m := &j.p.Materials[i]; m.ID == s.id {
				m.NeededWhen = either(m.NeededWhen, j.condition(s.when))
			}
		}
	}
}

func (j *joint) widen(x *forms.Field, f forms.Field) {
	was := x.ShowWhen
	x.ShowWhen = either(was, j.condition(f.ShowWhen))
	when := func(f forms.Field, show, required string) (cond string, ever bool) {
		if f.Required {
			return show, true
		}
		return required, required != ""
	}
	a, here := when(*x, was, x.RequiredWhen)
	b, there := when(f, j.condition(f.ShowWhen), j.condition(f.RequiredWhen))
	switch {
	case !there:
		b = a
	case !here:
		a = b
	}
	if !here && !there {
		return
	}
	need := either(a, b)
	x.Required, x.RequiredWhen = need == "" || need == x.ShowWhen, need
	if x.Required {
		x.RequiredWhen = ""
	}
}

// either is a condition that holds when one of two does; "" holds always.
func either(a, b string) string {
	if a == "" || b == "" || a == b {
		if a == b {
			return a
		}
		return ""
	}
	for part := range strings.SplitSeq(a, " or ") {
		if part == "("+b+")" {
			return a
		}
	}
	if !strings.HasPrefix(a, "(") || !strings.Contains(a, ") or (") {
		a = "(" + a + ")"
	}
	return a + " or (" + b + ")"
}
