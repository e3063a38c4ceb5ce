package web

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"tongban/platform/clock"
	"tongban/platform/fault"
)

// Patience is how long the server waits for slow senders and readers. Time
// counts only while the server waits for the other side, so that a big upload
// over a slow line gets through and a line on which nothing moves is cut.
type Patience struct {
	Headers time.Duration // until the header of a request is complete
	Stall   time.Duration // without a single byte
	Grace   time.Duration // waiting that is free, before the rate counts
	Rate    int           // bytes per second that a line must reach on average
	Idle    time.Duration // between two requests of one connection
}

// DefaultPatience lets 20 MB through a line of 8 kbit/s: as slow as lines are
// on which anybody still tries.
var DefaultPatience = Patience{Headers: 10 * time.Second, Stall: 30 * time.Second, Grace: 30 * time.Second, Rate: 1 << 10, Idle: 2 * time.Minute}

// maxHeader bounds the header of a request, in bytes.
const maxHeader = 64 << 10

// Server returns a server that waits as p says.
func (p Patience) Server(h http.Handler) *http.Server {
	return &http.Server{Handler: p.Wrap(h), ReadHeaderTimeout: p.Headers, IdleTimeout: p.Idle, MaxHeaderBytes: maxHeader}
}

// ErrTooSlow refuses a request whose body came too slowly.
var ErrTooSlow = fault.Invalid("web.too_slow")

// tooSlow is ErrTooSlow as readers of bodies see it: a timeout of the network.
type tooSlow struct{ fault *fault.Fault }

func (e tooSlow) Error() string { return e.fault.Error() }
func (e tooSlow) Unwrap() error { return e.fault }
func (tooSlow) Timeout() bool   { return true }
func (tooSlow) Temporary() bool { return true }

// Wrap bounds the time of bodies and answers. It must stand outside everything
// that puts its own writer before the server's.
func (p Patience) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		out := &pacedWriter{ResponseWriter: w, c: c, p: p}
		out.allow(0)
		if r.Body != nil && r.Body != http.NoBody {
			in := &pacedBody{ReadCloser: r.Body, c: c, p: p}
			r = r.WithContext(r.Context())
			r.Body = in
			// What a handler leaves unread is read by the server, under this bound.
			c.SetReadDeadline(clock.System.Now().Add(p.Stall))
			defer in.rest()
		}
		next.ServeHTTP(out, r)
		out.allow(0) // for what is still buffered
	})
}

// pacedBody moves the deadline of the connection as bytes come in.
type pacedBody struct {
	io.ReadCloser
	c      *http.ResponseController
	p      Patience
	read   int64
	waited time.Duration
	ended  atomic.Bool
}

// Read implements io.Reader.
func (b *pacedBody) Read(buf []byte) (int, error) {
	left := b.p.Grace + time.Duration(b.read)*time.Second/time.Duration(b.p.Rate) - b.waited
	start := clock.Start()
	b.c.SetReadDeadline(start.Add(min(left, b.p.Stall)))
	n, err := b.ReadCloser.Read(buf)
	b.waited += clock.Elapsed(start)
	b.read += int64(n)
	switch {
	case err == io.EOF:
		// From here the server listens whether the reader goes away; that wait
		// has no bound of ours.
		b.ended.Store(true)
		b.c.SetReadDeadline(time.Time{})
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = tooSlow{ErrTooSlow.Because(err)}
	}
	return n, err
}

// rest bounds what the server reads of a body that the handler did not finish.
func (b *pacedBody) rest() {
	if !b.ended.Load() {
		b.c.SetReadDeadline(clock.System.Now().Add(b.p.Stall))
	}
}

// pacedWriter moves the deadline of the connection as bytes go out.
type pacedWriter struct {
	http.ResponseWriter
	c *http.ResponseController
	p Patience
}

func (w *pacedWriter) allow(n int) {
	w.c.SetWriteDeadline(clock.System.Now().Add(w.p.Stall + time.Duration(n)*time.Second/time.Duration(w.p.Rate)))
}

// Write implements http.ResponseWriter.
func (w *pacedWriter) Write(b []byte) (int, error) {
	w.allow(len(b))
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the real writer.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
