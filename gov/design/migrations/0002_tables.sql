ALTER TABLE design_flow ADD COLUMN tables text NOT NULL DEFAULT '';
