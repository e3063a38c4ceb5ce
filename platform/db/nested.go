package db

import (
	"reflect"
	"runtime"

	"tongban/platform/fault"
)

// ErrNested is returned when the function given to Write calls Write again, of
// whatever database. It would wait for itself; pass the tx down instead.
var ErrNested = fault.Internal("db.nested_write")

var writeEntry uintptr

func init() { writeEntry = reflect.ValueOf((*DB).write).Pointer() } // write itself refers to it

// nested tells whether the caller of (*DB).write is inside one already.
//
// Because: the function closes over the outer context, so a mark in a context
// would not reach the inner call; what the two have in common is the stack.
func nested() bool {
	var pcs [64]uintptr
	for _, pc := range pcs[:runtime.Callers(3, pcs[:])] { // beyond Callers, nested and write
		if f := runtime.FuncForPC(pc - 1); f != nil && f.Entry() == writeEntry {
			return true
		}
	}
	return false
}
