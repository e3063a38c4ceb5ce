package ui

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// Icon draws one of our own line icons, in the colour of the text around it.
// It is decoration: the words beside it say the same. An unknown name draws
// nothing.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		path, ok := icons[name]
		if !ok {
			return nil
		}
		_, err := io.WriteString(w, `<svg class="ic" viewBox="0 0 24 24" aria-hidden="true" focusable="false">`+path+`</svg>`)
		return err
	})
}

// SubjectIcon names the drawing for a subject such as 社会保障; "grid" when
// none fits.
func SubjectIcon(subject string) string {
	for _, s := range subjects {
		for w := range strings.SplitSeq(s.words, "|") {
			if strings.Contains(subject, w) {
				return s.icon
			}
		}
	}
	return "grid"
}

// IconNames lists the drawings, for the storybook.
func IconNames() []string { return slices.Sorted(maps.Keys(icons)) }
