-- Where a hall lies: given by an administrator or an import, never worked out. The hall is known by its address without spaces; system is that in which latitude and longitude were given, wgs_* the same in WGS-84, all in ten-millionths of a degree.
CREATE TABLE catalogue_hall_place (
	region text NOT NULL,
	hall text NOT NULL,
	address text NOT NULL,
	system text NOT NULL,
	latitude bigint NOT NULL,
	longitude bigint NOT NULL,
	wgs_latitude bigint NOT NULL,
	wgs_longitude bigint NOT NULL,
	source text NOT NULL,
	placed_by text NOT NULL,
	placed_name text NOT NULL,
	placed_at timestamptz NOT NULL,
	PRIMARY KEY (region, hall)
);
