package arch

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	tableRE  = regexp.MustCompile(`(?is)^\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s*\((.*)\)\s*$`)
	columnRE = regexp.MustCompile(`(?is)^\s*ALTER\s+TABLE\s+\w+\s+ADD\s+COLUMN\s+(\w+)\s+(\w+)`)
	indexRE  = regexp.MustCompile(`(?is)^\s*CREATE\s+UNIQUE\s+INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+\s+ON\s+\w+\s*\(\s*([^,)]+)`)
	keyRE    = regexp.MustCompile(`(?is)^(?:CONSTRAINT\s+\w+\s+)?(PRIMARY\s+KEY|UNIQUE|FOREIGN\s+KEY)\s*\(\s*(\w+)`)
	refRE    = regexp.MustCompile(`(?i)\b(FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES|ON)\s+(\w+)(\s*\(|\s+SET\b|)`)
	cteRE    = regexp.MustCompile(`(?i)(?:\bWITH\s+(?:RECURSIVE\s+)?|,\s*)(\w+)\s*(?:\([^()]*\)\s*)?AS\s*\(`)
)

var sixTypes = []string{"text", "bigint", "boolean", "bytea", "jsonb", "timestamptz"}

// parts cuts the body of a CREATE TABLE at the commas of its outer level.
func parts(body string) (out []string) {
	depth, from := 0, 0
	for i, r := range body {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(body[from:i]))
				from = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(body[from:]))
}

// notColumns are the words that a table's other parts begin with.
var notColumns = []string{"primary", "unique", "foreign", "check", "constraint"}

func checkTypes(t *Tree) (bad []string) {
	for _, s := range migrations(t) {
		if m := columnRE.FindStringSubmatch(s.text); m != nil && !slices.Contains(sixTypes, m[2]) {
			bad = append(bad, fmt.Sprintf("%s: %s %s", s.file, m[1], m[2]))
		}
		m := tableRE.FindStringSubmatch(s.text)
		if m == nil {
			continue
		}
		for _, p := range parts(m[2]) {
			f := strings.Fields(p)
			if len(f) < 2 || slices.Contains(notColumns, strings.ToLower(f[0])) {
				continue
			}
			if typ := strings.Trim(f[1], ","); !slices.Contains(sixTypes, typ) {
				bad = append(bad, fmt.Sprintf("%s: %s.%s is %s", s.file, m[1], f[0], typ))
			}
		}
	}
	return bad
}

func checkKeys(t *Tree) (bad []string) {
	for _, s := range migrations(t) {
		if m := indexRE.FindStringSubmatch(s.text); m != nil && strings.TrimSpace(m[1]) != "region" {
			bad = append(bad, fmt.Sprintf("%s: a unique index begins with %s", s.file, m[1]))
		}
		m := tableRE.FindStringSubmatch(s.text)
		if m == nil {
			continue
		}
		primary := false
		for _, p := range parts(m[2]) {
			k := keyRE.FindStringSubmatch(p)
			switch {
			case k != nil && k[2] != "region":
				bad = append(bad, fmt.Sprintf("%s: %s: %s begins with %s", s.file, m[1], strings.Join(strings.Fields(k[1]), " "), k[2]))
			case k != nil && strings.HasPrefix(strings.ToUpper(k[1]), "PRIMARY"):
				primary = true
			case k == nil && regexp.MustCompile(`(?i)\b(PRIMARY\s+KEY|UNIQUE|REFERENCES)\b`).MatchString(p):
				bad = append(bad, fmt.Sprintf("%s: %s: a key on one column: %s", s.file, m[1], short(p)))
			}
		}
		if !primary {
			bad = append(bad, fmt.Sprintf("%s: %s has no primary key that begins with region", s.file, m[1]))
		}
	}
	return bad
}

// checkPrefix looks at the tables that a capability's stores and migrations name.
func checkPrefix(t *Tree) (bad []string) {
	for _, s := range statements(t) {
		part := strings.Split(s.file, "/")
		if len(part) < 3 {
			continue
		}
		prefix := part[1] + "_"
		if part[0] == "gov" && path.Ext(s.file) == ".go" && part[2] != path.Base(s.file) {
			prefix = part[1] + "_" // a sub-package still writes its capability's tables
		}
		text := literalRE.ReplaceAllString(commentRE.ReplaceAllString(s.text, ""), "''")
		own := map[string]bool{}
		for _, m := range cteRE.FindAllStringSubmatch(text, -1) {
			own[m[1]] = true
		}
		text = regexp.MustCompile(`(?i)\bDISTINCT\s+FROM\b|\bEXTRACT\s*\(\s*\w+\s+FROM\b|\bsubstring\s*\([^()]*\bFROM\b|\btrim\s*\([^()]*\bFROM\b`).ReplaceAllString(text, " ")
		for _, m := range refRE.FindAllStringSubmatch(text, -1) {
			word, name, after := strings.ToUpper(m[1]), m[2], strings.TrimSpace(strings.ToUpper(m[3]))
			if word == "ON" && (path.Ext(s.file) != ".sql" || !strings.Contains(strings.ToUpper(text), "INDEX")) || // a join's condition
				word == "UPDATE" && strings.EqualFold(name, "SET") || after == "(" && (word == "FROM" || word == "JOIN") ||
				word == "FROM" && slices.Contains([]string{"LATERAL", "SELECT", "VALUES"}, strings.ToUpper(name)) ||
				word == "TABLE" && strings.EqualFold(name, "IF") || word == "UPDATE" && after == "(" {
				continue
			}
			if !own[name] && !strings.HasPrefix(name, prefix) {
				bad = append(bad, fmt.Sprintf("%s: %s %s", s.at, m[1], name))
			}
		}
	}
	return bad
}
