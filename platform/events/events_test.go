package events_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/events/eventstest"
)

type opened struct{ N int }

func (opened) Type() string { return "tongban.test.thing.opened.v1" }

func TestEmit_reachesEveryReactionOnce(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations()}, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		bus := events.New(d, slog.New(slog.DiscardHandler))
		var got []int
		fail := true
		events.React(bus, "test.first", func(_ context.Context, _ *db.Tx, f opened) error { got = append(got, f.N); return nil })
		events.React(bus, "test.second", func(_ context.Context, _ *db.Tx, f opened) error {
			if fail && f.N == 2 {
				fail = false
				return errors.New("not yet")
			}
			return nil
		})
		for n := range 3 {
			err := d.Write(ctx, func(tx *db.Tx) error {
				audit.Record(ctx, tx, audit.Entry{Region: "449901", Action: "test.thing.opened", Object: "x"})
				events.Emit(ctx, tx, "449901", "x", opened{n})
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		eventstest.Drain(t, bus)
		if len(got) != 3 || got[0] != 0 || got[1] != 1 || got[2] != 2 {
			t.Fatalf("first reaction saw %v", got)
		}
	})
}
