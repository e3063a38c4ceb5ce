package workbench

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/deputies"
	"tongban/gov/casework/web/casefile"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// deputiesView is who stands in for whom: of the caller, or of an office for
// whoever may arrange it.
type deputiesView struct {
	Admin    bool
	Offices  []ui.Option // whose deputies may be arranged
	Office   string      // region|code
	Posts    []ui.Option // in which the caller can be represented
	People   []ui.Option // who may stand in, or is away
	List     []casework.Deputy
	Me       string
	Arranges bool // the caller may arrange it for others
	Now      time.Time
	Form     url.Values
	Problems []ui.Problem
	Done     string
}

// root is where the page lives.
func (v deputiesView) root() string {
	if v.Admin {
		return "/admin/deputies"
	}
	return "/work/deputies"
}

func (v deputiesView) value(name string) string { return v.Form.Get(name) }

func (v deputiesView) fault(name string) string { return ui.ErrorFor(v.Problems, name) }

// may tells whether the caller can end an arrangement.
func (v deputiesView) may(d casework.Deputy) bool {
	return d.StateAt(v.Now) != deputies.Over && (v.Admin || d.Account == v.Me || d.Deputy == v.Me)
}

func (v deputiesView) state(ctx context.Context, d casework.Deputy) ui.Status {
	s := d.StateAt(v.Now)
	return ui.Status{Text: i18n.T(ctx, "workbench.deputies.state."+string(s)), Tone: map[deputies.State]ui.Tone{deputies.Active: ui.OK, deputies.Planned: ui.Info, deputies.Over: ui.Plain}[s]}
}

// title names both in an arrangement.
func (v deputiesView) title(ctx context.Context, d casework.Deputy) string {
	switch {
	case v.Admin:
	case d.Deputy == v.Me:
		return i18n.T(ctx, "workbench.deputies.i_stand", "who", d.Name)
	case d.Account == v.Me:
		return i18n.T(ctx, "workbench.deputies.stands_for_me", "who", d.DeputyName)
	}
	return i18n.T(ctx, "workbench.deputies.stands", "deputy", d.DeputyName, "who", d.Name)
}

// reach says for what and when.
func (v deputiesView) reach(ctx context.Context, d casework.Deputy) string {
	var roles []string
	for _, r := range d.Roles {
		roles = append(roles, i18n.T(ctx, "workbench.deputies.role."+r))
	}
	what := i18n.T(ctx, "workbench.deputies.all_items")
	if len(d.Items) > 0 {
		what = strings.Join(d.Items, i18n.Pick(ctx, "、", ", "))
	}
	return i18n.T(ctx, "workbench.deputies.reach", "office", d.OrgName, "roles", strings.Join(roles, i18n.Pick(ctx, "、", ", ")), "items", what, "from", i18n.DateTime(ctx, d.From), "until", i18n.DateTime(ctx, d.Until))
}

// GET /work/deputies
func (h pages) deputies(w http.ResponseWriter, r *http.Request) error {
	return h.showDeputies(w, r, http.StatusOK, deputiesView{})
}

// GET /admin/deputies
func (h pages) officeDeputies(w http.ResponseWriter, r *http.Request) error {
	return h.showDeputies(w, r, http.StatusOK, deputiesView{Admin: true})
}

func (h pages) showDeputies(w http.ResponseWriter, r *http.Request, status int, v deputiesView) (err error) {
	ctx := r.Context()
	v.Me, v.Now, v.Arranges = auth.From(ctx).ID, h.Clock.Now(), authz.Allows(auth.From(ctx), casework.MayArrange)
	if act := r.URL.Query().Get("done"); slices.Contains([]string{"named", "ended"}, act) {
		v.Done = i18n.T(ctx, "workbench.deputies.done."+act)
	}
	page := ui.Page{Title: i18n.T(ctx, "workbench.deputies"), Active: "deputies", Problems: v.Problems}
	if v.Admin {
		err = h.fillOffice(ctx, &v, r.URL.Query().Get("office"))
		page.Title, page.Face = i18n.T(ctx, "workbench.deputies.office"), ui.Workbench
		if err != nil {
			return err
		}
		return ui.Render(w, r, status, page, deputiesPage(v))
	}
	if v.List, err = h.Casework.Deputies.Mine(ctx); err != nil {
		return err
	}
	for _, p := range h.Casework.Deputies.PostsOf(ctx) {
		o, err := h.Identity.Org(ctx, p.Org)
		if err != nil {
			return err
		}
		v.Posts = append(v.Posts, ui.Option{Value: p.Region + "|" + p.Org, Text: i18n.Pick(ctx, o.Name, o.NameEn)})
		if err := h.colleagues(ctx, &v, p.Org); err != nil {
			return err
		}
	}
	page.Back = ui.Link{Text: i18n.T(ctx, "workbench.back"), Href: "/work"}
	return h.render(w, r, status, page, nil, deputiesPage(v))
}

// colleagues adds who examines or decides in an office.
func (h pages) colleagues(ctx context.Context, v *deputiesView, org string) error {
	all, err := h.Identity.Officers(ctx, "", org, "")
	for _, f := range all {
		if !judges(f) || !v.Admin && f.Account == v.Me || slices.ContainsFunc(v.People, func(o ui.Option) bool { return o.Value == f.Account }) {
			continue
		}
		var roles []string
		for _, p := range f.Posts {
			if word := i18n.T(ctx, "workbench.deputies.role."+p.Role); (p.Role == casework.RoleExaminer || p.Role == casework.RoleDecider) && !slices.Contains(roles, word) {
				roles = append(roles, word)
			}
		}
		v.People = append(v.People, ui.Option{Value: f.Account, Text: f.Name + " · " + strings.Join(roles, i18n.Pick(ctx, "、", ", "))})
	}
	return err
}

// fillOffice lists the offices of the caller's scope, and the one that is looked at.
func (h pages) fillOffice(ctx context.Context, v *deputiesView, office string) error {
	for _, g := range auth.From(ctx).Grants {
		if !g.Has(casework.MayArrange.Name) || g.Own {
			continue
		}
		for _, region := range h.Casework.Deps.Regions {
			if g.Org != "" && g.Region != region || !authz.InScope(g, region) {
				continue
			}
			list, err := h.Casework.OfficesOf(ctx, region)
			if err != nil {
				return err
			}
			for _, o := range list {
				option := ui.Option{Value: region + "|" + o.Code, Text: o.Name}
				if (g.Org == "" || g.Org == o.Code) && !slices.Contains(v.Offices, option) {
					v.Offices = append(v.Offices, option)
				}
			}
		}
	}
	if len(v.Offices) == 1 && office == "" {
		office = v.Offices[0].Value
	}
	region, org, ok := strings.Cut(office, "|")
	if !ok {
		return nil
	}
	v.Office = office
	list, err := h.Casework.Deputies.OfOffice(ctx, region, org)
	if err != nil {
		return err
	}
	v.List = list
	return h.colleagues(ctx, v, org)
}

// POST /work/deputies
func (h pages) nameDeputy(w http.ResponseWriter, r *http.Request) error {
	return h.name(w, r, deputiesView{})
}

// POST /admin/deputies
func (h pages) nameFor(w http.ResponseWriter, r *http.Request) error {
	return h.name(w, r, deputiesView{Admin: true})
}

// at places the faults about an arrangement at its controls.
var deputyControls = map[string]string{deputies.ErrSelf.Code: "deputy", deputies.ErrPeriod.Code: "until", deputies.ErrTwice.Code: "from", deputies.ErrAway.Code: "deputy", deputies.ErrCircle.Code: "deputy",
	deputies.ErrStandsIn.Code: "from", deputies.ErrNotPost.Code: "deputy", deputies.ErrNoItem.Code: "items", casework.ErrNeedReason.Code: "reason", casework.ErrTooLong.Code: "reason"}

func (h pages) name(w http.ResponseWriter, r *http.Request, v deputiesView) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	region, org, _ := strings.Cut(f.Get("post"), "|")
	n := casework.Naming{Region: region, Org: org, Deputy: f.Get("deputy"), Items: strings.Fields(f.Get("items")), Reason: f.Get("reason")}
	n.From, n.Until = deputies.Days(f.Get("from"), f.Get("until"))
	v.Form = f
	need := []string{"post", "deputy", "from", "until", "reason"}
	if v.Admin {
		n.Account, need = f.Get("away"), append(need, "away")
	}
	for _, name := range need {
		if strings.TrimSpace(f.Get(name)) == "" {
			v.Problems = append(v.Problems, ui.Problem{Field: name, Text: i18n.T(ctx, "workbench.deputies.need."+name)})
		}
	}
	if len(v.Problems) == 0 {
		_, err := h.Casework.Deputies.Name(ctx, n)
		if err == nil {
			return web.Redirect(w, r, casefile.With(v.root(), "done", "named", "office", r.URL.Query().Get("office")))
		}
		if v.Problems = casefile.Problems(ctx, err, deputyControls); v.Problems == nil {
			return err
		}
	}
	return h.showDeputies(w, r, http.StatusUnprocessableEntity, v)
}

// POST /work/deputies/{region}/{id}/end and /admin/deputies/{region}/{id}/end
func (h pages) endDeputy(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	if _, err := h.Casework.Deputies.End(r.Context(), r.PathValue("region"), r.PathValue("id"), r.PostForm.Get("why")); err != nil {
		return err
	}
	v := deputiesView{Admin: strings.HasPrefix(r.URL.Path, "/admin/")}
	return web.Redirect(w, r, casefile.With(v.root(), "done", "ended", "office", r.URL.Query().Get("office")))
}
