-- The legal basis of a revocation, beside its reason.
ALTER TABLE certificates_paper ADD COLUMN basis text NOT NULL DEFAULT '';
-- Which papers a stored file belongs to, for sweeping the file store.
CREATE INDEX certificates_paper_file ON certificates_paper (file_hash, region) WHERE file_hash <> '';
