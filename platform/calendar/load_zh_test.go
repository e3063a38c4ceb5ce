package calendar

import (
	"strings"
	"testing"
)

// Every line that is refused is explained in Chinese, with its own values.
func TestRead_reasonsInChinese(t *testing.T) {
	_, bad, err := Read(strings.NewReader("date\n2026-10-01,holiday,国庆节\nx,holiday,国庆节,National Day\n2026-10-05,workday_shift,国庆节,National Day\n2026-10-01,free,国庆节,National Day\n1900-10-01,holiday,国庆节,National Day\n2026-10-02,holiday,国庆节,National Day\n2026-10-02,holiday,国庆节,National Day\n2026-10-03,holiday,,National Day\n"))
	want := []string{"表头应当是 ", "有 3 栏", "日期读不懂", "2026-10-05 不是周六", `类别 "free"`, "年份 1900", "2026-10-02 holiday 在第 7 行", "缺少名称"}
	if err != nil || len(bad) != len(want) {
		t.Fatalf("%d lines, %v", len(bad), err)
	}
	for i, w := range want {
		if got := bad[i].ReasonZH(); !strings.HasPrefix(got, w) {
			t.Errorf("%s: %s, want %s", bad[i].Reason, got, w)
		}
	}
}
