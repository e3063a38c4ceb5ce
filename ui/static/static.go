package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed css/*.css app.js icon.svg tree.css
var sources embed.FS

// Asset is one file as browsers get it.
type Asset struct {
	Name string // "app.css"
	URL  string // "/static/app.0f3a….css": changes whenever the content does
	Body []byte
	Gzip []byte // Body compressed once, at level 9
	Type string // media type
}

var load = sync.OnceValue(func() map[string]*Asset {
	all := map[string]*Asset{}
	add := func(name string, body []byte) {
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext
		a := &Asset{Name: name, URL: "/static/" + hashed, Body: body, Gzip: compress(body), Type: mediaType(ext)}
		all[name], all[hashed] = a, a
	}
	add("app.css", []byte(Minify(stylesheet())))
	for _, name := range []string{"app.js", "icon.svg", "tree.css"} {
		raw, err := sources.ReadFile(name)
		if err != nil {
			panic(err) // embedded, so it is a build mistake
		}
		if name == "app.js" {
			raw = []byte(minifyScript(string(raw)))
		}
		if name == "tree.css" {
			raw = []byte(Minify(string(raw)))
		}
		add(name, raw)
	}
	return all
})

func mediaType(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	}
	return mime.TypeByExtension(ext)
}

func compress(b []byte) []byte {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a buffer does not fail
	}
	return buf.Bytes()
}

// Get returns an asset by its plain name; the names are few and known, so an
// unknown one is a programming mistake and panics.
func Get(name string) *Asset {
	a, ok := load()[name]
	if !ok {
		panic("static: no asset " + name)
	}
	return a
}

// URL returns where an asset is served, with the hash of its content.
func URL(name string) string { return Get(name).URL }

// Handler serves everything below /static/. Hashed addresses may be kept for
// ever; the plain ones are always asked for again.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/static/")
		a, ok := load()[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.Type)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Vary", "Accept-Encoding")
		h.Set("ETag", `"`+strings.TrimPrefix(a.URL, "/static/")+`"`)
		if name == a.Name {
			h.Set("Cache-Control", "no-cache")
		} else {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		if r.Header.Get("If-None-Match") == h.Get("ETag") {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		body := a.Body
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && len(a.Gzip) < len(a.Body) {
			h.Set("Content-Encoding", "gzip")
			body = a.Gzip
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(body) // the reader went away: nothing to do about it
		}
	})
}
