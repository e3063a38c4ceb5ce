package assemble

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/rows"
)

// Builder makes the content of items.
type Builder struct {
	Format mapping.Format
	Region string // of the import: items lie in it or below it
	Source string // name of the file, for items that name no source
	AsOf   string
	// Children are the roles that have a table of their own in the source: what an
	// item has of them comes from there alone.
	Children map[mapping.Role]bool
	// Known tells whether a division is in force; nil knows all.
	Known func(region string) bool
	// CheckOrg tells whether a unified code passes its check; nil does not look.
	CheckOrg func(code string) bool
}

// Problem is what is wrong with a row, with the table and the row as it came.
type Problem struct {
	rows.Problem
	Table int
	Raw   string
}

// Built is an item that came out of its rows.
type Built struct {
	Content  content.Content
	Line     int
	Table    int
	Raw      string
	Seen     map[string]string // time and batch of every row by its mark
	Repeated int               // rows that were applied before
	Read     int
}

// draft is an item on its way.
type draft struct {
	b        *Builder
	c        content.Content
	there    bool // the item is in the catalogue
	row      bool // a row of the item itself is among the parts
	line     int
	table    int
	raw      string
	deleted  bool
	problems []Problem
	seen     map[string]string
	repeated int
	own      map[mapping.Role]bool // children that were begun anew
	extras   []mapping.Part
}

// Guess is the region in which an item may lie when its rows do not say: that
// in which its office is registered, which the unified code tells.
func (b *Builder) Guess(code string) string {
	if len(code) >= 18 && codes.Unified(code[:18]) {
		if r := code[2:8]; b.within(r) {
			return r
		}
	}
	return b.Region
}

func (b *Builder) within(region string) bool {
	return strings.HasPrefix(region, prefix(b.Region)) && (b.Known == nil || b.Known(region))
}

// prefix is the part of a division code that everything below it shares.
func prefix(region string) string {
	for len(region) > 0 && strings.HasSuffix(region, "00") && len(region)%2 == 0 {
		region = region[:len(region)-2]
	}
	return region
}

// Build makes the content of a group of rows. old is what the catalogue has of
// the item, nil for nothing; seen are the rows that were applied before. ok is
// false when nothing is to be taken in.
func (b *Builder) Build(g Group, old *content.Content, seen map[string]string) (out Built, problems []Problem, ok bool) {
	d := &draft{b: b, seen: map[string]string{}, own: map[mapping.Role]bool{}}
	for k, v := range seen {
		d.seen[k] = v
	}
	if old != nil {
		d.c, d.there = *old, true
		fresh := b.Format == mapping.Guides || b.Format == mapping.National && len(seen) == 0 && slices.ContainsFunc(g.Parts, func(p mapping.Part) bool { return p.Role == mapping.Item && p.Op == "I" })
		if fresh { // from now on this source says everything
			d.c = content.Content{Item: content.Item{Visits: -1, BaseVersion: old.Item.BaseVersion, Tier: old.Item.Tier, Predecessors: old.Item.Predecessors}}
		}
	}
	if old == nil {
		d.c.Item.Visits = -1
	}
	d.c.Item.Code = g.Code
	if i := slices.IndexFunc(g.Parts, func(p mapping.Part) bool { return p.Broken }); i >= 0 {
		return out, b.refused(g, i), false
	}
	parts := g.Parts
	if b.Format == mapping.National {
		parts = d.inOrder(parts)
	}
	for i := range parts {
		d.apply(&parts[i])
	}
	for _, rest := range []bool{false, true} { // what the other fields do not say comes last
		for i := range d.extras {
			if _, is := fields.MorePart(d.extras[i].Value("field")); is == rest {
				d.extra(&d.extras[i])
			}
		}
	}
	usable := d.finish(g)
	out = Built{Content: d.c, Line: d.line, Table: d.table, Raw: d.raw, Seen: d.seen, Repeated: d.repeated, Read: len(g.Parts)}
	return out, d.problems, usable && d.repeated < len(g.Parts)
}

// refused says of the other rows of an item that they are not taken because of
// a broken one: a guide that lacks a material misleads.
func (b *Builder) refused(g Group, broken int) (out []Problem) {
	for i := range g.Parts {
		if p := &g.Parts[i]; p.Role == mapping.Item && !p.Broken {
			r := rows.Bad("", "第 %d 行有错，这个事项没有收。改正那一行后再导入", "the item was not taken because of line %d. Correct that line first", g.Parts[broken].Line)
			r.Line = p.Line
			out = append(out, Problem{r, p.Table, p.Raw})
		}
	}
	return out
}

func (d *draft) bad(p *mapping.Part, problem rows.Problem) {
	problem.Line = p.Line
	d.problems = append(d.problems, Problem{problem, p.Table, p.Raw})
}

// inOrder sorts the rows of the exchange by their times, and leaves out those
// that were applied before or come too late.
func (d *draft) inOrder(parts []mapping.Part) []mapping.Part {
	for i := range parts {
		parts[i].Time = stamp(parts[i].Time)
	}
	slices.SortStableFunc(parts, func(a, b mapping.Part) int {
		return cmp.Or(strings.Compare(a.Time, b.Time), rank(a.Role)-rank(b.Role))
	})
	out := parts[:0]
	for _, p := range parts {
		if p.Mark == "" {
			out = append(out, p)
			continue
		}
		mark := string(p.Role) + ":" + p.Mark
		was, known := d.seen[mark]
		when, batch, _ := strings.Cut(was, " ")
		switch {
		case known && p.Time == when && p.Batch == batch:
			d.repeated++
			continue
		case known && p.Time < when:
			d.bad(&p, rows.Warn("cd_time", "这一行的时间是 %s，批次 %s 已经把它改到 %s，没有再用旧的。按先后顺序导入批次", "this row is of %s, batch %s changed it already as of %s; the older was not used. Import batches in their order", p.Time, batch, when))
			d.repeated++
			continue
		}
		d.seen[mark] = p.Time + " " + p.Batch
		out = append(out, p)
	}
	return out
}

// stamp makes times comparable however a source writes them:
// 2026-11-22 10:00:00 is 20261122100000.
func stamp(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	if len(digits) < 8 || len(digits) > 20 {
		return ""
	}
	return (digits + "000000")[:max(14, len(digits))]
}

// rank puts the item before what belongs to it.
func rank(r mapping.Role) int {
	return slices.Index([]mapping.Role{mapping.Item, mapping.Extend, mapping.Material, mapping.Fee, mapping.Question, mapping.Extra}, r)
}

func (d *draft) apply(p *mapping.Part) {
	if d.b.Format == mapping.National && !d.sound(p) {
		return
	}
	switch p.Role {
	case mapping.Item, mapping.Extend:
		d.item(p)
	case mapping.Extra:
		d.extras = append(d.extras, *p)
	default:
		d.child(p)
	}
}

// sound refuses rows that the exchange cannot mean.
func (d *draft) sound(p *mapping.Part) bool {
	switch {
	case p.Op != "I" && p.Op != "U" && p.Op != "D":
		d.bad(p, rows.Bad("cd_operation", "“%s”不是 I、U 或 D。I 新增，U 修改，D 删除", "%q is not I, U or D: insert, update or delete", fields.Cut(p.Op)))
	case p.Mark == "":
		d.bad(p, rows.Bad("row_guid", "没有记录唯一标识。填写 row_guid", "there is no mark of the row. Give its row_guid"))
	case p.Batch == "" || p.Time == "":
		d.bad(p, rows.Bad("cd_batch", "没有批次号，或者同步时间不是时间。填写 cd_batch 和 cd_time", "there is no batch, or its time is no time. Give cd_batch and cd_time"))
	default:
		return true
	}
	return false
}

func (d *draft) item(p *mapping.Part) {
	if p.Role == mapping.Item {
		d.row = true
		if d.line == 0 {
			d.line, d.table, d.raw = p.Line, p.Table, p.Raw
		}
		d.deleted = p.Op == "D"
		if d.deleted {
			return
		}
		if d.b.Format == mapping.National {
			d.c.Item.State = content.InForce
		}
	} else if d.line == 0 {
		d.line, d.table, d.raw = p.Line, p.Table, p.Raw
	}
	if p.Op == "D" {
		for _, f := range p.Fields {
			fields.All[f].Clear(&d.c)
		}
		return
	}
	for i, index := range p.Fields {
		f := &fields.All[index]
		if f.Key == "task_code" || f.Key == fields.MoreKey {
			continue
		}
		if f.Key != "materials" {
			f.Clear(&d.c)
		} else if p.Values[i] == "" {
			d.c.Materials = nil
		}
		if problem := f.Set(&d.c, p.Values[i]); problem != nil {
			d.bad(p, *problem)
		}
	}
	for i, index := range p.Fields { // in whatever order the columns stand, this comes last
		if f := &fields.All[index]; f.Key == fields.MoreKey {
			if problem := f.Set(&d.c, p.Values[i]); problem != nil {
				d.bad(p, *problem)
			}
		}
	}
	if _, ours := fields.Marked(p.Mark); p.Mark != "" && !ours {
		fields.Keep(&d.c.Item.Fields, string(p.Role)+".row_guid", p.Mark)
	}
}

// extra sets one field that the other tables have no column for.
func (d *draft) extra(p *mapping.Part) {
	key, v, part := p.Value("field"), p.Value("value"), p.Value("part")
	if p.Op == "D" {
		v = ""
	}
	if part != "" {
		if !d.extraOf(part, key, v) {
			d.bad(p, rows.Warn("part", "没有标识为“%s”的材料、收费或问答，这一行没有用", "there is no material, charge or question with the mark %q; the row was not used", fields.Cut(part)))
		}
		return
	}
	if name, ok := fields.MorePart(key); ok {
		if problem := fields.SetPart(&d.c, name, v); problem != nil {
			d.bad(p, *problem)
		}
		return
	}
	f := fields.Find(key)
	if f == nil {
		if fields.Keep(&d.c.Item.Fields, key, v); v == "" {
			delete(d.c.Item.Fields, key)
		}
		return
	}
	f.Clear(&d.c)
	if problem := f.Set(&d.c, v); problem != nil {
		d.bad(p, *problem)
	}
}

var (
	codeForm   = regexp.MustCompile(`^[0-9A-Z]{18}[0-9A-Z]{10,15}$`)
	regionForm = regexp.MustCompile(`^[0-9]{6}([0-9]{3})?([0-9]{3})?$`)
)

const maxLimit = 3660

// finish checks the item as a whole. Because: what is wrong with a guide hurts
// whoever relies on it, so it is said with the row and not guessed away.
func (d *draft) finish(g Group) bool {
	if len(d.problems) > 0 && slices.ContainsFunc(d.problems, func(p Problem) bool { return !p.Warning }) {
		return false
	}
	first := &g.Parts[0]
	for i := range g.Parts {
		if g.Parts[i].Role == mapping.Item {
			first = &g.Parts[i]
			break
		}
	}
	if d.c.Item.Package != "" && d.b.Format != mapping.National {
		d.c.Item.Region = cmp.Or(d.c.Item.Region, d.b.Guess(g.Code))
		return true // only says that a package keeps it
	}
	if !d.row && !d.there {
		for i := range g.Parts {
			d.bad(&g.Parts[i], rows.Bad("task_code", "没有编码为 %s 的事项：这一批里没有，已有的事项里也没有。先导入它的基本信息", "there is no item %s, neither in this batch nor in the catalogue. Import its basic row first", fields.Cut(g.Code)))
		}
		return false
	}
	if d.deleted {
		if !d.there {
			d.bad(first, rows.Warn("cd_operation", "没有编码为 %s 的事项可以删除，没有改动", "there is no item %s to delete; nothing was changed", fields.Cut(g.Code)))
			return false
		}
		d.c.Item.State = content.Cancelled
		return true
	}
	d.complete()
	ok := true
	for _, p := range d.check() {
		p.Line = cmp.Or(d.line, first.Line)
		ok = ok && p.Warning
		d.problems = append(d.problems, Problem{p, first.Table, first.Raw})
	}
	return ok
}

// complete fills what the platform derives.
func (d *draft) complete() {
	it := &d.c.Item
	it.Region = cmp.Or(it.Region, d.b.Guess(it.Org))
	if it.Source.Empty() {
		it.Source = content.Zh(d.b.Source)
	}
	it.AsOf = cmp.Or(it.AsOf, d.b.AsOf)
	if v, ok := fields.ValueOf("item_type", it.TypeCode); ok && it.Type == "" {
		it.Type = v.Zh
	}
	if it.Parent == it.Name {
		it.Parent, it.ParentID = "", ""
	}
	for _, l := range []*content.Limit{&it.Legal, &it.Promise} {
		if l.Amount == 0 {
			l.Unit = ""
		}
	}
	if it.Audience == nil {
		it.Audience = []string{}
	}
	if it.Themes == nil {
		it.Themes = []string{}
	}
	if d.c.Materials == nil {
		d.c.Materials = []content.Material{}
	}
	it.OrgSuspected = d.b.CheckOrg != nil && it.Org != "" && !d.b.CheckOrg(it.Org)
}

func (d *draft) check() (out []rows.Problem) {
	it := &d.c.Item
	add := func(p rows.Problem) { out = append(out, p) }
	if !codeForm.MatchString(it.Code) {
		add(rows.Bad("task_code", "“%s”不是实施编码。填 28 到 33 位大写字母和数字", "%q is not an implementation code. Give 28 to 33 capital letters and digits", fields.Cut(it.Code)))
	}
	for _, f := range []struct{ v, key, zh, en string }{
		{it.Name, "name", "没有事项名称。填写事项名称", "there is no name. Give the name of the item"},
		{it.OrgName, "dept_name", "没有部门名称。填写实施部门", "there is no office. Give the office that handles the item"},
		{it.Org, "dept_uscc", "没有部门的统一社会信用代码。填写 18 位代码", "the office has no unified code. Give its 18 characters"},
		{it.TypeCode, "task_type_code", "没有事项类型。填写事项类型", "there is no type. Give the type of the item"},
	} {
		if strings.TrimSpace(f.v) == "" {
			add(rows.Bad(f.key, f.zh, f.en))
		}
	}
	if n := utf8.RuneCountInString(it.Org); n > 18 {
		add(rows.Bad("dept_uscc", "统一社会信用代码有 %d 位。填 18 位", "the unified code has %d characters. Give 18", n))
	}
	switch {
	case !regionForm.MatchString(it.Region):
		add(rows.Bad("area_code", "“%s”不是区划代码。填 6 位数字，例如 440000", "%q is not a division code. Give 6 digits such as 440000", fields.Cut(it.Region)))
	case d.b.Known != nil && !d.b.Known(it.Region):
		add(rows.Bad("area_code", "没有编码为 %s 的区划。核对代码，或者先导入新的区划名单", "there is no division %s. Check the code, or import the newer list of divisions first", it.Region))
	case !strings.HasPrefix(it.Region, prefix(d.b.Region)):
		add(rows.Bad("area_code", "区划 %s 不在 %s 之内。换成本地区的文件，或者导入到上级地区", "division %s is not within %s. Use a file of this region, or import into one above", it.Region, d.b.Region))
	}
	if it.Visits < -1 || it.Visits > 99 {
		add(rows.Bad("on_site_visits", "到现场次数 %d 不合理。填 0 到 99", "%d visits make no sense. Give 0 to 99", it.Visits))
	}
	limit("legal_limit", it.Legal, add)
	limit("promise_limit", it.Promise, add)
	if it.OrgSuspected {
		add(rows.Warn("dept_uscc", "“%s”通不过统一社会信用代码的校验，按原样保存并标出。核对后在来源处更正", "%q fails the check of unified codes; it is kept as published and marked. Correct it at the source", fields.Cut(it.Org)))
	}
	if it.PartnersText != "" && it.Partners == nil {
		add(rows.Warn("co_departments", "读不出联办部门，按原文保存。写成“省级公安（受理,审核）、市级公安（审核）”的样子", "the joint offices cannot be read and are kept as text. Write them like 省级公安（受理,审核）、市级公安（审核）"))
	}
	return out
}

func limit(key string, l content.Limit, add func(rows.Problem)) {
	switch {
	case l.Amount < 0 || l.Amount > maxLimit:
		add(rows.Bad(key, "时限 %d 不合理。填 1 到 3660，没有时限就留空", "a limit of %d makes no sense. Give 1 to 3660, or leave it out", l.Amount))
	case l.Amount > 0 && l.Unit == "":
		add(rows.Bad(key+"_unit", "有时限 %s，没有单位。填工作日、自然日或小时", "there is a limit of %s without a unit. Give workday, day or hour", strconv.Itoa(l.Amount)))
	}
}
