package catalogue

import (
	"bytes"
	"context"
	"embed"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/platform/search"
)

//go:embed synonyms.json
var synonymFile embed.FS

func shippedSynonyms() *search.Synonyms {
	raw, err := synonymFile.ReadFile("synonyms.json")
	if err == nil {
		var s *search.Synonyms
		if s, err = search.LoadSynonyms(bytes.NewReader(raw)); err == nil {
			return s
		}
	}
	panic("catalogue: " + err.Error()) // the file is compiled in and tested
}

// Query asks for items. Empty fields do not restrict.
type Query struct {
	Text     string
	Region   string // items of this region, of those above it and of those below it
	Org      string // unified code of the office
	Theme    string
	Audience string // one of the kinds of applicants, or ForPersons, ForOrgs
	Type     string // code of the kind of item
	Online   *bool
	Packages bool   // only items with a package of their own
	Limit    int    // 1 to 100; 0 is 20
	After    string // Next of the page before
}

// Groups of audiences that a query may name instead of one.
const (
	ForPersons = "person"       // natural persons
	ForOrgs    = "organisation" // anybody else
)

// Hit is one item in the answer to a query.
type Hit struct {
	Region  string
	Code    string
	Version int
	Card
}

// Results answer a query.
type Results struct {
	Items      []Hit
	Next       string // After of the next page; "" at the end
	Total      int
	More       bool       // there are more than were looked at
	Understood Understood // how the words were read, when not as they stand
	Facets     Facets
	Nearest    []Hit // what comes closest, when nothing fits
}

// Understood says that a word was read as another.
type Understood struct{ Say, Mean string }

// Facets count how many items each further restriction would leave.
type Facets struct {
	Orgs, Themes, Audiences, Types, Regions []Facet
	Online, Offline, Packages               int
}

// Facet is one value with its count.
type Facet struct {
	Value, Name, NameEn string
	Count               int
}

const (
	maxCandidates = 5000 // documents that are ranked
	maxNearest    = 6
)

// classes of fit, the best first.
const (
	fitCode  = iota // the item's own code
	fitName         // the whole name
	fitBegin        // the name begins so
	fitWords        // every word stands in the name
	fitSound        // pinyin or initials of the name, or another name
	fitBody         // the words stand in the guide
	fitLoose        // every pair of characters does
	fitBrowse
)

// Search finds items: by words, pinyin, initials, codes, or by browsing when
// there is no text.
func (s *Service) Search(ctx context.Context, q Query) (Results, error) {
	if !utf8.ValidString(q.Text) || q.Limit < 0 || q.Limit > 100 {
		return Results{}, ErrQuery
	}
	if q.Limit == 0 {
		q.Limit = 20
	}
	if err := s.Region(ctx, "region", q.Region); err != nil {
		return Results{}, err
	}
	after, err := parseKey(q.After)
	if err != nil {
		return Results{}, err
	}
	if err := s.Setup(ctx); err != nil {
		return Results{}, err
	}
	if err := s.refresh(ctx); err != nil {
		return Results{}, err
	}
	words := search.Parse(q.Text)
	if words.Empty() && strings.TrimSpace(q.Text) == "" {
		return s.browse(q, after), nil
	}
	return s.find(ctx, q, words, after)
}

// browse answers a query without text.
func (s *Service) browse(q Query, after sortKey) Results {
	s.shelf.mu.RLock()
	defer s.shelf.mu.RUnlock()
	return page(s.shelf.sorted, q, after, s.Clock.Now())
}

// find answers a query with text. Candidates come from the index, rank and
// facets from memory.
func (s *Service) find(ctx context.Context, q Query, words search.Query, after sortKey) (Results, error) {
	found := candidates{fit: map[int64]int{}}
	if err := s.collect(ctx, &found, words, false); err != nil {
		return Results{}, err
	}
	if plain := withoutFillers(q.Text); len(found.fit) < few && plain != "" {
		if err := s.collect(ctx, &found, search.Parse(plain), true); err != nil {
			return Results{}, err
		}
	}
	var understood Understood
	before := len(found.fit)
	for _, r := range s.synonyms.Apply(q.Text) {
		if err := s.collect(ctx, &found, search.Parse(r.Text), true); err != nil {
			return Results{}, err
		}
		if len(found.fit) > before && understood == (Understood{}) {
			understood = Understood{Say: r.Say, Mean: r.Mean}
		}
	}
	s.shelf.mu.RLock()
	list := s.rank(found.fit, words)
	s.shelf.mu.RUnlock()
	res := page(list, q, after, s.Clock.Now())
	res.Understood, res.More = understood, found.more
	if res.Total > 0 {
		return res, nil
	}
	near, err := s.nearest(ctx, q, words)
	res.Nearest = near
	return res, err
}

type candidates struct {
	fit  map[int64]int
	more bool
}

func (c *candidates) add(keys []int64, fit int) {
	c.more = c.more || len(keys) == maxCandidates
	for _, k := range keys {
		if old, ok := c.fit[k]; !ok || fit < old {
			c.fit[k] = fit
		}
	}
}

// collect asks the index: names first, then whole guides, then, when that
// gave little, the looser reading.
func (s *Service) collect(ctx context.Context, c *candidates, words search.Query, synonym bool) error {
	match := func(e search.Expr, scope search.Scope, fit int) error {
		keys, err := index.Match(ctx, s.DB, e, scope, maxCandidates)
		c.add(keys, fit)
		return err
	}
	inName, inBody := fitSound, fitBody
	if synonym {
		inName = fitWords
	}
	if err := match(words.Exact(), search.InName, inName); err != nil {
		return err
	}
	if err := match(words.Exact(), search.Anywhere, inBody); err != nil {
		return err
	}
	if len(c.fit) >= few {
		return nil
	}
	return match(words.Loose(), search.Anywhere, fitLoose)
}

// few is how many exact answers make the looser reading superfluous.
const few = 10

// rank gives every candidate its place. The caller holds the shelf.
func (s *Service) rank(fits map[int64]int, words search.Query) []ranked {
	whole, parts := strings.TrimSpace(words.Folded()), words.Words()
	list := make([]ranked, 0, len(fits))
	for serial, fit := range fits {
		e := s.shelf.entries[serial]
		if e == nil {
			continue
		}
		switch {
		case strings.EqualFold(e.code, whole):
			fit = fitCode
		case e.folded == whole:
			fit = fitName
		case strings.HasPrefix(e.folded, whole):
			fit = fitBegin
		case fit > fitWords && (containsAll(e.folded, parts) || strings.HasPrefix(e.card.Sort, whole)):
			fit = fitWords
		}
		list = append(list, ranked{e, keyOf(e, fit)})
	}
	slices.SortFunc(list, func(a, b ranked) int { return a.key.compare(b.key) })
	return list
}

func containsAll(s string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}

// fillers are pairs of characters that say nothing about which service is meant.
var fillers = map[string]bool{"办理": true, "怎么": true, "么办": true, "如何": true, "什么": true, "需要": true, "申请": true, "材料": true, "哪里": true, "可以": true, "要什": true, "理需": true, "我要": true, "我想": true, "想办": true, "要办": true}

// phrases are what people write around the name of a service, longest first.
var phrases = []string{"需要什么材料", "要带什么材料", "要什么材料", "什么材料", "怎么办理", "如何办理", "怎样办理", "在哪里办", "去哪里办", "在哪办", "怎么办", "办理", "申请", "我想要", "我要", "我想", "流程", "怎么", "如何", "怎样"}

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

// nearest looks for items that share at least one pair of characters with the
// words, most pairs in the name first.
func (s *Service) nearest(ctx context.Context, q Query, words search.Query) ([]Hit, error) {
	ignore := func(b string) bool { return fillers[b] }
	keys, err := index.Match(ctx, s.DB, words.Any(ignore), search.InName, maxCandidates)
	if err != nil {
		return nil, err
	}
	pairs := words.Pairs(ignore)
	now := s.Clock.Now()
	s.shelf.mu.RLock()
	defer s.shelf.mu.RUnlock()
	var list []ranked
	for _, k := range keys {
		e := s.shelf.entries[k]
		if e == nil || !e.inForce(now) || q.Region != "" && !Related(e.region, q.Region) {
			continue
		}
		shared := 0
		for _, p := range pairs {
			if strings.Contains(e.folded, p) {
				shared++
			}
		}
		list = append(list, ranked{e, keyOf(e, len(pairs)-shared)})
	}
	slices.SortFunc(list, func(a, b ranked) int { return a.key.compare(b.key) })
	var out []Hit
	for _, r := range list[:min(len(list), maxNearest)] {
		out = append(out, r.e.hit())
	}
	return out, nil
}

func (e *shelved) hit() Hit {
	return Hit{Region: e.region, Code: e.code, Version: e.version, Card: e.card}
}

// page filters a ranked list, counts facets and cuts out one page.
func page(list []ranked, q Query, after sortKey, now time.Time) Results {
	var res Results
	var last sortKey
	counts := newCounter()
	for _, r := range list {
		if !r.e.inForce(now) || q.Region != "" && !Related(r.e.region, q.Region) || q.Packages && r.e.card.Package == "" {
			continue
		}
		if !counts.add(r.e, q) {
			continue
		}
		res.Total++
		if after.set() && r.key.compare(after) <= 0 {
			continue
		}
		if len(res.Items) == q.Limit {
			if res.Next == "" {
				res.Next = last.String()
			}
			continue
		}
		last = r.key
		res.Items = append(res.Items, r.e.hit())
	}
	res.Facets = counts.facets()
	return res
}
