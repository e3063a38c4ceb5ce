-- How far a mandate reaches, whom it names, who gave it and who took it back.
-- A mandate for somebody who is not on record yet has no person: it waits for
-- a person of that number and name.
ALTER TABLE identity_mandate ADD COLUMN acts text NOT NULL DEFAULT 'apply see collect';
ALTER TABLE identity_mandate ADD COLUMN offices text NOT NULL DEFAULT '';
ALTER TABLE identity_mandate ADD COLUMN agent_name text NOT NULL DEFAULT '';
ALTER TABLE identity_mandate ADD COLUMN agent_mask text NOT NULL DEFAULT '';
ALTER TABLE identity_mandate ADD COLUMN number_hash text NOT NULL DEFAULT '';
ALTER TABLE identity_mandate ADD COLUMN given_by text NOT NULL DEFAULT '';
ALTER TABLE identity_mandate ADD COLUMN ended_at timestamptz;
ALTER TABLE identity_mandate ADD COLUMN ended_by text NOT NULL DEFAULT '';
CREATE INDEX identity_mandate_org ON identity_mandate (region, org, id);
CREATE INDEX identity_mandate_waiting ON identity_mandate (region, number_hash) WHERE person = '';
