// Package designtest takes drafts through their release in tests.
//
// # Purpose
//
// A draft is published by three people. Tests that are about something else
// say so in one line.
//
// # How to use
//
//	out, err := designtest.Publish(ctx, service, region, item, version, time.Time{})
//
// # Guarantees
//
// The caller hands in; two others, fictional, review and approve.
package designtest

import (
	"context"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/design"
	"tongban/platform/auth"
	"tongban/platform/authz"
)

// As is ctx for an officer of a region with one permission.
func As(ctx context.Context, name, region string, may authz.Permission) context.Context {
	return auth.With(ctx, auth.Principal{ID: "acc_" + name, Name: name, Kind: auth.KindOfficer, Grants: []auth.Grant{{Role: name, Region: region, Subtree: true, Permissions: []string{may.Name}}}})
}

// Publish hands in a draft as the caller, and has it reviewed and approved by two
// others.
func Publish(ctx context.Context, d *design.Service, region, item string, version int, from time.Time) (catalogue.Published, error) {
	if _, err := d.HandIn(ctx, region, item, version, from, ""); err != nil {
		return catalogue.Published{}, err
	}
	if _, err := d.Review(As(ctx, "虚构·法制员", region, catalogue.MayReviewChanges), region, item, version, ""); err != nil {
		return catalogue.Published{}, err
	}
	return d.Approve(As(ctx, "虚构·批准人", region, catalogue.MayPublishItems), region, item, version)
}
