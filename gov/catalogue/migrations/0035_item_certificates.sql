-- Which certificates an item issues (role 'grants') and takes instead of a material (role 'takes'); certificate is the reference as the item writes it: code or key of a type. Rows are where to look: what counts is what the version in force says.
CREATE TABLE catalogue_item_certificate (
	region text NOT NULL,
	code text NOT NULL,
	certificate text NOT NULL,
	role text NOT NULL,
	PRIMARY KEY (region, code, certificate, role)
);
-- Whoever shows a type looks over all regions.
CREATE INDEX catalogue_item_certificate_of ON catalogue_item_certificate (certificate, role, region, code);
