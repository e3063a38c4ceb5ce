package onething

import (
	"maps"
	"slices"
	"strings"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
)

// questions asks what the item asks behind all that the package asks. A question
// that the package asks too is not asked again: at its place the answer counts
// once more, with the ways of the item. So every branch of every item stays as it
// was, whatever way leads to it.
func (j *joint) questions() {
	s := j.c.Situations
	if s == nil || len(s.Questions) == 0 {
		return
	}
	whole := &j.p.Situations
	j.alike = j.asksToo()
	at := map[string]string{content.End: content.End} // places of the item in the package
	for _, q := range s.Questions {
		if same, ok := j.alike[q.ID]; ok {
			if at[q.ID] = j.place(q.ID); same != q.ID {
				j.names[q.ID] = same
			}
			continue
		}
		at[q.ID] = j.fresh(q.ID)
	}
	for _, r := range s.Repeats {
		at[r.ID] = j.place(r.ID)
	}
	entry := at[s.Start]
	whole.Onto(func(next string) string {
		if next == content.End || next == "" {
			return entry
		}
		return next
	})
	for _, q := range s.Questions {
		j.take(q, at)
	}
	for _, r := range s.Repeats {
		own := content.Repeat{ID: at[r.ID], Question: j.named(r.Question)}
		for _, o := range r.Options {
			own.Options = append(own.Options, content.Onward{ID: o.ID, Next: at[o.Next]})
		}
		whole.Repeats = append(whole.Repeats, own)
	}
	Shorten(whole)
}

// take puts one question of the item to its place.
func (j *joint) take(q content.Question, at map[string]string) {
	whole := &j.p.Situations
	same, ok := j.alike[q.ID]
	if !ok {
		own := copied(q)
		own.ID, own.Clause = at[q.ID], j.clause(q.Clause)
		for k := range own.Options {
			own.Options[k].Next = at[own.Options[k].Next]
		}
		j.asked = append(j.asked, len(whole.Questions))
		whole.Questions = append(whole.Questions, own)
		j.part.Situation = append(j.part.Situation, content.AnswerBinding{Question: q.ID, From: own.ID})
		return
	}
	again := content.Repeat{ID: at[q.ID], Question: same}
	for _, o := range q.Options {
		again.Options = append(again.Options, content.Onward{ID: o.ID, Next: at[o.Next]})
	}
	whole.Repeats = append(whole.Repeats, again)
	j.part.Situation = append(j.part.Situation, content.AnswerBinding{Question: q.ID, From: same})
}

// place is a name for a place where a question counts again.
func (j *joint) place(id string) string {
	if !strings.HasSuffix(id, "_again") {
		id = id[:min(len(id), 33)] + "_again"
	}
	return j.fresh(id)
}

// both adds to an answer of the package what the item says of the same answer:
// what it warns of, what it assumes for those who are not sure, what it changes.
func both(has *content.Option, own content.Option) {
	if own.Unsure && !has.Unsure {
		has.Unsure, has.Hint = true, own.Hint
	}
	switch {
	case own.Warning == nil:
	case has.Warning == nil:
		has.Warning = own.Warning
	case has.Warning.Text.Zh != own.Warning.Text.Zh:
		w := *has.Warning
		w.Text, w.Instead = joined(w.Text, own.Warning.Text), joined(w.Instead, own.Warning.Instead)
		has.Warning = &w
	}
	for _, list := range []struct {
		to   *[]string
		from []string
	}{{&has.Effects.Add, own.Effects.Add}, {&has.Effects.Remove, own.Effects.Remove}, {&has.Effects.Show, own.Effects.Show}, {&has.Effects.Hide, own.Effects.Hide}} {
		for _, id := range list.from {
			if !slices.Contains(*list.to, id) {
				*list.to = append(*list.to, id)
			}
		}
	}
	e := &has.Effects // what one office wants and another does not, is wanted
	e.Remove = slices.DeleteFunc(e.Remove, func(id string) bool { return slices.Contains(e.Add, id) })
	e.Hide = slices.DeleteFunc(e.Hide, func(id string) bool { return slices.Contains(e.Show, id) })
}

func joined(a, b content.Text) content.Text {
	if a.Zh == b.Zh || b.Empty() {
		return a
	}
	if a.Empty() {
		return b
	}
	en := strings.TrimSpace(a.En + " " + b.En)
	return content.Text{Zh: strings.TrimRight(a.Zh, "。；") + "；" + b.Zh, En: en}
}

// effects say of the answers that were taken over what things are called in the
// package, and add to the answers that were there what the item says of them.
func (j *joint) effects() {
	whole := &j.p.Situations
	for _, i := range j.asked {
		for k := range whole.Questions[i].Options {
			j.rename(&whole.Questions[i].Options[k].Effects)
		}
	}
	for _, from := range slices.Sorted(maps.Keys(j.alike)) { // the same words in the same order each time
		q, _ := j.c.Situations.Question(from)
		to := j.alike[from]
		i := slices.IndexFunc(whole.Questions, func(x content.Question) bool { return x.ID == to })
		for _, o := range q.Options {
			own := copied(o)
			j.rename(&own.Effects)
			k := slices.IndexFunc(whole.Questions[i].Options, func(x content.Option) bool { return x.ID == o.ID })
			both(&whole.Questions[i].Options[k], own)
		}
	}
}

// rename turns the ids of the item into those of the package.
func (j *joint) rename(e *content.Effects) {
	for _, list := range []*[]string{&e.Add, &e.Remove, &e.Show, &e.Hide} {
		for n, id := range *list {
			(*list)[n] = j.named(id)
		}
	}
}

// asksToo finds the question of the package that asks the same: of the same words
// or the same id, with the same answers.
func (j *joint) asksToo() map[string]string {
	out, taken := map[string]string{}, map[string]bool{}
	for _, same := range []func(a, b content.Question) bool{
		func(a, b content.Question) bool { return a.ID == b.ID && a.Text.Zh == b.Text.Zh },
		func(a, b content.Question) bool { return a.Text.Zh == b.Text.Zh && a.Text.Zh != "" },
		func(a, b content.Question) bool { return a.ID == b.ID },
	} {
		for _, q := range j.c.Situations.Questions {
			if _, done := out[q.ID]; done {
				continue
			}
			for _, x := range j.p.Situations.Questions {
				if !taken[x.ID] && same(x, q) && sameOptions(x, q) {
					out[q.ID], taken[x.ID] = x.ID, true
					break
				}
			}
		}
	}
	return out
}

// sameOptions tells whether two questions have the same answers, in any order.
func sameOptions(a, b content.Question) bool {
	return len(a.Options) == len(b.Options) && !slices.ContainsFunc(a.Options, func(o content.Option) bool {
		_, ok := b.Option(o.ID)
		return !ok
	})
}

// Shorten takes away the places where a question counts again without need: every
// way to it has asked already, and all answers lead the same way; and those that
// no way leads to.
func Shorten(s *content.Situations) {
	for again := true; again; {
		again = false
		for i, r := range s.Repeats {
			next, one := r.Options[0].Next, !slices.ContainsFunc(r.Options, func(o content.Onward) bool { return o.Next != r.Options[0].Next })
			unused := s.Before(r.ID, func(string) bool { return false })
			asked := func(at string) bool { return at != r.ID && s.Asks(at) == r.Question }
			if !unused && !(one && s.Before(r.ID, asked)) {
				continue
			}
			s.Repeats = slices.Delete(slices.Clone(s.Repeats), i, i+1)
			s.Onto(func(to string) string {
				if to == r.ID {
					return next
				}
				return to
			})
			again = true
			break
		}
	}
}

// forget takes questions out that only a part needed: no other part is given the
// answer, nothing depends on it, and all answers lead the same way. One that
// branches goes once what it branches to has gone.
func forget(p *packages.Package, part content.Part, given map[string]bool) {
	s := &p.Situations
	own := func(id string) bool {
		return slices.ContainsFunc(part.Situation, func(b content.AnswerBinding) bool { return b.From == id }) && !given[id] && !lookedAt(p, id)
	}
	for again := true; again; {
		again = false
		Shorten(s)
		for _, q := range s.Questions {
			if !own(q.ID) || !straight(q) || slices.ContainsFunc(s.Repeats, func(r content.Repeat) bool { return r.Question == q.ID && !even(r) }) {
				continue
			}
			pass(s, q.ID)
			again = true
			break
		}
	}
}

// pass takes a question out with its repeats; what led to one leads on.
func pass(s *content.Situations, id string) {
	on := map[string]string{}
	for _, q := range s.Questions {
		if q.ID == id {
			on[id] = q.Options[0].Next
		}
	}
	for _, r := range s.Repeats {
		if r.Question == id {
			on[r.ID] = r.Options[0].Next
		}
	}
	s.Questions = slices.DeleteFunc(slices.Clone(s.Questions), func(q content.Question) bool { return q.ID == id })
	s.Repeats = slices.DeleteFunc(slices.Clone(s.Repeats), func(r content.Repeat) bool { return r.Question == id })
	s.Onto(func(to string) string {
		for range on {
			if next, ok := on[to]; ok {
				to = next
			}
		}
		return to
	})
}

// straight tells whether every answer to a question leads to the same place.
func straight(q content.Question) bool {
	return !slices.ContainsFunc(q.Options, func(o content.Option) bool { return o.Next != q.Options[0].Next })
}

func even(r content.Repeat) bool {
	return !slices.ContainsFunc(r.Options, func(o content.Onward) bool { return o.Next != r.Options[0].Next })
}
