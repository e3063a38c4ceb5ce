-- The newest version of every item, with what lists and search results show of it.
CREATE TABLE catalogue_item (
	region text NOT NULL,
	code text NOT NULL,
	version bigint NOT NULL,
	hash text NOT NULL,
	serial bigint NOT NULL,
	package text NOT NULL,
	card jsonb NOT NULL,
	PRIMARY KEY (region, code)
);
-- serial grows with every publication: readers ask for what is newer than the last they saw, and the search index uses it as its key.
CREATE INDEX catalogue_item_serial ON catalogue_item (serial);

-- Every version that ever was; rows are never changed.
CREATE TABLE catalogue_version (
	region text NOT NULL,
	code text NOT NULL,
	version bigint NOT NULL,
	hash text NOT NULL,
	effective_at timestamptz NOT NULL,
	published_at timestamptz NOT NULL,
	publisher text NOT NULL,
	doc jsonb NOT NULL,
	PRIMARY KEY (region, code, version)
);

-- Forms and flows by hash; many items share one.
CREATE TABLE catalogue_text (
	region text NOT NULL,
	hash text NOT NULL,
	body text NOT NULL,
	PRIMARY KEY (region, hash)
);

-- What was imported as a whole, so that a start does not import it again.
CREATE TABLE catalogue_import (
	region text NOT NULL,
	kind text NOT NULL,
	hash text NOT NULL,
	at timestamptz NOT NULL,
	report jsonb NOT NULL,
	PRIMARY KEY (region, kind)
);
