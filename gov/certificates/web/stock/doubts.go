package stock

import (
	"context"
	"net/http"
	"strconv"

	"tongban/gov/certificates"
	"tongban/gov/certificates/stock"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// perPage is how many doubts a page shows.
const perPage = 20

// doubtsView is the list of records that a clerk has to look at.
type doubtsView struct {
	Run      stock.Run
	List     []stock.Record
	Total    int
	MayTake  bool
	After    int
	Others   map[int]otherOne // what has the number already, by the row that is in conflict with it
	Line     int              // whose form was refused
	How      string
	Note     string
	Problems []ui.Problem
}

// GET /stock/{region}/{id}/doubts
func (h pages) doubts(w http.ResponseWriter, r *http.Request) error {
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	return h.showDoubts(w, r, http.StatusOK, doubtsView{After: after})
}

func (h pages) showDoubts(w http.ResponseWriter, r *http.Request, status int, v doubtsView) (err error) {
	ctx := r.Context()
	if v.Run, err = h.Run(ctx, r.PathValue("region"), r.PathValue("id")); err != nil {
		return err
	}
	if v.List, v.Total, err = h.Doubts(ctx, v.Run.Region, v.Run.ID, v.After, perPage); err != nil {
		return err
	}
	v.Others = map[int]otherOne{}
	for _, rec := range v.List {
		if other, ok, err := h.Rival(ctx, v.Run, rec); err != nil {
			return err
		} else if ok {
			v.Others[rec.Line] = otherOne{other}
		}
	}
	v.MayTake = !v.Run.Busy() && authz.Require(ctx, stock.MayTakeIn, authz.Object{Region: v.Run.Region, Orgs: []string{v.Run.Issuer}}) == nil
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "doubts", "n", v.Total), Lead: words(ctx, "doubts_lead"), Eyebrow: v.Run.FileName, Face: ui.Workbench, Active: "stock", Problems: v.Problems,
		Crumbs: []ui.Link{{Text: words(ctx, "title"), Href: "/stock"}, {Text: v.Run.FileName, Href: runPath(v.Run)}}}, doubtsPage(v))
}

// POST /stock/{region}/{id}/doubts/{line}
func (h pages) settle(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, region, id := r.Context(), r.PathValue("region"), r.PathValue("id")
	line, err := strconv.Atoi(r.PathValue("line"))
	if err != nil {
		return stock.ErrNoRecord
	}
	_, err = h.Settle(ctx, region, id, line, stock.Settlement(r.PostForm.Get(howName(line))), r.PostForm.Get(noteName(line)))
	if f := fault.Of(err); err != nil && f.Kind == fault.KindInvalid {
		return h.showDoubts(w, r, http.StatusUnprocessableEntity, doubtsView{After: line - 1, Line: line, How: r.PostForm.Get(howName(line)), Note: r.PostForm.Get(noteName(line)), Problems: []ui.Problem{{Field: noteName(line), Text: web.Words(ctx, f)}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, runPath(stock.Run{Region: region, ID: id})+"/doubts")
}

// noteName and howName are the controls of a record.
func noteName(line int) string { return "note" + strconv.Itoa(line) }
func howName(line int) string  { return "how" + strconv.Itoa(line) }

// facts are what a clerk needs to tell whether it is the same holder: names in
// full, numbers masked as on every list.
func (v doubtsView) facts(ctx context.Context, r stock.Record) []ui.SummaryRow {
	out := []ui.SummaryRow{{Key: words(ctx, "number"), Value: r.Number, Lang: "zh-Hans"}, {Key: words(ctx, "holder_in_file"), Value: r.HolderName + " " + certificates.MaskNumber(r.HolderNumber), Lang: "zh-Hans"}}
	if r.Known != "" {
		out = append(out, ui.SummaryRow{Key: words(ctx, "holder_known"), Value: r.Known, Lang: "zh-Hans"})
	}
	if r.Note != "" && r.Doubt == stock.DoubtRefused {
		out = append(out, ui.SummaryRow{Key: words(ctx, "refused_because"), Value: i18n.T(ctx, "fault."+r.Note)})
	}
	return out
}

func (v doubtsView) hows(ctx context.Context, r stock.Record) []ui.Option {
	var out []ui.Option
	for _, s := range r.Settlements() {
		if s == stock.Replace && v.Others[r.Line].Paper != "" {
			continue // what is signed is changed by the acts on certificates
		}
		out = append(out, ui.Option{Value: string(s), Text: words(ctx, "how."+string(s)), Hint: words(ctx, "how."+string(s)+".hint")})
	}
	return out
}

// older is the path of the doubts behind these; "" when there are none.
func (v doubtsView) older() string {
	if len(v.List) < perPage {
		return ""
	}
	return runPath(v.Run) + "/doubts" + query("after", strconv.Itoa(v.List[len(v.List)-1].Line))
}

func (v doubtsView) newer() string {
	if v.After == 0 {
		return ""
	}
	return runPath(v.Run) + "/doubts"
}

// howOf is what was chosen in a form that was refused.
func (v doubtsView) howOf(line int) string {
	if line == v.Line {
		return v.How
	}
	return ""
}

// noteOf is what was typed into a form that was refused.
func (v doubtsView) noteOf(line int) string {
	if line == v.Line {
		return v.Note
	}
	return ""
}
