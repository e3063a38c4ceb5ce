package catalogue

import (
	"context"
	"maps"
	"slices"
	"time"

	"tongban/gov/catalogue/caseflow"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/decisions"
	"tongban/platform/authz"
	"tongban/platform/bpmn"
	"tongban/platform/fault"
	"tongban/platform/forms"
)

// PostApplicant is the post of a user task that the applicant does.
const PostApplicant = "applicant"

// FlowServices are the service tasks that cases carry out.
var FlowServices = caseflow.Services

// CheckFlow lists why a case could not follow a flow that runs in the engine.
func CheckFlow(p *bpmn.Process, tables caseflow.Tables) []caseflow.Lack {
	return caseflow.Check(p, tables)
}

// CaseValues are what decision tables may look at besides questions and fields.
var CaseValues = []string{"department", "express", "channel", "company", "supplemented"}

// checkDecisions reads the decision tables and says what is wrong with them.
// Their inputs are questions, fields, CaseValues and what steps gave
// (STEP_outcome); each table has one answer for everything that may be entered.
func (l *loader) checkDecisions(c *Content, fields []string) *decisions.Model {
	if c.Decisions == "" {
		return nil
	}
	if len(c.Decisions) > decisions.MaxBytes {
		l.bad("decisions.dmn", "more than %d kB", decisions.MaxBytes>>10)
		return nil
	}
	m, err := decisions.Read([]byte(c.Decisions))
	if err != nil {
		l.bad("decisions.dmn", "%v", err)
		return nil
	}
	for _, id := range TakenIDs(m, c.Situations, fields) {
		l.bad("decisions.dmn", "the id of the decision %q is malformed, or that of a question, a field, a service or a value of the case", id)
	}
	for _, p := range m.Check(KnownTo(c, fields)) {
		l.bad("decisions.dmn", "%s", p)
	}
	return m
}

// TakenIDs lists the decisions that cannot have their id: flows and conditions
// know decisions, questions, fields and services by it.
func TakenIDs(m *decisions.Model, s *Situations, fields []string) []string {
	var out []string
	taken := content.Identifiers(s, fields, nil)
	for _, d := range m.Decisions() {
		if _, twice := taken[d.ID]; twice || !content.ValidID(d.ID) || slices.Contains(CaseValues, d.ID) || slices.Contains(FlowServices, d.ID) {
			out = append(out, d.ID)
		}
	}
	return out
}

// KnownTo lists what the decision tables of an item may look at.
func KnownTo(c *Content, fields []string) []string {
	known := append(slices.Clone(CaseValues), slices.Collect(maps.Keys(content.Identifiers(c.Situations, fields, nil)))...)
	for _, s := range c.Steps {
		known = append(known, s.Element+"_outcome")
	}
	return known
}

// ErrFlowStale refuses a flow that was drawn over an older version.
var ErrFlowStale = fault.Conflict("catalogue.flow_stale")

// NewFlow replaces the flow of an item by one that was drawn for it.
type NewFlow struct {
	Region, Code string
	Base         int             // the version that the drawing began with
	Flow         []byte          // BPMN 2.0
	Decisions    []byte          // decision model (DMN); empty: none
	Steps        []Step          // one for every user task of an office
	Offices      map[string]Text // names of the offices in Steps
	Effective    time.Time       // zero: now
	DryRun       bool            // check only
}

// PublishFlow makes the next version of an item, the same but for its flow.
// From then on neither an import of guides nor the start of the node with the
// shipped packages replaces the item. Running cases stay on their version. What is wrong comes back
// as one fault whose cause is a *PackageError.
func (s *Service) PublishFlow(ctx context.Context, n NewFlow) (Published, error) {
	newest, err := newestVersion(ctx, s.DB, n.Region, n.Code)
	if err != nil {
		return Published{}, noItem(err, n.Region, n.Code)
	}
	c, v, err := loadContent(ctx, s.DB, n.Region, n.Code, newest)
	if err != nil {
		return Published{}, err
	}
	if err := authz.Require(ctx, MayPublishItems, authz.Object{Region: c.Item.Region, Orgs: []string{c.Item.Org}}); err != nil {
		return Published{}, err
	}
	if newest != n.Base {
		return Published{}, ErrFlowStale.With("version", newest).With("publisher", v.Publisher)
	}
	l, was := &loader{}, c
	c.Flow, c.Steps, c.Decisions = string(n.Flow), n.Steps, string(n.Decisions)
	form, err := forms.Parse(c.Form, c.Situations.IDs())
	if err != nil {
		return Published{}, err
	}
	l.checkFlow(&packageItem{Org: c.Item.Org, Steps: n.Steps}, &c, l.checkDecisions(&c, content.FieldIDs(form)))
	if len(l.problems) > 0 {
		return Published{}, packageFault(&PackageError{c.Item.FullName(), l.problems})
	}
	c.Item.Offices = maps.Clone(c.Item.Offices)
	if c.Item.Offices == nil {
		c.Item.Offices = map[string]Text{}
	}
	maps.Copy(c.Item.Offices, n.Offices)
	c.Item.OwnFlow = true
	c.Item.ConditionList = content.On(c.Item.ConditionList, func(e string) bool {
		return slices.ContainsFunc(n.Steps, func(x Step) bool { return x.Element == e })
	})
	return s.publishContent(ctx, &c, PublishOptions{Effective: n.Effective, DryRun: n.DryRun, was: &was})
}
