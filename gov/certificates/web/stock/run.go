package stock

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/certificates/stock"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// shown is how many findings a page shows; all of them are in the file.
const shown = 100

// runView is the page of one run.
type runView struct {
	Run      stock.Run
	Rule     string // findings of this rule only
	Findings []stock.Finding
	Doubts   int
	Ready    int
	Records  []stock.Record // some to look at before they are released
	From     int            // the row from which they are shown; 0: here and there
	Kinds    map[string]string
	Now      time.Time
	MayTake  bool
	MaySign  bool
	Doubted  string // authority that defines the type, where nobody says that another one issues it
	Problems []ui.Problem
}

// GET /stock/{region}/{id}
func (h pages) run(w http.ResponseWriter, r *http.Request) error {
	return h.showRun(w, r, http.StatusOK, nil)
}

func (h pages) showRun(w http.ResponseWriter, r *http.Request, status int, problems []ui.Problem) error {
	ctx := r.Context()
	run, err := h.Run(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	of := authz.Object{Region: run.Region, Orgs: []string{run.Issuer}}
	v := runView{Run: run, Rule: r.URL.Query().Get("rule"), Problems: problems, Now: h.d.Clock.Now(), MayTake: authz.Require(ctx, stock.MayTakeIn, of) == nil, MaySign: authz.Require(ctx, stock.MayRelease, of) == nil}
	if t, err := h.d.Types.InForce(ctx, run.Type); err == nil {
		v.Run.TypeName = i18n.Pick(ctx, run.TypeName, t.Name.En)
	}
	if _, known := stock.Rules[v.Rule]; !known {
		v.Rule = ""
	}
	if !run.Busy() && run.Report.Findings > 0 {
		if v.Findings, _, err = h.Findings(ctx, run.Region, run.ID, v.Rule, 0, shown); err != nil {
			return err
		}
	}
	if !run.Busy() && run.Job != stock.Try {
		if _, v.Doubts, err = h.Doubts(ctx, run.Region, run.ID, 0, 1); err != nil {
			return err
		}
		if v.Ready, err = h.Ready(ctx, run); err != nil {
			return err
		}
		if err := h.look(r, &v); err != nil {
			return err
		}
	}
	doubted, t, err := h.Doubted(ctx, run)
	if err != nil {
		return err
	}
	if doubted && run.State != stock.Withdrawn {
		v.Doubted = i18n.Pick(ctx, t.By.Zh, t.By.En)
	}
	p := ui.Page{Title: run.FileName, Eyebrow: words(ctx, "run"), Face: ui.Workbench, Active: "stock", Problems: problems, Crumbs: []ui.Link{{Text: words(ctx, "title"), Href: "/stock"}}}
	if run.Busy() {
		p.Refresh = 3 * time.Second
	}
	return ui.Render(w, r, status, p, runPage(v))
}

// POST /stock/{region}/{id}/act
func (h pages) act(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, region, id := r.Context(), r.PathValue("region"), r.PathValue("id")
	var err error
	switch r.PostForm.Get("act") {
	case "try":
		_, err = h.Start(ctx, region, id, true)
	case "take":
		_, err = h.Start(ctx, region, id, false)
	case "pause":
		_, err = h.Pause(ctx, region, id)
	case "resume":
		_, err = h.Resume(ctx, region, id)
	case "withdraw":
		_, err = h.Withdraw(ctx, region, id)
	case "release":
		_, err = h.Release(ctx, region, id)
	case "issue":
		n, bad := strconv.Atoi(cmp.Or(strings.TrimSpace(r.PostForm.Get("n")), "0"))
		if bad != nil || n < 0 {
			return h.showRun(w, r, http.StatusUnprocessableEntity, []ui.Problem{{Field: "n", Text: web.Words(ctx, stock.ErrHowMany)}})
		}
		_, err = h.Issue(ctx, region, id, n)
	default:
		err = errForm
	}
	if errors.Is(err, stock.ErrMissing) || errors.Is(err, stock.ErrNotIssuer) {
		return h.showRun(w, r, http.StatusUnprocessableEntity, []ui.Problem{{Text: web.Words(ctx, fault.Of(err))}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, runPath(stock.Run{Region: region, ID: id}))
}

// state is the state of a run in words.
func state(ctx context.Context, r stock.Run) ui.Status {
	tone := ui.Info
	switch r.State {
	case stock.Issued:
		tone = ui.OK
	case stock.Held, stock.Paused:
		tone = ui.Warn
	case stock.Failed:
		tone = ui.Bad
	case stock.Withdrawn:
		tone = ui.Plain
	}
	return ui.Status{Text: words(ctx, "state."+string(r.State)), Tone: tone}
}

func (v listView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, r := range v.Runs {
		href := runPath(r)
		if r.State == stock.Mapping && authz.Require(ctx, stock.MayTakeIn, authz.Object{Region: r.Region, Orgs: []string{r.Issuer}}) == nil {
			href += "/mapping"
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: r.FileName, Href: href}}, {Text: r.TypeName}, {Part: ui.Tag(state(ctx, r))}, {Text: counts(ctx, r)}, {Text: words(ctx, "by", "name", r.ByName, "at", i18n.DateTime(ctx, r.At))}}})
	}
	return out
}

// counts is a report in a few words.
func counts(ctx context.Context, r stock.Run) string {
	if r.Report.Rows == 0 {
		return words(ctx, "none")
	}
	return words(ctx, "counts", "taken", r.Report.Taken, "rejected", r.Report.Rejected, "signed", r.Report.Signed)
}

func (v listView) typeOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, t := range v.Types {
		out = append(out, ui.Option{Value: t.Code, Text: i18n.Pick(ctx, t.Name.Zh+"（"+t.By.Zh+"）", t.Name.En+" ("+t.By.En+")")})
	}
	return out
}

func grades(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, g := range []string{"A", "B", "C"} {
		out = append(out, ui.Option{Value: g, Text: words(ctx, "grade."+g), Hint: words(ctx, "grade."+g+".hint")})
	}
	return out
}

// examples are links to files for trying, of the types that the reader may
// take in.
func (v listView) examples(ctx context.Context) []ui.Link {
	var out []ui.Link
	for _, t := range v.Types {
		out = append(out, ui.Link{Text: i18n.Pick(ctx, t.Name.Zh, t.Name.En), Href: "/stock/sample.csv?type=" + t.Code})
	}
	return out
}

func (v runView) kpis(ctx context.Context) []ui.KPIProps {
	r := v.Run.Report
	tone := func(n int, bad ui.Tone) ui.Tone {
		if n > 0 {
			return bad
		}
		return ui.Info
	}
	number := grouped
	kind := "did."
	if v.Run.Job == stock.Try {
		kind = "would."
	}
	out := []ui.KPIProps{{Value: number(r.Taken), Text: words(ctx, kind+"taken")}, {Value: number(r.Repeated), Text: words(ctx, "repeated")}, {Value: number(r.Conflicts), Text: words(ctx, "conflicts"), Tone: tone(r.Conflicts, ui.Warn)},
		{Value: number(r.Rejected), Text: words(ctx, "rejected"), Tone: tone(r.Rejected, ui.Bad)}, {Value: number(r.Certain), Text: words(ctx, "certain")}, {Value: number(r.Likely), Text: words(ctx, "likely"), Tone: tone(r.Likely, ui.Warn)},
		{Value: number(r.Unknown), Text: words(ctx, "unknown")}}
	if v.Run.Annexes.Hash != "" || r.Annexes > 0 {
		out = append(out, ui.KPIProps{Value: number(r.Annexes), Text: words(ctx, "annexes")})
	}
	if !v.Run.Released.IsZero() {
		out = append(out, ui.KPIProps{Value: number(r.Signed), Text: words(ctx, "signed"), Tone: ui.OK})
	}
	return out
}

func (v runView) facts(ctx context.Context) []ui.SummaryRow {
	r := v.Run
	out := []ui.SummaryRow{{Key: words(ctx, "type"), Value: r.TypeName}, {Key: words(ctx, "issuer"), Value: r.IssuerName + " " + r.Issuer, Lang: "zh-Hans"}, {Key: words(ctx, "grade"), Value: words(ctx, "grade."+r.Grade)},
		{Key: words(ctx, "file"), Value: r.FileName + " · " + files.Bytes(r.File.Size).String()}, {Key: words(ctx, "digest"), Value: "SHA-256 " + r.File.Hash}}
	if r.AnnexName != "" {
		out = append(out, ui.SummaryRow{Key: words(ctx, "scans"), Value: r.AnnexName + " · " + files.Bytes(r.Annexes.Size).String()})
	}
	out = append(out, ui.SummaryRow{Key: words(ctx, "begun"), Value: words(ctx, "by", "name", r.ByName, "at", i18n.DateTime(ctx, r.At))})
	if n := r.Report.Unused; n > 0 && !r.Busy() {
		out = append(out, ui.SummaryRow{Key: words(ctx, "unused_scans"), Value: words(ctx, "unused_names", "n", grouped(n), "names", strings.Join(r.Report.Unnamed, i18n.Pick(ctx, "、", ", "))), Lang: "zh-Hans"})
	}
	if !r.Released.IsZero() {
		out = append(out, ui.SummaryRow{Key: words(ctx, "released"), Value: words(ctx, "by", "name", r.Releaser, "at", i18n.DateTime(ctx, r.Released))})
	}
	if r.Report.Rows > 0 {
		out = append(out, ui.SummaryRow{Key: words(ctx, "read"), Value: words(ctx, "rows", "n", grouped(r.Report.Rows))})
	}
	return out
}

// ruleRows are the rules that rows broke, those first that most broke.
func (v runView) ruleRows(ctx context.Context) []ui.Row {
	var list []string
	for rule := range v.Run.Report.Rules {
		list = append(list, rule)
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(v.Run.Report.Rules[b]-v.Run.Report.Rules[a], strings.Compare(a, b))
	})
	var out []ui.Row
	for _, rule := range list {
		name := stock.Rules[rule].Name
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: i18n.Pick(ctx, name.Zh, name.En), Href: runPath(v.Run) + "?rule=" + rule + "#findings"}}, {Text: grouped(v.Run.Report.Rules[rule])}}})
	}
	return out
}

func (v runView) findingRows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, f := range v.Findings {
		grade := ui.Status{Text: words(ctx, "severity.error"), Tone: ui.Bad}
		if f.Warning {
			grade = ui.Status{Text: words(ctx, "severity.warning"), Tone: ui.Warn}
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: words(ctx, "line", "n", f.Line)}, {Text: cmp.Or(f.Field, words(ctx, "whole_row")), Lang: "zh-Hans"}, {Part: ui.Tag(grade)}, {Text: i18n.Pick(ctx, f.Text.Zh, f.Text.En)}}})
	}
	return out
}

// silent is after how long a run under way is said to rest; it says so itself
// far more often.
const silent = 20 * time.Second

func (v runView) progress(ctx context.Context) string {
	p := v.Run.Progress
	if p.Rows == 0 {
		return words(ctx, "waiting")
	}
	if !p.Now.IsZero() && v.Now.Sub(p.Now) > silent {
		return words(ctx, "silent", "rows", grouped(p.Rows), "at", i18n.DateTime(ctx, p.Now))
	}
	return words(ctx, "progress", "rows", grouped(p.Rows), "rate", grouped(p.Rate()))
}

func (v runView) percent() string {
	share, _ := v.Run.Progress.Share()
	return strconv.Itoa(int(100 * share))
}

// sameHand tells whether the reader took the run in, so that somebody else has
// to release it.
func (v runView) sameHand(ctx context.Context) bool {
	return auth.From(ctx).ID == v.Run.By || auth.From(ctx).ID == v.Run.Report.By
}

// may tells whether an act is shown.
func (v runView) may(act string) bool {
	r := v.Run
	switch act {
	case "try":
		return v.MayTake && (r.State == stock.Mapping || r.State == stock.Tried || r.State == stock.Failed && r.Job == stock.Try)
	case "take":
		return v.MayTake && r.State == stock.Tried && r.Report.Taken+r.Report.Conflicts > 0
	case "pause":
		return v.MayTake && r.Busy() && r.Job != stock.Undo
	case "resume":
		return v.MayTake && (r.State == stock.Paused || r.State == stock.Failed && r.Job != stock.Try)
	case "withdraw":
		return v.MayTake && r.MayWithdraw()
	case "release":
		return v.MaySign && r.State == stock.Held && r.Report.Taken > 0
	case "issue":
		return v.MaySign && (r.State == stock.Released || r.State == stock.Issued) && v.Ready > 0
	}
	return false
}

// textOf is a text in the reader's language.
func textOf(ctx context.Context, t catalogue.Text) string { return i18n.Pick(ctx, t.Zh, t.En) }

// grouped writes a number with its thousands apart.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
