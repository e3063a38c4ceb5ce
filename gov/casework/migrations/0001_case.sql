-- An application: a draft, and after submission the record of what was handed in.
CREATE TABLE casework_draft (
	region       text NOT NULL,
	id           text NOT NULL,
	item         text NOT NULL,
	item_version bigint NOT NULL,
	item_name    text NOT NULL,
	org          text NOT NULL,
	org_name     text NOT NULL,
	owner        text NOT NULL,
	person       text NOT NULL,
	applicant    jsonb NOT NULL,
	channel      text NOT NULL,
	started_by   text NOT NULL,
	started_name text NOT NULL,
	identified   jsonb NOT NULL,
	situation    jsonb NOT NULL,
	form         jsonb NOT NULL,
	materials    jsonb NOT NULL,
	state        text NOT NULL,
	version      bigint NOT NULL,
	case_id      text NOT NULL DEFAULT '',
	created_at   timestamptz NOT NULL,
	updated_at   timestamptz NOT NULL,
	updated_by   text NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE INDEX casework_draft_owner ON casework_draft (region, owner, id) WHERE state = 'open';
CREATE INDEX casework_draft_person ON casework_draft (region, person, id) WHERE state = 'open';
CREATE INDEX casework_draft_starter ON casework_draft (region, started_by, id) WHERE state = 'open';
-- Who changed what in an application.
CREATE TABLE casework_change (
	region  text NOT NULL,
	draft   text NOT NULL,
	version bigint NOT NULL,
	at      timestamptz NOT NULL,
	actor   text NOT NULL,
	name    text NOT NULL,
	fields  jsonb NOT NULL,
	PRIMARY KEY (region, draft, version)
);
CREATE TABLE casework_case (
	region         text NOT NULL,
	id             text NOT NULL,
	number         text NOT NULL,
	item           text NOT NULL,
	item_version   bigint NOT NULL,
	item_name      text NOT NULL,
	org            text NOT NULL,
	org_name       text NOT NULL,
	express        boolean NOT NULL,
	channel        text NOT NULL,
	draft          text NOT NULL,
	owner          text NOT NULL,
	person         text NOT NULL,
	applicant_name text NOT NULL,
	last4          text NOT NULL,
	place          text NOT NULL,
	taken_by       text NOT NULL,
	state          text NOT NULL,
	version        bigint NOT NULL,
	paused         boolean NOT NULL,
	submitted_at   timestamptz NOT NULL,
	received_at    timestamptz NOT NULL,
	accepted_at    timestamptz,
	closed_at      timestamptz,
	accept_due     timestamptz,
	legal_due      timestamptz,
	promise_due    timestamptz,
	outcome        text NOT NULL DEFAULT '',
	reason         text NOT NULL DEFAULT '',
	deemed         boolean NOT NULL,
	supplements    bigint NOT NULL,
	certificate    text NOT NULL DEFAULT '',
	terms          jsonb NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX casework_case_number ON casework_case (region, number);
CREATE UNIQUE INDEX casework_case_draft ON casework_case (region, draft);
CREATE INDEX casework_case_owner ON casework_case (region, owner, id);
CREATE INDEX casework_case_person ON casework_case (region, person, id);
CREATE INDEX casework_case_org ON casework_case (region, org, id);
CREATE INDEX casework_case_taken ON casework_case (region, taken_by, id) WHERE taken_by <> '';
-- The state of the flow of a case, written at every step.
CREATE TABLE casework_flow (
	region   text NOT NULL,
	case_id  text NOT NULL,
	version  bigint NOT NULL,
	instance jsonb NOT NULL,
	timers   jsonb NOT NULL,
	PRIMARY KEY (region, case_id)
);
-- One row for every step somebody has to do, with what an inbox shows.
CREATE TABLE casework_task (
	region         text NOT NULL,
	id             text NOT NULL,
	case_id        text NOT NULL,
	element        text NOT NULL,
	name           text NOT NULL,
	org            text NOT NULL,
	org_name       text NOT NULL,
	on_behalf      text NOT NULL,
	role           text NOT NULL,
	assignee       text NOT NULL,
	assignee_name  text NOT NULL,
	state          text NOT NULL,
	opened_at      timestamptz NOT NULL,
	claimed_at     timestamptz,
	closed_at      timestamptz,
	due_at         timestamptz NOT NULL,
	paused         boolean NOT NULL,
	step_limit     jsonb NOT NULL,
	result         text NOT NULL DEFAULT '',
	opinion        text NOT NULL DEFAULT '',
	officer        text NOT NULL DEFAULT '',
	officer_name   text NOT NULL DEFAULT '',
	fields         jsonb NOT NULL,
	delegation     jsonb,
	version        bigint NOT NULL,
	case_number    text NOT NULL,
	item           text NOT NULL,
	item_name      text NOT NULL,
	applicant_name text NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE INDEX casework_task_case ON casework_task (region, case_id, id);
-- The four shapes of an inbox: one's own, one's post's, one's department's, one's region's.
CREATE INDEX casework_task_own ON casework_task (assignee, due_at, id) WHERE state = 'open' AND assignee <> '';
CREATE INDEX casework_task_post ON casework_task (org, role, due_at, id) WHERE state = 'open' AND assignee = '';
CREATE INDEX casework_task_hall ON casework_task (region, role, due_at, id) WHERE state = 'open' AND assignee = '';
CREATE INDEX casework_task_org ON casework_task (org, due_at, id) WHERE state = 'open';
CREATE INDEX casework_task_region ON casework_task (region, due_at, id) WHERE state = 'open';
CREATE TABLE casework_supplement (
	region       text NOT NULL,
	id           text NOT NULL,
	case_id      text NOT NULL,
	number       bigint NOT NULL,
	requested_at timestamptz NOT NULL,
	requested_by text NOT NULL,
	by_name      text NOT NULL,
	approved_by  text NOT NULL,
	reason       text NOT NULL,
	items        jsonb NOT NULL,
	answered_at  timestamptz,
	answered_by  text NOT NULL DEFAULT '',
	version      bigint NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX casework_supplement_number ON casework_supplement (region, case_id, number);
-- What happened, in order. Rows are only ever added.
CREATE TABLE casework_history (
	region   text NOT NULL,
	case_id  text NOT NULL,
	id       text NOT NULL,
	at       timestamptz NOT NULL,
	since    timestamptz,
	kind     text NOT NULL,
	actor    text NOT NULL,
	name     text NOT NULL,
	role     text NOT NULL,
	org      text NOT NULL,
	org_name text NOT NULL,
	step     text NOT NULL,
	task     text NOT NULL,
	text     text NOT NULL,
	details  jsonb NOT NULL,
	PRIMARY KEY (region, case_id, id)
);
-- Who of the offices read a case, when and why. Rows are only ever added.
CREATE TABLE casework_reading (
	region  text NOT NULL,
	case_id text NOT NULL,
	id      text NOT NULL,
	at      timestamptz NOT NULL,
	reader  text NOT NULL,
	name    text NOT NULL,
	org     text NOT NULL,
	purpose text NOT NULL,
	PRIMARY KEY (region, case_id, id)
);
