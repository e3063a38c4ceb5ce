package calendar

import "regexp"

// inChinese has every reason of a LineError with its Chinese; what none of them
// fits is a date that cannot be read.
var inChinese = []struct {
	form *regexp.Regexp
	zh   string
}{
	{regexp.MustCompile(`^the heading must be (.*)$`), "表头应当是 $1"},
	{regexp.MustCompile(`^longer than (\d+) bytes; reading stopped here$`), "超过 $1 字节，读到这里为止"},
	{regexp.MustCompile(`^the file is empty$`), "文件是空的"},
	{regexp.MustCompile(`^not UTF-8$`), "不是 UTF-8 编码"},
	{regexp.MustCompile(`^has (\d+) fields, needs 4: (.*)$`), "有 $1 栏，应当有 4 栏：$2"},
	{regexp.MustCompile(`^year (-?\d+) is outside (\d+)–(\d+)$`), "年份 $1 不在 $2—$3 之间"},
	{regexp.MustCompile(`^(\S+) is a \S+: only a Saturday or Sunday can be made a working day$`), "$1 不是周六或者周日，不能调成工作日"},
	{regexp.MustCompile(`^kind (".*") is none of (.*)$`), "类别 $1 不在其列：$2"},
	{regexp.MustCompile(`^a name is missing: .*$`), "缺少名称：name_zh 和 name_en 都要填"},
	{regexp.MustCompile(`^a name is longer than (\d+) characters$`), "名称超过 $1 个字"},
	{regexp.MustCompile(`^(\S+) (\S+) is already on line (\d+)$`), "$1 $2 在第 $3 行已经有了"},
	{regexp.MustCompile(`^(\S+) cannot be (\S+): line (\d+) makes it (\S+)$`), "$1 不能是 $2：第 $3 行写的是 $4"},
}

// ReasonZH is the reason in Chinese.
func (e *LineError) ReasonZH() string {
	for _, r := range inChinese {
		if r.form.MatchString(e.Reason) {
			return r.form.ReplaceAllString(e.Reason, r.zh)
		}
	}
	return "日期读不懂，应当写成 2026-10-01 的样子"
}
