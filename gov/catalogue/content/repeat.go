package content

import (
	"fmt"
	"maps"
	"slices"
)

// Repeat is a place further on where a question counts again, with ways of its
// own: who has answered it goes on without being asked, who came by a way that
// passed it over is asked there. Where several items with branching questions
// become one thing (一件事), each question is asked once, and every item still
// finds the way through its own questions.
//
// Law: 国发〔2024〕3号: each fact is asked once.
type Repeat struct {
	ID       string   `json:"id"`       // where answers lead to it
	Question string   `json:"question"` // that counts again
	Options  []Onward `json:"options"`  // where each of its answers leads from here
}

// Onward is where an answer leads.
type Onward struct {
	ID   string `json:"id"`   // of the answer
	Next string `json:"next"` // a question, a repeat, or End
}

// repeated is the question that stands again at a place, with the ways of there.
func (s *Situations) repeated(id string) (Question, bool) {
	i := slices.IndexFunc(s.Repeats, func(r Repeat) bool { return r.ID == id })
	if i < 0 {
		return Question{}, false
	}
	r := s.Repeats[i]
	j := slices.IndexFunc(s.Questions, func(q Question) bool { return q.ID == r.Question })
	if j < 0 {
		return Question{}, false
	}
	q := s.Questions[j]
	q.Options = slices.Clone(q.Options)
	for k := range q.Options {
		q.Options[k].Next = r.next(q.Options[k].ID)
	}
	return q, true
}

// next is where an answer leads from here, "" for nowhere.
func (r Repeat) next(option string) string {
	for _, o := range r.Options {
		if o.ID == option {
			return o.Next
		}
	}
	return ""
}

// Nodes are the places of the graph: the questions and where they count again.
func (s *Situations) Nodes() []string {
	var out []string
	for _, q := range s.Questions {
		out = append(out, q.ID)
	}
	for _, r := range s.Repeats {
		out = append(out, r.ID)
	}
	return out
}

// Onto changes where every answer leads, and where the questions begin.
func (s *Situations) Onto(change func(next string) string) {
	s.Start = change(s.Start)
	for i := range s.Questions {
		for k := range s.Questions[i].Options {
			o := &s.Questions[i].Options[k]
			o.Next = change(o.Next)
		}
	}
	for i := range s.Repeats {
		for k := range s.Repeats[i].Options {
			o := &s.Repeats[i].Options[k]
			o.Next = change(o.Next)
		}
	}
}

// walk follows answers from the start; open is the place where one is missing, ""
// at the end.
func (s *Situations) walk(answers map[string]string) (way []Answered, open string) {
	at := s.Start
	for range len(s.Questions) + len(s.Repeats) {
		q, ok := s.Question(at)
		if at == End || !ok {
			return way, ""
		}
		o, ok := q.Option(answers[q.ID])
		if !ok {
			return way, at
		}
		if !slices.ContainsFunc(way, func(a Answered) bool { return a.Question.ID == q.ID }) {
			way = append(way, Answered{q, o})
		}
		at = o.Next
	}
	return way, ""
}

// Ahead are the questions that may still be asked after these answers, in the
// order of the list.
func (s *Situations) Ahead(answers map[string]string) []Question {
	if s == nil {
		return nil
	}
	way, open := s.walk(answers)
	asked, met, seen := map[string]string{}, map[string]bool{}, map[string]bool{}
	for _, a := range way {
		asked[a.Question.ID] = a.Option.ID
	}
	var follow func(at string)
	follow = func(at string) {
		q, ok := s.Question(at)
		if !ok || seen[at] {
			return
		}
		seen[at] = true
		if o, ok := q.Option(asked[q.ID]); ok {
			follow(o.Next)
			return
		}
		met[q.ID] = true
		for _, o := range q.Options {
			follow(o.Next)
		}
	}
	follow(open)
	return slices.DeleteFunc(slices.Clone(s.Questions), func(q Question) bool { return !met[q.ID] })
}

// EachWay calls f with the answers of every way through the questions, until it
// says no. The graph has no circles: Check sees to that.
func (s *Situations) EachWay(f func(answers map[string]string) bool) {
	most := len(s.Questions) + len(s.Repeats)
	var walk func(at string, answers map[string]string, depth int) bool
	walk = func(at string, answers map[string]string, depth int) bool {
		q, ok := s.Question(at)
		if at == End || !ok || depth > most {
			return f(answers)
		}
		if o, ok := q.Option(answers[q.ID]); ok { // answered before
			return walk(o.Next, answers, depth+1)
		}
		for _, o := range q.Options {
			next := maps.Clone(answers)
			if next[q.ID] = o.ID; !walk(o.Next, next, depth+1) {
				return false
			}
		}
		return true
	}
	walk(s.Start, map[string]string{}, 0)
}

// Before tells whether every way to a place passes another one; a place that no
// way leads to has all before it.
func (s *Situations) Before(place string, passes func(id string) bool) bool {
	seen := map[string]bool{}
	var reaches func(at string) bool
	reaches = func(at string) bool {
		if at == place {
			return true
		}
		q, ok := s.Question(at)
		if !ok || seen[at] || passes(at) {
			return false
		}
		seen[at] = true
		return slices.ContainsFunc(q.Options, func(o Option) bool { return reaches(o.Next) })
	}
	return !reaches(s.Start)
}

// Asks is the question that stands at a place, "" for none.
func (s *Situations) Asks(place string) string {
	q, ok := s.Question(place)
	if !ok {
		return ""
	}
	return q.ID
}

// checkRepeats returns what is wrong with the places where questions count again.
func (s *Situations) checkRepeats() []string {
	var out []string
	seen := map[string]bool{End: true}
	for _, q := range s.Questions {
		seen[q.ID] = true
	}
	for _, r := range s.Repeats {
		at := "repeats." + r.ID
		if !ValidID(r.ID) || seen[r.ID] {
			out = append(out, at+": the id is malformed or used twice")
		}
		seen[r.ID] = true
		i := slices.IndexFunc(s.Questions, func(q Question) bool { return q.ID == r.Question })
		if i < 0 {
			out = append(out, at+".question: there is no question "+r.Question)
			continue
		}
		for _, o := range s.Questions[i].Options {
			if r.next(o.ID) == "" {
				out = append(out, fmt.Sprintf("%s.options: the answer %s of questions.%s leads nowhere", at, o.ID, r.Question))
			}
		}
		for _, o := range r.Options {
			if _, ok := s.Questions[i].Option(o.ID); !ok {
				out = append(out, fmt.Sprintf("%s.options.%s: questions.%s has no such answer", at, o.ID, r.Question))
			}
			if _, ok := s.Question(o.Next); !ok && o.Next != End && o.Next != "" {
				out = append(out, at+"."+o.ID+".next: there is no question "+o.Next)
			}
		}
	}
	return out
}
