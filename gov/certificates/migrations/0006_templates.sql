-- What certificates of a type look like, one row a version; digest is of the definition.
CREATE TABLE certificates_template (
	region        text NOT NULL,
	type          text NOT NULL,
	version       bigint NOT NULL,
	state         text NOT NULL,
	definition    text NOT NULL,
	note          text NOT NULL,
	proposed_by   text NOT NULL,
	proposed_name text NOT NULL,
	proposed_at   timestamptz NOT NULL,
	decided_by    text NOT NULL,
	decided_name  text NOT NULL,
	decided_at    timestamptz,
	answer        text NOT NULL,
	PRIMARY KEY (region, type, version)
);
CREATE INDEX certificates_template_state ON certificates_template (region, state, proposed_at);
-- Photographs of certificates, which the file store keeps.
CREATE TABLE certificates_photo (
	region text NOT NULL,
	paper  text NOT NULL,
	hash   text NOT NULL,
	PRIMARY KEY (region, paper, hash)
);
CREATE INDEX certificates_photo_hash ON certificates_photo (hash, region);
