package desk

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"tongban/platform/db"
)

// bounds writes the conditions on the place and the date of a list.
func bounds(after cursor, due span, arg func(any) string) string {
	out := ""
	if after.id != "" {
		out = ` AND (t.due_at, t.id) > (` + arg(db.At(after.due)) + `, ` + arg(after.id) + `)`
	}
	if !due.from.IsZero() {
		out += ` AND t.due_at > ` + arg(db.At(due.from))
	}
	if !due.to.IsZero() {
		out += ` AND t.due_at <= ` + arg(db.At(due.to))
	}
	if due.edge.id != "" {
		out += ` AND (t.due_at, t.id) <= (` + arg(db.At(due.edge.due)) + `, ` + arg(due.edge.id) + `)`
	}
	return out
}

// spell writes the condition of a range with its arguments.
func (a arm) spell(arg func(any) string) string {
	where := a.where
	for _, v := range a.args {
		where = strings.Replace(where, "?", arg(v), 1)
	}
	return where
}

// edgeOf is the place of the last of the nearest n rows of all ranges; none
// when there are fewer. It reads the index alone.
func edgeOf(ctx context.Context, r db.Reader, arms []arm, after cursor, due span, n int) (cursor, error) {
	if len(arms) == 0 {
		return cursor{}, nil
	}
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	within := bounds(after, due, arg)
	parts := make([]string, len(arms))
	for i, a := range arms {
		parts[i] = `SELECT * FROM (SELECT t.due_at, t.id FROM casework_task t WHERE t.state = 'open' AND ` + a.spell(arg) + within +
			` ORDER BY t.due_at, t.id LIMIT ` + strconv.Itoa(n) + `) AS a` + strconv.Itoa(i)
	}
	edge, err := db.One(ctx, r, func(row db.Row) (c cursor, err error) {
		var at db.Time
		err = row.Scan(&at, &c.id)
		c.due = at.Time
		return c, err
	}, `SELECT due_at, id FROM (`+strings.Join(parts, ` UNION ALL `)+`) AS m ORDER BY due_at, id LIMIT 1 OFFSET `+strconv.Itoa(n-1), args...)
	if errors.Is(err, db.ErrNoRow) {
		return cursor{}, nil
	}
	return edge, err
}

// counted is a set of ranges that is counted.
type counted struct {
	arms []arm
	due  span
}

// countSets counts the rows of each set, up to most.
func countSets(ctx context.Context, r db.Reader, sets []counted, most int) (Tally, error) {
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	limit := strconv.Itoa(most)
	columns := make([]string, len(sets))
	for i, s := range sets {
		within := bounds(cursor{}, s.due, arg)
		parts := make([]string, len(s.arms))
		for k, a := range s.arms {
			parts[k] = `SELECT * FROM (SELECT 1 AS one FROM casework_task t WHERE t.state = 'open' AND ` + a.spell(arg) + within + ` LIMIT ` + limit + `) AS a` + strconv.Itoa(k)
		}
		columns[i] = `(SELECT count(*) FROM (SELECT one FROM (` + strings.Join(parts, ` UNION ALL `) + `) AS u LIMIT ` + limit + `) AS c)`
	}
	return db.One(ctx, r, func(row db.Row) (t Tally, err error) {
		return t, row.Scan(&t.Open, &t.Red, &t.Yellow, &t.Still)
	}, `SELECT `+strings.Join(columns, `, `), args...)
}

// caseOf finds the id of the case with a number; "" when there is none.
func caseOf(ctx context.Context, r db.Reader, regions []string, number string) (string, error) {
	args := append([]any{number}, db.Args(regions)...)
	id, err := db.One(ctx, r, db.Value[string], `SELECT c.id FROM casework_case c WHERE c.number = $1 AND c.region IN (`+db.In(2, len(regions))+`) LIMIT 1`, args...)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return id, err
}
