package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tongban/app"
	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/sign"
)

// operator returns a context in which the person at the machine acts; the
// record names the command.
func operator(ctx context.Context, command string) context.Context {
	return auth.System(ctx, "operator:"+command)
}

// runImport takes in one file. Rows that cannot be used are listed on standard
// error with their line; the others are taken. The exit status is 3 when rows
// were rejected.
func runImport(ctx context.Context, c *call) error {
	if len(c.Args) != 2 {
		return errors.New("say what and from where: tongban import items|package|certificates|divisions|departments|halls|calendar|laws FILE")
	}
	if c.Args[0] == "items" {
		return c.importItems(ctx)
	}
	if c.Args[0] == "package" {
		return c.importPackage(ctx)
	}
	if c.Args[0] == "certificates" {
		return c.importStock(ctx)
	}
	f, err := os.Open(c.Args[1])
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	ctx = operator(ctx, "import")
	bar := newBar(f, info.Size())
	opt := catalogue.ImportOptions{DryRun: c.own["dry-run"] != "", Name: info.Name(), AsOf: c.own["as-of"], Progress: bar.show,
		Problem: func(p catalogue.Problem) {
			bar.line(c.say("第 %d 行：%s", "line %d: %s", p.Line, c.say(p.String(), p.English())))
		}}
	switch c.Args[0] {
	case "calendar":
		return c.importCalendar(ctx, a, bar, info.Name())
	case "halls":
		return c.importHalls(ctx, a, bar, bar, info.Name())
	case "laws":
		return c.importLaws(ctx, a, bar, info.Name())
	case "divisions":
		return c.report(bar, func() (catalogue.Report, error) {
			return a.Catalogue.ImportDivisions(ctx, bar, catalogue.DivisionOptions{ImportOptions: opt, Since: c.own["as-of"]})
		})
	case "departments":
		done, err := a.Identity.ImportDepartments(ctx, c.Region, bar, func(line int, problem error) {
			bar.line(c.say("第 %d 行：%s", "line %d: %s", line, app.Explain(c.english(), problem)))
		})
		bar.end()
		fmt.Println(c.say("机构：读取 %d 行，更新 %d，存疑 %d，未收 %d", "departments: read %d, changed %d, doubtful %d, rejected %d", done.Read, done.Changed, done.Doubtful, done.Rejected))
		return failed(err, done.Rejected)
	}
	return fmt.Errorf("%q cannot be imported: items, package, certificates, divisions, departments, halls, calendar or laws", c.Args[0])
}

// english tells in which language reports are printed: --lang, else LANG and
// its kin, else Chinese.
func (c *call) english() bool {
	for _, wish := range []string{c.own["lang"], os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")} {
		if wish != "" {
			return strings.HasPrefix(wish, "en")
		}
	}
	return false
}

// say writes a line of a report in the operator's language.
func (c *call) say(zh, en string, args ...any) string {
	text := zh
	if c.english() {
		text = en
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

func (c *call) report(b *bar, run func() (catalogue.Report, error)) error {
	r, err := run()
	b.end()
	fmt.Println(c.say(r.String(), r.English()))
	return failed(err, r.Rejected)
}

func failed(err error, rejected int) error {
	if err == nil && rejected > 0 {
		return exit(3)
	}
	return err
}

// importCalendar takes in days off and make-up working days.
func (c *call) importCalendar(ctx context.Context, a *app.App, b *bar, name string) error {
	r, err := a.ImportCalendar(ctx, b, name, c.own["dry-run"] != "")
	b.end()
	if err != nil {
		return err
	}
	for _, l := range r.Bad {
		fmt.Fprintln(os.Stderr, c.say("第 %d 行：%s", "line %d: %s", l.Line, c.say(l.ReasonZH(), l.Reason)))
	}
	for _, m := range r.Moved {
		what := m.Between()
		if what == "" { // the date that binds the office stays
			what = c.say("%d 个环节、%d 个流程定时", "%d steps, %d timers of the flow", m.Steps, m.Timers)
			if m.Answer {
				what += c.say("、补正期限", ", the last day for an answer")
			}
		}
		fmt.Printf("  %s  %s  %s\n", casework.ShowNumber(m.Number), what, m.ItemName)
	}
	what := c.say("运行中的服务现在就重新计算，停着的在下次启动时计算", "a running server counts them anew now, another one at its next start")
	if c.own["dry-run"] != "" {
		what = c.say("没有改动任何数据", "nothing was changed")
	}
	known := c.say("还没有任何一年的通知", "no year's notice is known")
	if r.Until.Year() > 1970 {
		known = c.say("已知到 %s", "known until %s", r.Until)
	}
	fmt.Println(c.say("%s：收下 %d 天，未收 %d 行，%s；%d 件在办件的日期会变；%s", "%s: %d days taken, %d lines rejected, %s; the dates of %d open cases move; %s", name, r.Taken, len(r.Bad), known, len(r.Moved), what))
	return failed(nil, len(r.Bad))
}

// runPublish publishes service packages from folders. The folder above them
// holds departments.json, which names the offices.
func runPublish(ctx context.Context, c *call) error {
	if len(c.Args) == 0 {
		return errors.New("name the folder of a package: tongban publish items/residence-permit")
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	for _, dir := range c.Args {
		dir = filepath.Clean(dir)
		done, err := a.Catalogue.PublishPackage(operator(ctx, "publish"), os.DirFS(filepath.Dir(dir)), filepath.Base(dir), catalogue.PublishOptions{})
		if f := fault.Of(err); err != nil && f.Code == "catalogue.below_gate" {
			return fmt.Errorf("%s: %s (tongban check %s)", dir, app.Explain(c.english(), err), dir)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		what := "was published before; nothing changed"
		if done.Fresh {
			what = fmt.Sprintf("is version %d of item %s in region %s", done.Version, done.Code, done.Region)
		}
		fmt.Println(dir, what)
	}
	return nil
}

func runExport(ctx context.Context, c *call) error {
	if len(c.Args) > 0 && c.Args[0] == "package" {
		return c.exportPackage(ctx)
	}
	if len(c.Args) != 2 || c.Args[0] != "items" && c.Args[0] != "laws" {
		return errors.New("say what and where to: tongban export items|laws FILE, or tongban export package CODE DIR")
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	format := c.own["format"]
	if format == "" {
		format = "jsonl"
	}
	out := os.Stdout
	if c.Args[1] != "-" {
		if out, err = os.Create(c.Args[1]); err != nil {
			return err
		}
	}
	if c.Args[0] == "laws" {
		err = c.exportLaws(ctx, a, out)
	} else {
		err = c.exportItems(ctx, a, format, out)
	}
	if err != nil {
		return err
	}
	if out == os.Stdout {
		return nil
	}
	return out.Close()
}

// runVerify checks papers offline, or the whole record. The exit status is 4
// when something is not as it was issued or sealed.
func runVerify(ctx context.Context, c *call) error {
	if name := c.own["record"]; name != "" || len(c.Args) == 0 {
		return c.verifyRecord(ctx, name)
	}
	if c.own["node"] != "" || c.own["list"] != "" {
		return c.verifyElsewhere()
	}
	path := c.own["trust"]
	if path == "" {
		path = filepath.Join(c.DataDir, "trust.json")
	}
	trust, err := readTrust(path)
	if err != nil {
		return err
	}
	bad := false
	for _, name := range c.Args {
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		r := app.ForWhom(certificates.VerifyFile(body, trust, clock.System.Now()), c.own["for"])
		bad = bad || !r.OK
		if err := c.answer(name, r); err != nil {
			return err
		}
	}
	if bad {
		return exit(4)
	}
	return nil
}

func readTrust(path string) (certificates.Trust, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return certificates.Trust{}, fmt.Errorf("trust list: %w (fetch it from the issuing site at /.well-known/tongban-trust.json and give it with --trust)", err)
	}
	trust, err := certificates.ParseTrust(raw)
	if err != nil {
		return trust, fmt.Errorf("trust list %s: %w", path, err)
	}
	return trust, nil
}

// aboutKey says what to do about a key that is not known, or no more.
var aboutKey = map[string]string{
	"certificates.newer_key":    "the list is older than the paper: fetch the newer list and go on from this one with tongban trust follow OLD NEW",
	"certificates.unknown_key":  "no key of the list signed it",
	"certificates.key_ended":    "the key had ended before",
	"certificates.key_revoked":  "others may have had the key at that time",
	"certificates.key_witness":  "others got to know the key later; only the record of the issuer tells whether the paper is from before: check it online, or have it rendered anew there",
	"certificates.other_office": "the key is not that of the office which the paper names",
}

// answer prints what came of a check, for people or for programs.
func (c *call) answer(name string, r certificates.Report) error {
	if c.own["json"] != "" {
		if r.Reason != "" {
			r.Words = app.Explain(c.english(), whyNot(r))
		}
		return json.NewEncoder(os.Stdout).Encode(struct {
			File string `json:"file"`
			certificates.Report
		}{name, r})
	}
	c.showPaper(name, r)
	return nil
}

// strangers are the reasons that a paper of another installation is refused for
// by a list that does not know its keys.
var strangers = []string{sign.ErrUnknownIssuer.Code, certificates.ErrUnknownKey.Code, certificates.ErrNewerKey.Code}

func (c *call) showPaper(name string, r certificates.Report) {
	if !r.Genuine {
		fmt.Println(c.say("%s：不能作数（%s）", "%s: NOT GENUINE (%s)", name, r.Reason))
		fmt.Println("  " + app.Explain(c.english(), whyNot(r)))
		if why := aboutKey[r.Reason]; why != "" && c.english() {
			fmt.Printf("  key %s: %s\n", r.KeyID, why)
		}
		if c.own["node"] == "" && slices.Contains(strangers, r.Reason) {
			fmt.Println(c.say("  由其他节点签发的，带上 --node 和它的节点文件再查：从它的网站取 /.well-known/tongban-node.jws，向它核对指纹（tongban nodes fingerprint）",
				"  when another installation issued it, check it with --node and its node file: /.well-known/tongban-node.jws of its site, whose fingerprint you compare (tongban nodes fingerprint)"))
		}
		return
	}
	fmt.Println(c.say("%s：是真的，%s", "%s: genuine, %s", name, app.Say(c.english(), "certificates.status."+string(r.Status))))
	if p := r.Paper; p != nil {
		fmt.Println(c.say("  %s %s\n  %s签发，持有人 %s", "  %s %s\n  issued by %s to %s", p.Title, p.Number, p.IssuerName, p.HolderName))
		if of := p.CopyOf; of != nil {
			fmt.Println(c.say("  是《%s》的加注件，仅供%s用于%s%s，用到%s", "  a copy of %s, only for %s, only to %s%s, until %s", of.Number, of.OfficeName, of.Purpose, c.matterOf(of), p.ValidUntil.In(calendar.Zone).Format(time.DateOnly)))
		}
	}
	if r.SigningOffice != "" {
		fmt.Println(c.say("  数据由%s自己的密钥签名", "  data signed with the key of %s itself", r.SigningOffice))
	}
	by := r.SignedBy
	if by == "" {
		by = c.say("%s，密钥 %s", "%s, key %s", r.Algorithm, r.KeyID)
	}
	fmt.Println(c.say("  形式 %s，%s 签名，时间 %s；没有联网核对：此后是否吊销只有签发机关知道", "  form %s, signed by %s at %s; checked offline: whether it was revoked since is known only to the issuer", r.Form, by, r.SignedAt.In(calendar.Zone).Format("2006-01-02 15:04")))
	for _, w := range r.Warnings {
		fmt.Println("  ! " + app.Say(c.english(), "nodes.warning."+w.Code, "name", w.Name, "known", w.Known))
	}
	if r.Recognised != nil {
		fmt.Println(c.say("  节点 %s（%s），地区 %s", "  node %s (%s), region %s", r.Recognised.Name, r.Recognised.Site, r.Recognised.Region))
	}
	if r.Reason != "" {
		fmt.Println(c.say("  不能使用（%s）：%s", "  REFUSED (%s): %s", r.Reason, app.Explain(c.english(), whyNot(r))))
	}
}

// whyNot is why a paper does not count, with what the words name.
func whyNot(r certificates.Report) *fault.Fault {
	f := fault.Invalid(r.Reason)
	if r.Paper != nil && r.Paper.CopyOf != nil {
		f = f.With("office", r.Paper.CopyOf.OfficeName).With("matter", r.Paper.CopyOf.Matter)
	}
	return f
}

// matterOf is the case that a copy was made for, as words.
func (c *call) matterOf(of *certificates.CopyOf) string {
	if of.Matter == "" {
		return ""
	}
	return c.say("（办件 %s）", " (case %s)", of.Matter)
}

func (c *call) verifyRecord(ctx context.Context, file string) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	var r *audit.Report
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		r, err = audit.VerifyFile(f, a.Keys.Record())
		if err != nil {
			return err
		}
	} else if r, err = audit.Verify(ctx, a.DB, a.Keys.Record()); err != nil {
		return err
	}
	damaged, stored := 0, 0
	if file == "" {
		err = a.Files.Each(ctx, func(hash string, _ int64) error {
			stored++
			if err := a.Files.Verify(hash); err != nil {
				damaged++
				fmt.Printf("file %s: %s\n", hash, fault.Of(err).Code)
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	if c.own["json"] != "" {
		json.NewEncoder(os.Stdout).Encode(struct {
			OK             bool `json:"ok"`
			Files, Damaged int
			*audit.Report
		}{r.OK() && damaged == 0, stored, damaged, r})
	} else {
		for _, p := range r.Problems {
			fmt.Println(p)
		}
		fmt.Printf("record: %d acts sealed in %d regions, %d checkpoints, %d acts wait for their seal, %d problems\nfiles: %d, damaged %d\n",
			r.Sealed, r.Regions, r.Checkpoints, r.Waiting, int64(len(r.Problems))+r.More, stored, damaged)
	}
	if !r.OK() || damaged > 0 {
		return exit(4)
	}
	return nil
}
