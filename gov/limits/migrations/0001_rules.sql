CREATE TABLE limits_rule (
	region        text NOT NULL,
	key           text NOT NULL,
	number        bigint NOT NULL,
	state         text NOT NULL,
	rule          jsonb NOT NULL,
	valid_from    bigint NOT NULL,
	valid_until   bigint NOT NULL,
	reason        text NOT NULL,
	proposed_by   text NOT NULL,
	proposed_name text NOT NULL,
	proposed_at   timestamptz NOT NULL,
	decided_by    text NOT NULL,
	decided_name  text NOT NULL,
	decided_at    timestamptz,
	note          text NOT NULL,
	PRIMARY KEY (region, key, number)
);
CREATE INDEX limits_rule_state ON limits_rule (region, state);
