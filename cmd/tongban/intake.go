package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tongban/app"
)

// importItems takes items in from a file, an archive or a folder. The exit
// status is 3 when rows were rejected.
func (c *call) importItems(ctx context.Context) (err error) {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	bar := newBar(nil, 1)
	in := app.ItemImport{Path: c.Args[1], Name: filepath.Base(c.Args[1]), Format: c.own["format"], Map: c.own["map"], Propose: c.own["propose"], AsOf: c.own["as-of"],
		DryRun: c.own["dry-run"] != "", English: c.english(), Progress: func(p app.ItemProgress) { bar.share(c, p) },
		Problem: func(table string, line int, zh, en string) {
			bar.line(c.say("%s 第 %d 行：%s", "%s, line %d: %s", table, line, c.say(zh, en)))
		}}
	if name := c.own["errors"]; name != "" {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in.Errors = f
	}
	done, err := a.ImportItems(operator(ctx, "import"), in)
	bar.end()
	if err != nil {
		return err
	}
	if in.Propose != "" {
		fmt.Println(c.say("拟定的对照写到了 %s。看过、改好以后用 --map %[1]s 导入", "the proposed mapping is in %s. Look at it, correct it, then import with --map %[1]s", in.Propose))
		return nil
	}
	if done.Proposed {
		fmt.Println(c.say("没有给对照，用了拟定的对照；正式导入前用 --propose 写成文件", "no mapping was given, a proposed one was used; write it down with --propose before importing"))
	}
	if len(done.Open) > 0 {
		slices.Sort(done.Open)
		fmt.Println(c.say("对照里还没有决定的值：%s", "values that the mapping does not decide on: %s", strings.Join(done.Open, ", ")))
	}
	what := ""
	if in.DryRun {
		what = c.say("试运行，没有改动任何数据。", "dry run, nothing was changed: ")
	}
	fmt.Println(what + c.say(done.Zh, done.En))
	return failed(nil, done.Rejected)
}

// exportItems writes the items in one of the forms in which they come in.
func (c *call) exportItems(ctx context.Context, a *app.App, format string, out *os.File) error {
	ctx = operator(ctx, "export")
	switch format {
	case "jsonl":
		return a.Catalogue.ExportItems(ctx, c.Region, format, out)
	case "csv":
		return a.Catalogue.ExportItems(ctx, c.Region, format, out)
	case "csv-tables":
		format = "csv"
	}
	n, err := a.ExportItems(ctx, format, c.own["since"], out)
	if err == nil {
		fmt.Fprintln(os.Stderr, c.say("导出 %d 个事项", "%d items written", n))
	}
	return err
}

// share draws how far an import of items is, how fast, and how long it will
// take yet.
func (b *bar) share(c *call, p app.ItemProgress) {
	if !b.terminal {
		return
	}
	share, known := p.Share()
	full := 0
	if known {
		full = int(30 * share)
	}
	left := ""
	if l := p.Left(); l > 0 {
		left = c.say("，还要 %s", ", %s left", l.Round(time.Second))
	}
	fmt.Fprintf(os.Stderr, "\r\x1b[K[%s%s] %d MB, %s%s", strings.Repeat("█", full), strings.Repeat("·", 30-full), p.Bytes>>20,
		c.say("%d 行，%d 个事项，每秒 %d 行", "%d rows, %d items, %d rows a second", p.Rows, p.Done, p.Rate()), left)
}
