package places

import (
	"strings"
	"unicode/utf8"
)

// In finds a place that words begin with or that stands in them as a word of
// its own, with or without the places around it, and returns its code and the
// words without it: 广州市天河区居住证 is 440106 and 居住证. Among places of one
// name only one that covers accepts is meant; when it accepts several, nobody
// can tell and none is returned. Provinces, cities and counties are found so.
func (l *List) In(words string, covers func(code string) bool) (code, rest string) {
	names := l.names()
	if code, rest = l.leading(strings.TrimSpace(words), -1, names, covers); code != "" {
		return code, rest
	}
	fields := strings.Fields(words)
	for i, w := range fields {
		if code, left := l.leading(w, -1, names, covers); code != "" && left == "" && len(fields) > 1 {
			return code, strings.Join(append(append([]string{}, fields[:i]...), fields[i+1:]...), " ")
		}
	}
	return "", words
}

// leading takes names of places from the front, each within the one before.
func (l *List) leading(words string, within int32, names map[string][]int32, covers func(string) bool) (code, rest string) {
	best := -1
	var at int32
	for n, end := 0, 0; n < maxNameRunes && end < len(words); n++ {
		_, size := utf8.DecodeRuneInString(words[end:])
		end += size
		if n == 0 {
			continue // one character is no name
		}
		if i, ok := l.meant(names[words[:end]], within, covers); ok {
			best, at = end, i
		}
	}
	if best < 0 {
		return "", words
	}
	rest = strings.TrimSpace(words[best:])
	if code, further := l.leading(rest, at, names, covers); code != "" {
		return code, further
	}
	return l.all[at].code, rest
}

const maxNameRunes = 15

// meant is the one place among several of a name that can be meant.
func (l *List) meant(list []int32, within int32, covers func(string) bool) (int32, bool) {
	found, n := int32(-1), 0
	for _, i := range list {
		if within >= 0 && !l.inside(i, within) || !covers(l.all[i].code) {
			continue
		}
		if found >= 0 && l.inside(i, found) {
			continue // a city and the district of the same name: the city
		}
		found, n = i, n+1
	}
	return found, n == 1
}

// names are the places by name and by the short one that people use. It is made
// when it is first needed.
func (l *List) names() map[string][]int32 {
	l.text.Do(func() {
		l.spoken = map[string][]int32{}
		for i, e := range l.all {
			if e.group || e.level > County {
				continue
			}
			l.spoken[e.key] = append(l.spoken[e.key], int32(i))
			if e.short != "" && e.short != e.key {
				l.spoken[e.short] = append(l.spoken[e.short], int32(i))
			}
		}
	})
	return l.spoken
}

// Names are the name of a place and of everything above it.
func (l *List) Names(code string) []string {
	var out []string
	for i := l.at(code); i >= 0; i = l.all[i].parent {
		if !l.all[i].group {
			out = append(out, l.all[i].name)
		}
	}
	return out
}
