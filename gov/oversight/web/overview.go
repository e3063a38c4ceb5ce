package web

import (
	"net/http"
	"net/url"
	"slices"

	"tongban/gov/casework"
	"tongban/gov/oversight"
	"tongban/platform/i18n"
	"tongban/ui"
)

// ways are how the watch can be counted, in the order of the tabs.
var ways = []casework.WatchBy{casework.ByOffice, casework.ByItem, casework.ByHolder, casework.ByRegion}

type overviewView struct {
	Total oversight.Total
	Tabs  []ui.Link
	By    casework.WatchBy
	Rows  []casework.WatchRow
	Late  int // papers that were not handed out in time
}

// GET /oversight
func (h pages) overview(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := overviewView{By: casework.WatchBy(r.URL.Query().Get("by"))}
	if !slices.Contains(ways, v.By) {
		v.By = casework.ByOffice
	}
	var err error
	if v.Rows, v.Total, err = h.Overview(ctx, v.By); err != nil {
		return err
	}
	late, err := h.LateHandouts(ctx)
	if err != nil {
		return err
	}
	for _, l := range late {
		if l.Light == casework.Red {
			v.Late++
		}
	}
	for _, by := range ways {
		v.Tabs = append(v.Tabs, ui.Link{Text: i18n.T(ctx, "oversight.by."+string(by)), Href: "/oversight?by=" + string(by), Current: by == v.By})
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "oversight.title"), Lead: i18n.T(ctx, "oversight.lead"), Face: ui.Supervision, Active: "oversight"}, overviewPage(v))
}

// listURL is the list behind a line of the watch.
func (v overviewView) listURL(key string, l casework.Light) string {
	q := url.Values{}
	if l != "" {
		q.Set("light", string(l))
	}
	switch v.By {
	case casework.ByOffice:
		q.Set("office", key)
	case casework.ByItem:
		q.Set("item", key)
	case casework.ByHolder:
		q.Set("holder", key)
	case casework.ByRegion:
		q.Set("region", key)
	}
	return "/oversight/cards?" + q.Encode()
}
