package upload

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/web"
	"tongban/ui"
)

// maxUpload bounds the body of a form with files, in bytes. It is far above
// what is kept, so that a file that is too big can be read to its end and
// refused with its size, instead of cutting the connection.
const maxUpload = 1 << 30

// maxValue bounds one value of a form with files, in bytes.
const maxValue = 256 << 10

// maxForm bounds the body of a form without files, in bytes: the longest
// answers of the longest form.
const maxForm = 1 << 20

// ErrForm refuses a body that is no form, or a far too long one.
var ErrForm = fault.Invalid("applicant.form")

// Post reads a posted form of bounded size.
func Post(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return ErrForm.Because(err)
	}
	return nil
}

// Sent is a posted form with files: values in Values, files already taken.
type Sent struct {
	Values   url.Values
	Problems []ui.Problem
}

// Read reads a form with files as it comes in. take is called for every
// file that was chosen; what it refuses becomes a problem at that input, and
// everything after it is still read. Values that come before a file are there
// when it is taken.
func Read(w http.ResponseWriter, r *http.Request, take func(field, name string, content io.Reader) error) (Sent, error) {
	s := Sent{Values: url.Values{}}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err := Post(w, r)
		s.Values = r.PostForm
		return s, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	parts, err := r.MultipartReader()
	if err != nil {
		return s, ErrForm.Because(err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			r.PostForm = s.Values
			return s, nil
		}
		if err != nil {
			return s, ErrForm.Because(err)
		}
		if err := s.part(r.Context(), part, take); err != nil {
			return s, err
		}
	}
}

func (s *Sent) part(ctx context.Context, p *multipart.Part, take func(field, name string, content io.Reader) error) error {
	defer p.Close()
	if p.FileName() == "" {
		raw, err := io.ReadAll(io.LimitReader(p, maxValue+1))
		if err != nil || len(raw) > maxValue {
			return ErrForm.Because(err)
		}
		if !isFileInput(p) {
			s.Values.Add(p.FormName(), string(raw))
		}
		return nil
	}
	err := take(p.FormName(), p.FileName(), p)
	if err == nil {
		return nil
	}
	var fields casework.Problems
	var f *fault.Fault
	switch {
	case errors.As(err, &fields):
		for _, x := range ui.ProblemsOf(ctx, fields) {
			s.Problems = append(s.Problems, ui.Problem{Field: p.FormName(), Text: x.Text})
		}
	case errors.As(err, &f) && f.Is(casework.ErrNoMaterial): // no page has such an input
		s.Problems = append(s.Problems, ui.Problem{Text: web.Words(ctx, f)})
	case errors.As(err, &f) && (f.Kind == fault.KindInvalid || f.Code == files.ErrUnavailable.Code):
		s.Problems = append(s.Problems, ui.Problem{Field: p.FormName(), Text: web.Words(ctx, f)})
	default:
		return err
	}
	return nil
}

// isFileInput tells an input for files into which nothing was put from a value.
func isFileInput(p *multipart.Part) bool {
	return strings.Contains(p.Header.Get("Content-Disposition"), "filename=")
}

// Kinds are the kinds of files that a material may be given as.
func Kinds(m catalogue.Material) []files.Kind {
	names := map[string]files.Kind{"pdf": files.PDF, "jpg": files.JPEG, "png": files.PNG, "ofd": files.OFD}
	var out []files.Kind
	for _, a := range m.Accept {
		if k, ok := names[a]; ok {
			out = append(out, k)
		}
	}
	if len(out) == 0 {
		return AnyKind
	}
	return out
}

// AnyKind is what is taken where nothing says what is.
var AnyKind = []files.Kind{files.PDF, files.JPEG, files.PNG, files.OFD}

// LimitMB is how big one file may be where nothing says so.
const LimitMB = 20

// Limit is how many bytes one file of a material may have.
func Limit(m catalogue.Material) int64 {
	if m.MaxMB <= 0 {
		return LimitMB << 20
	}
	return int64(m.MaxMB) << 20
}

// Accept is the same for the browser's own dialogue.
func Accept(list []files.Kind) string {
	var out []string
	for _, k := range list {
		out = append(out, k.MediaType(), k.Extension())
	}
	return strings.Join(out, ",")
}

// Name keeps the last part of what the browser calls a file, whole
// characters, not too many.
func Name(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	r := []rune(strings.ToValidUTF8(name, ""))
	if len(r) > 200 {
		r = append(r[:190], r[len(r)-10:]...)
	}
	if len(r) == 0 {
		return "file"
	}
	return string(r)
}
