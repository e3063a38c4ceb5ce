package shelf

import (
	"cmp"
	"context"
	"regexp"
	"strings"

	"tongban/platform/search"
)

// Scores of a fit, the best first; within one, closeness counts.
const (
	scoreName  = 1_000_000 // the whole name
	scoreBegin = 900_000   // the name begins so
	scoreWords = 800_000   // every word stands in the name
	scoreOther = 780_000   // so does every word of another way to say it
	scoreSound = 700_000   // pinyin or initials of the name, another name or a key word
	scoreLoose = 600_000   // every pair of characters stands in the name
	scoreAlike = 500_000   // it sounds like the name
	scoreBody  = 400_000   // the words stand in the guide
	scoreFar   = 300_000   // every pair of characters does
	scorePart  = 100_000   // most of the words stand in the name
)

const (
	maxCandidates = 5000 // wordings that one look into the index gives
	few           = 10   // so many good answers make looser readings superfluous
)

// found is what the words of a query chose, and how they were read.
type found struct {
	selection
	understood Understood
	more       bool
}

func (f *found) empty() bool { return len(f.fit) == 0 && len(f.numbers) == 0 }

func (f *found) add(key uint32, score int) {
	if score > f.fit[key] {
		f.fit[key] = score
	}
}

// codeShape is what the beginning of an item's code looks like.
var codeShape = regexp.MustCompile(`^[0-9A-Z]{8,33}$`)

// find reads the words of a query, from as they stand to what they may mean.
func (s *Shelf) find(ctx context.Context, q Query) (found, error) {
	f := found{selection: selection{fit: map[uint32]int{}}}
	if code := compact(q.Text); codeShape.MatchString(code) && strings.ContainsAny(code, "0123456789") {
		numbers, err := numbersOfCode(ctx, s.DB, code)
		if err != nil {
			return f, err
		}
		if len(numbers) > 0 {
			return s.ofNumbers(numbers), nil
		}
	}
	look := looker{s: s, ctx: ctx, f: &f}
	words := search.Parse(q.Text)
	if err := look.exact(words, 0); err != nil {
		return f, err
	}
	if len(f.fit) < few {
		if plain := withoutFillers(q.Text); plain != "" {
			if err := look.exact(search.Parse(plain), 1); err != nil {
				return f, err
			}
		}
	}
	if err := look.otherWords(cmp.Or(withoutFillers(q.Text), q.Text)); err != nil {
		return f, err
	}
	if err := look.place(q); err != nil || f.understood.Region != "" {
		return f, err
	}
	return f, look.loosely(q.Text, words)
}

// compact leaves out what people put between the digits of a code.
func compact(text string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '　' || r == '－' {
			return -1
		}
		return r
	}, strings.ToUpper(search.Fold(strings.TrimSpace(text))))
}

func (s *Shelf) ofNumbers(numbers []int64) found {
	f := found{selection: selection{fit: map[uint32]int{}, numbers: numbers}, understood: Understood{Number: true}, more: len(numbers) == maxCodes}
	c := &s.columns
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, n := range numbers {
		if n < int64(len(c.kind)) && c.kind[n] != 0 {
			f.add(c.kinds[c.kind[n]].wording, scoreName)
		}
	}
	return f
}

// looker adds to what was found.
type looker struct {
	s   *Shelf
	ctx context.Context
	f   *found
}

// match asks the index and scores the answers.
func (l looker) match(e search.Expr, scope search.Scope, score func(key uint32) int) error {
	keys, err := Index.Match(l.ctx, l.s.DB, e, scope, maxCandidates)
	if err != nil {
		return err
	}
	l.f.more = l.f.more || len(keys) == maxCandidates
	c := &l.s.columns
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, k := range keys {
		if k < int64(len(c.wordings)) {
			l.f.add(uint32(k), score(uint32(k)))
		}
	}
	return nil
}

// exact finds the words as they stand. round is 1 for words that were changed,
// which count a little less.
func (l looker) exact(words search.Query, round int) error {
	if words.Empty() {
		return nil
	}
	whole, parts := strings.TrimSpace(words.Folded()), words.Words()
	c := &l.s.columns
	if err := l.match(words.Exact(), search.InName, func(k uint32) int { return c.nameScore(k, whole, parts, scoreSound) - round*5000 }); err != nil {
		return err
	}
	return l.match(words.Exact(), search.Anywhere, func(k uint32) int { return scoreBody + c.closeness(k, parts) - round*5000 })
}

// nameScore is how well a name fits; base for one that does not hold the words
// as they are written.
func (c *columns) nameScore(k uint32, whole string, parts []string, base int) int {
	w := &c.wordings[k]
	switch {
	case w.folded == whole:
		base = scoreName
	case strings.HasPrefix(w.folded, whole):
		base = scoreBegin
	case containsAll(w.folded, parts):
		base = scoreWords
	case len(whole) > 1 && len(whole) <= maxSort && w.sort>>(5*(maxSort-len(whole))) == packed(whole)>>(5*(maxSort-len(whole))) && lower(whole):
		base = scoreSound + 50_000 // initials from the beginning
	}
	return base + c.closeness(k, parts)
}

// closeness is up to 90,000: the larger the part of the name that was asked
// for, the closer; items with a package come first among equals, and those that
// only tell something last, unless that was asked for.
func (c *columns) closeness(k uint32, parts []string) int {
	w, asked, telling := &c.wordings[k], 0, false
	for _, p := range parts {
		asked += len([]rune(p))
		telling = telling || tells(p)
	}
	score := 50_000 * min(asked, int(w.runes)) / max(int(w.runes), 1)
	if w.leads {
		score += 40_000
	}
	if w.tells == 1 && !telling {
		score -= 35_000
	}
	return score
}

func lower(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

func containsAll(s string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}

// otherWords finds what the words may stand for.
func (l looker) otherWords(text string) error {
	list, err := l.s.synonyms.get(l.ctx, l.s.DB)
	if err != nil {
		return err
	}
	c := &l.s.columns
	for _, r := range list.Apply(text) {
		before := len(l.f.fit)
		words := search.Parse(r.Text)
		whole, parts := strings.TrimSpace(words.Folded()), words.Words()
		score := func(k uint32) int {
			return min(c.nameScore(k, whole, parts, scoreSound), scoreOther+c.closeness(k, parts))
		}
		if err := l.match(words.Exact(), search.InName, score); err != nil {
			return err
		}
		if err := l.match(words.Exact(), search.Anywhere, func(k uint32) int { return scoreBody - 20_000 + c.closeness(k, parts) }); err != nil {
			return err
		}
		if len(l.f.fit) > before && l.f.understood.Say == "" {
			l.f.understood.Say, l.f.understood.Mean = r.Say, r.Mean
		}
	}
	return nil
}

// best is the highest score so far.
func (f *found) best() int {
	best := 0
	for _, s := range f.fit {
		best = max(best, s)
	}
	return best
}

// place reads a place out of the words: 广州居住证 is 居住证 in 广州. Words that
// stand in a name together are no place: 广东省科学技术奖 is a name.
func (l looker) place(q Query) error {
	if q.Region != "" || l.s.Places == nil || l.f.best() >= scoreWords {
		return nil
	}
	all, err := l.s.Places(l.ctx)
	if err != nil {
		return err
	}
	region, rest := all.In(search.Fold(q.Text), l.s.columns.covers)
	if region == "" || rest == "" {
		return nil
	}
	inner := found{selection: selection{fit: map[uint32]int{}}}
	look := looker{s: l.s, ctx: l.ctx, f: &inner}
	words := search.Parse(rest)
	if err := look.exact(words, 0); err != nil {
		return err
	}
	if err := look.otherWords(rest); err != nil {
		return err
	}
	if err := look.loosely(rest, words); err != nil || inner.empty() || inner.best() < l.f.best() {
		return err
	}
	*l.f = inner
	l.f.understood.Region, l.f.understood.Rest = region, rest
	return nil
}

// covers tells whether items of a region are there, or of one above or below.
func (c *columns) covers(region string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, r := range c.regions[min(1, len(c.regions)):] {
		if r != everywhere && Related(r, region) {
			return true
		}
	}
	return false
}

// loosely goes on when little was found: words that are interrupted or turned
// round, words that sound alike, and most of the words.
func (l looker) loosely(text string, words search.Query) error {
	c := &l.s.columns
	parts := words.Words()
	if len(l.f.fit) < few {
		if err := l.match(words.Loose(), search.InName, func(k uint32) int { return scoreLoose + c.closeness(k, parts) }); err != nil {
			return err
		}
		if err := l.match(words.Loose(), search.Anywhere, func(k uint32) int { return scoreFar + c.closeness(k, parts) }); err != nil {
			return err
		}
	}
	if l.f.best() < scoreLoose {
		before := len(l.f.fit)
		if err := l.match(words.Sounds(), search.InName, func(k uint32) int { return scoreAlike + c.closeness(k, parts) }); err != nil {
			return err
		}
		l.f.understood.Sound = before == 0 && len(l.f.fit) > 0
	}
	if len(l.f.fit) > 0 && l.f.best() >= scoreBody {
		return nil
	}
	before := len(l.f.fit)
	part, err := l.s.mostWords(l.ctx, text)
	for k, score := range part {
		l.f.add(k, score)
	}
	l.f.understood.Part = before == 0 && len(part) > 0
	return err
}
