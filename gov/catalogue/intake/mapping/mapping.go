package mapping

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tongban/gov/catalogue/intake/fields"
)

// Format is the kind of source that a mapping is for.
type Format string

// The formats.
const (
	Guides   Format = "guides"   // rows of service guides, one item each
	National Format = "national" // the national exchange tables up_task_*
	Sheet    Format = "sheet"    // anything with columns
)

// Formats are all of them.
var Formats = []Format{Guides, National, Sheet}

// Role is what the rows of a table are.
type Role string

// The roles.
const (
	Item     Role = "item"     // an item a row
	Extend   Role = "extend"   // more of an item
	Material Role = "material" // one material of an item a row
	Fee      Role = "fee"
	Question Role = "question"
	Extra    Role = "extra" // one field of an item a row
	Nothing  Role = "-"     // not read

	Directory      Role = "directory"       // a base item a row (up_task_directory)
	DirectoryExtra Role = "directory_extra" // one field of a base item a row
)

// Decisions about a value beside a code of its list.
const (
	LeaveOut = "-" // as if the cell were empty
	Refuse   = "!" // the row is not taken
)

// Mapping is a mapping as it is saved.
type Mapping struct {
	Name    string                       `json:"name"`
	Format  Format                       `json:"format"`
	Tables  map[string]Role              `json:"tables,omitempty"`  // role of a table by its name
	Columns map[Role]map[string]string   `json:"columns,omitempty"` // field of a column by its name; "-" is not read
	Codes   map[string]map[string]string `json:"codes,omitempty"`   // by list: what a value means
	Fixed   map[string]string            `json:"fixed,omitempty"`   // fields that are the same in every row
}

// Parse reads a saved mapping and checks it.
func Parse(raw []byte) (Mapping, error) {
	var m Mapping
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, &Error{[]string{fmt.Sprintf("不是对照文件（%v）", err)}, []string{fmt.Sprintf("not a mapping file (%v)", err)}}
	}
	return m, m.Check()
}

// Write is the mapping as a file.
func (m Mapping) Write() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	e.Encode(m) // plain text
	return b.Bytes()
}

// Error lists everything that is wrong with a mapping.
type Error struct{ Zh, En []string }

// Error implements error.
func (e *Error) Error() string { return strings.Join(e.En, "; ") }

func (e *Error) add(zh, en string, args ...any) {
	e.Zh, e.En = append(e.Zh, fmt.Sprintf(zh, args...)), append(e.En, fmt.Sprintf(en, args...))
}

// Check finds fields, roles and codes that do not exist.
func (m Mapping) Check() error {
	e := &Error{}
	if !slices.Contains(Formats, m.Format) {
		e.add("没有“%s”这种格式，有 guides、national、sheet", "there is no format %q; there are guides, national and sheet", fields.Cut(string(m.Format)))
	}
	for table, role := range m.Tables {
		if targets(role) == nil && role != Nothing && role != Directory && role != DirectoryExtra {
			e.add("表“%s”：没有“%s”这种用途", "table %q: there is no role %q", fields.Cut(table), fields.Cut(string(role)))
		}
	}
	for role, columns := range m.Columns {
		known := targets(role)
		if known == nil {
			e.add("没有“%s”这种用途的表", "there is no role %q", fields.Cut(string(role)))
		}
		for column, key := range columns {
			if key != LeaveOut && known[key] == nil {
				e.add("列“%s”：没有“%s”这个要素", "column %q: there is no field %q", fields.Cut(column), fields.Cut(key))
			}
		}
	}
	for list, values := range m.Codes {
		for met, code := range values {
			if _, ok := fields.ValueOf(list, code); !ok && code != LeaveOut && code != Refuse {
				zh, en := fields.Known(list)
				e.Zh = append(e.Zh, fmt.Sprintf("代码表 %s：“%s”对照到的“%s”不在表里，表里有：%s", fields.Cut(list), fields.Cut(met), fields.Cut(code), zh))
				e.En = append(e.En, fmt.Sprintf("code list %s: %q means %q, which is not in the list: %s", fields.Cut(list), fields.Cut(met), fields.Cut(code), en))
			}
		}
	}
	for key, v := range m.Fixed {
		f := fields.Find(key)
		if f == nil {
			e.add("固定值：没有“%s”这个要素", "fixed values: there is no field %q", fields.Cut(key))
		} else if _, ok := fields.ValueOf(f.List, v); f.List != "" && !ok {
			e.add("固定值：“%s”不在 %s 的代码表里", "fixed values: %q is not in the code list of %s", fields.Cut(v), key)
		}
	}
	if len(e.En) > 0 {
		slices.Sort(e.Zh)
		slices.Sort(e.En)
		return e
	}
	return nil
}

// Target is what a column can mean in a table of some role.
type Target struct {
	Key    string
	Zh, En string
	List   string
	Many   bool // several values of the list in a cell
	Also   []string
	field  *fields.Field // of an item
}

// Targets are what a column can mean, in order.
func Targets(role Role) []Target { return order[role] }

func targets(role Role) map[string]*Target { return byRole[role] }

// keys by which a row says to which item it belongs, and when it was written.
var keys = []Target{
	{Key: "task_handle_item", Zh: "业务办理项编码", En: "Handling code", Also: []string{"业务办理项代码"}},
	{Key: "row_guid", Zh: "记录唯一标识", En: "Mark of the row"},
	{Key: "cd_operation", Zh: "同步类型", En: "I, U or D"},
	{Key: "cd_batch", Zh: "批次号", En: "Batch"},
	{Key: "cd_time", Zh: "同步时间", En: "Time of the batch"},
}

var childKeys = append([]Target{
	{Key: "task_code", Zh: "实施编码", En: "Implementation code", Also: []string{"事项编码", "编码"}},
	{Key: "task_guid", Zh: "事项唯一标识", En: "Mark of the item's row"},
	{Key: "order_num", Zh: "排序", En: "Order", Also: []string{"序号", "排序号"}},
}, keys...)

// order are the targets of every role.
var order = func() map[Role][]Target {
	var items []Target
	for i := range fields.All {
		f := &fields.All[i]
		items = append(items, Target{Key: f.Key, Zh: f.Zh, En: f.En, List: f.List, Many: f.Kind == fields.Codes, Also: f.Also, field: f})
	}
	child := func(list []fields.Sub) []Target {
		var out []Target
		for _, s := range list {
			out = append(out, Target{Key: s.Key, Zh: s.Zh, En: s.En, Also: s.Also})
		}
		return append(out, childKeys...)
	}
	return map[Role][]Target{
		Item:     append(items, keys...),
		Extend:   append(append([]Target{{Key: "task_guid", Zh: "事项唯一标识", En: "Mark of the item's row"}}, items...), keys...),
		Material: child(fields.Materials), Fee: child(fields.Fees), Question: child(fields.FAQs), Extra: child(fields.Extras),
	}
}()

var byRole = func() map[Role]map[string]*Target {
	out := map[Role]map[string]*Target{}
	for role, list := range order {
		out[role] = map[string]*Target{}
		for i := range list {
			out[role][list[i].Key] = &list[i]
		}
	}
	return out
}()
