-- What finding and browsing read of every item: four numbers, so that a province fits in memory.
-- number is given once and never changes; wording, profile and office point into the tables below; 0 is not there.
ALTER TABLE catalogue_item ADD COLUMN number bigint NOT NULL DEFAULT 0;
ALTER TABLE catalogue_item ADD COLUMN wording bigint NOT NULL DEFAULT 0;
ALTER TABLE catalogue_item ADD COLUMN profile bigint NOT NULL DEFAULT 0;
ALTER TABLE catalogue_item ADD COLUMN office bigint NOT NULL DEFAULT 0;
-- seconds since 1970 from which a first version counts; 0 at once.
ALTER TABLE catalogue_item ADD COLUMN starts bigint NOT NULL DEFAULT 0;
CREATE INDEX catalogue_item_number ON catalogue_item (number);
CREATE INDEX catalogue_item_code ON catalogue_item (code);

-- Every different wording of an item, held once for all regions that use it (region is 000000); the search index uses the key.
CREATE TABLE catalogue_wording (
	region text NOT NULL,
	key bigint NOT NULL,
	hash text NOT NULL,
	name text NOT NULL,
	sort text NOT NULL,
	leads boolean NOT NULL,
	PRIMARY KEY (region, key)
);
CREATE UNIQUE INDEX catalogue_wording_hash ON catalogue_wording (region, hash);

-- Every different set of what one can narrow a list by.
CREATE TABLE catalogue_profile (
	region text NOT NULL,
	key bigint NOT NULL,
	hash text NOT NULL,
	doc jsonb NOT NULL,
	PRIMARY KEY (region, key)
);
CREATE UNIQUE INDEX catalogue_profile_hash ON catalogue_profile (region, hash);

-- Every office that owns items, once for each region of its items.
CREATE TABLE catalogue_office (
	region text NOT NULL,
	key bigint NOT NULL,
	code text NOT NULL,
	name text NOT NULL,
	name_en text NOT NULL,
	suspected boolean NOT NULL,
	PRIMARY KEY (region, key)
);
CREATE UNIQUE INDEX catalogue_office_code ON catalogue_office (region, code);
CREATE INDEX catalogue_office_key ON catalogue_office (key);

-- What people say for what guides write (同义词), kept by an administrator; the latest row of a word counts, empty mean takes it away.
CREATE TABLE catalogue_synonym (
	region text NOT NULL,
	say text NOT NULL,
	mean text NOT NULL,
	changed_at timestamptz NOT NULL,
	changed_by text NOT NULL,
	PRIMARY KEY (region, say)
);
