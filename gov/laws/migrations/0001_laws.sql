CREATE TABLE laws_version (
	region      text NOT NULL,
	law         text NOT NULL,
	version     text NOT NULL,
	title       text NOT NULL,
	category    text NOT NULL,
	effective   text NOT NULL,
	history     jsonb NOT NULL,
	source      text NOT NULL,
	chars       bigint NOT NULL,
	articles    bigint NOT NULL,
	hash        text NOT NULL,
	body        bytea NOT NULL,
	imported_at timestamptz NOT NULL,
	PRIMARY KEY (region, law, version)
);
CREATE TABLE laws_import (
	region text NOT NULL,
	name   text NOT NULL,
	hash   text NOT NULL,
	at     timestamptz NOT NULL,
	PRIMARY KEY (region, name)
);
CREATE TABLE laws_follow (
	region text NOT NULL,
	name   text NOT NULL,
	serial bigint NOT NULL,
	state  text NOT NULL,
	PRIMARY KEY (region, name)
);
CREATE TABLE laws_citation (
	region    text NOT NULL,
	code      text NOT NULL,
	number    bigint NOT NULL,
	version   bigint NOT NULL,
	item_name text NOT NULL,
	org       text NOT NULL,
	org_name  text NOT NULL,
	place     text NOT NULL,
	written   text NOT NULL,
	law       text NOT NULL,
	article   bigint NOT NULL,
	suffix    bigint NOT NULL,
	finding   text NOT NULL,
	law_version text NOT NULL,
	detail    text NOT NULL,
	PRIMARY KEY (region, code, number)
);
CREATE INDEX laws_citation_finding ON laws_citation (region, finding, org, code, number);
CREATE INDEX laws_citation_law ON laws_citation (region, law, article, code, number);
CREATE TABLE laws_review (
	region      text NOT NULL,
	code        text NOT NULL,
	law         text NOT NULL,
	place       text NOT NULL,
	law_version text NOT NULL,
	version     bigint NOT NULL,
	note        text NOT NULL,
	by_account  text NOT NULL,
	by_name     text NOT NULL,
	at          timestamptz NOT NULL,
	PRIMARY KEY (region, code, law, place, law_version, version)
);
