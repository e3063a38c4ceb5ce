package harness

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Look is how a reader looks at pages.
type Look struct {
	Width    int    // 1366 when 0
	Height   int    // 900 when 0
	Theme    string // "" (light), dark, hc
	Elder    bool
	English  bool
	NoScript bool
	Cookies  map[string]string // more cookies, such as a session
}

// String names the look in messages and file names.
func (l Look) String() string {
	parts := []string{fmt.Sprint(l.Width)}
	for _, p := range []struct {
		is   bool
		name string
	}{{l.Theme != "", l.Theme}, {l.Theme == "", "light"}, {l.Elder, "elder"}, {l.English, "en"}, {l.NoScript, "noscript"}} {
		if p.is {
			parts = append(parts, p.name)
		}
	}
	return strings.Join(parts, "-")
}

// Tab is one tab in its own profile.
type Tab struct {
	t    testing.TB
	ctx  context.Context
	look Look
	host string

	at     string // address of the page, for messages
	clicks int
	noise  noise
}

var browser struct {
	once sync.Once
	ctx  context.Context
	err  error
}

// Executable is the path of the browser, "" when there is none.
func Executable() string {
	for _, p := range []string{os.Getenv("TONGBAN_CHROMIUM"), "/usr/bin/chromium"} {
		if p == "" {
			continue
		}
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	return ""
}

func start(path string) (context.Context, error) {
	browser.once.Do(func() {
		opts := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
			chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true),
			chromedp.Flag("disable-features", "Translate,SpareRendererForSitePerProcess,PreloadTopChromeWebUI"), // no process is started in advance
			chromedp.Flag("force-color-profile", "srgb"), chromedp.WSURLReadTimeout(time.Minute))
		alloc, _ := chromedp.NewExecAllocator(context.Background(), opts...)
		browser.ctx, _ = chromedp.NewContext(alloc)
		browser.err = chromedp.Do(browser.ctx)
	})
	return browser.ctx, browser.err
}

// Stop ends the browser; call it at the end of TestMain.
func Stop() {
	if browser.ctx != nil {
		_ = chromedp.Cancel(browser.ctx) // the process is gone either way
	}
}

// Open gives a new tab in a clean profile; it closes with the test.
func Open(t testing.TB, look Look) *Tab {
	t.Helper()
	path := Executable()
	if path == "" {
		t.Skip("SKIPPED: no Chromium. Install it or set TONGBAN_CHROMIUM; pages were not checked in a browser.")
	}
	root, err := start(path)
	if err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	if look.Width == 0 {
		look.Width = 1366
	}
	ctx, closeTab := chromedp.NewContext(root, chromedp.WithNewBrowserContext())
	ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(func() { stop(); closeTab() })
	tab := &Tab{t: t, ctx: ctx, look: look}
	tab.screen()
	call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	tab.watch()
	if look.NoScript {
		call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	return tab
}

// screen gives the window the size of the look.
func (b *Tab) screen() {
	b.t.Helper()
	if b.look.Height == 0 {
		b.look.Height = 900
	}
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(b.look.Width), Height: int64(b.look.Height), DeviceScaleFactor: 1, Mobile: b.look.Width < 600})
}

// Offline takes the network away from the tab, as in a village without a mast: what
// lies on this disk opens, and nothing is reached.
func (b *Tab) Offline() {
	b.t.Helper()
	off := network.Conditions{DownloadThroughput: -1, UploadThroughput: -1, Offline: true}
	call(b, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{&off}})
	call(b, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: true, DownloadThroughput: -1, UploadThroughput: -1})
}

// call performs one command of the browser's protocol; a failure ends the test.
func call[P, R any](b *Tab, cmd cdp.Command[P, R], params P) R {
	b.t.Helper()
	r, err := chromedp.Call(b.ctx, cmd, params)
	if err != nil {
		b.t.Fatalf("%v: %s: %v", b.look, cmd.Method, err)
	}
	return r
}

// value performs an action that has a result; a failure ends the test.
func value[T any](b *Tab, a chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.t.Fatalf("%v: %v", b.look, err)
	}
	return v
}

// Do performs chromedp actions; a failure ends the test.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%v: %v", b.look, err)
	}
}

// Go opens an address and waits until the page stands.
func (b *Tab) Go(address string) {
	b.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		b.t.Fatal(err)
	}
	if b.host != u.Host {
		b.host = u.Host
		b.cookies(u)
	}
	b.at = u.Path
	b.Do(chromedp.Navigate(address), chromedp.WaitReady(chromedp.CSS("body")))
}

// cookies are the reader's wishes as the site keeps them.
func (b *Tab) cookies(u *url.URL) {
	b.t.Helper()
	wishes := map[string]string{}
	if b.look.Theme != "" {
		wishes["ui_theme"] = b.look.Theme
	}
	if b.look.Elder {
		wishes["ui_mode"] = "elder"
	}
	if b.look.English {
		wishes["ui_lang"] = "en"
	}
	for k, v := range b.look.Cookies {
		wishes[k] = v
	}
	for k, v := range wishes {
		call(b, network.SetCookie, network.SetCookieParams{Name: k, Value: v, URL: u.Scheme + "://" + u.Host + "/"})
	}
}

// Eval runs an expression in the page and returns its value; it works with
// the page's own scripts turned off, too.
func Eval[T any](b *Tab, expression string) T {
	b.t.Helper()
	return value(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Wait waits until an expression is true; after ten seconds the test ends.
func (b *Tab) Wait(expression string) {
	b.t.Helper()
	if !Eval[bool](b, `new Promise(done => { let n = 0; const look = () => { if (`+expression+`) { done(true) } else if (++n > 200) { done(false) } else { setTimeout(look, 50) } }; look() })`) {
		b.t.Fatalf("%v: never came true: %s", b.look, expression)
	}
}

// Text is the text of the first element that matches.
func (b *Tab) Text(selector string) string {
	b.t.Helper()
	return value(b, chromedp.Text(chromedp.CSS(selector)))
}

// Title is the title of the window.
func (b *Tab) Title() string {
	b.t.Helper()
	return value(b, chromedp.Title())
}

// Type writes into the first element that matches.
func (b *Tab) Type(selector, text string) {
	b.t.Helper()
	b.Do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Press sends one key, such as kb.Tab, to whatever has the focus.
func (b *Tab) Press(key string) {
	b.t.Helper()
	b.Do(chromedp.KeyEvent(key))
}

// Click presses the first element that matches and waits for the next page.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatalf("%v: click %s: %v", b.look, selector, err)
	}
}

// Overflow says by how many pixels the page is wider than the window.
func (b *Tab) Overflow() int {
	b.t.Helper()
	return Eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
}

// Picture is what the window shows, as PNG; whole takes in what lies below its
// edge.
func (b *Tab) Picture(whole bool) []byte {
	b.t.Helper()
	return call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &whole}).Data
}

// Shot keeps a picture of the whole page when TONGBAN_SHOTS names a folder.
func (b *Tab) Shot(name string) {
	b.t.Helper()
	dir := os.Getenv("TONGBAN_SHOTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+"-"+b.look.String()+".png"), b.Picture(true), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// Paper shows the page as it would be printed.
func (b *Tab) Paper() {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
}
