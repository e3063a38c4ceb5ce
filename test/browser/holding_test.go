package browser_test

import (
	"strings"
	"testing"
	"time"

	"tongban/test/browser/harness"
	"tongban/test/node"
)

// A resident shows the licence on her telephone, hands over a copy of it, sees
// who looked, and takes the copy back; an officer and a stranger check.
func TestJourney_holding(t *testing.T) {
	w := open(t)
	w.Granted(node.Resident)
	w.Settle()
	for _, look := range []harness.Look{{Width: 390}, {Width: 390, NoScript: true}} {
		t.Run(look.String(), func(t *testing.T) {
			her := visit{w, harness.Open(t, w.look(look, node.Resident)), look.NoScript}
			officer := visit{w, harness.Open(t, w.look(harness.Look{Width: 1366, NoScript: look.NoScript}, node.Examiner)), true}
			stranger := visit{w, harness.Open(t, w.look(look, "")), look.NoScript}

			// She shows it.
			her.Go(w.url + "/my/certificates")
			her.Want("餐饮店综合许可证", "有效")
			her.Shot("wallet")
			her.next("使用这份证照", "")
			her.Shot("certificate")
			her.Fill("给谁看、做什么", "食品安全检查")
			her.next("亮证", "")
			her.Want("亮证码", "结束亮证")
			her.Shot("showing")
			code := her.Text(".code")

			// The officer types the code, and sees what counts now.
			officer.Go(w.url + "/shown")
			officer.Fill("亮证码", code)
			officer.next("查验", "")
			officer.Want("餐饮店综合许可证", "食品安全检查", "用证记录")
			officer.Shot("looked")

			// A minute later the code is old, and her screen has another one.
			w.Time.Advance(time.Minute)
			stranger.Go(w.url + "/shown/" + strings.ReplaceAll(code, " ", ""))
			stranger.Want("亮证码已过期")
			her.next("换一个码", "")
			if fresh := her.Text(".code"); fresh == code {
				t.Error("the code stays the same")
			}
			her.next("结束亮证", "")

			// She hands over a copy for one office and one matter.
			her.next("提供加注件", "")
			her.Shot("give")
			her.next("生成加注件", "")
			her.Want("填写用途")
			her.Fill("其他单位或者个人", "虚构商场")
			her.Fill("用途", "入场经营")
			her.next("生成加注件", "")
			her.Want("可以使用", "虚构商场", "入场经营")
			her.Shot("copy")
			address := harness.Eval[string](her.Tab, `document.querySelector('a[href^="/verify/"].btn, .btns a[href^="/verify/"]').getAttribute("href")`)
			stranger.Go(w.url + address)
			stranger.Want("加注件", "虚构商场", "入场经营")
			stranger.Shot("checked")

			// Every use stands in her list.
			her.Go(w.url + "/my/uses")
			her.Want("亮证", "查验", "提供", "没有登录的人", "食品安全检查")
			her.Shot("uses")

			// She takes the copy back, and the stranger is told.
			her.Go(w.url + "/my/copies")
			her.Shot("copies")
			her.next("虚构商场", "")
			her.next("收回这份加注件", "")
			her.Want("已收回")
			stranger.Go(w.url + address)
			stranger.Want("持证人已于")
		})
	}
}
