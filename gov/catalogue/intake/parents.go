package intake

import (
	"context"
	"errors"
	"io"

	"tongban/gov/catalogue/intake/assemble"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/catalogue/rows"
	"tongban/platform/authz"
)

// maxOrphans bounds the rows that name their item by its mark alone.
const maxOrphans = 200000

// adopt gives rows that name their item by the mark of its row alone
// (task_guid) the code of the item: from the source itself, else from what was
// applied before. Rows whose item is in neither are reported.
func (r *run) adopt(ctx context.Context, orphans []mapping.Part, entries []source.Entry, groups *assemble.Groups, c *collector, items map[uint64]bool) error {
	if len(orphans) == 0 {
		return nil
	}
	codes := map[string]string{}
	for _, p := range orphans {
		codes[p.Above] = ""
	}
	if err := r.marksInSource(entries, codes); err != nil {
		return err
	}
	if err := marksApplied(ctx, r.s.DB, authz.Prefix(r.opt.Region), codes); err != nil {
		return err
	}
	for _, p := range orphans {
		if p.Code = codes[p.Above]; p.Code == "" {
			c.problem(p.Table, p.Raw, lineOf(rows.Bad("task_guid", "没有标识为“%s”的事项：这一批里没有，以前的批次里也没有。先导入它的基本信息，或者填写实施编码", "there is no item with the mark %q, neither in this batch nor in earlier ones. Import its basic row first, or give the implementation code", p.Above), p.Line))
			continue
		}
		items[hash(p.Code)] = true
		if err := groups.Add(p); err != nil {
			return err
		}
	}
	return nil
}

// marksInSource reads the rows of items once more. Because: most sources give
// the code with every row, and the marks of a province fill a memory.
func (r *run) marksInSource(entries []source.Entry, codes map[string]string) error {
	for i, e := range entries {
		if r.m.RoleOf(e.Name) != mapping.Item {
			continue
		}
		if err := r.marksOf(i, e, codes); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) marksOf(number int, e source.Entry, codes map[string]string) (err error) {
	t, err := e.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	plan := r.m.Compile(number, t.Name(), t.Header())
	for {
		row, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		p, _ := plan.Read(row, t.Header()) // what is wrong was told
		if was, wanted := codes[p.Mark]; wanted && was == "" && p.Mark != "" {
			codes[p.Mark] = p.Code
		}
	}
}
