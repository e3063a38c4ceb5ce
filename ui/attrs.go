package ui

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"tongban/platform/i18n"
)

// rootAttrs puts the reader's wishes on <html>, so that the first paint is
// already right, and the few words that the script says.
func rootAttrs(ctx context.Context) templ.Attributes {
	p := PrefsOf(ctx)
	a := templ.Attributes{}
	for name, v := range map[string]string{"data-theme": p.Theme, "data-mode": p.Mode, "data-density": p.Density} {
		if v != "" {
			a[name] = v
		}
	}
	for _, w := range []string{"left", "over", "big", "net", "copied"} {
		a["data-w-"+w] = i18n.T(ctx, "ui.word."+w)
	}
	return a
}

func bodyClass(f Face) string {
	switch {
	case f.dense():
		return "app " + string(f)
	case f == BareWide:
		return "bare wide"
	}
	return string(f)
}

func refreshAttrs(p Page) templ.Attributes {
	if p.Refresh <= 0 {
		return nil
	}
	return templ.Attributes{"data-refresh": strconv.Itoa(int(p.Refresh.Seconds()))}
}

// current marks the entry for the page the reader is on.
func current(yes bool) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"aria-current": "page"}
}

// flip is the value that a switch button sends: the wish, or "" to undo it.
func flip(now, wish string) string {
	if now == wish {
		return ""
	}
	return wish
}

func orWord(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
