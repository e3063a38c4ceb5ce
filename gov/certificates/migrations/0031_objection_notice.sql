-- The written answer to an objection (异议处理答复书); '' of objections from before
-- there was one, and of those that are open or were taken back.
ALTER TABLE certificates_objection ADD COLUMN notice text NOT NULL DEFAULT '';
