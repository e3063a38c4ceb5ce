// Package strict reads JSON that people write and says everything that does not
// fit at once, each line with its path: unknown keys, missing keys, wrong types,
// texts that lack a language.
package strict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Decode reads JSON into v and returns everything that does not fit: unknown
// keys, missing keys that are not marked optional (omitempty or omitzero),
// wrong types, texts that lack a language. Each line begins with the path. What
// can be read is in v all the same.
func Decode(raw []byte, v any) []string {
	if bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) {
		return []string{"the file begins with a byte-order mark; save it as plain UTF-8"}
	}
	if !json.Valid(raw) {
		return []string{syntaxError(raw)}
	}
	var out []string
	conform(raw, reflect.TypeOf(v).Elem(), "", &out)
	if err := json.Unmarshal(raw, v); err != nil && len(out) == 0 {
		return []string{err.Error()}
	}
	return out
}

// Readable tells whether JSON can be read into v all the same, however much of it
// is missing: then everything that can be said of it can be said at once.
func Readable(raw []byte, v any) bool { return json.Unmarshal(raw, v) == nil }

func syntaxError(raw []byte) string {
	var any any
	err := json.Unmarshal(raw, &any)
	if s, ok := err.(*json.SyntaxError); ok {
		return fmt.Sprintf("line %d: %v", 1+bytes.Count(raw[:min(int(s.Offset), len(raw))], []byte("\n")), err)
	}
	return fmt.Sprint(err)
}

// text tells whether t is a text in both languages, neither of which may be
// empty: a struct of Zh and En.
func text(t reflect.Type) bool {
	if t.NumField() != 2 {
		return false
	}
	zh, en := t.Field(0), t.Field(1)
	return zh.Name == "Zh" && en.Name == "En" && zh.Type.Kind() == reflect.String && en.Type.Kind() == reflect.String
}

func conform(raw json.RawMessage, t reflect.Type, path string, out *[]string) {
	bad := func(format string, args ...any) {
		*out = append(*out, join(path, "")+": "+fmt.Sprintf(format, args...))
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	raw = bytes.TrimSpace(raw)
	switch {
	case t == reflect.TypeFor[json.RawMessage]():
		return
	case t.Kind() == reflect.Struct:
		var m map[string]json.RawMessage
		if json.Unmarshal(raw, &m) != nil || m == nil {
			bad("an object is needed")
			return
		}
		conformFields(m, t, path, out)
	case t.Kind() == reflect.Slice:
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil || list == nil {
			bad("a list is needed")
			return
		}
		for i, e := range list {
			conform(e, t.Elem(), fmt.Sprintf("%s[%d]", path, i), out)
		}
	default:
		if string(raw) == "null" || json.Unmarshal(raw, reflect.New(t).Interface()) != nil {
			bad("a %s is needed, not %s", kindWord(t), shorten(string(raw)))
		}
	}
}

func conformFields(m map[string]json.RawMessage, t reflect.Type, path string, out *[]string) {
	known := map[string]bool{}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		known[name] = true
		raw, ok := m[name]
		if !ok {
			if options == "" {
				*out = append(*out, join(path, name)+": missing")
			}
			continue
		}
		conform(raw, t.Field(i).Type, join(path, name), out)
		if text(t) && string(bytes.TrimSpace(raw)) == `""` {
			*out = append(*out, join(path, name)+": empty; both languages are needed")
		}
	}
	for name := range m {
		if !known[name] {
			*out = append(*out, join(path, name)+": unknown key")
		}
	}
}

func join(path, name string) string {
	switch {
	case path == "" && name == "":
		return "the file"
	case path == "":
		return name
	case name == "":
		return path
	}
	return path + "." + name
}

func kindWord(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	}
	return "whole number"
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
