package identity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/id"
)

// Officers lists who holds the role for the department in the region now:
// officers of that department, and officers of all departments. "" for org or
// role does not restrict.
func (s *Service) Officers(ctx context.Context, region, org, role string) ([]Officer, error) {
	found, err := holders(ctx, s.db, s.region, org, role, s.clock.Now())
	if err != nil {
		return nil, err
	}
	var list []Officer
	for _, h := range found {
		if region != "" && !authz.InScope(auth.Grant{Region: h.post.Region, Subtree: h.post.Subtree}, region) {
			continue
		}
		if n := len(list); n == 0 || list[n-1].Account != h.post.Account {
			list = append(list, Officer{Account: h.post.Account, Login: h.login, Name: h.name})
		}
		last := &list[len(list)-1]
		last.Posts = append(last.Posts, h.post)
	}
	return list, nil
}

// officerPage is how many officers a search shows at once.
const officerPage = 20

// FindOfficers searches officers by part of name or account name. next is the
// place to go on after, "" at the end.
func (s *Service) FindOfficers(ctx context.Context, text, after string) (list []Account, next string, err error) {
	if err := authz.Door(ctx, MayReadOfficers); err != nil {
		return nil, "", err
	}
	part := ""
	if text = strings.ToLower(strings.TrimSpace(clip(text, 50))); text != "" {
		part = "%" + strings.NewReplacer("%", "", "_", "").Replace(text) + "%"
	}
	list, err = officerAccounts(ctx, s.db, s.region, part, after, officerPage+1)
	if len(list) > officerPage {
		list = list[:officerPage]
		next = list[officerPage-1].Login
	}
	return list, next, err
}

// OfficerPosts returns an officer's account with the posts that are not over.
func (s *Service) OfficerPosts(ctx context.Context, account string) (Account, []Post, error) {
	if auth.From(ctx).ID != account {
		if err := authz.Door(ctx, MayReadOfficers); err != nil {
			return Account{}, nil, err
		}
	}
	a, err := s.openAccount(ctx, s.db, account)
	if err != nil {
		return Account{}, nil, err
	}
	posts, err := postsOf(ctx, s.db, s.region, account, s.clock.Now())
	return a, posts, err
}

// OpenOfficer opens an officer's account without posts and returns it with a
// one-time sign-in link. Posts are given by somebody else.
func (s *Service) OpenOfficer(ctx context.Context, login, name string) (a Account, link string, err error) {
	if err := authz.Door(ctx, MayOpenAccounts); err != nil {
		return a, "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if a, err = s.openOfficerTx(ctx, tx, login, name, ""); err != nil {
			return err
		}
		link, err = s.newLinkTx(ctx, tx, a.ID)
		return err
	})
	return a, link, err
}

// InviteOfficer makes a new one-time sign-in link for an officer, for somebody
// who has lost the password.
func (s *Service) InviteOfficer(ctx context.Context, account string) (link string, err error) {
	if err := authz.Door(ctx, MayOpenAccounts); err != nil {
		return "", err
	}
	a, err := s.openAccount(ctx, s.db, account)
	if err != nil {
		return "", err
	}
	if a.Login == "" {
		return "", ErrNoAccount // residents prove who they are at a counter
	}
	posts, err := postsOf(ctx, s.db, s.region, account, s.clock.Now())
	if err != nil {
		return "", err
	}
	for _, p := range posts {
		// Because: whoever holds the link is signed in as that administrator. Such
		// a link comes from the machine itself (tongban link).
		if p.ValidAt(s.clock.Now()) && slices.Contains(separate, p.Role) && account != auth.From(ctx).ID {
			return "", ErrAdministratorLink
		}
	}
	return s.NewLink(ctx, account)
}

// CloseOfficer closes an officer's account and ends its sessions, tokens and posts.
func (s *Service) CloseOfficer(ctx context.Context, account string) error {
	if err := authz.Door(ctx, MayOpenAccounts); err != nil {
		return err
	}
	if account == auth.From(ctx).ID {
		return ErrOwnPost
	}
	defer s.seen.forget()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := s.openAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		if a.Login == "" {
			return ErrNoAccount
		}
		posts, err := postsOf(ctx, tx, s.region, account, s.clock.Now())
		if err != nil {
			return err
		}
		for _, p := range posts {
			if err := endPost(ctx, tx, s.region, p.ID, s.clock.Now()); err != nil {
				return err
			}
		}
		return s.closeAccountTx(ctx, tx, account, "closed by an administrator")
	})
}

// maxLogin bounds account names, in characters.
const maxLogin = 40

func (s *Service) openOfficerTx(ctx context.Context, tx *db.Tx, login, name, person string) (Account, error) {
	var found Problems
	login = normalLogin(login)
	if !isLogin(login) {
		found.add("login", "identity.login.form", "max", maxLogin)
	}
	name, err := number.CheckName(name)
	if err != nil {
		found.add("name", "identity.name."+rule(err), "n", utf8.RuneCountInString(name), "max", number.MaxName)
	}
	if err := found.err(); err != nil {
		return Account{}, err
	}
	if _, err := accountByLogin(ctx, tx, s.region, login); err == nil {
		return Account{}, ErrLoginTaken.With("login", login)
	} else if !errors.Is(err, ErrNoAccount) {
		return Account{}, err
	}
	a := Account{Region: s.region, ID: id.New("acc"), Login: login, Name: name, Person: person, Created: s.clock.Now()}
	if err := insertAccount(ctx, tx, a); err != nil {
		if errors.Is(err, db.ErrDuplicate) {
			return Account{}, ErrLoginTaken.With("login", login)
		}
		return Account{}, err
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.account.opened", Object: a.ID, At: a.Created, Details: map[string]any{"login": login}})
	return a, nil
}

// isLogin tells whether s can be an account name: letters, digits, dot, hyphen
// and underscore, beginning with a letter so that it is never taken for a number.
func isLogin(s string) bool {
	if len(s) < 2 || len(s) > maxLogin || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == ""
}

// AssignPost gives a post. Nobody gives one to oneself, and the three
// administrators stay three people.
func (s *Service) AssignPost(ctx context.Context, p Post) (Post, error) {
	if err := authz.Door(ctx, MayAssignPosts); err != nil {
		return Post{}, err
	}
	if p.Account == auth.From(ctx).ID {
		return Post{}, ErrOwnPost
	}
	if err := s.inForce(ctx, p.Region); err != nil {
		return Post{}, err
	}
	defer s.seen.forget()
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		p, err = s.assignPostTx(ctx, tx, p)
		return err
	})
	return p, err
}

func (s *Service) assignPostTx(ctx context.Context, tx *db.Tx, p Post) (Post, error) {
	now := s.clock.Now()
	if p.From.IsZero() {
		p.From = now
	}
	if err := s.checkPost(ctx, tx, &p); err != nil {
		return Post{}, err
	}
	a, err := s.openAccount(ctx, tx, p.Account)
	if err != nil {
		return Post{}, err
	}
	if a.Login == "" {
		return Post{}, ErrNoAccount // posts belong to officers' accounts: a resident's is on no list of people with posts
	}
	if slices.Contains(separate, p.Role) {
		held, err := postsOf(ctx, tx, s.region, p.Account, now)
		if err != nil {
			return Post{}, err
		}
		if err := Separate(held, p); err != nil {
			return Post{}, err
		}
	}
	p.ID = id.New("pst")
	if err := insertPost(ctx, tx, s.region, p); err != nil {
		return Post{}, err
	}
	audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.post.assigned", Object: p.Account, At: now, Details: map[string]any{
		"post": p.ID, "role": p.Role, "area": p.Region, "subtree": p.Subtree, "org": p.Org, "from": p.From.Format(time.RFC3339)}})
	return p, nil
}

// inForce refuses a division that is not, or no longer. A code of the wrong
// shape is refused where the rest is checked.
func (s *Service) inForce(ctx context.Context, region string) error {
	if s.known == nil || !isRegion(region) {
		return nil
	}
	yes, err := s.known(ctx, region)
	if err != nil || yes {
		return err
	}
	var found Problems
	found.add("region", "identity.no_such_region", "code", region)
	return found.err()
}

func (s *Service) checkPost(ctx context.Context, tx *db.Tx, p *Post) error {
	var found Problems
	if !slices.Contains(PostRoles, p.Role) {
		return ErrRole.With("role", p.Role)
	}
	if !isRegion(p.Region) {
		found.add("region", "identity.region")
	}
	p.Title = clip(strings.TrimSpace(p.Title), 50)
	if !p.Until.IsZero() && !p.Until.After(p.From) {
		found.add("until", "identity.until")
	}
	if (p.Org == "") != p.Every { // nobody gets every office by leaving a field empty
		found.add("reach", "identity.post.reach")
	}
	if p.Org != "" {
		o, err := orgByCode(ctx, tx, s.region, p.Org)
		switch {
		case errors.Is(err, ErrNoOrg):
			found.add("org", "identity.no_such_org")
		case err != nil:
			return err
		default:
			p.OrgName = o.Name
		}
	}
	return found.err()
}

// EndPost ends a post now.
func (s *Service) EndPost(ctx context.Context, post string) error {
	if err := authz.Door(ctx, MayAssignPosts); err != nil {
		return err
	}
	defer s.seen.forget()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := postByID(ctx, tx, s.region, post)
		if err != nil {
			return err
		}
		if err := endPost(ctx, tx, s.region, post, s.clock.Now()); err != nil {
			if errors.Is(err, db.ErrStale) {
				return ErrNoPost
			}
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: s.region, Action: "identity.post.ended", Object: p.Account, At: s.clock.Now(),
			Details: map[string]any{"post": p.ID, "role": p.Role, "area": p.Region, "org": p.Org}})
		return nil
	})
}
