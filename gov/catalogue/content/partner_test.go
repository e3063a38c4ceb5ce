package content_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"tongban/gov/catalogue/content"
)

func TestParsePartners_everyRealPath(t *testing.T) {
	f, err := os.Open("testdata/co_department_paths.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n, offices := 0, 0
	for sc := bufio.NewScanner(f); sc.Scan(); n++ {
		var row struct{ Name, Path string }
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		list, err := content.ParsePartners(row.Path)
		if err != nil || len(list) == 0 {
			t.Errorf("%s: %v %v", row.Name, list, err)
			continue
		}
		offices += len(list)
		if back := content.FormatPartners(list); back != row.Path {
			t.Errorf("%s\n got %s\nwant %s", row.Name, back, row.Path)
		}
	}
	if n != 87 || offices != 203 {
		t.Errorf("%d paths with %d offices, want 87 with 203", n, offices)
	}
}

func TestParsePartners(t *testing.T) {
	list, err := content.ParsePartners("省级教育（受理,审核,决定与公开,证件制定与送达）、省级发改委（审核）")
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if p := list[0]; p.Level != "provincial" || p.Dept != "教育" || len(p.Duties) != 4 || !p.Has(content.Decide) {
		t.Errorf("first partner %+v", p)
	}
	if p := list[1]; p.Dept != "发改委" || p.Has(content.Accept) || !p.Has(content.Review) {
		t.Errorf("second partner %+v", p)
	}
	if list, err := content.ParsePartners(" "); err != nil || list != nil {
		t.Errorf("nothing: %v %v", list, err)
	}
	for bad, why := range map[string]string{
		"省级教育":          "括号",
		"省级教育（受理":       "右括号",
		"省级教育（受理）等":     "右括号",
		"教育（受理）":        "层级",
		"省级（受理）":        "层级",
		"省级教育（）":        "没有职责",
		"省级教育（受理,会签）":   "会签",
		"省级公安（审核）、省级教育": "省级教育",
	} {
		if _, err := content.ParsePartners(bad); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want something about %s", bad, err, why)
		}
	}
}
