CREATE TABLE design_flow (
	region      text NOT NULL,
	item        text NOT NULL,
	base        bigint NOT NULL,
	tree        text NOT NULL,
	file        text NOT NULL,
	version     bigint NOT NULL,
	edited_by   text NOT NULL,
	edited_name text NOT NULL,
	edited_at   timestamptz NOT NULL,
	PRIMARY KEY (region, item)
);
CREATE INDEX design_flow_recent ON design_flow (region, edited_at);
