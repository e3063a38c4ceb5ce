-- Other installations whose certificates count here (互认清单), one row a version.
CREATE TABLE certificates_node (
	region        text NOT NULL,
	id            text NOT NULL,
	version       bigint NOT NULL,
	state         text NOT NULL,
	file          text NOT NULL,
	kinds         jsonb NOT NULL,
	grade         text NOT NULL,
	follow        boolean NOT NULL,
	from_at       timestamptz,
	until_at      timestamptz,
	note          text NOT NULL,
	proposed_by   text NOT NULL,
	proposed_name text NOT NULL,
	proposed_at   timestamptz NOT NULL,
	decided_by    text NOT NULL,
	decided_name  text NOT NULL,
	decided_at    timestamptz,
	answer        text NOT NULL,
	reason        text NOT NULL,
	changed_by    text NOT NULL,
	changed_name  text NOT NULL,
	changed_at    timestamptz,
	change        bigint NOT NULL,
	PRIMARY KEY (region, id, version)
);

-- The newest list of each publisher that is followed.
CREATE TABLE certificates_node_list (
	region     text NOT NULL,
	node       text NOT NULL,
	list       text NOT NULL,
	sequence   bigint NOT NULL,
	fetched_at timestamptz,
	tried_at   timestamptz NOT NULL,
	problem    text NOT NULL,
	PRIMARY KEY (region, node)
);

-- What nodes answered last about their papers.
CREATE TABLE certificates_node_answer (
	region text NOT NULL,
	node   text NOT NULL,
	code   text NOT NULL,
	answer jsonb NOT NULL,
	at     timestamptz NOT NULL,
	PRIMARY KEY (region, node, code)
);

-- Certificates of other nodes that their holders use here (引入证照).
CREATE TABLE certificates_foreign (
	region   text NOT NULL,
	id       text NOT NULL,
	node     text NOT NULL,
	code     text NOT NULL,
	holder   text NOT NULL,
	data     text NOT NULL,
	status   text NOT NULL,
	reason   text NOT NULL,
	basis    text NOT NULL,
	since    timestamptz,
	as_of    timestamptz NOT NULL,
	tried_at timestamptz NOT NULL,
	taken_at timestamptz NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX certificates_foreign_code ON certificates_foreign (region, holder, code, node);
CREATE INDEX certificates_foreign_tried ON certificates_foreign (region, tried_at);
