package tabs

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/quality"
	"tongban/gov/design"
	"tongban/gov/design/parts"
	designweb "tongban/gov/design/web"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Design   *design.Service
	Rules    *quality.Rules                                                          // words of findings; nil: none are shown
	Guide    func(w http.ResponseWriter, r *http.Request, o *catalogue.Offer) error  // shows the guide as everybody will see it
	Regions  []string                                                                // that are looked through for what waits
	Division func(ctx context.Context, code string) string                           // what a division is called; nil: by its code
	Lists    forms.Sources                                                           // reference data that fields take answers from
	Search   func(ctx context.Context, q catalogue.Query) (catalogue.Results, error) // finds items to join
}

type pages struct {
	*design.Service
	d Deps
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Design, d}
	const item = "/design/{region}/{item}"
	may := design.MayDesign
	out := []web.Route{
		{Pattern: "POST " + item + "/parts/{tab}", Do: h.save, May: may},
		{Pattern: "GET " + item + "/preview", Do: h.preview, May: may},
		{Pattern: "GET " + item + "/preview/{face}", Do: h.face, May: authz.SignedIn}, // also who reviews it
		{Pattern: "POST " + item + "/preview/{face}", Do: h.typed, May: may},
		{Pattern: "GET " + item + "/ready", Do: h.ready, May: may},
		{Pattern: "POST " + item + "/ready/pass", Do: h.askToPass, May: may},
		{Pattern: "POST " + item + "/ready/replay", Do: h.replay, May: may},
		{Pattern: "POST " + item + "/ready/hand-in", Do: h.handIn, May: may},
		{Pattern: "GET /releases", Do: h.releases, May: catalogue.MayReviewChanges},
		{Pattern: "GET /releases/{region}/{item}", Do: h.release, May: authz.SignedIn},
		{Pattern: "POST /releases/{region}/{item}/{act}", Do: h.answer, May: authz.SignedIn},
		{Pattern: "GET " + item + "/package.zip", Do: h.export, May: may},
		{Pattern: "GET /design/import", Do: h.importForm, May: may},
		{Pattern: "POST /design/import", Do: h.importFile, May: may},
		{Pattern: "POST /design/new", Do: h.begin, May: may},
	}
	for _, t := range tabList {
		out = append(out, web.Route{Pattern: "GET " + item + "/" + t.ID, Do: h.tab(t), May: may})
	}
	return out
}

// errForm refuses a body that is no form, or a far too long one.
var errForm = fault.Invalid("design.form")

// maxForm bounds the forms of these pages, in bytes.
const maxForm = 8 << 20

// view is one tab.
type view struct {
	tab       tab
	d         design.Draft
	a         design.Surroundings
	tree      *parts.Tree
	row       editing // that is being edited; Path "" when none is
	sent      url.Values
	force     bool
	conflicts []parts.Conflict
	problems  []ui.Problem
	faults    []design.Fault
	report    *quality.Report
	gate      int
	rules     *quality.Rules
	known     []notice
	joined    []design.Joined // parts of a one thing
	finding   string          // searched for, to join it
	hits      []catalogue.Hit
}

func (v view) path() string { return designweb.Path(v.d.Region, v.d.Item) }

func (v view) here() string { return v.path() + "/" + v.tab.ID }

// clash finds the conflict about a value.
func (v view) clash(path string) (parts.Conflict, bool) {
	for _, c := range v.conflicts {
		if c.Path == path || strings.HasPrefix(c.Path, path+"/") {
			return c, true
		}
	}
	return parts.Conflict{}, false
}

func (h pages) open(r *http.Request, t tab) (view, error) {
	d, a, err := h.Whole(r.Context(), r.PathValue("region"), r.PathValue("item"))
	if err != nil {
		return view{}, err
	}
	v := view{tab: t, d: d, a: a, tree: parts.Open(d.Package(a)), rules: h.d.Rules}
	if v.joined, err = h.Joined(r.Context(), d); err != nil {
		return view{}, err
	}
	return v, nil
}

// search finds items that may be joined: those of this node that are in force.
func (h pages) search(ctx context.Context, v view) ([]catalogue.Hit, error) {
	if h.d.Search == nil {
		return nil, nil
	}
	found, err := h.d.Search(ctx, catalogue.Query{Text: v.finding, Limit: 12})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found.Items, func(x catalogue.Hit) bool {
		return x.Code == v.d.Item || slices.ContainsFunc(v.joined, func(j design.Joined) bool { return j.Item == x.Code && j.In(v.d.Region) == x.Region })
	}), nil
}

// GET /design/{region}/{item}/{tab}
func (h pages) tab(t tab) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := h.open(r, t)
		if err != nil {
			return err
		}
		if len(v.joined) == 0 && t.ID == sharingTab.ID || !v.d.Joins() && t.ID == jointTab.ID {
			return web.Redirect(w, r, v.path()+"/"+map[bool]string{true: jointTab.ID, false: elementsTab.ID}[v.d.Joins()])
		}
		v.row, _ = v.find(r.URL.Query().Get("row"))
		if v.finding = strings.TrimSpace(r.URL.Query().Get("find")); v.finding != "" {
			if v.hits, err = h.search(r.Context(), v); err != nil {
				return err
			}
		}
		return h.show(w, r, http.StatusOK, v)
	}
}

func (h pages) show(w http.ResponseWriter, r *http.Request, status int, v view) error {
	ctx := r.Context()
	v.faults = h.Faults(ctx, v.d, v.a)
	report, err := h.Score(ctx, v.d, v.a)
	if err != nil && report == nil {
		return err
	}
	v.report = report
	if v.gate, err = h.Gate(ctx, v.d.Region); err != nil {
		return err
	}
	if v.tab.ID == "form" {
		v.known = dictionary(v.d.Parts)
	}
	page := designweb.Frame(ctx, item(v.a), v.tab.ID, v.problems)
	return ui.Render(w, r, status, page, tabPage(v))
}

func item(a design.Surroundings) *content.Item { return &a.Offer.Item }

// find gives the row or sheet at a path of this tab.
func (v view) find(path string) (editing, bool) {
	for _, s := range v.tab.Sheets {
		if "sheet:"+s.ID == path || path == s.Path {
			return editing{ID: s.ID, Path: s.Path, Values: s.Values}, true
		}
	}
	if v.tab.ID == sharingTab.ID {
		j, ok := v.joint(path)
		if !ok {
			return editing{}, false
		}
		return editing{ID: sharingTab.ID, Path: path, Values: targets(j), Row: true}, ok
	}
	for _, l := range v.tab.Lists {
		for _, k := range v.tree.Keys(l.Path) {
			at := l.Path + "/" + k
			if at == path {
				return editing{ID: l.ID, Path: at, Values: l.Values, Row: true}, true
			}
			if l.Inner == nil {
				continue
			}
			for _, inner := range v.tree.Keys(at + "/" + l.Inner.Path) {
				if p := at + "/" + l.Inner.Path + "/" + inner; p == path {
					return editing{ID: l.Inner.ID, Path: p, Values: l.Inner.Values, Row: true}, true
				}
			}
		}
	}
	return editing{}, false
}

// listAt finds the list that a path names, with what new rows say.
func (v view) listAt(path string) (list, bool) {
	for _, l := range v.tab.Lists {
		if l.Path == path {
			return l, true
		}
		if l.Inner != nil {
			for _, k := range v.tree.Keys(l.Path) {
				if l.Path+"/"+k+"/"+l.Inner.Path == path {
					return *l.Inner, true
				}
			}
		}
	}
	return list{}, false
}

// POST /design/{region}/{item}/parts/{tab}
func (h pages) save(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	t, ok := tabOf(r.PathValue("tab"))
	if !ok {
		return parts.ErrPath.With("path", r.PathValue("tab"))
	}
	v, err := h.open(r, t)
	if err != nil {
		return err
	}
	act, path, _ := strings.Cut(r.PostForm.Get("do"), ":")
	if act != "save" {
		return h.rowAct(w, r, v, act, path)
	}
	return h.saveSheet(w, r, v)
}

// rowAct adds, moves or takes away a row.
func (h pages) rowAct(w http.ResponseWriter, r *http.Request, v view, act, path string) error {
	op := design.RowAct{Act: act, Path: path, At: 1 << 20}
	switch _, found := v.find(path); {
	case act == "join":
		op.Path, op.ID = "bundle/parts", path
	case act == "add":
		l, ok := v.listAt(path)
		if !ok {
			return parts.ErrPath.With("path", path)
		}
		op.Row, op.ID = l.New, l.Prefix
		if row := fieldOf(r.PostForm.Get("datum")); row != nil && l.ID == "fields" && v.tab.ID == formTab.ID {
			op.Row = row
		}
	case !found:
		return parts.ErrPath.With("path", path)
	}
	_, at, err := h.Row(r.Context(), v.d.Region, v.d.Item, version(r), v.tab.ID, op)
	if err != nil {
		return err
	}
	to := v.here()
	if act != "remove" {
		to += "?row=" + url.QueryEscape(at) + "#row"
	}
	return web.Redirect(w, r, to)
}

func (h pages) saveSheet(w http.ResponseWriter, r *http.Request, v view) error {
	ctx := r.Context()
	row := r.PostForm.Get("row")
	e, ok := v.find(row)
	if !ok {
		return parts.ErrPath.With("path", row)
	}
	v.row, v.sent = e, r.PostForm
	edits, bad := v.edits(e, r.PostForm)
	for _, p := range bad {
		v.problems = append(v.problems, ui.Problem{Field: p.Field, Text: words(ctx, "bad."+p.Text)})
	}
	if len(bad) > 0 {
		return h.show(w, r, http.StatusUnprocessableEntity, v)
	}
	d, conflicts, err := h.Set(ctx, v.d.Region, v.d.Item, version(r), v.tab.ID, edits, r.PostForm.Get("force") != "")
	if errors.Is(err, design.ErrBoth) {
		v.conflicts, v.force = conflicts, true
		v.problems = []ui.Problem{{Field: "row", Text: web.Words(ctx, fault.Of(err))}}
		return h.show(w, r, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	to := v.here()
	if e.Row {
		to += "?row=" + url.QueryEscape(renamed(e, edits))
	}
	_ = d
	return web.Redirect(w, r, to+"#row")
}

// renamed is the path of a row after it was saved: its name may be new.
func renamed(e editing, edits []parts.Edit) string {
	for _, x := range edits {
		for _, key := range []string{"/id", "/key"} {
			if x.Path == e.Path+key {
				if s, ok := x.Value.(string); ok && s != "" {
					return e.Path[:strings.LastIndex(e.Path, "/")+1] + s
				}
			}
		}
	}
	return e.Path
}

// problemText says where and what, as the catalogue's door says it.
func (v view) problemText(ctx context.Context, f design.Fault) string {
	text := saying(ctx, f.Text)
	for _, part := range v.tree.Keys("bundle/parts") { // by their names, not their ids
		text = strings.ReplaceAll(text, "“"+part+"”", "“"+v.title(ctx, "bundle/parts/"+part)+"”")
	}
	return text
}

// findings are what the quality rules found on this tab.
func (v view) findings(ctx context.Context) []found {
	if v.report == nil || v.rules == nil {
		return nil
	}
	var out []found
	for _, f := range v.report.Findings {
		rule, ok := v.rules.Of(f.Rule)
		if ok && tabOfRule(rule) == v.tab.ID {
			out = append(out, found{i18n.Pick(ctx, rule.Name.Zh, rule.Name.En), i18n.Pick(ctx, rule.Fix.Zh, rule.Fix.En), f})
		}
	}
	return out
}

// found is one finding in words.
type found struct {
	Name, Fix string
	quality.Finding
}

// tabOfRule says on which tab a finding is repaired.
func tabOfRule(r quality.Rule) string {
	switch r.Element {
	case "situations", "materials":
		if r.ID == "material_never" {
			return "materials"
		}
		return r.Element
	case "legal_limit", "promise_limit", "legal_limit_note":
		return "clock"
	case "basis", "power_source":
		return "basis"
	case "is_fee", "fee_basis", "is_pay_online":
		return "fees"
	case "transact_addr", "transact_time", "link_way", "supervise_way", "is_entry_center":
		return "windows"
	case "result_name", "result_delivery":
		return "result"
	}
	if strings.HasPrefix(r.Element, "material") {
		return "materials"
	}
	return "elements"
}
