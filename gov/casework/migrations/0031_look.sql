-- A clerk looked for certificates of the person present that stand in for
-- materials, because that person agreed to it: one row a look.
CREATE TABLE casework_look (
	region      text NOT NULL,
	id          text NOT NULL,
	draft       text NOT NULL,
	account     text NOT NULL,
	name        text NOT NULL,
	office      text NOT NULL,
	purpose     text NOT NULL,
	found       bigint NOT NULL,
	at          timestamptz NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE INDEX casework_look_draft ON casework_look (region, draft, account, at);
