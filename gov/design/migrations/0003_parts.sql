ALTER TABLE design_flow ADD COLUMN parts text NOT NULL DEFAULT '';
ALTER TABLE design_flow ADD COLUMN history text NOT NULL DEFAULT '';
