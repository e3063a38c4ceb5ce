package db

import (
	"bytes"
	"runtime"
	"strconv"
	"sync"

	"tongban/platform/fault"
)

// ErrNested is returned when the function given to Write calls Write again.
// It would wait for itself for ever; pass the tx down instead.
var ErrNested = fault.Internal("db.nested_write")

// writing knows which goroutines are inside a Write of one database.
//
// Because: the function closes over the outer context, so a mark in a context
// would not reach the inner call; the goroutine is what the two have in common.
type writing struct{ inside sync.Map }

func (w *writing) enter() (leave func(), err error) {
	g := goroutine()
	if _, busy := w.inside.LoadOrStore(g, struct{}{}); busy {
		return nil, ErrNested
	}
	return func() { w.inside.Delete(g) }, nil
}

// goroutine returns the number of the calling goroutine, read from the first
// line of its stack: "goroutine 42 [running]:".
func goroutine() uint64 {
	var buf [40]byte
	line := buf[len("goroutine "):runtime.Stack(buf[:], false)]
	end := max(bytes.IndexByte(line, ' '), 0)
	n, _ := strconv.ParseUint(string(line[:end]), 10, 64)
	return n
}
