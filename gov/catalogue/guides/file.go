package guides

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"tongban/gov/catalogue/rows"
)

// Formats of an export.
const (
	JSONL = "jsonl"
	CSV   = "csv"
)

// ErrFormat says that rows are not written in such a form.
var ErrFormat = errors.New("guides: exports are jsonl or csv")

// Writer writes rows in one of the formats; finish writes what is still held back.
func Writer(format string, w io.Writer) (write func(*Row) error, finish func() error, err error) {
	switch format {
	case JSONL:
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return func(g *Row) error { return enc.Encode(g) }, func() error { return nil }, nil
	case CSV:
		cw := csv.NewWriter(w)
		if err := cw.Write(columns); err != nil {
			return nil, nil, err
		}
		return func(g *Row) error { return cw.Write(g.cells()) }, func() error { cw.Flush(); return cw.Error() }, nil
	}
	return nil, nil, ErrFormat
}

// columns of the CSV form, in order. Lists are joined by a line feed.
var columns = []string{"task_code", "catalog_id", "parent_catalog_id", "parent_catalog_name", "name", "sub_name", "task_type_code", "task_type", "dept_name",
	"dept_org_code", "dept_uscc", "area_code", "level", "legal_limit", "legal_limit_unit", "promise_limit", "promise_limit_unit", "on_site_visits", "online",
	"online_url", "platform", "co_departments", "accept_conditions", "materials", "service_objects", "themes", "location", "consult_phone", "complaint_phone",
	"express", "booking", "name_en", "package", "source", "as_of", "task_state", "fields", "more"}

// texts are the fields that a CSV cell fills as it is.
func (g *Row) texts() map[string]*string {
	return map[string]*string{"task_code": &g.Code, "catalog_id": &g.Base, "parent_catalog_id": &g.ParentID, "parent_catalog_name": &g.Parent, "name": &g.Name,
		"sub_name": &g.Variant, "task_type_code": &g.TypeCode, "task_type": &g.Type, "dept_name": &g.OrgName, "dept_org_code": &g.OrgID, "dept_uscc": &g.Org,
		"area_code": &g.Region, "level": &g.Level, "legal_limit_unit": &g.LegalUnit, "promise_limit_unit": &g.PromiseUnit, "online_url": &g.OnlineURL,
		"platform": &g.OnlineSystem, "co_departments": &g.Partners, "accept_conditions": &g.Conditions, "location": &g.Location, "consult_phone": &g.Phone,
		"complaint_phone": &g.Complaint, "name_en": &g.NameEn, "package": &g.Package, "source": &g.Source, "as_of": &g.AsOf, "task_state": &g.State}
}

func (g *Row) numbers() map[string]**int {
	return map[string]**int{"legal_limit": &g.Legal, "promise_limit": &g.Promise, "on_site_visits": &g.Visits}
}

func (g *Row) flags() map[string]*bool {
	return map[string]*bool{"online": &g.Online, "express": &g.Express, "booking": &g.Booking}
}

func (g *Row) lists() map[string]*[]string {
	return map[string]*[]string{"materials": &g.Materials, "service_objects": &g.Audience, "themes": &g.Themes}
}

// objects are the columns whose cell is a JSON object.
func (g *Row) objects() map[string]any { return map[string]any{"fields": &g.Fields, "more": &g.More} }

// Set fills the field of a column; columns that are not known do not matter.
func (g *Row) Set(column, v string) *rows.Problem {
	if p, ok := g.texts()[column]; ok {
		*p = v
		return nil
	}
	if p, ok := g.lists()[column]; ok {
		*p = strings.Split(v, "\n")
		return nil
	}
	if into, ok := g.objects()[column]; ok && v != "" {
		if err := json.Unmarshal([]byte(v), into); err != nil {
			p := rows.Bad(column, "不是 JSON 对象（%v）。写成 {\"要素代号\": \"值\"}", "not a JSON object (%v). Write {\"key\": \"value\"}", err)
			return &p
		}
		return nil
	}
	v = strings.TrimSpace(v)
	if p, ok := g.numbers()[column]; ok && v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			p := rows.Bad(column, "“%s”不是整数。填数字，没有就留空", "%q is not a whole number. Give a number or leave it empty", cut(v))
			return &p
		}
		*p = &n
	}
	if p, ok := g.flags()[column]; ok {
		switch strings.ToLower(v) {
		case "true", "1", "是", "yes":
			*p = true
		case "false", "0", "否", "no", "":
		default:
			p := rows.Bad(column, "“%s”不是 true 或 false。填 true 或 false", "%q is neither true nor false. Give one of them", cut(v))
			return &p
		}
	}
	return nil
}

// cells are the row of a guide in the order of columns.
func (g *Row) cells() []string {
	texts, numbers, flags, lists := g.texts(), g.numbers(), g.flags(), g.lists()
	out := make([]string, len(columns))
	for i, name := range columns {
		switch {
		case texts[name] != nil:
			out[i] = *texts[name]
		case numbers[name] != nil && *numbers[name] != nil:
			out[i] = strconv.Itoa(**numbers[name])
		case flags[name] != nil:
			out[i] = strconv.FormatBool(*flags[name])
		case lists[name] != nil:
			out[i] = strings.Join(*lists[name], "\n")
		case name == "fields" && len(g.Fields) > 0:
			raw, _ := json.Marshal(g.Fields) // texts
			out[i] = string(raw)
		case name == "more" && len(g.More) > 0:
			raw, _ := json.Marshal(g.More) // JSON already
			out[i] = string(raw)
		}
	}
	return out
}
