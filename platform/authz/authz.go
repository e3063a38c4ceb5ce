// Package authz decides who may do what. Default is deny.
//
// # Purpose
//
// A capability defines permissions, each with a sentence; one table in the
// app says which role holds which; a principal carries the result as grants.
// Two questions are asked: may this caller use this door at all (Allows, asked
// by the router), and may it touch this very thing (Require, asked by the
// service with the thing's region, organisation and owner).
//
// # Guarantees
//
// Nothing is permitted that no grant permits. System principals pass Require,
// because only our own code can make one.
package authz

import (
	"context"
	"slices"
	"strings"

	"tongban/platform/auth"
	"tongban/platform/fault"
)

// Permission is the right to do one kind of thing.
type Permission struct {
	Name string // "casework.decide"
	Why  string // one sentence: what its holder may do
}

// Define makes a permission; call it once, in a capability's permissions.go.
func Define(name, why string) Permission { return Permission{Name: name, Why: why} }

// Anyone marks a door that is open to everybody, signed in or not.
var Anyone = Define("anyone", "everybody, without signing in")

// SignedIn marks a door that is open to every known caller.
var SignedIn = Define("signed_in", "everybody who has signed in")

// ErrSignIn asks an anonymous caller to sign in.
var ErrSignIn = fault.Unauthenticated("authz.sign_in")

// ErrForbidden refuses a known caller.
var ErrForbidden = fault.Forbidden("authz.forbidden")

// Object is what a caller wants to touch. Empty fields do not restrict.
type Object struct {
	Region string   // where it is kept
	Orgs   []string // the organisations that handle it; a grant for any of them will do
	Owners []string // whose it is: person and organisation ids
	Act    string   // what is to be done with it, for callers who act within bounds
	Thing  string   // what it is about, for the same
}

// Allows tells whether the caller holds the permission in any scope.
func Allows(p auth.Principal, perm Permission) bool {
	switch perm {
	case Anyone:
		return true
	case SignedIn:
		return p.SignedIn()
	}
	if p.Kind == auth.KindSystem {
		return true
	}
	for _, g := range p.Grants {
		if g.Has(perm.Name) {
			return true
		}
	}
	return false
}

// Door returns nil when the caller may use a door that needs perm.
func Door(ctx context.Context, perm Permission) error {
	p := auth.From(ctx)
	if Allows(p, perm) {
		return nil
	}
	if !p.SignedIn() {
		return ErrSignIn
	}
	return ErrForbidden.With("permission", perm.Name)
}

// Require returns nil when the caller may do perm to o.
func Require(ctx context.Context, perm Permission, o Object) error {
	p := auth.From(ctx)
	if p.Kind == auth.KindSystem {
		return nil
	}
	if !p.SignedIn() {
		return ErrSignIn
	}
	for _, g := range p.Grants {
		if g.Has(perm.Name) && covers(p, g, o) {
			return nil
		}
	}
	return ErrForbidden.With("permission", perm.Name)
}

func covers(p auth.Principal, g auth.Grant, o Object) bool {
	if g.Own {
		return owns(p, o)
	}
	if o.Region != "" && !InScope(g, o.Region) {
		return false
	}
	if g.Org == "" || len(o.Orgs) == 0 {
		return true
	}
	for _, org := range o.Orgs {
		if org == g.Org {
			return true
		}
	}
	return false
}

// owns lets people touch what is their own, and what belongs to the organisation
// that they act for, within their bounds there.
func owns(p auth.Principal, o Object) bool {
	for _, owner := range o.Owners {
		switch {
		case owner == "":
		case owner == p.Person:
			return true
		case owner == p.For && (p.Within == nil || slices.ContainsFunc(p.Within, func(b auth.Bound) bool { return b.Allows(o.Act, o.Thing, o.Orgs) })):
			return true
		}
	}
	return false
}

// InScope tells whether region lies in the grant's region or, for a subtree
// grant, below it. Region codes are hierarchical: 440000 ⊃ 449900 ⊃ 449901.
func InScope(g auth.Grant, region string) bool {
	if g.Region == region {
		return true
	}
	return g.Subtree && strings.HasPrefix(region, Prefix(g.Region))
}

// Prefix returns the digits that every region at or below the given one
// shares: 440000 gives 44, 449900 gives 4499, 000000 gives the empty prefix.
func Prefix(region string) string {
	p := region
	if len(p) != 6 {
		return p // towns and villages have longer codes, whose zeros mean nothing
	}
	for len(p) >= 2 && strings.HasSuffix(p, "00") {
		p = p[:len(p)-2]
	}
	return p
}
