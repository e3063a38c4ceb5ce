-- The score of the newest content of every item (指南质量), what was found, and by which rules.
CREATE TABLE catalogue_score (
	region   text NOT NULL,
	code     text NOT NULL,
	version  bigint NOT NULL,
	name     text NOT NULL,
	org      text NOT NULL,
	org_name text NOT NULL,
	package  boolean NOT NULL,
	score    bigint NOT NULL,
	blocked  boolean NOT NULL,
	findings jsonb NOT NULL,
	PRIMARY KEY (region, code)
);
CREATE INDEX catalogue_score_worst ON catalogue_score (region, score, code);
CREATE INDEX catalogue_score_org ON catalogue_score (region, org, score, code);
-- How far the items were scored, and by which rules; region is 000000.
CREATE TABLE catalogue_score_follow (
	region text NOT NULL,
	name   text NOT NULL,
	serial bigint NOT NULL,
	rules  text NOT NULL,
	PRIMARY KEY (region, name)
);
-- Contents that a second person lets pass the gate, with the reason (放行); hash is that of the content.
CREATE TABLE catalogue_waiver (
	region       text NOT NULL,
	code         text NOT NULL,
	hash         text NOT NULL,
	state        text NOT NULL,
	name         text NOT NULL,
	org          text NOT NULL,
	score        bigint NOT NULL,
	findings     jsonb NOT NULL,
	reason       text NOT NULL,
	asked_by     text NOT NULL,
	asked_name   text NOT NULL,
	asked_at     timestamptz NOT NULL,
	decided_by   text NOT NULL,
	decided_name text NOT NULL,
	decided_at   timestamptz,
	note         text NOT NULL,
	PRIMARY KEY (region, code, hash)
);
