package identity

import (
	"context"
	"slices"
	"strings"

	"tongban/platform/auth"
	"tongban/platform/db"
)

// RoleLink is a one-time sign-in link for somebody of a role, to be printed for
// the operator and nowhere else.
type RoleLink struct {
	Role   string
	Name   string
	Secret string // the last part of the path /sign-in/link/{secret}
}

// administrators are the accounts of a new node: three people from the first
// minute, because one account may never be two of them.
var administrators = []struct{ login, name, role string }{
	{"admin", "系统管理员", RoleSystemAdmin},
	{"security", "安全管理员", RoleSecurityAdmin},
	{"audit", "审计管理员", RoleAuditor},
}

// FirstStart opens the three administrators' accounts when the node has no
// account at all, and returns one-time links for them: there is no default
// password. On every later start it does nothing and returns none.
func (s *Service) FirstStart(ctx context.Context) ([]RoleLink, error) {
	ctx = auth.System(ctx, "identity")
	var links []RoleLink
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		links = nil
		tx.Unaudited("a node that has accounts already")
		if any, err := anyAccount(ctx, tx, s.region); err != nil || any {
			return err
		}
		for _, a := range administrators {
			account, err := s.openOfficerTx(ctx, tx, a.login, a.name, "")
			if err != nil {
				return err
			}
			post := Post{Account: account.ID, Region: s.region, Subtree: true, Every: true, Role: a.role, Title: a.name}
			if _, err := s.assignPostTx(ctx, tx, post); err != nil {
				return err
			}
			secret, err := s.newLinkTx(ctx, tx, account.ID)
			if err != nil {
				return err
			}
			links = append(links, RoleLink{a.role, a.name, secret})
		}
		return nil
	})
	return links, err
}

// LinksFor makes a fresh one-time link for one holder of each of the roles, for
// the operator at the machine; roles that nobody holds are left out.
func (s *Service) LinksFor(ctx context.Context, roles ...string) ([]RoleLink, error) {
	ctx = auth.System(ctx, "identity")
	var links []RoleLink
	for _, role := range roles {
		found, err := holders(ctx, s.db, s.region, "", role, s.clock.Now())
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			continue
		}
		// The first account that was opened is the one that a person who set the node up knows.
		first := slices.MinFunc(found, func(a, b officerPost) int { return strings.Compare(a.post.Account, b.post.Account) })
		secret, err := s.NewLink(ctx, first.post.Account)
		if err != nil {
			return nil, err
		}
		links = append(links, RoleLink{role, first.name, secret})
	}
	return links, nil
}
