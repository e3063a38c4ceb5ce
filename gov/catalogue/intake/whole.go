package intake

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tongban/gov/catalogue/intake/mapping"
	"tongban/gov/catalogue/intake/source"
	"tongban/gov/catalogue/rows"
)

// titled refuses a source of the exchange in which the first line of a table is
// not the names of its columns, before anything is taken. Because: a file that
// lost its first line would lose its first row with it, and every other row
// would be refused one by one.
func (r *run) titled() error {
	if r.m.Format != mapping.National {
		return nil
	}
	for _, e := range r.src.Tables {
		role := r.m.RoleOf(e.Name)
		if role == mapping.Nothing || len(r.m.Columns[role]) > 0 {
			continue
		}
		if err := titles(e); err != nil {
			return err
		}
	}
	return nil
}

func titles(e source.Entry) (err error) {
	t, err := e.Open()
	if err != nil {
		return fromTable(e, err)
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	if !source.Titled(t) {
		return nil
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(t.Header(), func(h string) bool { return slices.Contains(names, strings.ToLower(h)) })
	}
	var missing []string
	if !has("task_code", "task_handle_item", "task_guid", "catalog_code") {
		missing = append(missing, "task_code")
	}
	if !has("cd_operation") {
		missing = append(missing, "cd_operation")
	}
	if len(missing) == 0 {
		return nil
	}
	list := strings.Join(missing, ", ")
	return &source.FormatError{Zh: fmt.Sprintf("%s 第 1 行：不是列名，没有 %s。第一行写国家交换表的列名，再重新导入；没有改动任何数据", e.Name, list),
		En: fmt.Sprintf("%s line 1: these are not the names of the columns, %s is missing. Write the columns of the exchange there and import again; nothing was changed", e.Name, list)}
}

// fromTable names the table of which nothing can be read.
func fromTable(e source.Entry, err error) error {
	if !source.Empty(err) {
		return err
	}
	return &source.FormatError{Zh: e.Name + "：文件是空的，连列名也没有，可能没有传完。重新取一份，或者去掉这个文件；没有改动任何数据",
		En: e.Name + ": the file is empty, without even the names of its columns; it may not have been sent whole. Fetch it again or leave it out; nothing was changed"}
}

// complete refuses a line of the exchange that ends before its last column.
// Because: such a line is what is left of a file that was cut, and its missing
// columns would count as empty.
func (r *run) complete(row source.Row, columns int) source.Row {
	if row.Problem == nil && row.Short > 0 && r.m.Format == mapping.National {
		p := rows.Bad("", "这一行只有 %d 列，第一行有 %d 列，可能没有传完。补齐这一行再导入", "this row has %d columns, the first has %d; it may not have been sent whole. Complete it and import it again", row.Short, columns)
		row.Problem = &p
	}
	return row
}
