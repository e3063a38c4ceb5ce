package laws

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"tongban/platform/fault"
)

// index is what is kept, without the texts.
type index struct {
	byKey  map[string][]Version // region/law → versions, the newest first
	laws   []Law                // one for every title, by title
	state  string               // changes with every text that comes or goes
	readAt time.Time
}

// fresh is how long a server may go by what it has read: another one on the same
// database may have imported meanwhile.
const fresh = 30 * time.Second

func (s *Service) forget() {
	s.mu.Lock()
	s.index = nil
	s.mu.Unlock()
}

func (s *Service) known(ctx context.Context) (*index, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Clock.Now()
	if i := s.index; i != nil && !now.Before(i.readAt) && now.Sub(i.readAt) < fresh {
		return i, nil
	}
	list, err := allVersions(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	i := &index{byKey: map[string][]Version{}, readAt: now}
	h := fnv.New64a()
	var order []string
	for _, v := range list {
		key := v.Region + "/" + v.Law
		if i.byKey[key] == nil {
			order = append(order, key)
		}
		i.byKey[key] = append(i.byKey[key], v)
		fmt.Fprintf(h, "%s/%s/%s\n", key, v.Date, v.Hash)
	}
	i.state = fmt.Sprintf("%x-%d", h.Sum64(), len(list))
	day := s.today()
	for _, key := range order {
		versions := i.byKey[key]
		now, _ := inForceOn(versions, day)
		l := Law{Version: now}
		for _, v := range versions {
			l.Versions = append(l.Versions, v.Date)
		}
		i.laws = append(i.laws, l)
	}
	slices.SortStableFunc(i.laws, func(a, b Law) int { return strings.Compare(a.Law, b.Law) })
	s.index = i
	return i, nil
}

// above lists a region and those above it, the nearest first.
func above(region string) []string {
	out := []string{}
	if len(region) >= 6 {
		for _, r := range []string{region, region[:6], region[:4] + "00", region[:2] + "0000"} {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	if !slices.Contains(out, National) {
		out = append(out, National)
	}
	return out
}

// versions finds a law by its key, that of the nearest region first.
func (i *index) versions(region, key string) []Version {
	for _, r := range above(region) {
		if list := i.byKey[r+"/"+key]; list != nil {
			return list
		}
	}
	return nil
}

// Law finds a law by title or key in a region or above it.
func (s *Service) Law(ctx context.Context, region, title string) (Law, error) {
	i, err := s.known(ctx)
	if err != nil {
		return Law{}, err
	}
	list := i.versions(region, Key(title))
	if list == nil {
		return Law{}, ErrNoLaw.With("law", cut(title))
	}
	l := Law{}
	l.Version, _ = inForceOn(list, s.today())
	for _, v := range list {
		l.Versions = append(l.Versions, v.Date)
	}
	return l, nil
}

// VersionOf finds one wording of a law; the empty date is the one in force.
func (s *Service) VersionOf(ctx context.Context, region, title, date string) (Version, Text, error) {
	i, err := s.known(ctx)
	if err != nil {
		return Version{}, Text{}, err
	}
	list := i.versions(region, Key(title))
	if list == nil {
		return Version{}, Text{}, ErrNoLaw.With("law", cut(title))
	}
	v, ok := inForceOn(list, s.today())
	if date != "" {
		at := slices.IndexFunc(list, func(v Version) bool { return v.Date == date })
		if at < 0 {
			return v, Text{}, ErrNoLaw.With("law", cut(title)).With("version", cut(date))
		}
		v = list[at]
	}
	if !ok {
		return v, Text{}, ErrNoLaw.With("law", cut(title))
	}
	t, err := s.text(ctx, v)
	return v, t, err
}

// keptTexts is how many laws stay taken apart in memory.
const keptTexts = 64

func (s *Service) text(ctx context.Context, v Version) (Text, error) {
	s.mu.Lock()
	t, ok := s.texts[v.Hash]
	s.mu.Unlock()
	if ok {
		return t, nil
	}
	t, err := s.read(ctx, v)
	if err != nil {
		return t, err
	}
	s.mu.Lock()
	if len(s.texts) >= keptTexts {
		clear(s.texts)
	}
	s.texts[v.Hash] = t
	s.mu.Unlock()
	return t, nil
}

// read takes a text out of the database and apart.
func (s *Service) read(ctx context.Context, v Version) (Text, error) {
	raw, err := loadBody(ctx, s.DB, v.Region, v.Law, v.Date)
	if err != nil {
		return Text{}, err
	}
	body, err := inflate(raw)
	if err != nil {
		return Text{}, fault.Internal("laws.unreadable").With("law", v.Law).Because(err)
	}
	return ParseText(string(body)), nil
}

func cut(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
