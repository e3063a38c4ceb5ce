// Package fault says what can go wrong: a kind that decides status and page, a
// stable code that programs and translations use, and the cause that only the
// operator sees.
//
// # Purpose
//
// Rules and stores return faults; the edge (pages, API) turns them into words.
// The text for people is a translation keyed by Code; it is never built here.
//
// # How to use
//
//	var ErrAlreadyDecided = fault.Conflict("casework.already_decided")
//	return ErrAlreadyDecided.With("case", id)
//	defer fault.Wrap(&err, "load case %s", id)
//
// # Guarantees
//
// errors.Is matches by code, so a fault with details equals its sentinel.
// The cause and the details marked as internal never leave the building.
package fault

import (
	"errors"
	"fmt"
	"maps"
)

// Kind is what sort of thing went wrong; it decides the HTTP status.
type Kind string

// The kinds; there are no others.
const (
	KindInvalid         Kind = "invalid"         // 422: what was sent cannot be used
	KindUnauthenticated Kind = "unauthenticated" // 401: say who you are first
	KindForbidden       Kind = "forbidden"       // 403: you may not
	KindNotFound        Kind = "not_found"       // 404: no such thing, or none that you may know of
	KindConflict        Kind = "conflict"        // 409: true a moment ago, not now
	KindTooMany         Kind = "too_many"        // 429: slow down
	KindUnavailable     Kind = "unavailable"     // 503: try again later, nothing is lost
	KindInternal        Kind = "internal"        // 500: our mistake
)

// Fault is an error with a kind and a stable code such as "casework.already_decided".
type Fault struct {
	Kind    Kind
	Code    string
	Details map[string]any // values that the translated text may name; safe to show
	cause   error
}

// Invalid returns a fault of KindInvalid.
func Invalid(code string) *Fault { return &Fault{Kind: KindInvalid, Code: code} }

// Unauthenticated returns a fault of KindUnauthenticated.
func Unauthenticated(code string) *Fault { return &Fault{Kind: KindUnauthenticated, Code: code} }

// Forbidden returns a fault of KindForbidden.
func Forbidden(code string) *Fault { return &Fault{Kind: KindForbidden, Code: code} }

// NotFound returns a fault of KindNotFound.
func NotFound(code string) *Fault { return &Fault{Kind: KindNotFound, Code: code} }

// Conflict returns a fault of KindConflict.
func Conflict(code string) *Fault { return &Fault{Kind: KindConflict, Code: code} }

// TooMany returns a fault of KindTooMany.
func TooMany(code string) *Fault { return &Fault{Kind: KindTooMany, Code: code} }

// Unavailable returns a fault of KindUnavailable.
func Unavailable(code string) *Fault { return &Fault{Kind: KindUnavailable, Code: code} }

// Internal returns a fault of KindInternal.
func Internal(code string) *Fault { return &Fault{Kind: KindInternal, Code: code} }

// NoActor is returned when somebody anonymous tries to write.
var NoActor = Internal("platform.no_actor")

// With returns a copy that carries one more detail for the translated text.
func (f *Fault) With(key string, value any) *Fault {
	c := *f
	c.Details = maps.Clone(f.Details)
	if c.Details == nil {
		c.Details = map[string]any{}
	}
	c.Details[key] = value
	return &c
}

// Because returns a copy that carries the cause, for the operator only.
func (f *Fault) Because(cause error) *Fault {
	c := *f
	c.cause = cause
	return &c
}

// Error is for logs, never for a page.
func (f *Fault) Error() string {
	s := f.Code
	if len(f.Details) > 0 {
		s += fmt.Sprintf(" %v", f.Details)
	}
	if f.cause != nil {
		s += ": " + f.cause.Error()
	}
	return s
}

// Unwrap gives errors.Is and errors.As the cause.
func (f *Fault) Unwrap() error { return f.cause }

// Is matches by code, so that details and causes do not matter.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Code == f.Code
}

// Of returns the first fault in the chain, or an internal one that wraps err.
// Of(nil) is nil.
func Of(err error) *Fault {
	if err == nil {
		return nil
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return Internal("platform.internal").Because(err)
}

// IsKind tells whether err is, or wraps, a fault of kind k.
func IsKind(err error, k Kind) bool { return err != nil && Of(err).Kind == k }

// Wrap adds the act to *err when there is one; use it in a defer.
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf(format+": %w", append(args, *err)...)
	}
}
