package audit

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// Sealer gives committed acts their places in the tree of their region and
// signs the new root. Several sealers (replicas) do no harm: a place is taken
// once, whoever comes second starts again.
type Sealer struct {
	DB     *db.DB
	Signer note.Signer
	Keys   func() note.Signer // asked before each checkpoint, where keys are replaced while it runs; nil: Signer
	Clock  clock.Clock
	Log    *slog.Logger
}

const (
	// maxSeal bounds one sealing transaction.
	maxSeal = 4096
	// gather is how long the sealer lets acts come together after the first.
	gather = 200 * time.Millisecond
	// look is how often it looks for acts that other processes recorded.
	look = time.Second
)

// Run seals until ctx ends, and then once more.
func (s *Sealer) Run(ctx context.Context) {
	woken := s.DB.Woken(topic)
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			s.sealAndLog(last)
			return
		case <-woken:
			select {
			case <-time.After(gather):
			case <-ctx.Done():
			}
		case <-tick.C:
		}
		s.sealAndLog(ctx)
	}
}

func (s *Sealer) sealAndLog(ctx context.Context) {
	if _, err := s.Seal(ctx); err != nil && ctx.Err() == nil {
		s.Log.Error("sealing the audit record", "error", err)
	}
}

// Seal seals everything that waits, in every region, and returns how many acts
// that were.
func (s *Sealer) Seal(ctx context.Context) (int, error) {
	ctx = auth.System(ctx, "audit")
	regions, err := db.All(ctx, s.DB, db.Value[string], `SELECT DISTINCT region FROM audit_entry WHERE position IS NULL ORDER BY region LIMIT 10000`)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, region := range regions {
		for {
			n, err := s.sealRegion(ctx, region)
			if fault.IsKind(err, fault.KindConflict) {
				break // another sealer was faster; what is left waits for the next round
			}
			if err != nil {
				return total, fmt.Errorf("region %s: %w", region, err)
			}
			total += n
			if n < maxSeal {
				break
			}
		}
	}
	return total, nil
}

// sealRegion seals up to maxSeal acts of one region. It reads outside the
// transaction; the guarded updates inside prove that nothing has changed.
func (s *Sealer) sealRegion(ctx context.Context, region string) (int, error) {
	head, err := last(ctx, s.DB, region)
	if err != nil {
		return 0, err
	}
	acts, err := db.All(ctx, s.DB, scanAct, `SELECT `+columns+` FROM audit_entry
		WHERE region = $1 AND position IS NULL ORDER BY id LIMIT $2`, region, maxSeal)
	if err != nil || len(acts) == 0 {
		return 0, err
	}
	e := newEdge(ctx, s.DB, region)
	size := head.Size
	for i := range acts {
		acts[i].Position = size
		if err := e.add(size, acts[i].Leaf()); err != nil {
			return 0, err
		}
		size++
	}
	next := Head{Region: region, Size: size, At: s.Clock.Now()}
	if next.Root, err = treeHash(size, e); err != nil {
		return 0, err
	}
	signer := s.Signer
	if s.Keys != nil { // after the time was taken, so that a key that just ended did not end before it
		signer = s.Keys()
	}
	if next.Note, err = next.sign(signer); err != nil {
		return 0, fmt.Errorf("sign: %w", err)
	}
	return len(acts), s.DB.Tidy(ctx, func(tx *db.Tx) error {
		tx.Unaudited("the audit record itself")
		return store(ctx, tx, acts, e, next)
	})
}

func store(ctx context.Context, tx *db.Tx, acts []Act, e *edge, next Head) error {
	for len(acts) > 0 {
		n := chunk(len(acts))
		if err := place(ctx, tx, acts[:n]); err != nil {
			return err
		}
		acts = acts[n:]
	}
	for k := range e.dirty {
		tx.Later(`INSERT INTO audit_tile (region, level, tile, hashes) VALUES ($1, $2, $3, $4)
			ON CONFLICT (region, level, tile) DO UPDATE SET hashes = excluded.hashes`, next.Region, k.level, k.tile, e.tiles[k])
	}
	tx.Later(`INSERT INTO audit_checkpoint (region, size, at, note) VALUES ($1, $2, $3, $4)`,
		next.Region, next.Size, db.At(next.At), next.Note)
	return nil
}

// chunk is the largest of 1, 16, 256 that fits, so that there are three
// statements to prepare and not one for each length.
func chunk(n int) int {
	switch {
	case n >= 256:
		return 256
	case n >= 16:
		return 16
	}
	return 1
}

var placing = map[int]string{1: placeQuery(1), 16: placeQuery(16), 256: placeQuery(256)}

func placeQuery(n int) string {
	var b strings.Builder
	b.WriteString(`UPDATE audit_entry SET position = v.column2 FROM (VALUES `)
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "(CAST($%d AS text), CAST($%d AS bigint))", 2+2*i, 3+2*i)
	}
	b.WriteString(`) AS v WHERE audit_entry.region = $1 AND audit_entry.id = v.column1 AND audit_entry.position IS NULL`)
	return b.String()
}

// place gives acts of one region their positions; all of them or a conflict.
func place(ctx context.Context, tx *db.Tx, acts []Act) error {
	args := make([]any, 0, 1+2*len(acts))
	args = append(args, acts[0].Region)
	for _, a := range acts {
		args = append(args, a.ID, a.Position)
	}
	n, err := tx.Exec(ctx, placing[len(acts)], args...)
	if err != nil {
		return err
	}
	if int(n) != len(acts) {
		return db.ErrStale
	}
	return nil
}

// Waiting tells how many acts are not sealed yet and since when.
func Waiting(ctx context.Context, r db.Reader) (n int64, since time.Time, err error) {
	type waiting struct {
		n  int64
		at db.Time
	}
	w, err := db.One(ctx, r, func(row db.Row) (w waiting, err error) {
		err = row.Scan(&w.n, &w.at)
		return w, err
	}, `SELECT count(*), min(at) FROM audit_entry WHERE position IS NULL`)
	return w.n, w.at.Time, err
}
