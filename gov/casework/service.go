package casework

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"tongban/gov/casework/copies"
	"tongban/gov/casework/deputies"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/handout"
	"tongban/gov/casework/notices"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/people"
	"tongban/gov/casework/reading"
	"tongban/gov/casework/recount"
	"tongban/gov/facts"
	"tongban/platform/audit"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/forms"
	"tongban/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(files, "migrations")
	return db.Migrations{Name: "casework", FS: sub}
}

// Deps is what the service needs.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Calendar  *calendar.Calendar
	Rules     Rules
	Items     offers.Items
	Checks    map[forms.Type]forms.NamedCheck // of form fields: identity numbers, names …
	Lists     forms.Sources                   // that form fields take answers from: divisions
	People    people.People
	Offices   people.Offices
	Papers    Papers
	Regions   []string         // the regions that this node keeps cases of
	Portraits drafts.Portraits // makes photographs fit for certificates; nil: certificates have none
	NewDays   func() error     // reads the days off anew into Calendar; nil when nobody imports any
}

// LookUp is where pages look for entries of the lists while somebody types, by
// the type of field.
var LookUp = map[forms.Type]string{"division": "/api/v1/divisions"}

// Service takes applications in and brings them to a decision. Drafts and
// Desk are its two sides that need no case: applications, and work at hand;
// Handouts bring the decision to the applicant.
type Service struct {
	Deps
	*Applications
	*Desk
	*Reader
	*Recounter
	Handouts *handout.Service
	Copies   *copies.Service
	Deputies *deputies.Service
	notices  *notices.Desk
	engine   *bpmn.Engine
	shelf    *offers.Shelf
	recent   flows.Recent
}

// Applications is the side of the applicant: drafts.
type Applications = drafts.Service

// Desk is the side of the officers: inboxes and the watch.
type Desk = desk.Service

// Reader is the side of those who read: files, timelines, progress.
type Reader = reading.Service

// Recounter is the side of the calendar: dates counted anew.
type Recounter = recount.Service

// New returns a service.
func New(d Deps) *Service {
	s := &Service{Deps: d, shelf: offers.NewShelf(d.Items, d.Offices, d.Lists)}
	found, _ := d.Papers.(drafts.Papers)
	s.Applications = drafts.New(drafts.Deps{DB: d.DB, Clock: d.Clock, Items: d.Items, Shelf: s.shelf, People: d.People, Checks: d.Checks, Papers: found, Regions: d.Regions, Portraits: d.Portraits})
	s.Deputies = deputies.New(deputies.Deps{DB: d.DB, Clock: d.Clock, Offices: d.Offices, Regions: d.Regions, Permission: desk.Permission, Roles: []string{RoleExaminer, RoleDecider},
		Item: func(ctx context.Context, region, code string) error {
			_, err := d.Items.Offer(ctx, region, code)
			return err
		}})
	s.Desk = desk.New(desk.Deps{DB: d.DB, Clock: d.Clock, Calendar: d.Calendar, Rules: d.Rules, Regions: d.Regions, Deputies: s.Deputies})
	s.notices = &notices.Desk{Papers: d.Papers, Rules: d.Rules, Clock: d.Clock, Portraits: d.Portraits, People: d.People}
	papers, _ := d.Papers.(handout.Papers)
	s.Handouts = handout.New(handout.Deps{DB: d.DB, Clock: d.Clock, Calendar: d.Calendar, Rules: d.Rules, People: d.People, Papers: papers, Regions: d.Regions})
	s.Copies = copies.New(copies.Deps{DB: d.DB, Clock: d.Clock, Regions: d.Regions, Reads: MayReadCase})
	s.engine = &bpmn.Engine{
		Shared: true, // a called process is part of the case
		NewID:  func() string { return id.New("task") },
		Due:    func(duration string, from time.Time) (time.Time, error) { return s.Calendar.AddISO(duration, from) },
	}
	s.Recounter = recount.New(recount.Deps{DB: d.DB, Clock: d.Clock, Calendar: d.Calendar, Regions: d.Regions, NewDays: s.readDays, Move: s.recountOne, Papers: s.Handouts.RecountTx, Shelf: s.shelf, Engine: s.engine})
	s.Reader = reading.New(reading.Deps{DB: d.DB, Clock: d.Clock, Calendar: d.Calendar, Rules: d.Rules, Shelf: s.shelf, Copies: s.Copies, Offices: d.Offices, Deputies: s.Deputies, Engine: s.engine, Regions: d.Regions})
	return s
}

// event is one thing that happened to a case, for the timeline and the record.
type event struct {
	kind    string // also the end of the audit action: casework.<kind>
	since   time.Time
	step    string
	task    TaskID
	role    string
	org     string
	orgName string
	text    string
	details map[string]any
}

// tell writes what happened into the timeline and the audit record and
// announces it, all in the commit of the change.
func (s *Service) tell(ctx context.Context, tx *db.Tx, c *Case, e event, f events.Fact) {
	insertHistory(tx, c, s.Clock.Now(), e)
	details := map[string]any{"case": c.Number, "state": string(c.State)}
	for k, v := range e.details {
		details[k] = v
	}
	if e.task != "" {
		details["task"], details["step"] = string(e.task), e.step
	}
	if e.text != "" {
		details["text"] = e.text
	}
	audit.Record(ctx, tx, audit.Entry{Region: c.Region, Action: "casework." + e.kind, Object: string(c.ID), Details: details, At: s.Clock.Now()})
	if f != nil {
		events.Emit(ctx, tx, c.Region, string(c.ID), f)
	}
}

// ref is the part that every fact about a case carries.
func (s *Service) ref(c *Case) facts.CaseRef {
	return facts.CaseRef{Region: c.Region, Case: string(c.ID), Number: c.Number, Item: c.Item, ItemName: c.ItemName, Org: c.Org, Owner: c.Owner, At: s.Clock.Now()}
}

func taskRef(t Task) facts.TaskRef {
	return facts.TaskRef{Task: string(t.ID), Element: t.Element, Name: t.Name, Office: t.Org, Role: t.Role}
}

// newID makes an id; commands have a parameter named id of their own.
func newID(prefix string) string { return id.New(prefix) }

// readDays reads the days off anew, where somebody imports any.
func (s *Service) readDays() error {
	if s.NewDays == nil {
		return nil
	}
	return s.NewDays()
}
