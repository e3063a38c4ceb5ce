CREATE TABLE events_outbox (
	region    text NOT NULL,
	id        text NOT NULL,
	aggregate text NOT NULL,
	type      text NOT NULL,
	at        timestamptz NOT NULL,
	actor     text NOT NULL,
	cause     text NOT NULL,
	data      text NOT NULL,
	attempts  bigint NOT NULL DEFAULT 0,
	retry_at  timestamptz,
	parked    text NOT NULL DEFAULT '',
	PRIMARY KEY (region, id)
);
CREATE INDEX events_outbox_waiting ON events_outbox (region, aggregate, id) WHERE parked = '';
-- Which reaction has seen which fact.
CREATE TABLE events_inbox (
	region   text NOT NULL,
	reaction text NOT NULL,
	fact     text NOT NULL,
	at       timestamptz NOT NULL,
	PRIMARY KEY (region, reaction, fact)
);
