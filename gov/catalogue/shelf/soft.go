package shelf

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"tongban/platform/search"
)

// fillers are pairs of characters that say nothing about which service is meant.
var fillers = func() map[string]bool {
	m := map[string]bool{}
	for pair := range strings.FieldsSeq(`办理 怎么 么办 如何 何办 什么 需要 申请 材料 哪里 可以 要什 理需 我要 我想 想办 要办 请问 是否 哪些 有哪 多少 有关 相关 应该 该如 如果 有没 没有 何申 时间 流程 资格 规定 情形 文件 应备 备文 条件 为何 何时 手续 方式 进行 关于 提供 目前 本市 单位 民众 我的 自己 能不 不能 哪个 向哪 个单 在哪 里办 么申 怎样 样办`) {
		m[pair] = true
	}
	return m
}()

// phrases are what people write around the name of a service.
var phrases = []string{"需要什么手续", "要什么手续", "要哪些手续", "什么手续", "要办什么证", "办什么证", "要什么证", "怎么领取", "怎么领", "怎么考", "怎么查", "怎么补", "怎么交", "怎么认定", "怎么继承", "丢了", "弄丢了", "遗失", "去哪里", "到哪里", "可以", "应如何", "是否", "应备", "要如何", "多久", "请教", "为何", "该怎么办", "需要准备哪些材料", "需要准备什么材料", "需要什么材料", "需要哪些材料", "要带什么材料", "要什么材料", "应准备那些文件", "应备文件为何", "什么材料", "哪些材料",
	"应备文件", "怎么办理", "如何办理", "怎样办理", "在哪里办", "去哪里办", "怎么申请", "如何申请", "在哪办", "怎么办", "办理", "申请", "我想要", "我要", "我想", "请问", "流程", "怎么", "如何", "怎样", "多少钱", "要多久"}

// counted are the words with which people count what they want to open or get.
var counted = []string{"一家", "一间", "一个"}

var phrasesLongestFirst = sync.OnceValue(func() []string {
	list := slices.Clone(phrases)
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
})

// withoutFillers leaves out what is around the name; "" when there is nothing
// to leave out or nothing would be left.
func withoutFillers(text string) string {
	out := search.Fold(text)
	for _, p := range phrasesLongestFirst() {
		out = strings.ReplaceAll(out, p, " ")
	}
	for _, m := range counted { // 开一家饭店 is 开饭店
		out = strings.ReplaceAll(out, m, "")
	}
	if out = strings.TrimSpace(out); out == strings.TrimSpace(search.Fold(text)) {
		return ""
	}
	return out
}

// weight of a pair of characters: the rarer it is in names, the more it says.
// One that no name has says nothing: it cannot choose between names.
func (c *columns) weight(pair string) float64 {
	r := []rune(pair)
	if len(r) != 2 {
		return 0
	}
	n := c.pairs[uint64(r[0])<<32|uint64(r[1])]
	if n == 0 {
		return 0
	}
	return math.Log(1 + float64(len(c.wordings))/float64(n))
}

// What makes a name an answer, or at least near, to words that it does not hold
// in full: which part of what they say it has. A pair that no name has counts as
// unknownWeight; it was asked for, but may be how people talk.
const (
	mostShare     = 0.34
	nearShare     = 0.12
	unknownWeight = 0.6
	runBonus      = 0.6 // for every pair that goes on where the one before ended
)

// mostWords finds names that have most of what the words say, by the weight of
// their pairs of characters.
func (s *Shelf) mostWords(ctx context.Context, text string) (map[uint32]int, error) {
	return s.shares(ctx, text, mostShare, 30)
}

// nearest finds the names that have the largest part of the words.
func (s *Shelf) nearest(ctx context.Context, q Query) (map[uint32]int, error) {
	return s.shares(ctx, q.Text, nearShare, 200)
}

// plainly writes a text with the words of guides and without what people put
// around them.
func (s *Shelf) plainly(ctx context.Context, text string) (string, error) {
	list, err := s.synonyms.get(ctx, s.DB)
	if err != nil {
		return text, err
	}
	return cmp.Or(withoutFillers(list.Replace(text)), text), nil
}

func (s *Shelf) shares(ctx context.Context, text string, least float64, most int) (map[uint32]int, error) {
	text, err := s.plainly(ctx, text)
	if err != nil {
		return nil, err
	}
	words := search.Parse(text)
	ignore := func(pair string) bool { return fillers[pair] }
	keys, err := Index.Match(ctx, s.DB, words.Any(ignore), search.InName, maxCandidates)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	c := &s.columns
	c.mu.RLock()
	defer c.mu.RUnlock()
	asked := c.asked(words.Pairs(ignore))
	type scored struct {
		key   uint32
		share float64
	}
	var list []scored
	for _, k := range keys {
		if k >= int64(len(c.wordings)) {
			continue
		}
		// of two names with the same part of the words the shorter one is meant
		if share := asked.share(c.wordings[k].folded); share >= least {
			list = append(list, scored{uint32(k), share - float64(c.wordings[k].runes)/500 - float64(c.wordings[k].tells)/10})
		}
	}
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(b.share, a.share) })
	out := map[uint32]int{}
	for _, x := range list[:min(len(list), most)] {
		if x.share >= list[0].share*0.6 {
			out[x.key] = scorePart + int(max(x.share, 0)*100_000)
		}
	}
	return out, nil
}

// askedFor are pairs of characters with their weights.
type askedFor struct {
	pairs   []string
	weights []float64
	all     float64
}

func (c *columns) asked(pairs []string) askedFor {
	a := askedFor{pairs: pairs}
	for _, p := range pairs {
		w := c.weight(p)
		a.weights = append(a.weights, w)
		if w == 0 {
			w = unknownWeight
		}
		a.all += w
	}
	return a
}

// share is which part of what was asked for a name has; up to 1, and more for
// words that stand together.
func (a askedFor) share(name string) float64 {
	has, before := 0.0, ""
	for i, p := range a.pairs {
		if a.weights[i] == 0 || !strings.Contains(name, p) {
			before = ""
			continue
		}
		w := a.weights[i]
		if before != "" && strings.Contains(name, before+lastRune(p)) {
			w *= 1 + runBonus
		}
		has += w
		before = p
	}
	return has / max(a.all, 1)
}

func lastRune(s string) string {
	_, n := utf8.DecodeLastRuneInString(s)
	return s[len(s)-n:]
}
