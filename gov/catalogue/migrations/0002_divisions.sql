-- Divisions with the time they were valid; region is the division's own code, valid_until is empty for those in force.
CREATE TABLE catalogue_division (
	region text NOT NULL,
	valid_from text NOT NULL,
	valid_until text NOT NULL,
	name text NOT NULL,
	level bigint NOT NULL,
	parent text NOT NULL,
	PRIMARY KEY (region, valid_from)
);
CREATE INDEX catalogue_division_parent ON catalogue_division (parent, region);
