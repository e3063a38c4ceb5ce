package web

import (
	"net/http"
	"strings"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/ui"
)

// letterGroup is the offices whose names begin with one letter of pinyin.
type letterGroup struct {
	letter string
	list   []catalogue.Department
}

// GET /departments
func (h *pages) departments(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := h.Departments(ctx, r.URL.Query().Get("region"))
	if err != nil {
		return err
	}
	var groups []letterGroup
	items := 0
	for _, d := range list {
		letter := "#"
		if d.Initials != "" {
			letter = strings.ToUpper(d.Initials[:1])
		}
		if len(groups) == 0 || groups[len(groups)-1].letter != letter {
			groups = append(groups, letterGroup{letter: letter})
		}
		g := &groups[len(groups)-1]
		g.list = append(g.list, d)
		items += d.Items
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "catalogue.departments.title"), Face: ui.Portal, Active: active,
		Lead:   i18n.T(ctx, "catalogue.departments.lead", "n", len(list), "items", items),
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "catalogue.home"), Href: "/"}}}, departmentsBody(groups))
}
