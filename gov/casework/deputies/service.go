package deputies

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/casework/people"
	"tongban/gov/facts"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/id"
	"tongban/platform/once"
)

// MayArrange lets somebody name a deputy for an officer who cannot do it himself.
var MayArrange = authz.Define("casework.arrange_deputies", "name a deputy for an officer of one's office or scope who is away, and end it")

// The faults about what was written; casework gives its own.
var (
	errReason = fault.Invalid("casework.need_reason")
	errLong   = fault.Invalid("casework.too_long")
)

// maxReason is the longest reason.
const maxReason = 500

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Offices people.Offices
	Regions []string
	// Permission is what the work of a role needs; Roles are those that can be
	// represented, and Item gives the name of an item.
	Permission func(role string) authz.Permission
	Roles      []string
	Item       func(ctx context.Context, region, code string) error
}

// Service keeps arrangements.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// Post is a post in which an officer can be represented.
type Post struct {
	Region, Org string
	Roles       []string
}

// PostsOf are the posts of the caller in which he can be represented.
func (s *Service) PostsOf(ctx context.Context) []Post {
	var out []Post
	for _, g := range auth.From(ctx).Grants {
		if g.Org == "" || g.Own {
			continue
		}
		for _, role := range s.Roles {
			if !g.Has(s.Permission(role).Name) || g.Role != role {
				continue
			}
			i := slices.IndexFunc(out, func(p Post) bool { return p.Region == g.Region && p.Org == g.Org })
			if i < 0 {
				i, out = len(out), append(out, Post{Region: g.Region, Org: g.Org})
			}
			if !slices.Contains(out[i].Roles, role) {
				out[i].Roles = append(out[i].Roles, role)
			}
		}
	}
	return out
}

// Naming names a deputy.
type Naming struct {
	Region  string // of the post
	Org     string
	Account string // who is away; "" is the caller
	Deputy  string
	Roles   []string // none: every post that who is away holds in the office
	Items   []string
	From    time.Time
	Until   time.Time
	Reason  string
}

// Name names a deputy: an officer for himself, or whoever may arrange it for
// somebody who has fallen ill.
func (s *Service) Name(ctx context.Context, in Naming) (Deputy, error) {
	p := auth.From(ctx)
	if in.Account == "" {
		in.Account = p.ID
	}
	if in.Account != p.ID {
		if err := s.arranges(ctx, in.Region, in.Org); err != nil {
			return Deputy{}, err
		}
	}
	d, err := s.check(ctx, in)
	if err != nil {
		return Deputy{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		key, err := once.Do(ctx, tx, d.Region, "casework.deputy", func() (string, error) {
			all, err := around(ctx, tx, s.Regions, d.Account, d.Deputy, s.Clock.Now())
			if err != nil {
				return "", err
			}
			if err := Clash(all, d); err != nil {
				return "", err
			}
			d.ID = id.New("dep")
			insert(tx, d)
			s.tell(ctx, tx, "named", d, facts.DeputyNamed{Region: d.Region, Deputy: d.Deputy, Officer: d.Account, Office: d.Org, Roles: strings.Join(d.Roles, " "), Items: strings.Join(d.Items, " "), From: d.From, Until: d.Until, Reason: d.Reason, At: d.SetAt})
			return d.ID, nil
		})
		if err == nil && key != d.ID { // the command ran before
			d, err = load(ctx, tx, d.Region, key)
		}
		return err
	})
	return d, err
}

// arranges lets security administrators act for every office of their scope,
// and who may in the office itself.
func (s *Service) arranges(ctx context.Context, region, org string) error {
	err := authz.Require(ctx, MayArrange, authz.Object{Region: region, Orgs: []string{org}})
	if err == nil {
		return nil
	}
	for _, g := range auth.From(ctx).Grants {
		if g.Has(MayArrange.Name) && !g.Own && g.Org == org {
			return nil
		}
	}
	return err
}

// check fills in names and refuses what cannot be.
func (s *Service) check(ctx context.Context, in Naming) (Deputy, error) {
	now, p := s.Clock.Now(), auth.From(ctx)
	why := strings.TrimSpace(in.Reason)
	switch {
	case why == "":
		return Deputy{}, errReason
	case utf8.RuneCountInString(why) > maxReason:
		return Deputy{}, errLong.With("max", maxReason)
	case in.From.IsZero() || in.Until.IsZero() || !in.Until.After(now) || in.Until.Before(in.From) || in.Until.Sub(in.From) > Longest:
		return Deputy{}, ErrPeriod
	case in.Deputy == in.Account:
		return Deputy{}, ErrSelf
	case !slices.Contains(s.Regions, in.Region):
		return Deputy{}, ErrNotPost.With("officer", in.Account)
	}
	if in.From.Before(now) { // it cannot reach back
		in.From = now
	}
	d := Deputy{Region: in.Region, Account: in.Account, Deputy: in.Deputy, From: in.From.UTC(), Until: in.Until.UTC(), Reason: why, SetBy: p.ID, SetName: p.Name, SetAt: now}
	for _, code := range in.Items {
		if code = strings.TrimSpace(code); code == "" || slices.Contains(d.Items, code) {
			continue
		}
		if err := s.Item(ctx, in.Region, code); err != nil {
			return Deputy{}, ErrNoItem.With("item", code).Because(err)
		}
		d.Items = append(d.Items, code)
	}
	return d, s.fillPosts(ctx, &d, in)
}

// fillPosts keeps the roles that who is away holds in the office; the deputy
// has to hold every one of them himself.
func (s *Service) fillPosts(ctx context.Context, d *Deputy, in Naming) error {
	for _, role := range s.Roles {
		if len(in.Roles) > 0 && !slices.Contains(in.Roles, role) {
			continue
		}
		away, err := s.Offices.Officer(ctx, in.Region, in.Org, role, in.Account)
		if err != nil {
			if len(in.Roles) > 0 {
				return ErrNotPost.With("officer", in.Account).Because(err)
			}
			continue
		}
		to, err := s.Offices.Officer(ctx, in.Region, in.Org, role, in.Deputy)
		if err != nil {
			return ErrNotPost.With("officer", in.Deputy).Because(err)
		}
		d.Org, d.OrgName, d.Name, d.DeputyName, d.Roles = away.Org, away.OrgName, away.Name, to.Name, append(d.Roles, role)
	}
	if len(d.Roles) == 0 {
		return ErrNotPost.With("officer", in.Account)
	}
	return nil
}

// tell writes an act into the record and announces it.
func (s *Service) tell(ctx context.Context, tx *db.Tx, act string, d Deputy, f events.Fact) {
	details := map[string]any{"officer": d.Account, "officer_name": d.Name, "deputy": d.Deputy, "deputy_name": d.DeputyName, "office": d.Org, "roles": d.Roles, "items": d.Items,
		"from": d.From, "until": d.Until, "reason": d.Reason}
	if d.EndReason != "" {
		details["end_reason"] = d.EndReason
	}
	audit.Record(ctx, tx, audit.Entry{Region: d.Region, Action: "casework.deputy." + act, Object: d.ID, Details: details, At: s.Clock.Now()})
	events.Emit(ctx, tx, d.Region, d.ID, f)
}

// End ends an arrangement before its time: who is away, who stands in, and who
// may arrange it can. Ending again changes nothing.
func (s *Service) End(ctx context.Context, region, key, why string) (Deputy, error) {
	why = strings.TrimSpace(why)
	if utf8.RuneCountInString(why) > maxReason {
		return Deputy{}, errLong.With("max", maxReason)
	}
	var out Deputy
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		d, err := load(ctx, tx, region, key)
		if err != nil {
			return err
		}
		p := tx.Actor()
		if p.ID != d.Account && p.ID != d.Deputy {
			if err := s.arranges(ctx, d.Region, d.Org); err != nil {
				return err
			}
		}
		out = d
		if !d.EndedAt.IsZero() {
			tx.Unaudited("ended before")
			return nil
		}
		if d.StateAt(s.Clock.Now()) == Over {
			return ErrOver.With("until", d.Until)
		}
		_, err = once.Do(ctx, tx, region, "casework.deputy.end/"+key, func() (string, error) {
			out.EndedAt, out.EndedName, out.EndReason = s.Clock.Now(), p.Name, why
			end(tx, out)
			s.tell(ctx, tx, "ended", out, facts.DeputyEnded{Region: d.Region, Deputy: d.Deputy, Officer: d.Account, Office: d.Org, Reason: why, At: out.EndedAt})
			return key, nil
		})
		return err
	})
	return out, err
}

// For lists for whom the caller stands in now.
func (s *Service) For(ctx context.Context, r db.Reader, account string) ([]Deputy, error) {
	return standing(ctx, r, s.Regions, account, s.Clock.Now())
}

// Stands tells whether an account stands in for another in work of a role on
// an item now.
func (s *Service) Stands(ctx context.Context, r db.Reader, deputy, officer, org, role, item string) (bool, error) {
	all, err := s.For(ctx, r, deputy)
	return slices.ContainsFunc(all, func(d Deputy) bool { return d.Account == officer && d.Covers(org, role, item) }), err
}

// Answers tells whether an account stands in now for an officer who was asked for
// an opinion in an office, on an item. Which of his posts he was asked in does not
// matter: an opinion needs none.
func (s *Service) Answers(ctx context.Context, r db.Reader, deputy, officer, org, item string) (bool, error) {
	all, err := s.For(ctx, r, deputy)
	return slices.ContainsFunc(all, func(d Deputy) bool {
		return d.Account == officer && d.Org == org && (len(d.Items) == 0 || slices.Contains(d.Items, item))
	}), err
}

// Mine lists the newest arrangements in which the caller is away or stands in.
func (s *Service) Mine(ctx context.Context) ([]Deputy, error) {
	p := auth.From(ctx)
	if !p.SignedIn() {
		return nil, authz.ErrSignIn
	}
	return named(ctx, s.DB, s.Regions, p.ID, 50)
}

// OfOffice lists the newest arrangements of an office, for whoever may arrange them.
func (s *Service) OfOffice(ctx context.Context, region, org string) ([]Deputy, error) {
	if err := s.arranges(ctx, region, org); err != nil {
		return nil, err
	}
	return ofOffice(ctx, s.DB, s.Regions, org, 100)
}
