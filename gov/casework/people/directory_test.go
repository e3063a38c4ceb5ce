package people

import (
	"testing"

	"tongban/gov/identity"
)

func TestDirectory_findsOfficesByTheWordsOfGuides(t *testing.T) {
	orgs := []identity.Org{{Name: "广东省公安厅"}, {Name: "广东省发展和改革委员会"}, {Name: "广东省科技图书馆"}, {Name: "广东省科学技术厅"}, {Name: "广东省科学技术协会"}, {Name: "广东省药品监督管理局"}}
	for line, want := range map[string]int{"公安": 0, "发改委": 1, "科学技术": 3, "食药监": 5, "水务": -1, "": -1} {
		if got := bestMatch(orgs, line); got != want {
			t.Errorf("%s is %d, want %d", line, got, want)
		}
	}
	if at, line := levelOf("440300", "省级公安"); at != "440000" || line != "公安" {
		t.Errorf("%s %s", at, line)
	}
	if at, line := levelOf("449901", "市级公安"); at != "449900" || line != "公安" {
		t.Errorf("%s %s", at, line)
	}
}
