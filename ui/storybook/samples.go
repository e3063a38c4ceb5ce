package storybook

import (
	"context"
	"fmt"
	"time"

	"tongban/platform/i18n"
	"tongban/ui"
)

// day is a time in the winter of the samples.
func day(month, day, hour, minute int) time.Time {
	return time.Date(2026, time.Month(month), day, hour, minute, 0, 0, i18n.Zone)
}

func samplesProblems(ctx context.Context) []ui.Problem {
	return []ui.Problem{
		{Field: "shop", Text: say(ctx, "店铺名称不能超过 50 个字，现在有 63 个", "The shop name must be 50 characters or fewer; it has 63")},
		{Field: "lease", Text: say(ctx, "2027年2月只有 28 天，没有 30 日。核对租期后再填", "There is no 30 February 2027: that month has 28 days")},
		{Field: "receive", Text: say(ctx, "选择领取方式", "Choose how to receive it")},
	}
}

func field(ctx context.Context, f ui.FieldProps, zh, en, hintZh, hintEn string) ui.FieldProps {
	f.Label, f.Hint = say(ctx, zh, en), say(ctx, hintZh, hintEn)
	return f
}

func receiveOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "mail", Text: say(ctx, "邮寄到家", "By post"), Hint: say(ctx, "不收费，办结后 3 个工作日内寄出", "Free, posted within 3 working days")},
		{Value: "hall", Text: say(ctx, "到大厅领取", "At the hall")},
		{Value: "digital", Text: say(ctx, "只要电子证照", "Electronic only")},
	}
}

func dishOptions(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: "hot", Text: say(ctx, "热食", "Hot dishes")}, {Value: "cold", Text: say(ctx, "冷食", "Cold dishes")}, {Value: "drink", Text: say(ctx, "自制饮品", "Own drinks")}}
}

func clocks(ctx context.Context) []ui.ClockProps {
	promise := ui.ClockLimit{Amount: 8, Due: day(12, 1, 23, 59)}
	legal := ui.ClockLimit{Amount: 20, Due: day(12, 17, 23, 59), Basis: say(ctx, "《中华人民共和国行政许可法》第四十二条", "Administrative Licensing Law, article 42")}
	at := func(used int) ui.ClockProps {
		p, l := promise, legal
		p.Used, p.Over, l.Used = min(used, 8), max(used-8, 0), used
		return ui.ClockProps{Promise: p, Legal: l, Href: "#derivation"}
	}
	base, yellow, red, paused, done := at(4), at(7), at(10), at(4), at(6)
	yellow.Tone, red.Tone = ui.Warn, ui.Bad
	paused.Pause = &ui.ClockPause{Reason: say(ctx, "等专家评审结论", "Waiting for the expert review"), Basis: say(ctx, "《中华人民共和国行政许可法》第四十五条", "Administrative Licensing Law, article 45"), Since: day(11, 20, 9, 0)}
	done.Done = day(11, 27, 15, 20)
	mixed := ui.ClockProps{Promise: ui.ClockLimit{Amount: 5, Used: 2, Due: day(11, 25, 23, 59)}, Legal: ui.ClockLimit{Amount: 15, Unit: "day", Used: 4, Due: day(12, 4, 23, 59), Basis: say(ctx, "《居住证暂行条例》第九条", "Interim Regulations on Residence Permits, article 9")}}
	extended := mixed
	extended.Promise.Used, extended.Promise.Due, extended.Promise.Plus = 5, day(12, 10, 23, 59), &ui.ClockExtension{Amount: 15, Unit: "day", Used: 3}
	accept := ui.ClockProps{Accept: ui.ClockLimit{Amount: 5, Used: 1, Due: day(11, 27, 23, 59), Basis: say(ctx, "《中华人民共和国行政许可法》第三十二条", "Administrative Licensing Law, article 32")}}
	out := []ui.ClockProps{base, yellow, red, paused, done, mixed, extended, accept}
	for i := range out {
		out[i].Title = say(ctx, "办理时限 ", "Time limits ") + fmt.Sprint(i+1)
	}
	return out
}

func events(ctx context.Context) []ui.TimelineEvent {
	t := func(zh, en string) string { return say(ctx, zh, en) }
	return []ui.TimelineEvent{
		{Title: t("提交申请", "Applied"), At: day(11, 16, 9, 12), Who: t("您在网上提交", "You, online"), State: ui.EventDone},
		{Title: t("受理", "Accepted"), At: day(11, 17, 10, 5), Who: t("示例区政务服务中心 · 工号 0301", "Example District Hall · badge 0301"), State: ui.EventDone},
		{Title: t("三个部门同时审查", "Three offices review at once"), State: ui.EventNow, Children: []ui.TimelineEvent{
			{Title: t("市场监督管理局", "Market office"), At: day(11, 19, 16, 40), Who: t("用时 2 个工作日", "took 2 working days"), Text: t("同意", "Agreed"), State: ui.EventDone},
			{Title: t("消防救援大队", "Fire brigade"), Text: t("等现场检查，约在 11月24日", "Site visit planned for 24 November"), State: ui.EventWait},
			{Title: t("城市管理局", "City management"), Text: t("缺店招效果图", "The sign drawing is missing"), State: ui.EventBad},
		}},
		{Title: t("决定", "Decision"), Text: t("不晚于 2026年12月1日", "By 1 December 2026")},
		{Title: t("发证", "Certificate")},
	}
}

func lanes(ctx context.Context) []ui.LaneProps {
	t := func(zh, en string) string { return say(ctx, zh, en) }
	return []ui.LaneProps{
		{Office: t("示例区市场监督管理局（牵头）", "Example District Market Office (lead)"), Status: ui.Status{Text: t("同意", "Agreed"), Tone: ui.OK}, Left: t("用时 2 个工作日", "took 2 working days"), Opinion: t("布局符合要求，同意。", "The layout meets the rules."), By: t("示例·周宁 · 11月19日 16:40", "Example Zhou Ning · 19 Nov 16:40")},
		{Office: t("示例区消防救援大队", "Example District Fire Brigade"), Status: ui.Status{Text: t("审查中", "Reviewing")}, Left: t("还剩 3 个工作日", "3 working days left")},
		{Office: t("示例区城市管理局", "Example District City Management"), Status: ui.Status{Text: t("黄牌", "Yellow card"), Tone: ui.Warn}, Left: t("还剩 1 个工作日", "1 working day left")},
		{Office: t("示例区生态环境分局", "Example District Ecology Office"), Status: ui.Status{Text: t("不同意", "Refused"), Tone: ui.Bad, Shape: "cross"}, Left: t("用时 1 个工作日", "took 1 working day"), Opinion: t("油烟排口朝向住宅窗户，要改到背面。", "The kitchen vent faces flats; move it to the back."), By: t("示例·许安 · 11月18日 11:02", "Example Xu An · 18 Nov 11:02")},
	}
}

// tableOf are twenty lines of a desk.
func tableOf(ctx context.Context) ui.TableProps {
	t := func(zh, en string) string { return say(ctx, zh, en) }
	left := []ui.Status{{Text: t("红牌 超 1 天", "Red, 1 day over"), Tone: ui.Bad}, {Text: t("黄牌 剩 1 天", "Yellow, 1 day left"), Tone: ui.Warn}, {Text: t("暂停", "Stopped"), Tone: ui.Plain, Shape: "pause"}, {Text: t("剩 5 天", "5 days left")}}
	items := []string{t("居住证首次申领", "First residence permit"), t("食品经营许可（新办）", "Food business licence (new)"), t("扶残助学金申请", "Study grant for disabled students"), t("开办餐饮店", "Opening a restaurant")}
	steps := []string{t("审查", "Review"), t("并联会签", "Side by side"), t("决定", "Decide")}
	p := ui.TableProps{Caption: t("待办的办件", "Cases to do"), HideTitle: true, Select: "case", Tall: true, Cols: []ui.Col{
		{Title: t("办件编号", "Case"), NoWrap: true, Href: "?page=inbox&sort=case"}, {Title: t("事项", "Service")}, {Title: t("申请人", "Applicant"), NoWrap: true}, {Title: t("环节", "Step"), NoWrap: true},
		{Title: t("到达", "Arrived"), NoWrap: true}, {Title: t("剩余时限", "Time left"), NoWrap: true, Href: "?page=inbox&sort=left", Sorted: "asc"}, {Title: t("份数", "Files"), End: true},
	}}
	for i := range 20 {
		number := fmt.Sprintf("449901-2026-%06d", 101+i*7)
		p.Rows = append(p.Rows, ui.Row{ID: number, Label: number, Cells: []ui.Cell{
			{Link: ui.Link{Text: number, Href: "?page=case"}}, {Text: items[i%len(items)]}, {Text: t("示例·申请人", "Example applicant") + fmt.Sprint(i+1)}, {Text: steps[i%len(steps)]},
			{Text: fmt.Sprintf("11-%02d %02d:%02d", 10+i%12, 9+i%8, i*7%60)}, {Part: ui.Tag(left[min(i/2, 3)])}, {Text: fmt.Sprint(3 + i%5)},
		}})
	}
	return p
}

func kpis(ctx context.Context) []ui.KPIProps {
	t := func(zh, en string) string { return say(ctx, zh, en) }
	return []ui.KPIProps{
		{Value: "37", Text: t("待办", "To do"), Note: t("今天新到 6 件", "6 arrived today"), Href: "#todo"},
		{Value: "2", Text: t("红牌", "Red cards"), Note: t("已超过时限", "past their limit"), Href: "#red", Tone: ui.Bad},
		{Value: "4", Text: t("黄牌", "Yellow cards"), Note: t("1 个工作日内到期", "due within a working day"), Href: "#yellow", Tone: ui.Warn},
		{Value: "142/144", Text: t("本月按期办结", "On time this month"), Note: t("上月 138/143", "138/143 last month"), Tone: ui.OK},
	}
}

func summary(ctx context.Context) []ui.SummaryRow {
	t := func(zh, en string) string { return say(ctx, zh, en) }
	return []ui.SummaryRow{
		{Key: t("姓名", "Name"), Value: "欧阳䶮", Source: t("人口基础库（公安） · 2026年11月20日核验", "Population register (police) · checked 20 November 2026"), Lang: "zh-Hans"},
		{Key: t("公民身份号码", "ID number"), Value: "4499**********002X", Source: t("人口基础库（公安）", "Population register (police)")},
		{Key: t("现居住地址", "Current address"), Value: t("示例区春晓路 18 号 2 幢 301 室", "Room 301, Block 2, 18 Chunxiao Road, Example District"), Change: ui.Link{Href: "#address"}},
		{Key: t("联系电话", "Phone"), Value: "138****6621", Change: ui.Link{Href: "#phone"}, Source: t("您上次填写", "your last application")},
		{Key: t("居住证明", "Proof of residence"), Part: ui.Tag(ui.Status{Text: t("免提交", "Not needed"), Tone: ui.OK})},
	}
}

func chartOf(ctx context.Context, columns bool) ui.ChartProps {
	t := func(zh, en string) string { return say(ctx, zh, en) }
	c := ui.ChartProps{Columns: columns, Target: 8, Aim: t("承诺 8 个工作日", "promised: 8 working days")}
	if columns {
		c.Title, c.Head, c.Unit = t("近 30 天每天办结", "Finished per day, last 30 days"), t("日期", "Date"), t("件", "cases")
		c.Target, c.Aim = 0, ""
		for i := range 30 {
			d := day(10, 24, 0, 0).AddDate(0, 0, i)
			n := (i*7)%11 + 4
			if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
				n = 0
			}
			c.Bars = append(c.Bars, ui.Bar{Label: i18n.Date(ctx, d), Value: float64(n), Text: fmt.Sprint(n)})
		}
		return c
	}
	c.Title, c.Head, c.Unit = t("各部门用时的中位数", "Median time by office"), t("部门", "Office"), t("工作日", "working days")
	for i, v := range []float64{3.5, 5, 7.5, 10} {
		name := []string{t("市场监督管理局", "Market office"), t("生态环境分局", "Ecology office"), t("城市管理局", "City management"), t("消防救援大队", "Fire brigade")}[i]
		tone := []ui.Tone{ui.Info, ui.Info, ui.Warn, ui.Bad}[i]
		c.Bars = append(c.Bars, ui.Bar{Label: name, Value: v, Text: fmt.Sprint(v), Tone: tone, Href: "#office"})
	}
	return c
}

// fields are all kinds of questions, at rest and with a problem.
func fields(ctx context.Context) []ui.FieldProps {
	f := func(p ui.FieldProps, zh, en, hintZh, hintEn string) ui.FieldProps {
		return field(ctx, p, zh, en, hintZh, hintEn)
	}
	return []ui.FieldProps{
		f(ui.FieldProps{Name: "name", Type: ui.Name, Required: true, Value: "欧阳𠮷"}, "姓名", "Name", "与身份证一致", "As on the ID card"),
		f(ui.FieldProps{Name: "id", Type: ui.IDNumber, Required: true, Value: "44990119900101001X", Error: say(ctx, "公民身份号码的最后一位与前 17 位对不上，核对后再填", "The last character does not match the first 17: check the ID number")}, "公民身份号码", "ID number", "", ""),
		f(ui.FieldProps{Name: "uscc", Type: ui.OrgCode}, "统一社会信用代码", "Unified social credit code", "营业执照上的 18 位代码", "18 characters, on the business licence"),
		f(ui.FieldProps{Name: "phone", Type: ui.Phone, Required: true, Value: "13800000000", Source: say(ctx, "您上次填写", "your last application")}, "手机号码", "Mobile number", "用来收办理进度", "For news about the case"),
		f(ui.FieldProps{Name: "area", Type: ui.Number, Required: true, Unit: say(ctx, "平方米", "square metres"), Value: "86.5"}, "使用面积", "Floor area", "", ""),
		f(ui.FieldProps{Name: "rent", Type: ui.Money, Value: "1280.00"}, "每月租金", "Monthly rent", "", ""),
		f(ui.FieldProps{Name: "open", Type: ui.Date, Required: true, Value: "2026-12-20"}, "计划开业日期", "Planned opening", "", ""),
		f(ui.FieldProps{Name: "why", Type: ui.TextArea, Max: 200, Value: say(ctx, "想在年前开业。", "We would like to open before the new year.")}, "要说明的情况", "Anything to add", "", ""),
		f(ui.FieldProps{Name: "get", Type: ui.Choice, Required: true, Boxed: true, Value: "mail", Options: receiveOptions(ctx), Why: &ui.Why{Text: say(ctx, "证件要送到您手里，才能证明已经送达。", "The office has to prove that the certificate reached you."), Law: say(ctx, "《中华人民共和国行政许可法》第四十四条", "Administrative Licensing Law, article 44")}}, "怎样领取证件", "How to receive the certificate", "", ""),
		f(ui.FieldProps{Name: "dishes", Type: ui.Choices, Required: true, Values: []string{"hot"}, Options: dishOptions(ctx), Error: say(ctx, "冷食要有专间，先选「热食」或补充专间面积", "Cold dishes need a separate room")}, "制作哪些食品", "What will you prepare", "可以多选", "Choose all that apply"),
		f(ui.FieldProps{Name: "dine", Type: ui.YesNo, Required: true, Options: []ui.Option{{Value: "yes", Text: say(ctx, "是", "Yes")}, {Value: "no", Text: say(ctx, "否", "No")}}}, "有没有堂食座位", "Are there seats", "", ""),
		f(ui.FieldProps{Name: "town", Type: ui.Select, Required: true, Value: "2", Options: []ui.Option{{Value: "1", Text: say(ctx, "示例街道", "Example Street")}, {Value: "2", Text: say(ctx, "春晓街道", "Chunxiao Street")}}}, "街道", "Street office", "", ""),
		f(ui.FieldProps{Name: "locked", Type: ui.Name, Locked: true, Required: true, Value: "欧阳䶮", Source: say(ctx, "人口基础库（公安） · 今天核验", "Population register (police) · checked today"), Fix: ui.Link{Href: "#fix"}}, "法定代表人", "Legal representative", "", ""),
		f(ui.FieldProps{Name: "agree", Type: ui.Check, Required: true, Error: say(ctx, "勾选授权后再提交", "Tick the box before sending")}, "我同意为本次「居住证首次申领」使用上述 6 项数据，办结后授权自动失效。", "I agree that these 6 answers are used for this application; the consent ends with the case.", "", ""),
		f(ui.FieldProps{Name: "scan", Type: ui.File, Required: true, Accept: "application/pdf,image/jpeg,image/png", MaxBytes: 20 << 20}, "房屋租赁合同", "Lease", "PDF 或照片，不超过 20 MB", "PDF or photo, up to 20 MB"),
	}
}

func errorOf(problems []ui.Problem, name string) string { return ui.ErrorFor(problems, name) }

func lifeEvents(ctx context.Context) []ui.TileProps {
	t := func(zh, en string) string { return say(ctx, zh, en) }
	return []ui.TileProps{
		{Text: t("新生儿出生", "A child is born"), Note: t("6 件事一起办", "6 matters at once"), Href: "#1", Icon: "baby"}, {Text: t("开办餐饮店", "Opening a restaurant"), Note: t("5 个部门一次审", "5 offices at once"), Href: "#2", Icon: "bowl"},
		{Text: t("企业开办", "Founding a company"), Note: t("4 件事一起办", "4 matters at once"), Href: "#3", Icon: "shop"}, {Text: t("退休", "Retiring"), Note: t("5 件事一起办", "5 matters at once"), Href: "#4", Icon: "elder"},
	}
}

func tiles(ctx context.Context) []ui.TileProps {
	var out []ui.TileProps
	for _, s := range [][2]string{{"户籍身份", "Household and identity"}, {"社会保障", "Social security"}, {"医疗卫生", "Health"}, {"住房保障", "Housing"}, {"教育科研", "Education"}, {"交通出行", "Transport"}, {"就业创业", "Work"}, {"出境入境", "Travel abroad"}} {
		out = append(out, ui.TileProps{Text: say(ctx, s[0], s[1]), Href: "#" + s[1], Icon: ui.SubjectIcon(s[0])})
	}
	return out
}
