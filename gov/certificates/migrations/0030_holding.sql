-- What holders hand over: one row a purpose-stamped copy (加注件). id is that of
-- the signed paper.
CREATE TABLE certificates_copy (
	region        text NOT NULL,
	id            text NOT NULL,
	paper         text NOT NULL,
	title         text NOT NULL,
	number        text NOT NULL,
	holder        text NOT NULL,
	holder_name   text NOT NULL,
	office        text NOT NULL,
	office_name   text NOT NULL,
	purpose       text NOT NULL,
	matter        text NOT NULL,
	case_region   text NOT NULL,
	case_id       text NOT NULL,
	material      text NOT NULL,
	code          text NOT NULL,
	given_by      text NOT NULL,
	given_name    text NOT NULL,
	giver         text NOT NULL,
	relation      text NOT NULL,
	permit        text NOT NULL,
	given_at      timestamptz NOT NULL,
	until         timestamptz NOT NULL,
	ended_at      timestamptz,
	ended_name    text NOT NULL DEFAULT '',
	PRIMARY KEY (region, id)
);
CREATE INDEX certificates_copy_paper ON certificates_copy (region, paper, given_at);
CREATE INDEX certificates_copy_holder ON certificates_copy (holder, region, given_at);
CREATE INDEX certificates_copy_giver ON certificates_copy (giver, region, given_at);
CREATE INDEX certificates_copy_case ON certificates_copy (case_region, case_id, region) WHERE case_id <> '';
-- Every use of a paper (用证记录): shown, checked, given, read.
CREATE TABLE certificates_use (
	region      text NOT NULL,
	id          text NOT NULL,
	paper       text NOT NULL,
	title       text NOT NULL,
	kind        text NOT NULL,
	at          timestamptz NOT NULL,
	account     text NOT NULL,
	name        text NOT NULL,
	relation    text NOT NULL,
	permit      text NOT NULL,
	office      text NOT NULL,
	office_name text NOT NULL,
	purpose     text NOT NULL,
	matter      text NOT NULL,
	object      text NOT NULL,
	outcome     text NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE INDEX certificates_use_paper ON certificates_use (region, paper, at);
CREATE INDEX certificates_use_at ON certificates_use (region, at);
CREATE INDEX certificates_use_object ON certificates_use (region, object, account, at) WHERE object <> '';
-- A certificate on somebody's screen (亮证): the codes that it shows come from the
-- secret and the minute.
CREATE TABLE certificates_showing (
	region      text NOT NULL,
	id          text NOT NULL,
	handle      text NOT NULL,
	secret      text NOT NULL,
	paper       text NOT NULL,
	person      text NOT NULL,
	account     text NOT NULL,
	name        text NOT NULL,
	relation    text NOT NULL,
	permit      text NOT NULL,
	purpose     text NOT NULL,
	started_at  timestamptz NOT NULL,
	ends_at     timestamptz NOT NULL,
	ended_at    timestamptz,
	PRIMARY KEY (region, id)
);
CREATE INDEX certificates_showing_handle ON certificates_showing (handle, region, ends_at);
-- Somebody else may show or give a certificate (授权他人用证).
CREATE TABLE certificates_permit (
	region         text NOT NULL,
	id             text NOT NULL,
	paper          text NOT NULL,
	title          text NOT NULL,
	holder         text NOT NULL,
	holder_name    text NOT NULL,
	giver          text NOT NULL,
	giver_name     text NOT NULL,
	grantee_name   text NOT NULL,
	grantee_masked text NOT NULL,
	grantee_hash   text NOT NULL,
	grantee        text NOT NULL,
	may_show       boolean NOT NULL,
	may_give       boolean NOT NULL,
	purpose        text NOT NULL,
	times          bigint NOT NULL,
	used           bigint NOT NULL,
	until          timestamptz NOT NULL,
	state          text NOT NULL,
	offered_at     timestamptz NOT NULL,
	answered_at    timestamptz,
	ended_at       timestamptz,
	ended_name     text NOT NULL DEFAULT '',
	PRIMARY KEY (region, id)
);
CREATE INDEX certificates_permit_grantee ON certificates_permit (grantee_hash, region, offered_at);
CREATE INDEX certificates_permit_holder ON certificates_permit (holder, region, offered_at);
CREATE INDEX certificates_permit_paper ON certificates_permit (region, paper);
-- The holder says that an entry is wrong (异议).
CREATE TABLE certificates_objection (
	region       text NOT NULL,
	id           text NOT NULL,
	paper        text NOT NULL,
	title        text NOT NULL,
	number       text NOT NULL,
	holder       text NOT NULL,
	holder_name  text NOT NULL,
	person       text NOT NULL,
	person_name  text NOT NULL,
	entries      jsonb NOT NULL,
	reason       text NOT NULL,
	files        jsonb NOT NULL,
	office       text NOT NULL,
	office_name  text NOT NULL,
	state        text NOT NULL,
	opened_at    timestamptz NOT NULL,
	due_at       timestamptz NOT NULL,
	citation     text NOT NULL,
	days         bigint NOT NULL,
	answered_at  timestamptz,
	officer      text NOT NULL DEFAULT '',
	officer_name text NOT NULL DEFAULT '',
	answer       text NOT NULL DEFAULT '',
	basis        text NOT NULL DEFAULT '',
	successor    text NOT NULL DEFAULT '',
	PRIMARY KEY (region, id)
);
CREATE INDEX certificates_objection_office ON certificates_objection (region, office, state, due_at);
CREATE INDEX certificates_objection_paper ON certificates_objection (region, paper, state);
CREATE INDEX certificates_objection_person ON certificates_objection (person, region, opened_at);
-- Who may act for a child (监护关系), as a counter saw it proved.
CREATE TABLE certificates_guardian (
	region        text NOT NULL,
	id            text NOT NULL,
	guardian      text NOT NULL,
	guardian_name text NOT NULL,
	child         text NOT NULL,
	child_name    text NOT NULL,
	child_masked  text NOT NULL,
	child_hash    text NOT NULL,
	proof         text NOT NULL,
	proof_number  text NOT NULL,
	recorded_at   timestamptz NOT NULL,
	officer       text NOT NULL,
	officer_name  text NOT NULL,
	until         timestamptz NOT NULL,
	ended_at      timestamptz,
	ended_name    text NOT NULL DEFAULT '',
	reason        text NOT NULL DEFAULT '',
	PRIMARY KEY (region, id)
);
CREATE INDEX certificates_guardian_of ON certificates_guardian (guardian, region);
