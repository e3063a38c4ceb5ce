package web

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/pictures"
	"tongban/platform/i18n"
	"tongban/ui"
)

// guidePage is one guide (办事指南).
type guidePage struct {
	o         *catalogue.Offer
	name      string
	path      string
	apply     string
	answers   []ui.Answer
	materials []material
	limits    []ui.SummaryRow
	steps     []ui.SummaryRow
	flow      pictures.Picture
	flowPath  string             // of the picture
	own       []catalogue.Clause // basis of the item itself
	remedies  []ui.SummaryRow
	partners  []ui.SummaryRow
	windows   []ui.SummaryRow
	version   []ui.SummaryRow
	imported  bool
	then      then
	elements  []ui.SummaryRow
	sections  []ui.Link
	joined    []joinedItem // parts of a one thing
}

// material is one line of the list of materials, in words.
type material struct {
	catalogue.Material
	form string // original, copy or electronic, with the number
	law  string
	when string // whether every applicant needs it
}

// GET /items/{region}/{code}
func (h *pages) guide(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	o, at, err := h.offer(r)
	if err != nil {
		return err
	}
	ctx = h.withCited(ctx, o.Region)
	r = r.WithContext(ctx)
	p := h.guidePage(ctx, o)
	if p.flow, err = h.picture(ctx, o); err != nil {
		return err
	}
	p.flowPath = versionPath(p.path+"/flow.svg", o.Version)
	w.Header().Add("Link", "<"+p.path+`/linked-data>; rel="alternate"; type="application/ld+json"`)
	if p.then = at; at.state != "" {
		p.apply = ""
	}
	if p.elements, err = h.elements(ctx, o); err != nil {
		return err
	}
	if p.joined, err = h.joined(ctx, o); err != nil {
		return err
	}
	p.sections = sections(ctx, p)
	return ui.Render(w, r, http.StatusOK, h.guideFrame(ctx, o, p), guideBody(p))
}

// guideFrame is what stands around a guide.
func (h *pages) guideFrame(ctx context.Context, o *catalogue.Offer, p guidePage) ui.Page {
	return ui.Page{Title: p.name, Face: ui.Portal, Active: active, Eyebrow: official(ctx, o.Type) + " · " + i18n.Pick(ctx, o.OrgName, o.OrgNameEn), Lead: o.Summary.In(ctx),
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "catalogue.home"), Href: "/"}, {Text: i18n.T(ctx, "catalogue.items.title"), Href: "/items"}, {Text: i18n.Pick(ctx, o.OrgName, o.OrgNameEn), Href: itemsPath("department", o.Org)}}}
}

func (h *pages) guidePage(ctx context.Context, o *catalogue.Offer) guidePage {
	p := guidePage{o: o, name: i18n.Pick(ctx, o.FullName(), o.NameEn), path: itemPath(o.Region, o.Code), apply: applyPath(o.Region, o.Code), imported: o.Package == ""}
	p.answers = answers(ctx, o)
	for _, m := range o.Materials {
		p.materials = append(p.materials, materialOf(ctx, o, m))
	}
	p.limits, p.windows = limitRows(ctx, o), windowRows(ctx, o)
	for _, s := range o.Steps {
		p.steps = append(p.steps, ui.SummaryRow{Key: s.Name.In(ctx), Value: officeName(ctx, o, s.Org) + " · " + amount(ctx, s.Limit)})
	}
	for _, c := range o.Basis {
		if !catalogue.IsGeneral(c.ID) {
			p.own = append(p.own, c)
		}
	}
	for _, rem := range o.Result.Refusal.Remedies {
		row := ui.SummaryRow{Key: i18n.T(ctx, "catalogue.remedy."+rem.ID), Value: i18n.T(ctx, "catalogue.remedy", "text", rem.Act().In(ctx), "within", i18n.T(ctx, "catalogue.within."+rem.Unit, "n", rem.Amount))}
		if c, ok := o.Clause(rem.Clause); ok {
			row.Part = citation(clauseTitle(ctx, c))
		}
		p.remedies = append(p.remedies, row)
	}
	for _, part := range o.Partners {
		p.partners = append(p.partners, ui.SummaryRow{Key: part.LevelName() + part.Dept, Value: duties(ctx, part), Lang: chinese(ctx, "")})
	}
	for _, part := range o.Participants {
		p.partners = append(p.partners, ui.SummaryRow{Key: officeName(ctx, o, part.Org), Value: part.Role.In(ctx) + i18n.T(ctx, "catalogue.comma") + part.When.In(ctx)})
	}
	p.version = h.versionRows(ctx, o)
	return p
}

func versionPath(path string, n int) string { return path + "?version=" + strconv.Itoa(n) }

// answers are what a guide says first. A package brings its own words.
func answers(ctx context.Context, o *catalogue.Offer) []ui.Answer {
	t := func(key string) string { return i18n.T(ctx, "catalogue.answer."+key) }
	if a := o.Answers; a != nil {
		return []ui.Answer{{Question: t("can_i"), Text: a.CanI.In(ctx), Icon: "done"}, {Question: t("bring"), Text: a.Bring.In(ctx), Icon: "file"}, {Question: t("how_long"), Text: a.HowLong.In(ctx), Icon: "clock"},
			{Question: t("fee"), Text: a.Fee.In(ctx), Icon: "money"}, {Question: t("where"), Text: a.Where.In(ctx), Icon: "place"}, {Question: t("visits"), Text: a.Visits.In(ctx), Icon: "people"}}
	}
	can := ui.Answer{Question: t("can_i"), Text: audienceText(ctx, o.Audience), Icon: "done"}
	if o.Conditions != "" {
		can.Note = i18n.T(ctx, "catalogue.answer.conditions")
	}
	bring := ui.Answer{Question: t("bring"), Text: unknown(ctx), Icon: "file"}
	if n := len(o.Materials); n > 0 {
		bring.Text = i18n.T(ctx, "catalogue.answer.materials", "n", n)
		bring.Note = o.Materials[0].Name.Zh
		if n > 1 {
			bring.Note = i18n.T(ctx, "catalogue.answer.first", "name", o.Materials[0].Name.Zh)
		}
	}
	where := ui.Answer{Question: t("where"), Icon: "place", Text: i18n.T(ctx, "catalogue.online.yes")}
	if !o.Online {
		where.Text = i18n.T(ctx, "catalogue.online.no")
	}
	where.Note = location(o)
	return []ui.Answer{can, bring, howLong(ctx, o), {Question: t("fee"), Text: feeOf(ctx, o), Icon: "money"}, where, {Question: t("visits"), Text: visitsText(ctx, o.Visits), Icon: "people"}}
}

// howLong shows both limits, as far as they are known.
func howLong(ctx context.Context, o *catalogue.Offer) ui.Answer {
	a := ui.Answer{Question: i18n.T(ctx, "catalogue.answer.how_long"), Icon: "clock"}
	promise, legal := amount(ctx, o.Promise), amount(ctx, o.Legal)
	switch {
	case promise != "" && legal != "":
		a.Text, a.Note = i18n.T(ctx, "catalogue.hit.promise", "v", promise), i18n.T(ctx, "catalogue.hit.legal", "v", legal)
	case promise != "":
		a.Text, a.Note = i18n.T(ctx, "catalogue.hit.promise", "v", promise), i18n.T(ctx, "catalogue.limit.legal.unknown")
	case legal != "":
		a.Text, a.Note = i18n.T(ctx, "catalogue.hit.legal", "v", legal), i18n.T(ctx, "catalogue.limit.promise.unknown")
	default:
		a.Text = unknown(ctx)
	}
	return a
}

// element is what an item says in one of its elements, as it was written.
func element(o *catalogue.Offer, key string) string {
	return strings.Join(content.Get(&o.Item, key), "\n")
}

// resultName is what the guide says comes out, when it says it in words and not
// by a code.
func resultName(o *catalogue.Offer) string {
	name := cmp.Or(element(o, "result_name"), element(o, "result_type"))
	if strings.Trim(name, "0123456789,;") == "" {
		return ""
	}
	return name
}

// feeOf is the fee in words, also where only that there is one is known.
func feeOf(ctx context.Context, o *catalogue.Offer) string {
	if element(o, "is_fee") == "true" && !o.Fee.Known {
		return i18n.T(ctx, "catalogue.fee.some")
	}
	return feeText(ctx, o.Fee)
}

// location is the place as published, without the label in front of it.
func location(o *catalogue.Offer) string {
	return strings.TrimPrefix(o.Location, "办理地点：")
}

func materialOf(ctx context.Context, o *catalogue.Offer, m catalogue.Material) material {
	out := material{Material: m, when: i18n.T(ctx, "catalogue.material.always")}
	if m.NeededWhen != "" {
		out.when = i18n.T(ctx, "catalogue.material.sometimes")
	}
	if m.Kind != "" {
		out.form = i18n.T(ctx, "catalogue.material."+m.Kind, "n", m.Count)
	}
	if c, ok := o.Clause(m.Clause); ok {
		out.law = c.Citation()
	}
	return out
}

func limitRows(ctx context.Context, o *catalogue.Offer) []ui.SummaryRow {
	row := func(key string, l catalogue.Limit) ui.SummaryRow {
		return ui.SummaryRow{Key: i18n.T(ctx, "catalogue.limit."+key), Value: orUnknown(ctx, amount(ctx, l)), Part: citation(l.Citation.In(ctx))}
	}
	rows := []ui.SummaryRow{row("promise", o.Promise), row("legal", o.Legal)}
	if o.Extension.Known() {
		rows = append(rows, row("extension", o.Extension))
	}
	if o.Correction.Known() {
		rows = append(rows, row("correction", o.Correction))
	}
	for _, s := range o.Pauses {
		rows = append(rows, ui.SummaryRow{Key: i18n.T(ctx, "catalogue.limit.pause"), Value: s.Name.In(ctx), Part: citation(s.Citation.In(ctx))})
	}
	return rows
}

func windowRows(ctx context.Context, o *catalogue.Offer) []ui.SummaryRow {
	t := func(key string) string { return i18n.T(ctx, "catalogue.window."+key) }
	var rows []ui.SummaryRow
	for _, w := range o.Windows {
		rows = append(rows, ui.SummaryRow{Key: t("name"), Value: w.Name.In(ctx)}, ui.SummaryRow{Key: t("address"), Value: w.Address.In(ctx)},
			ui.SummaryRow{Key: t("hours"), Value: orUnknown(ctx, w.Hours.In(ctx))}, ui.SummaryRow{Key: t("phone"), Value: orUnknown(ctx, w.Phone)})
	}
	if len(o.Windows) == 0 {
		rows = append(rows, ui.SummaryRow{Key: t("address"), Value: orUnknown(ctx, location(o)), Lang: chinese(ctx, "")}, ui.SummaryRow{Key: t("hours"), Value: orUnknown(ctx, element(o, "transact_time")), Lang: chinese(ctx, "")},
			ui.SummaryRow{Key: t("phone"), Value: orUnknown(ctx, o.Phone), Lang: chinese(ctx, "")})
	}
	return append(rows, ui.SummaryRow{Key: t("complaint"), Value: orUnknown(ctx, o.ComplaintPhone), Lang: chinese(ctx, "")})
}

func duties(ctx context.Context, p catalogue.Partner) string {
	var names []string
	for _, d := range p.Duties {
		names = append(names, i18n.T(ctx, "catalogue.duty."+string(d)))
	}
	return strings.Join(names, i18n.T(ctx, "catalogue.and"))
}

func (h *pages) versionRows(ctx context.Context, o *catalogue.Offer) []ui.SummaryRow {
	t := func(key string) string { return i18n.T(ctx, "catalogue.version."+key) }
	rows := []ui.SummaryRow{
		{Key: t("number"), Value: i18n.T(ctx, "catalogue.version.value", "n", o.Version, "date", i18n.Date(ctx, o.Effective))},
		{Key: t("org"), Value: i18n.Pick(ctx, o.OrgName, o.OrgNameEn), Lang: chinese(ctx, o.OrgNameEn)},
		{Key: t("code"), Value: o.Code},
		{Key: t("region"), Value: h.RegionName(ctx, o.Region)},
	}
	if o.NameEn != "" && i18n.Of(ctx) == i18n.English {
		rows = append([]ui.SummaryRow{{Key: t("chinese_name"), Value: o.FullName(), Lang: string(i18n.Chinese)}}, rows...)
	}
	source := o.Source.In(ctx)
	if o.AsOf != "" {
		source = i18n.T(ctx, "catalogue.version.as_of", "date", asOf(ctx, o.AsOf))
	}
	if source != "" {
		rows = append(rows, ui.SummaryRow{Key: t("source"), Value: source})
	}
	if o.OrgSuspected {
		rows = append(rows, ui.SummaryRow{Key: t("org_code"), Value: i18n.T(ctx, "catalogue.departments.suspected", "code", o.Org)})
	}
	return rows
}

// asOf writes the state of a source, a month or a day.
func asOf(ctx context.Context, s string) string {
	if t, err := time.Parse("2006-01-02", s); err == nil {
		return i18n.Date(ctx, t)
	}
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return s
	}
	return i18n.T(ctx, "catalogue.month", "year", t.Year(), "month", i18n.Pick(ctx, strconv.Itoa(int(t.Month())), t.Month().String()))
}

// picture is the flow as it was drawn when its version was published.
func (h *pages) picture(ctx context.Context, o *catalogue.Offer) (pictures.Picture, error) {
	if len(o.Flow) == 0 {
		return pictures.Picture{}, nil
	}
	f, lang := pictures.OfOffer(o), i18n.Of(ctx)
	key := f.Key(lang)
	if p, ok := h.flows.Load(key); ok {
		return p.(pictures.Picture), nil
	}
	p, err := pictures.Show(ctx, h.DB, h.Clock, f, lang)
	if err == nil {
		h.flows.Store(key, p)
	}
	return p, err
}

// GET /items/{region}/{code}/flow.svg
func (h *pages) flow(w http.ResponseWriter, r *http.Request) error {
	o, _, err := h.offer(r)
	if err != nil {
		return err
	}
	p, err := h.picture(r.Context(), o)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.Header().Set("Vary", "Cookie, Accept-Language") // its names are in the reader's language
	_, err = w.Write([]byte(p.SVG))
	return err
}

func sections(ctx context.Context, p guidePage) []ui.Link {
	var out []ui.Link
	for _, id := range []string{"conditions", "materials", "flow", "limits", "fee", "result", "window", "elements", "basis", "remedies", "version"} {
		if id == "elements" && len(p.elements) == 0 || p.o.Bundle != nil && (id == "result" || id == "remedies") {
			continue
		}
		out = append(out, ui.Link{Text: i18n.T(ctx, "catalogue.section."+id), Href: "#" + id})
	}
	return out
}
