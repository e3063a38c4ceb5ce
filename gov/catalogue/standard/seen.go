package standard

import (
	"context"
	"maps"
	"sync"

	"tongban/platform/db"
)

// Seen remembers the newest versions of base items that were committed when they
// were read. Because: an import asks for the same few thousand again and again.
type Seen struct {
	mu sync.Mutex
	of map[string]directory // by region of the directory
}

// directory is what was read while it had so many versions. Versions are only
// ever added, so that the same number means the same versions.
type directory struct {
	versions int
	newest   map[string]Base // never changed, replaced
}

// Newest returns what is known of the given base items without asking for any,
// as long as the directory, as r sees it, is as it was; missing are the others.
func (s *Seen) Newest(ctx context.Context, r db.Reader, region string, codes []string) (there map[string]Base, missing []string, err error) {
	n, err := countVersions(ctx, r, region)
	if err != nil {
		return nil, nil, err
	}
	d := s.directory(region)
	there = make(map[string]Base, len(codes))
	for _, c := range codes {
		if b, ok := d.newest[c]; ok && d.versions == n {
			there[c] = b
		} else {
			missing = append(missing, c)
		}
	}
	return there, missing, nil
}

// Read brings in base items that are not known yet. r reads what is committed.
func (s *Seen) Read(ctx context.Context, r db.Reader, region string, codes []string) error {
	n, err := countVersions(ctx, r, region)
	if err != nil {
		return err
	}
	d := s.directory(region)
	if d.versions != n {
		d = directory{versions: n}
	}
	var missing []string
	for _, c := range codes {
		if _, ok := d.newest[c]; !ok {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	more, err := Newest(ctx, r, region, missing)
	if err != nil {
		return err
	}
	if n, err = countVersions(ctx, r, region); err != nil || n != d.versions {
		return err // somebody publishes just now
	}
	newest := maps.Clone(d.newest)
	if newest == nil {
		newest = map[string]Base{}
	}
	maps.Copy(newest, more)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]directory{}
	}
	s.of[region] = directory{n, newest}
	return nil
}

// Of returns what was read last of a base item; it may not be the newest any more.
func (s *Seen) Of(region, code string) (Base, bool) {
	b, ok := s.directory(region).newest[code]
	return b, ok
}

func (s *Seen) directory(region string) directory {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[region]
}
