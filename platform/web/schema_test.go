package web

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/danielgtaylor/huma/v2"

	"tongban/platform/i18n"
)

func TestSchemaProblem_inTheReadersLanguage(t *testing.T) {
	b := i18n.NewBundle()
	err := b.Add(fstest.MapFS{
		"strings/zh-Hans.json": {Data: []byte(`{"web.schema.failed": "对不上", "web.schema.shorter": "不能超过 {a} 个字", "web.schema.one_of": "只能选：{a}", "web.schema.other": "不能这样填（{a}）"}`)},
		"strings/en.json":      {Data: []byte(`{"web.schema.failed": "does not fit", "web.schema.shorter": "at most {a} characters", "web.schema.one_of": "one of: {a}", "web.schema.other": "cannot be used ({a})"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	bad := []error{&huma.ErrorDetail{Location: "body.reason", Message: "expected length <= 80", Value: "x"}, &huma.ErrorDetail{Location: "query.by", Message: `expected value to be one of "office, item"`}, errors.New("unexpected end of JSON input")}
	for lang, want := range map[i18n.Lang][]string{
		i18n.Chinese: {"对不上", "不能超过 80 个字", "只能选：office, item", "不能这样填（unexpected end of JSON input）"},
		i18n.English: {"does not fit", "at most 80 characters", "one of: office, item", "cannot be used (unexpected end of JSON input)"},
	} {
		p := schemaProblem(i18n.With(context.Background(), b, lang), 422, "validation failed", bad)
		got := []string{p.Detail}
		for _, e := range p.Errors {
			got = append(got, e.Message)
		}
		if strings.Join(got, "|") != strings.Join(want, "|") || p.Errors[0].Location != "body.reason" || p.Code != "api.unprocessable_entity" {
			t.Errorf("%s: %q at %+v", lang, got, p.Errors[0])
		}
	}
	if b.Add(fstest.MapFS{"strings/en.json": {Data: []byte(`{"web.schema.too_large": "{a} at most"}`)}, "strings/zh-Hans.json": {Data: []byte(`{"web.schema.too_large": "{a} 以内"}`)}}) != nil {
		t.Fatal("words")
	}
	if got := inWords(i18n.With(context.Background(), b, i18n.English), "request body is too large limit=2097152 bytes"); got != "2 MB at most" {
		t.Errorf("%q", got)
	}
	if p := schemaProblem(context.Background(), 422, "validation failed", bad); p.Detail != "validation failed" {
		t.Errorf("without words: %q", p.Detail)
	}
}
