-- The least score with which a guide is published in a region (门槛), every proposal with who made it and who decided.
CREATE TABLE catalogue_gate (
	region        text NOT NULL,
	number        bigint NOT NULL,
	gate          bigint NOT NULL,
	state         text NOT NULL,
	reason        text NOT NULL,
	proposed_by   text NOT NULL,
	proposed_name text NOT NULL,
	proposed_at   timestamptz NOT NULL,
	decided_name  text NOT NULL DEFAULT '',
	decided_at    timestamptz,
	note          text NOT NULL DEFAULT '',
	PRIMARY KEY (region, number)
);
