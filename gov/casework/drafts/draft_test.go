package drafts

import (
	"testing"
)

func TestClashes(t *testing.T) {
	since := []Change{
		{Name: "窗口员", Fields: []FieldChange{{Field: "form.a", New: "2"}, {Field: "form.b", New: "x"}}},
		{Name: "窗口员", Fields: []FieldChange{{Field: "form.a", New: "3"}}},
	}
	got := clashes([]FieldChange{{Field: "form.a", New: "9"}, {Field: "form.b", New: "x"}, {Field: "form.c", New: "1"}}, since)
	if len(got) != 1 || got[0].Field != "form.a" || got[0].Theirs != "3" || got[0].Yours != "9" || got[0].Who != "窗口员" {
		t.Errorf("clashes: %+v", got)
	}
}
