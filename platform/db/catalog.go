package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Table describes one table for a backup.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
}

// Column is one column; its type is one of the six.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

var catalogQuery = Fork{
	SQLite: `SELECT t.name, c.name, lower(c.type) FROM pragma_table_list t JOIN pragma_table_info(t.name) c
		WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY t.name, c.cid`,
	Postgres: `SELECT CAST(c.table_name AS text), CAST(c.column_name AS text),
			CASE c.data_type WHEN 'timestamp with time zone' THEN 'timestamptz' ELSE CAST(c.data_type AS text) END
		FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
		WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY 1, c.ordinal_position`,
}

var foreignQuery = Fork{
	SQLite: `SELECT t.name, f."table" FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f WHERE t.schema = 'main'`,
	Postgres: `SELECT CAST(c.conrelid AS regclass)::text, CAST(c.confrelid AS regclass)::text FROM pg_constraint c
		WHERE c.contype = 'f' AND c.connamespace = CAST(current_schema() AS regnamespace)`,
}

// portable are the types that mean the same on both engines. A table with
// another one is an index over other tables and is built anew, not copied.
var portable = []string{"text", "bigint", "boolean", "bytea", "jsonb", "timestamptz"}

// tables lists the tables that hold truth, those that others refer to first.
func tables(ctx context.Context, r Reader) ([]Table, error) {
	byName := map[string]*Table{}
	derived := map[string]bool{}
	var order []string
	err := Each(ctx, r, func(row Row) error {
		var table, column, typ string
		if err := row.Scan(&table, &column, &typ); err != nil {
			return err
		}
		if byName[table] == nil {
			byName[table] = &Table{Name: table}
			order = append(order, table)
		}
		derived[table] = derived[table] || !slices.Contains(portable, typ)
		byName[table].Columns = append(byName[table].Columns, Column{column, typ})
		return nil
	}, catalogQuery.For(r))
	if err != nil {
		return nil, err
	}
	refers := map[string][]string{}
	err = Each(ctx, r, func(row Row) error {
		var from, to string
		err := row.Scan(&from, &to)
		refers[from] = append(refers[from], to)
		return err
	}, foreignQuery.For(r))
	if err != nil {
		return nil, err
	}
	var out []Table
	for _, name := range sortByReference(order, refers) {
		if !derived[name] {
			out = append(out, *byName[name])
		}
	}
	return out, nil
}

// sortByReference puts every table behind the ones it refers to.
func sortByReference(names []string, refers map[string][]string) (out []string) {
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] || !slices.Contains(names, name) {
			return
		}
		seen[name] = true
		for _, to := range refers[name] {
			visit(to)
		}
		out = append(out, name)
	}
	for _, n := range names {
		visit(n)
	}
	return out
}

func (t Table) columnList() string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, quote(c.Name))
	}
	return strings.Join(names, ", ")
}

// selectAll reads every row; JSON comes as the text it is.
func (t Table) selectAll() string {
	var list []string
	for _, c := range t.Columns {
		if c.Type == "jsonb" {
			list = append(list, fmt.Sprintf("CAST(%s AS text)", quote(c.Name)))
		} else {
			list = append(list, quote(c.Name))
		}
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM " + quote(t.Name)
}

func (t Table) count(ctx context.Context, r Reader) (int64, error) {
	return One(ctx, r, Value[int64], "SELECT count(*) FROM "+quote(t.Name))
}
