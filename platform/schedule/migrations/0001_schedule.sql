CREATE TABLE schedule_job (
	region   text NOT NULL,
	kind     text NOT NULL,
	key      text NOT NULL,
	due_at   timestamptz NOT NULL,
	payload  text NOT NULL DEFAULT '',
	attempts bigint NOT NULL DEFAULT 0,
	failure  text NOT NULL DEFAULT '',
	PRIMARY KEY (region, kind, key)
);
CREATE INDEX schedule_job_due ON schedule_job (due_at);
