-- Orders about keys (密钥指令): one person proposes, another approves.
CREATE TABLE certificates_key_order (
	region        text NOT NULL,
	id            text NOT NULL,
	act           text NOT NULL,
	role          text NOT NULL,
	office        text NOT NULL,
	office_name   text NOT NULL,
	reason        text NOT NULL,
	state         text NOT NULL,
	proposed_by   text NOT NULL,
	proposed_name text NOT NULL,
	proposed_at   timestamptz NOT NULL,
	decided_by    text NOT NULL,
	decided_name  text NOT NULL,
	decided_at    timestamptz,
	answer        text NOT NULL,
	problem       text NOT NULL,
	statement     text NOT NULL,
	done_at       timestamptz,
	PRIMARY KEY (region, id)
);
