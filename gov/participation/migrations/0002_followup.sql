ALTER TABLE participation_rating ADD COLUMN followed_at timestamptz;
ALTER TABLE participation_rating ADD COLUMN followed_by text NOT NULL DEFAULT '';
ALTER TABLE participation_rating ADD COLUMN followed text NOT NULL DEFAULT '';
