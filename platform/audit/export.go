package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/platform/db"
)

// line is one line of an exported record: an act with its stored hash, or the
// checkpoint over all acts above it.
type line struct {
	Act        *Act       `json:"act,omitempty"`
	Hash       *tlog.Hash `json:"hash,omitempty"`
	Checkpoint *Head      `json:"checkpoint,omitempty"`
}

// Export writes the sealed record of one region as JSON lines, acts in the
// order of the tree and every checkpoint where it belongs. Whoever has the file
// and the public key can verify it without this system.
func Export(ctx context.Context, d *db.DB, w io.Writer, region string) (acts int64, err error) {
	out := bufio.NewWriter(w)
	put := func(l line) error {
		b, err := l.encode()
		if err == nil {
			_, err = out.Write(b)
		}
		return err
	}
	err = d.Snapshot(ctx, func(r db.Reader) error {
		after := int64(-1)
		heads, err := db.All(ctx, r, scanHead, `SELECT region, size, at, note FROM audit_checkpoint WHERE region = $1 ORDER BY size LIMIT 100000000`, region)
		if err != nil {
			return err
		}
		for {
			list, err := db.All(ctx, r, scanAct, `SELECT `+columns+` FROM audit_entry
				WHERE region = $1 AND position > $2 ORDER BY position LIMIT $3`, region, after, page)
			if err != nil || len(list) == 0 {
				return err
			}
			e := newEdge(ctx, r, region)
			for i := range list {
				a := &list[i]
				hash, err := e.ReadHashes([]int64{tlog.StoredHashIndex(0, a.Position)})
				if err != nil {
					return err
				}
				if err := put(line{Act: a, Hash: &hash[0]}); err != nil {
					return err
				}
				for acts++; len(heads) > 0 && heads[0].Size <= a.Position+1; heads = heads[1:] {
					if err := heads[0].parse(); err != nil {
						return err
					}
					if err := put(line{Checkpoint: &heads[0]}); err != nil {
						return err
					}
				}
				after = a.Position
			}
		}
	})
	if err != nil {
		return acts, err
	}
	return acts, out.Flush()
}

// VerifyFile checks an exported record without a database.
func VerifyFile(r io.Reader, v note.Verifier) (*Report, error) {
	report := &Report{}
	v = settled(v)
	var c *checker
	in := bufio.NewReader(r)
	for n := 1; ; n++ {
		raw, err := in.ReadBytes('\n')
		if err == io.EOF && len(raw) == 0 {
			break
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			report.add(Problem{"", Unsealed, "", fmt.Sprintf("line %d is not readable: %v", n, err)})
			continue
		}
		if again, err := l.encode(); err != nil || !bytes.Equal(again, raw) {
			report.add(Problem{"", Unsealed, "", fmt.Sprintf("line %d is not written as it was exported", n)})
		}
		if region := l.region(); c == nil {
			c = &checker{region: region, v: v, report: report}
			report.Regions = 1
		}
		c.line(n, l)
	}
	if c == nil {
		report.add(Problem{"", Unsealed, "", "the file is empty"})
		return report, nil
	}
	report.Waiting = c.acts.n - c.newest.Size
	if c.newest.Note != "" {
		report.Heads = []Head{c.newest}
	}
	if report.Waiting > 0 {
		report.add(Problem{c.region, c.newest.Size, "", "no good checkpoint covers the acts from here on"})
	}
	return report, nil
}

// encode writes a line the one way it is written.
func (l line) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(l)
	return b.Bytes(), err
}

func (l line) region() string {
	switch {
	case l.Act != nil:
		return l.Act.Region
	case l.Checkpoint != nil:
		return l.Checkpoint.Region
	}
	return ""
}

func (c *checker) line(n int, l line) {
	bad := func(what string) {
		c.report.add(Problem{c.region, c.acts.n, "", fmt.Sprintf("line %d: %s", n, what)})
	}
	switch {
	case l.Act != nil && l.Hash != nil:
		if l.Act.Position != c.acts.n {
			bad(fmt.Sprintf("act %s says position %d", l.Act.ID, l.Act.Position))
		}
		c.act(*l.Act, *l.Hash)
	case l.Checkpoint != nil:
		h := *l.Checkpoint
		if signed, err := OpenHead(h.Note, c.v); err == nil && signed.Root != h.Root {
			bad("the root beside the note is not the signed one")
		}
		if h.Size != c.acts.n {
			bad(fmt.Sprintf("the checkpoint is over %d acts, %d are above it", h.Size, c.acts.n))
		}
		c.head(h)
	default:
		bad("it is neither an act nor a checkpoint")
	}
}
