package applicant

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/casework/web/upload"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// materialsView is the page of materials.
type materialsView struct {
	k        desk
	Rows     []materialRow
	Done     int
	Back     string
	Problems []ui.Problem
}

// materialRow is one material with the ways to hand it in.
type materialRow struct {
	catalogue.Material
	Choice casework.Choice
	Ways   []ui.Option // values are mode, or mode:paper
	Chosen string      // "" until the applicant has chosen
}

// materials answers GET …/materials.
func (h pages) materials(w http.ResponseWriter, r *http.Request, k desk) error {
	if k.open != nil {
		return web.Redirect(w, r, k.path()+"/situation")
	}
	return h.showMaterials(w, r, http.StatusOK, materialsView{k: k, Back: r.URL.Query().Get("back")})
}

func (h pages) showMaterials(w http.ResponseWriter, r *http.Request, status int, v materialsView) error {
	ctx := r.Context()
	held, err := h.held(ctx)
	if err != nil {
		return err
	}
	for _, m := range v.k.needed() {
		row := h.materialRow(ctx, v.k, m, held)
		if len(v.k.wrong("material."+m.ID)) == 0 {
			v.Done++
		}
		v.Rows = append(v.Rows, row)
	}
	back := ui.Link{Href: v.k.path()}
	steps := v.k.steps()
	switch {
	case v.Back == "check":
		back.Href = v.k.path() + "/check"
	case len(steps) > 0:
		back.Href = v.k.stepPath(steps[len(steps)-1])
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "materials.title", "n", len(v.Rows)), Eyebrow: itemName(r.Context(), v.k.offer), Active: "do", Back: back, Problems: v.Problems}, materialsPage(v))
}

// held are the valid certificates of the caller, to be used instead of copies.
func (h pages) held(ctx context.Context) ([]certificates.Found, error) {
	all, err := h.Certificates.OfHolder(ctx, h.Casework.Regions, auth.From(ctx).Owner(), 50)
	if fault.IsKind(err, fault.KindForbidden) {
		return nil, nil
	}
	var out []certificates.Found
	for _, f := range all {
		if f.Kind == certificates.Certificate && f.Status == certificates.Valid {
			out = append(out, f)
		}
	}
	return out, err
}

// standIn offers the caller's own certificates for what is asked for again.
func (h pages) standIn(ctx context.Context, asks []casefile.Again, name, value string, problems []ui.Problem) (ui.FieldProps, error) {
	held, err := h.held(ctx)
	if err != nil {
		return ui.FieldProps{}, err
	}
	return casefile.StandIn(ctx, h.Casework, asks, held, name, value, problems)
}

func (h pages) materialRow(ctx context.Context, k desk, m catalogue.Material, held []certificates.Found) materialRow {
	row := materialRow{Material: m, Choice: k.Materials[m.ID]}
	add := func(value, text, hint string) {
		row.Ways = append(row.Ways, ui.Option{Value: value, Text: text, Hint: hint})
	}
	for _, s := range m.Instead {
		switch s.Kind {
		case "data":
			add("electronic:data:"+s.Source, words(ctx, "materials.data", "name", s.Name.In(ctx)), words(ctx, "materials.data_hint"))
		case "certificate":
			add("electronic:certificate:"+s.Source, words(ctx, "materials.certificate", "name", s.Name.In(ctx)), words(ctx, "materials.certificate_hint"))
		}
	}
	for _, f := range held {
		if h.Casework.Accepts(k.offer.Package == "", m, f.Paper) {
			add("electronic:"+f.Code, words(ctx, "materials.mine", "name", f.Title, "number", f.Number), "")
		}
	}
	add("file", words(ctx, "materials.file"), "")
	for _, s := range m.Instead {
		if s.Kind == "commitment" {
			add("commitment", words(ctx, "materials.commitment", "name", s.Name.In(ctx)), words(ctx, "materials.commitment_hint"))
			break
		}
	}
	if m.Later || k.offer.Package == "" {
		add("to_follow", words(ctx, "materials.later"), words(ctx, "materials.later_hint"))
	}
	if k.offer.Package == "" {
		add("not_applicable", words(ctx, "materials.not_applicable"), words(ctx, "materials.not_applicable_hint"))
	}
	// Law: 个人信息保护法 art. 14: consent is given by the applicant's own act; a way
	// that is consent must not be chosen beforehand.
	row.Chosen = wayOf(row.Choice)
	return row
}

// consents tells whether choosing this way agrees to something being looked up.
func consents(way string) bool { return strings.HasPrefix(way, string(casework.Electronic)) }

// aside tells whether the files of a material stay with the draft and are not
// handed in, because another way was chosen.
func (m materialRow) aside() bool {
	return len(m.Choice.Files) > 0 && m.Choice.Mode != casework.ByFile
}

// consented says what the applicant agreed to, and when.
func (m materialRow) consented(ctx context.Context) string {
	c := m.Choice.Consent
	if c == nil {
		return ""
	}
	return words(ctx, "materials.consented", "date", i18n.DateTime(ctx, c.At), "purpose", c.Purpose, "office", c.Office)
}

// wayOf writes a choice the way the radios do.
func wayOf(c casework.Choice) string {
	if c.Mode == casework.Electronic {
		return "electronic:" + c.Paper
	}
	return string(c.Mode)
}

// materialsPost answers POST …/materials: files are taken as they come in,
// then the ways are kept, then what is missing is said.
func (h pages) materialsPost(w http.ResponseWriter, r *http.Request, k desk) error {
	ctx := r.Context()
	byID := map[string]catalogue.Material{}
	for _, m := range k.offer.Materials {
		byID[m.ID] = m
	}
	got := map[string]bool{}
	s, err := upload.Read(w, r, func(field, name string, content io.Reader) error {
		m, ok := byID[strings.TrimPrefix(field, "file.")]
		if !ok {
			return casework.ErrNoMaterial.With("material", field)
		}
		a, err := h.store(ctx, name, content, upload.Limit(m), upload.Kinds(m))
		if err != nil {
			return err
		}
		got[m.ID] = true
		_, err = h.Casework.Attach(ctx, k.Region, k.ID, m.ID, a)
		return err
	})
	if err != nil {
		return err
	}
	refused, err := h.keepWays(ctx, k, s.Values, got)
	if err != nil {
		return err
	}
	s.Problems = append(s.Problems, refused...)
	d, err := h.Casework.Draft(ctx, k.Region, k.ID)
	if err != nil {
		return err
	}
	if k, err = h.desk(r, d); err != nil {
		return err
	}
	return h.afterMaterials(w, r, k, s)
}

// keepWays keeps how each material is handed in and takes a file off when its
// button was pressed. A material that got a file is handed in by it.
// What cannot stand in for its material is refused at the field.
func (h pages) keepWays(ctx context.Context, k desk, form url.Values, got map[string]bool) (refused []ui.Problem, err error) {
	for _, m := range k.offer.Materials {
		way := form.Get("mode." + m.ID)
		if way == "" || got[m.ID] || way == wayOf(k.Materials[m.ID]) || form.Get("unchoose") == m.ID {
			continue
		}
		mode, paper, _ := strings.Cut(way, ":")
		_, err := h.Casework.Choose(ctx, k.Region, k.ID, m.ID, casework.Mode(mode), paper, "")
		var wrong casework.Problems
		switch {
		case errors.As(err, &wrong):
			for _, p := range wrong {
				refused = append(refused, ui.Problem{Field: "mode." + m.ID, Text: i18n.T(ctx, p.Code, named(ctx, k, p)...)})
			}
		case err != nil:
			return refused, err
		}
	}
	if m := form.Get("unchoose"); m != "" {
		_, err := h.Casework.Unchoose(ctx, k.Region, k.ID, m)
		return refused, err
	}
	if m, hash, ok := strings.Cut(form.Get("remove"), ":"); ok {
		_, err := h.Casework.Detach(ctx, k.Region, k.ID, m, hash)
		return refused, err
	}
	return refused, nil
}

func (h pages) afterMaterials(w http.ResponseWriter, r *http.Request, k desk, s upload.Sent) error {
	back := s.Values.Get("back")
	act := s.Values.Get("act")
	switch {
	case len(s.Problems) > 0:
		return h.showMaterials(w, r, http.StatusUnprocessableEntity, materialsView{k: k, Back: back, Problems: s.Problems})
	case s.Values.Get("remove") != "" || s.Values.Get("unchoose") != "" || act == "upload":
		return web.Redirect(w, r, k.path()+"/materials?back="+url.QueryEscape(back))
	case act == "later":
		return web.Redirect(w, r, "/my?done=saved")
	}
	var problems []ui.Problem
	for _, p := range k.wrong("material.") {
		id := strings.TrimPrefix(p.Field, "material.")
		field := "mode." + id
		if k.Materials[id].Mode == casework.ByFile {
			field = "file." + id
		}
		problems = append(problems, ui.Problem{Field: field, Text: i18n.T(r.Context(), p.Code, named(r.Context(), k, p)...)})
	}
	if len(problems) > 0 {
		return h.showMaterials(w, r, http.StatusUnprocessableEntity, materialsView{k: k, Back: back, Problems: problems})
	}
	return web.Redirect(w, r, k.next(-1, true))
}

// named gives the words of a problem the name of its field in the reader's
// language.
func named(ctx context.Context, k desk, p casework.Problem) []any {
	if strings.HasPrefix(p.Field, "form.") {
		return p.Pairs
	}
	return append([]any{"name", k.label(ctx, p.Field)}, p.Pairs...)
}

// faultWords are the reader's words for a fault.
func faultWords(ctx context.Context, f *fault.Fault) string { return web.Words(ctx, f) }

// file answers with one of the files that belong to a draft or a case.
func (h pages) file(w http.ResponseWriter, r *http.Request, list []casework.Attachment) error {
	for _, a := range list {
		if a.Hash == r.PathValue("hash") {
			return h.Files.Preview(w, r, files.Ref{Hash: a.Hash, Size: a.Size, Kind: files.Kind(a.Kind)}, a.Name)
		}
	}
	return files.ErrMissing
}

// draftFile answers GET /drafts/{region}/{id}/files/{hash}.
func (h pages) draftFile(w http.ResponseWriter, r *http.Request) error {
	d, err := h.Casework.Draft(r.Context(), r.PathValue("region"), casework.DraftID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return h.file(w, r, attachments(d))
}

// attachments are all files of an application, in the order in which they came.
func attachments(d casework.Draft) []casework.Attachment {
	var out []casework.Attachment
	for _, c := range d.Materials {
		out = append(out, c.Files...)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		return a.At.Before(b.At) || a.At.Equal(b.At) && a.Name < b.Name
	})
	return out
}

// store takes one file into the file store.
func (h pages) store(ctx context.Context, name string, content io.Reader, most int64, list []files.Kind) (casework.Attachment, error) {
	ref, err := h.Files.PutNamed(ctx, name, content, most, list)
	if err != nil {
		return casework.Attachment{}, err
	}
	return casework.Attachment{Hash: ref.Hash, Name: upload.Name(name), Size: ref.Size, Kind: string(ref.Kind)}, nil
}
