package workbench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

const (
	rowsPerPage = 50
	claimMost   = 200 // steps that one post claims
)

// inboxView is a list of open steps, the one with least time left first.
type inboxView struct {
	Shape   casework.Shape
	Item    string
	Light   string
	Number  string
	After   string
	Tasks   []casework.Lit
	Next    string
	Further bool // there is work behind what was looked at for the filter
	Counts  map[casework.Shape]casework.Tally
	Done    string // what was just done to a case, in words
	Claimed int
	Failed  []string // why some steps could not be claimed
	Found   *casework.Case
}

// show writes a count, with a plus when there is more than is counted.
func show(n int) string {
	if n > casework.Most {
		return fmt.Sprintf("%d+", casework.Most)
	}
	return fmt.Sprint(n)
}

// GET /work
func (h pages) inbox(w http.ResponseWriter, r *http.Request) error {
	return h.showInbox(w, r, http.StatusOK, nil)
}

func (h pages) showInbox(w http.ResponseWriter, r *http.Request, status int, failed []string) error {
	ctx, q := r.Context(), r.URL.Query()
	v := inboxView{Shape: casework.Shape(q.Get("shape")), Item: strings.TrimSpace(q.Get("item")), Light: q.Get("light"), Number: casework.CleanNumber(q.Get("number")),
		After: q.Get("after"), Done: doneWords(ctx, q.Get("act"), casework.CleanNumber(q.Get("done"))), Failed: failed, Counts: map[casework.Shape]casework.Tally{}}
	fmt.Sscan(q.Get("claimed"), &v.Claimed)
	for _, s := range shapes {
		t, err := h.Casework.Tally(ctx, casework.InboxQuery{Shape: s})
		if err != nil {
			return err
		}
		v.Counts[s] = t
	}
	if v.Shape == "" { // what one holds comes before what one could take
		v.Shape = casework.OwnTasks
		if v.Counts[casework.OwnTasks].Open == 0 {
			v.Shape = casework.PostTasks
		}
	}
	if err := h.list(ctx, &v); err != nil {
		return err
	}
	if v.Number != "" && len(v.Tasks) == 0 {
		if c, err := h.Casework.FindByNumber(ctx, v.Number); err == nil {
			v.Found = &c
		} else if !casefile.Refused(err) {
			return err
		}
	}
	page := ui.Page{Title: i18n.T(ctx, "workbench.shape."+string(v.Shape)), Active: active(v.Shape)}
	return h.render(w, r, status, page, v.navCounts(), inboxPage(v))
}

var shapes = []casework.Shape{casework.OwnTasks, casework.PostTasks, casework.DepartmentTasks}

func active(s casework.Shape) string {
	if s == casework.OwnTasks {
		return "work"
	}
	return "work-" + string(s)
}

// list fills a page of the inbox. What cannot be the beginning of a number
// finds nothing.
func (h pages) list(ctx context.Context, v *inboxView) error {
	if len(v.Number) > 9 || strings.Trim(v.Number, "0123456789") != "" {
		return nil
	}
	in, err := h.Casework.Inbox(ctx, casework.InboxQuery{Shape: v.Shape, After: v.After, Limit: rowsPerPage,
		Filter: casework.Filter{Item: v.Item, Light: casework.Light(v.Light), Number: v.Number}})
	v.Tasks, v.Next, v.Further = in.Tasks, in.Next, in.Further
	return err
}

// query is the list as its address has it; it is carried along, so that coming
// back from a case finds the same list.
func (v inboxView) query(change ...string) string {
	q := url.Values{}
	set := func(k, s string) {
		q.Del(k)
		if s != "" {
			q.Set(k, s)
		}
	}
	set("shape", string(v.Shape))
	set("item", v.Item)
	set("light", v.Light)
	set("number", v.Number)
	set("after", v.After)
	for i := 0; i+1 < len(change); i += 2 {
		set(change[i], change[i+1])
	}
	return q.Encode()
}

func (v inboxView) url(change ...string) string { return "/work?" + v.query(change...) }

// href leads to the step; acceptance is done on the case itself.
func (v inboxView) href(t casework.Task) string {
	if t.Element == casework.AcceptElement {
		return "/work/cases/" + t.Region + "/" + string(t.Case)
	}
	return taskHref(t, v.query())
}

func taskHref(t casework.Task, from string) string {
	return casefile.With("/work/tasks/"+t.Region+"/"+string(t.ID), "case", string(t.Case), "from", from)
}

func (v inboxView) navCounts() map[string]int {
	out := map[string]int{}
	for _, s := range shapes {
		out[active(s)] = v.Counts[s].Open
	}
	return out
}

func (v inboxView) tabs(ctx context.Context) []ui.Link {
	var out []ui.Link
	for _, s := range shapes {
		t := v.Counts[s]
		out = append(out, ui.Link{Text: i18n.T(ctx, "workbench.shape."+string(s)), Href: v.url("shape", string(s), "after", ""), Current: s == v.Shape, Note: show(t.Open)})
	}
	return append(out, ui.Link{Text: i18n.T(ctx, "workbench.copies"), Href: "/work/copies"})
}

func (v inboxView) kpis(ctx context.Context) []ui.KPIProps {
	t := v.Counts[v.Shape]
	one := func(key string, n int, light string, tone ui.Tone) ui.KPIProps {
		if n == 0 {
			tone = ui.Plain
		}
		return ui.KPIProps{Value: show(n), Text: i18n.T(ctx, "workbench.kpi."+key), Href: v.url("light", light, "after", ""), Tone: tone}
	}
	return []ui.KPIProps{one("open", t.Open, "", ui.Info), one("red", t.Red, "red", ui.Bad), one("yellow", t.Yellow, "yellow", ui.Warn), one("still", t.Still, "still", ui.Plain)}
}

func (v inboxView) filters(ctx context.Context) []ui.FieldProps {
	lights := []ui.Option{{Text: i18n.T(ctx, "workbench.filter.any")}}
	for _, l := range []string{"red", "yellow", "early", "green", "still"} {
		lights = append(lights, ui.Option{Value: l, Text: i18n.T(ctx, "workbench.light."+l)})
	}
	return []ui.FieldProps{
		{Name: "item", Label: i18n.T(ctx, "workbench.col.item"), Type: ui.Search, Value: v.Item},
		{Name: "light", Label: i18n.T(ctx, "workbench.filter.light"), Type: ui.Select, Value: v.Light, Options: lights},
		{Name: "number", Label: i18n.T(ctx, "workbench.filter.number"), Type: ui.Search, Value: v.Number},
	}
}

func (v inboxView) filtered() bool { return v.Item != "" || v.Light != "" || v.Number != "" }

func (v inboxView) table(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "workbench.shape."+string(v.Shape)), HideTitle: true, Empty: i18n.T(ctx, "workbench.none"), Cols: []ui.Col{
		{Title: i18n.T(ctx, "workbench.col.number"), NoWrap: true}, {Title: i18n.T(ctx, "workbench.col.item")}, {Title: i18n.T(ctx, "workbench.col.applicant")},
		{Title: i18n.T(ctx, "workbench.col.step")}, {Title: i18n.T(ctx, "workbench.col.arrived"), NoWrap: true}, {Title: i18n.T(ctx, "workbench.col.left"), NoWrap: true, Sorted: "asc"}}}
	if v.Shape == casework.PostTasks {
		t.Select, t.Form = "task", "claim"
	}
	if v.Shape == casework.DepartmentTasks {
		t.Cols = append(t.Cols, ui.Col{Title: i18n.T(ctx, "workbench.col.holder")})
	}
	for _, l := range v.Tasks {
		row := ui.Row{ID: l.Region + "/" + string(l.ID), Label: casework.ShowNumber(l.CaseNumber), Cells: []ui.Cell{
			{Link: ui.Link{Text: casework.ShowNumber(l.CaseNumber), Href: v.href(l.Task)}}, {Text: l.ItemName}, {Text: l.ApplicantName}, {Text: stepName(l.Task)},
			{Text: arrived(l.Task)}, {Part: ui.Tag(timeLeft(ctx, l))}}}
		if v.Shape == casework.DepartmentTasks {
			holder := l.AssigneeName
			if holder == "" {
				holder = i18n.T(ctx, "workbench.unclaimed")
			}
			row.Cells = append(row.Cells, ui.Cell{Text: holder})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func stepName(t casework.Task) string {
	if t.OnBehalf != "" {
		return t.Name + "（" + t.OnBehalf + "）"
	}
	return t.Name
}

// arrived is short, because the column is read top down.
func arrived(t casework.Task) string { return t.OpenedAt.In(i18n.Zone).Format("01-02 15:04") }

// POST /work/claim
func (h pages) claimMany(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	claimed, failed := 0, []string{}
	for _, s := range r.PostForm["task"] {
		region, id, ok := strings.Cut(s, "/")
		if !ok || claimed+len(failed) >= claimMost {
			continue
		}
		t, err := h.Casework.Claim(ctx, region, casework.TaskID(id))
		switch {
		case err == nil:
			claimed++
		case fault.IsKind(err, fault.KindInternal), fault.IsKind(err, fault.KindUnavailable):
			return err
		default:
			failed = append(failed, strings.TrimSpace(casework.ShowNumber(t.CaseNumber)+" "+web.Words(ctx, fault.Of(err))))
		}
	}
	if len(failed) > 0 {
		r.URL.RawQuery = url.Values{"shape": {string(casework.PostTasks)}, "claimed": {fmt.Sprint(claimed)}}.Encode()
		return h.showInbox(w, r, http.StatusConflict, failed)
	}
	if claimed == 0 {
		return web.Redirect(w, r, "/work?shape=post")
	}
	return web.Redirect(w, r, fmt.Sprintf("/work?shape=own&claimed=%d", claimed))
}

// timeLeft is the status of a row.
func timeLeft(ctx context.Context, l casework.Lit) ui.Status {
	return casefile.TimeLeft(ctx, l.Light, l.Left, l.Unit)
}
