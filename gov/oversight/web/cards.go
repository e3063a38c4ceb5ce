package web

import (
	"net/http"

	"tongban/gov/casework"
	"tongban/platform/i18n"
	"tongban/ui"
)

type cardsView struct {
	Light casework.Light
	Tabs  []ui.Link
	Inbox casework.Inbox
	Older string
}

// GET /oversight/cards
func (h pages) cards(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := cardsView{Light: casework.Light(q.Get("light"))}
	if v.Light != casework.Red && v.Light != casework.Yellow && v.Light != casework.Early {
		v.Light = ""
	}
	err := h.known(ctx, "region", q.Get("region"))
	if err != nil {
		return err
	}
	v.Inbox, err = h.Cards(ctx, casework.WatchQuery{Region: q.Get("region"), Org: q.Get("office"), Item: q.Get("item"), Holder: q.Get("holder"), Light: v.Light, After: q.Get("after"), Limit: 50})
	if err != nil {
		return err
	}
	for _, l := range []casework.Light{"", casework.Red, casework.Yellow, casework.Early} {
		q.Set("light", string(l))
		q.Del("after")
		v.Tabs = append(v.Tabs, ui.Link{Text: i18n.T(ctx, "oversight.tab."+word(l)), Href: "/oversight/cards?" + q.Encode(), Current: l == v.Light})
	}
	if v.Inbox.Next != "" {
		q.Set("light", string(v.Light))
		q.Set("after", v.Inbox.Next)
		v.Older = "/oversight/cards?" + q.Encode()
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "oversight.cards"), Lead: i18n.T(ctx, "oversight.cards_lead"), Face: ui.Supervision, Active: "cards"}, cardsPage(v))
}

func word(l casework.Light) string {
	if l == "" {
		return "both"
	}
	return string(l)
}
