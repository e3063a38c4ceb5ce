package web

import (
	"compress/gzip"
	"mime"
	"net/http"
	"strings"
	"sync"
)

// Compress shortens answers that are text for whoever accepts it. Pages are a
// quarter of their size then, which is what people on slow lines wait for.
// Pages carry no secret that a stranger could guess by the length of answers:
// posts are guarded by their origin and not by a token in the page.
func Compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || r.Header.Get("Range") != "" {
			next.ServeHTTP(w, r)
			return
		}
		c := &compressor{ResponseWriter: w}
		defer c.close()
		next.ServeHTTP(c, r)
	})
}

// compressed are the media types that get shorter.
var compressed = map[string]bool{"text/html": true, "text/plain": true, "text/csv": true, "image/svg+xml": true, "application/json": true, "application/problem+json": true}

var writers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// compressor decides when the header is written, because only then the type of
// the answer is known.
type compressor struct {
	http.ResponseWriter
	gz    *gzip.Writer
	begun bool
}

// WriteHeader implements http.ResponseWriter.
func (c *compressor) WriteHeader(status int) {
	if !c.begun && status >= http.StatusOK {
		c.begun = true
		h := c.Header()
		kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
		if compressed[kind] && h.Get("Content-Encoding") == "" && status != http.StatusNoContent && status != http.StatusNotModified {
			h.Set("Content-Encoding", "gzip")
			h.Del("Content-Length")
			c.gz = writers.Get().(*gzip.Writer)
			c.gz.Reset(c.ResponseWriter)
		}
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (c *compressor) Write(b []byte) (int, error) {
	if !c.begun {
		if c.Header().Get("Content-Type") == "" {
			c.Header().Set("Content-Type", http.DetectContentType(b))
		}
		c.WriteHeader(http.StatusOK)
	}
	if c.gz != nil {
		return c.gz.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

func (c *compressor) close() {
	if c.gz != nil {
		_ = c.gz.Close() // the reader is gone when this fails
		c.gz.Reset(nil)
		writers.Put(c.gz)
	}
}
