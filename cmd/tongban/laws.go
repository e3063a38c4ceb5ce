package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"tongban/app"
	"tongban/gov/laws"
)

// lawReasons say why a text was not taken, in Chinese and English.
var lawReasons = map[string][2]string{
	"no_title":   {"没有名称", "it has no title"},
	"no_text":    {"没有正文", "it has no text"},
	"too_long":   {"正文太长，最多 8 MB", "its text is longer than 8 MB"},
	"bad_date":   {"日期不对，写成 2026-12-01", "its date is wrong; write it 2026-12-01"},
	"other_text": {"这个名称和日期下已经有另一份文本，保留原来的", "another text is kept under its title and date, and stays"},
	"unreadable": {"读不出来", "it cannot be read"},
}

// importLaws takes in texts of laws: those of the whole country, or of one
// region with --of.
func (c *call) importLaws(ctx context.Context, a *app.App, b *bar, name string) error {
	of := c.own["of"]
	source := c.own["source"]
	if source == "" {
		source = name
	}
	r, err := a.Laws.Import(ctx, b, laws.ImportOptions{DryRun: c.own["dry-run"] != "", Region: of, Source: source})
	b.end()
	for _, p := range r.Problems {
		why := lawReasons[p.Reason]
		fmt.Fprintln(os.Stderr, c.say("第 %d 部《%s》：%s", "text %d, %s: %s", p.Row, p.Title, c.say(why[0], why[1])))
	}
	if err != nil {
		return err
	}
	fmt.Println(c.say("法律法规：读取 %d 份文本（%d 部），新增 %d，未变 %d，未收 %d", "laws: read %d texts of %d laws: new %d, unchanged %d, rejected %d", r.Read, r.Laws, r.New, r.Same, len(r.Problems)))
	return failed(nil, len(r.Problems))
}

// exportLaws writes all texts of the country, or of one region with --of.
func (c *call) exportLaws(ctx context.Context, a *app.App, w io.Writer) error {
	return a.Laws.Export(operator(ctx, "export"), c.own["of"], w)
}
