package shelf

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

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

// phrases are what people write around the name of a service, longest first.
var phrases = []string{"需要准备哪些材料", "需要准备什么材料", "需要什么材料", "需要哪些材料", "要带什么材料", "要什么材料", "应准备那些文件", "应备文件为何", "什么材料", "哪些材料",
	"应备文件", "怎么办理", "如何办理", "怎样办理", "在哪里办", "去哪里办", "怎么申请", "如何申请", "在哪办", "怎么办", "办理", "申请", "我想要", "我要", "我想", "请问", "流程", "怎么", "如何", "怎样", "多少钱", "要多久"}

// withoutFillers leaves out what is around the name; "" when there is nothing
// to leave out or nothing would be left.
func withoutFillers(text string) string {
	out := search.Fold(text)
	for _, p := range phrases {
		out = strings.ReplaceAll(out, p, " ")
	}
	if out = strings.TrimSpace(out); out == strings.TrimSpace(search.Fold(text)) {
		return ""
	}
	return out
}

// weight of a pair of characters: the rarer it is in names, the more it says.
// One that no name has says nothing at all: it cannot choose between names.
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

// Half of what the words say must stand in a name for it to be an answer; a
// fifth for it to be near.
const (
	mostShare = 0.5
	nearShare = 0.2
)

// mostWords finds names that have most of what the words say, by the weight of
// their pairs of characters.
func (s *Shelf) mostWords(ctx context.Context, text string) (map[uint32]int, error) {
	return s.shares(ctx, text, mostShare, 50)
}

// nearest finds the names that have the largest part of the words.
func (s *Shelf) nearest(ctx context.Context, q Query) (map[uint32]int, error) {
	return s.shares(ctx, q.Text, nearShare, 200)
}

func (s *Shelf) shares(ctx context.Context, text string, least float64, most int) (map[uint32]int, error) {
	words := search.Parse(text)
	ignore := func(pair string) bool { return fillers[pair] }
	keys, err := Index.Match(ctx, s.DB, words.Any(ignore), search.InName, maxCandidates)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	c := &s.columns
	c.mu.RLock()
	defer c.mu.RUnlock()
	pairs, weights, all := words.Pairs(ignore), []float64{}, 0.0
	for _, p := range pairs {
		w := c.weight(p)
		weights = append(weights, w)
		if w == 0 {
			w = 1 // a pair that no name has still is something that was asked for
		}
		all += w
	}
	type scored struct {
		key   uint32
		share float64
	}
	var list []scored
	for _, k := range keys {
		if k >= int64(len(c.wordings)) {
			continue
		}
		w, has := &c.wordings[k], 0.0
		for i, p := range pairs {
			if weights[i] > 0 && strings.Contains(w.folded, p) {
				has += weights[i]
			}
		}
		// of two names with the same part of the words the shorter one is meant
		if share := has / max(all, 1); share >= least || all == 0 {
			list = append(list, scored{uint32(k), share - float64(w.runes)/1000})
		}
	}
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(b.share, a.share) })
	out := map[uint32]int{}
	for _, x := range list[:min(len(list), most)] {
		out[x.key] = scorePart + int(x.share*150_000)
	}
	return out, nil
}
