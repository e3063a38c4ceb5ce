-- The picture of a flow as it was drawn when it was first published with those names (hash of them, '' in Chinese); region is 000000, rows are never changed.
CREATE TABLE catalogue_picture (
	region text NOT NULL,
	flow text NOT NULL,
	lang text NOT NULL,
	names text NOT NULL,
	drawn_at timestamptz NOT NULL,
	svg text NOT NULL,
	PRIMARY KEY (region, flow, lang, names)
);
