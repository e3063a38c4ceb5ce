package app

import (
	"context"

	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
)

// Explain puts an error into words for the person at the machine, in English
// or in Chinese.
func Explain(english bool, err error) string {
	words, broken := Words()
	if broken != nil {
		return err.Error()
	}
	lang := i18n.Chinese
	if english {
		lang = i18n.English
	}
	ctx := i18n.With(context.Background(), words, lang)
	var text string
	if fields, ok := err.(web.FieldProblems); ok {
		fields.Each(func(field, code string, pairs []any) {
			if text != "" {
				text += i18n.Pick(ctx, "；", "; ")
			}
			text += field + i18n.Pick(ctx, "：", ": ") + i18n.T(ctx, code, pairs...)
		})
		return text
	}
	f := fault.Of(err)
	if !words.Has(lang, "fault."+f.Code) {
		return err.Error() // the machine's own words say more than none
	}
	return web.Words(ctx, f)
}

// Say gives the words of a key in one of the two languages; the key when there
// are none.
func Say(english bool, key string, pairs ...any) string {
	words, err := Words()
	if err != nil {
		return key
	}
	lang := i18n.Chinese
	if english {
		lang = i18n.English
	}
	return i18n.T(i18n.With(context.Background(), words, lang), key, pairs...)
}
