package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/platform/db"
)

// height is the tiles' height: 2^8 hashes in each.
const height = 8

const perTile = 1 << height

type tileKey struct{ level, tile int64 }

// edge is the growing right edge of one region's tree: the tiles that new
// leaves need, loaded when first asked for.
type edge struct {
	load  func(tileKey) ([]byte, error)
	tiles map[tileKey][]byte
	dirty map[tileKey]bool
}

func newEdge(ctx context.Context, r db.Reader, region string) *edge {
	return &edge{
		tiles: map[tileKey][]byte{},
		dirty: map[tileKey]bool{},
		load: func(k tileKey) ([]byte, error) {
			return db.One(ctx, r, db.Value[[]byte], `SELECT hashes FROM audit_tile WHERE region = $1 AND level = $2 AND tile = $3`,
				region, k.level, k.tile)
		},
	}
}

func (e *edge) tile(k tileKey) ([]byte, error) {
	if data, ok := e.tiles[k]; ok {
		return data, nil
	}
	data, err := e.load(k)
	if err != nil {
		return nil, err
	}
	e.tiles[k] = data
	return data, nil
}

// ReadHashes implements tlog.HashReader over the tiles.
func (e *edge) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		t := tlog.TileForIndex(height, index)
		data, err := e.tile(tileKey{int64(t.L), t.N})
		if err != nil {
			return nil, fmt.Errorf("tile %d/%d: %w", t.L, t.N, err)
		}
		if len(data) < t.W*tlog.HashSize {
			return nil, fmt.Errorf("tile %d/%d has %d bytes, %d needed", t.L, t.N, len(data), t.W*tlog.HashSize)
		}
		if out[i], err = tlog.HashFromTile(t, data[:t.W*tlog.HashSize], index); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// add appends leaf number n.
func (e *edge) add(n int64, leaf tlog.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(n, leaf, e)
	if err != nil {
		return err
	}
	for h := 0; h < len(hashes); h += height {
		at := n >> h
		k := tileKey{int64(h / height), at / perTile}
		var data []byte
		if within := at % perTile; within > 0 {
			if data, err = e.tile(k); err != nil {
				return err
			}
			// The slice is cut so that what another sealer appended meanwhile
			// never slips in, and copied because it is shared.
			data = append([]byte(nil), data[:min(len(data), int(within)*tlog.HashSize)]...)
			if len(data) != int(within)*tlog.HashSize {
				return fmt.Errorf("tile %d/%d is too short", k.level, k.tile)
			}
		}
		e.tiles[k] = append(data, hashes[h][:]...)
		e.dirty[k] = true
	}
	return nil
}

// frontier computes roots while leaves stream by, in memory of log n.
type frontier struct {
	n     int64
	stack []tlog.Hash // roots of complete subtrees, largest first
}

// add appends a leaf and returns the hashes of the subtrees that it completes,
// by height; the first is the leaf itself.
func (f *frontier) add(leaf tlog.Hash) []tlog.Hash {
	done := []tlog.Hash{leaf}
	f.stack = append(f.stack, leaf)
	for n := f.n; n&1 == 1; n >>= 1 {
		last := len(f.stack) - 1
		node := tlog.NodeHash(f.stack[last-1], f.stack[last])
		f.stack = append(f.stack[:last-1], node)
		done = append(done, node)
	}
	f.n++
	return done
}

func (f *frontier) root() tlog.Hash {
	if f.n == 0 {
		h, _ := tlog.TreeHash(0, nil)
		return h
	}
	h := f.stack[len(f.stack)-1]
	for i := len(f.stack) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.stack[i], h)
	}
	return h
}

func treeHash(size int64, r tlog.HashReader) (tlog.Hash, error) { return tlog.TreeHash(size, r) }
