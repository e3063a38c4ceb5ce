package casefile_test

import (
	"fmt"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/catalogue"
	"tongban/platform/forms"
)

// field is a field of a form that is filled in beforehand.
func field(id, source, policy string) forms.Field {
	return forms.Field{ID: id, Label: forms.Words{Zh: id}, Type: "text", Prefill: &forms.Prefill{Source: source, Policy: policy}}
}

func TestGroups_applicantOnce(t *testing.T) {
	self := forms.Group{Title: forms.Words{Zh: "办事人"}, Fields: []forms.Field{field("name", "person.name", "locked"), field("number", "person.idnumber", "locked"), field("mobile", "person.phone", "editable")}}
	operator := forms.Group{Title: forms.Words{Zh: "经营者"}, Fields: []forms.Field{field("operator", "person.name", "editable"), field("contact", "person.phone", "editable")}}
	v := casefile.View{Offer: &catalogue.Offer{}, File: casework.File{Form: []forms.Group{self, operator}}}
	a := &v.File.Application
	a.Applicant = casework.Applicant{Name: "示例·甲", Number: "110101199003070134", Phone: "14000000001"}
	a.Form = map[string]string{"name": "示例·甲", "number": "110101199003070134", "mobile": "14000000001", "operator": "示例·甲", "contact": "14000000001"}
	titles := func() (out []string) {
		for _, g := range v.Groups(t.Context()) {
			out = append(out, fmt.Sprint(g.Title, len(g.Rows)))
		}
		return out
	}
	card := titles()[0]
	if got, want := fmt.Sprint(titles()), fmt.Sprint([]string{card, "经营者2"}); got != want {
		t.Errorf("%s, want %s: the applicant once, the operator in full", got, want)
	}
	a.Form["mobile"] = "14000000009" // another number for this matter is news
	if got, want := fmt.Sprint(titles()), fmt.Sprint([]string{card, "办事人1", "经营者2"}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
