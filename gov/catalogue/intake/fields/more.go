package fields

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/rows"
)

// MoreKey is the field of what an item says that no other field says: parts of
// item.json by their names. Tables with one field a row have a row for each part,
// called more.windows and so on.
const MoreKey = "more"

// MorePart is the part that a field of the form more.windows names.
func MorePart(key string) (name string, ok bool) { return strings.CutPrefix(key, MoreKey+".") }

// MoreField is the field of one part.
func MoreField(name string) string { return MoreKey + "." + name }

// setMore takes several parts in, as one JSON object.
func setMore(c *content.Content, v string) *rows.Problem {
	var given map[string]json.RawMessage
	if err := json.Unmarshal([]byte(v), &given); err != nil {
		p := rows.Bad(MoreKey, "不是 JSON 对象（%v）。照导出的样子写", "not a JSON object (%v). Write it as an export does", err)
		return &p
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if p := SetPart(c, name, string(given[name])); p != nil {
			return p
		}
	}
	return nil
}

// SetPart takes one part in. An empty value leaves what the other fields say.
func SetPart(c *content.Content, name, v string) *rows.Problem {
	if v == "" {
		plain := Plain(c)
		c.Reset(name, &plain)
		return nil
	}
	var bad *content.RestError
	if err := c.Take(name, []byte(v)); errors.As(err, &bad) {
		p := rows.Problem{Field: MoreField(name), Zh: bad.Zh, En: bad.En}
		return &p
	}
	return nil
}

// Plain is what comes back of a content when only the fields, and those of its
// materials, charges and common questions, are carried.
func Plain(c *content.Content) content.Content {
	out := content.Content{Item: content.Item{Visits: -1}, Materials: []content.Material{}}
	for k, v := range c.Item.Fields {
		if Find(k) == nil {
			Keep(&out.Item.Fields, k, strings.TrimSpace(v))
		}
	}
	for i := range All {
		f := &All[i]
		if f.Key == "materials" || f.Kind == Elements {
			continue
		}
		if v := f.Get(c); v != "" {
			_ = f.Set(&out, v) // what does not fit is not said by the field
		}
	}
	for _, m := range c.Materials {
		out.Materials = append(out.Materials, MaterialOf(came(m.ID, "m", m.Fields), trimmed(MaterialValues(m))))
	}
	for _, p := range c.Item.Fees {
		out.Item.Fees = append(out.Item.Fees, FeeOf(came(p.ID, "f", p.Fields), trimmed(FeeValues(p))))
	}
	for _, q := range c.Item.FAQ {
		out.Item.FAQ = append(out.Item.FAQ, FAQOf(came(q.ID, "q", q.Fields), trimmed(FAQValues(q))))
	}
	InOrder(out.Materials, func(m content.Material) string { return m.Fields["order_num"] })
	InOrder(out.Item.Fees, func(f content.FeeProject) string { return f.Fields["order_num"] })
	InOrder(out.Item.FAQ, func(q content.FAQ) string { return q.Fields["order_num"] })
	return out
}

// Fits tells whether a value is short enough for the field; longer ones are
// carried as a part.
func (f *Field) Fits(v string) bool {
	return f.Max == 0 || len(v) <= f.Max || utf8.RuneCountInString(v) <= f.Max
}

// Listed tells whether every value of a coded field is in its list; others are
// carried as they are, where no mapping asks what they mean.
func (f *Field) Listed(v string) bool {
	if f.List == "" || v == "" {
		return true
	}
	for one := range strings.SplitSeq(v, "\n") {
		if _, ok := ValueOf(f.List, one); !ok {
			return false
		}
	}
	return true
}

// came is the id that a part gets when it comes in again: a mark of its source
// names it, or the mark that the platform gives tells its id.
func came(id, letter string, own map[string]string) string {
	if mark := own["row_guid"]; mark != "" {
		return IDOf(letter, mark)
	}
	return id
}

// IDOf is the id of a part whose source marks it, the same on every installation.
func IDOf(letter, mark string) string {
	sum := sha256.Sum256([]byte(mark))
	return letter + hex.EncodeToString(sum[:5])
}

// trimmed are the values as they come in again. The order of parts that no source
// marks is that of their rows.
func trimmed(values map[string]string) map[string]string {
	if values["row_guid"] == "" {
		delete(values, "order_num")
	}
	for k, v := range values {
		if values[k] = strings.TrimSpace(v); values[k] == "" {
			delete(values, k)
		}
	}
	return values
}

// InOrder sorts by the number that the source gives, those without one last.
func InOrder[T any](list []T, number func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(place(number(a)), place(number(b))) })
}

func place(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 1 << 30
	}
	return n
}
