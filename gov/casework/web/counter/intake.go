package counter

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/reuse"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/fault"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// intakeView is the work area of one application: questions, form, materials.
type intakeView struct {
	Draft    casework.Draft // with what was just entered, saved or not
	Offer    *catalogue.Offer
	Way      []catalogue.Answered
	Open     *catalogue.Question
	Missing  []ui.Problem // everything that keeps it from being handed in
	Problems []ui.Problem // of what was just sent
	Clashes  []casework.Clash
	Saved    bool
	Known    map[string]string
	Lists    forms.Lists // that fields of the form take answers from
	Sent     url.Values  // what was refused, to be shown again

	Binds  bool                   // certificates can stand in for materials
	Looked bool                   // the person present let the clerk look for them
	Fits   map[string][]reuse.Fit // by material
}

// GET /counter/drafts/{region}/{id}
func (h pages) intake(w http.ResponseWriter, r *http.Request) error {
	d, err := h.draft(r)
	if err != nil {
		return err
	}
	if d.State != casework.DraftOpen {
		return h.closed(w, r, d)
	}
	return h.showIntake(w, r, http.StatusOK, intakeView{Draft: d, Saved: r.URL.Query().Get("saved") != ""})
}

func (h pages) draft(r *http.Request) (casework.Draft, error) {
	return h.Casework.Draft(r.Context(), r.PathValue("region"), casework.DraftID(r.PathValue("id")))
}

// closed leads from a draft that was handed in to its receipt.
func (h pages) closed(w http.ResponseWriter, r *http.Request, d casework.Draft) error {
	if d.State == casework.DraftSubmitted && bundles.Is(d.Case) && h.Bundles != nil {
		b, err := h.Bundles.OfDraft(r.Context(), d.Region, d.ID)
		if err != nil {
			return err
		}
		return web.Redirect(w, r, bundleHref(b.Number))
	}
	if d.State == casework.DraftSubmitted {
		c, err := h.Casework.Submit(r.Context(), d.Region, d.ID, 0) // a draft becomes one case; this names it
		if err != nil {
			return err
		}
		return web.Redirect(w, r, receiptHref(c.Number))
	}
	return casework.ErrDraftClosed.With("state", string(d.State))
}

func (h pages) showIntake(w http.ResponseWriter, r *http.Request, status int, v intakeView) (err error) {
	ctx := r.Context()
	d := v.Draft
	if v.Offer, err = h.Casework.Offer(ctx, d.Region, d.Item, d.ItemVersion); err != nil {
		return err
	}
	if v.Lists, err = h.Casework.ListsFor(ctx, d.Region, d.Item, d.ItemVersion); err != nil {
		return err
	}
	v.Offer = v.Offer.In(d.Situation)
	v.Way, v.Open = v.Offer.Situations.Walk(d.Situation)
	v.Known = d.Known()
	if err := h.fitting(ctx, &v); err != nil {
		return err
	}
	missing, err := h.missing(ctx, v.Offer, d)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		v.Missing = ui.ProblemsOf(ctx, missing)
	}
	if v.Open == nil {
		v.Missing = append(v.Missing, h.unexplained(ctx, v)...)
	} else { // what form and materials need is known when the questions are answered
		v.Missing = slices.DeleteFunc(v.Missing, func(p ui.Problem) bool { return !strings.HasPrefix(p.Field, "situation.") })
	}
	for _, p := range v.Missing { // what was entered and cannot be used is said at once; what is empty only when it is handed in
		if id, ok := strings.CutPrefix(p.Field, "form."); ok && d.Form[id] != "" && ui.ErrorFor(v.Problems, p.Field) == "" {
			v.Problems = append(v.Problems, p)
		}
	}
	page := ui.Page{Title: d.ItemName, Eyebrow: i18n.T(ctx, "counter.intake.eyebrow", "name", d.Applicant.Title(), "office", d.OrgName), Active: "counter",
		Back: ui.Link{Text: i18n.T(ctx, "counter.intake.back"), Href: "/counter/people/" + d.Applicant.Person}, Problems: v.Problems,
		Keys: []ui.Key{nextPerson(ctx), {Name: "F4", Text: i18n.T(ctx, "counter.key.save"), Form: "intake"}}}
	return render(w, r, status, page, intakePage(v))
}

// unexplained are gaps in the checklist that nobody gave a reason for.
func (h pages) unexplained(ctx context.Context, v intakeView) []ui.Problem {
	var out []ui.Problem
	for _, m := range v.materials() {
		ch := v.Draft.Materials[m.ID]
		if (ch.Mode == casework.ToFollow || ch.Mode == casework.NotNeeded) && ch.Note == "" {
			out = append(out, ui.Problem{Field: "note." + m.ID, Text: i18n.T(ctx, "counter.problem.note", "name", m.Name.In(ctx))})
		}
	}
	return out
}

// materials are those that this situation needs.
func (v intakeView) materials() []catalogue.Material {
	all := v.Offer.Situations.Prune(v.Draft.Situation)
	maps.Copy(all, v.Draft.Form)
	return v.Offer.MaterialsFor(all)
}

// here is how long it takes, what it costs and who decides in this situation;
// nothing for an item that is the same in all.
func (v intakeView) here(ctx context.Context) []ui.SummaryRow {
	o := v.Offer
	if o.Situations == nil || len(o.Situations.Variations) == 0 {
		return nil
	}
	rows := []ui.SummaryRow{{Key: i18n.T(ctx, "counter.here.office"), Value: i18n.Pick(ctx, o.OrgName, o.OrgNameEn)}}
	if s := lasting(ctx, o.Lasting()); s != "" {
		rows = append(rows, ui.SummaryRow{Key: i18n.T(ctx, "counter.here.limit"), Value: s})
	}
	if o.Fee.Known {
		rows = append(rows, ui.SummaryRow{Key: i18n.T(ctx, "counter.here.fee"), Value: i18n.Money(o.Fee.Cents)})
	}
	return rows
}

// ahead are the questions that may still come: the open one and all that its
// answers lead to, in the order of the list.
func (v intakeView) ahead() []catalogue.Question {
	if v.Open == nil {
		return nil
	}
	return v.Offer.Situations.Ahead(v.Draft.Situation)
}

func (v intakeView) path() string { return draftHref(v.Draft) }

// shownFields are the fields on the page, so that an unticked box is told from
// one that was not there.
func (v intakeView) shownFields() []string {
	if v.Open != nil {
		return nil // the form comes after the questions
	}
	all := v.Offer.Situations.Prune(v.Draft.Situation)
	maps.Copy(all, v.Draft.Form)
	var out []string
	for _, g := range v.Offer.Form.Shown(all) {
		for _, f := range g.Fields {
			if _, locked := f.Locked(v.Known); !locked {
				out = append(out, f.ID)
			}
		}
	}
	return out
}

func (v intakeView) form(ctx context.Context) ui.FormProps {
	person, org := i18n.T(ctx, "counter.source.person"), i18n.T(ctx, "counter.source.org")
	return ui.FormProps{Def: v.Offer.Form, Answers: v.Draft.Form, Others: v.Offer.Situations.Prune(v.Draft.Situation), Known: v.Known, Lists: v.Lists, Look: casework.LookUp, Problems: v.Problems, Prefix: "form.", Refresh: v.path(),
		Sources: map[string]string{"person.name": person, "person.idnumber": person, "person.phone": person, "person.sex": person, "person.birth": person, "org.name": org, "org.uscc": org}}
}

// modes are the ways in which a material of this item may be handed in.
func (v intakeView) modes(ctx context.Context, m catalogue.Material) []ui.Option {
	imported := v.Offer.Package == ""
	list := []casework.Mode{casework.ByFile}
	if imported || slices.ContainsFunc(m.Instead, func(s catalogue.Substitute) bool { return s.Kind == "certificate" }) {
		list = append(list, casework.Electronic)
	}
	if slices.ContainsFunc(m.Instead, func(s catalogue.Substitute) bool { return s.Kind == "commitment" }) {
		list = append(list, casework.Pledged)
	}
	if m.Later || imported {
		list = append(list, casework.ToFollow)
	}
	if imported {
		list = append(list, casework.NotNeeded)
	}
	out := []ui.Option{{Value: "", Text: i18n.T(ctx, "counter.mode.none")}}
	for _, k := range list {
		out = append(out, ui.Option{Value: string(k), Text: i18n.T(ctx, "counter.mode."+string(k))})
	}
	for _, s := range m.Instead {
		if s.Kind == "data" || s.Kind == "certificate" {
			out = append(out, ui.Option{Value: lookWay(s), Text: i18n.T(ctx, "counter.mode."+s.Kind, "name", s.Name.In(ctx))})
		}
	}
	return out
}

// clash is what somebody else wrote into a field in the meantime.
func (v intakeView) clashName(ctx context.Context, field string) string {
	kind, id, _ := strings.Cut(field, ".")
	if kind == "situation" {
		if q, ok := v.Offer.Situations.Question(id); ok {
			return q.Text.In(ctx)
		}
	}
	for _, f := range v.Offer.Form.Fields() {
		if kind == "form" && f.ID == id {
			return i18n.Pick(ctx, f.Label.Zh, f.Label.En)
		}
	}
	return id
}

func (v intakeView) clashValue(ctx context.Context, field, value string) string {
	kind, id, _ := strings.Cut(field, ".")
	if value == "" {
		return i18n.T(ctx, "casefile.empty")
	}
	if q, ok := v.Offer.Situations.Question(id); ok && kind == "situation" {
		if o, ok := q.Option(value); ok {
			return o.Text.In(ctx)
		}
	}
	for _, f := range v.Offer.Form.Fields() {
		if kind == "form" && f.ID == id {
			return v.Lists.Display(f, value, string(i18n.Of(ctx)))
		}
	}
	return value
}

// POST /counter/drafts/{region}/{id}: every post saves, whatever button it was.
func (h pages) intakePost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := h.draft(r)
	if err != nil {
		return err
	}
	if d.State != casework.DraftOpen {
		return h.closed(w, r, d)
	}
	o, err := h.Casework.Offer(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return err
	}
	rules := map[string]rule{}
	for _, m := range o.Materials {
		rules["file."+m.ID] = ruleFor(m)
	}
	in, err := h.receive(w, r, rules)
	if err != nil {
		return err
	}
	r.PostForm = in.Values
	edit := editOf(o, in)
	saved, err := h.Casework.Save(ctx, d.Region, d.ID, casefile.Version(r), edit)
	if err != nil {
		return h.notSaved(w, r, d, edit, in, err)
	}
	d, problems, err := h.takeMaterials(ctx, saved, o, in)
	if err != nil {
		return err
	}
	d, more, err := h.takeDelivery(ctx, d, in)
	if err != nil {
		return err
	}
	v := intakeView{Draft: d, Problems: append(append(in.Problems, problems...), more...)}
	act, arg, _ := strings.Cut(in.Get("act"), ":")
	switch {
	case len(v.Problems) > 0:
		v.Sent = in.Values
		return h.showIntake(w, r, http.StatusUnprocessableEntity, v)
	case act == "submit":
		return h.submit(w, r, v)
	case act == actLook && h.Reuse != nil:
		return h.look(w, r, v)
	}
	to := v.path() + "?saved=1"
	if act == "detach" || act+":" == actUse {
		id, _, _ := strings.Cut(arg, "/")
		to += "#m-" + id
	}
	if act+":" == ui.FindAct {
		to += "#" + ui.FieldID("form."+arg)
	}
	return web.Redirect(w, r, to)
}

// editOf reads questions and fields that were on the page.
func editOf(o *catalogue.Offer, in sent) casework.Edit {
	e := casework.Edit{Situation: map[string]string{}, Form: map[string]string{}}
	if o.Situations != nil {
		for _, q := range o.Situations.Questions {
			if _, on := in.Values["situation."+q.ID]; on {
				e.Situation[q.ID] = in.Get("situation." + q.ID)
			}
		}
	}
	known := map[string]forms.Field{}
	for _, f := range o.Form.Fields() {
		known[f.ID] = f
	}
	for _, id := range in.Values["shown"] {
		if _, ok := known[id]; ok {
			e.Form[id] = strings.Join(ui.Entered(in.Values, "form."+id), "\n")
		}
	}
	return e
}

// notSaved shows the page again with what was entered: because somebody else
// changed the same fields, or because something in it cannot be kept.
func (h pages) notSaved(w http.ResponseWriter, r *http.Request, d casework.Draft, e casework.Edit, in sent, err error) error {
	ctx := r.Context()
	v := intakeView{Draft: d, Problems: in.Problems, Sent: in.Values}
	v.Draft.Situation, v.Draft.Form = maps.Clone(d.Situation), maps.Clone(d.Form)
	maps.Copy(v.Draft.Situation, e.Situation)
	maps.Copy(v.Draft.Form, e.Form)
	if p := casefile.Problems(ctx, err, nil); p != nil {
		v.Problems = append(v.Problems, p...)
		return h.showIntake(w, r, http.StatusUnprocessableEntity, v)
	}
	var f *fault.Fault
	if !errors.Is(err, casework.ErrStale) || !errors.As(err, &f) {
		return err
	}
	v.Clashes, _ = f.Details["clashes"].([]casework.Clash)
	return h.showIntake(w, r, http.StatusConflict, v)
}

// takeMaterials writes the checklist: how each material is handed in, its
// files, what is taken away again.
func (h pages) takeMaterials(ctx context.Context, d casework.Draft, o *catalogue.Offer, in sent) (casework.Draft, []ui.Problem, error) {
	var problems []ui.Problem
	for _, m := range o.Materials {
		fresh, found, err := h.takeMaterial(ctx, d, m, in)
		if err != nil {
			if found = casefile.Problems(ctx, err, nil); found == nil {
				return d, problems, err
			}
			fresh = d
		}
		d, problems = fresh, append(problems, found...)
	}
	if what, ok := strings.CutPrefix(in.Get("act"), "detach:"); ok {
		material, hash, _ := strings.Cut(what, "/")
		fresh, err := h.Casework.Detach(ctx, d.Region, d.ID, material, hash)
		if err != nil {
			return d, problems, err
		}
		d = fresh
	}
	if what, ok := strings.CutPrefix(in.Get("act"), actUse); ok {
		fresh, err := h.take(ctx, d, what)
		if p := casefile.Problems(ctx, err, nil); p != nil {
			return d, append(problems, p...), nil
		}
		return fresh, problems, err
	}
	return d, problems, nil
}

func (h pages) takeMaterial(ctx context.Context, d casework.Draft, m catalogue.Material, in sent) (casework.Draft, []ui.Problem, error) {
	was := d.Materials[m.ID]
	mode, note := casework.Mode(in.Get("material."+m.ID)), strings.TrimSpace(in.Get("note."+m.ID))
	scans := in.Files["file."+m.ID]
	if len(scans) > 0 {
		mode = casework.ByFile
	}
	paper := ""
	if m, source, data := strings.Cut(string(mode), ":"); data {
		mode, paper = casework.Mode(m), source
	}
	looked := paper != "" // the office looks it up, with consent
	if looked && paper != was.Paper && in.Get("consent."+m.ID) != "yes" {
		return d, []ui.Problem{{Field: "consent." + m.ID, Text: i18n.T(ctx, "counter.problem.consent", "name", m.Name.In(ctx))}}, nil
	}
	if mode == casework.Electronic && !looked { // the field beside it holds the code of the certificate then
		paper, note = certificates.CleanCode(note), ""
	}
	var err error
	if mode != "" && (mode != was.Mode || note != was.Note || mode == casework.Electronic && paper != was.Paper) {
		if mode == casework.Electronic && !looked {
			if p, err := h.paperProblem(ctx, d, m, paper); err != nil || p != "" {
				return d, []ui.Problem{{Field: "note." + m.ID, Text: p}}, err
			}
		}
		if d, err = h.choose(ctx, d, m.ID, mode, paper, note); err != nil {
			return d, nil, err
		}
	}
	for _, a := range scans {
		a.Checked = in.Get("original."+m.ID) == "yes"
		fresh, err := h.Casework.Attach(ctx, d.Region, d.ID, m.ID, a)
		if err != nil {
			return d, nil, err
		}
		d = fresh
	}
	return d, nil, nil
}

func (h pages) choose(ctx context.Context, d casework.Draft, material string, mode casework.Mode, paper, note string) (casework.Draft, error) {
	fresh, err := h.Casework.Choose(ctx, d.Region, d.ID, material, mode, paper, note)
	if err != nil {
		return d, err
	}
	return fresh, nil
}

// paperProblem says at the field of the code why a certificate cannot stand
// for a material; "" when it can.
func (h pages) paperProblem(ctx context.Context, d casework.Draft, m catalogue.Material, code string) (string, error) {
	if code == "" {
		return i18n.T(ctx, "counter.problem.paper_code", "name", m.Name.In(ctx)), nil
	}
	wrong, err := h.Casework.PaperProblem(ctx, d, m.ID, code)
	if err != nil || len(wrong) == 0 {
		return "", err
	}
	return i18n.T(ctx, wrong[0].Code, wrong[0].Pairs...), nil
}

// submit hands the application in; what is missing comes back with links to it.
func (h pages) submit(w http.ResponseWriter, r *http.Request, v intakeView) (err error) {
	ctx, d := r.Context(), v.Draft
	if v.Offer, err = h.Casework.Offer(ctx, d.Region, d.Item, d.ItemVersion); err != nil {
		return err
	}
	if gaps := h.unexplained(ctx, v); len(gaps) > 0 {
		v.Problems = append(v.Problems, gaps...)
	}
	missing, err := h.missing(ctx, v.Offer, d)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		v.Problems = append(ui.ProblemsOf(ctx, missing), v.Problems...)
	}
	if len(v.Problems) > 0 {
		return h.showIntake(w, r, http.StatusUnprocessableEntity, v)
	}
	to, err := h.handIn(ctx, v.Offer, d)
	if errors.Is(err, casework.ErrNewVersion) {
		fresh, rerr := h.Casework.Renew(ctx, d.Region, d.ID)
		if rerr != nil {
			return rerr
		}
		v.Draft, v.Problems = fresh, []ui.Problem{{Text: i18n.T(ctx, "counter.problem.renewed")}}
		return h.showIntake(w, r, http.StatusConflict, v)
	}
	if v.Problems = casefile.Problems(ctx, err, nil); v.Problems != nil {
		return h.showIntake(w, r, http.StatusUnprocessableEntity, v)
	}
	if errors.Is(err, casework.ErrStale) {
		fresh, derr := h.draft(r)
		if derr != nil {
			return derr
		}
		v.Draft, v.Problems = fresh, []ui.Problem{{Text: i18n.T(ctx, "counter.problem.changed", "who", fresh.UpdatedBy, "at", i18n.DateTime(ctx, fresh.UpdatedAt))}}
		return h.showIntake(w, r, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, to+"?new=1")
}

// POST /counter/drafts/{region}/{id}/discard
func (h pages) discard(w http.ResponseWriter, r *http.Request) error {
	d, err := h.draft(r)
	if err != nil {
		return err
	}
	if err := h.Casework.Discard(r.Context(), d.Region, d.ID); err != nil {
		return err
	}
	return web.Redirect(w, r, "/counter/people/"+d.Applicant.Person)
}

// GET /counter/drafts/{region}/{id}/files/{hash}
func (h pages) draftFile(w http.ResponseWriter, r *http.Request) error {
	d, err := h.draft(r)
	if err != nil {
		return err
	}
	x, ok := casefile.Find(d, nil, r.PathValue("hash"))
	if !ok {
		return casework.ErrNoMaterial.With("material", r.PathValue("hash"))
	}
	return h.desk.Hand(w, r, x, ui.Link{Text: i18n.T(r.Context(), "counter.file.back"), Href: intakeView{Draft: d}.path()})
}
