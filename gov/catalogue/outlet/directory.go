package outlet

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/standard"
	"tongban/platform/calendar"
)

// directoryTable is the table of base items (基本目录).
const directoryTable = "up_task_directory"

var directoryColumns = []string{"row_guid", "catalog_code", "local_catalog_code", "task_name", "task_type", "by_law", "use_level", "task_version", "task_state",
	"plan_effective_date", "plan_cancel_date"}

// directory writes the base items that the exported items refer to, and all of a
// province's own directory when the whole province is exported.
func (s *Service) directory(ctx context.Context, opt Options, used map[string]bool, row func(table, op string, cells map[string]string) error) error {
	provinces := map[string]bool{}
	for code := range used {
		provinces[code[:2]+"0000"] = true
	}
	whole := strings.HasSuffix(opt.Region, "0000") && opt.Region != "000000"
	if whole {
		provinces[opt.Region] = true
	}
	for _, province := range slices.Sorted(maps.Keys(provinces)) {
		all := whole && province == opt.Region
		for after := ""; ; {
			list, err := s.Catalogue.Bases(ctx, province, "", "", after, 200)
			if err != nil {
				return err
			}
			for i := range list {
				b := &list[i]
				if (all || used[b.Code]) && b.Published.After(opt.Since) {
					if err := writeBase(b, row); err != nil {
						return err
					}
				}
			}
			if len(list) < 200 {
				break
			}
			after = list[len(list)-1].Code
		}
	}
	return nil
}

// writeBase writes a base item: the row of the directory, and one for each part
// that it has no column for.
func writeBase(b *standard.Base, row func(table, op string, cells map[string]string) error) error {
	op := map[bool]string{true: "I", false: "U"}[b.Version == 1]
	if err := row(directoryTable, op, baseCells(b)); err != nil {
		return err
	}
	rest := baseRest(b)
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		cells := map[string]string{"row_guid": "x/" + b.Code + "/" + name, "catalog_code": b.Code, "field": name, "value": rest[name]}
		if err := row(mapping.DirectoryExtraTable, op, cells); err != nil {
			return err
		}
	}
	return nil
}

var directoryExtraColumns = []string{"row_guid", "catalog_code", "field", "value"}

// baseRest is what the columns of the directory do not say of a base item.
func baseRest(b *standard.Base) map[string]string {
	plain := standard.Base{Basis: fields.Basis(fields.BasisText(b.Basis)), Parent: codes.MainOf(b.Code)}
	for _, key := range []string{"local_catalog_code", "plan_cancel_date"} {
		if v := strings.TrimSpace(strings.Join(b.Fields[key], "\n")); v != "" {
			if plain.Fields == nil {
				plain.Fields = map[string][]string{}
			}
			plain.Fields[key] = []string{v}
		}
	}
	out := b.Rest(&plain)
	if b.Parent == "" { // that a main item is not there is seen where the directory is read
		delete(out, "parent")
	}
	if out["name_en"] == "" { // one row there always is: the reader knows then that what is missing is empty
		out["name_en"] = `""`
	}
	return out
}

// baseCells are the columns of a base item.
func baseCells(b *standard.Base) map[string]string {
	state := string(b.State)
	if b.State == content.InForce {
		state = "in_force"
	}
	first := func(key string) string { return strings.Join(b.Fields[key], "\n") }
	return map[string]string{"row_guid": fields.Mark(b.Code, "base"), "catalog_code": b.Code, "local_catalog_code": first("local_catalog_code"), "task_name": b.Name, "task_type": fields.NationalCode("item_type", b.Type),
		"by_law": fields.BasisText(b.Basis), "use_level": strings.Join(b.Levels, ","), "task_version": strconv.Itoa(b.Version), "task_state": fields.NationalCode("state", state),
		"plan_effective_date": b.Effective.In(calendar.Zone).Format("20060102"), "plan_cancel_date": first("plan_cancel_date")}
}
