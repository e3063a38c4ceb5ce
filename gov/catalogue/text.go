package catalogue

import (
	"context"

	"tongban/platform/i18n"
)

// Text is a text in the two languages of the pages. En is empty for content
// that was imported in Chinese only.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// In returns the text in the reader's language, in Chinese when there is no
// other.
func (t Text) In(ctx context.Context) string { return i18n.Pick(ctx, t.Zh, t.En) }

// Empty tells whether there is no text at all.
func (t Text) Empty() bool { return t.Zh == "" }

func zh(s string) Text { return Text{Zh: s} }
