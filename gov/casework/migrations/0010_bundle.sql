-- A one thing: the application that several cases come from.
CREATE TABLE casework_bundle (
	region         text NOT NULL,
	id             text NOT NULL,
	number         text NOT NULL,
	item           text NOT NULL,
	item_version   bigint NOT NULL,
	item_name      text NOT NULL,
	org            text NOT NULL,
	org_name       text NOT NULL,
	channel        text NOT NULL,
	draft          text NOT NULL,
	owner          text NOT NULL,
	person         text NOT NULL,
	applicant_name text NOT NULL,
	last4          text NOT NULL,
	place          text NOT NULL,
	taken_by       text NOT NULL,
	state          text NOT NULL,
	reason         text NOT NULL DEFAULT '',
	promise        jsonb NOT NULL,
	version        bigint NOT NULL,
	submitted_at   timestamptz NOT NULL,
	closed_at      timestamptz,
	PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX casework_bundle_number ON casework_bundle (region, number);
CREATE UNIQUE INDEX casework_bundle_draft ON casework_bundle (region, draft);
CREATE INDEX casework_bundle_owner ON casework_bundle (region, owner, id);
CREATE INDEX casework_bundle_open ON casework_bundle (region, id) WHERE state = 'open';
-- Its parts: every one has one application, or the reason why not. The case is
-- the one that the application became.
CREATE TABLE casework_bundle_part (
	region       text NOT NULL,
	bundle       text NOT NULL,
	part         text NOT NULL,
	place        bigint NOT NULL,
	item_region  text NOT NULL,
	item         text NOT NULL,
	item_version bigint NOT NULL,
	item_name    text NOT NULL,
	org          text NOT NULL,
	org_name     text NOT NULL,
	draft        text NOT NULL DEFAULT '',
	state        text NOT NULL,
	because      text NOT NULL DEFAULT '',
	since        timestamptz NOT NULL,
	PRIMARY KEY (region, bundle, part)
);
CREATE INDEX casework_bundle_part_draft ON casework_bundle_part (item_region, draft) WHERE draft <> '';
