package shelf

import (
	"encoding/base64"
	"encoding/json"

	"tongban/platform/fault"
)

// Faults of asking.
var (
	ErrCursor = fault.Invalid("catalogue.cursor").With("parameter", "after")
	ErrQuery  = fault.Invalid("catalogue.query")
)

// Query asks for items. Empty fields do not restrict.
type Query struct {
	Text     string
	Region   string // items of this region, of those above it and of those below it
	Org      string // unified code of the office
	Theme    string
	Audience string // one of the kinds of applicants, or ForPersons, ForOrgs
	Type     string // code of the kind of item
	Event    string // a life event or business event
	Online   *bool
	Depth    int    // handled online at least so far, 1 to 4
	Visits   *int   // come in person at most so often
	Packages bool   // only items with a package of their own
	Level    int    // of the region: 1 province, 2 city, 3 county, 4 township
	Same     string // region/code of an item: only those worded like it
	Once     bool   // items of many regions that are worded alike are one hit
	Limit    int    // 1 to 100; 0 is 20
	After    string // Next of the page before
}

// Groups of audiences that a query may name instead of one.
const (
	ForPersons = "person"       // natural persons
	ForOrgs    = "organisation" // anybody else
)

// Hit is one item in the answer to a query.
type Hit struct {
	Region  string
	Code    string
	Version int
	Places  int // with Query.Once: how many items are worded like it, itself included
	Card
}

// Results answer a query.
type Results struct {
	Items      []Hit
	Next       string // After of the next page; "" at the end
	Total      int    // items
	Services   int    // different wordings among them
	More       bool   // there are more than were looked at: Total and facets say "at least"
	Understood Understood
	Facets     Facets
	Nearest    []Hit  // what comes closest, when nothing fits
	Wider      []Wide // what a query with one restriction less would find, when nothing fits
}

// Wide is a restriction that, taken away, leaves something.
type Wide struct {
	Drop  string // name of the restriction: region, org, theme …
	Count int
}

// Understood says how the words were read, when not as they stand.
type Understood struct {
	Say, Mean string // a word was read as another
	Region    string // a word was read as this place
	Rest      string // what was looked for there
	Sound     bool   // nothing is written so; found by how it sounds
	Part      bool   // nothing has all the words; found by most of them
	Number    bool   // the words are a code
}

// Facets count how many items each further restriction would leave.
type Facets struct {
	Orgs, Themes, Audiences, Types, Regions, Events, Visits, Depths []Facet
	Online, Offline, Packages                                       int
	MoreOrgs                                                        int // offices that are not listed
}

// Facet is one value with its count.
type Facet struct {
	Value, Name, NameEn string
	Count               int
}

// cursor is the place in a list after which a page begins. It is whole, so that
// a page goes on well when items were added meanwhile.
type cursor struct {
	Score  int    `json:"s"`
	Leads  bool   `json:"l"`
	Sort   uint64 `json:"o"`
	Name   string `json:"n"`
	Key    uint32 `json:"k"`
	Region string `json:"r,omitempty"`
	Number int    `json:"i,omitempty"`
}

func (c cursor) set() bool { return c.Key != 0 }

// String is the cursor as a page address carries it.
func (c cursor) String() string {
	raw, _ := json.Marshal(c) // plain text and numbers
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parseCursor(s string) (c cursor, err error) {
	if s == "" {
		return c, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil || c.Key == 0 {
		return cursor{}, ErrCursor
	}
	return c, nil
}
