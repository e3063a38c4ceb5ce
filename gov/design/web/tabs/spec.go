package tabs

// control is how a value is entered.
type control string

const (
	line   control = "line"   // one line
	both   control = "both"   // one line in each language
	long   control = "long"   // several lines
	longs  control = "longs"  // several lines in each language
	number control = "number" // a whole number
	money  control = "money"  // kept in cents, entered in yuan
	maybe  control = "maybe"  // a whole number, or nothing
	truth  control = "truth"  // a box to tick
	pick   control = "pick"   // one of a list
	picks  control = "picks"  // several of a list
	lines  control = "lines"  // a list of texts, one a line
	cases  control = "cases"  // a condition over answers
	grid   control = "grid"   // rows of a small table
	shares control = "shares" // where a part of a one thing has it from
)

// value is one thing on a sheet.
type value struct {
	Path    string // below the sheet or the row
	Control control
	Choices string  // pick, picks: which list
	Cols    []value // grid: the columns
	Wide    bool
	target  *target // shares: what is filled in
}

// sheet is values that stand together.
type sheet struct {
	ID     string // its words: tab.sheet.ID
	Path   string // that the values lie below
	Values []value
}

// list is rows of one kind.
type list struct {
	ID     string         // its words: tab.list.ID
	Path   string         // from the root, or from the row that holds it
	Prefix string         // how ids of new rows begin; "" for rows without one
	New    map[string]any // what a new row says
	Values []value
	Inner  *list
}

// tab is one page.
type tab struct {
	ID     string
	Sheets []sheet
	Lists  []list
}

// text is an empty text in both languages.
func text() map[string]any { return map[string]any{"zh": "", "en": ""} }

// tabs are the pages in their order.
var tabList = []tab{elementsTab, materialsTab, situationsTab, formTab, clockTab, feesTab, windowsTab, basisTab, resultTab, jointTab, sharingTab}

func tabOf(id string) (tab, bool) {
	for _, t := range tabList {
		if t.ID == id {
			return t, true
		}
	}
	return tab{}, false
}

var elementsTab = tab{ID: "elements",
	Sheets: []sheet{
		{ID: "name", Path: "item", Values: []value{{Path: "name", Control: both}, {Path: "summary", Control: longs}, {Path: "type/code", Control: pick, Choices: "item_type"}, {Path: "level", Control: pick, Choices: "exercise_level"},
			{Path: "org", Control: pick, Choices: "offices"}, {Path: "more/variant", Control: line}, {Path: "audience", Control: picks, Choices: "audiences"}, {Path: "themes", Control: lines}, {Path: "keywords", Control: lines}, {Path: "life_event", Control: both}}},
		{ID: "handling", Path: "item/handling", Values: []value{{Path: "kind", Control: pick, Choices: "kinds"}, {Path: "online", Control: truth}, {Path: "counter", Control: truth}, {Path: "visits", Control: number}, {Path: "booking", Control: truth},
			{Path: "express", Control: truth}, {Path: "identity", Control: pick, Choices: "identity"}}},
		{ID: "answers", Path: "item/answers", Values: []value{{Path: "can_i", Control: longs}, {Path: "bring", Control: longs}, {Path: "how_long", Control: longs}, {Path: "fee", Control: longs}, {Path: "where", Control: longs}, {Path: "visits", Control: longs}}},
		{ID: "source", Path: "item", Values: []value{{Path: "source", Control: longs}, {Path: "more/online_url", Control: line}}},
	},
	Lists: []list{
		{ID: "conditions", Path: "item/conditions", Prefix: "condition", New: map[string]any{"text": text(), "clause": ""},
			Values: []value{{Path: "text", Control: longs}, {Path: "clause", Control: pick, Choices: "clauses"}, {Path: "steps", Control: picks, Choices: "steps"}, {Path: "id", Control: line}}},
		{ID: "faq", Path: "item/more/faq", Prefix: "faq", New: map[string]any{"question": "", "answer": ""}, Values: []value{{Path: "question", Control: line}, {Path: "answer", Control: long}}},
	}}

var materialsTab = tab{ID: "materials", Lists: []list{{ID: "materials", Path: "materials", Prefix: "material",
	New: map[string]any{"name": text(), "kind": "copy", "count": 1, "why": text(), "risk": text(), "clause": "", "issued_by": text(), "instead": []any{}, "sample": []any{}, "accept": []any{"pdf", "jpg", "png", "ofd"}, "max_mb": 20, "later": false},
	Values: []value{{Path: "name", Control: both}, {Path: "kind", Control: pick, Choices: "papers"}, {Path: "count", Control: number}, {Path: "needed_when", Control: cases}, {Path: "clause", Control: pick, Choices: "clauses"},
		{Path: "why", Control: longs}, {Path: "risk", Control: longs}, {Path: "issued_by", Control: both},
		{Path: "instead", Control: grid, Cols: []value{{Path: "kind", Control: pick, Choices: "substitutes"}, {Path: "name", Control: both}, {Path: "source", Control: line}}},
		{Path: "later", Control: truth}, {Path: "hint", Control: longs}, {Path: "accept", Control: picks, Choices: "files"}, {Path: "max_mb", Control: number},
		{Path: "sample", Control: grid, Cols: []value{{Path: "label", Control: both}, {Path: "value", Control: both}}}, {Path: "id", Control: line}}}}}

var clockTab = tab{ID: "clock",
	Sheets: []sheet{limitSheet("legal"), limitSheet("promise"), limitSheet("correction"), limitSheet("extension")},
	Lists: []list{
		{ID: "pauses", Path: "item/pauses", Prefix: "pause", New: map[string]any{"name": text(), "citation": text()}, Values: []value{{Path: "name", Control: both}, {Path: "citation", Control: longs}, {Path: "id", Control: line}}},
	}}

func limitSheet(id string) sheet {
	return sheet{ID: id, Path: "item/limits/" + id, Values: []value{{Path: "amount", Control: number}, {Path: "unit", Control: pick, Choices: "units"}, {Path: "citation", Control: longs}}}
}

var feesTab = tab{ID: "fees",
	Sheets: []sheet{{ID: "fee", Path: "item/fee", Values: []value{{Path: "cents", Control: money}, {Path: "citation", Control: longs}}}},
	Lists: []list{{ID: "fees", Path: "item/more/fees", Prefix: "fee", New: map[string]any{"name": "", "standard": ""},
		Values: []value{{Path: "name", Control: line}, {Path: "standard", Control: line}, {Path: "basis", Control: long}, {Path: "reduction", Control: long}}}}}

var windowsTab = tab{ID: "windows",
	Sheets: []sheet{{ID: "phones", Path: "item", Values: []value{{Path: "more/phone", Control: line}, {Path: "complaint_phone", Control: line}}}},
	Lists: []list{
		{ID: "places", Path: "item/places", New: map[string]any{"name": text(), "address": text(), "hours": text(), "phone": ""},
			Values: []value{{Path: "name", Control: both}, {Path: "address", Control: both}, {Path: "hours", Control: both}, {Path: "phone", Control: line}}},
		{ID: "partners", Path: "item/partners", New: map[string]any{"org": "", "role": text(), "when": text()},
			Values: []value{{Path: "org", Control: pick, Choices: "offices"}, {Path: "role", Control: both}, {Path: "when", Control: both}}},
	}}

var basisTab = tab{ID: "basis", Lists: []list{{ID: "basis", Path: "item/basis", Prefix: "clause", New: map[string]any{"law": "", "law_en": "", "version": "", "article": "", "text": ""},
	Values: []value{{Path: "law", Control: line}, {Path: "law_en", Control: line}, {Path: "version", Control: line}, {Path: "article", Control: line}, {Path: "text", Control: long}, {Path: "id", Control: line}}}}}

var resultTab = tab{ID: "result",
	Sheets: []sheet{
		{ID: "certificate", Path: "result/certificate", Values: []value{{Path: "name", Control: both}, {Path: "category", Control: pick, Choices: "categories"}, {Path: "type", Control: line}, {Path: "issuer", Control: pick, Choices: "offices"}, {Path: "number", Control: line},
			{Path: "holder/name", Control: line}, {Path: "holder/number", Control: line}, {Path: "validity/unit", Control: pick, Choices: "validity"}, {Path: "validity/amount", Control: number}, {Path: "validity/citation", Control: longs}, {Path: "text", Control: lines, Wide: true}}},
		{ID: "refusal", Path: "result/refusal", Values: []value{{Path: "title", Control: both}}},
	},
	Lists: []list{
		{ID: "fields", Path: "result/certificate/fields", New: map[string]any{"key": "", "label": text(), "from": ""},
			Values: []value{{Path: "label", Control: both}, {Path: "from", Control: line}, {Path: "show_when", Control: cases}, {Path: "key", Control: line}}},
		{ID: "reasons", Path: "result/refusal/reasons", Prefix: "reason", New: map[string]any{"clause": "", "text": text(), "pass": text()},
			Values: []value{{Path: "text", Control: longs}, {Path: "pass", Control: longs}, {Path: "clause", Control: pick, Choices: "clauses"}, {Path: "id", Control: line}}},
		{ID: "remedies", Path: "result/refusal/remedies", New: map[string]any{"id": "review", "text": map[string]any{"zh": "向{authority}申请行政复议", "en": "apply to {authority} for administrative reconsideration"}, "amount": 60, "unit": "day", "clause": "", "authority": text()},
			Values: []value{{Path: "id", Control: pick, Choices: "remedies"}, {Path: "text", Control: longs}, {Path: "authority", Control: both}, {Path: "amount", Control: number}, {Path: "unit", Control: pick, Choices: "spans"}, {Path: "clause", Control: pick, Choices: "clauses"}}},
	}}

var situationsTab = tab{ID: "situations",
	Sheets: []sheet{{ID: "start", Path: "situations", Values: []value{{Path: "start", Control: pick, Choices: "questions"}}}},
	Lists: []list{{ID: "questions", Path: "situations/questions", Prefix: "question",
		New: map[string]any{"text": text(), "why": text(), "options": []any{
			map[string]any{"id": "yes", "text": map[string]any{"zh": "是", "en": "Yes"}, "next": "end"}, map[string]any{"id": "no", "text": map[string]any{"zh": "否", "en": "No"}, "next": "end"}}},
		Values: []value{{Path: "text", Control: both}, {Path: "why", Control: longs}, {Path: "clause", Control: pick, Choices: "clauses"}, {Path: "id", Control: line}},
		Inner: &list{ID: "options", Path: "options", Prefix: "option", New: map[string]any{"text": text(), "next": "end"},
			Values: []value{{Path: "text", Control: both}, {Path: "next", Control: pick, Choices: "nexts"}, {Path: "unsure", Control: truth}, {Path: "hint", Control: longs},
				{Path: "effects/add", Control: picks, Choices: "materials"}, {Path: "effects/remove", Control: picks, Choices: "materials"}, {Path: "effects/show", Control: picks, Choices: "fields"}, {Path: "effects/hide", Control: picks, Choices: "fields"},
				{Path: "warning/text", Control: longs}, {Path: "warning/instead", Control: longs}, {Path: "id", Control: line}}}},
		{ID: "repeats", Path: "situations/repeats", Values: []value{{Path: "question", Control: pick, Choices: "questions"}},
			Inner: &list{ID: "onward", Path: "options", Values: []value{{Path: "next", Control: pick, Choices: "nexts"}}}},
		{ID: "variations", Path: "situations/variations", Prefix: "variation", New: map[string]any{"when": "", "why": text()},
			Values: []value{{Path: "when", Control: cases}, {Path: "why", Control: longs}, {Path: "promise_limit/amount", Control: number}, {Path: "promise_limit/unit", Control: pick, Choices: "units"}, {Path: "promise_limit/citation", Control: longs},
				{Path: "legal_limit/amount", Control: number}, {Path: "legal_limit/unit", Control: pick, Choices: "units"}, {Path: "legal_limit/citation", Control: longs},
				{Path: "fee/known", Control: truth}, {Path: "fee/cents", Control: money}, {Path: "fee/citation", Control: longs},
				{Path: "visits", Control: maybe}, {Path: "office/code", Control: pick, Choices: "offices"}, {Path: "office/name", Control: line}, {Path: "office/name_en", Control: line},
				{Path: "window/name", Control: both}, {Path: "window/address", Control: both}, {Path: "window/hours", Control: both}, {Path: "window/phone", Control: line}, {Path: "id", Control: line}}}}}

var formTab = tab{ID: "form", Lists: []list{
	{ID: "groups", Path: "form/groups", Prefix: "group", New: map[string]any{"title": text(), "fields": []any{}},
		Values: []value{{Path: "title", Control: both}, {Path: "note", Control: longs}, {Path: "id", Control: line}},
		Inner: &list{ID: "fields", Path: "fields", Prefix: "field", New: map[string]any{"label": text(), "type": "text"},
			Values: []value{{Path: "label", Control: both}, {Path: "hint", Control: both}, {Path: "type", Control: pick, Choices: "types"}, {Path: "prefill/source", Control: pick, Choices: "sources"}, {Path: "prefill/policy", Control: pick, Choices: "policies"},
				{Path: "required", Control: truth}, {Path: "errors/required", Control: both}, {Path: "required_when", Control: cases}, {Path: "show_when", Control: cases},
				{Path: "errors/type", Control: both},
				{Path: "options", Control: grid, Cols: []value{{Path: "value", Control: line}, {Path: "text", Control: both}}},
				{Path: "min", Control: line}, {Path: "errors/min", Control: both}, {Path: "max", Control: line}, {Path: "errors/max", Control: both}, {Path: "pattern", Control: line}, {Path: "errors/pattern", Control: both},
				{Path: "equals", Control: line}, {Path: "errors/equals", Control: both}, {Path: "unit", Control: both}, {Path: "decimals", Control: number}, {Path: "within", Control: line}, {Path: "id", Control: line}}}},
	{ID: "checks", Path: "form/checks", New: map[string]any{"when": "", "field": "", "text": text()}, Values: []value{{Path: "when", Control: cases}, {Path: "field", Control: pick, Choices: "fields"}, {Path: "text", Control: longs}}},
}}
