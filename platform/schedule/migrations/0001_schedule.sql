CREATE TABLE schedule_job (
	region   text NOT NULL,
	kind     text NOT NULL,
	key      text NOT NULL,
	due_at   timestamptz NOT NULL,
	run_at   timestamptz NOT NULL, -- due_at, or the next attempt after a failure
	payload  text NOT NULL DEFAULT '',
	attempts bigint NOT NULL DEFAULT 0,
	failure  text NOT NULL DEFAULT '',
	PRIMARY KEY (region, kind, key)
);
CREATE INDEX schedule_job_run ON schedule_job (run_at);
CREATE INDEX schedule_job_failing ON schedule_job (region, kind, key) WHERE attempts > 0;
