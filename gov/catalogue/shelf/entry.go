package shelf

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/platform/search"
)

// Profile is everything a list can be narrowed by, except place and office.
// Items share profiles as they share wordings.
type Profile struct {
	Type     string        `json:"type"`
	TypeName string        `json:"type_name"`
	Audience []string      `json:"audience"`
	Themes   []string      `json:"themes"`
	Online   bool          `json:"online"`
	Depth    int           `json:"depth,omitempty"` // of handling online (网办深度), 0 not said
	Visits   int           `json:"visits"`          // -1 not said
	Package  bool          `json:"package,omitempty"`
	State    content.State `json:"state,omitempty"`
	Event    string        `json:"event,omitempty"` // life event
	EventEn  string        `json:"event_en,omitempty"`
}

// DepthField is the key of the field that says how much of an item is handled
// online: 1 told, 2 begun, 3 handled, 4 done.
const DepthField = "online_handle_depth"

func profileOf(it *content.Item) Profile {
	depth, _ := strconv.Atoi(it.Fields[DepthField])
	return Profile{Type: it.TypeCode, TypeName: it.Type, Audience: it.Audience, Themes: it.Themes, Online: it.Online, Depth: depth, Visits: max(it.Visits, -1),
		Package: it.Package != "", State: it.State, Event: it.LifeEvent.Zh, EventEn: it.LifeEvent.En}
}

// Entry is what the shelf keeps of one version, made beside the transaction.
type Entry struct {
	card             Card
	doc              search.Doc
	wording, profile string // hashes
	profileDoc       string
	region, code     string
	cancelled        bool
}

// Card is what lists show of the entry.
func (e *Entry) Card() Card { return e.card }

// Prepare reads from a version what the shelf keeps. places are the names of
// the item's region and of those above it.
func Prepare(c *content.Content, from time.Time, places []string) *Entry {
	e := &Entry{card: CardOf(c, from), doc: wordsOf(c, places), region: c.Item.Region, code: c.Item.Code, cancelled: c.Item.State == content.Cancelled}
	p, err := json.Marshal(profileOf(&c.Item))
	if err != nil {
		panic(fmt.Sprintf("shelf: a profile does not marshal: %v", err)) // plain text and numbers
	}
	e.profileDoc, e.profile = string(p), content.Digest(p)
	var b strings.Builder
	b.WriteString(c.Item.Package)
	for _, list := range [][]string{{e.doc.Name}, e.doc.Alias, e.doc.Codes, e.doc.Body} {
		for _, t := range list {
			b.WriteByte(0)
			b.WriteString(t)
		}
		b.WriteByte(1)
	}
	e.wording = content.Digest([]byte(b.String()))
	return e
}
