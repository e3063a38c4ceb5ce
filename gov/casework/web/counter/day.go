package counter

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// secondaryWhen makes a button quieter when another one is the main one.
func secondaryWhen(yes bool) ui.ButtonKind {
	if yes {
		return ui.Secondary
	}
	return ui.Primary
}

// dayView is what this clerk took in (台账), and what can be handed out (出件).
type dayView struct {
	Tab    string // "", waiting, results
	Cases  []casework.Case
	Next   string
	Drafts []casework.Draft
	Today  int // taken in today, of those looked at
	Due    func(context.Context, casework.Case) ui.Status
	Counts map[string]int // of every tab, of those looked at
	First  bool           // nothing newer is on a page before
	More   bool           // there are older ones that were not looked at
}

// How many cases a page holds, and how many pages are looked through.
const (
	dayPage  = 50
	dayPages = 6
)

// GET /counter/cases; ?number= leads to the case with that number.
func (h pages) day(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	if n := casework.CleanNumber(q.Get("number")); n != "" {
		c, err := h.Casework.FindByNumber(ctx, n)
		if err == nil {
			return web.Redirect(w, r, receiptHref(c.Number))
		}
		if !casefile.Refused(err) {
			return err
		}
		return h.showDay(w, r, http.StatusNotFound, []ui.Problem{{Field: "number", Text: i18n.T(ctx, "counter.day.no_case")}})
	}
	return h.showDay(w, r, http.StatusOK, nil)
}

func (h pages) showDay(w http.ResponseWriter, r *http.Request, status int, problems []ui.Problem) (err error) {
	ctx, q := r.Context(), r.URL.Query()
	v := dayView{Tab: q.Get("tab"), Counts: map[string]int{}, Due: func(ctx context.Context, c casework.Case) ui.Status { return casefile.CaseDue(ctx, h.Casework, c) }}
	if v.Tab == "" {
		if v.Drafts, err = h.Casework.CounterDrafts(ctx); err != nil {
			return err
		}
	}
	after := q.Get("after")
	v.First = after == ""
	today := h.Clock.Now().In(i18n.Zone).Format("2006-01-02")
	for range dayPages {
		list, err := h.Casework.CounterCases(ctx, after, dayPage)
		if err != nil {
			return err
		}
		for _, c := range list.Cases {
			if c.SubmittedAt.In(i18n.Zone).Format("2006-01-02") == today {
				v.Today++
			}
			v.take(c)
		}
		after = list.Next
		if len(v.Cases) >= dayPage && v.Next == "" {
			v.Next = after
		}
		if after == "" || v.Next != "" && q.Get("after") != "" {
			break
		}
	}
	if v.More = after != ""; v.Next == "" {
		v.Next = after
	}
	page := ui.Page{Title: i18n.T(ctx, "counter.day.title"), Active: "counter_cases", Problems: problems, Keys: []ui.Key{nextPerson(ctx)}}
	return render(w, r, status, page, dayPageView(v, q.Get("number"), problems))
}

// take counts a case under its tabs and lists it under the one that is shown,
// until the page is full.
func (v *dayView) take(c casework.Case) {
	for _, t := range dayTabs {
		if fits(t, c) {
			v.Counts[t]++
		}
	}
	if v.Next == "" && fits(v.Tab, c) {
		v.Cases = append(v.Cases, c)
	}
}

var dayTabs = []string{"", "waiting", "results"}

func fits(tab string, c casework.Case) bool {
	switch tab {
	case "waiting":
		return c.State == casework.Submitted || c.State == casework.Supplemented
	case "results":
		return c.State == casework.Decided || c.State == casework.NotAccepted
	}
	return true
}

func (v dayView) tabs(ctx context.Context) []ui.Link {
	var out []ui.Link
	for _, t := range dayTabs {
		l := ui.Link{Text: i18n.T(ctx, "counter.day."+cmp.Or(t, "all")), Href: casefile.With("/counter/cases", "tab", t), Current: t == v.Tab}
		if v.First {
			l.Note = strconv.Itoa(v.Counts[t])
			if v.More {
				l.Note += "+"
			}
		}
		out = append(out, l)
	}
	return out
}

func (v dayView) table(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "counter.day.title"), HideTitle: true, Empty: i18n.T(ctx, "counter.day.none"), Cols: []ui.Col{
		{Title: i18n.T(ctx, "counter.receipt.number"), NoWrap: true}, {Title: i18n.T(ctx, "counter.receipt.item")}, {Title: i18n.T(ctx, "casefile.applicant")},
		{Title: i18n.T(ctx, "counter.receipt.at"), NoWrap: true}, {Title: i18n.T(ctx, "counter.day.state"), NoWrap: true}}}
	for _, c := range v.Cases {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: casework.ShowNumber(c.Number), Href: receiptHref(c.Number)}}, {Text: c.ItemName}, {Text: c.ApplicantName},
			{Text: c.SubmittedAt.In(i18n.Zone).Format("01-02 15:04")}, {Part: ui.Tag(v.Due(ctx, c))}}})
	}
	return t
}

// acceptanceView is what waits to be accepted, the one with least time left first.
type acceptanceView struct {
	Tasks []casework.Lit
	After string
	Next  string
}

// GET /counter/acceptance
func (h pages) acceptance(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := acceptanceView{After: r.URL.Query().Get("after")}
	in, err := h.Casework.Inbox(ctx, casework.InboxQuery{Shape: casework.PostTasks, After: v.After, Limit: dayPage, Filter: casework.Filter{Role: casework.RoleClerk}})
	if err != nil {
		return err
	}
	v.Tasks, v.Next = in.Tasks, in.Next
	return render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "counter.acceptance.title"), Lead: i18n.T(ctx, "counter.acceptance.lead"), Active: "counter_accept", Keys: []ui.Key{nextPerson(ctx)}}, acceptancePage(v))
}

func (v acceptanceView) table(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "counter.acceptance.title"), HideTitle: true, Cols: []ui.Col{
		{Title: i18n.T(ctx, "counter.receipt.number"), NoWrap: true}, {Title: i18n.T(ctx, "counter.receipt.item")}, {Title: i18n.T(ctx, "casefile.applicant")}, {Title: i18n.T(ctx, "counter.receipt.office")},
		{Title: i18n.T(ctx, "counter.receipt.at"), NoWrap: true}, {Title: i18n.T(ctx, "counter.acceptance.left"), NoWrap: true, Sorted: "asc"}}}
	for _, l := range v.Tasks {
		href := "/counter/cases/" + l.Region + "/" + string(l.Case)
		if l.Element != casework.AcceptElement {
			href = casefile.With("/work/tasks/"+l.Region+"/"+string(l.ID), "case", string(l.Case))
		}
		left := casefile.TimeLeft(ctx, l.Light, l.Left, l.Unit)
		if l.Paused || l.Due.IsZero() {
			left.Text = i18n.T(ctx, "casefile.state.supplementing")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: casework.ShowNumber(l.CaseNumber), Href: href}}, {Text: l.ItemName}, {Text: l.ApplicantName}, {Text: l.OrgName},
			{Text: l.OpenedAt.In(i18n.Zone).Format("01-02 15:04")}, {Part: ui.Tag(left)}}})
	}
	return t
}
