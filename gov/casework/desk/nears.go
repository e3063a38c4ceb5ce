package desk

import (
	"strings"
	"time"

	"tongban/gov/casework/terms"
	"tongban/platform/db"
)

// warned are regions in which the same counts as near its limit: they have the
// same warnings. Where no region has set its own it is one group of all, and
// lists ask as if there were no groups.
type warned struct {
	regions []string
	near    terms.Near
}

// nears groups the regions of this node by what counts as near.
func (s *Service) nears(now time.Time) []warned {
	var out []warned
	at := map[terms.Near]int{}
	for _, r := range s.Regions {
		n := s.Rules.At(r, now).NearAt(s.Calendar, now)
		i, ok := at[n]
		if !ok {
			i = len(out)
			at[n] = i
			out = append(out, warned{near: n})
		}
		out[i].regions = append(out[i].regions, r)
	}
	if len(out) == 0 {
		out = []warned{{near: s.Rules.NearAt(s.Calendar, now)}}
	}
	return out
}

// latest is the latest due date that may be near anywhere.
func latest(list []warned) time.Time {
	until := list[0].near.Until
	for _, w := range list {
		if w.near.Until.After(until) {
			until = w.near.Until
		}
	}
	return until
}

// latestEarly is the latest due date that may be early anywhere.
func latestEarly(list []warned) time.Time {
	until := list[0].near.EarlyUntil
	for _, w := range list {
		if w.near.EarlyUntil.After(until) {
			until = w.near.EarlyUntil
		}
	}
	return until
}

// over are the earliest and the latest moment before which a due date is red.
func over(list []warned) (first, last time.Time) {
	first, last = list[0].near.Over, list[0].near.Over
	for _, w := range list {
		if w.near.Over.Before(first) {
			first = w.near.Over
		}
		if w.near.Over.After(last) {
			last = w.near.Over
		}
	}
	return first, last
}

// red is the condition for steps that are over so long that they are red.
func red(list []warned) (string, []any) {
	return either(list, func(n terms.Near) (string, []any) { return "t.due_at < ?", []any{db.At(n.Over)} })
}

// yellow is the condition for steps that are near their limit, or over it and not
// red yet.
func yellow(list []warned, now time.Time) (string, []any) {
	text, args := nearby(list)
	if first, _ := over(list); first.Equal(now) {
		return text, args
	}
	not, more := either(list, func(n terms.Near) (string, []any) { return "t.due_at >= ?", []any{db.At(n.Over)} })
	return "(" + not + " AND (t.due_at < ? OR " + text + "))", append(append(more, db.At(now)), args...)
}

// early is the condition for steps that are warned of early: not near yet.
func early(list []warned) (string, []any) {
	text, args := far(list)
	in, more := either(list, func(n terms.Near) (string, []any) {
		return "(t.due_at <= ? AND t.opened_at < ?)", []any{db.At(n.EarlyUntil), db.At(n.EarlySince)}
	})
	return "(" + in + " AND " + text + ")", append(more, args...)
}

// calm is the condition for steps that nothing warns of.
func calm(list []warned) (string, []any) {
	text, args := far(list)
	in, more := either(list, func(n terms.Near) (string, []any) {
		return "(t.due_at > ? OR t.opened_at >= ?)", []any{db.At(n.EarlyUntil), db.At(n.EarlySince)}
	})
	return "(" + in + " AND " + text + ")", append(more, args...)
}

// either joins one condition for each group, bound to its regions when there
// are several.
func either(list []warned, where func(terms.Near) (string, []any)) (string, []any) {
	if len(list) == 1 {
		return where(list[0].near)
	}
	var parts []string
	var args []any
	for _, w := range list {
		text, more := where(w.near)
		parts = append(parts, "t.region IN ("+marks(len(w.regions))+") AND "+text)
		args = append(append(args, db.Args(w.regions)...), more...)
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}

// nearby is the condition for steps that are near their limit; the caller bounds
// the due date by latest.
func nearby(list []warned) (string, []any) {
	return either(list, func(n terms.Near) (string, []any) {
		if len(list) == 1 {
			return "(t.opened_at < ? OR t.due_at <= ?)", []any{db.At(n.LongSince), db.At(n.Short)}
		}
		return "t.due_at <= ? AND (t.opened_at < ? OR t.due_at <= ?)", []any{db.At(n.Until), db.At(n.LongSince), db.At(n.Short)}
	})
}

// far is the condition for steps that are not near their limit yet.
func far(list []warned) (string, []any) {
	return either(list, func(n terms.Near) (string, []any) {
		return "(t.due_at > ? OR t.opened_at >= ? AND t.due_at > ?)", []any{db.At(n.Until), db.At(n.LongSince), db.At(n.Short)}
	})
}

// due is the condition for steps that are over their limit at now, or near it.
func due(list []warned, now time.Time) (string, []any) {
	text, args := nearby(list)
	return "(t.due_at < ? OR " + text + ")", append([]any{db.At(now)}, args...)
}
