package counter

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/handout"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/identity/number"
	"tongban/platform/calendar"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// handoutsView is what waits to be collected, or to be posted.
type handoutsView struct {
	Way  casework.Way
	List []casework.LitHandout
	Next string

	Counts map[casework.Way]int
}

// GET /counter/handouts
func (h pages) handouts(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := handoutsView{Way: casework.AtCounter}
	if q.Get("tab") == string(casework.ByPost) {
		v.Way = casework.ByPost
	}
	page, err := h.Casework.Handouts.Waiting(ctx, v.Way, q.Get("after"), dayPage)
	if err != nil {
		return err
	}
	v.List, v.Next, v.Counts = page.List, page.Next, map[casework.Way]int{}
	for _, way := range ways {
		if v.Counts[way], err = h.Casework.Handouts.Count(ctx, way); err != nil {
			return err
		}
	}
	return render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "counter.handouts.title"), Lead: i18n.T(ctx, "counter.handouts.lead"), Active: "counter_handouts", Keys: []ui.Key{nextPerson(ctx)}}, handoutsPage(v))
}

func (v handoutsView) tabs(ctx context.Context) []ui.Link {
	var out []ui.Link
	for _, way := range ways {
		out = append(out, ui.Link{Text: i18n.T(ctx, "counter.handouts."+string(way)), Href: casefile.With("/counter/handouts", "tab", string(way)), Current: v.Way == way, Note: count(v.Counts[way], handout.Most)})
	}
	return out
}

// ways are how papers leave by the counter.
var ways = []casework.Way{casework.AtCounter, casework.ByPost}

// count writes how many there are, with a plus when there are more than were counted.
func count(n, most int) string {
	if n > most {
		return strconv.Itoa(most) + "+"
	}
	return strconv.Itoa(n)
}

func (v handoutsView) table(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "counter.handouts.title"), HideTitle: true, Cols: []ui.Col{
		{Title: i18n.T(ctx, "counter.receipt.number"), NoWrap: true}, {Title: i18n.T(ctx, "counter.handout.paper")}, {Title: i18n.T(ctx, "casefile.applicant")}, {Title: i18n.T(ctx, "counter.receipt.office")},
		{Title: i18n.T(ctx, "counter.handout.ready"), NoWrap: true}, {Title: i18n.T(ctx, "counter.handout.left"), NoWrap: true, Sorted: "asc"}}}
	for _, l := range v.List {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: casework.ShowNumber(l.CaseNumber), Href: handoutHref(l.Handout)}}, {Text: l.Title}, {Text: l.ApplicantName}, {Text: l.OrgName},
			{Text: l.ReadyAt.In(i18n.Zone).Format("01-02 15:04")}, {Part: ui.Tag(handoutLeft(ctx, l))}}})
	}
	return t
}

// handoutLeft is how near the limit is.
func handoutLeft(ctx context.Context, l casework.LitHandout) ui.Status {
	if l.Due.IsZero() {
		return ui.Status{Text: i18n.T(ctx, "counter.handout.no_limit"), Tone: ui.Plain}
	}
	return casefile.TimeLeft(ctx, l.Light, l.Left, calendar.WorkingDays)
}

func handoutHref(h casework.Handout) string { return "/counter/handouts/" + h.Region + "/" + h.ID }

// handoutView is one paper and who collects it.
type handoutView struct {
	casework.LitHandout
	Who      casework.Collector // as it was entered
	SentBy   string
	SentNo   string
	Problems []ui.Problem
}

// GET /counter/handouts/{region}/{id}
func (h pages) handout(w http.ResponseWriter, r *http.Request) error {
	l, err := h.Casework.Handouts.Handout(r.Context(), r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := handoutView{LitHandout: l}
	if l.Person == l.Owner && l.State == casework.HandoutReady { // the applicant's document was just shown at this window
		if p, err := h.Identity.Person(r.Context(), h.Identity.Region(), l.Person); err == nil && shown(r) != "" && shown(r) == p.Number {
			v.Who = casework.Collector{Name: p.Name, Number: p.Number}
		}
	}
	return h.showHandout(w, r, http.StatusOK, v)
}

func (h pages) showHandout(w http.ResponseWriter, r *http.Request, status int, v handoutView) error {
	ctx := r.Context()
	keys := []ui.Key{nextPerson(ctx), {Name: "F8", Text: i18n.T(ctx, "counter.handout.slip"), Href: handoutHref(v.Handout) + "/slip.pdf"}}
	return render(w, r, status, ui.Page{Title: i18n.T(ctx, "counter.handout.title", "name", v.Title), Eyebrow: v.ItemName + " · " + casework.ShowNumber(v.CaseNumber), Active: "counter_handouts", Problems: v.Problems, Keys: keys,
		Back: ui.Link{Text: i18n.T(ctx, "counter.handouts.title"), Href: "/counter/handouts"}}, handoutPage(v))
}

// POST /counter/handouts/{region}/{id}/hand-over
func (h pages) handOver(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	f := r.PostForm
	v := handoutView{Who: casework.Collector{Name: strings.TrimSpace(f.Get("name")), Number: strings.TrimSpace(f.Get("number")), Letter: f.Get("letter") == "yes"}}
	_, err := h.Casework.Handouts.HandOver(r.Context(), r.PathValue("region"), r.PathValue("id"), casefile.Version(r), v.Who)
	return h.left(w, r, v, err)
}

// POST /counter/handouts/{region}/{id}/post
func (h pages) postHandout(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	v := handoutView{SentBy: r.PostForm.Get("carrier"), SentNo: r.PostForm.Get("tracking")}
	_, err := h.Casework.Handouts.Post(r.Context(), r.PathValue("region"), r.PathValue("id"), casefile.Version(r), v.SentBy, v.SentNo)
	return h.left(w, r, v, err)
}

// left shows that a paper left, or what keeps it here, with what was entered.
func (h pages) left(w http.ResponseWriter, r *http.Request, v handoutView, err error) error {
	ctx := r.Context()
	if err == nil {
		return web.Redirect(w, r, "/counter/handouts/"+r.PathValue("region")+"/"+r.PathValue("id"))
	}
	if v.Problems = casefile.Problems(ctx, err, nil); v.Problems == nil {
		return err
	}
	if v.LitHandout, err = h.Casework.Handouts.Handout(ctx, r.PathValue("region"), r.PathValue("id")); err != nil {
		return err
	}
	return h.showHandout(w, r, http.StatusUnprocessableEntity, v)
}

// GET /counter/handouts/{region}/{id}/slip.pdf
func (h pages) slip(w http.ResponseWriter, r *http.Request) error {
	file, err := h.Casework.Handouts.Slip(r.Context(), r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", "inline; filename=slip.pdf")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, err = w.Write(file)
	return err
}

// POST /counter/cases/{region}/{id}/handouts makes the paper ready once more.
func (h pages) again(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	out, err := h.Casework.Handouts.Again(ctx, r.PathValue("region"), casework.CaseID(r.PathValue("id")), r.PostForm.Get("reason"))
	if err == nil {
		return web.Redirect(w, r, handoutHref(out))
	}
	problems := casefile.Problems(ctx, err, nil)
	if problems == nil {
		return err
	}
	c, err := h.Casework.FindByNumber(ctx, r.PostForm.Get("number"))
	if err != nil {
		return err
	}
	return h.showReceipt(w, r, http.StatusUnprocessableEntity, c, problems)
}

// rows are what the clerk compares before the paper leaves his hands.
func (v handoutView) rows(ctx context.Context) []ui.SummaryRow {
	row := func(key, value string) ui.SummaryRow {
		return ui.SummaryRow{Key: i18n.T(ctx, "counter.handout."+key), Value: value}
	}
	rows := []ui.SummaryRow{row("paper", v.Title), {Key: i18n.T(ctx, "casefile.applicant"), Value: v.ApplicantName}, {Key: i18n.T(ctx, "counter.receipt.office"), Value: v.OrgName},
		row("way", i18n.T(ctx, "counter.handouts."+string(v.Way))), row("ready", i18n.DateTime(ctx, v.ReadyAt))}
	if !v.Due.IsZero() {
		rows = append(rows, row("due", i18n.Date(ctx, v.Due)))
	}
	if v.Number > 1 {
		rows = append(rows, row("times", strconv.Itoa(v.Number)), row("reason", v.Reason))
	}
	if v.Address.Address != "" {
		rows = append(rows, row("address", v.Address.Name+" "+v.Address.Phone+" "+v.Address.Address))
	}
	if v.State != casework.HandoutReady {
		rows = append(rows, row("done", i18n.DateTime(ctx, v.DoneAt)), row("clerk", v.DoneName))
	}
	if c := v.Collector; c != nil {
		rows = append(rows, row("collector", c.Name+" "+number.Mask(c.Number)), row("standing", standing(ctx, *c)))
	}
	if v.State == casework.HandoutPosted {
		rows = append(rows, row("tracking", v.Carrier+" "+v.Tracking))
	}
	return rows
}

// standing says why the collector may collect.
func standing(ctx context.Context, c casework.Collector) string {
	switch {
	case !c.Agent:
		return i18n.T(ctx, "counter.handout.self")
	case c.Mandate != "":
		return i18n.T(ctx, "counter.handout.mandate")
	}
	return i18n.T(ctx, "counter.handout.letter")
}

// state is how the paper stands, as a tag.
func (v handoutView) state(ctx context.Context) ui.Status {
	if v.State == casework.HandoutReady {
		return handoutLeft(ctx, v.LitHandout)
	}
	return ui.Status{Text: i18n.T(ctx, "counter.handout.state."+string(v.State)), Tone: ui.OK}
}

// company tells whether a mandate on record is needed to collect.
func (v handoutView) company() bool { return v.Owner != v.Person }

// waits tells whether a paper of this case waits to be handed out.
func (v receiptView) waits() bool {
	n := len(v.Handouts)
	return n > 0 && v.Handouts[n-1].State == casework.HandoutReady
}
