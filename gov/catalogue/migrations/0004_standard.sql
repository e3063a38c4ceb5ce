-- Every version of every base item; region is the directory's, rows are never changed.
CREATE TABLE catalogue_base (
	region text NOT NULL,
	code text NOT NULL,
	version bigint NOT NULL,
	name text NOT NULL,
	type_code text NOT NULL,
	state text NOT NULL,
	effective_at timestamptz NOT NULL,
	published_at timestamptz NOT NULL,
	publisher text NOT NULL,
	hash text NOT NULL,
	doc jsonb NOT NULL,
	PRIMARY KEY (region, code, version)
);
-- Which base version a version of an item refers to; directory is '' for items in no directory.
ALTER TABLE catalogue_version ADD COLUMN directory text NOT NULL DEFAULT '';
ALTER TABLE catalogue_version ADD COLUMN base text NOT NULL DEFAULT '';
ALTER TABLE catalogue_version ADD COLUMN base_version bigint NOT NULL DEFAULT 0;
-- What the lists (清单) ask of the newest version.
ALTER TABLE catalogue_item ADD COLUMN base text NOT NULL DEFAULT '';
ALTER TABLE catalogue_item ADD COLUMN type_code text NOT NULL DEFAULT '';
ALTER TABLE catalogue_item ADD COLUMN state text NOT NULL DEFAULT '';
ALTER TABLE catalogue_item ADD COLUMN org text NOT NULL DEFAULT '';
ALTER TABLE catalogue_item ADD COLUMN visits bigint NOT NULL DEFAULT -1;
ALTER TABLE catalogue_item ADD COLUMN shares bigint NOT NULL DEFAULT 0;
CREATE INDEX catalogue_item_base ON catalogue_item (base, region, code);
CREATE INDEX catalogue_item_kind ON catalogue_item (type_code, region, code);

-- Elements that regions added to those of the standards.
CREATE TABLE catalogue_field (
	region text NOT NULL,
	key text NOT NULL,
	version bigint NOT NULL,
	doc jsonb NOT NULL,
	changed_by text NOT NULL,
	changed_at timestamptz NOT NULL,
	PRIMARY KEY (region, key)
);
