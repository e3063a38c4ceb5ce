package laws

import "context"

// Citing is one version of an item with the texts in which it names clauses.
type Citing struct {
	Serial  int64 // of its publication; counts up
	Region  string
	Code    string
	Version int
	Name    string
	Org     string
	OrgName string
	AsOf    string // 2021-05 or 2026-11-22: the day whose law it follows
	Texts   []CitingText
}

// CitingText is one text of an item.
type CitingText struct {
	Place  string // what it belongs to: basis, condition, limit, fee, material, pause, result
	Text   string // 《行政许可法》第三十二条第一款
	Quoted string // the words of the clause as the item gives them; "" when it does not
	As     string // which wording is quoted: 2021年修正
}

// Items is where the items are: the catalogue, through the app.
type Items interface {
	// ItemsSince gives the newest versions of items published after a serial, at most
	// limit of them, in the order of their serials.
	ItemsSince(ctx context.Context, serial int64, limit int) ([]Citing, error)
}
