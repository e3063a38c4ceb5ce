package templates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/layout"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
	"tongban/platform/pdf"
)

// The permissions of templates.
var (
	MayDesign  = authz.Define("certificates.templates.design", "propose templates of certificates of one's region")
	MayPublish = authz.Define("certificates.templates.publish", "publish or send back templates of certificates that somebody else proposed")
)

// The refusals.
var (
	ErrNoTemplate = fault.NotFound("certificates.templates.no_template")
	ErrSamePerson = fault.Forbidden("certificates.templates.same_person") // who proposed cannot publish
	ErrDecided    = fault.Conflict("certificates.templates.decided")      // somebody else decided it
	ErrOpen       = fault.Conflict("certificates.templates.open")         // a proposal for this type waits already
	ErrUnchanged  = fault.Invalid("certificates.templates.unchanged")     // it says what the version in force says
	ErrNote       = fault.Invalid("certificates.templates.note")          // why it is proposed, or sent back
	ErrUnsound    = fault.Invalid("certificates.templates.unsound")       // problems keep it from being taken; the API says which
	ErrElsewhere  = fault.Forbidden("certificates.templates.elsewhere")   // another region keeps the type
)

// State is where a version stands.
type State = kinds.State

// Template is one version of the look of a type.
type Template struct {
	layout.Template
	Region                   string
	Version                  int
	State                    State
	Note                     string // why it was proposed
	ProposedBy, ProposedName string
	ProposedAt               time.Time
	DecidedBy, DecidedName   string
	DecidedAt                time.Time
	Answer                   string // why it was sent back
}

// Problems are what keeps a template from being taken.
type Problems []layout.Problem

// Error implements error.
func (p Problems) Error() string { return fmt.Sprintf("%d problems", len(p)) }

// Unwrap gives the fault that callers over HTTP see.
func (p Problems) Unwrap() error {
	var said []string
	for _, x := range p {
		if !x.Warn {
			said = append(said, strings.TrimSpace(fmt.Sprintf("%d %s %s %s", x.Part+1, x.Field, x.Code, x.What)))
		}
	}
	return ErrUnsound.With("problems", strings.Join(said, "; "))
}

// Deps is what the service needs.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Types *kinds.Service
}

// Service keeps the templates.
type Service struct {
	Deps
	mu    sync.Mutex
	kept  map[string]Template // newest published version by type
	since time.Time
	// vouched are the versions that the record has, by region, type and mark.
	vouched sync.Map
}

// New returns a service.
func New(d Deps) *Service { return &Service{Deps: d} }

// fresh is how long a server may go by what it has read: another one on the
// same database may have published a version meanwhile.
const fresh = 5 * time.Second

func (s *Service) all(ctx context.Context, r db.Reader) (map[string]Template, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.Clock.Now(); s.kept == nil || now.Sub(s.since) > fresh || now.Before(s.since) {
		list, err := newest(ctx, r)
		if err != nil {
			return nil, err
		}
		s.kept, s.since = map[string]Template{}, now
		for _, t := range list {
			s.kept[t.Type] = t
		}
	}
	return s.kept, nil
}

func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = nil
}

// InForce implements certificates.Templates. What certificates are issued with
// is what the record says was published: a row that somebody changed at the
// database is refused.
func (s *Service) InForce(ctx context.Context, r db.Reader, typ string) (layout.Template, int, error) {
	all, err := s.all(ctx, r)
	t := all[typ]
	if err == nil && t.Version > 0 {
		err = s.onRecord(ctx, t)
	}
	return t.Template, t.Version, err
}

// onRecord compares a version with the act of its publication, once a process.
// It reads beside the caller's transaction: the act was committed before, and
// what the caller has still to record is none of it.
func (s *Service) onRecord(ctx context.Context, t Template) error {
	mark := t.Mark(t.Version)
	key := t.Region + " " + t.Type + " " + mark
	if _, known := s.vouched.Load(key); known {
		return nil
	}
	acts, _, err := audit.Page(ctx, s.DB, audit.Filter{Region: t.Region, Object: t.Type, Action: published, Limit: 500})
	if err != nil {
		return err
	}
	for _, a := range acts {
		var said struct {
			Version int    `json:"version"`
			Mark    string `json:"mark"`
		}
		if json.Unmarshal([]byte(a.Details), &said) == nil && said.Version == t.Version && said.Mark == mark {
			s.vouched.Store(key, true)
			return nil
		}
	}
	return certificates.ErrTemplate.Because(fmt.Errorf("template %s version %d is not what was published", t.Type, t.Version))
}

// published is the act of a publication.
const published = "certificates.template.published"

// Version implements certificates.Templates.
func (s *Service) Version(ctx context.Context, r db.Reader, typ string, version int) (layout.Template, error) {
	t, err := s.version(ctx, r, typ, version)
	return t.Template, err
}

func (s *Service) version(ctx context.Context, r db.Reader, typ string, version int) (Template, error) {
	if all, err := s.all(ctx, r); err == nil && all[typ].Version == version && version > 0 {
		return all[typ], nil
	}
	t, err := loadAnywhere(ctx, r, typ, version)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoTemplate
	}
	return t, err
}

// List gives the templates in force, by type.
func (s *Service) List(ctx context.Context) (out []Template, err error) {
	all, err := s.all(ctx, s.DB)
	for _, t := range all {
		out = append(out, t)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Type < out[j].Type })
	return out, err
}

// Versions gives all versions of the template of a type, the newest first.
func (s *Service) Versions(ctx context.Context, region, typ string) ([]Template, error) {
	return versionsOf(ctx, s.DB, region, typ)
}

// Waiting lists the proposals of a region.
func (s *Service) Waiting(ctx context.Context, region string) ([]Template, error) {
	return ofState(ctx, s.DB, region, kinds.Proposed)
}

// Specs are the fields of a type as layouts see them.
func Specs(t kinds.Type) (out []layout.Spec) {
	for _, f := range t.Fields {
		out = append(out, layout.Spec{Key: f.Key, Label: f.Label.Zh, Photo: f.Kind == kinds.Photo, Required: f.Required, Max: f.Max, Choices: f.Choices, Kind: f.Kind})
	}
	return out
}

// Lint says what is wrong with a template of a type.
func (s *Service) Lint(ctx context.Context, t layout.Template) ([]layout.Problem, error) {
	typ, err := s.Types.InForce(ctx, t.Type)
	if err != nil {
		return nil, err
	}
	return t.Lint(typ.Name.Zh, Specs(typ)), nil
}

// Preview draws a template with data of nobody, by the code that draws
// certificates; a long one with long values and rare characters.
func (s *Service) Preview(ctx context.Context, t layout.Template, long bool) ([]byte, error) {
	d, err := s.drawn(ctx, t, long)
	if err != nil {
		return nil, err
	}
	return d.Bytes()
}

// sampleNote stands across every preview, so that none passes for a certificate.
const sampleNote = "样张　仅供预览"

func (s *Service) drawn(ctx context.Context, t layout.Template, long bool) (*pdf.Doc, error) {
	typ, err := s.Types.InForce(ctx, t.Type)
	if err != nil {
		return nil, err
	}
	if p := t.Check(Specs(typ)); !layout.Sound(p) {
		return nil, Problems(p)
	}
	d := t.Draw(t.Sample(typ.Name.Zh, Specs(typ), long)).Doc
	d.Watermark(sampleNote)
	return d, nil
}

// Pictures are the pages of a preview for a screen (SVG), said to be what label
// says; with handles, the places of the parts lie over the first.
func (s *Service) Pictures(ctx context.Context, t layout.Template, long, handles bool, label string) ([]string, error) {
	d, err := s.drawn(ctx, t, long)
	if err != nil {
		return nil, err
	}
	drawing, err := d.Drawing()
	if err != nil {
		return nil, err
	}
	var out []string
	for i := range drawing.Pages {
		inside := ""
		if handles && i == 0 {
			inside = t.Handles()
		}
		out = append(out, layout.SVG(drawing, i, label, inside))
	}
	return out, nil
}

// Propose records a new version. Problems are returned for one that cannot be
// taken.
func (s *Service) Propose(ctx context.Context, region string, l layout.Template, note string) (Template, error) {
	if err := authz.Require(ctx, MayDesign, authz.Object{Region: region}); err != nil {
		return Template{}, err
	}
	note = strings.TrimSpace(note)
	typ, err := s.Types.InForce(ctx, l.Type)
	if err != nil {
		return Template{}, err
	}
	if typ.Region != region {
		return Template{}, ErrElsewhere.With("region", typ.Region)
	}
	if p := l.Lint(typ.Name.Zh, Specs(typ)); !layout.Sound(p) {
		return Template{}, Problems(p)
	}
	if note == "" || len([]rune(note)) > 500 {
		return Template{}, ErrNote
	}
	by := auth.From(ctx)
	t := Template{Template: l, Region: region, State: kinds.Proposed, Note: note, ProposedBy: by.ID, ProposedName: by.Name, ProposedAt: s.Clock.Now()}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, "certificates.template.propose "+t.Type, func() (string, error) {
			if err := follows(ctx, tx, &t); err != nil {
				return "", err
			}
			if err := insert(ctx, tx, t); err != nil {
				return "", err
			}
			record(ctx, tx, "certificates.template.proposed", t, note)
			return fmt.Sprint(t.Version), nil
		})
		return err
	})
	return t, err
}

// follows finds the number of the version, and refuses a proposal beside
// another one, or one that says nothing new.
func follows(ctx context.Context, tx *db.Tx, t *Template) error {
	before, err := versionsOf(ctx, tx, t.Region, t.Type)
	if err != nil {
		return err
	}
	t.Version = 1
	for i, v := range before {
		if i == 0 {
			t.Version = v.Version + 1
		}
		switch {
		case v.State == kinds.Proposed:
			return ErrOpen.With("name", v.ProposedName)
		case v.State == kinds.Approved && v.Same(t.Template):
			return ErrUnchanged
		case v.State == kinds.Approved:
			return nil
		}
	}
	return nil
}

func record(ctx context.Context, tx *db.Tx, action string, t Template, note string) {
	audit.Record(ctx, tx, audit.Entry{Region: t.Region, Action: action, Object: t.Type,
		Details: map[string]any{"version": t.Version, "mark": t.Mark(t.Version), "note": note}})
}

// Decide publishes a proposal, or sends it back with an answer. It is checked
// again: its type may have changed meanwhile.
func (s *Service) Decide(ctx context.Context, region, typ string, version int, publish bool, answer string) (Template, error) {
	if err := authz.Require(ctx, MayPublish, authz.Object{Region: region}); err != nil {
		return Template{}, err
	}
	if answer = strings.TrimSpace(answer); !publish && answer == "" || len([]rune(answer)) > 500 {
		return Template{}, ErrNote
	}
	t, err := load(ctx, s.DB, region, typ, version)
	if fault.IsKind(err, fault.KindNotFound) {
		return t, ErrNoTemplate
	}
	if err != nil {
		return t, err
	}
	if publish {
		problems, err := s.Lint(ctx, t.Template)
		if err != nil {
			return t, err
		}
		if !layout.Sound(problems) {
			return t, Problems(problems)
		}
	}
	by := auth.From(ctx)
	if by.ID == t.ProposedBy {
		return t, ErrSamePerson
	}
	t.State, t.DecidedBy, t.DecidedName, t.DecidedAt, t.Answer = kinds.Approved, by.ID, by.Name, s.Clock.Now(), answer
	action := "certificates.template.published"
	if !publish {
		t.State, action = kinds.Rejected, "certificates.template.rejected"
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, fmt.Sprintf("certificates.template.decide %s %d", typ, version), func() (string, error) {
			if err := decide(ctx, tx, t); err != nil {
				return "", ErrDecided.Because(err)
			}
			record(ctx, tx, action, t, answer)
			return typ, nil
		})
		return err
	})
	s.forget()
	return t, err
}

// Seed brings the shipped templates in, for the types that a region keeps; what
// is there already stays.
func (s *Service) Seed(ctx context.Context, region string) error {
	types, err := kinds.Shipped()
	if err != nil {
		return err
	}
	ctx = auth.System(ctx, "seed")
	defer s.forget()
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("all are there already")
		for _, typ := range types {
			before, err := versionsOf(ctx, tx, region, typ.Code)
			if err != nil {
				return err
			}
			if len(before) > 0 {
				continue
			}
			t := Template{Template: Shipped(typ), Region: region, Version: 1, State: kinds.Approved, Note: "随系统提供",
				ProposedBy: "system", DecidedBy: "system", ProposedAt: s.Clock.Now(), DecidedAt: s.Clock.Now()}
			if p := t.Lint(typ.Name.Zh, Specs(typ)); !layout.Sound(p) {
				return errors.Join(fmt.Errorf("template of %s", typ.Key), Problems(p))
			}
			if err := insert(ctx, tx, t); err != nil {
				return err
			}
			record(ctx, tx, "certificates.template.published", t, t.Note)
		}
		return nil
	})
}

// Shipped is the template that comes with a type: with a photograph where the
// type has one, on its side for licences of businesses, upright otherwise.
func Shipped(t kinds.Type) layout.Template {
	for _, f := range t.Fields {
		if f.Kind == kinds.Photo {
			return layout.WithPhoto(t.Code, f.Key)
		}
	}
	if t.Key == "business_licence" || t.Key == "food_permit" {
		return layout.Lying(t.Code)
	}
	return layout.Standard(t.Code)
}
