package audit

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/platform/db"
)

// Verify recomputes, from every act, the leaves, the tiles and the roots of all
// regions and compares them with what is stored and signed. It reads one
// snapshot while others go on writing. witnessed are notes of earlier
// checkpoints that were kept elsewhere; with them even a record that was cut
// off and signed anew is found out. Checkpoints that were kept when keys were
// replaced count among them.
func Verify(ctx context.Context, d *db.DB, v note.Verifier, witnessed ...string) (*Report, error) {
	v = settled(v)
	if s, ok := v.(several); ok {
		witnessed = append(s.keys.Notes(), witnessed...)
	}
	witness, err := witnesses(v, witnessed)
	if err != nil {
		return nil, err
	}
	report := &Report{}
	err = d.Snapshot(ctx, func(r db.Reader) error {
		regions, err := db.All(ctx, r, db.Value[string], `SELECT region FROM audit_checkpoint
			UNION SELECT region FROM audit_tile UNION SELECT region FROM audit_entry WHERE position IS NOT NULL
			ORDER BY region LIMIT 100000`)
		if err != nil {
			return err
		}
		for _, region := range regions {
			s := &scan{ctx: ctx, r: r, checker: checker{region: region, v: v, report: report, witness: witness[region]}}
			if err := s.run(); err != nil {
				return fmt.Errorf("region %s: %w", region, err)
			}
			report.Regions++
			if s.newest.Note != "" {
				report.Heads = append(report.Heads, s.newest)
			}
			delete(witness, region)
		}
		for region := range witness {
			report.add(Problem{region, Unsealed, "", "a witness knows this region, the record does not"})
		}
		report.Waiting, _, err = Waiting(ctx, r)
		return err
	})
	return report, err
}

func witnesses(v note.Verifier, notes []string) (map[string]map[int64]tlog.Hash, error) {
	out := map[string]map[int64]tlog.Hash{}
	for _, msg := range notes {
		h, err := OpenHead(msg, v)
		if err != nil {
			return nil, fmt.Errorf("witnessed checkpoint: %w", err)
		}
		if out[h.Region] == nil {
			out[h.Region] = map[int64]tlog.Hash{}
		}
		out[h.Region][h.Size] = h.Root
	}
	return out, nil
}

// scan reads one region of the database into a checker.
type scan struct {
	checker
	ctx      context.Context
	r        db.Reader
	headRows pager[Head]
	actRows  pager[Act]
	tiles    map[int64]*storedTile // by level, the one in use
	count    int64
}

type storedTile struct {
	n      int64
	hashes []byte
}

const page = 2000

func (s *scan) run() error {
	s.tiles = map[int64]*storedTile{}
	s.headRows.load = func(after int64) ([]Head, error) {
		return db.All(s.ctx, s.r, scanHead, `SELECT region, size, at, note FROM audit_checkpoint
			WHERE region = $1 AND size > $2 ORDER BY size LIMIT $3`, s.region, after, page)
	}
	s.actRows.load = func(after int64) ([]Act, error) {
		return db.All(s.ctx, s.r, scanAct, `SELECT `+columns+` FROM audit_entry
			WHERE region = $1 AND position > $2 ORDER BY position LIMIT $3`, s.region, after, page)
	}
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	s.actRows.after = -1
	head, more, err := s.headRows.next(func(h Head) int64 { return h.Size })
	for ; more && err == nil; head, more, err = s.headRows.next(func(h Head) int64 { return h.Size }) {
		if err := s.until(head.Size); err != nil {
			return err
		}
		s.head(head)
	}
	if err != nil {
		return err
	}
	if err := s.rest(); err != nil {
		return err
	}
	for size := range s.witness {
		if size > s.acts.n {
			s.report.add(Problem{s.region, size, "", "a witness saw more acts than there are"})
		}
	}
	return s.countTiles()
}

// until checks the acts up to the size of the next checkpoint.
func (s *scan) until(size int64) error {
	for s.acts.n < size {
		stored, ok, err := s.storedLeaf(s.acts.n)
		if err != nil {
			return err
		}
		a, more, err := s.actRows.peek(func(a Act) int64 { return a.Position })
		if err != nil {
			return err
		}
		if !ok && more && a.Position == s.acts.n {
			stored = a.Leaf() // the tile is reported; go on with what is there
		}
		n := s.acts.n
		var done []tlog.Hash
		if more && a.Position == n {
			done = s.act(a, stored)
			s.actRows.drop()
		} else {
			done = s.gap(stored)
		}
		if err := s.compareNodes(n, done); err != nil {
			return err
		}
		if w, ok := s.witness[s.acts.n]; ok && w != s.acts.root() && w != s.stored.root() {
			s.report.add(Problem{s.region, n, "", "a witness was shown another root over the acts up to here"})
		}
	}
	return nil
}

// compareNodes checks the stored hashes above the leaf against the computed ones.
func (s *scan) compareNodes(n int64, done []tlog.Hash) error {
	for h := height; h < len(done); h += height {
		level, at := int64(h/height), n>>h
		data, err := s.tile(level, at/perTile)
		if err != nil {
			return err
		}
		i := int(at%perTile) * tlog.HashSize
		if len(data) >= i+tlog.HashSize && tlog.Hash(data[i:i+tlog.HashSize]) != done[h] {
			s.report.add(Problem{s.region, n, "", fmt.Sprintf("hash %d of tile %d/%d was changed", at%perTile, level, at/perTile)})
		}
	}
	return nil
}

func (s *scan) storedLeaf(n int64) (h tlog.Hash, ok bool, err error) {
	data, err := s.tile(0, n/perTile)
	i := int(n%perTile) * tlog.HashSize
	if err != nil || len(data) < i+tlog.HashSize {
		return h, false, err
	}
	return tlog.Hash(data[i : i+tlog.HashSize]), true, nil
}

// tile returns the stored hashes of a tile, nil and a problem when it is missing.
func (s *scan) tile(level, n int64) ([]byte, error) {
	if t := s.tiles[level]; t != nil && t.n == n {
		return t.hashes, nil
	}
	data, err := db.One(s.ctx, s.r, db.Value[[]byte], `SELECT hashes FROM audit_tile WHERE region = $1 AND level = $2 AND tile = $3`, s.region, level, n)
	switch {
	case errors.Is(err, db.ErrNoRow):
		s.report.add(Problem{s.region, Unsealed, "", fmt.Sprintf("tile %d/%d is missing", level, n)})
	case err != nil:
		return nil, err
	default:
		s.count++
	}
	s.tiles[level] = &storedTile{n, data}
	return data, nil
}

// rest reports what lies beyond the last checkpoint.
func (s *scan) rest() error {
	for {
		a, more, err := s.actRows.peek(func(a Act) int64 { return a.Position })
		if err != nil || !more {
			return err
		}
		s.report.add(Problem{s.region, a.Position, a.ID, "the act has a position that no checkpoint covers"})
		s.actRows.drop()
	}
}

// countTiles checks that there are as many hashes as the tree has, no more.
func (s *scan) countTiles() error {
	var want int64
	for level, n := int64(0), s.acts.n; n > 0; level, n = level+1, n>>height {
		want += (n + perTile - 1) / perTile
		if data, err := s.tile(level, (n-1)/perTile); err != nil {
			return err
		} else if got := int64(len(data)); got != 0 && got != ((n-1)%perTile+1)*tlog.HashSize {
			s.report.add(Problem{s.region, Unsealed, "", fmt.Sprintf("tile %d/%d has %d bytes", level, (n-1)/perTile, got)})
		}
	}
	got, err := db.One(s.ctx, s.r, db.Value[int64], `SELECT count(*) FROM audit_tile WHERE region = $1`, s.region)
	if err != nil {
		return err
	}
	if got != want {
		s.report.add(Problem{s.region, Unsealed, "", fmt.Sprintf("%d tiles are stored, the tree has %d", got, want)})
	}
	return nil
}

// pager walks an ordered table in pages.
type pager[T any] struct {
	load  func(after int64) ([]T, error)
	after int64
	rows  []T
	done  bool
}

func (p *pager[T]) peek(key func(T) int64) (row T, more bool, err error) {
	if len(p.rows) == 0 && !p.done {
		if p.rows, err = p.load(p.after); err != nil {
			return row, false, err
		}
		p.done = len(p.rows) < page
		if len(p.rows) > 0 {
			p.after = key(p.rows[len(p.rows)-1])
		}
	}
	if len(p.rows) == 0 {
		return row, false, nil
	}
	return p.rows[0], true, nil
}

func (p *pager[T]) drop() { p.rows = p.rows[1:] }

func (p *pager[T]) next(key func(T) int64) (row T, more bool, err error) {
	row, more, err = p.peek(key)
	if more {
		p.drop()
	}
	return row, more, err
}
