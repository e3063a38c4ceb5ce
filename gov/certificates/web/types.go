package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/certificates/kinds"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// typesView is the catalogue of certificate types.
type typesView struct {
	Find    string
	Types   []kinds.Type
	Waiting []kinds.Type // proposals, for who may decide or wrote them
	Propose bool
}

// types answers GET /certificate-types.
func (h pages) types(w http.ResponseWriter, r *http.Request) (err error) {
	ctx := r.Context()
	v := typesView{Find: strings.TrimSpace(r.URL.Query().Get("q")), Propose: h.mayDefine(ctx)}
	if v.Types, err = h.d.Types.List(ctx, v.Find); err != nil {
		return err
	}
	if v.Propose || h.mayApprove(ctx) {
		if v.Waiting, err = h.d.Types.Waiting(ctx, h.d.TypeRegion); err != nil {
			return err
		}
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "certificates.types.title"), Lead: i18n.T(ctx, "certificates.types.lead"), Face: h.typesFace(ctx), Active: "types"}, typesPage(v))
}

func (h pages) mayDefine(ctx context.Context) bool {
	return authz.Require(ctx, kinds.MayDefine, authz.Object{Region: h.d.TypeRegion}) == nil
}

func (h pages) mayApprove(ctx context.Context) bool {
	return authz.Require(ctx, kinds.MayApprove, authz.Object{Region: h.d.TypeRegion}) == nil
}

func (h pages) typesFace(ctx context.Context) ui.Face {
	switch {
	case h.mayDefine(ctx):
		return ui.Design
	case h.mayApprove(ctx):
		return ui.Supervision
	}
	return ui.Portal
}

// typeView is one version of a type.
type typeView struct {
	kinds.Type
	Versions []kinds.Type
	Staff    bool // may see the template
	Propose  bool
	Decide   bool // the reader may approve this proposal or send it back
	Problems []ui.Problem
	Items    []catalogue.RelatedItem
	More     bool // there are further items
}

// typePage answers GET /certificate-types/{code}, with ?version= an older one
// or a proposal.
func (h pages) typePage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept")
	if accept := r.Header.Get("Accept"); strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html") { // a program that follows the vct of a credential
		m, err := h.d.Wallets.TypeMetadata(r.Context(), r.PathValue("code"))
		if err != nil {
			return err
		}
		open(w)
		return sendJSON(w, http.StatusOK, m)
	}
	return h.showType(w, r, http.StatusOK, r.PathValue("code"), r.URL.Query().Get("version"), nil)
}

func (h pages) showType(w http.ResponseWriter, r *http.Request, status int, code, version string, problems []ui.Problem) error {
	ctx := r.Context()
	v := typeView{Propose: h.mayDefine(ctx), Problems: problems}
	var err error
	if v.Versions, err = h.d.Types.Versions(ctx, h.d.TypeRegion, code); err != nil {
		return err
	}
	staff := v.Propose || h.mayApprove(ctx)
	v.Staff = staff
	found := false
	for _, t := range v.Versions {
		if wanted := version == "" && t.State == kinds.Approved || version == strconv.Itoa(t.Version); wanted && !found && (staff || t.State == kinds.Approved) {
			v.Type, found = t, true
		}
	}
	if !found {
		return kinds.ErrNoType
	}
	if h.d.ItemsOf != nil {
		if v.Items, v.More, err = h.d.ItemsOf(ctx, []string{v.Code, v.Key}); err != nil {
			return err
		}
	}
	v.Decide = v.State == kinds.Proposed && h.mayApprove(ctx) && auth.From(ctx).ID != v.ProposedBy
	return ui.Render(w, r, status, ui.Page{Title: said(ctx, v.Name), Eyebrow: v.Code, Face: h.typesFace(ctx), Active: "types", Problems: problems,
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "certificates.types.title"), Href: "/certificate-types"}}}, typePage(v))
}

// said is a text in the reader's language.
func said(ctx context.Context, t catalogue.Text) string { return i18n.Pick(ctx, t.Zh, t.En) }

func typePath(t kinds.Type) string { return "/certificate-types/" + t.Code }

// decideType answers POST /certificate-types/{code}/{version}/decision.
func (h pages) decideType(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	ctx, code, version := r.Context(), r.PathValue("code"), r.PathValue("version")
	n, err := strconv.Atoi(version)
	if err != nil {
		return kinds.ErrNoType
	}
	t, err := h.d.Types.Decide(ctx, h.d.TypeRegion, code, n, r.PostForm.Get("act") == "approve", r.PostForm.Get("answer"))
	if errors.Is(err, kinds.ErrNote) {
		return h.showType(w, r, http.StatusUnprocessableEntity, code, version, []ui.Problem{{Field: "answer", Text: i18n.T(ctx, "certificates.types.problem.answer")}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, typePath(t)+"?version="+version)
}

// editView is the form of a proposal.
type editView struct {
	Code     string // "" is a new type
	Form     url.Values
	Rows     int
	Problems []ui.Problem
}

// spare is how many empty rows a form has for further fields.
const spare = 3

// editType answers GET /certificate-types/{code}/edit; the code "new" begins a
// type.
func (h pages) editType(w http.ResponseWriter, r *http.Request) error {
	v := editView{Form: url.Values{}}
	if code := r.PathValue("code"); code != "new" {
		t, err := h.d.Types.InForce(r.Context(), code)
		if err != nil {
			return err
		}
		v.Code, v.Form, v.Rows = code, formOf(t), len(t.Fields)
	}
	return h.showEdit(w, r, http.StatusOK, v)
}

func (h pages) showEdit(w http.ResponseWriter, r *http.Request, status int, v editView) error {
	ctx := r.Context()
	title := i18n.T(ctx, "certificates.types.new")
	if v.Code != "" {
		title = i18n.T(ctx, "certificates.types.edit_title", "name", v.Form.Get("name"))
	}
	v.Rows += spare
	return ui.Render(w, r, status, ui.Page{Title: title, Lead: i18n.T(ctx, "certificates.types.edit_lead"), Face: ui.Design, Active: "types", Problems: v.Problems,
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "certificates.types.title"), Href: "/certificate-types"}}}, editTypePage(v))
}

// proposeType answers POST /certificate-types/{code}/edit.
func (h pages) proposeType(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	ctx, f := r.Context(), r.PostForm
	v := editView{Form: f}
	if code := r.PathValue("code"); code != "new" {
		v.Code = code
		f.Set("code", code) // a version never takes another code
	}
	t, rows := typeOf(f)
	for f.Has("f" + strconv.Itoa(v.Rows) + ".key") {
		v.Rows++
	}
	v.Rows = max(0, v.Rows-spare)
	t, err := h.d.Types.Propose(ctx, h.d.TypeRegion, t, f.Get("note"))
	var bad kinds.Problems
	switch {
	case errors.As(err, &bad):
		for _, p := range bad {
			v.Problems = append(v.Problems, ui.Problem{Field: place(p.Field, rows), Text: i18n.T(ctx, "certificates.types.problem."+p.Code)})
		}
	case errors.Is(err, kinds.ErrNote):
		v.Problems = []ui.Problem{{Field: "note", Text: i18n.T(ctx, "certificates.types.problem.note")}}
	case errors.Is(err, kinds.ErrUnchanged):
		v.Problems = []ui.Problem{{Field: "note", Text: i18n.T(ctx, "fault.certificates.types.unchanged")}}
	case err != nil:
		return err
	}
	if len(v.Problems) > 0 {
		return h.showEdit(w, r, http.StatusUnprocessableEntity, v)
	}
	return web.Redirect(w, r, fmt.Sprintf("%s?version=%d", typePath(t), t.Version))
}

// place is the control that a problem of a definition stands at.
func place(field string, rows []int) string {
	rest, ok := strings.CutPrefix(field, "fields.")
	if !ok {
		return cmp.Or(map[string]string{"fields": "f0.key"}[field], field)
	}
	n, name, _ := strings.Cut(rest, ".")
	i, _ := strconv.Atoi(n)
	return fmt.Sprintf("f%d.%s", rows[i], name)
}

// formOf is a type as the form shows it.
func formOf(t kinds.Type) url.Values {
	f := url.Values{"code": {t.Code}, "key": {t.Key}, "name": {t.Name.Zh}, "name_en": {t.Name.En}, "category": {t.Category}, "by": {t.By.Zh}, "by_en": {t.By.En},
		"level": {t.Level}, "issuer_level": {t.IssuerLevel}, "holder": {t.Holder}, "unit": {t.Validity.Unit}, "citation": {t.Validity.Citation.Zh}, "citation_en": {t.Validity.Citation.En}}
	if t.Validity.Amount > 0 {
		f.Set("amount", strconv.Itoa(t.Validity.Amount))
	}
	var zh, en []string
	for _, b := range t.Basis {
		zh, en = append(zh, b.Zh), append(en, b.En)
	}
	f.Set("issuers", strings.Join(t.Issuers, "\n"))
	f.Set("basis", strings.Join(zh, "\n"))
	f.Set("basis_en", strings.Join(en, "\n"))
	for i, d := range t.Fields {
		at := "f" + strconv.Itoa(i) + "."
		f.Set(at+"key", d.Key)
		f.Set(at+"name", d.Name)
		f.Set(at+"label", d.Label.Zh)
		f.Set(at+"label_en", d.Label.En)
		f.Set(at+"kind", d.Kind)
		f.Set(at+"choices", strings.Join(d.Choices, "、"))
		if d.Max > 0 {
			f.Set(at+"max", strconv.Itoa(d.Max))
		}
		if d.Required {
			f.Set(at+"required", "1")
		}
		if d.Private {
			f.Set(at+"private", "1")
		}
	}
	return f
}

// typeOf reads the form; rows tells which row of it every field came from.
// Rows without key and label are left out.
func typeOf(f url.Values) (t kinds.Type, rows []int) {
	get := func(key string) string { return strings.TrimSpace(f.Get(key)) }
	t = kinds.Type{Code: strings.ToUpper(get("code")), Key: get("key"), Name: catalogue.Text{Zh: get("name"), En: get("name_en")}, Category: get("category"),
		By: catalogue.Text{Zh: get("by"), En: get("by_en")}, Level: get("level"), IssuerLevel: get("issuer_level"), Holder: get("holder"),
		Validity: kinds.Validity{Unit: get("unit"), Citation: catalogue.Text{Zh: get("citation"), En: get("citation_en")}}}
	t.Validity.Amount, _ = strconv.Atoi(get("amount")) // what is no number is 0, which is refused at the field
	if len(t.Code) >= 18 {
		t.Authority = t.Code[:18]
	}
	for line := range strings.SplitSeq(get("issuers"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			t.Issuers = append(t.Issuers, line)
		}
	}
	en := strings.Split(f.Get("basis_en"), "\n")
	for i, line := range strings.Split(get("basis"), "\n") {
		b := catalogue.Text{Zh: strings.TrimSpace(line)}
		if i < len(en) {
			b.En = strings.TrimSpace(en[i])
		}
		if b.Zh != "" {
			t.Basis = append(t.Basis, b)
		}
	}
	for i := 0; i < 100 && f.Has("f"+strconv.Itoa(i)+".key"); i++ {
		at := "f" + strconv.Itoa(i) + "."
		d := kinds.Field{Key: get(at + "key"), Name: strings.ToUpper(get(at + "name")), Label: catalogue.Text{Zh: get(at + "label"), En: get(at + "label_en")}, Kind: cmp.Or(get(at+"kind"), kinds.Text),
			Required: get(at+"required") != "", Private: get(at+"private") != ""}
		if d.Key == "" && d.Label.Zh == "" {
			continue
		}
		d.Max = amount(get(at + "max"))
		d.Choices = strings.FieldsFunc(get(at+"choices"), func(r rune) bool { return strings.ContainsRune("、,，;；", r) })
		t.Fields, rows = append(t.Fields, d), append(rows, i)
	}
	return t, rows
}

// amount reads a number of characters; what is none becomes -1, which is
// refused at the field.
func amount(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// options are the choices of a list, with its words.
func typeOptions(ctx context.Context, list string, values ...string) (out []ui.Option) {
	for _, v := range values {
		out = append(out, ui.Option{Value: v, Text: i18n.T(ctx, "certificates.types."+list+"."+v)})
	}
	return out
}

// rows are the types as a table shows them.
func typeRows(ctx context.Context, list []kinds.Type, waiting bool) (out []ui.Row) {
	for _, t := range list {
		href := typePath(t)
		if waiting {
			href += "?version=" + strconv.Itoa(t.Version)
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: said(ctx, t.Name), Href: href}}, {Text: i18n.T(ctx, "certificates.types.category."+t.Category)}, {Text: said(ctx, t.By)},
			{Text: i18n.T(ctx, "certificates.types.holder."+t.Holder)}, {Text: t.Code}, {Text: strconv.Itoa(t.Version)}}})
	}
	return out
}

// validity says how long certificates of the type are good for.
func (v typeView) validity(ctx context.Context) string {
	return i18n.T(ctx, "certificates.types.good."+v.Validity.Unit, "n", v.Validity.Amount)
}

// about are the elements of the catalogue (GB/T 36902).
func (v typeView) about(ctx context.Context) []ui.SummaryRow {
	t := func(key string) string { return i18n.T(ctx, "certificates.types."+key) }
	rows := []ui.SummaryRow{{Key: t("name"), Value: said(ctx, v.Name)}, {Key: t("code"), Value: v.Code}, {Key: t("category"), Value: t("category." + v.Category)},
		{Key: t("by"), Value: said(ctx, v.By)}, {Key: t("by_code"), Value: v.Authority}, {Key: t("level"), Value: t("level." + v.Level)}, {Key: t("holder"), Value: t("holder." + v.Holder)},
		{Key: t("good"), Value: v.validity(ctx) + i18n.T(ctx, "certificates.types.cited", "citation", said(ctx, v.Validity.Citation))}}
	issuers := strings.Join(v.Issuers, "、")
	if issuers == "" {
		issuers = t("issuers_none")
	}
	rows = append(rows, ui.SummaryRow{Key: t("issuers"), Value: issuers, Lang: map[bool]string{true: "zh-Hans"}[len(v.Issuers) > 0]})
	level := t("issuer_level_none")
	if v.IssuerLevel != "" {
		level = t("issuer_level." + v.IssuerLevel)
	}
	rows = append(rows, ui.SummaryRow{Key: t("ask.issuer_level"), Value: level})
	for _, b := range v.Basis {
		rows = append(rows, ui.SummaryRow{Key: t("basis"), Value: said(ctx, b)})
	}
	if !v.DecidedAt.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: t("since"), Value: i18n.Date(ctx, v.DecidedAt)})
	}
	return rows
}

// related are the items of a role as a table shows them.
func (v typeView) related(ctx context.Context, role string) (out []ui.Row) {
	lang := map[bool]string{true: "zh-Hans"}
	for _, i := range v.Items {
		if i.Role == role {
			out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: said(ctx, i.Name), Href: "/items/" + i.Region + "/" + i.Code}, Lang: lang[i.Name.En == ""]}, {Text: said(ctx, i.Office), Lang: lang[i.Office.En == ""]}}})
		}
	}
	return out
}

// fieldRows are the fields as a table shows them.
func (v typeView) fieldRows(ctx context.Context) (out []ui.Row) {
	yes := func(b bool) string {
		if b {
			return i18n.T(ctx, "certificates.types.yes")
		}
		return i18n.T(ctx, "certificates.types.no")
	}
	for _, f := range v.Fields {
		kind := i18n.T(ctx, "certificates.types.kind."+f.Kind)
		if len(f.Choices) > 0 {
			kind = strings.Join(f.Choices, "、")
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: said(ctx, f.Label)}, {Text: f.Name}, {Text: kind}, {Text: yes(f.Required)}, {Text: yes(f.Private)}}})
	}
	return out
}
