package storybook

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/ui"
)

// Pages lists the whole pages that Show knows, for tests that walk them.
var Pages = []string{"", "home", "guide", "question", "check", "sent", "progress", "inbox", "case", "counter", "watch", "sign-in", "error", "empty"}

// say picks the sample text in the reader's language.
func say(ctx context.Context, zh, en string) string { return i18n.Pick(ctx, zh, en) }

// Show answers GET /dev/storybook.
func Show(w http.ResponseWriter, r *http.Request) error {
	name := r.URL.Query().Get("page")
	p, body := whole(r.Context(), name)
	ctx := ui.WithShell(r.Context(), shell(r.Context(), p.Face))
	r = r.WithContext(ctx)
	status := http.StatusOK
	switch name {
	case "error":
		ui.ErrorPage(w, r, fault.Internal("storybook.sample"), "7F3A22")
		return nil
	case "question":
		status = http.StatusUnprocessableEntity
	}
	if body == nil {
		return fault.NotFound("web.no_page")
	}
	return ui.Render(w, r, status, p, body)
}

// whole returns one of the pages with its body.
func whole(ctx context.Context, name string) (ui.Page, templ.Component) {
	t := func(zh, en string) string { return say(ctx, zh, en) }
	start := ui.Link{Text: t("首页", "Home"), Href: "/"}
	switch name {
	case "":
		return ui.Page{Title: t("组件手册", "Component book"), Lead: t("界面上的每一种组件，每一种状态。人名、单位和数字都是虚构的。", "Every component in every state. People, offices and numbers are invented."), Crumbs: []ui.Link{start}}, catalogue()
	case "home":
		return ui.Page{Title: t("您想办什么事？", "What would you like to get done?"), NoHeading: true, Active: "do"}, home()
	case "guide":
		return ui.Page{Title: t("居住证首次申领", "First residence permit"), Eyebrow: t("示例区公安局 · 个人办事", "Example District Police · for individuals"), Active: "do", Crumbs: []ui.Link{start, {Text: t("户籍身份", "Household and identity"), Href: "#"}}}, guide()
	case "question":
		return ui.Page{Title: t("经营场所", "Premises"), Eyebrow: t("第 2 步，共 4 步", "Step 2 of 4"), Active: "do", Back: ui.Link{Href: "#"}, Problems: samplesProblems(ctx)}, question(samplesProblems(ctx))
	case "check":
		return ui.Page{Title: t("提交前核对", "Check before you send"), Active: "do", Back: ui.Link{Href: "#"}, Lead: t("7 项信息里有 6 项由政府部门的数据自动填好。", "6 of 7 answers were filled in from government records.")}, check()
	case "sent":
		return ui.Page{Title: t("申请已经收到", "Your application has arrived"), Active: "do"}, sent()
	case "progress":
		return ui.Page{Title: t("开办餐饮店", "Opening a restaurant"), Eyebrow: "449901-2026-000123", Active: "find", Crumbs: []ui.Link{start, {Text: t("我的办件", "My cases"), Href: "#"}}}, progress()
	case "inbox":
		return ui.Page{Title: t("待办", "To do"), Face: ui.Workbench, Active: "todo", Refresh: time.Minute}, inbox()
	case "case":
		return ui.Page{Title: t("开办餐饮店", "Opening a restaurant"), Eyebrow: "449901-2026-000123", Face: ui.Workbench, Active: "todo", Crumbs: []ui.Link{{Text: t("待办", "To do"), Href: "#"}}}, caseDesk()
	case "counter":
		return ui.Page{Title: t("收件", "Take in"), Face: ui.Counter, Active: "intake", Keys: []ui.Key{{Name: "F2", Text: t("叫下一位", "Next"), Href: "#next"}, {Name: "F8", Text: t("扫描", "Scan"), Href: "#scan"}, {Name: "F9", Text: t("受理", "Accept"), Href: "#accept"}}}, counter()
	case "watch":
		return ui.Page{Title: t("预警", "Warnings"), Face: ui.Supervision, Active: "warn"}, watch()
	case "sign-in":
		return ui.Page{Title: t("登录", "Sign in"), Face: ui.Bare}, signIn()
	case "error":
		return ui.Page{}, nil
	case "empty":
		return ui.Page{Title: t("我的证照", "My certificates"), Active: "mine"}, nothing()
	}
	return ui.Page{}, nil
}

// shell is the frame around the samples.
func shell(ctx context.Context, face ui.Face) ui.Shell {
	t := func(zh, en string) string { return say(ctx, zh, en) }
	s := ui.Shell{
		Site: t("示例市政务服务网", "Example City Services"), Place: t("示例区", "Example District"), SignIn: "/sign-in",
		Nav: map[ui.Face][]ui.Entry{
			ui.Portal: {
				{Key: "do", Text: t("我要办", "Do"), Href: "?page=home", Icon: "do"}, {Key: "find", Text: t("我要查", "Find"), Href: "?page=progress", Icon: "find"},
				{Key: "ask", Text: t("我要问", "Ask"), Href: "#ask", Icon: "ask"}, {Key: "rate", Text: t("我要评", "Rate"), Href: "#rate", Icon: "rate"}, {Key: "mine", Text: t("我的", "Mine"), Href: "?page=empty", Icon: "mine"},
			},
			ui.Workbench: {
				{Key: "todo", Text: t("待办", "To do"), Href: "?page=inbox", Icon: "inbox", Count: 37}, {Key: "claim", Text: t("待签收", "To claim"), Href: "#c", Icon: "stamp", Count: 12},
				{Key: "lanes", Text: t("并联会签", "Side by side"), Href: "#l", Icon: "split", Count: 5}, {Key: "back", Text: t("补正回件", "Supplements"), Href: "#b", Icon: "file", Count: 8},
				{Key: "done", Text: t("已办", "Done"), Href: "#d", Icon: "done"}, {Key: "away", Text: t("委托", "Delegation"), Href: "#a", Icon: "people"},
			},
			ui.Counter: {
				{Key: "call", Text: t("叫号", "Queue"), Href: "#q", Icon: "ticket", Count: 9}, {Key: "intake", Text: t("收件", "Take in"), Href: "?page=counter", Icon: "inbox"}, {Key: "out", Text: t("出件", "Hand out"), Href: "#o", Icon: "stamp"},
			},
			ui.Supervision: {
				{Key: "all", Text: t("总览", "Overview"), Href: "#o", Icon: "chart", Group: t("监察", "Watch")}, {Key: "warn", Text: t("预警", "Warnings"), Href: "?page=watch", Icon: "warning", Count: 9, Group: t("监察", "Watch")},
				{Key: "fix", Text: t("督办", "Follow-up"), Href: "#f", Icon: "bell", Count: 2, Group: t("监察", "Watch")}, {Key: "log", Text: t("审计记录", "Audit"), Href: "#l", Icon: "shield", Group: t("记录", "Records")},
			},
		},
		Footer: ui.Footer{
			Sponsor: t("示例市人民政府办公室", "Office of the Example City Government"), Operator: t("示例市政务服务和数据管理局", "Example City Services and Data Bureau"), Hotline: "12345",
			Links: []ui.Link{{Text: t("无障碍声明", "Accessibility"), Href: "#a"}, {Text: t("网站纠错", "Report a mistake"), Href: "#m"}, {Text: t("隐私说明", "Privacy"), Href: "#p"}},
		},
	}
	if face != "" && face != ui.Portal && face != ui.Bare {
		s.Reader = &ui.Reader{Name: t("示例·李雯", "Example Li Wen"), Role: t("审批员 · 示例区市场监督管理局", "Examiner · Example District Market Office"), Href: "#me", SignOut: "/sign-out"}
		s.Faces = []ui.Link{{Text: t("综合窗口", "Counter"), Href: "?page=counter"}, {Text: t("审批工作台", "Workbench"), Href: "?page=inbox"}}
	}
	return s
}
