package assemble

import (
	"slices"
	"strconv"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/rows"
)

// child applies the row of a material, a charge or a common question.
func (d *draft) child(p *mapping.Part) {
	if d.b.Format != mapping.National && !d.own[p.Role] {
		d.own[p.Role] = true // a table of a sheet is the whole list
		switch p.Role {
		case mapping.Material:
			d.c.Materials = nil
		case mapping.Fee:
			d.c.Item.Fees = nil
		case mapping.Question:
			d.c.Item.FAQ = nil
		}
	}
	id, marked := fields.Marked(p.Mark)
	values := map[string]string{}
	if !marked { // a mark of our own is made again when it is needed
		values["order_num"], values["row_guid"] = p.Order, p.Mark
	}
	for i, k := range p.Keys {
		values[k] = p.Values[i]
	}
	if name := named(p.Role); p.Op != "D" && values[name.Key] == "" {
		d.bad(p, rows.Bad(name.Key, "没有%s。填写后再导入", "%s is empty. Fill it in", name.Zh))
		d.problems[len(d.problems)-1].En = name.En + " is empty. Fill it in"
		return
	}
	switch p.Role {
	case mapping.Material:
		d.c.Materials = put(d, d.c.Materials, p, "m", id, func(m content.Material) (string, string) { return m.ID, m.Fields["row_guid"] },
			func(id string) content.Material { return fields.MaterialOf(id, values) })
		fields.InOrder(d.c.Materials, func(m content.Material) string { return m.Fields["order_num"] })
	case mapping.Fee:
		d.c.Item.Fees = put(d, d.c.Item.Fees, p, "f", id, func(f content.FeeProject) (string, string) { return f.ID, f.Fields["row_guid"] },
			func(id string) content.FeeProject { return fields.FeeOf(id, values) })
		fields.InOrder(d.c.Item.Fees, func(f content.FeeProject) string { return f.Fields["order_num"] })
	case mapping.Question:
		d.c.Item.FAQ = put(d, d.c.Item.FAQ, p, "q", id, func(q content.FAQ) (string, string) { return q.ID, q.Fields["row_guid"] },
			func(id string) content.FAQ { return fields.FAQOf(id, values) })
		fields.InOrder(d.c.Item.FAQ, func(q content.FAQ) string { return q.Fields["order_num"] })
	}
}

// named is the field without which a part of an item is nothing.
func named(role mapping.Role) fields.Sub {
	switch role {
	case mapping.Material:
		return fields.Materials[0]
	case mapping.Fee:
		return fields.Fees[0]
	}
	return fields.FAQs[0]
}

// put inserts, changes or deletes the part that a row is about. name gives the
// id and the mark of a part; id is the one that the row names, "" for none.
func put[T any](d *draft, list []T, p *mapping.Part, letter, id string, name func(T) (id, mark string), build func(id string) T) []T {
	at := slices.IndexFunc(list, func(t T) bool {
		has, mark := name(t)
		return id != "" && has == id || p.Mark != "" && mark == p.Mark
	})
	switch {
	case p.Op == "D" && at < 0:
		d.bad(p, rows.Warn("row_guid", "没有标识为“%s”的行可以删除，没有改动", "there is no row with the mark %q to delete; nothing was changed", fields.Cut(p.Mark)))
		return list
	case p.Op == "D":
		return slices.Delete(slices.Clone(list), at, at+1)
	case at >= 0:
		list = slices.Clone(list)
		was, _ := name(list[at])
		list[at] = build(was)
		return list
	case p.Op == "U":
		d.bad(p, rows.Warn("row_guid", "要修改的行（标识“%s”）还不存在，当作新增", "the row to change (mark %q) is not there yet; it was added", fields.Cut(p.Mark)))
	}
	if id == "" && p.Mark != "" { // the same on every installation
		id = fields.IDOf(letter, p.Mark)
	}
	for n := len(list) + 1; id == ""; n++ {
		free := letter + strconv.Itoa(n)
		if !slices.ContainsFunc(list, func(t T) bool { has, _ := name(t); return has == free }) {
			id = free
		}
	}
	return append(slices.Clone(list), build(id))
}

// extraOf sets a field of the part with a mark.
func (d *draft) extraOf(mark, key, v string) bool {
	id, _ := fields.Marked(mark)
	is := func(has string, m map[string]string) bool { return id != "" && has == id || m["row_guid"] == mark }
	for i := range d.c.Materials {
		if m := &d.c.Materials[i]; is(m.ID, m.Fields) {
			if key == "id" {
				m.ID = v
				return true
			}
			m.Fields = copied(m.Fields)
			m.Fields[key] = v
			return true
		}
	}
	for i := range d.c.Item.Fees {
		if f := &d.c.Item.Fees[i]; is(f.ID, f.Fields) {
			f.Fields = copied(f.Fields)
			f.Fields[key] = v
			return true
		}
	}
	for i := range d.c.Item.FAQ {
		if q := &d.c.Item.FAQ[i]; is(q.ID, q.Fields) {
			q.Fields = copied(q.Fields)
			q.Fields[key] = v
			return true
		}
	}
	return false
}

func copied(m map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	return out
}
