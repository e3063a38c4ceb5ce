-- What the limit that ends at due_at counts: working days, calendar days or hours.
ALTER TABLE casework_task ADD COLUMN due_unit text NOT NULL DEFAULT 'working_days';
