package ui

import (
	"context"
	"testing"

	"tongban/platform/i18n"
)

func TestMarked_whatIsChinese(t *testing.T) {
	en := i18n.With(context.Background(), nil, i18n.English)
	for in, want := range map[string]string{
		`<p>Handled by 示例·王五 at 示例市 3 号窗口 today</p>`:                `<p>Handled by <span lang="zh-Hans">示例·王五</span> at <span lang="zh-Hans">示例市 3 号窗口</span> today</p>`,
		`<p lang="zh-Hans">居住证 <b>首次</b></p>, 甲`:                    `<p lang="zh-Hans">居住证 <b>首次</b></p>, <span lang="zh-Hans">甲</span>`,
		`<p lang="zh-Hans">中<span lang="en">A 中</span></p>`:         `<p lang="zh-Hans">中<span lang="en">A <span lang="zh-Hans">中</span></span></p>`,
		`<option value="1" selected>示例局</option><option>A</option>`: `<option value="1" selected lang="zh-Hans">示例局</option><option>A</option>`,
		`<input value="张三"/><input value="A">`:                      `<input value="张三" lang="zh-Hans"/><input value="A">`,
		`<title>居住证首次申领服务 – Site</title>`:                           `<title lang="zh-Hans">居住证首次申领服务 – Site</title>`,
		`<svg><text x="1">受理</text></svg>`:                          `<svg><text x="1" lang="zh-Hans">受理</text></svg>`,
		`<img alt="图"><p>A &amp; B 甲 &lt; 乙</p>`:                    `<img alt="图" lang="zh-Hans"><p>A &amp; B <span lang="zh-Hans">甲</span> &lt; <span lang="zh-Hans">乙</span></p>`,
		`<title>Case – 居住证</title>`:                                 `<title>Case – 居住证</title>`,
	} {
		if got := string(marked(en, []byte(in))); got != want {
			t.Errorf("%s\n gives %s\n  want %s", in, got, want)
		}
		if got := string(marked(i18n.With(context.Background(), nil, i18n.Chinese), []byte(in))); got != in {
			t.Errorf("a Chinese page was changed: %s", got)
		}
	}
}

func TestMarked_englishNames(t *testing.T) {
	names := map[string]string{"示例区水务局": "Water Bureau", "受理": "Acceptance", "食品安全法": "Food <Safety> Law"}
	en := WithNames(i18n.With(context.Background(), nil, i18n.English), func(zh string) (string, bool) { s, ok := names[zh]; return s, ok })
	for in, want := range map[string]string{
		`<td>示例区水务局 · 受理</td>`:               `<td>Water Bureau · Acceptance</td>`,
		`<td>示例区水务局 · 王五</td>`:               `<td>Water Bureau · <span lang="zh-Hans">王五</span></td>`,
		`<td>受理、食品安全法。</td>`:                 `<td>Acceptance, Food &lt;Safety&gt; Law.</td>`,
		`<td lang="zh-Hans">受理</td>`:         `<td lang="zh-Hans">受理</td>`,
		`<input value="受理" aria-label="受理">`: `<input value="受理" aria-label="Acceptance" lang="zh-Hans">`,
		`<textarea>受理</textarea>`:            `<textarea lang="zh-Hans">受理</textarea>`,
		`<option>受理</option>`:                `<option lang="zh-Hans">受理</option>`,
		`<option value="a">受理</option>`:      `<option value="a">Acceptance</option>`,
		`<svg><text>受理</text></svg>`:         `<svg><text>Acceptance</text></svg>`,
		`<a title="Open: 示例区水务局">Open</a>`:   `<a title="Open: Water Bureau">Open</a>`,
	} {
		if got := string(marked(en, []byte(in))); got != want {
			t.Errorf("%s\n gives %s\n  want %s", in, got, want)
		}
	}
}
