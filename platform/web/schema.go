package web

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"tongban/platform/i18n"
)

// said is what the schema says of input that does not fit, with the key of the
// reader's words for it; {a} and {b} are what the first words name.
type said struct {
	form *regexp.Regexp
	key  string
}

var sayings = func() (list []said) {
	for _, x := range [][2]string{
		{validation.MsgUnexpectedProperty, "unexpected"}, {"unknown query parameter", "unexpected"},
		{validation.MsgExpectedRequiredProperty, "missing"}, {"required %s parameter is missing", "absent"}, {"request body is required", "body"},
		{validation.MsgExpectedRFC3339DateTime, "moment"}, {"invalid date/time for format %s", "moment"}, {validation.MsgExpectedRFC3339Date, "date"},
		{validation.MsgExpectedBoolean, "boolean"}, {"invalid boolean", "boolean"}, {validation.MsgExpectedInteger, "integer"}, {"invalid integer", "integer"},
		{validation.MsgExpectedNumber, "number"}, {"invalid float", "number"}, {"invalid floating value", "number"}, {validation.MsgExpectedString, "string"},
		{validation.MsgExpectedBase64String, "base64"}, {validation.MsgExpectedArray, "array"}, {validation.MsgExpectedObject, "object"},
		{validation.MsgExpectedArrayItemsUnique, "unique"}, {validation.MsgExpectedOneOf, "one_of"},
		{validation.MsgExpectedMinimumNumber, "at_least"}, {validation.MsgExpectedExclusiveMinimumNumber, "above"},
		{validation.MsgExpectedMaximumNumber, "at_most"}, {validation.MsgExpectedExclusiveMaximumNumber, "below"},
		{validation.MsgExpectedMinLength, "longer"}, {validation.MsgExpectedMaxLength, "shorter"},
		{validation.MsgExpectedMatchPattern, "pattern"}, {validation.MsgExpectedBePattern, "pattern"},
		{validation.MsgExpectedMinItems, "more_items"}, {validation.MsgExpectedMaxItems, "fewer_items"},
		{validation.MsgExpectedMinProperties, "more_fields"}, {validation.MsgExpectedMaxProperties, "fewer_fields"},
		{"expected at most one value, but received multiple values", "once"},
		{"request body is too large limit=%d bytes", "too_large"}, {"request body read timeout", "slow"}, {"validation failed", "failed"},
	} {
		form := regexp.QuoteMeta(x[0])
		for _, verb := range []string{"%s", "%d", "%v"} {
			form = strings.ReplaceAll(form, verb, "(.*)")
		}
		list = append(list, said{regexp.MustCompile("^" + form + "$"), "web.schema." + x[1]})
	}
	return list
}()

// inWords puts what the schema says into the reader's language: what to do, and
// not only what was expected.
func inWords(ctx context.Context, message string) string {
	for _, s := range sayings {
		m := s.form.FindStringSubmatch(message)
		if m == nil {
			continue
		}
		pairs := []any{"a", "", "b", ""}
		for i, v := range m[1:] {
			pairs[2*i+1] = strings.ReplaceAll(v, `", "`, ", ")
		}
		if s.key == "web.schema.too_large" {
			pairs[1] = megabytes(m[1])
		}
		return orAsIs(i18n.T(ctx, s.key, pairs...), message)
	}
	return orAsIs(i18n.T(ctx, "web.schema.other", "a", message), message)
}

// megabytes writes a number of bytes as people say it; limits are whole
// megabytes but for the one byte more that lets a store say what is wrong.
func megabytes(bytes string) string {
	n, err := strconv.ParseInt(bytes, 10, 64)
	switch {
	case err != nil:
		return bytes
	case n < 1<<20:
		return strconv.FormatInt(n>>10, 10) + " KB"
	}
	return strconv.FormatInt(n>>20, 10) + " MB"
}

// orAsIs falls back where the words are not at hand.
func orAsIs(words, message string) string {
	if strings.HasPrefix(words, "⟦") || strings.HasPrefix(words, "web.schema.") {
		return message
	}
	return words
}

// schemaProblem is the answer to input that does not fit the description of an
// operation, before the operation sees it.
func schemaProblem(ctx context.Context, status int, message string, errs []error) *Problem {
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: "api." + strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_"), Detail: inWords(ctx, message)}
	for _, err := range errs {
		switch d, ok := err.(*huma.ErrorDetail); {
		case ok:
			p.Errors = append(p.Errors, &Misfit{Location: d.Location, Message: inWords(ctx, d.Message), Value: d.Value})
		case err != nil:
			p.Errors = append(p.Errors, &Misfit{Message: inWords(ctx, err.Error())})
		}
	}
	return p
}
