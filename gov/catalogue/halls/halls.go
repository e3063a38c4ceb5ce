package halls

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/platform/clock"
	"tongban/platform/db"
)

// Hall is a place where items of a division are handled.
type Hall struct {
	Name    content.Text // of the window; empty when guides give the address alone
	Address content.Text
	Hours   content.Text
	Phone   string
	Items   int
	Offices []Office
}

// Office is an office that handles items there.
type Office struct{ Code, Name, NameEn string }

// Deps is what halls need.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Catalogue *catalogue.Service
}

// Service tells the halls of divisions. All of it is public.
type Service struct {
	Deps
	mu   sync.Mutex
	kept map[string]kept
}

type kept struct {
	at   time.Time
	list []Hall
}

// New returns a service.
func New(d Deps) *Service { return &Service{Deps: d, kept: map[string]kept{}} }

// Bounds: how old a list may be, how many divisions are kept, and how many items
// of one division are read.
const (
	fresh    = 10 * time.Minute
	maxKept  = 200
	maxItems = 10000
)

// In lists the halls of a division itself, those for most items first. It is at
// most ten minutes old.
func (s *Service) In(ctx context.Context, region string) ([]Hall, error) {
	if err := s.Catalogue.Region(ctx, "region", region); err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	s.mu.Lock()
	k, ok := s.kept[region]
	s.mu.Unlock()
	if ok && now.Sub(k.at) < fresh {
		return k.list, nil
	}
	list, err := s.read(ctx, region)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) >= maxKept {
		clear(s.kept)
	}
	s.kept[region] = kept{now, list}
	return list, nil
}

func (s *Service) read(ctx context.Context, region string) ([]Hall, error) {
	codes, err := offered(ctx, s.DB, region, maxItems)
	if err != nil {
		return nil, err
	}
	g := gather{at: map[string]int{}}
	for part := range slices.Chunk(codes, 500) {
		there, err := s.Catalogue.Present(ctx, region, part)
		if err != nil {
			return nil, err
		}
		for _, code := range part {
			if c, ok := there[code]; ok {
				g.add(&c.Item)
			}
		}
	}
	slices.SortStableFunc(g.list, func(a, b Hall) int {
		return cmp.Or(b.Items-a.Items, strings.Compare(a.Address.Zh, b.Address.Zh))
	})
	return g.list, nil
}

// gather puts items with the same address together.
type gather struct {
	list []Hall
	at   map[string]int
}

func (g *gather) add(it *content.Item) {
	here := it.Windows
	if len(here) == 0 {
		if place := Place(it.Location); place != "" {
			here = []content.Window{{Address: content.Zh(place), Phone: it.Phone}}
		}
	}
	for _, w := range here {
		key := strings.Join(strings.Fields(w.Address.Zh), "")
		if key == "" {
			continue
		}
		i, ok := g.at[key]
		if !ok {
			i = len(g.list)
			g.at[key] = i
			g.list = append(g.list, Hall{Name: w.Name, Address: w.Address, Hours: w.Hours, Phone: w.Phone})
		}
		h := &g.list[i]
		h.Items++
		if h.Hours.Empty() {
			h.Hours = w.Hours
		}
		h.Phone = cmp.Or(h.Phone, w.Phone)
		if !slices.ContainsFunc(h.Offices, func(o Office) bool { return o.Code == it.Org }) {
			h.Offices = append(h.Offices, Office{it.Org, it.OrgName, it.OrgNameEn})
		}
	}
}

// Place is an address as guides publish it, without the label in front of it;
// "" where guides say that nobody goes anywhere.
func Place(location string) string { return content.Place(location) }
