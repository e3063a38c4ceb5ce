package content

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// materialsName is the name under which Rest carries the list of materials.
const materialsName = "materials"

// stays are the parts of an item that no export carries as JSON: what names the
// item, and what belongs to the installation that keeps it — who keeps it here,
// in which version, and whether its office passed the check here. A part that is
// added to Item later is carried unless it is named here.
var stays = []string{"region", "code", "version", "base_version", "package", "package_version", "own_flow", "by_changes", "org_suspected", "state"}

// carried are the other parts: index in Item by their name in JSON.
var carried, carriedNames = func() (map[string]int, []string) {
	out, t := map[string]int{}, reflect.TypeFor[Item]()
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if !slices.Contains(stays, name) {
			out[name], names = i, append(names, name)
		}
	}
	return out, names
}()

// Stays are the names of the parts of an item that exports leave where they are.
func Stays() []string { return slices.Clone(stays) }

// Rest is what a content says beyond a plainer reading of it, by the names of
// item.json and "materials". Exports carry it where their form has no column, and
// Take puts it back, so that nothing an item says is lost on the way.
func (c *Content) Rest(plain *Content) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	put := func(name string, is, was reflect.Value) {
		if alike(is, was) {
			return
		}
		raw, err := json.Marshal(is.Interface())
		if err != nil {
			panic(fmt.Sprintf("content: %s does not marshal: %v", name, err)) // plain structs of text and numbers
		}
		if out == nil {
			out = map[string]json.RawMessage{}
		}
		out[name] = raw
	}
	own := c.Item
	own.Basis = slices.DeleteFunc(slices.Clone(own.Basis), func(b Clause) bool { return IsGeneral(b.ID) }) // every import adds those
	is, was := reflect.ValueOf(&own).Elem(), reflect.ValueOf(&plain.Item).Elem()
	for _, name := range carriedNames {
		put(name, is.Field(carried[name]), was.Field(carried[name]))
	}
	put(materialsName, reflect.ValueOf(c.Materials), reflect.ValueOf(plain.Materials))
	return out
}

// alike compares two values; an empty list and none are the same.
func alike(a, b reflect.Value) bool {
	if k := a.Kind(); (k == reflect.Slice || k == reflect.Map) && a.Len()+b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// RestError says what is wrong with a part that Take does not take.
type RestError struct{ Name, Zh, En string }

// Error implements error.
func (e *RestError) Error() string { return e.Name + ": " + e.En }

// maxRest bounds a part, in bytes.
const maxRest = 200000

// Take puts one part back. What this version does not know, or what no form
// would let in, is refused with words.
func (c *Content) Take(name string, raw []byte) error {
	if len(raw) > maxRest {
		return &RestError{name, fmt.Sprintf("超过 %d 字节", maxRest), fmt.Sprintf("longer than %d bytes", maxRest)}
	}
	if name == materialsName {
		var list []Material
		if err := strictly(name, raw, &list); err != nil {
			return err
		}
		if err := checkMaterials(list); err != nil {
			return err
		}
		c.Materials = list
		return nil
	}
	i, ok := carried[name]
	if !ok {
		return &RestError{name, "不认识这一项，可能由更新的版本导出。升级后再导入", "this part is not known; a newer version may have written it. Upgrade first"}
	}
	next := c.Item
	field := reflect.ValueOf(&next).Elem().Field(i)
	field.SetZero()
	if err := strictly(name, raw, field.Addr().Interface()); err != nil {
		return err
	}
	if err := next.checkRest(name); err != nil {
		return err
	}
	c.Item = next
	return nil
}

// Reset makes one part what a plainer reading says.
func (c *Content) Reset(name string, plain *Content) {
	if name == materialsName {
		c.Materials = plain.Materials
	} else if i, ok := carried[name]; ok {
		reflect.ValueOf(&c.Item).Elem().Field(i).Set(reflect.ValueOf(&plain.Item).Elem().Field(i))
	}
}

func strictly(name string, raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil || !utf8.Valid(raw) {
		return &RestError{name, fmt.Sprintf("读不懂（%v）。照导出的样子写，不要手改", err), fmt.Sprintf("cannot be read (%v). Write it as an export does", err)}
	}
	return nil
}

// checkRest looks at what the columns of other forms are checked for as well.
func (i *Item) checkRest(name string) error {
	bad := func(zh, en string) error { return &RestError{name, zh, en} }
	for _, l := range []Limit{i.Legal, i.Promise, i.Extension, i.Correction} {
		if l.Amount < 0 || l.Amount > 3660 || !slices.Contains([]Unit{"", Workdays, Days, Hours}, l.Unit) {
			return bad("时限不合理。数量填 0 到 3660，单位用 workday、day 或 hour", "the limit makes no sense. Give 0 to 3660 and workday, day or hour")
		}
	}
	if i.Visits < -1 || i.Visits > 99 || i.Fee.Cents < 0 || i.Identity < 0 || i.Identity > 9 {
		return bad("数值不合理", "the number makes no sense")
	}
	for key := range i.Fields {
		if !ValidElement(key) {
			return bad("“"+key+"”不是要素代号", "“"+key+"” is no key of an element")
		}
	}
	return nil
}

func checkMaterials(list []Material) error {
	seen := map[string]bool{}
	for _, m := range list {
		if !ValidID(m.ID) || seen[m.ID] || m.Name.Empty() || m.Count < 0 || m.MaxMB < 0 {
			return &RestError{materialsName, "材料“" + m.Name.Zh + "”没有名称，或者代号 " + m.ID + " 不对或重复", "a material has no name, or its id " + m.ID + " is malformed or used twice"}
		}
		seen[m.ID] = true
	}
	return nil
}
