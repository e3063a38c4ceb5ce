package laws

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Query is what is looked for.
type Query struct {
	Region   string
	Text     string // words, all of which have to stand in one article; or a citation
	Category string
	Limit    int
}

// Hit is one article that matches.
type Hit struct {
	Version Version
	Label   string // 第三十二条
	Anchor  string
	Before  string // the words around the match
	Match   string
	After   string
}

// Found is the answer to a query.
type Found struct {
	Clause *Resolved // the query is a citation
	Laws   []Law     // whose titles match
	Hits   []Hit
	More   bool // there are more hits than asked for
}

const (
	maxQuery  = 60  // characters
	mostFound = 200 // hits
	around    = 40  // characters shown on each side of a match
)

// Laws lists all laws of a region and above, or those of one category, by title.
func (s *Service) Laws(ctx context.Context, region, category string) ([]Law, error) {
	i, err := s.known(ctx)
	if err != nil {
		return nil, err
	}
	places := above(region)
	var out []Law
	for _, l := range i.laws {
		if slices.Contains(places, l.Region) && (category == "" || l.Category == category) {
			out = append(out, l)
		}
	}
	return out, nil
}

// Search finds laws by title and articles by their words, in the wordings in force.
func (s *Service) Search(ctx context.Context, q Query) (Found, error) {
	q.Text = strings.Join(strings.Fields(q.Text), " ")
	if utf8.RuneCountInString(q.Text) > maxQuery {
		return Found{}, ErrQuery.With("max", maxQuery)
	}
	q.Limit = min(max(q.Limit, 1), mostFound)
	var out Found
	list, err := s.Laws(ctx, q.Region, q.Category)
	if err != nil || q.Text == "" {
		return out, err
	}
	if cited := Find(q.Text); len(cited) > 0 {
		r, err := s.Resolve(ctx, q.Region, cited[0])
		if err != nil {
			return out, err
		}
		if r.Finding != NoLaw {
			out.Clause = &r
		}
	}
	words := strings.Fields(q.Text)
	for _, l := range list {
		if all(l.Title, words) || strings.Contains(l.Law, Key(q.Text)) {
			out.Laws = append(out.Laws, l)
		}
	}
	slices.SortStableFunc(out.Laws, func(a, b Law) int { return len(a.Law) - len(b.Law) })
	c, err := s.words(ctx)
	if err != nil {
		return out, err
	}
	out.Hits, out.More = c.find(words, q)
	return out, nil
}

func all(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// corpus is every article in force in one piece of memory: 20 MB, which are let
// go when nobody has searched for a while.
type corpus struct {
	state string
	text  string
	parts []part
	idle  *time.Timer
}

type part struct {
	version    *Version
	label      string
	anchor     string
	start, end int
}

// idleFor is how long the words stay in memory after the last search.
const idleFor = 10 * time.Minute

func (s *Service) words(ctx context.Context) (*corpus, error) {
	i, err := s.known(ctx)
	if err != nil {
		return nil, err
	}
	s.searching.Lock()
	defer s.searching.Unlock()
	if s.corpus != nil && s.corpus.state == i.state {
		s.corpus.idle.Reset(idleFor)
		return s.corpus, nil
	}
	c, err := s.gather(ctx, i)
	if err != nil {
		return nil, err
	}
	c.idle = time.AfterFunc(idleFor, func() {
		s.searching.Lock()
		s.corpus = nil
		s.searching.Unlock()
	})
	s.corpus = c
	return c, nil
}

// gather reads all wordings in force.
func (s *Service) gather(ctx context.Context, i *index) (*corpus, error) {
	c := &corpus{state: i.state}
	texts := make([]Text, len(i.laws))
	var (
		wait sync.WaitGroup
		once sync.Once
		bad  error
		next = make(chan int)
	)
	for range 2 {
		wait.Go(func() {
			for n := range next {
				t, err := s.read(ctx, i.laws[n].Version)
				if err != nil {
					once.Do(func() { bad = err })
				}
				texts[n] = t
			}
		})
	}
	for n := range i.laws {
		next <- n
	}
	close(next)
	wait.Wait()
	if bad != nil {
		return nil, bad
	}
	var b strings.Builder
	for n := range i.laws {
		for _, a := range texts[n].Articles {
			start := b.Len()
			b.WriteString(a.String())
			c.parts = append(c.parts, part{&i.laws[n].Version, a.Label, a.Anchor(), start, b.Len()})
			b.WriteByte('\n')
		}
	}
	c.text = b.String()
	return c, nil
}

// find looks for articles with all words; the longest word leads.
func (c *corpus) find(words []string, q Query) (out []Hit, more bool) {
	lead := slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) })
	if utf8.RuneCountInString(lead) < 2 {
		return nil, false
	}
	places := above(q.Region)
	for at := 0; at < len(c.text); {
		i := strings.Index(c.text[at:], lead)
		if i < 0 {
			break
		}
		pos := at + i
		n, _ := slices.BinarySearchFunc(c.parts, pos, func(p part, pos int) int {
			if p.end <= pos {
				return -1
			}
			return 1
		})
		if n >= len(c.parts) {
			break
		}
		p := c.parts[n]
		at = p.end
		if pos < p.start || !all(c.text[p.start:p.end], words) || !slices.Contains(places, p.version.Region) || q.Category != "" && q.Category != p.version.Category {
			continue
		}
		if len(out) == q.Limit {
			return out, true
		}
		out = append(out, Hit{Version: *p.version, Label: p.label, Anchor: p.anchor, Match: lead,
			Before: tail(c.text[p.start:pos]), After: head(c.text[pos+len(lead) : p.end])})
	}
	return out, false
}

func tail(s string) string {
	r := []rune(strings.ReplaceAll(s, "\n", " "))
	if len(r) > around {
		return "…" + string(r[len(r)-around:])
	}
	return string(r)
}

func head(s string) string {
	r := []rune(strings.ReplaceAll(s, "\n", " "))
	if len(r) > around {
		return string(r[:around]) + "…"
	}
	return string(r)
}
