-- Certificates that were issued before (存量证照): one row an intake of a file.
CREATE TABLE certificates_stock_run (
	region        text NOT NULL,
	id            text NOT NULL,
	state         text NOT NULL,
	job           text NOT NULL,
	type          text NOT NULL,
	type_name     text NOT NULL,
	issuer        text NOT NULL,
	issuer_name   text NOT NULL,
	grade         text NOT NULL,
	file_name     text NOT NULL,
	file_hash     text NOT NULL,
	file_size     bigint NOT NULL,
	annex_name    text NOT NULL,
	annex_hash    text NOT NULL,
	annex_size    bigint NOT NULL,
	mapping       jsonb NOT NULL,
	created_at    timestamptz NOT NULL,
	created_by    text NOT NULL,
	created_name  text NOT NULL,
	changed_at    timestamptz NOT NULL,
	released_at   timestamptz,
	released_by   text NOT NULL,
	released_name text NOT NULL,
	attempt       bigint NOT NULL,
	lease_until   timestamptz NOT NULL,
	checkpoint    jsonb NOT NULL,
	failure       jsonb NOT NULL,
	swept_at      timestamptz,
	PRIMARY KEY (region, id)
);
CREATE INDEX certificates_stock_run_state ON certificates_stock_run (state, lease_until);
CREATE INDEX certificates_stock_run_type ON certificates_stock_run (region, created_at);
-- One certificate of the stock, by its run and its line in the file.
CREATE TABLE certificates_stock_record (
	region        text NOT NULL,
	run           text NOT NULL,
	line          bigint NOT NULL,
	state         text NOT NULL,
	type          text NOT NULL,
	issuer        text NOT NULL,
	number        text NOT NULL,
	holder_number text NOT NULL,
	holder        text NOT NULL,
	match         text NOT NULL,
	known         text NOT NULL,
	doubt         text NOT NULL,
	note          text NOT NULL,
	data          text NOT NULL,
	digest        text NOT NULL,
	annex_hash    text NOT NULL,
	annex_kind    text NOT NULL,
	annex_size    bigint NOT NULL,
	paper         text NOT NULL,
	settled       text NOT NULL,
	PRIMARY KEY (region, run, line)
);
-- No number counts twice.
CREATE UNIQUE INDEX certificates_stock_number ON certificates_stock_record (region, number, type, issuer) WHERE state IN ('held', 'issued');
-- Whoever registers later is found by his number.
CREATE INDEX certificates_stock_waiting ON certificates_stock_record (region, holder_number) WHERE holder = '' AND state IN ('held', 'issued');
-- Where a certificate came from.
CREATE INDEX certificates_stock_paper ON certificates_stock_record (region, paper) WHERE paper <> '';
CREATE INDEX certificates_stock_doubt ON certificates_stock_record (region, run, line) WHERE doubt <> '';
CREATE INDEX certificates_stock_annex ON certificates_stock_record (annex_hash, region) WHERE annex_hash <> '';
-- What is wrong with rows of a run.
CREATE TABLE certificates_stock_finding (
	region  text NOT NULL,
	run     text NOT NULL,
	seq     bigint NOT NULL,
	line    bigint NOT NULL,
	rule    text NOT NULL,
	field   text NOT NULL,
	warning boolean NOT NULL,
	zh      text NOT NULL,
	en      text NOT NULL,
	raw     text NOT NULL,
	PRIMARY KEY (region, run, seq)
);
-- Mappings that were saved for a type.
CREATE TABLE certificates_stock_mapping (
	region     text NOT NULL,
	type       text NOT NULL,
	name       text NOT NULL,
	mapping    jsonb NOT NULL,
	changed_at timestamptz NOT NULL,
	changed_by text NOT NULL,
	PRIMARY KEY (region, type, name)
);
