package files

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Serve hands the file out as a download under the given name. It checks the
// bytes first and returns ErrAltered or ErrMissing without having written
// anything. The caller has checked that the reader may have the file.
func (s *Store) Serve(w http.ResponseWriter, r *http.Request, ref Ref, name string) error {
	return s.serve(w, r, ref, "attachment", name)
}

// Preview is Serve for looking at a document inside the browser: pictures and
// PDF are shown, in a page that may run and load nothing; other kinds are
// downloaded.
func (s *Store) Preview(w http.ResponseWriter, r *http.Request, ref Ref, name string) error {
	switch ref.Kind {
	case PDF, JPEG, PNG:
		return s.serve(w, r, ref, "inline", name)
	}
	return s.serve(w, r, ref, "attachment", name)
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request, ref Ref, disposition, name string) error {
	f, err := s.open(ref.Hash)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := check(f, ref.Hash); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return diskFault(err)
	}
	head(w.Header(), ref.Kind, disposition, name)
	w.Header().Set("ETag", `"`+ref.Hash+`"`)
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// Hand hands out what was made of a stored file for this one reader, as Preview or,
// with download, as Serve would. It is always given whole.
func Hand(w http.ResponseWriter, kind Kind, name string, download bool, content []byte) {
	disposition := "inline"
	if download {
		disposition = "attachment"
	}
	head(w.Header(), kind, disposition, name)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content) // a reader who has gone needs no answer
}

// head says of a document what it is called and what a browser may do with it.
func head(h http.Header, kind Kind, disposition, name string) {
	h.Set("Content-Type", kind.MediaType())
	h.Set("Content-Disposition", contentDisposition(disposition, name, kind))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", policy(kind))
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store") // machines in halls are shared
}

// policy forbids a shown document everything. Because: the sandbox keeps
// browsers from starting their PDF viewer, which is a sandbox of its own, so
// PDF goes without that word.
func policy(k Kind) string {
	if k == PDF {
		return "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
	}
	return "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
}

// contentDisposition names the file twice, as RFC 6266 has it: in ASCII for
// old programs and in UTF-8.
func contentDisposition(disposition, name string, kind Kind) string {
	name = displayName(name)
	if ext := path.Ext(name); !strings.EqualFold(ext, kind.Extension()) && !(kind == JPEG && strings.EqualFold(ext, ".jpeg")) {
		name += kind.Extension()
	}
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return fmt.Sprintf(`%s; filename="%s"; filename*=UTF-8''%s`, disposition, ascii, strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
}

// maxName bounds a file's name, in characters.
const maxName = 120

// displayName makes a sender's file name harmless: the last part of a path, no
// control or direction characters, not too long.
func displayName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if name == "" {
		return "file"
	}
	if utf8.RuneCountInString(name) > maxName {
		ext := path.Ext(name)
		if utf8.RuneCountInString(ext) > 8 {
			ext = ""
		}
		name = string([]rune(name)[:maxName-utf8.RuneCountInString(ext)]) + ext
	}
	return name
}
