package main

import (
	"cmp"
	"context"
	"errors"
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

// importStock takes in certificates that were issued before there was this
// library. They wait for an officer of the issuing authority. The exit status
// is 3 when rows were rejected.
func (c *call) importStock(ctx context.Context) error {
	if c.own["kind"] == "" {
		return errors.New("say which certificates: --kind TYPE, its code or key")
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	bar := newBar(nil, 1)
	in := app.StockImport{Path: c.Args[1], Scans: c.own["scans"], Type: c.own["kind"], Issuer: c.own["issuer"], Name: c.own["issuer-name"], Region: c.own["of"], Grade: cmp.Or(c.own["grade"], "A"),
		Map: c.own["map"], Propose: c.own["propose"], DryRun: c.own["dry-run"] != "", English: c.english(), Progress: func(p app.StockProgress) { bar.stock(c, p) }}
	if name := c.own["errors"]; name != "" {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in.Errors = f
	}
	done, err := a.ImportStock(operator(ctx, "import"), in)
	bar.end()
	if err != nil {
		return err
	}
	if in.Propose != "" {
		fmt.Println(c.say("拟定的对照写到了 %s。看过、改好以后用 --map %[1]s 导入", "the proposed mapping is in %s. Look at it, correct it, then import with --map %[1]s", in.Propose))
		return nil
	}
	what := c.say("已接收，等待颁发机构放行：", "taken in, waiting for its release: ")
	if in.DryRun {
		what = c.say("试运行，没有接收任何记录：", "dry run, nothing was kept: ")
	}
	r := done.Report
	fmt.Println(what + c.say("读取 %d 行，可用 %d，重复 %d，同号不同内容 %d，有错 %d；持证主体确定 %d，待核对 %d，尚无账户 %d；附图 %d（导入批次 %s）",
		"read %d rows, sound %d, repeated %d, conflicts %d, rejected %d; holders certain %d, doubtful %d, not known here yet %d; scans %d (run %s)",
		r.Rows, r.Taken, r.Repeated, r.Conflicts, r.Rejected, r.Certain, r.Likely, r.Unknown, r.Annexes, done.Run))
	return failed(nil, r.Rejected)
}

// exportItems writes the items in one of the forms in which they come in.
func (c *call) exportItems(ctx context.Context, a *app.App, format string, out *os.File) error {
	ctx = operator(ctx, "export")
	forms := map[string]string{"jsonl": "guides", "csv": "guides-csv", "csv-tables": "csv"}
	sum, err := a.ExportItems(ctx, cmp.Or(forms[format], format), c.own["since"], out)
	if err == nil {
		fmt.Fprintln(os.Stderr, c.say("导出 %d 个事项", "%d items written", sum.Items))
		for _, l := range sum.Report() {
			fmt.Fprintln(os.Stderr, c.say(l.Zh, l.En))
		}
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

// stock draws how far an import of certificates is.
func (b *bar) stock(c *call, p app.StockProgress) {
	if !b.terminal {
		return
	}
	full := 0
	if share, known := p.Share(); known {
		full = int(30 * share)
	}
	fmt.Fprintf(os.Stderr, "\r\x1b[K[%s%s] %s", strings.Repeat("█", full), strings.Repeat("·", 30-full), c.say("%d 行，每秒 %d 行", "%d rows, %d rows a second", p.Rows, p.Rate()))
}
