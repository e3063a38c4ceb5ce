-- Which rows of the national exchange were applied to an item: time and batch by the mark of the row.
CREATE TABLE catalogue_intake_seen (
	region text NOT NULL,
	code text NOT NULL,
	marks jsonb NOT NULL,
	PRIMARY KEY (region, code)
);

-- Mappings that somebody saved by name.
CREATE TABLE catalogue_intake_mapping (
	region text NOT NULL,
	name text NOT NULL,
	mapping jsonb NOT NULL,
	changed_at timestamptz NOT NULL,
	changed_by text NOT NULL,
	PRIMARY KEY (region, name)
);

-- Imports from the pages and the interface, and where they are.
CREATE TABLE catalogue_intake_run (
	region text NOT NULL,
	id text NOT NULL,
	state text NOT NULL,
	dry boolean NOT NULL,
	file_name text NOT NULL,
	file_hash text NOT NULL,
	file_size bigint NOT NULL,
	mapping jsonb NOT NULL,
	created_at timestamptz NOT NULL,
	created_by text NOT NULL,
	created_name text NOT NULL,
	changed_at timestamptz NOT NULL,
	attempt bigint NOT NULL,
	lease_until timestamptz NOT NULL,
	progress jsonb NOT NULL,
	checkpoint jsonb NOT NULL,
	failure jsonb NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE INDEX catalogue_intake_run_state ON catalogue_intake_run (state, lease_until);

-- What is wrong with rows of a run.
CREATE TABLE catalogue_intake_problem (
	region text NOT NULL,
	run text NOT NULL,
	number bigint NOT NULL,
	warning boolean NOT NULL,
	table_name text NOT NULL,
	line bigint NOT NULL,
	field text NOT NULL,
	zh text NOT NULL,
	en text NOT NULL,
	raw text NOT NULL,
	PRIMARY KEY (region, run, number)
);
