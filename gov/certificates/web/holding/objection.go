package holding

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/once"
	"tongban/platform/web"
	"tongban/ui"
)

// maxProof bounds one file, in bytes.
const maxProof = 10 << 20

// proofKinds are what proofs may be.
var proofKinds = []files.Kind{files.PDF, files.JPEG, files.PNG, files.OFD}

// objectView asks what is wrong and what is right.
type objectView struct {
	Held     holding.Held
	Should   map[string]string
	Reason   string
	Key      string
	Problems []ui.Problem
}

// object answers GET …/object.
func (h pages) object(w http.ResponseWriter, r *http.Request) error {
	return h.showObject(w, r, http.StatusOK, objectView{Key: newKey()})
}

func (h pages) showObject(w http.ResponseWriter, r *http.Request, status int, v objectView) (err error) {
	ctx := r.Context()
	if v.Held, err = h.Held(ctx, r.PathValue("region"), r.PathValue("id")); err != nil {
		return err
	}
	p := mine(ctx, t(ctx, "object.title", "title", v.Held.Title), crumb(v.Held))
	p.Lead, p.Problems = t(ctx, "object.lead", "office", v.Held.IssuerName), v.Problems
	return ui.Render(w, r, status, p, objectPage(v))
}

// sent reads a form with files; files are kept as they come in.
func (h pages) sent(w http.ResponseWriter, r *http.Request) (url.Values, []holding.Proof, error) {
	r.Body = http.MaxBytesReader(w, r.Body, holding.MaxProofs*maxProof+64<<10)
	m, err := r.MultipartReader()
	if err != nil {
		return nil, nil, errForm.Because(err)
	}
	values, proofs := url.Values{}, []holding.Proof(nil)
	for {
		part, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return values, proofs, nil
		}
		if err != nil {
			return values, proofs, errForm.Because(err)
		}
		if err := h.takePart(r.Context(), part, values, &proofs); err != nil {
			return values, proofs, err
		}
	}
}

func (h pages) takePart(ctx context.Context, part *multipart.Part, values url.Values, proofs *[]holding.Proof) error {
	if part.FileName() == "" {
		b, err := io.ReadAll(io.LimitReader(part, 8<<10))
		if err == nil && part.FormName() != "proof" {
			values.Add(part.FormName(), string(b))
		}
		return err
	}
	ref, err := h.d.Files.PutNamed(ctx, part.FileName(), part, maxProof, proofKinds)
	if err == nil {
		*proofs = append(*proofs, holding.Proof{Hash: ref.Hash, Name: part.FileName(), Size: ref.Size, Kind: string(ref.Kind)})
	}
	return err
}

// objectPost answers POST …/object.
func (h pages) objectPost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, proofs, err := h.sent(w, r)
	v := objectView{Should: map[string]string{}, Reason: f.Get("reason"), Key: f.Get("key")}
	var entries []holding.Entry
	for name := range f {
		if key, ok := strings.CutPrefix(name, "should."); ok {
			v.Should[key] = f.Get(name)
			entries = append(entries, holding.Entry{Key: key, Should: f.Get(name)})
		}
	}
	if bad := fault.Of(err); err != nil && bad.Kind == fault.KindInvalid {
		v.Problems = []ui.Problem{{Field: "proof", Text: web.Words(ctx, bad)}}
		return h.showObject(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	if v.Key != "" {
		ctx = once.With(ctx, v.Key)
	}
	o, err := h.Object(ctx, r.PathValue("region"), r.PathValue("id"), entries, v.Reason, proofs)
	var wrong holding.Problems
	if errors.As(err, &wrong) {
		v.Problems = ui.ProblemsOf(ctx, wrong)
		return h.showObject(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, objectionPath(o))
}

// objectionView is an objection as its maker, or the office, sees it.
type objectionView struct {
	holding.Objection
	h        pages
	Held     []certificates.Field // of the certificate, for a change
	Key      string
	Problems []ui.Problem
	Answer   string
	Basis    string
	State    string
	Act      string
	Fields   map[string]string
}

// objection answers GET /my/objections/{region}/{id}.
func (h pages) objection(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	o, err := h.Objection(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := mine(ctx, t(ctx, "objection.title", "title", o.Title), ui.Link{Text: o.Title, Href: certificatePath(o.Region, o.Paper)})
	p.Eyebrow = o.Number
	return ui.Render(w, r, http.StatusOK, p, objectionPage(objectionView{Objection: o, h: h, Key: newKey()}))
}

// objectionWithdraw answers POST /my/objections/{region}/{id}/withdraw.
func (h pages) objectionWithdraw(w http.ResponseWriter, r *http.Request) error {
	ctx, _, err := form(w, r)
	if err != nil {
		return err
	}
	o, err := h.WithdrawObjection(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Redirect(w, r, objectionPath(o))
}

// proof answers GET /objections/{region}/{id}/files/{hash}.
func (h pages) proof(w http.ResponseWriter, r *http.Request) error {
	o, err := h.Objection(r.Context(), r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	for _, p := range o.Proofs {
		if p.Hash == r.PathValue("hash") {
			return h.d.Files.Preview(w, r, files.Ref{Hash: p.Hash, Size: p.Size, Kind: files.Kind(p.Kind)}, p.Name)
		}
	}
	return files.ErrMissing
}

func objectionStatus(ctx context.Context, o holding.Objection, now time.Time) ui.Status {
	st := ui.Status{Text: t(ctx, "objection.state."+string(o.State)), Tone: ui.Plain}
	switch {
	case o.Late(now):
		return ui.Status{Text: t(ctx, "objection.late"), Tone: ui.Bad}
	case o.State == holding.ObjectionOpen:
		st.Tone = ui.Warn
	case o.State == holding.ObjectionCorrected:
		st.Tone = ui.OK
	}
	return st
}

func objectionRows(ctx context.Context, list []holding.Objection, now time.Time) (out []ui.TaskRow) {
	for _, o := range list {
		out = append(out, ui.TaskRow{Title: t(ctx, "objection.title", "title", o.Title), Href: objectionPath(o), Note: t(ctx, "objection.note", "at", i18n.Date(ctx, o.OpenedAt), "due", i18n.Date(ctx, o.Due)), Status: objectionStatus(ctx, o, now)})
	}
	return out
}

// progress is what happened to an objection.
func (v objectionView) progress(ctx context.Context) []ui.TimelineEvent {
	out := []ui.TimelineEvent{{Title: t(ctx, "objection.opened"), At: v.OpenedAt, Who: v.PersonName, Text: v.Reason, State: ui.EventDone}}
	if v.Objection.State == holding.ObjectionOpen {
		return append(out, ui.TimelineEvent{Title: t(ctx, "objection.waits", "office", v.OfficeName, "due", i18n.Date(ctx, v.Due)), Text: t(ctx, "objection.days", "n", v.Days, "citation", v.Citation), State: ui.EventNow})
	}
	e := ui.TimelineEvent{Title: t(ctx, "objection.state."+string(v.Objection.State)), At: v.AnsweredAt, Who: v.OfficeName + " " + v.OfficerName, Text: strings.TrimSpace(v.Objection.Answer + " " + v.Objection.Basis), State: ui.EventDone}
	if v.Objection.State == holding.ObjectionRefused {
		e.State, e.Text = ui.EventBad, e.Text+" "+t(ctx, "objection.remedies")
	}
	if v.Objection.State == holding.ObjectionWithdrawn {
		e.Who = v.PersonName
	}
	return append(out, e)
}

// toAnswer answers GET /objections: the issuing office's list.
func (h pages) toAnswer(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := h.ToAnswer(ctx)
	if err != nil {
		return err
	}
	var rows []ui.TaskRow
	for _, o := range list {
		rows = append(rows, ui.TaskRow{Title: t(ctx, "objection.row", "title", o.Title, "number", o.Number), Href: "/objections/" + o.Region + "/" + o.ID,
			Note: t(ctx, "objection.note", "at", i18n.Date(ctx, o.OpenedAt), "due", i18n.Date(ctx, o.Due)), Status: objectionStatus(ctx, o, h.Clock.Now())})
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: t(ctx, "objections.to_answer"), Lead: t(ctx, "objections.to_answer_lead"), Face: ui.Workbench, Active: "objections"}, toAnswerPage(rows))
}

// resolve answers GET /objections/{region}/{id}.
func (h pages) resolve(w http.ResponseWriter, r *http.Request) error {
	return h.showResolve(w, r, http.StatusOK, objectionView{Key: newKey()})
}

func (h pages) showResolve(w http.ResponseWriter, r *http.Request, status int, v objectionView) (err error) {
	ctx := r.Context()
	if v.Objection, err = h.Objection(ctx, r.PathValue("region"), r.PathValue("id")); err != nil {
		return err
	}
	v.h = h
	if v.Fields == nil {
		v.Fields = map[string]string{}
		for _, e := range v.Entries {
			v.Fields[e.Key] = e.Should
		}
	}
	return ui.Render(w, r, status, ui.Page{Title: t(ctx, "objection.title", "title", v.Title), Eyebrow: v.Number, Face: ui.Workbench, Active: "objections", Back: ui.Link{Href: "/objections"}, Problems: v.Problems}, resolvePage(v))
}

// resolvePost answers POST /objections/{region}/{id}.
func (h pages) resolvePost(w http.ResponseWriter, r *http.Request) error {
	ctx, f, err := form(w, r)
	if err != nil {
		return err
	}
	v := objectionView{Key: f.Get("key"), Answer: f.Get("answer"), Basis: f.Get("basis"), State: f.Get("state"), Act: f.Get("act"), Fields: map[string]string{}}
	for name := range f {
		if key, ok := strings.CutPrefix(name, "field."); ok {
			v.Fields[key] = f.Get(name)
		}
	}
	o, err := h.Resolve(ctx, r.PathValue("region"), r.PathValue("id"), holding.Resolution{State: holding.ObjectionState(v.State), Answer: v.Answer, Basis: v.Basis, Act: certificates.Change, Fields: v.Fields})
	var wrong holding.Problems
	switch {
	case errors.As(err, &wrong):
		v.Problems = ui.ProblemsOf(ctx, wrong)
	case errors.Is(err, certificates.ErrUnchanged):
		v.Problems = []ui.Problem{{Field: "state", Text: web.Words(ctx, fault.Of(err))}}
	case err != nil:
		return err
	}
	if len(v.Problems) > 0 {
		return h.showResolve(w, r, http.StatusUnprocessableEntity, v)
	}
	return web.Redirect(w, r, "/objections/"+o.Region+"/"+o.ID)
}
