package counter

import (
	"context"
	"fmt"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// forSupplement is the purpose under which a case is read when its applicant
// brings what was asked for.
const forSupplement = "窗口代收补正材料"

// supplementView is a request for supplements that is answered at the window.
type supplementView struct {
	File     casework.File
	Request  casework.Supplement
	Problems []ui.Problem
	Saved    bool
}

// GET /counter/cases/{region}/{id}/supplement
func (h pages) supplement(w http.ResponseWriter, r *http.Request) error {
	return h.showSupplement(w, r, http.StatusOK, nil)
}

func (h pages) showSupplement(w http.ResponseWriter, r *http.Request, status int, problems []ui.Problem) error {
	ctx := r.Context()
	f, sup, err := h.request(r)
	if err != nil {
		return err
	}
	v := supplementView{File: f, Request: sup, Problems: problems, Saved: r.URL.Query().Get("saved") != ""}
	page := ui.Page{Title: i18n.T(ctx, "counter.supplement.title", "n", len(sup.Items)), Eyebrow: f.ItemName + " · " + casework.ShowNumber(f.Number), Active: "counter", Problems: problems,
		Back: ui.Link{Text: i18n.T(ctx, "counter.intake.back"), Href: "/counter/people/" + f.Person}, Keys: []ui.Key{nextPerson(ctx), {Name: "F4", Text: i18n.T(ctx, "counter.key.save"), Form: "supplement"}}}
	return render(w, r, status, page, supplementPage(v))
}

// request finds what is waiting for an answer.
func (h pages) request(r *http.Request) (casework.File, casework.Supplement, error) {
	f, err := h.Casework.Open(r.Context(), r.PathValue("region"), casework.CaseID(r.PathValue("id")), forSupplement)
	if err != nil {
		return f, casework.Supplement{}, err
	}
	for _, s := range f.Supplements {
		if s.AnsweredAt.IsZero() {
			return f, s, nil
		}
	}
	return f, casework.Supplement{}, casework.ErrWrongState.With("state", string(f.State)).With("action", string(casework.ActAnswer))
}

// POST /counter/cases/{region}/{id}/supplement: every post saves; sending is done once.
func (h pages) supplementPost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, sup, err := h.request(r)
	if err != nil {
		return h.supplementLate(w, r, err)
	}
	rules := map[string]rule{}
	for i := range sup.Items {
		rules[fileName(i)] = rule{limitMB << 20, []files.Kind{files.PDF, files.JPEG, files.PNG, files.OFD}}
	}
	in, err := h.receive(w, r, rules)
	if err != nil {
		return err
	}
	problems := in.Problems
	for i, it := range sup.Items {
		list := append(append([]casework.Attachment(nil), it.Files...), in.Files[fileName(i)]...)
		if _, err := h.Casework.AnswerItem(ctx, f.Region, f.ID, i, in.Get(textName(i)), list); err != nil {
			p := casefile.Problems(ctx, err, nil)
			if p == nil {
				return h.supplementLate(w, r, err)
			}
			problems = append(problems, p...)
		}
	}
	if len(problems) == 0 && in.Get("act") == "send" {
		if _, err = h.Casework.SendSupplement(ctx, f.Region, f.ID); err == nil {
			return web.Redirect(w, r, receiptHref(f.Number))
		}
		if problems = casefile.Problems(ctx, err, nil); problems == nil {
			return h.supplementLate(w, r, err)
		}
	}
	if len(problems) > 0 {
		return h.showSupplement(w, r, http.StatusUnprocessableEntity, problems)
	}
	return web.Redirect(w, r, caseHref(f.Case)+"/supplement?saved=1")
}

func (h pages) supplementLate(w http.ResponseWriter, r *http.Request, err error) error {
	ctx := r.Context()
	links := []ui.Link{{Text: i18n.T(ctx, "casefile.conflict.look"), Href: "/counter/cases/" + r.PathValue("region") + "/" + r.PathValue("id")}}
	return casefile.Conflict(w, r, h.desk.Services, ui.Counter, r.PathValue("region"), casework.CaseID(r.PathValue("id")), links, err)
}

func textName(i int) string { return fmt.Sprintf("items.%d.text", i) }
func fileName(i int) string { return fmt.Sprintf("items.%d.files", i) }

// fileRows are the files of an answer so far.
func (v supplementView) fileRows(ctx context.Context, it casework.SupplementItem) []ui.FileRow {
	return casefile.FileRows(ctx, "/counter/files/"+v.File.Region+"/"+string(v.File.ID), it.Files)
}
