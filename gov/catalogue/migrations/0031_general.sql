-- What every imported guide says alike (result and remedies) is kept once in catalogue_text, under region 000000; general is its hash, '' for versions that say everything themselves.
ALTER TABLE catalogue_version ADD COLUMN general text NOT NULL DEFAULT '';
