-- Facts that wait for their reactions. A row goes when all have run.
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
CREATE INDEX events_outbox_order ON events_outbox (id) WHERE parked = '';
-- The few that failed and hold back the later facts of their aggregate.
CREATE INDEX events_outbox_held ON events_outbox (region, aggregate, id) WHERE attempts > 0;
-- Which reactions have seen a fact that is still in the outbox.
CREATE TABLE events_inbox (
	region   text NOT NULL,
	fact     text NOT NULL,
	reaction text NOT NULL,
	at       timestamptz NOT NULL,
	PRIMARY KEY (region, fact, reaction)
);
