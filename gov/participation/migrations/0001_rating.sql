CREATE TABLE participation_rating (
	region      text NOT NULL,
	case_id     text NOT NULL,
	case_number text NOT NULL,
	item        text NOT NULL,
	item_name   text NOT NULL,
	org         text NOT NULL,
	owners      jsonb NOT NULL,
	decided_at  timestamptz NOT NULL,
	grade       bigint NOT NULL DEFAULT 0,
	indicators  jsonb NOT NULL,
	remark      text NOT NULL DEFAULT '',
	rated_at    timestamptz,
	changes     bigint NOT NULL DEFAULT 0,
	PRIMARY KEY (region, case_id)
);
CREATE INDEX participation_rating_org ON participation_rating (region, org, grade);
CREATE INDEX participation_rating_bad ON participation_rating (region, grade, rated_at);
