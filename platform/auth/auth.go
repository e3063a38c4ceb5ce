// Package auth says who is calling.
//
// # Purpose
//
// A Principal travels in the context from the edge to the store. Who it is
// was decided once, when the session or token was checked; everybody below
// only reads it.
//
// # Guarantees
//
// From never returns an undefined caller: without one it is Anonymous, who
// holds no grants and whom db.Write refuses.
package auth

import (
	"context"
	"slices"
)

// Kind is what sort of caller a principal is.
type Kind string

// The kinds of caller.
const (
	KindAnonymous Kind = "anonymous"
	KindPerson    Kind = "person"  // somebody who comes with a matter of his own
	KindOfficer   Kind = "officer" // somebody who holds a post
	KindSystem    Kind = "system"  // background work, always named
)

// Grant is one set of permissions within one scope.
type Grant struct {
	Role        string   // where the permissions come from, for display and audit
	Permissions []string // sorted
	Region      string   // scope: this region …
	Subtree     bool     // … and, when set, every region below it
	Org         string   // scope: this organisation; "" is every organisation in the region
	Own         bool     // only things that the principal owns
}

// Has tells whether the grant contains the permission, scope aside.
func (g Grant) Has(permission string) bool {
	_, ok := slices.BinarySearch(g.Permissions, permission)
	return ok
}

// Bound is what a principal may do for the organisation that it acts for.
// Things and Orgs both empty stand for everything.
type Bound struct {
	Acts   []string // kinds of act
	Things []string // in these things …
	Orgs   []string // … and in whatever these organisations handle
}

// Allows tells whether the bound lets an act on a thing that one of the
// organisations handles. An act or thing that is not named is not allowed.
func (b Bound) Allows(act, thing string, orgs []string) bool {
	if act == "" || !slices.Contains(b.Acts, act) {
		return false
	}
	if len(b.Things) == 0 && len(b.Orgs) == 0 || slices.Contains(b.Things, thing) && thing != "" {
		return true
	}
	return slices.ContainsFunc(orgs, func(o string) bool { return o != "" && slices.Contains(b.Orgs, o) })
}

// Principal is somebody, or some part of the system, that acts.
type Principal struct {
	ID      string // account id; "system:casework" for background work
	Kind    Kind
	Name    string // for display and audit
	Region  string // where the account is kept
	Person  string // id of the natural person behind the account, if any
	For     string // id of the organisation that the person acts for at the moment, if any
	ForName string
	Within  []Bound // what it may do for that organisation: what any of these allows; nil is everything
	Grants  []Grant
	Session string // id of the session or token, for audit
}

// Anonymous is nobody in particular.
var Anonymous = Principal{Kind: KindAnonymous}

// SignedIn tells whether the principal is a known caller.
func (p Principal) SignedIn() bool { return p.ID != "" }

// Owner is the id under which the principal owns things: the organisation it
// acts for, otherwise its person.
func (p Principal) Owner() string {
	if p.For != "" {
		return p.For
	}
	return p.Person
}

type key struct{}

// With returns a context in which p is the caller.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, key{}, p)
}

// From returns the caller, or Anonymous.
func From(ctx context.Context) Principal {
	p, ok := ctx.Value(key{}).(Principal)
	if !ok {
		return Anonymous
	}
	return p
}

// System returns a context in which the named part of the system is the
// caller. System principals hold no grants; they call functions that check none.
func System(ctx context.Context, name string) context.Context {
	return With(ctx, Principal{ID: "system:" + name, Kind: KindSystem, Name: name})
}
