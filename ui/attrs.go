package ui

import (
	"context"
	"maps"
	"slices"
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
	for _, w := range []string{"left", "over", "big", "net", "copied", "found", "none"} {
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

func idAttr(id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"id": id}
}

func langAttr(lang string) templ.Attributes {
	if lang == "" {
		return nil
	}
	return templ.Attributes{"lang": lang}
}

func liveAttr(live bool) templ.Attributes {
	if !live {
		return nil
	}
	return templ.Attributes{"role": "status"}
}

func stepAttrs(s StepRow) templ.Attributes {
	if !s.Current {
		return nil
	}
	return templ.Attributes{"aria-current": "step"}
}

// plain is a field of a filter: nobody needs to be told that it is optional.
func plain(f FieldProps) FieldProps {
	f.Plain = true
	return f
}

// secondAfter makes the first of several buttons loud and the others not.
func secondAfter(i int) ButtonKind {
	if i == 0 {
		return Primary
	}
	return Secondary
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func sortedValues(m map[string][]string) []string { return slices.Sorted(maps.Keys(m)) }

// grades are the official five, best first.
var grades = []string{"5", "4", "3", "2", "1"}

func ratingID(name string, i int) string {
	if i == 0 {
		return FieldID(name)
	}
	return FieldID(name) + "-" + grades[i]
}

func ratingAttrs(p RatingProps) templ.Attributes {
	if p.Error == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": FieldID(p.Name) + "-err"}
}
