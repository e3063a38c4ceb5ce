package main

import (
	"context"
	"encoding/json"
	"io/fs"
	"testing/fstest"
	"time"

	"tongban/platform/bpmn"
	"tongban/platform/db"
)

// flowTables are those of the smallest host of the engine: the instance as it
// stands, the tasks that people look up, and the history that only grows.
func flowTables() db.Migrations {
	sql := `CREATE TABLE bench_instance (region text NOT NULL, id text NOT NULL, version bigint NOT NULL, state jsonb NOT NULL, PRIMARY KEY (region, id));
CREATE TABLE bench_task (region text NOT NULL, id text NOT NULL, instance text NOT NULL, element text NOT NULL, opened_at timestamptz NOT NULL, closed_at timestamptz, PRIMARY KEY (region, id));
CREATE INDEX bench_task_instance ON bench_task (region, instance);
CREATE TABLE bench_history (region text NOT NULL, instance text NOT NULL, seq bigint NOT NULL, what jsonb NOT NULL, PRIMARY KEY (region, instance, seq));`
	return db.Migrations{Name: "bench", FS: fs.FS(fstest.MapFS{"0001_flows.sql": {Data: []byte(sql)}})}
}

const flowRegion = "449901"

// keptFlow is one instance with the version of its row.
type keptFlow struct {
	id      string
	version int
	in      *bpmn.Instance
}

func loadFlow(ctx context.Context, r db.Reader, id string) (keptFlow, error) {
	return db.One(ctx, r, func(row db.Row) (k keptFlow, err error) {
		var state []byte
		if err = row.Scan(&k.version, &state); err != nil {
			return k, err
		}
		k.id, k.in = id, new(bpmn.Instance)
		return k, json.Unmarshal(state, k.in)
	}, `SELECT version, state FROM bench_instance WHERE region = $1 AND id = $2`, flowRegion, id)
}

// saveFlow writes an instance and what changed: guarded by the version that was read.
func saveFlow(ctx context.Context, tx *db.Tx, k keptFlow, changes []bpmn.Change, now time.Time) error {
	state, err := json.Marshal(k.in)
	if err != nil {
		return err
	}
	if k.version == 0 {
		tx.Later(`INSERT INTO bench_instance (region, id, version, state) VALUES ($1, $2, 1, $3)`, flowRegion, k.id, string(state))
	} else {
		tx.Guarded(`UPDATE bench_instance SET version = $3, state = $4 WHERE region = $1 AND id = $2 AND version = $5`, flowRegion, k.id, k.version+1, string(state), k.version)
	}
	for _, c := range changes {
		switch c.Kind {
		case bpmn.TaskOpened:
			tx.Later(`INSERT INTO bench_task (region, id, instance, element, opened_at) VALUES ($1, $2, $3, $4, $5)`, flowRegion, c.ID, k.id, c.Element, db.At(now))
		case bpmn.TaskDone, bpmn.TaskCancelled:
			tx.Later(`UPDATE bench_task SET closed_at = $3 WHERE region = $1 AND id = $2`, flowRegion, c.ID, db.At(now))
		}
	}
	tx.Later(`INSERT INTO bench_history (region, instance, seq, what) VALUES ($1, $2, $3, $4)`, flowRegion, k.id, k.version, db.AsJSON(changes))
	return ctx.Err()
}
