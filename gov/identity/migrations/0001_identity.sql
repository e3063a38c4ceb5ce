-- In every table region is the region of the node that keeps the record; area
-- is the region that an organisation or a post works for.
CREATE TABLE identity_person (
	region      text NOT NULL,
	id          text NOT NULL,
	number_hash text NOT NULL,
	number      text NOT NULL,
	name        text NOT NULL,
	phone       text NOT NULL,
	level       bigint NOT NULL,
	created_at  timestamptz NOT NULL,
	updated_at  timestamptz NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX identity_person_number ON identity_person (region, number_hash);
CREATE TABLE identity_org (
	region     text NOT NULL,
	code       text NOT NULL,
	area       text NOT NULL,
	name       text NOT NULL,
	name_en    text NOT NULL,
	kind       text NOT NULL,
	parent     text NOT NULL,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	PRIMARY KEY (region, code)
);
CREATE INDEX identity_org_area ON identity_org (region, kind, area, code);
CREATE TABLE identity_account (
	region     text NOT NULL,
	id         text NOT NULL,
	login      text NOT NULL,
	name       text NOT NULL,
	person     text NOT NULL,
	password   text NOT NULL,
	created_at timestamptz NOT NULL,
	closed_at  timestamptz,
	PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX identity_account_login ON identity_account (region, login) WHERE login <> '';
CREATE UNIQUE INDEX identity_account_person ON identity_account (region, person) WHERE person <> '' AND closed_at IS NULL;
CREATE TABLE identity_post (
	region      text NOT NULL,
	id          text NOT NULL,
	account     text NOT NULL,
	area        text NOT NULL,
	org         text NOT NULL,
	role        text NOT NULL,
	subtree     boolean NOT NULL,
	title       text NOT NULL,
	valid_from  timestamptz NOT NULL,
	valid_until timestamptz,
	PRIMARY KEY (region, id)
);
CREATE INDEX identity_post_account ON identity_post (region, account, id);
CREATE INDEX identity_post_org ON identity_post (region, org, role, account);
-- A session is found by the hash of its secret; the secret itself is only in the browser.
CREATE TABLE identity_session (
	region     text NOT NULL,
	hash       text NOT NULL,
	id         text NOT NULL,
	account    text NOT NULL,
	device     text NOT NULL,
	acting_for text NOT NULL,
	created_at timestamptz NOT NULL,
	seen_at    timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	PRIMARY KEY (region, hash)
);
CREATE INDEX identity_session_account ON identity_session (region, account, created_at);
CREATE TABLE identity_token (
	region     text NOT NULL,
	hash       text NOT NULL,
	id         text NOT NULL,
	account    text NOT NULL,
	name       text NOT NULL,
	acting_for text NOT NULL,
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	revoked_at timestamptz,
	PRIMARY KEY (region, hash)
);
CREATE INDEX identity_token_account ON identity_token (region, account, created_at);
CREATE TABLE identity_link (
	region     text NOT NULL,
	hash       text NOT NULL,
	account    text NOT NULL,
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	used_at    timestamptz,
	PRIMARY KEY (region, hash)
);
CREATE INDEX identity_link_account ON identity_link (region, account);
-- Failed attempts by account and by address, both as keyed hashes.
CREATE TABLE identity_attempt (
	region   text NOT NULL,
	subject  text NOT NULL,
	failures bigint NOT NULL,
	since    timestamptz NOT NULL,
	PRIMARY KEY (region, subject)
);
CREATE INDEX identity_attempt_since ON identity_attempt (region, since);
CREATE TABLE identity_mandate (
	region      text NOT NULL,
	id          text NOT NULL,
	org         text NOT NULL,
	person      text NOT NULL,
	kind        text NOT NULL,
	scope       text NOT NULL,
	valid_from  timestamptz NOT NULL,
	valid_until timestamptz,
	PRIMARY KEY (region, id)
);
CREATE INDEX identity_mandate_person ON identity_mandate (region, person, org);
