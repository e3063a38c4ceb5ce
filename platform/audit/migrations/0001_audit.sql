-- One row for every official act and every reading of personal data.
CREATE TABLE audit_entry (
	region   text NOT NULL,
	id       text NOT NULL,
	at       timestamptz NOT NULL,
	actor    text NOT NULL,
	name     text NOT NULL,
	session  text NOT NULL,
	action   text NOT NULL,
	object   text NOT NULL,
	details  text NOT NULL,
	position bigint,
	PRIMARY KEY (region, id)
);
CREATE INDEX audit_entry_object ON audit_entry (region, object, at);
CREATE INDEX audit_entry_unsealed ON audit_entry (region, id) WHERE position IS NULL;
CREATE UNIQUE INDEX audit_entry_position ON audit_entry (region, position) WHERE position IS NOT NULL;
-- Stored hashes of the tree (golang.org/x/mod/sumdb/tlog numbering).
CREATE TABLE audit_hash (
	region text NOT NULL,
	idx    bigint NOT NULL,
	hash   bytea NOT NULL,
	PRIMARY KEY (region, idx)
);
-- Signed tree heads.
CREATE TABLE audit_checkpoint (
	region text NOT NULL,
	size   bigint NOT NULL,
	at     timestamptz NOT NULL,
	note   text NOT NULL,
	PRIMARY KEY (region, size)
);
