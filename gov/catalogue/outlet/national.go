package outlet

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/intake/mapping"
)

// record is one row of a table of the exchange.
type record struct {
	table string
	mark  string
	cells map[string]string
}

// same tells whether two rows say the same.
func (r record) same(o record) bool { return r.table == o.table && maps.Equal(r.cells, o.cells) }

// key names the row among those of an item.
func (r record) key() string { return r.table + "/" + r.mark }

// records are all rows of an item.
func records(c *content.Content) []record {
	f := familyOf(c.Item.TypeCode)
	code, handling := codesOf(c.Item.Code)
	item := maps.Clone(c.Item.Fields)
	guid, extendGuid := item["item.row_guid"], item["extend.row_guid"]
	if guid == "" {
		guid = fields.Mark(c.Item.Code, "item")
	}
	if extendGuid == "" {
		extendGuid = fields.Mark(c.Item.Code, "extend")
	}
	head := map[string]string{"task_code": code, "task_handle_item": handling}
	out := []record{{"up_task_" + f.name + "_basic", guid, cellsOf(c, mapping.Item, f.basic, head, guid, "")}}
	if f.extend != nil {
		out = append(out, record{"up_task_" + f.name + "_extend", extendGuid, cellsOf(c, mapping.Extend, f.extend, head, extendGuid, guid)})
	}
	children := func(kind string, columns []string, n int, at func(int) (id, mark, order string, values map[string]string)) {
		for i := range n {
			id, mark, place, values := at(i)
			if mark == "" {
				mark = fields.Mark(c.Item.Code, id)
			}
			cells := map[string]string{"row_guid": mark, "task_guid": guid, "task_code": code, "task_handle_item": handling, "order_num": place}
			if place == "" {
				cells["order_num"] = strconv.Itoa(i + 1)
			}
			for _, column := range columns {
				if v := values[column]; v != "" && cells[column] == "" {
					cells[column] = v
				}
			}
			out = append(out, record{"up_task_" + f.child + "_" + kind, mark, cells})
			for _, k := range slices.Sorted(maps.Keys(values)) {
				if !slices.Contains(columns, k) {
					out = append(out, extra(code, handling, mark, k, values[k]))
				}
			}
		}
	}
	children("material", materialColumns, len(c.Materials), func(i int) (string, string, string, map[string]string) {
		m := c.Materials[i]
		return m.ID, m.Fields["row_guid"], m.Fields["order_num"], fields.MaterialValues(m)
	})
	children("fee_project", feeColumns, len(c.Item.Fees), func(i int) (string, string, string, map[string]string) {
		p := c.Item.Fees[i]
		return p.ID, p.Fields["row_guid"], p.Fields["order_num"], fields.FeeValues(p)
	})
	name := f.child
	f.child = f.name // every kind of items has its own table of questions
	children("questions", faqColumns, len(c.Item.FAQ), func(i int) (string, string, string, map[string]string) {
		q := c.Item.FAQ[i]
		return q.ID, q.Fields["row_guid"], q.Fields["order_num"], fields.FAQValues(q)
	})
	f.child = name
	return append(out, extras(c, f, code, handling)...)
}

// codesOf are the implementation code and, for a handling item, its own.
func codesOf(code string) (implementation, handling string) {
	if len(code) == codes.HandlingLength {
		return code[:codes.ImplementationLength], code
	}
	return code, ""
}

// cellsOf are the columns of an item's own row.
func cellsOf(c *content.Content, role mapping.Role, columns []string, head map[string]string, guid, above string) map[string]string {
	cells := maps.Clone(head)
	cells["row_guid"] = guid
	if above != "" {
		cells["task_guid"] = above
	}
	for _, column := range columns {
		if _, done := cells[column]; done {
			continue
		}
		if t := mapping.NationalColumn(role, column); t != nil {
			if f := fields.Find(t.Key); f != nil {
				if v := encode(f, f.Get(c)); v != "" && f.Fits(v) {
					cells[column] = v
				}
			}
		}
	}
	if role == mapping.Item && cells["task_state"] == "" {
		cells["task_state"] = fields.NationalCode("state", "in_force")
	}
	for k, v := range cells {
		if v == "" {
			delete(cells, k)
		}
	}
	return cells
}

// encode writes the value of a field as the exchange numbers it.
func encode(f *fields.Field, v string) string {
	switch {
	case v == "":
		return ""
	case f.Kind == fields.Flag:
		return map[string]string{"true": "1", "false": "0"}[v]
	case f.Kind == fields.Coded:
		return fields.NationalCode(f.List, v)
	case f.Kind == fields.Codes && f.List != "":
		var out []string
		for _, one := range strings.Split(v, "\n") {
			if n := fields.NationalCode(f.List, one); n != "" {
				out = append(out, n)
			}
		}
		return strings.Join(out, ",")
	case f.Kind == fields.Codes:
		return strings.ReplaceAll(v, "\n", ",")
	}
	return v
}

// decoded is what the exchange makes of what encode wrote.
func decoded(f *fields.Field, cell string) string {
	numbers := fields.National(f.List)
	switch {
	case cell == "":
		return ""
	case f.Kind == fields.Flag:
		return strconv.FormatBool(cell == "1")
	case f.Kind == fields.Coded:
		return numbers[cell]
	case f.Kind == fields.Codes:
		out := strings.Split(cell, ",")
		for i := range out {
			if f.List != "" {
				out[i] = numbers[out[i]]
			}
		}
		return strings.Join(out, "\n")
	}
	return cell
}

// extras are the fields that the tables of an item have no column for, or whose
// value they cannot write.
func extras(c *content.Content, f family, code, handling string) (out []record) {
	carried := map[string]bool{"task_code": true, "package": true}
	for _, t := range []struct {
		role    mapping.Role
		columns []string
	}{{mapping.Item, f.basic}, {mapping.Extend, f.extend}} {
		for _, column := range t.columns {
			if target := mapping.NationalColumn(t.role, column); target != nil {
				if field := fields.Find(target.Key); field != nil && decoded(field, encode(field, field.Get(c))) == field.Get(c) {
					carried[field.Key] = true
				}
			}
		}
	}
	if len(c.Materials) > 0 {
		carried["materials"] = true
	}
	blank := content.Content{Item: content.Item{Visits: -1}}
	for i := range fields.All {
		field := &fields.All[i]
		v := field.Get(c)
		if v == "" || carried[field.Key] || v == field.Get(&blank) || !field.Fits(v) {
			continue
		}
		out = append(out, extra(code, handling, "", field.Key, v))
	}
	plain := fields.Plain(c)
	rest := c.Rest(&plain)
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		out = append(out, extra(code, handling, "", fields.MoreField(name), string(rest[name])))
	}
	for _, k := range slices.Sorted(maps.Keys(c.Item.Fields)) {
		if fields.Find(k) == nil && k != "item.row_guid" && k != "extend.row_guid" {
			out = append(out, extra(code, handling, "", k, c.Item.Fields[k]))
		}
	}
	return out
}

func extra(code, handling, part, field, value string) record {
	mark := "x/" + part + "/" + field
	cells := map[string]string{"row_guid": mark, "task_code": code, "field": field, "value": value}
	if handling != "" {
		cells["task_handle_item"] = handling
	}
	if part != "" {
		cells["part"] = part
	}
	return record{mapping.ExtraTable, mark, cells}
}

// change is a row of a batch with what is to be done with it.
type change struct {
	record
	op string
}

// changes are the rows by which an item differs from what it was; old is nil
// for an item that was not there.
func changes(c, old *content.Content) (out []change) {
	was := map[string]record{}
	if old != nil {
		for _, r := range records(old) {
			was[r.key()] = r
		}
	}
	fresh, differ := map[string]bool{}, false
	now := records(c)
	for _, r := range now {
		fresh[r.key()] = true
		before, there := was[r.key()]
		switch {
		case !there:
			out = append(out, change{r, "I"})
		case !before.same(r):
			out = append(out, change{r, "U"})
		case r.table == mapping.ExtraTable:
			out = append(out, change{r, "I"}) // they go with the row of the item, which takes the others away
		}
		differ = differ || !there || !before.same(r)
	}
	for _, r := range sorted(was) {
		if !fresh[r.key()] {
			differ = true
			out = append(out, change{r, "D"})
		}
	}
	if !differ {
		return nil
	}
	return out
}

func sorted(m map[string]record) []record {
	out := slices.Collect(maps.Values(m))
	slices.SortFunc(out, func(a, b record) int { return strings.Compare(a.key(), b.key()) })
	return out
}

// batchID names a batch by its time and region.
func batchID(region, stamp string) string {
	sum := sha256.Sum256([]byte(region + stamp))
	return "TB" + stamp + strings.ToUpper(hex.EncodeToString(sum[:3]))
}
