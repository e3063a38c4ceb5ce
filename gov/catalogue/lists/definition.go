package lists

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
)

// State is how far a definition has come.
type State string

// The states of a definition. The newest approved one counts.
const (
	Proposed  State = "proposed"
	Approved  State = "approved"
	Rejected  State = "rejected"
	Withdrawn State = "withdrawn"
)

// Definition is one version of what a list is (清单定义): one person proposes it,
// another approves it, since what it makes is public.
type Definition struct {
	List
	Number    int
	State     State
	Reason    string
	By, ByID  string // who proposed it: name and account
	At        time.Time
	DecidedBy string
	DecidedAt time.Time
	Note      string
}

// Bounds of a definition, in characters and in columns.
const (
	maxTitle   = 60
	maxLead    = 300
	maxReason  = 1000
	maxColumns = 20
)

// Choices are the columns that a list may have: the public elements of items,
// and those of sharing.
func Choices(fields []standard.Field) []Column {
	var out []Column
	for _, f := range fields {
		if f.Public && !f.Retired && (f.Kind != standard.OwnKind || f.Key == "basis") {
			out = append(out, Column{f.Key, f.Zh, f.En})
		}
	}
	for _, key := range []string{"material", "instead", "instead_kind", "owed_by"} {
		out = append(out, sharing[key])
	}
	return out
}

// check looks at a definition alone.
func (d *Definition) check(fields []standard.Field) (out standard.Problems) {
	bad := func(field, key string, with ...any) {
		out = append(out, standard.Problem{Field: field, Key: "list." + key, With: with})
	}
	if _, shipped := Of(d.ID); !shipped && !content.ValidID(d.ID) {
		bad("id", "id")
	}
	for _, t := range []struct {
		field, text string
		max         int
	}{{"zh", d.Zh, maxTitle}, {"en", d.En, maxTitle}, {"lead_zh", d.LeadZh, maxLead}, {"lead_en", d.LeadEn, maxLead}, {"reason", d.Reason, maxReason}} {
		if n := utf8.RuneCountInString(strings.TrimSpace(t.text)); n == 0 || n > t.max {
			bad(t.field, "words", "max", t.max)
		}
	}
	types, _ := codes.Of(codes.TypeList)
	for _, t := range d.Types {
		if _, ok := types.Entry(t); !ok {
			bad("types", "type", "type", t)
		}
	}
	if d.Visits != nil && (*d.Visits < 0 || *d.Visits > 9) {
		bad("visits", "visits")
	}
	d.checkColumns(fields, bad)
	return out
}

func (d *Definition) checkColumns(fields []standard.Field, bad func(field, key string, with ...any)) {
	if n := len(d.Columns); n == 0 || n > maxColumns || !slices.Contains(d.Columns, "name") {
		bad("columns", "columns", "max", maxColumns)
	}
	known := Choices(fields)
	seen := map[string]bool{}
	for _, key := range d.Columns {
		i := slices.IndexFunc(known, func(c Column) bool { return c.Key == key })
		_, shared := sharing[key]
		switch {
		case i < 0 || seen[key]:
			bad("columns", "column", "column", key)
		case shared && key != "basis" && !d.Shares:
			bad("columns", "shares", "column", cmp.Or(known[i].Zh, key))
		}
		seen[key] = true
	}
}

// Same tells whether two definitions make the same list.
func (l List) Same(o List) bool {
	visits := func(l List) int {
		if l.Visits == nil {
			return -1
		}
		return *l.Visits
	}
	return l.ID == o.ID && l.Region == o.Region && l.Zh == o.Zh && l.En == o.En && l.LeadZh == o.LeadZh && l.LeadEn == o.LeadEn && l.Shares == o.Shares && l.Retired == o.Retired &&
		visits(l) == visits(o) && slices.Equal(l.Types, o.Types) && slices.Equal(l.Columns, o.Columns)
}
