package parts

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Values shows what is no package, such as a tree of steps, as a tree, so that the
// same rules say what two people may have changed.
func Values(v any) *Tree {
	root, _ := plain(v).(map[string]any)
	return &Tree{root: root}
}

// Differing lists the values that differ below a path, each at the deepest place
// that both sides have: as edits that make the one the other, and as changes that
// say what was there.
func Differing(at string, old, now any) (edits []Edit, changes []Change) {
	differing(at, plain(old), plain(now), func(path string, was, is any) {
		edits = append(edits, Edit{path, is})
		c := Change{Path: path}
		if was != nil {
			c.Old, _ = json.Marshal(was) // it was read from JSON
		}
		changes = append(changes, c)
	})
	return edits, changes
}

func differing(at string, old, now any, yield func(path string, was, is any)) {
	if same(old, now) {
		return
	}
	x, ok1 := old.(map[string]any)
	y, ok2 := now.(map[string]any)
	if !ok1 || !ok2 {
		yield(at, old, now)
		return
	}
	keys := slices.Sorted(maps.Keys(x))
	for k := range y {
		if _, there := x[k]; !there {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		differing(at+"/"+k, x[k], y[k], yield)
	}
}

// Put gives a value to a place in nested values; nil takes it away.
func Put(root map[string]any, path string, v any) {
	key, rest, deeper := strings.Cut(path, "/")
	if !deeper {
		if v == nil {
			delete(root, key)
		} else {
			root[key] = v
		}
		return
	}
	next, ok := root[key].(map[string]any)
	if !ok {
		next = map[string]any{}
		root[key] = next
	}
	Put(next, rest, v)
}

// Plain is a value as JSON has it.
func Plain(v any) any { return plain(v) }
