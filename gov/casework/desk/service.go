package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/gov/casework/deputies"
	"tongban/gov/casework/terms"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/id"
)

// Deps is what the service needs.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Calendar *calendar.Calendar
	Rules    terms.Rules
	Regions  []string
	Deputies *deputies.Service // nil: nobody stands in for anybody
}

// Service finds and counts tasks.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// Shape is whose work an inbox shows.
type Shape string

// The shapes of an inbox; an index carries each.
const (
	OwnTasks        Shape = "own"        // what the caller has claimed or was given
	PostTasks       Shape = "post"       // what waits for somebody of the caller's posts
	DepartmentTasks Shape = "department" // all open work of the caller's offices
	RegionTasks     Shape = "region"     // all open work of the caller's regions
)

// InboxQuery asks for one page of open steps, the one with least time left first.
type InboxQuery struct {
	Shape  Shape
	Region string // RegionTasks: only this region and below; "" is all the caller may watch
	Org    string // only this office; "" is all the caller's
	After  string // Next of the page before
	Limit  int    // 20 when 0, at most 200
	Filter
}

// Inbox is one page of open steps; Next continues it ("" is the end).
type Inbox struct {
	Tasks   []Lit
	Next    string
	Further bool // what was looked at is listed; there is more work behind it that was not looked at yet
}

// Lit is a task with how near its limit is.
type Lit struct {
	Task
	Light terms.Light
	Left  int // how much is left in Unit, negative when over; only when there is a due date
	Unit  calendar.Unit
}

// Inbox lists open steps sorted by time left.
func (s *Service) Inbox(ctx context.Context, q InboxQuery) (Inbox, error) {
	p := auth.From(ctx)
	if !p.SignedIn() {
		return Inbox{}, authz.ErrSignIn
	}
	after, err := parseCursor(q.After)
	if err != nil {
		return Inbox{}, err
	}
	arms, err := s.arms(ctx, p, q)
	if err != nil {
		return Inbox{}, err
	}
	if q.Shape == PostTasks {
		q.Role = "" // the ranges are those of the role
	}
	if q.Filter == (Filter{}) {
		return s.list(ctx, arms, after, span{}, q.Limit)
	}
	return s.find(ctx, arms, q.Filter, after, q.Limit)
}

func (s *Service) list(ctx context.Context, arms []arm, after cursor, due span, limit int) (Inbox, error) {
	limit = Page(limit)
	tasks, err := listTasks(ctx, s.DB, arms, after, due, limit+1)
	if err != nil {
		return Inbox{}, err
	}
	var in Inbox
	if len(tasks) > limit {
		tasks = tasks[:limit]
		in.Next = cursorOf(tasks[limit-1])
	}
	now := s.Clock.Now()
	for _, t := range tasks {
		in.Tasks = append(in.Tasks, s.lit(t, now))
	}
	return in, nil
}

func (s *Service) lit(t Task, now time.Time) Lit {
	l := Lit{Task: t, Light: s.Rules.At(t.Region, now).LightAt(s.Calendar, t.OpenedAt, t.Due, now), Unit: t.DueUnit}
	if !t.Due.IsZero() {
		l.Left = s.Calendar.Between(t.DueUnit, now, t.Due)
	}
	return l
}

func cursorOf(t Task) string {
	due := t.Due
	if due.IsZero() {
		due = terms.NoDue
	}
	return cursor{due, string(t.ID)}.String()
}

// String is the place as a page address carries it.
func (c cursor) String() string { return strconv.FormatInt(c.due.UnixMicro(), 36) + "." + c.id }

func parseCursor(s string) (cursor, error) {
	if s == "" {
		return cursor{}, nil
	}
	due, last, ok := strings.Cut(s, ".")
	us, err := strconv.ParseInt(due, 36, 64)
	if !ok || err != nil || !id.Valid("task", last) {
		return cursor{}, id.ErrCursor
	}
	return cursor{due: time.UnixMicro(us).UTC(), id: last}, nil
}

// arms are the index ranges that the caller's posts open.
func (s *Service) arms(ctx context.Context, p auth.Principal, q InboxQuery) ([]arm, error) {
	switch q.Shape {
	case OwnTasks:
		return s.ownArms(ctx, p)
	case PostTasks:
		return s.postArms(p, q.Org, q.Role), nil
	case DepartmentTasks:
		return s.departmentArms(p, q.Org), nil
	case RegionTasks:
		regions := s.watched(p, q.Region, true)
		if len(regions) == 0 {
			return nil, authz.ErrForbidden.With("permission", MaySupervise.Name)
		}
		return regionArms(regions, q.Org), nil
	}
	return nil, ErrQuery.With("shape", string(q.Shape))
}

// ownArms are what the caller holds, and what those hold for whom he stands in.
func (s *Service) ownArms(ctx context.Context, p auth.Principal) ([]arm, error) {
	held := arm{"t.assignee <> '' AND t.assignee = ?", []any{p.ID}}
	out := []arm{s.inRegions(held)}
	if s.Deputies == nil {
		return out, nil
	}
	all, err := s.Deputies.For(ctx, s.DB, p.ID)
	for _, d := range all {
		a := arm{held.where, []any{d.Account}}.and("t.org = ?", d.Org).and("t.role IN ("+marks(len(d.Roles))+")", db.Args(d.Roles)...)
		// Opinions that he was asked for, on steps of whatever office (委派).
		asked := arm{held.where, []any{d.Account}}.and("t.delegation ->> 'to' = ?", d.Account).and("t.delegation ->> 'to_org' = ?", d.Org).
			and("NOT (t.org = ? AND t.role IN ("+marks(len(d.Roles))+"))", append([]any{d.Org}, db.Args(d.Roles)...)...)
		if len(d.Items) > 0 {
			a = a.and("t.item IN ("+marks(len(d.Items))+")", db.Args(d.Items)...)
			asked = asked.and("t.item IN ("+marks(len(d.Items))+")", db.Args(d.Items)...)
		}
		out = append(out, s.inRegions(a), s.inRegions(asked))
	}
	return out, err
}

// manyOffices is from how many offices on one walk along the region's due
// dates is cheaper than a range per office.
const manyOffices = 8

// posts gathers the offices in which the caller may do the work of a role, and
// the regions in which it may do so in every office.
func (s *Service) posts(p auth.Principal, org string, perms ...authz.Permission) (offices, regions []string) {
	for _, g := range p.Grants {
		if g.Own || !slices.ContainsFunc(perms, func(m authz.Permission) bool { return g.Has(m.Name) }) {
			continue
		}
		switch {
		case g.Org == "":
			regions = append(regions, s.within(g)...)
		case org == "" || g.Org == org:
			offices = append(offices, g.Org)
		}
	}
	slices.Sort(offices)
	slices.Sort(regions)
	return slices.Compact(offices), slices.Compact(regions)
}

// postArms are what waits for somebody of the caller's posts.
func (s *Service) postArms(p auth.Principal, org, only string) []arm {
	var out []arm
	for _, role := range []string{RoleClerk, RoleExaminer, RoleDecider} {
		if only != "" && role != only {
			continue
		}
		offices, regions := s.posts(p, org, Permission(role))
		waits := arm{"t.assignee = '' AND t.role = ?", []any{role}}
		out = append(out, s.officeArms(waits, offices)...)
		for _, r := range regions {
			a := waits.and("t.region = ?", r)
			if org != "" {
				a = a.and("t.org = ?", org)
			}
			out = append(out, a)
		}
	}
	return out
}

// departmentArms are all open work of the caller's offices.
func (s *Service) departmentArms(p auth.Principal, org string) []arm {
	offices, regions := s.posts(p, org, MayExamine, MayDecide, MayDispatch, MayAccept)
	return append(s.officeArms(arm{}, offices), regionArms(regions, org)...)
}

// officeArms are a range per office, or, when there are many, one per region.
func (s *Service) officeArms(a arm, offices []string) []arm {
	var out []arm
	if len(offices) > manyOffices {
		for _, r := range s.Regions {
			// Because: as an expression the office is no range of an index, so that the
			// engine walks along the due dates instead of sorting all that is open.
			out = append(out, a.and("t.region = ?", r).and("t.org || '' IN ("+marks(len(offices))+")", db.Args(offices)...))
		}
		return out
	}
	for _, o := range offices {
		out = append(out, s.inRegions(a.and("t.org = ?", o)))
	}
	return out
}

// and adds a condition to a range.
func (a arm) and(where string, args ...any) arm {
	if a.where != "" {
		where = a.where + " AND " + where
	}
	return arm{where, append(slices.Clone(a.args), args...)}
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// inRegions names the regions of the node. Because: every statement names its
// regions, so that the tables can be split by region one day.
func (s *Service) inRegions(a arm) arm {
	return a.and("t.region IN ("+marks(len(s.Regions))+")", db.Args(s.Regions)...)
}

// within lists the regions of the node that a grant covers.
func (s *Service) within(g auth.Grant) []string {
	var out []string
	for _, r := range s.Regions {
		if authz.InScope(g, r) {
			out = append(out, r)
		}
	}
	return out
}

// watched lists the regions of the node that the caller supervises, within one
// region (and, when wanted, below it).
func (s *Service) watched(p auth.Principal, region string, below bool) []string {
	var out []string
	for _, r := range s.Regions {
		if region != "" && r != region && !(below && authz.InScope(auth.Grant{Region: region, Subtree: true}, r)) {
			continue
		}
		may := slices.ContainsFunc(p.Grants, func(g auth.Grant) bool { return g.Has(MaySupervise.Name) && authz.InScope(g, r) })
		if may || p.Kind == auth.KindSystem {
			out = append(out, r)
		}
	}
	return out
}

func regionArms(regions []string, org string) []arm {
	var out []arm
	for _, r := range regions {
		a := arm{}.and("t.region = ?", r)
		if org != "" {
			a = a.and("t.org = ?", org)
		}
		out = append(out, a)
	}
	return out
}

// WatchBy is what the watch counts by.
type WatchBy string

// The ways to count.
const (
	ByOffice WatchBy = "office"
	ByItem   WatchBy = "item"
	ByHolder WatchBy = "holder" // "" is work that nobody has claimed
	ByRegion WatchBy = "region"
)

// WatchQuery asks what is near its limit or over it (电子监察).
type WatchQuery struct {
	Region string // "" is all that the caller watches
	Below  bool   // the regions below it too
	By     WatchBy
	Org    string      // only this office
	Item   string      // only this item
	Light  terms.Light // WatchList: Red, Yellow or Early; "" is the first two
	Holder string      // WatchList: only this account
	After  string
	Limit  int
}

// WatchRow is one line of the watch. Oldest is the due date that is over longest.
type WatchRow struct {
	Key, Name   string
	Red, Yellow int
	Oldest      time.Time
}

// Watch counts the open steps (acceptance included) that are over their limit
// (red) or near it (yellow).
func (s *Service) Watch(ctx context.Context, q WatchQuery) ([]WatchRow, error) {
	regions, err := s.mayWatch(ctx, q)
	if err != nil {
		return nil, err
	}
	if _, ok := watchColumns[q.By]; !ok {
		return nil, ErrQuery.With("by", string(q.By))
	}
	now := s.Clock.Now()
	return countNear(ctx, s.DB, regions, q.By, q.Org, q.Item, now, s.nears(now), Page(q.Limit))
}

func (s *Service) mayWatch(ctx context.Context, q WatchQuery) ([]string, error) {
	regions := s.watched(auth.From(ctx), q.Region, q.Below || q.Region == "")
	if len(regions) == 0 {
		if err := authz.Door(ctx, MaySupervise); err != nil {
			return nil, err
		}
		return nil, authz.ErrForbidden.With("permission", MaySupervise.Name)
	}
	return regions, nil
}

// WatchList lists the steps behind a line of the watch, the one that is over
// longest first.
func (s *Service) WatchList(ctx context.Context, q WatchQuery) (Inbox, error) {
	regions, err := s.mayWatch(ctx, q)
	if err != nil {
		return Inbox{}, err
	}
	after, err := parseCursor(q.After)
	if err != nil {
		return Inbox{}, err
	}
	now := s.Clock.Now()
	near := s.nears(now)
	dates := span{to: latest(near)}
	which := func(list []warned) (string, []any) { return due(list, now) }
	switch q.Light {
	case terms.Red:
		_, last := over(near)
		dates.to, which = last.Add(-time.Microsecond), red
	case terms.Yellow:
		first, _ := over(near)
		dates.from = first.Add(-time.Microsecond)
		which = func(list []warned) (string, []any) { return yellow(list, now) }
	case terms.Early:
		dates.from, dates.to, which = now.Add(-time.Microsecond), latestEarly(near), early
	case "":
	default:
		return Inbox{}, ErrQuery.With("light", string(q.Light))
	}
	arms := regionArms(regions, q.Org)
	for i := range arms {
		where, args := which(near)
		arms[i] = arms[i].and(where, args...)
		if q.Item != "" {
			arms[i] = arms[i].and("t.item = ?", q.Item)
		}
		if q.Holder != "" {
			arms[i] = arms[i].and("t.assignee = ?", q.Holder)
		}
	}
	return s.list(ctx, arms, after, dates, q.Limit)
}
