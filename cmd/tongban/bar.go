package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"tongban/platform/clock"
)

// bar shows on standard error how much of a file has been read. It is silent
// when standard error is no terminal, except for problems.
type bar struct {
	r           io.Reader
	size, read  int64
	rows        int
	terminal    bool
	last, start time.Time
}

func newBar(r io.Reader, size int64) *bar {
	b := &bar{r: r, size: max(size, 1), start: clock.Start()}
	if info, err := os.Stderr.Stat(); err == nil {
		b.terminal = info.Mode()&os.ModeCharDevice != 0
	}
	return b
}

// Read implements io.Reader.
func (b *bar) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.read += int64(n)
	b.draw()
	return n, err
}

func (b *bar) show(done int) { b.rows = done; b.draw() }

func (b *bar) draw() {
	if !b.terminal || clock.Elapsed(b.last) < 100*time.Millisecond {
		return
	}
	b.last = clock.Start()
	full := int(30 * b.read / b.size)
	fmt.Fprintf(os.Stderr, "\r[%s%s] %3d %%  %d rows", strings.Repeat("█", full), strings.Repeat("·", 30-full), 100*b.read/b.size, b.rows)
}

// line prints a problem above the bar.
func (b *bar) line(s string) {
	if b.terminal {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
	fmt.Fprintln(os.Stderr, s)
}

func (b *bar) end() {
	if b.terminal {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}
