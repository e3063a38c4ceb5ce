package content

import (
	"maps"
	"regexp"
)

// End is the name of the way out of the questions.
const End = "end"

// Situations sort which case is yours (情形引导): a graph of questions that
// has no circles and always ends.
type Situations struct {
	Start     string     `json:"start"`
	Questions []Question `json:"questions"`
	// Repeats are places further on where a question counts again.
	Repeats []Repeat `json:"repeats,omitempty"`
	// Variations are what limit, fee, visits, office and window are in some
	// situations; without any they are the same in all.
	Variations []Variation `json:"variations,omitempty"`
}

// Question asks for one thing; its answer is the id of an option.
type Question struct {
	ID      string   `json:"id"`
	Text    Text     `json:"text"`
	Why     Text     `json:"why"` // what the answer changes
	Clause  string   `json:"clause,omitempty"`
	Options []Option `json:"options"`
}

// Option is one possible answer.
type Option struct {
	ID      string   `json:"id"`
	Text    Text     `json:"text"`
	Unsure  bool     `json:"unsure,omitempty"` // the person may not know; Hint says what is assumed
	Hint    Text     `json:"hint,omitzero"`
	Warning *Warning `json:"warning,omitempty"`
	Next    string   `json:"next"` // id of a question, or End
	Effects Effects  `json:"effects,omitzero"`
}

// Warning says that a condition is not met as things stand. It never blocks:
// everyone may apply and get a decision.
// Law: 行政许可法 §32 — whether to accept is decided on the application.
type Warning struct {
	Text    Text `json:"text"`
	Instead Text `json:"instead"`
}

// Effects tell what choosing an option changes, for display only.
type Effects struct {
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
	Show   []string `json:"show,omitempty"`
	Hide   []string `json:"hide,omitempty"`
}

// Answered is one question on the way taken, with what was chosen.
type Answered struct {
	Question Question `json:"question"`
	Option   Option   `json:"option"`
}

// IDs lists the questions; nil situations have none.
func (s *Situations) IDs() []string {
	if s == nil {
		return nil
	}
	var out []string
	for _, q := range s.Questions {
		out = append(out, q.ID)
	}
	return out
}

// Question finds a question by id, also by that of a place where it counts again:
// then with the ways of there.
func (s *Situations) Question(id string) (Question, bool) {
	if s == nil {
		return Question{}, false
	}
	for _, q := range s.Questions {
		if q.ID == id {
			return q, true
		}
	}
	return s.repeated(id)
}

// Option finds an option by id.
func (q Question) Option(id string) (Option, bool) {
	for _, o := range q.Options {
		if o.ID == id {
			return o, true
		}
	}
	return Option{}, false
}

// Walk follows the answers from the start: the way taken, and the question
// that is open, nil when every one is answered. Answers off the way do not
// matter.
func (s *Situations) Walk(answers map[string]string) (way []Answered, open *Question) {
	if s == nil {
		return nil, nil
	}
	way, at := s.walk(answers)
	q, ok := s.Question(at)
	if !ok {
		return way, nil
	}
	return way, &q
}

// Prune returns the answers with those to questions off the way left out.
// Answers to anything that is no question are kept.
func (s *Situations) Prune(answers map[string]string) map[string]string {
	out := maps.Clone(answers)
	if out == nil {
		out = map[string]string{}
	}
	if s == nil {
		return out
	}
	on := map[string]bool{}
	way, _ := s.Walk(answers)
	for _, a := range way {
		on[a.Question.ID] = true
	}
	for _, q := range s.Questions {
		if !on[q.ID] {
			delete(out, q.ID)
		}
	}
	return out
}

// Left is how many questions are still to come at most, the one with this id
// included.
func (s *Situations) Left(id string) int {
	if s == nil || id == End {
		return 0
	}
	if len(s.Repeats) == 0 {
		return s.left(id, map[string]int{})
	}
	asked, budget := map[string]string{}, 20000
	for _, q := range s.Questions { // what every way hither has asked is not asked again
		if q.ID != id && s.Before(id, func(at string) bool { return s.Asks(at) == q.ID }) {
			asked[q.ID] = ""
		}
	}
	return min(s.longest(id, asked, &budget), len(s.Questions)-len(asked))
}

// longest is how many questions the longest way from a place asks that are not
// among those asked; a way is bounded by a budget of places.
func (s *Situations) longest(at string, asked map[string]string, budget *int) int {
	q, ok := s.Question(at)
	if *budget--; !ok || *budget < 0 {
		return 0
	}
	was, known := asked[q.ID]
	most := 0
	for _, o := range q.Options {
		if known && was != "" && was != o.ID {
			continue
		}
		asked[q.ID] = o.ID
		most = max(most, s.longest(o.Next, asked, budget))
	}
	if known {
		asked[q.ID] = was
		return most
	}
	delete(asked, q.ID)
	return most + 1
}

func (s *Situations) left(id string, known map[string]int) int {
	if n, ok := known[id]; ok {
		return n
	}
	known[id] = 0 // cuts a circle, which publishing refuses
	q, ok := s.Question(id)
	if !ok {
		return 0
	}
	most := 0
	for _, o := range q.Options {
		most = max(most, s.left(o.Next, known))
	}
	known[id] = most + 1
	return most + 1
}

// Check returns what is wrong with the graph.
func (s *Situations) Check() []string {
	var out []string
	seen := map[string]bool{}
	for _, q := range s.Questions {
		if seen[q.ID] {
			out = append(out, "questions."+q.ID+": the id is used twice")
		}
		seen[q.ID] = true
		out = append(out, q.Check()...)
		for _, o := range q.Options {
			if _, ok := s.Question(o.Next); !ok && o.Next != End {
				out = append(out, "questions."+q.ID+"."+o.ID+".next: there is no question "+o.Next)
			}
		}
	}
	out = append(out, s.checkRepeats()...)
	if len(s.Questions) == 0 {
		if s.Start == End { // nothing has to be asked
			return out
		}
		return append(out, "questions: at least one is needed")
	}
	if _, ok := s.Question(s.Start); !ok {
		return append(out, "start: there is no question "+s.Start)
	}
	reached, circle := s.reach()
	if circle != "" {
		out = append(out, "questions."+circle+": the way comes back to this question")
	}
	for _, id := range s.Nodes() {
		if !reached[id] {
			out = append(out, "questions."+id+": no way leads here")
		}
	}
	return out
}

// Check returns what is wrong with the question.
func (q Question) Check() []string {
	var out []string
	if !ValidID(q.ID) {
		out = append(out, "questions."+q.ID+": the id must match "+IDPattern.String())
	}
	if len(q.Options) < 2 || len(q.Options) > 6 {
		out = append(out, "questions."+q.ID+".options: two to six are needed")
	}
	seen := map[string]bool{}
	for _, o := range q.Options {
		if !ValidID(o.ID) || seen[o.ID] {
			out = append(out, "questions."+q.ID+"."+o.ID+": the id is malformed or used twice")
		}
		seen[o.ID] = true
		if o.Unsure && o.Hint.Empty() {
			out = append(out, "questions."+q.ID+"."+o.ID+": who is unsure needs a hint")
		}
	}
	return out
}

// reach walks the graph; circle names a question that can be met again.
func (s *Situations) reach() (reached map[string]bool, circle string) {
	reached = map[string]bool{}
	on := map[string]bool{}
	var walk func(id string)
	walk = func(id string) {
		if on[id] {
			circle = id
			return
		}
		q, ok := s.Question(id)
		if !ok || reached[id] {
			return
		}
		reached[id], on[id] = true, true
		for _, o := range q.Options {
			walk(o.Next)
		}
		on[id] = false
	}
	walk(s.Start)
	return reached, circle
}

// IDPattern is how ids of questions, fields, materials and clauses look.
var IDPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// ValidID tells whether an id can be used in conditions.
func ValidID(s string) bool { return IDPattern.MatchString(s) }
