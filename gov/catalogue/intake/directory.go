package intake

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/catalogue/rows"
	"tongban/gov/catalogue/standard"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

// BaseReport says what became of the rows of the directory of base items
// (up_task_directory).
type BaseReport struct {
	Rows     int `json:"rows"`
	New      int `json:"new"`
	Changed  int `json:"changed"`
	Same     int `json:"same"`
	Kept     int `json:"kept"`     // that changes keep: an import does not alter them
	Repeated int `json:"repeated"` // applied before
}

// entry is one row of the directory.
type entry struct {
	table, line     int
	raw             string
	op, batch, time string
	mark            string
	cells           map[string]string
}

// directory takes the base items in before the items that refer to them. What is
// wrong with a row is told with the first items.
func (r *run) directory(ctx context.Context, c *collector) error {
	if r.m.Format != mapping.National || r.chunks > 0 { // an earlier process took them in
		return nil
	}
	if err := r.directoryRest(c); err != nil {
		return err
	}
	byCode := map[string][]entry{}
	var order []string
	for _, e := range r.src.Tables {
		if r.m.RoleOf(e.Name) != mapping.Directory {
			continue
		}
		r.tables = append(r.tables, e.Name)
		err := r.eachEntry(e, func(x entry, bad *rows.Problem) {
			x.table = len(r.tables) - 1
			r.report.Bases.Rows++
			if code := x.cells["catalog_code"]; bad == nil {
				if byCode[code] == nil {
					order = append(order, code)
				}
				byCode[code] = append(byCode[code], x)
				return
			}
			c.problem(x.table, x.raw, lineOf(*bad, x.line))
		})
		if err != nil {
			return err
		}
	}
	slices.Sort(order) // main items before their sub-items
	for part := range slices.Chunk(order, chunk) {
		if err := r.takeDirectory(ctx, c, part, byCode); err != nil {
			return err
		}
	}
	return nil
}

// directoryRest reads what the columns of the directory have no place for, before
// the directory itself.
func (r *run) directoryRest(c *collector) error {
	for _, e := range r.src.Tables {
		if r.m.RoleOf(e.Name) != mapping.DirectoryExtra {
			continue
		}
		r.tables = append(r.tables, e.Name)
		if r.rest == nil {
			r.rest = map[string][]entry{}
		}
		err := r.eachEntry(e, func(x entry, bad *rows.Problem) {
			x.table = len(r.tables) - 1
			if bad != nil {
				c.problem(x.table, x.raw, lineOf(*bad, x.line))
				return
			}
			r.rest[x.cells["catalog_code"]] = append(r.rest[x.cells["catalog_code"]], x)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// takeRest adds it to a base item.
func (r *run) takeRest(b *standard.Base) *rows.Problem {
	for _, x := range r.rest[b.Code] {
		var bad *content.RestError
		if err := b.Take(x.cells["field"], x.cells["value"]); x.op != "D" && errors.As(err, &bad) {
			p := rows.Problem{Field: x.cells["field"], Zh: bad.Zh, En: bad.En}
			return &p
		}
	}
	return nil
}

func (r *run) eachEntry(e source.Entry, f func(entry, *rows.Problem)) (err error) {
	t, err := e.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	for {
		row, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		row = r.complete(row, len(t.Header()))
		x := entry{line: row.Line, raw: row.Raw, cells: map[string]string{}}
		for i, name := range t.Header() {
			if i < len(row.Cells) {
				x.cells[strings.ToLower(name)] = strings.TrimSpace(row.Cells[i])
			}
		}
		x.op, x.batch, x.mark = strings.ToUpper(x.cells["cd_operation"]), x.cells["cd_batch"], x.cells["row_guid"]
		x.time = digits(x.cells["cd_time"])
		f(x, cmpProblem(row.Problem, x.wrong()))
	}
}

func cmpProblem(a, b *rows.Problem) *rows.Problem {
	if a != nil {
		return a
	}
	return b
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// wrong is what keeps a row from being read at all.
func (x *entry) wrong() *rows.Problem {
	var p rows.Problem
	c, err := codes.Parse(x.cells["catalog_code"])
	switch {
	case err != nil || c.Kind != codes.Basic:
		p = rows.Bad("catalog_code", "“%s”不是基本编码。填 12 位：行政区划 2、类型 2、主项 5、子项 3", "%q is no basic code. Give 12 characters: province 2, kind 2, main item 5, sub-item 3", fields.Cut(x.cells["catalog_code"]))
	case x.op != "I" && x.op != "U" && x.op != "D":
		p = rows.Bad("cd_operation", "“%s”不是 I、U 或 D。I 新增，U 修改，D 删除", "%q is not I, U or D: insert, update or delete", fields.Cut(x.op))
	case x.batch == "" || len(x.time) < 8:
		p = rows.Bad("cd_batch", "没有批次号，或者同步时间不是时间。填写 cd_batch 和 cd_time", "there is no batch, or its time is no time. Give cd_batch and cd_time")
	default:
		return nil
	}
	return &p
}

// takeDirectory takes a part of the directory in.
func (r *run) takeDirectory(ctx context.Context, c *collector, part []string, byCode map[string][]entry) error {
	now := r.s.Clock.Now()
	byRegion := map[string][]string{}
	for _, code := range part {
		p, _ := codes.Parse(code)
		byRegion[p.Province()] = append(byRegion[p.Province()], code)
	}
	for region, list := range byRegion {
		seen := map[string]map[string]string{}
		if err := loadSeen(ctx, r.s.DB, region, list, seen); err != nil {
			return err
		}
		there, err := standard.Newest(ctx, r.s.DB, region, list)
		if err != nil {
			return err
		}
		var bases []standard.Base
		marks := map[string]map[string]string{}
		for _, code := range list {
			b, at, ok := r.base(c, region, code, byCode[code], there[code], seen[code], now)
			if ok {
				bases, marks[code] = append(bases, b), at
			}
		}
		if err := r.saveBases(ctx, c, region, bases, marks, byCode); err != nil {
			return err
		}
	}
	return nil
}

// base lays the rows of one code over what there is; ok is false when nothing
// of it is new.
func (r *run) base(c *collector, region, code string, list []entry, b standard.Base, seen map[string]string, now time.Time) (standard.Base, map[string]string, bool) {
	slices.SortStableFunc(list, func(x, y entry) int { return strings.Compare(x.time, y.time) })
	there := b.Version > 0
	at, any := map[string]string{}, false
	for k, v := range seen {
		at[k] = v
	}
	for i, x := range list {
		was, batch, _ := strings.Cut(at["directory"], " ")
		switch {
		case i > 0 && list[i-1].time == x.time && list[i-1].mark != x.mark:
			c.problem(x.table, x.raw, lineOf(rows.Bad("catalog_code", "与第 %d 行的基本编码相同，标识不同。保留一行", "line %d has the same basic code under another mark. Keep one of them", list[i-1].line), x.line))
			continue
		case was != "" && x.time == was && x.batch == batch:
			r.report.Bases.Repeated++
			continue
		case was != "" && x.time < was:
			c.problem(x.table, x.raw, lineOf(rows.Warn("cd_time", "这一行的时间是 %s，批次 %s 已经把它改到 %s，没有再用旧的。按先后顺序导入批次", "this row is of %s, batch %s changed it already as of %s; the older was not used. Import batches in their order", x.time, batch, was), x.line))
			r.report.Bases.Repeated++
			continue
		}
		at["directory"] = x.time + " " + x.batch
		if x.op == "D" {
			if !there && !any {
				c.problem(x.table, x.raw, lineOf(rows.Warn("cd_operation", "没有编码为 %s 的基本目录可以删除，没有改动", "there is no base item %s to delete; nothing was changed", code), x.line))
				continue
			}
			b.State, any = content.Cancelled, true
			continue
		}
		next, bad := r.entryBase(x, b, region, code, now)
		if bad != nil {
			c.problem(x.table, x.raw, lineOf(*bad, x.line))
			continue
		}
		b, any = next, true
	}
	return b, at, any
}

// entryBase is a base item as a row of the directory says.
func (r *run) entryBase(x entry, b standard.Base, region, code string, now time.Time) (standard.Base, *rows.Problem) {
	b.Region, b.Code, b.Effective, b.State = region, code, now, content.InForce
	bad := func(p rows.Problem) (standard.Base, *rows.Problem) { return b, &p }
	if r.rest != nil { // the source says all of it
		b.Plainly()
	}
	b.Name, b.Basis = x.cells["task_name"], fields.Basis(x.cells["by_law"])
	decode := func(list, cell string) (string, *rows.Problem) {
		v, ok := r.m.Codes[list][cell]
		if cell == "" || ok && v != mapping.Refuse && v != mapping.LeaveOut {
			return v, nil
		}
		zh, en := fields.Known(list)
		p := rows.Bad(list, "没有决定“%s”是什么。在对照里选一个："+zh, "it is not decided what %q means. Choose one in the mapping: "+en, fields.Cut(cell))
		return "", &p
	}
	var p *rows.Problem
	if b.Type, p = decode("item_type", x.cells["task_type"]); p != nil {
		return b, p
	}
	state, p := decode("state", x.cells["task_state"])
	if p != nil {
		return b, p
	}
	b.State = content.State(strings.TrimPrefix(state, "in_force"))
	b.Levels = nil
	for _, l := range fields.Split(x.cells["use_level"]) {
		b.Levels = append(b.Levels, l)
	}
	b.Fields = withField(b.Fields, "local_catalog_code", x.cells["local_catalog_code"])
	b.Fields = withField(b.Fields, "plan_cancel_date", x.cells["plan_cancel_date"])
	if day, err := calendar.ParseDate(dashed(x.cells["plan_effective_date"])); err == nil && day.Start().After(now) {
		b.Effective = day.Start()
	}
	b.Parent = codes.MainOf(code)
	if p := r.takeRest(&b); p != nil {
		return bad(*p)
	}
	for _, q := range b.Check() {
		switch q.Field {
		case "name":
			return bad(rows.Bad("task_name", "没有事项名称，或者超过 %d 个字。填写事项名称", "there is no name, or it is longer than %d characters. Give the name", standard.MaxName))
		case "type":
			return bad(rows.Bad("task_type", "没有事项类型。填写事项类型", "there is no type. Give the type of the item"))
		case "levels":
			return bad(rows.Bad("use_level", "“%s”不是行使层级。填 1 到 7", "%q is no level of exercise. Give 1 to 7", fields.Cut(x.cells["use_level"])))
		default:
			return bad(rows.Bad("catalog_code", "基本编码 %s 不能用", "the basic code %s cannot be used", code))
		}
	}
	return b, nil
}

func withField(m map[string][]string, key, v string) map[string][]string {
	out := map[string][]string{}
	for k, old := range m {
		out[k] = old
	}
	if delete(out, key); v != "" {
		out[key] = []string{v}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// dashed writes a day as 2026-12-01 whatever the source does.
func dashed(s string) string {
	d := digits(s)
	if len(d) < 8 {
		return ""
	}
	return d[:4] + "-" + d[4:6] + "-" + d[6:8]
}

// parentsOf are the main items of those whose main item by the standard is
// missing: what the base item has already, or the one that the province writes
// with codes.Head.
func (r *run) parentsOf(ctx context.Context, region string, bases []standard.Base, missing []string) (map[string]string, error) {
	var list, heads []string
	for _, b := range bases {
		if slices.Contains(missing, b.Parent) {
			list, heads = append(list, b.Code), append(heads, b.Code[:9]+codes.Head)
		}
	}
	out := map[string]string{}
	there, err := standard.Newest(ctx, r.s.DB, region, list)
	if err != nil {
		return out, err
	}
	gone, err := r.s.Catalogue.MissingBases(ctx, heads)
	for i, code := range list {
		head := heads[i]
		if slices.Contains(gone, head) && !slices.ContainsFunc(bases, func(b standard.Base) bool { return b.Code == head }) {
			head = ""
		}
		out[code] = cmp.Or(there[code].Parent, head)
	}
	return out, err
}

// saveBases brings base items through the door; of a sub-item whose main item is
// nowhere it is said.
func (r *run) saveBases(ctx context.Context, c *collector, region string, bases []standard.Base, marks map[string]map[string]string, byCode map[string][]entry) error {
	among := map[string]bool{}
	var parents []string
	for _, b := range bases {
		among[b.Code] = true
	}
	for _, b := range bases {
		if b.Parent != "" && !among[b.Parent] {
			parents = append(parents, b.Parent)
		}
	}
	missing, err := r.s.Catalogue.MissingBases(ctx, parents)
	if err != nil {
		return err
	}
	kept, err := r.parentsOf(ctx, region, bases, missing)
	if err != nil {
		return err
	}
	for i := range bases {
		b := &bases[i]
		if !slices.Contains(missing, b.Parent) {
			continue
		}
		if was := kept[b.Code]; was != "" && was != b.Parent { // a province may number its main items otherwise
			b.Parent = was
			continue
		}
		if byCode[b.Parent] == nil { // real directories lack many: nothing of the row is lost
			x := byCode[b.Code][0]
			c.problem(x.table, x.raw, lineOf(rows.Warn("catalog_code", "没有编码为 %s 的主项，这一行收下了，没有连到主项。导入主项后再导入这一行，或者改正编码", "there is no main item %s; the row was taken without it. Import the main item and this row again, or correct the code", b.Parent), x.line))
		}
		b.Parent = ""
	}
	slices.SortStableFunc(bases, func(a, b standard.Base) int { return strings.Compare(a.Code, b.Code) }) // main items before their sub-items
	took, err := r.s.Catalogue.TakeBases(ctx, bases, catalogue.TakeOptions{DryRun: r.opt.DryRun, Name: r.opt.Name, With: func(ctx context.Context, tx *db.Tx, _ catalogue.Report) error {
		return saveDirectorySeen(ctx, tx, region, marks)
	}})
	var bad standard.Problems
	if errors.As(err, &bad) {
		return ErrFormat.With("problem", content.Text{Zh: "基本目录不能用：" + bad.Error(), En: "the directory cannot be used: " + bad.Error()})
	}
	n := &r.report.Bases
	n.New, n.Changed, n.Same, n.Kept = n.New+took.New, n.Changed+took.Changed, n.Same+took.Same, n.Kept+took.Kept
	return err
}
