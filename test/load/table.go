package main

import (
	"fmt"
	"unicode/utf8"
)

// row is one measured number. An empty bar makes it information only.
type row struct {
	id, what, number, bar string
	pass                  bool
}

// table gathers what was measured; a row is printed when it is added, too, so
// that a long run shows where it is.
type table struct{ rows []row }

func (t *table) add(id, what, number, bar string, pass bool) {
	r := row{id, what, number, bar, pass}
	t.rows = append(t.rows, r)
	fmt.Println(r)
}

// note adds a number that has no bar of its own.
func (t *table) note(id, what, number string) { t.add(id, what, number, "", true) }

// String is one line of the table.
func (r row) String() string {
	verdict := "pass"
	switch {
	case r.bar == "":
		verdict = ""
	case !r.pass:
		verdict = "FAIL"
	}
	return fmt.Sprintf("%-3s %s %s %s %s", r.id, pad(r.what, 58), pad(r.number, 26), pad(r.bar, 12), verdict)
}

func pad(s string, n int) string {
	return fmt.Sprintf("%-*s", n+len(s)-utf8.RuneCountInString(s), s)
}

func (t *table) print() {
	failed := 0
	fmt.Println("\n" + row{id: "", what: "measured", number: "number", bar: "bar"}.head())
	for _, r := range t.rows {
		fmt.Println(r)
		if !r.pass {
			failed++
		}
	}
	fmt.Printf("\n%d numbers, %d below their bar\n", len(t.rows), failed)
}

func (r row) head() string {
	return fmt.Sprintf("%-3s %s %s %s verdict", r.id, pad(r.what, 58), pad(r.number, 26), pad(r.bar, 12))
}
