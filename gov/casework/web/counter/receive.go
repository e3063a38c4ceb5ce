package counter

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

// Bounds of a form with files, in bytes. The whole is far above what is kept,
// so that a scan that is too big is read to its end and refused with its size
// while everything else in the form is kept.
const (
	maxBody  = 1 << 30
	maxValue = 256 << 10
	limitMB  = 20 // of one file, where the item does not say
)

var errForm = fault.Invalid("counter.form")

// sent is a posted form: values, files that lie in the store already, and what
// was wrong with files.
type sent struct {
	url.Values
	Files    map[string][]casework.Attachment // by control
	Problems []ui.Problem
}

// rule says what one file may be.
type rule struct {
	most  int64
	kinds []files.Kind
}

// receive reads a form as it comes in; rules says which controls take files.
func (h pages) receive(w http.ResponseWriter, r *http.Request, rules map[string]rule) (sent, error) {
	s := sent{Values: url.Values{}, Files: map[string][]casework.Attachment{}}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		r.Body = http.MaxBytesReader(w, r.Body, 2<<20)
		err := r.ParseForm()
		s.Values = r.PostForm
		if err != nil {
			return s, errForm.Because(err)
		}
		return s, nil
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return s, errForm.Because(err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return s, errForm.Because(err)
		}
		if err := h.part(r.Context(), &s, part, rules); err != nil {
			return s, err
		}
	}
}

func (h pages) part(ctx context.Context, s *sent, p *multipart.Part, rules map[string]rule) error {
	defer p.Close()
	name := p.FormName()
	if p.FileName() == "" {
		raw, err := io.ReadAll(io.LimitReader(p, maxValue+1))
		if err != nil || len(raw) > maxValue || len(s.Values) > 2000 {
			return errForm.Because(err)
		}
		if _, file := rules[name]; !file {
			s.Add(name, string(raw))
		}
		return nil
	}
	rl, ok := rules[name]
	if !ok {
		return nil
	}
	ref, err := h.Files.PutNamed(ctx, p.FileName(), p, rl.most, rl.kinds)
	var f *fault.Fault
	switch {
	case err == nil:
		s.Files[name] = append(s.Files[name], casework.Attachment{Hash: ref.Hash, Size: ref.Size, Kind: string(ref.Kind), Name: p.FileName()})
		return nil
	case errors.As(err, &f) && (f.Kind == fault.KindInvalid || f.Kind == fault.KindUnavailable):
		s.Problems = append(s.Problems, ui.Problem{Field: name, Text: web.Words(ctx, f)})
		return nil
	}
	return err
}

// kinds are the kinds of files that a material may be handed in as.
func kinds(m catalogue.Material) []files.Kind {
	names := map[string]files.Kind{"pdf": files.PDF, "jpg": files.JPEG, "png": files.PNG, "ofd": files.OFD}
	var out []files.Kind
	for _, a := range m.Accept {
		if k, ok := names[a]; ok {
			out = append(out, k)
		}
	}
	if len(out) == 0 {
		return []files.Kind{files.PDF, files.JPEG, files.PNG, files.OFD}
	}
	return out
}

// ruleFor is what one file of a material may be.
func ruleFor(m catalogue.Material) rule {
	mb := m.MaxMB
	if mb <= 0 {
		mb = limitMB
	}
	return rule{int64(mb) << 20, kinds(m)}
}

// accept is the same for the browser's own dialogue.
func accept(list []files.Kind) string {
	var out []string
	for _, k := range list {
		out = append(out, k.MediaType(), k.Extension())
	}
	return strings.Join(out, ",")
}
