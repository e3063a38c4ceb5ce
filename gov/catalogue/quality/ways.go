package quality

import (
	"regexp"
	"slices"
	"strings"

	"tongban/gov/catalogue/content"
)

// maxWays bounds how many ways through the questions are tried; a guide that has
// more is too long to answer.
const maxWays = 4096

// ways lists every way through the questions, as answers; more says that there
// are more than are tried.
func ways(s *content.Situations) (all []map[string]string, more bool) {
	s.EachWay(func(way map[string]string) bool {
		if more = len(all) >= maxWays; !more {
			all = append(all, way)
		}
		return !more
	})
	return all, more
}

// lookSituations finds questions that change nothing, options that read alike,
// and materials that no way asks for.
func lookSituations(c *content.Content, each map[string][]subject) {
	if c.Situations == nil || len(c.Form) == 0 {
		return
	}
	for _, q := range c.Situations.Questions {
		text, idle, alike := q.Text.Zh, idleQuestion(c, q), sameWords(q)
		each["question"] = append(each["question"], subject{text, func(e *env) { e.Q = questionEnv{idle, alike} }})
	}
	needed, whole := neededOn(c)
	for _, m := range c.Materials {
		never := whole && m.NeededWhen != "" && onlyQuestions(c, m.NeededWhen) && !needed[m.ID]
		each["situational"] = append(each["situational"], subject{m.Name.Zh, func(e *env) { e.Never = never }})
	}
}

// idleQuestion tells whether nothing depends on the answer: no material, field,
// step, decision, further question, limit or part, and no warning.
func idleQuestion(c *content.Content, q content.Question) bool {
	for _, o := range q.Options {
		if o.Next != q.Options[0].Next || o.Warning != nil {
			return false
		}
	}
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(q.ID) + `\b`)
	texts := []string{string(c.Form), c.Flow, c.Decisions}
	for _, m := range c.Materials {
		texts = append(texts, m.NeededWhen)
	}
	for _, v := range c.Situations.Variations {
		texts = append(texts, v.When)
	}
	if c.Bundle != nil {
		for _, p := range c.Bundle.Parts {
			texts = append(texts, p.NeededWhen)
		}
	}
	for _, f := range c.Result.Certificate.Fields {
		texts = append(texts, f.From, f.ShowWhen)
	}
	texts = append(texts, c.Result.Certificate.Text...)
	return !slices.ContainsFunc(texts, word.MatchString)
}

// sameWords tells whether two options cannot be told apart.
func sameWords(q content.Question) bool {
	seen := map[string]bool{}
	for _, o := range q.Options {
		words := strings.TrimSpace(o.Text.Zh)
		if seen[words] {
			return true
		}
		seen[words] = true
	}
	return false
}

// neededOn lists the materials that some way asks for; false when there are too
// many ways to say.
func neededOn(c *content.Content) (needed map[string]bool, whole bool) {
	o, err := content.NewOffer(*c, content.Version{})
	if err != nil {
		return nil, false
	}
	all, more := ways(c.Situations)
	needed = map[string]bool{}
	for _, way := range all {
		for _, m := range o.MaterialsFor(way) {
			needed[m.ID] = true
		}
	}
	return needed, !more
}

// onlyQuestions tells whether a condition looks at answers to questions alone,
// so that the ways say everything about it.
func onlyQuestions(c *content.Content, condition string) bool {
	plain := quoted.ReplaceAllString(condition, "")
	for _, id := range name.FindAllString(plain, -1) {
		if _, ok := c.Situations.Question(id); !ok && !slices.Contains(operators, id) {
			return false
		}
	}
	return true
}

var (
	quoted    = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	name      = regexp.MustCompile(`[a-zA-Z_][a-zA-Z0-9_]*`)
	operators = []string{"and", "or", "not", "in", "contains", "matches", "startsWith", "endsWith", "true", "false"}
)
