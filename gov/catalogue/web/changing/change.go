package changing

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/quality"
	"tongban/gov/catalogue/standard"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// changeView is one change.
type changeView struct {
	changes.Change
	Reach    changes.Reach
	Fields   []standard.Field
	Draft    bool // the reader may edit it now
	Review   bool
	Approve  bool
	Return   bool
	Withdraw bool
	Mine     bool // the reader had a hand in it
	Was      []ui.Row
	Scores   []scored
	Problems []ui.Problem
	Tiers    []standard.Tier   // of the base item, to choose from
	Names    map[string]string // of base items, by code
	Note     string
}

func (h pages) number(r *http.Request) (region string, number int, err error) {
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return "", 0, changes.ErrNoChange
	}
	return r.PathValue("region"), n, nil
}

// GET /catalogue/changes/{region}/{number}
func (h pages) show(w http.ResponseWriter, r *http.Request) error {
	region, n, err := h.number(r)
	if err != nil {
		return err
	}
	c, err := h.Changes.Change(r.Context(), region, n)
	if err != nil {
		return err
	}
	return h.render(w, r, http.StatusOK, changeView{Change: c})
}

func (h pages) render(w http.ResponseWriter, r *http.Request, status int, v changeView) (err error) {
	ctx, c := r.Context(), v.Change
	if v.Reach, err = h.Changes.Reach(ctx, c); err != nil {
		return err
	}
	if v.Fields, err = h.Catalogue.Fields(ctx, c.Region); err != nil {
		return err
	}
	me := auth.From(ctx).ID
	for _, act := range []string{"begun", "edited", "submitted", "reviewed"} {
		v.Mine = v.Mine || slices.Contains(c.Did(act), me)
	}
	drafter, reviewer, approver := may(ctx, catalogue.MayDraftChanges, c.Region), may(ctx, catalogue.MayReviewChanges, c.Region), may(ctx, catalogue.MayApproveChanges, c.Region)
	v.Draft, v.Withdraw = drafter && c.State == changes.Drafting, drafter && c.State.Open() && c.State != changes.Approved
	v.Review, v.Approve = reviewer && c.State == changes.InReview, approver && c.State == changes.InVoting
	v.Return = v.Review || v.Approve || approver && c.State == changes.Approved
	if v.Scores, err = h.scores(ctx, c, v.Fields); err != nil {
		return err
	}
	for _, d := range c.Items {
		if b, err := h.Catalogue.Base(ctx, d.Base); err == nil {
			v.Tiers = b.Tiers
		}
	}
	if v.Was, err = h.differences(ctx, c, v.Fields, v.Tiers); err != nil {
		return err
	}
	v.Names = h.names(ctx, []changes.Change{c})
	page := ui.Page{Title: words(ctx, "change", "n", c.Number, "name", title(c, v.Names)), Eyebrow: kindName(ctx, c), Face: face(ctx, c.Region), Active: "changes", Problems: v.Problems,
		Crumbs: []ui.Link{{Text: words(ctx, "title"), Href: listPath(ctx, c.Region)}}}
	return ui.Render(w, r, status, page, changePage(v))
}

// differences compares what is drafted with what is in force.
func (h pages) differences(ctx context.Context, c changes.Change, fields []standard.Field, tiers []standard.Tier) ([]ui.Row, error) {
	if c.Kind != changes.Alter || len(c.Targets) == 0 {
		return nil, nil
	}
	var out []ui.Row
	add := func(name string, was, now string) {
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: name}, {Text: orNone(ctx, was)}, {Text: orNone(ctx, now)}}})
	}
	if c.Level == standard.BaseLevel {
		was, err := h.Catalogue.BaseVersions(ctx, c.Targets[0].Code)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(was, func(b standard.Base) bool { return b.Version == c.Targets[0].Seen })
		if i < 0 || len(c.Bases) == 0 {
			return nil, nil
		}
		for _, d := range was[i].Differences(&c.Bases[0]) {
			add(elementName(ctx, d.Key, fields), baseSaid(ctx, d.Key, d.Was, &was[i], fields), baseSaid(ctx, d.Key, d.Now, &c.Bases[0], fields))
		}
		return out, nil
	}
	o, err := h.Catalogue.OfferVersion(ctx, c.Region, c.Targets[0].Code, c.Targets[0].Seen)
	if err != nil || len(c.Items) == 0 {
		return nil, err
	}
	d := c.Items[0]
	if d.Tier != o.Tier {
		add(words(ctx, "tier"), tierName(ctx, tiers, o.Tier), tierName(ctx, tiers, d.Tier))
	}
	next := effective(d, tiers)
	for _, f := range fields {
		was, now := content.Get(&o.Item, f.Key), next[f.Key]
		if f.Editable(changes.LevelOf(d.Code)) && !slices.Equal(was, now) {
			add(i18n.Pick(ctx, f.Zh, f.En), said(ctx, f, was), said(ctx, f, now))
		}
	}
	return out, nil
}

// baseSaid is what a base item says of an element, in words.
func baseSaid(ctx context.Context, key string, values []string, b *standard.Base, fields []standard.Field) string {
	switch key {
	case "type":
		return coded(ctx, codes.TypeList, values)
	case "levels":
		return coded(ctx, codes.LevelList, values)
	case "tiers":
		var out []string
		for _, t := range b.Tiers {
			out = append(out, tierText(ctx, t, fields))
		}
		return strings.Join(out, words(ctx, "stop"))
	}
	for _, f := range fields {
		if f.Key == key && f.Kind != standard.OwnKind {
			return said(ctx, f, values)
		}
	}
	return strings.Join(values, " ")
}

func orNone(ctx context.Context, s string) string {
	if s == "" {
		return words(ctx, "nothing")
	}
	return s
}

func said(ctx context.Context, f standard.Field, values []string) string {
	if f.Key == "use_level" { // kept in the code of the item
		return coded(ctx, codes.LevelList, values)
	}
	var parts []string
	for _, w := range f.Words(values) {
		parts = append(parts, w.In(ctx))
	}
	return strings.Join(parts, words(ctx, "comma"))
}

func elementName(ctx context.Context, key string, fields []standard.Field) string {
	for _, f := range fields {
		if f.Key == key {
			return i18n.Pick(ctx, f.Zh, f.En)
		}
	}
	return words(ctx, "field."+key)
}

// POST /catalogue/changes/{region}/{number}/{edit,add}
func (h pages) edit(w http.ResponseWriter, r *http.Request) error {
	region, n, err := h.number(r)
	if err == nil {
		err = form(w, r)
	}
	if err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	seen, _ := strconv.Atoi(f.Get("version")) // what is no number is no version, which is refused
	fields, err := h.Catalogue.Fields(ctx, region)
	if err != nil {
		return err
	}
	more := strings.HasSuffix(r.URL.Path, "/add")
	c, err := h.Changes.Edit(ctx, region, n, seen, func(c *changes.Change) error {
		c.Reason = strings.TrimSpace(f.Get("reason"))
		c.From, _ = calendar.ParseDate(f.Get("from")) // no day: at once
		for i := range c.Bases {
			readBase(f, "r"+strconv.Itoa(i)+".", &c.Bases[i], fields)
		}
		for i := range c.Items {
			readItem(f, "r"+strconv.Itoa(i)+".", &c.Items[i], fields)
		}
		if more && len(c.Bases) > 0 {
			b := c.Bases[0]
			b.Code, b.Name, b.NameEn = b.Code[:6], "", ""
			c.Bases = append(c.Bases, b)
		}
		return nil
	})
	if bad := problems(ctx, err, "r0."); bad != nil {
		was, readErr := h.Changes.Change(ctx, region, n)
		if readErr != nil {
			return readErr
		}
		return h.render(w, r, http.StatusUnprocessableEntity, changeView{Change: was, Problems: bad})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path(ctx, c))
}

// POST /catalogue/changes/{region}/{number}/{submit,withdraw,review,approve,return}
func (h pages) act(w http.ResponseWriter, r *http.Request) error {
	region, n, err := h.number(r)
	if err == nil {
		err = form(w, r)
	}
	if err != nil {
		return err
	}
	ctx, note := r.Context(), r.PostForm.Get("note")
	seen, _ := strconv.Atoi(r.PostForm.Get("version"))
	var c changes.Change
	switch act := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]; act {
	case "submit":
		c, err = h.Changes.Submit(ctx, region, n, seen)
	case "withdraw":
		c, err = h.Changes.Withdraw(ctx, region, n, seen)
	case "review":
		c, err = h.Changes.Review(ctx, region, n, seen, note)
	case "approve":
		c, err = h.Changes.Approve(ctx, region, n, seen, note)
	default:
		c, err = h.Changes.Return(ctx, region, n, seen, note)
	}
	bad := problems(ctx, err, "r0.")
	if errors.Is(err, catalogue.ErrChanged) {
		bad = []ui.Problem{{Field: "note", Text: i18n.T(ctx, "catalogue.changed_since", pairs(fault.Of(err))...)}}
	}
	if f := fault.Of(err); errors.Is(err, quality.ErrGate) {
		bad = []ui.Problem{{Field: "guide-quality", Text: words(ctx, "gate", "score", f.Details["score"], "gate", f.Details["gate"])}}
	}
	if bad != nil {
		was, readErr := h.Changes.Change(ctx, region, n)
		if readErr != nil {
			return readErr
		}
		return h.render(w, r, http.StatusUnprocessableEntity, changeView{Change: was, Problems: bad, Note: note})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path(ctx, c))
}
