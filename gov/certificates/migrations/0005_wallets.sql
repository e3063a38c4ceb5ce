-- A certificate waiting to be fetched by its holder's wallet; secrets by hash.
CREATE TABLE certificates_offer (
	region     text NOT NULL,
	id         text NOT NULL,
	paper      text NOT NULL,
	holder     text NOT NULL,
	code_hash  text NOT NULL,
	pin_hash   text NOT NULL,
	token_hash text NOT NULL,
	tries      bigint NOT NULL,
	state      text NOT NULL,
	expires_at timestamptz NOT NULL,
	PRIMARY KEY (region, id)
);
CREATE INDEX certificates_offer_code ON certificates_offer (region, code_hash);
CREATE INDEX certificates_offer_token ON certificates_offer (region, token_hash) WHERE token_hash <> '';
-- A copy of a certificate in somebody's wallet, and its place in a status list.
CREATE TABLE certificates_credential (
	region     text NOT NULL,
	list       bigint NOT NULL,
	idx        bigint NOT NULL,
	paper      text NOT NULL,
	thumbprint text NOT NULL,
	issued_at  timestamptz NOT NULL,
	PRIMARY KEY (region, list, idx)
);
CREATE INDEX certificates_credential_paper ON certificates_credential (region, paper);
-- What a verifier asks a wallet for, and what it showed.
CREATE TABLE certificates_request (
	region     text NOT NULL,
	id         text NOT NULL,
	asker      text NOT NULL,
	purpose    text NOT NULL,
	wanted     jsonb NOT NULL,
	nonce      text NOT NULL,
	state_hash text NOT NULL,
	expires_at timestamptz NOT NULL,
	answered_at timestamptz,
	answer     jsonb,
	PRIMARY KEY (region, id)
);
