package parts

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Edit is a new value at a path.
type Edit struct {
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// Value reads a value out of JSON, numbers unread.
func Value(raw json.RawMessage) any { return parse(raw) }

// Change is a value that was replaced.
type Change struct {
	Path string          `json:"path"`
	Old  json.RawMessage `json:"old,omitempty"` // absent: it was not there
}

// Entry is one thing that somebody did with a draft.
type Entry struct {
	Version int       `json:"version"` // of the draft after it
	By      string    `json:"by"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Part    string    `json:"part"` // the tab
	Act     string    `json:"act"`  // edited, added, moved, removed, imported, flow, tables, rebased
	Changes []Change  `json:"changes,omitempty"`
}

// History is what was done with a draft, the oldest first.
type History []Entry

// maxHistory bounds what a draft remembers. Who saves over something older has
// to look at everything again.
const maxHistory = 100

// With adds an entry. Of what no longer fits, one entry of everybody is left, with
// no version and no changes: whoever once drew may not review or approve.
func (h History) With(e Entry) History {
	h = append(slices.Clone(h), e)
	first := max(0, slices.IndexFunc(h, func(e Entry) bool { return e.Version > 0 }))
	at := max(len(h)-maxHistory, first)
	hands := slices.Clone(h[:first])
	for _, e := range h[first:at] {
		if !slices.ContainsFunc(hands, func(x Entry) bool { return x.By == e.By }) {
			hands = append(hands, Entry{By: e.By, Name: e.Name, At: e.At, Part: e.Part, Act: e.Act})
		}
	}
	return append(hands, h[at:]...)
}

// Since are the entries after a version. known is false when the draft does not
// remember as far back.
func (h History) Since(version int) (list History, known bool) {
	for i, e := range h {
		if e.Version > version {
			return h[i:], e.Version == version+1 || e.Version == 1
		}
	}
	return nil, true
}

// Touched is the newest entry about a part.
func (h History) Touched(parts ...string) (Entry, bool) {
	for _, e := range slices.Backward(h) {
		if slices.Contains(parts, e.Part) || e.Act == "imported" {
			return e, true
		}
	}
	return Entry{}, false
}

// Conflict is a value that somebody else changed meanwhile.
type Conflict struct {
	Path   string
	Mine   any
	Theirs any
	Name   string
	At     time.Time
}

// Merge sorts edits that were made over an older state: what the others left
// alone goes in, what this person left alone stays as the others have it, and
// what both changed is a conflict. With force, this person's values win.
func (t *Tree) Merge(edits []Edit, since History, force bool) (apply []Edit, conflicts []Conflict) {
	for _, e := range edits {
		now, _ := t.Get(e.Path)
		if same(now, e.Value) {
			continue
		}
		who, old, touched := since.before(e.Path)
		switch {
		case !touched || force:
			apply = append(apply, e)
		case old != nil && same(parse(old), e.Value): // this person did not change it
		case old == nil && blank(e.Value):
		default:
			conflicts = append(conflicts, Conflict{e.Path, e.Value, now, who.Name, who.At})
		}
	}
	return apply, conflicts
}

// before finds what a value was before the entries, and who changed it last.
func (h History) before(path string) (last Entry, old json.RawMessage, touched bool) {
	for _, e := range h {
		for _, c := range e.Changes {
			if c.Path != path && !strings.HasPrefix(path, c.Path+"/") && !strings.HasPrefix(c.Path, path+"/") {
				continue
			}
			if !touched {
				old = inside(c, path)
			}
			last, touched = e, true
		}
		if e.Act == "imported" {
			last, touched = e, true
		}
	}
	return last, old, touched
}

// inside is the old value of path within a change of what holds it.
func inside(c Change, path string) json.RawMessage {
	if c.Path == path {
		return c.Old
	}
	rest, below := strings.CutPrefix(path, c.Path+"/")
	v := parse(c.Old)
	if !below || v == nil {
		return nil
	}
	for _, part := range strings.Split(rest, "/") {
		var ok bool
		if v, ok = step(v, part); !ok {
			return nil
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}

// Apply sets values and says what they were.
func (t *Tree) Apply(edits []Edit) ([]Change, error) {
	var out []Change
	for _, e := range edits {
		c := Change{Path: e.Path}
		if v, ok := t.Get(e.Path); ok {
			b, err := json.Marshal(v)
			if err != nil {
				return nil, ErrType.With("path", e.Path).Because(err)
			}
			c.Old = b
		}
		if err := t.Set(e.Path, e.Value); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// same compares values as JSON has them; nothing, an empty text and an empty
// list are the same.
func same(a, b any) bool {
	if blank(a) && blank(b) {
		return true
	}
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && bytes.Equal(x, y)
}

func blank(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case bool:
		return !x
	case json.Number:
		return x.String() == "0"
	case []any:
		return len(x) == 0
	case map[string]any:
		for _, e := range x {
			if !blank(e) {
				return false
			}
		}
		return true
	}
	return false
}

// About finds who changed something at or below a path.
func (h History) About(path string) (Entry, bool) {
	for _, e := range slices.Backward(h) {
		for _, c := range e.Changes {
			if c.Path == path || strings.HasPrefix(c.Path, path+"/") {
				return e, true
			}
		}
	}
	return Entry{}, false
}

// Take removes a row and says what it was.
func (t *Tree) Take(path string) ([]Change, error) {
	v, ok := t.Get(path)
	if !ok {
		return nil, ErrPath.With("path", path)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, ErrType.With("path", path).Because(err)
	}
	return []Change{{Path: path, Old: b}}, t.Remove(path)
}
