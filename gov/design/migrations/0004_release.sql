-- A draft on its way to publication: '' is being drawn, 'review' waits for the
-- legal review, 'approval' for the approval. release is who did what, as JSON.
ALTER TABLE design_flow ADD COLUMN stage text NOT NULL DEFAULT '';
ALTER TABLE design_flow ADD COLUMN release text NOT NULL DEFAULT '';
CREATE INDEX design_flow_stage ON design_flow (stage, region);
