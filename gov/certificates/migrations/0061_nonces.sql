-- The nonce of the proof with which a credential was fetched, by hash: it counts once.
ALTER TABLE certificates_offer ADD COLUMN nonce_hash text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX certificates_offer_nonce ON certificates_offer (region, nonce_hash) WHERE nonce_hash <> '';
