package shelf

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"tongban/gov/catalogue/places"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// Deps is what the shelf needs.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Places func(context.Context) (*places.List, error) // all divisions
}

// Shelf finds items and counts them.
type Shelf struct {
	Deps
	columns  columns
	synonyms synonyms
	answers  answers
	recalled recalled
}

// New returns a shelf over a migrated database. It reads what is published
// when it is first asked.
func New(d Deps) *Shelf { return &Shelf{Deps: d} }

// Search finds items: by words, pinyin, initials, codes, or by browsing when
// there is no text. The caller has checked that q.Region is a place.
func (s *Shelf) Search(ctx context.Context, q Query) (Results, error) {
	if !utf8.ValidString(q.Text) || q.Limit < 0 || q.Limit > 100 {
		return Results{}, ErrQuery
	}
	if q.Limit == 0 {
		q.Limit = 20
	}
	after, err := parseCursor(q.After)
	if err != nil {
		return Results{}, err
	}
	now := s.Clock.Now()
	last, err := s.columns.refresh(ctx, s.DB, now)
	if err != nil {
		return Results{}, err
	}
	question := questionOf(q)
	if res, ok := s.answers.get(question, last, now); ok {
		return res, nil
	}
	res, err := s.ask(ctx, q, after)
	if err == nil {
		s.answers.put(question, last, now, res)
	}
	return res, err
}

// ask finds out what is not remembered.
func (s *Shelf) ask(ctx context.Context, q Query, after cursor) (Results, error) {
	same, err := s.same(ctx, q.Same)
	if err != nil {
		return Results{}, err
	}
	if strings.TrimSpace(q.Text) == "" {
		res, err := s.answer(ctx, q, found{}, same, after)
		if err != nil || res.Total > 0 {
			return res, err
		}
		return s.instead(ctx, q, found{}, res)
	}
	f, err := s.find(ctx, q)
	if err != nil {
		return Results{}, err
	}
	inner := q
	if f.understood.Region != "" {
		inner.Region = f.understood.Region
	}
	res, err := s.answer(ctx, inner, f, same, after)
	if err != nil || res.Total > 0 {
		return res, err
	}
	return s.instead(ctx, inner, f, res)
}

// same is the wording that a query names by one of its items.
func (s *Shelf) same(ctx context.Context, item string) (uint32, error) {
	if item == "" {
		return 0, nil
	}
	region, code, _ := strings.Cut(item, "/")
	key, err := wordingOf(ctx, s.DB, region, code)
	if err == nil && key == 0 {
		err = ErrQuery
	}
	return uint32(key), err
}

// answer counts, orders and reads one page.
func (s *Shelf) answer(ctx context.Context, q Query, f found, same uint32, after cursor) (Results, error) {
	c := &s.columns
	c.mu.RLock()
	t := c.count(q, f.selection, same)
	numbers, places, res := c.page(q, f.selection, t, after)
	res.Facets = c.facets(q, t)
	t.free()
	c.mu.RUnlock()
	res.Understood, res.More = f.understood, f.more
	hits, err := loadHits(ctx, s.DB, numbers)
	if err != nil {
		return res, err
	}
	for i, n := range numbers {
		h, ok := hits[n]
		if !ok {
			continue // withdrawn this moment
		}
		if places != nil {
			h.Places = places[i]
		}
		res.Items = append(res.Items, h)
	}
	return res, nil
}

// restrictions are what a query can be widened by, the first to go first.
var restrictions = []struct {
	name string
	drop func(*Query) bool
}{
	{"visits", func(q *Query) bool { had := q.Visits != nil; q.Visits = nil; return had }},
	{"depth", func(q *Query) bool { had := q.Depth > 0; q.Depth = 0; return had }},
	{"online", func(q *Query) bool { had := q.Online != nil; q.Online = nil; return had }},
	{"type", func(q *Query) bool { had := q.Type != ""; q.Type = ""; return had }},
	{"theme", func(q *Query) bool { had := q.Theme != ""; q.Theme = ""; return had }},
	{"event", func(q *Query) bool { had := q.Event != ""; q.Event = ""; return had }},
	{"audience", func(q *Query) bool { had := q.Audience != ""; q.Audience = ""; return had }},
	{"department", func(q *Query) bool { had := q.Org != ""; q.Org = ""; return had }},
	{"level", func(q *Query) bool { had := q.Level > 0; q.Level = 0; return had }},
	{"region", func(q *Query) bool { had := q.Region != ""; q.Region = ""; return had }},
}

// instead says what there is when nothing fits: the same with one restriction
// less, and what comes closest.
func (s *Shelf) instead(ctx context.Context, q Query, f found, res Results) (Results, error) {
	if !f.empty() || strings.TrimSpace(q.Text) == "" {
		s.columns.mu.RLock()
		for _, r := range restrictions {
			wider := q
			if !r.drop(&wider) {
				continue
			}
			t := s.columns.count(wider, f.selection, 0)
			n := t.total
			t.free()
			if n > 0 {
				res.Wider = append(res.Wider, Wide{r.name, n})
			}
		}
		s.columns.mu.RUnlock()
	}
	if strings.TrimSpace(q.Text) == "" {
		return res, nil
	}
	near, err := s.nearest(ctx, q)
	if err != nil || near == nil {
		return res, err
	}
	closest, err := s.answer(ctx, Query{Region: q.Region, Limit: maxNearest, Once: true}, found{selection: selection{fit: near}}, 0, cursor{})
	res.Nearest = closest.Items
	return res, err
}

const maxNearest = 6

// Department is an office that owns items, as the items name it.
type Department struct {
	Code, Name, NameEn string
	Region             string // of its items
	Items              int
	Suspected          bool   // its unified code fails the check; kept as published
	Initials           string // of the name
}

// Departments lists the offices that own items of a region and those above it
// and, with below, of those below it.
func (s *Shelf) Departments(ctx context.Context, q Query) ([]Department, error) {
	if _, err := s.columns.refresh(ctx, s.DB, s.Clock.Now()); err != nil {
		return nil, err
	}
	c := &s.columns
	c.mu.RLock()
	defer c.mu.RUnlock()
	t := c.count(q, selection{}, 0)
	defer t.free()
	at := map[string]int{}
	var out []Department
	for i, n := range t.byOffice {
		if n == 0 {
			continue
		}
		o := &c.offices[i]
		j, ok := at[o.code]
		if !ok {
			j = len(out)
			at[o.code] = j
			out = append(out, Department{Code: o.code, Name: o.name, NameEn: o.nameEn, Region: o.region, Suspected: o.suspected, Initials: o.initials})
		}
		out[j].Items += int(n)
	}
	return out, nil
}

// Warm reads what is published, so that the first reader need not wait.
func (s *Shelf) Warm(ctx context.Context) error {
	_, err := s.columns.refresh(ctx, s.DB, s.Clock.Now())
	return err
}

// Size is how many items there are and how many different wordings they have.
func (s *Shelf) Size(ctx context.Context) (items, wordings int, err error) {
	err = s.Warm(ctx)
	s.columns.mu.RLock()
	defer s.columns.mu.RUnlock()
	return s.columns.live, max(len(s.columns.wordings)-1, 0), err
}

// missing tells whether nothing was there.
func missing(err error) bool {
	return errors.Is(err, db.ErrNoRow) || fault.IsKind(err, fault.KindNotFound)
}
