package tabs

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/packages"
	"tongban/gov/design"
	designweb "tongban/gov/design/web"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// beginView is the page that takes in a package and begins new items.
type beginView struct {
	problems []ui.Problem
	Version  int            // of the draft that an import would go over
	Typed    url.Values     // for a new item
	Offices  []identity.Org // of all divisions that somebody designs for
	Regions  []ui.Option
	There    string // where the draft or the item is that has the code already
}

// home is the division that somebody designs for.
func home(ctx context.Context) string {
	for _, g := range auth.From(ctx).Grants {
		if g.Has(design.MayDesign.Name) {
			return g.Region
		}
	}
	return ""
}

// divisions are those that somebody may design for, the own one first.
func (h pages) divisions(ctx context.Context) []string {
	own := home(ctx)
	out := []string{own}
	for _, r := range h.d.Regions {
		if !slices.Contains(out, r) && authz.Require(ctx, design.MayDesign, authz.Object{Region: r}) == nil {
			out = append(out, r)
		}
	}
	return out
}

// GET /design/import
func (h pages) importForm(w http.ResponseWriter, r *http.Request) error {
	return h.showImport(w, r, http.StatusOK, beginView{})
}

func (h pages) showImport(w http.ResponseWriter, r *http.Request, status int, v beginView) error {
	ctx := r.Context()
	var err error
	if v.Offices, err = h.offices(ctx); err != nil {
		return err
	}
	v.Regions = []ui.Option{{Text: words(ctx, "new_region_office")}}
	for _, code := range h.divisions(ctx) {
		name := code
		if h.d.Division != nil {
			name = h.d.Division(ctx, code)
		}
		v.Regions = append(v.Regions, ui.Option{Value: code, Text: name})
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "import_page"), Lead: words(ctx, "import_lead"), Face: ui.Design, Active: "design",
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "design.title"), Href: "/design"}}, Problems: v.problems}, importPage(v))
}

// offices are those of all divisions that somebody may design for.
func (h pages) offices(ctx context.Context) ([]identity.Org, error) {
	var out []identity.Org
	for _, region := range h.divisions(ctx) {
		list, err := h.Orgs.Departments(ctx, region)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// POST /design/import
func (h pages) importFile(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, packages.MaxZip+1<<20)
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		return packages.ErrLarge.With("max", packages.MaxZip>>20).Because(err)
	}
	defer r.MultipartForm.RemoveAll()               //nolint:errcheck // temporary files of this request
	n, _ := strconv.Atoi(r.PostForm.Get("version")) // none: over nothing
	d, err := h.takeIn(r.Context(), r.MultipartForm, n)
	if err != nil {
		f := fault.Of(err)
		v := beginView{problems: []ui.Problem{{Field: "file", Text: web.Words(r.Context(), f)}}}
		if errors.Is(err, design.ErrExists) {
			v.Version, _ = f.Details["version"].(int)
		}
		if f.Kind == fault.KindInvalid || errors.Is(err, design.ErrExists) {
			return h.showImport(w, r, web.Status(f.Kind), v)
		}
		return err
	}
	return web.Redirect(w, r, designweb.Path(d.Region, d.Item)+"/ready")
}

func (h pages) takeIn(ctx context.Context, form *multipart.Form, version int) (design.Draft, error) {
	list := form.File["file"]
	if len(list) == 0 {
		return design.Draft{}, packages.ErrFiles.With("file", "ZIP")
	}
	f, err := list[0].Open()
	if err != nil {
		return design.Draft{}, packages.ErrFiles.With("file", "ZIP").Because(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, packages.MaxZip+1))
	if err != nil {
		return design.Draft{}, packages.ErrFiles.With("file", "ZIP").Because(err)
	}
	files, err := packages.FromZip(raw)
	if err != nil {
		return design.Draft{}, err
	}
	p, err := packages.Read(files)
	if err != nil {
		return design.Draft{}, err
	}
	return h.Import(ctx, p, version)
}

// newItem is what was typed for a new item. An office goes by its name or by its
// code, and says which division the item belongs to when nobody else does.
func (h pages) newItem(ctx context.Context, form url.Values) (design.NewItem, error) {
	get := func(k string) string { return strings.TrimSpace(form.Get(k)) }
	n := design.NewItem{Region: get("region"), Code: strings.ToUpper(get("code")), Org: get("org"), Name: get("name"), NameEn: get("name_en")}
	list, err := h.offices(ctx)
	if err != nil {
		return n, err
	}
	wanted := n.Org
	if wanted == "" && len(n.Code) > 18 {
		wanted = n.Code[:18]
	}
	i := slices.IndexFunc(list, func(o identity.Org) bool {
		return strings.EqualFold(o.Code, wanted) || o.Name == wanted || strings.EqualFold(o.NameEn, wanted)
	})
	if i < 0 {
		n.Org = strings.ToUpper(n.Org)
		if n.Region == "" && n.Org == "" {
			n.Region = home(ctx)
		}
		return n, nil
	}
	if n.Org != "" {
		n.Org = list[i].Code
	}
	if n.Region == "" {
		n.Region = list[i].Region
	}
	return n, nil
}

// POST /design/new
func (h pages) begin(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	start, to := h.Start, "elements"
	if r.PostForm.Get("joint") != "" {
		start, to = h.StartJoint, jointTab.ID
	}
	n, err := h.newItem(ctx, r.PostForm)
	if err != nil {
		return err
	}
	d, err := start(ctx, n)
	if err == nil {
		return web.Redirect(w, r, designweb.Path(d.Region, d.Item)+"/"+to)
	}
	f := fault.Of(err)
	switch {
	case errors.Is(err, design.ErrNewItem):
		v := beginView{Typed: r.PostForm}
		wrong, _ := f.Details["fields"].([]string)
		for _, key := range wrong {
			field, _, _ := strings.Cut(key, "_")
			if key == "name_en" {
				field = key
			}
			if key == "region" && n.Org != "" {
				field, key = "org", "org_unknown" // no office of that name says the division
			}
			if !slices.ContainsFunc(v.problems, func(p ui.Problem) bool { return p.Field == field }) {
				v.problems = append(v.problems, ui.Problem{Field: field, Text: words(ctx, "new_wrong."+key)})
			}
		}
		return h.showImport(w, r, http.StatusUnprocessableEntity, v)
	case errors.Is(err, design.ErrTaken) || errors.Is(err, design.ErrExists):
		code, _ := f.Details["code"].(string)
		return h.showImport(w, r, http.StatusConflict, beginView{Typed: r.PostForm, There: designweb.Path(n.Region, code) + "/elements", problems: []ui.Problem{{Field: "code", Text: web.Words(ctx, f)}}})
	}
	return err
}
