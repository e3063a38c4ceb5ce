package search

import (
	"fmt"
	"strings"
)

// Expr is a condition over tokens. It is built here only, from words that
// were cut by Parse, and written for one engine at the last moment.
type Expr interface {
	sqlite(b *strings.Builder)
	postgres(b *strings.Builder)
}

type (
	allOf  []Expr
	anyOf  []Expr
	phrase struct {
		tokens []string
		prefix bool // the last token may go on
	}
)

func all(e []Expr) Expr {
	if len(e) == 0 {
		return nil
	}
	return allOf(e)
}

func some(e []Expr) Expr {
	if len(e) == 0 {
		return nil
	}
	return anyOf(e)
}

// Or joins conditions; nil ones are left out.
func Or(list ...Expr) Expr {
	var or []Expr
	for _, e := range list {
		if e != nil {
			or = append(or, e)
		}
	}
	return some(or)
}

func (a allOf) sqlite(b *strings.Builder) { joined(b, " AND ", a, Expr.sqlite) }
func (a anyOf) sqlite(b *strings.Builder) { joined(b, " OR ", a, Expr.sqlite) }

func (p phrase) sqlite(b *strings.Builder) {
	fmt.Fprintf(b, `"%s"`, strings.Join(p.tokens, " "))
	if p.prefix {
		b.WriteString(" *")
	}
}

func (a allOf) postgres(b *strings.Builder) { joined(b, " & ", a, Expr.postgres) }
func (a anyOf) postgres(b *strings.Builder) { joined(b, " | ", a, Expr.postgres) }

func (p phrase) postgres(b *strings.Builder) {
	b.WriteByte('(')
	for i, t := range p.tokens {
		if i > 0 {
			b.WriteString(" <-> ")
		}
		fmt.Fprintf(b, "'%s'", t)
		if p.prefix && i == len(p.tokens)-1 {
			b.WriteString(":*")
		}
	}
	b.WriteByte(')')
}

func joined(b *strings.Builder, with string, list []Expr, write func(Expr, *strings.Builder)) {
	b.WriteByte('(')
	for i, e := range list {
		if i > 0 {
			b.WriteString(with)
		}
		write(e, b)
	}
	b.WriteByte(')')
}

// forSQLite writes the condition in FTS5's language.
func forSQLite(e Expr, s Scope) string {
	var b strings.Builder
	if s == InName {
		b.WriteString("name : ")
	}
	e.sqlite(&b)
	return b.String()
}

// forPostgres writes the condition in tsquery's language; names are a column of
// their own.
func forPostgres(e Expr) string {
	var b strings.Builder
	e.postgres(&b)
	return b.String()
}
