CREATE TABLE certificates_paper (
	region      text NOT NULL,
	id          text NOT NULL,
	kind        text NOT NULL,
	code        text NOT NULL,
	case_id     text NOT NULL,
	issued_at   timestamptz NOT NULL,
	data        text NOT NULL,
	signature   text NOT NULL,
	key_id      text NOT NULL,
	status      text NOT NULL,
	revoked_at  timestamptz,
	reason      text NOT NULL DEFAULT '',
	file_hash   text NOT NULL DEFAULT '',
	file_size   bigint NOT NULL DEFAULT 0,
	PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX certificates_paper_code ON certificates_paper (region, code);
CREATE INDEX certificates_paper_case ON certificates_paper (region, case_id, issued_at);
-- Whose paper it is: one row per holder, person or organisation.
CREATE TABLE certificates_holder (
	region    text NOT NULL,
	holder    text NOT NULL,
	issued_at timestamptz NOT NULL,
	paper     text NOT NULL,
	kind      text NOT NULL,
	PRIMARY KEY (region, holder, issued_at, paper)
);
CREATE INDEX certificates_paper_lookup ON certificates_paper (code, region);
