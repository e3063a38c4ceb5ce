package codes

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
)

// Entry is one code of a list with its words.
type Entry struct {
	Code string `json:"code"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

// List is one code list (代码表).
type List struct {
	ID       string  `json:"id"`
	Zh       string  `json:"zh"`
	En       string  `json:"en"`
	Standard string  `json:"standard"` // where the codes come from
	Note     string  `json:"note,omitempty"`
	Entries  []Entry `json:"entries"`
}

// The lists that rules refer to.
const (
	TypeList      = "item_type"
	LevelList     = "exercise_level"
	OrgNatureList = "org_nature"
	AudienceList  = "audience"
	FormList      = "handling_form"
	CaseTypeList  = "case_type"
	SpecialList   = "special_procedure"
	RatingList    = "rating"
	AcrossList    = "across_scope"
	UnitList      = "limit_unit"
	DepthList     = "online_depth"
)

//go:embed lists.json
var listsJSON []byte

var lists = mustLists()

func mustLists() []List {
	var out []List
	d := json.NewDecoder(bytes.NewReader(listsJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		panic(fmt.Sprintf("codes: lists.json: %v", err)) // embedded and tested
	}
	return out
}

// Lists are all code lists that ship, in the order of the standard.
func Lists() []List { return lists }

// Of finds a list by id.
func Of(id string) (List, bool) {
	for _, l := range lists {
		if l.ID == id {
			return l, true
		}
	}
	return List{}, false
}

// Entry finds a code.
func (l List) Entry(code string) (Entry, bool) {
	for _, e := range l.Entries {
		if e.Code == code {
			return e, true
		}
	}
	return Entry{}, false
}

// Named finds a code by its Chinese name.
func (l List) Named(zh string) (Entry, bool) {
	for _, e := range l.Entries {
		if e.Zh == zh {
			return e, true
		}
	}
	return Entry{}, false
}
