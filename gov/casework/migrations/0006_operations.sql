-- Steps of a flow that wait for the applicant's answer to a request.
ALTER TABLE casework_supplement ADD COLUMN tasks jsonb NOT NULL DEFAULT '[]';
-- Signers that were added to a step (before, beside, after), whether one before it is still out, when its holder first saw it, and when it was last urged.
ALTER TABLE casework_task ADD COLUMN signer text NOT NULL DEFAULT '';
ALTER TABLE casework_task ADD COLUMN held boolean NOT NULL DEFAULT false;
ALTER TABLE casework_task ADD COLUMN seen_at timestamptz;
ALTER TABLE casework_task ADD COLUMN urged_at timestamptz;
-- A case that an office, or one officer of it, was informed of (抄送).
CREATE TABLE casework_copy (
	region         text NOT NULL,
	id             text NOT NULL,
	case_id        text NOT NULL,
	case_number    text NOT NULL,
	item_name      text NOT NULL,
	applicant_name text NOT NULL,
	org            text NOT NULL,
	org_name       text NOT NULL,
	account        text NOT NULL,
	account_name   text NOT NULL,
	sent_by        text NOT NULL,
	sent_name      text NOT NULL,
	note           text NOT NULL,
	groups         text NOT NULL,
	materials      text NOT NULL,
	sent_at        timestamptz NOT NULL,
	read_at        timestamptz,
	read_by        text NOT NULL DEFAULT '',
	read_name      text NOT NULL DEFAULT '',
	PRIMARY KEY (region, id)
);
CREATE INDEX casework_copy_case ON casework_copy (region, case_id, id);
CREATE INDEX casework_copy_org ON casework_copy (org, id);
