package i18n_test

import (
	"testing"

	"tongban/platform/i18n"
)

func TestList_questionsStandInQuotes(t *testing.T) {
	for _, c := range []struct {
		lang  i18n.Lang
		names []string
		want  string
	}{
		{i18n.Chinese, []string{"姓名", "有没有堂食？", "面积"}, "姓名、“有没有堂食？”、面积"},
		{i18n.English, []string{"Name", "Do guests eat there?", "Area"}, "Name, “Do guests eat there?”, Area"},
		{i18n.English, nil, ""},
	} {
		if got := i18n.List(i18n.With(t.Context(), i18n.NewBundle(), c.lang), c.names); got != c.want {
			t.Errorf("%v: %q, want %q", c.names, got, c.want)
		}
	}
}
