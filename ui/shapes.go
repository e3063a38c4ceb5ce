package ui

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/a-h/templ"
	"rsc.io/qr"
)

// shapes are the signs in front of a status; they differ in outline, so that
// colour is never needed.
var shapes = map[string]string{
	"dot":      `<circle cx="6" cy="6" r="5"/>`,
	"ring":     `<circle cx="6" cy="6" r="4.2" fill="none" stroke-width="1.8"/>`,
	"check":    `<path d="m1.5 6.5 3 3 6-7" fill="none" stroke-width="2.2"/>`,
	"triangle": `<path d="M6 1 11.5 11H.5z"/>`,
	"square":   `<path d="M1.5 1.5h9v9h-9z"/>`,
	"cross":    `<path d="m2 2 8 8M10 2l-8 8" fill="none" stroke-width="2.2"/>`,
	"pause":    `<path d="M2 1h3v10H2zM7 1h3v10H7z"/>`,
}

func shape(name string) templ.Component {
	return svg(`<svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">` + shapes[name] + `</svg>`)
}

// eventShapes are the marks of a time line.
var eventShapes = map[EventState]string{
	EventDone: `<circle cx="12" cy="12" r="11" fill="currentColor"/><path d="m7 12.5 3.5 3.5 6.5-8" fill="none" stroke="var(--bg)" stroke-width="2.6"/>`,
	EventNow:  `<circle cx="12" cy="12" r="9.5" fill="none" stroke="currentColor" stroke-width="3"/><circle cx="12" cy="12" r="4.5" fill="currentColor"/>`,
	EventWait: `<circle cx="12" cy="12" r="11" fill="currentColor"/><path d="M9.5 8v8M14.5 8v8" stroke="var(--bg)" stroke-width="2.6"/>`,
	EventBad:  `<circle cx="12" cy="12" r="11" fill="currentColor"/><path d="m8 8 8 8M16 8l-8 8" stroke="var(--bg)" stroke-width="2.6"/>`,
	EventTodo: `<circle cx="12" cy="12" r="9.5" fill="none" stroke="currentColor" stroke-width="2"/>`,
}

func eventMark(s EventState) templ.Component {
	return svg(`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + eventShapes[s] + `</svg>`)
}

func svg(markup string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, markup)
		return err
	})
}

// waves are the lines at the foot of the start page's first view: sea and
// hills as on old official robes, drawn anew.
func waves() templ.Component {
	var b strings.Builder
	b.WriteString(`<svg viewBox="0 0 1440 90" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">`)
	for row := 2; row >= 0; row-- { // the nearer rows cover the farther ones
		y, step := 94-row*18, 72
		for x := -step/2*(row%2) - step; x < 1440+step; x += step {
			for r := 36; r > 6; r -= 9 {
				fmt.Fprintf(&b, `<path d="M%d %da%d %d 0 0 1 %d 0"/>`, x+step/2-r, y, r, r, 2*r)
			}
		}
	}
	b.WriteString(`</svg>`)
	return svg(b.String())
}

var heroWaves = waves()

// What a code on a screen holds before it is spared: long texts need little
// redundancy, because a screen has no creases, and more room.
const (
	longCode    = 400 // bytes
	wideModules = 61
)

// QR draws text as a square code; label says in words where it leads.
func QR(text, label string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		level := qr.M
		if len(text) > longCode {
			level = qr.L
		}
		code, err := qr.Encode(text, level)
		if err != nil {
			return fmt.Errorf("draw code: %w", err)
		}
		var b strings.Builder
		n := code.Size
		wide := ""
		if n > wideModules {
			wide = ` class="wide"`
		}
		fmt.Fprintf(&b, `<svg%s viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges" aria-label="%s"><path fill="#000" d="`, wide, n, n, templ.EscapeString(label))
		for y := range n {
			for x := 0; x < n; x++ {
				run := 0
				for x+run < n && code.Black(x+run, y) {
					run++
				}
				if run > 0 {
					fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x, y, run, run)
					x += run
				}
			}
		}
		b.WriteString(`"/></svg>`)
		_, err = io.WriteString(w, b.String())
		return err
	})
}
