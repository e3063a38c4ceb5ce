package laws

import (
	"context"
	"sync"
	"time"

	"tongban/platform/auth"
	"tongban/platform/authz"
)

// notices are the counts that readers were told, by region.
type notices struct {
	mu   sync.Mutex
	kept map[string]notice
}

type notice struct {
	at time.Time
	n  int
}

// noticeAge is how old a count in the navigation may be.
const noticeAge = time.Minute

// Outdated is how many items of the reader's widest region cite a law that has a
// newer text, other words or a changed article, and that nobody has looked at
// since; 0 for who does not review citations. It is at most a minute old, for
// every page of a reviewer tells it.
func (s *Service) Outdated(ctx context.Context) (int, error) {
	region := ""
	for _, g := range auth.From(ctx).Grants {
		if g.Has(MayReviewLaws.Name) && (region == "" || g.Region < region) {
			region = g.Region
		}
	}
	if region == "" {
		return 0, nil
	}
	s.notices.mu.Lock()
	defer s.notices.mu.Unlock()
	now := s.Clock.Now()
	if k, ok := s.notices.kept[region]; ok && now.Sub(k.at) < noticeAge {
		return k.n, nil
	}
	n, err := countOutdated(ctx, s.DB, authz.Prefix(region))
	if err != nil {
		return 0, err
	}
	if s.notices.kept == nil {
		s.notices.kept = map[string]notice{}
	}
	s.notices.kept[region] = notice{now, n}
	return n, nil
}
