package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// Col is a column of a table.
type Col struct {
	Title  string
	Href   string // sorts by this column
	Sorted string // "", "asc", "desc"
	End    bool   // numbers stand at the end
	NoWrap bool
	Hidden bool // the title is for screen readers only
}

// Cell is one value; give one of the three.
type Cell struct {
	Text string
	Link Link            // Text with Href
	Part templ.Component // anything else, such as a tag
	Lang string          // of the text, when it differs from the page's
}

// Row is one line of a table.
type Row struct {
	ID    string // value of its checkbox
	Label string // what the checkbox selects, for screen readers
	Cells []Cell // the first one names the row
}

// TableProps describe a table.
type TableProps struct {
	Caption   string
	HideTitle bool // the caption is for screen readers only
	Cols      []Col
	Rows      []Row
	Select    string // name of the checkboxes; rows are not selectable when empty
	Form      string // id of the form that the checkboxes belong to
	Empty     string // words when there are no rows
	Tall      bool   // scrolls inside its own frame with a standing head
	Fold      bool   // on phones every row stands as a block, with the title before each cell
}

func (c Col) class() string {
	s := ""
	if c.End {
		s = "end "
	}
	if c.NoWrap || c.End {
		s += "nw"
	}
	return s
}

func sortAttrs(c Col) templ.Attributes {
	switch c.Sorted {
	case "asc":
		return templ.Attributes{"aria-sort": "ascending"}
	case "desc":
		return templ.Attributes{"aria-sort": "descending"}
	}
	return nil
}

func colClass(t TableProps, i int) string {
	if i < len(t.Cols) {
		return t.Cols[i].class()
	}
	return ""
}

func colspan(t TableProps) string {
	n := len(t.Cols)
	if t.Select != "" {
		n++
	}
	return strconv.Itoa(max(n, 1))
}
