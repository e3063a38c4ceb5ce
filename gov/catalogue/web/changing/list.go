package changing

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/standard"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// listView is the changes of a region.
type listView struct {
	Region   Region
	Regions  []Region
	Changes  []changes.Change
	Names    map[string]string // of base items, by code
	Draft    bool              // the reader may begin one
	Code     string
	Kind     string
	Level    string
	Problems []ui.Problem
}

// GET /catalogue/changes, GET /catalogue/drafts
func (h pages) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return h.showList(w, r, http.StatusOK, listView{Region: h.region(q.Get("region")), Code: q.Get("code"), Kind: q.Get("kind"), Level: q.Get("level")})
}

func (h pages) showList(w http.ResponseWriter, r *http.Request, status int, v listView) (err error) {
	ctx := r.Context()
	if v.Changes, err = h.Changes.Changes(ctx, v.Region.Code, false, 100); err != nil {
		return err
	}
	v.Names = h.names(ctx, v.Changes)
	v.Regions, v.Draft = h.Regions, may(ctx, catalogue.MayDraftChanges, v.Region.Code)
	page := ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead"), Face: face(ctx, v.Region.Code), Active: "changes", Problems: v.Problems}
	return ui.Render(w, r, status, page, listPage(v))
}

func (v listView) tabs(ctx context.Context) []ui.Link {
	var out []ui.Link
	for _, r := range v.Regions {
		out = append(out, ui.Link{Text: i18n.Pick(ctx, r.Zh, r.En), Href: listPath(ctx, r.Code), Current: r.Code == v.Region.Code})
	}
	return out
}

func (v listView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, c := range v.Changes {
		last := c.Last()
		out = append(out, ui.Row{Cells: []ui.Cell{{Part: link(path(ctx, c), strconv.Itoa(c.Number))}, {Text: kindName(ctx, c)}, {Text: title(c, v.Names), Lang: string(i18n.Chinese)}, {Part: stateTag(ctx, c)},
			{Text: words(ctx, "last", "act", words(ctx, "act."+last.Act), "name", last.Name, "at", i18n.DateTime(ctx, last.At))}}})
	}
	return out
}

// status is how far a change has come, with a tone.
func status(ctx context.Context, c changes.Change) ui.Status {
	tone := map[changes.State]ui.Tone{changes.InEffect: ui.OK, changes.Approved: ui.OK, changes.Withdrawn: ui.Plain}[c.State]
	return ui.Status{Text: words(ctx, "state."+string(c.State)), Tone: tone}
}

// POST /catalogue/changes
func (h pages) begin(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	region := h.region(f.Get("region"))
	c := changes.Change{Region: region.Code, Kind: changes.Kind(f.Get("kind")), Level: standard.Level(f.Get("level"))}
	codes := strings.Fields(strings.NewReplacer(",", " ", "，", " ", "、", " ").Replace(f.Get("code")))
	if c.Kind != changes.New {
		for _, code := range codes {
			c.Targets = append(c.Targets, changes.Target{Code: code})
		}
	} else if len(codes) > 0 && c.Level == standard.BaseLevel {
		b := standard.Base{Code: codes[0]}
		if len(codes[0]) == 12 { // below a main item
			b.Code, b.Parent = "", codes[0]
		}
		c.Bases = []standard.Base{b}
	} else if len(codes) > 0 {
		org := strings.TrimSpace(f.Get("org"))
		d := changes.ItemDraft{Base: codes[0], Values: map[string][]string{"org": {org}, "use_level": {f.Get("use_level")}}}
		if name := h.office(ctx, org); name != "" {
			d.Values["org_name"] = []string{name}
		}
		if len(codes[0]) == 31 { // a handling item of it
			d = changes.ItemDraft{Code: codes[0], Base: codes[0][19:], Values: map[string][]string{"variant": {strings.TrimSpace(f.Get("variant"))}}}
		}
		c.Items = []changes.ItemDraft{d}
	}
	made, err := h.Changes.Begin(ctx, c)
	if bad := problems(ctx, err, ""); bad != nil {
		for i := range bad {
			bad[i].Field = "code"
		}
		return h.showList(w, r, http.StatusUnprocessableEntity, listView{Region: region, Code: f.Get("code"), Kind: f.Get("kind"), Level: f.Get("level"), Problems: bad})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path(ctx, made))
}

// office is the name of an office that has items already, so that nobody types
// it again.
func (h pages) office(ctx context.Context, code string) string {
	list, err := h.Catalogue.Departments(ctx, "")
	i := slices.IndexFunc(list, func(d catalogue.Department) bool { return d.Code == code })
	if err != nil || i < 0 {
		return ""
	}
	return list[i].Name
}

func kindOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, k := range changes.Kinds {
		out = append(out, ui.Option{Value: string(k), Text: words(ctx, "kind."+string(k))})
	}
	return out
}

func levelOptions(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(standard.BaseLevel), Text: words(ctx, "level.base")}, {Value: string(standard.ImplementationLevel), Text: words(ctx, "level.items")}}
}
