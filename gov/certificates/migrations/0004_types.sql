-- Kinds of certificate (证照类型目录), one row a version.
CREATE TABLE certificates_type (
	region        text NOT NULL,
	code          text NOT NULL,
	version       bigint NOT NULL,
	state         text NOT NULL,
	definition    jsonb NOT NULL,
	note          text NOT NULL,
	proposed_by   text NOT NULL,
	proposed_name text NOT NULL,
	proposed_at   timestamptz NOT NULL,
	decided_by    text NOT NULL,
	decided_name  text NOT NULL,
	decided_at    timestamptz,
	answer        text NOT NULL,
	PRIMARY KEY (region, code, version)
);
CREATE INDEX certificates_type_state ON certificates_type (region, state, proposed_at);
