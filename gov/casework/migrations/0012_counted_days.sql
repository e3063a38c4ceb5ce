-- How the last day for an answer, and the last day to hand a decision out, were found, as they were told.
ALTER TABLE casework_supplement ADD COLUMN counted jsonb NOT NULL DEFAULT 'null';
ALTER TABLE casework_handout ADD COLUMN counted jsonb NOT NULL DEFAULT 'null';
