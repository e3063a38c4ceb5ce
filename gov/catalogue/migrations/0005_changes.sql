-- Changes of base items and items on their way (变更单); number counts up within the region.
CREATE TABLE catalogue_change (
	region text NOT NULL,
	number bigint NOT NULL,
	version bigint NOT NULL,
	state text NOT NULL,
	kind text NOT NULL,
	level text NOT NULL,
	effective text NOT NULL,
	changed_at timestamptz NOT NULL,
	doc jsonb NOT NULL,
	PRIMARY KEY (region, number)
);
CREATE INDEX catalogue_change_state ON catalogue_change (region, state, number);
-- What an open change touches: two drafts of one thing are refused by the key. A closed change has no rows here.
CREATE TABLE catalogue_change_target (
	region text NOT NULL,
	code text NOT NULL,
	number bigint NOT NULL,
	PRIMARY KEY (region, code)
);
