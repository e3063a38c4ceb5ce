-- Who first opened a step, and for whom a deputy did it.
ALTER TABLE casework_task ADD COLUMN seen_name text NOT NULL DEFAULT '';
ALTER TABLE casework_task ADD COLUMN for_account text NOT NULL DEFAULT '';
ALTER TABLE casework_task ADD COLUMN for_name text NOT NULL DEFAULT '';
-- By which law waiting for the answer does not count, until when it is to come, and when the applicant was reminded.
ALTER TABLE casework_supplement ADD COLUMN basis text NOT NULL DEFAULT '';
ALTER TABLE casework_supplement ADD COLUMN answer_by timestamptz;
ALTER TABLE casework_supplement ADD COLUMN reminded_at timestamptz;
-- An officer who stands in for another for a time (委托代理).
CREATE TABLE casework_deputy (
	region      text NOT NULL,
	id          text NOT NULL,
	org         text NOT NULL,
	org_name    text NOT NULL,
	roles       jsonb NOT NULL,
	items       jsonb NOT NULL,
	account     text NOT NULL,
	name        text NOT NULL,
	deputy      text NOT NULL,
	deputy_name text NOT NULL,
	from_at     timestamptz NOT NULL,
	until_at    timestamptz NOT NULL,
	reason      text NOT NULL,
	set_by      text NOT NULL,
	set_name    text NOT NULL,
	set_at      timestamptz NOT NULL,
	ended_at    timestamptz,
	ended_name  text NOT NULL DEFAULT '',
	end_reason  text NOT NULL DEFAULT '',
	PRIMARY KEY (region, id)
);
CREATE INDEX casework_deputy_deputy ON casework_deputy (deputy, until_at);
CREATE INDEX casework_deputy_account ON casework_deputy (account, until_at);
CREATE INDEX casework_deputy_org ON casework_deputy (region, org, until_at);
