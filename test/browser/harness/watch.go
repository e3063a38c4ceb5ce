package harness

import (
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// noise is what a page complains about: errors of scripts, refused resources,
// violations of the content security policy.
type noise struct {
	sync.Mutex
	list []string
}

func (n *noise) add(s string) {
	n.Lock()
	defer n.Unlock()
	n.list = append(n.list, s)
}

// expected are answers that a test asks for; the browser notes them too.
var expected = []string{"status of 422", "status of 404", "status of 403", "status of 409"}

func (n *noise) hear(ev any) {
	switch e := ev.(type) {
	case *log.EventEntryAdded:
		for _, s := range expected {
			if strings.Contains(e.Entry.Text, s) {
				return
			}
		}
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			n.add(string(e.Entry.Source) + ": " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		n.add("exception: " + e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			n.add("console." + string(e.Type))
		}
	}
}

// watch listens to what the tab's pages complain about.
func (b *Tab) watch() {
	b.t.Helper()
	if err := chromedp.Listen(b.ctx, b.noise.hear); err != nil {
		b.t.Fatal(err)
	}
}

// Quiet fails the test when a page complained since the last time.
func (b *Tab) Quiet() {
	b.t.Helper()
	b.noise.Lock()
	defer b.noise.Unlock()
	for _, s := range b.noise.list {
		b.t.Errorf("%v: %s: the browser notes %s", b.look, b.at, s)
	}
	b.noise.list = nil
}
