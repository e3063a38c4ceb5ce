package assemble

import (
	"cmp"
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
	values := map[string]string{"order_num": p.Order, "row_guid": p.Mark}
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
		d.c.Materials = put(d.c.Materials, p, values, d.bad, marked(func(m *content.Material) string { return m.Fields["row_guid"] }), func(old *content.Material, at int) content.Material {
			id := "m" + strconv.Itoa(at+1)
			if old != nil {
				id = old.ID
			} else if slices.ContainsFunc(d.c.Materials, func(m content.Material) bool { return m.ID == id }) {
				id = "m-" + p.Mark
			}
			return fields.MaterialOf(id, values)
		})
		order(d.c.Materials, func(m content.Material) string { return m.Fields["order_num"] })
	case mapping.Fee:
		d.c.Item.Fees = put(d.c.Item.Fees, p, values, d.bad, marked(func(f *content.FeeProject) string { return f.Fields["row_guid"] }), func(_ *content.FeeProject, at int) content.FeeProject {
			return fields.FeeOf("f"+strconv.Itoa(at+1), values)
		})
		order(d.c.Item.Fees, func(f content.FeeProject) string { return f.Fields["order_num"] })
	case mapping.Question:
		d.c.Item.FAQ = put(d.c.Item.FAQ, p, values, d.bad, marked(func(q *content.FAQ) string { return q.Fields["row_guid"] }), func(_ *content.FAQ, at int) content.FAQ {
			return fields.FAQOf("q"+strconv.Itoa(at+1), values)
		})
		order(d.c.Item.FAQ, func(q content.FAQ) string { return q.Fields["order_num"] })
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

func marked[T any](mark func(*T) string) func(*T, string) bool {
	return func(t *T, m string) bool { return m != "" && mark(t) == m }
}

// put inserts, changes or deletes the part with the mark of a row.
func put[T any](list []T, p *mapping.Part, values map[string]string, bad func(*mapping.Part, rows.Problem), is func(*T, string) bool, make func(old *T, at int) T) []T {
	at := slices.IndexFunc(list, func(t T) bool { return is(&t, p.Mark) })
	switch {
	case p.Op == "D" && at < 0:
		bad(p, rows.Warn("row_guid", "没有标识为“%s”的行可以删除，没有改动", "there is no row with the mark %q to delete; nothing was changed", fields.Cut(p.Mark)))
		return list
	case p.Op == "D":
		return slices.Delete(slices.Clone(list), at, at+1)
	case at >= 0:
		list = slices.Clone(list)
		list[at] = make(&list[at], at)
		return list
	case p.Op == "U":
		bad(p, rows.Warn("row_guid", "要修改的行（标识“%s”）还不存在，当作新增", "the row to change (mark %q) is not there yet; it was added", fields.Cut(p.Mark)))
	}
	return append(slices.Clone(list), make(nil, len(list)))
}

// order sorts by the number that the source gives, those without one last.
func order[T any](list []T, number func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(place(number(a)), place(number(b))) })
}

func place(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 1 << 30
	}
	return n
}

// extraOf sets a field of the part with a mark.
func (d *draft) extraOf(mark, key, v string) bool {
	for i := range d.c.Materials {
		if m := &d.c.Materials[i]; m.Fields["row_guid"] == mark {
			m.Fields = copied(m.Fields)
			if key == "id" {
				m.ID = v
			} else {
				m.Fields[key] = v
			}
			return true
		}
	}
	for i := range d.c.Item.Fees {
		if f := &d.c.Item.Fees[i]; f.Fields["row_guid"] == mark {
			f.Fields = copied(f.Fields)
			f.Fields[key] = v
			return true
		}
	}
	for i := range d.c.Item.FAQ {
		if q := &d.c.Item.FAQ[i]; q.Fields["row_guid"] == mark {
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
