-- By which version of the working days the dates of a region's open cases were counted last.
CREATE TABLE casework_counted (
	region   text NOT NULL,
	calendar text NOT NULL,
	at       timestamptz NOT NULL,
	PRIMARY KEY (region)
);
