package counter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"tongban/gov/casework"
	"tongban/gov/casework/reuse"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/catalogue"
	"tongban/platform/files"
	"tongban/platform/forms"
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
	Offer    *catalogue.Offer
	Lists    forms.Lists
	Problems []ui.Problem
	Saved    bool
	Binds    bool                   // certificates can stand in for something that is asked for
	Looked   bool                   // the person present let the clerk look
	Fits     map[string][]reuse.Fit // by material
}

// GET /counter/cases/{region}/{id}/supplement
func (h pages) supplement(w http.ResponseWriter, r *http.Request) error {
	f, sup, err := h.request(r)
	if err != nil {
		return err
	}
	return h.showSupplement(w, r, http.StatusOK, supplementView{File: f, Request: sup, Saved: r.URL.Query().Get("saved") != ""})
}

func (h pages) showSupplement(w http.ResponseWriter, r *http.Request, status int, v supplementView) (err error) {
	ctx := r.Context()
	f, sup, problems := v.File, v.Request, v.Problems
	if v.Offer, err = h.Casework.Offer(ctx, f.Region, f.Item, f.ItemVersion); err != nil {
		return err
	}
	if v.Lists, err = h.Casework.ListsFor(ctx, f.Region, f.Item, f.ItemVersion); err != nil {
		return err
	}
	if err := h.answerFits(ctx, &v); err != nil {
		return err
	}
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
	o, err := h.Casework.Offer(ctx, f.Region, f.Item, f.ItemVersion)
	if err != nil {
		return err
	}
	rules := map[string]rule{}
	for i, it := range sup.Items {
		rules[fileName(i)] = fileRule(o, it)
	}
	in, err := h.receive(w, r, rules)
	if err != nil {
		return err
	}
	problems := in.Problems
	sup.Items = slices.Clone(sup.Items)
	gone, _ := strings.CutPrefix(in.Get("act"), "detach:")
	for i, it := range sup.Items {
		list := slices.DeleteFunc(append(slices.Clone(it.Files), in.Files[fileName(i)]...), func(a casework.Attachment) bool { return gone == fmt.Sprint(i, "/", a.Hash) })
		text := strings.ReplaceAll(strings.Join(ui.Entered(in.Values, textName(i)), "\n"), "\r\n", "\n")
		paper := chosenPaper(in.Get("act"), i, it.Paper)
		sup.Items[i].Text, sup.Items[i].Files, sup.Items[i].Paper = text, list, paper
		if _, err := h.Casework.AnswerItem(ctx, f.Region, f.ID, i, casework.Answer{Text: text, Files: list, Paper: paper}); err != nil {
			p := casefile.Problems(ctx, err, nil)
			if p == nil {
				return h.supplementLate(w, r, err)
			}
			problems = append(problems, p...)
		}
	}
	if len(problems) == 0 && in.Get("act") == actLook && h.Reuse != nil {
		if _, err := h.Reuse.AskPresent(ctx, f.Region, f.Draft, shown(r)); errors.Is(err, reuse.ErrNoLook) {
			problems = []ui.Problem{{Text: i18n.T(ctx, "fault.reuse.no_look")}}
		} else if err != nil {
			return err
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
		return h.showSupplement(w, r, http.StatusUnprocessableEntity, supplementView{File: f, Request: sup, Problems: problems})
	}
	return web.Redirect(w, r, caseHref(f.Case)+"/supplement?saved=1")
}

// actDrop takes a certificate off an answer.
const actDrop = "drop:"

// chosenPaper is the certificate of an answer after a button was pressed: pressing it
// is the consent that the applicant gives in person.
func chosenPaper(act string, i int, before string) string {
	if at, code, ok := strings.Cut(strings.TrimPrefix(act, actUse), "/"); ok && strings.HasPrefix(act, actUse) && at == strconv.Itoa(i) {
		return code
	}
	if act == actDrop+strconv.Itoa(i) {
		return ""
	}
	return before
}

// answerFits puts on the page what the person present let the clerk look for.
func (h pages) answerFits(ctx context.Context, v *supplementView) (err error) {
	if h.Reuse == nil {
		return nil
	}
	v.Binds = slices.ContainsFunc(v.Offer.Materials, func(m catalogue.Material) bool {
		return reuse.Binds(v.Offer.Package == "", m) && slices.ContainsFunc(v.Request.Items, func(it casework.SupplementItem) bool { return it.Target == "material."+m.ID })
	})
	if !v.Binds {
		return nil
	}
	v.Fits, v.Looked, err = h.looked(ctx, v.File.Region, v.File.Draft)
	return err
}

// fits are the certificates that stand in for what an item asks for; ask is false
// where none can.
func (v supplementView) fits(i int) (list []reuse.Fit, ask bool) {
	material, ok := v.Request.Items[i].Material()
	return v.Fits[material], ok && v.Looked && slices.ContainsFunc(v.Offer.Materials, func(m catalogue.Material) bool {
		return m.ID == material && reuse.Binds(v.Offer.Package == "", m)
	})
}

func (h pages) supplementLate(w http.ResponseWriter, r *http.Request, err error) error {
	ctx := r.Context()
	links := []ui.Link{{Text: i18n.T(ctx, "casefile.conflict.look"), Href: "/counter/cases/" + r.PathValue("region") + "/" + r.PathValue("id")}}
	return casefile.Conflict(w, r, h.desk.Services, ui.Counter, r.PathValue("region"), casework.CaseID(r.PathValue("id")), links, err)
}

func textName(i int) string { return fmt.Sprintf("items.%d.text", i) }
func fileName(i int) string { return fmt.Sprintf("items.%d.files", i) }

// fileRule is how big and of what kind the files of an item may be.
func fileRule(o *catalogue.Offer, it casework.SupplementItem) rule {
	if id, ok := strings.CutPrefix(it.Target, "material."); ok {
		for _, m := range o.Materials {
			if m.ID == id {
				return ruleFor(m)
			}
		}
	}
	return rule{limitMB << 20, []files.Kind{files.PDF, files.JPEG, files.PNG, files.OFD}}
}

// text asks for the answer to an item: with the control of the field itself
// where the item is about one, else for some words.
func (v supplementView) text(ctx context.Context, i int) ui.FieldProps {
	it, name := v.Request.Items[i], textName(i)
	if id, ok := strings.CutPrefix(it.Target, "form."); ok {
		for _, f := range v.Offer.Form.Fields() {
			if f.ID != id {
				continue
			}
			value := cmp.Or(it.Text, v.File.Application.Form[id])
			p := ui.FormProps{Def: v.Offer.Form, Answers: map[string]string{id: value}, Lists: v.Lists, Look: casework.LookUp}.Field(ctx, f)
			p.Name, p.Required, p.Error = name, true, ui.ErrorFor(v.Problems, name)
			return p
		}
	}
	return ui.FieldProps{Name: name, Label: i18n.T(ctx, "counter.supplement.text"), Type: ui.TextArea, Value: it.Text, Plain: true, Max: 2000, Error: ui.ErrorFor(v.Problems, name), Attrs: templ.Attributes{"rows": "2"}}
}

// files is where the scans of an item go.
func (v supplementView) files(ctx context.Context, i int) ui.FieldProps {
	r := fileRule(v.Offer, v.Request.Items[i])
	return ui.FieldProps{Name: fileName(i), Label: i18n.T(ctx, "counter.file"), Type: ui.File, Plain: true, Multiple: true, Accept: accept(r.kinds), MaxBytes: r.most, Error: ui.ErrorFor(v.Problems, fileName(i))}
}

// fileRows are the files of an answer so far.
func (v supplementView) fileRows(ctx context.Context, it casework.SupplementItem) []ui.FileRow {
	return casefile.FileRows(ctx, "/counter/files/"+v.File.Region+"/"+string(v.File.ID), casework.ByFile, it.Files)
}
