-- One row for every official act and every reading of personal data. position
-- is the row's place in the tree of its region, given by the sealer.
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
CREATE INDEX audit_entry_object ON audit_entry (region, object, id);
CREATE INDEX audit_entry_actor ON audit_entry (region, actor, id);
CREATE INDEX audit_entry_unsealed ON audit_entry (region, id) WHERE position IS NULL;
CREATE UNIQUE INDEX audit_entry_position ON audit_entry (region, position) WHERE position IS NOT NULL;
-- The hashes of the tree, 256 side by side: tile n of a level holds the hashes
-- of height 8 * level from 256 * n on (golang.org/x/mod/sumdb/tlog).
CREATE TABLE audit_tile (
	region text NOT NULL,
	level  bigint NOT NULL,
	tile   bigint NOT NULL,
	hashes bytea NOT NULL,
	PRIMARY KEY (region, level, tile)
);
-- Signed tree heads.
CREATE TABLE audit_checkpoint (
	region text NOT NULL,
	size   bigint NOT NULL,
	at     timestamptz NOT NULL,
	note   text NOT NULL,
	PRIMARY KEY (region, size)
);
