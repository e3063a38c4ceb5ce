-- What recognised installations said of their keys since two people entered
-- them (密钥接续): the newest node file that could be followed, and why the last
-- one could not.
CREATE TABLE certificates_node_keys (
	region     text NOT NULL,
	node       text NOT NULL,
	version    bigint NOT NULL,
	file       text NOT NULL,
	statements bigint NOT NULL,
	taken_at   timestamptz,
	taken_by   text NOT NULL,
	tried_at   timestamptz NOT NULL,
	problem    text NOT NULL,
	change     bigint NOT NULL,
	PRIMARY KEY (region, node)
);
