package applicant

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/catalogue"
	"tongban/gov/identity/number"
	"tongban/platform/calendar"
	"tongban/platform/i18n"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/web"
	"tongban/ui"
)

// checkView is everything read back before submitting.
type checkView struct {
	k         desk
	Accept    calendar.Limit
	AcceptDue calendar.Result
	Known     int // fields that were filled in from what is known
	Fields    int
	Once      string
	Renewed   bool              // the item has a new version since the draft began
	Stale     *clash            // somebody changed the draft since it was read
	Since     []casework.Change // what they changed
	Want      casework.Delivery // as it was sent, when something is wrong with it
	Problems  []ui.Problem
	Parts     []bundles.Preview // of a one thing: who gets what
}

// offices are the ones that will use what is handed in: of a one thing, those
// of its parts.
func (v checkView) offices(ctx context.Context) string {
	names := []string{}
	for _, p := range v.Parts {
		if name := i18n.Pick(ctx, p.OrgName, p.OrgNameEn); !p.Gone && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return v.k.OrgName
	}
	return strings.Join(names, i18n.Pick(ctx, "、", ", "))
}

// check answers GET …/check.
func (h pages) check(w http.ResponseWriter, r *http.Request, k desk) error {
	if k.open != nil {
		return web.Redirect(w, r, k.path()+"/situation")
	}
	return h.showCheck(w, r, http.StatusOK, checkView{k: k})
}

func (h pages) showCheck(w http.ResponseWriter, r *http.Request, status int, v checkView) error {
	ctx := r.Context()
	var err error
	if v.Accept, err = h.accept(ctx, v.k.offer); err != nil {
		return err
	}
	if h.joins(v.k.offer) {
		if v.Parts, err = h.Bundles.Preview(ctx, v.k.Draft); err != nil {
			return err
		}
	}
	v.Once = id.Secret(10)
	v.AcceptDue = h.Casework.Calendar.Due(h.Clock.Now(), v.Accept, nil)
	known := v.k.Known()
	for _, g := range v.k.offer.Form.Shown(v.k.answers()) {
		for _, f := range g.Fields {
			v.Fields++
			if f.Prefill != nil && known[f.Prefill.Source] != "" && known[f.Prefill.Source] == v.k.normal[f.ID] {
				v.Known++
			}
		}
	}
	if status == http.StatusOK {
		v.Problems = nil
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "check.title"), Eyebrow: itemName(r.Context(), v.k.offer), Active: "do", Back: ui.Link{Href: v.k.path()}, Problems: v.Problems}, checkPage(v))
}

// submit answers POST …/check. A draft becomes one case, however often the
// button is pressed.
func (h pages) submit(w http.ResponseWriter, r *http.Request, k desk) error {
	if err := post(w, r); err != nil {
		return err
	}
	if r.PostForm.Get("act") == "later" {
		return web.Redirect(w, r, "/my?done=saved")
	}
	ctx := r.Context()
	if key := r.PostForm.Get("once"); key != "" {
		ctx = once.With(ctx, key)
	}
	want := deliveryOf(r, k.Delivery)
	seen, err := h.deliver(ctx, k, want, version(r))
	var to string
	if err == nil {
		to, err = h.handIn(ctx, k, seen)
	}
	if err == nil {
		return web.Redirect(w, r, to+"?done=submitted")
	}
	if errors.Is(err, casework.ErrNewVersion) {
		return h.renew(w, r, k)
	}
	if stale, ok := clashOf(err); ok {
		v := checkView{k: k, Stale: &stale}
		changes, err := h.Casework.Changes(ctx, k.Region, k.ID)
		if err != nil {
			return err
		}
		for _, x := range changes {
			if x.Version > version(r) {
				v.Since = append(v.Since, x)
			}
		}
		return h.showCheck(w, r, http.StatusConflict, v)
	}
	var refused casework.Problems
	if !errors.As(err, &refused) {
		return err
	}
	v := checkView{k: k, Want: want}
	for _, p := range refused {
		if strings.HasPrefix(p.Field, "delivery") {
			v.Problems = append(v.Problems, ui.Problem{Field: p.Field, Text: i18n.T(ctx, p.Code, p.Pairs...)})
			continue
		}
		v.Problems = append(v.Problems, ui.Problem{Field: "row." + p.Field, Text: i18n.T(ctx, p.Code, named(ctx, k, p)...)})
	}
	return h.showCheck(w, r, http.StatusUnprocessableEntity, v)
}

// renew takes the draft over to the rules that are in force now and shows it
// again: nobody applies under rules that were replaced meanwhile.
func (h pages) renew(w http.ResponseWriter, r *http.Request, k desk) error {
	d, err := h.Casework.Renew(r.Context(), k.Region, k.ID)
	if err != nil {
		return err
	}
	if k, err = h.desk(r, d); err != nil {
		return err
	}
	return h.showCheck(w, r, http.StatusConflict, checkView{k: k, Renewed: true})
}

// checkSection is one block of the check page.
type checkSection struct {
	Title string
	Rows  []checkRow
}

// checkRow is one answer with the way to change it.
type checkRow struct {
	Field, Key, Value, Note, Source, Change, Problem, Warning string
}

// sections lists everything that will be submitted.
func (v checkView) sections(ctx context.Context) []checkSection {
	var out []checkSection
	if len(v.k.way) > 0 {
		s := checkSection{Title: words(ctx, "check.situation")}
		for _, a := range v.k.way {
			row := checkRow{Field: "situation." + a.Question.ID, Key: a.Question.Text.In(ctx), Value: a.Option.Text.In(ctx),
				Change: v.k.path() + "/situation?back=check&q=" + a.Question.ID}
			if a.Option.Warning != nil {
				row.Warning = a.Option.Warning.Text.In(ctx)
			}
			s.Rows = append(s.Rows, row)
		}
		out = append(out, s)
	}
	for _, g := range v.k.offer.Form.Shown(v.k.answers()) {
		s := checkSection{Title: i18n.Pick(ctx, g.Title.Zh, g.Title.En)}
		for _, f := range g.Fields {
			c := v.k.control(ctx, f, v.k.normal[f.ID], nil)
			row := checkRow{Field: "form." + f.ID, Key: c.Label, Value: v.k.display(ctx, "form."+f.ID, v.k.normal[f.ID]), Source: c.Source}
			if f.Type == "idnumber" && v.k.normal[f.ID] != "" {
				row.Value = number.Mask(v.k.normal[f.ID])
			}
			if !c.Locked {
				row.Change = v.k.path() + "/form?back=check&step=" + g.ID + "#" + ui.FieldID("form."+f.ID)
			}
			s.Rows = append(s.Rows, row)
		}
		out = append(out, s)
	}
	if needed := v.k.needed(); len(needed) > 0 {
		s := checkSection{Title: words(ctx, "materials")}
		for _, m := range needed {
			s.Rows = append(s.Rows, checkRow{Field: "material." + m.ID, Key: m.Name.In(ctx), Value: v.k.handedIn(ctx, m), Note: v.k.consentOf(ctx, m), Change: v.k.path() + "/materials?back=check#" + materialID(m)})
		}
		out = append(out, s)
	}
	return v.withProblems(out)
}

// identity says that who applies has to be verified first; "" when that is all
// right, or when something else is missing too and comes first.
func (v checkView) identity(ctx context.Context) string {
	for _, p := range v.k.problems {
		if p.Code == "casework.problem.identity" && len(v.k.problems) == 1 {
			return i18n.T(ctx, p.Code, p.Pairs...)
		}
	}
	return ""
}

// leftovers are what stays behind: files of a way that was given up, and what
// the answers no longer ask for.
func (v checkView) leftovers(ctx context.Context) []ui.SummaryRow {
	var out []ui.SummaryRow
	for _, l := range v.k.Leftovers(v.k.offer.Materials, v.k.needed()) {
		row := ui.SummaryRow{Key: l.Material.Name.In(ctx), Value: words(ctx, "check.left_files", "names", fileNames(l.Files), "way", v.k.handedIn(ctx, l.Material)), Change: ui.Link{Href: v.k.path() + "/materials?back=check#" + materialID(l.Material), Text: words(ctx, "change")}}
		if l.Unneeded {
			row.Value, row.Change = words(ctx, "check.left_unneeded"), ui.Link{}
			if len(l.Files) > 0 {
				row.Value += words(ctx, "check.left_names", "names", fileNames(l.Files))
			}
		}
		out = append(out, row)
	}
	return out
}

func fileNames(list []casework.Attachment) string {
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = f.Name
	}
	return strings.Join(names, "、")
}

// withProblems puts each problem at its row.
func (v checkView) withProblems(sections []checkSection) []checkSection {
	for _, s := range sections {
		for i := range s.Rows {
			s.Rows[i].Problem = ui.ErrorFor(v.Problems, "row."+s.Rows[i].Field)
		}
	}
	return sections
}

// consentOf says what the applicant agreed to with the way that a material is
// handed in.
func (k desk) consentOf(ctx context.Context, m catalogue.Material) string {
	return materialRow{Choice: k.Materials[m.ID]}.consented(ctx)
}

// handedIn says in words how a material is handed in.
func (k desk) handedIn(ctx context.Context, m catalogue.Material) string {
	c := k.Materials[m.ID]
	switch c.Mode {
	case casework.ByFile:
		if len(c.Files) == 0 {
			return words(ctx, "empty")
		}
		var names []string
		for _, f := range c.Files {
			names = append(names, f.Name)
		}
		return strings.Join(names, "\n")
	case casework.Electronic:
		kind, source, _ := strings.Cut(c.Paper, ":")
		if source == "" { // the code of a certificate
			return words(ctx, "materials.by_mine")
		}
		for _, s := range m.Instead {
			if s.Kind == kind && s.Source == source {
				return words(ctx, "materials.by_"+kind, "name", s.Name.In(ctx))
			}
		}
		return words(ctx, "materials.by_electronic")
	case casework.Pledged:
		return words(ctx, "materials.by_commitment")
	case casework.ToFollow:
		return words(ctx, "materials.by_later")
	case casework.NotNeeded:
		return words(ctx, "materials.by_not_applicable")
	}
	return words(ctx, "empty")
}

// materialID is the id of a material's block on its page.
func materialID(m catalogue.Material) string { return "m-" + m.ID }

// limitWords writes a limit of the catalogue: 8 个工作日.
func limitWords(ctx context.Context, l catalogue.Limit) string {
	if !l.Known() {
		return ""
	}
	return words(ctx, "amount."+string(l.Unit), "n", l.Amount)
}

// lastingWords writes a limit that the calendar counts.
func lastingWords(ctx context.Context, l calendar.Limit) string {
	unit := map[calendar.Unit]string{calendar.WorkingDays: "workday", calendar.CalendarDays: "day", calendar.Hours: "hour"}[l.Unit]
	return words(ctx, "amount."+unit, "n", l.Amount)
}

// tasks answers GET /drafts/{region}/{id}: all parts of the application with
// how far each is.
func (h pages) tasks(w http.ResponseWriter, r *http.Request, k desk) error {
	ctx := r.Context()
	var err error
	if k.readers, err = h.Casework.ReadersOfDraft(ctx, k.Region, k.ID); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: words(ctx, "tasks.title"), Eyebrow: itemName(r.Context(), k.offer), Active: "mine", Back: ui.Link{Href: "/my", Text: words(ctx, "my.title")}}, tasksPage(k))
}

// taskRows are the parts of an application.
func (k desk) taskRows(ctx context.Context) []ui.TaskRow {
	done, todo, part := ui.Status{Text: words(ctx, "tasks.done"), Tone: ui.OK}, ui.Status{Text: words(ctx, "tasks.todo"), Tone: ui.Plain}, ui.Status{Text: words(ctx, "tasks.part")}
	closed := ui.Status{Text: words(ctx, "tasks.closed"), Tone: ui.Plain}
	var rows []ui.TaskRow
	if k.asks() {
		row := ui.TaskRow{Title: words(ctx, "step.situation"), Href: k.path() + "/situation", Status: done, Note: words(ctx, "tasks.answered", "n", len(k.way))}
		if k.open != nil {
			row.Status = part
			if len(k.way) == 0 {
				row.Status = todo
			}
		} else if len(k.way) > 0 {
			row.Href += "?q=" + k.way[0].Question.ID
		}
		rows = append(rows, row)
	}
	for _, g := range k.offer.Form.Shown(k.answers()) {
		row := ui.TaskRow{Title: i18n.Pick(ctx, g.Title.Zh, g.Title.En), Href: k.path() + "/form?step=" + g.ID, Status: done}
		filled, bad := 0, 0
		for _, f := range g.Fields {
			if k.normal[f.ID] != "" {
				filled++
			}
			bad += len(k.wrong("form." + f.ID))
		}
		row.Note = words(ctx, "tasks.fields", "n", filled, "all", len(g.Fields))
		switch {
		case k.open != nil:
			row.Href, row.Status = "", closed
		case bad > 0 && filled == 0:
			row.Status = todo
		case bad > 0:
			row.Status = part
		}
		rows = append(rows, row)
	}
	return append(rows, k.lastRows(ctx, done, part, closed)...)
}

func (k desk) lastRows(ctx context.Context, done, part, closed ui.Status) []ui.TaskRow {
	needed, missing := k.needed(), len(k.wrong("material."))
	materials := ui.TaskRow{Title: words(ctx, "materials"), Href: k.path() + "/materials", Status: done, Note: words(ctx, "tasks.materials", "n", len(needed)-missing, "all", len(needed))}
	check := ui.TaskRow{Title: words(ctx, "step.check"), Href: k.path() + "/check", Status: ui.Status{Text: words(ctx, "tasks.ready")}}
	if missing > 0 {
		materials.Status = part
	}
	if len(k.problems) > 0 {
		check.Status = ui.Status{Text: words(ctx, "tasks.todo"), Tone: ui.Plain}
	}
	if k.open != nil {
		materials.Href, materials.Status, check.Href, check.Status = "", closed, "", closed
	}
	if len(needed) == 0 {
		return []ui.TaskRow{check}
	}
	return []ui.TaskRow{materials, check}
}

// trail shows where in the application the reader is.
func (k desk) trail(ctx context.Context, here string) []ui.StepRow {
	var rows []ui.StepRow
	add := func(key string, done bool) {
		rows = append(rows, ui.StepRow{Text: words(ctx, "step."+key), Current: key == here, Done: done && key != here})
	}
	if k.asks() {
		add("situation", k.open == nil)
	}
	add("form", k.open == nil && len(k.wrong("form.")) == 0)
	if len(k.offer.Materials) > 0 {
		add("materials", k.open == nil && len(k.wrong("material.")) == 0)
	}
	add("check", false)
	return rows
}
