-- Running cases of an item by the version that they follow: counted, and listed
-- in the order of their ids, when a version is published or cases are moved.
CREATE INDEX casework_case_version ON casework_case (region, item, item_version, id) WHERE closed_at IS NULL;
