-- How each material of a case came in (免提交统计): what was not asked for is
-- counted from these rows.
CREATE TABLE casework_reuse (
	region        text NOT NULL,
	case_id       text NOT NULL,
	material      text NOT NULL,
	material_name text NOT NULL,
	item          text NOT NULL,
	item_name     text NOT NULL,
	org           text NOT NULL,
	org_name      text NOT NULL,
	way           text NOT NULL,
	copy          text NOT NULL,
	at            timestamptz NOT NULL,
	PRIMARY KEY (region, case_id, material)
);
CREATE INDEX casework_reuse_item ON casework_reuse (region, at, item);
