-- Definitions of lists (清单) that regions made or changed, every version with who proposed and who decided.
CREATE TABLE catalogue_list (
	region       text NOT NULL,
	id           text NOT NULL,
	number       bigint NOT NULL,
	state        text NOT NULL,
	doc          jsonb NOT NULL,
	reason       text NOT NULL,
	proposed_by  text NOT NULL,
	proposed_name text NOT NULL,
	proposed_at  timestamptz NOT NULL,
	decided_name text NOT NULL DEFAULT '',
	decided_at   timestamptz,
	note         text NOT NULL DEFAULT '',
	PRIMARY KEY (region, id, number)
);
