CREATE TABLE once_command (
	region  text NOT NULL,
	caller  text NOT NULL,
	key     text NOT NULL,
	command text NOT NULL,
	result  text NOT NULL,
	at      timestamptz NOT NULL,
	PRIMARY KEY (region, caller, key)
);
