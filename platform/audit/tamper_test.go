package audit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// change is one way to alter one stored value, and back.
type change struct {
	table, where, column string
	old, new             any
	names                string // what the report must contain
}

// Every byte of every column of every act, tile and checkpoint is changed, one
// at a time, and each time the report must name the record.
func TestVerify_everyByteCounts(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		b := setup(t, d)
		b.act(t, "449901", 3)
		b.seal(t, 3)
		b.act(t, "449901", 2)
		b.seal(t, 2)
		step := 1
		if d.Engine() == db.Postgres || testing.Short() {
			step = 5 // a round trip more for each; every byte is tried on the other engine
		}
		changes := append(actChanges(t, b), append(tileChanges(t, b), checkpointChanges(t, b)...)...)
		for i := 0; i < len(changes); i += step {
			c := changes[i]
			set := fmt.Sprintf("UPDATE audit_%s SET %s = $1 WHERE %s", c.table, c.column, c.where)
			b.exec(t, set, c.new)
			r := b.verify(t)
			if r.OK() {
				t.Fatalf("%s.%s from %q to %q was not seen", c.table, c.column, c.old, c.new)
			}
			if all := fmt.Sprint(r.Problems); !strings.Contains(all, c.names) {
				t.Fatalf("%s.%s: %q is not named in %s", c.table, c.column, c.names, all)
			}
			back := set
			for _, key := range []string{"region", "id", "size", "level", "tile"} {
				if c.column == key {
					back = strings.Replace(back, fmt.Sprintf("%s = '%v'", key, c.old), fmt.Sprintf("%s = '%v'", key, c.new), 1)
				}
			}
			b.exec(t, back, c.old)
		}
		if r := b.verify(t); !r.OK() {
			t.Fatalf("the record was not put back: %v", r.Problems)
		}
		t.Logf("%d changes tried", (len(changes)+step-1)/step)
	})
}

// flips returns s with each byte changed in turn, still text.
func flips(s string) (out []string) {
	for i := range len(s) {
		b := []byte(s)
		if b[i] >= 0x80 { // a byte of a Chinese character: drop the character's neighbourhood instead
			b[i] = 'x'
			if i+1 < len(b) {
				b = append(b[:i+1], []byte(strings.ToValidUTF8(string(b[i+1:]), ""))...)
			}
			out = append(out, strings.ToValidUTF8(string(b), ""))
			continue
		}
		b[i] ^= 1
		out = append(out, string(b))
	}
	return append(out, s+" ")
}

func actChanges(t *testing.T, b bundle) (out []change) {
	acts, _, err := audit.Page(b.ctx, b.d, audit.Filter{Region: "449901"})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range acts {
		where := fmt.Sprintf("region = '449901' AND id = '%s'", a.ID)
		position := fmt.Sprintf("position %d", a.Position)
		for column, v := range map[string]string{"actor": a.Actor, "name": a.Name, "session": a.Session, "action": a.Action, "object": a.Object, "details": a.Details} {
			for _, f := range flips(v) {
				out = append(out, change{"entry", where, column, v, f, a.ID})
			}
		}
		for _, f := range flips(a.ID) {
			out = append(out, change{"entry", where, "id", a.ID, f, position})
		}
		for _, f := range flips(a.Region) {
			out = append(out, change{"entry", where, "region", a.Region, f, position})
		}
		for _, by := range []time.Duration{time.Microsecond, -time.Microsecond, time.Hour, 24 * 365 * time.Hour} {
			out = append(out, change{"entry", where, "at", db.At(a.At), db.At(a.At.Add(by)), a.ID})
		}
		for _, p := range []any{nil, int64(5), int64(77), int64(1 << 40)} {
			out = append(out, change{"entry", where, "position", a.Position, p, position})
		}
	}
	return out
}

func tileChanges(t *testing.T, b bundle) (out []change) {
	data, err := db.One(b.ctx, b.d, db.Value[[]byte], `SELECT hashes FROM audit_tile WHERE region = '449901' AND level = 0 AND tile = 0`)
	if err != nil || len(data) != 5*32 {
		t.Fatal(len(data), err)
	}
	where := "region = '449901' AND level = '0' AND tile = '0'"
	for i := range data {
		bad := append([]byte(nil), data...)
		bad[i] ^= 1 << (i % 8)
		out = append(out, change{"tile", where, "hashes", data, bad, fmt.Sprintf("position %d", i/32)})
	}
	out = append(out,
		change{"tile", where, "hashes", data, data[:100], "tile 0/0"},
		change{"tile", where, "hashes", data, append(append([]byte(nil), data...), 1), "tile 0/0"},
		change{"tile", where, "level", int64(0), int64(1), "tile 0/0"},
		change{"tile", where, "tile", int64(0), int64(1), "tile 0/0"},
		change{"tile", where, "region", "449901", "449911", "tile 0/0"})
	return out
}

func checkpointChanges(t *testing.T, b bundle) (out []change) {
	heads, err := audit.Heads(b.ctx, b.d)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range heads {
		where := fmt.Sprintf("region = '%s' AND size = '%d'", h.Region, h.Size)
		name := fmt.Sprintf("position %d", h.Size)
		for _, f := range flips(h.Note) {
			out = append(out, change{"checkpoint", where, "note", h.Note, f, name})
		}
		for _, by := range []time.Duration{time.Microsecond, -time.Hour} {
			out = append(out, change{"checkpoint", where, "at", db.At(h.At), db.At(h.At.Add(by)), name})
		}
		out = append(out, change{"checkpoint", where, "size", h.Size, h.Size + 1, "position 6"},
			change{"checkpoint", where, "size", h.Size, h.Size - 1, "position 4"},
			change{"checkpoint", where, "region", h.Region, "449911", "449911"})
	}
	return out
}

// Rows that are gone are found as well as rows that are changed.
func TestVerify_missingRows(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		for _, gone := range []string{
			"DELETE FROM audit_entry WHERE region = '449901' AND position = 400",
			"DELETE FROM audit_entry WHERE region = '449901' AND position = 0",
			"DELETE FROM audit_tile WHERE region = '449901' AND level = 0 AND tile = 1",
			"DELETE FROM audit_tile WHERE region = '449901' AND level = 1 AND tile = 0",
			"DELETE FROM audit_checkpoint WHERE region = '449901' AND size = (SELECT max(size) FROM audit_checkpoint)",
		} {
			b := setup(t, d)
			for _, table := range []string{"entry", "tile", "checkpoint"} {
				b.exec(t, "DELETE FROM audit_"+table)
			}
			b.act(t, "449901", 500)
			b.seal(t, 500)
			b.act(t, "449901", 100)
			b.seal(t, 100)
			if r := b.verify(t); !r.OK() {
				t.Fatal(r.Problems)
			}
			b.exec(t, gone)
			if r := b.verify(t); r.OK() {
				t.Errorf("not seen: %s", gone)
			}
		}
	})
}

// The report says which side was changed.
func TestVerify_saysWhichSide(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		b := setup(t, d)
		b.act(t, "449901", 3)
		b.seal(t, 3)
		b.exec(t, "UPDATE audit_entry SET object = 'other' WHERE region = '449901' AND position = 1")
		if r := b.verify(t); len(r.Problems) != 1 || r.Problems[0].Position != 1 || !strings.Contains(r.Problems[0].What, "the act was changed") {
			t.Errorf("%v", r.Problems)
		}
		b.exec(t, "UPDATE audit_entry SET object = 'thing_1' WHERE region = '449901' AND position = 1")
		data, _ := db.One(b.ctx, d, db.Value[[]byte], `SELECT hashes FROM audit_tile WHERE region = '449901' AND level = 0 AND tile = 0`)
		data[70] ^= 4
		b.exec(t, "UPDATE audit_tile SET hashes = $1 WHERE region = '449901'", data)
		if r := b.verify(t); len(r.Problems) != 1 || r.Problems[0].Position != 2 || !strings.Contains(r.Problems[0].What, "the stored hash was changed") {
			t.Errorf("%v", r.Problems)
		}
	})
}
