-- What an office did to a paper after its issue: the state, since when, why and
-- on which ground stand with the paper, the whole history beside it.
ALTER TABLE certificates_paper RENAME COLUMN revoked_at TO status_at;
ALTER TABLE certificates_paper ADD COLUMN number text NOT NULL DEFAULT '';
ALTER TABLE certificates_paper ADD COLUMN identifier text NOT NULL DEFAULT '';
ALTER TABLE certificates_paper ADD COLUMN valid_until timestamptz;
CREATE UNIQUE INDEX certificates_paper_identifier ON certificates_paper (region, identifier) WHERE identifier <> '';
CREATE INDEX certificates_paper_known_as ON certificates_paper (identifier, region) WHERE identifier <> '';
CREATE INDEX certificates_paper_number ON certificates_paper (number, region);
-- What expires next.
CREATE INDEX certificates_paper_expiry ON certificates_paper (region, valid_until) WHERE status = 'valid' AND valid_until IS NOT NULL;
CREATE TABLE certificates_act (
	region       text NOT NULL,
	paper        text NOT NULL,
	seq          bigint NOT NULL,
	act          text NOT NULL,
	from_status  text NOT NULL,
	to_status    text NOT NULL,
	at           timestamptz NOT NULL,
	officer      text NOT NULL,
	officer_name text NOT NULL,
	reason       text NOT NULL,
	basis        text NOT NULL,
	until        timestamptz,
	notice       text NOT NULL,
	successor    text NOT NULL,
	PRIMARY KEY (region, paper, seq)
);
