-- A short code with which an open draft is found at the counter, and how the
-- applicant wants the decision to reach him.
ALTER TABLE casework_draft ADD COLUMN code text NOT NULL DEFAULT '';
ALTER TABLE casework_draft ADD COLUMN delivery jsonb NOT NULL DEFAULT '{}';
CREATE UNIQUE INDEX casework_draft_code ON casework_draft (region, code) WHERE code <> '' AND state = 'open';
-- One row for every time that the decision of a case is made ready to hand out:
-- once as a rule, again when a paper is issued anew.
CREATE TABLE casework_handout (
	region         text NOT NULL,
	id             text NOT NULL,
	case_id        text NOT NULL,
	number         bigint NOT NULL,
	case_number    text NOT NULL,
	item           text NOT NULL,
	item_name      text NOT NULL,
	org            text NOT NULL,
	org_name       text NOT NULL,
	owner          text NOT NULL,
	person         text NOT NULL,
	applicant_name text NOT NULL,
	paper          text NOT NULL,
	title          text NOT NULL,
	way            text NOT NULL,
	address        jsonb NOT NULL,
	reason         text NOT NULL,
	state          text NOT NULL,
	ready_at       timestamptz NOT NULL,
	due_at         timestamptz NOT NULL,
	done_at        timestamptz,
	done_by        text NOT NULL DEFAULT '',
	done_name      text NOT NULL DEFAULT '',
	done_org       text NOT NULL DEFAULT '',
	collector      jsonb,
	carrier        text NOT NULL DEFAULT '',
	tracking       text NOT NULL DEFAULT '',
	version        bigint NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX casework_handout_case ON casework_handout (region, case_id, number);
CREATE INDEX casework_handout_ready ON casework_handout (region, way, due_at, id) WHERE state = 'ready';
CREATE INDEX casework_handout_person ON casework_handout (region, person, id) WHERE state = 'ready';
CREATE INDEX casework_handout_owner ON casework_handout (region, owner, id) WHERE state = 'ready';
