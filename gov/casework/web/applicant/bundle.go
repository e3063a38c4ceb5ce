package applicant

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// joins tells whether an item is a one thing that can be applied for here.
func (h pages) joins(o *catalogue.Offer) bool { return h.Bundles != nil && o.Bundle != nil }

// handIn hands a draft in and tells where its page lies.
func (h pages) handIn(ctx context.Context, k desk, version int) (string, error) {
	if h.joins(k.offer) {
		b, err := h.Bundles.Submit(ctx, k.Region, k.ID, version)
		return bundlePath(b.Region, b.ID), err
	}
	c, err := h.Casework.Submit(ctx, k.Region, k.ID, version)
	return casePath(c.Region, c.ID), err
}

// wholeOf is the one thing that a case is a part of; nil when it stands alone.
func (h pages) wholeOf(ctx context.Context, c casework.Case) (*bundles.Bundle, error) {
	if h.Bundles == nil {
		return nil, nil
	}
	b, err := h.Bundles.PartOf(ctx, c.Region, c.ID)
	if errors.Is(err, bundles.ErrNone) {
		return nil, nil
	}
	return &b, err
}

// bundleView is the applicant's one thing.
type bundleView struct {
	bundles.File
	Papers []certificates.Found
	Done   string // what the reader has just done
}

func (v bundleView) path() string { return bundlePath(v.Region, v.ID) }

// ownBundle opens one of the caller's own one things.
func (h pages) ownBundle(r *http.Request) (bundles.File, error) {
	if h.Bundles == nil {
		return bundles.File{}, bundles.ErrNone
	}
	f, err := h.Bundles.Open(r.Context(), r.PathValue("region"), bundles.ID(r.PathValue("id")))
	if err == nil && !f.Mine(r.Context()) {
		err = bundles.ErrNone
	}
	return f, err
}

// bundle answers GET /bundles/{region}/{id}: one page for all parts.
func (h pages) bundle(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := h.ownBundle(r)
	if err != nil {
		return err
	}
	v := bundleView{File: f, Done: r.URL.Query().Get("done")}
	if v.Papers, err = h.Certificates.OfCase(ctx, f.Region, string(f.ID)); err != nil {
		return err
	}
	for _, p := range f.Parts {
		if p.Case == nil {
			continue
		}
		papers, err := h.Certificates.OfCase(ctx, p.Case.Region, string(p.Case.ID))
		if err != nil {
			return err
		}
		for _, x := range papers {
			if x.Kind == certificates.Certificate || x.Kind == certificates.Refusal {
				v.Papers = append(v.Papers, x)
			}
		}
	}
	v.Papers = h.fetchable(ctx, v.Papers)
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: v.name(ctx), Eyebrow: words(ctx, "case.number", "number", casework.ShowNumber(f.Number)), Active: "mine",
		Back: ui.Link{Href: "/my", Text: words(ctx, "my.title")}}, bundlePage(v))
}

func (v bundleView) name(ctx context.Context) string {
	return i18n.Pick(ctx, v.ItemName, v.ItemNameEn)
}

// partName is what the guide calls a part.
func partName(ctx context.Context, def *catalogue.Bundle, p bundles.Part) string {
	if d, ok := def.Part(p.ID); ok {
		return d.Name.In(ctx)
	}
	return p.ItemName
}

// partStatus is where a part stands, in a word.
func partStatus(ctx context.Context, p bundles.Part) ui.Status {
	if p.Case != nil {
		return status(ctx, *p.Case)
	}
	s := ui.Status{Text: words(ctx, "bundle.state."+string(p.State)), Tone: ui.Plain}
	switch p.State {
	case bundles.Held:
		s.Tone = ui.Warn
	case bundles.Waiting:
		s.Tone = ui.Info
	}
	return s
}

// partLine says in one line what happens with a part now.
func (v bundleView) partLine(ctx context.Context, p bundles.Part) string {
	switch {
	case p.Case != nil:
		return caseLine(ctx, *p.Case)
	case p.State == bundles.Waiting:
		d, _ := v.Definition.Part(p.ID)
		var names []string
		for _, id := range d.After {
			if q, ok := v.Part(id); ok && q.State != bundles.Unneeded {
				names = append(names, partName(ctx, v.Definition, q))
			}
		}
		return words(ctx, "bundle.waits", "names", strings.Join(names, i18n.Pick(ctx, "、", ", ")))
	case p.State == bundles.Held:
		return words(ctx, "bundle.held")
	case p.State == bundles.Stopped && p.Because == bundles.Gone:
		return words(ctx, "bundle.gone")
	case p.State == bundles.Stopped:
		q, _ := v.Part(p.Because)
		return words(ctx, "bundle.stopped", "name", partName(ctx, v.Definition, q))
	case p.State == bundles.Dropped:
		return words(ctx, "bundle.dropped")
	}
	d, _ := v.Definition.Part(p.ID)
	return words(ctx, "bundle.unneeded", "when", d.When.In(ctx))
}

// holders say who has a part now and since when.
func (v bundleView) holders(ctx context.Context, p bundles.Part) []string {
	var out []string
	if p.Case == nil || !p.Case.State.Open() || p.Case.State == casework.Supplemented { // the applicant has it then
		return nil
	}
	for _, h := range v.Faces[p.ID].Holders {
		out = append(out, words(ctx, "bundle.holder", "step", h.Step, "who", who(ctx, h.OrgName, h.Officer), "date", i18n.Date(ctx, h.Since)))
	}
	return out
}

// active are the parts that the answers ask for.
func (v bundleView) active() (needed, not []bundles.Part) {
	for _, p := range v.Parts {
		if p.State == bundles.Unneeded {
			not = append(not, p)
		} else {
			needed = append(needed, p)
		}
	}
	return needed, not
}

// facts say where the whole stands.
func (v bundleView) facts(ctx context.Context) []ui.Answer {
	needed, _ := v.active()
	done := 0
	for _, p := range needed {
		if s := p.Standing(); s != bundles.Ahead && s != bundles.Running {
			done++
		}
	}
	rows := []ui.Answer{{Question: words(ctx, "bundle.done_of"), Text: words(ctx, "bundle.done_count", "done", done, "all", len(needed)), Icon: "done"}}
	if v.State == bundles.Open {
		text := words(ctx, "bundle.due_stands")
		if v.Due.Running {
			text = i18n.Date(ctx, v.Due.Due)
		}
		rows = append(rows, ui.Answer{Question: words(ctx, "bundle.due"), Text: text, Note: words(ctx, "bundle.due_note", "n", v.Promise.Amount), Icon: "clock"})
	}
	rows = append(rows, ui.Answer{Question: words(ctx, "applicant"), Text: v.ApplicantName, Icon: "person"},
		ui.Answer{Question: words(ctx, "bundle.office"), Text: v.OrgName, Icon: "office"},
		ui.Answer{Question: words(ctx, "case.submitted"), Text: i18n.DateTime(ctx, v.SubmittedAt), Icon: "calendar"})
	if !v.ClosedAt.IsZero() {
		rows = append(rows, ui.Answer{Question: words(ctx, "case.closed"), Text: i18n.DateTime(ctx, v.ClosedAt), Icon: "done"})
	}
	return rows
}

// receipt is the paper that proves the application.
func (v bundleView) receipt() (certificates.Found, bool) {
	for _, p := range v.Papers {
		if p.Kind == certificates.Receipt {
			return p, true
		}
	}
	return certificates.Found{}, false
}

// events are one time line of everything.
func (v bundleView) events(ctx context.Context) []ui.TimelineEvent {
	var out []ui.TimelineEvent
	for _, e := range v.Timeline {
		if hiddenKinds[e.Kind] {
			continue
		}
		p, _ := v.Part(e.Part)
		if e.Part == "" {
			x := ui.TimelineEvent{Title: i18n.T(ctx, "casework.event."+e.Kind), At: e.At, Who: who(ctx, e.OrgName, e.Name), Text: v.wholeText(ctx, e), State: ui.EventDone}
			out = append(out, x)
			continue
		}
		x := event(ctx, e.Entry, *p.Case)
		x.Title = partName(ctx, v.Definition, p) + i18n.Pick(ctx, "：", ": ") + x.Title
		out = append(out, x)
	}
	return out
}

// wholeText says which part a line of the whole is about.
func (v bundleView) wholeText(ctx context.Context, e bundles.Entry) string {
	if id, ok := e.Details["part"].(string); ok {
		p, _ := v.Part(id)
		text := partName(ctx, v.Definition, p)
		if because, _ := e.Details["because"].(string); because != "" {
			if q, ok := v.Part(because); ok {
				text = words(ctx, "bundle.because", "name", text, "other", partName(ctx, v.Definition, q))
			}
		}
		return text
	}
	return e.Text
}

// whole is the one thing of a list, with the number of parts that have ended.
func wholeLine(ctx context.Context, b bundles.Bundle) string {
	all, done, waits := 0, 0, 0
	for _, p := range b.Parts {
		switch p.Standing() {
		case bundles.Off:
			continue
		case bundles.Ahead, bundles.Running:
		default:
			done++
		}
		all++
		if p.State == bundles.Held && p.Case == nil || p.Case != nil && p.Case.State == casework.Supplemented {
			waits++
		}
	}
	if waits > 0 {
		return words(ctx, "bundle.line_waits", "number", casework.ShowNumber(b.Number), "n", waits)
	}
	return words(ctx, "bundle.line", "number", casework.ShowNumber(b.Number), "done", done, "all", all)
}

// wholeStatus is where a one thing stands, in a word.
func wholeStatus(ctx context.Context, b bundles.Bundle) ui.Status {
	s := ui.Status{Text: words(ctx, "bundle.whole."+string(b.State)), Tone: ui.Info}
	if b.State != bundles.Open {
		s.Tone = ui.Plain
	}
	return s
}

// bundleWithdrawView asks why, and says what follows.
type bundleWithdrawView struct {
	bundles.File
	Target   *bundles.Part // nil: everything
	Others   []string      // what happens to the other parts
	Reason   string
	Problems []ui.Problem
}

func (v bundleWithdrawView) path() string {
	if v.Target == nil {
		return bundlePath(v.Region, v.ID) + "/withdraw"
	}
	return bundlePath(v.Region, v.ID) + "/parts/" + v.Target.ID + "/withdraw"
}

// toWithdraw opens what is to be taken back; nil when it has ended.
func (h pages) toWithdraw(r *http.Request) (*bundleWithdrawView, error) {
	f, err := h.ownBundle(r)
	if err != nil {
		return nil, err
	}
	v := &bundleWithdrawView{File: f}
	if f.State != bundles.Open {
		return nil, nil
	}
	id := r.PathValue("part")
	if id == "" {
		return v, nil
	}
	p, ok := f.Part(id)
	if !ok {
		return nil, bundles.ErrNoPart.With("part", id)
	}
	if s := p.Standing(); s != bundles.Ahead && s != bundles.Running {
		return nil, nil
	}
	v.Target, v.Others = &p, follows(r.Context(), f, id)
	return v, nil
}

// follows says what taking a part back does to the others.
func follows(ctx context.Context, f bundles.File, part string) []string {
	var out []string
	for _, m := range f.If(part) {
		p, _ := f.Part(m.Part)
		switch m.Do {
		case bundles.StopPart, bundles.EndPart:
			out = append(out, words(ctx, "bundle.then_stops", "name", partName(ctx, f.Definition, p)))
		case bundles.StartPart:
			out = append(out, words(ctx, "bundle.then_starts", "name", partName(ctx, f.Definition, p)))
		}
	}
	if len(out) == 0 {
		out = append(out, words(ctx, "bundle.then_on"))
	}
	return out
}

// bundleWithdraw answers GET …/withdraw, of everything or of one part.
func (h pages) bundleWithdraw(w http.ResponseWriter, r *http.Request) error {
	v, err := h.toWithdraw(r)
	if err != nil {
		return err
	}
	if v == nil {
		return web.Redirect(w, r, bundlePath(r.PathValue("region"), bundles.ID(r.PathValue("id"))))
	}
	return h.showBundleWithdraw(w, r, http.StatusOK, *v)
}

func (h pages) showBundleWithdraw(w http.ResponseWriter, r *http.Request, status int, v bundleWithdrawView) error {
	ctx := r.Context()
	title := words(ctx, "bundle.withdraw_all")
	if v.Target != nil {
		title = words(ctx, "bundle.withdraw_part", "name", partName(ctx, v.Definition, *v.Target))
	}
	return ui.Render(w, r, status, ui.Page{Title: title, Eyebrow: v.ItemName, Active: "mine", Back: ui.Link{Href: bundlePath(v.Region, v.ID), Text: v.ItemName}, Problems: v.Problems}, bundleWithdrawPage(v))
}

// bundleWithdrawPost answers POST …/withdraw.
func (h pages) bundleWithdrawPost(w http.ResponseWriter, r *http.Request) error {
	if err := post(w, r); err != nil {
		return err
	}
	v, err := h.toWithdraw(r)
	if err != nil {
		return err
	}
	to := bundlePath(r.PathValue("region"), bundles.ID(r.PathValue("id"))) + "?done=withdrawn"
	if v == nil {
		return web.Redirect(w, r, to)
	}
	v.Reason = r.PostForm.Get("reason")
	if v.Target == nil {
		_, err = h.Bundles.Withdraw(r.Context(), v.Region, v.ID, v.Reason)
	} else {
		_, err = h.Bundles.DropPart(r.Context(), v.Region, v.ID, v.Target.ID, v.Reason)
	}
	if v.Problems = reasonProblem(r.Context(), err); v.Problems != nil {
		return h.showBundleWithdraw(w, r, http.StatusUnprocessableEntity, *v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, to)
}

func (v bundleView) needed() []bundles.Part {
	list, _ := v.active()
	return list
}

// notNeeded are the parts that the answers do not ask for, and when they would be.
func (v bundleView) notNeeded(ctx context.Context) []ui.SummaryRow {
	_, list := v.active()
	var rows []ui.SummaryRow
	for _, p := range list {
		rows = append(rows, ui.SummaryRow{Key: partName(ctx, v.Definition, p), Value: v.partLine(ctx, p)})
	}
	return rows
}

// partPath is where the case of a part is, or its application.
func (v bundleView) partPath(p bundles.Part) string {
	switch {
	case p.Case != nil:
		return casePath(p.Case.Region, p.Case.ID)
	case p.State == bundles.Held:
		return draftPath(p.ItemRegion, p.Draft)
	}
	return ""
}

// partRows are what a part gets and what its failure does.
func (v checkView) partRows(ctx context.Context, p bundles.Preview) []ui.SummaryRow {
	names := func(ids []string) string {
		var out []string
		for _, id := range ids {
			if x, ok := v.k.offer.Bundle.Part(id); ok {
				out = append(out, x.Name.In(ctx))
			}
		}
		return i18n.List(ctx, out)
	}
	var asked, fields, papers []string
	for _, id := range p.Questions {
		asked = append(asked, v.k.label(ctx, "situation."+id))
	}
	for _, id := range p.Fields {
		fields = append(fields, v.k.label(ctx, "form."+id))
	}
	for _, id := range p.Materials {
		for _, m := range v.k.offer.Materials {
			if m.ID == id {
				papers = append(papers, m.Name.In(ctx))
			}
		}
	}
	for _, id := range p.Results {
		papers = append(papers, words(ctx, "bundle.result_of", "name", names([]string{id})))
	}
	start := words(ctx, "bundle.starts_now")
	if len(p.Waits) > 0 {
		start = words(ctx, "bundle.starts_after", "names", names(p.Waits))
	}
	rows := []ui.SummaryRow{{Key: words(ctx, "case.office"), Value: i18n.Pick(ctx, p.OrgName, p.OrgNameEn)}, {Key: words(ctx, "bundle.starts"), Value: start},
		{Key: words(ctx, "bundle.gets_answers"), Value: i18n.List(ctx, asked)},
		{Key: words(ctx, "bundle.gets_fields"), Value: i18n.List(ctx, fields)}, {Key: words(ctx, "bundle.gets_papers"), Value: i18n.List(ctx, papers)},
		{Key: words(ctx, "bundle.if_failed"), Value: words(ctx, "bundle.failed."+string(p.Failed))}}
	if p.Gone {
		return []ui.SummaryRow{{Key: words(ctx, "bundle.starts"), Value: words(ctx, "bundle.gone")}}
	}
	out := rows[:0]
	for _, r := range rows {
		if r.Value != "" {
			out = append(out, r)
		}
	}
	return out
}

// outline is what somebody without an account sees: the parts and where they
// stand, nobody's name.
func (v bundleView) outline(ctx context.Context) []ui.SummaryRow {
	var rows []ui.SummaryRow
	for _, p := range v.needed() {
		rows = append(rows, ui.SummaryRow{Key: partName(ctx, v.Definition, p), Value: partStatus(ctx, p).Text + i18n.Pick(ctx, "。", ". ") + v.partLine(ctx, p)})
	}
	return rows
}
