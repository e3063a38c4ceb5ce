package onething

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"

	"tongban/gov/catalogue/content"
)

// ways calls f with the answers of every way through the questions.
func (w *whole) ways(f func(answers map[string]string)) {
	left := maxWays
	if w.content.Situations == nil {
		f(map[string]string{})
		return
	}
	w.content.Situations.EachWay(func(answers map[string]string) bool {
		left--
		f(answers)
		return left > 0
	})
}

// env are answers as conditions see them.
func (w *whole) env(answers map[string]string) map[string]any {
	env := map[string]any{}
	for id := range w.ids {
		env[id] = ""
	}
	for k, v := range answers {
		env[k] = v
	}
	return env
}

// byField tells whether it is the form that says if a part is needed.
func (w *whole) byField(p content.Part) bool {
	for id := range w.fields {
		if mentions(p.NeededWhen, id) {
			return true
		}
	}
	return false
}

// needed are the conditions of the parts; those that look at fields may hold with
// any answers. ok is false when one cannot be read, which is said before.
func (w *whole) needed() (out map[string]func(env map[string]any) bool, ok bool) {
	out = map[string]func(env map[string]any) bool{}
	for _, p := range w.content.Bundle.Parts {
		prog, err := content.CompileCondition(p.NeededWhen, w.ids)
		if err != nil {
			return nil, false
		}
		always := prog == nil || w.byField(p)
		out[p.ID] = func(env map[string]any) bool {
			if always {
				return true
			}
			v, err := expr.Run(prog, env)
			return err != nil || v == true
		}
	}
	return out, true
}

// once finds questions that two parts ask in the same words and that the one
// thing asks twice. Because: whoever reads the same words twice cannot know that
// the answers differ; one of the places has to change, or words turn the answers.
func (w *whole) once(pieces []piece) {
	type place struct {
		at, name string
		q        content.Question
		from     string
	}
	first := map[string]place{}
	for _, p := range pieces {
		for i, a := range p.part.Situation {
			q := p.questions[a.Question]
			if _, asked := w.questions[a.From]; !asked || q.Text.Empty() {
				continue
			}
			here := place{fmt.Sprintf("%s.situation[%d]", p.at, i), p.content.Item.Name, q, a.From}
			there, met := first[q.Text.Zh]
			switch {
			case !met:
				first[q.Text.Zh] = here
			case there.from != a.From:
				w.bad(here.at+".from", "%s asks %q with the answers %s, and %s (line %d, %s) asks the same with the answers %s; one question must do for both, words can turn its answers",
					here.name, q.Text.Zh, answersOf(q), there.name, line(w.lines, there.at), there.at, answersOf(there.q))
			}
		}
	}
}

func answersOf(q content.Question) string {
	var out []string
	for _, o := range q.Options {
		out = append(out, o.Text.Zh)
	}
	return strings.Join(out, "/")
}

// answered follows every part along every way through the questions of the one
// thing: what a part that is needed asks has to be answered on that way. Where the
// form gives the answer, all that it can be are followed.
func (w *whole) answered(pieces []piece) {
	needed, ok := w.needed()
	if !ok {
		return
	}
	told := map[string]bool{}
	w.ways(func(answers map[string]string) {
		env := w.env(answers)
		for _, p := range pieces {
			if p.content.Situations == nil || !needed[p.part.ID](env) {
				continue
			}
			w.follow(p, p.content.Situations.Start, answers, map[string]bool{}, func(q content.Question, binding int) {
				if at := fmt.Sprintf("%s.situation[%d].from", p.at, binding); !told[at] {
					told[at] = true
					w.bad(at, "%s asks %q (%s), and nobody has asked it where the answers are %s", p.content.Item.Name, q.Text.Zh, q.ID, w.said(answers))
				}
			})
		}
	})
}

// follow walks a part from a place; open is called with a question that stays
// without an answer.
func (w *whole) follow(p piece, at string, answers map[string]string, seen map[string]bool, open func(content.Question, int)) {
	q, ok := p.content.Situations.Question(at)
	if !ok || seen[at] {
		return
	}
	seen[at] = true
	i := slices.IndexFunc(p.part.Situation, func(a content.AnswerBinding) bool { return a.Question == q.ID })
	if i < 0 {
		return // said before
	}
	given, any := w.gives(p.part.Situation[i], answers)
	if len(given) == 0 && !any {
		open(q, i)
		return
	}
	for _, o := range q.Options {
		if any || slices.Contains(given, o.ID) {
			w.follow(p, o.Next, answers, seen, open)
		}
	}
}

// gives are the answers that a binding can have on a way; any: the form decides.
func (w *whole) gives(b content.AnswerBinding, answers map[string]string) (given []string, any bool) {
	if b.Value != "" {
		return []string{b.Value}, false
	}
	for _, id := range content.Sources(b.From) {
		if v := answers[id]; v != "" {
			return []string{content.Turn(b.Words, v)}, false
		}
		if _, field := w.fields[id]; field {
			return nil, true
		}
	}
	return nil, false
}

// said are the answers of a way in the words of the questions.
func (w *whole) said(answers map[string]string) string {
	way, _ := w.content.Situations.Walk(answers)
	var out []string
	for _, a := range way {
		out = append(out, a.Option.Text.Zh)
	}
	return strings.Join(out, "/")
}
