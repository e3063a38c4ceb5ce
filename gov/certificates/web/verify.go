package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/certificates"
	"tongban/gov/certificates/codes"
	"tongban/gov/certificates/holding"
	"tongban/gov/certificates/identifier"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// maxUpload bounds a file that somebody wants to have checked, in bytes.
const maxUpload = 20 << 20

// verifyView is the check with its forms, and its result when there is one.
type verifyView struct {
	Code     string
	Number   string // official number, checked together with Holder
	Holder   string
	Problems []ui.Problem
	Report   *certificates.Report
	ByFile   bool
	Nodes    []ui.Option // other installations that can be asked
	Node     string
	Manage   string // page of the paper, for officers of its issuer
	Office   string // for whom a copy is to count
	Matter   string
}

func (h pages) showVerify(w http.ResponseWriter, r *http.Request, status int, v verifyView) error {
	ctx := r.Context()
	p := ui.Page{Title: i18n.T(ctx, "certificates.verify.title"), Lead: i18n.T(ctx, "certificates.verify.lead"), Face: ui.Portal, Active: "verify",
		Description: i18n.T(ctx, "certificates.verify.lead"), Problems: v.Problems}
	var err error
	if v.Nodes, err = h.nodeOptions(ctx); err != nil {
		return err
	}
	body := verifyPage(v)
	if v.Report != nil {
		if v.Report.Online && v.Report.Paper != nil && v.Report.Recognised == nil {
			if f, err := h.ByCode(ctx, v.Report.Paper.Code); err == nil && auth.From(ctx).Kind == auth.KindOfficer && h.MayManage(ctx, f) == nil {
				v.Manage = paperPath(f.Paper)
			}
		}
		status, _ := v.verdict(ctx)
		p.Title, p.Lead = i18n.T(ctx, "certificates.result.title", "status", status.Text), ""
		p.Crumbs = []ui.Link{{Text: i18n.T(ctx, "certificates.verify.title"), Href: "/verify"}}
		body = resultPage(v)
	}
	return ui.Render(w, r, status, p, body)
}

// verify answers GET /verify.
func (h pages) verify(w http.ResponseWriter, r *http.Request) error {
	if code := r.URL.Query().Get("code"); code != "" {
		if to, ok := h.addressed(r.Context(), code); ok {
			return web.Redirect(w, r, to)
		}
		return web.Redirect(w, r, checkPath(codes.Typed(code)))
	}
	return h.showVerify(w, r, http.StatusOK, verifyView{})
}

// verifyCode answers GET /verify/{code}, where QR codes lead.
func (h pages) verifyCode(w http.ResponseWriter, r *http.Request) error {
	if node := r.URL.Query().Get("node"); node != "" && h.d.Nodes != nil {
		code := r.PathValue("code")
		return h.byNode(w, r, node, certificates.Question{Code: code}, verifyView{Code: code})
	}
	return h.byCode(w, r, r.PathValue("code"))
}

func (h pages) byCode(w http.ResponseWriter, r *http.Request, code string) error {
	report, err := h.Check(r.Context(), code, web.Sender(r))
	if errors.Is(err, certificates.ErrNoPaper) {
		key := "certificates.verify.unknown"
		switch clean := certificates.CleanCode(code); {
		case identifier.Looks(clean):
			key = "certificates.verify.unknown_identifier"
		case !certificates.IsCode(clean):
			key = "certificates.verify.no_code"
		}
		return h.showVerify(w, r, http.StatusNotFound, verifyView{Code: code, Problems: []ui.Problem{{Field: "code", Text: i18n.T(r.Context(), key)}}})
	}
	if f := fault.Of(err); err != nil && f.Kind == fault.KindInvalid && strings.HasPrefix(f.Code, "certificates.key_") { // on record, by a key that does not stand
		return h.showVerify(w, r, http.StatusOK, verifyView{Report: &certificates.Report{Reason: f.Code, CheckedAt: h.Clock.Now()}})
	}
	if err != nil {
		return err
	}
	v := verifyView{Office: strings.TrimSpace(r.FormValue("office")), Matter: strings.TrimSpace(r.FormValue("matter"))}
	report = holding.For(report, v.Office, v.Matter)
	v.Report = &report
	return h.showVerify(w, r, http.StatusOK, v)
}

// verifyPost answers POST /verify: a code that was typed, or a file.
func (h pages) verifyPost(w http.ResponseWriter, r *http.Request) error {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		return h.byFile(w, r)
	}
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	if r.PostForm.Has("number") {
		return h.byNumber(w, r, strings.TrimSpace(r.PostForm.Get("number")), strings.TrimSpace(r.PostForm.Get("holder")))
	}
	typed, node := r.PostForm.Get("code"), r.PostForm.Get("node")
	if codes.Looks([]byte(typed)) && !codes.OnlyDigest([]byte(typed)) {
		// The whole text of a code: what is signed in it is checked too. One of another
		// installation is asked there.
		report, err := h.CheckFile(r.Context(), []byte(typed), web.Sender(r))
		if err != nil {
			return err
		}
		if report.KeyID == "" || report.Reason != certificates.ErrUnknownKey.Code {
			return h.showVerify(w, r, http.StatusOK, verifyView{Report: &report, ByFile: true})
		}
	}
	if to, ok := h.addressed(r.Context(), typed); ok {
		return web.Redirect(w, r, to)
	}
	code := codes.Typed(typed)
	if !certificates.IsCode(code) && !identifier.Looks(code) {
		key := "certificates.verify.no_code"
		if code == "" {
			key = "certificates.verify.empty"
		}
		return h.showVerify(w, r, http.StatusUnprocessableEntity, verifyView{Code: typed, Node: node, Problems: []ui.Problem{{Field: "code", Text: i18n.T(r.Context(), key)}}})
	}
	if node != "" && h.d.Nodes != nil {
		return web.Redirect(w, r, nodePath(node, code))
	}
	return web.Redirect(w, r, checkPath(code))
}

// byNumber checks the official number of a paper together with its holder.
func (h pages) byNumber(w http.ResponseWriter, r *http.Request, number, holder string) error {
	ctx := r.Context()
	v := verifyView{Number: number, Holder: holder}
	for field, value := range map[string]string{"number": number, "holder": holder} {
		if value == "" {
			v.Problems = append(v.Problems, ui.Problem{Field: field, Text: i18n.T(ctx, "certificates.verify.need_"+field)})
		}
	}
	if len(v.Problems) > 0 {
		slices.SortFunc(v.Problems, func(a, b ui.Problem) int { return strings.Compare(b.Field, a.Field) })
		return h.showVerify(w, r, http.StatusUnprocessableEntity, v)
	}
	if node := r.PostForm.Get("number_node"); node != "" && h.d.Nodes != nil {
		return h.byNode(w, r, node, certificates.Question{Number: number, Holder: holder}, v)
	}
	report, err := h.CheckNumber(ctx, number, holder, web.Sender(r))
	if errors.Is(err, certificates.ErrNoPaper) {
		v.Problems = []ui.Problem{{Field: "number", Text: i18n.T(ctx, "certificates.verify.unknown_number")}}
		return h.showVerify(w, r, http.StatusNotFound, v)
	}
	if err != nil {
		return err
	}
	return h.showVerify(w, r, http.StatusOK, verifyView{Report: &report})
}

// errForm refuses a body that is no form.
var errForm = fault.Invalid("certificates.form")

// byFile checks the file in a posted form. The file is not kept.
func (h pages) byFile(w http.ResponseWriter, r *http.Request) error {
	body, name, err := uploaded(w, r)
	if err == nil {
		var report certificates.Report
		if to, ok := h.addressed(r.Context(), string(body)); ok && codes.OnlyDigest(body) {
			return web.Redirect(w, r, to)
		}
		if code := codes.Typed(string(body)); codes.OnlyDigest(body) && certificates.IsCode(code) {
			return web.Redirect(w, r, checkPath(code)) // the code leads to the record and says nothing else
		}
		if report, err = h.CheckFile(r.Context(), body, web.Sender(r)); err == nil {
			return h.showVerify(w, r, http.StatusOK, verifyView{Report: &report, ByFile: true})
		}
	}
	if f := fault.Of(err); f.Kind == fault.KindInvalid {
		text := web.Words(r.Context(), f.With("name", name))
		return h.showVerify(w, r, http.StatusUnprocessableEntity, verifyView{Problems: []ui.Problem{{Field: "file", Text: text}}})
	}
	return err
}

// errNoFile asks for a file.
var errNoFile = fault.Invalid("certificates.no_file")

// uploaded reads the file of a posted form.
func uploaded(w http.ResponseWriter, r *http.Request) (body []byte, name string, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload+64<<10)
	m, err := r.MultipartReader()
	if err != nil {
		return nil, "", errForm.Because(err)
	}
	for {
		part, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, "", errNoFile
		}
		if err != nil {
			return nil, "", errForm.Because(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		body, err := io.ReadAll(io.LimitReader(part, maxUpload+1))
		var tooLong *http.MaxBytesError
		switch {
		case errors.As(err, &tooLong), len(body) > maxUpload:
			return nil, part.FileName(), files.ErrTooBig.With("size", files.Bytes(max(r.ContentLength, maxUpload+1))).With("limit", files.Bytes(maxUpload))
		case err != nil:
			return nil, part.FileName(), errForm.Because(err)
		case len(body) == 0:
			return nil, part.FileName(), files.ErrEmpty
		}
		return body, part.FileName(), nil
	}
}

// statusOf is what a paper is worth, as a word with a shape.
func statusOf(ctx context.Context, s certificates.Status) ui.Status {
	tone := map[certificates.Status]ui.Tone{certificates.Valid: ui.OK, certificates.Expired: ui.Warn, certificates.Superseded: ui.Warn, certificates.Suspended: ui.Warn, certificates.Moved: ui.Warn,
		certificates.Revoked: ui.Bad, certificates.Withdrawn: ui.Bad, certificates.Cancelled: ui.Bad, certificates.Damaged: ui.Bad, certificates.Ended: ui.Bad}[s]
	st := ui.Status{Text: i18n.T(ctx, "certificates.status."+string(s)), Tone: tone}
	if tone == ui.Bad {
		st.Shape = "cross"
	}
	return st
}

// verdict is the answer in one line: its status, and the sentence below.
func (v verifyView) verdict(ctx context.Context) (ui.Status, string) {
	r := v.Report
	if status, text, not := v.notRecognised(ctx); not {
		return status, text
	}
	if !r.Genuine {
		return ui.Status{Text: i18n.T(ctx, "certificates.result.not_genuine"), Tone: ui.Bad, Shape: "cross"}, i18n.T(ctx, "fault."+r.Reason)
	}
	if r.Reason == certificates.ErrElsewhere.Code {
		return ui.Status{Text: i18n.T(ctx, "certificates.copy.elsewhere"), Tone: ui.Bad, Shape: "cross"}, i18n.T(ctx, "fault."+r.Reason, "office", r.Paper.CopyOf.OfficeName)
	}
	if r.Reason == holding.ErrOtherMatter.Code {
		return ui.Status{Text: i18n.T(ctx, "certificates.copy.other_matter"), Tone: ui.Bad, Shape: "cross"}, i18n.T(ctx, "fault."+r.Reason, "matter", r.Paper.CopyOf.Matter)
	}
	if status, text, waits := v.asOfThen(ctx); waits {
		return status, text
	}
	key := "certificates.result." + string(r.Status)
	if own := "certificates.copy.result." + string(r.Status); r.Paper.CopyOf != nil && (r.Status == certificates.Valid || r.Status == certificates.Expired || r.Status == certificates.Cancelled) {
		key = own
	}
	if r.Because == holding.CaseOver {
		key = "certificates.copy.result.case_over"
	}
	return statusOf(ctx, r.Status), i18n.T(ctx, key, "issuer", r.Paper.IssuerName, "date", i18n.Date(ctx, r.Paper.ValidUntil),
		"at", i18n.DateTime(ctx, r.Since))
}

// facts are what a stranger may learn about the paper.
func (v verifyView) facts(ctx context.Context) []ui.SummaryRow {
	p := v.Report.Paper
	t := func(key string) string { return i18n.T(ctx, "certificates.fact."+key) }
	rows := []ui.SummaryRow{{Key: t("title"), Value: p.Title}, {Key: t("number"), Value: p.Number},
		{Key: t("issuer"), Value: i18n.T(ctx, "certificates.fact.issuer_code", "issuer", p.IssuerName, "code", p.Issuer)},
		{Key: t("holder"), Value: p.HolderName}, {Key: t("holder_number"), Value: p.HolderNumber},
		{Key: t("item"), Value: p.ItemName}, {Key: t("issued"), Value: i18n.Date(ctx, p.IssuedAt)}, {Key: t("until"), Value: until(ctx, p)}}
	rows = append(rows, ui.SummaryRow{Key: t("identifier"), Value: p.Identifier})
	if p.Version > 0 { // a code has no room for it
		rows = append(rows, ui.SummaryRow{Key: t("version"), Value: strconv.Itoa(p.Version)})
	}
	if c := p.CopyOf; c != nil {
		rows = append(rows, ui.SummaryRow{Key: t("copy_for"), Value: c.OfficeName}, ui.SummaryRow{Key: t("copy_purpose"), Value: c.Purpose})
		if c.Matter != "" {
			rows = append(rows, ui.SummaryRow{Key: t("copy_matter"), Value: c.Matter})
		}
	}
	if !v.Report.Since.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: t("since"), Value: i18n.DateTime(ctx, v.Report.Since)},
			ui.SummaryRow{Key: t("because"), Value: v.Report.Because}, ui.SummaryRow{Key: t("basis"), Value: v.Report.Basis})
	}
	if p.Grade != "" {
		rows = append(rows, ui.SummaryRow{Key: t("grade"), Value: t("grade." + string(p.Grade))})
	}
	for _, line := range v.Report.Says {
		rows = append(rows, ui.SummaryRow{Key: line.Label, Value: line.Value})
	}
	rows = append(rows, ui.SummaryRow{Key: t("as_of"), Value: i18n.DateTime(ctx, v.Report.CheckedAt)})
	if v.Report.Form == certificates.FormWallet {
		for i := range 5 { // number and holder are the holder's to show
			rows[i].Value = cmp.Or(rows[i].Value, t("withheld"))
		}
	}
	return slices.DeleteFunc(rows, func(row ui.SummaryRow) bool { return row.Value == "" })
}

func until(ctx context.Context, p *certificates.Summary) string {
	if p.ValidUntil.IsZero() {
		return i18n.T(ctx, "certificates.fact.no_end")
	}
	return i18n.Date(ctx, p.ValidUntil)
}

// checked is one thing that was looked at.
type checked struct {
	Status ui.Status
	Text   string
}

// checks lists what was looked at, in words. What comes after a failure is not
// called wrong: it was not looked at.
func (v verifyView) checks(ctx context.Context) []checked {
	r := v.Report
	var out []checked
	add := func(key string, looked, ok bool) {
		st := ui.Status{Text: i18n.T(ctx, "certificates.check.ok"), Tone: ui.OK}
		switch {
		case !looked:
			st = ui.Status{Text: i18n.T(ctx, "certificates.check.skipped"), Tone: ui.Plain}
		case !ok:
			st = ui.Status{Text: i18n.T(ctx, "certificates.check.not"), Tone: ui.Bad, Shape: "cross"}
		}
		out = append(out, checked{st, i18n.T(ctx, "certificates.check."+key)})
	}
	form := ""
	if r.Form == certificates.FormJWS || r.Form == certificates.FormData || r.Form == certificates.FormCode || r.Form == certificates.FormWallet {
		form = "." + r.Form
	}
	if v.ByFile {
		add("file"+form, true, r.FileSignatureOK)
		add("whole", r.FileSignatureOK, r.WholeDocument)
	}
	add("data", r.DataSignatureOK || r.KeyID != "", r.DataSignatureOK)
	switch {
	case !v.ByFile, r.Form == certificates.FormCode: // whoever holds the page compares
	case r.Form == certificates.FormWallet:
		add("bound", r.Bound, r.Bound)
	default:
		add("pages"+form, r.FileSignatureOK && r.DataSignatureOK, r.PagesMatch)
	}
	record := "record"
	if r.Recognised != nil {
		record = "node"
	}
	add(record, r.Online, r.OK)
	return out
}

// signedBy tells whose certificate the file's signature has.
func (v verifyView) signedBy(ctx context.Context) string {
	r := v.Report
	switch {
	case !v.ByFile || !r.FileSignatureOK:
		return ""
	case r.SignedBy == "":
		return i18n.T(ctx, "certificates.result.signed_key", "algorithm", r.Algorithm, "key", r.KeyID)
	}
	return i18n.T(ctx, "certificates.result.signed_by", "name", r.SignedBy, "at", i18n.DateTime(ctx, r.SignedAt))
}
