package stock

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/certificates/kinds"
)

// Map says which column of a file holds what (字段对照): from a target to the
// name of its column, or to a value that all rows have.
type Map struct {
	Name    string            `json:"name,omitempty"`
	Table   string            `json:"table,omitempty"` // sheet of a workbook; "" is the first
	Columns map[string]string `json:"columns"`
	Fixed   map[string]string `json:"fixed,omitempty"`
}

// Target is something that a column can hold.
type Target struct {
	Key      string
	Label    catalogue.Text
	Required bool
	also     []string // other names that columns have
	kind     string   // of a field
}

// field opens the key of a target that is a field of the type.
const fieldPrefix = "field."

// Keys of the targets that every type has.
const (
	toNumber       = "number"
	toHolderName   = "holder_name"
	toHolderNumber = "holder_number"
	toIdentifier   = "identifier"
	toGranted      = "granted"
	toFrom         = "valid_from"
	toUntil        = "valid_until"
	toState        = "state"
	toAnnex        = "annex"
)

// Targets are what the columns of a file of one type can hold.
func Targets(t kinds.Type) []Target {
	out := []Target{
		{Key: toNumber, Label: catalogue.Text{Zh: "证照编号", En: "Certificate number"}, Required: true, also: []string{"证号", "编号", "证书编号", "许可证编号", "执照编号", "zzbh", "number", "no"}},
		{Key: toHolderName, Label: catalogue.Text{Zh: "持证主体", En: "Holder"}, Required: true, also: []string{"持证人", "持有人", "姓名", "单位名称", "企业名称", "经营者名称", "名称", "czzt", "holder", "name"}},
		{Key: toHolderNumber, Label: catalogue.Text{Zh: "持证主体代码", En: "Holder's number"}, Required: true, also: []string{"公民身份号码", "身份证号", "身份证号码", "统一社会信用代码", "证件号码", "czztdm", "holdernumber", "idnumber"}},
		{Key: toIdentifier, Label: catalogue.Text{Zh: "电子证照标识", En: "Identifier (GB/T 36904)"}, also: []string{"证照标识", "zzbs", "identifier"}},
		{Key: toGranted, Label: catalogue.Text{Zh: "颁发日期", En: "Issued on"}, also: []string{"发证日期", "签发日期", "颁证日期", "zzbfrq", "issued", "granted"}},
		{Key: toFrom, Label: catalogue.Text{Zh: "有效期起始日期", En: "Valid from"}, also: []string{"有效期自", "有效期起", "生效日期", "zzyxqqsrq", "validfrom"}},
		{Key: toUntil, Label: catalogue.Text{Zh: "有效期截止日期", En: "Valid until"}, also: []string{"有效期至", "有效期止", "到期日期", "zzyxqjzrq", "validuntil", "until"}},
		{Key: toState, Label: catalogue.Text{Zh: "证照状态", En: "State"}, also: []string{"状态", "state", "status"}},
		{Key: toAnnex, Label: catalogue.Text{Zh: "附图文件名", En: "File name of the scan"}, also: []string{"附图", "扫描件", "影像文件", "文件名", "图片", "file", "filename", "scan"}},
	}
	for _, f := range t.Fields {
		out = append(out, Target{Key: fieldPrefix + f.Key, Label: f.Label, Required: f.Required, also: []string{f.Key, f.Name, strings.TrimPrefix(f.Name, "KZ_")}, kind: f.Kind})
	}
	return out
}

// plain makes names of columns comparable.
func plain(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s))
}

// Propose finds the columns by their names; a field of the type that has no
// column of its own takes what says the same of the holder.
func Propose(t kinds.Type, header []string, issuer string) Map {
	m := Map{Columns: map[string]string{}, Fixed: map[string]string{}}
	byName := map[string]string{}
	for _, h := range header {
		if _, taken := byName[plain(h)]; !taken && plain(h) != "" {
			byName[plain(h)] = h
		}
	}
	for _, target := range Targets(t) {
		for _, name := range append([]string{target.Label.Zh, target.Label.En, target.Key}, target.also...) {
			if h, ok := byName[plain(name)]; ok {
				m.Columns[target.Key] = h
				break
			}
		}
	}
	m.lend(t, issuer)
	return m
}

// lend fills what is still open: names and numbers of the holder and of the
// type's own fields stand for each other, and so do the days.
func (m Map) lend(t kinds.Type, issuer string) {
	give := func(to, from string) {
		if m.Columns[to] == "" && m.Fixed[to] == "" && m.Columns[from] != "" {
			m.Columns[to] = m.Columns[from]
		}
	}
	for _, f := range t.Fields {
		key := fieldPrefix + f.Key
		switch {
		case slices.Contains([]string{"name", "org_name", "operator_name", "holder_unit", "owner", "head", "applicant"}, f.Key):
			give(toHolderName, key)
			give(key, toHolderName)
		case f.Key == "number" || f.Key == "uscc" || f.Key == "head_number":
			give(toHolderNumber, key)
			if t.Holder != "2" { // of either kind the column may hold the other's number
				give(key, toHolderNumber)
			}
		case f.Key == "issued":
			give(toGranted, key)
			give(key, toGranted)
		case f.Key == "until":
			give(toUntil, key)
			give(key, toUntil)
		case f.Key == "office" && m.Columns[key] == "":
			m.Fixed[key] = issuer
		}
	}
	give(toFrom, toGranted)
}

// Missing are the targets that no row can do without and that nothing fills.
func (m Map) Missing(t kinds.Type) (out []Target) {
	for _, target := range Targets(t) {
		if target.Required && m.Columns[target.Key] == "" && m.Fixed[target.Key] == "" {
			out = append(out, target)
		}
	}
	return out
}

// clean leaves out what is no target of the type, and what is too long to be a
// name of a column.
func (m Map) clean(t kinds.Type) Map {
	out := Map{Name: strings.TrimSpace(m.Name), Table: m.Table, Columns: map[string]string{}, Fixed: map[string]string{}}
	for _, target := range Targets(t) {
		if v := m.Columns[target.Key]; v != "" && len(v) <= source.MaxCell {
			out.Columns[target.Key] = v
		} else if v := strings.TrimSpace(m.Fixed[target.Key]); v != "" && len(v) <= 2000 {
			out.Fixed[target.Key] = v
		}
	}
	return out
}

// fits tells whether a file has every column of the mapping.
func (m Map) fits(header []string) bool {
	for _, c := range m.Columns {
		if !slices.Contains(header, c) {
			return false
		}
	}
	return len(m.Columns) > 0
}

// Write is the mapping as a file that the command reads.
func (m Map) Write() []byte {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		panic(err) // texts always marshal
	}
	return append(raw, '\n')
}

// ParseMap reads a mapping from a file.
func ParseMap(raw []byte) (Map, error) {
	var m Map
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, ErrFormat.With("problem", catalogue.Text{Zh: "对照文件不是正确的 JSON。用 --propose 重新生成一份", En: "the mapping is not JSON. Write a new one with --propose"})
	}
	return m, nil
}

// plan finds the cells of a row by target.
type plan struct {
	at    map[string]int
	fixed map[string]string
}

func (m Map) compile(header []string) plan {
	p := plan{at: map[string]int{}, fixed: maps.Clone(m.Fixed)}
	for target, column := range m.Columns {
		if i := slices.Index(header, column); i >= 0 {
			p.at[target] = i
		}
	}
	return p
}

func (p plan) value(cells []string, target string) string {
	if i, ok := p.at[target]; ok {
		if i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	return p.fixed[target]
}
