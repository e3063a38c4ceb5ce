package parts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/packages"
	"tongban/platform/fault"
)

// The refusals of edits.
var (
	ErrPath = fault.Invalid("design.part_path") // it leads nowhere
	ErrType = fault.Invalid("design.part_type") // the value does not fit there
	ErrFull = fault.Invalid("design.part_full") // the list has as many rows as it may have
)

// maxRows bounds every list of a package.
const maxRows = 500

// Tree is a package as values at paths.
type Tree struct {
	root map[string]any
	from *packages.Package
}

// Open shows a package as a tree.
func Open(p *packages.Package) *Tree {
	root, _ := plain(p).(map[string]any)
	for _, k := range []string{"raw_form", "offices"} {
		delete(root, k)
	}
	return &Tree{root: root, from: p}
}

// plain is a value as JSON has it, numbers unread.
func plain(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("parts: does not marshal: %v", err)) // plain structs of text and numbers
	}
	return parse(b)
}

func parse(b []byte) any {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var out any
	if d.Decode(&out) != nil {
		return nil
	}
	return out
}

// Package reads the tree back.
func (t *Tree) Package() (*packages.Package, error) {
	b, err := json.Marshal(t.root)
	if err != nil {
		return nil, ErrType.Because(err)
	}
	out := &packages.Package{}
	if err := json.Unmarshal(b, out); err != nil {
		return nil, ErrType.With("problem", err.Error()).Because(err)
	}
	out.RawForm, out.Offices = t.from.RawForm, t.from.Offices
	out.Flow, out.Decisions = t.from.Flow, t.from.Decisions
	tidy(out)
	return out, nil
}

// names are the keys by which rows go, in this order.
var names = []string{"id", "element", "key", "value"}

// rowKeys are the names of the rows of a list. A name that is used twice goes by
// its place from the second one on, so that every row can be reached.
func rowKeys(list []any) []string {
	out, seen := make([]string, len(list)), map[string]bool{}
	for i, e := range list {
		out[i] = "#" + strconv.Itoa(i)
		m, ok := e.(map[string]any)
		if !ok {
			continue
		}
		s := rowName(m)
		if _, passed := m["result"].(string); passed && seen[s] {
			s += "+"
		}
		if s != "" && !seen[s] && !strings.ContainsAny(s, "/#") {
			out[i], seen[s] = s, true
		}
	}
	return out
}

// rowName is the name that a row carries itself. What a part of a one thing gets
// goes by what it fills in there; the certificate that goes before it, when there
// is one, by the same name with + behind.
func rowName(m map[string]any) string {
	if target := bound(m); target != "" {
		return target
	}
	for _, n := range names {
		if s, ok := m[n].(string); ok {
			return s
		}
	}
	return ""
}

// bound is the question, field or material that a row fills in; "" for other rows.
func bound(m map[string]any) string {
	source := false
	for _, n := range []string{"from", "value", "result"} {
		_, ok := m[n].(string)
		source = source || ok
	}
	for _, n := range []string{"question", "field", "material"} {
		if s, ok := m[n].(string); ok && source {
			return s
		}
	}
	return ""
}

// step goes one part of a path down.
func step(v any, part string) (any, bool) {
	switch x := v.(type) {
	case map[string]any:
		out, ok := x[part]
		return out, ok
	case []any:
		if i := slices.Index(rowKeys(x), part); i >= 0 {
			return x[i], true
		}
	}
	return nil, false
}

// Get is the value at a path; false when there is none.
func (t *Tree) Get(path string) (any, bool) {
	var v any = t.root
	for _, part := range strings.Split(path, "/") {
		var ok bool
		if v, ok = step(v, part); !ok {
			return nil, false
		}
	}
	return v, true
}

// Text is the value at a path as forms show it: text, numbers and truths; "" for
// none.
func (t *Tree) Text(path string) string {
	v, _ := t.Get(path)
	switch x := v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	case bool:
		return strconv.FormatBool(x)
	}
	return ""
}

// List are the rows of the list at a path.
func (t *Tree) List(path string) []any {
	v, _ := t.Get(path)
	list, _ := v.([]any)
	return list
}

// Keys are the names of the rows of the list at a path.
func (t *Tree) Keys(path string) []string { return rowKeys(t.List(path)) }

// put replaces the value at a path. The holder of the value must be there; a
// value that is optional may be new.
func (t *Tree) put(path string, v any) error {
	holder, last := "", path
	if i := strings.LastIndex(path, "/"); i >= 0 {
		holder, last = path[:i], path[i+1:]
	}
	if holder == "" {
		if _, ok := t.root[last]; !ok {
			return ErrPath.With("path", path)
		}
		t.root[last] = v
		return nil
	}
	h, ok := t.Get(holder)
	if m, _ := v.(map[string]any); (!ok || h == nil) && bound(m) != "" {
		return t.put(holder, []any{v})
	}
	if !ok || h == nil {
		if v == nil {
			return nil
		}
		if err := t.put(holder, map[string]any{}); err != nil {
			return err
		}
		h, _ = t.Get(holder)
	}
	switch x := h.(type) {
	case map[string]any:
		x[last] = v
	case []any:
		return t.putRow(holder, last, x, v)
	default:
		return ErrPath.With("path", path)
	}
	return nil
}

// putRow replaces the row of a list. What a part of a one thing gets is added when
// it is not there yet, and goes with nil: for each question, field and material
// there is one place on the page, bound or not.
func (t *Tree) putRow(holder, key string, list []any, v any) error {
	i := slices.Index(rowKeys(list), key)
	m, _ := v.(map[string]any)
	switch {
	case i < 0 && bound(m) != "" && bound(m) == strings.TrimSuffix(key, "+"):
		return t.put(holder, append(slices.Clone(list), v))
	case i < 0 && v == nil:
		return nil
	case i < 0:
		return ErrPath.With("path", holder+"/"+key)
	case v == nil:
		return t.put(holder, slices.Delete(slices.Clone(list), i, i+1))
	}
	list[i] = v
	return nil
}

// Set gives a value to a path. What packages do not have there, and what does
// not fit, is refused and changes nothing.
func (t *Tree) Set(path string, v any) error {
	if path == "" || strings.Count(path, "/") > 12 {
		return ErrPath.With("path", path)
	}
	was, had := t.Get(path)
	if err := t.put(path, copied(v)); err != nil {
		return err
	}
	b, err := json.Marshal(t.root)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		err = d.Decode(&packages.Package{})
	}
	if err != nil {
		if had {
			t.put(path, was) //nolint:errcheck // it was there a moment ago
		} else {
			t.drop(path)
		}
		return ErrType.With("path", path).With("problem", err.Error()).Because(err)
	}
	return nil
}

// drop takes a key away that was not there before.
func (t *Tree) drop(path string) {
	i := strings.LastIndex(path, "/")
	if i < 0 {
		return
	}
	h, _ := t.Get(path[:i])
	switch x := h.(type) {
	case map[string]any:
		delete(x, path[i+1:])
	case []any:
		if row := slices.Index(rowKeys(x), path[i+1:]); row >= 0 {
			t.put(path[:i], slices.Delete(slices.Clone(x), row, row+1)) //nolint:errcheck // the list is there
		}
	}
}

// Insert adds a row to the list at a path, before index at; beyond the end is
// the end. It gives the row's name.
func (t *Tree) Insert(path string, row map[string]any, at int) (string, error) {
	list := t.List(path)
	if len(list) >= maxRows {
		return "", ErrFull.With("max", maxRows)
	}
	at = min(max(at, 0), len(list))
	list = slices.Insert(slices.Clone(list), at, copied(row))
	if err := t.Set(path, list); err != nil {
		return "", err
	}
	return t.Keys(path)[at], nil
}

// Move moves a row by delta places.
func (t *Tree) Move(path string, delta int) error {
	holder, key := split(path)
	list := slices.Clone(t.List(holder))
	i := slices.Index(rowKeys(list), key)
	if i < 0 || i+delta < 0 || i+delta >= len(list) {
		return ErrPath.With("path", path)
	}
	row := list[i]
	list = slices.Insert(slices.Delete(list, i, i+1), i+delta, row)
	return t.put(holder, list)
}

// Remove takes a row away.
func (t *Tree) Remove(path string) error {
	holder, key := split(path)
	list := slices.Clone(t.List(holder))
	i := slices.Index(rowKeys(list), key)
	if i < 0 {
		return ErrPath.With("path", path)
	}
	return t.put(holder, slices.Delete(list, i, i+1))
}

func split(path string) (holder, last string) {
	i := strings.LastIndex(path, "/")
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}

// Fresh is a name of a row that no row of the tree has: prefix_1, prefix_2 ….
// Because: questions, fields and materials share one space of names in
// conditions.
func (t *Tree) Fresh(prefix string) string {
	taken := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			if id, ok := x["id"].(string); ok {
				taken[id] = true
			}
			for _, e := range x {
				walk(e)
			}
		case []any:
			for _, e := range x {
				walk(e)
			}
		}
	}
	walk(t.root)
	for n := 1; ; n++ {
		if id := prefix + "_" + strconv.Itoa(n); !taken[id] {
			return id
		}
	}
}

// copied is a value that shares nothing with another.
func copied(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := maps.Clone(x)
		for k, e := range out {
			out[k] = copied(e)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = copied(e)
		}
		return out
	}
	return v
}

// Named is a path with the names of rows instead of their places, as far as it
// leads somewhere.
func (t *Tree) Named(path string) string {
	var v any = t.root
	list := strings.Split(path, "/")
	for i, part := range list {
		if rows, ok := v.([]any); ok && strings.HasPrefix(part, "#") {
			if n, err := strconv.Atoi(part[1:]); err == nil && n < len(rows) {
				list[i] = rowKeys(rows)[n]
			}
		}
		var ok bool
		if v, ok = step(v, list[i]); !ok {
			break
		}
	}
	return strings.Join(list, "/")
}
