-- Where a hall lies: given by an administrator or an import, never worked out. The hall is known by its address without spaces; system is that in which latitude and longitude were given, wgs_* the same in WGS-84.
CREATE TABLE catalogue_hall_place (
	region text NOT NULL,
	hall text NOT NULL,
	address text NOT NULL,
	system text NOT NULL,
	latitude double precision NOT NULL,
	longitude double precision NOT NULL,
	wgs_latitude double precision NOT NULL,
	wgs_longitude double precision NOT NULL,
	source text NOT NULL,
	placed_by text NOT NULL,
	placed_name text NOT NULL,
	placed_at timestamptz NOT NULL,
	PRIMARY KEY (region, hall)
);
